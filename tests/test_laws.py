"""The laws of the tree: who imports whom, what files are called, how long things grow."""

import ast
import re
import sys
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[1] / "src"
PACKAGE = SRC / "safehouse"
STAGES = frozenset({"vault", "analysis", "consent", "plan", "voices", "render", "audit", "deliver"})
GROUND = frozenset(
    {
        *(
            "model",
            "errors",
            "clip_errors",
            "consent_errors",
            "project_errors",
            "store_errors",
            "offline",
            "machine",
            "memory",
        ),
        *("crash", "language"),
    }
)
JOINERS = frozenset(
    {
        *(
            "attack_jobs",
            "auditing",
            "batch",
            "choices",
            "doctor",
            "jobs",
            "made",
            "main_job",
            "outputs",
            "pipeline",
        ),
        *("answering", "registering", "reports", "signing", "summary", "workers"),
        *(
            "delivering",
            "field_slips",
            "film",
            "film_analysis",
            "film_jobs",
            "footage",
            "given_out",
            "listening",
            "papers",
            "unfinished",
            "versions",
            "withdrawing",
        ),
        *("film_status", "proxies", "version_films", "version_plans", "version_states"),
    }
)
"""The modules that join the stages, and run them in workers."""

BELOW = GROUND | STAGES | {"media", "store"}
MAY_IMPORT: dict[str, frozenset[str]] = {
    "model": frozenset({"model"}),
    "errors": frozenset({"clip_errors", "consent_errors", "project_errors", "store_errors"}),
    "clip_errors": frozenset(),
    "consent_errors": frozenset(),
    "project_errors": frozenset(),
    "store_errors": frozenset(),
    "offline": frozenset(),
    "machine": frozenset({"errors"}),
    "memory": frozenset(),
    "language": frozenset({"model"}),
    "crash": frozenset({"errors"}),
    "store": GROUND | {"store"},
    "media": GROUND | {"media", "store"},
    **{stage: GROUND | {"media", "store", stage} for stage in STAGES},
    **dict.fromkeys(JOINERS, BELOW | JOINERS),
    "cli": BELOW | JOINERS | {"cli", "review", ""},
    "review": BELOW | JOINERS | {"review", ""},
    "": BELOW | JOINERS | {""},
}
"""Room of the tree → rooms that it may import; "" is the package itself, the public API."""

DOORS = {
    "av": ("media/",),
    "sqlite3": ("store/",),
    "subprocess": ("media/program.py",),
    "openvino": ("analysis/",),
    "dlib": ("analysis/", "audit/"),
    "_dlib_pybind11": ("analysis/", "audit/"),
    "typer": ("cli/",),
    "starlette": ("review/",),
    "uvicorn": ("review/",),
}
"""Library → the only places that may import it."""

OFFLOAD = "safehouse_offload"
"""The package for the field, which safehouse's own wheel carries: docs/decisions/0014."""

DISTRIBUTIONS = {
    "cv2": "opencv-python-headless",
    "dlib": "dlib-bin",
    "shamir_mnemonic": "shamir-mnemonic",
    "_dlib_pybind11": "dlib-bin",
}
"""Import name → the name in pyproject.toml, where they differ."""

NEVER = frozenset(
    {"face_recognition_models", "requests", "httpx", "urllib3", "urllib.request", "http.client"}
)
IMPURE = frozenset({"time", "datetime", "random", "secrets", "uuid", "sqlite3", "socket"})
FORBIDDEN_NAMES = frozenset({"utils", "helpers", "core", "common", "manager", "base"})
MODULE_LINES = 400
FUNCTION_LINES = 40


@dataclass(frozen=True)
class Module:
    """A module of the package: its path below it, its room, and what it imports."""

    path: str
    source: str

    @property
    def room(self) -> str:
        return room_named(self.path.split("/")[0].removesuffix(".py"))

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)

    def imports(self) -> set[str]:
        """Every dotted name that is imported, `from a import b` as both a and a.b."""
        found = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                base = self._absolute(node)
                found |= {base} | {f"{base}.{alias.name}" for alias in node.names}
        return found

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parent = ["safehouse", *self.path.split("/")][: -node.level]
        return ".".join([*parent, *([node.module] if node.module else [])])


def room_named(first: str) -> str:
    """The room of a module or folder at the top of the package."""
    return {"__init__": "", "api": "", "__main__": "cli"}.get(first, first)


def modules() -> list[Module]:
    paths = sorted(PACKAGE.rglob("*.py"))
    return [Module(str(p.relative_to(PACKAGE)), p.read_text()) for p in paths]


def rooms_of(module: Module) -> set[str]:
    """The rooms of the tree that a module imports from."""
    known = {m.room for m in modules()} | set(MAY_IMPORT)
    found = set()
    for name in module.imports():
        if name == "safehouse":
            continue
        if name.startswith("safehouse."):
            room = room_named(name.split(".")[1])
            found.add(room if room in known else "")
    return found


def wrong_rooms(module: Module) -> list[str]:
    """The imports of a module that the order of the tree forbids."""
    allowed = MAY_IMPORT.get(module.room)
    if allowed is None:
        return [f"{module.path}: no law for the room {module.room!r}"]
    return [f"{module.path} imports {room or 'safehouse'}" for room in rooms_of(module) - allowed]


def wrong_doors(module: Module) -> list[str]:
    """The libraries that a module imports past the only door to them."""
    names = {".".join(name.split(".")[:n]) for name in module.imports() for n in (1, 2)}
    past = [
        name
        for name in names & set(DOORS)
        if not any(module.path.startswith(door) for door in DOORS[name])
    ]
    return [f"{module.path} imports {name}" for name in sorted(set(past) | (names & NEVER))]


