"""The commands about versions, as they are typed: what they say comes next."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from versioned import CUT, agreed, copied, make_template, use_audit

from safehouse.cli.main import run

Type = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def typed(
    template: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Type:
    """Type a command in a project with one clip and a version, every question answered."""
    use_audit(monkeypatch)
    with copied(template, tmp_path) as project:
        agreed(project, face=False)
    monkeypatch.chdir(tmp_path / "project")
    monkeypatch.setenv("SAFEHOUSE_WHO", "anna")

    def command(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(""))
        code = run([*words])
        out, err = capfd.readouterr()
        return code, out, err

    return command


def test_the_step_that_is_told_is_the_one_that_comes_next(
    typed: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert f"next: watch the films, then safehouse watch {CUT}" in rendered(typed)
    assert f"next: safehouse deliver {CUT} -o OUT/" in typed("watch", CUT, "--yes")[1]
    assert f"next: safehouse deliver {CUT} -o OUT/" in audited(typed)
    assert f"next: safehouse deliver {CUT} -o OUT/" in rendered(typed)
    found = json.loads(typed("audit", "--version", CUT, "--json")[1])
    assert found["next_step"] == f"safehouse deliver {CUT} -o OUT/"
    use_audit(monkeypatch, held=True)
    code, out, _ = typed("audit", "--version", CUT, "--workers", "1")
    assert code == 50
    assert "HELD, a leak was found or an attack not run: C0001" in out
    assert f"hide it by hand, then safehouse render --version {CUT}" in out
    use_audit(monkeypatch)
    assert f"next: safehouse deliver {CUT} -o OUT/" in audited(typed)
    assert typed("deliver", CUT, "-o", "../OUT")[0] == 0
    assert f"{CUT} was delivered as it stands" in audited(typed)


def test_a_withdrawal_of_somebody_no_film_showed_has_nothing_to_render(typed: Type) -> None:
    rendered(typed)
    assert "nothing is to be rendered again" in typed("withdraw", "P01")[1]


def rendered(typed: Type) -> str:
    code, out, _ = typed("render", "--version", CUT, "--workers", "1")
    assert code == 0
    return out


def audited(typed: Type) -> str:
    code, out, _ = typed("audit", "--version", CUT, "--workers", "1")
    assert code == 0
    return out


def test_versions_are_listed_with_what_they_are_for(typed: Type) -> None:
    assert typed("version", "list")[1] == f"{CUT}: festival; look solid; 1 missing\n"
    made = ["--territory", "fr", "--territory", "DE", "--day", "2027-06-30", "--clip", "C0001"]
    typed("version", "add", "court", "--medium", "court", *made, "--planned", "2027-03")
    typed("version", "add", "web", "--medium", "online", "--voices", "disguise")
    court, _, web = typed("version", "list")[1].splitlines()
    for words in ("court: court; countries FR DE; ", "for the day 2027-06-30; planned for 2027-03"):
        assert words in court
    assert court.endswith("only the clips C0001; 1 missing")
    assert web == "web: online; voices disguised; 1 missing"
    (row,) = [one for one in json.loads(typed("version", "list", "--json")[1]) if one["planned"]]
    assert (row["territories"], row["day"]) == (["FR", "DE"], "2027-06-30")


def test_the_history_is_told_in_words_and_in_kinds_for_programs(typed: Type) -> None:
    typed("people", "unconfirm", "C0001-A001")
    out = typed("history", "--last", "2")[1]
    assert "  appearances not confirmed any more  C0001-A001\n" in out
    assert "  consent recorded  R0001 P01\n" in out
    rows = json.loads(typed("history", "--last", "2", "--json")[1])["acts"]
    assert [row["kind"] for row in rows] == ["RecordConsent", "ConfirmPieces"]
