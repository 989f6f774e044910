"""Runs every attack on a film and says what they found; renames and delivers nothing."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from safehouse.audit import coverage, faces, interference, sound
from safehouse.audit.container import attack_container
from safehouse.audit.remains import remains_of
from safehouse.audit.sheet import Picture, Pictures
from safehouse.errors import SourceError
from safehouse.media.prefetch import prefetch
from safehouse.media.reader import ClipReader, count_pictures, read_range, read_sound
from safehouse.model.clip import Clip, SoundStream, VideoStream, parse_fraction, times_of
from safehouse.model.documents import format_document
from safehouse.model.frame import OriginalFrame, OriginalSound, ProtectedFrame
from safehouse.model.plan import Chunk, Plan, SoundPlan
from safehouse.model.report import Attack, Report

__all__ = ["Case", "Part", "Progress", "RenderAgain", "audit_film", "build_report", "check_range"]

RenderAgain = Callable[[OriginalFrame], ProtectedFrame]
Progress = Callable[[int, int], None]

AHEAD = 4
"""Frames that each file's decoder runs ahead."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is audited: the file that would be delivered, the clip it was made from, and the plan.

    quick looks for faces in fewer whole frames; everything else is the same. beside is the folder
    of the plan's made sound.
    """

    film: Path
    source: Path
    plan: Plan
    quick: bool = True
    beside: Path | None = None


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was seen in a range of frames; it can cross a process border.

    pictures are those of the contact sheet whose frames are in the range.
    """

    coverage: coverage.Checked
    faces: faces.Looked
    interference: interference.Scrambled
    pictures: tuple[Picture, ...] = ()


def audit_film(
    film: Path,
    source: Path,
    plan: Plan,
    render_again: RenderAgain,
    progress: Progress | None = None,
    quick: bool = True,
) -> Report:
    """Return the report of all attacks on a film.

    Args:
        film: the file that would be delivered.
        source: the clip it was made from.
        plan: who is hidden how, where and when.
        render_again: makes the protected frame of an original one anew.
        progress: is called with frames done and frames in all.
        quick: look for faces in fewer whole frames; everything else is the same.

    Raises:
        SourceChanged: the source is not the plan's clip.
        EnvironmentLacks: a model of the face detectors is missing or damaged.
    """
    case = Case(film, source, plan, quick)
    count = _count(plan)
    parts = [check_range(case, 0, count, render_again, progress)] if count else []
    return build_report(case, parts)


def check_range(
    case: Case, first: int, end: int, render_again: RenderAgain, progress: Progress | None = None
) -> Part:
    """Return what coverage and faces see in the frames first <= f < end.

    Ranges may be checked in several processes; `build_report` takes all their parts.
    """
    seen, sheet = coverage.Coverage(case.plan), Pictures(case.plan)
    scrambled = interference.Interference(case.plan, render_again)
    with closing(faces.Faces(case.plan, quick=case.quick)) as looked:
        fault = _look_at_all(
            case, (first, end), render_again, (seen, looked, sheet, scrambled), progress
        )
        checked, found = seen.result(), looked.result()
    if fault:
        checked = msgspec.structs.replace(checked, finds=(*checked.finds, fault))
    return Part(checked, found, scrambled.result(), tuple(sheet.taken))


def _look_at_all(
    case: Case,
    span: tuple[int, int],
    render_again: RenderAgain,
    attacks: tuple[coverage.Coverage, faces.Faces, Pictures, interference.Interference],
    progress: Progress | None,
) -> coverage.Find | None:
    """Show each pair of frames to the attacks; return what ends that before the span does."""
    first, end = span
    seen, looked, sheet, scrambled = attacks
    try:
        for original, shown in _pairs(case, first, end):
            again = render_again(original)
            seen.look(original, again, shown)
            scrambled.look(original, again)
            looked.look(original, shown)
            sheet.look(shown)
            if progress:
                progress(original.index + 1 - first, end - first)
    except _NotThePlans as error:
        return coverage.Find(min(error.frame, end - 1), end, "", error.kind, 0.0)
    return None


