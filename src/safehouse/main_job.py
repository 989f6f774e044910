"""The main job: a clip in, the same film back with everybody found in it hidden, and a report."""

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from safehouse.auditing import audit_film
from safehouse.choices import Choices, Inquiry
from safehouse.errors import (
    AuditBroken,
    FormatRefused,
    FormatUnsupported,
    LeakFound,
    PlanError,
    PlanMalformed,
    SafehouseError,
    SourceError,
    UsageError,
)
from safehouse.machine import core_count, cpu_level
from safehouse.made import copy_made, hand_captions, lasting_words, make_sound
from safehouse.model.documents import format_document, parse_document
from safehouse.model.findings import Findings
from safehouse.model.plan import MadeSound, Output, Plan
from safehouse.model.report import Report
from safehouse.model.showing import UNDECIDED, Decided
from safehouse.model.text import escape, named
from safehouse.outputs import (
    Target,
    free_target,
    require_document,
    require_holds,
    require_source,
    require_writable,
    target_at,
    write_error,
)
from safehouse.pipeline import (
    Desk,
    Tell,
    analyse_clip,
    choose_output,
    quiet,
    read_findings,
    read_plan,
    render_film,
    require_same_source,
)
from safehouse.store.atomic import replace_file, write_whole
from safehouse.workers import Workers

__all__ = [
    "Result",
    "audit_to",
    "build_plan_for",
    "protect",
    "protect_to",
    "raise_if_held",
    "render_to",
]

REQUEST = "request.json"
"""File in the folder of unfinished work that says what it was begun for."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came back.

    Attributes:
        film: the protected film; with the ending `.held` when the audit found a leak.
        private: the folder with the plan, the report and the mapping of ids to files.
        held: the audit found a leak: the film must not be given away.
        report: every attack with its result, and what remains.
        plan: who is hidden how, where and when.
        name_repeats: the film's name holds the clip's, which may name a person.
    """

    film: Path
    private: Path
    held: bool
    report: Report
    plan: Plan
    name_repeats: bool = False


class _Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What unfinished work was begun for; the same request goes on from it."""

    source: str
    size_bytes: int
    mtime_ns: int
    choices: str


def protect(
    path: str | Path,
    output: str | Path | None = None,
    *,
    choices: Choices | None = None,
    tell: Tell = quiet,
) -> Result:
    """Return the protected film of a clip, and everything that is known about it.

    Args:
        path: the clip; it is opened for reading only.
        output: where the film goes, `NAME.mov` or `NAME.mp4`; None takes the next free
            `protected-0001.mov` in the current folder. `NAME.private/` comes beside it.
        choices: what the user chose.
        tell: is called with a stage's name, how much is done, and how much there is.

    Raises:
        SafehouseError: one of its classes for each failure; no film was written then.

    Nothing lost: a film appears whole or not at all; what was finished is used by the next call.
    """
    source, wanted = Path(path), choices or Choices()
    require_source(source)
    request = _request_for(source, wanted)
    target = _claim(target_at(Path(output)) if output else None, source, request, wanted)
    with Workers(wanted.workers or core_count()) as workers:
        return protect_to(target, source, "C0001", wanted, Desk(workers, tell))


def protect_to(target: Target, source: Path, clip_id: str, choices: Choices, desk: Desk) -> Result:
    """Protect one clip to a target whose place was checked; the shared part of one and many."""
    require_holds(target, choices.codec)
    with _writing(target):
        work = _open_work(target, _request_for(source, choices))
        plan = _plan_for(source, clip_id, target, choices, desk)
        text = format_document(plan)
        name = hashlib.sha256(text).hexdigest()[:16]
        used, film = work / f"plan-{name}.json", work / f"film-{name}{target.film.suffix.lower()}"
        write_whole(used, text)
        beside = work if choices.plan is None else choices.plan.parent
        if not film.exists():
            partial = film.with_stem("partial")
            render_film(source, plan, partial, desk, work=work, beside=beside)
            replace_file(partial, film)
        told = work / "report"
        told.mkdir(exist_ok=True)
        inquiry = Inquiry(film, source, used, beside=beside, language=choices.report_language)
        held = audit_film(inquiry, told, desk)
        report = parse_document((told / "report.json").read_bytes(), Report)
        _write_sources(target, source, clip_id)
        copy_made(plan, beside, target.private)
        hand_captions(work, target, held=held)
        final = _hand_over(target, film, (used, *told.iterdir()), held=held)
        shutil.rmtree(work)
    repeats = source.stem.casefold() in target.film.stem.casefold()
    return Result(final, target.private, held, report, plan, repeats)


def _hand_over(target: Target, film: Path, documents: tuple[Path, ...], *, held: bool) -> Path:
    """Move what is finished to where it was asked for, the film last; return the film's path."""
    for document in documents:
        name = document.name if document.name.startswith("report") else "plan.json"
        replace_file(document, target.private / name)
    final = target.held if held else target.film
    (target.film if held else target.held).unlink(missing_ok=True)
    replace_file(film, final)
    return final


