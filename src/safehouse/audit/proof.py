"""Is a report as it was written, and of this film? Digests, and what they can't show.

report.json holds the digest of itself, the page holds the digest of report.json and of itself. So
a slip, a cut or an edit by hand is found. Whoever makes all digests anew is not: that takes a
signature, by a key that the reader knows.
"""

import hashlib
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from safehouse.model.documents import format_document
from safehouse.model.report import Report

__all__ = ["close_page", "page_faults", "report_faults", "sha256_of", "with_digest"]

CLOSING = "<!-- sha256 of everything above: {digest} -->\n"
CLOSED = re.compile(rb"<!-- sha256 of everything above: ([0-9a-f]{64}) -->\n?\Z")
MADE_FROM = re.compile(rb'<meta name="safehouse-report" content="sha256:([0-9a-f]{64})">')


def sha256_of(content: bytes) -> str:
    """Return the SHA-256 of bytes in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def with_digest(report: Report) -> Report:
    """Return the report with the digest of itself in it."""
    bare = msgspec.structs.replace(report, digest="")
    return msgspec.structs.replace(bare, digest=sha256_of(format_document(bare)))


def close_page(page: str) -> str:
    """Return a page with the digest of itself as its last line."""
    text = page if page.endswith("\n") else page + "\n"
    return text + CLOSING.format(digest=sha256_of(text.encode()))


def report_faults(report: Report, text: bytes) -> tuple[str, ...]:
    """Return what shows that a report was edited after it was written, in words.

    Args:
        report: the report as read.
        text: the bytes that it was read from.
    """
    return (*_digest_faults(report, text), *_contradictions(report))


def _digest_faults(report: Report, text: bytes) -> Iterator[str]:
    if not report.digest:
        yield "report.json holds no digest of itself: it was made by hand, or by an old version"
    elif with_digest(report) != report:
        yield "report.json was edited: what it says is not what its digest was made of"
    elif format_document(report) != text:
        yield "report.json was written anew by another program, though it says the same"


def _contradictions(report: Report) -> Iterator[str]:
    """Yield what safehouse never writes: results that contradict each other."""
    if not report.attacks:
        yield "report.json names no attack"
    if not report.held and any(attack.result == "leak" for attack in report.attacks):
        yield "report.json contradicts itself: it says that a leak was found, and holds nothing"
    for attack in report.attacks:
        if attack.spots and attack.result != "leak":
            yield f"report.json contradicts itself: {attack.name} has finds and says none"


def page_faults(page: bytes, report: bytes) -> tuple[str, ...]:
    """Return what shows that a page was edited, or made from another report, in words.

    Args:
        page: bytes of the page.
        report: bytes of the report.json beside it.
    """
    return tuple(_page_faults(page, report))


def _page_faults(page: bytes, report: bytes) -> Iterator[str]:
    closed, made_from = _only(CLOSED, page), _only(MADE_FROM, page)
    if closed is None or made_from is None:
        yield "is no page of a report, or its digests were taken out"
        return
    if sha256_of(page[: closed.start()]).encode() != closed[1]:
        yield "was edited: it is not what its digest was made of"
    if sha256_of(report).encode() != made_from[1]:
        yield "was made from another report.json than this one, or that was edited since"


def _only(pattern: re.Pattern[bytes], page: bytes) -> Any:
    """Return the pattern's only match; None where there is none, or more."""
    found = list(pattern.finditer(page))
    return found[0] if len(found) == 1 else None
