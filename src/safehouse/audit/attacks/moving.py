"""Attack 6, many frames against a moving mask: is a face rebuilt from hundreds of hidden frames?

Who looks has the film, and is handed more than they could have: the path of each face, taken from
the original. They bring every frame's hidden place to one canvas along that path. Then they average
it, and where they find a mosaic's grid, they take each of its cells for an equation about the face,
as its mean and as one sample of it, and solve them together (`mosaics`).

What is rebuilt is correlated with the face itself, both without what is coarser than a tenth of the
head, and held against chance: the face's spectrum with other phases. The positive control is a
mosaic of the same face whose grid moves, made on the fly: it must be rebuilt. The negative control
is chance itself, and black in the tests. Where it fails, the mask is a function of the face: use
another look, never blur or mosaic.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from safehouse.audit.attacks.mosaics import Cells, cells_of, find_grid, mosaic_of, solve
from safehouse.model.box import Box
from safehouse.model.frame import OriginalFrame
from safehouse.model.plan import Mask, Plan
from safehouse.model.report import Attack, Control, Spot
from safehouse.model.shape import SUBPIXEL, Ellipse, shape_at
from safehouse.model.words import msgid, said_list, say

__all__ = ["Moving", "Rebuilt", "build_attack", "fine", "first_of", "likeness", "merge", "rebuild"]

Floats = NDArray[np.float32]

SIDE, RIM, SLACK = 96, 20, 6
"""Side of the canvas that a mask's box fills, the rim that is not compared, and the shifts that
are; px of the canvas."""

BAR = 0.45
"""Correlation with the face from which it is called rebuilt. Chance stays below 0.35."""

TRACKS, MOST, FEWEST, EVERY = 3, 200, 24, 3
"""The largest heads that are tried, frames of each at most and at least, and one frame in so many
that is taken."""

PATIENCE = 16
"""Frames in another attitude after which a head that was seen too seldom begins anew."""

ALIKE = 0.6
"""Correlation with the face so far from which a frame shows it in the same attitude."""

CELLS = 8
"""Cells across the head in the control's mosaic."""

CHANCES = 19
"""Pictures of other phases; the highest of them is what 5 % of such pictures reach."""


class Rebuilt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What many frames of one head gave in a range of frames; correlations -1 … 1.

    Attributes:
        track: the track's id.
        first, end: the frames first <= f < end among which they were.
        frames: frames with the face in one attitude.
        found: correlation of what was rebuilt with the face.
        single: the same from the first of those frames alone.
        chance: the highest of CHANCES such correlations with pictures like it.
        control: the same for the control's moving mosaic.
        control_single: and for one frame of it.
    """

    track: str
    first: int
    end: int
    frames: int
    found: float
    single: float
    chance: float
    control: float
    control_single: float


@dataclass
class Views:
    """Views of one hidden face on its canvas: their sum, the first, and cells of a mosaic."""

    total: Floats = field(default_factory=lambda: np.zeros((SIDE, SIDE), np.float32))
    count: int = 0
    one: Floats | None = None
    means: list[Cells] = field(default_factory=list)
    samples: list[Cells] = field(default_factory=list)

    def add(self, plane: Floats, oval: tuple[float, float, float, float]) -> None:
        """Take what a frame's luma shows in an oval's box: its middle and half-axes, px."""
        view = _view(plane, oval)
        self.one = view if self.one is None else self.one
        self.total += view
        self.count += 1
        cx, cy, rx, ry = oval
        left, top = max(0, round(cx - rx * 0.7)), max(0, round(cy - ry * 0.7))
        part = plane[top : max(0, round(cy + ry * 0.7)), left : max(0, round(cx + rx * 0.7))]
        grid = find_grid(part) if min(part.shape) > 3 * CELLS else None
        if grid is None:
            return
        ax, ay = SIDE / (2 * rx), SIDE / (2 * ry)
        place = np.array([ax, (left - cx + rx) * ax, ay, (top - cy + ry) * ay], np.float32)
        self.means.append(cells_of(part, grid, place, corner=False))
        self.samples.append(cells_of(part, grid, place, corner=True))


class _Head:
    """One head's face so far, the film's views of it, and the control's."""

    def __init__(self, at: int) -> None:
        self.first = self.end = at
        self.face = np.zeros((SIDE, SIDE), np.float32)
        self.count = 0
        self.film, self.mosaic = Views(), Views()
        self.refused = 0

    def look(self, original: Floats, film: Floats, oval: tuple[float, float, float, float]) -> bool:
        """Take a frame where its face is in the attitude of those before; return whether it is."""
        if self.count:
            moved = _aligned(np.asarray(self.face / self.count, np.float32), original, oval)
            if moved is None:
                self.refused += 1
                return False
            oval = moved
        self.face += _view(original, oval)
        self.count += 1
        self.film.add(film, oval)
        self.mosaic.add(_moving_mosaic(original, oval, self.count), oval)
        return True


