"""How many faces are seen, and how much is hidden for nothing, on the labelled clips.

    python benchmarks/seen.py [--with-deface] [--all-identifiable] [--clips facenet_video,…]
                              [--precision auto|f32|bf16] [--faults] [--json]

A face that is `identifiable` and `sure` is *seen* when under 90 % of its face box or under 75 % of
its head box is hidden. *Over-cover* is what is hidden outside the labelled heads, grown by a
quarter of their size on each side, and outside `ignore`, as share of the picture. Only labelled
frames count. Labels and footage: SAFEHOUSE_MEDIA (default ../shared/media). `deface` 1.5.0 runs
at its defaults on the same frames, in an environment of its own in .bench/.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safehouse.analysis.run import Settings, analyse
from safehouse.machine import core_count, cpu_level, has_bf16
from safehouse.model.plan import Mask
from safehouse.model.shape import Ellipse, Whole, shape_at
from safehouse.plan.build import build_masks

ROOT = Path(__file__).resolve().parents[1]
MEDIA = Path(os.environ.get("SAFEHOUSE_MEDIA", ROOT.parent / "shared" / "media"))
DEFACE = ROOT / ".bench" / "deface"
KINDS = ("small", "profile", "dark", "cut", "blurred", "occluded")
FACE_SHARE, HEAD_SHARE, BARE_SHARE = 0.9, 0.75, 0.1

Picture = NDArray[np.bool_]
Boxes = Sequence[Sequence[float]]


@dataclass
class Score:
    """What one tool did on one clip; shares of the picture in percent."""

    clip: str
    tool: str
    identifiable: int = 0
    seen: int = 0
    face_box: int = 0
    bare: int = 0
    longest_run: int = 0
    before_first: int = 0
    over: float = 0.0
    over_lost: float = 0.0
    ms_a_frame: float = 0.0
    kinds: dict[str, list[int]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def main() -> int:
    """Print the tables; return 1 when safehouse misses a bar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", default="")
    parser.add_argument("--with-deface", action="store_true")
    parser.add_argument("--all-identifiable", action="store_true", help="unsure labels too")
    parser.add_argument("--precision", default="auto", choices=["auto", "f32", "bf16"])
    parser.add_argument("--faults", action="store_true", help="name each face that is seen")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    wanted = [name for name in options.clips.split(",") if name]
    scores = []
    for path in sorted((MEDIA / "labels").glob("*.json")):
        if not wanted or path.stem in wanted:
            labels = json.loads(path.read_text())
            scores += score_clip(labels, path.stem, options)
    show = show_json if options.json else show_tables
    show(scores, faults=options.faults)
    own = [score for score in scores if score.tool == "safehouse"]
    return int(any(s.seen or s.over > 8 for s in own) or mean(s.over for s in own) > 4)


def score_clip(labels: Any, name: str, options: argparse.Namespace) -> list[Score]:
    """Return safehouse's score on a clip, and deface's where it was asked for."""
    clip = next((MEDIA / "video").glob(f"{name}.*"))
    begun = time.perf_counter()
    findings = analyse(clip, "C0001", Settings(precision=options.precision))
    took = time.perf_counter() - begun
    masks = build_masks(findings)
    size = (labels["height"], labels["width"])
    frames = [label["frame"] for label in labels["labels"]]
    hidden = {frame: masks_at(masks, frame, size) for frame in frames}
    kept = [mask for mask in masks if mask.why != "lost"]
    own = score_of(Score(name, "safehouse"), labels, hidden, all_of=options.all_identifiable)
    without = {frame: masks_at(kept, frame, size) for frame in frames}
    other = score_of(Score(name, ""), labels, without, all_of=options.all_identifiable)
    own.over_lost = own.over - other.over
    own.ms_a_frame = 1000 * took / labels["frames"]
    if not options.with_deface:
        return [own]
    boxes = deface_boxes(clip, frames)
    peer = {frame: ovals(boxes.get(str(frame), []), size) for frame in frames}
    return [
        own,
        score_of(Score(name, "deface"), labels, peer, all_of=options.all_identifiable),
    ]


