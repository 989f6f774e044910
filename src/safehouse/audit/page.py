"""report.html: one page that a filmmaker can act on, in one file, with nothing from outside."""

import base64
from collections.abc import Sequence
from fractions import Fraction
from importlib.resources import files
from typing import NamedTuple

from jinja2 import Environment, StrictUndefined

from safehouse.audit.sheet import moments
from safehouse.model.clip import VideoStream, parse_fraction
from safehouse.model.plan import Plan
from safehouse.model.report import Attack, Report

__all__ = ["build_page", "headline", "next_steps", "time_code"]

LANES_MOST = 60
"""Lanes of the strip; the tracks beyond are counted in words."""

STRIP_WIDTH, LANE_HEIGHT, LANE_LEFT = 1000, 18, 90

SPOTS_MOST = 30
"""Spots that the page lists for an attack; report.json has all."""

NAMES = {
    "coverage": "Masks in the picture",
    "faces": "Faces left over",
    "following": "Faces that can be followed",
    "interference": "What lies under the masks",
    "container": "What the file says",
    "sound": "Sound",
}
RESULTS = {"none found": "no leak found", "leak": "leak found", "not run": "not run to its end"}


class Bar(NamedTuple):
    """A bar of the strip: place and width in the strip's units, kind, and words for a reader."""

    x: float
    width: float
    kind: str
    words: str


class Lane(NamedTuple):
    """A lane of the strip: a track's id, its top, and its bars."""

    name: str
    y: int
    bars: tuple[Bar, ...]


def build_page(report: Report, plan: Plan, sheet: Sequence[bytes]) -> str:
    """Return report.html: what to do first, then what was found, what remains, and how.

    Args:
        report: what the attacks found.
        plan: who is hidden where, for the strip.
        sheet: PNG pictures of the protected film at `sheet.moments`, masks outlined.
    """
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    text = (files("safehouse.audit") / "templates" / "report.html").read_text("utf-8")
    lanes = _lanes(plan)
    video = plan.clip.video
    return environment.from_string(text).render(
        report=report,
        plan=plan,
        headline=headline(report),
        steps=next_steps(report, plan),
        names=NAMES,
        results=RESULTS,
        spots_most=SPOTS_MOST,
        pictures=_pictures(plan, sheet),
        lanes=lanes,
        more_lanes=max(0, len(_tracks(plan)) - len(lanes)),
        strip=(STRIP_WIDTH, LANE_HEIGHT, LANE_LEFT, len(lanes) * LANE_HEIGHT + 26),
        ticks=_ticks(video) if video else (),
        at=lambda frame: time_code(video, frame),
        heads=len({mask.track for mask in plan.masks if mask.track}),
    )


def headline(report: Report) -> str:
    """Return the first line: held and why, or that these tests found nothing."""
    broken = [NAMES.get(a.name, a.name) for a in report.attacks if a.result == "not run"]
    leaks = [a for a in report.attacks if a.result == "leak"]
    if leaks:
        count = sum(len(a.spots) for a in leaks)
        names = ", ".join(NAMES.get(a.name, a.name).lower() for a in leaks)
        return f"Held: {count} {'place' if count == 1 else 'places'} to look at ({names})"
    if broken:
        return f"Held: a test could not be run to its end ({', '.join(broken).lower()})"
    return f"No leak found by these tests; {len(report.remains)} things remain"


def next_steps(report: Report, plan: Plan) -> tuple[str, ...]:
    """Return what to do now, the most urgent first."""
    video = plan.clip.video
    steps = []
    if report.held:
        steps.append(
            "Do not give this film away. It keeps the ending .held until no test holds it."
        )
    if any(span.action == "disguise" for track in plan.sound for span in track.spans):
        steps.append(
            "This is a copy to cut with: voices are disguised and can be recognised. Do not "
            "publish it; deliver with --voices revoice, or mute."
        )
    for attack in report.attacks:
        for spot in attack.spots[:1]:
            steps.append(f"Look at {_where(attack, spot.first, video)}: {spot.what}.")
    if not report.watched:
        spans = len(report.unsure)
        words = "1 uncertain span" if spans == 1 else f"{spans} uncertain spans"
        steps.append(
            f"No person has watched this yet: {words}. Watch the whole film once, slowly, before "
            "it leaves your hands; begin with the spans listed below."
        )
    steps.append("Read what remains, and ask each person at risk about each line of it.")
    return tuple(steps)


def time_code(video: VideoStream | None, frame: int) -> str:
    """Return a frame's time on screen as h:mm:ss.mmm, from its exact pts."""
    if video is None or not video.times.count:
        return "-"
    at = max(0, frame)
    for run in video.times.runs:
        if at < run.count:
            pts = run.first + run.step * at
            break
        at -= run.count
    else:
        last = video.times.runs[-1]
        pts = last.first + last.step * (last.count - 1) + video.times.last_duration
    ms = int(Fraction(pts) * parse_fraction(video.times.timebase) * 1000)
    sign, ms = ("-" if ms < 0 else ""), abs(ms)
    return f"{sign}{ms // 3600000}:{ms // 60000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"


def _where(attack: Attack, frame: int, video: VideoStream | None) -> str:
    if attack.name == "container" or video is None:
        return "the file"
    return f"{time_code(video, frame)} (frame {frame})"


def _pictures(plan: Plan, sheet: Sequence[bytes]) -> list[dict[str, str]]:
    rows = []
    for frame, png in zip(moments(plan), sheet, strict=False):
        masks = sum(m.first <= frame < m.end for m in plan.masks)
        words = "1 mask" if masks == 1 else f"{masks} masks"
        if plan.mode == "reveal-only":
            words = "all hidden but the drawn regions"
        rows.append(
            {
                "src": "data:image/png;base64," + base64.b64encode(png).decode(),
                "alt": f"protected frame {frame}, {words} outlined",
                "caption": f"{time_code(plan.clip.video, frame)} · frame {frame} · {words}",
            }
        )
    return rows


def _tracks(plan: Plan) -> dict[str, list[Bar]]:
    """Return the bars of each track, and of masks that follow none, by name."""
    count = plan.clip.video.times.count if plan.clip.video else 0
    rows: dict[str, list[Bar]] = {}
    wide = (STRIP_WIDTH - LANE_LEFT) / max(1, count)
    for mask in sorted(plan.masks, key=lambda m: m.first):
        name = mask.track or ("whole picture" if mask.why in {"unsure", "corrupt"} else mask.id)
        first, end = max(0, mask.first), min(mask.end, count)
        words = f"{name}: hidden in frames {first} to {end - 1} ({mask.why})"
        bar = Bar(
            round(LANE_LEFT + first * wide, 2),
            round(max(1.5, (end - first) * wide), 2),
            mask.why,
            words,
        )
        rows.setdefault(name, []).append(bar)
    return rows


def _lanes(plan: Plan) -> tuple[Lane, ...]:
    rows = list(_tracks(plan).items())[:LANES_MOST]
    return tuple(Lane(name, n * LANE_HEIGHT, tuple(bars)) for n, (name, bars) in enumerate(rows))


def _ticks(video: VideoStream) -> tuple[tuple[float, str], ...]:
    """Return places and times of the strip's scale: begin, quarters and end."""
    count = video.times.count
    wide = STRIP_WIDTH - LANE_LEFT
    return tuple(
        (round(LANE_LEFT + wide * n / 4, 1), time_code(video, count * n // 4)) for n in range(5)
    )
