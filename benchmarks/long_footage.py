"""Makes one long film of many short clips: `benchmarks/long_film.py` runs commands on it.

Every clip of a folder is put after the other, at one size and rate, with its sound where it has
some, and all of them again and again until the film is as long as asked.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.resampler import AudioResampler
from av.video.reformatter import VideoReformatter

HZ = 48000
ENDINGS = {".mp4", ".mkv", ".mpg", ".avi", ".gif", ".h264", ".mov"}
X264 = {"preset": "veryfast", "crf": "20", "g": "50"}


@dataclass(frozen=True)
class Form:
    """What a film is to be: its size in px, frames a second, and number of frames."""

    size: tuple[int, int]
    rate: int
    frames: int

    @property
    def heard(self) -> int:
        """Samples of sound in a frame's time."""
        return HZ // self.rate


def long_film(folder: Path, out: Path, form: Form, begin: int = 0) -> None:
    """Write a film of the clips of a folder, from one of them on, unless it is there."""
    if out.exists():
        return
    once = out.with_suffix(".once.mov")
    clips = sorted(path for path in folder.iterdir() if path.suffix in ENDINGS)
    begin %= len(clips)
    _write_once(clips[begin:] + clips[:begin], once, form)
    partial = out.with_suffix(".partial.mov")
    _repeat(once, partial, form)
    once.unlink()
    partial.rename(out)


def _write_once(clips: list[Path], out: Path, form: Form) -> None:
    """Write clips one after the other: all of them, or as many as the film needs."""
    with av.open(str(out), "w") as film:
        picture = film.add_stream("libx264", rate=form.rate, options=X264)
        picture.width, picture.height, picture.pix_fmt = *form.size, "yuv420p"
        sound = film.add_stream("pcm_s16le", rate=HZ, layout="stereo")
        numbers = count()
        for clip in clips:
            if picture.frames >= form.frames:
                break
            shown: list[int] = []
            for frame in _pictures(clip, form):
                shown.append(next(numbers))
                frame.pts, frame.time_base, frame.pict_type = shown[-1], Fraction(1, form.rate), 0
                film.mux(picture.encode(frame))
            heard = _sound(clip, len(shown) * form.heard)
            for at, number in enumerate(shown):
                part = heard[at * form.heard : (at + 1) * form.heard]
                block = av.AudioFrame.from_ndarray(
                    np.ascontiguousarray(part).reshape(1, -1), format="s16", layout="stereo"
                )
                block.rate, block.time_base = HZ, Fraction(1, HZ)
                block.pts = number * form.heard
                film.mux(sound.encode(block))
        film.mux(picture.encode(None))
        film.mux(sound.encode(None))


def _pictures(clip: Path, form: Form) -> Iterator[av.VideoFrame]:
    """Yield a clip's frames at a rate and a size, with bars where its shape is another."""
    wide, tall = form.size
    fit = VideoReformatter()
    with av.open(str(clip)) as opened:
        told = opened.streams.video[0].average_rate or Fraction(25)
        made = 0
        for number, frame in enumerate(opened.decode(video=0)):
            if made >= (number + 1) * form.rate / told:
                continue
            scale = min(wide / frame.width, tall / frame.height)
            w, h = (max(2, int(scale * side) // 2 * 2) for side in (frame.width, frame.height))
            canvas = np.full((tall, wide, 3), 16, np.uint8)
            y, x = (tall - h) // 2, (wide - w) // 2
            canvas[y : y + h, x : x + w] = fit.reformat(frame, w, h, "rgb24").to_ndarray()
            while made < (number + 1) * form.rate / told:
                made += 1
                yield av.VideoFrame.from_ndarray(canvas, format="rgb24").reformat(format="yuv420p")


def _sound(clip: Path, samples: int) -> Any:
    """Return so many samples of a clip's sound, or of silence, as (samples, 2)."""
    heard = np.zeros((samples, 2), np.int16)
    with av.open(str(clip)) as opened:
        if not opened.streams.audio:
            return heard
        same = AudioResampler("s16", "stereo", HZ)
        at = 0
        for frame in opened.decode(audio=0):
            for piece in same.resample(frame):
                block = piece.to_ndarray().reshape(-1, 2)[: samples - at]
                heard[at : at + len(block)] = block
                at += len(block)
    return heard


def _repeat(once: Path, out: Path, form: Form) -> None:
    """Write a film again and again, packet by packet, until it has so many frames."""
    end = Fraction(form.frames, form.rate)
    with av.open(str(out), "w") as film:
        with av.open(str(once)) as first:
            streams = [film.add_stream_from_template(stream) for stream in first.streams]
            length = first.streams.video[0].frames
        for turn in range(-(-form.frames // length)):
            begin = Fraction(turn * length, form.rate)
            with av.open(str(once)) as opened:
                for packet in opened.demux():
                    if packet.dts is None or begin + packet.pts * packet.time_base >= end:
                        continue
                    shift = int(begin / packet.time_base)
                    packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
                    packet.stream = streams[packet.stream_index]
                    film.mux(packet)
