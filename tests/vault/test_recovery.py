"""safehouse is gone: stock age, shamir, and the lines that the page of the format prints."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from journey import Journey
from loading import ROOT

from safehouse.vault.keys import join

AGE = shutil.which("age")
SHAMIR = Path(sys.executable).with_name("shamir")


def printed_lines() -> dict[str, str]:
    """The Python on the page, by the file name in its first line."""
    page = (ROOT / "docs" / "vault-format.md").read_text()
    blocks = re.findall(r"```python\n(# (\w+\.py): .*?)```", page, re.DOTALL)
    return {name: text for text, name in blocks}


def script(folder: Path, name: str, *arguments: str) -> str:
    (folder / name).write_text(printed_lines()[name])
    argv = [sys.executable, "-I", name, *arguments]
    return subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=True).stdout


def master_secret(shares: list[str]) -> str:
    """What `shamir recover` prints for some shares."""
    typed = "\n".join([*shares, ""])
    done = subprocess.run(
        [SHAMIR, "recover"], input=typed, capture_output=True, text=True, check=True
    )
    return re.findall(r"\b[0-9a-f]{64}\b", done.stdout)[-1]


def test_the_printed_lines_make_the_key_that_age_takes(journey: Journey, tmp_path: Path) -> None:
    shares = (journey.root / "words").read_text().splitlines()
    assert script(tmp_path, "key.py", master_secret(shares)).strip() == join(shares)


@pytest.mark.skipif(AGE is None, reason="the program age is not here")
def test_a_vault_opens_without_safehouse(journey: Journey, tmp_path: Path) -> None:
    clips = {"DCIM/C0001.MP4": b"take one" * 30_000, "DCIM/empty": b"", "é.XML": b"<x/>"}
    for path, content in clips.items():
        (journey.card / path).parent.mkdir(exist_ok=True)
        (journey.card / path).write_bytes(content)
    assert journey.offload() == 0
    shares = (journey.root / "words").read_text().splitlines()
    (tmp_path / "key.txt").write_text(script(tmp_path, "key.py", master_secret(shares)))
    for path in sorted(journey.vaults[1].rglob("*.age")):
        argv = [str(AGE), "-d", "-i", "key.txt", "-o", "clip", str(path)]
        subprocess.run(argv, cwd=tmp_path, check=True, capture_output=True)
        script(tmp_path, "cut.py", "clip", "out")
    opened = {
        str(path.relative_to(tmp_path / "out")): path.read_bytes()
        for path in (tmp_path / "out").rglob("*")
        if path.is_file()
    }
    assert '"complete": true' in opened.pop("manifest.json").decode()
    assert opened == clips
