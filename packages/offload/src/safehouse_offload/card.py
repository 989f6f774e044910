"""What is on a card: every file, folder and oddity, nothing followed and nothing left out."""

import stat
import unicodedata
from collections import defaultdict
from collections.abc import Generator
from dataclasses import dataclass, field

from safehouse_offload.disk import BLOCK, Disk
from safehouse_offload.seal import CardFailed

__all__ = ["Card", "CardFile", "Odd", "Problem", "changes", "look", "read_file", "same_but_case"]

KINDS = {
    stat.S_IFLNK: "link",
    stat.S_IFSOCK: "socket",
    stat.S_IFIFO: "pipe",
    stat.S_IFCHR: "device",
    stat.S_IFBLK: "device",
}


@dataclass(frozen=True, slots=True, order=True)
class CardFile:
    """A regular file: its path on the card with `/`, its length and its time."""

    path: str
    bytes: int
    mtime_ns: int


@dataclass(frozen=True, slots=True, order=True)
class Odd:
    """What is neither file nor folder: its kind, and where a link points."""

    path: str
    kind: str
    target: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something on the card that is not copied, and why, in words."""

    path: str
    what: str


@dataclass(slots=True)
class Card:
    """What one look at a card found."""

    files: list[CardFile] = field(default_factory=list)
    folders: list[tuple[str, int]] = field(default_factory=list)
    odd: list[Odd] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def look(disk: Disk, root: str) -> Card:
    """Return everything on a card, in order of paths; what can't be looked at is a problem."""
    card = Card()
    queue = [""]
    while queue:
        folder = queue.pop()
        try:
            names = disk.names(f"{root}/{folder}" if folder else root)
        except OSError as error:
            card.problems.append(Problem(folder, f"folder can't be read: {_words(error)}"))
            continue
        for name in names:
            path = f"{folder}/{name}" if folder else name
            if _sort_in(disk, root, path, card):
                queue.append(path)
    for part in (card.files, card.folders, card.odd, card.problems):
        part.sort()
    return card


def _sort_in(disk: Disk, root: str, path: str, card: Card) -> bool:
    """Put one thing where it belongs in card; return whether it is a folder to look into."""
    try:
        facts = disk.facts(f"{root}/{path}")
        kind = stat.S_IFMT(facts.st_mode)
        if kind == stat.S_IFLNK:
            card.odd.append(Odd(path, "link", disk.target(f"{root}/{path}")))
        elif kind == stat.S_IFREG:
            card.files.append(CardFile(path, facts.st_size, facts.st_mtime_ns))
        elif kind == stat.S_IFDIR:
            card.folders.append((path, facts.st_mtime_ns))
        else:
            card.odd.append(Odd(path, KINDS.get(kind, "device")))
    except OSError as error:
        card.problems.append(Problem(path, f"can't be looked at: {_words(error)}"))
        return False
    return kind == stat.S_IFDIR


def _words(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()


def changes(before: Card, after: Card) -> list[Problem]:
    """Return what is not as it was between two looks at one card."""
    was = {file.path: file for file in before.files}
    now = {file.path: file for file in after.files}
    known = {problem.path for problem in before.problems}
    gone = [Problem(path, "vanished from the card under way") for path in was.keys() - now.keys()]
    new = [Problem(path, "came onto the card under way") for path in now.keys() - was.keys()]
    other = [
        Problem(path, "changed on the card under way")
        for path in was.keys() & now.keys()
        if was[path] != now[path]
    ]
    unseen = [problem for problem in after.problems if problem.path not in known]
    return sorted(gone + new + other + unseen)


def same_but_case(card: Card) -> list[tuple[str, ...]]:
    """Return the paths that a disk which takes no care of case would hold as one."""
    groups: dict[str, list[str]] = defaultdict(list)
    for file in card.files:
        groups[unicodedata.normalize("NFC", file.path).casefold()].append(file.path)
    return [tuple(paths) for paths in groups.values() if len(paths) > 1]


def read_file(disk: Disk, root: str, file: CardFile) -> Generator[bytes, None, None]:
    """Yield the blocks of a file on the card.

    Raises:
        CardFailed: it can't be read, or is not as long as it was.
    """
    count = 0
    try:
        handle = disk.open(f"{root}/{file.path}")
        try:
            while block := disk.read(handle, BLOCK):
                count += len(block)
                if count > file.bytes:
                    break
                yield block
        finally:
            disk.close(handle)
    except CardFailed:
        raise
    except OSError as error:
        raise CardFailed(error.errno, error.strerror) from error
    if count != file.bytes:
        raise CardFailed(0, "not as long as it was: changed under way")
