"""Does a film of any tool's making still follow the faces of its clip, as blur and mosaic do?

The attacker has the clip. Where HOG sees a face in it, three questions are asked of the film:

* as it is: the film's place, in 8 x 8 squares, against the clip's (half opacity, a fine mosaic);
* blurred: is the film's place what a box blur of the clip, of any of BLURS' sizes, has there, in
  level and in shape?
* in blocks: has the film flat blocks there, each of the colour of the clip's place?

Light from one side is in a fill too, so slopes are taken away on both sides. Measured on four
clips (docs/audit.md): the outputs of `deface` with its blur and its mosaic follow, a solid tone and
safehouse's looks do not. Positive control: the clip follows itself.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from safehouse.audit.case import FindFaces
from safehouse.audit.detectors import find_hog
from safehouse.media.reader import read_range
from safehouse.model.box import Box
from safehouse.model.clip import Clip, VideoStream
from safehouse.model.frame import OriginalFrame
from safehouse.model.plan import Chunk
from safehouse.model.report import Attack, Control, Spot
from safehouse.model.words import Said, say

__all__ = ["FOLLOWS", "GAIN", "attack_following", "follows", "in_blocks", "like_a_blur", "verdict"]

U8 = NDArray[np.uint8]
F64 = NDArray[np.float64]

EVERY, AGAIN = 5, 25
"""The clip's faces are looked for in one frame of so many, by HOG and by the finder."""

SURE = 0.5
"""Score from which a face of the finder's counts."""

SIDE = 8
"""Squares on a side, in which a face is compared as it is."""

FOLLOWS = 0.75
"""Correlation above this: the picture is a function of the face. Of 400 smooth fills by chance the
nearest had 0.72, with a median under 0.3."""

GAIN = 0.1
"""Least share of the face's own contrast; below it is nothing but the codec's noise."""

BLURS = (0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85)
"""Edges of the box blurs that are tried, in widths of the face; `deface` has about 0.65."""

MIDDLE, GRID, FAINT = 0.35, 16, 2.0
"""How far from its middle a face is compared with a blur, in its size; in so many squares a side;
and the least contrast of the blurred face, levels of 8 bits."""

SHAPE, LEVEL = 0.6, 0.2
"""Share of the blurred face's shape that the film must have, and of its shape and level together.
Measured: deface's blur 0.77 to 0.91 and 0.10 to 0.78 (medians), ours at most 0.70 and -0.02."""

FLAT, BLOCKS, SMALLEST, LARGEST = 3, 6, 12, 0.25
"""Steps between neighbours below which a place is flat, levels; least number of flat blocks; and
the px of the smallest, and share of the face of the largest that counts."""

TILED, COVERED = 0.5, 0.3
"""Share of the blocks' shape that the clip's must explain, and share of the face that they fill.
Measured: deface's mosaic 0.74 to 0.81 (medians) over 0.6 of the face; ours has no blocks."""

STRETCHED = 0.06
"""Share by which a scaled film's shape may differ: some tools round sizes up to 16 px."""

TITLE = say("Where the clip shows a face, does the picture still follow it?")


class Verdict(NamedTuple):
    """Whether a film's place follows a face, how closely (1: it is a function of it), and how."""

    follows: bool
    amount: float
    how: Said


def follows(film: U8, original: U8) -> tuple[float, float]:
    """Return how a part of the film follows the same part of the clip: correlation and gain.

    Both are brought to SIDE x SIDE squares, and their slope is taken away.
    """
    ours, theirs = (_level(_small(part, SIDE)) for part in (film, original))
    power = float((theirs * theirs).sum())
    if power < SIDE * SIDE:
        return 0.0, 0.0
    gain = float((ours * theirs).sum()) / power
    size = float(np.sqrt((ours * ours).sum() * power))
    return (float((ours * theirs).sum()) / size if size > 1e-6 else 0.0), gain


def like_a_blur(film: U8, clip: U8, face: Box) -> tuple[float, float]:
    """Return how well a blur of the clip explains the film at a face: in shape, and in level too.

    Args:
        film: luma of the film's frame, shape (h, w), of the clip's size.
        clip: luma of the clip's.
        face: where the face is, px.
    """
    best = (0.0, 0.0)
    reach = max(face.width, face.height)
    near = face.grow(reach, reach).clip(clip.shape[1], clip.shape[0])
    own = clip[near.y0 : near.y1, near.x0 : near.x1].astype(np.float32)
    middle = _middle(face).clip(clip.shape[1], clip.shape[0])
    if not middle.area:
        return best
    place = _slices(middle, near)
    ours = _small(film[near.y0 : near.y1, near.x0 : near.x1][place], GRID)
    for size in BLURS:
        kernel = (max(1, round(size * face.width)), max(1, round(size * face.height)))
        theirs = _small(np.asarray(cv2.blur(own, kernel), np.float32)[place], GRID)
        shape = _level(theirs)
        power = float((shape * shape).mean())
        if power < FAINT * FAINT:
            continue
        alike = 1 - float(((_level(ours) - shape) ** 2).mean()) / power
        level = 1 - float(((ours - theirs) ** 2).mean()) / power
        best = max(best, (alike, level))
    return best


