"""Which crops along the heads' ways attack 2 looks at, in which frames."""

from collections.abc import Iterator
from typing import NamedTuple

from safehouse.audit.draw import shape_bits
from safehouse.model.box import Box
from safehouse.model.plan import Mask, Plan, Shown
from safehouse.model.shape import Whole, shape_at

__all__ = ["CNN_PX", "Crop", "around", "crops_of"]

CROP_PX = 320
"""Edge of the crops along tracks, px: 6 ms for HOG, 0.5 s for the CNN."""

CNN_PX = 200
"""Edge of the CNN's crops, px: 0.17 s; it finds faces of 40 px and more."""

CROPS_BASE, CROPS_EACH = 40, 5
"""Crops in a film: 40, and one more every 5 frames; tracks share them."""

CNN_BASE, CNN_EACH = 4, 250
"""Looks of the CNN along tracks in a film: 4, and one more every 250 frames."""

FULL_BASE, FULL_EACH = 60, 4
"""The same of both in a full audit: 60, and one more every 4 frames: 40 ms a frame at most."""

CONTROLS = 12
"""Planned heads on which the control is tried, in the original."""


Head = Mask | Shown
"""Where a head is hidden, or shown by consent."""


class Crop(NamedTuple):
    """A part of a frame, how much larger it is made, if the CNN looks too, if it is a control."""

    part: Box
    scale: float
    deep: bool
    control: bool


def around(box: Box, edge_px: int, width: int, height: int) -> tuple[Box, float]:
    """Return a part of the frame around a box, and the scale that makes it edge_px on its edge."""
    reach = max(box.width, box.height, 8)
    part = box.grow(reach // 2, reach // 2).clip(width, height)
    return part, min(8.0, edge_px / max(1, part.width, part.height))


def crops_of(plan: Plan, *, quick: bool = True) -> dict[int, list[Crop]]:
    """Return which crops are looked at in which frame."""
    video = plan.clip.video
    if video is None or plan.mode == "reveal-only":
        return {}
    frames = video.times.count
    heads = _heads(plan)
    wanted = [item for mask in heads for item in _moments(mask, frames)]
    wanted.sort(key=lambda item: item[0])
    full = FULL_BASE + frames // FULL_EACH
    budget = CROPS_BASE + frames // CROPS_EACH if quick else 3 * full
    cnn = CNN_BASE + frames // CNN_EACH if quick else full
    trials = {id(mask) for mask in sorted(heads, key=_size)[-CONTROLS:]}
    crops: dict[int, list[Crop]] = {}
    for rank, frame, mask in wanted[:budget]:
        box, _ = shape_bits(shape_at(mask.keys, frame), video.width, video.height)
        if not box.area:
            continue
        part, scale = around(box, CROP_PX, video.width, video.height)
        deep = rank < 2 and cnn > 0
        cnn -= deep
        control = rank == 2 and id(mask) in trials
        crops.setdefault(frame, []).append(Crop(part, scale, deep, control))
    return crops


def _heads(plan: Plan) -> list[Head]:
    """Return the masks that follow a head, and the heads that are shown, largest first.

    Whole frames are left out: they have no place to look at.
    """
    masks = [m for m in plan.masks if m.why in {"head", "hand"}]
    heads = [m for m in masks if not isinstance(m.keys[len(m.keys) // 2].shape, Whole)]
    return sorted([*heads, *plan.shown], key=_size, reverse=True)


def _size(mask: Head) -> int:
    box, _ = shape_bits(mask.keys[len(mask.keys) // 2].shape, 1 << 14, 1 << 14)
    return box.area


def _moments(mask: Head, frames: int) -> Iterator[tuple[int, int, Head]]:
    """Yield rank, frame and mask: just before, just after, the middle, then start, end and near."""
    middle = (mask.first + mask.end) // 2
    order = (
        mask.first - 1,
        mask.end,
        middle,
        mask.first,
        mask.end - 1,
        mask.first - 3,
        mask.end + 2,
    )
    for rank, frame in enumerate(order):
        if 0 <= frame < frames:
            yield rank, frame, mask
