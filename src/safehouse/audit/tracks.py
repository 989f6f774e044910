"""The sound of a film, one track after another, beside what it should be."""

import re
from collections.abc import Callable, Iterator

import msgspec
import numpy as np
from numpy.typing import NDArray

from safehouse.audit import sound
from safehouse.audit.case import Case
from safehouse.errors import SourceError
from safehouse.media.reader import ClipReader, read_sound
from safehouse.model.clip import Clip, SoundStream, parse_fraction
from safehouse.model.frame import OriginalSound
from safehouse.model.plan import SoundPlan
from safehouse.model.report import Attack
from safehouse.model.words import say

__all__ = ["attack_sound"]


def attack_sound(case: Case) -> Attack:
    """Return the attack on the sound, one track after another."""
    plan = case.plan
    tracks = {track.index: track for track in plan.clip.sound}
    with ClipReader(case.film, "film") as reader:
        theirs = reader.sound
    heard: list[sound.Heard] = []
    wrong: list[str] = []
    if len(theirs) != len(plan.output.sound):
        wrong.append(
            say(
                "{found} sound tracks in place of {planned} planned",
                found=len(theirs),
                planned=len(plan.output.sound),
            )
        )
    for out, film in zip(plan.output.sound, theirs, strict=False):
        source = tracks[out.stream]
        spans = next((p for p in plan.sound if p.stream == out.stream), SoundPlan(out.stream))
        expected = msgspec.structs.replace(film, samples=source.samples)
        counter = _Counter(read_sound(case.film, expected))
        made = _made(case, spans, source)
        row = sound.check_sound(counter, read_sound(case.source, source), spans, out, made)
        measured = msgspec.structs.replace(film, samples=counter.rest())
        finds = sound.check_layout(out, source, measured)
        heard.append(msgspec.structs.replace(row, finds=(*row.finds, *finds)))
    return sound.build_attack(heard, wrong, sound.FrameOf(plan.clip.sound, _times(plan.clip)))


def _times(clip: Clip) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    if clip.video is None:
        return np.zeros(0)
    return np.array(clip.video.times.pts()) * float(parse_fraction(clip.video.times.timebase))


def _made(
    case: Case, plan: SoundPlan, track: SoundStream
) -> Callable[[int, int], NDArray[np.float32]] | None:
    """Return a reader of the track's made sound at its gain; None where it has none."""
    row = next((made for made in case.plan.made if made.id == plan.made), None)
    if row is None or case.beside is None:
        return None
    layout = "mono" if row.channels == 1 else track.layout
    stream = SoundStream(0, "pcm_s16le", row.rate_hz, layout, row.channels, row.samples)
    blocks = read_sound(case.beside / row.file, stream)
    gain = np.float32(10 ** (row.gain_db / 20))
    spoken = _one_voice(track) if row.channels == 1 else np.ones((track.channels, 1), np.float32)
    held: list[NDArray[np.float32]] = []

    def read(_first: int, count: int) -> NDArray[np.float32]:
        while sum(part.shape[1] for part in held) < count:
            block = next(blocks, None)
            if block is None:
                short = count - sum(part.shape[1] for part in held)
                held.append(np.zeros((row.channels, short), np.float32))
                break
            held.append(block.samples)
        joined = np.concatenate(held, axis=1)
        held[:] = [joined[:, count:]]
        return joined[:, :count] * gain * spoken

    return read


def _one_voice(track: SoundStream) -> NDArray[np.float32]:
    """Return which channels one voice is on: the third, where it is the middle of a surround."""
    name, _, rest = track.layout.partition("(")
    centred = re.fullmatch(r"[3-7]\.[01]", name) and rest not in {"back)", "front)"}
    if centred or track.layout in {"6.1(back)", "7.0(front)"}:
        return np.eye(track.channels, 1, -2, np.float32)
    return np.ones((track.channels, 1), np.float32) / np.float32(np.sqrt(track.channels))


class _Counter:
    """Passes blocks of sound on and counts their samples, to the end even where nobody reads on."""

    def __init__(self, blocks: Iterator[OriginalSound]) -> None:
        self._blocks = blocks
        self._samples = 0

    def __iter__(self) -> Iterator[OriginalSound]:
        try:
            for block in self._blocks:
                self._samples = block.first + block.samples.shape[1]
                yield block
        except SourceError:
            return

    def rest(self) -> int:
        """Return the number of samples of the whole track."""
        for _ in self:
            pass
        return self._samples
