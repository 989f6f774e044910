"""Small random crowds: heads that overlap for long, and trackers that change them in all ways.

What the worlds of `shown_worlds` seldom hold: companies of up to five heads in which somebody comes
and goes, is out of sight, or is lost while a head beside takes their place.
"""

from msgspec.structs import replace
from shown_worlds import (
    CLIP,
    CROWD,
    DAYS,
    EARLY,
    HEAD,
    PROOF,
    Dice,
    World,
    confirmed_in,
)

from safehouse.model.box import Box
from safehouse.model.clip import FrameTimes, PtsRun, VideoStream
from safehouse.model.consent import Person, Record, Register, Scope, Use
from safehouse.model.findings import Detector, Findings, Sample, Track

__all__ = ["make_crowd"]

FRAMES = 96
TIMES = FrameTimes("1/25", (PtsRun(0, 1, FRAMES),), 1)
CLIP_LONG = replace(CLIP, video=VideoStream(0, "h264", "yuv420p", 640, 360, TIMES, rate="25"))
MEET = HEAD + 16
"""Distance of two heads, px, below which their regions overlap."""

TAKEN = EARLY + 1
"""Frames after a lost head's track ended in which a head beside may take over its place."""

Follows = list[list[int]]
"""Frame → number of the person whom each track follows."""


def make_crowd(seed: int) -> World:
    """Return the crowd of a seed."""
    dice = Dice(seed)
    findings, truth = _crowd(dice)
    return World(
        _register(dice),
        Use(version="cut", medium="festival", territories=(), day=DAYS[2]),
        "own",
        findings,
        truth,
        confirmed_in(dice, findings, truth, {}, edges=0.5),
        (),
        (),
    )


def _register(dice: Dice) -> Register:
    """Return a register in which most said yes to everything, and the others nothing."""
    records = tuple(
        Record(
            id=f"R{number:04d}",
            person=who,
            traits={"face": True},
            scope=Scope(),
            how="audio",
            proof_sha256=PROOF,
            present=("none",),
            safe_when_asked=True,
            given=DAYS[0],
        )
        for number, who in enumerate(CROWD)
        if dice.chance(0.75)
    )
    return Register(
        people=tuple(Person(id=who, role="participant", risk="none", age="adult") for who in CROWD),
        records=records,
        seconded={record.id: DAYS[1] for record in records},
    )


def _crowd(dice: Dice) -> tuple[Findings, dict[str, list[str]]]:
    """Return findings of a crowd, and who each track really follows."""
    count = 2 + dice.below(4)
    start = [100 + dice.below(60 * count) for _ in range(count)]
    speed = [dice.below(7) - 3 for _ in range(count)]
    where = [[x + v * f for f in range(FRAMES)] for x, v in zip(start, speed, strict=True)]
    follows = [list(range(count)) for _ in range(FRAMES)]
    last = [FRAMES] * count
    if dice.chance(0.6):
        last[dice.below(count)] = 30 + dice.below(50)
    first = [0 if dice.chance(0.7) else dice.below(20) for _ in range(count)]
    _change(dice, follows, where, list(zip(first, last, strict=True)))
    gaps = _gaps(dice, count, last)
    tracks, truth = [], {}
    for number in range(count):
        name = f"T{number:04d}"
        lost = last[number] - 4 - dice.below(5) if last[number] < FRAMES else FRAMES
        gone = range(*gaps.get(number, (0, 0)))
        own = [follows[f][number] for f in range(first[number], last[number])]
        rows = [
            _sample(f, where[who][f], "lost" if f >= lost else "bridge" if f in gone else "seen")
            for f, who in enumerate(own, first[number])
        ]
        tracks.append(Track(name, first[number], last[number], tuple(rows)))
        truth[name] = [CROWD[who] for who in own]
    findings = Findings(
        clip=CLIP_LONG,
        shots=(0,),
        tracks=tuple(tracks),
        unsure=(),
        corrupt=(),
        key_frames=(0,),
        detector=Detector("centerface", "", "f32", 640, 384, 1),
    )
    return findings, truth


def _change(
    dice: Dice, follows: Follows, where: list[list[int]], spans: list[tuple[int, int]]
) -> None:
    """Let tracks change heads that meet, a little early or late, and take over lost ones."""
    count, at = len(where), 0
    for _ in range(dice.below(7)):
        at += 2 * EARLY + 1 + dice.below(14)
        if at >= FRAMES:
            return
        there = [n for n in range(count) if at > spans[n][0] + 2 * EARLY]
        pairs = [
            (a, b)
            for a in there
            for b in there
            if b < a and _is_near(follows, where, (a, b), at, min(spans[a][1], spans[b][1]))
        ]
        if not pairs:
            continue
        one, other = dice.pick(pairs)
        gone, left = sorted((one, other), key=lambda n: spans[n][1])
        end = spans[gone][1]
        if at < end:
            for row in follows[at:]:
                row[one], row[other] = row[other], row[one]
        elif at < min(end + TAKEN, spans[left][1]):
            for row in follows[at:]:
                row[left] = row[gone]


def _is_near(
    follows: Follows, where: list[list[int]], pair: tuple[int, int], at: int, end: int
) -> bool:
    """Return whether the heads of two tracks meet a little before or after a frame, before end."""
    a, b = (where[follows[at][number]] for number in pair)
    near = range(max(0, at - EARLY), min(end, at + EARLY + 1))
    return any(abs(a[f] - b[f]) < MEET for f in near)


def _gaps(dice: Dice, count: int, last: list[int]) -> dict[int, tuple[int, int]]:
    """Return which tracks are out of sight when."""
    found = {}
    for number in range(count):
        if dice.chance(0.2):
            first = 10 + dice.below(60)
            end = first + 3 + dice.below(8)
            if end < last[number] - 12:
                found[number] = (first, end)
    return found


def _sample(frame: int, x: int, source: str) -> Sample:
    return Sample(frame, Box(x, 100, x + HEAD, 100 + HEAD), 0.9, source)  # type: ignore[arg-type]
