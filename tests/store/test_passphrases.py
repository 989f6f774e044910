"""The key of a project under a passphrase: any age opens it, in little memory."""

import re
from pathlib import Path

import pyrage
import pytest
from errands import memory_of_opening

from safehouse.store.passphrases import MOST_BYTES, WORK, seal_by_passphrase
from safehouse.store.sealing import Keys, write_sealed_key
from safehouse.workers import Workers

PASSPHRASE = "élan, six words that nobody has"  # noqa: S105 - opens nothing
LITTLE = 4
"""Work for a test that is not about the work."""


@pytest.mark.parametrize("length", [0, 1, 63, 64, 74, 1000])
def test_age_opens_it(length: int) -> None:
    content = bytes(n % 251 for n in range(length))
    sealed = seal_by_passphrase(content, PASSPHRASE, LITTLE)
    assert bytes(pyrage.passphrase.decrypt(sealed, PASSPHRASE)) == content


def test_another_passphrase_does_not_open_it() -> None:
    sealed = seal_by_passphrase(b"key", PASSPHRASE, LITTLE)
    with pytest.raises(pyrage.DecryptError):
        pyrage.passphrase.decrypt(sealed, PASSPHRASE + ".")


@pytest.mark.parametrize("at", [40, -1])
def test_a_changed_byte_does_not_open(at: int) -> None:
    sealed = bytearray(seal_by_passphrase(b"key", PASSPHRASE, LITTLE))
    sealed[at] ^= 1
    with pytest.raises(pyrage.DecryptError):
        pyrage.passphrase.decrypt(bytes(sealed), PASSPHRASE)


def test_no_two_are_alike() -> None:
    first, second = (seal_by_passphrase(b"key", PASSPHRASE, LITTLE) for _ in range(2))
    assert first[-16:] != second[-16:]


def test_more_than_a_chunk_is_refused() -> None:
    with pytest.raises(ValueError, match="chunk"):
        seal_by_passphrase(bytes(MOST_BYTES + 1), PASSPHRASE)


def test_the_work_does_not_follow_the_computer(tmp_path: Path) -> None:
    write_sealed_key(tmp_path, Keys.generate(), PASSPHRASE)
    head = (tmp_path / "key.age").read_bytes().split(b"\n---")[0].decode()
    assert re.search(rf"^-> scrypt \S+ {WORK}$", head, re.MULTILINE)


def test_a_project_opens_in_little_memory(tmp_path: Path) -> None:
    keys = Keys.generate()
    write_sealed_key(tmp_path, keys, PASSPHRASE)
    with Workers(1) as pool:
        most_kb = pool.run(memory_of_opening, str(tmp_path), keys.public, PASSPHRASE)
    assert most_kb < 450_000
