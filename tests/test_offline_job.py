"""Promise 5: the main job reaches for no network, in any process, and leaves HOME empty."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from faces import write_face_clip

REFUSE_IN_PYTHON = """
import os, socket
def refuse(*args, **kwargs):
    with open(os.environ["NETWORK_MARK"], "a") as mark:
        mark.write(f"python {os.getpid()} {args!r:.80}\\n")
    raise OSError("no network in this test")
socket.getaddrinfo = socket.gethostbyname = socket.create_connection = refuse
socket.socket.connect = socket.socket.sendto = refuse
"""

REFUSE_IN_C = """
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
static int refuse(const char *what, int size) {
  int mark = open(getenv("NETWORK_MARK"), O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (mark >= 0) { (void)!write(mark, what, size); close(mark); }
  errno = EACCES;
  return -1;
}
int getaddrinfo(const char *n, const char *s, const void *h, void **r) {
  refuse("getaddrinfo\\n", 12); return -2;
}
int connect(int fd, const struct sockaddr *a, socklen_t l) {
  if (a && a->sa_family == AF_UNIX) { errno = ECONNREFUSED; return -1; }
  return refuse("connect\\n", 8);
}
ssize_t sendto(int fd, const void *b, size_t n, int f, const struct sockaddr *a, socklen_t l) {
  return refuse("sendto\\n", 7);
}
"""

PROBE = "import socket; socket.getaddrinfo('example.invalid', 80)"


@pytest.fixture
def guarded(tmp_path: Path) -> dict[str, str]:
    """An environment in which every look-up, connect and sendto fails and leaves a mark."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(REFUSE_IN_PYTHON)
    (tmp_path / "home").mkdir()
    env = {
        **os.environ,
        "PYTHONPATH": str(tmp_path / "site"),
        "HOME": str(tmp_path / "home"),
        "NETWORK_MARK": str(tmp_path / "mark"),
    }
    compiler = shutil.which("cc")
    if compiler:
        (tmp_path / "refuse.c").write_text(REFUSE_IN_C)
        library = tmp_path / "refuse.so"
        command = [compiler, "-shared", "-fPIC", "-w", "-fno-builtin", "-o", str(library)]
        subprocess.run([*command, str(tmp_path / "refuse.c")], check=True)
        env["LD_PRELOAD"] = str(library)
    for name in [key for key in env if key.startswith("XDG_")]:
        del env[name]
    return env


@pytest.mark.slow
def test_main_job_reaches_for_no_network_and_leaves_home_empty(
    guarded: dict[str, str], tmp_path: Path
) -> None:
    clip = write_face_clip(tmp_path / "clip.mov", frames=12)
    done = subprocess.run(
        [sys.executable, "-m", "safehouse", "protect", str(clip), "-o", str(tmp_path / "f.mov")],
        env=guarded,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    mark = Path(guarded["NETWORK_MARK"])
    assert not mark.exists(), mark.read_text()
    assert list(Path(guarded["HOME"]).rglob("*")) == []


def test_the_guard_of_this_test_sees_a_look_up(guarded: dict[str, str]) -> None:
    done = subprocess.run([sys.executable, "-c", PROBE], env=guarded, check=False)
    assert done.returncode != 0
    assert Path(guarded["NETWORK_MARK"]).exists()


def test_openvino_telemetry_cannot_be_imported() -> None:
    code = "import safehouse, sys; assert sys.modules['openvino_telemetry'] is None"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
