"""The key of a project: what seals to it, what opens again, and proves that its owner sealed it.

Anybody can seal something to a public key. So what is sealed begins with a line that only the
private key could have made: a code of authentication over what it is for and what it holds.

Source: https://c2sp.org/age, X25519 recipients and passphrases (scrypt); RFC 2104.
"""

import base64
import hashlib
import hmac
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import pyrage

from safehouse.errors import ProjectDamaged, ProjectKeyRefused
from safehouse.store.atomic import write_whole
from safehouse.store.passphrases import seal_by_passphrase

__all__ = [
    "KEY_AGE",
    "KEY_TXT",
    "Keys",
    "NotOpened",
    "public_of",
    "read_identity",
    "read_sealed_key",
    "write_sealed_key",
]

KEY_AGE = "key.age"
"""The private key, sealed by a passphrase."""

KEY_TXT = "key.txt"
"""The private key beside the project, in plain: for tests."""

NOT_OPENED = "Decryption failed"
"""What pyrage says of a passphrase that is not the one; all else that it says is damage."""

PRIVATE = "AGE-SECRET-KEY-1"
PROOF = b"safehouse sealed/1"
TEXT = "text"


class NotOpened(ValueError):
    """Bytes are not an age file of this key for this purpose, or not the whole of one."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The public key of a project, and the private one where it was given.

    Attributes:
        public: `age1…`.
        private: `AGE-SECRET-KEY-1…`, or "": then what is sealed stays so.
    """

    public: str
    private: str = ""

    @classmethod
    def generate(cls) -> "Keys":
        """Return a new pair."""
        identity = pyrage.x25519.Identity.generate()
        return cls(str(identity.to_public()), str(identity))

    def seal(self, purpose: str, content: bytes) -> bytes:
        """Return content as an age file to the public key, proved to be for a purpose.

        Raises:
            ProjectKeyRefused: there is no private key.
        """
        line = f"{self._proof(purpose, content)} {purpose}\n".encode()
        recipient = pyrage.x25519.Recipient.from_str(self.public)
        return bytes(pyrage.encrypt(line + content, [recipient]))

    def open(self, purpose: str, sealed: bytes) -> bytes:
        """Return what an age file of this key holds.

        Raises:
            NotOpened: it is not one, not the whole of one, for another purpose, or somebody else
                sealed it.
            ProjectKeyRefused: there is no private key.
        """
        self._require_private()
        try:
            plain = bytes(pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(self.private)]))
        except pyrage.DecryptError as error:
            raise NotOpened from error
        line, _, content = plain.partition(b"\n")
        del plain
        expected = f"{self._proof(purpose, content)} {purpose}".encode()
        if not hmac.compare_digest(line, expected):
            raise NotOpened
        return content

    def seal_text(self, text: str) -> str:
        """Return text as an age file in base64."""
        return base64.b64encode(self.seal(TEXT, text.encode())).decode("ascii")

    def open_text(self, sealed: str) -> str:
        """Return the text that `seal_text` sealed.

        Raises:
            ProjectDamaged: it is not that of this key.
        """
        try:
            return self.open(TEXT, base64.b64decode(sealed, validate=True)).decode()
        except ValueError as error:
            raise ProjectDamaged(
                "a sealed name can't be opened with the project's key",
                next_step="put the journal folder back from a copy of the project",
            ) from error

    def _proof(self, purpose: str, content: bytes) -> str:
        self._require_private()
        key = hmac.digest(self.private.encode(), PROOF, hashlib.sha256)
        proof = hmac.new(key, purpose.encode() + b"\n", hashlib.sha256)
        proof.update(content)
        return proof.hexdigest()

    def _require_private(self) -> None:
        if not self.private:
            raise ProjectKeyRefused(
                "this needs the private key", next_step="open the project with --key FILE"
            )


def read_identity(path: Path, public: str) -> Keys:
    """Return the keys out of an identity file as `age-keygen` writes it.

    Raises:
        ProjectKeyRefused: it can't be read, or holds no key that opens this project.
    """
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise _refused("the file of the key can't be read") from error
    for line in lines:
        if line.strip().startswith(PRIVATE) and public_of(line.strip()) == public:
            return Keys(public, line.strip())
    raise _refused("no key in this file opens the project")


def public_of(private: str) -> str:
    """Return the public key of a private one; "" where it is none."""
    try:
        return str(pyrage.x25519.Identity.from_str(private).to_public())
    except pyrage.IdentityError:
        return ""


def write_sealed_key(folder: Path, keys: Keys, passphrase: str) -> None:
    """Write the private key into the project, sealed by a passphrase.

    Accents are put together first (NFC): one keyboard sends a letter, another a letter and a mark.
    """
    typed = unicodedata.normalize("NFC", passphrase)
    write_whole(folder / KEY_AGE, seal_by_passphrase(keys.private.encode(), typed))


def read_sealed_key(folder: Path, public: str, passphrase: str) -> Keys:
    """Return the keys that a passphrase opens.

    Raises:
        ProjectKeyRefused: it does not.
        ProjectDamaged: the sealed key is missing, damaged, or another project's.
    """
    try:
        sealed = (folder / KEY_AGE).read_bytes()
    except OSError as error:
        raise ProjectDamaged(
            f"{KEY_AGE} is missing from the project",
            next_step="put it back from a copy of the project, or open with --key FILE",
        ) from error
    private = _opened(sealed, passphrase)
    if public_of(private) != public:
        raise ProjectDamaged(
            f"the key in {KEY_AGE} is not the one that project.json names",
            next_step="put both files back from a copy of the project",
        )
    return Keys(public, private)


def _opened(sealed: bytes, passphrase: str) -> str:
    """Return what a passphrase opens: as `write_sealed_key` takes it, or else just as it came."""
    for typed in dict.fromkeys((unicodedata.normalize("NFC", passphrase), passphrase)):
        try:
            return bytes(pyrage.passphrase.decrypt(sealed, typed)).decode()
        except (pyrage.DecryptError, UnicodeDecodeError) as error:
            if str(error) != NOT_OPENED:
                raise ProjectDamaged(
                    f"{KEY_AGE} is damaged: no passphrase opens it as it is",
                    next_step="put it back from a copy of the project",
                ) from error
    raise _refused("the passphrase does not open the project")


def _refused(happened: str) -> ProjectKeyRefused:
    return ProjectKeyRefused(
        happened, next_step="try again; without its key nothing opens a project"
    )
