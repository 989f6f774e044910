"""Pages say what is true: generated ones are fresh, links lead somewhere, examples run."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer
from faces import write_face_clip
from loading import ROOT, load_script

from safehouse.cli.main import app
from safehouse.errors import error_classes

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("testkit/*.md")])
pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def commands() -> dict[str, Any]:
    """Every command by the words that call it."""
    return dict(load_script("docs").commands_of(typer.main.get_command(app), "safehouse"))


def code_lines(page: Path, start: str) -> list[str]:
    """Lines inside the code blocks of a page that begin with a word."""
    blocks = re.findall(r"```\w*\n(.*?)```", page.read_text(), re.DOTALL)
    lines = [line.split("#")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line.split()[:1] == [start]]


def test_generated_pages_are_not_stale() -> None:
    script = load_script("docs")
    for name, build in script.PAGES.items():
        assert (ROOT / "docs" / name).read_text() == build(), f"docs/{name} is stale: make docs"


def test_every_error_is_documented() -> None:
    page = (ROOT / "docs" / "errors.md").read_text()
    missing = [
        k.id for k in error_classes() if f"| {k.id} | {k.exit_code} | `{k.__name__}`" not in page
    ]
    assert missing == []


def test_every_command_and_option_is_documented() -> None:
    page = (ROOT / "docs" / "cli.md").read_text()
    for path, command in commands().items():
        section = page.split(f"\n## {path}\n")[1].split("\n## ")[0]
        options = [name for p in command.params for name in p.opts if name.startswith("--")]
        assert [name for name in options if name != "--help" and f"`{name}`" not in section] == []


def test_every_command_says_what_it_does_and_gives_an_example() -> None:
    for path, command in commands().items():
        assert command.help, path
        if not getattr(command, "commands", None):
            assert f"\n  {path}" in command.help, f"{path}: no example in its help"


@pages
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())
    missing = [t for t in targets if not (page.parent / t).exists()]
    assert missing == []


def test_every_page_is_in_the_table_of_pages() -> None:
    listed = (ROOT / "docs" / "README.md").read_text()
    names = [page.name for page in (ROOT / "docs").glob("*.md") if page.name != "README.md"]
    assert [name for name in names if f"({name})" not in listed] == []


@pages
def test_files_that_pages_name_exist(page: Path) -> None:
    named = re.findall(
        r"`((?:src|tests|scripts|benchmarks|docs|testkit)/[\w/.-]+)`", page.read_text()
    )
    assert [name for name in named if not (ROOT / name).exists()] == []


@pages
def test_make_words_exist(page: Path) -> None:
    rules = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {line.split()[1] for line in code_lines(page, "make")} <= rules


@pages
def test_commands_on_pages_exist_with_their_options(page: Path) -> None:
    known = commands()
    for line in code_lines(page, "safehouse"):
        words = shlex.split(line)
        two = " ".join(words[:2])
        path = " ".join(words[:3]) if " ".join(words[:3]) in known else two
        assert path in known, line
        options = {name for parameter in known[path].params for name in parameter.opts}
        assert {word for word in words if word.startswith("-")} <= options, line


@pages
def test_nothing_is_called_anonymous_safe_or_passed(page: Path) -> None:
    if page.name == "glossary.md":
        return
    claims = re.findall(
        r"(?i)\banonymi[sz]\w*|\b(?<!what )(?:is|are|result) (?:safe|passed)\b", page.read_text()
    )
    assert claims == []


def test_decisions_are_short_numbered_and_say_when_they_are_wrong() -> None:
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [p.name[:4] for p in decisions] == [f"{n + 1:04d}" for n in range(len(decisions))]
    for path in decisions:
        text = path.read_text()
        assert text.count("\n") <= 40, path.name
        assert all(f"**{w}" in text for w in ("Context", "Decision", "Cost", "Wrong if")), path.name


def test_the_plan_page_names_every_field() -> None:
    from safehouse.model import clip, findings, plan, shape

    page = (ROOT / "docs" / "plan-format.md").read_text()
    kinds = [plan.Plan, plan.Mask, plan.Region, plan.SoundPlan, plan.SoundSpan, plan.Output]
    kinds += [plan.VideoOut, plan.SoundOut, clip.Clip, clip.VideoStream, clip.SoundStream]
    kinds += [clip.Dropped, clip.FrameTimes, shape.Ellipse, shape.Polygon, findings.Unsure]
    fields = {field for kind in kinds for field in kind.__struct_fields__}
    assert {
        field for field in fields if f"`{field}`" not in page and f'"{field}"' not in page
    } == set()


@pytest.mark.slow
def test_the_example_of_the_readme_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert found is not None
    write_face_clip(tmp_path / "interview.mov", frames=12)
    monkeypatch.chdir(tmp_path)
    exec(compile(found[1], "README.md", "exec"), {})  # noqa: S102 - the page's own example
    assert (tmp_path / "film.mov").exists()
    assert "not held" in capsys.readouterr().out
