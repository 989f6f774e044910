"""What hundreds of frames of a moving mask give back of a face: deface's looks, and safehouse's.

    python benchmarks/moving.py [--clips lp_d6,lp_s18,egoblur_gen1] [--frames N]

Clips of one person who keeps an attitude, from SAFEHOUSE_MEDIA/video (default ../shared/media),
cut to N frames. The real `deface` 1.5.0 hides them in its three ways, in an environment of its own
in .bench/ (as in `seen.py`), and `safehouse protect` in its two. Correlation with the face itself,
without what is coarser than a tenth of the head: from one frame, from all together, and by chance.

Then who it is: each person of the AT&T/ORL set moves about in a scene of 40 frames, hidden in each
frame alone, and what is rebuilt is compared with the six other pictures of all 39 people.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray
from recognition import faces, ours
from seen import DEFACE, MEDIA, deface_boxes

from safehouse.audit.attacks.moving import (
    BAR,
    SIDE,
    Moving,
    Rebuilt,
    Views,
    fine,
    first_of,
    likeness,
    rebuild,
)
from safehouse.media.reader import ClipReader
from safehouse.plan.check import parse_plan

Picture = NDArray[np.uint8]
Box = tuple[float, float, float, float]

LOOKS = ("veil", "solid")
WAYS = {
    "deface, mosaic": ["--replacewith", "mosaic"],
    "deface, blur": ["--replacewith", "blur"],
    "deface, solid": ["--replacewith", "solid"],
}


def cut(name: str, count: int, out: Path) -> Path:
    """Write the first frames of a clip, x264 crf 16."""
    path = next((MEDIA / "video").glob(f"{name}.*"))
    with av.open(str(path)) as source, av.open(str(out), "w") as film:
        rate = source.streams.video[0].average_rate or Fraction(25)
        stream = film.add_stream("libx264", rate=rate, options={"crf": "16"})
        for number, frame in enumerate(source.decode(video=0)):
            if number == count:
                break
            if number == 0:
                stream.width, stream.height, stream.pix_fmt = frame.width, frame.height, "yuv420p"
            picture = frame.reformat(format="yuv420p")
            picture.pts, picture.time_base = number, 1 / rate
            film.mux(stream.encode(picture))
        film.mux(stream.encode(None))
    return out


def films(clip: Path) -> Iterator[tuple[str, Path]]:
    """Yield each way of hiding and its film."""
    command = Path(sys.executable).with_name("safehouse")
    for look in LOOKS:
        film = clip.with_name(f"{look}.mov")
        line: list[str | Path] = [command, "protect", clip, "-o", film, "--look", look]
        subprocess.run(line, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        yield f"safehouse, {look}", film
    for way, options in WAYS.items():
        film = clip.with_name(f"{options[1]}.mp4")
        hidden: list[str | Path] = [DEFACE / "bin" / "deface", clip, "-o", film, *options]
        subprocess.run(hidden, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        yield way, film
    yield "nothing", clip


def heads_of(clip: Path, film: Path, plan: Path) -> tuple[Rebuilt, ...]:
    """Return what the attack finds in a film of a clip."""
    attack = Moving(parse_plan(plan.read_bytes()))
    with ClipReader(clip, "clip") as ours, ClipReader(film, "film") as theirs:
        for original, shown in zip(ours.frames(), theirs.frames(), strict=False):
            attack.look(original, shown)
    return attack.result()


def samples(picture: Picture, head: Box, turn: int) -> Picture:
    """Return the picture as deface's mosaic has it: one sample a cell, in a box that trembles."""
    cx, cy, rx, ry = head
    top, left = (max(0, int(v)) for v in (cy - ry - turn * 5 % 13, cx - rx - turn * 7 % 11))
    box = np.s_[top : int(cy + ry), left : int(cx + rx)]
    out, part = picture.copy(), picture[box]
    cells = part[::20, ::20].repeat(20, 0).repeat(20, 1)
    out[box] = cells[: part.shape[0], : part.shape[1]]
    return out


