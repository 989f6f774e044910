"""Opens a source and says which of its streams are film and sound; refuses all else in words.

The file is distrusted: only local files, no playlists that name other files, and sizes are
checked before a frame is decoded.
"""

import os
import re
import stat
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.error
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition, Stream
from av.video.stream import VideoStream as AvVideoStream

from safehouse.errors import (
    SourceBroken,
    SourceEmpty,
    SourceEncrypted,
    SourceError,
    SourceIsStill,
    SourceMissing,
    SourceNotMedia,
    SourceTooLarge,
)
from safehouse.model.clip import Dropped

__all__ = [
    "FILM_FORMATS",
    "MAX_FRAMES",
    "MAX_PIXELS",
    "MAX_SIDE",
    "MAX_START_S",
    "Streams",
    "choose_streams",
    "clock_shift",
    "is_still_format",
    "open_source",
    "require_size",
]

MAX_SIDE = 16384
"""Longest side of a frame, px. Masks and encoders keep 16-bit coordinates below it."""

MAX_PIXELS = 1 << 28
"""Most pixels in a frame: 16384 x 16384."""

MAX_FRAMES = 50_000_000
"""Most frames that a header may announce: 19 days at 30 frames a second."""

MAX_START_S = 10
"""A first time beyond this many seconds is a recorder's running clock (MPEG-TS, broadcast): it
tells when the camera was switched on, and no player waits for it. It is set to 0, and said."""

HEAD_BYTES = 1 << 20
"""How much of each end of a file is searched for the marks of encryption."""

MEDIA_MARKS = re.compile(
    rb"....(?:ftyp|moov|mdat|moof|styp|sidx)|\x1a\x45\xdf\xa3|RIFF|OggS|fLaC|ID3|\x30\x26\xb2\x75|FLV"
    rb"|\x00\x00\x01[\xb3\xba]|\x06\x0e\x2b\x34",
    re.DOTALL,
)
"""First bytes of MP4, Matroska, RIFF, Ogg, FLAC, MP3, ASF, FLV, MPEG and MXF."""

ENCRYPTED_ENTRY = re.compile(rb"enc[vat].{0,4096}?sinf.{0,256}?schm", re.DOTALL)
"""An encrypted sample entry with its protection scheme (ISO/IEC 23001-7)."""

CONTAINERS = """
    mov mp4 m4a 3gp 3g2 mj2 matroska webm avi mpegts mpeg mxf asf asf_o flv live_flv f4v rm nut ogg
    gxf lxf wtv dv dhav ivf amv mlv cine pva nuv smjpeg mpjpeg gif apng
"""
BARE_PICTURE = """
    h264 hevc vvc av1 obu mpegvideo m4v mjpeg mjpeg_2000 h261 h263 vc1 vc1test dirac dnxhd cavsvideo
    avs2 avs3 evc apv yuv4mpegpipe
"""
BARE_SOUND = """
    wav w64 aiff caf flac mp3 aac ac3 eac3 ac4 dts dtshd mlp truehd amr amrnb amrwb au ape wv tta
    tak mpc mpc8 voc gsm oma qcp dsf dss lc3 latm iamf
"""
FILM_FORMATS = frozenset((CONTAINERS + BARE_PICTURE + BARE_SOUND).split())
"""FFmpeg's names of the formats that are opened: what cameras, recorders, phones and editors write.

Others read further files (playlists), take text for a picture, or take noise for sound."""

STILL_BRANDS = {"avif", "heic", "heix", "heim", "heis", "mif1", "mif2", "jpeg", "j2ki"}
"""Major brands of still pictures in ISO base media files (ISO/IEC 23008-12)."""

KEPT = "the source is untouched; nothing was written"


@dataclass(frozen=True, slots=True)
class Streams:
    """The streams of an open source that are protected, and those that are dropped by name."""

    video: AvVideoStream | None
    sound: tuple[AudioStream, ...]
    dropped: tuple[Dropped, ...]


def refuse(kind: type[SourceError], happened: str, next_step: str) -> SourceError:
    """Return an error about a source, with nothing written."""
    return kind(happened, kept=KEPT, next_step=next_step)