def score_of(score: Score, labels: Any, hidden: dict[int, Picture], *, all_of: bool) -> Score:
    """Return the score with what was seen and hidden counted into it."""
    size = (labels["height"], labels["width"])
    runs: dict[str, int] = {}
    covered: set[str] = set()
    overs = []
    for label in labels["labels"]:
        picture = hidden[label["frame"]]
        free = boxes_of([*label.get("ignore", []), *map(grown, label["heads"])], size)
        overs.append(100 * float(np.mean(picture & ~free)))
        for head in label["heads"]:
            if head["identifiable"] and (head["sure"] or all_of):
                count_head(score, head, picture, runs, covered, label["frame"])
    score.over = mean(overs)
    return score


def count_head(
    score: Score,
    head: Any,
    picture: Picture,
    runs: dict[str, int],
    covered: set[str],
    frame: int,
) -> None:
    """Count one labelled face."""
    face, whole = share(picture, head["face"]), share(picture, head["head"])
    seen = face < FACE_SHARE or whole < HEAD_SHARE
    score.identifiable += 1
    score.seen += seen
    score.face_box += face < FACE_SHARE
    score.bare += face < BARE_SHARE
    person = head["id"]
    runs[person] = runs.get(person, 0) + 1 if seen else 0
    score.longest_run = max(score.longest_run, runs[person])
    if not seen:
        covered.add(person)
    score.before_first += person not in covered
    if seen:
        score.faults.append(f"{score.clip} {score.tool} f{frame} {person} {face:.2f} {whole:.2f}")
    for kind in {head["view"], *head["quality"]} & set(KINDS):
        counts = score.kinds.setdefault(kind, [0, 0])
        counts[0] += 1
        counts[1] += seen


def masks_at(masks: Iterable[Mask], frame: int, size: tuple[int, int]) -> Picture:
    """Return the pixels that a plan's masks hide in a frame."""
    picture = np.zeros(size, dtype=bool)
    for mask in masks:
        if mask.first <= frame < mask.end:
            shape = shape_at(mask.keys, frame)
            if isinstance(shape, Whole):
                picture[:] = True
            elif isinstance(shape, Ellipse):
                add_oval(picture, *(v / 16 for v in (shape.cx, shape.cy, shape.rx, shape.ry)))
    return picture


def ovals(boxes: Boxes, size: tuple[int, int]) -> Picture:
    """Return the pixels in the ellipses of boxes."""
    picture = np.zeros(size, dtype=bool)
    for x0, y0, x1, y1 in boxes:
        if x1 > x0 and y1 > y0:
            add_oval(picture, (x0 + x1) / 2, (y0 + y1) / 2, (x1 - x0) / 2, (y1 - y0) / 2)
    return picture


def add_oval(picture: Picture, cx: float, cy: float, rx: float, ry: float) -> None:
    """Set the pixels whose centre is in an oval."""
    rows, columns = picture.shape
    x0, x1 = max(0, int(cx - rx)), min(columns, ceil(cx + rx) + 1)
    y0, y1 = max(0, int(cy - ry)), min(rows, ceil(cy + ry) + 1)
    if x1 > x0 and y1 > y0:
        y, x = np.mgrid[y0:y1, x0:x1] + 0.5
        picture[y0:y1, x0:x1] |= ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1


def grown(head: Any) -> list[float]:
    """Return a head's box grown by a quarter of its size on each side."""
    x0, y0, x1, y1 = head["head"]
    dx, dy = (x1 - x0) / 4, (y1 - y0) / 4
    return [x0 - dx, y0 - dy, x1 + dx, y1 + dy]


def boxes_of(boxes: Boxes, size: tuple[int, int]) -> Picture:
    """Return the pixels that boxes touch."""
    picture = np.zeros(size, dtype=bool)
    for x0, y0, x1, y1 in boxes:
        picture[max(0, int(y0)) : max(0, ceil(y1)), max(0, int(x0)) : max(0, ceil(x1))] = True
    return picture


