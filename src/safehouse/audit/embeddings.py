"""Attack 5, embeddings: with the unprotected clip as a gallery, who is it under the mask?

The attacker has the clip itself, knows where each face is in it to the pixel, and asks dlib's
embedding which of the clip's people looks most like what the film has in that place. Were it the
right one more often than by chance, something of the face, or of what only that person has around
it, would be in the film. Chance is measured on the film itself: the people's names are dealt out
anew, a thousand times.

Positive control: the clip's own faces are named the same way, from other frames. Negative control:
a black film names nobody better than chance (tests). Bar: more right than all but one in a
thousand deals, and SURPLUS above the mean deal. When it fails: larger masks, or `--look solid`.

It takes PEOPLE_LEAST people whose faces HOG sees; with fewer nothing can be measured.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from safehouse.audit.draw import shape_bits
from safehouse.audit.likeness import LENGTH, face_in, likeness_of
from safehouse.model.box import Box
from safehouse.model.frame import OriginalFrame
from safehouse.model.plan import Mask, Plan, Shown
from safehouse.model.report import Attack, Control, Spot
from safehouse.model.shape import shape_at
from safehouse.model.words import say

__all__ = ["PEOPLE_LEAST", "Embeddings", "Sighting", "build_attack", "group", "named"]

Floats = NDArray[np.float32]

EACH = 6
"""Sightings of a track, evenly spread over it."""

SIGHTINGS_BASE, SIGHTINGS_EACH = 60, 8
"""Most sightings in a film: so many, and one more for so many frames; 60 ms each."""

LEAST_PX = 40
"""Shorter side of a head from which it is tried, px."""

PEOPLE_LEAST = 8
"""People from which naming can be told from chance."""

NEAR = 0.45
"""Distance of two tracks' mean faces from which they are two people: dlib's 0.6, with room."""

DEALS, RARE = 1000, 0.001
"""How often names are dealt out anew, and the share of deals that may do as well."""

SURPLUS = 0.2
"""How far above the mean deal the share of right names must be, to be a leak."""


class Sighting(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A head in a frame: its track, and the embeddings of clip and film, float32 bytes.

    For a head that is shown by consent, track is the shown place's id.

    It is biometric data: it crosses from process to process in memory, and is never written.
    """

    track: str
    frame: int
    own: bytes
    film: bytes


class Named(NamedTuple):
    """How often the right person was named: share, mean and share of deals that did as well."""

    rate: float
    chance: float
    as_good: float


class Embeddings:
    """Takes embeddings of heads while frames go by.

    Args:
        plan: who is hidden where.

    Raises:
        EnvironmentLacks: a model is missing or damaged.
    """

    def __init__(self, plan: Plan) -> None:
        self._due = _due(plan)
        self._video = plan.clip.video
        self._rows: list[Sighting] = []

    def look(self, original: OriginalFrame, film: OriginalFrame) -> None:
        """Take the embeddings of the heads whose turn has come."""
        turns = self._video.rotation // 90 % 4 if self._video else 0
        for track, head in self._due.get(original.index, ()):
            chip = face_in(original, head, turns)
            if chip is None:
                continue
            own, shown = (likeness_of(frame, chip, turns) for frame in (original, film))
            self._rows.append(Sighting(track, original.index, own.tobytes(), shown.tobytes()))

    def result(self) -> tuple[Sighting, ...]:
        """Return everything taken so far."""
        return tuple(self._rows)


