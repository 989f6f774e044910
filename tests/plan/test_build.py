"""Plans out of findings: everybody found is hidden, in every frame, with a margin."""

from typing import Literal

import pytest

from safehouse.model.box import Box
from safehouse.model.clip import Clip, FrameTimes, PtsRun, SoundStream, VideoStream
from safehouse.model.findings import Detector, Findings, Sample, Track, Unsure
from safehouse.model.plan import Chunk, Output, Plan, SoundOut, VideoOut
from safehouse.model.shape import Ellipse, Whole, shape_at
from safehouse.plan.build import build_masks, build_plan
from safehouse.plan.check import check_plan
from safehouse.plan.margins import LOSSY_MARGIN

Source = Literal["seen", "flow", "bridge", "lead", "lost"]
FRAMES = 60


def clip_of(*, lossy: bool = True) -> Clip:
    times = FrameTimes("1/25", (PtsRun(0, 1, FRAMES),), 1)
    video = VideoStream(0, "h264", "yuv420p", 640, 360, times, lossy=lossy)
    sound = SoundStream(1, "aac", 48000, "mono", 1, 4800)
    return Clip("C0001", "0" * 64, 1, video, (sound,))


def sample(frame: int, x: int, source: Source = "seen", score: float = 0.9) -> Sample:
    head, face = Box(x, 100, x + 60, 180), Box(x + 10, 120, x + 50, 175)
    return Sample(frame, head, score, source, face)


def findings_of(
    *tracks: Track,
    unsure: tuple[Unsure, ...] = (),
    corrupt: tuple[tuple[int, int], ...] = (),
    lossy: bool = True,
) -> Findings:
    return Findings(
        clip=clip_of(lossy=lossy),
        shots=(0,),
        tracks=tracks,
        unsure=unsure,
        corrupt=corrupt,
        key_frames=(0,),
        detector=Detector("centerface", "", "f32", 640, 384, 1),
    )


def still_track(first: int = 5, end: int = 50) -> Track:
    return Track("T0001", first, end, tuple(sample(f, 200) for f in range(first, end)))


def output() -> Output:
    video = VideoOut("h264", "yuv420p", {}, (Chunk(0, FRAMES, 0),))
    return Output("mov", video, (SoundOut(1, "aac", 48000, "mono"),))


def test_a_head_is_hidden_in_every_frame_of_its_track() -> None:
    masks = build_masks(findings_of(still_track()))
    covered = {frame for mask in masks for frame in range(mask.first, mask.end)}
    assert covered == set(range(5, 50))


def test_the_margin_is_at_least_16_px_on_lossy_sources() -> None:
    (mask,) = build_masks(findings_of(still_track()))
    shape = shape_at(mask.keys, 20)
    assert isinstance(shape, Ellipse)
    assert shape.rx >= (30 + LOSSY_MARGIN) * 16
    assert shape.ry >= (40 + LOSSY_MARGIN) * 16


def test_clean_sources_need_a_smaller_margin() -> None:
    lossy = build_masks(findings_of(still_track()))[0].keys[0].shape
    clean = build_masks(findings_of(still_track(), lossy=False))[0].keys[0].shape
    assert isinstance(lossy, Ellipse)
    assert isinstance(clean, Ellipse)
    assert clean.rx < lossy.rx


def test_a_still_head_has_a_still_mask() -> None:
    jitter = [0, 1, 0, -1, 1, 0, -1, 0]
    samples = tuple(sample(f, 200 + jitter[f % 8]) for f in range(FRAMES))
    (mask,) = build_masks(findings_of(Track("T0001", 0, FRAMES, samples)))
    centres = {key.shape.cx for key in mask.keys if isinstance(key.shape, Ellipse)}
    assert len(centres) == 1
    assert len(mask.keys) <= 6


def test_damaged_frames_are_hidden_whole() -> None:
    (mask,) = build_masks(findings_of(corrupt=((7, 9),)))
    assert (mask.first, mask.end, mask.why) == (7, 9, "corrupt")
    assert isinstance(mask.keys[0].shape, Whole)


def test_a_span_in_which_nobody_knows_where_the_head_is_is_hidden_whole() -> None:
    spans = (Unsure(3, 6, "head lost inside the shot", whole=True), Unsure(8, 9, "weak detection"))
    (mask,) = build_masks(findings_of(unsure=spans))
    assert (mask.first, mask.end, mask.why) == (3, 6, "unsure")


def test_lost_places_say_so() -> None:
    samples = tuple(sample(f, 200, "lost" if f > 40 else "seen") for f in range(50))
    masks = build_masks(findings_of(Track("T0001", 0, 50, samples)))
    assert [(m.first, m.end, m.why) for m in masks] == [(0, 41, "head"), (41, 50, "lost")]


@pytest.mark.parametrize(("voices", "spans"), [("mute", 0), ("reveal", 1)])
def test_sound_is_muted_unless_it_was_asked_for(voices: str, spans: int) -> None:
    plan = plan_of(voices=voices)
    assert [len(track.spans) for track in plan.sound] == [spans]


def plan_of(**choices: object) -> Plan:
    return build_plan(findings_of(still_track()), output(), cpu="x86-64-v3", **choices)  # type: ignore[arg-type]  # by name


def test_a_built_plan_keeps_every_rule() -> None:
    assert check_plan(plan_of()) == ()


def test_an_empty_clip_gets_a_plan_without_masks() -> None:
    assert build_masks(findings_of()) == ()
