"""Checks of a film's sample entries: each field that may vary is parsed to its last byte.

Sources: ISO/IEC 14496-15 (avcC 5.3.3, hvcC 8.3.3), 14496-14 (esds), 14496-12 clause 12 (colr, pasp,
mdcv, clli, chnl), 23003-5 (pcmC), QuickTime File Format Specification (wave, chan, fiel, enda).
"""

import struct
from collections.abc import Callable, Iterator

from safehouse.media.boxes import BoxError, parse_boxes, unpack
from safehouse.media.film import SOUND_EXTRAS, Entry
from safehouse.media.nal import ALLOWED_SEI, is_sei, nal_type, sei_messages

__all__ = ["check_entry", "check_unit", "length_field"]

CODEC_OF = {b"avc1": "h264", b"hvc1": "hevc", b"hev1": "hevc"}
UNITS = {
    "h264": frozenset({1, 5, 6, 7, 8}),
    "hevc": frozenset({*range(10), *range(16, 22), 32, 33, 34, 39, 40}),
}
"""NAL unit types of an output: slices, SEI, parameter sets. No filler, no delimiter, no other."""

FIELD_ORDERS = frozenset({b"\1\0", b"\2\1", b"\2\6", b"\2\x09", b"\2\x0e"})
MAX_GLBL = 256
"""FFV1's set-up is some 40 bytes; more is no set-up."""


def length_field(entry: Entry) -> int:
    """Return the bytes of a NAL length field in the samples of an H.264 or HEVC entry.

    Raises:
        BoxError: the codec's set-up is missing.
    """
    if not entry.extras:
        raise BoxError(f"no set-up of codec {entry.kind!r}")
    at = 4 if entry.kind == b"avc1" else 21
    (field,) = unpack("B", entry.extras[0].payload, at)
    return int(field & 3) + 1


def check_unit(unit: bytes, codec: str) -> str:
    """Return what is wrong with a NAL unit in an output, or ''."""
    kind = nal_type(unit, codec)
    if kind not in UNITS[codec]:
        return f"NAL unit of type {kind}"
    if not is_sei(unit, codec):
        return ""
    try:
        messages = sei_messages(unit, codec)
    except ValueError:
        return "SEI unit that can't be parsed"
    strange = sorted({m.type for m in messages} - ALLOWED_SEI[codec])
    return f"SEI message of type {strange[0]}" if strange else ""


def check_entry(entry: Entry) -> Iterator[str]:
    """Yield what the allow-list does not name in a sample entry, in words."""
    if not entry.is_picture and entry.fields[2:8] != bytes(6):
        yield "sound entry names a revision or vendor"
    for box in entry.extras:
        name = f"{entry.kind.decode()}/{box.kind.decode()}"
        try:
            fault = CHECKS[box.kind](box.payload)
        except BoxError as error:
            fault = str(error)
        if fault:
            yield f"{name}: {fault}"


def _of_size(*sizes: int) -> Callable[[bytes], str]:
    return lambda payload: "" if len(payload) in sizes else f"has {len(payload)} bytes"


def _check_avcc(payload: bytes) -> str:
    (sets,) = unpack("B", payload, 5)
    units, at = _read_units(payload, 6, sets & 31)
    (sets,) = unpack("B", payload, at)
    more, at = _read_units(payload, at + 1, sets)
    rest = payload[at:]
    if rest and (len(rest) != 4 or rest[3] != 0 or payload[1] not in {100, 110, 122, 244, 144}):
        return f"{len(rest)} bytes after its parameter sets"
    return next(filter(None, (check_unit(unit, "h264") for unit in units + more)), "")


def _check_hvcc(payload: bytes) -> str:
    (arrays,) = unpack("B", payload, 22)
    at = 23
    for _ in range(arrays):
        kind, count = unpack("BH", payload, at)
        units, at = _read_units(payload, at + 3, count)
        if any(nal_type(unit, "hevc") != kind & 63 for unit in units):
            return "NAL unit in an array of another type"
        fault = next(filter(None, (check_unit(unit, "hevc") for unit in units)), "")
        if fault:
            return fault
    return f"{len(payload) - at} bytes after its parameter sets" if at != len(payload) else ""


