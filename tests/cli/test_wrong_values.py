"""Wrong values of options: each refusal says plainly what can be said instead; none is recorded."""

from collections.abc import Callable
from pathlib import Path

import pytest
from small_projects import new

from safehouse.cli.main import run
from safehouse.model.acts import AddClip, AddVersion, DescribePerson
from safehouse.model.consent import Person
from safehouse.model.days import is_period
from safehouse.store.project import open_project

Type = Callable[[str], tuple[int, str]]

DAYS = "write days as YYYY-MM-DD: 2027-06-30"
LANDS = "two letters of ISO 3166: FR"
MEDIA = "is not one of 'festival', 'broadcast', 'online', 'education', 'court', 'press', 'trailer'"

WRONG = {
    "consent add P01 --face yes --medium festivl": (2, MEDIA),
    "consent add P01 --face maybe": (2, "'maybe' is not one of 'yes', 'no'"),
    "consent add P01 --face yes --how phone": (2, "'told', 'paper', 'audio', 'video'"),
    "consent add P01 --face yes --present boss": (2, "'broker', 'guardian', 'employer'"),
    "consent add P01 --face yes --until 30.6.2027": (21, DAYS),
    "consent add P01 --face yes --from 2027-02-30": (21, DAYS),
    "consent add P01 --face yes --review soon": (21, DAYS),
    "consent add P01 --face yes --given 20260101": (21, DAYS),
    "consent add P01 --face yes --from 2027-06-01 --until 2027-01-01": (21, "come in order"),
    "consent add P01 --face yes --territory France": (21, LANDS),
    "consent add P01 --face yes --language ar,fr": (2, "--language ar"),
    "consent add P01": (2, "add --face yes"),
    "consent add P99 --face no": (20, "safehouse consent list"),
    "consent state P01 gone": (2, "'suspended', 'unreachable', 'detained', 'withdrawn'"),
    "consent state P01 suspended --day 3.4.26": (21, DAYS),
    "consent state P99 suspended": (20, "safehouse consent list"),
    "consent link P01 P01": (28, "name the other person"),
    "consent link P01 P99": (20, "safehouse consent list"),
    "consent second R0099": (23, "safehouse consent list"),
    "consent second nonsense": (23, "no record and no change of state is called 'nonsense'"),
    "consent show P01 --territory XX": (2, LANDS),
    "consent import nosuch.age": (25, "check the path"),
    "consent import nosuch.json": (27, "give a JSON file of consent records"),
    "person add --age 17": (2, "'17' is not one of 'unknown', 'adult', 'child'"),
    "person add --hidden-from all": (2, "'public', 'known', 'state', 'nobody'"),
    "person describe P99 --age adult": (20, "safehouse consent list"),
    "people list P99": (20, "safehouse consent list"),
    "version add Cut --medium festival": (2, "small letters, digits and hyphens"),
    "version add cut --medium festivl": (2, MEDIA),
    "version add cut --medium online --territory france": (2, LANDS),
    "version add cut --medium online --day 20270630": (2, DAYS),
    "version add cut --medium online --planned spring": (2, "YYYY-MM: 2027-03"),
    "version add cut --medium online --clip C0099": (2, "safehouse clips"),
    "copies add cut --where here --to office --since 1.2.2027": (2, DAYS),
    "copies add cut --where '' --to office": (2, "--where says nothing"),
    "copies add nosuch --where here --to office": (78, "safehouse version list"),
    "copies list nosuch": (78, "safehouse version list"),
    "copies gone K0099": (2, "safehouse copies list"),
    "screening add cut --where Lyon --day 14.3.2027": (2, DAYS),
    "screening list nosuch": (78, "safehouse version list"),
    "render --version cut --clip C0099": (79, "safehouse clips"),
    "render --version cut --workers 0": (2, "the least is 1"),
    "render --version cut --workers many": (2, "no whole number"),
    "proxies --clip C0099": (2, "safehouse clips"),
    "withdraw P99": (20, "safehouse consent list"),
    "withdraw P01 --state gone": (2, "'withdrawn', 'suspended', 'unreachable', 'detained'"),
}
"""Command line → its exit code, and what its three lines say."""


@pytest.fixture
def typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Type:
    """Type a command in a folder with a project of one clip, one person and one version."""
    with new(tmp_path / "film") as project:
        clip = AddClip(clip="C0001", path="/a.mov", sha256="0" * 64, size_bytes=1, mtime_ns=1)
        project.act(clip, DescribePerson(Person(id="P01")))
        project.act(AddVersion(version="cut", medium="festival"))
    monkeypatch.chdir(tmp_path / "film")

    def command(line: str) -> tuple[int, str]:
        words = [word.strip("'") for word in line.split(" ")]
        code = run(words)
        out, err = capfd.readouterr()
        assert out == ""
        return code, err

    return command


def test_every_refusal_says_what_can_be_said_instead(typed: Type) -> None:
    with open_project(Path(), who="op1") as project:
        before = project.version
    for line, (code, words) in WRONG.items():
        found, err = typed(line)
        assert (found, words in err) == (code, True), f"{line}\n{err}"
        assert ("Value error" in err, "  next: " in err) == (False, True), f"{line}\n{err}"
    with open_project(Path(), who="op1") as project:
        assert project.version == before


def test_what_is_said_of_a_version_that_is_not_there_is_told(
    typed: Type, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["consent", "add", "P01", "--face", "no", "--version", "cutt"]) == 0
    assert "no version is called 'cutt' yet" in capfd.readouterr().out
    assert run(["consent", "add", "P01", "--face", "no", "--version", "cut"]) == 0
    assert "no version is called" not in capfd.readouterr().out


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        *[(text, True) for text in ("2027", "2027-03", "2027-03-14")],
        *[(text, False) for text in ("", "27", "2027-", "2027-0", "2027-13", "2027-02-30", "May")],
    ],
)
def test_a_time_to_come_is_a_year_a_month_or_a_day(text: str, is_one: bool) -> None:
    assert is_period(text) is is_one