class Moving:
    """Looks at one frame after another; memory is that of a few hundred small pictures.

    Args:
        plan: who is hidden where.
    """

    def __init__(self, plan: Plan) -> None:
        self._masks = _largest(plan.masks)
        self._heads: dict[str, _Head] = {}

    def look(self, original: OriginalFrame, film: OriginalFrame) -> None:
        """Take what a frame of the clip and of the film show of the largest heads."""
        at = original.index
        if at % EVERY or original.corrupt:
            return
        for mask in self._masks:
            if not mask.first <= at < mask.end:
                continue
            shape, head = shape_at(mask.keys, at), self._heads.get(mask.track)
            if not isinstance(shape, Ellipse) or (head and head.count >= MOST):
                continue
            if min(shape.rx, shape.ry) < CELLS * SUBPIXEL:
                continue
            box = _near(shape, original)
            if min(box.height, box.width) < 3 * CELLS:
                continue
            if head is None or (head.count < FEWEST and head.refused >= PATIENCE):
                head = self._heads[mask.track] = _Head(at)
            oval = (shape.cx / SUBPIXEL - box.x0, shape.cy / SUBPIXEL - box.y0)
            half = (shape.rx / SUBPIXEL, shape.ry / SUBPIXEL)
            if head.look(_luma(original, box), _luma(film, box), (*oval, *half)):
                head.end = at + 1

    def result(self) -> tuple[Rebuilt, ...]:
        """Return what could be rebuilt of each head that was seen often enough."""
        heads = sorted(self._heads.items())
        return tuple(_rebuilt(track, head) for track, head in heads if head.count >= FEWEST)


def _largest(masks: Iterable[Mask]) -> list[Mask]:
    """Return the masks of the heads that take most room in the film, over all their frames."""
    room: dict[str, int] = {}
    rows = [mask for mask in masks if isinstance(mask.keys[0].shape, Ellipse) and mask.track]
    for mask in rows:
        oval = mask.keys[0].shape
        if isinstance(oval, Ellipse):
            taken = (mask.end - mask.first) * oval.rx * oval.ry
            room[mask.track] = room.get(mask.track, 0) + taken
    kept = sorted(room, key=lambda track: (-room[track], track))[:TRACKS]
    return [mask for mask in rows if mask.track in kept]


