"""Attack 7, ghosts of the camera's codec: does a piece of a face lie outside its mask?

A codec predicts blocks from neighbouring frames, moved; where it then spares the correction, bits
of a face stay past its outline, in the clip itself, before anything was hidden. Who looks has the
film alone and enlarges what lies around a mask. Here the attack is handed the face: blocks of the
ring around each mask, as the film shows them, are looked for in the face of the frame before, at
every shift. The fine structure alone is compared.

Hair and edges look alike everywhere, so each block is also looked for in the face mirrored: what
is found there is chance. The positive control plants a ghost: a block of the face is blended in the
film's ring, half and half, and must be found. The negative control is the mirror; black has no
structure, and no block counts. Where it fails: a larger margin, by hand at that place.
"""

from collections.abc import Iterable, Iterator
from math import ceil, cos, pi, sin, sqrt
from typing import NamedTuple

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from safehouse.audit.draw import Bits, hidden_bits
from safehouse.model.box import Box
from safehouse.model.frame import OriginalFrame
from safehouse.model.plan import Plan
from safehouse.model.report import Attack, Control, Spot
from safehouse.model.shape import SUBPIXEL, Ellipse, shape_at
from safehouse.model.words import say

__all__ = [
    "BLOCK",
    "Compared",
    "Ghosts",
    "Ring",
    "build_attack",
    "compare",
    "fine",
    "merge",
    "told_of",
]

Floats = NDArray[np.float32]

EVERY = 48
"""One frame in so many is looked at."""

BLOCK = 16
"""Side of a block, px: a macroblock's."""

MASKS, BLOCKS = 4, 12
"""Masks of a frame that are looked at, the largest, and blocks around each."""

FACE = 0.55
"""What is taken for the face, as share of its mask's half-axes; no background lies in it."""

WIDEST = 192
"""Longest side of a face that is searched, px; of a larger one the middle is."""

COPY, AHEAD = 0.7, 2.0
"""Correlation from which a block is called a piece of the face, and how many times less it must
lack to 1 there than in the mirror image."""

STRUCTURE = 2.0
"""Deviation of the fine structure from which a block is looked at, levels of 8 bits."""

SHARE, LEAST, CHANCE = 0.04, 8, 4.0
"""What makes a leak: so many more blocks are pieces of the face than of its mirror image, as share
of all blocks, at least, and in deviations of what chance gives to either."""


class Ring(NamedTuple):
    """Blocks around a mask and the face that they are looked for in, fine structure alone."""

    blocks: list[Floats]
    face: Floats