def build_report(case: Case, parts: Iterable[Part]) -> Report:
    """Return the report: the parts' ranges together, then the container and the sound."""
    rows = list(parts)
    plan = case.plan
    attacks: list[Attack] = []
    if plan.clip.video is not None:
        attacks.append(coverage.build_attack(coverage.merge(p.coverage for p in rows), plan))
        attacks.append(faces.build_attack(faces.merge(p.faces for p in rows), plan))
        scrambled = interference.merge(p.interference for p in rows)
        attacks.append(interference.build_attack(scrambled))
    attacks.append(attack_container(case.film, case.source))
    attacks.append(_attack_sound(case))
    with case.film.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
    return Report(
        clip=plan.clip.id,
        film_sha256=digest,
        plan_sha256=hashlib.sha256(format_document(plan)).hexdigest(),
        held=any(attack.result != "none found" for attack in attacks),
        attacks=tuple(attacks),
        remains=remains_of(plan),
        unsure=plan.unsure,
        notes=_notes(plan),
        frames=_count(plan),
    )


class _NotThePlans(Exception):
    """The film's frames are not those of the plan."""

    def __init__(self, frame: int, kind: str) -> None:
        super().__init__(frame, kind)
        self.frame = frame
        self.kind = kind


def _count(plan: Plan) -> int:
    return plan.clip.video.times.count if plan.clip.video else 0


def _notes(plan: Plan) -> tuple[str, ...]:
    dropped = (f"stream {d.index} ({d.kind}): {d.why}" for d in plan.clip.dropped)
    spoken = (f"sound {made.id}: {made.by}" for made in plan.made)
    return (*plan.output.widened, *dropped, *spoken, *(n for m in plan.made for n in m.notes))


def _pairs(case: Case, first: int, end: int) -> Iterator[tuple[OriginalFrame, OriginalFrame]]:
    """Yield the frames of the clip and of the film, side by side."""
    video = case.plan.clip.video
    if video is None:
        return
    films = _film_frames(case, video, first, end)
    begin = max((c.decode_from for c in _chunks(case.plan) if c.first <= first), default=0)
    originals = prefetch(read_range(case.source, video, Chunk(first, end, begin)), AHEAD)
    at = first
    for original in originals:
        at = original.index
        shown = _next(films, at)
        if shown is None:
            raise _NotThePlans(at, "times")
        if (shown.width, shown.height) != (original.width, original.height):
            raise _NotThePlans(at, "size")
        yield original, shown
    if _next(films, at) is not None:
        raise _NotThePlans(at, "times")


def _next(films: Iterator[OriginalFrame], at: int) -> OriginalFrame | None:
    """Return the next frame of the film; None at its end."""
    try:
        shown = next(films, None)
    except SourceError as error:
        raise _NotThePlans(at, "times") from error
    if shown is not None and shown.corrupt:
        raise _NotThePlans(at, "broken")
    return shown


def _chunks(plan: Plan) -> tuple[Chunk, ...]:
    return plan.output.video.chunks if plan.output.video else ()


def _film_frames(case: Case, video: VideoStream, first: int, end: int) -> Iterator[OriginalFrame]:
    """Yield the film's frames, each at the time that the plan gives it."""
    count = video.times.count
    with ClipReader(case.film, "film") as reader:
        if reader.video is None:
            raise _NotThePlans(first, "times")
        ours = _in_timebase(video, reader.video)
        if ours is None:
            raise _NotThePlans(first, "times")
        if (first, end) == (0, count):
            times = ours.times.pts()
            for frame in reader.frames():
                if frame.index >= count or frame.pts != times[frame.index]:
                    raise _NotThePlans(min(frame.index, count - 1), "times")
                yield frame
            return
    yield from prefetch(read_range(case.film, ours, Chunk(first, end, first)), AHEAD)
    if end == count and count_pictures(case.film) != count:
        raise _NotThePlans(count - 1, "times")


