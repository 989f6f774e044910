"""What a reviewer's acts do to the tables, what is refused, and that all of it can be undone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from safehouse.errors import UsageError
from safehouse.model.acts import (
    Act,
    AddClip,
    AnalyseClip,
    Comment,
    Decide,
    DescribePerson,
    DrawMask,
    EraseMask,
    HandOver,
    LookAtOriginal,
    NoteContent,
    Piece,
    Question,
    ReplaceSpan,
    SetSetting,
    SignShot,
    VoiceIs,
)
from safehouse.model.consent import Person
from safehouse.model.shape import Ellipse, Key, Polygon
from safehouse.store.acts_deciding import FARTHEST, KEYS_MOST, TEXT_MOST
from safehouse.store.project import Project, create_project
from safehouse.store.reading_queue import (
    count_all,
    count_by_clip,
    next_open,
    previous_open,
    read_question,
    read_settings,
)

FRAMES = 100


def clip(name: str) -> tuple[Act, ...]:
    questions = tuple(
        Question(f"{name}-Q{n:03d}", "weak", 10 * n, 10 * n + 5, "T0001", 0.5, "weak detection")
        for n in range(1, 4)
    )
    piece = Piece(f"{name}-A001", "T0001", 0, 50, "track", 3, (0, 0, 9, 9), 0.1)
    return (
        AddClip(clip=name, path=f"/none/{name}", sha256=name * 8, size_bytes=1, mtime_ns=1),
        AnalyseClip(
            clip=name,
            findings_sha256="f",
            width=640,
            height=360,
            rotation=0,
            frames=FRAMES,
            rate="25",
            seconds=4.0,
            shots=1,
            sound_tracks=1,
            pieces=(piece,),
            questions=questions,
        ),
    )


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    made = create_project(tmp_path / "p", passphrase=None, recipient=None, unsealed=True, who="ada")
    with made as project:
        project.act(*clip("C0001"), *clip("C0002"), DescribePerson(Person(id="P01")))
        yield project


def rows(project: Project, query: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in project.rows(query)]


def mask(**change: Any) -> DrawMask:
    given = {"clip": "C0001", "mask": "M0001", "first": 5, "end": 20}
    return DrawMask(**given | {"keys": (Key(5, Ellipse(160, 160, 80, 80)),)} | change)


def test_an_answer_is_kept_with_who_gave_it_and_taken_back(project: Project) -> None:
    project.act(Decide("C0001-Q002", "hide"))
    asked = read_question(project, "C0001-Q002")
    assert asked is not None
    assert (asked.answer, asked.decided_by) == ("hide", "ada")
    project.act(Decide("C0001-Q002", "open"))
    asked = read_question(project, "C0001-Q002")
    assert asked is not None
    assert (asked.answer, asked.decided_by) == ("open", "")


def test_the_queue_goes_clip_by_clip_and_round(project: Project) -> None:
    seen, at = [], ""
    for _ in range(7):
        found = next_open(project, at)
        assert found is not None
        at = found.id
        seen.append(at)
    assert seen[:6] == [f"C000{c}-Q00{q}" for c in (1, 2) for q in (1, 2, 3)]
    assert seen[6] == seen[0]
    back = previous_open(project, "C0001-Q001")
    assert back is not None
    assert back.id == "C0002-Q003"


def test_only_what_is_undecided_is_in_the_queue_and_counted(project: Project) -> None:
    project.act(Decide("C0001-Q001", "nothing"), Decide("C0001-Q002", "accept"))
    found = next_open(project)
    assert found is not None
    assert found.id == "C0001-Q003"
    counts = count_all(project)
    assert (counts.open, counts.all, counts.pieces_open, counts.pieces) == (4, 6, 2, 2)
    assert [(r.clip, r.open, r.all) for r in count_by_clip(project)] == [
        ("C0001", 1, 3),
        ("C0002", 3, 3),
    ]


def test_an_empty_queue_has_no_next(project: Project) -> None:
    ids = [row[0] for row in rows(project, "SELECT id FROM question")]
    project.act(*(Decide(one, "accept") for one in ids))
    assert next_open(project) is None
    assert previous_open(project, "C0001-Q001") is None


def test_a_clip_for_a_colleague_is_in_the_colleagues_queue_alone(project: Project) -> None:
    project.act(HandOver("C0001", "grace"))
    mine, theirs = next_open(project, who="ada"), next_open(project, who="grace")
    assert mine is not None
    assert theirs is not None
    assert (mine.clip, theirs.clip) == ("C0002", "C0001")


def test_a_mask_is_drawn_moved_and_erased(project: Project) -> None:
    project.act(mask(kind="child", person="P01"))
    project.act(mask(end=30))
    assert rows(project, "SELECT first, end, kind, person FROM mask") == [(5, 30, "other", "")]
    project.act(EraseMask("C0001", "M0001"))
    assert rows(project, "SELECT * FROM mask") == []


SMALL = Ellipse(0, 0, 0, 5)
FAR = Ellipse(FARTHEST, 0, 5, 5)


@pytest.mark.parametrize(
    "act",
    [
        mask(keys=()),
        mask(keys=(Key(5, SMALL),)),
        mask(keys=(Key(5, FAR),)),
        mask(keys=(Key(5, Polygon(((0, 0), (9, 9)))),)),
        mask(keys=(Key(4, Ellipse(9, 9, 9, 9)),)),
        mask(keys=(Key(20, Ellipse(9, 9, 9, 9)),)),
        mask(keys=(Key(9, Ellipse(9, 9, 9, 9)), Key(8, Ellipse(9, 9, 9, 9)))),
        mask(keys=(Key(9, Ellipse(9, 9, 9, 9)),) * 2),
        mask(end=5 + KEYS_MOST + 1, keys=(Key(5, SMALL),) * (KEYS_MOST + 1)),
        mask(first=20, end=20),
        mask(end=FRAMES + 1),
        mask(clip="C0009"),
        mask(mask="../x"),
        mask(person="P99"),
        EraseMask("C0001", "M0009"),
        Decide("C0001-Q009", "hide"),
        ReplaceSpan(clip="C0001", first=90, end=101, by="slate"),
        VoiceIs(clip="C0001", stream=-1, first=0, end=9, person="P01"),
        VoiceIs(clip="C0001", stream=0, first=9, end=9, person=""),
        VoiceIs(clip="C0001", stream=0, first=0, end=9, person="P99"),
        Comment("C0001", FRAMES, "x"),
        Comment("C0001", 0, "  "),
        Comment("C0001", 0, "x" * (TEXT_MOST + 1)),
        NoteContent("C0009", 0, 1, "x"),
        HandOver("C0009", "grace"),
        HandOver("C0001", "a\x1b[2J"),
        LookAtOriginal("C0001", 0, FRAMES + 1),
        SignShot("C0001", 0, 50),
        SetSetting("greyscale", "{not json"),
        SetSetting("../x", "1"),
    ],
)
def test_what_can_not_be_is_refused_and_changes_nothing(project: Project, act: Act) -> None:
    before = project.version, project.head
    with pytest.raises(UsageError) as told:
        project.act(act)
    assert told.value.next_step
    assert (project.version, project.head) == before


def test_spans_never_overlap_and_are_given_back_in_part(project: Project) -> None:
    project.act(ReplaceSpan(clip="C0001", first=10, end=50, by="slate"))
    project.act(ReplaceSpan(clip="C0001", first=20, end=30, by="still"))
    spans = "SELECT first, end, by FROM span ORDER BY first"
    assert rows(project, spans) == [(10, 20, "slate"), (20, 30, "still"), (30, 50, "slate")]
    project.act(ReplaceSpan(clip="C0001", first=15, end=40, by="nothing"))
    assert rows(project, spans) == [(10, 15, "slate"), (40, 50, "slate")]


def test_a_shot_is_signed_only_when_nothing_in_it_is_undecided(project: Project) -> None:
    project.act(SignShot("C0001", 60, 100))
    assert rows(project, "SELECT first, end, by FROM signed") == [(60, 100, "ada")]
    project.act(*(Decide(f"C0001-Q00{n}", "accept") for n in (1, 2, 3)))
    project.act(SignShot("C0001", 0, 60))
    assert len(rows(project, "SELECT * FROM signed")) == 2


def test_a_note_without_words_takes_the_note_away(project: Project) -> None:
    project.act(NoteContent("C0001", 0, 50, "a fall"))
    assert rows(project, "SELECT text FROM content_note") == [("a fall",)]
    project.act(NoteContent("C0001", 0, 50, ""))
    assert rows(project, "SELECT text FROM content_note") == []


def test_settings_and_looks_are_kept_and_a_look_is_never_undone(project: Project) -> None:
    project.act(SetSetting("greyscale", "true"))
    project.act(LookAtOriginal("C0001", 3, 4))
    assert read_settings(project)["greyscale"] == "true"
    while project.undo():
        pass
    assert rows(project, "SELECT clip, first, end FROM looked") == [("C0001", 3, 4)]


DONE: tuple[Act, ...] = (
    Decide("C0001-Q001", "hide"),
    mask(),
    ReplaceSpan(clip="C0001", first=1, end=9, by="still"),
    VoiceIs(clip="C0001", stream=0, first=0, end=900, person="P01"),
    Comment("C0001", 4, "look here"),
    NoteContent("C0001", 0, 9, "a fall"),
    HandOver("C0001", "grace"),
    SignShot("C0002", 60, 70),
)


@pytest.mark.parametrize("act", DONE, ids=lambda act: type(act).__name__)
def test_each_act_is_undone_and_done_again(project: Project, act: Act) -> None:
    def tables() -> list[list[tuple[Any, ...]]]:
        names = ("question", "mask", "span", "voice", "comment", "content_note", "clip", "signed")
        return [rows(project, f"SELECT * FROM {name} ORDER BY 1, 2") for name in names]  # noqa: S608

    before = tables()
    project.act(act)
    after = tables()
    assert after != before
    assert project.undo() == type(act).__name__
    assert tables() == before
    assert project.redo() == type(act).__name__
    assert tables() == after