class Compared(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was compared in a range of frames.

    Attributes:
        masks: pairs of mask and frame that were looked at.
        blocks: blocks with structure around them.
        copies: those that are pieces of the face.
        mirrored: those that are pieces of its mirror image, by chance.
        planted: ghosts put in as the control.
        seen: those of them that were found.
        frames: frames with copies.
    """

    masks: int = 0
    blocks: int = 0
    copies: int = 0
    mirrored: int = 0
    planted: int = 0
    seen: int = 0
    frames: tuple[int, ...] = ()


class Ghosts:
    """Looks at one frame in EVERY, and at the one before it for the face.

    Args:
        plan: who is hidden where.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._before: OriginalFrame | None = None
        self._parts: list[Compared] = []

    def look(self, original: OriginalFrame, film: OriginalFrame) -> None:
        """Look for pieces of the faces around the masks of a frame, if its turn has come."""
        at, before = original.index, self._before
        self._before = original if at % EVERY == EVERY - 1 else None
        if at % EVERY or before is None or original.corrupt or before.corrupt:
            return
        hidden = hidden_bits(self._plan, at)
        if self._plan.mode == "reveal-only":
            return
        chance = np.random.default_rng(at)
        for oval in _largest(self._plan, at):
            ring = ring_of(film, before, oval, hidden)
            if ring is not None:
                self._parts.append(compare(ring, at, chance))

    def result(self) -> Compared:
        """Return everything seen so far."""
        return merge(self._parts)


def _largest(plan: Plan, frame: int) -> list[Ellipse]:
    """Return the largest ovals of a frame."""
    shapes = [shape_at(m.keys, frame) for m in plan.masks if m.first <= frame < m.end]
    ovals = [shape for shape in shapes if isinstance(shape, Ellipse)]
    return sorted(ovals, key=lambda oval: -oval.rx * oval.ry)[:MASKS]


def fine(picture: Floats) -> Floats:
    """Return a picture's fine structure: what a block holds beyond its slope, less the noise."""
    calm = cv2.GaussianBlur(picture, (0, 0), 0.8)
    return np.asarray(calm - cv2.GaussianBlur(picture, (0, 0), 4.0), np.float32)


def ring_of(film: OriginalFrame, before: OriginalFrame, oval: Ellipse, hidden: Bits) -> Ring | None:
    """Return the blocks around an oval in the film, and the face in the frame before."""
    half = BLOCK // 2
    rx, ry = oval.rx / SUBPIXEL, oval.ry / SUBPIXEL
    cx, cy = oval.cx / SUBPIXEL, oval.cy / SUBPIXEL
    far = Box(
        int(cx - rx) - 2 * BLOCK,
        int(cy - ry) - 2 * BLOCK,
        int(cx + rx) + 2 * BLOCK,
        int(cy + ry) + 2 * BLOCK,
    ).clip(film.width, film.height)
    wide, high = min(FACE * rx, WIDEST / 2), min(FACE * ry, WIDEST / 2)
    inner = Box(int(cx - wide), int(cy - high), int(cx + wide), int(cy + high))
    inner = inner.clip(film.width, film.height)
    if min(inner.width, inner.height) < 2 * BLOCK:
        return None
    shown = fine(_luma(film, far))
    blocks = []
    for x, y in _around(cx, cy, rx, ry):
        part = Box(x - half, y - half, x + half, y + half)
        if part.clip(film.width, film.height) != part:
            continue
        if not hidden[part.y0 : part.y1, part.x0 : part.x1].any():
            top, left = part.y0 - far.y0, part.x0 - far.x0
            blocks.append(shown[top : top + BLOCK, left : left + BLOCK])
    return Ring(blocks, fine(_luma(before, inner)))


def _around(cx: float, cy: float, rx: float, ry: float) -> Iterator[tuple[int, int]]:
    """Yield the middles of blocks just outside an oval."""
    for n in range(BLOCKS):
        turn = 2 * pi * n / BLOCKS
        away = BLOCK * 0.72 + 1
        yield round(cx + (rx + away) * cos(turn)), round(cy + (ry + away) * sin(turn))


def _luma(frame: OriginalFrame, box: Box) -> Floats:
    scale = np.float32(1 / (1 << (frame.layout.depth - 8)))
    part = frame.planes[0][box.y0 : box.y1, box.x0 : box.x1]
    return np.asarray(part, np.float32) * scale


def compare(ring: Ring, frame: int, chance: np.random.Generator) -> Compared:
    """Return which blocks of a ring are pieces of its face, and whether planted ones are seen."""
    copies = mirrored = blocks = planted = seen = 0
    for number, block in enumerate(ring.blocks):
        mirror = _mirrored(ring.face, number)
        ghost = _planted(block, ring.face, chance)
        if ghost is not None:
            planted += 1
            seen += told_of(ghost, ring.face, mirror) > 0
        if float(block.std()) < STRUCTURE:
            continue
        blocks += 1
        told = told_of(block, ring.face, mirror)
        copies += told > 0
        mirrored += told < 0
    return Compared(1, blocks, copies, mirrored, planted, seen, (frame,) if copies else ())


def _mirrored(face: Floats, number: int) -> Floats:
    """Return the face mirrored one of three ways."""
    ways = (face[:, ::-1], face[::-1], face[::-1, ::-1])
    return np.ascontiguousarray(ways[number % len(ways)])


def told_of(block: Floats, face: Floats, mirror: Floats) -> int:
    """Return 1 where a block is a piece of the face, -1 of its mirror image, and 0 of neither."""
    ours, theirs = _likeness(block, face), _likeness(block, mirror)
    if ours >= COPY and 1 - theirs >= AHEAD * (1 - ours):
        return 1
    return -1 if theirs >= COPY and 1 - ours >= AHEAD * (1 - theirs) else 0


def _likeness(block: Floats, face: Floats) -> float:
    """Return a block's highest correlation with the face over all shifts."""
    found = cv2.matchTemplate(face, np.ascontiguousarray(block), cv2.TM_CCOEFF_NORMED)
    found[~np.isfinite(found)] = 0
    return float(found.max())


def _planted(block: Floats, face: Floats, chance: np.random.Generator) -> Floats | None:
    """Return a block with a piece of the face blended in, half and half; None if it is smooth."""
    row = int(chance.integers(0, face.shape[0] - BLOCK + 1))
    column = int(chance.integers(0, face.shape[1] - BLOCK + 1))
    piece = face[row : row + BLOCK, column : column + BLOCK]
    if float(piece.std()) < max(2 * STRUCTURE, 1.5 * float(block.std())):
        return None
    return np.asarray(0.5 * block + 0.5 * piece, np.float32)


def merge(parts: Iterable[Compared]) -> Compared:
    """Return what several rings, or ranges of one film, gave together."""
    rows = list(parts)
    return Compared(
        sum(row.masks for row in rows),
        sum(row.blocks for row in rows),
        sum(row.copies for row in rows),
        sum(row.mirrored for row in rows),
        sum(row.planted for row in rows),
        sum(row.seen for row in rows),
        tuple(sorted({frame for row in rows for frame in row.frames})),
    )


def build_attack(seen: Compared) -> Attack:
    """Return the attack by the camera's ghosts, with its result."""
    bar = _bar(seen)
    told = seen.copies - seen.mirrored >= bar
    control = _control(seen)
    words = say("pieces of a face lie outside its mask, left there by the camera's codec")
    return Attack(
        name="ghosts",
        title=say("Did the camera's codec carry pieces of faces past their masks?"),
        result="leak" if told else ("not run" if control.held is False else "none found"),
        figure=say(
            "{blocks} blocks around {masks} masks, each at every shift of the face before: "
            "{copies} are like a piece of it, {mirrored} like a piece of its mirror image, which "
            "is chance (a leak from {bar} more)",
            blocks=seen.blocks,
            masks=seen.masks,
            copies=seen.copies,
            mirrored=seen.mirrored,
            bar=ceil(bar),
        ),
        control=control,
        spots=tuple(Spot(at, at + 1, words) for at in seen.frames) if told else (),
    )


def _bar(seen: Compared) -> float:
    """Return how many more pieces of the face than of its mirror image make a leak."""
    return max(LEAST, SHARE * seen.blocks, CHANCE * sqrt(seen.copies + seen.mirrored))


def _control(seen: Compared) -> Control:
    if not seen.planted:
        return Control(None, say("no mask has a face with structure enough to plant a piece of it"))
    words = say(
        "a piece of the face was blended in half and half beside its mask {planted} times, and "
        "found {seen} times",
        planted=seen.planted,
        seen=seen.seen,
    )
    return Control(seen.seen * 2 >= seen.planted, words)
