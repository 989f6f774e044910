"""`safehouse deliver`: a version goes out, or the reasons why not."""

from pathlib import Path
from typing import Annotated

import typer

from safehouse.cli.options import JsonFlag, PageLanguage
from safehouse.cli.project import Here, in_project
from safehouse.cli.screen import print_error, print_json, print_lines, progress
from safehouse.delivering import (
    Delivery,
    Hindered,
    compare_with_delivered,
    deliver_version,
    hindrances,
)
from safehouse.errors import UsageError
from safehouse.model.text import escape


@in_project
def deliver(
    here: Here,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The version.")],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="A new folder. Example: -o OUT/", readable=False),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Say what stands in the way.")] = False,
    language: Annotated[
        PageLanguage, typer.Option("--language", help="Of the page. Example: --language fr")
    ] = PageLanguage.en,
    as_json: JsonFlag = False,
) -> int:
    """Hand a version out: films, a page, digests. Refused while anything stands in the way.

    Examples:
      safehouse deliver festival-cut --check

      safehouse deliver festival-cut -o OUT/
    """
    if output is None and not check:
        raise UsageError("deliver needs a folder", next_step="-o OUT/, or --check")
    with progress() as tell, here.opened() as film:
        found = hindrances(film, name, tell)
        if check or found.rows or output is None:
            together = compare_with_delivered(film, name)
            return _refused(found, [str(row) for row in together.words], as_json=as_json)
        done = deliver_version(film, name, output, language=language.value, tell=tell)
    _print_done(done, as_json=as_json)
    return 0


def _refused(found: Hindered, words: list[str], *, as_json: bool) -> int:
    """Tell all that stands in the way, the gravest last, as the failure; 0 when nothing does."""
    if as_json:
        rows = [{"id": row.id, "words": row.words, "next": row.next_step} for row in found.rows]
        print_json({"version": found.version, "in_the_way": rows, "together": words})
    else:
        print_lines(*words)
        if not found.rows:
            print_lines(f"nothing stands in the way of {escape(found.version)}")
        for row in found.rows[1:]:
            print_error(row.error)
    if found.rows:
        raise found.rows[0].error
    return 0


def _print_done(done: Delivery, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "folder": str(done.folder),
                "delivery": done.id,
                "films": done.films,
                "head": done.head,
                "together": [str(row) for row in done.together.words],
            }
        )
        return
    films = "1 film" if done.films == 1 else f"{done.films} films"
    print_lines(
        f"delivered: {films} in {escape(str(done.folder))}",
        f"it is called {done.id} where copies and screenings are written down",
        f"head of the history, for paper: {done.head}",
        *(str(row) for row in done.together.words),
        *(f"  {row}" for row in done.together.offers),
        "next: safehouse copies add, for each place where a copy goes",
    )
