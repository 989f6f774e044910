"""Breaks containers, plans and findings, and looks at what the readers do: `make fuzz`.

Each broken file is read in a process of its own with limits. Right answers are: read, or refused
with an error that has an id. A Python exception of another kind is a bug of ours. A decoder that
dies or runs past its limits is what workers are for (E19); it is counted, and the file is kept.
"""

import argparse
import os
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from safehouse.errors import SafehouseError
from safehouse.media.filmcheck import check_film
from safehouse.media.inspect import identifying_strings, inspect_file
from safehouse.media.reader import ClipReader
from safehouse.plan.check import parse_plan

ROOT = Path(__file__).resolve().parents[1]
MEMORY_BYTES = 3 << 30
CPU_S = 20
CLIPS = (
    ("a.mp4", "libx264", "yuv420p", "aac"),
    ("b.mov", "libx265", "yuv420p10le", "pcm_s16le"),
    ("c.mov", "prores_ks", "yuv422p10le", "aac"),
    ("d.mkv", "libx264", "yuv444p", "libopus"),
    ("e.avi", "mpeg4", "yuv420p", "mp2"),
    ("f.ts", "mpeg2video", "yuv420p", "mp2"),
    ("g.webm", "libvpx-vp9", "yuv420p", "libopus"),
    ("h.mp4", "mjpeg", "yuvj420p", None),
    ("i.wav", None, "", "pcm_s16le"),
)
"""Name, picture codec, pixel format and sound codec of the clips that are broken."""

Random = random.Random
Mutation = Callable[[Random, bytearray], None]


def write_clip(path: Path, codec: str | None, pix_fmt: str, sound: str | None) -> None:
    """Write a clip of twelve frames, 64 x 48 px, with a tone and a few tags."""
    with av.open(str(path), "w") as out:
        out.metadata.update({"title": "fuzz", "comment": "planted", "location": "+01.0+002.0/"})
        quiet = {"x265-params": "log-level=none"} if codec == "libx265" else {}
        picture = out.add_stream(codec, rate=25, options=quiet) if codec else None
        tone = out.add_stream(sound, rate=48000) if sound else None
        if isinstance(picture, av.VideoStream):
            picture.width, picture.height, picture.pix_fmt = 64, 48, pix_fmt
            _write_picture(out, picture)
        if isinstance(tone, av.AudioStream):
            _write_tone(out, tone)


def _write_picture(out: av.container.OutputContainer, picture: av.VideoStream) -> None:
    for number in range(12):
        flat = np.full((48, 64, 3), 20 * number, np.uint8)
        flat[10:30, number : number + 20] = (200, 90, 40)
        frame = av.VideoFrame.from_ndarray(flat, format="rgb24")
        frame.pts, frame.time_base = number, Fraction(1, 25)
        out.mux(picture.encode(frame))
    out.mux(picture.encode())


def _write_tone(out: av.container.OutputContainer, tone: av.AudioStream) -> None:
    wave = (9000 * np.sin(np.arange(24000) / 20)).astype(np.int16)
    for first in range(0, len(wave), 960):
        part = np.repeat(wave[None, first : first + 960], 2, axis=1)
        block = av.AudioFrame.from_ndarray(part, format="s16", layout="stereo")
        block.sample_rate, block.pts, block.time_base = 48000, first, Fraction(1, 48000)
        out.mux(tone.encode(block))
    out.mux(tone.encode())


def _flip(rng: Random, data: bytearray) -> None:
    for _ in range(rng.choice((1, 4, 32))):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def _blast(rng: Random, data: bytearray) -> None:
    at, size = rng.randrange(len(data)), rng.choice((4, 64, 1024))
    data[at : at + size] = rng.randbytes(size)


def _cut(rng: Random, data: bytearray) -> None:
    del data[rng.randrange(len(data)) :]


def _lose(rng: Random, data: bytearray) -> None:
    at = rng.randrange(len(data))
    del data[at : at + rng.choice((1, 8, 500))]


def _repeat(rng: Random, data: bytearray) -> None:
    at = rng.randrange(len(data))
    part = data[at : at + rng.choice((8, 200, 4000))]
    data[at:at] = part * rng.choice((1, 3))


def _number(rng: Random, data: bytearray) -> None:
    """Put an awkward number where a size or a count may be."""
    value = rng.choice((0, 1, 7, 8, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, len(data)))
    at = rng.randrange(max(1, len(data) - 4))
    data[at : at + 4] = value.to_bytes(4, rng.choice(("big", "little")))


def _size(rng: Random, data: bytearray) -> None:
    """Put an awkward number where the size of an MP4 box is."""
    names = (
        b"moov",
        b"trak",
        b"stsd",
        b"stts",
        b"stsz",
        b"stco",
        b"elst",
        b"udta",
        b"mdat",
        b"meta",
    )
    found = [at for name in names if (at := data.find(name)) >= 4]
    if found:
        at = rng.choice(found) + rng.choice((-4, 4, 8, 12))
        value = rng.choice((0, 1, 4, 9, 0x7FFFFFFF, 0xFFFFFFFF))
        data[at : at + 4] = value.to_bytes(4, "big")


