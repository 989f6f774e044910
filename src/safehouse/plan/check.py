"""The rules that a plan must keep, each with a sentence; docs/plan-format.md lists them."""

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

import msgspec

from safehouse.errors import PlanMalformed
from safehouse.model.clip import FrameTimes, SoundStream, VideoStream, parse_fraction
from safehouse.model.documents import parse_document
from safehouse.model.plan import MadeSound, Mask, Plan, Region, Shown, SoundPlan, VideoOut
from safehouse.model.shape import Ellipse, Key, Polygon
from safehouse.model.text import escape
from safehouse.plan.check_shown import heard_faults, shown_faults, still_faults
from safehouse.plan.options import option_faults

__all__ = ["check_plan", "parse_plan", "require_plan"]

HEX = frozenset("0123456789abcdef")

FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}\.wav")
"""What a file of made sound may be called: no folder, no other place."""

MAX_COORDINATE = 1 << 24
"""Largest coordinate in 1/16 px: a million pixels, far outside any frame."""

REEL = re.compile(r"C[0-9]{4,6}")
"""What a reel may be called: a clip's id, and nothing else."""

PLANAR = re.compile(r"(yuvj?4(10|11|20|22|40|44)p|gbrp|gray)((9|10|12|14|16)le)?")
"""FFmpeg's names of the pixel formats that a film is encoded in."""


def parse_plan(text: bytes) -> Plan:
    """Return the plan in a JSON text, after every rule was checked.

    Raises:
        PlanMalformed: not JSON, not a plan/1, an unknown field, or a rule broken.
    """
    try:
        plan = parse_document(text, Plan)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _malformed(f"the plan can't be read: {error}") from error
    return require_plan(plan)


def require_plan(plan: Plan) -> Plan:
    """Return the plan when it keeps every rule.

    Raises:
        PlanMalformed: it breaks one; the first is named.
    """
    for fault in _faults(plan):
        raise _malformed(f"the plan breaks a rule: {fault}")
    return plan


def check_plan(plan: Plan) -> tuple[str, ...]:
    """Return every rule that the plan breaks, in words; () when it keeps all."""
    return tuple(_faults(plan))


def _malformed(happened: str) -> PlanMalformed:
    return PlanMalformed(
        escape(happened), next_step="safehouse plan check PLAN; mend it or build it anew"
    )


def _faults(plan: Plan) -> Iterator[str]:
    yield from _clip_faults(plan)
    yield from _mask_faults(plan)
    yield from _sound_faults(plan)
    yield from _output_faults(plan)


def _clip_faults(plan: Plan) -> Iterator[str]:
    clip = plan.clip
    if len(clip.sha256) != 64 or set(clip.sha256) - HEX:
        yield "clip.sha256 is not 64 hexadecimal digits"
    if clip.video is None and not clip.sound:
        yield "the clip has neither picture nor sound"
    if clip.video is not None:
        yield from _video_faults(clip.video)
    for track in clip.sound:
        yield from _track_faults(track)
    if not 0 <= plan.grain_seed < 1 << 64:
        yield "grain_seed is not a number of 64 bits"


def _video_faults(video: VideoStream) -> Iterator[str]:
    if not (0 < video.width <= 1 << 15 and 0 < video.height <= 1 << 15):
        yield "the clip's frame size is not between 1 and 32768"
    if video.field_order not in {"progressive", "tff", "bff"}:
        yield "field_order is not progressive, tff or bff"
    if video.rotation not in {0, 90, 180, 270, -90, -180, -270}:
        yield "rotation is not a quarter turn"
    for name in ("sample_aspect", "rate"):
        if not _is_positive(getattr(video, name)):
            yield f"{name} is not a positive fraction"
    yield from _times_faults(video.times)


def _times_faults(times: FrameTimes) -> Iterator[str]:
    if not _is_positive(times.timebase):
        yield "times.timebase is not a positive fraction"
    if any(run.count < 1 or (run.count > 1 and run.step < 1) for run in times.runs):
        yield "a run of frame times has no frame, or a step below 1"
    ends = [(run.first, run.first + run.step * (run.count - 1)) for run in times.runs]
    if any(after[0] <= before[1] for before, after in pairwise(ends)):
        yield "frame times do not increase"
    if not times.runs:
        yield "the clip has no frame"
    if times.last_duration < 0:
        yield "times.last_duration is below 0"


def _track_faults(track: SoundStream) -> Iterator[str]:
    if track.rate_hz < 1 or track.channels < 1 or track.samples < 0:
        yield f"sound track {track.index} has no rate, no channel, or a negative length"
    if not _is_fraction(track.start):
        yield f"sound track {track.index}: start is not a fraction"


def _mask_faults(plan: Plan) -> Iterator[str]:
    count = plan.clip.video.times.count if plan.clip.video else 0
    if plan.mode == "hide" and plan.regions:
        yield "regions are given, but the mode is hide: only reveal-only shows regions"
    for items in (plan.masks, plan.regions, plan.shown):
        ids = [item.id for item in items]
        if len(ids) != len(set(ids)):
            yield "two masks, regions or shown places share an id"
        for item in items:
            yield from _place_faults(item, count)
    yield from shown_faults(plan)
    yield from still_faults(plan, count)


