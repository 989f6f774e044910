"""Reads texts out of expressions: templates, what a name was given, what a function returns."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator

__all__ = [
    "NAME",
    "PASSED",
    "Function",
    "assigned",
    "given_to",
    "inner",
    "is_command",
    "is_typed",
    "last_name",
    "lines_of",
    "own_letters",
    "returned_by",
    "template_of",
]

Function = ast.FunctionDef | ast.AsyncFunctionDef

NAME = re.compile(
    r"\S*[\d_./\\=<>]\S*|(?:gbrp|gray|h26|hev|ff|mo|mp|mk).{,3}|[A-Z0-9]{2,9}|SELECT .*"
    r"|-\S+(?: \S+)?|yuv.*|\{\w+\} --help|(?:[A-Z][a-z]+){2,}|Decide|lost.found|bytes:"
    r"|s|safehouse|en|fr|English|français"
)
"""Texts that are no words: file names, codecs, options, acts, commands of a database."""

PASSED = frozenset(
    {"escape", "str", "list", "tuple", "sorted", "dict", "fromkeys", "reversed", "set", "chain"}
)
"""Functions that hand their argument on."""

JOINED = frozenset({"join", "get", "rstrip", "strip", "lower", "format", "items", "values"})
"""Methods that hand on what they are of."""

GROWN = frozenset({"append", "extend", "insert", "setdefault"})
"""Methods that add to what they are of."""

LINES = frozenset({"lines", "last", "damage", "problems", "damages"})
"""Attributes that hold what is shown."""

SENTENCE = (
    *(", ", ": ", "; ", " or ", " and ", " to ", " is ", " the ", " with ", " again", " says "),
    " has ",
)
"""What a command that is typed has not in it, and a sentence that begins with one has."""


def assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Yield what a statement gives to names."""
    value = getattr(node, "value", None)
    if not isinstance(value, ast.expr):
        return
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.NamedExpr):
        targets = [node.target]
    for target in targets:
        if isinstance(target, ast.Name):
            yield target.id, value
        elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            pairs = zip(target.elts, value.elts, strict=False)
            yield from ((one.id, part) for one, part in pairs if isinstance(one, ast.Name))


def is_command(node: Function) -> bool:
    """Return whether a function is a command, as typer takes it."""
    marks = (last_name(getattr(row, "func", row)) for row in node.decorator_list)
    if any(mark in {"command", "callback"} for mark in marks):
        return True
    gives_code = isinstance(node.returns, ast.Name) and node.returns.id == "int"
    return gives_code and "Example" in (ast.get_docstring(node) or "")


def is_typed(text: str) -> bool:
    """Return whether a text is to be typed as it is."""
    if not text.startswith(("safehouse ", "--", "{PROGRAM} ", "vault ", "card ")):
        return text.startswith("\x1b")
    return not any(mark in text for mark in SENTENCE)


def last_name(node: ast.AST) -> str:
    """Return the last part of a name with dots; "" for what is no name."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _of_text(node: ast.JoinedStr) -> Iterable[ast.expr]:
    rows = (row.value for row in node.values if isinstance(row, ast.FormattedValue))
    return [row for row in rows if not _is_strange(row)]


def _of_call(node: ast.Call) -> Iterable[ast.expr]:
    if last_name(node.func) in PASSED:
        return node.args
    if isinstance(node.func, ast.Attribute) and node.func.attr in JOINED:
        return [*node.args, node.func.value]
    return ()


INNER: dict[type[ast.expr], Callable[..., Iterable[ast.expr | None]]] = {
    ast.IfExp: lambda node: (node.body, node.orelse),
    ast.BoolOp: lambda node: node.values,
    ast.Starred: lambda node: (node.value,),
    ast.List: lambda node: node.elts,
    ast.Tuple: lambda node: node.elts,
    ast.Set: lambda node: node.elts,
    ast.Dict: lambda node: (*node.values, *node.keys),
    ast.GeneratorExp: lambda node: (node.elt,),
    ast.ListComp: lambda node: (node.elt,),
    ast.SetComp: lambda node: (node.elt,),
    ast.Subscript: lambda node: (node.value,),
    ast.NamedExpr: lambda node: (node.value,),
    ast.BinOp: lambda node: (node.left, node.right),
    ast.JoinedStr: _of_text,
    ast.Call: _of_call,
}
"""Expression → the expressions that it takes its text from."""


def inner(node: ast.expr) -> list[ast.expr]:
    """Return the expressions that an expression takes its text from."""
    found = INNER.get(type(node))
    return [row for row in found(node) if row is not None] if found else []


def _is_strange(node: ast.expr) -> bool:
    """Return whether a value is somebody's own text, which is never said."""
    return isinstance(node, ast.Call) and last_name(node.func) == "escape"


def template_of(node: ast.expr) -> str:
    """Return the template of a text; "" for what is none."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return "" if "{" in node.value else node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        sides = template_of(node.left), template_of(node.right)
        return "".join(sides) if all(sides) else ""
    names: dict[str, str] = {}
    rows = node.values if isinstance(node, ast.JoinedStr) else ()
    return "".join(_part(row, names) for row in rows)


def _part(row: ast.expr, names: dict[str, str]) -> str:
    if isinstance(row, ast.FormattedValue):
        return "{" + _field(row.value, names) + "}"
    value = row.value if isinstance(row, ast.Constant) else ""
    return str(value).replace("{", "{{").replace("}", "}}")


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
        name = last_name(node.func)
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
    return last_name(node).strip("_").lower() or "value"


def given_to(function: Function, name: str) -> Iterator[ast.expr]:
    """Yield what a function gives to a name, and what it adds to it."""
    for node in ast.walk(function):
        yield from (value for target, value in assigned(node) if target == name)
        yield from _grown(node, name)
        if isinstance(node, ast.For | ast.comprehension):
            names = (row.id for row in ast.walk(node.target) if isinstance(row, ast.Name))
            if name in names:
                yield node.iter


def _grown(node: ast.AST, name: str) -> Iterable[ast.expr]:
    """Return what a statement or a call adds to something, or to its lines."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        base = node.func.value
        own = last_name(base.value if isinstance(base, ast.Attribute) else base)
        return node.args if node.func.attr in GROWN and own == name else ()
    target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
    if isinstance(node, ast.Assign) and isinstance(target, ast.Subscript):
        return (target.slice, node.value) if last_name(target.value) == name else ()
    if isinstance(node, ast.AugAssign) and isinstance(target, ast.Attribute):
        return (node.value,) if last_name(target.value) == name else ()
    return ()


def lines_of(node: ast.AST) -> Iterable[ast.expr]:
    """Return what is put into the lines of something that is shown later."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        base = node.func.value
        holds = isinstance(base, ast.Attribute) and base.attr in LINES
        return node.args if holds and node.func.attr in GROWN else ()
    if isinstance(node, ast.Assign | ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any(isinstance(row, ast.Attribute) and row.attr in LINES for row in targets):
            return (node.value,)
    return ()


def returned_by(function: Function) -> Iterator[ast.expr]:
    """Yield what a function returns or yields."""
    for node in ast.walk(function):
        if isinstance(node, ast.Return | ast.Yield | ast.YieldFrom) and node.value is not None:
            yield node.value


def own_letters(template: str) -> str:
    """Return a template without its values."""
    return "".join(part.split("}")[-1] for part in template.split("{"))
