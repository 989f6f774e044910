"""Looks for the people in a film's clips, one clip after the other, and guesses who is who.

What is finished stays: the same call goes on with the clips that are left. Findings lie sealed in
the project; embeddings go into its tables alone, and never into its history.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import msgspec
import numpy as np

from safehouse import film_jobs
from safehouse.analysis.grouping import LINE, Appearance, Grouping, Guess, Vector, group, mean_of
from safehouse.crash import as_failure
from safehouse.errors import (
    ProjectDamaged,
    SafehouseError,
    SealedMissing,
    SourceMissing,
    UsageError,
)
from safehouse.film_jobs import Seen, View
from safehouse.footage import changed_clip
from safehouse.model.acts import (
    AnalyseClip,
    FailClip,
    MoveClip,
    Question,
    Suggestion,
    SuggestPieces,
)
from safehouse.model.findings import Findings
from safehouse.model.text import escape
from safehouse.outputs import require_source
from safehouse.pipeline import Desk, Tell, analyse_clip, digest_file, pass_on, quiet
from safehouse.store.acts_people import near_question
from safehouse.store.project import Project
from safehouse.store.reading_footage import ClipPlace, read_clip_places
from safehouse.store.reading_people import (
    FaceRow,
    is_picture_locked,
    read_faces,
    read_people_ids,
)
from safehouse.workers import Workers

__all__ = ["Looked", "analyse_film", "findings_name", "group_film", "pack_view"]

LOOKING, PIECES = 0.9, 1.0
"""Shares of a clip's time at which the finder and the looks at faces end."""

NEAR_SCORE = 0.4
"""How much a guess near the line needs a look: after everything that hides something."""


@dataclass(slots=True)
class Looked:
    """What became of a film's clips.

    Attributes:
        done: ids of clips that were looked at now.
        kept: ids of clips that were looked at before, and are unchanged.
        failures: id of a clip, and why it could not be looked at.
        guessed: number of pieces that got a suggestion in this run.
    """

    done: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    failures: list[tuple[str, SafehouseError]] = field(default_factory=list)
    guessed: int = 0

    @property
    def exit_code(self) -> int:
        """0 when every clip was looked at, else the first failure's."""
        return self.failures[0][1].exit_code if self.failures else 0


def findings_name(clip: str) -> str:
    """Return the name of a clip's sealed findings in `Project.files`."""
    return f"findings/{clip}.json"


def analyse_film(
    project: Project,
    clips: Sequence[str] = (),
    *,
    faces: bool = True,
    tell: Tell = quiet,
    begins: Tell = quiet,
) -> Looked:
    """Look for people in clips of a project, cut what is found into pieces, and group them.

    A clip that fails is recorded, and the others go on.

    Args:
        project: an open project.
        clips: ids of clips to look at again; () takes all that were not looked at yet, and checks
            that the others are unchanged, and their findings still there.
        faces: look at faces closely, to guess who is who; never while the picture is locked.
        tell: is called with what is done, and how much there is, over the whole film.
        begins: is called with each clip's id, its number, and how many there are.

    Raises:
        UsageError: there is no such clip, or none at all.
    """
    places = _wanted(read_clip_places(project), clips)
    looked = Looked()
    wants_faces = faces and not is_picture_locked(project)
    sizes = [1 + (place.size_bytes >> 20) for place in places]
    total, before = sum(sizes), 0
    with Workers(1) as workers:
        for number, (place, size) in enumerate(zip(places, sizes, strict=True), 1):
            begins(place.id, number, len(places))
            part = partial(_tell_part, tell, (before, size, total))
            again = bool(clips) or bool(place.error) or not _has_findings(project, place)
            _one(_Work(project, workers, wants_faces, part), place, looked, again=again)
            before += size
            part(1.0)
    if wants_faces:
        looked.guessed = len(group_film(project).guesses)
    return looked


