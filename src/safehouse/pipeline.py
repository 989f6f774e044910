"""Joins the stages: each takes documents and files and hands on documents and files.

Everything that decodes, or holds a model, runs in `Workers`; this module only names files and
keeps the order. Finished steps stay in the work folder, so the same command goes on from them.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from safehouse import jobs
from safehouse.errors import CpuMismatch, FindingsMalformed, PlanMismatch, SourceChanged
from safehouse.machine import cpu_level
from safehouse.model.clip import Clip, SoundStream, VideoStream
from safehouse.model.documents import format_document, parse_document
from safehouse.model.findings import Findings
from safehouse.model.plan import Output, Plan
from safehouse.model.text import escape
from safehouse.model.voices import Voices
from safehouse.outputs import read_document
from safehouse.plan.check import parse_plan, require_plan
from safehouse.store.atomic import write_whole
from safehouse.workers import Workers

__all__ = [
    "Desk",
    "Tell",
    "analyse_clip",
    "choose_output",
    "digest_file",
    "find_voices",
    "pass_on",
    "quiet",
    "read_findings",
    "read_plan",
    "read_voices",
    "render_film",
    "require_same_source",
    "told_by",
]

Tell = Callable[[str, int, int], None]
"""Called with a stage's name, how much is done, and how much there is (0: not known)."""


