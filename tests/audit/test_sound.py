"""The sound attack hears whatever is not as planned, and nothing else."""

from collections.abc import Iterator

import numpy as np
import pytest

from safehouse.audit.sound import (
    FrameOf,
    Heard,
    build_attack,
    check_layout,
    check_sound,
    revealed_bits,
)
from safehouse.model.clip import SoundStream
from safehouse.model.frame import OriginalSound
from safehouse.model.plan import SoundOut, SoundPlan, SoundSpan

RATE, COUNT = 48000, 96000
TRACK = SoundStream(1, "aac", RATE, "stereo", 2, COUNT)
OUT = SoundOut(1, "aac", RATE, "stereo", 128000)
MUTE = SoundPlan(1)
REVEAL = SoundPlan(1, (SoundSpan(40000, 70000, "reveal"),))


def voice(seed: int = 1, count: int = COUNT) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    rng = np.random.default_rng(seed)
    loud = np.abs(np.sin(np.arange(count) / 3000))
    return (0.2 * rng.normal(size=(2, count)) * loud).astype(np.float32)


def blocks(
    samples: np.ndarray[tuple[int, ...], np.dtype[np.float32]], size: int = 65536
) -> Iterator[OriginalSound]:
    for first in range(0, samples.shape[1], size):
        yield OriginalSound(first, samples[:, first : first + size], RATE)


def hear(film: np.ndarray[tuple[int, ...], np.dtype[np.float32]], plan: SoundPlan = MUTE) -> Heard:
    return check_sound(blocks(film, 30011), blocks(voice()), plan, OUT)


def planned(plan: SoundPlan) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.where(revealed_bits(plan, 0, COUNT), voice(), np.float32(0)).astype(np.float32)


def test_silence_where_silence_is_planned_is_clear_and_the_control_holds() -> None:
    attack = build_attack([hear(planned(MUTE))], [], FrameOf([TRACK], np.arange(50) / 25))
    assert (attack.result, attack.control.held) == ("none found", True)


@pytest.mark.parametrize(
    "leak",
    [voice() * 0.03, np.roll(voice(), 700, axis=1) * 0.1, voice()],
    ids=["at -30 dB", "a delayed copy", "whole"],
)
def test_any_of_the_original_under_mute_is_found(
    leak: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
) -> None:
    attack = build_attack([hear(leak.astype(np.float32))], [], FrameOf([TRACK], np.arange(50) / 25))
    assert attack.result == "leak"
    assert attack.spots[0].what.startswith("sound track 1")


def test_one_open_second_is_found_and_its_frames_are_named() -> None:
    film = planned(MUTE)
    film[:, 24000:48000] = voice()[:, 24000:48000]
    attack = build_attack([hear(film)], [], FrameOf([TRACK], np.arange(50) / 25))
    assert [(s.first, s.end) for s in attack.spots] == [(12, 25)]


def test_a_revealed_span_is_the_clips_own() -> None:
    assert hear(planned(REVEAL), REVEAL).finds == ()
    wrong = planned(REVEAL)
    wrong[:, 40000:70000] = voice(2)[:, 40000:70000]
    assert hear(wrong, REVEAL).finds


def test_ringing_beside_a_revealed_span_is_no_leak_but_a_copy_is() -> None:
    film = planned(REVEAL)
    film[:, 38000:40000] = 0.003 * np.random.default_rng(3).normal(size=(2, 2000))
    assert hear(film, REVEAL).finds == ()
    film[:, 38000:40000] = 0.3 * voice()[:, 38000:40000]
    assert hear(film, REVEAL).finds


def test_sound_after_the_clips_end_is_found() -> None:
    late = np.concatenate([planned(MUTE), voice()[:, 60000:61000]], axis=1)
    assert hear(late).finds


def test_length_rate_and_layout_are_the_plans() -> None:
    def film(**change: object) -> SoundStream:
        facts = {"rate_hz": RATE, "layout": "stereo", "samples": COUNT} | change
        return SoundStream(0, "aac", facts["rate_hz"], facts["layout"], 2, facts["samples"])  # type: ignore[arg-type]  # mixed facts

    assert check_layout(OUT, TRACK, film()) == ()
    assert check_layout(OUT, TRACK, film(samples=COUNT + 1023)) == ()
    assert check_layout(OUT, TRACK, film(samples=COUNT + 1024))
    assert check_layout(OUT, TRACK, film(samples=COUNT - 1))
    assert check_layout(OUT, TRACK, film(layout="mono"))
    assert check_layout(OUT, TRACK, film(rate_hz=44100))


def test_a_silent_clip_has_no_control_and_no_sound_is_as_planned() -> None:
    zero = np.zeros((2, COUNT), np.float32)
    row = check_sound(blocks(zero), blocks(zero), MUTE, OUT)
    assert build_attack([row], [], FrameOf([TRACK], np.zeros(0))).control.held is None
    none = build_attack([], [], FrameOf([], np.zeros(0)))
    assert (none.result, none.control.held) == ("none found", None)


def test_a_missing_track_is_a_leak_of_the_plan() -> None:
    assert build_attack(
        [], ["0 sound tracks in place of 1 planned"], FrameOf([], np.zeros(0))
    ).spots
