"""The base of every failure, and those of the vault: one class and one stable id each."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

__all__ = [
    "CardDoubtful",
    "CardUnreadable",
    "KeyWordsRefused",
    "NotCopied",
    "NotWiped",
    "OneDevice",
    "SafehouseError",
    "UsageError",
    "VaultBusy",
    "VaultDamaged",
    "VaultError",
    "VaultMissing",
    "VaultUnwritable",
    "WrongKey",
    "kept_if_stopped",
    "kept_words",
]


class SafehouseError(Exception):
    """A failure told in three lines: what happened, what is safe, what to do next.

    Args:
        happened: lower case, no final period, no untrusted text unescaped (`text.escape`).
        kept: what is safe; the family's own words unless said.
        next_step: what the user can do, a command where there is one.
    """

    id: ClassVar[str] = "E1"
    exit_code: ClassVar[int] = 1
    kept_unless_said: ClassVar[str] = "the source is untouched"

    def __init__(self, happened: str, *, kept: str = "", next_step: str) -> None:
        kept = kept or self.kept_unless_said
        super().__init__(happened, kept, next_step)
        self.happened = happened
        self.kept = kept
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.happened} [{self.id}]\n  kept: {self.kept}\n  next: {self.next_step}"

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.happened, self.kept, self.next_step))


def _rebuild(
    kind: type[SafehouseError], happened: str, kept: str, next_step: str
) -> SafehouseError:
    """Return the error again in another process (exceptions cross process borders by pickle)."""
    return kind(happened, kept=kept, next_step=next_step)


@contextmanager
def kept_if_stopped(words: str) -> Iterator[None]:
    """Say what is kept when the block is stopped, or ends by a fault of ours.

    A failure that is told in three lines says it itself.
    """
    try:
        yield
    except SafehouseError:
        raise
    except BaseException as stopped:
        stopped.add_note(words)
        raise


def kept_words(error: BaseException) -> str:
    """Return what was said to be kept where an exception came from; "" where nothing was."""
    for one in (error, error.__cause__):
        for words in getattr(one, "__notes__", ()):
            return str(words)
    return ""


class UsageError(SafehouseError):
    """The command's arguments can't be taken."""

    id = "E2"
    exit_code = 2


class VaultError(SafehouseError):
    """Catch this for anything wrong with a card's copies, a vault or its key."""

    kept_unless_said = "the card and the vaults are untouched"


class VaultMissing(VaultError):
    """No vault is there, or none is set up, or it has a format number that is not known."""

    id = "E60"
    exit_code = 60


class NotCopied(VaultError):
    """Something on the card is not in every vault, read back and compared."""

    id = "E61"
    exit_code = 61


class OneDevice(VaultError):
    """Two vaults lie on one device, or one in memory, and `--same-device` was not given."""

    id = "E62"
    exit_code = 62


class VaultDamaged(VaultError):
    """Something in a vault is missing, changed, or does not belong there."""

    id = "E63"
    exit_code = 63


class KeyWordsRefused(VaultError):
    """Key words are misspelled, too few, or not of one key."""

    id = "E64"
    exit_code = 64


class WrongKey(VaultError):
    """The key words are of a key that does not open this vault."""

    id = "E65"
    exit_code = 65


class VaultUnwritable(VaultError):
    """A vault's disk is full, gone, or can't be written."""

    id = "E66"
    exit_code = 66


class VaultBusy(VaultError):
    """Another program is writing to the vault."""

    id = "E67"
    exit_code = 67


class CardUnreadable(VaultError):
    """No card is there, or it can't be read."""

    id = "E68"
    exit_code = 68


class CardDoubtful(VaultError):
    """A recording on a card is black, silent, clipped or unreadable, or can't be looked into."""

    id = "E68b"
    exit_code = 68
    kept_unless_said = "the card is untouched; nothing was written"


class NotWiped(VaultError):
    """A card, or something in a vault, could not be overwritten whole."""

    id = "E69"
    exit_code = 69
