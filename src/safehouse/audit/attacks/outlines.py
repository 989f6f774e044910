"""Attack 7, the outlines: what the masks alone tell, by their size, shape and motion.

Who looks has the film and can trace every mask's outline; here they are taken from the plan, which
is exact. Two things are tried. *Who*: does a track's outline find another of the same person among
all tracks of the film, by size, aspect and motion? Where nobody says whose the tracks are, the
first third of each is to find its own last third: that tells no more than that outlines differ.
*Gestures*: how much do masks swing as a nod or a shake of the head does, 0.5 to 4 times a second?

This is listed as what remains: a mask that moves with a head tells how the head moves. It holds no
film. The positive control plants a nod in each outline, which must be seen, and no swing may be
seen in outlines that stand still. Coarser outlines lower both (`benchmarks/outlines.py`).
"""

from collections.abc import Mapping
from math import pi
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safehouse.model.clip import VideoStream, parse_fraction
from safehouse.model.plan import Mask, Plan
from safehouse.model.report import Attack, Control
from safehouse.model.shape import SUBPIXEL, Ellipse, shape_at
from safehouse.model.words import say, say_n

__all__ = [
    "Named",
    "attack_outlines",
    "features",
    "find_again",
    "outlines_of",
    "rank_one",
    "swing",
]

Floats = NDArray[np.float64]

SLOW, FAST = 0.5, 4.0
"""Swings a second of a nod or a shake of the head, Hz."""

LOOKS, MOST, FEWEST = 12.0, 2000, 24
"""Outlines a second that are looked at, most of a track, and fewest."""

TRACKS = 200
"""Most tracks that are compared, the longest."""

VISIBLE = 0.03
"""Swing, as share of the mask's size, from which a nod is called visible: one of 5 degrees moves a
head's middle by about so much."""

NOD, NOD_HZ = 0.1, 2.0
"""The nod that the control plants: share of the mask's height, and Hz."""

ENOUGH = 8
"""Fewest tracks among which finding one again says anything."""

DRAWS = 500
"""Draws of the permutation test."""


class Named(NamedTuple):
    """How often an outline found its like: share, what chance gives and its 95th percentile."""

    share: float
    chance: float
    high: float
    tries: int


def outlines_of(plan: Plan) -> dict[str, Floats]:
    """Return each track's outlines, shape (n, 4): middle and half-axes in px, evenly in time."""
    video = plan.clip.video
    if video is None:
        return {}
    step = _step(video)
    rows: dict[str, list[tuple[float, ...]]] = {}
    for mask in sorted(plan.masks, key=lambda mask: mask.first):
        if mask.track:
            rows.setdefault(mask.track, []).extend(_ovals(mask, step))
    kept = sorted(rows, key=lambda track: (-len(rows[track]), track))[:TRACKS]
    return {
        track: np.array(rows[track][:MOST]) for track in sorted(kept) if len(rows[track]) >= FEWEST
    }


def _step(video: VideoStream) -> int:
    """Return how many frames lie between outlines that are looked at."""
    return max(1, round(float(parse_fraction(video.rate)) / LOOKS))


