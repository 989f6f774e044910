"""Plants identifying strings into small films and sound files, one canary for each hiding place."""

import os
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame

from safehouse.media.boxes import Box, find_one, format_box, format_boxes, full_box, parse_boxes

XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
LATITUDE, LONGITUDE = 48.123457, 11.765433
MTIME = 981173106
HANDLER = "CnryHandlerA"
MDTA_KEYS = (
    "com.apple.quicktime.make com.apple.quicktime.model com.apple.quicktime.software"
    " com.apple.quicktime.author com.apple.quicktime.creationdate com.android.serial"
    " com.apple.quicktime.camera.identifier com.apple.quicktime.content.identifier"
)
DOUBLES = struct.pack("<dd", LATITUDE, LONGITUDE)


@dataclass
class Planted:
    """A file with canaries in it: each by the name of its hiding place."""

    path: Path
    canaries: dict[str, str | bytes] = field(default_factory=dict)

    def plant(self, place: str) -> str:
        """Return a new canary for a hiding place: letters and digits that occur nowhere else."""
        canary = f"Cnry{len(self.canaries):02d}{place.replace(' ', '')[:12]}Zq"
        self.canaries[place] = canary
        return canary


def sei(kind: int, payload: bytes) -> bytes:
    """Return an H.264 SEI unit in annex B form; the payload must need no escaping."""
    size = b"\xff" * (len(payload) // 255) + bytes([len(payload) % 255])
    return b"\0\0\0\1\x06" + bytes([kind]) + size + payload + b"\x80"


def captions(text: str) -> bytes:
    """Return an A/53 caption message with the text as CEA-608 pairs."""
    pairs = [text[at : at + 2].encode().ljust(2, b" ") for at in range(0, len(text), 2)]
    body = b"".join(b"\xfc" + pair for pair in pairs)
    return b"\xb5\x00\x31GA94\x03" + bytes([0x40 | len(pairs), 0xFF]) + body + b"\xff"


def make_film(planted: Planted, container: str, tags: Callable[..., None] | None = None) -> None:
    """Write a film of 12 frames and a second of sound, with canaries in its SEI and tags."""
    x264 = bytes(range(1, 17)) + planted.plant("x264 sei").encode()
    vendor = b"\xb5\x01\x02" + planted.plant("t35 sei").encode()
    units = sei(5, x264) + sei(4, captions("CAPTION CANARY")) + sei(4, vendor)
    with av.open(str(planted.path), "w", format=container) as film:
        picture = film.add_stream("libx264", rate=25)
        picture.width, picture.height, picture.pix_fmt = 160, 120, "yuv420p"
        picture.options = {"preset": "ultrafast", "g": "6"}
        sound = film.add_stream("aac", rate=48000)
        sound.layout = "stereo"
        if tags:
            tags(film, picture, sound)
        rng = np.random.default_rng(7)
        for number in range(12):
            frame = VideoFrame.from_ndarray(rng.integers(0, 255, (120, 160), np.uint8), "gray")
            frame = frame.reformat(format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            for packet in picture.encode(frame):
                film.mux(_with_units(packet, units))
        for packet in picture.encode(None):
            film.mux(_with_units(packet, units))
        tone = np.sin(np.arange(24000) / 20).astype(np.float32)
        block = AudioFrame.from_ndarray(np.stack([tone, tone]), "fltp", "stereo")
        block.sample_rate, block.pts = 48000, 0
        film.mux(sound.encode(block))
        film.mux(sound.encode(None))


def _with_units(packet: "av.Packet", units: bytes) -> "av.Packet":
    fresh = av.Packet(units + bytes(packet))
    fresh.pts, fresh.dts, fresh.duration = packet.pts, packet.dts, packet.duration
    fresh.time_base, fresh.is_keyframe, fresh.stream = (
        packet.time_base,
        packet.is_keyframe,
        packet.stream,
    )
    return fresh


def exif_jpeg(text: str) -> bytes:
    """Return the head of a JPEG whose EXIF names a camera."""
    make = text.encode() + b"\0"
    tiff = b"II*\0" + struct.pack("<IHHHIII", 8, 1, 0x010F, 2, len(make), 26, 0) + make
    exif = b"Exif\0\0" + tiff
    return b"\xff\xd8\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + b"\xff\xd9"


def xmp(text: str) -> bytes:
    """Return an XMP packet that names an artist."""
    return (
        b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF><rdf:Description tiff:Artist='"
        + text.encode()
        + b"'/></rdf:RDF></x:xmpmeta>"
    )


def value(text: str | bytes, kind: int = 1) -> Box:
    """Return a metadata value box."""
    return Box(
        b"data", struct.pack(">II", kind, 0) + (text.encode() if isinstance(text, str) else text)
    )


def handler_box(kind: bytes, name: bytes = b"") -> Box:
    return full_box(b"hdlr", bytes(4) + kind + bytes(12) + name + b"\0")


def mdta_meta(planted: Planted) -> Box:
    """Return QuickTime metadata: keys and their values."""
    names = [*MDTA_KEYS.split()]
    items = [
        Box(struct.pack(">I", n), format_box(value(planted.plant(f"mdta {name.split('.')[-1]}"))))
        for n, name in enumerate(names, start=1)
    ]
    names += ["com.apple.quicktime.location.ISO6709", "com.apple.quicktime.title"]
    place = f"+{LATITUDE}+{LONGITUDE:010.6f}/"
    planted.canaries["mdta location"] = place
    items.append(Box(struct.pack(">I", 9), format_box(value(place))))
    wide = planted.plant("mdta utf16").encode("utf-16-be")
    items.append(Box(struct.pack(">I", 10), format_box(value(wide, 2))))
    keys = b"".join(format_box(Box(b"mdta", name.encode())) for name in names)
    return Box(
        b"meta",
        format_boxes(
            (
                handler_box(b"mdta"),
                full_box(b"keys", struct.pack(">I", len(names)) + keys),
                Box(b"ilst", format_boxes(tuple(items))),
            )
        ),
    )


def ilst_meta(planted: Planted) -> Box:
    """Return iTunes-like metadata with a cover and a free-form item."""
    free = (
        full_box(b"mean", b"org.example"),
        full_box(b"name", planted.plant("ilst freeform name").encode()),
        value(planted.plant("ilst freeform")),
    )
    items = (
        Box(b"\xa9ART", format_box(value(planted.plant("ilst artist")))),
        Box(b"\xa9cmt", format_box(value(planted.plant("ilst comment")))),
        Box(b"covr", format_box(value(exif_jpeg(planted.plant("cover exif")), 13))),
        Box(b"----", format_boxes(free)),
    )
    return full_box(
        b"meta", format_boxes((handler_box(b"mdir"), Box(b"ilst", format_boxes(items))))
    )


def user_data(planted: Planted) -> Box:
    """Return user data as cameras, phones and editors write it."""

    def text(kind: bytes, place: str) -> Box:
        body = planted.plant(place).encode()
        return Box(kind, struct.pack(">HH", len(body), 0x15C7) + body)

    def gpp(kind: bytes, place: str) -> Box:
        return full_box(kind, b"\x15\xc7" + planted.plant(place).encode() + b"\0")

    point = struct.pack(">iii", 11 << 16, 48 << 16, 0)
    loci = b"\x15\xc7" + planted.plant("3gpp loci").encode() + b"\0\0" + point + b"earth\0\0"
    chapter = planted.plant("nero chapter").encode()
    chpl = struct.pack(">IBQB", 0, 1, 0, len(chapter)) + chapter
    camera = (b"FIRM", b"LENS", b"CAME", b"MUID", b"GPMF", b"smta", b"CNTH", b"PANA", b"manu")
    return Box(
        b"udta",
        format_boxes(
            (
                *(
                    text(b"\xa9" + k, f"udta {k.decode()}")
                    for k in (b"mak", b"mod", b"swr", b"nam")
                ),
                *(
                    text(b"\xa9" + k, f"udta {k.decode()}")
                    for k in (b"aut", b"day", b"xyz", b"inf")
                ),
                Box(b"XMP_", xmp(planted.plant("udta xmp"))),
                *(gpp(k, f"3gpp {k.decode()}") for k in (b"auth", b"cprt", b"dscp", b"titl")),
                full_box(b"loci", loci),
                full_box(b"chpl", chpl, version=1),
                *(Box(k, planted.plant(f"udta {k.decode()}").encode()) for k in camera),
                ilst_meta(planted),
            )
        ),
    )


def track(number: int, handler: bytes, name: str, entry: Box, place: tuple[int, int]) -> Box:
    """Return a track of one sample that lies at place: offset, bytes."""
    stsd = full_box(b"stsd", struct.pack(">I", 1) + format_box(entry))
    tables = (
        full_box(b"stts", struct.pack(">III", 1, 1, 500)),
        full_box(b"stsc", struct.pack(">IIII", 1, 1, 1, 1)),
        full_box(b"stsz", struct.pack(">III", place[1], 1, 0)[:8]),
        full_box(b"stco", struct.pack(">II", 1, place[0])),
    )
    head = bytes(8) + struct.pack(">IIIHH", number, 0, 500, 0, 0)
    tkhd = full_box(b"tkhd", head + bytes(60), flags=3)
    minf = (full_box(b"nmhd", b""), _dinf(), Box(b"stbl", b"", (stsd, *tables)))
    mdia = (
        full_box(b"mdhd", struct.pack(">IIIIHH", 0, 0, 1000, 500, 0x15C7, 0)),
        handler_box(handler, name.encode()),
        Box(b"minf", b"", minf),
    )
    return Box(b"trak", b"", (tkhd, Box(b"mdia", b"", mdia)))


def _dinf() -> Box:
    url = format_box(full_box(b"url ", b"", flags=1))
    return Box(b"dinf", b"", (full_box(b"dref", struct.pack(">I", 1) + url),))


def data_tracks(planted: Planted, at: int) -> tuple[bytes, tuple[Box, ...]]:
    """Return an mdat with samples to stand at byte at, and the tracks that point into it."""
    texts = {
        b"gpmd": b"DEVC\0\1\0\x20DVNMc\1\0\x20" + planted.plant("gpmf sample").encode(),
        b"tx3g": b"\0\x14" + planted.plant("mov_text").encode()[:20].ljust(20, b"."),
        b"tmcd": struct.pack(">I", 90123),
        b"camm": struct.pack("<HH", 0, 5) + DOUBLES + bytes(8),
        b"mett": planted.plant("mett sample").encode(),
    }
    planted.canaries["camm doubles"] = DOUBLES[:8]
    reel = planted.plant("tmcd reel").encode()
    names = struct.pack(">HH", len(reel), 0x15C7) + reel
    entries = {
        b"tmcd": bytes(4)
        + struct.pack(">IIIBB", 0, 25, 1, 25, 0)
        + format_box(Box(b"name", names)),
        b"tx3g": bytes(38) + planted.plant("tx3g font").encode(),
        b"mett": b"\0" + planted.plant("mett mime").encode() + b"\0",
    }
    handlers = {b"tx3g": b"sbtl", b"tmcd": b"tmcd"}
    tracks, body = [], b""
    for number, (kind, sample) in enumerate(texts.items(), start=10):
        entry = Box(kind, bytes(6) + b"\0\1" + entries.get(kind, b""))
        place = (at + 8 + len(body), len(sample))
        name = planted.plant(f"{kind.decode()} handler")
        tracks.append(track(number, handlers.get(kind, b"meta"), name, entry, place))
        body += sample
    return format_box(Box(b"mdat", body)), tuple(tracks)


def plant_boxes(folder: Path, container: str) -> Planted:
    """Return an MP4 or MOV film with canaries in every kind of place."""
    planted = Planted(folder / f"CnryFileName.{container}")
    make_film(planted, container)
    planted.canaries["file name"] = planted.path.stem
    raw = planted.path.read_bytes()
    start = raw.rfind(b"moov") - 4
    extra, tracks = data_tracks(planted, start)
    moov = list(parse_boxes(_mark_moov(planted, raw[start + 8 :])))
    moov = [box for box in moov if box.kind not in {b"udta", b"meta"}]
    moov += [*tracks, user_data(planted), mdta_meta(planted)]
    moov.append(Box(b"skip", planted.plant("skip in moov").encode()))
    moov.append(Box(b"uuid", bytes(range(16)) + planted.plant("uuid in moov").encode()))
    for place in (2, 3):
        moov[1] = _in_track(moov[1], planted, place)
    after = (
        Box(b"free", planted.plant("free").encode()),
        Box(b"skip", planted.plant("skip").encode()),
        Box(b"wide", planted.plant("wide").encode()),
        Box(b"GPRO", planted.plant("vendor box").encode()),
        Box(b"uuid", bytes(range(16)) + planted.plant("uuid").encode()),
        Box(b"uuid", XMP_UUID + xmp(planted.plant("uuid xmp"))),
        Box(b"PICT", exif_jpeg(planted.plant("preview exif"))),
        full_box(b"emsg", planted.plant("emsg").encode() + b"\0"),
    )
    tail = b"\0\0\0\3" + planted.plant("trailer").encode()
    film = raw[:start] + extra + format_box(Box(b"moov", b"", tuple(moov))) + format_boxes(after)
    planted.path.write_bytes(film + tail)
    os.utime(planted.path, (MTIME, MTIME))
    return planted


def _mark_moov(planted: Planted, moov: bytes) -> bytes:
    """Return the movie header with a handler name, a compressor name and times planted."""
    planted.canaries["handler name"] = HANDLER
    moov = moov.replace(b"VideoHandler", HANDLER.encode())
    at = moov.index(b"avc1") + 4 + 42
    name = planted.plant("compressor").encode()
    moov = moov[:at] + (bytes([len(name)]) + name).ljust(32, b"\0") + moov[at + 32 :]
    at = moov.index(b"mvhd") + 8
    return moov[:at] + struct.pack(">II", 0xDA7A_5EED, 0xDA7A_5EEE) + moov[at + 8 :]


def _in_track(trak: Box, planted: Planted, place: int) -> Box:
    name = planted.plant(f"track name {place}").encode()
    children = trak.children or ()
    assert find_one(children, b"mdia")
    return Box(b"trak", b"", (*children, Box(b"udta", format_box(Box(b"name", name)))))


def plant_mkv(folder: Path) -> Planted:
    """Return a Matroska film with canaries in tags, chapters, attachments and behind the end."""
    planted = Planted(folder / "CnryFileName.mkv")

    def tags(film: "av.container.OutputContainer", *streams: "av.stream.Stream") -> None:
        for name in ("title", "artist", "LOCATION", "com.android.serial", "COMMENT"):
            film.metadata[name] = planted.plant(f"mkv {name}")
        for stream, kind in zip(streams, ("picture", "sound"), strict=True):
            stream.metadata["title"] = planted.plant(f"mkv {kind} title")
            stream.metadata["handler_name"] = planted.plant(f"mkv {kind} handler")
        name = planted.plant("mkv attach name") + ".txt"
        film.add_attachment(name, "text/plain", planted.plant("mkv attachment").encode())
        film.set_chapters(
            [
                {
                    "id": 1,
                    "start": 0,
                    "end": 400,
                    "time_base": Fraction(1, 1000),
                    "metadata": {"title": planted.plant("mkv chapter")},
                }
            ]
        )

    make_film(planted, "matroska", tags)
    planted.canaries["file name"] = planted.path.stem
    void = planted.plant("mkv void").encode()
    tail = planted.plant("mkv trailer").encode()
    with planted.path.open("ab") as handle:
        handle.write(b"\xec" + bytes([0x80 | len(void)]) + void + b"\0\0\0" + tail)
    os.utime(planted.path, (MTIME, MTIME))
    return planted


def plant_wav(folder: Path) -> Planted:
    """Return a sound file with canaries in bext, iXML, INFO, ID3, cart and behind the end."""
    planted = Planted(folder / "CnryFileName.wav")

    def chunk(kind: bytes, body: bytes) -> bytes:
        return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)

    bext = planted.plant("bext description").encode().ljust(256, b"\0")
    bext += planted.plant("bext originator").encode().ljust(32, b"\0")
    bext += planted.plant("bext reference").encode().ljust(32, b"\0") + b"2001-02-0304-05-06"
    info = b"INFO" + b"".join(
        chunk(kind, planted.plant(f"riff {kind.decode()}").encode())
        for kind in (b"IART", b"ICMT", b"ISFT", b"ICRD")
    )
    title = planted.plant("id3 title").encode()
    frame = b"TIT2" + struct.pack(">IHB", len(title) + 1, 0, 3) + title
    sound = (np.sin(np.arange(12000) / 9) * 9000).astype("<i2").tobytes()
    body = b"".join(
        (
            chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, 48000, 96000, 2, 16)),
            chunk(b"bext", bext.ljust(602, b"\0")),
            chunk(
                b"iXML", b"<BWFXML><NOTE>" + planted.plant("ixml").encode() + b"</NOTE></BWFXML>"
            ),
            chunk(b"LIST", info),
            chunk(b"cart", planted.plant("cart").encode().ljust(200, b"\0")),
            chunk(b"JUNK", planted.plant("junk").encode()),
            chunk(b"data", sound),
            chunk(b"id3 ", b"ID3\3\0\0" + bytes([0, 0, 0, len(frame)]) + frame),
        )
    )
    planted.canaries["file name"] = planted.path.stem
    riff = b"RIFF" + struct.pack("<I", len(body) + 4) + b"WAVE" + body
    planted.path.write_bytes(riff + b"\1\2\3" + planted.plant("wav trailer").encode())
    os.utime(planted.path, (MTIME, MTIME))
    return planted
