"""`safehouse status`: where a film stands, and the next step."""

import msgspec

from safehouse.cli.options import JsonFlag
from safehouse.cli.project import Here, in_project
from safehouse.cli.screen import in_words, print_json, print_lines, print_plain
from safehouse.film_status import FilmStatus, VersionStatus, film_status
from safehouse.model.text import escape


@in_project
def status(here: Here, as_json: JsonFlag = False) -> int:
    """Say what is undecided, stale, failing and delivered, and which command comes next.

    Example:
      safehouse status
    """
    with here.opened() as film:
        found = film_status(film)
    if as_json:
        print_json(msgspec.to_builtins(found))
    else:
        print_lines(_facts(found))
        print_plain(*map(_version, found.versions))
        print_lines(*_rest(found))
    return 0


def _facts(found: FilmStatus) -> str:
    clips = "1 clip" if found.clips == 1 else f"{found.clips} clips"
    facts = [clips]
    if found.not_analysed:
        facts.append(f"{found.not_analysed} not analysed")
    if found.failed:
        facts.append(f"{found.failed} can't be read")
    many = found.undecided != 1
    facts.append(f"{found.undecided} questions undecided" if many else "1 question undecided")
    return ", ".join(facts)


def _rest(found: FilmStatus) -> list[str]:
    lines = [
        f"a delivery was stopped, and went nowhere: '{escape(row)}'; the next one removes it"
        for row in found.unfinished
    ]
    lines += [f"look at {row.person}: {row.words}" for row in found.look]
    return [*lines, f"next: {found.next_step}" if found.next_step else "nothing is left to do"]


def _version(row: VersionStatus) -> str:
    """Return where a version stands, as it is said; its name is no word to be said."""
    found = ", ".join(f"{count} {state}" for state, count in row.counts.items()) or "no clip"
    seen = "watched" if row.watched else "not watched"
    out = f", delivered {row.delivered} times" if row.delivered > 1 else ""
    out = out or (", delivered once" if row.delivered else "")
    wrong = f"; WRONG, shows what may not be shown: {', '.join(row.wrong)}" if row.wrong else ""
    named = f"{row.version} ({in_words(row.medium)})" + in_words(": ")
    return named + in_words(f"{found}; {seen}{out}{wrong}")
