"""Faults put in on purpose: films that are as planned but for one thing, which the audit must find.

A stage is a clip, its plan and what is needed to make films of it. Faults of masks render by
another plan; faults of the picture and of sound change what was rendered before it is encoded;
`fault_files` changes finished films. The audit is always given the true plan.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property, partial
from pathlib import Path
from typing import Literal

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from safehouse.analysis.run import analyse
from safehouse.audit.case import Case
from safehouse.audit.draw import chroma_bits, hidden_bits
from safehouse.audit.run import Tools, audit_film
from safehouse.machine import cpu_level
from safehouse.media.encode import encode_chunk, encode_sound
from safehouse.media.formats import choose_output
from safehouse.media.join import join_film
from safehouse.media.reader import ClipReader, read_range, read_sound
from safehouse.media.stills import held_still
from safehouse.model.clip import parse_fraction, times_of
from safehouse.model.frame import (
    RENDER_TOKEN,
    OriginalFrame,
    Plane,
    ProtectedFrame,
    ProtectedSound,
)
from safehouse.model.plan import (
    Chunk,
    Mask,
    Output,
    Plan,
    Shown,
    SoundOut,
    SoundPlan,
    SoundSpan,
    Still,
)
from safehouse.model.report import Report
from safehouse.model.shape import Ellipse, Key
from safehouse.plan.build import build_plan
from safehouse.plan.stills import held_masks
from safehouse.render.protect import protect
from safehouse.render.run import render_sound
from safehouse.voices.run import Words, make_revoice

Planes = tuple[Plane, ...]
Samples = NDArray[np.float32]
Voice = Literal["mute", "bed", "revoice"]


@dataclass(frozen=True)
class Stage:
    """A clip with its plan.

    Attributes:
        folder: of everything that is made; the plan's made sound lies in it.
        clip: the clip.
        plan: the plan that the audit is given, its sound muted.
        stand_in: a reading by somebody else, for made sound.
    """

    folder: Path
    clip: Path
    plan: Plan
    stand_in: Path | None = None
    _voices: dict[str, Plan] = field(default_factory=dict)
    _pieces: dict[str, list[Path]] = field(default_factory=dict)

    @cached_property
    def originals(self) -> list[OriginalFrame]:
        """The clip's frames."""
        video = self.plan.clip.video
        if video is None:
            return []
        return list(read_range(self.clip, video, Chunk(0, video.times.count, 0)))

    @cached_property
    def fills(self) -> list[ProtectedFrame]:
        """The frames as planned."""
        return [protect(frame, self.plan) for frame in self.originals]

    @cached_property
    def heads(self) -> list[Mask]:
        """The masks that follow heads, the one with most pixels over its frames first."""
        return sorted((m for m in self.plan.masks if m.track), key=weight, reverse=True)

    def voiced(self, voice: Voice) -> Plan:
        """Return the plan with a bed or made sound in the place of the clip's."""
        if voice not in self._voices:
            self._voices[voice] = self._voiced(voice)
        return self._voices[voice]

    def _voiced(self, voice: Voice) -> Plan:
        if voice == "mute":
            return self.plan
        track = self.plan.clip.sound[0]
        spans = (SoundSpan(0, track.samples, voice),)
        if voice == "bed":
            return msgspec.structs.replace(self.plan, sound=(SoundPlan(track.index, spans),))
        words = Words(stand_in=self.stand_in)
        made = tuple(make_revoice(words, self.plan.clip, self.folder))
        sound = (SoundPlan(track.index, spans, made[0].id),)
        return msgspec.structs.replace(self.plan, sound=sound, made=made)

    def sound_pieces(self, voice: Voice) -> list[Path]:
        """Return the coded sound as planned."""
        if voice not in self._pieces:
            plan = self.voiced(voice)
            paths = [self.folder / f"sound-{voice}-{n}" for n, _ in enumerate(plan.output.sound)]
            for path, out in zip(paths, plan.output.sound, strict=True):
                render_sound(self.clip, plan, out.stream, path, beside=self.folder)
            self._pieces[voice] = paths
        return self._pieces[voice]

    @cached_property
    def picture_pieces(self) -> list[Path]:
        """The coded picture as planned."""
        return self.encode(self.fills, self.plan, "planned")

    def encode(self, frames: Iterable[ProtectedFrame], plan: Plan, name: str) -> list[Path]:
        """Return the chunks of some frames."""
        video, out = plan.clip.video, plan.output.video
        if video is None or out is None:
            return []
        rows, paths = list(frames), []
        for number, chunk in enumerate(out.chunks):
            paths.append(self.folder / f"chunk-{name}-{number}")
            encode_chunk(rows[chunk.first : chunk.end], video, out, paths[-1])
        return paths

    def film(self, name: str = "film", voice: Voice = "mute") -> Path:
        """Return the film as planned."""
        return self.join(self.picture_pieces, self.sound_pieces(voice), self.voiced(voice), name)

    def join(self, pictures: list[Path], sounds: list[Path], plan: Plan, name: str) -> Path:
        """Return a film of coded pieces."""
        out = self.folder / f"{name}.{plan.output.container}"
        join_film(pictures, sounds, plan, out)
        return out

    def audit(self, film: Path, voice: Voice = "mute", tools: Tools | None = None) -> Report:
        """Return the report on a film; quick unless tools has the finder's second look."""
        plan = self.voiced(voice) if self.plan.clip.sound else self.plan
        used = tools or Tools(partial(protect, plan=plan))
        case = Case(film, self.clip, plan, quick=used.find_faces is None, beside=self.folder)
        return audit_film(case, used)


