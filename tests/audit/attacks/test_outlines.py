"""Outlines tell people apart and show gestures, where they do; it never holds a film."""

from fractions import Fraction
from math import pi

import numpy as np
import pytest
from numpy.typing import NDArray

from safehouse.audit.attacks.outlines import (
    VISIBLE,
    attack_outlines,
    find_again,
    outlines_of,
    swing,
)
from safehouse.model.clip import Clip, VideoStream, times_of
from safehouse.model.plan import Mask, Output, Plan
from safehouse.model.shape import Ellipse, Key

RATE, FRAMES = 24, 240
Floats = NDArray[np.float64]


def path(seed: int, *, size: float = 40, nod: float = 0.0, walk: float = 0.0) -> Floats:
    """Outlines of a head that stands or walks, nodding by a share of its height, 2 Hz."""
    chance = np.random.default_rng(seed)
    time = np.arange(FRAMES) / RATE
    y = 200 + nod * 2 * size * 1.2 * np.sin(2 * pi * 2 * time) + chance.normal(0, 0.2, FRAMES)
    x = 100 + walk * time + chance.normal(0, 0.2, FRAMES)
    sizes = np.full(FRAMES, size)
    return np.stack([x, y, sizes, 1.2 * sizes], axis=1)


def plan(*paths: Floats) -> Plan:
    masks = []
    for number, rows in enumerate(paths, 1):
        keys = tuple(Key(n, Ellipse(*(round(16 * v) for v in row))) for n, row in enumerate(rows))
        masks.append(Mask(f"M{number:04d}", 0, FRAMES, keys, track=f"T{number:04d}"))
    times = times_of(list(range(FRAMES)), Fraction(1, RATE), 1)
    video = VideoStream(0, "h264", "yuv420p", 640, 480, times, rate=f"{RATE}/1")
    clip = Clip("C0001", "0" * 64, 1, video)
    return Plan(clip=clip, masks=tuple(masks), output=Output("mov", None), cpu="x86-64-v3")


def test_a_nod_shows_in_the_outline_and_standing_still_does_not() -> None:
    down, across = swing(path(1, nod=0.1)[::2], RATE / 2)
    assert down == pytest.approx(0.1 / np.sqrt(2), rel=0.25)
    assert across < VISIBLE / 3
    assert max(swing(path(1)[::2], RATE / 2)) < VISIBLE / 3


def test_a_walk_is_no_gesture() -> None:
    assert max(swing(path(1, walk=60)[::2], RATE / 2)) < VISIBLE


def test_the_report_counts_who_nods_and_holds_nothing() -> None:
    found = attack_outlines(plan(path(1, nod=0.08), path(2), path(3, walk=30)))
    assert (found.result, found.control.held) == ("none found", True)
    assert "1 of 3 masks swing" in found.figure
    assert "not measurable here" in found.figure


def test_people_of_different_sizes_are_found_again_by_their_outlines() -> None:
    sizes = np.linspace(20, 90, 10)
    told = find_again(outlines_of(plan(*(path(n, size=s) for n, s in enumerate(sizes)))), RATE / 2)
    assert told is not None
    assert told.share > 0.9 > told.high
    assert told.chance == pytest.approx(0.1, abs=0.03)


def test_people_who_look_alike_are_not() -> None:
    told = find_again(outlines_of(plan(*(path(n) for n in range(12)))), RATE / 2)
    assert told is not None
    assert told.share <= 0.4


def test_labels_say_whose_tracks_they_are() -> None:
    rows = [path(n, size=30 + 6 * (n // 2)) for n in range(10)]
    people = {f"T{n + 1:04d}": f"P{n // 2}" for n in range(10)}
    told = find_again(outlines_of(plan(*rows)), RATE / 2, people)
    assert told is not None
    assert told.share > max(0.7, told.high)
    assert told.tries == 10
    assert told.chance == pytest.approx(1 / 9)
    alone = {track: track for track in people}
    assert find_again(outlines_of(plan(*rows)), RATE / 2, alone) is None


def test_a_film_without_masks_gives_nothing_to_try() -> None:
    found = attack_outlines(plan())
    assert (found.result, found.control.held) == ("none found", None)
