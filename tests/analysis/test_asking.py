"""Only what is undecided is asked, and each of it once."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from made_findings import findings_of, head_at, track_of

from safehouse.analysis.asking import questions_of
from safehouse.model.findings import Findings, Unsure


def kinds(findings: Findings) -> list[tuple[str, int, int]]:
    return [(q.kind, q.first, q.end) for q in questions_of(findings)]


def waiting(findings: Findings) -> list[tuple[str, int, int]]:
    return [(q.kind, q.first, q.end) for q in questions_of(findings) if q.waits]


def lost(track: str, first: int, end: int) -> Unsure:
    return Unsure(first, end, "head lost inside the shot", score=0.8, track=track)


def test_a_face_that_begins_out_of_nothing_is_asked_about() -> None:
    track = track_of("T0001", 85, [head_at(300)] * 50, "e" * 15 + "s" * 35)
    assert kinds(findings_of([track])) == [("begins", 84, 101)]


def test_a_face_at_a_cut_at_the_edge_or_from_behind_another_is_not() -> None:
    at_cut = track_of("T0001", 100, [head_at(300)] * 50)
    at_edge = track_of("T0001", 130, [head_at(5)] * 50)
    assert kinds(findings_of([at_cut, at_edge], shots=(0, 100))) == []
    front = track_of("T0001", 0, [head_at(300)] * 200)
    behind = track_of("T0002", 100, [head_at(340)] * 50)
    assert kinds(findings_of([front, behind])) == []


def test_a_head_over_a_third_of_the_frame_is_asked_about() -> None:
    track = track_of("T0001", 0, [head_at(10, 0, size) for size in (200, 300, 320, 100)])
    assert kinds(findings_of([track])) == [("large", 1, 3)]


def test_what_analysis_was_unsure_of_is_asked_with_its_score() -> None:
    spans = (
        Unsure(5, 9, "head lost inside the shot", score=0.8, track="T0001"),
        Unsure(9, 12, "head lost from plain view", whole=True, track="T0001"),
        Unsure(20, 30, "weak detection", score=0.5, track="T0002"),
        Unsure(40, 50, "something else", score=0.1),
    )
    findings = findings_of([track_of("T0001", 0, [head_at(0)] * 12)], unsure=spans)
    damaged = msgspec.structs.replace(findings, corrupt=((60, 70),))
    found = questions_of(damaged)
    assert [q.kind for q in found] == ["lost", "whole", "weak", "unsure", "damaged"]
    assert [q.id for q in found] == [f"C0003-Q{n:03d}" for n in range(1, 6)]
    assert [q.score for q in found] == [0.8, 1.0, 0.5, 0.1, 1.0]


def test_a_weak_track_is_not_asked_about_twice() -> None:
    track = track_of("T0001", 100, [head_at(300)] * 10)
    weak = Unsure(100, 110, "weak detection", score=0.5, track="T0001")
    assert kinds(findings_of([track], unsure=(weak,))) == [("weak", 100, 110)]


def test_a_face_that_becomes_another_one_is_asked_about() -> None:
    track = track_of("T0001", 0, [head_at(300)] * 50)
    (question,) = questions_of(findings_of([track]), {"T0001": [(10, 20)]})
    assert (question.kind, question.first, question.end, question.track) == (
        "unsure",
        10,
        20,
        "T0001",
    )


def test_what_one_look_answers_is_asked_once() -> None:
    why = "head lost inside the shot"
    spans = (
        Unsure(100, 104, why, score=0.8, track="T0001"),
        Unsure(150, 158, why, score=0.8, track="T0001"),
        Unsure(400, 404, why, score=0.8, track="T0001"),
        Unsure(152, 156, why, score=0.8, track="T0002"),
        Unsure(200, 300, "weak detection", score=0.5, track="T0003"),
        Unsure(290, 300, why, score=0.8, track="T0003"),
    )
    tracks = [track_of("T0001", 0, [head_at(0)] * 404)]
    assert kinds(findings_of(tracks, unsure=spans)) == [
        ("lost", 100, 158),
        ("lost", 152, 156),
        ("weak", 200, 300),
        ("lost", 400, 404),
    ]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 300),
            st.integers(1, 60),
            st.sampled_from(["head lost inside the shot", "weak detection"]),
            st.sampled_from(["T0001", "T0002"]),
        ),
        max_size=12,
    )
)
def test_no_frame_that_was_in_doubt_is_left_without_a_question(
    drawn: list[tuple[int, int, str, str]],
) -> None:
    unsure = tuple(Unsure(a, a + n, why, score=0.5, track=track) for a, n, why, track in drawn)
    asked = questions_of(findings_of([], unsure=unsure))
    for span in unsure:
        frames = set(range(span.first, span.end))
        for question in asked:
            if question.track == span.track:
                frames -= set(range(question.first, question.end))
        assert not frames


def test_a_head_that_is_lost_where_it_begins_is_asked_about_once() -> None:
    track = track_of("T0001", 96, [head_at(300)] * 50, "x" * 4 + "s" * 46)
    asked = findings_of([track], unsure=(lost("T0001", 96, 100),))
    assert kinds(asked) == [("begins", 95, 101)]


def test_a_head_that_came_through_the_edge_or_from_behind_another_waits() -> None:
    edge = track_of("T0001", 96, [head_at(5)] * 50, "x" * 4 + "s" * 46)
    assert waiting(findings_of([edge], unsure=(lost("T0001", 96, 100),))) == [("lost", 96, 100)]
    front = track_of("T0002", 0, [head_at(300)] * 200)
    behind = track_of("T0003", 96, [head_at(340)] * 50, "x" * 4 + "s" * 46)
    both = findings_of([front, behind], unsure=(lost("T0003", 96, 100),))
    assert waiting(both) == [("lost", 96, 100)]


def test_a_head_that_is_lost_at_the_edge_or_at_a_cut_is_asked_about_now() -> None:
    edge = track_of("T0001", 0, [head_at(5)] * 50, "s" * 46 + "x" * 4)
    cut = track_of("T0002", 0, [head_at(300)] * 100, "s" * 92 + "x" * 8)
    unsure = (lost("T0001", 46, 50), lost("T0002", 92, 100))
    asked = findings_of([edge, cut], unsure=unsure, shots=(0, 100))
    assert kinds(asked) == [("lost", 46, 50), ("lost", 92, 100)]
    assert waiting(asked) == []


def test_a_lost_place_under_a_head_that_is_in_sight_waits() -> None:
    front = track_of("T0001", 0, [head_at(280, 80, 120)] * 100)
    own = track_of("T0002", 0, [head_at(300)] * 50, "s" * 42 + "x" * 8)
    assert waiting(findings_of([front, own], unsure=(lost("T0002", 42, 50),))) == [("lost", 42, 50)]
    guessed = track_of("T0001", 0, [head_at(280, 80, 120)] * 100, "s" * 45 + "b" * 10 + "s" * 45)
    assert waiting(findings_of([guessed, own], unsure=(lost("T0002", 42, 50),))) == []


def test_a_head_that_passed_behind_another_and_came_back_waits() -> None:
    front = track_of("T0001", 0, [head_at(340)] * 200)
    gone = track_of("T0002", 0, [head_at(300)] * 50, "s" * 42 + "x" * 8)
    back = track_of("T0003", 55, [head_at(310)] * 50)
    unsure = (lost("T0002", 42, 50),)
    assert waiting(findings_of([front, gone, back], unsure=unsure)) == [("lost", 42, 50)]
    assert waiting(findings_of([front, gone], unsure=unsure)) == [], "it did not come back"
    late = track_of("T0003", 80, [head_at(310)] * 50)
    assert waiting(findings_of([front, gone, late], unsure=unsure)) == [], "much later"
    assert waiting(findings_of([gone, back], unsure=unsure)) == [], "it was behind nobody"


def test_a_large_head_waits_while_it_is_surely_seen() -> None:
    sure = track_of("T0001", 0, [head_at(10, 0, 320)] * 20)
    assert waiting(findings_of([sure])) == [("large", 0, 20)]
    bridged = track_of("T0001", 0, [head_at(10, 0, 320)] * 20, "s" * 8 + "b" * 4 + "s" * 8)
    assert waiting(findings_of([bridged])) == []
    faint = msgspec.structs.replace(sure.samples[5], score=0.5)
    rows = (*sure.samples[:5], faint, *sure.samples[6:])
    assert waiting(findings_of([msgspec.structs.replace(sure, samples=rows)])) == []
