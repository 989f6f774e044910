"""Embeddings of faces: in the tables and in sealed files of their own, never in the journal.

What was put since the last snapshot lies in `faces/`, a sealed file a call, so that a crash loses
none. All of it can be forgotten: no record that is kept for ever ever held one.
"""

import re
import sqlite3
from collections.abc import Iterable
from pathlib import Path

import msgspec

from safehouse.errors import ProjectUnwritable
from safehouse.store.atomic import write_whole
from safehouse.store.sealing import Keys, NotOpened
from safehouse.store.working_copy import overwrite_file

__all__ = ["FACES", "FaceFiles", "FaceRow", "insert_faces"]

FACES = "faces"
PURPOSE = "faces"
FaceRow = tuple[str, int, bytes]
"""Piece, frame, and the embedding's bytes."""


def insert_faces(db: sqlite3.Connection, rows: Iterable[FaceRow]) -> None:
    """Write embeddings in place of those that the same pieces had."""
    given = list(rows)
    db.executemany("DELETE FROM face WHERE piece = ?", {(piece,) for piece, _, _ in given})
    db.executemany("INSERT OR REPLACE INTO face VALUES (?, ?, ?)", given)


class FaceFiles:
    """The sealed files of embeddings that no snapshot holds yet."""

    def __init__(self, folder: Path, keys: Keys) -> None:
        self._folder = folder
        self._keys = keys

    def put(self, version: int, rows: Iterable[FaceRow]) -> None:
        """Write embeddings that were found after the act of a number."""
        try:
            self._folder.mkdir(exist_ok=True)
            number = max((order for _, order, _ in self._found()), default=0) + 1
            sealed = self._keys.seal(PURPOSE, msgspec.msgpack.encode(list(rows)))
            write_whole(self._folder / f"{version:010d}-{number:06d}.age", sealed)
        except OSError as error:
            raise ProjectUnwritable(
                "the embeddings can't be written: the disk is full, gone, or fails",
                kept="every act",
                next_step="make room on the disk, then safehouse analyse again",
            ) from error

    def load(self, db: sqlite3.Connection, forgotten: int) -> bool:
        """Write what lies there into the tables, but for what was forgotten since.

        Returns whether there was any. A file that can't be read is passed over: analysis makes it
        again.
        """
        found = False
        for version, _, path in self._found():
            if version < forgotten:
                overwrite_file(path)
                continue
            try:
                content = self._keys.open(PURPOSE, path.read_bytes())
                insert_faces(db, msgspec.msgpack.decode(content, type=list[FaceRow]))
            except (OSError, NotOpened, msgspec.MsgspecError):
                continue
            found = True
        db.execute("DELETE FROM face WHERE piece NOT IN (SELECT id FROM piece)")
        return found

    def erase(self) -> None:
        """Overwrite and remove them all: a snapshot has them, or they are to be forgotten."""
        for _, _, path in self._found():
            overwrite_file(path)

    def _found(self) -> list[tuple[int, int, Path]]:
        named = ((re.fullmatch(r"(\d+)-(\d+)\.age", p.name), p) for p in self._folder.glob("*.age"))
        return sorted(((int(m[1]), int(m[2]), p) for m, p in named if m), key=lambda row: row[1])