VEIL, SOLID = ours("veil"), ours("solid")
HIDERS: dict[str, Callable[[Picture, Box, int], Picture]] = {
    "nothing": lambda picture, _head, _turn: picture,
    "mosaic of samples, 20 px": samples,
    "safehouse, veil": lambda picture, head, _turn: VEIL(picture, head),
    "safehouse, solid": lambda picture, head, _turn: SOLID(picture, head),
}


def views_of(face: Picture, hide: Callable[[Picture, Box, int], Picture]) -> Views:
    """Return the views of a face that moves about in a scene, hidden in each of its 40 frames."""
    chance, views = np.random.default_rng(0), Views()
    height, width = face.shape
    for turn in range(40):
        slope = np.linspace(60, 180, 360)[None, :].repeat(360, 0)
        scene = (slope + chance.normal(0, 2, slope.shape)).astype(np.uint8)
        cx, cy = round(180 + 40 * np.sin(turn / 9)), round(180 + 25 * np.cos(turn / 7))
        left, top = cx - width // 2, cy - height // 2
        scene[top : top + height, left : left + width] = face
        head = (float(cx), float(cy), width / 2, height / 2)
        views.add(hide(scene, head, turn).astype(np.float32), head)
    return views


def name_people() -> None:
    """Print how often a rebuilt face is nearest to another picture of its person."""
    pictures, who = faces()
    people = np.unique(who)
    known = {
        person: [fine(cv2.resize(p, (SIDE, SIDE)).astype(np.float32)) for p in rows[1:]]
        for person in people
        for rows in [[pictures[n] for n in np.flatnonzero(who == person)]]
    }
    print(f"\n| hidden by | one frame | 40 frames | of {len(people)} people |")
    print("|---|---|---|---|")
    for name, hide in HIDERS.items():
        right = [0, 0]
        for person in people:
            face = pictures[int(np.flatnonzero(who == person)[0])]
            views = views_of(cv2.resize(face, (184, 224)).astype(np.uint8), hide)
            for n, seen in enumerate((first_of(views), views)):
                rebuilt = [fine(picture) for picture in rebuild(seen)]
                alike = {
                    other: max(likeness(a, b) for a in rebuilt for b in rows)
                    for other, rows in known.items()
                }
                right[n] += max(alike, key=lambda other: alike[other]) == person
        rates = [f"{100 * hits / len(people):.0f} %" for hits in right]
        print(
            f"| {name} | {rates[0]} | {rates[1]} | chance {100 / len(people):.1f} % |", flush=True
        )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--clips", default="lp_d6,lp_s18,egoblur_gen1")
    parser.add_argument("--frames", type=int, default=240)
    parser.add_argument("--people-only", action="store_true", help="the second table alone")
    given = parser.parse_args()
    if not given.people_only:
        print_clips(given.clips.split(","), given.frames)
    name_people()


def print_clips(clips: list[str], count: int) -> None:
    """Print the table of real clips."""
    print("| film | head, frames | one frame | all frames | chance | rebuilt |")
    print("|---|---|---|---|---|---|")
    for name in clips:
        with tempfile.TemporaryDirectory() as folder:
            clip = cut(name, count, Path(folder) / "clip.mp4")
            deface_boxes(clip, [0])
            for way, film in films(clip):
                for row in heads_of(clip, film, Path(folder) / "veil.private" / "plan.json"):
                    show(f"{name}: {way}", row)


def show(film: str, row: Rebuilt) -> None:
    """Print a row."""
    told = "yes" if row.found >= BAR else "no"
    print(
        f"| {film} | {row.track}, {row.frames} | {row.single:.2f} | {row.found:.2f} "
        f"| {row.chance:.2f} | {told} |",
        flush=True,
    )


if __name__ == "__main__":
    main()
