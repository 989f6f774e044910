"""Whether the audit finds what is wrong with a film, and holds none with which nothing is.

    python benchmarks/faults.py [--part faults,clear,heads] [--only WORDS]

faults: more than sixty faults, each put into a film of a real clip that is otherwise as planned,
and audited as `safehouse audit --quick` does. clear: fifty films without people or with everyone
found hidden; the audit should hold none, nor a few of them with --full. heads: a track is left out
of the plan, so that a head shows that no attack on the plan can miss: how many of 20 do --quick and
--full find? Footage: SAFEHOUSE_MEDIA (default ../shared/media). Needs ffmpeg.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

import msgspec

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "audit"))

from clear_films import CLEAR  # noqa: E402
from fault_cases import (  # noqa: E402
    MASKS,
    PICTURES,
    SOUNDS,
    TIMES,
    Stage,
    Voice,
    break_mask,
    break_picture,
    break_sound,
    break_times,
    make_stage,
)
from fault_files import FILES  # noqa: E402

from safehouse.audit.draw import hidden_bits  # noqa: E402
from safehouse.audit.run import Tools  # noqa: E402
from safehouse.errors import SafehouseError  # noqa: E402
from safehouse.machine import cpu_level  # noqa: E402
from safehouse.model.plan import Mask, Plan  # noqa: E402
from safehouse.model.report import Report  # noqa: E402
from safehouse.offline import block_telemetry  # noqa: E402
from safehouse.render.protect import protect  # noqa: E402

MEDIA = Path(os.environ.get("SAFEHOUSE_MEDIA", ROOT.parent / "shared" / "media"))
CLIPS = {
    "canteen": ("mmaction_demo.mp4", "0", 40, ""),
    "street": ("facenet_video.mp4", "1", 25, "scale=640:360"),
    "kitchen": ("decord_pancake.mkv", "1", 30, ""),
    "speaker": ("grid_bbaf2n.mpg", "0", 75, ""),
    "crossing": ("facenet_video.mp4", "0", 30, "scale=1280:720"),
    "stage": ("hamilton_short.mp4", "1", 40, ""),
    "canteen, later": ("mmaction_demo.mp4", "5", 40, ""),
    "crossing, later": ("facenet_video.mp4", "2.5", 30, "scale=1280:720"),
    "kitchen, later": ("decord_pancake.mkv", "6", 30, ""),
    "stage, later": ("hamilton_short.mp4", "5", 40, ""),
    "phone": ("egoblur_gen1.mp4", "3", 30, ""),
    "signing": ("asl_book.mkv", "1", 30, ""),
}
"""Name → file, first second, frames, filter."""

HEADS_IN = (
    *("canteen", "canteen, later", "crossing", "crossing, later", "kitchen", "kitchen, later"),
    *("stage", "stage, later", "phone", "signing"),
)
"""Clips in which heads are left out of the plan, one after another."""

HEADS_EACH = 4
"""Most heads that are left out of each clip's plan."""

VOICED: dict[str, tuple[Voice, ...]] = {
    "test pattern with noise": ("bed",),
    "speaker (GRID)": ("bed", "revoice"),
    "kitchen": ("bed", "revoice"),
    "stage, with a cut": ("bed", "revoice"),
    "speaker before a flag": ("bed", "revoice"),
    "woman, 480 px": ("revoice",),
}
"""Clear films whose sound is also audited with a bed or made sound in its place."""

FULL = {
    *("test pattern, MPEG-2", "Sierpinski", "odd size", "Mandelbrot set", "a cockatoo", "canteen"),
    *("speaker (GRID)", "kitchen", "street, 640 px", "stage, with a cut", "phone, tall", "signing"),
    *("basketball", "laboratory, 640 px", "people from behind"),
    *("speaker before a flag", "woman, 480 px", "man on his side", "stretching"),
}
"""Clear films that --full audits too."""

Make = Callable[[Stage, str], Path]


