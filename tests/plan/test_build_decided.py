"""Plans by what humans and the register decided: who is shown, hidden by hand, and what stays."""

from itertools import pairwise
from typing import Any

import msgspec
import pytest
from test_build import FRAMES, clip_of, findings_of, output, sample, still_track

from safehouse.model.acts_clips import Question
from safehouse.model.acts_deciding import DrawMask, ReplaceSpan
from safehouse.model.findings import Findings, Track, Unsure
from safehouse.model.plan import Chunk, Plan, SoundSpan, Still
from safehouse.model.shape import Ellipse, Key, Whole, shape_at
from safehouse.model.showing import Answer, Answered, Decided, HeardVoice, ShownPiece
from safehouse.plan.apart import EDGE
from safehouse.plan.build import build_plan
from safehouse.plan.check import check_plan


def shown_piece(first: int = 5, end: int = 50, **change: Any) -> ShownPiece:
    piece = ShownPiece("C0001-A001", "T0001", first, end, "P07", ("R0012",))
    return msgspec.structs.replace(piece, **change)


def plan_of(findings: Findings, **decided: Any) -> Plan:
    plan = build_plan(findings, output(), decided=Decided(**decided), cpu="x86-64-v3")
    assert check_plan(plan) == ()
    return plan


def hidden_frames(plan: Plan, track: str = "T0001") -> set[int]:
    return {f for m in plan.masks if m.track == track for f in range(m.first, m.end)}


def shown_frames(plan: Plan) -> set[int]:
    return {f for place in plan.shown for f in range(place.first, place.end)}


def test_a_head_that_is_shown_has_no_mask_and_a_shown_place() -> None:
    plan = plan_of(findings_of(still_track()), shown=(shown_piece(),))
    assert plan.masks == ()
    (place,) = plan.shown
    assert (place.id, place.first, place.end) == ("F0001", 5, 50)
    assert (place.piece, place.person, place.records) == ("C0001-A001", "P07", ("R0012",))


def test_every_frame_of_a_track_is_hidden_or_shown() -> None:
    plan = plan_of(findings_of(still_track()), shown=(shown_piece(20, 40),))
    assert shown_frames(plan) == set(range(20 + EDGE, 40 - EDGE))
    assert hidden_frames(plan) == set(range(5, 50)) - shown_frames(plan)


def test_pieces_of_one_person_are_shown_through_and_of_two_people_are_not() -> None:
    second = shown_piece(20, 50, piece="C0001-A002")
    plan = plan_of(findings_of(still_track()), shown=(shown_piece(5, 20), second))
    assert shown_frames(plan) == set(range(5, 50))
    other = msgspec.structs.replace(second, person="P08")
    plan = plan_of(findings_of(still_track()), shown=(shown_piece(5, 20), other))
    assert hidden_frames(plan) == set(range(20 - EDGE, 20 + EDGE))


def test_few_frames_of_one_person_are_not_shown_unless_they_are_all_of_her_track() -> None:
    short = shown_piece(5, 5 + 11)
    assert shown_frames(plan_of(findings_of(still_track()), shown=(short,))) == set()
    enough = shown_piece(5, 5 + 12)
    plan = plan_of(findings_of(still_track()), shown=(enough,))
    assert shown_frames(plan) == set(range(5, 5 + 12 - 5))
    brief = Track("T0001", 5, 9, tuple(sample(f, 200) for f in range(5, 9)))
    plan = plan_of(findings_of(brief), shown=(shown_piece(5, 9),))
    assert shown_frames(plan) == set(range(5, 9))


def test_a_place_where_a_head_was_lost_is_never_shown() -> None:
    samples = tuple(sample(f, 200, "lost" if f > 40 else "seen") for f in range(50))
    plan = plan_of(findings_of(Track("T0001", 0, 50, samples)), shown=(shown_piece(0),))
    assert shown_frames(plan) == set(range(41 - EDGE))


def crossing(*, frames: int = FRAMES) -> Findings:
    """Two heads that walk through each other."""
    one = tuple(sample(f, 100 + 5 * f) for f in range(frames))
    two = tuple(sample(f, 400 - 5 * f) for f in range(frames))
    return findings_of(Track("T0001", 0, frames, one), Track("T0002", 0, frames, two))


NEAR = [f for f in range(FRAMES) if abs(300 - 10 * f) < 60 + 2 * 12]
"""Frames of `crossing` in which the two meet."""


def parts(track: str, *people: str) -> tuple[ShownPiece, ...]:
    """The pieces of a track of `crossing`, before, in and after the meeting; "" is not shown."""
    cuts = (0, NEAR[0], NEAR[-1] + 1, FRAMES)
    return tuple(
        shown_piece(a, b, piece=f"C0001-A{track[-1]}{n}", track=track, person=who)
        for n, ((a, b), who) in enumerate(zip(pairwise(cuts), people, strict=True))
        if who
    )


