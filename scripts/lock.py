"""Resolves pyproject.toml into requirements.lock, or checks that the lock is of this pyproject.

The lock holds exact versions and SHA-256 digests for every platform and Python that
pyproject.toml allows, and no address: which registry the files come from is the machine's choice,
what they contain is not. What pyproject.toml leaves out is not in it, so it is installed with
`--no-deps`. See docs/decisions/0007-requirements-lock.md and 0017-weights-without-torch.md.
"""

import hashlib
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.lock"
STAMP = "# dependencies of pyproject.toml, sha256:"
COMPILE = (
    "pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-emit-index-url"
    " --no-emit-find-links --no-header --no-annotate"
    " --extra attacks --extra demo --extra dev pyproject.toml"
)


def digest_of(pyproject: Path) -> str:
    """Return the SHA-256 of everything in pyproject.toml that decides what is installed."""
    read = tomllib.loads(pyproject.read_text())
    project = read["project"]
    kept = {
        name: project[name] for name in ("requires-python", "dependencies", "optional-dependencies")
    }
    kept["left out"] = read["tool"]["uv"]["exclude-dependencies"]
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()


def faults_of(lock: str, wanted: str) -> list[str]:
    """Return what is wrong with the text of a lock file, in words."""
    faults = []
    if not lock.startswith(f"{STAMP}{wanted}\n"):
        faults.append("requirements.lock is not of this pyproject.toml; run: make lock")
    if "://" in lock:
        faults.append("requirements.lock holds an address")
    pins = re.split(r"\n(?=\S)", lock.strip())[1:]
    faults += [f"no digest: {pin.splitlines()[0]}" for pin in pins if "--hash=sha256:" not in pin]
    faults += [f"no exact version: {pin.splitlines()[0]}" for pin in pins if "==" not in pin]
    return faults


def main(arguments: list[str]) -> int:
    """Write the lock, or with `--check` only look at it; return the exit code."""
    wanted = digest_of(ROOT / "pyproject.toml")
    if arguments == ["--check"]:
        faults = faults_of(LOCK.read_text(), wanted)
        print("\n".join(faults) or "requirements.lock: of this pyproject.toml")
        return 1 if faults else 0
    uv = Path(sys.executable).with_name("uv")
    done = subprocess.run(
        [uv, *COMPILE.split()], cwd=ROOT, check=True, capture_output=True, text=True
    )
    LOCK.write_text(f"{STAMP}{wanted}\n{done.stdout}")
    return main(["--check"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
