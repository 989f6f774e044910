"""From an original frame to a protected one: the only door."""

import numpy as np

from safehouse.errors import PlanMismatch
from safehouse.model.frame import RENDER_TOKEN, OriginalFrame, Plane, ProtectedFrame
from safehouse.model.plan import Plan
from safehouse.render.raster import Bits, chroma_mask, look_mask_of, mask_of
from safehouse.render.soften import soften
from safehouse.render.solid import solid_tone
from safehouse.render.veil import Canvas, draw_veil

__all__ = ["protect"]


def protect(frame: OriginalFrame, plan: Plan) -> ProtectedFrame:
    """Return the frame with everything hidden that the plan hides in frame `frame.index`.

    Samples outside the masks are bit-identical, or under `camera_privacy` the median of those
    around them after hiding. What stands under them is a function of the samples
    outside all masks, the plan and the frame's number. A frame with a decode error is hidden whole.
    The planes are read-only; where nothing is hidden they are the original's own arrays.

    Raises:
        PlanMismatch: the frame's size is not that of the plan's clip.
    """
    _require_size(frame, plan)
    mask = mask_of(plan, frame.index)
    if frame.corrupt:
        mask[:] = True
    planes = _hide(frame, plan, mask) if mask.any() else frame.planes
    if plan.camera_privacy:
        planes = _softened(frame, planes, mask)
    locked = tuple(_locked(plane) for plane in planes)
    return ProtectedFrame(
        frame.index, frame.pts, locked, frame.layout, frame.interlaced, RENDER_TOKEN
    )


def _require_size(frame: OriginalFrame, plan: Plan) -> None:
    """Raise PlanMismatch unless the plan was made for frames of this size."""
    video = plan.clip.video
    if video is None or (video.width, video.height) != (frame.width, frame.height):
        raise PlanMismatch(
            f"frame {frame.index} has {frame.width}x{frame.height} px, which is not the size in "
            f"the plan for clip {plan.clip.id}",
            next_step=f"safehouse analyse {plan.clip.id}",
        )


def _locked(plane: Plane) -> Plane:
    """Return the plane itself if it is read-only, else a view of it that is."""
    if plane.flags.writeable:
        plane = plane.view()
        plane.flags.writeable = False
    return plane


def _hide(frame: OriginalFrame, plan: Plan, mask: Bits) -> tuple[Plane, ...]:
    """Return new planes in which everything under the mask is hidden."""
    chroma = chroma_mask(mask, frame.layout, interlaced=frame.interlaced)
    planes = tuple(plane.copy() for plane in frame.planes)
    flat = _flat_mask(frame, plan, mask)
    if flat is not mask:
        draw_veil(Canvas(frame, planes, mask, chroma, plan.grain_seed))
    if flat is None:
        return planes
    flat_chroma = chroma_mask(flat, frame.layout, interlaced=frame.interlaced)
    for number, plane in enumerate(planes):
        tone = solid_tone(frame.layout, number)
        np.copyto(plane, tone, where=flat_chroma if number else flat)
    return planes


def _softened(frame: OriginalFrame, planes: tuple[Plane, ...], mask: Bits) -> tuple[Plane, ...]:
    """Return new planes in which what is not hidden is denoised."""
    chroma = chroma_mask(mask, frame.layout, interlaced=frame.interlaced)
    return tuple(
        soften(plane, chroma if number else mask, interlaced=frame.interlaced)
        for number, plane in enumerate(planes)
    )


def _flat_mask(frame: OriginalFrame, plan: Plan, mask: Bits) -> Bits | None:
    """Return where the solid tone stands: None for nowhere, mask itself for everywhere."""
    looks = {plan.look} | {row.look for row in plan.masks if row.look}
    if frame.corrupt or looks == {"solid"}:
        return mask
    if looks == {"veil"}:
        return None
    return look_mask_of(plan, frame.index, "solid")
