"""Attack 11, versions: what whoever also holds an earlier version of this film learns from both.

The attacker has this film and one that was delivered before, of the same clip. Where this one hides
a head that the earlier one shows, the two together say who was newly hidden, and show them. The
clip is at hand here, so it can be measured: under each mask of this film the earlier version is
held against the clip, over means of tiles, without what a smooth fill has too (a surface of the
third degree).

Positive control: the clip itself, coarsened as a poor copy would be, must be called an earlier
version that shows everybody. Negative control: this film, taken for an earlier version of itself,
shows nobody (tests). What differs outside the masks is counted, and is no leak: who may be shown is
decided elsewhere. When it fails: what was delivered can't be called back; hide other people too, so
that the new mask singles out nobody, or wait for a version that was planned anyway.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from safehouse.audit.covered import GAP, Find, join_finds
from safehouse.audit.draw import Bits, hidden_bits, mask_places
from safehouse.audit.measure import TILE, block_gap
from safehouse.audit.pairs import NotThePlans, film_frames
from safehouse.errors import SourceError
from safehouse.model.box import Box
from safehouse.model.frame import OriginalFrame
from safehouse.model.plan import Plan
from safehouse.model.report import Attack, Control, Spot
from safehouse.model.words import Said, msgid, said_list, say

__all__ = ["Alongside", "Compared", "Versions", "build_attack", "follows", "merge"]

SHOWN, ALIKE = 0.25, 0.8
"""Share of the clip's own detail, and correlation with it, from which a head is shown. Fills reach
0.17 and 0.75 (1,066 places of two real clips, each look against each), the clip gives 1 and 1."""

CONTRAST = 4.0
"""Least root mean square of that detail, levels of 8 bits; below it nothing can be told."""

ACROSS, TILES_LEAST = 12, 40
"""Tiles across a mask's shorter side, where they are not larger than TILE; and fewest in all."""

DEGREE = 3
"""Degree of the surface that is taken away."""

CORE = 4
"""The rim of a mask, one part in so many of its shorter side, is left out: it is no head's."""

CONTROL_EVERY = 25
"""Frames from one positive control to the next."""

COARSE = 4
"""How often the control's copy is scaled down."""

Floats = NDArray[np.float32]


