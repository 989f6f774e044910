"""Who speaks when: turns of voices on each sound track of a clip, `voices/1`."""

from collections.abc import Callable, Iterator, Sequence
from itertools import count
from math import ceil, floor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from safehouse.analysis.speakers import HEARD_HZ, Span, Teller, Window, spans_of, windows_of
from safehouse.analysis.voicing import frames_of, mono_of, voice_runs
from safehouse.media.sound_filter import resample_blocks
from safehouse.media.sound_measure import measure_sound
from safehouse.media.sound_reader import read_sound
from safehouse.model.clip import Clip, SoundStream
from safehouse.model.frame import OriginalSound
from safehouse.model.voices import Turn, Voices, VoiceTrack

__all__ = ["find_turns", "turns_in"]

Runs = list[tuple[float, float]]
Progress = Callable[[int, int], None]
Samples = NDArray[np.float32]


def find_turns(
    path: Path, clip_id: str, teller: Teller | None = None, progress: Progress | None = None
) -> Voices:
    """Return who speaks when on every sound track of a clip.

    Args:
        path: the clip; opened for reading only.
        clip_id: an id that means nothing.
        teller: what tells voices apart; without it every turn is unsure and has no speaker.
        progress: is called with the samples done and those of all tracks.

    Raises:
        SourceError: the clip can't be read.
    """
    return turns_in(path, measure_sound(path, clip_id), teller, progress)


def turns_in(
    path: Path, clip: Clip, teller: Teller | None = None, progress: Progress | None = None
) -> Voices:
    """Return who speaks when in a clip that was measured before.

    Raises:
        SourceError: the clip can't be read, or is not the one that was measured.
    """
    told = _Told(sum(s.samples for s in clip.sound) * (2 if teller else 1), progress)
    runs = {stream.index: _runs(path, stream, told) for stream in clip.sound}
    spans, speakers = _spans(path, clip, runs, teller, told)
    numbers = count(1)
    tracks = tuple(_track(s, spans[s.index], numbers) for s in clip.sound)
    return Voices(
        clip=clip, tracks=tracks, speakers=speakers, told_by=teller.name if teller else ""
    )


class _Told:
    """Tells how far the reading is."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._done, self._total, self._progress = 0, total, progress

    def through(self, blocks: Iterator[OriginalSound]) -> Iterator[OriginalSound]:
        """Yield blocks, and tell of each."""
        for block in blocks:
            yield block
            self._done += block.samples.shape[1]
            if self._progress:
                self._progress(self._done, self._total)


def _mono(path: Path, stream: SoundStream, told: _Told) -> Iterator[Samples]:
    return mono_of(told.through(read_sound(path, stream)))


def _runs(path: Path, stream: SoundStream, told: _Told) -> Runs:
    return voice_runs(frames_of(_mono(path, stream, told), stream.rate_hz))


def _spans(
    path: Path, clip: Clip, runs: dict[int, Runs], teller: Teller | None, told: _Told
) -> tuple[dict[int, list[Span]], int]:
    """Return the turns of each track; one person on two tracks has one number."""
    if teller is None:
        plain = {index: [Span(a, b) for a, b in found] for index, found in runs.items()}
        return plain, 0
    windows: list[list[Window]] = []
    for stream in clip.sound:
        blocks = resample_blocks(_mono(path, stream, told), stream.rate_hz, HEARD_HZ)
        windows += windows_of(blocks, runs[stream.index], teller)
    spans, speakers = spans_of(windows, teller.alike)
    left = iter(spans)
    return {
        stream.index: [span for _ in runs[stream.index] for span in next(left)]
        for stream in clip.sound
    }, speakers


def _track(stream: SoundStream, spans: Sequence[Span], numbers: "count[int]") -> VoiceTrack:
    """Return the turns of a track in samples; edges go outwards, and none lies over another."""
    turns: list[Turn] = []
    at = 0
    for span in spans:
        first = max(at, floor(span.first_s * stream.rate_hz))
        end = min(stream.samples, ceil(span.end_s * stream.rate_hz))
        if first >= end:
            continue
        speaker = f"S{span.speaker + 1}" if span.speaker >= 0 else ""
        sure = span.sure and not span.overlap
        turns.append(Turn(f"T{next(numbers):04d}", first, end, speaker, span.overlap, sure))
        at = end
    return VoiceTrack(stream.index, stream.rate_hz, stream.samples, tuple(turns))
