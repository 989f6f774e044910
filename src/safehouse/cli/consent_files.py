"""`safehouse consent record|import|export`: slips from the field, and records for others."""

from pathlib import Path
from typing import Annotated

import typer
from safehouse_offload.config import read_key

from safehouse.cli import consent_options as said
from safehouse.cli.consent import app
from safehouse.cli.consent_asking import ask_record
from safehouse.cli.project import Here, in_project
from safehouse.cli.screen import ask_words, print_lines
from safehouse.consent.checking import require_record
from safehouse.consent.slips import receipt, seal_slip
from safehouse.errors import OutputExists, UsageError
from safehouse.field_slips import require_slip
from safehouse.model.text import escape
from safehouse.outputs import write_error
from safehouse.registering import export_all, import_file, import_slip
from safehouse.store.atomic import write_whole
from safehouse.vault.keys import join

__all__ = ["app", "export", "import_", "record"]

Recording = Annotated[
    Path | None,
    typer.Option("--recording", help="Where the slip's recording goes, opened. Not unless said."),
]
PersonId = Annotated[
    str, typer.Option("--person", help="Who it is here, if not the id that it names.")
]


@app.command("record")
def record(  # noqa: PLR0913 - one argument an option of the command
    to: Annotated[Path, typer.Option("--to", help="The vault's public key: --to key.pub")],
    person: Annotated[str, typer.Argument(metavar="[PERSON]", help="Their id: P07.")] = "",
    ask: Annotated[
        bool,
        typer.Option("--ask", help="Ask for everything: the shell then remembers no answer."),
    ] = False,
    face: Annotated[said.Asked, said.asked_about("face")] = None,
    voice: Annotated[said.Asked, said.asked_about("voice")] = None,
    name: Annotated[said.Asked, said.asked_about("name")] = None,
    place: Annotated[said.Asked, said.asked_about("place")] = None,
    body: Annotated[said.Asked, said.asked_about("body")] = None,
    story: Annotated[said.Asked, said.asked_about("story")] = None,
    medium: said.Media = None,
    version: said.Versions = None,
    territory: said.Territories = None,
    since: said.Since = "",
    until: said.Until = "",
    review: said.Review = "",
    how: said.How = said.Way.told,
    proof: said.Proof = None,
    language: said.Language = "",
    interpreter: said.Interpreter = "",
    asked_by: said.AskedBy = "",
    witness: said.Witnesses = None,
    present: said.Present = None,
    safe: said.Safe = None,
    in_flight: said.InFlight = False,
    guardian: said.Guardian = "",
    explanation: said.Explanation = "",
    condition: said.Conditions = None,
    met: said.Met = None,
    out_already: said.OutAlready = None,
    given: said.GivenOn = "",
    output: Annotated[Path, typer.Option("-o", "--output", help="A folder for slips.")] = Path(
        "slips"
    ),
    receipt_for: Annotated[
        Path | None, typer.Option("--receipt", help="Write a receipt, when they ask for one.")
    ] = None,
) -> int:
    """In the field: seal what somebody said, with its recording; this machine can't open it.

    No project is needed, and nothing is left but the sealed file. The recording itself stays where
    it is: seal its card with safehouse offload, and wipe it.

    Examples:
      safehouse consent record --ask --to key.pub

      safehouse consent record P07 --face yes --how audio --proof REC.wav --to key.pub
    """
    answers = ask_record() if ask else locals()
    held = said.record_of(answers)
    require_record(held)
    slip = seal_slip(held, answers["proof"], read_key(to)[0], output)
    lines = [f"sealed: {escape(str(slip.path))}"]
    if not ask:
        lines.append("the shell may remember what was typed; --ask is for that")
    if answers["proof"] is not None:
        lines.append("the recording itself is still where it was, and anybody can open it there")
    if receipt_for is not None:
        _write(receipt_for, receipt(held).encode())
        lines.append("a receipt says that somebody agreed to something: is it wise to carry it?")
    print_lines(*lines)
    return 0


@app.command("import")
@in_project
def import_(
    here: Here,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A field slip, or JSON records.")],
    words: Annotated[
        Path | None, typer.Option("--words", help="A file of the vault's key words.")
    ] = None,
    identity: Annotated[
        Path | None, typer.Option("--identity", help="An age identity in place of key words.")
    ] = None,
    person: PersonId = "",
    recording: Recording = None,
) -> int:
    """At home: open a field slip, or read records in JSON, into the register.

    Nothing that comes in shows anybody by itself: somebody else agrees to it here.

    Examples:
      safehouse consent import slips/7f03.age --words words.txt --person P07

      safehouse consent import records.json
    """
    slip = file.suffix == ".age"
    if slip:
        require_slip(file)
    private = (_identity(identity) if identity else join(ask_words(words))) if slip else ""
    with here.opened() as film:
        if slip:
            print_lines(*import_slip(film, file, private, person, recording))
        else:
            print_lines(*import_file(film, file, person))
    return 0


@app.command("export")
@in_project
def export(
    here: Here,
    output: Annotated[Path, typer.Option("-o", "--output", help="A JSON file.")],
) -> int:
    """Write the register as JSON, shaped as ISO/IEC TS 27560 describes consent records.

    It is not sealed. It holds ids and pseudonyms and no names; who can match the ids learns all.

    Example:
      safehouse consent export -o register.json
    """
    with here.opened() as film:
        text = export_all(film)
    _write(output, text)
    print_lines(f"written: {escape(str(output))}; it is not sealed")
    return 0


def _identity(path: Path) -> str:
    """Return the first private key of an age identity file."""
    try:
        lines = path.read_text(encoding="utf-8").split()
        return next(line for line in lines if line.startswith("AGE-SECRET-KEY-1"))
    except (OSError, UnicodeDecodeError, StopIteration) as error:
        raise UsageError(
            f"no age identity in '{escape(path.name)}'",
            kept="nothing was opened or recorded",
            next_step="give --words, or a file with AGE-SECRET-KEY-1…",
        ) from error


def _write(path: Path, text: bytes) -> None:
    if path.exists():
        raise OutputExists(
            f"'{escape(path.name)}' is there already",
            kept="it is untouched; nothing was written",
            next_step="give another name",
        )
    try:
        write_whole(path, text)
    except OSError as error:
        failure = write_error(error)
        failure.kept = "nothing was written"
        raise failure from error
