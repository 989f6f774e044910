"""Lists: what an offload wrote, readable without a key, each with the digests of those before."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from safehouse_offload.places import FORMAT, is_name

__all__ = ["ERASED", "OFFLOAD", "Entry", "NotList", "VaultList", "before", "digest_of", "heads"]

OFFLOAD = "offload"
ERASED = "erased"
MAX_BYTES_DIGITS = 19


class NotList(ValueError):
    """A text is no list of this format."""


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One age file: its name, length and digest."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class VaultList:
    """One list.

    Attributes:
        kind: `offload` or `erased`.
        after: digests of the lists that no other followed when this one was written, in order.
        manifest: the sealed manifest; None in a destruction record.
        objects: in order of names.
        gone: names of the objects that were destroyed on purpose, in order.
    """

    kind: str
    after: tuple[str, ...]
    manifest: Entry | None = None
    objects: tuple[Entry, ...] = ()
    gone: tuple[str, ...] = ()

    def written(self) -> bytes:
        """Return the list as the format writes it."""
        lines = [f"{FORMAT.decode().strip()} {self.kind}"]
        lines += [f"after {digest}" for digest in self.after]
        if self.manifest is not None:
            lines.append(_line("manifest", self.manifest))
        lines += [_line("object", entry) for entry in self.objects]
        lines += [f"gone {name}" for name in self.gone]
        lines.append("")
        return "\n".join(lines).encode("ascii")

    @classmethod
    def read(cls, text: bytes) -> "VaultList":
        """Return the list that text is.

        Raises:
            NotList: it is none, or not written exactly as the format says.
        """
        if not text.isascii():
            raise NotList("no list of this format")
        first, *lines = text.decode("ascii").split("\n")[:-1] or [""]
        found: dict[str, list[list[str]]] = {}
        for line in lines:
            word, *rest = line.split(" ")
            found.setdefault(word, []).append(rest)
        try:
            made = cls(
                kind=first.removeprefix(f"{FORMAT.decode().strip()} "),
                after=tuple(digest for (digest,) in found.get("after", [])),
                manifest=next((_entry(rest) for rest in found.get("manifest", [])), None),
                objects=tuple(_entry(rest) for rest in found.get("object", [])),
                gone=tuple(name for (name,) in found.get("gone", [])),
            )
        except ValueError as error:
            raise NotList("no list of this format") from error
        if made.written() != text or not _is_sound(made):
            raise NotList("no list of this format")
        return made


def _line(word: str, entry: Entry) -> str:
    return f"{word} {entry.name} {entry.bytes} {entry.sha256}"


def _entry(rest: list[str]) -> Entry:
    name, length, digest = rest
    if not (length.isdecimal() and len(length) <= MAX_BYTES_DIGITS):
        raise NotList("no length")
    return Entry(name, int(length), digest)


def _is_sound(made: VaultList) -> bool:
    """Return whether names are names, digests digests, and everything is in order."""
    entries = [*made.objects, *([made.manifest] if made.manifest else [])]
    names = [entry.name for entry in entries] + list(made.gone)
    digests = [entry.sha256 for entry in entries] + list(made.after)
    parts: tuple[list[Any], ...] = (list(made.after), list(made.objects), list(made.gone))
    ordered = all(part == sorted(set(part)) for part in parts)
    shaped = all(map(is_name, names)) and all(is_name(digest, 64) for digest in digests)
    if made.kind == ERASED:
        return ordered and shaped and made.manifest is None and not made.objects
    return ordered and shaped and made.kind == OFFLOAD and bool(made.manifest) and not made.gone


def digest_of(text: bytes) -> str:
    """Return the digest that names a list."""
    return hashlib.sha256(text).hexdigest()


def heads(lists: Mapping[str, VaultList]) -> tuple[str, ...]:
    """Return the digests of the lists that no other list follows, in order."""
    followed = {digest for one in lists.values() for digest in one.after}
    return tuple(sorted(set(lists) - followed))


def before(lists: Mapping[str, VaultList], start: Iterable[str]) -> set[str]:
    """Return start and every digest that it follows, near or far, there or not."""
    found: set[str] = set()
    queue = list(start)
    while queue:
        digest = queue.pop()
        if digest not in found:
            found.add(digest)
            queue += lists[digest].after if digest in lists else ()
    return found
