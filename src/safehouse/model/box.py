"""Space: half-open boxes in pixels of the coded frame, origin at the top left."""

from collections.abc import Iterable

import msgspec

__all__ = ["Box", "union_box"]


class Box(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A box x0 <= x < x1, y0 <= y < y1, px; it may leave the frame until it is clipped."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def width(self) -> int:
        """Width in px, never below 0."""
        return max(0, self.x1 - self.x0)

    @property
    def height(self) -> int:
        """Height in px, never below 0."""
        return max(0, self.y1 - self.y0)

    @property
    def area(self) -> int:
        """Area in px²; 0 for an empty box."""
        return self.width * self.height

    def clip(self, width: int, height: int) -> "Box":
        """Return the part inside a frame of width x height px; clip last, after every growth."""
        x0, y0 = min(max(self.x0, 0), width), min(max(self.y0, 0), height)
        x1, y1 = min(max(self.x1, 0), width), min(max(self.y1, 0), height)
        return Box(x0, y0, max(x0, x1), max(y0, y1))

    def grow(self, dx: int, dy: int) -> "Box":
        """Return the box grown by dx px on the left and right and dy px above and below."""
        return Box(self.x0 - dx, self.y0 - dy, self.x1 + dx, self.y1 + dy)

    def intersect(self, other: "Box") -> "Box":
        """Return the common part; it has area 0 where there is none."""
        x0, y0 = max(self.x0, other.x0), max(self.y0, other.y0)
        return Box(x0, y0, max(x0, min(self.x1, other.x1)), max(y0, min(self.y1, other.y1)))

    def contains(self, other: "Box") -> bool:
        """Return whether other lies wholly inside."""
        return (
            self.x0 <= other.x0
            and self.y0 <= other.y0
            and self.x1 >= other.x1
            and self.y1 >= other.y1
        )


def union_box(boxes: Iterable[Box]) -> Box:
    """Return the smallest box that holds all of boxes; an empty box at the origin for none."""
    rows = list(boxes)
    if not rows:
        return Box(0, 0, 0, 0)
    return Box(
        min(b.x0 for b in rows),
        min(b.y0 for b in rows),
        max(b.x1 for b in rows),
        max(b.y1 for b in rows),
    )
