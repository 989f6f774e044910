"""Reads out of the source what the commands say, as templates for the catalogues.

A failure or a printed line is written where its figures are known, as an f-string. What reaches a
person is found from the other end: what is given to a failure, to `print_lines`, to a question or
to a bar is followed back through names, functions and their callers, to the texts themselves.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from safehouse.language import LEAST_LETTERS

__all__ = ["command_words"]

SHOWN = {"print_lines": (), "ask": (), "ask_word": (), "in_words": (), "getpass": (0,), "write": (0,), "tell": (0,)}
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

LINES = {"lines", "last", "damage", "problems", "damages"}
"""Attributes that hold what is shown."""

PASSED = {"escape", "str", "list", "tuple", "sorted", "dict", "fromkeys", "reversed", "set", "chain"}
"""Functions that hand their argument on."""

UNWRITTEN = {"say", "say_n", "msgid"}
"""Functions whose texts are in the catalogues already."""

NAME = re.compile(r"\S*[\d_./\\=<>]\S*|(?:gbrp|gray|yuv|h26|hev|ff|mo|mp|mk).{,3}|[A-Z0-9]{2,9}|SELECT .*|-\S+(?: \S+)?|yuv.*|\{\w+\} --help|(?:[A-Z][a-z]+){2,}|Decide|lost.found|bytes:|s|safehouse|en|fr|English|français")
"""Texts that are no words: file names, codecs, options, commands of a database."""

DEEPEST = 60

Function = ast.FunctionDef | ast.AsyncFunctionDef


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
        for name_, value in _assigned(node):
            module.constants.setdefault(name_, []).append(value)
    return module


def _assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Yield what a statement gives to names."""
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.NamedExpr):
        targets = [node.target]
    value = getattr(node, "value", None)
    for target in targets if isinstance(value, ast.expr) else ():
        if isinstance(target, ast.Name):
            yield target.id, value
        pairs = isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)
        if pairs and len(target.elts) == len(value.elts):
            for one, part in zip(target.elts, value.elts, strict=True):
                if isinstance(one, ast.Name):
                    yield one.id, part


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
                    bases.setdefault(node.name, set()).update(map(_last_name, node.bases))
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
        if isinstance(node, ast.Call):
            for argument in self._shown(node, place):
                self._follow(argument, place, 0)
        for value in _lines_of(node):
            self._follow(value, place, 0)
        if isinstance(node, ast.ClassDef) and node.name in self.errors:
            for row in node.body:
                for name, value in _assigned(row):
                    if name == "kept_unless_said":
                        self._follow(value, place, 0)
        if isinstance(node, Function):
            if _is_command(node):
                self._add_help(node)
            place = Place(place.module, (*place.around, node))
        for child in ast.iter_child_nodes(node):
            self._walk(child, place)

    def _add_help(self, node: Function) -> None:
        """Add the paragraphs of a command's own help; examples stay as they are."""
        for part in (ast.get_docstring(node) or "").split("\n\n"):
            text = " ".join(part.split())
            if not text.startswith("Example"):
                self._add(text)

    def _shown(self, call: ast.Call, place: Place) -> Iterator[ast.expr]:
        """Yield the arguments of a call that reach a person."""
        name = _last_name(call.func)
        if name in SHOWN and self._is_shown(call, name):
            rows = SHOWN[name]
            yield from (a for n, a in enumerate(call.args) if not rows or n in rows)
        if name in self.errors or name == "refuse":
            yield from call.args[:2]
        wanted = FIELDS.get(name, ())
        if name in WORDY:
            yield from call.args
        for row in call.keywords:
            if row.arg in wanted or row.arg in ALWAYS:
                yield row.value
        if name == "kept_if_stopped":
            yield from call.args
        for function, module in self._called(call, place):
            names = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
            if names[:1] == ["self"]:
                names = names[1:]
            given = {**dict(zip(names, call.args, strict=False))}
            given.update({row.arg: row.value for row in call.keywords if row.arg})
            for parameter, value in given.items():
                if (module.name, function.name, parameter) in self.sinks:
                    yield value

    def _is_shown(self, call: ast.Call, name: str) -> bool:
        """Return whether a call named like one that shows something is it."""
        if name == "write":
            return ast.unparse(call.func) in {"sys.stderr.write", "sys.stdout.write"}
        return True

    def _called(self, call: ast.Call, place: Place) -> list[tuple[Function, Module]]:
        name = _last_name(call.func)
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
        for step in _inner(node):
            self._follow(step, place, depth + 1)
        if template := _template(node):
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
            known = list(_given(function, name))
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
        name = _last_name(node.func)
        if name in UNWRITTEN:
            return
        if name == "counted" and isinstance(node.args[-1], ast.Constant):
            self.found |= {f"1 {node.args[-1].value}", f"{{count}} {node.args[-1].value}s"}
        for function, module in self._called(node, place):
            inside = Place(module, (function,))
            for value in _returned(function):
                self._follow(value, inside, depth + 1)

    def _add(self, template: str) -> None:
        text = template.strip("\n").partition("Example: ")[0].strip(" ")
        letters = sum(map(str.isalpha, _bare(text)))
        least = LEAST_LETTERS if "{" in text else 1
        if "\n" in text:
            return
        if letters >= least and not _is_command_line(text) and not NAME.fullmatch(text):
            self.found.add(text)


