"""The commands about people and consent, as they are typed: words, exit codes, what is on disk."""

import io
from collections.abc import Callable
from pathlib import Path

import pyrage
import pytest
from small_projects import new

from safehouse.cli.main import run
from safehouse.field_slips import open_slip
from safehouse.model.consent import Scope

SAID = [
    "--how",
    "audio",
    "--proof",
    "rec.wav",
    "--present",
    "none",
    "--safe",
    "yes",
    "--given",
    "2026-10-01",
]
Type = Callable[..., tuple[int, str, str]]


@pytest.fixture
def typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Type:
    """Type a command in a folder with an unsealed project and a recording."""
    new(tmp_path / "film").close()
    (tmp_path / "film" / "rec.wav").write_bytes(b"voice" * 1000)
    (tmp_path / "film" / "x.age").write_bytes(b"no slip")
    monkeypatch.chdir(tmp_path / "film")
    monkeypatch.setenv("SAFEHOUSE_WHO", "anna")

    def command(*words: str, typing: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(typing))
        code = run([*words])
        out, err = capfd.readouterr()
        return code, out, err

    return command


def add_people(typed: Type) -> None:
    described = [
        "--role",
        "participant",
        "--risk",
        "some",
        "--age",
        "adult",
        "--hidden-from",
        "nobody",
    ]
    assert typed("person", "add", *described)[1].startswith("P01: participant")
    assert typed("person", "add")[1] == (
        "P02: unknown, hidden from nobody named, risk unanswered, age unknown\n"
    )


def test_from_a_yes_to_a_withdrawal(typed: Type) -> None:
    add_people(typed)
    code, out, _ = typed("consent", "add", "P01", "--face", "yes", "--voice", "no", *SAID)
    assert code == 0
    assert "safehouse consent second R0001" in out
    assert typed("consent", "second", "R0001")[0] == 23
    assert typed("consent", "second", "R0001", "--who", "ben")[0] == 0
    assert "festival   shown   -" in typed("consent", "show", "P01")[1]
    assert "nothing was changed" in typed("withdraw", "P01", "--list")[1]
    assert "festival   shown   -" in typed("consent", "show", "P01")[1]
    code, out, _ = typed("withdraw", "P01")
    assert (code, "withdrawn from now on: P01" in out) == (0, True)
    assert "shown   -" not in typed("consent", "show", "P01")[1]
    assert "P01 is withdrawn" in typed("consent", "state", "P01", "given")[1]


REFUSED = {
    20: [
        "consent add P99 --face no",
        "consent show P99",
        "person describe P99 --risk high",
        "withdraw P99",
    ],
    21: [
        "consent add P01 --face yes --territory XX",
        "consent add P01 --face yes --until soon",
        "consent add P01 --face no --from 2027-01-01 --until 2026-01-01",
        "consent state P01 withdrawn --day today",
    ],
    23: ["consent second R0009"],
    28: ["consent link P01 P01"],
    25: ["consent import gone.age --identity rec.wav"],
    27: ["consent import rec.wav"],
    10: ["consent add P01 --face yes --proof gone.wav"],
    2: [
        "consent add P01",
        "consent add P01 --face perhaps",
        "consent import x.age --identity rec.wav",
        "person name P01",
    ],
}
"""Exit code → commands that end with it."""


def test_what_can_not_be_is_refused_in_three_lines(typed: Type) -> None:
    add_people(typed)
    for code, commands in REFUSED.items():
        for words in commands:
            found, _, err = typed(*words.split())
            assert (words, found) == (words, code)
            assert "kept:" in err
            assert "next:" in err
    assert "nobody has asked" in typed("consent", "list")[1]


def test_a_name_is_typed_unseen_sealed_and_shown_on_request_alone(
    typed: Type, tmp_path: Path
) -> None:
    add_people(typed)
    code, out, err = typed("person", "name", "P02", typing="Canary of a name\n")
    assert (code, out) == (0, "P02: the name is sealed\n")
    assert "Canary" not in out + err
    for words in (["consent", "list"], ["consent", "show", "P02"], ["withdraw", "P02", "--list"]):
        assert "Canary" not in "".join(map(str, typed(*words)))
    for path in (tmp_path / "film").rglob("*"):
        assert not path.is_file() or b"Canary" not in path.read_bytes()
    assert typed("person", "name", "P02", "--show")[1] == "Canary of a name\n"
    assert typed("person", "add", "--name", typing="Canary too\n")[1].startswith("P03: unknown")
    assert typed("person", "name", "P03", "--show")[1] == "Canary too\n"
    assert typed("person", "name", "P02", "--forget")[0] == 0
    assert typed("person", "name", "P02", "--show")[1] == "no name is on record\n"


