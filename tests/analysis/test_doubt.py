"""What is undecided is queued; a head that vanishes from plain view hides the whole frame."""

import msgspec

from safehouse.analysis.doubt import spans_of, unsure_of
from safehouse.analysis.join import Shot
from safehouse.model.box import Box
from safehouse.model.findings import Sample, Track

SHOT = Shot(0, 100, 640, 360)


STAYS = [0.9, 0.9, 0.9, 0.8]


def track(scores: list[float], lost: int, x: int = 300, speed: int = 0, height: int = 80) -> Track:
    def head(frame: int) -> Box:
        return Box(x + speed * frame, 100, x + speed * frame + 60, 100 + height)

    seen = [Sample(n, head(n), score, "seen") for n, score in enumerate(scores)]
    last = len(seen) - 1
    gone = [Sample(last + n, head(last), scores[-1], "lost") for n in range(1, lost + 1)]
    return Track("T0001", 0, len(seen) + lost, tuple(seen + gone))


def test_a_head_that_vanishes_from_plain_view_hides_the_whole_frame() -> None:
    (span,) = unsure_of(track(STAYS, 3), SHOT, ())
    assert (span.first, span.end, span.whole) == (4, 7, True)


def test_a_head_on_its_way_a_tiny_one_or_one_hardly_seen_is_only_queued() -> None:
    for lost in (track(STAYS, 3, speed=12), track(STAYS, 3, height=18), track(STAYS[:2], 3)):
        assert [s.whole for s in unsure_of(lost, SHOT, ())] == [False]


def test_a_head_that_fades_or_leaves_is_only_queued() -> None:
    assert [s.whole for s in unsure_of(track([*STAYS, 0.2], 3), SHOT, ())] == [False]
    assert [s.whole for s in unsure_of(track(STAYS, 3, x=610), SHOT, ())] == [False]


def test_a_weak_head_is_queued_whole() -> None:
    spans = unsure_of(track([0.45, 0.45], 0), SHOT, ())
    assert [(s.first, s.end, s.why) for s in spans] == [(0, 2, "weak detection")]


def test_a_head_that_was_never_lost_is_not_queued() -> None:
    assert unsure_of(track([0.9, 0.8], 0), SHOT, ()) == []


def test_runs_of_frames() -> None:
    assert spans_of([1, 2, 5]) == ((1, 3), (5, 6))
    assert spans_of([]) == ()


def test_a_head_behind_another_is_queued_and_the_film_stays() -> None:
    lost = track(STAYS, 3)
    front = msgspec.structs.replace(lost, id="T0002")
    assert [s.whole for s in unsure_of(lost, SHOT, (lost,))] == [True]
    assert [s.whole for s in unsure_of(lost, SHOT, (lost, front))] == [False]
