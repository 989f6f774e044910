"""Keeps every process of safehouse off the network, from its first import on.

`import openvino` by itself looks up an analytics host and writes to the home folder; with its
telemetry module set to None beforehand it does neither. `safehouse/__init__.py` imports this
module first, so each process and worker that runs any of safehouse is guarded.
"""

import ctypes
import os
import resource
import sys
from pathlib import Path

__all__ = ["block_network", "block_telemetry", "limit_process", "network_blocked"]

CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000


def block_telemetry() -> None:
    """Make OpenVINO's telemetry module impossible to import in this process."""
    sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]  # makes the import fail


def block_network() -> bool:
    """Return whether this process and its children now have no network but an own empty one.

    Linux only, where the kernel lets an ordinary user make a name space; elsewhere False, and
    nothing changes. Must be called before the process starts its second thread.
    """
    if not sys.platform.startswith("linux"):
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    flags = CLONE_NEWNET if os.geteuid() == 0 else CLONE_NEWUSER | CLONE_NEWNET
    return bool(libc.unshare(flags) == 0)


def network_blocked() -> bool:
    """Return whether this process has no network interface that is up (Linux)."""
    try:
        rows = Path("/proc/self/net/dev").read_text(encoding="ascii").splitlines()[2:]
    except OSError:
        return False
    return [row.split(":")[0].strip() for row in rows] in ([], ["lo"])


def limit_process(memory_bytes: int, cpu_seconds: int) -> None:
    """Let the system end this process beyond memory_bytes of address space or cpu_seconds."""
    for kind, limit in ((resource.RLIMIT_AS, memory_bytes), (resource.RLIMIT_CPU, cpu_seconds)):
        _, hard = resource.getrlimit(kind)
        wanted = [given for given in (limit, hard) if given != resource.RLIM_INFINITY]
        resource.setrlimit(kind, (min(wanted, default=resource.RLIM_INFINITY), hard))


block_telemetry()
