"""Makes the sound that stands in a clip's tracks: files beside the plan, each with its digest."""

import hashlib
import math
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from safehouse.errors import SourceEmpty, UsageError
from safehouse.media.loudness import LoudnessMeter
from safehouse.media.reader import read_sound
from safehouse.media.wav import write_wav
from safehouse.model.clip import Clip, SoundStream, parse_fraction
from safehouse.model.plan import MadeSound
from safehouse.store.atomic import whole_file, write_whole
from safehouse.voices.captions import Captions, number_words, read_captions
from safehouse.voices.disclosure import By, disclosed, format_srt
from safehouse.voices.disguise import disguise
from safehouse.voices.espeak import find_espeak
from safehouse.voices.names import read_names, require_no_names
from safehouse.voices.piper import find_piper
from safehouse.voices.revoice import Revoiced, Track, revoice
from safehouse.voices.stand_in import StoodIn, stand_in

__all__ = ["DISCLOSED", "Words", "make_disguise", "make_revoice"]

PEAK_DBTP = -1.0
"""Highest true peak of made sound (EBU R 128)."""

KEY_BYTES = 32

Samples = NDArray[np.float32]
Progress = Callable[[int, int], None]

DISCLOSED = "voices.srt"
"""The name of the captions that say that voices were spoken anew."""

MISFITS = {
    "over": "runs on {:.1f} s beyond its time",
    "late": "begins {:.1f} s late: the same person still speaks",
    "cut": "is cut by the film's end, {:.1f} s of it",
}

BASS = {"2.1": 2, "3.1": 3, "4.1": 3, "5.1": 3, "6.1": 3, "7.1": 3}
"""The channel for bass alone, by the layout's name without its brackets. A voice made for it would
be cut away by AAC and Opus; it is silent in a disguise."""

DISGUISED = "voices disguised with a key that was not kept; a cutting aid, not a promise"


def make_disguise(
    source: Path,
    clip: Clip,
    folder: Path,
    *,
    loudness_lufs: float,
    progress: Progress | None = None,
) -> Iterator[MadeSound]:
    """Write every track of a clip with its voices disguised; yield what was made, in order.

    Each track gets a voice of its own, from a key that nobody keeps. progress is called with the
    samples done and those of all tracks.

    Raises:
        SourceError: the clip can't be read, or is not the one that was analysed.
    """
    tracks = [track for track in clip.sound if track.samples]
    told = _Told(sum(track.samples for track in tracks), progress)
    for number, track in enumerate(tracks, 1):
        made = _row(number, "disguise", track, track.channels, DISGUISED, loudness_lufs)
        yield _write(told.through(_disguised(source, track)), track, made, folder)


