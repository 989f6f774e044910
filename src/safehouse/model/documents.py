"""Documents to and from JSON text: strict, with a sentence for each fault."""

from typing import Any, TypeVar

import msgspec

from safehouse.model.words import Said

__all__ = ["format_document", "parse_document"]

D = TypeVar("D", bound=msgspec.Struct)


def format_document(document: msgspec.Struct) -> bytes:
    """Return the document as indented JSON in UTF-8, keys in their written order, with a newline.

    The same document always gives the same bytes.
    """
    text = msgspec.json.encode(document, enc_hook=_plain)
    return msgspec.json.format(text, indent=1) + b"\n"


def _plain(value: Any) -> str:
    """Return words as plain text; nothing else that msgspec does not know belongs in a document."""
    if isinstance(value, Said):
        return str(value)
    raise TypeError(f"a document can't hold a {type(value).__name__}")


def parse_document(text: bytes, kind: type[D]) -> D:
    """Return the document that the JSON text holds.

    Raises:
        msgspec.DecodeError: not JSON, a field missing, unknown or of the wrong type; the message
            names the field by its path.
    """
    return msgspec.json.decode(text, type=kind)
