"""Sample tables of a track: when each sample is shown, how long it is, and where it lies.

Source: ISO/IEC 14496-12:2022 clauses 8.6 and 8.7. Tables are written in one form only: runs are
merged, a table that says nothing (all samples are key frames) is left out, and chunk offsets have
32 bits until they need 64. So two films with the same samples have the same bytes.
"""

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safehouse.media.boxes import Box, BoxError, find_all, find_one, full_box, unpack

__all__ = [
    "Int",
    "Tables",
    "chunk_ranges",
    "composition_times",
    "format_tables",
    "media_duration",
    "read_tables",
    "sample_ranges",
]

Int = NDArray[np.int64]
MAX_SAMPLES = 20_000_000
"""Most samples whose places are listed one by one: 92 hours at 60 frames a second."""


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """The sample tables of a track.

    Attributes:
        durations: stts, shape (n, 2): number of samples, duration of each.
        offsets: ctts, shape (n, 2): number of samples, presentation minus decoding time; or None.
        sync: stss, numbers of the key frames from 1; None when every sample is one.
        chunks_of: stsc, shape (n, 3): first chunk from 1, samples a chunk, description index.
        sample_size: bytes of every sample, or 0 when sizes lists them.
        sizes: bytes of each sample; empty when sample_size is not 0.
        count: number of samples.
        chunk_offsets: place of each chunk in the file.
    """

    durations: Int
    offsets: Int | None
    sync: Int | None
    chunks_of: Int
    sample_size: int
    sizes: Int
    count: int
    chunk_offsets: Int


def _read_rows(box: Box, columns: int, *, at: int = 4, wide: bool = False) -> Int:
    """Return the rows of a counted table that ends its box."""
    (count,) = unpack("I", box.payload, at)
    kind = np.dtype(">i8" if wide else ">u4")
    body = box.payload[at + 4 :]
    if len(body) != count * columns * kind.itemsize:
        raise BoxError(f"table {box.kind!r} has another length than it says")
    rows = np.frombuffer(body, kind).astype(np.int64)
    return rows.reshape(-1, columns) if columns > 1 else rows


def read_tables(stbl: Box) -> Tables:
    """Return the tables of a track's `stbl` box.

    Raises:
        BoxError: a table is missing, twice there, of another length than it says, or they
            contradict each other.
    """
    boxes = stbl.children or ()
    stsz = find_one(boxes, b"stsz")
    sample_size, count = unpack("II", stsz.payload, 4)
    sizes = np.zeros(0, np.int64) if sample_size else _read_rows(stsz, 1, at=8)
    if sample_size and len(stsz.payload) != 12:
        raise BoxError("table b'stsz' has another length than it says")
    tables = Tables(
        durations=_read_rows(find_one(boxes, b"stts"), 2),
        offsets=_read_offsets(boxes),
        sync=_read_rows(find_one(boxes, b"stss"), 1) if find_all(boxes, b"stss") else None,
        chunks_of=_read_rows(find_one(boxes, b"stsc"), 3),
        sample_size=sample_size,
        sizes=sizes,
        count=count,
        chunk_offsets=_read_chunk_offsets(boxes),
    )
    _require_agreement(tables)
    return tables


def _read_offsets(boxes: tuple[Box, ...]) -> Int | None:
    if not find_all(boxes, b"ctts"):
        return None
    rows = _read_rows(find_one(boxes, b"ctts"), 2)
    rows[:, 1] = rows[:, 1].astype(np.uint32).astype(np.int32)
    return rows


def _read_chunk_offsets(boxes: tuple[Box, ...]) -> Int:
    if find_all(boxes, b"co64"):
        return _read_rows(find_one(boxes, b"co64"), 1, wide=True)
    return _read_rows(find_one(boxes, b"stco"), 1)


def _require_agreement(tables: Tables) -> None:
    """Raise BoxError when the tables speak of different numbers of samples."""
    first = tables.chunks_of[:, 0]
    ordered = len(first) == 0 or (first[0] == 1 and bool(np.all(np.diff(first) > 0)))
    if not ordered or (len(first) and first[-1] > len(tables.chunk_offsets)):
        raise BoxError("chunks are not in order")
    counts = {tables.count, int(tables.durations[:, 0].sum()), int(_chunk_counts(tables).sum())}
    if tables.offsets is not None:
        counts.add(int(tables.offsets[:, 0].sum()))
    if len(counts) != 1:
        raise BoxError(f"the tables speak of {sorted(counts)} samples")
    sync = tables.sync
    if sync is not None and len(sync) and (sync[0] < 1 or sync[-1] > tables.count):
        raise BoxError("a key frame is no sample")
    if sync is not None and bool(np.any(np.diff(sync) <= 0)):
        raise BoxError("key frames are not in order")


