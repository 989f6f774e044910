"""A small film project for the tests of the store: clips, pieces, people, questions."""

from pathlib import Path

from safehouse.model.acts import (
    Act,
    AddClip,
    AnalyseClip,
    ConfirmPieces,
    Piece,
    Question,
    Suggestion,
    SuggestPieces,
)
from safehouse.store.project import Project, create_project, open_project

TABLES = ("clip", "person", "piece", "question", "mask", "span", "voice", "comment", "content_note")


def new(folder: Path, who: str = "op1") -> Project:
    return create_project(folder, passphrase=None, recipient=None, unsealed=True, who=who)


def again(folder: Path) -> Project:
    return open_project(folder, who="op1")


def add(number: int, path: str = "") -> AddClip:
    return AddClip(
        clip=f"C{number:04d}",
        path=path or f"/rushes/{number}.mov",
        sha256=f"{number:064x}",
        size_bytes=1000 + number,
        mtime_ns=number,
    )


def analyse(number: int, pieces: int = 3, best: int = 5) -> AnalyseClip:
    clip = f"C{number:04d}"
    return AnalyseClip(
        clip=clip,
        findings_sha256=f"{number:064x}",
        width=320,
        height=180,
        rotation=0,
        frames=1000,
        rate="25",
        seconds=40.0,
        shots=1,
        sound_tracks=1,
        pieces=tuple(
            Piece(
                f"{clip}-A{n:03d}", f"T{n}", n * 10, n * 10 + 10, "track", best, (0, 0, 9, 9), 0.1
            )
            for n in range(pieces)
        ),
        questions=tuple(
            Question(
                f"{clip}-Q{n:03d}", "begins", n * 10, n * 10 + 5, f"T{n}", 0.5, "out of nothing"
            )
            for n in range(pieces)
        ),
    )


def suggest(number: int, person: str = "P01") -> SuggestPieces:
    return SuggestPieces((Suggestion(f"C{number:04d}-A000", person, 0.1 + 0.2),))


def confirm(number: int, person: str = "P01") -> ConfirmPieces:
    return ConfirmPieces((f"C{number:04d}-A000",), person)


def begin(project: Project, clips: int = 1) -> None:
    """Add clips and look at them."""
    for number in range(1, clips + 1):
        project.act(add(number))
        project.act(analyse(number))


def state(project: Project, *, all_tables: bool = True) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the tables; of all of them, or of those that a reviewer changes."""
    names = [
        row["name"]
        for row in project.rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    ]
    wanted = names if all_tables else TABLES
    return {
        name: sorted((tuple(row) for row in project.rows(f"SELECT * FROM {name}")), key=repr)  # noqa: S608
        for name in wanted
    }


def acts(project: Project) -> list[str]:
    return [row["kind"] for row in project.rows("SELECT kind FROM act ORDER BY n")]


def journal_of(folder: Path) -> Path:
    return folder / "journal" / "acts.journal"


def two_acts() -> tuple[Act, Act]:
    return add(1), analyse(1)
