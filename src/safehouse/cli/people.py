"""`safehouse people …`: who is who in a project, decided by a human."""

from collections.abc import Sequence
from typing import Annotated

import typer

from safehouse.cli.options import JsonFlag
from safehouse.cli.project import Here, in_project
from safehouse.cli.screen import ask, print_json, print_lines
from safehouse.errors import UsageError
from safehouse.model.acts import (
    Act,
    ConfirmPieces,
    LockPicture,
    MarkNotPerson,
    MergePeople,
    SplitPerson,
)
from safehouse.review.act_words import ACT_WORDS
from safehouse.store.project import Project
from safehouse.store.reading_people import (
    Appears,
    PersonCount,
    faces_kept,
    is_picture_locked,
    next_person,
    read_people,
    read_person_pieces,
    read_unknown_pieces,
)
from safehouse.store.reading_register import read_person

app = typer.Typer(help="Who is who: list, confirm, split, merge.", no_args_is_help=True)

Person = Annotated[str, typer.Argument(metavar="PERSON", help="An id. Example: P07")]
Pieces = Annotated[list[str], typer.Argument(metavar="APPEARANCE", help="Ids. Example: C0003-A012")]
OnePerson = Annotated[
    str | None,
    typer.Argument(metavar="[PERSON]", help="A person's appearances; unknown: nobody's."),
]
NOBODY = "unknown"


@app.command("list")
@in_project
def list_people(here: Here, person: OnePerson = None, as_json: JsonFlag = False) -> int:
    """List everybody with their appearances, or the appearances of one person.

    Examples:
      safehouse people list

      safehouse people list P07

      safehouse people list unknown
    """
    with here.opened() as film:
        if person is None:
            people, unknown = read_people(film), len(read_unknown_pieces(film))
            facts: object = {"people": [_facts(one) for one in people], "unknown": unknown}
            lines = [_line(one) for one in people]
            lines.append(f"appearances of nobody yet, which stay hidden: {unknown}")
        else:
            found = read_unknown_pieces(film) if person == NOBODY else _pieces_of(film, person)
            facts = [_piece_facts(one) for one in found]
            lines = [_piece_line(one) for one in found] or ["no appearance"]
    if as_json:
        print_json(facts)
    else:
        print_lines(*lines)
    return 0


@app.command("confirm")
@in_project
def confirm(here: Here, person: Person, pieces: Pieces) -> int:
    """Say that appearances are a person. Only what a human confirmed can ever be shown.

    Example:
      safehouse people confirm P07 C0003-A012 C0003-A014
    """
    return _do(
        here,
        ConfirmPieces(tuple(pieces), person),
        f"appearances confirmed as {person}: {len(pieces)}",
    )


@app.command("unconfirm")
@in_project
def unconfirm(here: Here, pieces: Pieces) -> int:
    """Take back who appearances are: they are hidden; whom they were guessed to be stays.

    Example:
      safehouse people unconfirm C0003-A012
    """
    return _do(
        here,
        ConfirmPieces(tuple(pieces), ""),
        f"appearances not confirmed any more, so hidden; a guess stays a guess: {len(pieces)}",
    )


@app.command("not-a-person")
@in_project
def not_a_person(
    here: Here,
    pieces: Pieces,
    back: Annotated[bool, typer.Option("--back", help="Take that back.")] = False,
) -> int:
    """Say that appearances show no person. They stay hidden, and are no longer asked about.

    Example:
      safehouse people not-a-person C0003-A012
    """
    words = "may be a person again" if back else "show no person, and stay hidden"
    return _do(
        here,
        MarkNotPerson(tuple(pieces), is_person=back),
        f"appearances that {words}: {len(pieces)}",
    )


@app.command("merge")
@in_project
def merge(
    here: Here,
    person: Person,
    into: Annotated[str, typer.Argument(metavar="INTO", help="Who they are. Example: P02")],
) -> int:
    """Say that two people are one. Of what both allow, the narrower counts.

    Example:
      safehouse people merge P09 P02
    """
    return _do(
        here,
        MergePeople(person, into),
        f"{person} is {into}; what both allow, the narrower counts",
    )


@app.command("split")
@in_project
def split(here: Here, person: Person, pieces: Pieces) -> int:
    """Say that some appearances of a person are somebody else's. They become guesses of a new one.

    Example:
      safehouse people split P07 C0003-A012
    """
    with here.opened() as film:
        new = next_person(film)
        film.act(SplitPerson(person, tuple(pieces), new))
    print_lines(f"appearances that are guesses of {new} now: {len(pieces)}; confirm them")
    return 0


