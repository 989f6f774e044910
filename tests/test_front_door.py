"""Through `protect` itself: a clip full of canaries in, none in what may be given away."""

import os
import shutil
import struct
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from canaries import MTIME, Planted, plant_boxes, plant_mkv

from safehouse import Result, protect
from safehouse.batch import protect_card
from safehouse.choices import Choices
from safehouse.media.containers import check_film
from safehouse.media.inspect import identifying_strings, search_file

pytestmark = pytest.mark.slow

CONTAINERS = ("mkv", "mov", "mp4")
FOLDER = "CnryFolderZq"
SINCE_1904 = 2082844800


class Protected(NamedTuple):
    """A source with canaries, what `protect` gave for it, and the folder that holds the film."""

    source: Planted
    result: Result
    out: Path


def planted_in(folder: Path, container: str) -> Planted:
    """Return a source whose content, name, folder and time carry canaries."""
    home = folder / FOLDER
    home.mkdir(parents=True)
    found = plant_mkv(home) if container == "mkv" else plant_boxes(home, container)
    when = datetime.fromtimestamp(MTIME, UTC)
    found.canaries |= {
        "folder name": FOLDER,
        "time in words": when.isoformat()[:19],
        "time as a name": when.strftime("%Y%m%d_%H%M%S"),
        "time in seconds": str(MTIME),
        "time in a box": struct.pack(">I", MTIME + SINCE_1904) * 2,
    }
    return found


@pytest.fixture(scope="module", params=CONTAINERS)
def protected(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Protected]:
    source = planted_in(tmp_path_factory.mktemp("card"), request.param)
    out = tmp_path_factory.mktemp("out")
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(out)
        result = protect(source.path, choices=Choices(workers=1))
        yield Protected(source, result, out)


def given_away(out: Path) -> list[Path]:
    """Return every file and folder that lies in no private folder."""
    return [p for p in out.rglob("*") if not any(n.endswith(".private") for n in p.parts)]


def hits_in(path: Path, strings: set[str | bytes]) -> list[str]:
    return [f"{path.name}: {hit.string} ({hit.form})" for hit in search_file(path, strings)]


def test_nothing_that_may_be_given_away_holds_a_canary(protected: Protected) -> None:
    source, result, out = protected
    strings = {*source.canaries.values(), *identifying_strings(source.path)}
    files = given_away(out)
    assert [p.name for p in files] == ["protected-0001.mov"]
    assert [hit for path in files for hit in hits_in(path, strings)] == []
    assert check_film(out / result.film) == ()


def test_the_film_has_no_time_of_the_source(protected: Protected) -> None:
    facts = (protected.out / protected.result.film).stat()
    assert MTIME not in {int(facts.st_mtime), int(facts.st_atime)}


def test_of_the_documents_only_sources_json_knows_the_name(protected: Protected) -> None:
    source, result, out = protected
    canaries = set(source.canaries.values())
    private = {path.name: path for path in (out / result.private).iterdir()}
    assert set(private) == {"plan.json", "report.json", "report.html", "sources.json"}
    known = private.pop("sources.json")
    assert [hit for path in private.values() for hit in hits_in(path, canaries)] == []
    told = " ".join(hits_in(known, {FOLDER, source.path.stem}))
    assert FOLDER in told
    assert source.path.stem in told


def test_a_card_gives_away_no_canary_and_no_name(tmp_path: Path) -> None:
    card, out = tmp_path / "card", tmp_path / "out"
    card.mkdir()
    out.mkdir()
    canaries: set[str | bytes] = set()
    for container in CONTAINERS:
        source = planted_in(tmp_path / container, container)
        canaries |= set(source.canaries.values())
        shutil.copytree(source.path.parent, card / container / FOLDER)
        os.utime(card / container / FOLDER / source.path.name, (MTIME, MTIME))
    protect_card(card, out / "films", Choices(workers=1))
    names = sorted(p.name for p in given_away(out))
    assert names == ["films", *(f"protected-000{n}.mov" for n in (1, 2, 3))]
    films = [p for p in given_away(out) if p.is_file()]
    assert [hit for film in films for hit in hits_in(film, canaries)] == []
