"""Protected sound: silence, but for the spans that the plan shows."""

import numpy as np

from safehouse.model.frame import RENDER_TOKEN, OriginalSound, ProtectedSound
from safehouse.model.plan import SoundPlan

__all__ = ["protect_sound"]


def protect_sound(block: OriginalSound, plan: SoundPlan) -> ProtectedSound:
    """Return the block with zeros in every channel where no span reveals it, or one mutes it.

    A revealed sample is the original's, bit for bit; no other sample has any influence.
    """
    samples = np.zeros_like(block.samples)
    for action in ("reveal", "mute"):
        for span in plan.spans:
            if span.action == action:
                a = max(0, span.first - block.first)
                b = max(a, span.end - block.first)
                samples[:, a:b] = block.samples[:, a:b] if action == "reveal" else 0
    samples.flags.writeable = False
    return ProtectedSound(block.first, samples, block.rate_hz, RENDER_TOKEN)
