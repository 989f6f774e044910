"""An earlier version that shows whom this one hides is found, and one that hides them is not."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from audit_cases import (
    FRAMES,
    Planes,
    encode,
    head,
    make_plan,
    render,
    scene,
    write_film,
)

from safehouse.audit.draw import hidden_bits
from safehouse.audit.versions import Alongside, Compared, Versions, build_attack, merge
from safehouse.model.frame import OriginalFrame
from safehouse.model.plan import Mask, Plan
from safehouse.model.shape import Ellipse, Key

PLAN = make_plan(head())
CLIP = [scene(n) for n in range(FRAMES)]
X264 = {"crf": "28", "preset": "fast"}
Make = Callable[[OriginalFrame], Planes]


@pytest.fixture(scope="module")
def film() -> list[OriginalFrame]:
    return encode([render(frame, PLAN, "grain").planes for frame in CLIP], **X264)


def version(make: Make) -> list[OriginalFrame]:
    return encode([make(frame) for frame in CLIP], **X264)


def compared(
    film: list[OriginalFrame], earlier: list[OriginalFrame], plan: Plan = PLAN
) -> Compared:
    looked = Versions(plan)
    for original, new, old in zip(CLIP, film, earlier, strict=True):
        looked.look(original, new, old)
    return looked.result()


def by(plan: Plan, look: str = "grain") -> Make:
    return lambda frame: render(frame, plan, look).planes


def dropped_once(frame: OriginalFrame) -> Planes:
    return frame.planes if frame.index == 9 else render(frame, PLAN, "grain").planes


def faint(frame: OriginalFrame) -> Planes:
    hidden = render(frame, PLAN, "grain").planes
    pairs = zip(hidden, frame.planes, strict=True)
    return tuple((a * 0.7 + b * 0.3).astype(np.uint8) for a, b in pairs)


def blurred(frame: OriginalFrame) -> Planes:
    bits = hidden_bits(PLAN, frame.index)
    luma = np.where(bits, cv2.blur(frame.planes[0], (7, 7)), frame.planes[0])
    return (luma, *frame.planes[1:])


SHOWING: dict[str, Make] = {
    "everybody shown": lambda frame: frame.planes,
    "a mask dropped for one frame": dropped_once,
    "a mask through which a third shows": faint,
    "a blur through which a face is read": blurred,
}


@pytest.mark.parametrize("make", SHOWING.values(), ids=SHOWING.keys())
def test_who_was_newly_hidden_is_found(film: list[OriginalFrame], make: Make) -> None:
    found = build_attack([compared(film, version(make))], PLAN)
    assert found.result == "leak"
    assert "T0001 is hidden in this film and shown in earlier version 1" in found.spots[0].what
    assert found.control.held is True


def test_a_mask_that_was_dropped_once_is_found_in_that_frame(film: list[OriginalFrame]) -> None:
    found = build_attack([compared(film, version(dropped_once))], PLAN)
    assert [(spot.first, spot.end) for spot in found.spots] == [(9, 10)]


WIDE = Mask("M0001", 0, FRAMES, (Key(0, Ellipse(160 * 16, 120 * 16, 150 * 16, 90 * 16)),))
HIDING: dict[str, Make] = {
    "the same version": by(PLAN),
    "another look": by(PLAN, "solid"),
    "a wider mask": by(make_plan(WIDE), "solid"),
    "black": lambda frame: tuple(
        np.full_like(p, 16 if n == 0 else 128) for n, p in enumerate(frame.planes)
    ),
    "another person also hidden": by(
        make_plan(head(), Mask("M0002", 0, FRAMES, (Key(0, Ellipse(4000, 3000, 600, 500)),)))
    ),
}


@pytest.mark.parametrize("make", HIDING.values(), ids=HIDING.keys())
def test_an_earlier_version_that_hides_the_same_people_shows_nobody(
    film: list[OriginalFrame], make: Make
) -> None:
    seen = compared(film, version(make))
    assert seen.finds == ()
    assert (seen.places, seen.shown_px) == (FRAMES, 0)
    assert build_attack([seen], PLAN).result == "none found"


def test_the_film_itself_shows_nobody_and_differs_nowhere(film: list[OriginalFrame]) -> None:
    seen = compared(film, film)
    assert (seen.finds, seen.outside, seen.revealed) == ((), 0, 0)
    assert seen.tried >= 2
    assert seen.noticed == seen.tried


def test_who_is_newly_shown_is_counted_and_is_no_leak(film: list[OriginalFrame]) -> None:
    other = Mask("M0002", 8, 20, (Key(0, Ellipse(260 * 16, 60 * 16, 640, 640)),))
    seen = compared(film, version(by(make_plan(head(), other), "solid")))
    assert seen.revealed == 12
    assert build_attack([seen], PLAN).result == "none found"


def test_a_logo_that_was_burned_in_differs_outside(film: list[OriginalFrame]) -> None:
    def with_logo(frame: OriginalFrame) -> Planes:
        luma = render(frame, PLAN, "grain").planes[0].copy()
        luma[:24, :48] = 235
        return (luma, *frame.planes[1:])

    seen = compared(film, version(with_logo))
    assert seen.outside == FRAMES
    assert seen.finds == ()


def test_of_two_versions_the_one_that_shows_is_named(film: list[OriginalFrame]) -> None:
    rows = [compared(film, film), compared(film, version(dropped_once))]
    found = build_attack(rows, PLAN)
    assert "earlier version 2" in found.spots[0].what
    assert found.figure.count("earlier version") == 2


def test_a_version_of_another_size_or_length_is_not_run_and_says_why(
    film: list[OriginalFrame],
) -> None:
    looked = Versions(PLAN)
    small = tuple(p[::2, ::2].copy() for p in film[0].planes)
    looked.look(CLIP[0], film[0], replace(film[0], planes=small))
    found = build_attack([looked.result()], PLAN)
    assert found.result == "not run"
    assert "another size" in found.figure
    looked = Versions(PLAN)
    looked.stop("length")
    assert "other frames" in build_attack([looked.result()], PLAN).figure
    assert build_attack([Compared(frames=3)], PLAN).result == "not run"


def test_where_nothing_can_be_told_it_says_so() -> None:
    flat = [scene(n, "flat") for n in range(2)]
    looked = Versions(PLAN)
    for frame in flat:
        looked.look(frame, frame, frame)
    seen = looked.result()
    assert seen.unclear == seen.places == 2
    found = build_attack([seen], make_plan(head(), frames=2))
    assert found.control.held is None
    assert "nothing can be told" in found.figure


def test_ranges_together_are_the_whole(film: list[OriginalFrame]) -> None:
    earlier = version(dropped_once)
    parts = []
    for first, end in ((0, 9), (9, 20), (20, FRAMES)):
        looked = Versions(PLAN)
        for n in range(first, end):
            looked.look(CLIP[n], film[n], earlier[n])
        parts.append(looked.result())
    assert merge(parts) == compared(film, earlier)


TIMES = [n * 512 for n in range(FRAMES)]
FILES: dict[str, tuple[int, list[int], str]] = {
    "the same": (FRAMES, TIMES, ""),
    "a shorter one": (FRAMES - 3, TIMES[:-3], "length"),
    "a re-timed one": (FRAMES, [n * 600 for n in range(FRAMES)], "length"),
}


@pytest.mark.parametrize(("count", "times", "fault"), FILES.values(), ids=FILES.keys())
def test_a_file_is_taken_along_with_the_film_or_says_why_not(
    film: list[OriginalFrame], tmp_path: Path, count: int, times: list[int], fault: str
) -> None:
    path = tmp_path / "earlier.mov"
    write_film(path, [render(frame, PLAN, "grain").planes for frame in CLIP[:count]], times)
    along = Alongside(PLAN, path, 0, FRAMES)
    for original, new in zip(CLIP, film, strict=True):
        along.look(original, new)
    assert along.result().fault == fault


def test_a_longer_file_and_one_that_is_no_film_are_named(
    film: list[OriginalFrame], tmp_path: Path
) -> None:
    path = tmp_path / "earlier.mov"
    longer = [*CLIP, *CLIP[:4]]
    write_film(path, [f.planes for f in longer], [n * 512 for n in range(len(longer))])
    text = tmp_path / "text.mov"
    text.write_text("this is no film\n" * 50)
    for place, fault in ((path, "length"), (text, "unreadable")):
        along = Alongside(PLAN, place, 0, FRAMES)
        for original, new in zip(CLIP, film, strict=True):
            along.look(original, new)
        assert along.result().fault == fault
