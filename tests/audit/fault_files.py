"""Faults put into finished films: boxes, tags, tracks and bytes that nobody planned."""

import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

from fault_cases import Stage

from safehouse.media.boxes import Box, Span, format_box, format_boxes, parse_boxes, read_spans
from safehouse.media.chunkfile import ChunkWriter, CodedPacket, read_chunk, read_header

FileFault = Callable[[Stage, Path], Path]
"""From a stage and a new path to a film there."""

GPS = "+48.8584+002.2945/"
SEI_WORDS = b"\xdcE\xe9\xbd\xe6\xd9H\xb7\x96,\xd8 \xd9#\xee\xefx264 - core 164 - options: crf=18"
"""The identifier that x264 writes its settings under, and words like its own."""


def with_moov(change: Callable[[tuple[Box, ...]], tuple[Box, ...]]) -> FileFault:
    """Return the fault of other boxes in moov, which stands at the film's end."""

    def fault(stage: Stage, out: Path) -> Path:
        data = stage.film().read_bytes()
        moov = spans_of(stage.film())[-1]
        boxes = change(parse_boxes(data[moov.payload : moov.end]))
        out.write_bytes(data[: moov.start] + format_box(Box(b"moov", b"", boxes)))
        return out

    return fault


def spans_of(film: Path) -> list[Span]:
    """Return the boxes at the film's top."""
    with film.open("rb") as handle:
        return list(read_spans(handle, 0, film.stat().st_size))


def with_udta(*boxes: Box) -> FileFault:
    """Return the fault of user data in moov."""
    udta = Box(b"udta", format_boxes(boxes))
    return with_moov(lambda moov: (*moov, udta))


def text_box(kind: bytes, words: str) -> Box:
    """Return a text as QuickTime's user data has it: length, language, words."""
    data = words.encode()
    return Box(kind, struct.pack(">HH", len(data), 0x15C7) + data)


def with_time(moov: tuple[Box, ...]) -> tuple[Box, ...]:
    """Write the time of creation into mvhd."""
    return tuple(
        Box(b.kind, b.payload[:4] + struct.pack(">I", 3_800_000_000) + b.payload[8:])
        if b.kind == b"mvhd"
        else b
        for b in moov
    )


def with_handler(moov: tuple[Box, ...]) -> tuple[Box, ...]:
    """Write a name into every track's handler."""

    def named(box: Box) -> Box:
        if box.kind == b"hdlr":
            return Box(b"hdlr", box.payload[:24] + b"\x0bCore Media Video"[:12])
        if box.children is not None and box.kind in {b"trak", b"mdia"}:
            return Box(box.kind, b"", tuple(map(named, box.children)))
        return box

    return tuple(map(named, moov))


def added(data: Callable[[Stage], bytes]) -> FileFault:
    """Return the fault of bytes behind the film's last box."""

    def fault(stage: Stage, out: Path) -> Path:
        out.write_bytes(stage.film().read_bytes() + data(stage))
        return out

    return fault


def before_moov(data: Callable[[Stage], bytes]) -> FileFault:
    """Return the fault of a free box that holds something, between mdat and moov."""

    def fault(stage: Stage, out: Path) -> Path:
        film = stage.film()
        moov = spans_of(film)[-1]
        whole = film.read_bytes()
        free = format_box(Box(b"free", data(stage)))
        out.write_bytes(whole[: moov.start] + free + whole[moov.start :])
        return out

    return fault


def own_string(stage: Stage) -> bytes:
    """Return a string that names the clip: its own file's name, as sidecars hold it."""
    return stage.clip.name.encode("utf-16-le")


def with_sei(stage: Stage, out: Path) -> Path:
    """Write the encoder's name and settings into the first picture's bitstream."""
    chunk = stage.picture_pieces[0]
    changed = stage.folder / "chunk-sei"
    with ChunkWriter(changed, read_header(chunk)) as writer:
        for number, packet in enumerate(read_chunk(chunk)):
            content = packet.content
            if number == 0:
                unit = bytes([6, 5, len(SEI_WORDS)]) + SEI_WORDS + b"\x80"
                content = b"\0\0\0\1" + unit + content
            writer.write(CodedPacket(packet.pts, packet.duration, packet.key, content))
    pieces = [changed, *stage.picture_pieces[1:]]
    return stage.join(pieces, stage.sound_pieces("mute"), stage.plan, out.stem)


def by_ffmpeg(*args: str, clip: bool = False, more: str = "") -> FileFault:
    """Return the fault of a film that went through FFmpeg, told to write nothing of itself.

    Args:
        args: FFmpeg's arguments between its inputs and the output.
        clip: the clip is the second input.
        more: the content of a second input, a file of subtitles.
    """

    def fault(stage: Stage, out: Path) -> Path:
        inputs = ["-i", str(stage.film())]
        if clip:
            inputs += ["-i", str(stage.clip)]
        if more:
            words = out.with_suffix(".srt")
            words.write_text(more)
            inputs += ["-i", str(words)]
        exact = ["-fflags", "+bitexact", "-flags", "+bitexact", "-map_metadata", "-1"]
        command = ["ffmpeg", "-v", "error", "-y", *inputs, *exact, *args, str(out)]
        subprocess.run(command, check=True)
        return out

    return fault


SUBTITLES = "1\n00:00:00,000 --> 00:00:01,000\nWe met at the old mill.\n"

FILES: dict[str, FileFault] = {
    "a title": with_udta(text_box(b"\xa9nam", "Interview at the old mill")),
    "a place (GPS)": with_udta(text_box(b"\xa9xyz", GPS)),
    "a time of creation": with_moov(with_time),
    "a handler's name": with_moov(with_handler),
    "the encoder's settings in the bitstream": with_sei,
    "user data of a camera": with_udta(Box(b"CAME", b"S/N 20481632")),
    "a free box with content": before_moov(lambda _: b"exported by somebody"),
    "bytes behind the last box": added(lambda _: b"\0" * 64),
    "the clip's name in a free box": before_moov(own_string),
    "a cover picture": by_ffmpeg(
        *["-map", "0", "-map", "1:v:0", "-frames:v:1", "1", "-c", "copy", "-c:v:1", "mjpeg"],
        *["-pix_fmt:v:1", "yuvj420p", "-disposition:v:1", "attached_pic", "-f", "mp4"],
        clip=True,
    ),
    "a track of subtitles": by_ffmpeg(
        *["-map", "0", "-map", "1", "-c", "copy", "-c:s", "mov_text"], more=SUBTITLES
    ),
    "a track of time code": by_ffmpeg(*["-map", "0", "-c", "copy", "-timecode", "01:00:00:00"]),
    "a second picture track": by_ffmpeg(*["-map", "0", "-map", "0:v", "-c", "copy"]),
    "a second sound track, the clip's": by_ffmpeg(
        *["-map", "0", "-map", "1:a", "-c", "copy", "-c:a:1", "aac"], clip=True
    ),
    "another size": by_ffmpeg(*["-map", "0", "-vf", "scale=iw/2*1:ih/2*1", "-c:a", "copy"]),
    "coded again by another program": by_ffmpeg(*["-map", "0", "-crf", "23", "-c:a", "copy"]),
}