def render_to(
    target: Target, source: Path, plan_path: Path, desk: Desk, *, different_source: bool
) -> None:
    """Render one clip by a plan's file to a target whose place was checked; nothing is audited."""
    plan = read_plan(plan_path)
    if not different_source:
        require_same_source(source, plan)
    plan = _with_container(plan, target, Choices())
    work = target.film.with_name(f".{target.film.stem}.rendering")
    try:
        work.mkdir(exist_ok=True)
        partial = work / f"partial{target.film.suffix.lower()}"
        render_film(
            source,
            plan,
            partial,
            desk,
            work=work,
            beside=plan_path.parent,
            different_source=different_source,
        )
        replace_file(partial, target.film)
        shutil.rmtree(work)
    except OSError as error:
        raise write_error(error) from error
    except SafehouseError:
        shutil.rmtree(work, ignore_errors=True)
        raise


def audit_to(inquiry: Inquiry, folder: Path, desk: Desk, *, overwrite: bool) -> Report:
    """Attack a film and write report.json and report.html into folder; return the report.

    Raises:
        OutputExists: a report is there, and overwrite is False.
        UsageError: a plan was given, and not the clip.
    """
    if inquiry.earlier and inquiry.plan is None:
        words = "--earlier needs the plan: it says who is hidden in this film"
        raise UsageError(words, next_step="add --source CLIP --plan PLAN")
    if inquiry.plan is not None:
        if inquiry.source is None:
            raise UsageError("--plan needs the clip too", next_step="add --source CLIP")
        require_same_source(inquiry.source, read_plan(inquiry.plan))
    made = not folder.exists()
    try:
        folder.mkdir(exist_ok=True)
        for name in ("report.json", "report.html"):
            require_document(folder / name, inquiry.files, overwrite=overwrite)
        audit_film(inquiry, folder, desk)
    except OSError as error:
        raise write_error(error) from error
    finally:
        if made and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
    return parse_document((folder / "report.json").read_bytes(), Report)


def build_plan_for(
    findings: Findings,
    output: Output,
    choices: Choices,
    made: tuple[MadeSound, ...] = (),
    decided: Decided = UNDECIDED,
) -> Plan:
    """Return the plan for findings: everybody found is hidden, in picture and sound.

    Only what was decided in a project shows or lets hear anybody.
    """
    from safehouse.media.settings import with_camera_privacy
    from safehouse.plan.build import build_plan

    if choices.camera_privacy and choices.quality is None:
        output = msgspec.structs.replace(output, video=with_camera_privacy(output.video))
    plan = build_plan(
        findings,
        output,
        look=choices.look,
        mode="reveal-only" if choices.reveal_only else "hide",
        voices=choices.voices,
        bed=choices.speech.bed,
        made=made,
        decided=decided,
        cpu=cpu_level(),
    )
    return msgspec.structs.replace(plan, camera_privacy=choices.camera_privacy)


def raise_if_held(result: Result) -> None:
    """Turn a held film into its error.

    Raises:
        LeakFound: an attack succeeded.
        AuditBroken: an attack could not be run.
    """
    if not result.held:
        return
    leaks = [attack for attack in result.report.attacks if attack.result == "leak"]
    name = escape(result.film.name)
    kept = f"the source is untouched; the film is held as {name}: do not give it away"
    shown = f"open {escape(result.private.name)}/report.html"
    if leaks:
        names = ", ".join(attack.name for attack in leaks)
        raise LeakFound(f"the audit found a leak ({names})", kept=kept, next_step=shown)
    raise AuditBroken("an attack could not be run to its end", kept=kept, next_step=shown)


