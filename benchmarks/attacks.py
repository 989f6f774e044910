"""What each attack gets out of each tool's film: none, `deface`, and safehouse's looks.

    python benchmarks/attacks.py [--clips facenet_video,grid_bbaf2n] [--frames N]

Clips: SAFEHOUSE_MEDIA/video (default ../shared/media), cut to N frames, and a parade of ORL's
faces in one film, where there are people enough for an embedding to name. `deface` 1.5.0 is run as
its users do, in an environment of its own, with its default blur, mosaic and solid. Every film is
audited by `safehouse audit FILE --source CLIP --full`, without a plan, as any tool's output is; the
attacks that need to know where the heads are take that from safehouse's plan of the clip.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray
from recognition import CROP, METHODS, crop_of, faces, rows_of, scene
from speed import BENCH, MEDIA, command

from safehouse.audit.attacks.faces import name_over_splits
from safehouse.audit.case import Case
from safehouse.audit.embeddings import Embeddings, build_attack
from safehouse.audit.pairs import NotThePlans, pairs
from safehouse.model.documents import parse_document
from safehouse.model.plan import Plan
from safehouse.model.report import Report
from safehouse.offline import block_telemetry
from safehouse.plan.check import parse_plan

PEOPLE, PARADE = 12, (960, 544)
"""People in the parade, and its size, px."""

WORDS = {"none found": "-", "leak": "found", "not run": "not run"}


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--clips", default="parade,facenet_video,grid_bbaf2n")
    parser.add_argument("--frames", type=int, default=75)
    given = parser.parse_args()
    block_telemetry()
    BENCH.mkdir(exist_ok=True)
    print_recognition()
    for name in given.clips.split(","):
        with tempfile.TemporaryDirectory(dir=BENCH) as folder:
            print_clip(name, Path(folder), given.frames)


def print_recognition() -> None:
    """Print how often a linear recogniser, taught on protected faces, names 39 people."""
    pictures, people = faces()
    scenes = [scene(picture, 7919 * n) for n, picture in enumerate(pictures)]
    print("Faces of ORL, a recogniser taught on protected ones (chance 2.6 %)\n")
    print("| what hides the face | named, ORL's crops | named, heads in scenes |\n|---|---|---|")
    for name, method in METHODS.items():
        crops = rows_of([method(p, CROP) for p in pictures], (46, 56))
        placed = rows_of([crop_of(method(p, head), head) for p, head in scenes], (46, 56))
        rates = [name_over_splits(rows, people).rate for rows in (crops, placed)]
        print(f"| {name} | {' | '.join(f'{rate:.1%}' for rate in rates)} |", flush=True)


def print_clip(name: str, folder: Path, frames: int) -> None:
    """Print one clip's table."""
    clip = folder / "clip.mp4"
    if name == "parade":
        write_parade(clip, frames)
    else:
        cut(next((MEDIA / "video").glob(f"{name}.*")), clip, frames)
    plan = protect(clip, folder / "veil.mov", "veil")
    print(f"\n{name}: {frames} frames; seconds are the tool's own, on this machine\n")
    rows = [row_of(clip, clip, plan)]
    tools: list[tuple[str, Callable[[], Path]]] = [
        ("none", lambda: clip),
        ("deface, its blur", partial(run_deface, clip, folder / "blur.mp4", "blur")),
        ("deface, mosaic", partial(run_deface, clip, folder / "mosaic.mp4", "mosaic")),
        ("deface, solid", partial(run_deface, clip, folder / "flat.mp4", "solid")),
        ("safehouse, solid", partial(run_safehouse, clip, folder / "solid.mov", "solid")),
        ("safehouse, veil", partial(run_safehouse, clip, folder / "veil.mov", "veil")),
    ]
    names = sorted(rows[0].keys() - {"exit"})
    print(f"| tool | s | exit | {' | '.join(names)} |")
    print("|" + "---|" * (3 + len(names)))
    for tool, make in tools:
        begun = time.monotonic()
        film = make()
        took = time.monotonic() - begun if film != clip else 0.0
        cells = rows[0] if film == clip else row_of(film, clip, plan)
        held = cells.get("exit", "")
        shown = " | ".join(cells.get(n, "-") for n in names)
        print(f"| {tool} | {took:.0f} | {held} | {shown} |", flush=True)