def test_a_piece_that_meets_a_hidden_head_is_hidden_as_a_whole() -> None:
    assert shown_frames(plan_of(crossing(), shown=(shown_piece(0, FRAMES),))) == set()
    plan = plan_of(crossing(), shown=parts("T0001", "P07", "P07", "P07"))
    outside = set(range(NEAR[0] - EDGE)) | set(range(NEAR[-1] + 1 + EDGE, FRAMES))
    assert shown_frames(plan) == outside
    assert hidden_frames(plan, "T0002") == set(range(FRAMES))


def test_two_who_are_both_shown_may_meet() -> None:
    both = (*parts("T0001", "P07", "P07", "P07"), *parts("T0002", "P08", "P08", "P08"))
    assert plan_of(crossing(), shown=both).masks == ()


def test_two_tracks_that_are_both_taken_for_one_person_are_hidden_where_they_meet() -> None:
    both = (*parts("T0001", "P07", "P07", ""), *parts("T0002", "", "P07", "P07"))
    plan = plan_of(crossing(), shown=both)
    assert shown_frames(plan) & set(NEAR) == set()
    assert shown_frames(plan) == set(range(NEAR[0] - EDGE)) | set(
        range(NEAR[-1] + 1 + EDGE, FRAMES)
    )


@pytest.mark.parametrize(("unseen", "hidden"), [(2, False), (3, True)])
def test_two_who_are_both_shown_are_hidden_where_they_meet_and_one_is_out_of_sight(
    unseen: int, hidden: bool
) -> None:
    """While nobody sees her, the track may go over to the head beside, or to a third one."""
    findings = crossing()
    first = NEAR[0] + 4
    one, two = findings.tracks
    samples = tuple(
        msgspec.structs.replace(s, source="bridge") if first <= s.frame < first + unseen else s
        for s in one.samples
    )
    out = msgspec.structs.replace(
        findings, tracks=(msgspec.structs.replace(one, samples=samples), two)
    )
    both = (*parts("T0001", "P07", "P07", "P07"), *parts("T0002", "P08", "P08", "P08"))
    plan = plan_of(out, shown=both)
    assert (shown_frames(plan) & set(NEAR) == set()) == hidden


def answered(answer: Answer, **change: Any) -> Answered:
    question = Question("C0001-Q001", "lost", 41, 50, "T0001", 0.8, "head lost inside the shot")
    return Answered(msgspec.structs.replace(question, **change), answer)


def lost() -> Findings:
    samples = tuple(sample(f, 200, "lost" if f > 40 else "seen") for f in range(50))
    spans = (Unsure(41, 50, "head lost from plain view", whole=True, track="T0001"),)
    return findings_of(Track("T0001", 0, 50, samples), unsure=spans)


def whole_frames(plan: Plan) -> set[int]:
    rows = [m for m in plan.masks if isinstance(m.keys[0].shape, Whole)]
    return {f for m in rows for f in range(m.first, m.end)}


def test_where_a_human_saw_nothing_the_cover_of_that_question_goes() -> None:
    plan = plan_of(lost(), answers=(answered("nothing", kind="whole"),))
    assert whole_frames(plan) == set()
    assert hidden_frames(plan) == set(range(41))


@pytest.mark.parametrize("answer", ["open", "accept"])
def test_other_answers_keep_it(answer: Answer) -> None:
    assert plan_of(lost(), answers=(answered(answer),)).masks == plan_of(lost()).masks


def test_an_answer_counts_for_its_own_span_and_track_alone() -> None:
    plan = plan_of(lost(), answers=(answered("nothing", first=41, end=45),))
    assert whole_frames(plan) == set(range(45, 50))
    assert hidden_frames(plan) >= set(range(41)) | set(range(45, 50))
    other = plan_of(lost(), answers=(answered("nothing", track="T0002"),))
    assert other.masks == plan_of(lost()).masks


def test_no_answer_uncovers_a_head_that_was_seen() -> None:
    answers = (answered("nothing", kind="large", first=0, end=FRAMES),)
    plan = plan_of(findings_of(still_track()), answers=answers)
    assert hidden_frames(plan) == set(range(5, 50))


def test_what_no_detector_was_sure_of_is_uncovered_when_a_human_saw_nothing() -> None:
    samples = tuple(sample(f, 200, score=0.4) for f in range(5, 50))
    findings = findings_of(Track("T0001", 5, 50, samples))
    whole = (answered("nothing", kind="weak", first=5, end=50),)
    assert plan_of(findings, answers=whole).masks == ()
    part = (answered("nothing", kind="weak", first=5, end=49),)
    assert hidden_frames(plan_of(findings, answers=part)) == set(range(5, 50))


def test_somebody_else_is_no_word_about_whether_a_head_is_there() -> None:
    samples = tuple(sample(f, 200, score=0.4) for f in range(5, 50))
    findings = findings_of(Track("T0001", 5, 50, samples))
    answers = (answered("nothing", kind="near", first=5, end=50),)
    assert hidden_frames(plan_of(findings, answers=answers)) == set(range(5, 50))


