"""The package for the field: what it imports, what its screens say, and that it runs alone."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest
from loading import ROOT
from safehouse_offload.cli import main

from safehouse.cli import main as at_home
from safehouse.vault.keys import make_key

PACKAGE = ROOT / "packages" / "offload" / "src" / "safehouse_offload"
MODULES = sorted(PACKAGE.rglob("*.py"))
modules = pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
FORBIDDEN_NAMES = {"utils", "helpers", "core", "common", "manager", "base"}
PEOPLE_AND_FILMS = re.compile(
    r"(?i)\b(film|films|footage|face|faces|voice|person|people|rushes|clip|clips|camera|documentary"
    r"|protect\w*|hide|hidden|safehouse)\b"
)


def imported(path: Path) -> set[str]:
    """Heads of the names that a module imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return {name.split(".")[0] for name in found}


@modules
def test_it_imports_itself_and_what_it_declares(path: Path) -> None:
    project = tomllib.loads((ROOT / "packages/offload/pyproject.toml").read_text())["project"]
    declared = {re.split(r"[<>=~\[ ]", line)[0] for line in project["dependencies"]}
    foreign = imported(path) - set(sys.stdlib_module_names) - {"safehouse_offload"}
    if path.name == "looking.py":
        assert [line.split(">")[0] for line in project["optional-dependencies"]["check"]] == ["av"]
        foreign -= {"av"}
    assert {name.replace("_", "-") for name in foreign} <= declared
    if "cli" not in path.parts:
        assert foreign <= {"pyrage", "shamir_mnemonic", "xxhash"}


@modules
def test_it_has_no_way_to_a_network_or_to_other_programs(path: Path) -> None:
    assert imported(path) & {"socket", "ssl", "urllib", "http", "subprocess", "asyncio"} == set()


@modules
def test_modules_and_functions_stay_short(path: Path) -> None:
    text = path.read_text()
    assert text.count("\n") <= 400
    assert ast.get_docstring(ast.parse(text))
    assert path.stem not in FORBIDDEN_NAMES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 40, node.name


def test_no_private_key_is_ever_handled_in_the_field() -> None:
    found = [p.name for p in MODULES if re.search(r"Identity|decrypt|combine_mnem", p.read_text())]
    assert found == []


STARTER = """\
from safehouse_offload.__main__ import main
if __name__ == "__main__":
    main()
"""


def libraries() -> set[str]:
    """The package's declared libraries, and theirs."""
    project = tomllib.loads((ROOT / "packages/offload/pyproject.toml").read_text())["project"]
    queue, found = list(project["dependencies"]), set()
    while queue:
        line = queue.pop()
        name = re.split(r"[^\w.-]", line)[0]
        if name in found or re.search(r"extra ==|platform|python_full", line):
            continue
        found.add(name)
        queue += metadata.distribution(name).requires or []
    return found


def copy_library(name: str, stick: Path) -> None:
    """What pip install --target would put there."""
    for file in metadata.distribution(name).files or []:
        if file.suffix != ".pyc" and ".." not in file.parts:
            (stick / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(str(file.locate()), stick / file)


def alone(folder: Path, name: str, *words: object) -> subprocess.CompletedProcess[str]:
    """Run the package from a folder, as from a stick: under a name, without safehouse."""
    stick = folder / "stick"
    if not stick.exists():
        shutil.copytree(PACKAGE, stick / "safehouse_offload")
        for library in libraries():
            copy_library(library, stick)
    starter = stick / f"{name}.py"
    starter.write_text(STARTER)
    argv = [sys.executable, "-S", "-B", str(starter), *map(str, words)]
    home = {"HOME": str(folder / "home"), "PATH": os.environ["PATH"]}
    environment = {**home, "PYTHONPATH": str(stick)}
    return subprocess.run(argv, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_it_runs_from_a_stick_under_any_name_and_its_screens_say_nothing(tmp_path: Path) -> None:
    public, _ = make_key(2, 3)
    (tmp_path / "key.pub").write_text(f"{public}\n")
    (tmp_path / "card").mkdir()
    (tmp_path / "card" / "0001.bin").write_bytes(os.urandom(100_000))
    (tmp_path / "home").mkdir()
    a, b, card = tmp_path / "a", tmp_path / "b", tmp_path / "card"
    seen = ""
    for code, words in [
        (0, ["init", a, b, "--to", tmp_path / "key.pub", "--same-device"]),
        (0, ["offload", card, "--same-device"]),
        (0, ["verify"]),
        (0, ["list"]),
        (0, ["vault", "init", a, b, "--to", tmp_path / "key.pub", "--same-device"]),
        (0, ["vault", "verify"]),
        (2, ["card", "check", card]),
        (0, ["card", "--help"]),
        (62, ["offload", card]),
        (2, ["check", card]),
        (60, ["verify", card]),
        (2, ["--nothing"]),
        (0, ["--help"]),
        *(
            (0, [command, "--help"])
            for command in ("init", "check", "offload", "verify", "list", "wipe")
        ),
    ]:
        done = alone(tmp_path, "backup", *words)
        assert done.returncode == code, done.stdout + done.stderr
        seen += (done.stdout + done.stderr).replace(str(tmp_path), "")
    seen = re.sub(r"(these 13 words on paper.*\n).*", r"\1", seen)  # any words of a list
    assert "backup: " in seen
    assert "needs the Python package av" in seen
    assert PEOPLE_AND_FILMS.findall(seen) == []


@pytest.mark.parametrize("run", [at_home.run, main.run])
def test_a_family_of_commands_alone_shows_its_commands_line_by_line(
    capsys: pytest.CaptureFixture[str], run: Callable[[list[str]], int]
) -> None:
    assert run(["vault"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("Usage: ")
    assert sum(line.strip().startswith("verify ") for line in said.err.splitlines()) == 1
