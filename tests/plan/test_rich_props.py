"""Nothing shows that a rule forbids, with merged people, changes of state, stills and slates."""

import os

import pytest
from register_worlds import RichWorld, make_rich, permitted
from shown_worlds import CLIP, FRAMES, undecided

from safehouse.consent.rules import rule_all
from safehouse.model.acts import ReplaceSpan
from safehouse.model.box import Box
from safehouse.model.consent import TRAITS
from safehouse.model.findings import Track
from safehouse.model.shape import Ellipse, Polygon, Whole, shape_at
from safehouse.model.showing import Decided
from safehouse.plan.apart import shown_rows
from safehouse.plan.build import Places, build_places
from safehouse.plan.hearing import shown_voices
from safehouse.plan.showing import shown_pieces
from safehouse.plan.stills import stills_of

ALL = os.environ.get("SAFEHOUSE_FAULTS") == "all"
IN_SLICES, SEEDS = (20, 5000) if ALL else (2, 2500)


def decided(world: RichWorld) -> Decided:
    rulings = rule_all(world.register, world.use)
    return Decided(
        shown=shown_pieces(world.pieces, rulings, world.answers, world.origin).shown,
        heard=shown_voices(CLIP, world.voices, rulings, world.origin).heard,
        answers=world.answers,
        spans=world.spans,
    )


def may(world: RichWorld, who: str, trait: str) -> bool:
    return (
        world.origin == "own" and who != "" and permitted(world.register, world.use, who, trait)  # type: ignore[arg-type]
    )


def check_rulings(world: RichWorld) -> int:
    """Fail where the register allows what a rule forbids, or the reverse; return how much it is."""
    rulings = rule_all(world.register, world.use)
    allowed = {key for key, ruling in rulings.items() if ruling.allowed}
    assert allowed == {key for key in rulings if permitted(world.register, world.use, *key)}
    return len(allowed)


def check_shown(world: RichWorld) -> int:
    """Fail where a head shows, or a voice is heard, that may not; return how many frames show."""
    found = decided(world)
    rows = shown_rows(world.findings.tracks, found.shown)
    start = {track.id: track.first for track in world.findings.tracks}
    count = 0
    for track, frames in rows.items():
        for frame in frames:
            who = world.truth[track][frame - start[track]]
            assert may(world, who, "face"), (track, frame, who)
            assert not undecided(world, track, frame)
            count += 1
    for voice in found.heard:
        for span in world.voices:
            if span.first < voice.end and voice.first < span.end:
                assert may(world, span.person, "voice"), span
    return count


def check_all(seeds: range) -> tuple[int, int]:
    """Return in how many worlds the register allows something, and a head shows."""
    allowed = shown = 0
    for seed in seeds:
        world = make_rich(seed)
        allowed += check_rulings(world) > 0
        shown += check_shown(world) > 0
    return allowed, shown


def test_nothing_shows_that_a_rule_forbids() -> None:
    allowed, shown = check_all(range(500))
    assert allowed > 100
    assert shown > 30


@pytest.mark.slow
@pytest.mark.parametrize("slice_", range(IN_SLICES))
def test_nothing_shows_in_many_more_registers(slice_: int) -> None:
    allowed, _ = check_all(range(slice_ * SEEDS, (slice_ + 1) * SEEDS))
    assert allowed > SEEDS // 6


def seen_in(spans: tuple[ReplaceSpan, ...], frame: int) -> int:
    """Return which frame of the clip is seen in a frame of the film."""
    for still in stills_of(spans):
        if still.first <= frame < still.end:
            return still.first - 1
    return frame


def is_covered(places: Places, frame: int, head: Box) -> bool:
    """Return whether masks over a frame of the film hold a head's middle and its sides'."""
    x, y = (head.x0 + head.x1) * 8, (head.y0 + head.y1) * 8
    wide, tall = head.width * 8, head.height * 8
    points = ((x, y), (x - wide, y), (x + wide, y), (x, y - tall), (x, y + tall))
    shapes = [shape_at(m.keys, frame) for m in places.masks if m.first <= frame < m.end]
    return all(any(_holds(shape, point) for shape in shapes) for point in points)


def _holds(shape: Ellipse | Polygon | Whole, point: tuple[int, int]) -> bool:
    if isinstance(shape, Whole):
        return True
    assert isinstance(shape, Ellipse)
    x, y = point[0] - shape.cx, point[1] - shape.cy
    return bool((x * shape.ry) ** 2 + (y * shape.rx) ** 2 <= (shape.rx * shape.ry) ** 2)


def _sample(track: Track, frame: int) -> Box | None:
    if not track.first <= frame < track.end:
        return None
    return track.samples[frame - track.first].head


def _nothing_there(world: RichWorld, track: Track, frame: int) -> bool:
    """Return whether a human said that there is nothing, so that a lost or weak cover may go."""
    return any(
        row.answer == "nothing" and row.question.first <= frame < row.question.end
        for row in world.answers
        if row.question.track == track.id
    )


def check_film(world: RichWorld) -> int:
    """Fail where a frame of the film shows a head that may not; return how many are hidden."""
    places, hidden = build_places(world.findings, decided(world)), 0
    for frame in range(FRAMES):
        seen = seen_in(world.spans, frame)
        for track in world.findings.tracks:
            head = _sample(track, seen)
            if head is None or _nothing_there(world, track, seen):
                continue
            if not may(world, world.truth[track.id][seen - track.first], "face"):
                hidden += 1
                assert is_covered(places, frame, head), (frame, seen, track.id)
    return hidden


def test_every_frame_of_the_film_hides_who_may_not_be_shown() -> None:
    assert sum(check_film(make_rich(seed)) for seed in range(60)) > 2000


@pytest.mark.slow
def test_every_frame_of_many_more_films_does() -> None:
    assert sum(check_film(make_rich(seed)) for seed in range(60, 700)) > 20_000


def test_the_worlds_hold_what_they_are_made_for() -> None:
    worlds = [make_rich(seed) for seed in range(300)]
    assert sum(any(p.merged_into for p in w.register.people) for w in worlds) > 100
    assert sum(len(w.register.changes) > 1 for w in worlds) > 60
    assert sum(any(s.by == "still" for s in w.spans) for w in worlds) > 60
    assert sum(any(row.answer == "waits" for row in w.answers) for w in worlds) > 20
    assert all(set(TRAITS) >= set(r.traits) for w in worlds for r in w.register.records)