def test_damaged_frames_stay_hidden_whatever_was_answered() -> None:
    answers = (answered("nothing", kind="damaged", first=7, end=9, track=""),)
    plan = plan_of(findings_of(corrupt=((7, 9),)), answers=answers)
    assert [(m.first, m.end, m.why) for m in plan.masks] == [(7, 9, "corrupt")]


def test_a_human_can_have_frames_hidden_and_a_shown_head_is_hidden_there_too() -> None:
    plan = plan_of(findings_of(still_track()), shown=(shown_piece(),), answers=(answered("hide"),))
    assert [(m.first, m.end, m.why) for m in plan.masks] == [(41, 50, "hand")]
    assert whole_frames(plan) == set(range(41, 50))


def test_a_mask_that_was_drawn_is_in_the_plan() -> None:
    keys = (Key(3, Ellipse(160, 160, 80, 80)),)
    drawn = DrawMask(clip="C0001", mask="H0001", first=3, end=9, keys=keys, kind="tattoo")
    (mask,) = plan_of(findings_of(), hand=(drawn,)).masks
    assert (mask.first, mask.end, mask.keys, mask.why) == (3, 9, keys, "hand")


def test_a_slate_is_one_tone_over_the_whole_frame() -> None:
    spans = (ReplaceSpan(clip="C0001", first=3, end=9, by="slate"),)
    (mask,) = plan_of(findings_of(), spans=spans).masks
    assert (mask.look, mask.why) == ("solid", "hand")
    assert isinstance(mask.keys[0].shape, Whole)


def test_a_still_keeps_the_masks_and_shown_places_of_the_frame_that_stays() -> None:
    walking = Track("T0001", 0, 50, tuple(sample(f, 100 + 5 * f) for f in range(50)))
    spans = (ReplaceSpan(clip="C0001", first=20, end=30, by="still"),)
    for decided in ({}, {"shown": (shown_piece(0),)}):
        plan = plan_of(findings_of(walking), spans=spans, **decided)
        assert plan.stills == (Still(20, 30),)
        rows = plan.shown or plan.masks
        over = {f: [r for r in rows if r.first <= f < r.end] for f in range(19, 30)}
        assert {len(found) for found in over.values()} == {1}
        assert len({shape_at(found[0].keys, f) for f, found in over.items()}) == 1


def test_a_still_lies_in_one_chunk_with_the_frame_before_it() -> None:
    out = output()
    assert out.video is not None
    cuts = (0, 10, 20, 30, 40, FRAMES)
    chunks = tuple(Chunk(a, b, max(0, a - 3)) for a, b in pairwise(cuts))
    cut = msgspec.structs.replace(out, video=msgspec.structs.replace(out.video, chunks=chunks))
    spans = (
        ReplaceSpan(clip="C0001", first=20, end=31, by="still"),
        ReplaceSpan(clip="C0001", first=31, end=33, by="still"),
        ReplaceSpan(clip="C0001", first=5, end=8, by="nothing"),
    )
    decided = Decided(spans=spans)
    plan = build_plan(findings_of(still_track()), cut, decided=decided, cpu="x86-64-v3")
    assert check_plan(plan) == ()
    assert plan.stills == (Still(20, 33),)
    assert plan.output.video is not None
    assert [(c.first, c.end, c.decode_from) for c in plan.output.video.chunks] == [
        (0, 10, 0),
        (10, 40, 7),
        (40, FRAMES, 37),
    ]


def test_a_still_at_the_very_beginning_is_a_slate() -> None:
    spans = (ReplaceSpan(clip="C0001", first=0, end=4, by="still"),)
    plan = plan_of(findings_of(still_track()), spans=spans)
    assert plan.stills == ()
    assert whole_frames(plan) == set(range(4))


def test_under_reveal_only_nobody_is_shown_by_consent_and_a_still_is_a_slate() -> None:
    spans = (ReplaceSpan(clip="C0001", first=20, end=30, by="still"),)
    decided = Decided(shown=(shown_piece(),), spans=spans)
    findings = findings_of(still_track())
    plan = build_plan(findings, output(), mode="reveal-only", decided=decided, cpu="x86-64-v3")
    assert check_plan(plan) == ()
    assert (plan.shown, plan.stills) == ((), ())
    assert whole_frames(plan) == set(range(20, 30))


def test_heard_voices_are_revealed_and_named() -> None:
    voice = HeardVoice(1, 100, 900, "P07", ("R0012",))
    plan = plan_of(findings_of(), heard=(voice,))
    assert plan.sound[0].spans == (SoundSpan(100, 900, "reveal"),)
    assert [(v.id, v.person, v.records) for v in plan.heard] == [("V0001", "P07", ("R0012",))]
    assert clip_of().sound[0].samples > 900


def test_nothing_decided_is_the_plan_as_ever() -> None:
    findings = lost()
    assert plan_of(findings) == build_plan(findings, output(), cpu="x86-64-v3")
