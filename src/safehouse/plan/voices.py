"""Which sound a human's confirmation lets pass: one person's, and no sample of anybody else's."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from safehouse.model.clip import parse_fraction
from safehouse.model.plan import SoundSpan
from safehouse.model.voices import Turn, Voices, VoiceTrack

__all__ = ["EDGE_S", "reveal_spans"]

EDGE_S = Fraction(80, 1000)
"""What each edge of a turn loses: somebody else's word may begin a little before it is found."""


@dataclass(frozen=True, slots=True)
class _Heard:
    """A turn on the film's time line, s: first_s <= t < end_s."""

    turn: Turn
    first_s: Fraction
    end_s: Fraction
    confirmed: bool


def reveal_spans(voices: Voices, confirmed: Collection[str]) -> dict[int, tuple[SoundSpan, ...]]:
    """Return stream → the spans that pass, for turns that a human confirmed as one person's.

    A turn passes only when it is sure and nobody talks over it; its edges are shrunk. What any
    other turn touches, on any track, stays hidden, since microphones hear each other's people: a
    turn of somebody else, an unsure one, and one of the same person that nobody confirmed.
    """
    starts = {stream.index: parse_fraction(stream.start) for stream in voices.clip.sound}
    heard = [
        _heard(turn, track, starts[track.stream], confirmed)
        for track in voices.tracks
        for turn in track.turns
    ]
    return {
        track.stream: tuple(_spans(track, starts[track.stream], heard)) for track in voices.tracks
    }


def _heard(turn: Turn, track: VoiceTrack, start: Fraction, confirmed: Collection[str]) -> _Heard:
    may = turn.id in confirmed and turn.sure and not turn.overlap and turn.speaker != ""
    first, end = (start + Fraction(n, track.rate_hz) for n in (turn.first, turn.end))
    return _Heard(turn, first, end, may)


def _spans(track: VoiceTrack, start: Fraction, heard: Sequence[_Heard]) -> Iterator[SoundSpan]:
    """Yield what passes of a track's own confirmed turns."""
    own = {turn.id for turn in track.turns}
    for one in heard:
        if not (one.confirmed and one.turn.id in own):
            continue
        parts = [(one.first_s + EDGE_S, one.end_s - EDGE_S)]
        for other in heard:
            if not (other.confirmed and other.turn.speaker == one.turn.speaker):
                parts = [part for old in parts for part in _without(old, other)]
        for first_s, end_s in parts:
            first = ceil((first_s - start) * track.rate_hz)
            end = min(track.samples, floor((end_s - start) * track.rate_hz))
            if max(0, first) < end:
                yield SoundSpan(max(0, first), end, "reveal")


def _without(part: tuple[Fraction, Fraction], other: _Heard) -> list[tuple[Fraction, Fraction]]:
    """Return what is left of a stretch of time outside another turn."""
    first, end = part
    found = [(first, min(end, other.first_s)), (max(first, other.end_s), end)]
    return [(a, b) for a, b in found if a < b]
