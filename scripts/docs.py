"""Writes the pages that come out of the code (commands, errors, formats, keys), or checks them.

`make check` fails when a page is stale; `make docs` writes them anew.
"""

import inspect
import json
import sys
from enum import Enum
from pathlib import Path
from typing import Any

import msgspec
import typer

from safehouse.cli.main import app
from safehouse.errors import SafehouseError, error_classes
from safehouse.media.format_table import format_table
from safehouse.model.report import Answers, Report, Signed
from safehouse.review.keymap import format_keys

DOCS = Path(__file__).resolve().parents[1] / "docs"
FAMILIES = (
    (range(1, 3), "Bugs and usage"),
    (range(10, 20), "Source: something is wrong with a source file"),
    (range(20, 30), "Consent: the register, or the rules of consent, refuse it"),
    (range(30, 40), "Plan: something is wrong with a plan or findings"),
    (range(40, 50), "Render: something stops a film from being written"),
    (range(50, 60), "Audit: the film is held, or a report is not what it should be"),
    (range(60, 70), "Vault: something is wrong with a card's copies, a vault or its key"),
    (range(70, 80), "Delivery: something stands in the way of a version"),
    (range(80, 90), "Project: its folder, its key, its history, or what was asked of it"),
)
ERRORS_HEAD = """\
# Errors

Generated from `safehouse.errors` by `make docs`.

A failure is told in three lines: what happened, what is safe, what to do next. Its id stands in
brackets; the exit code of the command is the number in it.

```
safehouse: clip C0003 changed since it was analysed; render stopped at frame 1812 [E12]
  kept: the source, the plan and the register are untouched; no file was written
  next: safehouse analyse C0003
```

0 is done. 128 + n is signal n: 130 is Ctrl-C. A card of which one clip failed is not done: its exit
code is the first failure's.
"""
CLI_HEAD = """\
# Commands

Generated from the program by `make docs`. `safehouse COMMAND --help` prints the same.
Failures and exit codes: [errors](errors.md).
"""


def format_errors() -> str:
    """Return the page of every error, by family."""
    lines = [ERRORS_HEAD]
    for codes, title in FAMILIES:
        kinds = [kind for kind in error_classes() if kind.exit_code in codes]
        lines += [f"## {title}", "", "| id | exit code | class | when |", "|---|---|---|---|"]
        lines += [_error_row(kind) for kind in kinds]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _error_row(kind: type[SafehouseError]) -> str:
    when = (inspect.getdoc(kind) or "").split("\n\n")[0].replace("\n", " ")
    if kind is SafehouseError:
        when = "A bug of ours; a crash report without any value of yours stays on the disk."
    return f"| {kind.id} | {kind.exit_code} | `{kind.__name__}` | {when} |"


def commands_of(command: Any, path: str) -> list[tuple[str, Any]]:
    """Return the command and every command below it, each with the words that call it."""
    found = [(path, command)]
    for name, below in getattr(command, "commands", {}).items():
        found += commands_of(below, f"{path} {name}")
    return found


def format_cli() -> str:
    """Return the page of every command with its arguments, options and examples."""
    lines = [CLI_HEAD]
    for path, command in commands_of(typer.main.get_command(app), "safehouse"):
        lines += [f"## {path}", "", *_help_lines(command.help or "")]
        rows = [row for parameter in command.params if (row := _parameter_row(parameter))]
        if rows:
            lines += ["| what | means | unless said |", "|---|---|---|", *rows, ""]
        if command.epilog:
            lines += _example_lines(command.epilog)
    return "\n".join(lines).rstrip() + "\n"


def _help_lines(text: str) -> list[str]:
    body, _, examples = (
        inspect.cleandoc(text).replace("Example:", "Examples:").partition("Examples:")
    )
    return [*body.strip().splitlines(), "", *(_example_lines(examples) if examples else [])]


def _example_lines(text: str) -> list[str]:
    found = [line.strip() for line in text.splitlines() if line.strip().startswith("safehouse")]
    return ["```", *found, "```", ""]


def _parameter_row(parameter: Any) -> str:
    if "--help" in parameter.opts:
        return ""
    names = ", ".join(f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts))
    if not parameter.opts[0].startswith("-"):
        names = f"`{parameter.metavar or parameter.name.upper()}`".replace("|", "\\|")
    kind = parameter.type_descriptor.annotation
    if isinstance(kind, type) and issubclass(kind, Enum):
        names += " " + " \\| ".join(f"`{one.value}`" for one in kind)
    means = " ".join((getattr(parameter, "help", None) or "").split()).replace("|", "\\|")
    return f"| {names} | {means} | {_default_of(parameter)} |"


def _default_of(parameter: Any) -> str:
    if parameter.required:
        return "must be given"
    value = getattr(parameter.default, "value", parameter.default)
    plain = isinstance(value, str | int) and not isinstance(value, bool)
    return f"`{value}`" if plain else ""


def format_schema() -> str:
    """Return the JSON Schema of report.json; those of its companions are among its definitions."""
    kinds = (Report, Answers, Signed)
    _, parts = msgspec.json.schema_components(kinds, ref_template="#/$defs/{name}")
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": "Generated from safehouse.model.report by make docs. answers.json is Answers, "
        "report.signed.json is Signed. docs/audit.md says what the fields mean.",
        "title": "report/1",
        "$ref": "#/$defs/Report",
        "$defs": parts,
    }
    return json.dumps(head, indent=1, ensure_ascii=False) + "\n"


PAGES = {
    "errors.md": format_errors,
    "cli.md": format_cli,
    "formats.md": format_table,
    "keyboard.md": format_keys,
    "report.schema.json": format_schema,
}


def main(arguments: list[str]) -> int:
    """Write the pages, or with `--check` only compare them; return the exit code."""
    stale = []
    for name, build in PAGES.items():
        path = DOCS / name
        text = build()
        if arguments == ["--check"]:
            stale += [name] if not path.exists() or path.read_text() != text else []
        else:
            path.write_text(text)
    print("\n".join(f"docs/{name} is stale; run: make docs" for name in stale) or "docs: not stale")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
