"""The 143 vectors of C2SP/CCTV: the strict look at the header, then the library, as in a vault."""

import base64
import hashlib
import io
import json
import re
import zlib
from dataclasses import dataclass
from pathlib import Path

import pyrage
import pytest
from loading import ROOT
from safehouse_offload.header import NotAge, plain_length, read_header

PLACE = Path(__file__).parent / "vectors"
VECTORS: dict[str, str] = {
    name: content
    for file in ("cctv-age.json", "cctv-age-stream.json")
    for name, content in json.loads((PLACE / file).read_text()).items()
}
BEFORE = {"header failure", "armor failure"}
"""Expected where nothing may be opened at all."""

EXPLAINED = {
    **dict.fromkeys(
        (
            "armor_crlf",
            "armor_full_last_line",
            "armor_no_eol",
            "armor_scrypt",
            "armor_whitespace_outside",
            "armor_x25519",
        ),
        "armoured: no file of a vault is",
    ),
    "armor_hybrid": "armoured, and for a hybrid key",
    **dict.fromkeys(
        ("hybrid", "hybrid_and_x25519", "hybrid_grease", "hybrid_multiple_recipients"),
        "for a hybrid key: no key of a vault is",
    ),
}
"""Vectors that should open and don't here, and why; docs/vault-format.md names each."""


@dataclass(frozen=True)
class Vector:
    """A vector: what its own header says, and the age file."""

    says: dict[str, str]
    identities: tuple[str, ...]
    content: bytes

    @classmethod
    def read(cls, name: str) -> "Vector":
        head, _, content = base64.b64decode(VECTORS[name]).partition(b"\n\n")
        pairs = [
            (line.partition(": ")[0], line.partition(": ")[2])
            for line in head.decode().splitlines()
        ]
        says = dict(pairs)
        if "compressed" in says:
            content = zlib.decompress(content)
        return cls(says, tuple(value for key, value in pairs if key == "identity"), content)


def library(vector: Vector) -> tuple[bytes, bool]:
    """What the library lets out, and whether it calls it whole."""
    out = io.BytesIO()
    try:
        if "passphrase" in vector.says:
            return pyrage.passphrase.decrypt(vector.content, vector.says["passphrase"]), True
        keys = [pyrage.x25519.Identity.from_str(one) for one in vector.identities]
        pyrage.decrypt_io(io.BytesIO(vector.content), out, keys)
    except (pyrage.DecryptError, pyrage.IdentityError, OSError):
        return out.getvalue(), False
    return out.getvalue(), True


def judged(vector: Vector) -> tuple[str, bytes]:
    """What becomes of a file in a vault: refused unopened, not opened, or opened."""
    try:
        plain_length(read_header(vector.content).length, len(vector.content))
    except NotAge:
        cut = "payload" in vector.says and vector.says["expect"] == "payload failure"
        return "refused", library(vector)[0] if cut else b""
    content, whole = library(vector)
    return ("opened" if whole else "not opened"), content


@pytest.mark.parametrize("name", VECTORS)
def test_a_vector_is_judged_as_the_standard_does(name: str) -> None:
    vector = Vector.read(name)
    expect = vector.says["expect"]
    verdict, content = judged(vector)
    if name in EXPLAINED:
        assert (expect, verdict != "opened") == ("success", True)
        return
    if expect == "success":
        assert verdict == "opened"
    elif expect in BEFORE:
        assert verdict == "refused"
    else:
        assert verdict != "opened"
    if "payload" in vector.says:
        assert hashlib.sha256(content).hexdigest() == vector.says["payload"]


def test_all_of_them_are_here_and_the_page_says_how_they_are_judged() -> None:
    assert len(VECTORS) == 143
    page = (ROOT / "docs" / "vault-format.md").read_text()
    assert set(EXPLAINED) == set(re.findall(r"`((?:armor|hybrid)\w*)`", page))
    assert f"{143 - len(EXPLAINED)} of the 143" in page


def test_the_library_alone_accepts_what_the_standard_forbids() -> None:
    """The control: why the header is read strictly first."""
    for name in ("stanza_missing_body", "stanza_missing_final_line"):
        vector = Vector.read(name)
        assert library(vector)[1]
        assert judged(vector)[0] == "refused"
