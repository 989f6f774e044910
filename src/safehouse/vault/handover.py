"""What an opened card is handed over with: every clip held against its manifest.

A project takes clips up by this: what `check_opened` returns is true of files as they lie there.
"""

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from safehouse_offload.disk import BLOCK
from safehouse_offload.manifest import FileRow, Manifest, NotManifest, read_manifest
from safehouse_offload.places import FORMAT
from safehouse_offload.text import escape, name_of

from safehouse.errors import UsageError

__all__ = ["DESTROYED", "HISTORY", "MANIFEST", "UNFINISHED", "Clip", "Custody", "check_opened"]

HISTORY = "ascmhl"
UNFINISHED = "unfinished"
MANIFEST = ".manifest.json"
DESTROYED = ".destroyed.json"
CARD = re.compile(r"card-\d{4,}")


@dataclass(frozen=True, slots=True, order=True)
class Clip:
    """One file that is what was sealed, and where it comes from.

    Attributes:
        path: below the opened folder, as the system names it.
        bytes, sha256: of the content, as read a moment ago.
        card: the manifest's `offload`: the same wherever and however often a vault is opened.
        sealed: when the offload ended, UTC.
    """

    path: str
    bytes: int
    sha256: str
    card: str
    sealed: str


@dataclass(slots=True)
class Custody:
    """What is in an opened folder.

    Attributes:
        cards: number of manifests that could be read.
        clips: files that are what was sealed, in order of paths.
        wrong: path and what is wrong with it: missing, changed, extra, unreadable.
        destroyed: number of files that were destroyed on purpose before the vault was opened.
        unfinished: number of files that no manifest names; nothing can be said of them.
    """

    cards: int = 0
    clips: list[Clip] = field(default_factory=list)
    wrong: list[tuple[str, str]] = field(default_factory=list)
    destroyed: int = 0
    unfinished: int = 0


def check_opened(folder: Path, meter: Callable[[int], None] = lambda _: None) -> Custody:
    """Hold every file that `vault open` wrote against the manifests beside it.

    Args:
        folder: what `vault open -o` was given; only read.
        meter: told how many bytes were read.

    Raises:
        UsageError: no manifest is in the folder, or it can't be looked into.
    """
    custody = Custody()
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError as error:
        raise _not_opened(folder, (error.strerror or "?").lower()) from error
    cards = [name.removesuffix(MANIFEST) for name in names if name.endswith(MANIFEST)]
    if not cards:
        raise _not_opened(folder, "no manifest is there")
    for card in cards:
        _check_card(folder, card, custody, meter)
    custody.unfinished = sum(1 for _ in _files(folder / UNFINISHED))
    custody.wrong += [(name, "extra") for name in names if not _belongs(name, cards)]
    custody.clips.sort()
    custody.wrong.sort()
    return custody


def _not_opened(folder: Path, why: str) -> UsageError:
    return UsageError(
        f"'{escape(str(folder))}' is not what vault open wrote: {why}",
        kept="nothing was changed",
        next_step="give the folder that vault open -o was given",
    )


def _belongs(name: str, cards: Iterable[str]) -> bool:
    ends = ("", MANIFEST, DESTROYED, f".{HISTORY}")
    return name == UNFINISHED or any(name == card + end for card in cards for end in ends)


def _check_card(folder: Path, card: str, custody: Custody, meter: Callable[[int], None]) -> None:
    """Check one card's files; what its manifest does not name is extra."""
    try:
        if not CARD.fullmatch(card):
            raise NotManifest("not a name of a card")
        manifest = read_manifest((folder / f"{card}{MANIFEST}").read_bytes())
        gone = _read_destroyed(folder / f"{card}{DESTROYED}")
    except (OSError, ValueError, RecursionError) as error:
        custody.wrong.append((f"{card}{MANIFEST}", f"unreadable: {error}"))
        return
    custody.cards += 1
    wanted = set()
    for row in manifest.files:
        path = name_of(row.path)
        if row.path in gone:
            custody.destroyed += 1
            continue
        wanted.add(path)
        where, problem = f"{card}/{path}", _problem(folder / card, path, row, meter)
        if problem:
            custody.wrong.append((where, problem))
        else:
            clip = Clip(where, row.bytes, row.sha256, manifest.offload, manifest.ended)
            custody.clips.append(clip)
    custody.wrong += [
        (f"{card}/{path}", "extra")
        for path in _files(folder / card)
        if path not in wanted and not _is_history(folder / card, path, manifest)
    ]


def _read_destroyed(path: Path) -> set[str]:
    """Return the paths that were destroyed on purpose.

    Raises:
        NotManifest: the file is none of this format.
    """
    if not os.path.lexists(path):
        return set()
    made = json.loads(path.read_bytes())
    if not isinstance(made, dict) or made.get("format") != FORMAT.decode().strip():
        raise NotManifest("of another format")
    paths = made.get("destroyed")
    if not isinstance(paths, list) or not all(isinstance(one, str) for one in paths):
        raise NotManifest("no list of what was destroyed")
    return set(paths)


def _problem(root: Path, path: str, row: FileRow, meter: Callable[[int], None]) -> str:
    """Return what is wrong with one file; "" when it is what was sealed."""
    if {"", ".", ".."} & set(path.split("/")):
        return "a path that leads out of the card"
    file = root / path
    if not os.path.lexists(file):
        return "missing"
    if file.resolve() != root.resolve() / path or not file.is_file():
        return "changed: a link, or no file"
    try:
        if file.stat().st_size != row.bytes or _digest(file, meter) != row.sha256:
            return "changed"
    except OSError as error:
        return f"unreadable: {(error.strerror or '?').lower()}"
    return ""


def _digest(file: Path, meter: Callable[[int], None]) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while block := opened.read(BLOCK):
            digest.update(block)
            meter(len(block))
    return digest.hexdigest()


def _is_history(root: Path, path: str, manifest: Manifest) -> bool:
    """Return whether a file is one of the ASC MHL history, with the text that was sealed."""
    texts = {f"{HISTORY}/{name}": text.encode() for name, text in manifest.mhl}
    file = root / path
    return path in texts and not file.is_symlink() and file.read_bytes() == texts[path]


def _files(root: Path) -> Iterator[str]:
    """Yield everything below a folder that is no folder, links among it."""
    for folder, folders, names in os.walk(root):
        links = [name for name in folders if os.path.islink(os.path.join(folder, name))]  # noqa: PTH114, PTH118
        for name in [*names, *links]:
            yield os.path.relpath(os.path.join(folder, name), root)  # noqa: PTH118
