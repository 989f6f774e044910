"""Whose voice a version may let be heard: who said yes, where a human said who is heard. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple

from safehouse.model.clip import Clip, parse_fraction
from safehouse.model.showing import HeardVoice, Origin, VoiceSpan, Withheld
from safehouse.plan.showing import UNKNOWN_ORIGIN, Rules, permits

__all__ = ["EDGE_S", "Hearing", "may_hear", "shown_voices"]

EDGE_S = Fraction(80, 1000)
"""What each edge of a heard span loses: somebody else's word may begin a little before it."""

STRANGER = "a human has not said who is heard"
TALKED_OVER = "somebody who must not be heard is heard at the same time, or it is too short"

Times = tuple[Fraction, Fraction]
"""first <= t < end on the film's time line, s."""


class Hearing(NamedTuple):
    """Spans that may be heard, and those that stay muted, with reasons."""

    heard: tuple[HeardVoice, ...]
    hidden: tuple[Withheld, ...]


def may_hear(person: str, rulings: Rules, origin: Origin) -> tuple[bool, str]:
    """Return whether a person's own voice may be heard, and why or why not."""
    if origin != "own":
        return False, UNKNOWN_ORIGIN
    if not person:
        return False, STRANGER
    return permits(person, "voice", rulings)


def shown_voices(clip: Clip, spans: Iterable[VoiceSpan], rulings: Rules, origin: Origin) -> Hearing:
    """Return the spans of the original sound that may be heard, and those that stay muted.

    A span loses EDGE_S at each edge that no other permitted span adjoins. Where anybody is heard
    who may not be, on whatever track, all is muted: microphones hear each other's people.

    Args:
        clip: whose sound tracks they are.
        spans: what a human said of who is heard; nothing else is revealed.
        rulings: what the register says for the version.
        origin: where the clip is from.
    """
    rows = [span for span in spans if span.stream in {track.index for track in clip.sound}]
    allowed = [may_hear(span.person, rulings, origin) for span in rows]
    mine = [span for span, (may, _) in zip(rows, allowed, strict=True) if may]
    others = [_times(clip, s) for s, (may, _) in zip(rows, allowed, strict=True) if not may]
    open_s = _open(clip, mine, others)
    heard: list[HeardVoice] = []
    hidden: list[Withheld] = []
    for span, (may, why) in zip(rows, allowed, strict=True):
        parts = list(_parts(clip, span, open_s[span.stream])) if may else []
        records = rulings[span.person, "voice"].records if parts else ()
        heard += [HeardVoice(span.stream, a, b, span.person, records) for a, b in parts]
        if not parts:
            name = f"sound track {span.stream}, samples {span.first} to {span.end}"
            hidden.append(Withheld(name, span.person, TALKED_OVER if may else why))
    return Hearing(tuple(heard), tuple(hidden))


def _times(clip: Clip, span: VoiceSpan) -> Times:
    track = next(row for row in clip.sound if row.index == span.stream)
    start = parse_fraction(track.start)
    return start + Fraction(span.first, track.rate_hz), start + Fraction(span.end, track.rate_hz)


def _open(clip: Clip, mine: Sequence[VoiceSpan], others: Sequence[Times]) -> dict[int, list[Times]]:
    """Return stream → when it may be heard: the union of its permitted spans, edges shrunk."""
    found: dict[int, list[Times]] = {}
    for track in clip.sound:
        whole = _joined([_times(clip, span) for span in mine if span.stream == track.index])
        parts = [(first + EDGE_S, end - EDGE_S) for first, end in whole]
        for other in others:
            parts = [rest for part in parts for rest in _without(part, other)]
        found[track.index] = parts
    return found


def _joined(times: list[Times]) -> list[Times]:
    joined: list[Times] = []
    for first, end in sorted(times):
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((first, end))
    return joined


def _without(part: Times, other: Times) -> list[Times]:
    """Return what is left of a stretch of time outside another; the other's edges are grown."""
    first, end = other[0] - EDGE_S, other[1] + EDGE_S
    found = [(part[0], min(part[1], first)), (max(part[0], end), part[1])]
    return [(a, b) for a, b in found if a < b]


def _parts(clip: Clip, span: VoiceSpan, open_s: list[Times]) -> Iterator[tuple[int, int]]:
    """Yield the samples of a span in which its track may be heard."""
    track = next(row for row in clip.sound if row.index == span.stream)
    start = parse_fraction(track.start)
    for first_s, end_s in open_s:
        first = max(0, span.first, ceil((first_s - start) * track.rate_hz))
        end = min(track.samples, span.end, floor((end_s - start) * track.rate_hz))
        if first < end:
            yield first, end
