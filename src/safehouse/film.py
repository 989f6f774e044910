"""Clips join a film project by reference: their digest is taken, nothing is copied or changed."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import msgspec

from safehouse.batch import files_of, is_clip
from safehouse.crash import as_failure
from safehouse.errors import (
    SafehouseError,
    SourceEmpty,
    SourceMissing,
    SourceTwice,
    VaultDamaged,
)
from safehouse.footage import changed_clip
from safehouse.model.acts import AddClip, Custody, MoveClip
from safehouse.model.text import escape
from safehouse.outputs import require_source
from safehouse.pipeline import Tell, digest_file, quiet
from safehouse.store.project import Project
from safehouse.store.reading_footage import ClipPlace, read_clip_places
from safehouse.vault.handover import MANIFEST, check_opened

__all__ = ["Added", "Origin", "add_clips"]

Origin = Literal["own", "unknown"]

ADDING = "reading"
"""What the bar says; it counts MB, and one for each clip."""

NOT_ADDED = "it was not added; the other clips were"


@dataclass(slots=True)
class Added:
    """What became of the paths that were to be added.

    Attributes:
        new: ids of clips that were added, in order.
        moved: ids of clips that lie elsewhere now.
        known: ids of clips that were there already, as they are.
        doubted: ids of clips that were there already, and are of unknown origin from now on.
        left_alone: number of files that are neither film nor sound.
        with_custody: number of clips whose seal and card went on record.
        destroyed, unfinished: as in `safehouse.vault.handover.Custody`.
        failures: a file as it is named on the screen, and why it was not added.
    """

    new: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    doubted: list[str] = field(default_factory=list)
    left_alone: int = 0
    with_custody: int = 0
    destroyed: int = 0
    unfinished: int = 0
    failures: list[tuple[str, SafehouseError]] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 when everything was added, else the first failure's."""
        return self.failures[0][1].exit_code if self.failures else 0


@dataclass(frozen=True, slots=True)
class _Found:
    """A file to be added; sha256 is known where a vault's manifest was held against it."""

    path: Path
    shown: str
    sha256: str = ""
    custody: Custody | None = None


def add_clips(
    project: Project,
    paths: Sequence[Path],
    *,
    origin: Origin = "own",
    given_by: str = "",
    tell: Tell = quiet,
) -> Added:
    """Add the film and sound files among paths, and below those that are folders.

    A folder that `vault open` wrote is held against its manifests first: where a clip comes from
    and when it was sealed go on record, and what is wrong there is named. A file that is on record
    at another place, where it is no more, has moved. One clip that fails never ends the others.

    Args:
        project: an open project.
        paths: files and folders.
        origin: `unknown` for what was sent in or smuggled: nobody in it is ever shown.
        given_by: who handed it over; it is sealed.
        tell: is called with what is done, and how much there is.

    Raises:
        SourceMissing: there is no clip among paths, or no such path.
    """
    added = Added()
    found = list(_find(paths, added, tell))
    if not found and not added.failures:
        raise SourceMissing("no film or sound file there", next_step="name files or folders")
    clips = {clip.sha256: clip for clip in read_clip_places(project)}
    sealed = project.seal(given_by) if given_by else ""
    _Desk(project, added, clips, origin, sealed).take_all(found, tell)
    return added


