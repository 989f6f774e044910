"""The camera is told by a planted fingerprint, and not by a foreign one, a mirror or black."""

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from sensor_clips import FRAMES, HEIGHT, WIDTH, scene, sensor, write

from safehouse.audit.attacks.fingerprint import BAR, best_meeting, fingerprint, meet
from safehouse.audit.attacks.noise import attack_noise
from safehouse.audit.attacks.wavelets import residual
from safehouse.model.clip import Clip, VideoStream, times_of
from safehouse.model.frame import Plane
from safehouse.model.plan import Output, Plan
from safehouse.model.report import Attack


def plan() -> Plan:
    video = VideoStream(
        *(0, "h264", "yuv420p", WIDTH, HEIGHT),
        times_of(list(range(FRAMES)), Fraction(1, 25), 1),
    )
    return Plan(clip=Clip("C0001", "0" * 64, 1, video), output=Output("mov", None), cpu="x86-64-v3")


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    own, other = sensor(1), sensor(2)
    write(folder / "a.mov", scene(11, own), 16)
    write(folder / "b.mov", scene(12, own), 16)
    write(folder / "source.mov", scene(13, own), 16)
    write(folder / "foreign.mov", scene(13, other), 16)
    write(folder / "elsewhere.mov", scene(16, other), 16)
    write(folder / "crushed.mov", scene(13, own), 40)
    write(folder / "black.mov", [np.zeros((HEIGHT, WIDTH), np.uint8)] * FRAMES, 16)
    write(folder / "small.mov", [f[:120, :160].copy() for f in scene(14, own)], 16)
    return folder


def attack(folder: Path, film: str, *others: str) -> Attack:
    paths = [folder / f"{name}.mov" for name in others or ("a", "b")]
    return attack_noise(folder / f"{film}.mov", folder / "source.mov", paths, plan())


def test_the_camera_is_told_from_the_clip_itself(clips: Path) -> None:
    found = attack(clips, "source")
    assert (found.result, found.control.held) == ("leak", True)
    assert found.spots[0].end == FRAMES


def test_another_camera_of_the_same_scene_is_not_taken_for_it(clips: Path) -> None:
    found = attack(clips, "foreign")
    assert (found.result, found.control.held) == ("none found", True)


def test_what_strong_compression_leaves_is_called_reduced_never_removed(clips: Path) -> None:
    found = attack(clips, "crushed")
    assert found.result == "none found"
    assert "reduced by at least" in found.figure
    assert "not removed" in found.figure


def test_black_gives_nothing_to_meet(clips: Path) -> None:
    found = attack(clips, "black")
    assert found.result == "none found"
    assert "0 in the film" in found.figure


def test_clips_that_do_not_tell_the_camera_are_no_control(clips: Path) -> None:
    found = attack(clips, "source", "elsewhere")
    assert (found.result, found.control.held) == ("none found", None)
    assert "not measurable" in found.control.what


def test_without_a_clip_of_this_size_nothing_was_run(clips: Path) -> None:
    found = attack(clips, "source", "small")
    assert found.result == "not run"


def test_a_film_cut_short_in_its_bytes_is_not_run(clips: Path) -> None:
    torn = clips / "torn.mov"
    torn.write_bytes((clips / "source.mov").read_bytes()[:3000])
    assert attack(clips, "torn").result == "not run"


def test_an_enlarged_film_is_found_by_the_search_over_scales() -> None:
    mark = sensor(1)
    one = fingerprint(f.astype(np.float32) for f in scene(11, mark))
    size = (round(WIDTH * 1.04), round(HEIGHT * 1.04))
    large = [cv2.resize(f, size)[:HEIGHT, :WIDTH].astype(np.float32) for f in scene(12, mark)]
    other = fingerprint(large)
    assert meet(one, other).energy < BAR
    found = best_meeting(one, other, [0.94, 0.98, 1 / 1.04, 1.0])
    assert found.energy > BAR
    assert found.scale == pytest.approx(1 / 1.04)
    assert found.false_alarm < -6


def test_the_interval_holds_the_energy() -> None:
    mark = sensor(1)
    one, two = (fingerprint(f.astype(np.float32) for f in scene(s, mark, 6)) for s in (3, 4))
    found = meet(one, two)
    assert found.low < found.energy < found.high


def test_noise_is_taken_out_and_slopes_are_not() -> None:
    slope = np.linspace(20, 200, WIDTH, dtype=np.float32)[None, :].repeat(HEIGHT, 0)
    noise = np.random.default_rng(1).normal(0, 2, slope.shape).astype(np.float32)
    taken = residual(slope + noise)
    assert float(np.corrcoef(taken.ravel(), noise.ravel())[0, 1]) > 0.9
    assert float(np.abs(residual(slope)[16:-16, 24:-24]).max()) < 0.1


def test_pictures_of_any_size_and_depth_have_a_residual() -> None:
    picture: Plane = np.random.default_rng(2).integers(0, 255, (37, 51)).astype(np.uint8)
    assert residual(picture.astype(np.float32)).shape == (37, 51)
