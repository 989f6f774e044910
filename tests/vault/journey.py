"""The user's way through the commands, on real folders, in this process."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from safehouse.cli.main import run


@dataclass
class Journey:
    """A card, two vaults, a key, and everything that was printed."""

    root: Path
    capsys: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch
    out: str = ""
    err: str = ""

    @property
    def card(self) -> Path:
        return self.root / "CARD"

    @property
    def vaults(self) -> list[Path]:
        return [self.root / "A", self.root / "B"]

    def do(self, *words: object) -> int:
        """Run a command and return its exit code."""
        code = run([str(word) for word in words])
        self.out, self.err = self.capsys.readouterr()
        return code

    def begin(self) -> None:
        """Make card, key words and vaults."""
        self.card.mkdir()
        assert self.do("vault", "keygen", "-o", self.root / "key.pub") == 0
        found = re.findall(r"key words \d of \d:\n((?:  .*\n)+)", self.out)
        shares = [" ".join(one.split()) for one in found]
        (self.root / "words").write_text("\n".join(shares[:2]) + "\n")
        (self.root / "one").write_text(shares[2] + "\n")
        key = self.root / "key.pub"
        assert self.do("vault", "init", *self.vaults, "--to", key, "--same-device") == 0

    def offload(self) -> int:
        return self.do("offload", self.card, "--same-device", "--workers", 1)

    def open(self, name: str = "rushes") -> Path:
        out = self.root / name
        words = self.root / "words"
        assert self.do("vault", "open", "--words", words, "-o", out, "--workers", 1) == 0, self.err
        return out


def fill(card: Path) -> None:
    """Put on a card what a recorder leaves."""
    (card / "DCIM" / "100").mkdir(parents=True)
    (card / "EMPTY").mkdir()
    (card / "DCIM" / "100" / "C0001.MP4").write_bytes(os.urandom(200_000))
    (card / "DCIM" / "100" / "C0002.MP4").write_bytes(b"")
    (card / "DCIM" / "INDEX & <é>.XML").write_text("<x/>")
    os.utime(card / "DCIM" / "100" / "C0001.MP4", ns=(1, 1_234_567_890_123_456_789))


def tree(root: Path) -> dict[bytes, bytes | None]:
    """Every path below root with its bytes; None for a folder."""
    base = os.fsencode(root)
    return {
        os.fsencode(path)[len(base) :]: path.read_bytes() if path.is_file() else None
        for path in root.rglob("*")
        if "ascmhl" not in path.parts
    }