MUTATIONS: tuple[Mutation, ...] = (_flip, _blast, _cut, _lose, _repeat, _number, _size, _size)


def read_clip(path: Path) -> None:
    """Read a clip to its end, its sound and all that it says of its maker."""
    with ClipReader(path, "C0001") as reader:
        for _ in reader.frames():
            pass
        reader.clip()
        reader.key_frames()


def look_at(path: Path) -> None:
    """Read all that a file says of its maker."""
    inspect_file(path)
    identifying_strings(path)


def look_at_film(path: Path) -> None:
    """Look for what the allow-list does not name."""
    check_film(path)


def read_plan(path: Path) -> None:
    """Read a plan."""
    parse_plan(path.read_bytes())


@dataclass
class Campaign:
    """What happened: how often, and which files to look at again."""

    seen: Counter[str] = field(default_factory=Counter)
    bugs: dict[str, Path] = field(default_factory=dict)
    deaths: dict[str, Path] = field(default_factory=dict)


def outcome_of(target: Callable[[Path], None], path: Path) -> str:
    """Return what a target does with a file, tried in a child process with limits."""
    into, out_of = os.pipe()
    child = os.fork()
    if not child:
        os.close(into)
        _try(target, path, out_of)
    os.close(out_of)
    with os.fdopen(into, "rb") as pipe:
        said = pipe.read().decode()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return f"died: {signal.Signals(os.WTERMSIG(status)).name}"
    return said or "died: no answer"


def _try(target: Callable[[Path], None], path: Path, out: int) -> None:
    """Try a target, write what happened to a pipe, and leave this process."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    signal.alarm(3 * CPU_S)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    try:
        target(path)
        said = "read"
    except SafehouseError as error:
        said = f"refused {error.id}" if error.exit_code > 2 else f"bug: {error.id}"
    except MemoryError:
        said = "died: memory"
    except BaseException as error:  # noqa: BLE001 - whatever else comes out is the finding
        step = traceback.extract_tb(error.__traceback__)[-1]
        said = f"bug: {type(error).__name__} at {Path(step.filename).name}:{step.lineno}"
    os.write(out, said.encode())
    os._exit(0)


def seeds(folder: Path) -> list[tuple[bytes, str, tuple[Callable[[Path], None], ...]]]:
    """Return what is broken: bytes, an ending, and the targets that read it."""
    found: list[tuple[bytes, str, tuple[Callable[[Path], None], ...]]] = []
    for name, codec, pix_fmt, sound in CLIPS:
        write_clip(folder / name, codec, pix_fmt, sound)
        targets = (read_clip, look_at, look_at_film)
        found.append(((folder / name).read_bytes(), Path(name).suffix, targets))
    for path in sorted((ROOT / "testkit" / "vectors").glob("plan-ok-*.vec"))[:4]:
        found.append((path.read_bytes().partition(b"\n\n")[2], ".json", (read_plan,)))
    return found


def campaign(seed: int, *, seconds: float = 1e9, count: int = 10**9, keep: Path) -> Campaign:
    """Return what happened to broken files, until seconds or count are over.

    The same seed breaks the same files in the same way.
    """
    result, rng = Campaign(), Random(seed)
    end = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        grown = seeds(folder)
        for number in range(count):
            if time.monotonic() > end:
                break
            content, ending, targets = rng.choice(grown)
            data = bytearray(content)
            for _ in range(rng.choice((1, 1, 2, 5))):
                if data:
                    rng.choice(MUTATIONS)(rng, data)
            path = folder / f"broken-{number:06d}{ending}"
            path.write_bytes(data)
            _count(result, targets, path, keep)
            path.unlink(missing_ok=True)
    return result


def _count(
    result: Campaign, targets: tuple[Callable[[Path], None], ...], path: Path, keep: Path
) -> None:
    for target in targets:
        what = f"{target.__name__}: {outcome_of(target, path)}"
        result.seen[what] += 1
        for kind, files in (("bug: ", result.bugs), ("died: ", result.deaths)):
            if kind in what and what not in files:
                keep.mkdir(parents=True, exist_ok=True)
                files[what] = keep / path.name
                files[what].write_bytes(path.read_bytes())


def main() -> int:
    """Run a campaign and print what happened; 1 when there is a bug."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    wanted = parser.parse_args()
    print(f"seed {wanted.seed}, {wanted.seconds:.0f} s", flush=True)
    result = campaign(wanted.seed, seconds=wanted.seconds, keep=ROOT / ".fuzz")
    for what, times in sorted(result.seen.items()):
        print(f"{times:7d}  {what}")
    for what, path in (*result.bugs.items(), *result.deaths.items()):
        print(f"look at {path.relative_to(ROOT)}: {what}")
    return 1 if result.bugs else 0


if __name__ == "__main__":
    sys.exit(main())
