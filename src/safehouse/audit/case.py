"""What is audited: a film, the clip that it was made from, and the plan."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from safehouse.model.box import Box
from safehouse.model.frame import OriginalFrame, ProtectedFrame
from safehouse.model.plan import Plan

__all__ = ["Case", "FindFaces", "Found", "RenderAgain", "frame_count"]


class Found(NamedTuple):
    """A face that a detector found: its box, px of the coded frame, and its score, 0 … 1."""

    box: Box
    score: float


RenderAgain = Callable[[OriginalFrame], ProtectedFrame]
"""Makes the protected frame of an original one anew."""

FindFaces = Callable[[OriginalFrame], list[Found]]
"""Looks for faces in a frame, in every way it has."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is audited: the file that would be delivered, the clip it was made from, and the plan.

    Attributes:
        film: the file that would be delivered.
        source: the clip.
        plan: who is hidden how, where and when.
        quick: look in fewer frames, and leave out what takes longest.
        beside: the folder of the plan's made sound.
        same_camera: other clips of the same camera.
        earlier: versions of the film that were delivered before.
    """

    film: Path
    source: Path
    plan: Plan
    quick: bool = True
    beside: Path | None = None
    same_camera: tuple[Path, ...] = ()
    earlier: tuple[Path, ...] = ()


def frame_count(plan: Plan) -> int:
    """Return how many frames the plan's clip has."""
    return plan.clip.video.times.count if plan.clip.video else 0