def open_source(path: Path) -> InputContainer:
    """Return the opened source; the caller closes it.

    Raises:
        SourceMissing: nothing there, no regular file, or not readable.
        SourceEmpty: zero bytes.
        SourceEncrypted: its media is encrypted.
        SourceBroken: media by its first bytes, but not to be opened.
        SourceNotMedia: nothing that FFmpeg knows, or a list of other files.
        SourceIsStill: a still picture.
    """
    _require_file(path)
    head, tail = _ends(path)
    try:
        container = av.open(
            str(path.absolute()),
            metadata_errors="replace",
            container_options={"protocol_whitelist": "file"},
        )
    except (OSError, ValueError, av.error.FFmpegError) as error:
        raise _opening_error(error, head, tail) from error
    try:
        _require_film(container)
        if ENCRYPTED_ENTRY.search(head) or ENCRYPTED_ENTRY.search(tail):
            raise _encrypted()
    except BaseException:
        container.close()
        raise
    return container


def _require_file(path: Path) -> None:
    look = "check the path, and that you may read it"
    try:
        found = path.stat()
    except (OSError, ValueError) as error:
        raise refuse(SourceMissing, "there is no such file", look) from error
    if not stat.S_ISREG(found.st_mode):
        raise refuse(SourceMissing, "this is no regular file", "name a film or sound file")
    if not os.access(path, os.R_OK):
        raise refuse(SourceMissing, "the file can't be read", look)
    if found.st_size == 0:
        raise refuse(SourceEmpty, "the file has zero bytes", "copy it again from the card")


def _ends(path: Path) -> tuple[bytes, bytes]:
    """Return the first and the last bytes of a file."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        file.seek(max(0, path.stat().st_size - HEAD_BYTES))
        return head, file.read(HEAD_BYTES)


def _encrypted() -> SourceError:
    return refuse(
        SourceEncrypted, "the media in the file is encrypted", "decrypt it first, with its key"
    )


def _opening_error(error: Exception, head: bytes, tail: bytes) -> SourceError:
    if ENCRYPTED_ENTRY.search(head) or ENCRYPTED_ENTRY.search(tail):
        return _encrypted()
    if isinstance(error, av.error.PermissionError | av.error.FileNotFoundError):
        return refuse(SourceMissing, "the file can't be opened", "check that you may read it")
    if MEDIA_MARKS.match(head):
        return refuse(
            SourceBroken,
            "the file begins like film or sound, but it can't be opened; it may be cut short",
            "copy it again from the card, or repair its container",
        )
    return refuse(
        SourceNotMedia,
        "the file is not film or sound that can be decoded",
        "give a film or sound file",
    )


def is_still_format(names: set[str]) -> bool:
    """Say whether FFmpeg's names of a format are those of still pictures."""
    return "image2" in names or any(name.endswith("_pipe") for name in names)


def _require_film(container: InputContainer) -> None:
    names = set(container.format.name.split(","))
    brand = container.metadata.get("major_brand", "").strip()
    items = [s for s in container.streams.video if "mov" in names and s.time_base == 1]
    single = all(s.frames <= 1 for s in container.streams.video)
    if is_still_format(names) or (single and (brand in STILL_BRANDS or items)):
        raise _still()
    if not names & FILM_FORMATS:
        raise refuse(
            SourceNotMedia,
            "the file is not in a format of film or sound that is opened here",
            "give the film file itself; if it is one, convert it to MOV or Matroska first",
        )


def _still() -> SourceError:
    return refuse(
        SourceIsStill,
        "the file is a still picture; safehouse protects film and sound",
        "protect stills with a tool for pictures",
    )


