"""Acts about who is who: guesses, and what a human said."""

import msgspec

from safehouse.model.act import Act
from safehouse.model.acts_clips import Question
from safehouse.model.consent import Person

__all__ = [
    "ConfirmPieces",
    "DescribePerson",
    "ForgetFaces",
    "LockPicture",
    "MarkNotPerson",
    "MergePeople",
    "NamePerson",
    "SplitPerson",
    "SuggestPieces",
    "Suggestion",
    "Undo",
]


class DescribePerson(Act, frozen=True):
    """A person is added, or described anew; `merged_into` is not changed by it."""

    person: Person


class NamePerson(Act, frozen=True):
    """A person's real name, as UTF-8 sealed with the project's key, in base64; "" forgets it."""

    person: str
    sealed_name: str


class Suggestion(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A guess: this piece may be that person; distance of the embeddings, smaller is nearer."""

    piece: str
    person: str
    distance: float


class SuggestPieces(Act, frozen=True):
    """Grouping guessed who is who; people that are not there yet are added. Decides nothing.

    questions are about guesses near the line (`near`); confirming the piece answers them.
    """

    rows: tuple[Suggestion, ...]
    questions: tuple[Question, ...] = ()


class ConfirmPieces(Act, frozen=True):
    """A human says that these pieces are this person; person "" takes that back."""

    pieces: tuple[str, ...]
    person: str


class MarkNotPerson(Act, frozen=True):
    """A human says that these pieces show no person, or takes that back. They stay hidden."""

    pieces: tuple[str, ...]
    is_person: bool = False


class MergePeople(Act, frozen=True):
    """Two people are one: what was said of person now counts for into; narrowest record wins."""

    person: str
    into: str


class SplitPerson(Act, frozen=True):
    """Some pieces of a person, confirmed or guessed, are a new person's; all become guesses."""

    person: str
    pieces: tuple[str, ...]
    new: str


class Undo(Act, frozen=True):
    """An act was undone, of is its number; an undo of an undo does the act again.

    rows: (table, key as JSON, row as JSON or `null` for none): what stands there from now on. Of a
    row that was only changed, the columns that change back.
    """

    of: int
    rows: tuple[tuple[str, str, str], ...]


class ForgetFaces(Act, frozen=True):
    """All embeddings were deleted."""


class LockPicture(Act, frozen=True):
    """The picture is locked: who is who no longer changes, so embeddings may be forgotten."""

    locked: bool = True