def _chunk_counts(tables: Tables) -> Int:
    """Return the number of samples in each chunk."""
    first = tables.chunks_of[:, 0]
    spans = np.diff(np.append(first, len(tables.chunk_offsets) + 1))
    return np.repeat(tables.chunks_of[:, 1], spans)


def chunk_ranges(tables: Tables) -> tuple[Int, Int]:
    """Return place and length in bytes of every chunk."""
    counts = _chunk_counts(tables)
    if tables.sample_size:
        return tables.chunk_offsets, counts * tables.sample_size
    total = np.append(0, np.cumsum(tables.sizes))
    ends = np.cumsum(counts)
    return tables.chunk_offsets, total[ends] - total[ends - counts]


def sample_ranges(tables: Tables) -> tuple[Int, Int]:
    """Return place and length in bytes of every sample.

    Raises:
        BoxError: there are more than MAX_SAMPLES.
    """
    _require_listable(tables)
    counts = _chunk_counts(tables)
    sizes = tables.sizes if not tables.sample_size else np.full(tables.count, tables.sample_size)
    before = np.append(0, np.cumsum(sizes))[:-1]
    chunk_first = np.cumsum(counts) - counts
    chunk_of = np.repeat(np.arange(len(counts)), counts)
    if len(before) == 0:
        return before, sizes
    filled = np.minimum(chunk_first, tables.count - 1)
    within = before - before[filled][chunk_of]
    return tables.chunk_offsets[chunk_of] + within, sizes


def composition_times(tables: Tables) -> Int:
    """Return the presentation time of every sample in decoding order, in media units.

    Raises:
        BoxError: there are more than MAX_SAMPLES.
    """
    _require_listable(tables)
    each = np.repeat(tables.durations[:, 1], tables.durations[:, 0])
    decoding = np.cumsum(each) - each
    if tables.offsets is None:
        return decoding
    return decoding + np.repeat(tables.offsets[:, 1], tables.offsets[:, 0])


def media_duration(tables: Tables) -> int:
    """Return the sum of all sample durations, in media units."""
    return int((tables.durations[:, 0] * tables.durations[:, 1]).sum())


def _require_listable(tables: Tables) -> None:
    if tables.count > MAX_SAMPLES:
        raise BoxError(f"more than {MAX_SAMPLES} samples")


def _merge_runs(rows: Int) -> Int:
    """Return (count, value) rows without empty runs and without two equal runs in a row."""
    rows = rows[rows[:, 0] > 0]
    if len(rows) == 0:
        return rows
    starts = np.flatnonzero(np.append(True, np.diff(rows[:, 1]) != 0))
    return np.stack([np.add.reduceat(rows[:, 0], starts), rows[starts, 1]], axis=1)


def _merge_chunks(rows: Int) -> Int:
    if len(rows) == 0:
        return rows
    new = np.any(np.diff(rows[:, 1:], axis=0) != 0, axis=1)
    kept: Int = rows[np.append(True, new)]
    return kept


def _format_rows(kind: bytes, rows: Int, *, version: int = 0, wide: bool = False) -> Box:
    form = ">i8" if wide else ">u4"
    body = (rows if wide else rows & 0xFFFFFFFF).astype(form).tobytes()
    return full_box(kind, struct.pack(">I", len(rows)) + body, version=version)


def format_tables(tables: Tables) -> tuple[Box, ...]:
    """Return the table boxes in their one form and order."""
    boxes = [_format_rows(b"stts", _merge_runs(tables.durations))]
    if tables.sync is not None and len(tables.sync) != tables.count:
        boxes.append(_format_rows(b"stss", tables.sync))
    if tables.offsets is not None and bool(np.any(tables.offsets[:, 1] != 0)):
        signed = int(bool(np.any(tables.offsets[:, 1] < 0)))
        boxes.append(_format_rows(b"ctts", _merge_runs(tables.offsets), version=signed))
    boxes.append(_format_rows(b"stsc", _merge_chunks(tables.chunks_of)))
    head = struct.pack(">II", tables.sample_size, tables.count)
    boxes.append(full_box(b"stsz", head + tables.sizes.astype(">u4").tobytes()))
    wide = bool(np.any(tables.chunk_offsets > 0xFFFFFFFF))
    boxes.append(_format_rows(b"co64" if wide else b"stco", tables.chunk_offsets, wide=wide))
    return tuple(boxes)
