"""The guard that keeps every process off the network and inside its limits, piece by piece."""

import subprocess
import sys

import pytest

GUARDED = "import safehouse\n"
LOOK_UP = "import socket\nsocket.create_connection(('192.0.2.1', 9), timeout=2)\n"


def run(code: str) -> subprocess.CompletedProcess[str]:
    """Run a few lines in a process of their own."""
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )


def test_telemetry_cannot_be_imported_after_safehouse() -> None:
    done = run(GUARDED + "import openvino_telemetry")
    assert "ModuleNotFoundError" in done.stderr


def test_telemetry_could_be_imported_before() -> None:
    """The control: without the guard it is there, and would be used."""
    assert run("import openvino_telemetry").returncode == 0


@pytest.mark.parametrize("module", ["safehouse.model.box", "safehouse.offline", "safehouse.errors"])
def test_any_first_import_sets_the_guard(module: str) -> None:
    done = run(f"import sys, {module}\nassert sys.modules['openvino_telemetry'] is None")
    assert done.returncode == 0, done.stderr


def test_import_loads_no_decoder_no_model_and_no_picture_library() -> None:
    heavy = ["av", "cv2", "dlib", "openvino"]
    done = run(f"import sys, safehouse\nprint([n for n in {heavy} if n in sys.modules])")
    assert done.stdout.strip() == "[]"


def test_a_blocked_process_has_no_way_out() -> None:
    code = (
        "from safehouse.offline import block_network\n"
        "print(block_network(), flush=True)\n" + LOOK_UP
    )
    done = run(code)
    if done.stdout.startswith("False"):
        pytest.skip("this system lets nobody make a network name space")
    assert "OSError: [Errno 101]" in done.stderr, done.stderr


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ("512 * 2**20, 60", "b = bytearray(2**30)"),
        ("8 * 2**30, 1", "while True: pass"),
    ],
    ids=["memory", "time"],
)
def test_a_limited_process_is_ended(limits: str, code: str) -> None:
    done = run(f"from safehouse.offline import limit_process\nlimit_process({limits})\n{code}")
    assert done.returncode != 0
    assert "MemoryError" in done.stderr or done.returncode < 0


def test_limits_leave_ordinary_work_alone() -> None:
    code = "from safehouse.offline import limit_process\nlimit_process(2**32, 60)\nprint(2 + 2)"
    assert run(code).stdout.strip() == "4"
