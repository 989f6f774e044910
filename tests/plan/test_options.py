"""Settings of the encoder in a plan: every one that safehouse makes, and none that names a file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safehouse.media.formats import ENCODABLE
from safehouse.media.settings import picture_options
from safehouse.model.clip import FrameTimes, HdrStatic, PtsRun, VideoStream
from safehouse.plan.options import option_faults

HDR = HdrStatic((13250, 34500, 7500, 3000, 34000, 16000, 15635, 16450, 10000000, 50), (1000, 400))
FORMATS = [(codec, pix_fmt) for codec, formats in ENCODABLE.items() for pix_fmt in formats]


@pytest.mark.parametrize(("codec", "pix_fmt"), FORMATS)
@pytest.mark.parametrize("field_order", ["progressive", "tff"])
@pytest.mark.parametrize("cpu", ["x86-64-v2", "x86-64-v3", "x86-64-v4", "aarch64"])
def test_what_safehouse_chooses_is_allowed(
    codec: str, pix_fmt: str, field_order: str, cpu: str
) -> None:
    times = FrameTimes("1/25", (PtsRun(0, 1, 9),), 1)
    video = VideoStream(0, codec, pix_fmt, 1920, 1080, times, hdr=HDR, field_order=field_order)
    assert list(option_faults(picture_options(codec, video, pix_fmt, None, cpu))) == []


@pytest.mark.parametrize(
    "options",
    [
        {"stats": "x264.log"},
        {"passlogfile": "x"},
        {"flags": "+pass1"},
        {"flags": "+cgop+pass2"},
        {"x264opts": "stats=x"},
        {"x264-params": "dump-yuv=/tmp/x"},
        {"x264-params": "open-gop=0:stats=x"},
        {"x264-params": "rc-lookahead=/etc/passwd"},
        {"x265-params": "csv=x:info=0"},
        {"x265-params": "recon=x"},
        {"x265-params": "info"},
        {"preset": "../x"},
        {"crf": "18\n"},
        {"threads": "4"},
        {"x264-params": ""},
    ],
)
def test_what_names_a_file_or_breaks_the_bytes_is_refused(options: dict[str, str]) -> None:
    assert list(option_faults(options))


@given(st.text(), st.text())
def test_no_value_with_a_slash_gets_through(name: str, value: str) -> None:
    assert list(option_faults({name: f"{value}/"}))
    assert list(option_faults({"x264-params": f"{name}={value}/"}))
