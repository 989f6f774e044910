"""Every odd file runs through the main job; what became of each is a golden file."""

from collections.abc import Callable
from pathlib import Path

import av
import pytest

from safehouse.choices import Choices
from safehouse.errors import SafehouseError
from safehouse.main_job import Result, protect_to, raise_if_held
from safehouse.outputs import require_source, target_at
from safehouse.pipeline import Desk
from safehouse.workers import Workers


@pytest.mark.media
@pytest.mark.slow
@pytest.mark.long
def test_golden_table_of_odd_files(
    media: Path, tmp_path: Path, golden: Callable[[str, str], None]
) -> None:
    files = sorted(p for p in (media / "weird").iterdir() if p.is_file())
    rows = []
    with Workers(1) as workers:
        for number, file in enumerate(files):
            folder = tmp_path / f"{number:03d}"
            folder.mkdir()
            rows.append(f"{file.name} | {what_becomes_of(file, folder, Desk(workers))}")
    golden("weird.txt", "\n".join(rows) + "\n")


def what_becomes_of(file: Path, folder: Path, desk: Desk) -> str:
    """Return `done` with the film's facts, or the failure's id; no film may be there then."""
    target = target_at(folder / "film.mov")
    try:
        require_source(file)
        result = protect_to(target, file, "C0001", Choices(look="solid"), desk)
        raise_if_held(result)
    except SafehouseError as error:
        failure = error
    else:
        return done_words(result)
    assert not target.film.exists()
    assert failure.exit_code >= 10, failure
    return f"{failure.id} {failure.happened}"


def done_words(result: Result) -> str:
    """Return size, format, frames and sound of a film, and what was dropped or widened."""
    words = []
    clip = result.plan.clip
    with av.open(str(result.film)) as film:
        for picture in film.streams.video:
            frames = sum(1 for _ in film.decode(picture))
            assert clip.video is not None
            assert frames == clip.video.times.count
            words.append(f"{picture.name} {picture.width}x{picture.height} {picture.format.name}")
            words.append(f"{frames} frames")
        words += [f"{sound.name} {sound.layout.name}" for sound in film.streams.audio]
    words += [f"dropped {row.kind}" for row in clip.dropped]
    words += list(result.plan.output.widened)
    return ", ".join(words)
