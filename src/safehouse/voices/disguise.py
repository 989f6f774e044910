"""Disguised voices: the words stay, said by a voice that never was. A cutting aid, not a promise.

Of the original go on: which of a few units fits each 30 ms best, how loud it is in coarse steps,
and where nobody speaks. All else (pitch, voice, room, microphone, hum) is made anew. What that
leaves of a person, as measured, is in docs/voices.md.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from itertools import repeat, tee

import numpy as np
from numpy.typing import NDArray

from safehouse.media.sound_filter import resample_blocks
from safehouse.model.frame import OriginalSound
from safehouse.voices.bands import BLOCK, FRAMES, RATE_HZ, log_bands
from safehouse.voices.local import REACH, Heard, local_speech
from safehouse.voices.pseudo import PseudoVoice, draw_voice
from safehouse.voices.synth import LEAD, Said, joined, smoothed, sounded
from safehouse.voices.units import CELL, choose_units, load_units

__all__ = ["disguise"]

Floats = NDArray[np.float32]
Read = Callable[[], Iterable[OriginalSound]]

KEY_BYTES = 16
"""Fewest bytes of a key."""

STEPS = 1.0
"""Steps of loudness in one spread of it: speech has about four of them."""

LOUD_SPREAD = 1.3
"""The spread that loudness gets, nepers of power."""

QUIETEST, LOUDEST = -3.0, 2.0
"""Least and greatest loudness, spreads from the mean."""

FILLED = -1.5
"""Loudness of a short pause, which is filled: how somebody stops between sounds is a habit."""

FLUSH = REACH + 4
"""Blocks of silence behind the end, so that the last sound comes out of every stage."""

INPUT = 1 << 12
"""Samples that are handed on at once, whatever the blocks read; `tee` holds up to 57 of them."""


def disguise(read: Read, rate_hz: int, channels: int, samples: int, key: bytes) -> Iterator[Floats]:
    """Yield a track with its voices disguised: blocks of shape (channels, n), samples in all.

    The result is a function of the samples and the key; how read cuts them has no influence. Each
    channel is disguised by itself, all with one pseudo-voice; sound stays where it was in time.
    Memory does not grow with the length.

    Args:
        read: gives the original's blocks in order from the first, anew at each call.
        rate_hz: samples a second, of the original and of the result.
        channels: rows of each block.
        samples: how many samples each channel has; missing ones count as silence.
        key: 16 bytes or more, drawn by chance for this track and kept by nobody.

    Raises:
        ValueError: the key is too short.
    """
    if len(key) < KEY_BYTES:
        raise ValueError("a key has 16 bytes or more")
    kinds = _kinds(read, channels) if channels > 1 else [0]
    voice = draw_voice(load_units(), key)
    made = sorted({kind for kind in kinds if kind is not None})
    streams = tee(_recut(_clean(read()), INPUT), len(made)) if made else ()
    rows = [
        _one_channel(_row(stream, kind), rate_hz, samples, voice, key)
        for kind, stream in zip(made, streams, strict=True)
    ]
    for block in zip(*rows, strict=True) if rows else _silence(samples):
        row_of = dict(zip(made, block, strict=True)) if made else {}
        nothing = np.zeros(len(block[0]), np.float32)
        yield np.stack([nothing if kind is None else row_of[kind] for kind in kinds])


def _silence(samples: int) -> Iterator[tuple[Floats]]:
    for first in range(0, samples, BLOCK):
        yield (np.zeros(min(BLOCK, samples - first), np.float32),)


def _clean(blocks: Iterable[OriginalSound]) -> Iterator[Floats]:
    """Yield samples without what is no number, within the range that sound has."""
    for block in blocks:
        whole = np.nan_to_num(block.samples, nan=0.0, posinf=0.0, neginf=0.0)
        yield np.clip(whole, -1.0, 1.0).astype(np.float32)


def _row(blocks: Iterable[Floats], number: int) -> Iterator[Floats]:
    for block in blocks:
        yield block[number]


def _kinds(read: Read, channels: int) -> list[int | None]:
    """Return for each channel the first that is the same; None for a silent one."""
    sums = [hashlib.blake2b() for _ in range(channels)]
    loud = np.zeros(channels, np.bool_)
    for block in _clean(read()):
        loud |= block.any(axis=1)
        for row, digest in zip(block, sums, strict=True):
            digest.update(np.ascontiguousarray(row).tobytes())
    first: dict[bytes, int] = {}
    return [
        first.setdefault(digest.digest(), number) if loud[number] else None
        for number, digest in enumerate(sums)
    ]


def _one_channel(
    blocks: Iterable[Floats], rate_hz: int, samples: int, voice: PseudoVoice, key: bytes
) -> Iterator[Floats]:
    """Yield one channel's samples, shape (n,), in blocks of a fixed length and a shorter last."""
    slow = resample_blocks(blocks, rate_hz, RATE_HZ)
    needed = -(-samples * RATE_HZ // rate_hz)
    made = _made(_endless(_recut(slow, BLOCK)), voice, key)
    late = _without_first(made, LEAD)
    fast = resample_blocks(_limited(late, needed), RATE_HZ, rate_hz)
    yield from _recut(_limited(_padded(fast), samples), BLOCK)


def _made(blocks: Iterable[Floats], voice: PseudoVoice, key: bytes) -> Iterator[Floats]:
    heard, again = tee(local_speech(log_bands(blocks)))
    path = choose_units(heard, load_units().shapes)
    said = (_say(block, units, voice) for block, units in zip(again, path, strict=True))
    yield from sounded(smoothed(joined(said)), voice, key)


def _say(heard: Heard, units: NDArray[np.int64], voice: PseudoVoice) -> Said:
    """Return how the pseudo-voice says a block: its own shapes, coarse loudness, a gate."""
    cells = heard.speech.reshape(FRAMES // CELL, CELL)
    speaks = cells.mean(axis=1) >= 0.5
    summed = (heard.level * heard.speech).reshape(cells.shape).sum(axis=1)
    level = np.round(summed / np.maximum(cells.sum(axis=1), 1) * STEPS) / STEPS
    loud = np.where(speaks, np.clip(level, QUIETEST, LOUDEST), FILLED) * LOUD_SPREAD
    bands = voice.shapes[units] + loud[:, None]
    gate = speaks.astype(np.float32)
    return Said(
        np.repeat(bands, CELL, axis=0),
        np.repeat(gate, CELL),
    )


def _recut(blocks: Iterable[Floats], length: int) -> Iterator[Floats]:
    """Yield the same samples in blocks of one length, and a last one of the rest.

    Samples lie along the last axis. Every block is a copy, so that none holds a larger one.
    """
    held: list[Floats] = []
    count = 0
    for block in blocks:
        held.append(block)
        count += block.shape[-1]
        if count < length:
            continue
        joined = np.concatenate(held, axis=-1)
        whole = count // length * length
        for first in range(0, whole, length):
            yield joined[..., first : first + length].copy()
        held, count = [joined[..., whole:].copy()], count - whole
    if count:
        yield np.concatenate(held, axis=-1)


def _endless(blocks: Iterable[Floats]) -> Iterator[Floats]:
    """Yield whole blocks: the last one filled up with silence, and silence behind it."""
    for block in blocks:
        yield np.pad(block, (0, BLOCK - len(block)))
    yield from repeat(np.zeros(BLOCK, np.float32), FLUSH)


def _padded(blocks: Iterable[Floats]) -> Iterator[Floats]:
    """Yield the blocks, then silence without end: a track may be shorter than it says."""
    yield from blocks
    while True:
        yield np.zeros(BLOCK, np.float32)


def _without_first(blocks: Iterable[Floats], count: int) -> Iterator[Floats]:
    for block in blocks:
        yield block[count:]
        count = max(0, count - len(block))


def _limited(blocks: Iterable[Floats], samples: int) -> Iterator[Floats]:
    """Yield the first samples and no more."""
    left = samples
    for block in blocks:
        if left <= 0:
            return
        yield block[:left]
        left -= len(block)