def main() -> int:
    """Print the tables; return 1 when a fault was missed or a film held for nothing."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--part", default="faults,clear,heads")
    parser.add_argument("--kinds", default="mask,picture,times,file,sound")
    parser.add_argument("--only", default="", help="faults or films with these words")
    given = parser.parse_args()
    block_telemetry()
    print(f"CPU {cpu_level()}\n")
    parts = given.part.split(",")
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        if "faults" in parts:
            wrong += print_faults(Path(folder), given.kinds, given.only)
        if "clear" in parts:
            wrong += print_clear(Path(folder), given.only)
        if "heads" in parts:
            print_heads(Path(folder))
    return int(wrong > 0)


def cut(name: str, folder: Path) -> Path:
    """Return a short piece of a clip, written as a camera might."""
    file, start, frames, scale = CLIPS[name]
    out = folder / f"{name}-of-the-old-mill.mp4"
    command = ["ffmpeg", "-v", "error", "-y", "-ss", start, "-i", MEDIA / "video" / file]
    command += ["-frames:v", frames, "-shortest", *(["-vf", scale] if scale else [])]
    command += ["-c:v", "libx264", "-crf", "17", "-pix_fmt", "yuv420p", "-c:a", "aac", out]
    subprocess.run([str(word) for word in command], check=True)
    return out


def stage_of(name: str, folder: Path) -> Stage:
    """Return a clip's stage, planned by safehouse."""
    here = folder / name
    here.mkdir()
    return make_stage(cut(name, here), here, stand_in=reading())


def reading() -> Path | None:
    """Return somebody's reading, to stand in for voices."""
    return next(iter(sorted((MEDIA / "speech").glob("*/*.flac"))), None)


def all_faults() -> Iterator[tuple[str, str, str, Make]]:
    """Yield the kind of each fault, its clip, its name, and how its film is made."""
    for name, mask in MASKS.items():
        for clip in ("canteen", "street"):
            yield "mask", clip, name, partial(_mask, mask)
    for name, picture in PICTURES.items():
        yield "picture", "canteen", name, partial(_picture, picture)
    for name, times in TIMES.items():
        yield "times", "speaker", name, partial(_times, times)
    for name, file in FILES.items():
        yield "file", "speaker", name, partial(_file, file)
    for name, (voice, sound) in SOUNDS.items():
        yield "sound", "speaker", name, partial(_sound, (voice, sound))


def _mask(fault, stage, name):  # type: ignore[no-untyped-def]
    return break_mask(stage, fault, name)


def _picture(fault, stage, name):  # type: ignore[no-untyped-def]
    return break_picture(stage, fault, name)


def _times(fault, stage, name):  # type: ignore[no-untyped-def]
    return break_times(stage, fault, name)


def _file(fault, stage, name):  # type: ignore[no-untyped-def]
    return fault(stage, stage.folder / f"{name}.mov")


def _sound(fault, stage, name):  # type: ignore[no-untyped-def]
    return break_sound(stage, fault[1], fault[0], name)


def print_faults(folder: Path, kinds: str, only: str) -> int:
    """Print each fault and which attack found it; return how many none did."""
    rows = [row for row in all_faults() if row[0] in kinds.split(",") and only in row[2]]
    stages: dict[str, Stage] = {}
    print("| fault | clip | held | found by | s |\n|---|---|---|---|---|")
    missed: list[str] = []
    for number, (kind, clip, name, make) in enumerate(rows):
        if clip not in stages:
            stages[clip] = stage_of(clip, folder)
        stage = stages[clip]
        film = make(stage, f"{kind}-{number}")
        voice = SOUNDS[name][0] if kind == "sound" else "mute"
        begun = time.monotonic()
        held, words = verdict(lambda: stage.audit(film, voice))  # noqa: B023
        took = time.monotonic() - begun
        if not held:
            missed.append(f"{name} ({clip})")
        print(f"| {name} | {clip} | {'yes' if held else 'NO'} | {words} | {took:.1f} |", flush=True)
        film.unlink()
    names = {row[2] for row in rows}
    print(f"\n{len(rows) - len(missed)} of {len(rows)} found, {len(names)} kinds of fault.")
    for name in missed:
        print(f"missed: {name}")
    print()
    return len(missed)


def verdict(audit: Callable[[], Report]) -> tuple[bool, str]:
    """Return whether a film is held, and by which attacks; a film that can't be read is."""
    try:
        report = audit()
    except SafehouseError as error:
        return True, f"refused [{error.id}]"
    words = [
        f"{attack.name} ({spot_words(attack.spots)})" if attack.result == "leak" else
        f"{attack.name} not run"
        for attack in report.attacks
        if attack.result != "none found"
    ]  # fmt: skip
    return report.held, ", ".join(words)


def spot_words(spots) -> str:  # type: ignore[no-untyped-def]
    """Return the first words of what was found, short."""
    return str(spots[0].what)[:60] if spots else ""


