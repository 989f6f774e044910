"""Small random films with registers, trackers that swap heads, and humans who say what they see.

`may` says who may be shown, straight from the rules as they are written for people and with no
code of safehouse: it permits too much rather than too little, so that whatever it forbids and a
plan shows is a fault.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from safehouse.analysis.pieces import cut_tracks
from safehouse.model.acts_clips import Question
from safehouse.model.box import Box
from safehouse.model.clip import Clip, FrameTimes, PtsRun, SoundStream, VideoStream
from safehouse.model.consent import (
    MEDIA,
    STATES,
    Link,
    Person,
    Record,
    Register,
    Scope,
    StateChange,
    Trait,
    Use,
)
from safehouse.model.findings import Detector, Findings, Sample, Track
from safehouse.model.showing import Answer, Answered, Confirmed, Origin, VoiceSpan

FRAMES, RATE, SAMPLES = 48, 1000, 4000
CROWD = ("P01", "P02", "P03", "P04", "P05")
PEOPLE = CROWD[:3]
DAYS = ("2026-01-10", "2026-03-10", "2026-06-10", "2027-06-30")
PROOF = "ab" * 32
TIMES = FrameTimes("1/25", (PtsRun(0, 1, FRAMES),), 1)
CLIP = Clip(
    "C0001",
    "0" * 64,
    1,
    VideoStream(0, "h264", "yuv420p", 640, 360, TIMES, rate="25"),
    (
        SoundStream(1, "aac", RATE, "mono", 1, SAMPLES),
        SoundStream(2, "aac", RATE, "mono", 1, SAMPLES),
    ),
)
HEAD = 40
"""Side of a head, px."""

EARLY = 3
"""Frames before and after two heads meet in which a tracker may swap them already, or still; no
two swaps come within twice as many."""


class Dice:
    """A few hundred numbers from a seed, taken one after another."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self._left: list[float] = []

    def roll(self) -> float:
        """Return a number, 0 <= x < 1."""
        if not self._left:
            self._left = self._rng.random(256).tolist()
        return self._left.pop()

    def chance(self, share: float) -> bool:
        """Return True in this share of all rolls."""
        return self.roll() < share

    def below(self, n: int) -> int:
        """Return a whole number 0 <= k < n."""
        return int(self.roll() * n)

    def pick(self, rows: Sequence[Any]) -> Any:
        """Return one of the rows."""
        return rows[self.below(len(rows))]


@dataclass
class World:
    """A film, who is really where, and all that is on record.

    Attributes:
        truth: track → who the head really is in each of its frames.
        answers: what is asked about the clip, and answered.
        voices: what a human said of who is heard.
    """

    register: Register
    use: Use
    origin: Origin
    findings: Findings
    truth: dict[str, list[str]]
    pieces: tuple[Confirmed, ...]
    answers: tuple[Answered, ...]
    voices: tuple[VoiceSpan, ...]


def make_world(seed: int) -> World:
    """Return the world of a seed."""
    dice = Dice(seed)
    findings, truth, jumps = _tracks(dice)
    return World(
        _register(dice),
        Use(
            version=dice.pick(("cut", "trailer")),
            medium=dice.pick(("festival", "online")),
            territories=dice.pick(((), ("FR",), ("FR", "IR"))),
            day=DAYS[2],
        ),
        "unknown" if dice.chance(0.05) else "own",
        findings,
        truth,
        confirmed_in(dice, findings, truth, jumps),
        _answers(dice),
        _voices(dice),
    )


Jumps = dict[str, list[tuple[int, int]]]


def _tracks(dice: Dice) -> tuple[Findings, dict[str, list[str]], Jumps]:
    """Return findings of heads on straight ways, who each track really follows, and its jumps.

    Heads change places with heads that are followed too: of one that was never found no plan knows.
    """
    count = 2 + dice.below(2)
    start = [40 + dice.below(400) for _ in range(count)]
    speed = [dice.below(17) - 8 for _ in range(count)]
    where = [[x + v * f for f in range(FRAMES)] for x, v in zip(start, speed, strict=True)]
    follows = [list(range(count)) for _ in range(FRAMES)]
    late = 20 if dice.chance(0.1) else 0
    gaps: dict[int, range] = {}
    jumps: Jumps = {}
    swaps = [
        (_meeting(dice, where, (a, b)), a, b)
        for a in range(count)
        for b in range(a)
        if dice.chance(0.7)
    ]
    last = -FRAMES
    for at, a, b in sorted(swaps):
        if at - last > 2 * EARLY and at > late + 2 * EARLY:
            last = at
            _swap(follows, a, b, at)
    if dice.chance(0.4):
        number, first = dice.below(count), 4 + dice.below(30)
        gaps[number] = range(first, first + 3 + dice.below(8))
        if dice.chance(0.5):
            other, at = (number + 1) % count, dice.pick(gaps[number])
            _exchange(follows, number, other, at)
            jumps.setdefault(f"T{other:04d}", []).append((at - 2, at + 2))
    tracks, truth = [], {}
    for number in range(count):
        name, gone = f"T{number:04d}", gaps.get(number, range(0))
        first = 0 if number else late
        own = [follows[f][number] for f in range(FRAMES)]
        rows = [_sample(f, where[own[f]][f], f in gone, dice) for f in range(first, FRAMES)]
        tracks.append(Track(name, first, FRAMES, tuple(rows)))
        truth[name] = [PEOPLE[who] for who in own[first:]]
    detector = Detector("centerface", "", "f32", 640, 384, 1)
    findings = Findings(
        clip=CLIP,
        shots=(0,),
        tracks=tuple(tracks),
        unsure=(),
        corrupt=(),
        key_frames=(0,),
        detector=detector,
    )
    return findings, truth, jumps


