"""Planes: every format is taken apart exactly, and grows without loss."""

import numpy as np
import pytest

from safehouse.media.planes import packing_of, planar_layout, unpack, widen


@pytest.mark.parametrize(
    ("pix_fmt", "planar"),
    [
        ("yuv420p", "yuv420p"),
        ("yuvj422p", "yuv422p"),
        ("yuva444p12le", "yuv444p12le"),
        ("nv12", "yuv420p"),
        ("nv24", "yuv444p"),
        ("p010le", "yuv420p10le"),
        ("p216le", "yuv422p16le"),
        ("yuyv422", "yuv422p"),
        ("rgb24", "gbrp"),
        ("0bgr", "gbrp"),
        ("bgra64le", "gbrp16le"),
        ("ya16le", "gray16le"),
        ("gbrap10le", "gbrp10le"),
    ],
)
def test_format_becomes_planar_at_its_own_depth(pix_fmt: str, planar: str) -> None:
    packing = packing_of(pix_fmt)
    assert packing is not None
    assert packing.planar == planar


@pytest.mark.parametrize("pix_fmt", ["yuv420p10be", "rgb565le", "pal8", "monow", "bayer_rggb8"])
def test_rare_format_is_left_to_the_scaler(pix_fmt: str) -> None:
    assert packing_of(pix_fmt) is None


def test_packed_pixels_come_apart_in_the_order_green_blue_red() -> None:
    row = np.array([[1, 2, 3, 255, 4, 5, 6, 255, 0, 0, 0, 0]], np.uint8)
    packing = packing_of("rgba")
    assert packing is not None
    green, blue, red = unpack((row,), packing, 2)
    assert (green.tolist(), blue.tolist(), red.tolist()) == ([[2, 5]], [[3, 6]], [[1, 4]])
    assert packing.alpha


def test_uyvy_of_odd_width_keeps_its_last_column() -> None:
    row = np.array([[10, 1, 20, 2, 11, 3, 21, 4]], np.uint8)
    packing = packing_of("uyvy422")
    assert packing is not None
    luma, first, second = unpack((row,), packing, 3)
    assert luma.tolist() == [[1, 2, 3]]
    assert (first.tolist(), second.tolist()) == ([[10, 11]], [[20, 21]])


def test_samples_in_high_bits_come_down() -> None:
    luma = np.array([[1023 << 6, 4 << 6]], np.uint16)
    chroma = np.array([[512 << 6, 300 << 6]], np.uint16)
    packing = packing_of("p010le")
    assert packing is not None
    planes = unpack((luma, chroma), packing, 2)
    assert [plane.tolist() for plane in planes] == [[[1023, 4]], [[512]], [[300]]]


def test_planes_are_fresh_and_read_only() -> None:
    raw = np.zeros((2, 4), np.uint8)
    packing = packing_of("gray")
    assert packing is not None
    (plane,) = unpack((raw,), packing, 3)
    raw[:] = 9
    assert not plane.any()
    assert not plane.flags.writeable


def test_full_range_white_and_black_stay_so_at_more_bits() -> None:
    source, target = planar_layout("gray", True), planar_layout("gray12le", True)
    (plane,) = widen((np.array([[0, 255]], np.uint8),), source, target)
    assert plane.tolist() == [[0, 4095]]


def test_grey_gets_neutral_colour() -> None:
    source, target = planar_layout("gray", False), planar_layout("yuv422p10le", False)
    _, first, second = widen((np.zeros((3, 5), np.uint8),), source, target)
    assert first.shape == second.shape == (3, 3)
    assert set(first.flat) == {512}


@pytest.mark.parametrize(
    ("source", "target"), [("yuv444p", "yuv420p"), ("yuv420p10le", "yuv420p"), ("gbrp", "yuv444p")]
)
def test_narrower_layout_is_refused(source: str, target: str) -> None:
    planes = tuple(np.zeros((4, 4), np.uint8) for _ in range(3))
    with pytest.raises(ValueError, match="does not widen"):
        widen(planes, planar_layout(source, False), planar_layout(target, False))
