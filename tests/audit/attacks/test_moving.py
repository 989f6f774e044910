"""Many frames of a moving mosaic give a face back; the fill that knows nothing of it gives none."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from audit_cases import LAYOUT, make_plan
from numpy.typing import NDArray

from safehouse.audit.attacks.mosaics import Cells, Grid, cells_of, find_grid, mosaic_of, solve
from safehouse.audit.attacks.moving import BAR, Moving, Rebuilt, build_attack, merge
from safehouse.model.frame import OriginalFrame
from safehouse.model.plan import Mask, Plan
from safehouse.model.shape import Ellipse, Key

Picture = NDArray[np.uint8]
FRAMES, WIDTH, HEIGHT = 90, 320, 240


def face(seed: int = 3) -> Picture:
    """Return 120 x 144 px with soft features of all sizes, as a face has."""
    chance = np.random.default_rng(seed)
    soft = sum(
        scale * cv2.GaussianBlur(chance.normal(0, 1, (144, 120)), (0, 0), scale) for scale in (3, 6)
    )
    return np.clip(125 + 110 * np.asarray(soft), 16, 235).astype(np.uint8)


def middle(n: int) -> tuple[int, int]:
    """Where the head is in a frame: it strolls about."""
    return round(150 + 40 * np.sin(n / 9)), round(118 + 20 * np.cos(n / 7))


def picture(n: int) -> Picture:
    """A frame: the head on a slope."""
    out = np.linspace(60, 180, WIDTH)[None, :].repeat(HEIGHT, 0)
    cx, cy = middle(n)
    out[cy - 72 : cy + 72, cx - 60 : cx + 60] = face()
    return out.astype(np.uint8)


def frame(n: int, luma: Picture) -> OriginalFrame:
    chroma = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    return OriginalFrame(n, n * 512, (luma, chroma, chroma), LAYOUT)


def plan() -> Plan:
    keys = tuple(
        Key(n, Ellipse(16 * middle(n)[0], 16 * middle(n)[1], 16 * 60, 16 * 72))
        for n in range(FRAMES)
    )
    return make_plan(Mask("M0001", 0, FRAMES, keys, track="T0001"), frames=FRAMES)


def box_of(n: int) -> tuple[slice, slice]:
    """Where a tool that looks at each frame alone sees the head: a little off, each time."""
    cx, cy = middle(n)
    dx, dy = n * 7 % 11, n * 5 % 13
    return np.s_[cy - 78 - dy : cy + 76, cx - 66 - dx : cx + 64]


def mosaic(n: int, luma: Picture) -> Picture:
    """Blocks' means, 16 px."""
    out = luma.copy()
    out[box_of(n)] = mosaic_of(luma[box_of(n)], 16, (0, 0))
    return out


def samples(n: int, luma: Picture) -> Picture:
    """One sample a cell of 20 px, as deface 1.5 paints it."""
    out = luma.copy()
    part = luma[box_of(n)]
    large = part[::20, ::20].repeat(20, 0).repeat(20, 1)
    out[box_of(n)] = large[: part.shape[0], : part.shape[1]]
    return out


def fill(n: int, luma: Picture) -> Picture:
    """The slope goes on under grain: nothing of the head."""
    out = luma.astype(np.float64)
    grain = np.random.default_rng(n).normal(0, 3, (HEIGHT, WIDTH))
    part = box_of(n)
    out[part] = (np.linspace(60, 180, WIDTH)[None, :].repeat(HEIGHT, 0) + grain)[part]
    return np.clip(out, 0, 255).astype(np.uint8)


def black(n: int, luma: Picture) -> Picture:
    return np.zeros_like(luma)


def rebuilt(hide: Callable[[int, Picture], Picture]) -> Rebuilt:
    attack = Moving(plan())
    for n in range(FRAMES):
        luma = picture(n)
        attack.look(frame(n, luma), frame(n, hide(n, luma)))
    (row,) = attack.result()
    return row


@pytest.mark.parametrize("hide", [mosaic, samples])
def test_a_mosaic_over_a_moving_head_is_solved(hide: Callable[[int, Picture], Picture]) -> None:
    row = rebuilt(hide)
    assert row.found > 0.7
    assert row.found > row.single + 0.1
    attack = build_attack((row,))
    assert (attack.result, attack.control.held) == ("leak", True)
    assert (attack.spots[0].first, attack.spots[0].end) == (0, FRAMES - 2)


@pytest.mark.parametrize("hide", [fill, black])
def test_a_fill_that_knows_nothing_of_the_head_gives_nothing(
    hide: Callable[[int, Picture], Picture],
) -> None:
    row = rebuilt(hide)
    assert row.found < min(BAR, row.chance + 0.1)
    attack = build_attack((row,))
    assert (attack.result, attack.control.held) == ("none found", True)


def test_the_clip_itself_is_found() -> None:
    assert rebuilt(lambda _, luma: luma).found > 0.98


def test_a_head_that_never_keeps_an_attitude_is_no_control() -> None:
    attack = Moving(plan())
    for n in range(FRAMES):
        luma = picture(n)
        part = box_of(n)
        luma[part] = np.random.default_rng(n).integers(0, 255, luma[part].shape)
        attack.look(frame(n, luma), frame(n, luma))
    found = build_attack(attack.result())
    assert (found.result, found.control.held) == ("none found", None)


def test_a_control_that_fails_is_not_run() -> None:
    assert build_attack((Rebuilt("T0001", 0, 90, 30, 0.1, 0.1, 0.2, 0.2, 0.1),)).result == "not run"


def test_of_several_ranges_the_one_that_tells_most_counts() -> None:
    long = Rebuilt("T0001", 0, 300, 100, 0.1, 0.1, 0.2, 0.8, 0.4)
    leak = Rebuilt("T0001", 300, 400, 30, 0.9, 0.1, 0.2, 0.8, 0.4)
    short = Rebuilt("T0001", 400, 500, 40, 0.2, 0.1, 0.2, 0.8, 0.4)
    assert merge([(long,), (short,)]) == (long,)
    assert merge([(long,), (leak,), ()]) == (leak,)


def test_a_grid_is_found_where_it_is_and_nowhere_else() -> None:
    drawn = mosaic_of(face(), 13, (4, 9)).astype(np.float32)
    assert find_grid(drawn) == (Grid(13, 4), Grid(13, 9))
    assert find_grid(face().astype(np.float32)) is None


def test_cells_are_solved_to_the_picture_that_they_came_from() -> None:
    wanted = cv2.resize(face(), (96, 96)).astype(np.float32)
    rows = []
    for n in range(60):
        shift = (n * 5 % 8, n * 3 % 8)
        seen = mosaic_of(wanted.astype(np.uint8), 8, shift).astype(np.float32)
        place = np.array([1, 0, 1, 0], np.float32)
        grid = (Grid(8, shift[0]), Grid(8, shift[1]))
        rows.append(cells_of(seen, grid, place, corner=False))
    cells = Cells(np.concatenate([r.areas for r in rows]), np.concatenate([r.levels for r in rows]))
    inner = np.s_[16:-16, 16:-16]
    found = solve(cells, 96)
    assert np.corrcoef(found[inner].ravel(), wanted[inner].ravel())[0, 1] > 0.95
