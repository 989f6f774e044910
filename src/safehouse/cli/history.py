"""`safehouse history`: who did what and when, and whether it was edited since."""

from typing import Annotated

import msgspec
import typer

from safehouse.cli.options import JsonFlag
from safehouse.cli.project import Here, in_project
from safehouse.cli.screen import print_json, print_lines
from safehouse.model.text import escape
from safehouse.review.history_words import words_of
from safehouse.store.reading_history import Done, Verified, read_history, verify_history

Verify = Annotated[
    bool, typer.Option("--verify", help="Hold the journal against its chain of digests.")
]
Head = Annotated[
    str, typer.Option("--head", help='The words on paper. Example: --verify --head "WORD WORD …"')
]
Last = Annotated[int | None, typer.Option("--last", min=1, help="Only so many acts, the last.")]


@in_project
def history(
    here: Here,
    verify: Verify = False,
    head: Head = "",
    last: Last = None,
    json: JsonFlag = False,
) -> int:
    """List what was done in the project: number, time, operator, in words, ids. No names.

    The last line is the head of the history: thirteen words that vouch for all of it. Write them
    down on paper; --verify --head tells later whether anything up to there was edited. Without them
    it can only say that the history is consistent in itself.

    Examples:
      safehouse history --last 20

      safehouse history --verify --head "WORD WORD …"
    """
    with here.opened() as film:
        if verify or head:
            found = verify_history(film, head)
            lines = _verified_lines(found)
            _print(msgspec.to_builtins(found), lines, json=json)
            return 0
        acts = read_history(film, last)
        lines = [*(_done_line(done) for done in acts), f"head: {film.head_words()}"]
        rows = {"acts": msgspec.to_builtins(acts), "head": film.head_words()}
        _print(rows, lines, json=json)
    return 0


def _print(value: object, lines: list[str], *, json: bool) -> None:
    if json:
        print_json(value)
    else:
        print_lines(*lines)


def _done_line(done: Done) -> str:
    ids = " ".join(escape(one) for one in done.ids)
    more = f" and {done.more} more" if done.more else ""
    of = f"of {done.undoes}" if done.undoes else ""
    undone = "  (undone)" if done.undone else ""
    who = escape(done.who) or "-"
    return f"{done.n:>6}  {done.at}  {who}  {words_of(done)}  {of}{ids}{more}{undone}".rstrip()


def _verified_lines(found: Verified) -> list[str]:
    head = f"head: {found.head}"
    if found.since is None:
        said = f"consistent in itself: {found.acts} acts"
        hint = "only words on paper tell whether somebody wrote another history: --head WORDS"
        return [said, hint, head]
    if not found.since:
        return ["the words are those of an empty project", head]
    later = found.acts - found.since
    said = f"unedited since {found.at}: acts 1 to {found.since} are those that the words vouch for"
    return [said, f"{later} acts came after", head]
