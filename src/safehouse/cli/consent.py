"""`safehouse consent …`: what people agreed to, who agrees to it second, what it shows."""

from enum import StrEnum
from typing import Annotated

import typer

from safehouse.cli import consent_options as said
from safehouse.cli.project import Here, in_project
from safehouse.cli.screen import print_lines
from safehouse.consent.slips import digest_of
from safehouse.model.acts import AnswerLink
from safehouse.model.consent import Link, StateChange
from safehouse.registering import (
    change_state,
    list_lines,
    record_consent,
    second_widening,
    sheet_lines,
)

app = typer.Typer(
    help="What people agreed to: everybody is hidden until it is on record.", no_args_is_help=True
)


class State(StrEnum):
    """Where somebody's consent stands as a whole."""

    provisional = "provisional"
    given = "given"
    narrowed = "narrowed"
    suspended = "suspended"
    unreachable = "unreachable"
    detained = "detained"
    withdrawn = "withdrawn"
    deceased = "deceased"


class Risk(StrEnum):
    """What was found out about somebody who is linked."""

    unanswered = "unanswered"
    no_risk = "no risk"
    risk = "risk"


@app.command("add")
@in_project
def add(  # noqa: PLR0913 - one argument an option of the command
    here: Here,
    person: said.Person,
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
) -> int:
    """Record what somebody said; print what it shows now, and why not.

    A no counts at once. A yes takes proof, somebody else who agrees, and a waiting time.

    Example:
      safehouse consent add P07 --face yes --medium festival --how audio --proof REC.wav --who ana
    """
    record = said.record_of(locals())
    with here.opened() as film:
        print_lines(*record_consent(film, record))
    return 0


@app.command("second")
@in_project
def second(
    here: Here,
    record: Annotated[str, typer.Argument(metavar="RECORD", help="R0012, or S0003 of a state.")],
) -> int:
    """Agree, as another person, to what widens: look at the proof first.

    Example:
      safehouse consent second R0012 --who ben
    """
    with here.opened() as film:
        print_lines(*second_widening(film, record))
    return 0


@app.command("list")
@in_project
def list_(here: Here) -> int:
    """List everybody, what waits for a second person, contradictions, and who needs a look.

    Example:
      safehouse consent list
    """
    with here.opened() as film:
        print_lines(*list_lines(film))
    return 0


@app.command("show")
@in_project
def show(here: Here, person: said.Person, territory: said.Territories = None) -> int:
    """Show what of somebody shows where, why not, and by which records.

    Example:
      safehouse consent show P07 --territory FR
    """
    lands = said.countries(territory)
    with here.opened() as film:
        print_lines(*sheet_lines(film, person, lands))
    return 0


@app.command("state")
@in_project
def state(
    here: Here,
    person: said.Person,
    new: Annotated[State, typer.Argument(metavar="STATE", help="What their consent is now.")],
    day: Annotated[str, typer.Option("--day", help="Since when; today unless said.")] = "",
    proof: said.Proof = None,
) -> int:
    """Say where somebody's consent stands. What narrows counts at once, and needs no proof.

    Examples:
      safehouse consent state P07 suspended

      safehouse consent state P07 given --proof REC.wav
    """
    digest = digest_of(proof) if proof else ""
    change = StateChange(person=person, state=new.value, day=day, proof_sha256=digest)
    with here.opened() as film:
        print_lines(*change_state(film, change))
    return 0


@app.command("link")
@in_project
def link(
    here: Here,
    person: said.Person,
    other: Annotated[str, typer.Argument(metavar="OTHER", help="Who is endangered by it: P08.")],
    answer: Annotated[
        Risk, typer.Option("--answer", help='What was found out. Example: --answer "no risk"')
    ] = Risk.unanswered,
) -> int:
    """Say that showing somebody may endanger another; they are hidden until it is answered.

    Examples:
      safehouse consent link P07 P08

      safehouse consent link P07 P08 --answer "no risk"
    """
    with here.opened() as film:
        film.act(AnswerLink(Link(person=person, other=other, answered=answer.value)))
    words = "" if answer is Risk.no_risk else f"; {person} is hidden"
    print_lines(f"{person} is linked to {other}: {answer.value}{words}")
    return 0
