"""A whole card: every film and sound file in a folder, resumable, nothing skipped in silence."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from safehouse.choices import Choices
from safehouse.crash import as_failure
from safehouse.errors import (
    OutputExists,
    OutputIsInput,
    OutputUnwritable,
    SafehouseError,
    SourceMissing,
)
from safehouse.machine import core_count
from safehouse.made import lasting_words
from safehouse.main_job import protect_to, raise_if_held
from safehouse.model.documents import format_document, parse_document
from safehouse.model.text import escape, name_of, named
from safehouse.outputs import HELD, Target, film_name, require_source, require_writable, write_error
from safehouse.pipeline import Desk, Tell, quiet
from safehouse.store.atomic import write_whole
from safehouse.workers import Workers

__all__ = ["CLIP_ENDINGS", "CardResult", "Entry", "files_of", "is_clip", "protect_card"]

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

APPLE_DOUBLE = b"\x00\x05\x16\x07"
"""First bytes of the files in which macOS keeps what a card's file system can't (RFC 1740)."""


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
    card: Path | Sequence[Path],
    films: Path,
    choices: Choices,
    *,
    tell: Tell = quiet,
    clip_done: Clipped = lambda _id, _entry, _error: None,
) -> CardResult:
    """Protect every film and sound file in a folder, or several files.

    A failed clip never ends the others.

    Films go to `films/protected-0001.mov` …, everything else to `films.private/`. The same command
    again goes on where it was: what is done and unchanged is not done again.

    Raises:
        SourceMissing: there is no clip in the folder.
        OutputIsInput: the films would go into the card.
    """
    folder, files = _named(card, films)
    films = films if films.name not in {"", ".."} else films.resolve()
    private = films.with_name(f"{films.name}.private")
    known = _known(private)
    register = _register(folder, files, known, choices.codec)
    try:
        films.mkdir(parents=True, exist_ok=True)
        private.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise write_error(error) from error
    clips, lasting = dict(register.clips), known | register.clips
    with Workers(choices.workers or core_count()) as workers:
        work = _Card(folder, films, private, choices, Desk(workers, tell))
        for clip_id, entry in register.clips.items():
            clips[clip_id], failure = work.protect(clip_id, entry)
            if not isinstance(failure, OutputExists):
                lasting[clip_id] = clips[clip_id]
            _save(private, lasting, register.left_alone)
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
        source = self.card / name_of(entry.file)
        target = self._target(clip_id, entry)
        now = entry
        try:
            require_source(source)
            now = self._as_of_now(entry, source)
            if entry == now and target.film.exists():
                return entry, None
            overwrite = self.choices.overwrite or _is_ours(target, entry)
            require_writable(target, (source,), overwrite=overwrite)
            raise_if_held(protect_to(target, source, clip_id, self.choices, self.desk))
        except Exception as error:  # noqa: BLE001 - no clip, and no bug of ours, ends the others
            failure = as_failure(error)
            entry = msgspec.structs.replace(now, error=failure.id, exit_code=failure.exit_code)
            return entry, failure
        return now, None

    def _as_of_now(self, entry: Entry, source: Path) -> Entry:
        """Return what the entry is when the clip is done as it is now."""
        facts = source.stat()
        return msgspec.structs.replace(
            entry,
            size_bytes=facts.st_size,
            mtime_ns=facts.st_mtime_ns,
            choices=lasting_words(self.choices),
            error="",
            exit_code=0,
        )

    def _target(self, clip_id: str, entry: Entry) -> Target:
        """Return where a clip goes; a held film stays out of the folder that may be given away."""
        private = self.private / clip_id
        return Target(self.films / entry.film, private, private / (entry.film + HELD))


def _is_ours(target: Target, entry: Entry) -> bool:
    """Return whether what lies at a target is unfinished or held, not a film that was delivered."""
    return entry.exit_code != 0 and target.private.is_dir()


def _named(card: Path | Sequence[Path], films: Path) -> tuple[Path, list[Path]]:
    """Return the folder that names are told from, and the files: a card's, or those named."""
    if not isinstance(card, Path):
        return Path("/"), [path.absolute() for path in card]
    _require_apart(card, films)
    return card, files_of(card)


def _require_apart(card: Path, films: Path) -> None:
    card, films = card.resolve(), films.resolve()
    if films == card or card in films.parents:
        raise OutputIsInput(
            "the films would go into the card itself", next_step="give an -o outside the card"
        )
    if films.exists() and not films.is_dir():
        raise OutputUnwritable(
            f"'{escape(films.name)}' is not a folder", next_step="give a folder with -o"
        )


def _known(private: Path) -> dict[str, Entry]:
    """Return what was on the card when it was protected before; no id is ever given twice."""
    try:
        return parse_document((private / "sources.json").read_bytes(), _Register).clips
    except (OSError, msgspec.DecodeError):
        return {}


def _register(card: Path, files: list[Path], known: dict[str, Entry], codec: str) -> _Register:
    """Return the clips with lasting ids: known ones keep theirs, new ones come after.

    Files that were named one by one are clips whatever their ending.

    Raises:
        SourceMissing: there is none.
    """
    wanted = {p for p in files if is_clip(p) or card == Path("/")}
    names = [named(str(p.relative_to(card))) for p in dict.fromkeys(files) if p in wanted]
    if not names:
        raise SourceMissing(
            f"no film or sound file in '{escape(card.name)}'", next_step="name a card's folder"
        )
    clips = {clip_id: entry for clip_id, entry in known.items() if entry.file in names}
    number = max((int(clip_id[1:]) for clip_id in known), default=0)
    have = {entry.file for entry in clips.values()}
    for name in names:
        if name not in have:
            number += 1
            clips[f"C{number:04d}"] = Entry(name, film_name(number, codec, name))
    left = (p.relative_to(card) for p in files if p not in wanted)
    return _Register(clips, tuple(named(str(path)) for path in left))


def is_clip(path: Path) -> bool:
    """Return whether a path looks like film or sound; macOS puts `._NAME` beside each file."""
    return path.suffix.lower() in CLIP_ENDINGS and not _is_apple_double(path)


def _is_apple_double(path: Path) -> bool:
    if not path.name.startswith("._") or not path.is_file():
        return False
    with path.open("rb") as handle:
        return handle.read(4) == APPLE_DOUBLE


def files_of(card: Path) -> list[Path]:
    """Return everything on a card but its folders, in order; links to folders are not followed.

    Raises:
        SourceMissing: a folder can't be read; what is in it would be skipped in silence.
    """
    found: list[Path] = []
    try:
        for folder, folders, names in os.walk(card, onerror=_raise):
            links = [name for name in folders if Path(folder, name).is_symlink()]
            found.extend(Path(folder, name) for name in (*names, *links))
    except OSError as error:
        raise SourceMissing(
            "a folder on the card can't be read", next_step="check its permissions"
        ) from error
    return sorted(found)


def _raise(error: OSError) -> None:
    raise error


def _save(private: Path, clips: dict[str, Entry], left_alone: tuple[str, ...]) -> None:
    write_whole(private / "sources.json", format_document(_Register(clips, left_alone)))
