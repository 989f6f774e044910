"""Where things lie in a vault: names, folders, and the format's number.

The specification is docs/vault-format.md.
"""

import secrets

__all__ = [
    "FOLDERS",
    "FORMAT",
    "FORMAT_FILE",
    "LISTS",
    "LOCK",
    "MANIFESTS",
    "OBJECTS",
    "PARTIAL",
    "PENDING",
    "SEALED",
    "TEXT",
    "is_length",
    "is_name",
    "is_time",
    "list_path",
    "manifest_path",
    "new_name",
    "object_path",
    "pending_path",
]

FORMAT = b"vault/1\n"
"""The number of the format, as it stands in FORMAT and at the end of each trailer."""

FORMAT_FILE = "FORMAT"
OBJECTS = "objects"
MANIFESTS = "manifests"
LISTS = "lists"
PENDING = "pending"
LOCK = "lock"
FOLDERS = (OBJECTS, MANIFESTS, LISTS, PENDING)
SEALED = ".age"
TEXT = ".txt"
PARTIAL = ".partial"
NAME_CHARS = 32
HEX = frozenset("0123456789abcdef")
FAR = 1 << 63
"""No length of a file and no time in ns is beyond it: the system's own bound."""


def new_name() -> str:
    """Return a random name that says nothing."""
    return secrets.token_hex(NAME_CHARS // 2)


def is_name(text: str, length: int = NAME_CHARS) -> bool:
    """Return whether text is a name of this format, or a digest with length 64."""
    return len(text) == length and set(text) <= HEX


def is_length(number: object) -> bool:
    """Return whether something from outside can be the length of a file."""
    return type(number) is int and 0 <= number < FAR


def is_time(number: object) -> bool:
    """Return whether something from outside can be the time of a file, in ns since 1970."""
    return type(number) is int and -FAR <= number < FAR


def object_path(vault: str, name: str) -> str:
    """Return where an object lies."""
    return f"{vault}/{OBJECTS}/{name[:2]}/{name}{SEALED}"


def manifest_path(vault: str, name: str) -> str:
    """Return where a manifest lies."""
    return f"{vault}/{MANIFESTS}/{name}{SEALED}"


def list_path(vault: str, digest: str) -> str:
    """Return where a list lies."""
    return f"{vault}/{LISTS}/{digest}{TEXT}"


def pending_path(vault: str, name: str) -> str:
    """Return where the state of a card that is not done lies."""
    return f"{vault}/{PENDING}/{name}{TEXT}"