def _near(oval: Ellipse, frame: OriginalFrame) -> Box:
    """Return the part of a frame that holds an oval's box, and half as much around it."""
    left, right = ((oval.cx + n * 3 * oval.rx // 2) // SUBPIXEL for n in (-1, 1))
    top, bottom = ((oval.cy + n * 3 * oval.ry // 2) // SUBPIXEL for n in (-1, 1))
    return Box(left, top, right + 1, bottom + 1).clip(frame.width, frame.height)


def _luma(frame: OriginalFrame, box: Box) -> Floats:
    """Return a box's luma, levels of 8 bits."""
    scale = np.float32(1 / (1 << (frame.layout.depth - 8)))
    part = frame.planes[0][box.y0 : box.y1, box.x0 : box.x1]
    return np.asarray(part, np.float32) * scale


def _view(plane: Floats, oval: tuple[float, float, float, float]) -> Floats:
    """Return what an oval's box shows, brought to the canvas."""
    cx, cy, rx, ry = oval
    left, top = max(0, int(cx - rx) - 2), max(0, int(cy - ry) - 2)
    part = plane[top : max(top + 1, int(cy + ry) + 3), left : max(left + 1, int(cx + rx) + 3)]
    soft = (max(1, round(2 * rx / SIDE)), max(1, round(2 * ry / SIDE)))
    if not part.size:
        return np.zeros((SIDE, SIDE), np.float32)
    seen = cv2.blur(part, soft) if max(soft) > 1 else part
    place = np.array([[2 * rx / SIDE, 0, cx - rx - left], [0, 2 * ry / SIDE, cy - ry - top]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    drawn = cv2.warpAffine(seen, place, (SIDE, SIDE), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(drawn, np.float32)


WINDOW = np.outer(np.hanning(SIDE), np.hanning(SIDE)).astype(np.float32)


def _aligned(
    face: Floats, original: Floats, oval: tuple[float, float, float, float]
) -> tuple[float, float, float, float] | None:
    """Return the oval moved so that the face lies as before; None where it does not."""
    wanted = fine(face)
    (dx, dy), _ = cv2.phaseCorrelate(wanted, fine(_view(original, oval)), WINDOW)
    if max(abs(dx), abs(dy)) > RIM:
        return None
    cx, cy, rx, ry = oval
    moved = (cx + dx * 2 * rx / SIDE, cy + dy * 2 * ry / SIDE, rx, ry)
    seen = fine(_view(original, moved))
    return moved if likeness(seen, wanted, slack=2) >= ALIKE else None


def _moving_mosaic(plane: Floats, oval: tuple[float, float, float, float], turn: int) -> Floats:
    """Return a frame with a mosaic over an oval's box, whose grid lies elsewhere at each turn."""
    cx, cy, rx, ry = oval
    left, top = max(0, int(cx - rx * 1.2)), max(0, int(cy - ry * 1.2))
    box = np.s_[top : max(0, int(cy + ry * 1.2)), left : max(0, int(cx + rx * 1.2))]
    side = max(6, round(2 * min(rx, ry) / CELLS))
    shift = (turn * 7919 % side, turn * 104729 % side)
    out = plane.copy()
    if out[box].size:
        out[box] = mosaic_of(np.clip(np.rint(plane[box]), 0, 255).astype(np.uint8), side, shift)
    return out


def fine(picture: Floats) -> Floats:
    """Return a canvas without what is coarser than a tenth of the head, and without noise."""
    calm = cv2.GaussianBlur(picture, (0, 0), 1.2)
    return np.asarray(calm - cv2.GaussianBlur(picture, (0, 0), 4.2), np.float32)


def likeness(seen: Floats, face: Floats, slack: int = SLACK) -> float:
    """Return the highest correlation of two canvases' middles over shifts of slack px."""
    inner = np.ascontiguousarray(
        seen[RIM - slack : SIDE - RIM + slack, RIM - slack :][:, : SIDE - 2 * RIM + 2 * slack]
    )
    part = np.ascontiguousarray(face[RIM:-RIM, RIM:-RIM])
    if min(float(inner.std()), float(part.std())) < 1e-3:
        return 0.0
    return float(cv2.matchTemplate(inner, part, cv2.TM_CCOEFF_NORMED).max())


def rebuild(views: Views) -> list[Floats]:
    """Return what the views give: their mean, and what a mosaic's cells are solved to."""
    found: list[Floats] = [np.asarray(views.total / max(1, views.count), np.float32)]
    for kind in (views.means, views.samples):
        if kind and 2 * len(kind) >= views.count:
            rows = Cells(
                np.concatenate([c.areas for c in kind]), np.concatenate([c.levels for c in kind])
            )
            found.append(solve(rows, SIDE))
    return found


def first_of(views: Views) -> Views:
    """Return the first view alone."""
    one = views.one if views.one is not None else views.total
    return Views(one, 1, one, views.means[:1], views.samples[:1])


def _best(views: Views, face: Floats) -> float:
    return max(likeness(fine(picture), face) for picture in rebuild(views))


def _rebuilt(track: str, head: _Head) -> Rebuilt:
    face = fine(np.asarray(head.face / head.count, np.float32))
    chance = np.random.default_rng(head.count)
    others = [_other_phases(face, chance) for _ in range(CHANCES)]
    pictures = [fine(picture) for picture in rebuild(head.film)]
    return Rebuilt(
        track,
        head.first,
        head.end,
        head.count,
        max(likeness(picture, face) for picture in pictures),
        _best(first_of(head.film), face),
        max(likeness(picture, other) for picture in pictures for other in others),
        _best(head.mosaic, face),
        _best(first_of(head.mosaic), face),
    )


def _other_phases(face: Floats, chance: np.random.Generator) -> Floats:
    """Return a picture with the face's spectrum and another's phases."""
    spectrum = np.abs(np.fft.rfft2(face))
    phases = np.angle(np.fft.rfft2(chance.normal(size=face.shape)))
    return np.asarray(np.fft.irfft2(spectrum * np.exp(1j * phases), s=face.shape), np.float32)


def merge(parts: Iterable[tuple[Rebuilt, ...]]) -> tuple[Rebuilt, ...]:
    """Return what several ranges of one film gave: of each head the range that tells most."""
    best: dict[str, Rebuilt] = {}
    for row in (row for part in parts for row in part):
        kept = best.get(row.track)
        if kept is None or _weight(row) > _weight(kept):
            best[row.track] = row
    return tuple(best[track] for track in sorted(best))


def _weight(row: Rebuilt) -> tuple[bool, int]:
    return row.found >= BAR, row.frames


def build_attack(rows: tuple[Rebuilt, ...]) -> Attack:
    """Return attack 6 with its result."""
    spots = tuple(Spot(row.first, row.end, _words(row)) for row in rows if row.found >= BAR)
    control = _control(rows)
    return Attack(
        name="many frames",
        title=say("Can a hidden face be put together again from many frames?"),
        result="leak" if spots else ("not run" if control.held is False else "none found"),
        figure=said_list("; ", map(_figure, rows)) if rows else say(NONE),
        control=control,
        spots=spots,
    )


NONE = msgid("no head is hidden by an oval in one attitude for long enough to try")


def _words(row: Rebuilt) -> str:
    return say(
        "the face of {track} can be put together again from {frames} frames: its mask is a "
        "function of the face",
        track=row.track,
        frames=row.frames,
    )


def _figure(row: Rebuilt) -> str:
    return say(
        "{track}: {frames} frames together follow the face with a correlation of {found:.2f}, one "
        "of them with {single:.2f} (chance reaches {chance:.2f}; a face is put together from "
        "{bar:.2f})",
        track=row.track,
        frames=row.frames,
        found=row.found,
        single=row.single,
        chance=row.chance,
        bar=BAR,
    )


def _control(rows: tuple[Rebuilt, ...]) -> Control:
    if not rows:
        return Control(None, say(NONE))
    best = max(rows, key=lambda row: row.control)
    words = say(
        "a moving mosaic over the same face was solved: correlation {found:.2f} from all its "
        "frames, {single:.2f} from one",
        found=best.control,
        single=best.control_single,
    )
    return Control(best.control >= BAR, words)