def test_a_description_that_opens_something_waits_and_says_so(typed: Type) -> None:
    add_people(typed)
    typed("person", "describe", "P02", "--risk", "high", "--age", "child")
    _, out, _ = typed("person", "describe", "P02", "--risk", "none")
    assert "P02: unknown, hidden from nobody named, risk high, age child" in out
    assert "when another person says the same" in out


def test_a_field_slip_needs_no_project_and_comes_home_once(
    typed: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_people(typed)
    key = pyrage.x25519.Identity.generate()
    field = tmp_path / "field"
    field.mkdir()
    (field / "key.pub").write_text(f"{key.to_public()}\n")
    (tmp_path / "id.txt").write_text(f"{key}\n")
    (field / "rec.wav").write_bytes(b"voice" * 1000)
    monkeypatch.chdir(field)
    to = ["--to", "key.pub", "-o", "slips", "--receipt", "receipt.txt"]
    code, out, _ = typed("consent", "record", "P01", "--face", "yes", *SAID, *to)
    assert code == 0
    assert "anybody can open it there" in out
    assert typed("consent", "record", "P01", "--face", "yes", *SAID, *to)[0] == 40
    slip = str(next((field / "slips").iterdir()))
    monkeypatch.chdir(tmp_path / "film")
    home = ["--identity", str(tmp_path / "id.txt"), "--person", "P02"]
    assert "R0001 is on record for P02" in typed("consent", "import", slip, *home)[1]
    assert typed("consent", "import", slip, *home)[0] == 26
    (tmp_path / "id.txt").write_text(f"{pyrage.x25519.Identity.generate()}\n")
    assert typed("consent", "import", slip, *home)[0] == 25


def test_asked_question_by_question_nothing_is_in_the_command_line(
    typed: Type, tmp_path: Path
) -> None:
    key = pyrage.x25519.Identity.generate()
    (tmp_path / "film" / "key.pub").write_text(f"{key.to_public()}\n")
    answers = [
        *("P07", "yes", "no", "", "", "", "", "audio", "rec.wav", "festival, court", "FR"),
        *("", "2027-06-30", "", "none", "yes", "", "", "show me first", "", "ar"),
        *("", "A1", "W1", "2026-10-01"),
    ]
    words = ("consent", "record", "--ask", "--to", "key.pub")
    code, out, _ = typed(*words, typing="\n".join(answers) + "\n")
    assert code == 0
    assert "the shell may remember" not in out
    (slip,) = (tmp_path / "film" / "slips").iterdir()
    held = open_slip(slip, str(key))
    assert held.proven
    assert held.record.traits == {"face": True, "voice": False}
    assert held.record.scope == Scope(
        media=("festival", "court"), territories=("FR",), until="2027-06-30"
    )
    assert (held.record.conditions, held.record.witnesses) == (("show me first",), ("W1",))
    assert typed(*words, typing="P07\nperhaps\n")[0] == 2


def test_a_link_hides_until_it_is_answered(typed: Type) -> None:
    add_people(typed)
    assert typed("consent", "link", "P01", "P02")[1] == (
        "P01 is linked to P02: unanswered; P01 is hidden\n"
    )
    assert "look at P02" in typed("consent", "list")[1]
    assert typed("consent", "link", "P01", "P02", "--answer", "no risk")[0] == 0


def test_the_register_goes_out_and_comes_back(typed: Type) -> None:
    add_people(typed)
    typed("consent", "add", "P01", "--face", "yes", *SAID)
    assert typed("consent", "export", "-o", "register.json")[0] == 0
    assert typed("consent", "export", "-o", "register.json")[0] == 40
    assert (
        "R0002 is on record for P02"
        in (typed("consent", "import", "register.json", "--person", "P02")[1])
    )