def _tell_part(tell: Tell, place: tuple[int, int, int], share: float) -> None:
    """Tell how far the film is, at a share of a clip that begins at a size and has a size, MB."""
    before, size, total = place
    tell("film, MB", before + round(share * size), total)


def group_film(project: Project) -> Grouping:
    """Guess who the pieces are that nobody was suggested for; what is known stays."""
    rows = list(_appearances(read_faces(project)))
    known = {row.piece: row for row in rows}
    found = group(rows, read_people_ids(project))
    if found.guesses or found.near:
        guesses = tuple(Suggestion(g.piece, g.person, g.distance) for g in found.guesses)
        questions = tuple(_question(guess, known[guess.piece]) for guess in found.near)
        project.act(SuggestPieces(guesses, questions))
    return found


def _wanted(places: Sequence[ClipPlace], clips: Sequence[str]) -> Sequence[ClipPlace]:
    missing = set(clips) - {place.id for place in places}
    if missing or not places:
        raise UsageError(
            f"there is no clip {escape(sorted(missing)[0])}" if missing else "there is no clip yet",
            kept="nothing was changed",
            next_step="safehouse clips" if places else "safehouse add CARD/",
        )
    return [place for place in places if not clips or place.id in clips]


@dataclass(frozen=True, slots=True)
class _Work:
    """What looking at one clip needs."""

    project: Project
    workers: Workers
    faces: bool
    part: Callable[[float], None]

    def look(self, place: ClipPlace) -> None:
        """Look at a clip, and record what was seen.

        Nothing lost: until the last step the project is as it was.
        """
        source = Path(place.path)
        out = self.project.work / f"{place.id}.json"
        told = self.project.work / f"{place.id}.told"
        try:
            desk = Desk(self.workers, self._looking)
            findings = _without_heads(analyse_clip(source, place.id, out, desk))
            if findings.clip.sha256 != place.sha256:
                raise changed_clip(place.id)
            packed = self.workers.run_alone(
                film_jobs.pieces_job,
                str(source),
                str(out),
                str(told),
                self.faces,
                poll=lambda: pass_on(told, "faces", self._faces),
            )
            self._record(
                place, findings, out.read_bytes(), msgspec.msgpack.decode(packed, type=Seen)
            )
        finally:
            out.unlink(missing_ok=True)
            told.unlink(missing_ok=True)

    def _record(self, place: ClipPlace, findings: Findings, text: bytes, seen: Seen) -> None:
        """Write what was seen: first what nobody reads until the act is there, then the act."""
        self.project.files.put(findings_name(place.id), text)
        rows = [(view.piece, view.frame, pack_view(view)) for view in seen.views]
        if place.findings_sha256:
            viewed = {view.piece for view in seen.views}
            rows += [(piece.id, 0, b"") for piece in seen.pieces if piece.id not in viewed]
        if rows:
            self.project.put_faces(rows)
        video = findings.clip.video
        self.project.act(
            AnalyseClip(
                clip=place.id,
                findings_sha256=hashlib.sha256(text).hexdigest(),
                width=video.width if video else 0,
                height=video.height if video else 0,
                rotation=video.rotation if video else 0,
                frames=video.times.count if video else 0,
                rate=video.rate if video else "",
                seconds=_seconds(findings),
                shots=len(findings.shots) if video else 0,
                sound_tracks=len(findings.clip.sound),
                pieces=seen.pieces,
                questions=seen.questions,
            )
        )

    def _looking(self, _: str, done: int, total: int) -> None:
        self.part(LOOKING * done / max(total, done, 1))

    def _faces(self, _: str, done: int, total: int) -> None:
        self.part(LOOKING + (PIECES - LOOKING) * done / max(total, 1))


def _has_findings(project: Project, place: ClipPlace) -> bool:
    """Return whether a clip was looked at, and just what was found then lies in the project."""
    if not place.findings_sha256:
        return False
    try:
        project.files.get(findings_name(place.id), place.findings_sha256)
    except (SealedMissing, ProjectDamaged):
        return False
    return True


