"""`safehouse person …`: who is in the film, by ids; how they are described; names, sealed."""

import getpass
import sys
from enum import StrEnum
from typing import Annotated

import msgspec
import typer

from safehouse.cli import consent_options as said
from safehouse.cli.project import Here, in_project
from safehouse.cli.screen import in_words, print_lines, print_plain
from safehouse.errors import UsageError
from safehouse.model.acts import DescribePerson, NamePerson
from safehouse.model.consent import Person
from safehouse.model.text import escape
from safehouse.store.reading_register import (
    next_id,
    pending_descriptions,
    read_name,
    read_person,
)

app = typer.Typer(help="Who is in the film: ids, descriptions, sealed names.", no_args_is_help=True)

MOST_NAME = 200


class Role(StrEnum):
    """Who somebody is to the film."""

    unknown = "unknown"
    participant = "participant"
    bystander = "bystander"
    crew = "crew"
    translator = "translator"
    driver = "driver"
    camera = "camera"


class Risk(StrEnum):
    """What being known would mean."""

    unanswered = "unanswered"
    none = "none"
    some = "some"
    high = "high"


class Age(StrEnum):
    """Whether somebody is of age."""

    unknown = "unknown"
    adult = "adult"
    child = "child"


class From(StrEnum):
    """From whom somebody must be hidden."""

    public = "public"
    known = "known"
    state = "state"
    nobody = "nobody"


RoleOption = Annotated[Role | None, typer.Option("--role", help="Who they are to the film.")]
HiddenFrom = Annotated[
    list[From] | None,
    typer.Option(
        "--hidden-from",
        help="The first question: the public, people who know them, a state? Repeatable.",
    ),
]
RiskOption = Annotated[
    Risk | None, typer.Option("--risk", help="If they were known; unanswered counts as high.")
]
AgeOption = Annotated[Age | None, typer.Option("--age", help="unknown counts as under 18.")]


@app.command("add")
@in_project
def add(
    here: Here,
    named: Annotated[
        bool, typer.Option("--name", help="Ask for their real name, unseen, and seal it.")
    ] = False,
    role: RoleOption = None,
    hidden_from: HiddenFrom = None,
    risk: RiskOption = None,
    age: AgeOption = None,
) -> int:
    """Add somebody under the next id, which means nothing. Crew and bystanders are people too.

    Example:
      safehouse person add --role participant --hidden-from state --risk high --age adult
    """
    with here.opened() as film:
        person = _described(Person(id=next_id(film, "P")), role, hidden_from, risk, age)
        sealed = [NamePerson(person.id, film.seal(_typed_name()))] if named else []
        film.act(DescribePerson(person), *sealed)
    print_lines(f"{person.id}: {_words(person)}")
    return 0


@app.command("describe")
@in_project
def describe(
    here: Here,
    person: said.Person,
    role: RoleOption = None,
    hidden_from: HiddenFrom = None,
    risk: RiskOption = None,
    age: AgeOption = None,
) -> int:
    """Answer the questions about somebody; what is not said stays.

    What narrows counts at once. To leave a high risk, an age under 18 or somebody to hide from
    takes the same answer from another person, after the waiting time.

    Example:
      safehouse person describe P07 --risk some --age adult --hidden-from nobody
    """
    with here.opened() as film:
        before = read_person(film, person)
        film.act(DescribePerson(_described(before, role, hidden_from, risk, age)))
        after = read_person(film, person)
        waits = pending_descriptions(film).get(person)
    print_lines(f"{person}: {_words(after)}")
    if waits is not None:
        print_lines(
            f"asked for: {_words(waits[0])}",
            "it opens something, so it counts when another person says the same, after the"
            " waiting time",
        )
    return 0


@app.command("name")
@in_project
def name(
    here: Here,
    person: said.Person,
    show: Annotated[bool, typer.Option("--show", help="Show it on this screen.")] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Forget it.")] = False,
) -> int:
    """Keep somebody's real name, sealed once more; it is typed unseen, and shown on request alone.

    Examples:
      safehouse person name P07

      safehouse person name P07 --show
    """
    with here.opened() as film:
        read_person(film, person)
        if show:
            if shown := escape(read_name(film, person)):
                print_plain(shown)
            else:
                print_lines("no name is on record")
            return 0
        film.act(NamePerson(person, "" if forget else film.seal(_typed_name())))
    print_lines(f"{person}: the name is {'forgotten' if forget else 'sealed'}")
    return 0


def _typed_name() -> str:
    """Return what is typed unseen, or the first line of the standard input."""
    if sys.stdin.isatty():
        typed = getpass.getpass(f"{in_words('name (not shown):')} ", stream=sys.stderr).strip()
    else:
        typed = sys.stdin.readline().strip()
    if not typed or len(typed) > MOST_NAME:
        raise UsageError(
            f"a name has one letter at least, {MOST_NAME} at most",
            kept="nothing was recorded",
            next_step="type it again",
        )
    return typed


def _described(
    before: Person,
    role: Role | None,
    hidden_from: list[From] | None,
    risk: Risk | None,
    age: Age | None,
) -> Person:
    whom = None if hidden_from is None else [o.value for o in hidden_from if o is not From.nobody]
    answers = {
        "role": role and role.value,
        "hidden_from": whom,
        "risk": risk and risk.value,
        "age": age and age.value,
    }
    given = {key: value for key, value in answers.items() if value is not None}
    return msgspec.convert(msgspec.to_builtins(before) | given, Person)


def _words(person: Person) -> str:
    hidden = ", ".join(person.hidden_from) or "nobody named"
    return f"{person.role}, hidden from {hidden}, risk {person.risk}, age {person.age}"
