"""What this machine is: its CPU level and cores, as far as results depend on them."""

import os
import platform
from pathlib import Path

__all__ = ["core_count", "cpu_flags", "cpu_level", "has_bf16"]

LEVELS: tuple[tuple[str, frozenset[str]], ...] = (
    ("x86-64-v4", frozenset({"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"})),
    ("x86-64-v3", frozenset({"avx2", "bmi1", "bmi2", "fma", "f16c", "movbe"})),
    ("x86-64-v2", frozenset({"sse4_1", "sse4_2", "ssse3", "popcnt"})),
)
"""The x86-64 psABI's micro-architecture levels, highest first, by the flags Linux prints."""


def cpu_flags() -> frozenset[str]:
    """Return the CPU's feature flags as Linux prints them; empty on other systems."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return frozenset()
    for line in text.splitlines():
        if line.startswith("flags"):
            return frozenset(line.partition(":")[2].split())
    return frozenset()


def cpu_level() -> str:
    """Return the CPU level that pixels may depend on: `x86-64-v4`, or the bare machine name.

    Encoders and floating point differ between levels, so a plan records its level and chunks of
    two levels are never joined.
    """
    machine = platform.machine()
    flags = cpu_flags()
    if machine not in {"x86_64", "AMD64"} or not flags:
        return machine or "unknown"
    return next((name for name, needed in LEVELS if needed <= flags), "x86-64-v1")


def has_bf16() -> bool:
    """Return whether the CPU multiplies in BF16 or VNNI (DESIGN's faster class of machines)."""
    return bool({"avx512_bf16", "amx_bf16"} & cpu_flags())


def core_count() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