def print_clear(folder: Path, only: str) -> int:
    """Print how many films are held with which nothing is wrong."""
    counts: Counter[str] = Counter()
    print("| film | held | why | s |\n|---|---|---|---|")
    made = 0
    for name, make in CLEAR.items():
        if only not in name:
            continue
        here = folder / f"clear-{made}"
        here.mkdir()
        clip = make(MEDIA, here)
        if clip is None:
            continue
        made += 1
        try:
            stage = make_stage(clip, here, stand_in=reading())
        except SafehouseError as error:
            print(f"| {name} | refused [{error.id}] | | |", flush=True)
            continue
        ways = [("quick", "mute"), *(("quick", voice) for voice in VOICED.get(name, ()))]
        ways += [("full", "mute")] if name in FULL else []
        for how, voice in ways:
            begun = time.monotonic()
            film = stage.film("film", voice)
            held, words = verdict(partial(stage.audit, film, voice, tools_of(stage, how)))
            counts[how] += 1
            counts[f"{how} held"] += held
            cells = f"{'HELD' if held else 'no'} | {words} | {time.monotonic() - begun:.1f}"
            print(f"| {name}, {voice}, {how} | {cells} |", flush=True)
    for how in ("quick", "full"):
        print(f"\n--{how}: {counts[f'{how} held']} of {counts[how]} held.")
    print()
    return counts["quick held"] + counts["full held"]


def tools_of(stage: Stage, how: str) -> Tools | None:
    """Return what a full audit has; None for a quick one."""
    video = stage.plan.clip.video
    if how == "quick" or video is None:
        return None
    from safehouse.attack_jobs import second_search

    return Tools(partial(protect, plan=stage.plan), second_search(video))


def print_heads(folder: Path) -> None:
    """Print how many heads that no plan knows each audit finds."""
    print("| clip | track | frames | --quick | --full |\n|---|---|---|---|---|")
    found: Counter[str] = Counter()
    here = folder / "heads"
    here.mkdir()
    for clip in HEADS_IN:
        stage = stage_of(clip, here)
        for track, frames in bare_tracks(stage)[:HEADS_EACH]:
            short = without_track(stage, track)
            film = short.film(f"without-{track}")
            own = [mask for mask in stage.plan.masks if mask.track == track]
            cells = []
            for how in ("quick", "full"):
                report = short.audit(film, "mute", tools_of(short, how))
                hits = hits_on(report, with_only(stage.plan, own))
                cells.append(", ".join(hits) or ("another face" if report.held else "-"))
                found[how] += bool(hits)
            found["tries"] += 1
            print(f"| {clip} | {track} | {frames} | {' | '.join(cells)} |", flush=True)
    tries = found["tries"]
    print(f"\nof {tries} heads: --quick finds {found['quick']}, --full {found['full']}.\n")


def without_track(stage: Stage, track: str) -> Stage:
    """Return a stage whose plan does not know a head."""
    masks = tuple(mask for mask in stage.plan.masks if mask.track != track)
    folder = stage.folder / f"without-{track}"
    folder.mkdir()
    return Stage(folder, stage.clip, msgspec.structs.replace(stage.plan, masks=masks))


def hits_on(report: Report, own: Plan) -> list[str]:
    """Return the frames in which a face was found where only these masks would hide it."""
    frames = []
    for spot in (s for attack in report.attacks if attack.name == "faces" for s in attack.spots):
        at = re.search(r"around \((\d+), (\d+)\)", spot.what)
        if at and hidden_bits(own, spot.first)[int(at[2]), int(at[1])]:
            frames.append(f"f{spot.first}")
    return list(dict.fromkeys(frames))


def bare_tracks(stage: Stage) -> list[tuple[str, int]]:
    """Return heads that would be seen without their own masks, and for how many frames."""
    rows = []
    for track in dict.fromkeys(mask.track for mask in stage.heads):
        own = [m for m in stage.plan.masks if m.track == track]
        others = tuple(m for m in stage.plan.masks if m.track != track)
        at = [hidden_bits(with_only(stage.plan, own), n) for n in range(len(stage.originals))]
        rest = [hidden_bits(with_only(stage.plan, others), n) for n in range(len(at))]
        bare = sum(
            bool(a.any()) and (a & ~r).sum() > 0.7 * a.sum() for a, r in zip(at, rest, strict=True)
        )
        if bare >= 10:
            rows.append((track, bare))
    return rows


def with_only(plan: Plan, masks: Iterable[Mask]) -> Plan:
    """Return the plan with these masks."""
    return msgspec.structs.replace(plan, masks=tuple(masks))


if __name__ == "__main__":
    sys.exit(main())