def _sample(frame: int, x: int, gone: bool, dice: Dice) -> Sample:
    source: Any = ("lost" if dice.chance(0.1) else "bridge") if gone else "seen"
    return Sample(frame, Box(x, 100, x + HEAD, 100 + HEAD), 0.9, source)


def _meeting(dice: Dice, where: list[list[int]], pair: tuple[int, int]) -> int:
    """Return a frame in which two heads meet, or nearly do; 0 where they never do."""
    a, b = pair
    together = [f for f in range(FRAMES) if abs(where[a][f] - where[b][f]) < HEAD + 16]
    if not together:
        return 0
    first, end = max(1, together[0] - EARLY), min(FRAMES, together[-1] + 1 + EARLY)
    return first + dice.below(max(1, end - first))


def _exchange(follows: list[list[int]], one: int, other: int, at: int) -> None:
    """Let two tracks change heads from a frame on."""
    for row in follows[at:]:
        row[one], row[other] = row[other], row[one]


def _swap(follows: list[list[int]], a: int, b: int, at: int) -> None:
    """Let the tracks of two people change heads from a frame on; later swaps come later."""
    for row in follows[at:]:
        row[:] = [{a: b, b: a}.get(who, who) for who in row]


def confirmed_in(
    dice: Dice, findings: Findings, truth: dict[str, list[str]], jumps: Jumps, edges: float = 0.0
) -> tuple[Confirmed, ...]:
    """Return the pieces as a human names them who sees rightly: whoever is there, or nobody.

    Of a piece in which heads meet or change she has seen one frame; of a bridge, all of it. edges
    is how often that one frame is the piece's first or last.
    """
    rows = []
    start = {track.id: track.first for track in findings.tracks}
    for piece in cut_tracks(findings, jumps):
        own = truth[piece.track][piece.first - start[piece.track] : piece.end - start[piece.track]]
        most = max(sorted(set(own)), key=own.count)
        seen = (own[0], own[-1]) if edges and dice.chance(edges) else own
        one = dice.pick(seen) if piece.why in {"overlap", "jump"} else most
        if piece.why == "bridge" and len(set(own)) > 1:
            one = ""
        rows.append(Confirmed(piece, one if dice.chance(0.9) else "", dice.chance(0.03)))
    return tuple(rows)


def _answers(dice: Dice) -> tuple[Answered, ...]:
    rows = []
    for number in range(dice.pick((0, 0, 1, 2))):
        first = dice.below(FRAMES - 1)
        question = Question(
            f"C0001-Q{number:03d}",
            dice.pick(("begins", "lost", "weak", "near", "large", "whole", "damaged", "unsure")),
            first,
            first + 1 + dice.below(12),
            dice.pick(("", "T0000", "T0001", "T0002")),
            0.5,
            "",
        )
        answer: Answer = dice.pick(("open", "accept", "hide", "nothing"))
        rows.append(Answered(question, answer))
    return tuple(rows)


