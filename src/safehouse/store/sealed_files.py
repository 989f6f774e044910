"""Files of a project that lie sealed: findings, plans, reports, small pictures."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

from safehouse.errors import ProjectDamaged, ProjectUnwritable, SealedMissing, UsageError
from safehouse.store.atomic import write_whole
from safehouse.store.sealing import Keys, NotOpened

__all__ = ["SealedFiles"]

PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
ENDING = ".age"


class SealedFiles:
    """Files below a folder, by name, each an age file to the project's key.

    A name is like `findings/C0001.json`: ids and words of ours, never a name from outside, for it
    can be read by whoever has the folder. The name is sealed with the content, so that a file put
    in place of another is found out.
    """

    def __init__(
        self, folder: Path, keys: Keys, before_writing: Callable[[], None] = lambda: None
    ) -> None:
        self._folder = folder
        self._keys = keys
        self._before_writing = before_writing

    def put(self, name: str, content: bytes) -> None:
        """Write a file whole, in place of one of the same name.

        Raises:
            ProjectUnwritable: the disk is full, gone, or fails; the file is as it was.
        """
        path = self._path(name)
        self._before_writing()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, self._keys.seal(f"file {name}", content))
        except OSError as error:
            raise ProjectUnwritable(
                f"{name} can't be written into the project: the disk is full, gone, or fails",
                kept="everything that was written before",
                next_step="make room on the disk, then try again",
            ) from error

    def get(self, name: str, sha256: str = "") -> bytes:
        """Return what a file holds; its digest is the given one, unless that is "".

        Raises:
            SealedMissing: it is not there.
            ProjectDamaged: it was changed, or is another file, or an older one of this name.
        """
        try:
            sealed = self._path(name).read_bytes()
        except FileNotFoundError as error:
            raise SealedMissing(f"{name} is not in the project", next_step=_again(name)) from error
        except OSError as error:
            raise _damaged(name) from error
        try:
            content = self._keys.open(f"file {name}", sealed)
        except NotOpened as error:
            raise _damaged(name) from error
        if sha256 and hashlib.sha256(content).hexdigest() != sha256:
            raise _damaged(name)
        return content

    def has(self, name: str) -> bool:
        """Return whether there is a file of this name."""
        return self._path(name).is_file()

    def remove(self, name: str) -> None:
        """Remove a file; none there is fine."""
        self._path(name).unlink(missing_ok=True)

    def names(self, prefix: str = "") -> tuple[str, ...]:
        """Return the names that begin so, in order."""
        paths = self._folder.rglob(f"*{ENDING}") if self._folder.is_dir() else ()
        found = (str(path.relative_to(self._folder)).removesuffix(ENDING) for path in paths)
        return tuple(sorted(n for n in found if n.startswith(prefix) and _is_name(n)))

    def _path(self, name: str) -> Path:
        """Return where a file lies; a name that leads elsewhere is refused."""
        if not _is_name(name):
            raise UsageError(
                "not a name of a sealed file", kept="nothing was read", next_step="use ids"
            )
        return self._folder / f"{name}{ENDING}"


def _is_name(name: str) -> bool:
    return all(PART.fullmatch(part) and ".." not in part for part in name.split("/"))


def _damaged(name: str) -> ProjectDamaged:
    return ProjectDamaged(
        f"{name} in the project was changed, or is another file",
        next_step=f"{_again(name)}, which makes it again",
    )


def _again(name: str) -> str:
    """Return the command that makes a file of this name again."""
    kind, version, *_ = (*name.split("/"), "")
    if kind in {"plans", "reports", "pending"}:
        return f"safehouse render --version {version}"
    return "safehouse proxies" if kind == "proxies" else "safehouse analyse"
