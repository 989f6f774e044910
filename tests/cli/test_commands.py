"""Runs the command scripts beside this file: commands, exit codes, words, files that must not be.

A script's lines: `$ COMMAND` runs one in an empty folder that holds `clip.mov` (a portrait that
moves) and a few broken files; `exit N`, `out TEXT`, `err TEXT` check the last command; `there PATH`
and `absent PATTERN` check the folder; `#` begins a comment.
"""

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from faces import write_face_clip

from safehouse.media.wav import write_wav

HERE = Path(__file__).parent
NEEDS = {"revoice": "espeak-ng", "report": "ssh-keygen"}
SCRIPTS = sorted(HERE.glob("*.txt"))


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that each script gets a copy of."""
    folder = tmp_path_factory.mktemp("material")
    write_face_clip(folder / "clip.mov", frames=30)
    (folder / "empty.mov").write_bytes(b"")
    (folder / "text.mov").write_text("this is no film\n" * 50)
    whole = (folder / "clip.mov").read_bytes()
    (folder / "cut.mov").write_bytes(whole[: len(whole) // 2])
    (folder / "card").mkdir()
    shutil.copy(folder / "clip.mov", folder / "card" / "A001.mov")
    (folder / "card" / "A002.mov").write_bytes(b"")
    (folder / "card" / "INDEX.XML").write_text("<x/>")
    write_sound(folder)
    return folder


def write_sound(folder: Path) -> None:
    """Write captions, a list of names, and two files of a sound recorder."""
    at = np.arange(48_000, dtype=np.float32) / 48_000
    hum = 0.3 * np.sin(2 * np.pi * 150 * at) * np.sin(2 * np.pi * 3 * at)
    for name, channels in (("a.wav", 1), ("b.wav", 2)):
        write_wav(iter([np.tile(hum, (channels, 1))]), 48_000, channels, folder / name)
    shown = "1\n00:00:00,100 --> 00:00:00,900\n"
    (folder / "words.en.srt").write_text(shown + "We left.\n", encoding="utf-8")
    (folder / "words.srt").write_text(shown + "We left.\n", encoding="utf-8")
    (folder / "latin.fr.srt").write_text(shown + "Déjà parti.\n", encoding="latin-1")
    (folder / "named.en.srt").write_text(shown + "Ask Zoë.\n", encoding="utf-8")
    (folder / "names.txt").write_text("zoe\n", encoding="utf-8")


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_script(script: Path, material: Path, tmp_path: Path) -> None:
    program = NEEDS.get(script.stem, "git")
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed: {script.name} can't be run")
    folder = tmp_path / "here"
    shutil.copytree(material, folder)
    done = subprocess.CompletedProcess[str]([], 0, "", "")
    for number, line in enumerate(script.read_text().splitlines(), 1):
        word, _, rest = line.partition(" ")
        where = f"{script.name}:{number}: {line}"
        match word:
            case "$":
                done = run(rest, folder)
            case "exit":
                assert done.returncode == int(rest), f"{where}\n{done.stdout}{done.stderr}"
            case "out":
                assert rest in done.stdout, f"{where}\n{done.stdout}{done.stderr}"
            case "err":
                assert rest in done.stderr, f"{where}\n{done.stderr}"
            case "there":
                assert list(folder.glob(rest)), where
            case "absent":
                assert not list(folder.glob(rest)), where
            case "" | "#":
                continue
            case _:
                pytest.fail(f"unknown word: {where}")
        assert "Traceback" not in done.stderr, where


def run(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    argv = shlex.split(line)
    program = [sys.executable, "-m", *argv] if argv[0] == "safehouse" else argv
    return subprocess.run(program, cwd=folder, capture_output=True, text=True, check=False)


def test_there_are_scripts() -> None:
    assert len(SCRIPTS) >= 4