def holds_token(module: Module) -> bool:
    """Whether a module has its hands on RENDER_TOKEN, by import or as an attribute."""
    by_name = any(name.endswith(".RENDER_TOKEN") for name in module.imports())
    return by_name or any(
        isinstance(node, ast.Attribute) and node.attr == "RENDER_TOKEN"
        for node in ast.walk(module.tree)
    )


def impurities(module: Module) -> list[str]:
    """What makes a module's result depend on more than its arguments."""
    heads = {name.split(".")[0] for name in module.imports()} & IMPURE
    reached = {
        ast.unparse(node)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute)
        and ast.unparse(node) in {"np.random", "numpy.random", "os.environ", "os.urandom"}
    }
    return [f"{module.path} uses {name}" for name in sorted(heads | reached)]


def long_functions(module: Module) -> list[str]:
    """Functions that do not fit a screen; a command's own table of options is not counted."""
    found = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0].lineno if module.room == "cli" else node.lineno
            lines = (node.end_lineno or 0) - first + 1
            if lines > FUNCTION_LINES:
                found.append(f"{module.path}: {node.name} has {lines} lines")
    return found


def test_imports_go_one_way_and_no_stage_imports_another() -> None:
    assert [fault for module in modules() for fault in wrong_rooms(module)] == []


def test_each_library_has_one_door() -> None:
    assert [fault for module in modules() for fault in wrong_doors(module)] == []


def test_what_is_imported_is_declared() -> None:
    """The command must start without anything that only developers install."""
    project = tomllib.loads((SRC.parent / "pyproject.toml").read_text())["project"]
    declared = {re.split(r"[<>=~\[ ]", line)[0] for line in project["dependencies"]}
    heads = {name.split(".")[0] for module in modules() for name in module.imports()}
    foreign = heads - set(sys.stdlib_module_names) - {"safehouse", OFFLOAD}
    assert {DISTRIBUTIONS.get(name, name) for name in foreign} - declared == set()


def test_only_render_holds_the_token_that_makes_protected_frames() -> None:
    holders = {module.path for module in modules() if holds_token(module)}
    assert {p for p in holders if not p.startswith("render/")} <= {"model/frame.py"}


def test_only_render_makes_protected_frames_and_sound() -> None:
    makers = {
        module.path
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).split(".")[-1] in {"ProtectedFrame", "ProtectedSound"}
    }
    assert {path for path in makers if not path.startswith("render/")} == set()


def test_render_has_no_clock_no_chance_and_no_database() -> None:
    render = [module for module in modules() if module.room == "render"]
    assert [fault for module in render for fault in impurities(module)] == []


def test_no_file_is_named_for_a_kind_of_code() -> None:
    names = {module.path for module in modules() if Path(module.path).stem in FORBIDDEN_NAMES}
    folders = {p.name for p in PACKAGE.rglob("*") if p.is_dir() and p.name in FORBIDDEN_NAMES}
    assert names | folders == set()


def test_no_two_files_that_tests_import_share_a_name() -> None:
    """They are imported by their bare names; of two alike only one would be read."""
    files = (SRC.parent / "tests").rglob("*.py")
    names = Counter(path.name for path in files if not path.name.startswith(("test_", "conftest")))
    assert {name for name, count in names.items() if count > 1} == set()


def test_modules_and_functions_stay_short() -> None:
    long = [m.path for m in modules() if m.source.count("\n") > MODULE_LINES]
    assert long + [fault for module in modules() for fault in long_functions(module)] == []


def test_every_module_begins_with_what_it_is() -> None:
    assert [m.path for m in modules() if m.source.strip() and not ast.get_docstring(m.tree)] == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("render/raster.py", "from safehouse.analysis.run import analyse"),
        ("render/raster.py", "from ..audit import run"),
        ("model/clip.py", "import safehouse.media.reader"),
        ("store/atomic.py", "from safehouse.media import reader"),
        ("media/reader.py", "def f():\n    from safehouse import pipeline"),
        ("pipeline/run.py", "from safehouse.cli import main"),
        ("plan/build.py", "import safehouse.render.protect"),
        ("elsewhere/run.py", "import os"),
    ],
)
def test_the_law_of_rooms_sees_a_breach(path: str, source: str) -> None:
    assert wrong_rooms(Module(path, source))


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("analysis/run.py", "import av"),
        ("cli/main.py", "from av.container import open"),
        ("plan/run.py", "import sqlite3"),
        ("media/reader.py", "import subprocess"),
        ("audit/face.py", "import openvino as ov"),
        ("analysis/faces.py", "import face_recognition_models"),
        ("media/reader.py", "from urllib import request"),
    ],
)
def test_the_law_of_doors_sees_a_breach(path: str, source: str) -> None:
    assert wrong_doors(Module(path, source))


def test_the_law_of_the_token_sees_a_breach() -> None:
    assert holds_token(Module("audit/run.py", "from safehouse.model.frame import RENDER_TOKEN"))
    assert holds_token(Module("cli/x.py", "from safehouse.model import frame\nframe.RENDER_TOKEN"))


@pytest.mark.parametrize(
    "source", ["import time", "from random import random", "import numpy as np\nnp.random.seed(1)"]
)
def test_the_law_of_purity_sees_a_breach(source: str) -> None:
    assert impurities(Module("render/veil.py", source))
