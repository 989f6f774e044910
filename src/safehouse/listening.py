"""Who is heard in the clips of a project: turns are told apart, and a human says whose they are.

Turns only suggest. A voice may be heard in a version where a human said whose it is, and that
person agreed; everything else is protected.
"""

from collections.abc import Callable, Sequence

import msgspec

from safehouse import jobs
from safehouse.errors import NotRendered, ProjectError, UsageError
from safehouse.footage import require_footage
from safehouse.model.acts import HearOriginal, VoiceIs
from safehouse.model.clip import SoundStream
from safehouse.model.text import escape
from safehouse.model.voices import Voices
from safehouse.pipeline import Tell, find_voices, quiet
from safehouse.store.project import Project
from safehouse.store.reading_versions import ClipFacts, read_clip_facts
from safehouse.workers import Workers

__all__ = ["COLUMNS", "Listened", "hear", "listen", "listened", "say_heard"]

COLUMNS = 600
"""Columns in which the loudness of a track is drawn."""

MOST_S = 60
"""Most of the original that is heard at once, s."""

KEPT = "nothing was changed"


class Listened(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was found out by listening to a clip: turns, and how loud it is, track by track."""

    voices: Voices
    levels: dict[str, tuple[int, ...]]

    def stream(self, index: int) -> SoundStream:
        """Return a sound track.

        Raises:
            UsageError: the clip has no such track.
        """
        found = next((row for row in self.voices.clip.sound if row.index == index), None)
        if found is None:
            raise UsageError(
                f"the clip has no sound track {index}",
                kept=KEPT,
                next_step="safehouse people turns",
            )
        return found


def listened(project: Project, clip_id: str) -> Listened | None:
    """Return what was found out about a clip's voices; None where nobody listened to it yet."""
    clip = _clip(project, clip_id)
    try:
        found = msgspec.json.decode(project.files.get(_name(clip_id)), type=Listened)
    except (ProjectError, msgspec.DecodeError):
        return None
    return found if found.voices.clip.sha256 == clip.sha256 else None


def listen(project: Project, clip_id: str, tell: Tell = quiet) -> Listened:
    """Return who speaks when in a clip; what was found out before is not found out again.

    Raises:
        UsageError: there is no such clip.
        SourceMissing, SourceChanged: its file is not there, or is another.
    """
    if (known := listened(project, clip_id)) is not None:
        return known
    source = require_footage(_clip(project, clip_id))
    voices = find_voices(source, clip_id, tell)
    with Workers(1) as workers:
        levels = workers.run(jobs.levels_job, str(source), msgspec.json.encode(voices), COLUMNS)
    found = Listened(voices, levels)
    project.files.put(_name(clip_id), msgspec.json.encode(found))
    return found


def say_heard(
    project: Project,
    clip_id: str,
    person: str,
    turns: Sequence[str] = (),
    spans: Sequence[tuple[int, int, int]] = (),
    act: Callable[..., object] | None = None,
) -> tuple[VoiceIs, ...]:
    """Record whose voice is heard in turns, or spans (track, first, end) of samples; "" nobody's.

    Args:
        project: the film.
        clip_id: the clip.
        person: who is heard, and nobody else.
        turns: ids, as `listen` gives them.
        spans: track and samples.
        act: takes the acts in the place of the project.

    Raises:
        UsageError: there is no such clip, turn, span or person.
        NotRendered: nobody listened to the clip yet.
    """
    found = listened(project, clip_id)
    if found is None:
        raise NotRendered(
            f"nobody listened to clip {escape(clip_id)} yet",
            next_step=f"safehouse people turns {escape(clip_id)}",
        )
    where = [_turn(found, name) for name in turns] + [_span(found, *span) for span in spans]
    if not where:
        raise UsageError("it is not said where", kept=KEPT, next_step="name turns: T0003")
    said = tuple(
        VoiceIs(clip=clip_id, stream=stream, first=first, end=end, person=person)
        for stream, first, end in where
    )
    (act or project.act)(*said)
    return said


def hear(project: Project, clip_id: str, stream: int, first: int, end: int) -> bytes:
    """Return a piece of the original sound as WAV, after that was recorded in the history.

    Raises:
        UsageError: there is no such piece, or it is too long.
        SourceMissing, SourceChanged: the clip's file is not there, or is another.
    """
    found = listened(project, clip_id)
    track = found.stream(stream) if found else None
    if track is None or not 0 <= first < end <= track.samples:
        raise UsageError(
            "there is no such piece of sound", kept="nothing was heard", next_step="choose a turn"
        )
    last = min(end, first + MOST_S * track.rate_hz)
    source = require_footage(_clip(project, clip_id))
    project.act(HearOriginal(clip_id, stream, first, last))
    with Workers(1) as workers:
        made: bytes = workers.run(
            jobs.hear_job, str(source), msgspec.json.encode(track), first, last
        )
    return made


def _clip(project: Project, clip_id: str) -> ClipFacts:
    rows = read_clip_facts(project, (clip_id,))
    if not rows:
        raise UsageError(
            f"there is no clip {escape(clip_id)}", kept=KEPT, next_step="safehouse status"
        )
    return rows[0]


def _span(found: Listened, stream: int, first: int, end: int) -> tuple[int, int, int]:
    if not 0 <= first < end <= found.stream(stream).samples:
        raise UsageError(
            f"track {stream} has no such span of sound", kept=KEPT, next_step="mark it anew"
        )
    return stream, first, end


def _turn(found: Listened, name: str) -> tuple[int, int, int]:
    for track in found.voices.tracks:
        for turn in track.turns:
            if turn.id == name:
                return track.stream, turn.first, turn.end
    raise UsageError(
        f"the clip has no turn {escape(name)}", kept=KEPT, next_step="safehouse people turns CLIP"
    )


def _name(clip_id: str) -> str:
    return f"voices/{clip_id}.json"
