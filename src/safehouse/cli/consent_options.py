"""The options that say what somebody agreed to, and the record that they make."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from safehouse.consent.slips import digest_of
from safehouse.errors import RecordRefused, UsageError
from safehouse.model.consent import TRAITS, Record
from safehouse.model.scopes import WRITE_COUNTRIES, is_country
from safehouse.model.text import escape
from safehouse.store.reading_register import today_of

__all__ = [
    "Answer",
    "Asked",
    "AskedBy",
    "Conditions",
    "Explanation",
    "GivenOn",
    "Guardian",
    "How",
    "InFlight",
    "Interpreter",
    "Language",
    "Media",
    "Met",
    "OutAlready",
    "Person",
    "Present",
    "Proof",
    "Review",
    "Safe",
    "Since",
    "Territories",
    "There",
    "Until",
    "Versions",
    "Way",
    "Where",
    "Witnesses",
    "asked_about",
    "countries",
    "record_of",
]


class Answer(StrEnum):
    """What somebody said."""

    yes = "yes"
    no = "no"


class Way(StrEnum):
    """How it was said."""

    told = "told"
    paper = "paper"
    audio = "audio"
    video = "video"


class Where(StrEnum):
    """Where a version is shown."""

    festival = "festival"
    broadcast = "broadcast"
    online = "online"
    education = "education"
    court = "court"
    press = "press"
    trailer = "trailer"


class There(StrEnum):
    """Who was there and has power over the person."""

    none = "none"
    broker = "broker"
    guardian = "guardian"
    employer = "employer"
    spouse = "spouse"
    payer = "payer"
    crew = "crew"
    unknown = "unknown"


def asked_about(trait: str) -> Any:
    """Return the option of a trait."""
    return typer.Option(f"--{trait}", help=f"May their {trait} be shown? Example: --{trait} yes")


Asked = Answer | None
Person = Annotated[str, typer.Argument(metavar="PERSON", help="The id of somebody: P07.")]
Media = Annotated[
    list[Where] | None, typer.Option("--medium", help="Only there; any unless said; repeatable.")
]
Versions = Annotated[
    list[str] | None, typer.Option("--version", help="Only these versions; repeatable.")
]
Territories = Annotated[
    list[str] | None,
    typer.Option("--territory", help="Only these countries, ISO 3166. Example: --territory FR"),
]
Since = Annotated[str, typer.Option("--from", help="First day. Example: --from 2027-01-01")]
Until = Annotated[str, typer.Option("--until", help="Last day. Example: --until 2027-06-30")]
Review = Annotated[str, typer.Option("--review", help="Day to ask again; shows nothing from then.")]
How = Annotated[Way, typer.Option("--how", help="told leaves no proof, and can only narrow.")]
Proof = Annotated[
    Path | None,
    typer.Option("--proof", help="The recording, or a scan of the paper; its digest is kept."),
]
Language = Annotated[str, typer.Option("--language", help="Of the talk. Example: --language ar")]
Interpreter = Annotated[str, typer.Option("--interpreter", help="A pseudonym.")]
AskedBy = Annotated[str, typer.Option("--asked-by", help="Who asked: a pseudonym.")]
Witnesses = Annotated[list[str] | None, typer.Option("--witness", help="A pseudonym; repeatable.")]
Present = Annotated[
    list[There] | None,
    typer.Option("--present", help="Who was there and has power over them; unknown unless said."),
]
Safe = Annotated[
    Answer | None, typer.Option("--safe", help="Were they in safety when asked? Unknown is no.")
]
InFlight = Annotated[
    bool, typer.Option("--in-flight", help="Asked in flight, in detention or in dependence.")
]
Guardian = Annotated[
    str, typer.Option("--guardian", help="Who said it for them: a pseudonym or an id.")
]
Explanation = Annotated[str, typer.Option("--explanation", help="Which sheet explained it.")]
Conditions = Annotated[
    list[str] | None,
    typer.Option("--condition", help='Repeatable. Example: --condition "show me first"'),
]
Met = Annotated[list[str] | None, typer.Option("--met", help="A condition that is met.")]
OutAlready = Annotated[
    list[str] | None, typer.Option("--out-already", help="What of it is out, without names.")
]
GivenOn = Annotated[str, typer.Option("--given", help="The day it was said; today unless said.")]


def record_of(given: dict[str, Any]) -> Record:
    """Return the record that a command's options say, by their names; the ids are not ours yet.

    Raises:
        UsageError: nothing was asked about.
        RecordRefused, SourceMissing: something in it can't be.
    """
    traits = {trait: given[trait].value == "yes" for trait in TRAITS if given[trait] is not None}
    if not traits:
        raise _refused("a record says yes or no to something", "add --face yes")
    if given["language"] and not LANGUAGE.fullmatch(given["language"]):
        raise _refused(f"'{escape(given['language'])}' is no language", "--language ar, or sr-Latn")
    safe = {None: None, "yes": True, "no": False}[given["safe"] and given["safe"].value]
    values = {
        "id": "R0000",
        "person": given["person"],
        "traits": traits,
        "scope": {
            "versions": given["version"] or [],
            "media": [one.value for one in given["medium"] or []],
            "territories": [code.upper() for code in given["territory"] or []],
            "valid_from": given["since"],
            "until": given["until"],
            "review": given["review"],
        },
        "how": given["how"].value,
        "proof_sha256": digest_of(given["proof"]) if given["proof"] else "",
        "witnesses": given["witness"] or [],
        "present": [one.value for one in given["present"] or [There.unknown]],
        "safe_when_asked": safe,
        "conditions": given["condition"] or [],
        "met": given["met"] or [],
        "out_already": given["out_already"] or [],
        "given": given["given"] or today_of(),
        **{name: given[name] for name in PLAIN},
    }
    try:
        return msgspec.convert(values, Record)
    except msgspec.ValidationError as error:
        raise RecordRefused(escape(str(error)), next_step="give it again") from error


def countries(given: list[str] | None) -> tuple[str, ...]:
    """Return countries as they were typed, in capitals.

    Raises:
        UsageError: one of them is none.
    """
    lands = tuple(code.upper() for code in given or ())
    for land in lands:
        if not is_country(land):
            raise _refused(f"'{escape(land)}' is no country", WRITE_COUNTRIES)
    return lands


def _refused(happened: str, next_step: str) -> UsageError:
    return UsageError(happened, kept="nothing was recorded", next_step=next_step)


LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
"""The shape of BCP 47."""

PLAIN = ("language", "interpreter", "asked_by", "in_flight", "guardian", "explanation")
"""Options that go into the record as they are."""
