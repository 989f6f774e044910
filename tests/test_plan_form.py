"""Code that shapes plans can't change unnoticed: films that it would make otherwise must go stale.

A film is stale when what it was made from changed. Changed code is not seen in that, but for the
number PLAN_FORM, which somebody has to count up. This test makes whoever changes the code decide.
"""

import ast
import hashlib
from pathlib import Path

import pytest

import safehouse
from safehouse.version_states import PLAN_FORM

ROOT = Path(safehouse.__file__).parent
BEGIN = ("version_plans", "media.formats")
"""Modules that turn facts into plans; those of `plan` and `model` that they import are taken in."""

FOLLOWED = ("plan.", "model.", "store.reading_decided", "media.formats")
LEFT_OUT = ("model.act", "model.consent", "model.documents", "model.text", "model.words")
"""Kinds of acts, records, and words: a plan takes the facts in them, and not their code."""

NOTED = (2, "4e1be5f5ae7c5164")
"""PLAN_FORM, and the fingerprint of the code that it stands for."""


def path_of(module: str) -> Path:
    return ROOT.joinpath(*module.split(".")).with_suffix(".py")


def imported(tree: ast.Module) -> set[str]:
    """Return the modules of safehouse that a module imports, also inside functions."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("safehouse"):
            parent = (node.module or "").removeprefix("safehouse").lstrip(".")
            names = {f"{parent}.{alias.name}".lstrip(".") for alias in node.names}
            found |= {name for name in {parent, *names} if name and path_of(name).is_file()}
    return found


def shape(node: object) -> object:
    """Return code without comments, docstrings and places, the same in every Python."""
    if isinstance(node, list):
        return [shape(one) for one in node]
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = []
    for name, value in ast.iter_fields(node):
        if name == "body" and isinstance(value, list):
            value = [one for one in value if not is_words(one)]
        if value not in (None, []) and name != "kind":
            fields.append((name, shape(value)))
    return type(node).__name__, fields


def is_words(node: object) -> bool:
    """Return whether a statement is a docstring, of a module, a function or a constant."""
    words = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return words and isinstance(node.value.value, str)  # type: ignore[attr-defined]  # words


def modules() -> dict[str, ast.Module]:
    """Return the modules that shape plans, by name."""
    found: dict[str, ast.Module] = {}
    waiting = list(BEGIN)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found[name] = ast.parse(path_of(name).read_text(encoding="utf-8"))
        follows = (one for one in imported(found[name]) if one.startswith(FOLLOWED))
        waiting += [one for one in follows if not one.startswith(LEFT_OUT)]
    return found


def fingerprint(found: dict[str, ast.Module]) -> str:
    text = repr([(name, shape(found[name])) for name in sorted(found)])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def test_every_module_of_plans_is_taken_in() -> None:
    found = modules()
    for name in ("plan.build", "plan.showing", "plan.cover", "model.plan", "store.reading_decided"):
        assert name in found
    assert not any(name.startswith(("render", "audit", "cli", "model.act")) for name in found)


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("MARGIN = 16", "MARGIN = 17", False),
        ("def f(a):\n    return a < 1", "def f(a):\n    return a <= 1", False),
        ("MARGIN = 16", "MARGIN = 16  # pixels", True),
        ('MARGIN = 16\n"""In pixels."""', 'MARGIN = 16\n"""In luma pixels."""', True),
        ('def f():\n    """Say."""\n    return 1', "def f():\n\n    return 1", True),
    ],
)
def test_words_change_no_fingerprint_and_code_does(before: str, after: str, same: bool) -> None:
    prints = {fingerprint({"one": ast.parse(text)}) for text in (before, after)}
    assert (len(prints) == 1) == same


def test_code_that_shapes_plans_does_not_change_unnoticed() -> None:
    found = (PLAN_FORM, fingerprint(modules()))
    assert found == NOTED, (
        f"code that shapes plans changed. Does any clip get another plan from the same facts? Then "
        f"count PLAN_FORM in version_states.py up: films are rendered again. In any case write "
        f"{found} into NOTED, with the new number."
    )
