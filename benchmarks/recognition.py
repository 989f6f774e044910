"""How often a recogniser that was taught on protected faces still names them.

    python benchmarks/recognition.py [--splits N] [--taught N] [--attacker linear|network]

The AT&T/ORL faces in SAFEHOUSE_MEDIA/orl (default ../shared/media): 7 pictures a person, 5 teach
and 2 test in each of ten splits, protected all alike. ORL's crops leave hair, collar and background
around a mask; so the heads are also cut out and put into scenes with a background, clothes, place
and size by chance, where only what a mask lets through, or its surroundings took over, can tell.
"""

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from safehouse.audit.attacks.faces import learn, name_over_splits
from safehouse.audit.attacks.network import learner_of
from safehouse.machine import cpu_level
from safehouse.model.clip import Clip, FrameTimes, PtsRun, VideoStream
from safehouse.model.frame import OriginalFrame, PlaneLayout
from safehouse.model.plan import Look, Mask, Output, Plan
from safehouse.model.shape import Ellipse, Key
from safehouse.render.protect import protect

ROOT = Path(__file__).resolve().parents[1]
MEDIA = Path(os.environ.get("SAFEHOUSE_MEDIA", ROOT.parent / "shared" / "media"))
WIDTH, HEIGHT = 92, 112
GREY = PlaneLayout("gray", "gray", 8, 0, 0, full_range=True)

Picture = NDArray[np.uint8]
Box = tuple[float, float, float, float]
"""Middle and half-axes of a head, px."""

CROP: Box = (WIDTH / 2, HEIGHT / 2, WIDTH / 2 * 0.95, HEIGHT / 2 * 0.95)


def faces() -> tuple[list[Picture], NDArray[np.int64]]:
    """Return the pictures and who is on each."""
    folders = sorted((MEDIA / "orl").iterdir(), key=lambda path: path.name)
    files = [(n, path) for n, folder in enumerate(folders) for path in sorted(folder.iterdir())]
    read = [(n, cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)) for n, path in files]
    kept = [(n, picture.astype(np.uint8)) for n, picture in read if picture is not None]
    return [picture for _, picture in kept], np.array([n for n, _ in kept])


def untouched(picture: Picture, _: Box) -> Picture:
    """Return the picture as it is."""
    return picture


def inside(picture: Picture, head: Box, drawn: Picture, scale: float = 1.0) -> Picture:
    """Return the picture with an oval of another one."""
    cx, cy, rx, ry = head
    y, x = np.mgrid[: picture.shape[0], : picture.shape[1]]
    oval = ((x - cx) / (rx * scale)) ** 2 + ((y - cy) / (ry * scale)) ** 2 <= 1
    return np.where(oval, drawn, picture)


