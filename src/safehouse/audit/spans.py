"""Which samples of a track a plan reveals, and on which it lays a bed or made sound."""

import numpy as np

from safehouse.audit.draw import Bits
from safehouse.model.plan import SoundPlan

__all__ = ["FADE", "RING", "revealed_bits", "voiced_bits"]

FADE = 9600
"""Samples around an edge of a span in which it may fade: 50 ms at 192 kHz."""

RING = 4096
"""Samples around a revealed span into which a lossy codec may ring: two frames of AAC."""


def revealed_bits(plan: SoundPlan, first: int, count: int) -> Bits:
    """Return which of count samples from first on are revealed; any other span wins over it."""
    bits = np.zeros(count, dtype=np.bool_)
    for reveals in (True, False):
        for span in plan.spans:
            if (span.action == "reveal") is reveals:
                bits[max(0, span.first - first) : max(0, span.end - first)] = reveals
    return bits


def voiced_bits(plan: SoundPlan, first: int, count: int) -> Bits:
    """Return which of count samples from first on have a bed or made sound; mute wins."""
    bits = np.zeros(count, dtype=np.bool_)
    for mutes in (False, True):
        for span in plan.spans:
            if span.action != "reveal" and (span.action == "mute") is mutes:
                bits[max(0, span.first - first) : max(0, span.end - first)] = not mutes
    return bits
