"""How a worker's memory goes back to the system: glibc's settings; no effect elsewhere.

glibc keeps what is freed, and puts ever larger blocks between small ones. A render's encoder then
takes 60 MB more from its second chunk on. Blocks that come from the system by themselves go back
at once, but each costs its pages anew: an audit that takes 20 MB for every mask is a third slower.
"""

import ctypes

__all__ = ["AUDIT_BYTES", "RENDER_BYTES", "give_back", "take_apart_from"]

M_MMAP_THRESHOLD = -3
"""glibc's number of the setting (malloc.h)."""

RENDER_BYTES = 8 << 20
"""The encoder's frames are larger at 1080p, what is drawn anew in each frame is smaller. From 4 MB
on rendering is 5 % slower; from 16 MB on two workers take 1 GB instead of 0.9."""

AUDIT_BYTES = 1 << 30
"""Nothing comes by itself: an audit holds little, and takes and frees it in every frame."""


def take_apart_from(size: int) -> None:
    """Take blocks of this many bytes and more from the system one by one."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, size)


def give_back() -> None:
    """Hand back to the system what is free."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