def mosaic(picture: Picture, _: Box) -> Picture:
    """Return the picture in blocks of 16 px."""
    height, width = picture.shape
    small = cv2.resize(picture, (-(-width // 16), -(-height // 16)), interpolation=cv2.INTER_AREA)
    large = cv2.resize(small, (0, 0), fx=16, fy=16, interpolation=cv2.INTER_NEAREST)
    return large[:height, :width].astype(np.uint8)


def box_blur(picture: Picture, head: Box) -> Picture:
    """Return the picture with the mean over half a face's box in an oval, as deface 1.5 has it."""
    size = (max(1, int(head[2])), max(1, int(head[3])))
    return inside(picture, head, cv2.blur(picture, size).astype(np.uint8), 1.05)


def gaussian(picture: Picture, _: Box) -> Picture:
    """Return the picture softened by sigma 12 px."""
    return cv2.GaussianBlur(picture, (0, 0), 12).astype(np.uint8)


def black(picture: Picture, head: Box) -> Picture:
    """Return the picture with a black oval."""
    return inside(picture, head, np.zeros_like(picture))


def ours(look: Look, scale: float = 1.1) -> Callable[[Picture, Box], Picture]:
    """Return safehouse's look, as `render` draws it with a mask so many times the head."""

    def draw(picture: Picture, head: Box) -> Picture:
        height, width = picture.shape
        plan = plan_for(width, height, head, look, scale)
        plane = picture.copy()
        plane.flags.writeable = False
        frame = OriginalFrame(0, 0, (plane,), GREY, interlaced=False, corrupt=False)
        return np.asarray(protect(frame, plan).planes[0], np.uint8)

    return draw


def plan_for(width: int, height: int, head: Box, look: Look, scale: float) -> Plan:
    """Return a plan for one frame that hides a head with its margin."""
    cx, cy, rx, ry = (round(16 * value) for value in head)
    oval = Ellipse(cx, cy, round(rx * scale), round(ry * scale))
    times = FrameTimes("1/25", (PtsRun(0, 1, 1),), 1)
    video = VideoStream(0, "rawvideo", "gray", width, height, times)
    clip = Clip("C0001", "0" * 64, 1, video)
    mask = Mask("M0001", 0, 1, (Key(0, oval),))
    return Plan(clip=clip, look=look, masks=(mask,), output=Output("mov", None), cpu=cpu_level())


METHODS: dict[str, Callable[[Picture, Box], Picture]] = {
    "original": untouched,
    "mosaic, 16 px": mosaic,
    "deface's box blur": box_blur,
    "Gaussian, sigma 12": gaussian,
    "black oval, 95 %": black,
    "safehouse solid": ours("solid"),
    "safehouse veil": ours("veil"),
}


def scene(picture: Picture, seed: int) -> tuple[Picture, Box]:
    """Return a head in a scene with a background, clothes and a place by chance."""
    chance = np.random.default_rng(seed)
    canvas = np.asarray(cv2.resize(chance.uniform(0, 255, (6, 6)), (240, 280)))
    canvas += chance.normal(0, 6, canvas.shape)
    shift_x, shift_y = chance.uniform(-12, 12, 2)
    cx, cy = 120 + shift_x, 110 + shift_y
    y, x = np.mgrid[:280, :240]
    body = ((x - cx) / 100) ** 2 + ((y - cy - 150) / 110) ** 2 <= 1
    canvas[body] = chance.uniform(0, 255) + chance.normal(0, 12, canvas.shape)[body]
    rx, ry = WIDTH / 2 * 0.92, HEIGHT / 2 * 0.98
    left, top = round(cx - WIDTH / 2), round(cy - HEIGHT / 2)
    pasted = canvas.copy()
    pasted[top : top + HEIGHT, left : left + WIDTH] = picture
    head = (cx, cy, rx, ry)
    whole = np.clip(canvas, 0, 255).astype(np.uint8)
    return inside(whole, head, np.clip(pasted, 0, 255).astype(np.uint8)), head


ATTACKERS = {
    "linear": ("PCA and LDA", (46, 56), learn),
    "network": ("a small convolutional network", (32, 40), learner_of((40, 32))),
}
"""What is taught: its name, the size (w, h) of the pictures it sees, and how."""


def crop_of(picture: Picture, head: Box) -> Picture:
    """Return what the attacker learns from: the head's place and its surroundings."""
    cx, cy = round(head[0]), round(head[1])
    half_x, half_y = round(WIDTH * 0.6), round(HEIGHT * 0.6)
    top, left = max(0, cy - half_y), max(0, cx - half_x)
    return picture[top : cy + half_y, left : cx + half_x]


def rows_of(pictures: list[Picture], size: tuple[int, int]) -> NDArray[np.float64]:
    """Return pictures of a size (w, h) as rows, shape (n, pixels)."""
    small = [cv2.resize(p, size, interpolation=cv2.INTER_AREA).ravel() for p in pictures]
    return np.stack(small).astype(np.float64)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--splits", type=int, default=10)
    parser.add_argument("--taught", type=int, default=5)
    parser.add_argument("--attacker", choices=sorted(ATTACKERS), default="linear")
    parser.add_argument("--larger", type=float, nargs="*", default=[], metavar="SCALE")
    given = parser.parse_args()
    pictures, people = faces()
    chance = 100 / len(set(people))
    attacker, size, learner = ATTACKERS[given.attacker]
    print(f"{len(set(people))} people, {len(pictures)} pictures; chance {chance:.1f} %")
    print(f"attacker: {attacker}, taught {given.taught} protected pictures of each person\n")
    print(
        "| method | named, crop | 95 % | named, in scenes | 95 % | s |\n|---|---|---|---|---|---|"
    )
    scenes = [scene(picture, 7919 * n) for n, picture in enumerate(pictures)]
    larger = {f"solid, mask {scale:g} heads": ours("solid", scale) for scale in given.larger}
    for name, method in (METHODS | larger).items():
        begun = time.perf_counter()
        crops = rows_of([method(p, CROP) for p in pictures], size)
        placed = rows_of([crop_of(method(p, head), head) for p, head in scenes], size)
        cells = []
        for rows in (crops, placed):
            found = name_over_splits(
                rows, people, learner, taught=given.taught, splits=given.splits
            )
            cells += [
                f"{100 * found.rate:.1f} %",
                f"{100 * found.low:.1f} to {100 * found.high:.1f}",
            ]
        print(f"| {name} | {' | '.join(cells)} | {time.perf_counter() - begun:.0f} |", flush=True)


if __name__ == "__main__":
    main()
