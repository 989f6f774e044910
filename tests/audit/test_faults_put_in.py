"""Each fault put into a film that is otherwise as planned is found; as planned, it is not held."""

import shutil
import wave
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from audit_cases import WIDTH, as_frame, head, scene
from clear_films import CLEAR
from fault_cases import (
    MASKS,
    PICTURES,
    SHOWN,
    SOUNDS,
    TIMES,
    Stage,
    break_mask,
    break_picture,
    break_sound,
    break_times,
    holding,
    make_stage,
    showing,
)
from fault_files import FILES
from numpy.typing import NDArray

from safehouse.model.plan import Mask, Still
from safehouse.model.report import Report
from safehouse.model.shape import Ellipse, Key

FRAMES, RATE, SECONDS = 16, 44100, 3
BY_FFMPEG = {"a track of subtitles", "a track of time code", "a second picture track"}
HEADS = (
    head(end=FRAMES),
    Mask("M0002", 0, FRAMES, (Key(0, Ellipse((WIDTH - 8) * 16, 960, 560, 800)),), "T0002"),
)
"""One head that walks, and one that the frame's right edge cuts."""


def talk(seed: int) -> NDArray[np.int16]:
    """Something like speech: tones that change eight times a second."""
    chance, count = np.random.default_rng(seed), RATE * SECONDS
    changes = np.linspace(0, count, 8 * SECONDS)
    out = chance.normal(0, 0.002, count)
    for _ in range(12):
        pitch = np.interp(np.arange(count), changes, chance.uniform(150, 5000, changes.size))
        loud = np.interp(np.arange(count), changes, chance.uniform(0, 1, changes.size) ** 3)
        out += 0.05 * loud * np.sin(2 * np.pi * np.cumsum(pitch) / RATE)
    return np.rint(np.clip(out, -1, 1) * 32000).astype(np.int16)


def write_clip(path: Path) -> None:
    """Write a film of the walking head, a patterned edge, and two channels of sound."""
    with av.open(str(path), "w", format="mov") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": "12"})
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        sound = container.add_stream("pcm_s16le", rate=RATE, layout="stereo")
        for n in range(FRAMES):
            luma, *colour = scene(n).planes
            luma = luma.copy()
            luma[20:100, -32:] = 40 + 160 * (np.indices((80, 32)).sum(axis=0) // 9 % 2)
            luma[200:] = 60 + 120 * (np.indices((40, WIDTH)).sum(axis=0) // 11 % 2)
            frame = as_frame((luma, *colour))
            frame.pts, frame.time_base = n, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        both = np.stack([talk(1), talk(1) // 2], axis=1).reshape(1, -1)
        samples = av.AudioFrame.from_ndarray(both, "s16", "stereo")
        samples.sample_rate, samples.pts, samples.time_base = RATE, 0, Fraction(1, RATE)
        container.mux(sound.encode(samples))
        container.mux(sound.encode(None))


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    folder = tmp_path_factory.mktemp("stage")
    write_clip(folder / "of-the-old-mill.mov")
    with wave.open(str(folder / "reading.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(talk(5).tobytes())
    return make_stage(folder / "of-the-old-mill.mov", folder, HEADS, folder / "reading.wav")


def found_by(report: Report) -> set[str]:
    return {attack.name for attack in report.attacks if attack.result == "leak"}


@pytest.mark.parametrize("voice", ["mute", "bed", "revoice"])
def test_a_film_as_planned_is_not_held(voice: str, stage: Stage) -> None:
    report = stage.audit(stage.film("film", voice), voice)  # type: ignore[arg-type]
    assert not report.held, report.attacks


@pytest.mark.parametrize("name", MASKS)
def test_a_fault_of_a_mask_is_found(name: str, stage: Stage) -> None:
    film = break_mask(stage, MASKS[name], "mask")
    assert "coverage" in found_by(stage.audit(film))


@pytest.fixture(scope="module")
def open_stage(stage: Stage) -> Stage:
    """The stage with a head that is shown by consent at first, and then hidden."""
    return showing(stage, FRAMES // 2)


def test_a_film_that_shows_who_agreed_is_not_held(open_stage: Stage) -> None:
    report = open_stage.audit(open_stage.film("open"))
    assert not report.held, report.attacks
    assert "1 person is shown by consent: P07 (R0012)" in report.notes


@pytest.mark.parametrize("name", SHOWN)
def test_a_film_that_shows_otherwise_than_its_plan_is_found(name: str, open_stage: Stage) -> None:
    film = break_mask(open_stage, SHOWN[name], "shown")
    assert "coverage" in found_by(open_stage.audit(film))


def test_a_film_with_a_still_is_not_held_and_one_that_plays_on_is_found(stage: Stage) -> None:
    held = holding(stage, Still(5, 11))
    report = held.audit(held.film("still"))
    assert not report.held, report.attacks
    played_on = break_picture(held, lambda _: [tuple(f.planes) for f in stage.fills], "on")
    assert "coverage" in found_by(held.audit(played_on))


@pytest.mark.parametrize("name", PICTURES)
def test_a_fault_of_the_picture_is_found(name: str, stage: Stage) -> None:
    film = break_picture(stage, PICTURES[name], "picture")
    assert "coverage" in found_by(stage.audit(film))


@pytest.mark.parametrize("name", TIMES)
def test_a_fault_of_the_times_is_found(name: str, stage: Stage) -> None:
    film = break_times(stage, TIMES[name], "times")
    assert "coverage" in found_by(stage.audit(film))


def is_by_ffmpeg(name: str) -> bool:
    return FILES[name].__qualname__.startswith("by_ffmpeg")


@pytest.mark.parametrize("name", [n for n in FILES if n in BY_FFMPEG or not is_by_ffmpeg(n)])
def test_a_fault_of_the_file_is_found(name: str, stage: Stage, tmp_path: Path) -> None:
    if is_by_ffmpeg(name) and shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg is not installed: this file can't be made")
    film = FILES[name](stage, stage.folder / "file.mov")
    assert "container" in found_by(stage.audit(film))


@pytest.mark.parametrize("name", SOUNDS)
def test_a_fault_of_the_sound_is_found(name: str, stage: Stage) -> None:
    voice, fault = SOUNDS[name]
    film = break_sound(stage, fault, voice, "sound")
    assert found_by(stage.audit(film, voice)) == {"sound"}


@pytest.mark.media
@pytest.mark.parametrize("name", ["canteen", "odd size, VP9", "turned phone clip"])
def test_real_clips_with_everybody_found_hidden_are_not_held(
    name: str, media: Path, tmp_path: Path
) -> None:
    if shutil.which("ffmpeg") is None:
        pytest.skip("it needs ffmpeg")
    clip = CLEAR[name](media, tmp_path)
    assert clip is not None
    made = make_stage(clip, tmp_path)
    report = made.audit(made.film())
    assert not report.held, report.attacks
