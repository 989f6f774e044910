"""Attack 1, coverage: each planned mask is in the picture, full size, in every frame.

The film's decoded frames are held against the original and against the frame rendered again. What
the plan hides is drawn here by the audit's own code, so a mask that was computed and not applied,
too small, moved, late, half transparent or without its chroma shows as a share of the original
(`measure`). Outside the masks nothing may differ beyond the codec; under `camera_privacy`, beyond a
median of 3 x 3 samples (`soft`) and the codec.
"""

import numpy as np

from safehouse.audit.covered import GAP, Checked, Find, build_attack, join_finds, merge
from safehouse.audit.draw import Bits, chroma_bits, hidden_bits, mask_places
from safehouse.audit.measure import (
    OPEN_SHARE,
    SPILL,
    Planes,
    Through,
    block_gap,
    deep_bits,
    has_bare_run,
    through,
)
from safehouse.audit.soft import beside_bits, median_of
from safehouse.media.planes import widen
from safehouse.model.box import Box
from safehouse.model.frame import OriginalFrame, Plane, PlaneLayout, ProtectedFrame
from safehouse.model.plan import Plan

__all__ = ["Checked", "Coverage", "Find", "build_attack", "merge"]

MASK_SHARE, MASK_CONTRAST, MASK_COUNT = 0.3, 4.0, 256
"""One frame of a mask with this share of the original, contrast in levels of 8 bits over the means
of tiles, and number of samples, is open. Clean films stay below 0.17."""

WINDOW, FAINT_SHARE, FAINT_COUNT = 8, 0.18, 2048
"""Over WINDOW frames together a fainter share is seen: a ghost of a quarter gives 0.25."""

CONTROL_EVERY = 25
"""Frames from one positive control to the next."""


Place = tuple[str, Box, Bits]
"""A mask's id, its box in the frame, and its pixels in that box."""