def _ovals(mask: Mask, step: int) -> list[tuple[float, ...]]:
    found = []
    for frame in range(-(-mask.first // step) * step, mask.end, step):
        shape = shape_at(mask.keys, frame)
        if isinstance(shape, Ellipse) and shape.rx and shape.ry:
            sides = (shape.cx, shape.cy, shape.rx, shape.ry)
            found.append(tuple(side / SUBPIXEL for side in sides))
    return found


def swing(outlines: Floats, looks_s: float) -> tuple[float, float]:
    """Return how far outlines swing up and down, and sideways: rms, as share of their sizes.

    Args:
        outlines: shape (n, 4), as `outlines_of` returns them.
        looks_s: outlines a second.
    """
    down = outlines[:, 1] / (2 * np.median(outlines[:, 3]))
    across = outlines[:, 0] / (2 * np.median(outlines[:, 2]))
    return _in_band(down, looks_s), _in_band(across, looks_s)


def _in_band(path: Floats, looks_s: float) -> float:
    """Return a path's rms within the band of gestures, in windows of about two seconds."""
    size = min(len(path), max(FEWEST, round(2 * looks_s)))
    powers = []
    for first in range(0, len(path) - size + 1, max(1, size // 2)):
        part = path[first : first + size]
        line = np.polyval(np.polyfit(np.arange(size), part, 1), np.arange(size))
        window = np.hanning(size)
        spectrum = np.fft.rfft((part - line) * window)
        swings = np.fft.rfftfreq(size, 1 / looks_s)
        band = (swings >= SLOW) & (swings <= FAST)
        powers.append(
            2 * np.square(np.abs(spectrum[band])).sum() / (size * np.square(window).sum())
        )
    return float(np.sqrt(np.mean(powers)))


def features(outlines: Floats, looks_s: float) -> Floats:
    """Return what outlines tell of a person: size, aspect, pace, and both swings; shape (5,)."""
    size = np.sqrt(outlines[:, 2] * outlines[:, 3])
    steps = np.hypot(np.diff(outlines[:, 0]), np.diff(outlines[:, 1])) * looks_s
    down, across = swing(outlines, looks_s)
    return np.array(
        [
            np.log(np.median(size)),
            np.log(np.median(outlines[:, 3] / outlines[:, 2])),
            np.log(np.median(steps / size[1:]) + 0.01),
            np.log(down + 0.001),
            np.log(across + 0.001),
        ]
    )


def rank_one(gallery: Floats, probes: Floats, right: NDArray[np.bool_], seed: int = 0) -> Named:
    """Return how often a probe's nearest of the gallery is one of the right ones.

    Args:
        gallery: features, shape (n, d).
        probes: features, shape (m, d).
        right: which of the gallery are the probe's own person, shape (m, n).
        seed: of the permutation test.
    """
    both = np.concatenate([gallery, probes])
    spread = np.maximum(both.std(axis=0), 1e-9)
    apart = np.square((probes[:, None] - gallery[None]) / spread).sum(axis=2)
    nearest = apart.argmin(axis=1)
    hits = right[np.arange(len(probes)), nearest]
    chance = np.random.default_rng(seed)
    turns = [chance.permutation(len(gallery)) for _ in range(DRAWS)]
    drawn = [float(right[np.arange(len(probes)), turn[nearest]].mean()) for turn in turns]
    return Named(
        float(hits.mean()), float(np.mean(drawn)), float(np.quantile(drawn, 0.95)), len(probes)
    )


def find_again(
    tracks: Mapping[str, Floats], looks_s: float, people: Mapping[str, str] | None = None
) -> Named | None:
    """Return how often a track finds another of its person; None where there are too few.

    Without people, the first third of each track is to find its own last third.
    """
    if people is None:
        long = [rows for rows in tracks.values() if len(rows) >= 3 * FEWEST]
        if len(long) < ENOUGH:
            return None
        first = np.array([features(rows[: len(rows) // 3], looks_s) for rows in long])
        last = np.array([features(rows[-(len(rows) // 3) :], looks_s) for rows in long])
        return rank_one(last, first, np.eye(len(long), dtype=np.bool_))
    known = [track for track in tracks if track in people]
    names = np.array([people[track] for track in known])
    again = [n for n, name in enumerate(names) if (names == name).sum() > 1]
    if len(known) < ENOUGH or not again:
        return None
    rows = np.array([features(tracks[track], looks_s) for track in known])
    hits = [_without(rows, names, n) for n in again]
    shares = np.array([(names == names[n]).sum() - 1 for n in again]) / (len(known) - 1)
    chance = float(shares.mean())
    spread = float(np.sqrt((shares * (1 - shares)).sum()) / len(again))
    return Named(float(np.mean(hits)), chance, chance + 1.645 * spread, len(again))


def _without(rows: Floats, names: NDArray[np.str_], own: int) -> bool:
    """Return whether the track nearest to one, itself left out, is the same person's."""
    spread = np.maximum(rows.std(axis=0), 1e-9)
    apart = np.square((rows - rows[own]) / spread).sum(axis=1)
    apart[own] = np.inf
    return bool(names[apart.argmin()] == names[own])


def attack_outlines(plan: Plan, people: Mapping[str, str] | None = None) -> Attack:
    """Return what the masks' outlines tell; it holds no film.

    Args:
        plan: who is hidden where.
        people: track → person, where somebody labelled them.
    """
    tracks = outlines_of(plan)
    video = plan.clip.video
    looks_s = float(parse_fraction(video.rate)) / _step(video) if video else LOOKS
    swings = {track: max(swing(rows, looks_s)) for track, rows in tracks.items()}
    visible = sum(value >= VISIBLE for value in swings.values())
    return Attack(
        name="outlines",
        title=say("What do the outlines of the masks tell, by size and motion alone?"),
        result="none found",
        figure=say(
            "{again}. {visible} of {tracks} masks swing as a nod or a shake of the head does, by "
            "{share:.0%} of their size or more (most: {most:.1%}). This remains: a mask that moves "
            "with a head tells how it moves",
            again=_again(find_again(tracks, looks_s, people), labelled=people is not None),
            visible=visible,
            tracks=len(tracks),
            share=VISIBLE,
            most=max(swings.values(), default=0.0),
        ),
        control=_control(tracks, looks_s),
    )


def _again(found: Named | None, *, labelled: bool) -> str:
    if found is None:
        return say("Who is who by outlines is not measurable here: too few tracks")
    if labelled:
        return say(
            "Another track of the same person is found by its outline {share:.0%} of the time "
            "(chance {chance:.0%}, up to {high:.0%}; {tries} tries)",
            **found._asdict(),
        )
    return say(
        "The first third of a track finds its own last third by its outline {share:.0%} of the "
        "time (chance {chance:.0%}, up to {high:.0%}; {tries} tries)",
        **found._asdict(),
    )


def _control(tracks: Mapping[str, Floats], looks_s: float) -> Control:
    """Return whether a planted nod is seen in each outline, and none where nothing moves."""
    if not tracks:
        return Control(None, say("no mask stays long enough"))
    seen = still = 0
    for rows in tracks.values():
        calm = np.broadcast_to(np.median(rows, axis=0), rows.shape).copy()
        still += max(swing(calm, looks_s)) < VISIBLE
        turns = 2 * pi * NOD_HZ * np.arange(len(rows)) / looks_s
        calm[:, 1] += NOD * 2 * calm[:, 3] * np.sin(turns)
        seen += swing(calm, looks_s)[0] >= VISIBLE
    words = say_n(
        "a nod was planted in the outline of {n} mask: seen in {seen}, and {still} at rest are "
        "still",
        "a nod was planted in the outlines of {n} masks: seen in {seen}, and {still} at rest are "
        "still",
        len(tracks),
        seen=seen,
        still=still,
    )
    return Control(seen == still == len(tracks), words)
