"""What `safehouse --help` lists: the commands, in the order in which a film needs them."""

import gettext
import re
from typing import Any

from typer.core import TyperGroup

from safehouse.model.words import msgid

__all__ = ["SECTIONS", "Overview", "in_short"]

SECTIONS = (
    (msgid("A clip"), ("protect", "inspect", "voices", "plan", "report", "doctor")),
    (
        msgid("A clip step by step, or all of a project"),
        ("analyse", "render", "audit"),
    ),
    (
        msgid("A film"),
        (
            "init",
            "add",
            "clips",
            "proxies",
            "review",
            "status",
            "people",
            "person",
            "consent",
            "version",
            "watch",
            "deliver",
            "copies",
            "screening",
            "withdraw",
            "history",
            "lock-picture",
            "forget-faces",
        ),
    ),
    (msgid("Cards and vaults"), ("offload", "card", "vault")),
)
"""Every command stands in one of them."""


class Overview(TyperGroup):
    """The program's commands by section; each in a few words, none cut short."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the sections into the help."""
        del ctx
        for heading, names in SECTIONS:
            rows = [(f"{name:<12}", in_short(self.commands[name].help or "")) for name in names]
            with formatter.section(gettext.gettext(heading)):
                formatter.write_dl(rows)


def in_short(text: str) -> str:
    """Return what a help text begins with, up to its first colon, semicolon or full stop."""
    first = " ".join(text.split("\n\n")[0].split())
    return re.split(r"\s?[:;.](?:\s|$)", first)[0]