class Coverage:
    """Looks at one frame after another; memory does not grow with the film's length.

    Args:
        plan: who is hidden where.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._frames = self._masks = self._alike = self._tried = self._seen = 0
        self._share = self._gap = 0.0
        self._finds: list[Find] = []
        self._window: dict[tuple[str, bool], list[float]] = {}
        self._window_at = -1

    def look(self, original: OriginalFrame, again: ProtectedFrame, film: OriginalFrame) -> None:
        """Hold a frame of the film against the original and the frame rendered again."""
        self._frames += 1
        at = original.index
        if at // WINDOW != self._window_at:
            self._end_window()
            self._window_at = at // WINDOW
        hidden = hidden_bits(self._plan, at, corrupt=original.corrupt)
        places = self._places(at, hidden, original.corrupt)
        self._look_at_render(original, again, hidden, places)
        wanted = widen(again.planes, original.layout, film.layout)
        shown = widen(original.planes, original.layout, film.layout)
        self._look_at_blocks(film, wanted, hidden)
        for place in places:
            self._look_through((film, wanted, shown), hidden, place)

    def result(self) -> Checked:
        """Return everything seen so far."""
        self._end_window()
        return Checked(
            self._frames,
            self._masks,
            self._alike,
            self._share,
            self._gap,
            self._tried,
            self._seen,
            join_finds(self._finds),
        )

    def _find(self, at: int, mask: str, kind: str, amount: float) -> None:
        self._finds.append(Find(at, at + 1, mask, kind, amount))
        if len(self._finds) > 1000:
            self._finds = list(join_finds(self._finds))

    def _look_at_render(
        self, original: OriginalFrame, again: ProtectedFrame, hidden: Bits, places: list[Place]
    ) -> None:
        """Find samples that rendering changed outside the masks, or left under them."""
        kinds = _plane_bits(hidden, original.layout, original.interlaced)
        for n, (old, new) in enumerate(zip(original.planes, again.planes, strict=True)):
            kept, free = old, kinds[n > 0]
            if self._plan.camera_privacy:
                kept = median_of(old, interlaced=original.interlaced)
                free = beside_bits(free, interlaced=original.interlaced)
            if kept is not new and np.greater(kept != new, free).any():
                self._find(original.index, "", "changed outside", 1.0)
        for mask, box, _ in places:
            for numbers in _alike_planes(original.layout):
                part = _plane_slice(box, original.layout, numbers[0])
                fill, own = ([p.planes[n][part] for n in numbers] for p in (again, original))
                if has_bare_run(fill, own, kinds[numbers[0] > 0][part]):
                    self._find(original.index, mask, "left bare", 1.0)

    def _look_at_blocks(self, film: OriginalFrame, wanted: tuple[Plane, ...], hidden: Bits) -> None:
        """Find blocks of the film that are not what was rendered."""
        for n, plane in enumerate(wanted):
            gap = block_gap(film.planes[n], plane, film.layout.depth)
            worst = float(gap.max(initial=0.0))
            if worst < GAP:
                self._gap = max(self._gap, worst)
                continue
            bits = _plane_bits(hidden, film.layout, film.interlaced)[n > 0]
            inside = block_gap(
                bits.astype(np.uint8) * np.uint8(255), np.zeros_like(bits, np.uint8), 8
            )
            under = bool(((gap >= GAP) & (inside > 0)).any())
            beside = bool(((gap >= GAP) & (inside == 0)).any())
            for kind, is_so in (("another fill", under), ("another picture", beside)):
                if is_so:
                    self._find(film.index, "", kind, worst)

    def _places(self, at: int, hidden: Bits, corrupt: bool) -> list[Place]:
        """Return the masks of a frame; one for the whole frame where that is what is hidden."""
        if corrupt or self._plan.mode == "reveal-only":
            whole = Box(0, 0, hidden.shape[1], hidden.shape[0])
            return [("", whole, hidden)] if hidden.any() else []
        return mask_places(self._plan, at)

    def _look_through(
        self,
        pictures: tuple[OriginalFrame, tuple[Plane, ...], tuple[Plane, ...]],
        hidden: Bits,
        place: Place,
    ) -> None:
        """Find the original under one mask of a frame."""
        film, wanted, shown = pictures
        mask, box, bits = place
        layout, at = film.layout, film.index
        deep = _deep_kinds(hidden, box, layout, film.interlaced)
        self._masks += 1
        can_tell = False
        for numbers in _alike_planes(layout):
            part = _plane_slice(box, layout, numbers[0])
            mine = _own_bits(bits, box, layout, numbers[0]) & deep[numbers[0] > 0]
            f, e, o = ([p[n][part] for n in numbers] for p in (film.planes, wanted, shown))
            found = through(f, e, o, mine, layout.depth)
            for n, seen in zip(numbers, found, strict=True):
                self._judge(at, mask, n, seen)
            can_tell |= any(map(_can_tell, found))
            if at % CONTROL_EVERY == 0:
                again = through(_put_back(f, e, o), e, o, mine, layout.depth)
                tried = [back for back, seen in zip(again, found, strict=True) if _can_tell(seen)]
                self._tried += len(tried)
                self._seen += sum(map(_is_open, tried))
        self._alike += not can_tell

    def _judge(self, at: int, mask: str, plane: int, seen: Through) -> None:
        """Keep what one plane of one mask shows."""
        if _is_open(seen):
            kind = "open" if plane == 0 else "colour open"
            self._find(at, mask, kind, max(seen.shown, seen.share))
        else:
            self._share = max(self._share, seen.shown)
        sums = self._window.setdefault((mask, plane > 0), [0.0, 0.0, 0.0])
        for n, value in enumerate((seen.along, seen.energy, seen.count)):
            sums[n] += value

    def _end_window(self) -> None:
        """Find masks through which something faint shows over all frames of a window."""
        first = self._window_at * WINDOW
        for (mask, colour), (along, energy, count) in self._window.items():
            clear = count >= FAINT_COUNT and energy >= MASK_CONTRAST**2 * count
            if clear and along >= FAINT_SHARE * energy:
                kind = "colour faint" if colour else "faint"
                self._finds.append(Find(first, first + WINDOW, mask, kind, along / energy))
        self._window.clear()


def _put_back(film: Planes, fill: Planes, original: Planes) -> list[Plane]:
    """Return the film with the original in place of the fill, the codec's noise kept."""
    wide = [f.astype(np.int32) + o - e for f, e, o in zip(film, fill, original, strict=True)]
    if film[0].dtype == np.uint8:
        return [np.clip(plane, 0, 255).astype(np.uint8) for plane in wide]
    return [np.clip(plane, 0, 65535).astype(np.uint16) for plane in wide]


