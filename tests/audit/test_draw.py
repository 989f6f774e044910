"""The audit's own drawing follows the plan format, number by number."""

import numpy as np
import pytest
from audit_cases import make_plan

from safehouse.audit.draw import chroma_bits, hidden_bits, mask_places, shape_bits
from safehouse.model.box import Box
from safehouse.model.plan import Mask, Region
from safehouse.model.shape import Ellipse, Key, Polygon, Shape, Whole


def covered(shape: Shape, width: int, height: int) -> list[tuple[int, int]]:
    box, bits = shape_bits(shape, width, height)
    full = np.zeros((height, width), bool)
    full[box.y0 : box.y1, box.x0 : box.x1] = bits
    return [(int(x), int(y)) for y, x in np.argwhere(full)]


def test_a_pixel_centre_on_the_outline_is_hidden() -> None:
    assert covered(Ellipse(40, 40, 16, 16), 8, 8) == [(2, 1), (1, 2), (2, 2), (3, 2), (2, 3)]


def test_an_oval_that_floating_point_cannot_decide_is_decided_exactly() -> None:
    big = 16 * 20000
    oval = Ellipse(8 - 3 * big, 8 - 4 * big, 5 * big, 5 * big)
    assert covered(oval, 3, 3)[0] == (0, 0)
    assert (0, 0) not in covered(Ellipse(8 - 3 * big, 8 - 4 * big - 1, 5 * big, 5 * big), 3, 3)


def test_a_polygon_hides_its_edges_and_no_hole_of_the_even_odd_rule() -> None:
    square = Polygon(((24, 24), (56, 24), (56, 56), (24, 56)))
    assert covered(square, 6, 6) == [(x, y) for y in (1, 2, 3) for x in (1, 2, 3)]
    star = Polygon(
        (
            (0, 0),
            (160, 0),
            (160, 160),
            (0, 160),
            (0, 0),
            (48, 48),
            (112, 48),
            (112, 112),
            (48, 112),
            (48, 48),
        )
    )
    assert (5, 5) not in covered(star, 10, 10)
    assert (1, 5) in covered(star, 10, 10)


def test_a_mask_cut_by_the_frame_hides_the_last_row_and_column() -> None:
    plan = make_plan(Mask("M0001", 0, 5, (Key(0, Ellipse(320 * 16, 240 * 16, 500, 500)),)))
    bits = hidden_bits(plan, 0)
    assert bits[-1, -1]
    assert bits[239, 300:].all()


def test_masks_hide_only_in_their_own_frames_and_win_over_regions() -> None:
    mask = Mask("M0001", 2, 4, (Key(0, Whole()),))
    plan = make_plan(mask)
    assert [bool(hidden_bits(plan, n).any()) for n in range(6)] == [
        False,
        False,
        True,
        True,
        False,
        False,
    ]
    region = Region("R0001", 0, 9, (Key(0, Ellipse(800, 800, 320, 320)),))
    shown = make_plan(mask, mode="reveal-only", regions=(region,))
    assert not hidden_bits(shown, 0)[50, 50]
    assert hidden_bits(shown, 0)[200, 200]
    assert hidden_bits(shown, 2).all()


def test_a_corrupt_frame_is_hidden_whole() -> None:
    assert hidden_bits(make_plan(), 0, corrupt=True).all()


def test_a_chroma_sample_is_hidden_as_soon_as_one_pixel_is() -> None:
    bits = np.zeros((5, 5), bool)
    bits[4, 4] = bits[1, 2] = True
    assert np.argwhere(chroma_bits(bits, 1, 1)).tolist() == [[0, 1], [2, 2]]
    woven = chroma_bits(bits, 1, 1, interlaced=True)
    assert woven[chroma_bits(bits, 1, 1)].all()


def test_places_hold_every_hidden_pixel() -> None:
    plan = make_plan(Mask("M0001", 0, 5, (Key(0, Ellipse(100, 100, 400, 300)),)))
    ((name, box, bits),) = mask_places(plan, 0)
    full = np.zeros((240, 320), bool)
    full[box.y0 : box.y1, box.x0 : box.x1] = bits
    assert name == "M0001"
    assert (full == hidden_bits(plan, 0)).all()
    assert box == box.clip(320, 240) != Box(0, 0, 0, 0)


def test_a_clip_without_picture_has_no_masks() -> None:
    plan = make_plan()
    import msgspec

    silent = msgspec.structs.replace(plan, clip=msgspec.structs.replace(plan.clip, video=None))
    with pytest.raises(ValueError, match="picture"):
        hidden_bits(silent, 0)