def _without_heads(findings: Findings) -> Findings:
    """Return findings without the places of heads: those of a crowd take hundreds of megabytes."""
    return msgspec.structs.replace(findings, tracks=(), unsure=())


def _one(work: _Work, place: ClipPlace, looked: Looked, *, again: bool) -> None:
    """Look at a clip, or check that it is unchanged; a failure is recorded."""
    try:
        _require_unchanged(work.project, place)
        if again:
            work.look(place)
            looked.done.append(place.id)
        else:
            looked.kept.append(place.id)
    except Exception as error:  # noqa: BLE001 - no clip, and no bug of ours, ends the others
        failure = as_failure(error)
        looked.failures.append((place.id, failure))
        if not isinstance(failure, SourceMissing) and place.error != failure.id:
            words = (type(failure).__doc__ or "").partition("\n")[0]
            work.project.act(FailClip(clip=place.id, error=failure.id, words=words))


def _require_unchanged(project: Project, place: ClipPlace) -> None:
    """Check that a clip's file is there and is what was added; note a copy that is the same.

    Raises:
        SourceMissing: it is not there.
        SourceChanged: it is another file.
    """
    path = Path(place.path)
    try:
        require_source(path)
    except SourceMissing as error:
        raise SourceMissing(
            f"clip {place.id} is not where it was",
            kept="what was decided about it stays",
            next_step="plug in its disk, or safehouse add the folder where it lies now",
        ) from error
    facts = path.stat()
    if (facts.st_size, facts.st_mtime_ns) == (place.size_bytes, place.mtime_ns):
        return
    if facts.st_size != place.size_bytes or digest_file(path) != place.sha256:
        raise changed_clip(place.id)
    project.act(MoveClip(clip=place.id, path=place.path, mtime_ns=facts.st_mtime_ns))


def _seconds(findings: Findings) -> float:
    """Return how long a clip is, for the screen only."""
    video, sound = findings.clip.video, findings.clip.sound
    if video is None:
        return max((s.samples / s.rate_hz for s in sound if s.rate_hz), default=0.0)
    units, _, per = video.times.timebase.partition("/")
    pts = video.times.runs
    if not pts:
        return 0.0
    last = pts[-1].first + pts[-1].step * (pts[-1].count - 1) + video.times.last_duration
    return (last - pts[0].first) * int(units) / int(per or 1)


def pack_view(view: View) -> bytes:
    """Return a view as the project keeps it: its worth, then the embedding; 129 float32."""
    return bytes(np.array([view.worth], "<f4").tobytes()) + view.embedding


def _appearances(rows: Iterable[FaceRow]) -> Iterable[Appearance]:
    """Yield what grouping knows of each piece; its views are one mean."""
    last: FaceRow | None = None
    views: list[tuple[float, Vector]] = []
    for row in rows:
        if last is not None and row.piece != last.piece:
            yield _appearance(last, views)
            views = []
        last = row
        if row.embedding:
            numbers = np.frombuffer(row.embedding, "<f4")
            views.append((float(numbers[0]), numbers[1:]))
    if last is not None:
        yield _appearance(last, views)


def _appearance(row: FaceRow, views: list[tuple[float, Vector]]) -> Appearance:
    return Appearance(
        row.piece,
        row.clip,
        row.track,
        row.first,
        row.end,
        mean_of(views) if views else None,
        max((worth for worth, _ in views), default=0.0),
        row.person,
    )


def _question(guess: Guess, one: Appearance) -> Question:
    """Return the question whether a guess near the line is right."""
    return Question(
        id=near_question(guess.piece),
        kind="near",
        first=one.first,
        end=one.end,
        track=one.track,
        score=NEAR_SCORE,
        why=f"may be {guess.person}: {guess.distance:.2f} apart, the line is at {LINE:.2f}",
    )