def _alike_planes(layout: PlaneLayout) -> tuple[tuple[int, ...], ...]:
    """Return the numbers of planes with the same samples hidden, together."""
    return ((0,), (1, 2)) if layout.plane_count > 1 else ((0,),)


def _is_open(seen: Through) -> bool:
    whole = seen.count >= MASK_COUNT and seen.contrast >= MASK_CONTRAST
    return (bool(seen.kind) and seen.shown >= OPEN_SHARE) or (whole and seen.share >= MASK_SHARE)


def _can_tell(seen: Through) -> bool:
    return bool(seen.kind) or (seen.count >= MASK_COUNT and seen.contrast >= MASK_CONTRAST)


def _plane_bits(hidden: Bits, layout: PlaneLayout, interlaced: bool) -> tuple[Bits, Bits]:
    """Return the hidden samples of the first plane, and those of the others."""
    if layout.kind == "gray":
        return hidden, hidden
    return hidden, chroma_bits(hidden, layout.shift_x, layout.shift_y, interlaced=interlaced)


def _plane_slice(box: Box, layout: PlaneLayout, plane: int) -> tuple[slice, slice]:
    """Return the rows and columns of a plane that a box of whole pixels touches."""
    sx, sy = (layout.shift_x, layout.shift_y) if plane else (0, 0)
    return slice(box.y0 >> sy, -(-box.y1 >> sy)), slice(box.x0 >> sx, -(-box.x1 >> sx))


def _deep_kinds(hidden: Bits, box: Box, layout: PlaneLayout, interlaced: bool) -> tuple[Bits, Bits]:
    """Return the deep samples of the first plane, and of the others, in their slices of a box."""
    height, width = hidden.shape
    step_x, step_y = 1 << layout.shift_x, 2 << layout.shift_y
    even = Box(
        box.x0 // step_x * step_x,
        box.y0 // step_y * step_y,
        -(-box.x1 // step_x) * step_x,
        -(-box.y1 // step_y) * step_y,
    ).clip(width, height)
    near = even.grow(SPILL, SPILL).clip(width, height)
    core = deep_bits(hidden[near.y0 : near.y1, near.x0 : near.x1])
    core = core[even.y0 - near.y0 : even.y1 - near.y0, even.x0 - near.x0 : even.x1 - near.x0]
    top, left = box.y0 - even.y0, box.x0 - even.x0
    luma = core[top : top + box.height, left : left + box.width]
    if layout.kind == "gray":
        return luma, luma
    rows, columns = _plane_slice(box, layout, 1)
    top, left = (
        rows.start - (even.y0 >> layout.shift_y),
        columns.start - (even.x0 >> layout.shift_x),
    )
    chroma = ~_plane_bits(~core, layout, interlaced)[1]
    return luma, chroma[
        top : top + rows.stop - rows.start, left : left + columns.stop - columns.start
    ]


def _own_bits(bits: Bits, box: Box, layout: PlaneLayout, plane: int) -> Bits:
    """Return a mask's samples in the slice of a plane, from its pixels in its box."""
    if plane == 0:
        return bits
    sx, sy = layout.shift_x, layout.shift_y
    top, left = box.y0 & ((1 << sy) - 1), box.x0 & ((1 << sx) - 1)
    grown = np.zeros((top + bits.shape[0], left + bits.shape[1]), np.bool_)
    grown[top:, left:] = bits
    return chroma_bits(grown, sx, sy)