def choose_streams(container: InputContainer) -> Streams:
    """Return the picture and the sound that are protected, and every other stream by name.

    The picture is the stream marked as default, else the largest; covers never are. Sound is all
    that can be decoded.

    Raises:
        SourceNotMedia: no stream can be decoded.
        SourceEmpty: there is no stream.
        SourceEncrypted: a stream is marked as encrypted.
        SourceIsStill: only a cover picture.
        SourceTooLarge: frames over the limits.
    """
    if any(_is_encrypted(stream) for stream in container.streams):
        raise _encrypted()
    if not len(container.streams):
        raise refuse(SourceEmpty, "there is no stream in the file", "copy it again from the card")
    covers = [s for s in container.streams.video if _is_cover(s)]
    pictures = [s for s in container.streams.video if not _is_cover(s)]
    readable = [s for s in pictures if _has_decoder(s)]
    video = max(readable, key=_rank, default=None)
    sound = tuple(s for s in container.streams.audio if _has_decoder(s))
    if pictures and not readable:
        raise _undecodable()
    if video is None and not sound:
        if covers:
            raise _still()
        raise refuse(
            SourceNotMedia,
            "there is no picture or sound in the file that can be decoded",
            "give a film or sound file",
        )
    if video is not None:
        require_size(video.codec_context.width, video.codec_context.height, video.frames)
    chosen = {s.index for s in (video, *sound) if s is not None}
    rest = [s for s in container.streams if s.index not in chosen]
    return Streams(video, sound, tuple(_drop(s) for s in rest) + _second_view(video))


def require_size(width: int, height: int, frames: int = 0) -> None:
    """Check a frame size, and the count that a header announces.

    Raises:
        SourceTooLarge: a side over `MAX_SIDE`, over `MAX_PIXELS`, or over `MAX_FRAMES`.
    """
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise refuse(
            SourceTooLarge,
            f"a frame has {width} x {height} px; the limit is {MAX_SIDE} px a side",
            "scale the film down first",
        )
    if frames > MAX_FRAMES:
        raise refuse(
            SourceTooLarge,
            f"the file announces {frames} frames; the limit is {MAX_FRAMES}",
            "cut the film into parts",
        )


def clock_shift(streams: Streams) -> Fraction:
    """Return what is taken from all times of a clip, s, a whole number of the picture's units.

    It is 0 but where every stream begins far from 0: then it is where the first begins.
    """
    chosen = [s for s in (streams.video, *streams.sound) if s is not None]
    starts = [(s.start_time or 0) * (s.time_base or Fraction(1)) for s in chosen]
    first = min(starts, key=abs, default=Fraction(0))
    if abs(first) <= MAX_START_S:
        return Fraction(0)
    unit = (streams.video.time_base if streams.video is not None else None) or Fraction(1, 1000)
    return first // unit * unit


def _is_cover(stream: AvVideoStream) -> bool:
    return bool(stream.disposition & (Disposition.attached_pic | Disposition.timed_thumbnails))


def _rank(stream: AvVideoStream) -> tuple[bool, bool, bool, int, int]:
    context = stream.codec_context
    return (
        context.width > 0,
        bool(stream.disposition & Disposition.default),
        stream.frames != 1,
        context.width * context.height,
        -stream.index,
    )


def _has_decoder(stream: Stream) -> bool:
    context: Any = stream.codec_context
    return context is not None


def _tag_of(stream: Stream) -> str:
    context: Any = stream.codec_context
    try:
        return str(context.codec_tag) if context is not None else ""
    except UnicodeDecodeError:  # a tag of bytes that are no letters
        return ""


def _is_encrypted(stream: Stream) -> bool:
    return _tag_of(stream) in {"encv", "enca"} or "enc_key_id" in stream.metadata


def _undecodable() -> SourceError:
    return refuse(
        SourceNotMedia,
        "there is no decoder for the picture",
        "convert the film to H.264, HEVC or ProRes first",
    )


def _drop(stream: Stream) -> Dropped:
    """Return why a stream goes into no output."""
    if stream.type == "video":
        if _is_cover(stream):  # type: ignore[arg-type]  # type says video
            return Dropped(stream.index, "cover", "a cover picture may show people")
        return Dropped(stream.index, "picture", "only one picture track is protected and kept")
    if stream.type == "audio":
        return Dropped(stream.index, "sound", "there is no decoder for it")
    words = {
        "subtitle": ("subtitles", "subtitles may name people"),
        "attachment": ("attachment", "attached files may hold anything"),
        "data": ("data", "data tracks hold place, time and camera"),
    }
    kind, why = words.get(stream.type, ("unknown", "nobody knows what it holds"))
    return Dropped(stream.index, kind, why)


def _second_view(video: AvVideoStream | None) -> tuple[Dropped, ...]:
    if video is None or not video.disposition & Disposition.multilayer:
        return ()
    return (Dropped(video.index, "second view", "only the first view of a stereo film is kept"),)
