"""Gathers what is said to people into the catalogues of other languages, or checks them.

`make docs` writes them: new sentences get an empty translation, old ones leave. `make check` fails
when a catalogue lacks a sentence, or its `.mo` is not of its `.po`.
"""

import io
import sys
from datetime import UTC, datetime
from gettext import GNUTranslations
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from command_words import command_words

from safehouse.review.keymap import load_keys

SRC = Path(__file__).resolve().parents[1] / "src" / "safehouse"
FIELD = SRC.parents[1] / "packages" / "offload" / "src" / "safehouse_offload"
LOCALE = SRC / "locale"
THEN = datetime(2026, 11, 21, tzinfo=UTC)
"""Stands in every catalogue: a date of the day would change files in which nothing changed."""

PYTHON = {"say": None, "say_n": (1, 2), "msgid": None}
TEMPLATES = {"t": None, "tn": (1, 2)}
"""Functions whose first argument is a sentence; of (1, 2) it is one sentence, for one and many."""


def sentences() -> Catalog:
    """Return every sentence that is said to people."""
    found = Catalog(project="safehouse", creation_date=THEN, revision_date=THEN, charset="utf-8")
    for method, pattern, keywords in (
        ("python", "**.py", PYTHON),
        ("jinja2", "**/templates/**.html", TEMPLATES),
    ):
        rows = extract_from_dir(SRC, [(pattern, method)], {}, keywords)
        for _, _, message, _, _ in sorted(rows, key=lambda row: (row[0], row[1])):
            found.add(message)
    for row in load_keys():
        found.add(row.words)
    for template in command_words((SRC, FIELD)):
        found.add(template)
    return found


def catalogue_in(language: str, wanted: Catalog) -> Catalog:
    """Return a language's catalogue with just the wanted sentences, translated as far as it was."""
    path = po_of(language)
    old = Catalog(locale=language)
    if path.exists():
        with path.open("rb") as handle:
            old = read_po(handle, locale=language)
    new = Catalog(
        locale=language,
        project="safehouse",
        creation_date=THEN,
        revision_date=THEN,
        last_translator="safehouse",
        language_team=language,
        charset="utf-8",
        fuzzy=False,
        header_comment="# What safehouse says to people. Written by scripts/catalogue.py.",
    )
    for message in wanted:
        if message.id:
            known = old.get(message.id)
            new.add(message.id, known.string if known else None)
    return new


def po_of(language: str) -> Path:
    """Return where a language's catalogue lies."""
    return LOCALE / language / "LC_MESSAGES" / "safehouse.po"


def po_text(catalogue: Catalog) -> bytes:
    """Return a catalogue for people."""
    out = io.BytesIO()
    write_po(out, catalogue, width=100, no_location=True, sort_output=True, ignore_obsolete=True)
    return out.getvalue()


def mo_text(catalogue: Catalog) -> bytes:
    """Return a catalogue for programs."""
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def faults_of(language: str, wanted: Catalog) -> list[str]:
    """Return what is wrong with a language's catalogue, in words."""
    whole = catalogue_in(language, wanted)
    faults = []
    path = po_of(language)
    if not path.exists() or path.read_bytes() != po_text(whole):
        faults.append(f"{path.name} of {language} is stale; run: make docs")
    for message in whole:
        if message.id and not all(_texts(message.string)):
            faults.append(f"{language} lacks: {_texts(message.id)[0]}")
    mo = path.with_suffix(".mo")
    if not mo.exists() or _entries(mo.read_bytes()) != _entries(mo_text(whole)):
        faults.append(f"{mo.name} of {language} is stale; run: make docs")
    return faults


def _texts(value: object) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, tuple | list) else (str(value),)


def _entries(content: bytes) -> object:
    return vars(GNUTranslations(io.BytesIO(content)))["_catalog"]


def main(arguments: list[str]) -> int:
    """Write the catalogues, or with `--check` only look at them; return the exit code."""
    wanted = sentences()
    languages = sorted(path.name for path in LOCALE.iterdir() if path.is_dir())
    if arguments != ["--check"]:
        for language in languages:
            whole = catalogue_in(language, wanted)
            po_of(language).write_bytes(po_text(whole))
            po_of(language).with_suffix(".mo").write_bytes(mo_text(whole))
    faults = [fault for language in languages for fault in faults_of(language, wanted)]
    print("\n".join(faults) or f"{len(wanted)} sentences, also in: {', '.join(languages)}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