class _Told:
    """Tells how far the making is."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._done, self._total, self._progress = 0, total, progress

    def through(self, blocks: Iterable[Samples]) -> Iterator[Samples]:
        """Yield blocks of shape (channels, n), and tell of each."""
        for block in blocks:
            yield block
            self._done += block.shape[1]
            if self._progress:
                self._progress(self._done, self._total)


def _row(
    number: int,
    kind: Literal["revoice", "disguise"],
    track: SoundStream,
    channels: int,
    by: str,
    loudness_lufs: float,
) -> MadeSound:
    """Return the row of a made sound whose file is yet to be written."""
    return MadeSound(
        id=f"S{number:02d}",
        kind=kind,
        file=f"sound-{number:02d}.wav",
        sha256="",
        rate_hz=track.rate_hz,
        samples=track.samples,
        channels=channels,
        by=by,
        loudness_lufs=loudness_lufs,
    )


@dataclass(frozen=True, slots=True)
class Words:
    """What a synthetic voice or an actor says in place of the people.

    Attributes:
        captions: the words and their times; None with a stand_in alone.
        language: of the captions; "" is what they say themselves.
        encoding: of the captions; None reads UTF-8 and UTF-16.
        names: a file of names that no caption may hold.
        stand_in: an actor's reading.
        piper: the voice of piper; None speaks by espeak-ng.
        speakers: speaker → the voice that the user chose.
        loudness_lufs: the loudness that speech is brought to.
        disclose: write captions that say that the voices were spoken anew.
    """

    captions: Path | None = None
    language: str = ""
    encoding: str | None = None
    names: Path | None = None
    stand_in: Path | None = None
    piper: Path | None = None
    speakers: dict[str, str] = field(default_factory=dict)
    loudness_lufs: float = -23.0
    disclose: bool = False


def make_revoice(
    words: Words, clip: Clip, folder: Path, progress: Progress | None = None
) -> Iterator[MadeSound]:
    """Write the words as speech for the first track of a clip; yield what was made.

    It is a function of the words and of who speaks: the clip's file is not opened. With disclose,
    captions that say so are written beside it. progress is called with the samples done and all.

    Raises:
        CaptionsUnreadable: the captions can't be read.
        NameInCaptions: a caption holds one of the names.
        SpeechFailed: the engine failed.
    """
    tracks = [track for track in clip.sound if track.samples]
    source = next(iter(tracks), None)
    if source is None:
        raise SourceEmpty("the clip has no sound to put a voice in", next_step="--voices mute")
    captions = _read_words(words)
    track = Track(source.rate_hz, source.samples, parse_fraction(source.start))
    spoken = _spoken(words, captions, track)
    made = _row(1, "revoice", source, 1, f"spoken by {spoken.how}", words.loudness_lufs)
    notes = (*_other_tracks(tracks[1:]), *spoken.notes, *_misfit_words(spoken))
    made = msgspec.structs.replace(made, notes=notes)
    if words.disclose:
        by: By = "actor" if words.stand_in else "computer"
        language = captions.language if captions else words.language
        shown = disclosed(captions.spoken if captions else (), language, by)
        write_whole(folder / DISCLOSED, format_srt(shown))
    told = _Told(source.samples, progress)
    yield _write(told.through(block[None] for block in spoken.blocks()), source, made, folder)


def _other_tracks(others: list[SoundStream]) -> Iterator[str]:
    """Say what becomes of the tracks that nobody speaks on."""
    if others:
        count = "1 other is" if len(others) == 1 else f"{len(others)} others are"
        yield f"the words are spoken on the first sound track; {count} silent"


def _read_words(words: Words) -> Captions | None:
    """Return the captions, after no name was found in them; None where there are none."""
    if words.captions is None:
        return None
    captions = read_captions(words.captions, words.language, words.encoding)
    if words.names is not None:
        require_no_names(read_names(words.names), captions.spoken)
    return captions


def _spoken(words: Words, captions: Captions | None, track: Track) -> Revoiced | StoodIn:
    if words.stand_in is not None:
        return stand_in(words.stand_in, track, captions, loudness_lufs=words.loudness_lufs)
    if captions is None:
        raise UsageError("there are no words to speak", next_step="add --captions FILE.srt")
    engine = find_piper(words.piper) if words.piper else find_espeak()
    loudness = words.loudness_lufs
    return revoice(captions, engine, track, loudness_lufs=loudness, voices=words.speakers)


def _misfit_words(spoken: Revoiced | StoodIn) -> Iterator[str]:
    if spoken.outside:
        yield f"{number_words(list(spoken.outside))} lies outside the film and is not spoken"
    for misfit in spoken.misfits:
        yield f"caption {misfit.number} {MISFITS[misfit.what].format(misfit.by_ms / 1000)}"


def _disguised(source: Path, track: SoundStream) -> Iterator[NDArray[np.float32]]:
    key = secrets.token_bytes(KEY_BYTES)
    blocks = disguise(
        lambda: read_sound(source, track), track.rate_hz, track.channels, track.samples, key
    )
    bass = BASS.get(track.layout.partition("(")[0])
    for block in blocks:
        if bass is not None:
            block[bass] = 0
        yield block


def _write(
    blocks: Iterable[NDArray[np.float32]], track: SoundStream, made: MadeSound, folder: Path
) -> MadeSound:
    """Write blocks of shape (channels, n) to a made sound's file; return it with what it is."""
    meters = [LoudnessMeter(track.rate_hz) for _ in range(made.channels)]

    def measured() -> Iterator[NDArray[np.float32]]:
        for block in blocks:
            for meter, samples in zip(meters, block, strict=True):
                meter.put(samples)
            yield block

    path = folder / made.file
    with whole_file(path) as partial:
        write_wav(measured(), track.rate_hz, made.channels, partial)
    heard = [meter.result() for meter in meters]
    power = sum(10 ** (row.lufs / 10) for row in heard if row.lufs is not None)
    wanted = made.loudness_lufs - 10 * math.log10(power) if power else 0.0
    room = PEAK_DBTP - max(row.true_peak_db for row in heard)
    with path.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
    gain = round(max(-70.0, min(wanted, room, 70.0)), 2)
    return msgspec.structs.replace(made, sha256=digest, gain_db=gain)
