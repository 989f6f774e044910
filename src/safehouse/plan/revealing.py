"""Sound that a person listened to and lets pass: spans of the original, put into a plan."""

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import ceil, floor

import msgspec

from safehouse.errors import PlanMismatch, UsageError
from safehouse.model.clip import parse_fraction
from safehouse.model.plan import Heard, Plan, SoundPlan, SoundSpan
from safehouse.model.showing import HeardVoice

__all__ = ["parse_span", "spans_of_times", "with_heard", "with_revealed"]

SPAN = re.compile(r"((?:\d+:){0,2}\d+(?:\.\d+)?)-((?:\d+:){0,2}\d+(?:\.\d+)?)")


def parse_span(text: str) -> tuple[Fraction, Fraction]:
    """Return the two times of `1:02.5-1:08`, s: hours and minutes may be left out.

    Raises:
        UsageError: it is no span, or ends before it begins.
    """
    match = SPAN.fullmatch(text.strip())
    first, end = (_seconds(part) for part in match.groups()) if match else (Fraction(0),) * 2
    if first >= end:
        raise UsageError("a span is two times, the later one last", next_step="--span 1:02.5-1:08")
    return first, end


def _seconds(text: str) -> Fraction:
    total = Fraction(0)
    for part in text.split(":"):
        total = total * 60 + Fraction(part)
    return total


def spans_of_times(
    plan: Plan, times: Iterable[tuple[Fraction, Fraction]], stream: int | None
) -> dict[int, tuple[SoundSpan, ...]]:
    """Return stream → spans for times on the film's time line; stream None is every track.

    Raises:
        PlanMismatch: there is no such track, or a span lies outside it.
    """
    tracks = [t for t in plan.clip.sound if stream is None or t.index == stream]
    if not tracks:
        raise PlanMismatch("the plan has no such sound track", next_step="safehouse plan check")
    found: dict[int, tuple[SoundSpan, ...]] = {}
    wanted = tuple(times)
    for track in tracks:
        start = parse_fraction(track.start)
        spans = []
        for first_s, end_s in wanted:
            first = max(0, ceil((first_s - start) * track.rate_hz))
            end = min(track.samples, floor((end_s - start) * track.rate_hz))
            if first >= end:
                raise PlanMismatch(
                    f"a span lies outside sound track {track.index}", next_step="check the times"
                )
            spans.append(SoundSpan(first, end, "reveal"))
        found[track.index] = tuple(spans)
    return found


def with_revealed(plan: Plan, shown: Mapping[int, tuple[SoundSpan, ...]]) -> Plan:
    """Return the plan with these spans of the original to be heard, whatever it said of them."""
    rows = {row.stream: row for row in plan.sound}
    sound = []
    for track in plan.clip.sound:
        row = rows.get(track.index, SoundPlan(track.index))
        mine = shown.get(track.index, ())
        kept = [part for span in row.spans for part in _outside(span, mine)]
        sound.append(msgspec.structs.replace(row, spans=(*kept, *mine)))
    return msgspec.structs.replace(plan, sound=tuple(sound))


def with_heard(plan: Plan, voices: Iterable[HeardVoice]) -> Plan:
    """Return the plan with these voices to be heard, and whose they are."""
    rows = sorted(voices, key=lambda voice: (voice.stream, voice.first, voice.end, voice.person))
    if not rows:
        return plan
    spans: dict[int, tuple[SoundSpan, ...]] = {}
    for voice in rows:
        span = SoundSpan(voice.first, voice.end, "reveal")
        if span not in spans.get(voice.stream, ()):
            spans[voice.stream] = (*spans.get(voice.stream, ()), span)
    heard = tuple(
        Heard(f"V{number:04d}", v.stream, v.first, v.end, v.person, v.records)
        for number, v in enumerate(rows, 1)
    )
    return msgspec.structs.replace(with_revealed(plan, spans), heard=heard)


def _outside(span: SoundSpan, holes: tuple[SoundSpan, ...]) -> list[SoundSpan]:
    """Return what is left of a span outside others; what was revealed before stays."""
    parts = [span]
    if span.action == "reveal":
        return parts
    for hole in holes:
        parts = [
            SoundSpan(first, end, span.action)
            for part in parts
            for first, end in (
                (part.first, min(part.end, hole.first)),
                (max(part.first, hole.end), part.end),
            )
            if first < end
        ]
    return parts
