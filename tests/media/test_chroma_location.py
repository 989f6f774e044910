"""Where chroma lies is read from the source's set-up, and stands in the film."""

import json
import shutil
import subprocess
from pathlib import Path

import av
import pytest
from clips import make_clip
from hypothesis import given
from hypothesis import strategies as st
from rendering import plan_for, read_clip, render_film

from safehouse.media.chroma_location import chroma_location_of

NAMES = ("unspecified", "left", "center", "topleft", "top", "bottomleft", "bottom")
SETTINGS = {
    "libx264": ("", "cqm=jvt", "interlaced=1", "nal-hrd=vbr:vbv-maxrate=900:vbv-bufsize=900"),
    "libx265": ("", "scaling-list=default", "temporal-layers=3", "hrd=1:vbv-maxrate=900", "ref=5"),
}


def clip_of(path: Path, codec: str, params: str, pix_fmt: str = "yuv420p") -> Path:
    options = {f"{codec[3:]}-params": params.strip(":")}
    return make_clip(
        path, codec=codec, pix_fmt=pix_fmt, options=options, frames=4, colour=(9, 16, 9)
    )


def told(path: Path) -> int:
    video = read_clip(path)[0].video
    assert video is not None
    return video.colour.chroma_location


@pytest.mark.parametrize("ending", ["mp4", "ts"])
@pytest.mark.parametrize("codec", SETTINGS)
def test_every_place_is_read_whatever_else_is_set(codec: str, ending: str, tmp_path: Path) -> None:
    for number, more in enumerate(SETTINGS[codec]):
        place = number + 1
        quiet = ":log-level=none" if codec == "libx265" else ""
        params = f"chromaloc={place}{quiet}:{more}"
        path = clip_of(tmp_path / f"{number}.{ending}", codec, params)
        assert told(path) == place + 1, more
    plain = clip_of(tmp_path / f"plain.{ending}", codec, quiet)
    assert told(plain) == 0


@pytest.mark.parametrize("codec", SETTINGS)
def test_the_film_says_what_the_source_says(codec: str, tmp_path: Path) -> None:
    quiet = ":log-level=none" if codec == "libx265" else ""
    pix_fmt = "yuv420p10le" if codec == "libx265" else "yuv420p"
    clip = clip_of(tmp_path / "clip.mp4", codec, f"chromaloc=2{quiet}", pix_fmt)
    name = {"libx264": "h264", "libx265": "hevc"}[codec]
    film = render_film(clip, plan_for(clip, codec=name), tmp_path / "film.mov")
    assert told(film) == 3
    if not shutil.which("ffprobe"):
        pytest.skip("not installed: ffprobe")
    for path in (clip, film):
        argv = ["ffprobe", "-v", "error", "-show_streams", "-of", "json", str(path)]
        said = json.loads(subprocess.run(argv, capture_output=True, check=True).stdout)
        assert said["streams"][0]["chroma_location"] == NAMES[3]


def test_wider_films_and_codecs_without_a_place_say_nothing(tmp_path: Path) -> None:
    clip = clip_of(tmp_path / "clip.mp4", "libx264", "chromaloc=2")
    options = plan_for(clip, container="mp4", codec="ffv1").output.video
    assert options is not None
    assert not any("chromaloc" in value for value in options.options.values())
    wide = clip_of(tmp_path / "wide.mp4", "libx264", "", "yuv444p")
    assert told(wide) == 0


def test_motion_jpeg_has_its_chroma_in_the_middle(tmp_path: Path) -> None:
    clip = make_clip(
        tmp_path / "clip.avi", codec="mjpeg", pix_fmt="yuvj420p", frames=3, colour_range=2
    )
    assert told(clip) == 2
    assert told(render_film(clip, plan_for(clip), tmp_path / "film.mov")) == 2


@given(at=st.integers(0, 200), put=st.binary(max_size=4), cut=st.integers(0, 200))
@pytest.mark.parametrize("codec", SETTINGS)
def test_broken_set_up_says_nothing_or_a_place(codec: str, at: int, put: bytes, cut: int) -> None:
    name = {"libx264": "h264", "libx265": "hevc"}[codec]
    for whole in SET_UPS[codec]:
        broken = (whole[:at] + put + whole[at + len(put) :])[: len(whole) - cut]
        assert 0 <= chroma_location_of(name, broken) <= 6


def set_up_of(codec: str) -> tuple[bytes, ...]:
    context = av.CodecContext.create(codec, "w")
    context.width, context.height, context.pix_fmt = 64, 48, "yuv420p"  # type: ignore[attr-defined]
    context.options = {
        "flags": "+global_header",
        f"{codec[3:]}-params": "chromaloc=2" + (":log-level=none" if codec == "libx265" else ""),
    }
    context.time_base = 1  # type: ignore[assignment]
    context.open()
    return (context.extradata or b"",)


SET_UPS = {codec: set_up_of(codec) for codec in SETTINGS}
