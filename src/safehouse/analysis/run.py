"""Looks through a clip once and writes down who was found: `findings/1`."""

import time
from collections.abc import Callable
from itertools import pairwise
from math import ceil, floor
from pathlib import Path

import msgspec
import numpy as np

from safehouse.analysis.detect import FaceDetector
from safehouse.analysis.doubt import spans_of, unsure_of
from safehouse.analysis.evidence import sections_of
from safehouse.analysis.join import Place, Shot, fill, join_tracklets
from safehouse.analysis.picture import rgb_rule
from safehouse.analysis.places import Area
from safehouse.analysis.settings import Settings, at_pace
from safehouse.analysis.upright import coded_area, display_turns, seen_size, upright
from safehouse.analysis.watch import ClipWatch, choose_precision
from safehouse.analysis.weights import CENTERFACE_SHA256
from safehouse.media.reader import ClipReader
from safehouse.model.box import Box
from safehouse.model.clip import Colour, VideoStream
from safehouse.model.findings import Detector, Findings, Sample, Track, Unsure
from safehouse.model.frame import PlaneLayout

__all__ = ["Settings", "analyse", "time_detector"]

Progress = Callable[[int, int], None]


def analyse(
    path: Path,
    clip_id: str,
    settings: Settings = Settings(),  # noqa: B008 - frozen
    progress: Progress | None = None,
) -> Findings:
    """Return what is seen in a clip, in every frame.

    Args:
        path: the clip; opened for reading only.
        clip_id: an id that means nothing.
        settings: how closely to look.
        progress: is called with the frames done and the frames expected (0: unknown).

    Raises:
        SourceError: the clip can't be read.
        EnvironmentLacks: the detector's weights are missing.
    """
    with ClipReader(path, clip_id) as reader:
        settings = at_pace(settings, reader.video) if reader.video else settings
        watch = ClipWatch(reader.video, settings) if reader.video else None
        turns = display_turns(reader.video) if reader.video else 0
        for frame in reader.frames():
            if watch:
                watch.see(upright(frame, turns))
            if progress:
                progress(frame.index + 1, reader.frames_expected)
        if watch:
            watch.end()
        clip, key_frames = reader.clip(), reader.key_frames()
    tracks, unsure = _tracks_of(watch, settings, clip.video) if watch and clip.video else ((), ())
    return Findings(
        clip=clip,
        shots=tuple(watch.seen.shots) if watch else (0,),
        tracks=tracks,
        unsure=unsure,
        corrupt=spans_of(watch.seen.corrupt) if watch else (),
        key_frames=key_frames,
        detector=_detector_of(watch),
    )


def time_detector() -> float:
    """Return how long one look at a 736 x 1280 picture takes here, s.

    Raises:
        EnvironmentLacks: the detector's weights are missing.
    """
    rule = rgb_rule(PlaneLayout("yuv420p", "yuv", 8), Colour())
    detector = FaceDetector(choose_precision(Settings()), rule)
    picture = np.zeros((3, 736, 1280), dtype=np.uint8)
    detector.finish(detector.start(picture))
    begun = time.perf_counter()
    for _ in range(3):
        detector.finish(detector.start(picture))
    return (time.perf_counter() - begun) / 3


def _tracks_of(
    watch: ClipWatch, settings: Settings, video: VideoStream
) -> tuple[tuple[Track, ...], tuple[Unsure, ...]]:
    """Return the appearances of all shots, and the spans that a person should look at."""
    tracks: list[Track] = []
    unsure: list[Unsure] = []
    for span, tracklets in zip(
        pairwise([*watch.seen.shots, watch.seen.frames]), watch.seen.tracklets, strict=True
    ):
        shot = Shot(*span, *seen_size(video))
        parts = [
            part
            for whole in join_tracklets(tracklets, settings)
            for part in sections_of(whole, settings)
        ]
        found = [
            _track(f"T{number:04d}", fill(part, shot, settings))
            for number, part in enumerate(parts, len(tracks) + 1)
        ]
        tracks += [_coded(track, video) for track in found]
        unsure += [span for track in found for span in unsure_of(track, shot, found)]
    return tuple(tracks), tuple(unsure)


def _track(name: str, places: list[Place]) -> Track:
    samples = tuple(
        Sample(p.frame, _box(p.head), round(p.score, 3), p.source, _box(p.face) if p.face else None)
        for p in places
    )
    return Track(name, samples[0].frame, samples[-1].frame + 1, samples)


def _coded(track: Track, video: VideoStream) -> Track:
    """Return a track of the frame as it is seen where it lies in the coded frame."""
    turns = display_turns(video)
    if not turns:
        return track

    def there(box: Box) -> Box:
        return _box(coded_area((box.x0, box.y0, box.x1, box.y1), turns, video))

    samples = tuple(
        msgspec.structs.replace(s, head=there(s.head), face=there(s.face) if s.face else None)
        for s in track.samples
    )
    return msgspec.structs.replace(track, samples=samples)


def _box(area: Area) -> Box:
    return Box(floor(area[0]), floor(area[1]), ceil(area[2]), ceil(area[3]))


def _detector_of(watch: ClipWatch | None) -> Detector:
    if watch is None:
        return Detector("none", "", "", 0, 0, 0)
    wide, tall = watch.fit.size
    return Detector("centerface", CENTERFACE_SHA256, watch.precision, wide, tall, watch.every)
