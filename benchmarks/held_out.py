"""The table of `seen.py` on changed copies of the labelled clips: what finding was not shaped on.

    python benchmarks/held_out.py [--ways mirror,dark,…] [--clips …] [--frames 120] [--faults]
                                  [--precision auto|f32|bf16] [--json]

Each way changes a clip and its labels alike: mirrored, smaller, larger, darker, compressed,
backwards, turned, at 10 frames a second, boxed, cut through heads, grey, blurred, noisy, and two
clips in shots of 20 frames. The copies lie in .bench/held_out. A face under 14 px after the change
counts no more, as the labels' rule says; a face cut by the change counts while half of its width
or 60 % of its height is left.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from held_out_ways import WAYS, Box, Picture, Way
from seen import MEDIA, ROOT, Score, masks_at, mean, score_of, show_json

from safehouse.analysis.run import Settings, analyse
from safehouse.plan.build import build_masks

FOLDER = Path(os.environ.get("SAFEHOUSE_HELD_OUT", ROOT / ".bench" / "held_out"))
SHOT = 20
"""Frames of a shot where two clips alternate; labels lie at every multiple of it."""

PAIRS = {"hamilton_short": "asl_book", "mmaction_demo": "decord_pancake"}
PAIRS |= {"egoblur_gen1": "facenet_video"}
LEAST = 14
"""Height of a face, px, under which nobody is called identifiable."""


@dataclass
class Copy:
    """Frames and labels of a part of a clip."""

    size: tuple[int, int]
    pictures: list[Picture]
    labels: dict[int, Any] = field(default_factory=dict)


CUTS = ("cut-side", "cut-top")
ALL = (*WAYS, *CUTS, "two-clips")


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ways", default=",".join(ALL))
    parser.add_argument("--clips", default="")
    parser.add_argument("--frames", type=int, default=120, help="frames a clip; 0: all")
    parser.add_argument("--precision", default="auto", choices=["auto", "f32", "bf16"])
    parser.add_argument("--faults", action="store_true", help="name each face that is seen")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    names = sorted(path.stem for path in (MEDIA / "labels").glob("*.json"))
    wanted = options.clips.split(",") if options.clips else names
    scores = []
    if not options.json:
        print("| way | clip | identifiable | seen | bare | longest run | before first |", end="")
        print(" over % | of it lost % | ms a frame |\n|---|---|---|---|---|---|---|---|---|---|")
    for way in options.ways.split(","):
        for name in names:
            if name in wanted and (made := make(way, name, options.frames)):
                scores.append(score_copy(way, name, *made, options.precision))
                show(scores[-1:], faults=options.faults, json_too=options.json)
        show(scores, faults=False, json_too=options.json, way=way)
    if options.json:
        show_json(scores, faults=options.faults)
    return int(any(score.seen for score in scores))


def score_copy(way: str, name: str, path: Path, labels: Any, precision: str) -> Score:
    """Return what safehouse leaves to be seen of a changed clip."""
    begun = time.perf_counter()
    findings = analyse(path, "C0001", Settings(precision=precision))  # type: ignore[arg-type]
    took = time.perf_counter() - begun
    masks = build_masks(findings)
    size = (labels["height"], labels["width"])
    frames = [label["frame"] for label in labels["labels"]]
    kept = [mask for mask in masks if mask.why != "lost"]
    hidden = {frame: masks_at(masks, frame, size) for frame in frames}
    without = {frame: masks_at(kept, frame, size) for frame in frames}
    score = score_of(Score(name, way), labels, hidden, all_of=False)
    other = score_of(Score(name, way), labels, without, all_of=False)
    score.over_lost = score.over - other.over
    score.ms_a_frame = 1000 * took / labels["frames"]
    return score


def show(scores: list[Score], *, faults: bool, json_too: bool, way: str = "") -> None:
    """Print rows, or, for a way, the row of its sums."""
    if json_too:
        return
    rows = [score for score in scores if not way or score.tool == way]
    if way and rows:
        whole = Score("**all**", way, longest_run=max(row.longest_run for row in rows))
        for name in ("identifiable", "seen", "bare", "before_first"):
            setattr(whole, name, sum(getattr(row, name) for row in rows))
        for name in ("over", "over_lost", "ms_a_frame"):
            setattr(whole, name, mean(getattr(row, name) for row in rows))
        rows = [whole]
    for s in rows:
        counts = [s.tool, s.clip, s.identifiable, s.seen, s.bare, s.longest_run, s.before_first]
        shares = [f"{s.over:.2f}", f"{s.over_lost:.2f}", f"{s.ms_a_frame:.0f}"]
        print("| " + " | ".join(str(cell) for cell in [*counts, *shares]) + " |", flush=True)
        for fault in s.faults if faults else []:
            print("  ", fault)


def make(way: str, name: str, frames: int) -> tuple[Path, Any] | None:
    """Return a changed clip and its labels, made where they are not there; None: not for it."""
    path = FOLDER / way / f"{name}-{frames}.mkv"
    notes = path.with_suffix(".json")
    if not notes.exists():
        copy = _change(way, name, frames)
        if copy is None:
            return None
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, copy, WAYS.get(way, Way()))
        rows = [{"frame": f, **labels} for f, labels in sorted(copy.labels.items())]
        tall, wide = copy.pictures[0].shape[:2]
        told = {"width": wide, "height": tall, "frames": len(copy.pictures), "labels": rows}
        notes.write_text(json.dumps(told))
    return path, json.loads(notes.read_text())


def _change(way: str, name: str, frames: int) -> Copy | None:
    """Return a part of a clip, changed, or None where the way is not for such clips."""
    if way == "two-clips":
        other = PAIRS.get(name)
        return alternating(read(name, frames), read(other, frames)) if other else None
    copy = read(name, frames)
    if way in CUTS:
        return cut(copy, side=way == "cut-side")
    own = WAYS[way]
    if not own.takes(*copy.size):
        return None
    order = own.order(len(copy.pictures))
    return changed(own, Copy(copy.size, [copy.pictures[n] for n in order], reorder(copy, order)))


def reorder(copy: Copy, order: list[int]) -> dict[int, Any]:
    """Return the labels of frames in another order."""
    return {at: copy.labels[n] for at, n in enumerate(order) if n in copy.labels}


def changed(way: Way, copy: Copy) -> Copy:
    """Return frames and labels, changed alike."""
    pictures = [way.picture(picture) for picture in copy.pictures]
    tall, wide = pictures[0].shape[:2]
    labels = {n: moved(way, row, copy.size, (wide, tall)) for n, row in copy.labels.items()}
    return Copy((wide, tall), pictures, labels)


def moved(way: Way, row: Any, size: tuple[int, int], new: tuple[int, int]) -> Any:
    """Return one frame's labels as the way moves them."""
    heads = []
    for head in row["heads"]:
        own = dict(head, head=clipped(way.box(head["head"], *size), new))
        if head["face"]:
            # 14 px of the face as it stood, whichever way it is turned now
            whole = way.box(head["face"], *size)
            own["face"] = clipped(whole, new)
            x0, y0, x1, y1 = way.box([0, 0, 1, head["face"][3] - head["face"][1]], *size)
            own["sure"] = head["sure"] and max(x1 - x0, y1 - y0) >= LEAST
            own["sure"] = own["sure"] and enough(own["face"], whole)
        heads.append(own)
    return {"heads": heads, "ignore": [way.box(box, *size) for box in row.get("ignore", [])]}


