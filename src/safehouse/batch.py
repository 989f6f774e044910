"""A whole card: every film and sound file in a folder, resumable, nothing skipped in silence."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from safehouse.errors import OutputIsInput, OutputUnwritable, SafehouseError, SourceMissing
from safehouse.machine import core_count
from safehouse.main_job import Choices, protect_to, raise_if_held
from safehouse.model.documents import format_document, parse_document
from safehouse.model.text import escape
from safehouse.outputs import HELD, Target, write_error
from safehouse.pipeline import Desk, Tell, quiet
from safehouse.store.atomic import write_whole
from safehouse.workers import Workers

__all__ = ["CLIP_ENDINGS", "CardResult", "Entry", "protect_card"]

CLIP_ENDINGS = frozenset(
    [
        ".mov",
        ".mp4",
        ".m4v",
        ".mkv",
        ".webm",
        ".avi",
        ".mts",
        ".m2ts",
        ".ts",
        ".mpg",
        ".mpeg",
        ".m2v",
        ".mxf",
        ".3gp",
        ".3g2",
        ".wmv",
        ".asf",
        ".flv",
        ".ogv",
        ".h264",
        ".264",
        ".h265",
        ".hevc",
        ".vob",
        ".dv",
        ".gif",
        ".wav",
        ".bwf",
        ".rf64",
        ".w64",
        ".mp3",
        ".m4a",
        ".aac",
        ".flac",
        ".aif",
        ".aiff",
        ".ogg",
        ".oga",
        ".opus",
        ".wma",
        ".caf",
        ".amr",
    ]
)
"""Endings of film and sound files; other files on a card are listed and left alone."""


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A clip of a card and what became of it.

    Attributes:
        file: its path inside the card.
        film: the name of its film.
        size_bytes, mtime_ns: what the file was when it was done; a changed file is done again.
        choices: what was chosen when it was done.
        error: the id of the failure, or "" .
        exit_code: 0 when it is done.
    """

    file: str
    film: str
    size_bytes: int = 0
    mtime_ns: int = 0
    choices: str = ""
    error: str = ""
    exit_code: int = -1


class _Register(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`sources.json` of a card: which id is which file."""

    clips: dict[str, Entry]
    left_alone: tuple[str, ...]
    schema: str = "sources/1"


@dataclass(frozen=True, slots=True)
class CardResult:
    """What became of a card.

    Attributes:
        films: the folder of films, which may be given away.
        private: the folder beside it, which may not.
        clips: id → entry, in order.
        left_alone: files that are neither film nor sound.
        exit_code: 0 when every clip is done, else the first failure's code.
    """

    films: Path
    private: Path
    clips: dict[str, Entry]
    left_alone: tuple[str, ...]
    exit_code: int


Clipped = Callable[[str, Entry, SafehouseError | None], None]
"""Called when a clip is done or has failed."""


def protect_card(
    card: Path,
    films: Path,
    choices: Choices,
    *,
    tell: Tell = quiet,
    clip_done: Clipped = lambda _id, _entry, _error: None,
) -> CardResult:
    """Protect every film and sound file in a folder; a failed clip never ends the others.

    Films go to `films/protected-0001.mov` …, everything else to `films.private/`. The same command
    again goes on where it was: what is done and unchanged is not done again.

    Raises:
        SourceMissing: there is no clip in the folder.
        OutputIsInput: the films would go into the card.
    """
    _require_apart(card, films)
    private = films.with_name(f"{films.name}.private")
    try:
        films.mkdir(parents=True, exist_ok=True)
        private.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise write_error(error) from error
    register = _register(card, private)
    clips = dict(register.clips)
    with Workers(choices.workers or core_count()) as workers:
        work = _Card(card, films, private, choices, Desk(workers, tell))
        for clip_id, entry in register.clips.items():
            clips[clip_id], failure = work.protect(clip_id, entry)
            _save(private, clips, register.left_alone)
            clip_done(clip_id, clips[clip_id], failure)
    failed = next((entry.exit_code for entry in clips.values() if entry.exit_code), 0)
    return CardResult(films, private, clips, register.left_alone, failed)


@dataclass(frozen=True, slots=True)
class _Card:
    """One run over a card."""

    card: Path
    films: Path
    private: Path
    choices: Choices
    desk: Desk

    def protect(self, clip_id: str, entry: Entry) -> tuple[Entry, SafehouseError | None]:
        """Return the entry of a clip that was done now or before, or that failed, and why."""
        source = self.card / entry.file
        target = self._target(clip_id, entry)
        facts = source.stat()
        now = msgspec.structs.replace(
            entry,
            size_bytes=facts.st_size,
            mtime_ns=facts.st_mtime_ns,
            choices=repr(replace(self.choices, workers=None, overwrite=False)),
            error="",
            exit_code=0,
        )
        if entry == now and target.film.exists():
            return entry, None
        try:
            raise_if_held(protect_to(target, source, clip_id, self.choices, self.desk))
        except SafehouseError as error:
            return msgspec.structs.replace(now, error=error.id, exit_code=error.exit_code), error
        return now, None

    def _target(self, clip_id: str, entry: Entry) -> Target:
        """Return where a clip goes; a held film stays out of the folder that may be given away."""
        private = self.private / clip_id
        return Target(self.films / entry.film, private, private / (entry.film + HELD))


def _require_apart(card: Path, films: Path) -> None:
    card, films = card.resolve(), films.resolve()
    if films == card or card in films.parents:
        raise OutputIsInput(
            "the films would go into the card itself", next_step="give an -o outside the card"
        )
    if films.exists() and not films.is_dir():
        raise OutputUnwritable(
            f"{escape(films.name)!r} is not a folder", next_step="give a folder with -o"
        )


def _register(card: Path, private: Path) -> _Register:
    """Return the card's clips with lasting ids: known ones keep theirs, new ones come after.

    Raises:
        SourceMissing: there is none.
    """
    files = sorted(p for p in card.rglob("*") if p.is_file() and not p.is_symlink())
    names = [str(p.relative_to(card)) for p in files if p.suffix.lower() in CLIP_ENDINGS]
    if not names:
        raise SourceMissing(
            f"no film or sound file in {escape(card.name)!r}", next_step="name a card's folder"
        )
    try:
        known = parse_document((private / "sources.json").read_bytes(), _Register).clips
    except (OSError, msgspec.DecodeError):
        known = {}
    clips = {clip_id: entry for clip_id, entry in known.items() if entry.file in names}
    number = max((int(clip_id[1:]) for clip_id in known), default=0)
    have = {entry.file for entry in clips.values()}
    for name in names:
        if name not in have:
            number += 1
            clips[f"C{number:04d}"] = Entry(name, f"protected-{number:04d}.mov")
    left = tuple(str(p.relative_to(card)) for p in files if p.suffix.lower() not in CLIP_ENDINGS)
    return _Register(clips, left)


def _save(private: Path, clips: dict[str, Entry], left_alone: tuple[str, ...]) -> None:
    write_whole(private / "sources.json", format_document(_Register(clips, left_alone)))