@dataclass(slots=True)
class _Desk:
    """One run of adding."""

    project: Project
    added: Added
    clips: dict[str, ClipPlace]
    origin: Origin
    given_by: str

    def take_all(self, found: Sequence[_Found], tell: Tell) -> None:
        """Take every file; one that fails is noted, and the others go on."""
        total, done = sum(_weight(one.path) for one in found), 0
        for one in found:
            tell(ADDING, done, total)
            try:
                self.take(one)
            except Exception as error:  # noqa: BLE001 - no bug of ours ends the others either
                self.added.failures.append((one.shown, as_failure(error)))
            done += _weight(one.path)
        tell(ADDING, total, total)

    def take(self, one: _Found) -> None:
        """Add a file, note that it moved, or that it is there already.

        Raises:
            SourceEmpty: there is nothing in it.
            SourceTwice: the same footage lies at another place too.
            SourceChanged: another file is on record at this place.
        """
        require_source(one.path)
        facts = one.path.stat()
        if not facts.st_size:
            raise SourceEmpty(
                f"'{one.shown}' is empty",
                kept=NOT_ADDED,
                next_step="copy it again from the card",
            )
        sha256 = one.sha256 or digest_file(one.path)
        known = self.clips.get(sha256)
        if known is not None and self.origin == "unknown" != known.origin:
            known = self._doubt(known)
        if known is None:
            self._require_new_place(one)
            self._add(one, sha256, facts)
        elif Path(known.path) == one.path:
            self.added.known.append(known.id)
        else:
            self._move(one, known, facts)

    def _add(self, one: _Found, sha256: str, facts: os.stat_result) -> None:
        number = max((int(clip.id[1:]) for clip in self.clips.values()), default=0) + 1
        act = AddClip(
            clip=f"C{number:04d}",
            path=str(one.path),
            sha256=sha256,
            size_bytes=facts.st_size,
            mtime_ns=facts.st_mtime_ns,
            origin=self.origin,
            custody=one.custody,
            given_by=self.given_by,
        )
        self.project.act(act)
        self.clips[sha256] = ClipPlace(
            act.clip, act.path, sha256, act.size_bytes, act.mtime_ns, origin=act.origin
        )
        self.added.new.append(act.clip)
        self.added.with_custody += one.custody is not None

    def _doubt(self, known: ClipPlace) -> ClipPlace:
        """Note that a clip that is there already was sent in: from now on nobody in it shows."""
        act = MoveClip(
            clip=known.id,
            path=known.path,
            mtime_ns=known.mtime_ns,
            origin="unknown",
            given_by=self.given_by,
        )
        self.project.act(act)
        self.added.doubted.append(known.id)
        self.clips[known.sha256] = msgspec.structs.replace(known, origin="unknown")
        return self.clips[known.sha256]

    def _move(self, one: _Found, known: ClipPlace, facts: os.stat_result) -> None:
        if _is_still_there(known):
            raise SourceTwice(
                f"'{one.shown}' is the same footage as clip {known.id}",
                next_step="work with one of them; the project needs no second copy",
            )
        path, mtime_ns = str(one.path), facts.st_mtime_ns
        self.project.act(MoveClip(clip=known.id, path=path, mtime_ns=mtime_ns, custody=one.custody))
        self.clips[known.sha256] = msgspec.structs.replace(known, path=path, mtime_ns=mtime_ns)
        self.added.moved.append(known.id)
        self.added.with_custody += one.custody is not None

    def _require_new_place(self, one: _Found) -> None:
        for clip in self.clips.values():
            if Path(clip.path) == one.path:
                raise changed_clip(clip.id, one.shown)


def _is_still_there(clip: ClipPlace) -> bool:
    """Return whether a clip's file lies where it was, as it was."""
    try:
        facts = Path(clip.path).stat()
    except OSError:
        return False
    if facts.st_size != clip.size_bytes:
        return False
    return facts.st_mtime_ns == clip.mtime_ns or digest_file(Path(clip.path)) == clip.sha256


def _find(paths: Sequence[Path], added: Added, tell: Tell) -> Iterator[_Found]:
    """Yield the files to be added; note what is left alone and what is wrong."""
    for given in paths:
        path = given.absolute()
        if not path.is_dir():
            yield _Found(path, escape(path.name))
        elif any(path.glob(f"*{MANIFEST}")):
            yield from _opened(path, added, tell)
        else:
            for file in files_of(path):
                if is_clip(file):
                    yield _Found(file, escape(str(file.relative_to(path))))
                else:
                    added.left_alone += 1


def _opened(folder: Path, added: Added, tell: Tell) -> Iterator[_Found]:
    """Yield the clips of a folder that `vault open` wrote, those that are what was sealed."""
    custody = check_opened(folder, _meter(folder, tell))
    added.destroyed += custody.destroyed
    added.unfinished += custody.unfinished
    for name, why in custody.wrong:
        fault = VaultDamaged(
            f"'{escape(name)}': {why}",
            kept=NOT_ADDED,
            next_step="open the vault again into an empty folder",
        )
        added.failures.append((escape(name), fault))
    for clip in custody.clips:
        path = folder / clip.path
        if is_clip(path):
            yield _Found(path, escape(clip.path), clip.sha256, Custody(clip.card, clip.sealed))
        else:
            added.left_alone += 1


def _meter(folder: Path, tell: Tell) -> Callable[[int], None]:
    """Return what tells how much of a folder was held against its manifests."""
    total, done = sum(path.stat().st_size for path in files_of(folder) if path.is_file()), 0

    def more(count: int) -> None:
        nonlocal done
        done += count
        tell("checking", done >> 20, total >> 20)

    return more


def _weight(path: Path) -> int:
    """Return how much of the bar a file is."""
    try:
        return 1 + (path.stat().st_size >> 20)
    except OSError:
        return 1
