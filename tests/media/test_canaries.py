"""Nothing that identifies a source or its maker is left in a film, in any encoding."""

from collections.abc import Callable
from pathlib import Path

import pytest
from canaries import Planted, plant_boxes, plant_mkv, plant_wav
from whole import protect_whole

from safehouse.media.containers import check_film
from safehouse.media.inspect import identifying_strings, inspect_file, search_file

PLANTERS: dict[str, tuple[Callable[[Path], Planted], int]] = {
    "mp4": (lambda folder: plant_boxes(folder, "mp4"), 60),
    "mov": (lambda folder: plant_boxes(folder, "mov"), 60),
    "mkv": (plant_mkv, 16),
    "wav": (plant_wav, 12),
}


@pytest.fixture(scope="module", params=sorted(PLANTERS))
def planted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Planted:
    plant, kinds = PLANTERS[request.param]
    found = plant(tmp_path_factory.mktemp("source"))
    assert len(found.canaries) >= kinds
    return found


def shown(canary: str | bytes) -> str:
    return canary.hex() if isinstance(canary, bytes) else canary


def test_search_finds_every_canary_in_the_source(planted: Planted) -> None:
    found = {hit.string for hit in search_file(planted.path, planted.canaries.values())}
    assert {shown(canary) for canary in planted.canaries.values()} <= found


def test_inspection_names_every_canary_in_the_source(planted: Planted) -> None:
    strings = identifying_strings(planted.path)
    missed = {
        place
        for place, canary in planted.canaries.items()
        if not any(type(text) is type(canary) and canary in text for text in strings)
    }
    assert missed == set()


@pytest.mark.parametrize("container", ["mov", "mp4"])
def test_no_canary_is_left_in_the_film(planted: Planted, container: str, tmp_path: Path) -> None:
    film = tmp_path / f"protected-0001.{container}"
    protect_whole(planted.path, film)
    strings = {*planted.canaries.values(), *identifying_strings(planted.path)}
    assert search_file(film, strings) == ()
    assert check_film(film) == ()


def test_finished_film_says_nothing_but_its_handler_names(planted: Planted, tmp_path: Path) -> None:
    film = tmp_path / "protected-0001.mov"
    protect_whole(planted.path, film)
    rows = [row for row in inspect_file(film).rows if row.where != "file system"]
    assert {row.value for row in rows} <= {"Video", "Sound"}


def test_captions_and_times_of_the_source_are_told(tmp_path: Path) -> None:
    rows = inspect_file(plant_boxes(tmp_path, "mov").path).rows
    whats = {row.what for row in rows}
    assert "closed captions (SEI)" in whats
    assert "creation time" in whats
    assert {row.kind for row in rows} == {"place", "device", "person", "time", "software", "other"}