def row_of(film: Path, clip: Path, plan: Plan) -> dict[str, str]:
    """Return what each attack found in a film."""
    with tempfile.TemporaryDirectory(dir=BENCH) as folder:
        argv = command("audit", film, "--source", clip, "--full", "-o", folder, "--overwrite")
        done = subprocess.run(argv, capture_output=True, check=False)
        report = parse_document((Path(folder) / "report.json").read_bytes(), Report)
    cells = {"exit": str(done.returncode)}
    for attack in report.attacks:
        count = f" {len(attack.spots)}" if attack.result == "leak" else ""
        cells[attack.name] = WORDS[attack.result] + count
    cells["embeddings"] = named_in(film, clip, plan)
    return cells


def named_in(film: Path, clip: Path, plan: Plan) -> str:
    """Return how often an embedding names who is where safehouse's plan has a head."""
    attack = Embeddings(plan)
    case = Case(film, clip, plan)
    count = plan.clip.video.times.count if plan.clip.video else 0
    try:
        for original, shown in pairs(case, 0, count):
            attack.look(original, shown)
    except NotThePlans:
        return "other frames"
    found = build_attack(attack.result())
    if found.control.held is None:
        return "too few people"
    share = found.figure.partition("named right ")[2].partition(",")[0]
    return f"{'found ' if found.result == 'leak' else ''}{share}"


def run_deface(clip: Path, out: Path, how: str) -> Path:
    """Run deface 1.5.0 with x264 medium; return its film."""
    program = BENCH / "deface" / "bin" / "deface"
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", str(BENCH / "deface")], check=True)
        wanted = ["deface==1.5.0", "onnxruntime", "onnx"]
        subprocess.run([program.with_name("pip"), "install", "-q", *wanted], check=True)
    config = json.dumps({"codec": "libx264", "ffmpeg_params": ["-preset", "medium", "-crf", "18"]})
    argv = [str(program), str(clip), "-o", str(out), "--replacewith", how, "--keep-audio"]
    subprocess.run([*argv, "--ffmpeg-config", config], check=True, capture_output=True)
    return out


def run_safehouse(clip: Path, out: Path, look: str) -> Path:
    """Run safehouse; return its film, held or not."""
    argv = command("protect", clip, "-o", out, "--look", look, "--overwrite")
    subprocess.run(argv, check=False, capture_output=True)
    return out if out.exists() else out.with_name(out.name + ".held")


def protect(clip: Path, out: Path, look: str) -> Plan:
    """Return safehouse's plan for a clip."""
    run_safehouse(clip, out, look)
    return parse_plan((out.with_name(f"{out.stem}.private") / "plan.json").read_bytes())


def cut(source: Path, out: Path, frames: int) -> None:
    """Write the first frames of a clip, with their sound, as H.264 and AAC."""
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-i", str(source), "-frames:v", str(frames), "-shortest",
         "-c:v", "libx264", "-crf", "17", "-pix_fmt", "yuv420p", "-c:a", "aac", str(out)],
        check=True,
    )  # fmt: skip


def write_parade(out: Path, frames: int) -> None:
    """Write a film in which people of ORL stand in two rows and sway, each with 7 faces in turn."""
    read = people_of_orl()
    chance = np.random.default_rng(3)
    width, height = PARADE
    ground = cv2.resize(chance.uniform(60, 200, (6, 8)), PARADE)
    with av.open(str(out), "w") as target:
        stream = target.add_stream("libx264", rate=25, options={"crf": "17"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for n in range(frames):
            picture = ground + chance.normal(0, 2, ground.shape)
            for person, own in enumerate(read):
                paste(picture, own[n // 8 % len(own)], person, n)
            plane = np.clip(picture, 0, 255).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(plane, format="gray").reformat(format="yuv420p")
            frame.pts, frame.time_base = n, Fraction(1, 25)
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))


def people_of_orl() -> list[list[NDArray[np.uint8]]]:
    """Return the pictures of the first people."""
    folders = sorted((MEDIA / "orl").iterdir(), key=lambda path: path.name)[:PEOPLE]
    rows = []
    for folder in folders:
        read = [cv2.imread(str(path), cv2.IMREAD_GRAYSCALE) for path in sorted(folder.iterdir())]
        rows.append([picture.astype(np.uint8) for picture in read if picture is not None])
    return rows


def paste(picture: NDArray[np.float64], face: NDArray[np.uint8], person: int, frame: int) -> None:
    """Put an oval of a face into a picture, where this person stands in this frame."""
    sway = 10 * np.sin(frame / 9 + person)
    left, top = round(30 + person % 6 * 155 + sway), 40 + person // 6 * 260
    rows, columns = face.shape
    y, x = np.mgrid[:rows, :columns]
    oval = ((x - columns / 2) / (columns / 2)) ** 2 + ((y - rows / 2) / (rows / 2)) ** 2 <= 1
    picture[top : top + rows, left : left + columns][oval] = face[oval]


if __name__ == "__main__":
    main()