def _in_timebase(video: VideoStream, film: VideoStream) -> VideoStream | None:
    """Return the film's stream with the plan's times in its own units; None if they don't fit."""
    ratio = parse_fraction(video.times.timebase) / parse_fraction(film.times.timebase)
    times = [Fraction(pts) * ratio for pts in video.times.pts()]
    if any(time.denominator != 1 for time in times):
        return None
    stay = round(video.times.last_duration * ratio)
    pts = [int(time) for time in times]
    found = times_of(pts, parse_fraction(film.times.timebase), stay)
    return msgspec.structs.replace(film, times=found)


def _attack_sound(case: Case) -> Attack:
    """Return the attack on the sound, one track after another."""
    plan = case.plan
    tracks = {track.index: track for track in plan.clip.sound}
    with ClipReader(case.film, "film") as reader:
        theirs = reader.sound
    heard: list[sound.Heard] = []
    wrong: list[str] = []
    if len(theirs) != len(plan.output.sound):
        wrong.append(f"{len(theirs)} sound tracks in place of {len(plan.output.sound)} planned")
    for out, film in zip(plan.output.sound, theirs, strict=False):
        source = tracks[out.stream]
        spans = next((p for p in plan.sound if p.stream == out.stream), SoundPlan(out.stream))
        expected = msgspec.structs.replace(film, samples=source.samples)
        counter = _Counter(read_sound(case.film, expected))
        made = _made(case, spans, source)
        row = sound.check_sound(counter, read_sound(case.source, source), spans, out, made)
        measured = msgspec.structs.replace(film, samples=counter.rest())
        finds = sound.check_layout(out, source, measured)
        heard.append(msgspec.structs.replace(row, finds=(*row.finds, *finds)))
    return sound.build_attack(heard, wrong, sound.FrameOf(plan.clip.sound, _times(plan.clip)))


def _times(clip: Clip) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    if clip.video is None:
        return np.zeros(0)
    return np.array(clip.video.times.pts()) * float(parse_fraction(clip.video.times.timebase))


def _made(
    case: Case, plan: SoundPlan, track: SoundStream
) -> Callable[[int, int], NDArray[np.float32]] | None:
    """Return a reader of the track's made sound at its gain; None where it has none."""
    row = next((made for made in case.plan.made if made.id == plan.made), None)
    if row is None or case.beside is None:
        return None
    layout = "mono" if row.channels == 1 else track.layout
    stream = SoundStream(0, "pcm_s16le", row.rate_hz, layout, row.channels, row.samples)
    blocks = read_sound(case.beside / row.file, stream)
    gain = np.float32(10 ** (row.gain_db / 20))
    spoken = _one_voice(track) if row.channels == 1 else np.ones((track.channels, 1), np.float32)
    held: list[NDArray[np.float32]] = []

    def read(_first: int, count: int) -> NDArray[np.float32]:
        while sum(part.shape[1] for part in held) < count:
            block = next(blocks, None)
            if block is None:
                short = count - sum(part.shape[1] for part in held)
                held.append(np.zeros((row.channels, short), np.float32))
                break
            held.append(block.samples)
        joined = np.concatenate(held, axis=1)
        held[:] = [joined[:, count:]]
        return joined[:, :count] * gain * spoken

    return read


def _one_voice(track: SoundStream) -> NDArray[np.float32]:
    """Return which channels one voice is on: the third, where it is the middle of a surround."""
    name, _, rest = track.layout.partition("(")
    centred = re.fullmatch(r"[3-7]\.[01]", name) and rest not in {"back)", "front)"}
    if centred or track.layout in {"6.1(back)", "7.0(front)"}:
        return np.eye(track.channels, 1, -2, np.float32)
    return np.ones((track.channels, 1), np.float32) / np.float32(np.sqrt(track.channels))


class _Counter:
    """Passes blocks of sound on and counts their samples, to the end even where nobody reads on."""

    def __init__(self, blocks: Iterator[OriginalSound]) -> None:
        self._blocks = blocks
        self._samples = 0

    def __iter__(self) -> Iterator[OriginalSound]:
        try:
            for block in self._blocks:
                self._samples = block.first + block.samples.shape[1]
                yield block
        except SourceError:
            return

    def rest(self) -> int:
        """Return the number of samples of the whole track."""
        for _ in self:
            pass
        return self._samples