def make_stage(
    clip: Path, folder: Path, masks: tuple[Mask, ...] | None = None, stand_in: Path | None = None
) -> Stage:
    """Return the stage of a clip: planned as safehouse does it, or by these masks."""
    if masks is None:
        findings = analyse(clip, "C0001")
        described, keys = findings.clip, findings.key_frames
    else:
        with ClipReader(clip, "C0001") as reader:
            list(reader.frames())
            described, keys = reader.clip(), reader.key_frames()
    container = "mov" if described.video else "wav"
    output = choose_output(
        described, quality=None, container=container, key_frames=keys, cpu=cpu_level()
    )
    if masks is None:
        plan = build_plan(findings, output, cpu=cpu_level())
    else:
        sound = tuple(SoundPlan(track.index) for track in described.sound)
        plan = Plan(clip=described, masks=masks, sound=sound, output=output, cpu=cpu_level())
    return Stage(folder, clip, plan, stand_in)


def weight(mask: Mask) -> int:
    """Return the pixels of a mask's middle shape over its frames."""
    shape = mask.keys[len(mask.keys) // 2].shape
    return shape.rx * shape.ry * (mask.end - mask.first) if isinstance(shape, Ellipse) else 0


# Masks: the film is rendered by another plan.

PlanFault = Callable[[Stage], Plan]


def with_masks(stage: Stage, change: Callable[[Mask], Iterable[Mask]]) -> Plan:
    """Return the plan with the masks of the largest head's track changed."""
    track = stage.heads[0].track
    masks = [new for m in stage.plan.masks for new in (change(m) if m.track == track else [m])]
    return msgspec.structs.replace(stage.plan, masks=tuple(masks))


def span_of(stage: Stage) -> tuple[int, int]:
    """Return the frames from the first to the last of the largest head's track."""
    own = [m for m in stage.plan.masks if m.track == stage.heads[0].track]
    return min(m.first for m in own), max(m.end for m in own)


def without(stage: Stage, first: int, end: int) -> Plan:
    """Return the plan with the largest head open in the frames first <= f < end."""

    def cut(mask: Mask) -> Iterable[Mask]:
        if mask.first < first:
            yield msgspec.structs.replace(mask, end=min(mask.end, first))
        if mask.end > end:
            late = max(mask.first, end)
            yield msgspec.structs.replace(mask, id=f"{mask.id}b", first=late)

    return with_masks(stage, cut)


def moved(stage: Stage, change: Callable[[Ellipse], Ellipse], frames: int = 0) -> Plan:
    """Return the plan with the largest head's shapes changed, and so many frames later."""

    def move(mask: Mask) -> Iterable[Mask]:
        keys = tuple(
            Key(k.frame + frames, change(k.shape) if isinstance(k.shape, Ellipse) else k.shape)
            for k in mask.keys
        )
        yield msgspec.structs.replace(mask, keys=keys)

    return with_masks(stage, move)


def dropped_at(stage: Stage, place: float) -> Plan:
    """Return the plan with the largest head open in one frame, 0 its first and 1 its last."""
    first, end = span_of(stage)
    at = first + round((end - 1 - first) * place)
    return without(stage, at, at + 1)


def shifted(x: float, y: float) -> PlanFault:
    """Return the fault of a mask that is moved by parts of its width and height."""
    return lambda stage: moved(
        stage,
        lambda e: msgspec.structs.replace(
            e, cx=e.cx + round(2 * x * e.rx), cy=e.cy + round(2 * y * e.ry)
        ),
    )


def shrunk(stage: Stage) -> Plan:
    """Return the plan with the mask a fifth smaller."""
    return moved(
        stage, lambda e: msgspec.structs.replace(e, rx=round(e.rx * 0.8), ry=round(e.ry * 0.8))
    )


def mirrored(stage: Stage) -> Plan:
    """Return the plan with all masks mirrored."""
    video = stage.plan.clip.video
    assert video is not None
    width = video.width * 16
    masks = []
    for mask in stage.plan.masks:
        keys = tuple(
            Key(k.frame, msgspec.structs.replace(k.shape, cx=width - k.shape.cx))
            if isinstance(k.shape, Ellipse)
            else k
            for k in mask.keys
        )
        masks.append(msgspec.structs.replace(mask, keys=keys))
    return msgspec.structs.replace(stage.plan, masks=tuple(masks))


def of_another_film(stage: Stage) -> Plan:
    """Return the plan with masks as another film might have them: each head in another corner."""
    masks = tuple(
        Mask(f"M{n:04}", 0, 1 << 20, (Key(0, Ellipse(x * 16, y * 16, 480, 640)),), track=f"T{n:04}")
        for n, (x, y) in enumerate(((30, 40), (260, 200), (200, 30)))
    )
    return msgspec.structs.replace(stage.plan, masks=masks)


MASKS: dict[str, PlanFault] = {
    "mask dropped for its first frame": partial(dropped_at, place=0.0),
    "mask dropped for its middle frame": partial(dropped_at, place=0.5),
    "mask dropped for its last frame": partial(dropped_at, place=1.0),
    "mask dropped for a whole track": lambda s: with_masks(s, lambda _: ()),
    "mask ends 3 frames early": lambda s: without(s, span_of(s)[1] - 3, 1 << 20),
    "mask starts 3 frames late": lambda s: without(s, 0, span_of(s)[0] + 3),
    "mask a fifth smaller": shrunk,
    "mask shifted 10 % to the left": shifted(-0.1, 0),
    "mask shifted 10 % to the right": shifted(0.1, 0),
    "mask shifted 10 % up": shifted(0, -0.1),
    "mask shifted 10 % down": shifted(0, 0.1),
    "mask 2 frames late": lambda s: moved(s, lambda e: e, 2),
    "mask 2 frames early": lambda s: moved(s, lambda e: e, -2),
    "masks of another film": of_another_film,
    "masks mirrored": mirrored,
}


# Whom a film shows: it is rendered by a plan that shows more than the one that is audited.


def showing(stage: Stage, until: int) -> Stage:
    """Return the stage with its second head shown by consent in the frames before one."""
    mask = stage.plan.masks[1]
    place = Shown(
        "F0001", mask.first, until, mask.keys, "C0001-A002", "P07", ("R0012",), mask.track
    )
    masks = (stage.plan.masks[0], msgspec.structs.replace(mask, first=until))
    plan = msgspec.structs.replace(stage.plan, masks=masks, shown=(place,))
    return Stage(_folder_in(stage, "shown"), stage.clip, plan, stage.stand_in)


def _folder_in(stage: Stage, name: str) -> Path:
    """Return a folder of its own for another plan, so that the stage's pieces stay as they are."""
    folder = stage.folder / name
    folder.mkdir()
    return folder


def shown_on(stage: Stage) -> Plan:
    """Return the plan that goes on showing somebody after the piece that was confirmed."""
    late = msgspec.structs.replace(stage.plan.masks[1], first=stage.plan.shown[0].end + 3)
    return msgspec.structs.replace(stage.plan, masks=(stage.plan.masks[0], late))


def shown_instead(stage: Stage) -> Plan:
    """Return the plan whose shown place was moved from one head onto the other."""
    one, other = stage.plan.masks
    end = stage.plan.shown[0].end
    masks = (msgspec.structs.replace(one, first=end), msgspec.structs.replace(other, first=0))
    return msgspec.structs.replace(stage.plan, masks=masks)


def shown_too(stage: Stage) -> Plan:
    """Return the plan that shows the other head too, where the one who agreed is shown."""
    one, other = stage.plan.masks
    late = msgspec.structs.replace(one, first=stage.plan.shown[0].end)
    return msgspec.structs.replace(stage.plan, masks=(late, other))


def hidden_all_the_same(stage: Stage) -> Plan:
    """Return the plan that hides who is shown."""
    one, other = stage.plan.masks
    return msgspec.structs.replace(stage.plan, masks=(one, msgspec.structs.replace(other, first=0)))


def holding(stage: Stage, still: Still) -> Stage:
    """Return the stage with a frame that stays."""
    masks = tuple(
        msgspec.structs.replace(mask, id=f"M{number:04}")
        for number, mask in enumerate(held_masks(stage.plan.masks, [still]), 1)
    )
    plan = msgspec.structs.replace(stage.plan, masks=masks, stills=(still,))
    held = Stage(_folder_in(stage, "held"), stage.clip, plan, stage.stand_in)
    held.__dict__["originals"] = list(held_still(stage.originals, [still]))
    return held


SHOWN: dict[str, PlanFault] = {
    "shown longer than the piece": shown_on,
    "shown place moved onto another head": shown_instead,
    "somebody else shown beside the one who agreed": shown_too,
    "somebody hidden whom the plan shows": hidden_all_the_same,
}


# The picture: what was rendered is changed.

PictureFault = Callable[[Stage], list[Planes]]


def planes_of(stage: Stage) -> list[Planes]:
    """Return the planes of every frame as planned."""
    return [tuple(frame.planes) for frame in stage.fills]


def bits_of(stage: Stage, frame: OriginalFrame) -> list[NDArray[np.bool_]]:
    """Return the hidden samples of each plane."""
    hidden = hidden_bits(stage.plan, frame.index)
    layout = frame.layout
    colour = chroma_bits(hidden, layout.shift_x, layout.shift_y, interlaced=frame.interlaced)
    return [hidden, *([colour] * (len(frame.planes) - 1))]


def under_masks(change: Callable[[Plane, Plane], Plane], numbers: tuple[int, ...]) -> PictureFault:
    """Return the fault of planes that hold something else under the masks: change(fill, own)."""

    def fault(stage: Stage) -> list[Planes]:
        rows = []
        for own, fill in zip(stage.originals, stage.fills, strict=True):
            bits = bits_of(stage, own)
            planes = list(fill.planes)
            for n in numbers:
                planes[n] = np.where(bits[n], change(fill.planes[n], own.planes[n]), fill.planes[n])
            rows.append(tuple(plane.astype(fill.planes[0].dtype) for plane in planes))
        return rows

    return fault


def blended(part: float) -> PictureFault:
    """Return the fault of a mask that lets a part of the original through."""
    return under_masks(lambda e, o: np.rint(e * (1 - part) + o * part), (0, 1, 2))


def filtered(change: Callable[[Plane, int], Plane]) -> PictureFault:
    """Return the fault of a picture that is filtered in the place of being filled."""

    def fault(stage: Stage) -> list[Planes]:
        shape = stage.heads[0].keys[0].shape
        size = shape.rx // 16 if isinstance(shape, Ellipse) else 32
        return under_masks(lambda _, o: change(o, size), (0, 1, 2))(stage)

    return fault


def mosaic(plane: Plane, _: int) -> Plane:
    """Return a plane in blocks of 16 px."""
    height, width = plane.shape
    small = cv2.resize(plane, (-(-width // 16), -(-height // 16)), interpolation=cv2.INTER_AREA)
    large = cv2.resize(small, (0, 0), fx=16, fy=16, interpolation=cv2.INTER_NEAREST)
    return np.asarray(large[:height, :width], np.uint8)


def one_line(axis: int) -> PictureFault:
    """Return the fault of one row (0) or column (1) of a head left open, in every frame."""

    def fault(stage: Stage) -> list[Planes]:
        rows = planes_of(stage)
        for n, own in enumerate(stage.originals):
            bits = hidden_bits(stage.plan, n)
            if bits.any():
                at = int(bits.sum(axis=1 - axis).argmax())
                where = np.zeros_like(bits)
                where[(at, slice(None)) if axis == 0 else (slice(None), at)] = True
                luma = np.where(where & bits, own.planes[0], rows[n][0])
                rows[n] = (luma, *rows[n][1:])
        return rows

    return fault


def at_the_edge(stage: Stage) -> list[Planes]:
    """Leave the outermost row or column of the frame open where a mask reaches it."""
    rows = planes_of(stage)
    for n, own in enumerate(stage.originals):
        bits = hidden_bits(stage.plan, n)
        edges = (np.s_[0], np.s_[-1], np.s_[:, 0], np.s_[:, -1])
        at = max(edges, key=lambda edge: int(bits[edge].sum()))
        luma = rows[n][0].copy()
        luma[at] = own.planes[0][at]
        rows[n] = (luma, *rows[n][1:])
    return rows


def rearranged(change: Callable[[list[Planes]], None]) -> PictureFault:
    """Return the fault of frames that are shown in another order."""

    def fault(stage: Stage) -> list[Planes]:
        rows = planes_of(stage)
        change(rows)
        return rows

    return fault


def twice(rows: list[Planes]) -> None:
    """Show a frame twice, in the place of the next one."""
    rows[len(rows) // 2] = rows[len(rows) // 2 - 1]


def swapped(rows: list[Planes]) -> None:
    """Show two frames in the wrong order."""
    at = len(rows) // 2
    rows[at - 1], rows[at] = rows[at], rows[at - 1]


def flashed(stage: Stage) -> list[Planes]:
    """Show one frame of the clip as it is."""
    rows = planes_of(stage)
    first, end = span_of(stage)
    rows[(first + end) // 2] = tuple(stage.originals[(first + end) // 2].planes)
    return rows


def with_logo(rows: list[Planes]) -> None:
    """Burn a small mark, a ring of dark and bright, into a corner of every frame."""
    for n, (luma, *colour) in enumerate(rows):
        marked = luma.copy()
        marked[8:40, 8:40], marked[16:32, 16:32] = 235, 16
        rows[n] = (marked, *colour)


def moved_aside(rows: list[Planes]) -> None:
    """Move the whole picture by 2 px."""
    for n, planes in enumerate(rows):
        by = [2 * p.shape[1] // planes[0].shape[1] for p in planes]
        rows[n] = tuple(np.roll(p, b, axis=1) for p, b in zip(planes, by, strict=True))


PICTURES: dict[str, PictureFault] = {
    "colour left open": under_masks(lambda _, o: o, (1, 2)),
    "one plane of colour left open": under_masks(lambda _, o: o, (2,)),
    "one row left open": one_line(0),
    "one column left open": one_line(1),
    "the frame's outermost line left open": at_the_edge,
    "mask half transparent": blended(0.5),
    "a ghost of a quarter": blended(0.25),
    "box blur in place of a fill": filtered(
        lambda o, size: np.asarray(cv2.blur(o, (size, size)), np.uint8)
    ),
    "16 px mosaic in place of a fill": filtered(mosaic),
    "Gaussian of sigma 12 in place of a fill": filtered(
        lambda o, _: np.asarray(cv2.GaussianBlur(o, (0, 0), 12), np.uint8)
    ),
    "one frame of the clip flashed": flashed,
    "a frame shown twice": rearranged(twice),
    "two frames swapped": rearranged(swapped),
    "a logo burned in": rearranged(with_logo),
    "the picture 2 px aside": rearranged(moved_aside),
}


# Times: the film has other frames than the plan.

TimeFault = Callable[[list[int]], tuple[list[int], list[int]]]
"""From the clip's times to those of the film, and which frame is shown at each."""


def without_one(times: list[int]) -> tuple[list[int], list[int]]:
    """Drop the middle frame."""
    kept = [n for n in range(len(times)) if n != len(times) // 2]
    return [times[n] for n in kept], kept


def cut_short(times: list[int]) -> tuple[list[int], list[int]]:
    """Drop the last five frames."""
    return times[:-5], list(range(len(times) - 5))


def retimed(times: list[int]) -> tuple[list[int], list[int]]:
    """Show the second half a little later."""
    half, step = len(times) // 2, max(1, (times[1] - times[0]) // 10)
    return [*times[:half], *(t + step for t in times[half:])], list(range(len(times)))


def one_more(times: list[int]) -> tuple[list[int], list[int]]:
    """Show the last frame once more."""
    late = 2 * times[-1] - times[-2]
    return [*times, late], [*range(len(times)), len(times) - 1]


TIMES: dict[str, TimeFault] = {
    "a frame dropped": without_one,
    "the film cut shorter": cut_short,
    "the film timed anew": retimed,
    "a frame more at the end": one_more,
}


# Sound: what was rendered is changed.

SoundFault = Callable[[Samples, Samples], Samples]
"""From the clip's samples and those as planned, shape (channels, n), to those of the film."""


def under(gain_db: float, change: Callable[[Samples], Samples] = lambda o: o) -> SoundFault:
    """Return the fault of a copy of the clip's sound that lies under the film's."""
    gain = np.float32(10 ** (gain_db / 20))

    def fault(own: Samples, planned: Samples) -> Samples:
        return planned + gain * change(own)

    return fault


def later(samples: Samples) -> Samples:
    """Return sound that comes 50 ms late, at 44.1 or 48 kHz or near."""
    return np.pad(samples, ((0, 0), (2300, 0)))[:, : samples.shape[1]]


def faster(samples: Samples) -> Samples:
    """Return sound that runs, and is pitched, 1 % higher."""
    at = np.arange(samples.shape[1]) * 1.01
    grid = np.arange(samples.shape[1])
    return np.array([np.interp(at, grid, row, right=0.0) for row in samples], np.float32)


def telephoned(samples: Samples) -> Samples:
    """Return sound between 300 and 3400 Hz, at 44.1 kHz or near."""
    spectrum = np.fft.rfft(samples)
    hertz = np.fft.rfftfreq(samples.shape[1], 1 / 44100)
    spectrum[:, (hertz < 300) | (hertz > 3400)] = 0
    return np.asarray(np.fft.irfft(spectrum, samples.shape[1]), np.float32)


def loudest(samples: Samples, count: int) -> slice:
    """Return the loudest samples of a row of so many."""
    power = (samples.astype(np.float64) ** 2).sum(axis=0)
    rows = [power[n : n + count].sum() for n in range(0, power.size - count, count)]
    return slice(int(np.argmax(rows)) * count, (int(np.argmax(rows)) + 1) * count)


def opened(count: int) -> SoundFault:
    """Return the fault of so many samples that are not muted: the clip's loudest."""

    def fault(own: Samples, planned: Samples) -> Samples:
        out = planned.copy()
        out[:, loudest(own, count)] = own[:, loudest(own, count)]
        return out

    return fault


def one_channel(own: Samples, planned: Samples) -> Samples:
    """Leave the last channel open."""
    return np.concatenate([planned[:-1], own[-1:]])


SOUNDS: dict[str, tuple[Voice, SoundFault]] = {
    "the clip's sound at -30 dB under silence": ("mute", under(-30)),
    "the clip's sound at -30 dB under a bed": ("bed", under(-30)),
    "the clip's sound at -30 dB under made sound": ("revoice", under(-30)),
    "a copy 50 ms late under made sound": ("revoice", under(-20, later)),
    "a copy 50 ms late under a bed": ("bed", under(-20, later)),
    "a copy of reversed polarity under made sound": ("revoice", under(-20, lambda o: -o)),
    "a copy between 300 and 3400 Hz at -20 dB": ("revoice", under(-20, telephoned)),
    "a copy 1 % faster at -20 dB under made sound": ("revoice", under(-20, faster)),
    "a copy 1 % faster at -20 dB under a bed": ("bed", under(-20, faster)),
    "one channel left open": ("mute", one_channel),
    "0.3 s not muted": ("mute", opened(14336)),
    "one AAC frame not muted": ("mute", opened(1024)),
    "another reading in place of the made sound": (
        "revoice",
        lambda _, planned: np.roll(planned, planned.shape[1] // 3, axis=1),
    ),
    "made sound at half its gain": ("revoice", lambda _, planned: planned / 2),
    "made sound cut off in the middle": (
        "revoice",
        lambda _, planned: planned * (np.arange(planned.shape[1]) < planned.shape[1] // 2),
    ),
}


def break_mask(stage: Stage, fault: PlanFault, name: str) -> Path:
    """Return a film that was rendered by another plan."""
    plan = fault(stage)
    frames = [protect(frame, plan) for frame in stage.originals]
    return _with_pictures(stage, frames, name)


def break_picture(stage: Stage, fault: PictureFault, name: str) -> Path:
    """Return a film of other pictures than were rendered."""
    frames = [as_protected(f, p) for f, p in zip(stage.fills, fault(stage), strict=True)]
    return _with_pictures(stage, frames, name)


def _with_pictures(stage: Stage, frames: list[ProtectedFrame], name: str) -> Path:
    pieces = stage.encode(frames, stage.plan, name)
    return stage.join(pieces, stage.sound_pieces("mute"), stage.plan, name)


def as_protected(frame: ProtectedFrame, planes: Planes, pts: int | None = None) -> ProtectedFrame:
    """Return a frame with other planes."""
    at = frame.pts if pts is None else pts
    whole = tuple(np.ascontiguousarray(plane) for plane in planes)
    return replace(frame, planes=whole, pts=at, token=RENDER_TOKEN)


def break_times(stage: Stage, fault: TimeFault, name: str) -> Path:
    """Return a film whose frames have other times."""
    video, out = stage.plan.clip.video, stage.plan.output.video
    assert video is not None
    assert out is not None
    times, shown = fault([int(t) for t in video.times.pts()])
    unit = parse_fraction(video.times.timebase)
    new = msgspec.structs.replace(
        video, times=times_of(times, Fraction(unit), video.times.last_duration)
    )
    plan = msgspec.structs.replace(
        stage.plan,
        clip=msgspec.structs.replace(stage.plan.clip, video=new),
        output=msgspec.structs.replace(
            stage.plan.output,
            video=msgspec.structs.replace(out, chunks=(Chunk(0, len(times), 0),)),
        ),
    )
    frames = [
        as_protected(stage.fills[n], stage.fills[n].planes, t)
        for n, t in zip(shown, times, strict=True)
    ]
    pieces = stage.encode(frames, plan, name)
    return stage.join(pieces, stage.sound_pieces("mute"), plan, name)


def break_sound(stage: Stage, fault: SoundFault, voice: Voice, name: str) -> Path:
    """Return a film with other sound than was rendered in its first track."""
    plan = stage.voiced(voice)
    out, track = plan.output.sound[0], plan.clip.sound[0]
    own = np.concatenate([b.samples for b in read_sound(stage.clip, track)], axis=1)
    planned = planned_sound(stage, voice)
    samples = fault(own, planned).astype(np.float32)
    path = stage.folder / f"sound-{name}"
    encode_sound([ProtectedSound(0, samples, out.rate_hz, RENDER_TOKEN)], out, path)
    pieces = [path, *stage.sound_pieces(voice)[1:]]
    return stage.join(stage.picture_pieces, pieces, plan, name)


def planned_sound(stage: Stage, voice: Voice) -> Samples:
    """Return the first track as planned, before a lossy codec, shape (channels, n)."""
    plan = stage.voiced(voice)
    track = plan.clip.sound[0]
    out = SoundOut(track.index, "pcm_s24le", track.rate_hz, track.layout)
    heard = msgspec.structs.replace(
        plan,
        clip=msgspec.structs.replace(plan.clip, video=None, sound=(track,)),
        output=Output("wav", None, (out,)),
    )
    piece, wav = stage.folder / f"as-planned-{voice}", stage.folder / f"as-planned-{voice}.wav"
    render_sound(stage.clip, heard, track.index, piece, beside=stage.folder)
    join_film([], [piece], heard, wav)
    alone = msgspec.structs.replace(track, index=0)
    return np.concatenate([b.samples for b in read_sound(wav, alone)], axis=1)
