"""`safehouse analyse`: look for people in a clip's file, or in the clips of a project."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from safehouse.cli.options import JsonFlag, Overwrite
from safehouse.cli.project import Here, in_project
from safehouse.cli.screen import print_error, print_json, print_lines, progress
from safehouse.errors import UsageError
from safehouse.model.text import escape
from safehouse.outputs import require_document, require_source, writing
from safehouse.pipeline import Desk, analyse_clip
from safehouse.store.project import Project
from safehouse.store.reading_people import read_people
from safehouse.store.reading_queue import count_all
from safehouse.workers import Workers

if TYPE_CHECKING:
    from safehouse.film_analysis import Looked

ID = re.compile(r"C\d{4,}")

Clips = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="[CLIP]",
        help="A film's file, with -o; or ids of the project's clips.",
        readable=False,
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "-o", "--output", help="The findings of a file. Example: -o findings.json", readable=False
    ),
]
NoFaces = Annotated[
    bool,
    typer.Option("--no-faces", help="In a project: look at no face closely; nobody is guessed."),
]


@in_project
def analyse(
    here: Here,
    clips: Clips = None,
    output: Output = None,
    overwrite: Overwrite = False,
    no_faces: NoFaces = False,
    as_json: JsonFlag = False,
) -> int:
    """Look for every head: in one file, into findings; or in the clips of the project.

    In a project it goes on where it was: clips that were looked at are not looked at again unless
    they are named. Clips that fail are recorded, and the others go on.

    Examples:
      safehouse analyse interview.mov -o findings.json

      safehouse analyse

      safehouse analyse C0003
    """
    from safehouse.film_analysis import analyse_film

    if output is not None:
        if not clips or len(clips) != 1:
            raise UsageError("-o takes the findings of one file", next_step="name one film's file")
        return _analyse_file(clips[0], output, overwrite=overwrite, as_json=as_json)
    ids = _ids(clips or [])
    with here.opened() as film:
        with progress() as tell:
            looked = analyse_film(film, ids, faces=not no_faces, tell=tell)
        for _, failure in looked.failures:
            print_error(failure)
        _tell_of_film(film, looked, as_json=as_json)
    return looked.exit_code


def _ids(clips: list[Path]) -> list[str]:
    names = [str(clip) for clip in clips]
    for name in names:
        if not ID.fullmatch(name):
            raise UsageError(
                f"'{escape(name)}' is no id of a clip, and a file needs -o",
                next_step=f"safehouse analyse {escape(name)} -o findings.json",
            )
    return names


def _tell_of_film(film: Project, looked: "Looked", *, as_json: bool) -> None:
    counts, people = count_all(film), len(read_people(film))
    facts = {
        "done": looked.done,
        "kept": looked.kept,
        "failures": [[clip, failure.id] for clip, failure in looked.failures],
        "appearances": counts.pieces,
        "people_guessed": people,
        "undecided": counts.open,
    }
    if as_json:
        print_json(facts)
        return
    failed = f"; FAILED: {len(looked.failures)}" if looked.failures else ""
    print_lines(
        f"clips looked at: {len(looked.done)}; done before: {len(looked.kept)}{failed}",
        f"appearances: {counts.pieces}; people, guessed or confirmed: {people}; "
        f"questions undecided: {counts.open}",
        "next: safehouse review",
    )


def _analyse_file(source: Path, output: Path, *, overwrite: bool, as_json: bool) -> int:
    require_source(source)
    require_document(output, (source,), overwrite=overwrite)
    with writing(), progress() as tell, Workers(1) as workers:
        findings = analyse_clip(source, "C0001", output, Desk(workers, tell))
    video = findings.clip.video
    facts = {
        "findings": str(output),
        "frames": video.times.count if video else 0,
        "shots": len(findings.shots),
        "tracks": len(findings.tracks),
        "uncertain_spans": len(findings.unsure),
    }
    if as_json:
        print_json(facts)
    else:
        print_lines(
            f"{facts['tracks']} appearances of heads in {facts['shots']} shots, "
            f"{facts['frames']} frames; {facts['uncertain_spans']} uncertain spans",
            f"next: safehouse plan build {escape(str(output))} -o plan.json",
        )
    return 0
