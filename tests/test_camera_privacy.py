"""Through `protect` itself: with --camera-privacy a film tells less of the camera."""

from pathlib import Path

import pytest
from sensor_clips import scene, sensor, write

from safehouse import Result, protect
from safehouse.audit.attacks.noise import attack_noise
from safehouse.choices import Choices
from safehouse.errors import PlanMalformed

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def camera(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a clip and another one of the same camera, crf 16."""
    folder = tmp_path_factory.mktemp("camera")
    for seed, name in ((13, "clip"), (11, "other")):
        write(folder / f"{name}.mov", scene(seed, sensor(1)), 16)
    return folder


def told(camera: Path, result: Result) -> tuple[str, str]:
    """Return what the attack by sensor noise finds in a film."""
    others = [camera / "other.mov"]
    found = attack_noise(result.film, camera / "clip.mov", others, result.plan)
    assert found.control.held
    return found.result, found.figure


def protected(camera: Path, name: str, choices: Choices) -> Result:
    result = protect(camera / "clip.mov", camera / name, choices=choices)
    assert not result.held
    return result


def test_the_camera_is_told_from_a_film_and_not_with_camera_privacy(camera: Path) -> None:
    plain = protected(camera, "plain.mov", Choices(workers=1))
    private = protected(camera, "private.mov", Choices(workers=1, camera_privacy=True))
    assert told(camera, plain)[0] == "leak"
    assert told(camera, private)[0] == "none found"
    assert "reduced by at least" in told(camera, private)[1]
    assert private.plan.camera_privacy
    assert private.plan.output.video is not None
    assert private.plan.output.video.options["crf"] == "28"


def test_a_plan_without_it_is_refused(camera: Path) -> None:
    made = protected(camera, "before.mov", Choices(workers=1))
    choices = Choices(workers=1, camera_privacy=True, plan=made.private / "plan.json")
    with pytest.raises(PlanMalformed, match="does not have it"):
        protect(camera / "clip.mov", camera / "after.mov", choices=choices)
    assert not (camera / "after.mov").exists()


def test_a_quality_that_was_chosen_stays(camera: Path) -> None:
    choices = Choices(workers=1, camera_privacy=True, quality=12)
    result = protected(camera, "chosen.mov", choices)
    assert result.plan.camera_privacy
    assert result.plan.output.video is not None
    assert result.plan.output.video.options["crf"] == "12"
