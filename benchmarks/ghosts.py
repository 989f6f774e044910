"""How far a camera's codec carries a face past its outline: whether a margin of 16 px is enough.

    python benchmarks/ghosts.py [--clips facenet_video,hamilton_short,…] [--frames N]

Labelled clips (SAFEHOUSE_MEDIA, default ../shared/media) are encoded twice as a camera would, H.264
without B-frames at a fixed quantiser: as they are, and with what lies in each labelled head's box
mirrored, so that only the heads differ, and by no more than another face. Whatever then differs
outside the boxes came there by the codec: pieces of a face that it carried, and other choices of
blocks, which say nothing of a face and reach far. First table: the deviation between the two,
levels of 8 bits, and the share of pixels that differ by 8 levels or more. Second: blocks of 16 px
of that difference, the scene itself being gone from it, which are like a piece of the face in the
frame before, or of the mirrored one, at any shift. What 64 px away gives is chance.
"""

import argparse
import json
from itertools import pairwise
from typing import Any

import av
import cv2
import numpy as np
from coding import through_x264
from numpy.typing import NDArray
from seen import MEDIA

from safehouse.audit.attacks.ghosts import BLOCK, fine, told_of

CLIPS = "facenet_video,hamilton_short,egoblur_gen1,mmaction_demo,decord_pancake"
QUANTISERS = (23, 29, 35, 41)
BANDS = (0, 4, 8, 12, 16, 24, 32, 48, 64)
GAPS = (0, 4, 8, 16, 24, 32, 64)
SEEN = 8

Picture = NDArray[np.uint8]
Boxes = dict[str, NDArray[np.float64]]


def heads_at(labels: Any, frame: int) -> Boxes:
    """Return the heads of a frame, on a line between the labelled frames around it."""
    rows = {row["frame"]: {h["id"]: h["head"] for h in row["heads"]} for row in labels["labels"]}
    before = max((n for n in rows if n <= frame), default=None)
    after = min((n for n in rows if n >= frame), default=None)
    if before is None or after is None:
        return {}
    way = (frame - before) / max(1, after - before)
    shared = rows[before].keys() & rows[after].keys()
    return {
        who: (1 - way) * np.array(rows[before][who]) + way * np.array(rows[after][who])
        for who in shared
    }