def _plan_for(source: Path, clip_id: str, target: Target, choices: Choices, desk: Desk) -> Plan:
    """Return the plan to render: the user's, that of the unfinished work, or a new one."""
    if choices.plan is not None:
        plan = read_plan(choices.plan)
        require_same_source(source, plan)
        return _with_container(plan, target, choices)
    kept = target.work / "plan.json"
    if kept.exists():
        return read_plan(kept)
    found = target.work / "findings.json"
    findings = (
        read_findings(found) if found.exists() else analyse_clip(source, clip_id, found, desk)
    )
    output = choose_output(
        found,
        desk.workers,
        codec=choices.codec,
        sound=choices.sound,
        quality=choices.quality,
        container=target.container,
    )
    made = make_sound(source, found, choices, target.work, desk)
    plan = build_plan_for(findings, output, choices, made)
    write_whole(kept, format_document(plan))
    return plan


def _with_container(plan: Plan, target: Target, choices: Choices) -> Plan:
    """Return the user's plan for this target.

    Raises:
        PlanMalformed: reveal_only or camera_privacy was asked for, and is not in the plan.
    """
    if choices.reveal_only and plan.mode != "reveal-only":
        raise PlanMalformed(
            "--reveal-only was given, but the plan's mode is hide",
            next_step='set "mode": "reveal-only" and draw regions, or leave out --plan',
        )
    if choices.camera_privacy and not plan.camera_privacy:
        raise PlanMalformed(
            "--camera-privacy was given, but the plan does not have it",
            next_step='set "camera_privacy": true in the plan, or leave out --plan',
        )
    output = msgspec.structs.replace(plan.output, container=target.container)
    return msgspec.structs.replace(plan, output=output)


def _request_for(source: Path, choices: Choices) -> _Request:
    facts = source.stat()
    wanted = lasting_words(choices)
    return _Request(named(str(source.resolve())), facts.st_size, facts.st_mtime_ns, wanted)


def _claim(named: Target | None, source: Path, request: _Request, choices: Choices) -> Target:
    """Return the named target, or the first free one, or the one whose work this request began."""
    if named is not None:
        require_writable(named, _inputs(source, choices), overwrite=choices.overwrite)
        return named
    for target in free_target(Path(), choices.codec, source.name):
        taken = any(p.exists() for p in (target.film, target.held, target.private))
        if not taken or (not target.film.exists() and _request_in(target.work) == request):
            require_writable(target, _inputs(source, choices), overwrite=False)
            return target
    raise UsageError("there are a million films here", next_step="give an -o")


def _inputs(source: Path, choices: Choices) -> tuple[Path, ...]:
    return (source, *choices.files)


def _open_work(target: Target, request: _Request) -> Path:
    """Return the work folder; what another request left in it is removed first."""
    work = target.work
    if work.exists() and _request_in(work) != request:
        shutil.rmtree(work)
    target.private.mkdir(mode=0o700, parents=True, exist_ok=True)
    work.mkdir(exist_ok=True)
    write_whole(work / REQUEST, format_document(request))
    return work


def _request_in(work: Path) -> _Request | None:
    try:
        return parse_document((work / REQUEST).read_bytes(), _Request)
    except (OSError, msgspec.DecodeError):
        return None


def _write_sources(target: Target, source: Path, clip_id: str) -> None:
    """Write which id is which file; it stays in the private folder."""
    rows = {clip_id: {"file": named(str(source.resolve())), "film": named(target.film.name)}}
    text = msgspec.json.format(msgspec.json.encode({"schema": "sources/1", "clips": rows}))
    write_whole(target.private / "sources.json", text + b"\n")


@contextmanager
def _writing(target: Target) -> Iterator[None]:
    """Turn a refused write into its error; leave nothing behind where nothing can be gone on with.

    A clip or plan that can't be used leaves no work folder, and an empty private folder goes too.
    """
    try:
        yield
    except OSError as error:
        raise write_error(error) from error
    except (SourceError, PlanError, FormatRefused, FormatUnsupported):
        shutil.rmtree(target.work, ignore_errors=True)
        raise
    finally:
        if target.work.is_dir() and [p.name for p in target.work.iterdir()] == [REQUEST]:
            shutil.rmtree(target.work, ignore_errors=True)
        if target.private.is_dir() and not any(target.private.iterdir()):
            target.private.rmdir()
