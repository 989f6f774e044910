"""The folder of a project: what says that it is one, who has it open, which key is its own."""

import fcntl
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import msgspec

from safehouse.errors import (
    ProjectBusy,
    ProjectDamaged,
    ProjectExists,
    ProjectKeyRefused,
    ProjectMissing,
    ProjectNewer,
    ProjectUnwritable,
)
from safehouse.store.atomic import PARTIAL, write_whole
from safehouse.store.journal import JOURNAL
from safehouse.store.sealing import KEY_TXT, Keys, read_identity, read_sealed_key, write_sealed_key

__all__ = [
    "PASSPHRASE_LEAST",
    "PROJECT_JSON",
    "Card",
    "Passphrase",
    "find_project",
    "hold",
    "make_folder",
    "read_card",
    "read_keys",
    "require_held",
    "sweep",
]

PROJECT_JSON = "project.json"
LOCK = ".lock"
RECIPIENT = re.compile(r"age1[02-9ac-hj-np-z]{58}")

PASSPHRASE_LEAST = 8
"""Letters of a passphrase; whoever has the folder can try shorter ones one after the other."""

Passphrase = str | Callable[[], str]
"""A passphrase, or what asks for it; asked only when the project turns out to be free."""


class Card(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `project.json` says.

    Attributes:
        public_key: what everything is sealed to.
        key: where the private key is: under a passphrase in `key.age`, in a file that only its
            owner has, or beside in `key.txt`, for tests.
    """

    public_key: str
    key: Literal["passphrase", "identity", "beside"]
    schema: str = "project/1"


def find_project(start: Path) -> Path:
    """Return the folder of the project that a folder is in, looking upwards.

    Raises:
        ProjectMissing: there is none.
    """
    here = start.resolve()
    for folder in (here, *here.parents):
        if (folder / PROJECT_JSON).is_file() or _has_acts(folder):
            return folder
    raise ProjectMissing(
        "there is no project here, nor in a folder above",
        kept="nothing was written",
        next_step='safehouse init "NAME", or --project FOLDER',
    )


def make_folder(folder: Path, card: Card, keys: Keys, passphrase: str | None) -> None:
    """Make a project's folder; `project.json` comes last, and makes it one.

    Raises:
        ProjectKeyRefused: the passphrase is too short to keep anything.
        ProjectExists: something is there.
        ProjectUnwritable: it can't be written.
    """
    if card.key == "passphrase":
        _require_long(passphrase or "")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if next(folder.iterdir(), None) is not None:
            raise ProjectExists(
                "the folder is not empty",
                kept="nothing was written",
                next_step="give the project another name",
            )
        if card.key == "passphrase":
            write_sealed_key(folder, keys, passphrase or "")
        if card.key == "beside":
            write_whole(folder / KEY_TXT, f"{keys.private}\n".encode())
            (folder / KEY_TXT).chmod(0o600)
        (folder / JOURNAL).parent.mkdir()
        write_whole(folder / JOURNAL, b"")
        write_whole(folder / PROJECT_JSON, msgspec.json.format(msgspec.json.encode(card)) + b"\n")
    except FileExistsError as error:
        raise ProjectExists(
            "a file of this name is there",
            kept="nothing was written",
            next_step="give the project another name",
        ) from error
    except OSError as error:
        raise ProjectUnwritable(
            "the project can't be written: the disk is full, gone, or fails",
            kept="nothing counts as a project before it is whole",
            next_step="make room on the disk, or choose another folder",
        ) from error


def _require_long(passphrase: str) -> None:
    if len(passphrase) < PASSPHRASE_LEAST:
        raise ProjectKeyRefused(
            "the passphrase has fewer than 8 letters",
            kept="nothing was written",
            next_step="choose a longer one: six random words are enough",
        )


def read_card(folder: Path) -> Card:
    """Return what `project.json` says.

    Raises:
        ProjectMissing: there is none.
        ProjectNewer: a newer safehouse wrote it.
        ProjectDamaged: it is not as safehouse wrote it.
    """
    try:
        text = (folder / PROJECT_JSON).read_bytes()
    except OSError as error:
        if _has_acts(folder):
            raise ProjectDamaged(
                f"{PROJECT_JSON} is missing from the project, or can't be read",
                next_step="put it back from a copy of the project",
            ) from error
        raise ProjectMissing(
            f"there is no {PROJECT_JSON} in this folder",
            kept="nothing was written",
            next_step="--project FOLDER, or safehouse init",
        ) from error
    edited = ProjectDamaged(
        f"{PROJECT_JSON} is not as safehouse wrote it",
        next_step="put it back from a copy of the project",
    )
    try:
        card = msgspec.json.decode(text, type=Card)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        if re.search(rb'"project/([2-9]|[1-9]\d+)"', text):
            raise _newer() from error
        raise edited from error
    if card.schema != "project/1":
        raise _newer()
    if not RECIPIENT.fullmatch(card.public_key):
        raise edited
    return card


def read_keys(
    folder: Path, card: Card, passphrase: Passphrase | None, identity: Path | None
) -> Keys:
    """Return the keys of a project.

    Raises:
        ProjectDamaged: the key that lies in the project is missing, damaged, or another's.
        ProjectKeyRefused: what was given does not open it.
    """
    if identity is not None:
        return read_identity(identity, card.public_key)
    if card.key == "beside":
        return _read_beside(folder / KEY_TXT, card.public_key)
    if card.key == "passphrase" and passphrase is not None:
        said = passphrase if isinstance(passphrase, str) else passphrase()
        return read_sealed_key(folder, card.public_key, said)
    wanted = "--passphrase-file FILE" if card.key == "passphrase" else "--key FILE"
    raise ProjectKeyRefused("the project is sealed", next_step=wanted)


def _read_beside(file: Path, public: str) -> Keys:
    try:
        return read_identity(file, public)
    except ProjectKeyRefused as error:
        raise ProjectDamaged(
            f"{KEY_TXT} is missing from the project, or is not the key that {PROJECT_JSON} names",
            next_step="put both files back from a copy of the project",
        ) from error


def _has_acts(folder: Path) -> bool:
    """Return whether a journal with something in it lies in a folder."""
    try:
        return (folder / JOURNAL).stat().st_size > 0
    except OSError:
        return False


def hold(folder: Path) -> int:
    """Return a handle that keeps every other process from opening the project.

    Raises:
        ProjectBusy: another one has it open.
    """
    try:
        handle = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ProjectUnwritable(
            "the project's folder can't be written",
            next_step="look at who may write there; a read-only disk: copy the whole project to "
            "one that can be written",
        ) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        raise ProjectBusy(
            "another safehouse has this project open",
            next_step="close the review page or wait for the other command, then try again",
        ) from error
    return handle


def require_held(folder: Path, handle: int) -> None:
    """Check that the folder that `hold` gave a handle of still lies where it was.

    Raises:
        ProjectUnwritable: it was moved, replaced by another, or its disk is gone.
    """
    try:
        if os.path.samestat((folder / LOCK).stat(), os.fstat(handle)):
            return
    except OSError:
        pass
    raise ProjectUnwritable(
        "the project's folder was moved, renamed or replaced while it was open",
        kept="everything that was acknowledged, in the folder that was moved",
        next_step="put the folder back, or close this and open it where it lies now",
    )


def sweep(folder: Path) -> None:
    """Remove what a crash left half written below a folder of the project; it never counted."""
    for path in folder.rglob(f".*{PARTIAL}"):
        path.unlink(missing_ok=True)


def _newer() -> ProjectNewer:
    return ProjectNewer(
        "the project was made by a newer safehouse", next_step="open it with that one"
    )
