"""Cutting copies: small films of every clip in which everybody is hidden, to cut and review with.

They have the clip's id as their name, its length and exact times, a neutral timecode, and "CUTTING
COPY" burned in. Sound without a picture gets one as well, in a file of its own kind. Nobody is
shown or heard in them, whatever consent says; the audit does not look at them.
"""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal

import msgspec

from safehouse import jobs
from safehouse.choices import Choices
from safehouse.errors import NotRendered, ProjectDamaged, SafehouseError, SourceChanged, UsageError
from safehouse.footage import changed_clip, source_of
from safehouse.machine import cpu_level
from safehouse.made import make_sound
from safehouse.model.documents import format_document, parse_document
from safehouse.model.findings import Findings
from safehouse.model.plan import Look, MadeSound, Plan
from safehouse.model.text import escape
from safehouse.outputs import write_error
from safehouse.pipeline import Desk, choose_output, digest_file, require_same_source, told_by
from safehouse.store.atomic import replace_file, write_whole
from safehouse.store.project import Project
from safehouse.store.reading_decided import ClipDecisions, read_clip_decisions
from safehouse.store.reading_versions import ClipFacts, read_clip_facts, read_decisions
from safehouse.version_plans import Recipe, plan_of, reel_of

__all__ = [
    "FOLDER",
    "ProxyDone",
    "Wanted",
    "copy_of",
    "make_proxies",
    "proxy_job",
    "proxy_plan_job",
]

FOLDER = "proxies"
"""Folder of a project in which the cutting copies lie, under the clips' ids."""

OWN_NAMES = "proxies-named"
"""The folder of `names="own"`: links under the names of the card's files, which may name people."""

FORM = 1
"""Counts up when cutting copies are made otherwise: all are made again then."""

ENDINGS = ("mp4", "wav", "mov")
"""What cutting copies are: films; a recorder's sound; sound alone of several tracks."""

QUALITY = 24
"""Constant quality of x264: small, and good enough to judge a cut."""

WORDS = "CUTTING COPY {clip}"


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """How cutting copies are to be.

    Attributes:
        clips: only these; () is all that were analysed.
        voices: `mute`, or `disguise`: the words stay, and a voice may be told.
        look: how hidden places are drawn.
        names: `own` adds links under the names of the card's files, which may name people.
    """

    clips: tuple[str, ...] = ()
    voices: Literal["mute", "disguise"] = "mute"
    look: Look = "veil"
    names: Literal["ids", "own"] = "ids"


class ProxyDone(msgspec.Struct, frozen=True):
    """What became of a clip: `made`, `as it was`, `not analysed` or `failed`."""

    clip: str
    what: str
    error: SafehouseError | None = None


class _Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a cutting copy was made from, and its digest; sealed."""

    inputs_sha256: str
    film_sha256: str
    plan: Plan | None = None


def make_proxies(
    project: Project,
    wanted: Wanted,
    desk: Desk,
    told: Callable[[ProxyDone], None] = lambda _: None,
) -> tuple[ProxyDone, ...]:
    """Make the cutting copies that are missing, or whose clip or decisions changed.

    Nothing lost: a copy appears whole or not at all; stopped at any moment, the same call goes on
    with the chunks that were finished.
    """
    decisions = read_decisions(project)
    done = []
    clips = read_clip_facts(project, wanted.clips)
    if unknown := set(wanted.clips) - {clip.id for clip in clips}:
        raise UsageError(
            f"there is no clip {escape(min(unknown))}",
            kept="nothing was made",
            next_step="safehouse clips",
        )
    for number, clip in enumerate(clips, 1):
        desk.begins(clip.id, number, len(clips))
        rows = [(row.kind, row.words) for row in decisions.get(clip.id, ()) if row.kind != "piece"]
        made_from = (FORM, clip.sha256, clip.findings_sha256, wanted.voices, wanted.look, rows)
        inputs = hashlib.sha256(msgspec.json.encode(made_from)).hexdigest()
        done.append(_one(project, clip, inputs, wanted, desk))
        told(done[-1])
    if wanted.names == "own":
        _link_names(project, read_clip_facts(project, wanted.clips))
    return tuple(done)


def proxy_plan_job(findings: str, plan: str, out: str, cpu: str, sound: str) -> bool:
    """Write the plan of a cutting copy beside the clip's; False where that is its plan already."""
    from safehouse.media.formats import choose_output
    from safehouse.render.proxy import LAYOUT, proxy_size

    found = parse_document(Path(findings).read_bytes(), Findings)
    full = jobs.plan_at(plan)
    if full.clip.video is None:
        return False
    width, height = proxy_size(full.clip.video)
    colour = msgspec.structs.replace(full.clip.video.colour, full_range=False, chroma_location=0)
    if full.clip.video.pix_fmt.startswith(("gbr", "rgb", "bgr")):
        colour = msgspec.structs.replace(colour, matrix=1)
    small = msgspec.structs.replace(
        full.clip.video,
        width=width,
        height=height,
        pix_fmt=LAYOUT.pix_fmt,
        colour=colour,
        hdr=None,
        field_order="progressive",
    )
    clip = msgspec.structs.replace(full.clip, video=small)
    output = choose_output(
        clip,
        codec="h264",
        sound=sound,
        quality=QUALITY,
        container="mp4",
        key_frames=found.key_frames,
        cpu=cpu,
    )
    output = msgspec.structs.replace(output, reel=full.clip.id, widened=())
    proxy = Plan(clip=clip, sound=full.sound, made=full.made, output=output, cpu=full.cpu)
    write_whole(Path(out), format_document(proxy))
    return True