@app.command("guess")
@in_project
def guess(here: Here) -> int:
    """Guess again who the appearances are that nobody was suggested for.

    Example:
      safehouse people guess
    """
    from safehouse.film_analysis import group_film

    with here.opened() as film:
        found = group_film(film)
        if not faces_kept(film):
            raise UsageError(
                "no face is on record: they were forgotten, or nothing was analysed",
                kept="nothing was changed",
                next_step="safehouse analyse CLIP-ID looks at its faces again",
            )
    print_lines(f"guesses: {len(found.guesses)}; near the line: {len(found.near)}")
    return 0


@app.command("undo")
@in_project
def undo(here: Here) -> int:
    """Take back the last thing that was decided.

    Example:
      safehouse people undo
    """
    with here.opened() as film:
        kind = film.undo()
    print_lines(f"taken back: {_words(kind)}" if kind else "nothing to take back")
    return 0


@app.command("redo")
@in_project
def redo(here: Here) -> int:
    """Do again what was taken back last.

    Example:
      safehouse people redo
    """
    with here.opened() as film:
        kind = film.redo()
    print_lines(f"done again: {_words(kind)}" if kind else "nothing was taken back")
    return 0


@in_project
def lock_picture(
    here: Here,
    open_again: Annotated[bool, typer.Option("--open", help="Unlock it.")] = False,
) -> int:
    """Say that the cut is final: nobody is guessed any more, so faces may be forgotten.

    Example:
      safehouse lock-picture
    """
    with here.opened() as film:
        film.act(LockPicture(not open_again))
        kept = faces_kept(film)
    lines = ["the picture is open again" if open_again else "the picture is locked"]
    if kept and not open_again:
        lines.append(f"next: safehouse forget-faces ({kept} embeddings of faces are kept)")
    print_lines(*lines)
    return 0


@in_project
def forget_faces(
    here: Here,
    yes: Annotated[bool, typer.Option("--yes", help="Answer the question with yes.")] = False,
) -> int:
    """Delete the embeddings of all faces from the project. Who is who stays as it was decided.

    Example:
      safehouse forget-faces
    """
    with here.opened() as film:
        kept, locked = faces_kept(film), is_picture_locked(film)
        if not yes and not ask(_question(kept, locked=locked)):
            raise UsageError(
                "nobody said yes",
                kept="every embedding is there as before",
                next_step="safehouse forget-faces --yes",
            )
        film.forget_faces()
    print_lines(
        f"{kept} embeddings of faces are deleted; the project's files were written anew without "
        "them",
        "copies of the project elsewhere, and what a disk keeps of deleted files, may still hold "
        "them, sealed",
    )
    return 0


def _question(kept: int, *, locked: bool) -> str:
    more = "" if locked else " The picture is not locked: new clips can't be guessed after that."
    return f"delete {kept} embeddings of faces?{more}"


def _do(here: Here, act: Act, words: str) -> int:
    """Do one act in a project, and say so."""
    with here.opened() as film:
        film.act(act)
    print_lines(f"{words}; safehouse people undo takes it back")
    return 0


def _pieces_of(film: Project, person: str) -> tuple[Appears, ...]:
    """Return the appearances of a person that there is."""
    read_person(film, person)
    return read_person_pieces(film, person)


def _words(kind: str) -> str:
    return ACT_WORDS.get(kind, kind)


def _line(one: PersonCount) -> str:
    state = f"confirmed {one.confirmed}, guessed {one.suggested}, clips {one.clips}"
    return f"{one.person.id}  {one.person.role:11} {state}"


def _facts(one: PersonCount) -> dict[str, object]:
    return {
        "id": one.person.id,
        "role": one.person.role,
        "confirmed": one.confirmed,
        "suggested": one.suggested,
        "clips": one.clips,
        "cover": one.cover,
    }


def _piece_line(one: Appears) -> str:
    said = one.person and f"{one.person}, confirmed"
    guessed = one.suggested and f"{one.suggested}, guessed" + (
        f", {one.distance:.2f} apart" if one.distance is not None and 0 < one.distance < 1 else ""
    )
    span = f"{_clock(one.first_s)} to {_clock(one.last_s)}"
    return f"{one.id}  {one.clip}  {span}  {said or guessed or 'nobody yet'}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes):02d}:{rest:04.1f}"


def _piece_facts(one: Appears) -> dict[str, object]:
    names: Sequence[str] = ("id", "clip", "track", "first", "end", "person", "suggested")
    return {name: getattr(one, name) for name in names} | {"distance": one.distance}
