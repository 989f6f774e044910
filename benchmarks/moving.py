"""What hundreds of frames of a moving mask give back of a face: deface's looks, and safehouse's.

    python benchmarks/moving.py [--clips lp_d6,lp_s18,egoblur_gen1] [--frames N]

Clips of one person who keeps an attitude, from SAFEHOUSE_MEDIA/video (default ../shared/media),
cut to N frames. The real `deface` 1.5.0 hides them in its three ways, in an environment of its own
in .bench/ (as in `seen.py`), and `safehouse protect` in its two. Correlation with the face itself,
without what is coarser than a tenth of the head: from one frame, from all together, and by chance.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
from seen import DEFACE, MEDIA, deface_boxes

from safehouse.audit.attacks.moving import BAR, Moving, Rebuilt
from safehouse.media.reader import ClipReader
from safehouse.plan.check import parse_plan

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


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--clips", default="lp_d6,lp_s18,egoblur_gen1")
    parser.add_argument("--frames", type=int, default=240)
    given = parser.parse_args()
    print("| film | head, frames | one frame | all frames | chance | rebuilt |")
    print("|---|---|---|---|---|---|")
    for name in given.clips.split(","):
        with tempfile.TemporaryDirectory() as folder:
            clip = cut(name, given.frames, Path(folder) / "clip.mp4")
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