def quiet(stage: str, done: int, total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the stages of one command share: its worker processes, and whom to tell.

    `begins` is called with a clip's id when work on it begins, its number, and how many there are.
    """

    workers: Workers
    tell: Tell = quiet
    begins: Tell = quiet


@dataclass(frozen=True, slots=True)
class _Other:
    """A source that is not the plan's clip, read in its place."""

    video: VideoStream | None
    sound: tuple[SoundStream, ...]
    key_frames: tuple[int, ...]

    def decode_from(self, first: int) -> int:
        return max((f for f in self.key_frames if f <= first), default=0)


def digest_file(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def read_plan(path: Path) -> Plan:
    """Return the plan in a file, every rule checked.

    Raises:
        PlanMalformed: it is no plan, or breaks a rule.
        PlanMismatch: there is no such file.
    """
    try:
        return parse_plan(read_document(path))
    except OSError as error:
        raise PlanMismatch(
            "the plan's file can't be read", next_step="check the path of --plan"
        ) from error


def read_findings(path: Path) -> Findings:
    """Return the findings in a file.

    Raises:
        FindingsMalformed: there are none, or they break the schema.
    """
    try:
        return parse_document(read_document(path), Findings)
    except (OSError, ValueError) as error:
        raise FindingsMalformed(
            f"the findings can't be read: {_why(error)}",
            next_step="safehouse analyse CLIP -o findings.json",
        ) from error


def read_voices(path: Path, plan: Plan) -> Voices:
    """Return who speaks when in a plan's clip, from a file.

    Raises:
        FindingsMalformed: there is none, or it breaks the schema.
        PlanMismatch: it tells of another clip.
    """
    try:
        voices = parse_document(read_document(path), Voices)
    except (OSError, ValueError) as error:
        raise FindingsMalformed(
            f"the turns can't be read: {_why(error)}",
            next_step="safehouse voices CLIP -o voices.json",
        ) from error
    if voices.clip.sha256 != plan.clip.sha256:
        raise PlanMismatch(
            "the turns are of another clip than the plan", next_step="safehouse voices THIS CLIP"
        )
    return voices


def _why(error: OSError | ValueError) -> str:
    return escape(str(error)) if isinstance(error, ValueError) else "no such file"


def analyse_clip(source: Path, clip_id: str, out: Path, desk: Desk) -> Findings:
    """Write the findings of a clip to out, and return them."""
    told = out.with_name(f".{out.name}.told")
    try:
        desk.workers.run_alone(
            jobs.analyse_job,
            str(source),
            clip_id,
            str(out),
            str(told),
            poll=lambda: pass_on(told, "looking", desk.tell),
        )
    finally:
        told.unlink(missing_ok=True)
    return read_findings(out)


def find_voices(source: Path, clip_id: str, tell: Tell = quiet) -> Voices:
    """Return who speaks when in a clip; how far it is goes to tell."""
    with TemporaryDirectory(prefix="safehouse-") as folder, Workers(1) as workers:
        told = Path(folder) / "voices.told"
        found: Voices = workers.run(
            jobs.voices_job,
            str(source),
            clip_id,
            str(told),
            poll=lambda: pass_on(told, "listening", tell),
        )
    return found


def choose_output(
    findings: Path,
    workers: Workers,
    *,
    codec: str,
    sound: str,
    quality: int | None,
    container: str,
) -> Output:
    """Return the output for the clip of a findings file."""
    text = workers.run(
        jobs.output_job, str(findings), codec, sound, quality, container, cpu_level()
    )
    return parse_document(text, Output)


def render_film(  # noqa: PLR0913 - what is read, what is written, and by whom
    source: Path,
    plan: Plan,
    out: Path,
    desk: Desk,
    *,
    work: Path,
    beside: Path | None = None,
    documents: Path | None = None,
    different_source: bool = False,
) -> None:
    """Write the protected film of a clip and a plan to out.

    The same clip and plan give the same bytes, on any number of workers. Finished chunks stay in
    work. Made sound is read from the folder beside; None is work. The plan itself, which is
    private, lies in the folder documents while workers read it; None is with the chunks.

    Raises:
        PlanMalformed: the plan breaks a rule.
        SourceChanged: the source is not the plan's clip, and different_source is False.
        CpuMismatch: the plan was made on another CPU level.
    """
    require_plan(plan)
    if plan.cpu != cpu_level():
        raise CpuMismatch(
            f"the plan was made for the CPU level {plan.cpu}, this machine is {cpu_level()}",
            next_step="render on a machine of that level, or build the plan anew on this one",
        )
    other = _measure(source, plan, desk.workers) if different_source else None
    text = format_document(plan)
    folder = work / _folder_name(text, source if different_source else None)
    folder.mkdir(parents=True, exist_ok=True)
    plan_path = documents / f"plan-{folder.name}.json" if documents else folder / "plan.json"
    write_whole(plan_path, text)
    chunks = _render_chunks(source, plan, (plan_path, folder), other, desk)
    sound = _render_sound(source, plan, (plan_path, folder), (beside or work, other), desk)
    desk.workers.run(
        jobs.join_job, [str(c) for c in chunks], [str(s) for s in sound], str(plan_path), str(out)
    )


def require_same_source(source: Path, plan: Plan) -> None:
    """Check that a file is the clip that a plan was made for.

    Raises:
        SourceChanged: its digest is another.
    """
    if digest_file(source) != plan.clip.sha256:
        raise SourceChanged(
            f"this is not the file that clip {plan.clip.id} was when it was analysed",
            next_step="safehouse analyse it again, or render with --different-source",
        )


def _render_chunks(
    source: Path, plan: Plan, places: tuple[Path, Path], other: _Other | None, desk: Desk
) -> list[Path]:
    """Return the files of all chunks, in order, those that were missing rendered now.

    places are the plan's file, and the folder of the chunks.
    """
    plan_path, folder = places
    video = plan.output.video
    if video is None:
        return []
    paths = [folder / f"chunk-{n:06d}" for n in range(len(video.chunks))]
    total = video.chunks[-1].end
    missing = [n for n, path in enumerate(paths) if not path.exists()]
    done = total - sum(video.chunks[n].end - video.chunks[n].first for n in missing)
    desk.tell("rendering", done, total)
    calls = [
        (
            str(source),
            str(plan_path),
            n,
            str(paths[n]),
            other.video if other else None,
            other.decode_from(video.chunks[n].first) if other else 0,
        )
        for n in missing
    ]
    begun = [paths[n].with_name(paths[n].name + jobs.TOLD) for n in missing]

    def poll() -> None:
        desk.tell("rendering", done + sum(told_by(path)[0] for path in begun), total)

    for _, frames in desk.workers.run_all(jobs.chunk_job, calls, poll):
        done += frames
    desk.tell("rendering", total, total)
    return paths


def _render_sound(
    source: Path,
    plan: Plan,
    places: tuple[Path, Path],
    read: tuple[Path, _Other | None],
    desk: Desk,
) -> list[Path]:
    """Return the files of all sound tracks, in the order of the plan's output.

    read is the folder of made sound, and the source that takes the place of the plan's clip.
    """
    (plan_path, folder), (beside, other) = places, read
    paths: list[Path] = []
    calls = []
    for number, track in enumerate(plan.output.sound):
        path = folder / f"sound-{number:02d}.mov"
        paths.append(path)
        if not path.exists():
            instead = other.sound[number] if other else None
            there = (str(source), str(plan_path), track.stream, str(path), str(beside))
            calls.append((*there, instead))
    for _ in desk.workers.run_all(jobs.sound_job, calls):
        pass
    return paths


def _measure(source: Path, plan: Plan, workers: Workers) -> _Other:
    """Return what a different source is, when it can take the place of the plan's clip.

    Raises:
        PlanMismatch: it has another size, number of frames, or number of sound tracks.
    """
    clip, key_frames = workers.run(jobs.measure_job, str(source), plan.clip.id)
    if _facts(clip) != _facts(plan.clip):
        raise PlanMismatch(
            "the plan is for a clip of another size, length or number of sound tracks",
            next_step="safehouse analyse this clip, and build a plan for it",
        )
    return _Other(clip.video, clip.sound, key_frames)


def _facts(clip: Clip) -> tuple[object, ...]:
    video = clip.video
    picture = (video.width, video.height, video.times.count) if video else None
    return picture, tuple((s.rate_hz, s.channels) for s in clip.sound)


def _folder_name(plan: bytes, different: Path | None) -> str:
    """Return the name of the folder for chunks of this plan, and of this source if it differs."""
    digest = hashlib.sha256(plan)
    if different is not None:
        facts = different.stat()
        digest.update(f"{facts.st_dev} {facts.st_ino} {facts.st_size} {facts.st_mtime_ns}".encode())
    return digest.hexdigest()[:16]


def pass_on(told: Path, stage: str, tell: Tell) -> None:
    """Tell how far a job says it is."""
    done, total = told_by(told)
    if done:
        tell(stage, done, total)


def told_by(path: Path) -> tuple[int, int]:
    """Return what a job wrote about how far it is: (done, total); (0, 0) before it began."""
    try:
        done, total = path.read_text(encoding="ascii").split()
        return int(done), int(total)
    except (OSError, ValueError):
        return 0, 0
