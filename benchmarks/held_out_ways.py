"""Changes of a picture and of the boxes in it, for `held_out.py`."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import cos, hypot, radians, sin

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Box = list[float]


@dataclass(frozen=True)
class Way:
    """One change: of the picture, of a box in a picture of w x h px, and of the order of frames."""

    picture: Callable[[Picture], Picture] = lambda picture: picture
    box: Callable[[Box, int, int], Box] = lambda box, _w, _h: box
    order: Callable[[int], list[int]] = lambda count: list(range(count))
    crf: int = 8
    rate: int = 25
    takes: Callable[[int, int], bool] = lambda _w, _h: True


def mirrored(box: Box, w: int) -> Box:
    """Return a box as seen in a mirror."""
    return [w - box[2], box[1], w - box[0], box[3]]


def tilted(degrees: float) -> Way:
    """Return the way that turns pictures counter-clockwise about their middle, corners cut off.

    A box becomes the one around its turned oval.
    """
    c, s = cos(radians(degrees)), sin(radians(degrees))

    def picture(p: Picture) -> Picture:
        tall, wide = p.shape[:2]
        rule = cv2.getRotationMatrix2D((wide / 2, tall / 2), degrees, 1)
        whole = cv2.warpAffine(p, rule, (wide, tall))
        return np.asarray(whole, dtype=np.uint8)

    def box(b: Box, w: int, h: int) -> Box:
        x, y = (b[0] + b[2] - w) / 2, (b[1] + b[3] - h) / 2
        rx, ry = (b[2] - b[0]) / 2, (b[3] - b[1]) / 2
        x, y = w / 2 + c * x + s * y, h / 2 - s * x + c * y
        rx, ry = hypot(c * rx, s * ry), hypot(s * rx, c * ry)
        return [x - rx, y - ry, x + rx, y + ry]

    return Way(picture, box)


def scaled(by: float) -> Way:
    """Return the way that makes pictures by times as large."""
    how = cv2.INTER_AREA if by < 1 else cv2.INTER_CUBIC

    def picture(p: Picture) -> Picture:
        size = (round(p.shape[1] * by / 2) * 2, round(p.shape[0] * by / 2) * 2)
        return np.asarray(cv2.resize(p, size, interpolation=how), dtype=np.uint8)

    return Way(picture, lambda box, _w, _h: [by * v for v in box])


def to_1080(p: Picture) -> Picture:
    """Return a picture of a small clip at 1080 lines."""
    wide = round(p.shape[1] * 1080 / p.shape[0] / 2) * 2
    return np.asarray(cv2.resize(p, (wide, 1080), interpolation=cv2.INTER_CUBIC), dtype=np.uint8)


def boxed(p: Picture) -> Picture:
    """Return a picture between black bars."""
    tall, wide = (round(side * 0.15 / 2) * 2 for side in p.shape[:2])
    return np.pad(p, ((tall, tall), (wide, wide), (0, 0)))


def boxed_box(box: Box, w: int, h: int) -> Box:
    """Return a box as `boxed` moves it."""
    tall, wide = round(h * 0.15 / 2) * 2, round(w * 0.15 / 2) * 2
    return [box[0] + wide, box[1] + tall, box[2] + wide, box[3] + tall]


def level(rule: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> Way:
    """Return the way that changes levels 0 … 1 by a rule."""
    table = np.clip(np.rint(255 * rule(np.arange(256) / 255)), 0, 255).astype(np.uint8)
    return Way(lambda p: np.asarray(table[p]))


def noisy(p: Picture) -> Picture:
    """Return a picture with a noise like that of a high ISO, the same for the same picture."""
    dice = np.random.default_rng(int(p[::16, ::16].astype(np.int64).sum()))
    grain = cv2.GaussianBlur(dice.normal(0, 34, p.shape).astype(np.float32), (0, 0), 0.7)
    return np.asarray(np.clip(p + grain, 0, 255).astype(np.uint8))


def grey(p: Picture) -> Picture:
    """Return a picture without colour."""
    return np.repeat(cv2.cvtColor(p, cv2.COLOR_BGR2GRAY)[..., None], 3, axis=2).astype(np.uint8)


def blurred(p: Picture) -> Picture:
    """Return a picture slightly out of focus."""
    return np.asarray(cv2.GaussianBlur(p, (0, 0), 1.5), dtype=np.uint8)


def turned(quarter: int) -> Way:
    """Return the way that turns pictures counter-clockwise."""

    def box(b: Box, w: int, h: int) -> Box:
        x0, y0, x1, y1 = b
        rules = {1: [y0, w - x1, y1, w - x0], 2: [w - x1, h - y1, w - x0, h - y0]}
        return (rules | {3: [h - y1, x0, h - y0, x1]})[quarter]

    return Way(lambda p: np.ascontiguousarray(np.rot90(p, quarter)), box)


NIGHT = np.rint(160 * (np.arange(256) / 255) ** 2).astype(np.uint8)
"""Levels of a scene with little light, before its noise."""

WAYS = {
    "plain": Way(),
    "mirror": Way(lambda p: np.ascontiguousarray(p[:, ::-1]), lambda b, w, _: mirrored(b, w)),
    "x0.6": scaled(0.6),
    "x1.6": replace(scaled(1.6), takes=lambda w, _: w < 1000),
    "1080p": Way(
        to_1080, lambda b, _, h: [v * 1080 / h for v in b], takes=lambda w, h: max(w, h) < 1000
    ),
    "dark": level(lambda v: v**2),
    "bright": level(lambda v: v**0.5),
    "flat": level(lambda v: 0.38 + 0.24 * v),
    "crf34": Way(crf=34),
    "backwards": Way(order=lambda count: list(range(count))[::-1]),
    "turn90": turned(1),
    "turn180": turned(2),
    "turn270": turned(3),
    "10fps": Way(order=lambda count: [n for n in range(count) if n % 5 in (0, 3)], rate=10),
    "5fps": Way(order=lambda count: list(range(0, count, 5)), rate=5),
    "boxed": Way(boxed, boxed_box),
    "grey": Way(grey),
    "blur": Way(blurred),
    "noise": Way(noisy),
    "night": Way(lambda p: noisy(NIGHT[p] + 0), crf=28),
    "message": replace(scaled(0.6), crf=32, takes=lambda w, _: w > 500),
    "tilt25": tilted(25),
    "tilt-45": tilted(-45),
}
