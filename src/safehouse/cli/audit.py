"""`safehouse audit`: attack a film that is there already."""

from pathlib import Path
from typing import Annotated

import typer

from safehouse.choices import Inquiry
from safehouse.cli.options import JsonFlag, Overwrite, PageLanguage, ReportLanguage, Workers
from safehouse.cli.project import Here, in_project
from safehouse.cli.render import print_rendered
from safehouse.cli.screen import in_words, print_json, print_lines, print_plain, progress
from safehouse.errors import AuditBroken, LeakFound, UsageError
from safehouse.machine import core_count
from safehouse.main_job import audit_to
from safehouse.model.report import Report
from safehouse.model.text import escape
from safehouse.outputs import require_source
from safehouse.pipeline import Desk
from safehouse.versions import audit_version
from safehouse.workers import Workers as Pool

Film = Annotated[
    Path | None, typer.Argument(metavar="[OUT]", help="The film to attack.", readable=False)
]
Source = Annotated[
    Path | None, typer.Option("--source", help="The clip that it was made from.", readable=False)
]
PlanFile = Annotated[
    Path | None, typer.Option("--plan", help="The plan that it was made by.", readable=False)
]
Output = Annotated[
    Path | None,
    typer.Option(
        "-o", "--output", help="Folder for the report; OUT.private unless said.", readable=False
    ),
]

Earlier = Annotated[
    list[Path] | None,
    typer.Option(
        "--earlier", help="A version that is out already. May be repeated.", readable=False
    ),
]
SameCamera = Annotated[
    list[Path] | None,
    typer.Option(
        "--same-camera",
        help="Another clip of the same camera: can the camera be told? May be repeated.",
        readable=False,
    ),
]
Full = Annotated[
    bool,
    typer.Option("--full/--quick", help="Look in more frames, with every detector: takes longer."),
]


@in_project
def audit(  # noqa: PLR0913 - one argument an option of the command
    here: Here,
    film: Film = None,
    source: Source = None,
    plan: PlanFile = None,
    output: Output = None,
    workers: Workers = None,
    full: Full = False,
    earlier: Earlier = None,
    same_camera: SameCamera = None,
    report_language: ReportLanguage = PageLanguage.en,
    overwrite: Overwrite = False,
    version: Annotated[
        str, typer.Option("--version", help="Attack all films of this version of a project.")
    ] = "",
    as_json: JsonFlag = False,
) -> int:
    """Attack a film with every attack there is, and write the report.

    Without a plan it may be of any tool's making: is a face found, does the picture follow the
    clip's faces, who does the file name, is the clip's sound in it.

    Examples:
      safehouse audit film.mov --source interview.mov --plan plan.json

      safehouse audit film.mov --source interview.mov --plan plan.json --earlier festival.mov

      safehouse audit blurred.mp4 --source interview.mov

      safehouse audit --version festival-cut --full
    """
    _require_one(version, film, source, plan, output)
    if film is None:
        with here.opened() as held:
            with progress() as tell, Pool(workers or core_count()) as pool:
                done = audit_version(held, version, Desk(pool, tell), full=full)
            return print_rendered(held, done, as_json=as_json)
    _require_films(film, source, *(earlier or ()), *(same_camera or ()))
    inquiry = Inquiry(
        film,
        source,
        plan,
        quick=not full,
        language=report_language.value,
        earlier=tuple(earlier or ()),
        same_camera=tuple(same_camera or ()),
    )
    folder = output or film.with_name(f"{film.stem}.private")
    with progress() as tell, Pool(workers or core_count()) as pool:
        report = audit_to(inquiry, folder, Desk(pool, tell), overwrite=overwrite)
    _print_report(report, folder, as_json=as_json)
    _raise_if_held(report, folder)
    return 0


def _require_one(version: str, film: Path | None, *others: Path | None) -> None:
    """Require a version or a film, and not both."""
    if version and any((film, *others)):
        raise UsageError(
            "--version attacks the project's own films", next_step="leave the files out"
        )
    if not version and film is None:
        raise UsageError(
            "audit needs a film", next_step="name it, or, in a project: --version NAME"
        )


def _require_films(*films: Path | None) -> None:
    for film in films:
        if film is not None:
            require_source(film)


def _print_report(report: Report, folder: Path, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "report": str(folder / "report.json"),
                "held": report.held,
                "attacks": {attack.name: attack.result for attack in report.attacks},
            }
        )
    else:
        print_plain(
            *(
                in_words(f"{a.name}: {a.result}") + in_words("; ") + escape(in_words(a.figure))
                for a in report.attacks
            )
        )
        print_lines(
            f"report: {escape(str(folder / 'report.html'))}",
        )


def _raise_if_held(report: Report, folder: Path) -> None:
    if not report.held:
        return
    leaks = ", ".join(a.name for a in report.attacks if a.result == "leak")
    kept = "the source and the film are untouched: do not give the film away"
    shown = f"open {escape(folder.name)}/report.html"
    if leaks:
        raise LeakFound(f"the audit found a leak ({leaks})", kept=kept, next_step=shown)
    raise AuditBroken("an attack could not be run to its end", kept=kept, next_step=shown)
