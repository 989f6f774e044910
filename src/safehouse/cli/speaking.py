"""The language that commands speak: the user's own, or that of `--language`; English otherwise.

What a command prints is written in English where its figures are known. Here, at the edge, it is
said by the template that can have made it. JSON, documents and files are never said.
"""

import gettext
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.resources import files
from typing import Any

import typer
from safehouse_offload.cli import screen

from safehouse.language import ENGLISH, LANGUAGES, Language, load_language
from safehouse.model.words import msgid

__all__ = ["command_in", "say_line", "speaking", "spoken", "wanted"]

OPTION = "--language"

DOMAIN = "safehouse"
"""The catalogue, as gettext calls it."""

LETTERS = {"fr": "é\N{RIGHT SINGLE QUOTATION MARK}œ«\N{NO-BREAK SPACE}"}
"""What a stream has to be able to show."""

COUNTED = (
    msgid("{count} ready"),
    msgid("{count} missing"),
    msgid("{count} stale"),
    msgid("{count} held"),
    msgid("{count} wrong"),
    msgid("{count} rendered"),
    msgid("{count} made"),
    msgid("{count} failed"),
    msgid("{count} as it was"),
    msgid("{count} thrown away"),
    msgid("{count} no picture"),
    msgid("{count} not analysed"),
    msgid("{trait} in {clips}"),
    msgid("{trait} yes"),
    msgid("{trait} no"),
    *(msgid("public"), msgid("known"), msgid("state")),
    *(msgid("device"), msgid("software"), msgid("other")),
    *(msgid("told"), msgid("paper"), msgid("audio"), msgid("video")),
    msgid("{person}: {role}, hidden from {hidden}, risk {risk}, age {age}"),
    msgid("asked for: {role}, hidden from {hidden}, risk {risk}, age {age}"),
    msgid("hidden from {hidden_from}"),
    msgid("{count} audited"),
    msgid("ok  CPU: {level}, {cores} cores, {fast}"),
    msgid("no BF16 (looking takes about twice as long)"),
    msgid("ok  network: taken away from the processes that read files"),
    msgid("ok  network: this system can't take it away from a process; safehouse never uses it"),
    msgid("ok  finding model: here; {ms} ms a look at {size}"),
    msgid("ok  second opinion: dlib HOG and CNN, digests as pinned"),
    msgid("ok  speech: espeak-ng {release}, {count} languages and regions"),
    msgid("clip {clip} was not rendered"),
    msgid("clip {clip} shows what is no longer permitted"),
    msgid("clip {clip} is held by its audit"),
    msgid("clip {clip} was rendered from what changed since"),
    msgid("ok  {what}"),
    msgid("NOT {what}"),
)
"""Lines that are put together of a figure and a word."""

PARSED = (
    msgid(";"),
    msgid("kept:"),
    msgid("next:"),
    msgid("stopped"),
    msgid("yes"),
    msgid("[yes/no]"),
    msgid("Arguments"),
    msgid("Options"),
    msgid("Commands"),
    msgid("COMMAND [ARGS]..."),
    msgid("required"),
    msgid("default: {default}"),
    msgid("Show this message and exit."),
    msgid("Example:"),
    msgid("Examples:"),
    msgid("missing command"),
    msgid("no such command '{name}'"),
    msgid("no such command '{name}'. Did you mean {names}?"),
    msgid("no such option: {name}"),
    msgid("no such option: {name} Did you mean {names}?"),
    msgid("no such option: {name} (Possible options: {names})"),
    msgid("missing argument '{name}'"),
    msgid("missing option '{name}'"),
    msgid("missing option '{name}'. Choose from: {choices}"),
    msgid("missing argument '{name}'. Choose from: {choices}"),
    msgid("option '{name}' requires an argument"),
    msgid("option '{name}' does not take a value"),
    msgid("invalid value for '{name}': {why}"),
    msgid("'{value}' is not one of {choices}"),
    msgid("no whole number"),
    msgid("the least is {number}"),
    msgid("the most is {number}"),
    msgid("got unexpected extra argument ({names})"),
    msgid("got unexpected extra arguments ({names})"),
)
"""What the reading of a command line says, in the words that reach the user."""


def spoken(environment: Mapping[str, str] = os.environ) -> str:
    """Return the language of the user's environment, as gettext chooses it, or English."""
    names = environment.get("LANGUAGE", "").split(":")
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            names.append(environment[name])
            break
    known = (code for name in names if (code := name[:2].lower()) in LANGUAGES)
    return next(known, "en")


def wanted(arguments: Sequence[str]) -> str:
    """Return the language of a command line: `--language` before the command, or the user's."""
    for n, word in enumerate(arguments):
        if not word.startswith("-"):
            break
        name, _, value = word.partition("=")
        if name == OPTION:
            value = value or "".join(arguments[n + 1 : n + 2])
            return value if value in LANGUAGES else spoken()
    return spoken()


@contextmanager
def speaking(arguments: Sequence[str]) -> Iterator[Language]:
    """Let everything that is shown meanwhile be said in the language of a command line."""
    code = wanted(arguments)
    if not _can_show(code) or code == "en":
        screen.speak(str)
        yield ENGLISH
        return
    language, before = load_language(code), os.environ.get("LANGUAGE")
    screen.speak(lambda text: say_line(language, text))
    os.environ["LANGUAGE"] = code  # what typer asks gettext for, headings, and the review page
    gettext.bindtextdomain(DOMAIN, str(files("safehouse") / "locale"))
    usual = gettext.textdomain()
    gettext.textdomain(DOMAIN)
    try:
        yield language
    finally:
        gettext.textdomain(usual)
        screen.speak(str)
        if before is None:
            del os.environ["LANGUAGE"]
        else:
            os.environ["LANGUAGE"] = before


def _can_show(code: str) -> bool:
    """Return whether both streams can show the letters of a language."""
    for stream in (sys.stdout, sys.stderr):
        try:
            LETTERS.get(code, "").encode(getattr(stream, "encoding", None) or "utf-8")
        except UnicodeEncodeError:
            return False
    return True


def say_line(language: Language, text: str) -> str:
    """Return a line as it is said in a language; of one put together of pieces, its pieces.

    What no template can have made stays as it is, and so does what stands in quotes.
    """
    return language.say_line(text)


def command_in(language: Language, app: typer.Typer) -> Callable[..., object]:
    """Return the command line of an app, its help in a language."""
    if language is ENGLISH:
        return app
    command = typer.main.get_command(app)
    _say_help(language, command)
    return command


def _say_help(language: Language, command: Any) -> None:
    """Say the help of a command, of its options, and of the commands below it."""
    command.help = say_help(language, command.help or "")
    command.short_help = say_help(language, command.short_help or "")
    own = command.get_help_option(typer.Context(command))
    for row in (*command.params, own):
        if getattr(row, "help", None):
            row.help = say_help(language, row.help)
    for child in getattr(command, "commands", {}).values():
        _say_help(language, child)
    if hasattr(command, "subcommand_metavar"):
        command.subcommand_metavar = language.say(command.subcommand_metavar)


def say_help(language: Language, text: str) -> str:
    """Return a help text in a language; examples stay as they are to be typed."""
    said = []
    for part in text.split("\n\n"):
        head, example, rest = part.partition("Example: ")
        if label := re.match(r"Examples?:", part.strip()):
            said.append(part.replace(label[0], language.say(label[0]), 1))
            continue
        sentence = " ".join(head.split())
        words = language.say(sentence)
        label_words = language.say("Example:") if example else ""
        said.append(" ".join(filter(None, (words, label_words, rest))))
    return "\n\n".join(said)