def _is_command(node: Function) -> bool:
    """Return whether a function is a command, as typer takes it."""
    return bool(
        any(_last_name(getattr(d, "func", d)) in {"command", "callback"} for d in node.decorator_list)
        or (isinstance(node.returns, ast.Name) and node.returns.id == "int" and ast.get_docstring(node)
            and "Example" in (ast.get_docstring(node) or ""))
    )


def _is_command_line(text: str) -> bool:
    """Return whether a text is to be typed as it is."""
    if not text.startswith(("safehouse ", "--", "{PROGRAM} ", "vault ", "card ")):
        return text.startswith(("SELECT ", "\x1b"))
    return not any(mark in text for mark in (", ", ": ", "; ", " or ", " and ", " to ", " is ", " the ", " with ", " again", " says ", " has "))


def _last_name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _inner(node: ast.expr) -> Iterator[ast.expr]:
    """Yield the expressions that an expression takes its text from."""
    if isinstance(node, ast.IfExp):
        yield from (node.body, node.orelse)
    elif isinstance(node, ast.BoolOp):
        yield from node.values
    elif isinstance(node, ast.Starred):
        yield node.value
    elif isinstance(node, ast.List | ast.Tuple | ast.Set):
        yield from node.elts
    elif isinstance(node, ast.Dict):
        yield from node.values
        yield from (key for key in node.keys if key)
    elif isinstance(node, ast.GeneratorExp | ast.ListComp | ast.SetComp):
        yield node.elt
    elif isinstance(node, ast.Subscript):
        yield node.value
    elif isinstance(node, ast.NamedExpr):
        yield node.value
    elif isinstance(node, ast.BinOp):
        yield from (node.left, node.right)
    elif isinstance(node, ast.JoinedStr):
        for part in node.values:
            if isinstance(part, ast.FormattedValue) and not _is_strange(part.value):
                yield part.value
    elif isinstance(node, ast.Call):
        name = _last_name(node.func)
        if name in PASSED:
            yield from node.args
        if isinstance(node.func, ast.Attribute) and name in {"join", "get", "rstrip", "strip", "lower", "format", "items", "values"}:
            yield from node.args
            yield node.func.value


def _is_strange(node: ast.expr) -> bool:
    """Return whether a value is somebody's own text, which is never said."""
    return isinstance(node, ast.Call) and _last_name(node.func) == "escape"


def _template(node: ast.expr) -> str:
    """Return the template of a text; "" for what is none."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return "" if "{" in node.value else node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        sides = _template(node.left), _template(node.right)
        return "".join(sides) if all(sides) else ""
    if not isinstance(node, ast.JoinedStr):
        return ""
    names: dict[str, str] = {}
    out = []
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            out.append("{" + _field(part.value, names) + "}")
        elif isinstance(part, ast.Constant):
            out.append(str(part.value).replace("{", "{{").replace("}", "}}"))
    return "".join(out)


def _field(node: ast.expr, names: dict[str, str]) -> str:
    """Return the name of a value; another for another value."""
    text = ast.unparse(node)
    if text not in names:
        name = _called_like(node)
        taken = set(names.values())
        names[text] = next(
            n for n in (name, *(f"{name}{i}" for i in range(2, 20))) if n not in taken
        )
    return names[text]


def _called_like(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        name = _last_name(node.func)
        passed = name in PASSED | {"len", "round", "min", "max", "join", "lower", "map"}
        if passed and node.args:
            return _called_like(node.args[-1])
        return name.strip("_") or "value"
    if isinstance(node, ast.Subscript | ast.Starred):
        return _called_like(node.value)
    if isinstance(node, ast.GeneratorExp | ast.ListComp):
        return _called_like(node.elt)
    if isinstance(node, ast.BoolOp):
        return _called_like(node.values[0])
    return _last_name(node).strip("_").lower() or "value"


def _lines_of(node: ast.AST) -> Iterator[ast.expr]:
    """Yield what is put into the lines of something that is shown later."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        base = node.func.value
        grows = node.func.attr in {"append", "extend", "insert"}
        if grows and isinstance(base, ast.Attribute) and base.attr in LINES:
            yield from node.args
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    value = getattr(node, "value", None)
    if isinstance(node, ast.Assign | ast.AugAssign) and isinstance(value, ast.expr):
        if any(isinstance(t, ast.Attribute) and t.attr in LINES for t in targets):
            yield value


def _given(function: Function, name: str) -> Iterator[ast.expr]:
    """Yield what a function gives to a name, and what it adds to it."""
    for node in ast.walk(function):
        for target, value in _assigned(node):
            if target == name:
                yield value
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            base = node.func.value
            grows = node.func.attr in {"append", "extend", "insert", "setdefault"}
            if grows and isinstance(base, ast.Name) and base.id == name:
                yield from node.args
            if grows and isinstance(base, ast.Attribute) and _last_name(base.value) == name:
                yield from node.args
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            if _last_name(node.targets[0].value) == name:
                yield from (node.targets[0].slice, node.value)
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Attribute):
            if _last_name(node.target.value) == name:
                yield node.value
        if isinstance(node, ast.For | ast.comprehension):
            targets = [n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)]
            if name in targets:
                yield node.iter


def _returned(function: Function) -> Iterator[ast.expr]:
    """Yield what a function returns or yields."""
    for node in ast.walk(function):
        if isinstance(node, ast.Return | ast.Yield | ast.YieldFrom) and node.value is not None:
            yield node.value


def _bare(template: str) -> str:
    return "".join(part.split("}")[-1] for part in template.split("{"))