def clipped(box: Box, size: tuple[int, int]) -> Box:
    """Return the part of a box that is inside the picture; empty at its edge where none is."""
    x0, y0, x1, y1 = box
    w, h = size
    return [min(max(x0, 0), w), min(max(y0, 0), h), min(max(x1, 0), w), min(max(y1, 0), h)]


def cut(copy: Copy, *, side: bool) -> Copy:
    """Return the clip without what lies beyond a line through the middle of its faces."""
    counted = [h for row in copy.labels.values() for h in row["heads"] if h["identifiable"]]
    faces = [head["face"] for head in counted]
    wide, tall = copy.size
    left, top = 0, 0
    if side:
        middle = float(np.median([(f[0] + f[2]) / 2 for f in faces]))
        left = int(middle) // 2 * 2 if middle < wide / 2 else 0
        wide = wide - left if left else int(middle) // 2 * 2
    else:
        top = int(np.median([f[1] + 0.3 * (f[3] - f[1]) for f in faces])) // 2 * 2
        tall -= top
    pictures = [p[top : top + tall, left : left + wide].copy() for p in copy.pictures]
    way = Way(box=lambda b, _w, _h: [b[0] - left, b[1] - top, b[2] - left, b[3] - top])
    labels = {}
    for n, row in copy.labels.items():
        labels[n] = moved(way, row, copy.size, (wide, tall))
        for own, old in zip(labels[n]["heads"], row["heads"], strict=True):
            own["sure"] = own["sure"] and bool(old["face"]) and enough(own["face"], old["face"])
    return Copy((wide, tall), pictures, labels)