def in_blocks(film: U8, clip: U8) -> tuple[float, float]:
    """Return how well the clip explains the flat blocks of a film's face, and their share of it.

    Args:
        film: luma of the film at the face, shape (h, w).
        clip: luma of the clip there; a block's tone may be its mean there, or its corner's.
    """
    own = film.astype(np.float32)
    steps = [np.abs(np.diff(own, axis=axis, prepend=own.take([0], axis))) for axis in (0, 1)]
    flat = ((steps[0] < FLAT) & (steps[1] < FLAT)).astype(np.uint8)
    flat = np.asarray(cv2.erode(flat, np.ones((3, 3), np.uint8)), np.uint8)
    count, marks, facts, middles = cv2.connectedComponentsWithStats(flat, connectivity=4)
    sizes = facts[:, cv2.CC_STAT_AREA]
    kept = [n for n in range(1, count) if SMALLEST <= sizes[n] < LARGEST * film.size]
    if len(kept) < BLOCKS:
        return 0.0, 0.0
    weights = sizes[kept].astype(np.float64)
    ours = np.array([own[marks == n].mean() for n in kept], np.float64)
    places = np.asarray(middles[kept], np.float64)
    best = 0.0
    for tone in (_mean_of, _corner_of):
        theirs = np.array([tone(clip, facts[n]) for n in kept])
        one, two = (_unsloped(row, places, weights) for row in (ours, theirs))
        power = float((weights * two * two).sum())
        if power > FAINT * FAINT * weights.sum():
            best = max(best, 1 - float((weights * (one - two) ** 2).sum()) / power)
    return best, float(weights.sum()) / film.size


def verdict(film: U8, clip: U8, face: Box) -> Verdict:
    """Return whether the film follows a face of the clip; both are luma of whole frames."""
    place = (slice(face.y0, face.y1), slice(face.x0, face.x1))
    alike, gain = follows(film[place], clip[place])
    shape, level = like_a_blur(film, clip, face)
    tiles, share = in_blocks(film[place], clip[place])
    if gain < GAIN:
        alike = 0.0
    if share < COVERED:
        tiles = 0.0
    rows = (
        Verdict(alike > FOLLOWS, alike, say("as it is, at {gain:.0%} of its contrast", gain=gain)),
        Verdict(shape > SHAPE and level > LEVEL, min(shape, level), say("as a blur of it does")),
        Verdict(tiles > TILED, tiles, say("as a mosaic of it does")),
    )
    return max(rows, key=lambda row: (row.follows, row.amount))


def attack_following(
    ours: tuple[Path, Clip], theirs: tuple[Path, Clip], find: FindFaces | None = None
) -> Attack:
    """Return the attack: the film against the clip, where a detector finds a face in the clip.

    Args:
        ours: the film.
        theirs: the clip.
        find: the detector that finds people, for frames of the clip; None is HOG alone.
    """
    one, two = ours[1].video, theirs[1].video
    if one is None or two is None or not _alike_in_shape(one, two):
        words = say("the film has another shape than the clip")
        control = Control(None, say("not tried"))
        return Attack(
            name="following", title=TITLE, result="not run", figure=words, control=control
        )
    count = min(one.times.count, two.times.count)
    faces, most = 0, 0.0
    spots: list[Spot] = []
    for shown, bare in _pairs(ours, theirs, count):
        film, clip = _luma(shown, like=bare), _luma(bare)
        for face in _faces_in(bare, clip, find):
            faces += 1
            found = verdict(film, clip, face)
            most = max(most, found.amount)
            if found.follows:
                words = say(
                    "the picture follows a face of the clip {how} ({amount:.2f})",
                    how=found.how,
                    amount=found.amount,
                )
                spots.append(Spot(bare.index, bare.index + 1, words))
    whole = one.times.count == two.times.count
    return _attack(faces, count, most, tuple(spots), whole=whole)