def proxy_job(source: str, plan: str, proxy: str, number: int, out: str, words: str) -> int:
    """Render one chunk of a cutting copy; return its number of frames."""
    from safehouse import memory
    from safehouse.render.proxy import render_proxy

    memory.take_apart_from(memory.RENDER_BYTES)
    held, small = jobs.plan_at(plan), jobs.plan_at(proxy)
    if small.output.video is None:
        return 0
    told = Path(out + jobs.TOLD)
    render_proxy(
        Path(source),
        held,
        small,
        number,
        Path(out),
        words=words,
        progress=jobs.teller(str(told)),
    )
    told.unlink(missing_ok=True)
    chunk = small.output.video.chunks[number]
    return chunk.end - chunk.first


def _one(project: Project, clip: ClipFacts, inputs: str, wanted: Wanted, desk: Desk) -> ProxyDone:
    if not clip.findings_sha256:
        return ProxyDone(clip.id, "not analysed")
    kept = _kept(project, clip.id)
    copy = copy_of(project, clip.id)
    made = (kept.inputs_sha256, kept.film_sha256) if kept is not None else ("", "")
    if copy is not None and made == (inputs, digest_file(copy)):
        return ProxyDone(clip.id, "as it was")
    try:
        _make(project, clip, (inputs, kept), wanted, desk)
        return ProxyDone(clip.id, "made")
    except OSError as error:
        return ProxyDone(clip.id, "failed", write_error(error))
    except SourceChanged:
        return ProxyDone(clip.id, "failed", changed_clip(clip.id))
    except SafehouseError as error:
        return ProxyDone(clip.id, "failed", error)


def copy_of(project: Project, clip: str) -> Path | None:
    """Return the cutting copy of a clip, or None where there is none."""
    places = (project.folder / FOLDER / f"{clip}.{ending}" for ending in ENDINGS)
    return next((path for path in places if path.is_file()), None)


def _kept(project: Project, clip: str) -> _Kept | None:
    if not project.files.has(_name(clip)):
        return None
    try:
        return parse_document(project.files.get(_name(clip)), _Kept)
    except (msgspec.DecodeError, ProjectDamaged):
        return None


def _name(clip: str) -> str:
    return f"{FOLDER}/{clip}.json"


