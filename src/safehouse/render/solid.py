"""The plainest look: one soft neutral tone, the same in every frame of every film."""

from safehouse.model.frame import PlaneLayout

__all__ = ["nominal_range", "solid_tone"]


def nominal_range(layout: PlaneLayout, plane: int) -> tuple[int, int]:
    """Return the lowest and highest code of a plane, both allowed.

    Source: ITU-T H.273 section 8.3, equations for VideoFullRangeFlag 0 and 1.
    """
    if layout.full_range:
        return 0, (1 << layout.depth) - 1
    is_chroma = layout.kind == "yuv" and plane > 0
    scale = layout.depth - 8
    return 16 << scale, (240 if is_chroma else 235) << scale


def solid_tone(layout: PlaneLayout, plane: int) -> int:
    """Return the code of mid grey: half way up the range, and neutral chroma."""
    if layout.kind == "yuv" and plane > 0:
        return 1 << (layout.depth - 1)
    low, high = nominal_range(layout, plane)
    return (low + high + 1) // 2
