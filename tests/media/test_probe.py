"""Sources that are no film end as the right error, before a frame is decoded."""

import os
from pathlib import Path

import av
import pytest
from clips import make_clip
from hypothesis import example, given
from hypothesis import strategies as st

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
from safehouse.media.probe import FILM_FORMATS, choose_streams, open_source, require_size


def failure(path: Path) -> type[SourceError]:
    with pytest.raises(SourceError) as caught:
        open_source(path)
    assert str(path.parent) not in str(caught.value)
    return type(caught.value)


def test_missing_file_folder_and_device_are_missing(tmp_path: Path) -> None:
    assert failure(tmp_path / "no.mp4") is SourceMissing
    assert failure(tmp_path) is SourceMissing
    assert failure(Path("/dev/null")) is SourceMissing


def test_fifo_is_missing_and_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    assert failure(tmp_path / "pipe.mp4") is SourceMissing


def test_empty_file_is_empty(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").touch()
    assert failure(tmp_path / "a.mp4") is SourceEmpty


@pytest.mark.parametrize(
    "content",
    [
        b"no film at all\n" * 99,
        b"#EXTM3U\n#EXTINF:1,\nother.ts\n#EXT-X-ENDLIST\n",
        b"[00:10.00]words of a song\n" * 9,
        b"\x04\x00\x01\x00" + bytes(range(256)) * 3,
    ],
    ids=["text", "playlist", "lyrics", "game"],
)
def test_other_files_are_not_media(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.bin").write_bytes(content)
    assert failure(tmp_path / "a.bin") is SourceNotMedia


@given(content=st.binary(min_size=1, max_size=2000))
@example(content=b"[00:10.00]words of a song\n" * 9)
def test_noise_opens_as_a_known_format_or_not_at_all(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("noise") / "a.bin"
    path.write_bytes(content)
    try:
        container = open_source(path)
    except SourceError:
        return
    with container:
        assert set(container.format.name.split(",")) & FILM_FORMATS


def test_truncated_film_without_index_is_broken(tmp_path: Path) -> None:
    whole = make_clip(tmp_path / "a.mp4", codec="libx264").read_bytes()
    (tmp_path / "b.mp4").write_bytes(whole[: len(whole) // 2])
    assert failure(tmp_path / "b.mp4") is SourceBroken


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.bmp", "a.tiff"])
def test_still_picture_is_still(tmp_path: Path, name: str) -> None:
    codec, pix_fmt = {
        "a.png": ("png", "rgb24"),
        "a.jpg": ("mjpeg", "yuvj420p"),
        "a.bmp": ("bmp", "bgr24"),
        "a.tiff": ("tiff", "rgb24"),
    }[name]
    make_clip(tmp_path / name, codec=codec, pix_fmt=pix_fmt, frames=1)
    assert failure(tmp_path / name) is SourceIsStill


@pytest.mark.parametrize(
    "name", ["concat:x.mp4", "-o.mp4", "a\nb.mp4", "\u202egpj.mp4", "\x1b[2J.mp4"]
)
def test_hostile_name_is_only_a_name(tmp_path: Path, name: str) -> None:
    make_clip(tmp_path / "plain.mp4", codec="libx264").rename(tmp_path / name)
    with open_source(tmp_path / name) as container:
        assert choose_streams(container).video is not None


@pytest.mark.media
def test_covers_and_further_tracks_are_named(media: Path) -> None:
    with open_source(media / "weird" / "ae_h264-mjpeg.mkv") as container:
        streams = choose_streams(container)
    assert [(d.index, d.kind) for d in streams.dropped] == [(2, "cover")]
    with open_source(media / "video" / "ax_pixel-motion-photo-2-hevc-tracks.mp4") as container:
        streams = choose_streams(container)
    assert [d.kind for d in streams.dropped] == ["picture", "data", "data"]


@pytest.mark.parametrize("size", [(20000, 16), (16, 20000), (16384, 16385)])
def test_frames_over_the_limits_are_too_large(size: tuple[int, int]) -> None:
    with pytest.raises(SourceTooLarge):
        require_size(*size)


def test_announced_frames_over_the_limit_are_too_many() -> None:
    require_size(64, 48, 100_000)
    with pytest.raises(SourceTooLarge):
        require_size(64, 48, 1 << 40)


def test_film_of_20000_pixels_is_refused(tmp_path: Path) -> None:
    make_clip(tmp_path / "a.mkv", pix_fmt="gray", size=(20000, 16), frames=1)
    with open_source(tmp_path / "a.mkv") as container, pytest.raises(SourceTooLarge):
        choose_streams(container)


def test_encrypted_film_is_encrypted(tmp_path: Path) -> None:
    plain = make_clip(tmp_path / "a.mp4", codec="libx264", frames=3)
    scheme = {
        "encryption_scheme": "cenc-aes-ctr",
        "encryption_key": "76a6c65c5ea762046bd749a2e632ccbb",
        "encryption_kid": "a7e61c373e219033c21091fa607bf3b8",
    }
    locked = tmp_path / "b.mp4"
    with av.open(str(plain)) as source, av.open(str(locked), "w", options=scheme) as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                target.mux(packet)
    assert failure(locked) is SourceEncrypted
