"""The history of a project: acts in a chain of digests, as records of the journal hold them.

The hash of an act is SHA-256 over the hash before it, 32 bytes, and the JSON of the act with its
number, time and operator exactly as it was written. docs/project.md has the format.
"""

import hashlib
from collections.abc import Iterator, Sequence

import msgspec
from safehouse_offload.words import NotWords, root_words, same_root

from safehouse.errors import HistoryEdited, ProjectDamaged, ProjectNewer, UsageError
from safehouse.model.acts import Act, AnyAct
from safehouse.store.journal import Journal
from safehouse.store.stamp import Stamp

__all__ = [
    "Entry",
    "Record",
    "chain",
    "check_entry",
    "genesis",
    "head_words",
    "parse_act",
    "parse_record",
    "read_entries",
    "require_head",
]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """An act as it was written, with its hash.

    Attributes:
        n, at, who: its stamp.
        act: the act's JSON, byte for byte.
        hash: hexadecimal.
    """

    n: int
    at: str
    who: str
    act: msgspec.Raw
    hash: str

    @property
    def stamp(self) -> Stamp:
        """Its number, time and operator."""
        return Stamp(self.n, self.at, self.who)


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A record of the journal: acts that count together or not at all.

    Attributes:
        tables: number of the schema of the safehouse that wrote it.
        acts: one or more.
    """

    tables: int
    acts: tuple[Entry, ...]
    schema: str = "journal/1"


class _Hashed(msgspec.Struct, frozen=True):
    n: int
    at: str
    who: str
    act: msgspec.Raw


def genesis(public_key: str) -> str:
    """Return the hash before the first act, which binds a history to its project."""
    return hashlib.sha256(f"safehouse journal/1\n{public_key}\n".encode()).hexdigest()


def hash_of(previous: str, stamp: Stamp, act: msgspec.Raw) -> str:
    """Return the hash of an act that follows another."""
    text = msgspec.json.encode(_Hashed(*stamp, act))
    return hashlib.sha256(bytes.fromhex(previous) + text).hexdigest()


def chain(previous: str, first: Stamp, acts: Sequence[Act]) -> tuple[Entry, ...]:
    """Return acts as entries that follow a hash; the first has the given stamp."""
    found = []
    for number, act in enumerate(acts, first.n):
        raw = msgspec.Raw(msgspec.json.encode(act))
        stamp = first._replace(n=number)
        previous = hash_of(previous, stamp, raw)
        found.append(Entry(n=number, at=first.at, who=first.who, act=raw, hash=previous))
    return tuple(found)


def check_entry(entry: Entry, n: int, previous: str) -> None:
    """Check that an entry is the one after another.

    Raises:
        ProjectDamaged: its number or its hash says otherwise.
    """
    if entry.n != n or hash_of(previous, entry.stamp, entry.act) != entry.hash:
        raise ProjectDamaged(
            f"act {n} of the history is missing, or was edited",
            next_step="put the journal folder back from a copy of the project",
        )


def parse_record(content: bytes) -> Record:
    """Return what a record of the journal holds.

    Raises:
        ProjectDamaged: it is no such record.
        ProjectNewer: a newer safehouse wrote it in another format.
    """
    try:
        record = msgspec.json.decode(content, type=Record)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise _no_record() from error
    if record.schema != "journal/1":
        raise _newer()
    if not record.acts:
        raise _no_record()
    return record


def parse_act(entry: Entry) -> Act:
    """Return the act of an entry.

    Raises:
        ProjectNewer: this safehouse knows no such act.
    """
    try:
        act: Act = msgspec.json.decode(entry.act, type=AnyAct)
    except msgspec.ValidationError as error:
        raise _newer() from error
    return act


def read_entries(journal: Journal, public_key: str) -> Iterator[Entry]:
    """Yield every act of a journal from the first on, each checked against the chain.

    Raises:
        ProjectDamaged: the chain does not hold.
    """
    n, previous = 0, genesis(public_key)
    for found in journal.read():
        for entry in parse_record(found.content).acts:
            n += 1
            check_entry(entry, n, previous)
            previous = entry.hash
            yield entry


def head_words(head: str) -> str:
    """Return a hash as thirteen words, to be written on paper."""
    return root_words(head)


def require_head(words: str, hashes: Sequence[str]) -> int:
    """Return the number of the act whose words were given.

    Raises:
        HistoryEdited: no act of this history has these words.
        UsageError: they are not thirteen words of the list.
    """
    try:
        found = [n for n, digest in enumerate(hashes) if same_root(words, digest)]
    except NotWords as error:
        raise UsageError(
            "these are not thirteen words of the list",
            kept="the project is untouched",
            next_step='safehouse history --verify --head "WORD WORD …"',
        ) from error
    if not found:
        raise HistoryEdited(
            "no act of this history has these words: it was cut, edited or replaced",
            next_step="look for a copy of the project that was made when the words were written",
        )
    return found[0]


def _no_record() -> ProjectDamaged:
    return ProjectDamaged(
        "a record of the journal is not one that safehouse writes",
        next_step="put the journal folder back from a copy of the project",
    )


def _newer() -> ProjectNewer:
    return ProjectNewer(
        "the history holds an act that this safehouse does not know",
        next_step="open the project with the safehouse that wrote it, or a newer one",
    )
