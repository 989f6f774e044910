"""How well a camera is told by the noise of its sensor, before and after each way of writing.

    python benchmarks/noise.py [--clips a,b,c] [--frames N] [--width W]

Real scenes of different cameras (SAFEHOUSE_MEDIA/video, default ../shared/media) are scaled to one
size, given one and the same sensor's mark (a factor of 1 in 100 a pixel, and shot noise), and
written as a camera would (x264, crf 16). All but one are the reference; the remaining one, in
turn, is the clip, which is written again in the ways of the table. Without the mark, every pair is
of different cameras: the largest energy among those is printed too.
"""

import argparse
import os
from collections.abc import Callable
from itertools import combinations
from math import log10
from pathlib import Path

import av
import cv2
import numpy as np
from coding import through_x264
from numpy.typing import NDArray

from safehouse.audit.attacks.fingerprint import BAR, Sums, best_meeting, meet

ROOT = Path(__file__).resolve().parents[1]
MEDIA = Path(os.environ.get("SAFEHOUSE_MEDIA", ROOT.parent / "shared" / "media"))
CLIPS = "hamilton_short,lp_s18,facenet_video,decord_pancake,lp_d6"
MARK, SHOT = 0.01, 1.5

Picture = NDArray[np.uint8]
Film = list[Picture]


def shots(name: str, count: int, width: int) -> Film:
    """Return frames spread over a clip, at 16:9."""
    path = next((MEDIA / "video").glob(f"{name}.*"))
    size = (width, width * 9 // 16 // 2 * 2)
    with av.open(str(path)) as source:
        frames = [f.to_ndarray(format="gray") for f in source.decode(video=0)][: 2 * count : 2]
    return [cv2.resize(f, size, interpolation=cv2.INTER_AREA).astype(np.uint8) for f in frames]


def filmed(film: Film, sensor: int, seed: int) -> Film:
    """Return a film as a sensor sees it."""
    chance = np.random.default_rng(seed)
    mark = np.random.default_rng(sensor).normal(0, MARK, film[0].shape)
    seen = [f * (1 + mark) + chance.normal(0, SHOT, f.shape) for f in film]
    return [np.clip(np.rint(f), 0, 255).astype(np.uint8) for f in seen]


def written(film: Film, crf: int, preset: str = "medium") -> tuple[Film, int]:
    """Return a film as it is decoded after x264, and its bytes."""
    return through_x264(film, {"crf": str(crf), "preset": preset})


def at(scale: float) -> Callable[[Film], Film]:
    """Return what makes a film smaller, or so much smaller and as large again."""

    def resized(film: Film) -> Film:
        height, width = film[0].shape
        size = (round(width * scale) // 2 * 2, round(height * scale) // 2 * 2)
        return [cv2.resize(f, size, interpolation=cv2.INTER_AREA).astype(np.uint8) for f in film]

    return resized


def soft(film: Film) -> Film:
    """Return a film with a light denoise: medians of 3 x 3."""
    return [cv2.medianBlur(f, 3).astype(np.uint8) for f in film]


def same(film: Film) -> Film:
    """Return a film as it is."""
    return film


WAYS: list[tuple[str, Callable[[Film], Film], int]] = [
    ("x264, crf 16", same, 16),
    ("x264, crf 18", same, 18),
    ("x264, crf 23", same, 23),
    ("x264, crf 28", same, 28),
    ("3/4 of the size, crf 18", at(0.75), 18),
    ("1/2 of the size, crf 18", at(0.5), 18),
    ("denoised, crf 18", soft, 18),
    ("denoised, crf 23", soft, 23),
    ("denoised, crf 28", soft, 28),
    ("denoised, 1/2 of the size, crf 23", lambda film: at(0.5)(soft(film)), 23),
]


def sums_of(film: Film, into: Sums | None = None) -> Sums:
    """Return what a film gives to a fingerprint."""
    sums = into or Sums()
    for picture in film:
        sums.add(picture.astype(np.float32))
    return sums


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--clips", default=CLIPS)
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--width", type=int, default=1280)
    given = parser.parse_args()
    films = {n: shots(n, given.frames, given.width) for n in given.clips.split(",")}
    own = {n: written(filmed(f, 1, i), 16) for i, (n, f) in enumerate(films.items())}
    rows: dict[str, list[float]] = {"the clip itself": []}
    bytes_: dict[str, list[float]] = {"the clip itself": [1.0]}
    for name, (clip, size) in own.items():
        reference = Sums()
        for other, (theirs, _) in own.items():
            if other != name:
                sums_of(theirs, reference)
        factor = reference.estimate()
        rows["the clip itself"].append(meet(factor, sums_of(clip).estimate()).energy)
        for way, change, crf in WAYS:
            film, new = written(change(clip), crf)
            found = best_meeting(factor, sums_of(film).estimate(), [1.0])
            rows.setdefault(way, []).append(found.energy)
            bytes_.setdefault(way, []).append(new / size)
    show(rows, bytes_)
    foreign = [
        sums_of(written(filmed(f, 100 + i, i), 23)[0]).estimate()
        for i, f in enumerate(films.values())
    ]
    worst = max(meet(a, b).energy for a, b in combinations(foreign, 2))
    print(f"\nlargest energy of two different cameras, crf 23: {worst:.0f}; told from {BAR:.0f}")


def show(rows: dict[str, list[float]], bytes_: dict[str, list[float]]) -> None:
    """Print one table."""
    print("| film | energy, each clip | reduced, dB | still told | bytes |")
    print("|---|---|---|---|---|")
    before = rows["the clip itself"]
    for way, found in rows.items():
        less = [10 * log10(b / max(a, 1)) for a, b in zip(found, before, strict=True)]
        told = sum(energy >= BAR for energy in found)
        cells = ", ".join(f"{energy:.0f}" for energy in found)
        size = 100 * float(np.mean(bytes_[way]))
        print(
            f"| {way} | {cells} | {min(less):.0f} to {max(less):.0f} "
            f"| {told} of {len(found)} | {size:.0f} % |"
        )


if __name__ == "__main__":
    main()
