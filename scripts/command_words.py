"""Reads out of the source what the commands say, as templates for the catalogues.

A failure or a printed line is written where its figures are known, as an f-string. What reaches a
person is found from the other end: what is given to a failure, to `print_lines`, to a question or
to a bar is followed back through names, functions and their callers, to the texts themselves.
"""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from expression_words import (
    NAME,
    PASSED,
    Function,
    assigned,
    given_to,
    inner,
    is_command,
    is_typed,
    last_name,
    lines_of,
    own_letters,
    returned_by,
    template_of,
)

from safehouse.language import LEAST_LETTERS

__all__ = ["command_words"]

SHOWN = {
    "print_lines": (),
    "ask": (),
    "ask_word": (),
    "in_words": (),
    "getpass": (0,),
    "write": (0,),
    "tell": (0,),
}
"""Function → which of its arguments are shown; all of them where none is named."""

FIELDS = {
    "Said": ("lines", "error", "last"),
    "Option": ("help",),
    "Argument": ("help",),
    "Typer": ("help",),
    "add_typer": ("help",),
    "command": ("help",),
    "Ending": ("kept",),
}
"""Call → its keywords that are shown."""

WORDY = {"Said", "Problem", "Damage", "problem"}
"""Classes whose values are shown, in their order."""

ALWAYS = {"kept", "next_step", "happened", "what", "words", "reasons", "reason", "why", "detail"}
"""Keywords that are shown, whatever is called."""

UNWRITTEN = {"say", "say_n", "msgid"}
"""Functions whose texts are in the catalogues already."""

DEEPEST = 60


@dataclass
class Module:
    """A file of the program, read."""

    tree: ast.Module
    name: str
    functions: dict[str, list[Function]] = field(default_factory=dict)
    constants: dict[str, list[ast.expr]] = field(default_factory=dict)
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """Where an expression stands: its file and the functions around it, the innermost last."""

    module: Module
    around: tuple[Function, ...] = ()


def command_words(sources: Iterable[Path]) -> list[str]:
    """Return every template that a command may show, of the packages below some folders."""
    return sorted(_Reader([_read(path, top) for top in sources for path in _files(top)]).read())


def _files(top: Path) -> list[Path]:
    return sorted(top.rglob("*.py"))


def _read(path: Path, top: Path) -> Module:
    name = ".".join((top.name, *path.relative_to(top).with_suffix("").parts))
    module = Module(ast.parse(path.read_text(encoding="utf-8")), name.removesuffix(".__init__"))
    for node in ast.walk(module.tree):
        if isinstance(node, Function):
            module.functions.setdefault(node.name, []).append(node)
        if isinstance(node, ast.ImportFrom) and node.module:
            for row in node.names:
                module.imports[row.asname or row.name] = (node.module, row.name)
    for node in module.tree.body:
        for name_, value in assigned(node):
            module.constants.setdefault(name_, []).append(value)
    return module