def read(name: str, count: int) -> list[Picture]:
    """Return the first frames' luma."""
    path = next((MEDIA / "video").glob(f"{name}.*"))
    found: list[Picture] = []
    with av.open(str(path)) as source:
        for frame in source.decode(video=0):
            picture = frame.to_ndarray(format="gray").astype(np.uint8)
            found.append(picture[: frame.height // 2 * 2, : frame.width // 2 * 2])
            if len(found) == count:
                break
    return found


def mirrored(picture: Picture, heads: Boxes) -> Picture:
    """Return a frame with each head mirrored in its box."""
    out = picture.copy()
    for x0, y0, x1, y1 in (box.round().astype(int) for box in heads.values()):
        part = np.s_[max(0, y0) : y1, max(0, x0) : x1]
        out[part] = picture[part][:, ::-1]
    return out


def coded(film: list[Picture], quantiser: int) -> list[Picture]:
    """Return a film as it is decoded after a camera's encoder."""
    plain = "bframes=0:rc-lookahead=0:mbtree=0:weightp=0:ref=1:keyint=30:scenecut=0"
    options = {"qp": str(quantiser), "preset": "veryfast", "x264-params": plain}
    return through_x264(film, options)[0]


def carried(film: list[Picture], heads: list[Boxes], quantiser: int) -> NDArray[np.float64]:
    """Return for each band the pixels in it, the sum of squared differences, and those seen."""
    other = [mirrored(picture, boxes) for picture, boxes in zip(film, heads, strict=True)]
    rows = np.zeros((len(BANDS), 3))
    for one, two, boxes in zip(coded(film, quantiser), coded(other, quantiser), heads, strict=True):
        free = np.ones(one.shape, np.uint8)
        for x0, y0, x1, y1 in (box.round().astype(int) for box in boxes.values()):
            free[max(0, y0) : y1, max(0, x0) : x1] = 0
        if not boxes:
            continue
        away = cv2.distanceTransform(free, cv2.DIST_L2, 3)
        apart = np.abs(one.astype(np.float64) - two)
        for n, (low, high) in enumerate(zip(BANDS, (*BANDS[1:], np.inf), strict=True)):
            band = (away > low) & (away <= high)
            part = apart[band]
            rows[n] += (part.size, np.square(part).sum(), (part >= SEEN).sum())
    return rows


def copies(film: list[Picture], heads: list[Boxes], quantiser: int) -> NDArray[np.int64]:
    """Return for each gap the blocks that differ, and those that are pieces of a face."""
    other = [mirrored(picture, boxes) for picture, boxes in zip(film, heads, strict=True)]
    ones, twos = coded(film, quantiser), coded(other, quantiser)
    rows = np.zeros((len(GAPS), 2), np.int64)
    for n in range(4, len(film), 4):
        apart = fine(ones[n].astype(np.float32) - twos[n].astype(np.float32))
        boxes = sorted(heads[n].values(), key=lambda b: (b[0] - b[2]) * (b[3] - b[1]))[:4]
        for x0, y0, x1, y1 in (box.round().astype(int) for box in boxes):
            face = fine(ones[n - 1][max(0, y0) : y1, max(0, x0) : x1].astype(np.float32))
            if min(face.shape) < 2 * BLOCK:
                continue
            flip = np.ascontiguousarray(face[:, ::-1])
            for row, gap in enumerate(GAPS):
                for x, y in around((x0, y0, x1, y1), gap):
                    block = apart[max(0, y) : y + BLOCK, max(0, x) : x + BLOCK]
                    if block.shape == (BLOCK, BLOCK) and block.std() >= 1:
                        told = told_of(block, face, flip)
                        rows[row] += (1, told != 0)
    return rows


def around(box: tuple[int, int, int, int], gap: int) -> list[tuple[int, int]]:
    """Return the corners of blocks beside a box, so many px away from it."""
    x0, y0, x1, y1 = box
    near = [(x, y) for x in range(x0, x1 - BLOCK + 1, BLOCK) for y in (y0 - gap - BLOCK, y1 + gap)]
    return near + [
        (x, y) for y in range(y0, y1 - BLOCK + 1, BLOCK) for x in (x0 - gap - BLOCK, x1 + gap)
    ]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--clips", default=CLIPS)
    parser.add_argument("--frames", type=int, default=61)
    given = parser.parse_args()
    totals = {quantiser: np.zeros((len(BANDS), 3)) for quantiser in QUANTISERS}
    pieces = {quantiser: np.zeros((len(GAPS), 2), np.int64) for quantiser in QUANTISERS}
    for name in given.clips.split(","):
        labels = json.loads((MEDIA / "labels" / f"{name}.json").read_text())
        film = read(name, given.frames)
        heads = [heads_at(labels, n) for n in range(len(film))]
        for quantiser in QUANTISERS:
            totals[quantiser] += carried(film, heads, quantiser)
            pieces[quantiser] += copies(film, heads, quantiser)
    words = [f"{low} to {high}" for low, high in pairwise(BANDS)]
    print("| quantiser | " + " | ".join([*words, f"over {BANDS[-1]} px"]) + " |")
    print("|" + "---|" * (len(BANDS) + 1))
    for quantiser, rows in totals.items():
        cells = [
            f"{np.sqrt(energy / max(1, count)):.2f} ({100 * seen / max(1, count):.2f} %)"
            for count, energy, seen in rows
        ]
        print(f"| {quantiser} | " + " | ".join(cells) + " |", flush=True)
    print("\n| quantiser | " + " | ".join(f"gap {gap} px" for gap in GAPS) + " |")
    print("|" + "---|" * (len(GAPS) + 1))
    for quantiser, found in pieces.items():
        cells = [f"{like} of {count} ({100 * like / max(1, count):.1f} %)" for count, like in found]
        print(f"| {quantiser} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
