"""What an XMP packet says, read as text: no XML parser is let near a hostile file."""

import re
from collections.abc import Iterator

from safehouse.media.facts import Fact, classify

__all__ = ["xmp_facts"]

NAME = rb"([A-Za-z][\w.-]{0,40}:[A-Za-z][\w.-]{0,60})"
ATTRIBUTE = re.compile(NAME + rb"\s{0,4}=\s{0,4}[\"']([^\"'<>]{1,2000})[\"']")
ELEMENT = re.compile(rb"<" + NAME + rb"[^<>]{0,200}>([^<>]{1,2000})</")
LIST_ITEM = re.compile(
    rb"<" + NAME + rb">\s*<rdf:(?:Seq|Bag|Alt)>\s*<rdf:li[^<>]{0,100}>([^<>]{1,2000})</"
)
DULL = (b"xmlns:", b"xml:", b"rdf:about", b"rdf:parseType", b"rdf:li", b"x:xmptk")


def xmp_facts(packet: bytes, where: str) -> Iterator[Fact]:
    """Yield every property of an XMP packet: name and value."""
    seen: set[tuple[bytes, bytes]] = set()
    for pattern in (LIST_ITEM, ELEMENT, ATTRIBUTE):
        for name, value in pattern.findall(packet):
            if name.startswith(DULL) or not value.strip() or (name, value) in seen:
                continue
            seen.add((name, value))
            what = name.decode("latin-1")
            yield Fact(where, f"XMP {what}", value.decode("utf-8", "replace"), classify(what))
