"""Pieces of a sound track for the review page: how loud it is, column by column, and what is heard.

What comes out of here is the original: it goes to the operator's own page, and into no file.
"""

import io
import wave
from pathlib import Path

import numpy as np

from safehouse.media.sound_reader import read_sound
from safehouse.model.clip import SoundStream

__all__ = ["FLOOR_DB", "sound_levels", "sound_piece"]

FLOOR_DB = -60
"""What counts as silence in a drawing, dB below full scale."""


def sound_levels(path: Path, stream: SoundStream, columns: int) -> tuple[int, ...]:
    """Return the loudest sample of each column in whole dB, FLOOR_DB to 0; the track's length over.

    Raises:
        SourceError: the file can't be read, or is another.
    """
    peaks = np.zeros(columns)
    for block in read_sound(path, stream):
        peak = np.abs(np.nan_to_num(block.samples)).max(axis=0)
        at = (block.first + np.arange(peak.size)) * columns // max(1, stream.samples)
        np.maximum.at(peaks, at, peak)
    decibel = 20 * np.log10(np.maximum(peaks, 1e-6))
    return tuple(round(float(one)) for one in np.clip(decibel, FLOOR_DB, 0))


def sound_piece(path: Path, stream: SoundStream, first: int, end: int) -> bytes:
    """Return samples first <= n < end of a track as a WAV file of one channel and 16 bits.

    Raises:
        SourceError: the file can't be read, or is another.
    """
    kept = []
    for block in read_sound(path, stream):
        if block.first >= end:
            break
        cut = slice(max(0, first - block.first), max(0, end - block.first))
        kept.append(np.nan_to_num(block.samples[:, cut]).mean(axis=0))
    samples = np.concatenate(kept) if kept else np.zeros(0)
    whole = np.clip(np.rint(samples.astype(np.float64) * 32767), -32768, 32767).astype("<i2")
    made = io.BytesIO()
    with wave.open(made, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(stream.rate_hz)
        out.writeframes(whole.tobytes())
    return made.getvalue()
