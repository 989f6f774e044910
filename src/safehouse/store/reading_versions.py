"""What the tables say of versions: how they are to be, what was rendered, watched, given away."""

from collections.abc import Iterable

import msgspec

from safehouse.errors import VersionUnknown
from safehouse.model.acts import AddCopy, AddScreening, AddVersion, Deliver, RecordRender
from safehouse.model.acts import RecordWatch as Watched
from safehouse.model.text import escape
from safehouse.store.project import Project

__all__ = [
    "ClipFacts",
    "Decision",
    "Delivered",
    "Watch",
    "next_copy",
    "read_clip_facts",
    "read_copies",
    "read_decisions",
    "read_deliveries",
    "read_renders",
    "read_screenings",
    "read_version",
    "read_versions",
    "read_watches",
]


class Watch(msgspec.Struct, frozen=True):
    """A full watch: number of its act, who, when, and what was said."""

    n: int
    who: str
    at: str
    act: Watched


class Delivered(msgspec.Struct, frozen=True):
    """A delivery: number of its act, when, what went out, and what it is called: D0001."""

    n: int
    at: str
    act: Deliver
    id: str = ""

    @property
    def day(self) -> str:
        """The day on which it went out, in UTC."""
        return self.at[:10]


class ClipFacts(msgspec.Struct, frozen=True):
    """Of a clip, what a version is made from; findings_sha256 "" was not analysed."""

    id: str
    path: str
    sha256: str
    origin: str
    findings_sha256: str
    error: str
    open: int
    seconds: float


class Decision(msgspec.Struct, frozen=True):
    """Something that was decided about a clip, as it goes into the digest of a render's inputs."""

    clip: str
    kind: str
    words: str


def read_versions(project: Project) -> tuple[AddVersion, ...]:
    """Return every version, in the order of their names."""
    with project.lock:
        rows = project.db.execute("SELECT body FROM version ORDER BY id").fetchall()
    return tuple(msgspec.json.decode(row[0], type=AddVersion) for row in rows)


def read_version(project: Project, name: str) -> AddVersion:
    """Return a version.

    Raises:
        VersionUnknown: there is none of this name.
    """
    with project.lock:
        row = project.db.execute("SELECT body FROM version WHERE id = ?", (name,)).fetchone()
    if row is None:
        raise VersionUnknown(
            f"no version is called '{escape(name)}'", next_step="safehouse version list"
        )
    return msgspec.json.decode(row[0], type=AddVersion)


def read_renders(project: Project, name: str) -> dict[str, RecordRender]:
    """Return clip → what was last rendered of it for a version."""
    with project.lock:
        rows = project.db.execute(
            "SELECT clip, body FROM render WHERE version = ? ORDER BY clip", (name,)
        ).fetchall()
    return {row[0]: msgspec.json.decode(row[1], type=RecordRender) for row in rows}


def read_watches(project: Project, name: str) -> tuple[Watch, ...]:
    """Return the full watches of a version, in their order."""
    with project.lock:
        rows = project.db.execute(
            "SELECT n, who, at, body FROM watch WHERE version = ? ORDER BY n", (name,)
        ).fetchall()
    return tuple(
        Watch(row[0], row[1], row[2], msgspec.json.decode(row[3], type=Watched)) for row in rows
    )


def read_deliveries(project: Project, name: str = "") -> tuple[Delivered, ...]:
    """Return what was delivered of a version, or of all, in the order of delivery."""
    with project.lock:
        rows = project.db.execute(
            "SELECT n, at, body, number FROM "
            "(SELECT *, row_number() OVER (ORDER BY n) AS number FROM delivery) "
            "WHERE ? IN ('', version) ORDER BY n",
            (name,),
        ).fetchall()
    return tuple(
        Delivered(r[0], r[1], msgspec.json.decode(r[2], type=Deliver), f"D{r[3]:04d}") for r in rows
    )


def read_copies(project: Project, name: str = "") -> tuple[AddCopy, ...]:
    """Return the copies of a version, or of all, that were said to be out."""
    with project.lock:
        rows = project.db.execute(
            "SELECT id, version, place, holder, since, gone, delivery FROM copy "
            "WHERE ? IN ('', version) ORDER BY id",
            (name,),
        ).fetchall()
    return tuple(
        AddCopy(
            copy=r[0],
            version=r[1],
            where=r[2],
            to=r[3],
            since=r[4],
            gone=bool(r[5]),
            delivery=r[6],
        )
        for r in rows
    )


def next_copy(project: Project) -> str:
    """Return the id of a copy that is not there yet."""
    with project.lock:
        (count,) = project.db.execute("SELECT count(*) FROM copy").fetchone()
    return f"K{count + 1:04d}"


def read_screenings(project: Project, name: str = "") -> tuple[AddScreening, ...]:
    """Return the screenings of a version, or of all, by day."""
    with project.lock:
        rows = project.db.execute(
            "SELECT version, place, day, delivery FROM screening WHERE ? IN ('', version) "
            "ORDER BY day, n",
            (name,),
        ).fetchall()
    return tuple(AddScreening(version=r[0], where=r[1], day=r[2], delivery=r[3]) for r in rows)


def read_clip_facts(project: Project, clips: Iterable[str] = ()) -> tuple[ClipFacts, ...]:
    """Return the clips, or those that are named, each with its number of open questions."""
    with project.lock:
        rows = project.db.execute(
            "SELECT c.id, c.path, c.sha256, c.origin, c.findings_sha256, c.error, "
            "(SELECT count(*) FROM question q WHERE q.clip = c.id AND +q.answer = 'open'), "
            "c.seconds FROM clip c ORDER BY c.id"
        ).fetchall()
    wanted = set(clips)
    return tuple(ClipFacts(*row) for row in rows if not wanted or row[0] in wanted)


DECISIONS = (
    "SELECT clip, 'piece', id || ' ' || track || ' ' || first || ' ' || end || ' ' "
    "|| not_person || ' ' || person "
    "FROM piece WHERE person IS NOT NULL",
    "SELECT clip, 'question', id || ' ' || track || ' ' || first || ' ' || end || ' ' || answer "
    "FROM question",
    "SELECT clip, 'mask', id || ' ' || first || ' ' || end || ' ' || keys || ' ' || kind FROM mask",
    "SELECT clip, 'span', first || ' ' || end || ' ' || by FROM span",
    "SELECT clip, 'voice', stream || ' ' || first || ' ' || end || ' ' || person FROM voice",
)


def read_decisions(project: Project) -> dict[str, tuple[Decision, ...]]:
    """Return clip → everything decided about it that a render depends on, in a fixed order."""
    found: dict[str, list[Decision]] = {}
    with project.lock:
        for query in DECISIONS:
            for row in project.db.execute(query):
                found.setdefault(row[0], []).append(Decision(*row))
    ordered = {c: sorted(rows, key=lambda d: (d.kind, d.words)) for c, rows in found.items()}
    return {clip: tuple(rows) for clip, rows in ordered.items()}