def share(picture: Picture, box: Sequence[float]) -> float:
    """Return the share of a box's pixels that are hidden."""
    x0, y0, x1, y1 = (max(0, round(side)) for side in box)
    inside = picture[y0:y1, x0:x1]
    return float(np.mean(inside)) if inside.size else 1.0


def mean(values: Iterable[float]) -> float:
    """Return the mean; 0 for none."""
    rows = list(values)
    return sum(rows) / len(rows) if rows else 0.0


def deface_boxes(clip: Path, frames: Sequence[int]) -> dict[str, Any]:
    """Return what deface hides in frames, installing it first."""
    python = DEFACE / "bin" / "python"
    if not (DEFACE / "bin" / "deface").exists():
        subprocess.run([sys.executable, "-m", "venv", DEFACE], check=True)
        wheels = ["deface==1.5.0", "onnxruntime", "onnx"]
        subprocess.run([python, "-m", "pip", "install", "-q", *wheels], check=True)
    wheels = ["av", "opencv-python-headless"]
    subprocess.run([python, "-m", "pip", "install", "-q", *wheels], check=True)
    script = Path(__file__).with_name("deface_boxes.py")
    asked = ",".join(str(frame) for frame in frames)
    told = subprocess.run([python, script, clip, asked], check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(told.stdout.splitlines()[-1])
    return found


def show_json(scores: list[Score], *, faults: bool) -> None:
    """Print the scores as JSON."""
    rows = [asdict(score) for score in scores]
    print(json.dumps(rows if faults else [{**r, "faults": []} for r in rows], indent=1))


def show_tables(scores: list[Score], *, faults: bool) -> None:
    """Print a table by clip and one by kind."""
    print(f"CPU {cpu_level()}, {'BF16' if has_bf16() else 'no BF16'}, {core_count()} cores\n")
    print(
        "| clip | tool | identifiable | seen | face box | bare | longest run | before first |",
        end="",
    )
    print(" over % | of it lost % | ms a frame |\n|---|---|---|---|---|---|---|---|---|---|---|")
    for tool in ("safehouse", "deface"):
        rows = [score for score in scores if score.tool == tool]
        for row in [*rows, *([total(rows)] if rows else [])]:
            counts = [row.identifiable, row.seen, row.face_box, row.bare, row.longest_run]
            line = [row.clip, tool, *counts, row.before_first, f"{row.over:.2f}"]
            line += [f"{row.over_lost:.2f}", f"{row.ms_a_frame:.0f}" if row.ms_a_frame else ""]
            print("| " + " | ".join(str(cell) for cell in line) + " |")
    print("\n| kind | " + " | ".join(KINDS) + " |\n|---|" + "---|" * len(KINDS))
    for tool in dict.fromkeys(score.tool for score in scores):
        sums = [kind_sum([s for s in scores if s.tool == tool], kind) for kind in KINDS]
        print(f"| {tool}: seen of identifiable | " + " | ".join(sums) + " |")
    for fault in [fault for score in scores for fault in score.faults] if faults else []:
        print(fault)


def total(rows: list[Score]) -> Score:
    """Return the sums of counts, the longest run, and the means of shares."""
    whole = Score("all", rows[0].tool)
    for name in ("identifiable", "seen", "face_box", "bare", "before_first"):
        setattr(whole, name, sum(getattr(row, name) for row in rows))
    whole.longest_run = max(row.longest_run for row in rows)
    for name in ("over", "over_lost", "ms_a_frame"):
        setattr(whole, name, mean(getattr(row, name) for row in rows))
    return whole


def kind_sum(scores: list[Score], kind: str) -> str:
    """Return `seen of identifiable` for a kind of face."""
    counts = [score.kinds.get(kind, [0, 0]) for score in scores]
    return f"{sum(c[1] for c in counts)} of {sum(c[0] for c in counts)}"


if __name__ == "__main__":
    sys.exit(main())
