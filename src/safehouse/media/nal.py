"""NAL units of H.264 and HEVC: find SEI messages, and drop those that carry text of an encoder.

Sources: ITU-T H.264 (V14) 7.3.1, 7.3.2.3, annex B and D; ITU-T H.265 (V10) 7.3.1, 7.3.2.4,
annex B and D. Payload types: 4 is registered user data (closed captions A/53, HDR10+), 5 is
unregistered user data (x264 and x265 write their name and all settings there).
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

__all__ = [
    "ALLOWED_SEI",
    "DROPPED_SEI",
    "ESCAPED",
    "Nal",
    "SeiMessage",
    "drop_encoder_sei",
    "is_sei",
    "nal_type",
    "sei_messages",
    "split_nals",
]

DROPPED_SEI = frozenset({4, 5})
"""SEI payload types that never reach an output: registered and unregistered user data."""

ALLOWED_SEI = {
    "h264": frozenset({0, 1, 6, 137, 144, 147}),
    "hevc": frozenset({0, 1, 6, 129, 137, 144, 147}),
}
"""SEI payload types that an output may hold: buffering period, picture timing, recovery point,
active parameter sets, mastering display, light level, alternative transfer."""

SEI_UNITS = {"h264": frozenset({6}), "hevc": frozenset({39, 40})}
HEADER_BYTES = {"h264": 1, "hevc": 2}
START_CODE = re.compile(rb"\x00\x00\x01")
ESCAPED = re.compile(rb"\x00\x00\x03(?=[\x00-\x03]|\Z)")
"""Two zeros and the byte that keeps them from looking like a start code."""
NEEDS_ESCAPE = re.compile(rb"\x00\x00(?=[\x00-\x03])")


class Nal(NamedTuple):
    """One NAL unit and the bytes that announce it (start code or length field)."""

    prefix: bytes
    unit: bytes


class SeiMessage(NamedTuple):
    """One SEI message: payload type and payload, emulation prevention taken out."""

    type: int
    payload: bytes


def split_nals(packet: bytes, length_prefixed: int) -> list[Nal]:
    """Return the NAL units of a packet; joined again, prefixes and units are the packet.

    Args:
        packet: one coded picture.
        length_prefixed: bytes of the length field (avcC, hvcC), or 0 for start codes (annex B).

    Raises:
        ValueError: a length leaves the packet, or bytes stand before the first start code.
    """
    if length_prefixed:
        return list(_split_lengths(packet, length_prefixed))
    return _split_start_codes(packet)


def _split_lengths(packet: bytes, field: int) -> Iterator[Nal]:
    at = 0
    while at < len(packet):
        end = at + field + int.from_bytes(packet[at : at + field], "big")
        if end > len(packet) or at + field > len(packet):
            raise ValueError(f"NAL unit at byte {at} leaves its packet")
        yield Nal(packet[at : at + field], packet[at + field : end])
        at = end


def _split_start_codes(packet: bytes) -> list[Nal]:
    codes = [match.start() for match in START_CODE.finditer(packet)]
    if packet and (not codes or packet[: codes[0]].strip(b"\0")):
        raise ValueError("no start code at the beginning of the packet")
    starts: list[tuple[int, int]] = []
    for number, code in enumerate(codes):
        begin = code
        floor = codes[number - 1] + 3 if number else 0
        while begin > floor and packet[begin - 1] == 0:
            begin -= 1
        starts.append((begin, code + 3))
    ends = [begin for begin, _ in starts[1:]] + [len(packet)]
    return [
        Nal(packet[begin:unit], packet[unit:end])
        for (begin, unit), end in zip(starts, ends, strict=True)
    ]


def nal_type(unit: bytes, codec: str) -> int:
    """Return nal_unit_type, or -1 for a unit shorter than its header."""
    if len(unit) < HEADER_BYTES[codec]:
        return -1
    return unit[0] & 0x1F if codec == "h264" else (unit[0] >> 1) & 0x3F


def is_sei(unit: bytes, codec: str) -> bool:
    """Return whether a NAL unit holds SEI messages (HEVC: prefix or suffix)."""
    return nal_type(unit, codec) in SEI_UNITS[codec]


def sei_messages(unit: bytes, codec: str) -> tuple[SeiMessage, ...]:
    """Return the messages of an SEI unit.

    Raises:
        ValueError: a message leaves its unit, or the closing bit is missing or followed by data.
    """
    rbsp = ESCAPED.sub(b"\0\0", unit[HEADER_BYTES[codec] :])
    found: list[SeiMessage] = []
    at = 0
    while rbsp[at:].rstrip(b"\0") != b"\x80":
        kind, at = _read_growing(rbsp, at)
        size, at = _read_growing(rbsp, at)
        if at + size >= len(rbsp):
            raise ValueError("SEI message leaves its NAL unit")
        found.append(SeiMessage(kind, rbsp[at : at + size]))
        at += size
    return tuple(found)


def _read_growing(rbsp: bytes, at: int) -> tuple[int, int]:
    """Return the number coded as a run of 255 and a last byte, and the place after it."""
    total = 0
    while at < len(rbsp):
        total += rbsp[at]
        at += 1
        if rbsp[at - 1] != 0xFF:
            return total, at
    raise ValueError("SEI header leaves its NAL unit")


def _format_sei(header: bytes, messages: tuple[SeiMessage, ...]) -> bytes:
    parts: list[bytes] = []
    for message in messages:
        for number in (message.type, len(message.payload)):
            parts.append(b"\xff" * (number // 255) + bytes([number % 255]))
        parts.append(message.payload)
    return header + NEEDS_ESCAPE.sub(b"\0\0\x03", b"".join(parts) + b"\x80")


def drop_encoder_sei(packet: bytes, codec: str, length_prefixed: int) -> bytes:
    """Return the packet without SEI messages of user data; all else is byte for byte as it was.

    An SEI unit that can't be parsed is dropped whole. Packets of other codecs come back unchanged.

    Args:
        packet: one coded picture, or a codec's extra data in annex B form.
        codec: FFmpeg's name, `h264` or `hevc`.
        length_prefixed: bytes of the NAL length field (avcC, hvcC), or 0 for start codes.

    Raises:
        ValueError: the packet is no row of NAL units.
    """
    if codec not in SEI_UNITS:
        return packet
    kept: list[bytes] = []
    for nal in split_nals(packet, length_prefixed):
        unit = _clean_unit(nal.unit, codec) if is_sei(nal.unit, codec) else nal.unit
        if unit is nal.unit:
            kept.append(nal.prefix + nal.unit)
        elif unit:
            prefix = len(unit).to_bytes(length_prefixed, "big") if length_prefixed else nal.prefix
            kept.append(prefix + unit)
    return b"".join(kept)


def _clean_unit(unit: bytes, codec: str) -> bytes:
    """Return the SEI unit itself when it has no user data, a shorter one, or nothing."""
    try:
        messages = sei_messages(unit, codec)
    except ValueError:
        return b""
    wanted = tuple(message for message in messages if message.type not in DROPPED_SEI)
    if wanted == messages:
        return unit
    return _format_sei(unit[: HEADER_BYTES[codec]], wanted) if wanted else b""