def _make(
    project: Project,
    clip: ClipFacts,
    stand: tuple[str, _Kept | None],
    wanted: Wanted,
    desk: Desk,
) -> None:
    """Make a clip's cutting copy."""
    inputs, kept = stand
    source = source_of(clip)
    work = project.folder / FOLDER / f".work-{clip.id}"
    room = project.work / f"proxy-{clip.id}-{inputs[:8]}"
    room.mkdir(parents=True, exist_ok=True)
    if kept is None or kept.inputs_sha256 != inputs or kept.film_sha256:
        shutil.rmtree(work, ignore_errors=True)
        kept = None
    work.mkdir(parents=True, exist_ok=True)
    try:
        found = project.files.get(f"findings/{clip.id}.json", clip.findings_sha256)
        write_whole(room / "findings.json", found)
        plan = kept.plan if kept and kept.plan else _plan(project, clip, wanted, (room, work), desk)
        require_same_source(source, plan)
        project.files.put(_name(clip.id), format_document(_Kept(inputs, "", plan)))
        made = _render(source, plan, (room, work), desk)
        digest = digest_file(made)
        replace_file(made, project.folder / FOLDER / f"{clip.id}{made.suffix}")
        project.files.put(_name(clip.id), format_document(_Kept(inputs, digest)))
        shutil.rmtree(work)
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _plan(
    project: Project, clip: ClipFacts, wanted: Wanted, rooms: tuple[Path, Path], desk: Desk
) -> Plan:
    """Return the plan that hides everybody in a clip at its own size."""
    room, work = rooms
    place = room / "findings.json"
    made: tuple[MadeSound, ...] = ()
    if wanted.voices == "disguise":
        made = make_sound(Path(clip.path), place, Choices(voices="disguise"), work, desk)
    output = choose_output(
        place, desk.workers, codec="auto", sound="auto", quality=None, container="auto"
    )
    if output.video is None:
        output = msgspec.structs.replace(output, reel=reel_of(output, clip.id))
    findings = parse_document(place.read_bytes(), Findings)
    said = _hiding(read_clip_decisions(project, clip.id))
    return plan_of(findings, said, Recipe(output, cpu_level(), look=wanted.look, made=made))


def _hiding(said: ClipDecisions) -> ClipDecisions:
    """Return what was decided as far as it hides: spans that a frame stands for are slates here."""
    slates = tuple(msgspec.structs.replace(span, by="slate") for span in said.spans)
    return msgspec.structs.replace(said, pieces=(), voices=(), spans=slates)


def _render(source: Path, plan: Plan, rooms: tuple[Path, Path], desk: Desk) -> Path:
    """Write the copy into the work folder from finished and missing chunks; return where it is."""
    room, work = rooms
    name = hashlib.sha256(format_document(plan)).hexdigest()[:16]
    full, small = room / f"full-{name}.json", room / f"proxy-{name}.json"
    write_whole(full, format_document(plan))
    findings = room / "findings.json"
    if not desk.workers.run(
        proxy_plan_job, str(findings), str(full), str(small), cpu_level(), "aac"
    ):
        small = full
    proxy = jobs.plan_at(str(small))
    chunks = _chunks(source, (full, small, proxy), work, desk)
    sounds = []
    for number, track in enumerate(proxy.output.sound):
        sounds.append(work / f"sound-{number:02d}.mov")
        if not sounds[-1].exists():
            desk.workers.run(
                jobs.sound_job, str(source), str(small), track.stream, str(sounds[-1]), str(work)
            )
    paths = [str(path) for path in chunks], [str(path) for path in sounds]
    film = work / f"film.{proxy.output.container}"
    desk.workers.run(jobs.join_job, *paths, str(small), str(film))
    return film


def _chunks(source: Path, plans: tuple[Path, Path, Plan], work: Path, desk: Desk) -> list[Path]:
    full, small, proxy = plans
    video = proxy.output.video
    if video is None:
        return []
    paths = [work / f"chunk-{n:06d}" for n in range(len(video.chunks))]
    total = video.chunks[-1].end
    missing = [n for n, path in enumerate(paths) if not path.exists()]
    done = total - sum(video.chunks[n].end - video.chunks[n].first for n in missing)
    words = WORDS.format(clip=proxy.clip.id)
    calls = [(str(source), str(full), str(small), n, str(paths[n]), words) for n in missing]
    begun = [paths[n].with_name(paths[n].name + jobs.TOLD) for n in missing]

    def poll() -> None:
        desk.tell("copying", done + sum(told_by(path)[0] for path in begun), total)

    for _, frames in desk.workers.run_all(proxy_job, calls, poll):
        done += frames
    desk.tell("copying", total, total)
    return paths


def _link_names(project: Project, clips: Iterable[ClipFacts]) -> None:
    """Add links under the names of the card's files to the copies that are there."""
    folder = project.folder / OWN_NAMES
    folder.mkdir(exist_ok=True)
    for clip in clips:
        film = copy_of(project, clip.id)
        if film is None:
            continue
        card = Path(clip.path)
        link = card if card.suffix.lower() == film.suffix else card.with_suffix(film.suffix)
        place = folder / link.name
        if not place.exists():
            try:
                os.link(film, place)
            except OSError as error:
                raise NotRendered(
                    f"'{escape(link.name)}' can't be linked to the copy of {clip.id}",
                    next_step="use the copies under their ids, in proxies/",
                ) from error
