"""Kinds of acts in a user's words: what undo and redo say that they take back."""

from typing import TYPE_CHECKING

from safehouse.language import Language
from safehouse.model.words import say
from safehouse.store.reading_view import read_steps

if TYPE_CHECKING:
    from safehouse.store.project import Project

__all__ = ["ACT_WORDS", "steps_of"]

ACT_WORDS: dict[str, str] = {
    "ConfirmPieces": say("who this is"),
    "MarkNotPerson": say("that this is no person"),
    "MergePeople": say("that two people are one"),
    "SplitPerson": say("that one person is two"),
    "Decide": say("the answer to a question"),
    "DrawMask": say("a place drawn by hand"),
    "EraseMask": say("a place taken away"),
    "ReplaceSpan": say("a span replaced"),
    "VoiceIs": say("who is heard"),
    "SuggestPieces": say("guesses of who is who"),
    "Comment": say("a comment"),
    "NoteContent": say("a note about a shot"),
    "HandOver": say("a clip handed over"),
    "SignShot": say("a signed shot"),
}
"""Kind of act that can be undone → what it is, after "Undo:"."""


def steps_of(project: "Project | None", language: Language) -> tuple[str, str]:
    """Return what undo and redo would take back and do again, in words; "" for nothing."""
    if project is None:
        return "", ""
    undo, redo = read_steps(project)
    return words_of(undo, language), words_of(redo, language)


def words_of(kind: str, language: Language) -> str:
    """Return a kind of act in words; the kind itself where there are none."""
    return str(language.say(ACT_WORDS.get(kind, kind)))
