"""Where the clips of a project lie, and what they were when they were added."""

import msgspec

from safehouse.store.project import Project

__all__ = ["ClipPlace", "read_clip_places"]


class ClipPlace(msgspec.Struct, frozen=True):
    """A clip by reference; its path may name a person, and goes into no output.

    Attributes:
        findings_sha256: digest of its findings, or "" while it was not looked at.
        error: id of the failure that it had last, or "".
        origin: `own`, or `unknown`: sent in or smuggled.
    """

    id: str
    path: str
    sha256: str
    size_bytes: int
    mtime_ns: int
    findings_sha256: str = ""
    error: str = ""
    origin: str = "own"


def read_clip_places(project: Project) -> tuple[ClipPlace, ...]:
    """Return every clip, in the order of their ids."""
    with project.lock:
        rows = project.db.execute("SELECT * FROM clip ORDER BY id").fetchall()
    names = ClipPlace.__struct_fields__
    return tuple(ClipPlace(*(row[name] for name in names)) for row in rows)