def _attack(faces: int, count: int, most: float, spots: tuple[Spot, ...], *, whole: bool) -> Attack:
    return Attack(
        name="following",
        title=TITLE,
        result="leak" if spots else ("none found" if whole else "not run"),
        figure=say(
            "{faces} faces of the clip in one frame of {every}, of {count}: the film follows "
            "{found} of them, as they are, blurred, or in blocks ({most:.2f} at most)",
            faces=faces,
            every=EVERY,
            count=count,
            found=len(spots),
            most=most,
        ),
        control=Control(
            True if faces else None,
            say("the clip follows itself with 1.00")
            if faces
            else say("no face is found in the clip"),
        ),
        spots=spots,
    )


def _pairs(
    ours: tuple[Path, Clip], theirs: tuple[Path, Clip], count: int
) -> Iterator[tuple[OriginalFrame, OriginalFrame]]:
    """Yield every EVERY-th frame of film and clip, by their numbers."""
    for shown, bare in zip(_frames(*ours, count), _frames(*theirs, count), strict=False):
        if bare.index % EVERY == 0:
            yield shown, bare


def _frames(path: Path, clip: Clip, count: int) -> Iterator[OriginalFrame]:
    if clip.video is not None:
        yield from read_range(path, clip.video, Chunk(0, count, 0))


def _faces_in(frame: OriginalFrame, luma: U8, find: FindFaces | None) -> list[Box]:
    height, width = luma.shape
    whole = Box(0, 0, width, height)
    scale = min(2.0, (1_000_000 / max(1, whole.area)) ** 0.5)
    found = [face.box for face in find_hog(luma, whole, scale, 0)]
    more = find(frame) if find and frame.index % AGAIN == 0 else []
    for hit in sorted(more, key=lambda hit: -hit.score):
        if hit.score >= SURE and all(2 * hit.box.intersect(b).area < hit.box.area for b in found):
            found.append(hit.box)
    clipped = [box.clip(width, height) for box in found]
    return [box for box in clipped if box.area >= SIDE * SIDE]


def _luma(frame: OriginalFrame, like: OriginalFrame | None = None) -> U8:
    """Return luma in 8 bits, at the size of another frame."""
    luma = np.ascontiguousarray(frame.planes[0] >> (frame.layout.depth - 8), np.uint8)
    if like is None or luma.shape == like.planes[0].shape:
        return luma
    size = (like.width, like.height)
    return np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def _alike_in_shape(one: VideoStream, two: VideoStream) -> bool:
    """Return whether one picture is the other, at the same size or scaled."""
    return abs(one.width * two.height / (one.height * two.width) - 1) <= STRETCHED


def _middle(face: Box) -> Box:
    x, y = (face.x0 + face.x1) / 2, (face.y0 + face.y1) / 2
    dx, dy = MIDDLE * face.width, MIDDLE * face.height
    return Box(int(x - dx), int(y - dy), int(x + dx), int(y + dy))


def _slices(part: Box, near: Box) -> tuple[slice, slice]:
    rows = slice(part.y0 - near.y0, part.y1 - near.y0)
    return rows, slice(part.x0 - near.x0, part.x1 - near.x0)


def _small(part: NDArray[np.uint8] | NDArray[np.float32], side: int) -> F64:
    size = (side, side)
    return np.asarray(cv2.resize(part.astype(np.float64), size, interpolation=cv2.INTER_AREA))


def _level(squares: F64) -> F64:
    """Return squares without their mean and slope."""
    y, x = np.mgrid[: squares.shape[0], : squares.shape[1]]
    places = np.stack([x.ravel(), y.ravel()], axis=1)
    return _unsloped(squares.ravel(), places, np.ones(squares.size)).reshape(squares.shape)


def _unsloped(values: F64, places: NDArray[np.float64], weights: F64) -> F64:
    """Return values at places (n, 2) without their weighted mean and slope."""
    plane = np.column_stack([np.ones(len(values)), places])
    root = np.sqrt(weights)
    fitted, *_ = np.linalg.lstsq(plane * root[:, None], values * root, rcond=None)
    return np.asarray(values - plane @ fitted)


def _mean_of(clip: U8, fact: NDArray[np.int32]) -> float:
    x, y, wide, tall = (int(v) for v in fact[:4])
    return float(clip[max(0, y - 2) : y + tall + 2, max(0, x - 2) : x + wide + 2].mean())


def _corner_of(clip: U8, fact: NDArray[np.int32]) -> float:
    return float(clip[max(0, int(fact[1]) - 2), max(0, int(fact[0]) - 2)])
