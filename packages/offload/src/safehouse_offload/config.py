"""What the machine in the field keeps: where the vaults are, and public keys. Nothing else."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import pyrage

from safehouse_offload.disk import Disk
from safehouse_offload.errors import UsageError, VaultMissing
from safehouse_offload.text import escape
from safehouse_offload.vault import write_text

__all__ = ["Config", "config_path", "format_key", "read_config", "read_key", "write_config"]

REHEARSED = "# rehearsed"
KEY_HEAD = "# public key of a vault: it seals, and can't open\n"
KEY_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Config:
    """Vaults, the public keys that they are sealed to, and those whose key words were tried."""

    vaults: tuple[str, ...]
    to: tuple[str, ...]
    rehearsed: tuple[str, ...] = ()


def config_path() -> Path:
    """Return where the configuration lies."""
    home = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(home) / "offload" / "vault.json"


def read_config() -> Config:
    """Return the configuration.

    Raises:
        VaultMissing: there is none, or it can't be read.
    """
    try:
        made = json.loads(config_path().read_text(encoding="utf-8"))
        return Config(tuple(made["vaults"]), tuple(made["to"]), tuple(made["rehearsed"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise VaultMissing(
            "no vaults are set up on this machine",
            next_step="vault init FOLDER FOLDER --to key.pub",
        ) from error


def write_config(config: Config) -> None:
    """Write the configuration, whole or not at all."""
    path = config_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(Disk(), str(path), json.dumps(asdict(config), indent=1).encode())


def format_key(recipient: str, *, rehearsed: bool = False) -> str:
    """Return the text of a public key's file."""
    return f"{KEY_HEAD}{REHEARSED + chr(10) if rehearsed else ''}{recipient}\n"


def read_key(path: Path) -> tuple[tuple[str, ...], bool]:
    """Return the public keys of a file, and whether their key words were tried.

    Raises:
        UsageError: it is no file of X25519 public keys.
    """
    try:
        with path.open(encoding="ascii") as file:
            lines = file.read(KEY_BYTES).splitlines()
        keys = tuple(line.strip() for line in lines if line.strip() and line[0] != "#")
        for key in keys:
            pyrage.x25519.Recipient.from_str(key)
        if not keys:
            raise ValueError("no key")
    except (OSError, ValueError, pyrage.RecipientError) as error:
        raise UsageError(
            f"'{escape(path.name)}' is no file of public keys",
            kept="nothing was written",
            next_step="vault keygen -o key.pub makes one, at home",
        ) from error
    return keys, REHEARSED in lines
