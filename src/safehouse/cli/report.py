"""`safehouse report …`: what is done with a report after the audit."""

from pathlib import Path
from typing import Annotated

import typer

from safehouse.answering import Given
from safehouse.cli.options import JsonFlag, Overwrite, PageLanguage
from safehouse.cli.screen import print_error, print_json, print_lines
from safehouse.model.text import escape
from safehouse.reports import Verified, answer_report, sign_report, verify_report, write_short

app = typer.Typer(
    help="Verify, sign and answer reports; make the page that goes out.", no_args_is_help=True
)

Place = Annotated[
    Path,
    typer.Argument(metavar="REPORT", help="report.json, or its folder.", readable=False),
]


@app.command("verify")
def verify(
    place: Place,
    film: Annotated[Path, typer.Argument(metavar="FILE", help="The film.", readable=False)],
    signer: Annotated[
        Path | None,
        typer.Option("--signer", help="Public keys, one a line: one of them must have signed."),
    ] = None,
    as_json: JsonFlag = False,
) -> int:
    """Check that a report is of this very film, and was not edited; offline, on any machine.

    Without a signature this finds slips, cuts and edits by hand. Whoever makes the report, its page
    and all digests anew is found by a signature only.

    Example:
      safehouse report verify film.private/report.json film.mov --signer auditor.pub
    """
    found = verify_report(place, film, signer)
    if as_json:
        print_json(_as_values(found))
    else:
        print_lines(*found.lines, *_answer_lines(found))
    for fault in found.faults[1:]:
        print_error(fault)
    if found.faults:
        raise found.faults[0]
    return 0


@app.command("sign")
def sign(
    place: Place,
    key: Annotated[
        Path, typer.Option("--key", help="An SSH key; of one in an agent, its .pub file.")
    ],
    who: Annotated[str, typer.Option("--who", help="A name or pseudonym; anybody may read it.")],
    overwrite: Overwrite = False,
) -> int:
    """Sign a report, its page and its answers: who audited, when, by which version.

    `ssh-keygen` signs, with a key of yours that safehouse never reads.

    Example:
      safehouse report sign film.private/report.json --key ~/.ssh/id_ed25519 --who auditor-2
    """
    statement, signature = sign_report(place, key, who, overwrite=overwrite)
    print_lines(
        f"signed: {escape(statement.name)} and {escape(signature.name)} lie beside the report",
        "give both away with it, and your public key by another way",
    )
    return 0


@app.command("short")
def short(
    place: Place,
    output: Annotated[
        Path, typer.Option("-o", "--output", help="The page. Example: -o about.html")
    ],
    language: Annotated[
        PageLanguage, typer.Option("--language", help="Of the page. Example: --language fr")
    ] = PageLanguage.en,
    overwrite: Overwrite = False,
) -> int:
    """Write a short page that may go out with the film: what was tried, what remains.

    No id, digest, file name or time is in it. Of a film that is held there is none.

    Example:
      safehouse report short film.private/report.json -o about.html
    """
    write_short(place, output, language.value, overwrite=overwrite)
    print_lines(f"page: {escape(str(output))}")
    return 0


@app.command("answer")
def answer(
    place: Place,
    person: Annotated[str, typer.Option("--person", help="Their id, P07; never a name.")],
    question: Annotated[str, typer.Option("--question", help="Id of the question.")] = "",
    words: Annotated[str, typer.Option("--answer", help="The answer, in words.")] = "",
    who: Annotated[str, typer.Option("--who", help="Who answers: a pseudonym.")] = "",
    as_json: JsonFlag = False,
) -> int:
    """Keep an answer to what no test can tell, for a person at risk; or list what is open.

    Answers lie in answers.json beside the report, count for this film alone, and stay private.

    Examples:
      safehouse report answer film.private/report.json --person P07

      safehouse report answer film.private --person P07 --question clothing --answer "borrowed coat"
    """
    given = answer_report(place, person, question, words, who)
    if as_json:
        print_json({"person": given.person, "open": [q.id for q in given.open]})
    else:
        print_lines(*_open_lines(given))
    return 0


def _open_lines(given: Given) -> tuple[str, ...]:
    if not given.open:
        return (f"{given.person}: every question is answered",)
    return (
        f"{given.person}: {len(given.open)} questions are not answered",
        *(f"  {row.id}: {row.words}" for row in given.open),
    )


def _answer_lines(found: Verified) -> tuple[str, ...]:
    if not found.unanswered:
        return ("nobody is on the list of those at risk: safehouse report answer --person P07",)
    return tuple(
        f"{person}: {count} questions are not answered" if count else f"{person}: all answered"
        for person, count in found.unanswered
    )


def _as_values(found: Verified) -> dict[str, object]:
    return {
        "as_written": not found.faults,
        "faults": [{"id": fault.id, "words": fault.happened} for fault in found.faults],
        "signed_by": found.signed_by,
        "unanswered": dict(found.unanswered),
        "notes": list(found.lines),
    }