def _place_faults(item: Mask | Region | Shown, count: int) -> Iterator[str]:
    if not 0 <= item.first < item.end <= count:
        yield f"{item.id}: frames {item.first} to {item.end} are not inside the clip's {count}"
    if not item.keys:
        yield f"{item.id}: no key"
    frames = [key.frame for key in item.keys]
    if any(b <= a for a, b in pairwise(frames)):
        yield f"{item.id}: keys are not in the order of their frames"
    for key in item.keys:
        yield from (f"{item.id}: {fault}" for fault in _shape_faults(key))


def _shape_faults(key: Key) -> Iterator[str]:
    shape = key.shape
    numbers: tuple[int, ...] = ()
    if isinstance(shape, Ellipse):
        numbers = (shape.cx, shape.cy, shape.rx, shape.ry)
        if shape.rx < 1 or shape.ry < 1:
            yield f"the oval at frame {key.frame} has a half-axis below 1"
    elif isinstance(shape, Polygon):
        numbers = tuple(n for point in shape.points for n in point)
        if not 3 <= len(shape.points) <= 1000:
            yield f"the polygon at frame {key.frame} has not 3 to 1000 points"
    if any(abs(n) > MAX_COORDINATE for n in numbers):
        yield f"a number at frame {key.frame} is beyond a million pixels"


def _sound_faults(plan: Plan) -> Iterator[str]:
    lengths = {track.index: track.samples for track in plan.clip.sound}
    streams = [track.stream for track in plan.sound]
    if len(streams) != len(set(streams)):
        yield "a sound track is named twice"
    for track in plan.sound:
        if track.stream not in lengths:
            yield f"sound track {track.stream} is not in the clip"
        else:
            yield from _span_faults(track, lengths[track.stream])
    yield from _made_faults(plan)
    yield from heard_faults(plan)


def _made_faults(plan: Plan) -> Iterator[str]:
    tracks = {track.index: track for track in plan.clip.sound}
    known = {made.id: made for made in plan.made}
    if len(known) != len(plan.made):
        yield "two made sounds share an id"
    for made in plan.made:
        yield from (f"{made.id}: {fault}" for fault in _one_made_faults(made))
    for row in plan.sound:
        needs = any(span.action in {"revoice", "disguise"} for span in row.spans)
        stands_in, track = known.get(row.made), tracks.get(row.stream)
        if (needs or row.made) and stands_in is None:
            yield f"sound track {row.stream}: its made sound is not in the plan"
        elif stands_in and track and not _stands_in(stands_in, track):
            yield f"{stands_in.id}: rate, length or channels are not those of track {row.stream}"


def _stands_in(made: MadeSound, track: SoundStream) -> bool:
    same = (made.rate_hz, made.samples) == (track.rate_hz, track.samples)
    return same and made.channels in {1, track.channels}


def _one_made_faults(made: MadeSound) -> Iterator[str]:
    if len(made.sha256) != 64 or set(made.sha256) - HEX:
        yield "sha256 is not 64 hexadecimal digits"
    if not FILE_NAME.fullmatch(made.file):
        yield "the file is no plain name in the plan's folder"
    if not (-70 <= made.loudness_lufs <= 0 and -70 <= made.gain_db <= 70):
        yield "the loudness or gain is not a level of sound"


def _span_faults(track: SoundPlan, length: int) -> Iterator[str]:
    for span in track.spans:
        if not 0 <= span.first < span.end <= length:
            yield f"sound track {track.stream}: a span is not inside the track's {length} samples"


def _output_faults(plan: Plan) -> Iterator[str]:
    out = plan.output
    if (out.video is None) != (plan.clip.video is None):
        yield "the output has a picture and the clip has none, or the other way round"
    if out.video is not None and plan.clip.video is not None:
        yield from _chunk_faults(out.video, plan.clip.video.times.count)
        if not PLANAR.fullmatch(out.video.pix_fmt):
            yield "output.video.pix_fmt is no planar format of 8 to 16 bits"
        yield from option_faults(out.video.options)
    if out.container == "wav" and (out.video is not None or len(out.sound) != 1):
        yield "a WAV file holds one sound track and no picture"
    timed = out.video is not None or out.container == "wav"
    if out.reel and not (timed and REEL.fullmatch(out.reel)):
        yield "the reel is no clip's id, or there is neither a picture nor a WAV file"
    known = {track.index for track in plan.clip.sound}
    if {track.stream for track in out.sound} != known or len(out.sound) != len(known):
        yield "the output's sound tracks are not the clip's"


def _chunk_faults(video: VideoOut, count: int) -> Iterator[str]:
    at = 0
    for chunk in video.chunks:
        if chunk.first != at or chunk.end <= chunk.first:
            yield f"chunks do not follow each other at frame {at}"
            return
        if not 0 <= chunk.decode_from <= chunk.first:
            yield f"the chunk at frame {at} begins to decode after its first frame"
        at = chunk.end
    if at != count:
        yield f"chunks end at frame {at}, the clip at {count}"


def _is_fraction(text: str) -> bool:
    try:
        parse_fraction(text)
    except ValueError:
        return False
    return True


def _is_positive(text: str) -> bool:
    return _is_fraction(text) and parse_fraction(text) > Fraction(0)