class _Reader:
    """Follows what is shown back to the texts."""

    def __init__(self, modules: list[Module]) -> None:
        self.modules = {module.name: module for module in modules}
        self.found: set[str] = set()
        self.sinks: set[tuple[str, str, str]] = set()
        self.seen: set[tuple[int, str]] = set()
        self.errors = self._error_classes()

    def _error_classes(self) -> set[str]:
        bases: dict[str, set[str]] = {}
        for module in self.modules.values():
            for node in ast.walk(module.tree):
                if isinstance(node, ast.ClassDef):
                    bases.setdefault(node.name, set()).update(map(last_name, node.bases))
        found = {"SafehouseError"}
        while more := {name for name, above in bases.items() if above & found} - found:
            found |= more
        return found

    def read(self) -> set[str]:
        """Return the templates; again until no new way to the screen is found."""
        while True:
            before = len(self.sinks)
            self.seen.clear()
            for module in self.modules.values():
                self._walk(module.tree, Place(module))
            if len(self.sinks) == before:
                return self.found

    def _walk(self, node: ast.AST, place: Place) -> None:
        for value in self._starts(node, place):
            self._follow(value, place, 0)
        if isinstance(node, Function):
            if is_command(node):
                self._add_help(node)
            place = Place(place.module, (*place.around, node))
        for child in ast.iter_child_nodes(node):
            self._walk(child, place)

    def _starts(self, node: ast.AST, place: Place) -> Iterator[ast.expr]:
        """Yield what reaches a person right here."""
        if isinstance(node, ast.Call):
            yield from self._shown(node, place)
        yield from lines_of(node)
        if isinstance(node, ast.ClassDef) and node.name in self.errors:
            rows = (pair for row in node.body for pair in assigned(row))
            yield from (value for name, value in rows if name == "kept_unless_said")

    def _add_help(self, node: Function) -> None:
        """Add the paragraphs of a command's own help; examples stay as they are."""
        for part in (ast.get_docstring(node) or "").split("\n\n"):
            text = " ".join(part.split())
            if not text.startswith("Example"):
                self._add(text)

    def _shown(self, call: ast.Call, place: Place) -> Iterator[ast.expr]:
        """Yield the arguments of a call that reach a person."""
        name = last_name(call.func)
        if name in SHOWN and self._is_shown(call, name):
            rows = SHOWN[name]
            yield from (a for n, a in enumerate(call.args) if not rows or n in rows)
        if name in self.errors or name == "refuse":
            yield from call.args[:2]
        if name in WORDY or name == "kept_if_stopped":
            yield from call.args
        wanted = {*FIELDS.get(name, ()), *ALWAYS}
        yield from (row.value for row in call.keywords if row.arg in wanted)
        for function, module in self._called(call, place):
            given = _arguments(call, function)
            for parameter, value in given.items():
                if (module.name, function.name, parameter) in self.sinks:
                    yield value

    def _is_shown(self, call: ast.Call, name: str) -> bool:
        """Return whether a call named like one that shows something is it."""
        if name == "write":
            return ast.unparse(call.func) in {"sys.stderr.write", "sys.stdout.write"}
        return True

    def _called(self, call: ast.Call, place: Place) -> list[tuple[Function, Module]]:
        name = last_name(call.func)
        if name in UNWRITTEN | PASSED:
            return []
        own = place.module
        if isinstance(call.func, ast.Attribute):
            base = call.func.value
            if isinstance(base, ast.Name) and base.id in own.imports:
                parent, child = own.imports[base.id]
                other = self.modules.get(f"{parent}.{child}")
                return [(f, other) for f in other.functions.get(name, ())] if other else []
            if not isinstance(base, ast.Name) or base.id not in {"self", "cls"}:
                return []
        if name in own.functions:
            return [(f, own) for f in own.functions[name]]
        if name in own.imports:
            parent, child = own.imports[name]
            other = self.modules.get(parent)
            return [(f, other) for f in other.functions.get(child, ())] if other else []
        return []

    def _follow(self, node: ast.expr, place: Place, depth: int) -> None:
        """Add what an expression may say."""
        key = (id(node), "")
        if key in self.seen or depth > DEEPEST:
            return
        self.seen.add(key)
        for step in inner(node):
            self._follow(step, place, depth + 1)
        if template := template_of(node):
            self._add(template)
        if isinstance(node, ast.Name):
            self._follow_name(node.id, place, depth)
        elif isinstance(node, ast.Call):
            self._follow_call(node, place, depth)
        elif isinstance(node, ast.Attribute):
            self._follow_attribute(node, place, depth)

    def _follow_attribute(self, node: ast.Attribute, place: Place, depth: int) -> None:
        base = node.value
        if isinstance(base, ast.Name) and base.id in place.module.imports:
            parent, child = place.module.imports[base.id]
            other = self.modules.get(f"{parent}.{child}")
            for value in other.constants.get(node.attr, ()) if other else ():
                self._follow(value, Place(other), depth + 1)  # type: ignore[arg-type]

    def _follow_name(self, name: str, place: Place, depth: int) -> None:
        for n, function in reversed(list(enumerate(place.around))):
            inside = Place(place.module, place.around[: n + 1])
            arguments = function.args
            every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
            if name in {row.arg for row in every}:
                self.sinks.add((place.module.name, function.name, name))
            known = list(given_to(function, name))
            for value in known:
                self._follow(value, inside, depth + 1)
            if known or name in {row.arg for row in every}:
                return
        module = place.module
        if name not in module.constants and name in module.imports:
            parent, name = module.imports[name]
            module = self.modules.get(parent, module)
        for value in module.constants.get(name, ()):
            self._follow(value, Place(module), depth + 1)

    def _follow_call(self, node: ast.Call, place: Place, depth: int) -> None:
        name = last_name(node.func)
        if name in UNWRITTEN:
            return
        if name == "counted" and isinstance(node.args[-1], ast.Constant):
            thing = str(getattr(node.args[-1], "value", ""))
            self.found |= {f"1 {thing}", f"{{count}} {thing}s"}
        for function, module in self._called(node, place):
            inside = Place(module, (function,))
            for value in returned_by(function):
                self._follow(value, inside, depth + 1)

    def _add(self, template: str) -> None:
        text = template.strip("\n").partition("Example: ")[0].strip(" ")
        letters = sum(map(str.isalpha, own_letters(text)))
        least = LEAST_LETTERS if "{" in text else 1
        if "\n" in text:
            return
        if letters >= least and not is_typed(text) and not NAME.fullmatch(text):
            self.found.add(text)


def _arguments(call: ast.Call, function: Function) -> dict[str, ast.expr]:
    """Return what a call gives to each parameter of a function."""
    names = [row.arg for row in (*function.args.posonlyargs, *function.args.args)]
    if names[:1] == ["self"]:
        names = names[1:]
    given = dict(zip(names, call.args, strict=False))
    given.update({row.arg: row.value for row in call.keywords if row.arg})
    return given
