"""Asks for a record question by question: what is typed so is in no shell's memory."""

from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from safehouse.cli.consent_options import Answer, There, Way, Where
from safehouse.cli.screen import ask_word
from safehouse.errors import UsageError
from safehouse.model.consent import TRAITS

__all__ = ["ask_record"]

Choice = TypeVar("Choice", bound=StrEnum)


def ask_record() -> dict[str, Any]:
    """Return what a record's options would be, typed on the standard input.

    Raises:
        UsageError: an answer that is none of its choices.
    """
    proof = ""
    given: dict[str, Any] = {"person": ask_word("id of the person (P07):")}
    given |= {trait: _one(f"may their {trait} be shown?", Answer) for trait in TRAITS}
    given["how"] = _one("how was it said?", Way) or Way.told
    if given["how"] is not Way.told:
        proof = ask_word("file of the recording, or of the paper's scan:")
    return given | {
        "proof": Path(proof) if proof else None,
        "medium": _several("where only?", Where),
        "territory": _words("in which countries only (FR DE)?"),
        "since": ask_word("from which day, if not now (2027-01-01)?"),
        "until": ask_word("until which day?"),
        "review": ask_word("when to ask again?"),
        "present": _several("who was there and has power over them?", There),
        "safe": _one("were they in safety when asked?", Answer),
        "in_flight": _one("were they in flight, in detention or in dependence?", Answer)
        is Answer.yes,
        "guardian": ask_word("who said it for them, if they are under 18?"),
        "condition": _lines("a condition, one a line:"),
        "language": ask_word("language (ar):"),
        "interpreter": ask_word("interpreter, a pseudonym:"),
        "asked_by": ask_word("who asked, a pseudonym:"),
        "witness": _words("witnesses, pseudonyms:"),
        "given": ask_word("on which day was it said, if not today?"),
        **dict.fromkeys(("version", "met", "out_already")),
        "explanation": "",
    }


def _one(question: str, kind: type[Choice]) -> Choice | None:
    typed = ask_word(f"{question} [{', '.join(kind)}; Enter for nothing]")
    return _choice(typed, kind) if typed else None


def _several(question: str, kind: type[Choice]) -> list[Choice]:
    typed = ask_word(f"{question} [any of {', '.join(kind)}; Enter for nothing]")
    return [_choice(word, kind) for word in typed.replace(",", " ").split()]


def _choice(typed: str, kind: type[Choice]) -> Choice:
    try:
        return kind(typed.lower())
    except ValueError as error:
        raise UsageError(
            "that is none of the answers: " + ", ".join(kind),
            kept="nothing was recorded",
            next_step="begin again",
        ) from error


def _words(question: str) -> list[str]:
    return ask_word(question).replace(",", " ").split()


def _lines(question: str) -> list[str]:
    found = []
    while typed := ask_word(question):
        found.append(typed)
    return found
