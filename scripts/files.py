"""Refuses files that don't belong in the project: footage, large files, keys, broken TOML.

Anybody's face may be in a picture: only the README's own, made from a public-domain portrait,
is kept. Run by `make check` and before each commit.
"""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PICTURES = frozenset({"docs/demo.png"})
"""The only pictures that may be kept; testkit/ may keep what its vectors need."""

MEDIA = re.compile(
    r"\.(3gp|aac|ac3|aiff?|amr|avi|bmp|caf|dng|flac|gif|h26[45]|hei[cf]|hevc|insv|ivf|jpe?g|m2ts|m4[av]"
    r"|mj2|mkv|mov|mp[34]|mpe?g|mts|mxf|obu|og[agv]|opus|pgm|png|ppm|tiff?|ts|wav|web[mp]|wm[av]"
    r"|y4m|yuv)$",
    re.IGNORECASE,
)
LARGEST_BYTES = 200_000
LARGE = re.compile(r"requirements\.lock|src/safehouse/locale/\w+/LC_MESSAGES/safehouse\.[mp]o")
"""What grows with the program: pins, and every sentence in another language."""

KEY = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY|AGE-SECRET-KEY-1[A-Z0-9]")


def tracked() -> list[str]:
    """Return the paths of all tracked files, as git lists them."""
    names = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True
    ).stdout
    return [name for name in names.decode().split("\0") if name and (ROOT / name).is_file()]


def faults_of(name: str, content: bytes) -> list[str]:
    """Return why a file does not belong in the project; [] when it does."""
    faults = []
    kept = name in PICTURES or name.startswith("testkit/")
    if MEDIA.search(name) and not kept:
        faults.append("a picture, sound or film; people may be in it")
    if len(content) > LARGEST_BYTES and not LARGE.fullmatch(name):
        faults.append(f"{len(content):,} bytes, more than {LARGEST_BYTES:,}")
    if KEY.search(content):
        faults.append("a private key")
    if name.endswith(".toml"):
        faults += _toml_faults(content)
    return [f"{name}: {fault}" for fault in faults]


def _toml_faults(content: bytes) -> list[str]:
    try:
        tomllib.loads(content.decode())
    except ValueError as error:
        return [f"no TOML: {error}"]
    return []


def main() -> int:
    """Look at every tracked file; print the faults and return the exit code."""
    names = tracked()
    faults = [fault for name in names for fault in faults_of(name, (ROOT / name).read_bytes())]
    print("\n".join(faults) or f"{len(names)} files: no footage, no keys, nothing large")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
