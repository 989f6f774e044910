"""After an offload the machine knows nothing: no name, size, date or content, anywhere."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from journey import Journey
from tracing import strangers

NAME = "CnryNameZq"
CONTENT = b"CnryContentZq"
SECONDS = 1_234_567_891


@pytest.mark.slow
def test_nothing_that_the_run_wrote_holds_a_canary(journey: Journey, tmp_path: Path) -> None:
    """The real program: its home, temporary folder and vaults, and every file that it opened."""
    folder = journey.card / f"{NAME}Folder"
    folder.mkdir()
    clip = folder / f"{NAME}.MP4"
    clip.write_bytes(CONTENT * 5_003)
    os.utime(clip, (SECONDS, SECONDS))
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    trace = tmp_path / "trace"
    argv = [sys.executable, "-B", "-m", "safehouse", "offload", str(journey.card), "--same-device"]
    tracer = ["strace", "-f", "-qq", "-e", "trace=openat,creat", "-o", str(trace)]
    traced = subprocess.run(["which", "strace"], capture_output=True, check=False).returncode == 0
    environment = {**os.environ, "TMPDIR": str(temporary)}
    done = subprocess.run(
        [*tracer, *argv] if traced else argv,
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert NAME.encode() not in done.stdout + done.stderr
    home = Path(os.environ["HOME"])
    written = [p for root in (home, temporary, *journey.vaults) for p in root.rglob("*")]
    assert [p for p in written if NAME in str(p)] == []
    size, when = str(len(CONTENT * 5_003)).encode(), str(SECONDS).encode()
    for path in written:
        content = path.read_bytes() if path.is_file() else b""
        assert [c for c in (NAME.encode(), CONTENT, size, when) if c in content] == [], path
    assert [p.name for p in home.rglob("*") if p.is_file()] == ["vault.json"]
    if traced:
        assert strangers(trace, [home, temporary, *journey.vaults]) == []
