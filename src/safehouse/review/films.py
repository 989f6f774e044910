"""A film that belongs to no project: protected in a private folder, played, kept or forgotten."""

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safehouse.choices import Choices
from safehouse.errors import OutputExists, OutputUnwritable
from safehouse.main_job import Result, protect
from safehouse.outputs import WAVES, write_error
from safehouse.review.private_place import Place
from safehouse.review.work import Tell
from safehouse.store.atomic import whole_file

__all__ = ["Dropped", "Film", "keep_film", "protect_film"]

KINDS = {".mp4": "video/mp4", ".mov": "video/quicktime", ".wav": "audio/wav"}


@dataclass(frozen=True, slots=True)
class Dropped:
    """A clip to protect; is_copy when the page was sent it, and it goes when it is done."""

    clip: Path
    place: Place
    is_copy: bool


@dataclass(slots=True)
class Film:
    """A protected film, where it lies, and where the user kept it."""

    result: Result
    kind: str
    in_memory: bool
    kept_in: list[Path] = field(default_factory=list)


def protect_film(dropped: Dropped, choices: dict[str, Any], language: str, tell: Tell) -> Film:
    """Return the protected film of a clip; a copy of the clip is removed, whatever happens."""
    sound = dropped.clip.suffix.lower() in WAVES
    ending = ".wav" if sound else ".mp4" if choices["codec"] == "h264" else ".mov"
    target = dropped.place.folder / f"protected-0001{ending}"
    wanted = Choices(**choices | ({"codec": "auto"} if sound else {}), report_language=language)
    try:
        result = protect(dropped.clip, target, choices=wanted, tell=tell)
    except BaseException:
        shutil.rmtree(dropped.place.folder, ignore_errors=True)
        raise
    finally:
        if dropped.is_copy:
            dropped.clip.unlink(missing_ok=True)
    return Film(result, KINDS[ending], dropped.place.in_memory)


def keep_film(film: Film, folder: Path) -> None:
    """Copy a film and its private folder into a folder; each appears whole or not at all.

    Raises:
        OutputUnwritable: the folder is none that can be written.
        OutputExists: a film of that name is there.
    """
    result = film.result
    try:
        if not folder.is_absolute() or not folder.is_dir() or not os.access(folder, os.W_OK):
            raise OutputUnwritable(
                "that is no folder that can be written", next_step="type a whole path to a folder"
            )
        final, private = folder / result.film.name, folder / result.private.name
        if os.path.lexists(final) or os.path.lexists(private):
            raise OutputExists(
                f"a '{result.film.name}' is there already",
                kept="it is untouched; nothing was written",
                next_step="choose another folder",
            )
        partial = folder / f".{private.name}.partial"
        shutil.copytree(result.private, partial)
        partial.chmod(0o700)
        partial.rename(private)
        _copy_whole(result.film, final)
    except OSError as error:
        raise write_error(error) from error
    film.kept_in.append(final)


def _copy_whole(source: Path, final: Path) -> None:
    with whole_file(final) as partial:
        shutil.copyfile(source, partial)
