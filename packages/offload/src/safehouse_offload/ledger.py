"""Keeps the state of one offload in every vault, and finds what a stopped one had done."""

import secrets
from dataclasses import dataclass, field

from safehouse_offload.card import CardFile
from safehouse_offload.disk import Disk
from safehouse_offload.lists import Entry
from safehouse_offload.pending import (
    SALT_BYTES,
    Pending,
    PendingEntry,
    content_mark,
    file_mark,
    first_line,
    pending_line,
)
from safehouse_offload.places import PENDING, new_name, pending_path
from safehouse_offload.seal import CopyFailed, Sealed
from safehouse_offload.vault import append_text, read_pendings, write_text

__all__ = ["Ledger"]


_NOTHING = Pending(b"", {})


@dataclass(slots=True)
class Ledger:
    """What is done of a card, in a file of its own in each vault.

    Attributes:
        name: of that file.
        before: what each vault says of stopped offloads, by name.
        agreed: what all of them say alike, by name.
        used: names of those that were of this card, in any vault.
    """

    disk: Disk
    vaults: tuple[str, ...]
    salt: bytes
    name: str
    before: list[dict[str, Pending]]
    agreed: dict[str, Pending]
    used: set[str] = field(default_factory=set)
    begun: bool = False

    @classmethod
    def begin(cls, disk: Disk, vaults: tuple[str, ...]) -> "Ledger":
        """Return a ledger that knows what stopped offloads had done; nothing is written yet.

        Raises:
            CopyFailed: a vault can't be read.
        """
        found: list[dict[str, Pending]] = []
        for copy, vault in enumerate(vaults):
            found.append(_of_vault(disk, copy, vault, found[0] if found else None))
        shared = set(found[0]).intersection(*found)
        agreed = {name: _agreed([states[name] for states in found]) for name in sorted(shared)}
        return cls(disk, vaults, secrets.token_bytes(SALT_BYTES), new_name(), found, agreed)

    def known(self, file: CardFile) -> tuple[bytes, PendingEntry | None]:
        """Return the salt and entry of a file that was done, or the own salt and None."""
        for states in self.before:
            for name, state in states.items():
                if file_mark(state.salt, file) in state.entries:
                    self.used.add(name)
        for state in self.agreed.values():
            done = state.entries.get(file_mark(state.salt, file))
            if done is not None:
                return state.salt, done
        return self.salt, None

    def forget(self) -> None:
        """Let go of what stopped offloads had done, when it was asked for; names are kept."""
        self.agreed = {}
        self.before = [dict.fromkeys(states, _NOTHING) for states in self.before]

    def add(self, file: CardFile, sealed: Sealed) -> None:
        """Write down, in every vault, that a file is done.

        Raises:
            CopyFailed: a vault can't be written.
        """
        done = PendingEntry(
            file_mark(self.salt, file),
            content_mark(self.salt, sealed.trailer.sha256),
            Entry(sealed.name, sealed.bytes, sealed.sha256),
        )
        for copy, vault in enumerate(self.vaults):
            try:
                path = pending_path(vault, self.name)
                if self.begun:
                    append_text(self.disk, path, pending_line(done))
                else:
                    write_text(self.disk, path, first_line(self.salt) + pending_line(done))
            except OSError as error:
                raise CopyFailed(copy, error) from error
        self.begun = True

    def end(self) -> None:
        """Delete the state: the card is done.

        Raises:
            CopyFailed: a vault can't be written.
        """
        for copy, vault in enumerate(self.vaults):
            here = self.used & set(self.before[copy])
            try:
                for name in sorted(here | ({self.name} if self.begun else set())):
                    self.disk.remove(pending_path(vault, name))
                self.disk.fsync_folder(f"{vault}/{PENDING}")
            except OSError as error:
                raise CopyFailed(copy, error) from error


def _of_vault(
    disk: Disk, copy: int, vault: str, twins: dict[str, Pending] | None
) -> dict[str, Pending]:
    try:
        return read_pendings(disk, vault, twins)
    except OSError as error:
        raise CopyFailed(copy, error) from error


def _agreed(states: list[Pending]) -> Pending:
    """Return what every vault's state says alike."""
    first, *others = states
    entries = {
        mark: done
        for mark, done in first.entries.items()
        if all(o.salt == first.salt and o.entries.get(mark) == done for o in others)
    }
    return Pending(first.salt, entries)