class Compared(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an earlier version showed in a range of frames; `merge` joins ranges.

    Attributes:
        frames: frames that were held against each other.
        places: pairs of mask and frame.
        unclear: those of them in which nothing can be told.
        hidden_px, shown_px: pixels under all masks, and under those that the earlier one shows.
        outside: frames in which the picture outside the masks differs.
        revealed: those of them in which the earlier version hid what this one shows.
        tried, noticed: controls, and how many were called shown.
        finds: masks under which the earlier version shows somebody.
        fault: `length`, `size` or `unreadable` where the two can't be held against each other.
    """

    frames: int = 0
    places: int = 0
    unclear: int = 0
    hidden_px: int = 0
    shown_px: int = 0
    outside: int = 0
    revealed: int = 0
    tried: int = 0
    noticed: int = 0
    finds: tuple[Find, ...] = ()
    fault: str = ""


FAULTS = {
    "length": msgid("it has other frames, or at other times, than this film"),
    "size": msgid("its picture has another size than this film's"),
    "unreadable": msgid("it can't be decoded without an error"),
}
"""Why an earlier version could not be held against the film."""


class Versions:
    """Holds one earlier version against the film; memory does not grow with the film's length.

    Args:
        plan: who is hidden in the film.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._sums = Compared()
        self._finds: list[Find] = []

    def look(self, original: OriginalFrame, film: OriginalFrame, earlier: OriginalFrame) -> None:
        """Hold a frame of the earlier version against those of the film and of the clip."""
        ours, theirs, own = (_luma(frame) for frame in (film, earlier, original))
        if ours.shape != theirs.shape:
            self.stop("size")
            return
        at = original.index
        hidden = hidden_bits(self._plan, at, corrupt=original.corrupt)
        self._add(frames=1, **_outside((ours, theirs, own), hidden))
        for mask, box, bits in self._places(at, hidden, original.corrupt):
            self._look_under(theirs, own, (mask, box, bits), at)

    @property
    def frames(self) -> int:
        """How many frames were held against each other."""
        return self._sums.frames

    def stop(self, fault: str) -> None:
        """Remember why the two can't be held against each other."""
        self._sums = msgspec.structs.replace(self._sums, fault=fault)

    def result(self) -> Compared:
        """Return everything seen so far."""
        return msgspec.structs.replace(self._sums, finds=join_finds(self._finds))

    def _places(self, at: int, hidden: Bits, corrupt: bool) -> list[tuple[str, Box, Bits]]:
        if corrupt or self._plan.mode == "reveal-only":
            whole = Box(0, 0, hidden.shape[1], hidden.shape[0])
            return [("", whole, hidden)] if hidden.any() else []
        return mask_places(self._plan, at)

    def _look_under(
        self, theirs: Floats, own: Floats, place: tuple[str, Box, Bits], at: int
    ) -> None:
        mask, box, bits = place
        part = slice(box.y0, box.y1), slice(box.x0, box.x1)
        earlier, original = theirs[part], own[part]
        core, area = _core(bits), int(bits.sum())
        clear = follows(original, original, core).share > 0
        shown = clear and follows(earlier, original, core).is_shown
        self._add(places=1, unclear=int(not clear), hidden_px=area, shown_px=area if shown else 0)
        if clear and at % CONTROL_EVERY == 0:
            copied = follows(_poor(original), original, core)
            self._add(tried=1, noticed=int(copied.is_shown))
        if shown:
            self._finds.append(Find(at, at + 1, mask, "shown", 1.0))
            if len(self._finds) > 1000:
                self._finds = list(join_finds(self._finds))

    def _add(self, **more: int) -> None:
        """Add to the sums."""
        grown = {name: getattr(self._sums, name) + value for name, value in more.items()}
        self._sums = msgspec.structs.replace(self._sums, **grown)


class Alongside:
    """Takes an earlier version's frames from its file while the film's go by.

    Args:
        plan: who is hidden in the film.
        earlier: the file of the earlier version.
        first, end: the frames that will go by.
    """

    def __init__(self, plan: Plan, earlier: Path, first: int, end: int) -> None:
        self._held = Versions(plan)
        self._count = end - first
        self._going = plan.clip.video is not None
        self._frames: Iterator[OriginalFrame] = iter(())
        if plan.clip.video is not None:
            self._frames = film_frames(earlier, plan.clip.video, first, end)

    def look(self, original: OriginalFrame, film: OriginalFrame) -> None:
        """Hold the next frame of the earlier version against a frame of the film."""
        if not self._going:
            return
        try:
            earlier = next(self._frames, None)
        except (NotThePlans, SourceError) as error:
            kind = error.kind if isinstance(error, NotThePlans) else "unreadable"
            self._stop("length" if kind == "times" else "unreadable")
            return
        if earlier is None:
            self._stop("length")
        elif earlier.corrupt:
            self._stop("unreadable")
        else:
            self._held.look(original, film, earlier)

    def result(self) -> Compared:
        """Return everything seen so far; the file must be at its end by then."""
        if self._going and self._held.frames == self._count:
            try:
                if next(self._frames, None) is not None:
                    self._stop("length")
            except (NotThePlans, SourceError):
                self._stop("length")
        return self._held.result()

    def _stop(self, fault: str) -> None:
        self._going = False
        self._held.stop(fault)


class Follows(NamedTuple):
    """Share of the clip's detail that a version has, and their correlation.

    0 and 0: it has none, or nothing can be told.
    """

    share: float
    alike: float

    @property
    def is_shown(self) -> bool:
        """Whether the version shows what the film hides."""
        return self.share >= SHOWN and self.alike >= ALIKE


def follows(earlier: Floats, original: Floats, bits: Bits) -> Follows:
    """Return how much of the clip's detail a version has in a place, and how alike it is.

    Args:
        earlier: luma of the version in the place, shape (rows, columns), levels of 8 bits.
        original: the same of the clip.
        bits: the pixels that count, same shape.
    """
    tile = max(1, min(TILE, min(bits.shape) // ACROSS))
    known = _tiles(bits.astype(np.float32), tile)
    full = known >= 0.5
    if int(full.sum()) < TILES_LEAST:
        return Follows(0.0, 0.0)
    weight = np.maximum(known, 1e-6)
    shown, wanted = (
        _without_surface((_tiles(picture * bits, tile) / weight)[full], full)
        for picture in (earlier, original)
    )
    power, own = float((wanted * wanted).mean()), float((shown * shown).mean())
    if power < CONTRAST**2:
        return Follows(0.0, 0.0)
    cross = float((shown * wanted).mean())
    return Follows(cross / power, cross / (power * own) ** 0.5 if own > 1e-9 else 0.0)


def _tiles(values: Floats, tile: int) -> Floats:
    """Return the means of tiles; what is left at the right and below is left out."""
    rows, columns = values.shape[0] // tile, values.shape[1] // tile
    cut = values[: rows * tile, : columns * tile]
    return np.asarray(cut.reshape(rows, tile, columns, tile).mean(axis=(1, 3)), np.float32)


def _without_surface(values: NDArray[np.floating[Any]], full: Bits) -> NDArray[np.float64]:
    """Return values of the tiles that count, without the surface that fits them best."""
    y, x = (at / max(1, int(at.max())) - 0.5 for at in np.nonzero(full))
    terms = [x**i * y**j for i in range(DEGREE + 1) for j in range(DEGREE + 1 - i)]
    surface = np.stack(terms, axis=1)
    fitted, *_ = np.linalg.lstsq(surface, values.astype(np.float64), rcond=None)
    return np.asarray(values - surface @ fitted)


def _core(bits: Bits) -> Bits:
    """Return a mask's pixels without its rim, where that leaves any."""
    reach = min(bits.shape) // CORE // 2
    if reach < 1 or bits.all():
        return bits
    kernel = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    core = cv2.erode(bits.astype(np.uint8), kernel, borderValue=(0.0,)).astype(np.bool_)
    return core if core.any() else bits


def _poor(picture: Floats) -> Floats:
    """Return a picture as a poor copy has it: scaled down and up again."""
    height, width = picture.shape
    size = max(1, width // COARSE), max(1, height // COARSE)
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR))


def _luma(frame: OriginalFrame) -> Floats:
    scale = np.float32(2.0 ** (8 - frame.layout.depth))
    return np.asarray(frame.planes[0], np.float32) * scale


def _outside(pictures: tuple[Floats, Floats, Floats], hidden: Bits) -> dict[str, int]:
    """Return whether the versions differ outside the masks, and whether the earlier hid there."""
    ours, theirs, own = (np.clip(np.rint(p), 0, 255).astype(np.uint8) for p in pictures)
    covered = block_gap(hidden.astype(np.uint8) * np.uint8(255), np.zeros_like(ours), 8) > 0
    differs = (block_gap(ours, theirs, 8) >= GAP) & ~covered
    revealed = differs & (block_gap(ours, own, 8) < GAP)
    return {"outside": int(differs.any()), "revealed": int(revealed.any())}


def merge(parts: Iterable[Compared]) -> Compared:
    """Return what several ranges of one film saw together."""
    rows = list(parts)
    names = ("frames", "places", "unclear", "hidden_px", "shown_px", "outside", "revealed")
    sums = {n: sum(getattr(p, n) for p in rows) for n in (*names, "tried", "noticed")}
    return Compared(
        **sums,
        finds=join_finds(f for p in rows for f in p.finds),
        fault=next((p.fault for p in rows if p.fault), ""),
    )


def build_attack(compared: Iterable[Compared], plan: Plan) -> Attack:
    """Return the attack with its result, from what was seen of each earlier version, in order."""
    rows = list(compared)
    count = plan.clip.video.times.count if plan.clip.video else 0
    tracks = {mask.id: mask.track or mask.id for mask in plan.masks}
    spots = tuple(
        Spot(find.first, find.end, _words(find, number, tracks))
        for number, row in enumerate(rows, 1)
        for find in row.finds
    )
    whole = all(not row.fault and row.frames == count for row in rows)
    control = _control(rows)
    broken = not whole or control.held is False
    return Attack(
        name="versions",
        title=say("Does an earlier version show somebody whom this one hides?"),
        result="leak" if spots else ("not run" if broken else "none found"),
        figure=said_list("; ", (_figure(n, row) for n, row in enumerate(rows, 1))),
        control=control,
        spots=spots,
    )


def _words(find: Find, number: int, tracks: dict[str, str]) -> Said:
    who = tracks.get(find.mask) or say("what is hidden here")
    return say(
        "{who} is hidden in this film and shown in earlier version {number}: whoever holds both "
        "learns who was newly hidden, and sees them",
        who=who,
        number=number,
    )


def _figure(number: int, row: Compared) -> Said:
    if row.fault:
        why = say(FAULTS[row.fault])
        return say(
            "earlier version {number} could not be held against this film: {why}",
            number=number,
            why=why,
        )
    share = row.shown_px / row.hidden_px if row.hidden_px else 0.0
    shown = say(
        "earlier version {number}: {frames} frames, masks looked at {places} times; of what this "
        "film hides, the two together show {share:.1%}",
        number=number,
        frames=row.frames,
        places=row.places,
        share=share,
    )
    outside = say(
        "outside the masks they differ in {outside} frames, in {revealed} of them because the "
        "earlier one hid what this one shows",
        outside=row.outside,
        revealed=row.revealed,
    )
    unclear = say("at {n} masks nothing can be told", n=row.unclear)
    return said_list("; ", (shown, outside, unclear) if row.unclear else (shown, outside))


def _control(rows: list[Compared]) -> Control:
    tried, noticed = (sum(getattr(row, name) for row in rows) for name in ("tried", "noticed"))
    if not tried:
        return Control(None, say("no mask has anything under it that differs from its fill"))
    words = say(
        "the clip itself, as a poor copy, was taken for an earlier version {tried} times and "
        "called one that shows the head {noticed} times",
        tried=tried,
        noticed=noticed,
    )
    return Control(2 * noticed >= tried, words)
