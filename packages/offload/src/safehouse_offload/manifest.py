"""The sealed manifest: what the objects of one offload are."""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from safehouse_offload.card import KINDS, Odd, Problem
from safehouse_offload.places import FORMAT, is_length, is_name, is_time
from safehouse_offload.spans import Take
from safehouse_offload.text import is_named

__all__ = ["FileRow", "Manifest", "NotManifest", "read_manifest"]

ROWS, CHARS = 200, 1 << 16
"""Files, and characters of a history, that are written at once."""

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
HISTORY_NAME = re.compile(r"(?!\.)[\w. -]{1,200}", re.ASCII)
"""As this program names the files of an ASC MHL history."""


class NotManifest(ValueError):
    """A text is no manifest of this format."""


@dataclass(frozen=True, slots=True, order=True)
class FileRow:
    """One file: as in its object's trailer, and the object's name."""

    path: str
    bytes: int
    mtime_ns: int
    sha256: str
    xxh64: str
    object: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one offload copied, and what it could not; every path as `text.named` writes it."""

    offload: str
    begun: str
    ended: str
    complete: bool
    files: tuple[FileRow, ...]
    folders: tuple[tuple[str, int], ...]
    others: tuple[Odd, ...]
    problems: tuple[Problem, ...]
    mhl: tuple[tuple[str, str], ...]
    takes: tuple[Take, ...] = ()

    def written(self) -> bytes:
        """Return the manifest as JSON."""
        return b"".join(self.blocks())

    def blocks(self) -> Iterator[bytes]:
        """Yield the manifest as JSON, a part at a time: a card may hold 50,000 files."""
        yield json.dumps(self._head(), indent=1).removesuffix("\n}").encode()
        yield b',\n "files": ['
        for at in range(0, len(self.files), ROWS):
            rows = [json.dumps(asdict(row)) for row in self.files[at : at + ROWS]]
            yield ((",\n  " if at else "\n  ") + ",\n  ".join(rows)).encode()
        yield b'\n ],\n "mhl": ['
        for number, (name, text) in enumerate(self.mhl):
            yield f'{"," if number else ""}\n  {{"name": {json.dumps(name)}, "text": "'.encode()
            for at in range(0, len(text), CHARS):
                yield json.dumps(text[at : at + CHARS])[1:-1].encode()
            yield b'"}'
        yield b"\n ]\n}"

    def _head(self) -> dict[str, Any]:
        """Return all that is short."""
        return {
            "format": FORMAT.decode().strip(),
            "offload": self.offload,
            "begun": self.begun,
            "ended": self.ended,
            "complete": self.complete,
            "folders": [{"path": path, "mtime_ns": at} for path, at in self.folders],
            "others": [
                {"path": odd.path, "kind": odd.kind}
                | ({"target": odd.target} if odd.kind == "link" else {})
                for odd in self.others
            ],
            "problems": [asdict(problem) for problem in self.problems],
            "takes": [asdict(take) for take in self.takes],
        }


def read_manifest(text: bytes) -> Manifest:
    """Return the manifest that text is; paths stay as written.

    Raises:
        NotManifest: it is none, or of another format.
    """
    try:
        made = json.loads(text)
        if made.pop("format") != FORMAT.decode().strip():
            raise NotManifest("of another format")
        found = Manifest(
            offload=str(made.pop("offload")),
            begun=str(made.pop("begun")),
            ended=str(made.pop("ended")),
            complete=made.pop("complete") is True,
            files=tuple(FileRow(**row) for row in made.pop("files")),
            folders=tuple((row["path"], row["mtime_ns"]) for row in made.pop("folders")),
            others=tuple(Odd(**row) for row in made.pop("others")),
            problems=tuple(Problem(**row) for row in made.pop("problems")),
            mhl=tuple((row["name"], row["text"]) for row in made.pop("mhl")),
            takes=tuple(
                Take(tuple(map(str, row["paths"])), tuple(map(str, row["missing"])))
                for row in made.pop("takes", [])
            ),
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise NotManifest("no manifest of this format") from error
    if made or not _is_sound(found) or not all(map(is_named, _paths(found))):
        raise NotManifest("no manifest of this format")
    return found


def _is_sound(found: Manifest) -> bool:
    """Return whether a manifest, which anybody may have written, holds what it should."""
    dated = all(TIME.fullmatch(time) for time in (found.begun, found.ended))
    kinds = [odd.kind in KINDS.values() and isinstance(odd.target, str) for odd in found.others]
    words = [isinstance(problem.what, str) for problem in found.problems]
    times = [is_time(at) for _, at in found.folders]
    rows = [_is_row(row) for row in found.files]
    parts = [_is_history(name, text) for name, text in found.mhl]
    return is_name(found.offload) and dated and all(kinds + words + times + rows + parts)


def _is_row(row: FileRow) -> bool:
    texts = (row.sha256, row.xxh64, row.object)
    if not all(isinstance(one, str) for one in texts):
        return False
    shaped = is_name(row.sha256, 64) and is_name(row.xxh64, 16) and is_name(row.object)
    return shaped and is_length(row.bytes) and is_time(row.mtime_ns)


def _is_history(name: object, text: object) -> bool:
    """Return whether this can be a file of the history: its name leads nowhere else."""
    if not (isinstance(name, str) and isinstance(text, str)):
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return bool(HISTORY_NAME.fullmatch(name))


def _paths(found: Manifest) -> list[Any]:
    files = [row.path for row in found.files]
    rest = [one.path for one in found.others] + [one.path for one in found.problems]
    return files + rest + [path for path, _ in found.folders]