def _voices(dice: Dice) -> tuple[VoiceSpan, ...]:
    rows = []
    for _ in range(dice.below(5)):
        first = dice.below(SAMPLES - 1)
        end = min(SAMPLES, first + 1 + dice.below(SAMPLES // 2))
        rows.append(VoiceSpan(1 + dice.below(2), first, end, dice.pick((*PEOPLE, ""))))
    return tuple(rows)


# The register: mostly yes, with each reason for a no now and then.


def _register(dice: Dice) -> Register:
    records = [
        _record(dice, f"R{number:04d}", dice.pick(PEOPLE) if number > 2 else PEOPLE[number])
        for number in range(3 + dice.below(3))
    ]
    seconded = {r.id: dice.pick(DAYS[:3] if dice.chance(0.9) else DAYS) for r in records}
    if dice.chance(0.1):
        del seconded[records[0].id]
    changes = [
        StateChange(person=dice.pick(PEOPLE), state=dice.pick(STATES), day=dice.pick(DAYS))
        for _ in range(dice.chance(0.2))
    ]
    links = [
        Link(person=PEOPLE[0], other="P09", answered=dice.pick(("unanswered", "no risk", "risk")))
        for _ in range(dice.chance(0.15))
    ]
    return Register(
        people=tuple(_person(dice, name) for name in (*PEOPLE, "P09")),
        records=tuple(records),
        changes=tuple(changes),
        links=tuple(links),
        seconded=seconded,
    )


def _person(dice: Dice, name: str) -> Person:
    usual = dice.chance(0.8)
    return Person(
        id=name,
        role="participant",
        hidden_from=() if dice.chance(0.95) else ("public",),
        risk="none" if usual else dice.pick(("unanswered", "some", "high")),
        age="adult" if dice.chance(0.9) else dice.pick(("unknown", "child")),
    )


def _record(dice: Dice, name: str, person: str) -> Record:
    def usually(value: Any, *others: Any) -> Any:
        return value if dice.chance(0.93) else dice.pick(others)

    return Record(
        id=name,
        person=person,
        traits={"face": not dice.chance(0.15), "voice": not dice.chance(0.3)},
        scope=Scope(
            versions=usually((), ("cut",), ("trailer",)),
            media=usually((), (dice.pick(MEDIA),)),
            territories=usually((), ("FR",), ("FR", "IR")),
            valid_from=usually("", *DAYS),
            until=usually("", *DAYS),
            review=usually("", *DAYS),
        ),
        how=usually("audio", "paper", "video", "told"),
        proof_sha256=usually(PROOF, ""),
        present=usually(("none",), ("broker",), ("unknown",), ()),
        safe_when_asked=usually(True, False, None),
        in_flight=usually(False, True),
        guardian=usually("", "P09"),
        conditions=usually((), ("show me first",)),
        met=usually((), ("show me first",)),
        given=usually(DAYS[0], *DAYS[1:]),
    )


# What may be shown, from the rules as they are written for people.


def may(world: World, person: str, trait: Trait) -> bool:
    """Return whether every rule permits a trait of a person; too often rather than too seldom."""
    register, use = world.register, world.use
    if world.origin == "unknown" or not person:
        return False
    who = next(p for p in register.people if p.id == person)
    said = [r for r in register.records if r.person == person and trait in r.traits]
    yeses = [r for r in said if r.traits[trait] and _unlocks(r, who, world)]
    refusals = [r for r in said if not r.traits[trait] and _reaches(r.scope, use, narrow=True)]
    states = [c.state for c in register.changes if c.person == person and c.day <= use.day]
    closed = {"suspended", "unreachable", "detained", "withdrawn", "provisional"}
    if states and states[-1] in closed:
        return False
    if "deceased" in states and refusals:
        return False
    if any(x.person == person and x.answered == "unanswered" for x in register.links):
        return False
    if who.age != "adult" and all(r.guardian for r in yeses):
        return False
    return any(all(yes.given > no.given for no in refusals) for yes in yeses)


def _unlocks(record: Record, who: Person, world: World) -> bool:
    """Return whether a yes counts at all in the world's use."""
    scope, day = record.scope, world.use.day
    limited = bool(scope.territories or scope.until)
    checks = (
        _reaches(scope, world.use, narrow=False),
        not scope.until or scope.until >= day,
        not scope.valid_from or scope.valid_from <= day,
        not scope.review or scope.review > day,
        not (limited and who.risk in {"high", "unanswered"}),
        record.how != "told" and bool(record.proof_sha256),
        not record.in_flight and record.safe_when_asked is True,
        not {"broker", "employer", "spouse", "payer", "crew"} & set(record.present),
        set(record.conditions) <= set(record.met),
        world.register.seconded.get(record.id, "9999") <= day,
    )
    return all(checks)


def _reaches(scope: Scope, use: Use, *, narrow: bool) -> bool:
    """Return whether a record is about a use; one that narrows, surely about all of it, now."""
    versions = not scope.versions or use.version in scope.versions
    media = not scope.media or use.medium in scope.media
    lands = set(use.territories)
    territories = not scope.territories or (bool(lands) and lands <= set(scope.territories))
    days = not narrow or not (scope.valid_from or scope.until or scope.review)
    return versions and media and territories and days


def undecided(world: World, track: str, frame: int) -> bool:
    """Return whether something is undecided about the piece that has a frame."""
    piece = next(
        row.piece
        for row in world.pieces
        if row.piece.track == track and row.piece.first <= frame < row.piece.end
    )
    return any(
        row.answer == "open"
        and (row.question.track in {"", track} or row.question.kind in {"whole", "damaged"})
        and max(row.question.first, piece.first) < min(row.question.end, piece.end)
        for row in world.answers
    )
