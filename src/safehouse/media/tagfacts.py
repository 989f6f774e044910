"""What a file says through FFmpeg: tags, chapters, attachments, captions, SEI, data tracks."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import av.error
from av.container import InputContainer

from safehouse.media.facts import Fact, classify, printable, printable_text
from safehouse.media.nal import ALLOWED_SEI, is_sei, sei_messages, split_nals
from safehouse.media.probe import FILM_FORMATS, is_still_format

__all__ = ["tag_facts"]

DULL_WORDS = (
    "major_brand minor_version compatible_brands vendor_id bps duration number_of_frames"
    " number_of_bytes _statistics_tags _statistics_writing_date_utc variant_bitrate"
)
DULL = frozenset(DULL_WORDS.split())
"""Tags that FFmpeg makes of a container's technical fields; `language` is told."""

PACKETS = 400
"""Packets of text, data and picture that are looked at."""

TEXT_LIMIT = 1 << 16
CAPTIONS = b"GA94"


def tag_facts(path: Path) -> Iterator[Fact]:
    """Yield what FFmpeg finds in a file; a file that it can't open says nothing here."""
    try:
        with av.open(
            str(path.absolute()),
            metadata_errors="replace",
            container_options={"protocol_whitelist": "file"},
        ) as container:
            names = set(container.format.name.split(","))
            if not (names & FILM_FORMATS or is_still_format(names)):
                return
            yield from _container_facts(container)
            yield from _packet_facts(container)
    except (OSError, ValueError, av.error.FFmpegError):
        return


def _tags(where: str, metadata: dict[str, str]) -> Iterator[Fact]:
    for name, value in metadata.items():
        if name.lower().split("-")[0] not in DULL and value.strip() and value != "und":
            yield Fact(where, name, value, classify(name))


def _container_facts(container: InputContainer) -> Iterator[Fact]:
    yield from _tags("tags", container.metadata)
    for stream in container.streams:
        where = f"tags of {stream.type} stream {stream.index}"
        yield from _tags(where, stream.metadata)
        if stream.type in {"data", "attachment"}:
            yield Fact(where, f"{stream.type} stream", stream.metadata.get("filename", ""), "other")
        context: Any = stream.codec_context
        if context is not None and context.extradata:
            yield from _extradata_facts(where, context.name, bytes(context.extradata))
    for number, chapter in enumerate(container.chapters()):
        yield from _tags(f"chapter {number + 1}", chapter["metadata"])


def _extradata_facts(where: str, codec: str, extradata: bytes) -> Iterator[Fact]:
    if codec in ALLOWED_SEI and extradata[:1] == b"\0":
        yield from _sei_facts(where, codec, extradata, 0)
    elif codec not in ALLOWED_SEI:
        for text in printable(extradata, 8):
            yield Fact(where, "set-up of the codec", text, "software")


def _packet_facts(container: InputContainer) -> Iterator[Fact]:
    for packet in itertools.islice(container.demux(), PACKETS):
        stream = packet.stream
        where = f"{stream.type} stream {stream.index}"
        data = bytes(packet) if packet.size and packet.size < 1 << 26 else b""
        context: Any = stream.codec_context
        name = context.name if context is not None else ""
        if stream.type == "video" and name in ALLOWED_SEI:
            yield from _sei_facts(where, name, data, _length_field(stream))
        elif stream.type in {"subtitle", "data", "attachment"} or data[:3] == b"\xff\xd8\xff":
            for text in printable(data[:TEXT_LIMIT], 4):
                yield Fact(where, f"content of the {stream.type} stream", text, "other")


def _length_field(stream: Any) -> int:
    """Return the bytes of a NAL length field, 0 for start codes (avcC and hvcC begin with 1)."""
    extradata = bytes(stream.codec_context.extradata or b"")
    if extradata[:1] != b"\1":
        return 0
    at = 4 if stream.codec_context.name == "h264" else 21
    return (extradata[at] & 3) + 1 if len(extradata) > at else 4


def _sei_facts(where: str, codec: str, packet: bytes, field: int) -> Iterator[Fact]:
    """Yield the text of user data in SEI messages; broken units say nothing."""
    try:
        units = [nal.unit for nal in split_nals(packet, field) if is_sei(nal.unit, codec)]
        messages = [message for unit in units for message in sei_messages(unit, codec)]
    except ValueError:
        return
    for kind, payload in messages:
        if kind == 5:
            text = printable_text(payload[16:]) or f"{len(payload)} bytes"
            yield Fact(where, "text of the encoder (SEI)", text, "software")
        elif kind == 4 and CAPTIONS in payload[:8]:
            yield Fact(where, "closed captions (SEI)", caption_text(payload), "other")
        elif kind not in ALLOWED_SEI[codec]:
            text = printable_text(payload) or f"{len(payload)} bytes"
            yield Fact(where, f"SEI message of type {kind}", text, "other")


def caption_text(payload: bytes) -> str:
    """Return the printable CEA-608 characters of a caption message (CEA-708, cc_data)."""
    start = payload.find(CAPTIONS) + 7
    pairs = [payload[at + 1 : at + 3] for at in range(start, len(payload) - 2, 3)]
    text = bytes(byte & 0x7F for pair in pairs for byte in pair)
    return printable_text(text, 4) or f"{len(payload)} bytes"