def enough(left: Box, whole: Box) -> bool:
    """Return whether what a cut leaves of a face is still a face."""
    wide = (left[2] - left[0]) / max(whole[2] - whole[0], 1e-6)
    tall = (left[3] - left[1]) / max(whole[3] - whole[1], 1e-6)
    return wide >= 0.5 and tall >= 0.6 and left[3] - left[1] >= LEAST


def alternating(a: Copy, b: Copy) -> Copy:
    """Return two clips in turns of SHOT frames, the second fitted into the first's size."""
    by = min(a.size[0] / b.size[0], a.size[1] / b.size[1])
    inner = (round(b.size[0] * by), round(b.size[1] * by))
    x, y = (a.size[0] - inner[0]) // 2, (a.size[1] - inner[1]) // 2

    def into(p: Picture) -> Picture:
        whole = np.zeros((a.size[1], a.size[0], 3), dtype=np.uint8)
        small = cv2.resize(p, inner, interpolation=cv2.INTER_AREA)
        whole[y : y + inner[1], x : x + inner[0]] = small
        return whole

    way = Way(into, lambda v, _w, _h: [v[0] * by + x, v[1] * by + y, v[2] * by + x, v[3] * by + y])
    b = changed(way, b)
    made = Copy(a.size, [])
    shots = min(len(a.pictures), len(b.pictures)) // SHOT
    for shot in range(shots):
        for number, one in enumerate((a, b)):
            for n in range(SHOT * shot, SHOT * (shot + 1)):
                if n in one.labels:
                    made.labels[len(made.pictures)] = renamed(one.labels[n], f"{number}.{shot}")
                made.pictures.append(one.pictures[n])
    return made


def renamed(row: Any, shot: str) -> Any:
    """Return labels whose people are others in each shot, so that each must be covered at once."""
    return {**row, "heads": [{**head, "id": f"{head['id']}.{shot}"} for head in row["heads"]]}


def read(name: str, frames: int) -> Copy:
    """Return the part of a labelled clip that shows most faces; all of it for 0 frames."""
    clip = next((MEDIA / "video").glob(f"{name}.*"))
    notes = json.loads((MEDIA / "labels" / f"{name}.json").read_text())
    first = _busiest(notes, frames) if frames else 0
    end = first + frames if frames else notes["frames"]
    labels = {r["frame"] - first: r for r in notes["labels"] if first <= r["frame"] < end}
    kept = {n: {key: row[key] for key in row if key != "frame"} for n, row in labels.items()}
    return Copy((notes["width"], notes["height"]), list(_decode(clip, first, end)), kept)


def _busiest(notes: Any, frames: int) -> int:
    """Return the multiple of SHOT from which the labels count most faces."""
    counts = {
        row["frame"]: sum(h["identifiable"] and h["sure"] for h in row["heads"])
        for row in notes["labels"]
    }
    starts = range(0, max(1, notes["frames"] - frames + SHOT), SHOT)
    return max(starts, key=lambda s: sum(v for f, v in counts.items() if s <= f < s + frames))


def _decode(clip: Path, first: int, end: int) -> Iterator[Picture]:
    with av.open(str(clip)) as file:
        for n, frame in enumerate(file.decode(video=0)):
            if n >= end:
                return
            if n >= first:
                yield np.asarray(frame.to_ndarray(format="bgr24"), dtype=np.uint8)


def write(path: Path, copy: Copy, way: Way) -> None:
    """Write the frames of a copy as H.264."""
    tall, wide = (side // 2 * 2 for side in copy.pictures[0].shape[:2])
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=way.rate)
        stream.width, stream.height, stream.pix_fmt = wide, tall, "yuv420p"
        stream.options = {"crf": str(way.crf), "preset": "veryfast"}
        for picture in copy.pictures:
            own = np.ascontiguousarray(picture[:tall, :wide])
            file.mux(stream.encode(av.VideoFrame.from_ndarray(own, format="bgr24")))
        file.mux(stream.encode(None))


if __name__ == "__main__":
    sys.exit(main())
