"""The light denoise of `camera_privacy`: what is not hidden is the median of 3 x 3 samples.

A median takes out most of what a sensor's noise leaves in single pixels and keeps edges; the grain
under the masks stays as it was drawn. Medians are exact: the bytes are the same on every CPU.
"""

import cv2
import numpy as np

from safehouse.model.frame import Plane
from safehouse.render.raster import Bits

__all__ = ["soften"]


def soften(plane: Plane, hidden: Bits, *, interlaced: bool) -> Plane:
    """Return a new plane in which each sample that is not hidden is the median of those around it.

    Args:
        plane: after everything was hidden, so that no original is among the neighbours.
        hidden: the samples that stay, shape of plane.
        interlaced: neighbours are those of the same field.
    """
    out = np.empty_like(plane)
    fields = (0, 1) if interlaced and len(plane) > 1 else (0,)
    for field in fields:
        rows = np.s_[field :: len(fields)]
        out[rows] = cv2.medianBlur(np.ascontiguousarray(plane[rows]), 3)
    np.copyto(out, plane, where=hidden)
    return out
