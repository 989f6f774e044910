"""`safehouse analyse`: look for people in a clip, and write what was found."""

from pathlib import Path
from typing import Annotated

import typer

from safehouse.cli.options import Clip, JsonFlag, Overwrite
from safehouse.cli.screen import print_json, print_lines, progress
from safehouse.model.text import escape
from safehouse.outputs import require_document, require_source, writing
from safehouse.pipeline import Desk, analyse_clip
from safehouse.workers import Workers


def analyse(
    source: Clip,
    output: Annotated[
        Path,
        typer.Option(
            "-o", "--output", help="The findings. Example: -o findings.json", readable=False
        ),
    ],
    overwrite: Overwrite = False,
    as_json: JsonFlag = False,
) -> int:
    """Look for every head in a clip and write the findings.

    Example:
      safehouse analyse interview.mov -o findings.json
    """
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
