"""Every kind of act, replayed from the journal alone, makes the same tables again."""

from pathlib import Path

from small_projects import add, again, analyse, confirm, new, state, suggest

from safehouse.model.acts import (
    ACTS,
    Act,
    AddCopy,
    AddScreening,
    AddVersion,
    AnswerLink,
    ChangeState,
    Comment,
    ConfirmPieces,
    Decide,
    Deliver,
    DescribePerson,
    DrawMask,
    EraseMask,
    FailClip,
    ForgetFaces,
    HandOver,
    HearOriginal,
    ImportSlip,
    LockPicture,
    LookAtOriginal,
    MarkNotPerson,
    MergePeople,
    MoveClip,
    NamePerson,
    NoteContent,
    RecordConsent,
    RecordRender,
    RecordWatch,
    ReplaceSpan,
    SecondWidening,
    SetSetting,
    SignShot,
    SplitPerson,
    Undo,
    VoiceIs,
)
from safehouse.model.consent import Link, Person, Record, StateChange
from safehouse.model.shape import Ellipse, Key

DIGEST = "ab" * 32
MASK = DrawMask(
    clip="C0001", mask="M1", first=0, end=9, keys=(Key(0, Ellipse(cx=99, cy=99, rx=99, ry=99)),)
)
YES = Record(
    id="R0001",
    person="P01",
    traits={"face": True, "voice": False},
    how="audio",
    proof_sha256=DIGEST,
    present=("none",),
    safe_when_asked=True,
    given="2026-11-20",
)
EVERYTHING: tuple[Act, ...] = (
    *(add(1), add(2), analyse(1), analyse(2), FailClip(clip="C0002", error="E13", words="broken")),
    MoveClip(clip="C0002", path="/elsewhere/2.mov", mtime_ns=5),
    *(DescribePerson(Person(id=name, age="adult", risk="some")) for name in ("P01", "P02", "P03")),
    *(NamePerson("P01", "c2VhbGVk"), suggest(1), confirm(1), suggest(2, "P02")),
    *(MarkNotPerson(("C0001-A002",)), ConfirmPieces(("C0001-A001",), "P01")),
    *(SplitPerson("P01", ("C0001-A001",), "P04"), MergePeople("P03", "P02")),
    *(Decide("C0001-Q000", "hide"), MASK, EraseMask("C0001", "M1"), MASK),
    ReplaceSpan(clip="C0001", first=3, end=5, by="slate"),
    VoiceIs(clip="C0001", stream=0, first=0, end=4800, person="P01"),
    *(Comment("C0001", 3, "look"), NoteContent("C0001", 0, 9, "grief"), HandOver("C0002", "op2")),
    HearOriginal("C0001", 0, 0, 4800),
    *(LookAtOriginal("C0001", 0, 5), SignShot("C0001", 0, 9), SetSetting("sound", "true")),
    *(RecordConsent(YES), AnswerLink(Link(person="P01", other="P02", answered="risk"))),
    ChangeState(
        StateChange(id="S0001", person="P02", state="withdrawn", day="2026-11-21", by="op1")
    ),
    ImportSlip(DIGEST, "R0001"),
    AddVersion(version="festival-cut", medium="festival", clips=("C0001",)),
    RecordRender(
        version="festival-cut",
        clip="C0001",
        file="renders/festival-cut/C0001.mov",
        film_sha256=DIGEST,
        plan_sha256=DIGEST,
        report_sha256=DIGEST,
        inputs_sha256=DIGEST,
        held=False,
    ),
    RecordWatch(version="festival-cut", films=(("C0001", DIGEST),)),
    Deliver(version="festival-cut", films=(("C0001", DIGEST),), head="00" * 32),
    AddCopy(copy="K1", version="festival-cut", where="Berlin", to="op5", since="2026-11-21"),
    AddScreening(version="festival-cut", where="Berlin", day="2026-12-01"),
    *(LockPicture(), ForgetFaces()),
)


def test_every_kind_of_act_makes_the_same_tables_again(tmp_path: Path) -> None:
    folder = tmp_path / "film"
    with new(folder) as film:
        for act in EVERYTHING:
            film.act(act)
        film.who = "op2"
        film.act(SecondWidening("R0001", "2026-11-27"))
        film.undo()
        before = state(film)
        done = {row[0] for row in film.rows("SELECT DISTINCT kind FROM act")}
    assert done == {kind.__name__ for kind in ACTS}
    assert Undo.__name__ in done
    for path in (folder / "snapshots").iterdir():
        path.unlink()
    with again(folder) as film:
        assert state(film) == before