def _due(plan: Plan) -> dict[int, list[tuple[str, Box]]]:
    """Return which heads are looked at in which frame."""
    video = plan.clip.video
    if video is None or plan.mode == "reveal-only":
        return {}
    count = video.times.count
    wanted: list[tuple[int, int, str, Box]] = []
    for mask in plan.masks:
        if mask.track and mask.why in {"head", "hand"}:
            wanted += _moments(mask, mask.track, (video.width, video.height), count)
    for place in plan.shown:
        wanted += _moments(place, place.id, (video.width, video.height), count)
    wanted.sort(key=lambda row: (row[0], row[1]))
    due: dict[int, list[tuple[str, Box]]] = {}
    for _, frame, track, head in wanted[: SIGHTINGS_BASE + count // SIGHTINGS_EACH]:
        due.setdefault(frame, []).append((track, head))
    return due


def _moments(
    place: Mask | Shown, name: str, size: tuple[int, int], count: int
) -> Iterator[tuple[int, int, str, Box]]:
    """Yield rank, frame, name and head; the first ranks of all places go first."""
    first, end = max(0, place.first), min(place.end, count)
    for rank in range(EACH):
        frame = first + (end - first) * (2 * rank + 1) // (2 * EACH)
        if not first <= frame < end:
            continue
        head, _ = shape_bits(shape_at(place.keys, frame), *size)
        if min(head.width, head.height) >= LEAST_PX:
            yield rank, frame, name, head


def group(rows: Iterable[Sighting]) -> dict[str, int]:
    """Return which person each track is taken for: tracks whose mean faces are near are one.

    Taking one person for two makes the attack harder to win, and two for one too: it only needs
    most of them right.
    """
    means: dict[str, list[Floats]] = {}
    for row in rows:
        means.setdefault(row.track, []).append(np.frombuffer(row.own, np.float32))
    tracks = sorted(means)
    middles = np.array([np.mean(means[t], axis=0) for t in tracks]).reshape(-1, LENGTH)
    people = list(range(len(tracks)))
    for a in range(len(tracks)):
        for b in range(a):
            if people[a] != people[b] and np.linalg.norm(middles[a] - middles[b]) < NEAR:
                old, new = people[a], people[b]
                people = [new if p == old else p for p in people]
    return dict(zip(tracks, people, strict=True))


def named(probes: Floats, gallery: Floats, people: NDArray[np.int64], frames: NDArray[np.int64],
          seed: int = 0) -> Named:  # fmt: skip
    """Return how often the nearest of a gallery's other frames is the right person.

    Args:
        probes: embeddings of what the film has, shape (n, 128).
        gallery: embeddings of the clip's faces, shape (n, 128), row for row the same heads.
        people: who it is, shape (n,).
        frames: which frame, shape (n,); a probe is not held against its own frame.
        seed: of the deals.
    """
    apart = np.linalg.norm(probes[:, None] - gallery[None], axis=2)
    apart[frames[:, None] == frames[None]] = np.inf
    taken = people[apart.argmin(axis=1)]
    rate = float((taken == people).mean())
    chance = np.random.default_rng(seed)
    known = np.unique(people)
    at = np.searchsorted(known, people)
    dealt = np.array([(taken == chance.permutation(known)[at]).mean() for _ in range(DEALS)])
    return Named(rate, float(dealt.mean()), float((dealt >= rate).mean()))


def build_attack(rows: Iterable[Sighting]) -> Attack:
    """Return the attack with its result."""
    seen = sorted(rows, key=lambda row: (row.frame, row.track))
    who = group(seen)
    many = [row for row in seen if sum(who[r.track] == who[row.track] for r in seen) > 1]
    people = np.array([who[row.track] for row in many], np.int64)
    title = say("With the unprotected clip at hand, does a machine name who is under the mask?")
    heads = len(set(people.tolist()))
    if heads < PEOPLE_LEAST:
        words = say(
            "not measurable here: {heads} people with faces that can be compared, {least} are "
            "needed; neither clear nor held",
            heads=heads,
            least=PEOPLE_LEAST,
        )
        return Attack(
            name="embeddings",
            title=title,
            result="none found",
            figure=words,
            control=Control(None, say("too few people to try it on")),
        )
    frames = np.array([row.frame for row in many], np.int64)
    own, film = (
        np.array([np.frombuffer(data, np.float32) for data in column])
        for column in ([row.own for row in many], [row.film for row in many])
    )
    return _attack(
        title, heads, len(many), named(film, own, people, frames), named(own, own, people, frames)
    )


def _attack(title: str, heads: int, tries: int, found: Named, control: Named) -> Attack:
    leak = found.as_good <= RARE and found.rate >= found.chance + SURPLUS
    works = control.as_good <= RARE and control.rate >= control.chance + SURPLUS
    words = say(
        "what stands under the masks is named right in {rate:.0%} of {tries} tries",
        rate=found.rate,
        tries=tries,
    )
    return Attack(
        name="embeddings",
        title=title,
        result="leak" if leak else ("none found" if works else "not run"),
        figure=say(
            "{heads} people, {tries} heads: named right {rate:.1%}, by chance {chance:.1%}; "
            "{as_good:.1%} of {deals} deals of the names did as well",
            heads=heads,
            tries=tries,
            rate=found.rate,
            chance=found.chance,
            as_good=found.as_good,
            deals=DEALS,
        ),
        control=Control(
            works,
            say(
                "the clip's own faces are named right in {rate:.0%} of {tries} tries",
                rate=control.rate,
                tries=tries,
            ),
        ),
        spots=(Spot(0, 1, words),) if leak else (),
    )