def _read_units(payload: bytes, at: int, count: int) -> tuple[list[bytes], int]:
    units = []
    for _ in range(count):
        (size,) = unpack("H", payload, at)
        if at + 2 + size > len(payload):
            raise BoxError("parameter set leaves its box")
        units.append(payload[at + 2 : at + 2 + size])
        at += 2 + size
    return units, at


def _read_descriptor(data: bytes, tag: int, at: int) -> tuple[bytes, int]:
    """Return the body of an MPEG-4 descriptor and the place after it."""
    (found,) = unpack("B", data, at)
    size, at = 0, at + 1
    for _ in range(4):
        (byte,) = unpack("B", data, at)
        size, at = size << 7 | byte & 127, at + 1
        if byte < 128:
            break
    if found != tag or at + size > len(data):
        raise BoxError(f"no descriptor {tag} where one is needed")
    return data[at : at + size], at + size


def _check_esds(payload: bytes) -> str:
    body, end = _read_descriptor(payload, 3, 4)
    config, at = _read_descriptor(body, 4, 3)
    layer, last = _read_descriptor(body, 6, at)
    specific, used = _read_descriptor(config, 5, 13)
    exact = end == len(payload) and last == len(body) and used == len(config)
    if not exact or body[2] != 0 or layer != b"\2" or config[:2] != b"\x40\x15":
        return "descriptors of another shape"
    return "" if len(specific) <= 64 else "set-up is too long"


def _check_wave(payload: bytes) -> str:
    if not payload.endswith(bytes([0, 0, 0, 8, 0, 0, 0, 0])):
        return "has no closing box"
    for box in parse_boxes(payload[:-8], frozenset()):
        if box.kind == b"frma" and box.payload in SOUND_EXTRAS:
            continue
        if box.kind == b"mp4a" and box.payload == bytes(4):
            continue
        if box.kind == b"enda" and box.payload == b"\0\1":
            continue
        if box.kind != b"esds" or _check_esds(box.payload):
            return f"holds {box.kind.decode('latin-1')!r}"
    return ""


def _check_chan(payload: bytes) -> str:
    head, _, _, count = unpack("IIII", payload)
    good = head == 0 and len(payload) == 16 + 20 * count and count <= 64
    for number in range(count if good else 0):
        _, flags, x, y, z = unpack("IIIII", payload, 16 + 20 * number)
        good = good and not any((flags, x, y, z))
    return "" if good else "channel descriptions of another shape"


def _check_fiel(payload: bytes) -> str:
    return "" if payload in FIELD_ORDERS else "unknown field order"


def _check_colr(payload: bytes) -> str:
    kind, *numbers = unpack("4sHHH", payload)
    tail = {b"nclc": (b"",), b"nclx": (b"\0", b"\x80")}.get(kind, ())
    return "" if payload[10:] in tail and max(numbers) < 256 else "is no plain colour box"


def _check_chnl(payload: bytes) -> str:
    return "" if 6 <= len(payload) <= 14 + 3 * 64 else f"has {len(payload)} bytes"


def _check_glbl(payload: bytes) -> str:
    return "" if len(payload) <= MAX_GLBL else f"has {len(payload)} bytes"


def _check_dfla(payload: bytes) -> str:
    """STREAMINFO alone (RFC 9639 8.2), marked as the last block; no name of an encoder behind."""
    return "" if payload[:8] == b"\0\0\0\0\x80\0\0\x22" and len(payload) == 42 else "other blocks"


def _check_dops(payload: bytes) -> str:
    """Version 0, and as many channels as its mapping names (Opus in ISOBMFF 4.3.2)."""
    version, channels, _, _, gain, family = unpack("BBHIhB", payload)
    wanted = 11 if family == 0 else 13 + channels
    good = (version, gain) == (0, 0) and family in {0, 1} and len(payload) == wanted
    return "" if good else "another set-up than ours"


CHECKS: dict[bytes, Callable[[bytes], str]] = {
    b"avcC": _check_avcc,
    b"hvcC": _check_hvcc,
    b"glbl": _check_glbl,
    b"colr": _check_colr,
    b"pasp": _of_size(struct.calcsize(">II")),
    b"fiel": _check_fiel,
    b"mdcv": _of_size(24),
    b"clli": _of_size(4),
    b"esds": _check_esds,
    b"wave": _check_wave,
    b"chan": _check_chan,
    b"chnl": _check_chnl,
    b"pcmC": _of_size(6),
    b"dfLa": _check_dfla,
    b"dOps": _check_dops,
}
