"""No frame shows a face, and no sample a voice, that is not permitted by every rule."""

import os

import pytest
from crowd_worlds import make_crowd
from shown_worlds import CLIP, World, make_world, may, undecided

from safehouse.consent.rules import rule_all
from safehouse.model.box import Box
from safehouse.model.shape import Ellipse, shape_at
from safehouse.model.showing import Decided, HeardVoice
from safehouse.plan.apart import shown_rows
from safehouse.plan.build import Places, build_places
from safehouse.plan.hearing import shown_voices
from safehouse.plan.showing import shown_pieces

ALL = os.environ.get("SAFEHOUSE_FAULTS") == "all"
"""`make damage` looks at 100,000 films, two minutes of one core; `make check` at a part of them."""

IN_SLICES, SEEDS = (20, 5000) if ALL else (4, 2500)


def faces_of(world: World) -> list[tuple[str, int, str]]:
    """Return track, frame and real person of every head that is shown."""
    rulings = rule_all(world.register, world.use)
    shown = shown_pieces(world.pieces, rulings, world.answers, world.origin).shown
    rows = shown_rows(world.findings.tracks, shown)
    start = {track.id: track.first for track in world.findings.tracks}
    return [
        (track, frame, world.truth[track][frame - start[track]])
        for track, frames in rows.items()
        for frame in frames
    ]


def voices_of(world: World) -> tuple[HeardVoice, ...]:
    rulings = rule_all(world.register, world.use)
    return shown_voices(CLIP, world.voices, rulings, world.origin).heard


def check_faces(world: World) -> int:
    """Fail where a face shows that may not; return how many frames show one."""
    faces = faces_of(world)
    allowed = {who: may(world, who, "face") for who in {who for _, _, who in faces}}
    for track, frame, who in faces:
        assert allowed[who], f"{track} shows {who} in frame {frame}"
        assert not undecided(world, track, frame)
    return len(faces)


def check_voices(world: World) -> int:
    """Fail where somebody is heard who may not be; return how many samples are heard."""
    heard = 0
    for voice in voices_of(world):
        heard += voice.end - voice.first
        there = [s for s in world.voices if s.first < voice.end and voice.first < s.end]
        assert any(s.stream == voice.stream for s in there)
        for span in there:
            assert may(world, span.person, "voice"), span
        own = [s for s in there if s.stream == voice.stream]
        assert min(s.first for s in own) <= voice.first < voice.end <= max(s.end for s in own)
    return heard


def check_all(seeds: range) -> tuple[int, int]:
    """Return in how many worlds somebody is shown, and heard."""
    shown = heard = 0
    for seed in seeds:
        world = make_world(seed)
        shown += check_faces(world) > 0
        heard += check_voices(world) > 0
    return shown, heard


def test_nothing_shows_that_is_not_permitted_by_every_rule() -> None:
    shown, heard = check_all(range(1500))
    assert shown > 300
    assert heard > 100


@pytest.mark.slow
@pytest.mark.parametrize("slice_", range(IN_SLICES))
def test_nothing_shows_in_many_more(slice_: int) -> None:
    shown, heard = check_all(range(slice_ * SEEDS, (slice_ + 1) * SEEDS))
    assert shown > SEEDS // 5
    assert heard > SEEDS // 15


def check_crowds(seeds: range) -> int:
    """Return in how many crowds somebody is shown while heads meet."""
    return sum(check_faces(make_crowd(seed)) > 0 for seed in seeds)


def test_no_crowd_shows_anybody_who_may_not_be_shown() -> None:
    assert check_crowds(range(1200)) > 100


@pytest.mark.slow
@pytest.mark.parametrize("slice_", range(IN_SLICES))
def test_no_crowd_of_many_more_does(slice_: int) -> None:
    assert check_crowds(range(slice_ * SEEDS, (slice_ + 1) * SEEDS)) > SEEDS // 20


def covers(places: Places, frame: int, head: Box) -> bool:
    """Return whether masks cover a head's middle and the middles of its sides."""
    x, y = (head.x0 + head.x1) * 8, (head.y0 + head.y1) * 8
    wide, tall = head.width * 8, head.height * 8
    points = ((x, y), (x - wide, y), (x + wide, y), (x, y - tall), (x, y + tall))
    ovals = [shape_at(m.keys, frame) for m in places.masks if m.first <= frame < m.end]
    return all(any(_holds(oval, point) for oval in ovals) for point in points)


def _holds(oval: object, point: tuple[int, int]) -> bool:
    assert isinstance(oval, Ellipse)
    x, y = point[0] - oval.cx, point[1] - oval.cy
    return bool((x * oval.ry) ** 2 + (y * oval.rx) ** 2 <= (oval.rx * oval.ry) ** 2)


def test_whoever_may_not_be_shown_lies_under_masks_in_every_frame() -> None:
    looked = 0
    for seed in range(120):
        world = make_world(seed)
        rulings = rule_all(world.register, world.use)
        shown = shown_pieces(world.pieces, rulings, world.answers, world.origin).shown
        if not shown:
            continue
        places = build_places(world.findings, Decided(shown=shown))
        for track in world.findings.tracks:
            for sample, who in zip(track.samples, world.truth[track.id], strict=True):
                if not may(world, who, "face"):
                    looked += 1
                    assert covers(places, sample.frame, sample.head)
    assert looked > 500
