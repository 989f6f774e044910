"""`plan/1`: who is hidden how, where and when, and how the film is written. docs/plan-format.md."""

from typing import Literal

import msgspec

from safehouse.model.clip import Clip
from safehouse.model.findings import Unsure
from safehouse.model.shape import Key

__all__ = [
    "Chunk",
    "Heard",
    "Look",
    "MadeSound",
    "Mask",
    "Output",
    "Plan",
    "Region",
    "Shown",
    "SoundAction",
    "SoundOut",
    "SoundPlan",
    "SoundSpan",
    "Still",
    "VideoOut",
]

Look = Literal["veil", "solid"]
"""How a hidden place is drawn; both are functions of nothing under the mask."""


class Mask(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place that is hidden in the frames first <= f < end.

    Attributes:
        id: `M0001`.
        keys: shapes in the order of their frames; at least one.
        track: the track of the findings that it hides, or "".
        why: `head`, `lost`, `unsure`, `corrupt` or `hand`.
        look: None takes the plan's look.
    """

    id: str
    first: int
    end: int
    keys: tuple[Key, ...]
    track: str = ""
    why: Literal["head", "lost", "unsure", "corrupt", "hand"] = "head"
    look: Look | None = None


class Region(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place that a person drew to be shown under `reveal-only`; masks win over it."""

    id: str
    first: int
    end: int
    keys: tuple[Key, ...]


class Shown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place where somebody's head is shown, by consent; masks win over it.

    Nothing is drawn for it: it says why no mask is there. keys hold the head with its margin.

    Attributes:
        id: `F0001`.
        piece: what a human confirmed, `C0003-A012`.
        person: who it is, `P07`.
        records: what it rests on, `R0012`; at least one.
        track: the track of the findings.
    """

    id: str
    first: int
    end: int
    keys: tuple[Key, ...]
    piece: str
    person: str
    records: tuple[str, ...]
    track: str = ""


class Still(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Frames first <= f < end are those of the clip no more: frame first - 1 stands for each."""

    first: int
    end: int


SoundAction = Literal["mute", "bed", "revoice", "disguise", "reveal"]
"""What becomes of sound: silence, a synthetic room tone, made sound twice, or the original."""


class SoundSpan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Samples first <= n < end of a track, and what becomes of them."""

    first: int
    end: int
    action: SoundAction


class SoundPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sound track: what no span names is muted.

    Where spans overlap, mute wins over all, and anything wins over reveal; a bed lies under made
    sound. made is the id of the sound that revoice and disguise spans take, or "".
    """

    stream: int
    spans: tuple[SoundSpan, ...] = ()
    made: str = ""


class Heard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Samples first <= n < end of a track in which somebody is heard, by consent.

    Nothing is done for it: it says why a span of `sound` reveals them.

    Attributes:
        id: `V0001`.
        person: who it is, `P07`.
        records: what it rests on, `R0012`; at least one.
    """

    id: str
    stream: int
    first: int
    end: int
    person: str
    records: tuple[str, ...]


class MadeSound(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Sound that was made once, to stand in a track's place; its file lies beside the plan.

    Attributes:
        id: `S01`.
        kind: what made it: `revoice` knows nothing of the original, `disguise` comes from it.
        file: the name of its WAV file, in the plan's folder.
        sha256: the digest of that file, 64 hexadecimal digits.
        rate_hz, samples: those of the track.
        channels: 1, or as many as the track has.
        by: who spoke, in words: the engine, its version and language.
        loudness_lufs: the integrated loudness (ITU-R BS.1770) that it was brought to.
        gain_db: what it is multiplied with to get there.
        notes: what did not fit, in words; nothing of what is said.
    """

    id: str
    kind: Literal["revoice", "disguise"]
    file: str
    sha256: str
    rate_hz: int
    samples: int
    channels: int
    by: str
    loudness_lufs: float = -23.0
    gain_db: float = 0.0
    notes: tuple[str, ...] = ()


class Chunk(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Frames first <= f < end, rendered as one piece; decoding begins at frame decode_from."""

    first: int
    end: int
    decode_from: int


class VideoOut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the picture is written.

    Attributes:
        codec: `h264`, `hevc`, `prores` or `ffv1`.
        pix_fmt: FFmpeg's name of the format that is encoded.
        options: the encoder's settings, all of them; name → value.
    """

    codec: Literal["h264", "hevc", "prores", "ffv1"]
    pix_fmt: str
    options: dict[str, str]
    chunks: tuple[Chunk, ...]


class SoundOut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a sound track is written: FFmpeg's encoder name, rate, layout, bits a second or 0."""

    stream: int
    codec: Literal["aac", "pcm_s16le", "pcm_s24le", "flac", "opus"]
    rate_hz: int
    layout: str
    bit_rate: int = 0


class Output(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The film's container and streams.

    reel: the clip's id, `C0003`, where the film carries the neutral timecode; "" is none.
    """

    container: Literal["mov", "mp4", "wav"]
    video: VideoOut | None
    sound: tuple[SoundOut, ...] = ()
    widened: tuple[str, ...] = ()
    reel: str = ""


class Plan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that `render` needs beside the clip; schema `plan/1`.

    Attributes:
        mode: `hide` shows all but the masks; `reveal-only` hides all but the regions.
        camera_privacy: what is not hidden is denoised lightly, so that the film tells less of the
            sensor that it was filmed with.
        grain_seed: seed of the regenerated grain; never derived from the source's content.
        cpu: the CPU level that chunks are made on, `x86-64-v3`.
        shown, heard: whom the film shows and lets hear, and by which consent.
        stills: spans in which the frame before them stays.
        unsure: spans that a person should look at; carried into the report.
    """

    schema: Literal["plan/1"] = "plan/1"
    clip: Clip
    mode: Literal["hide", "reveal-only"] = "hide"
    look: Look = "veil"
    camera_privacy: bool = False
    grain_seed: int = 0
    masks: tuple[Mask, ...] = ()
    regions: tuple[Region, ...] = ()
    shown: tuple[Shown, ...] = ()
    stills: tuple[Still, ...] = ()
    sound: tuple[SoundPlan, ...] = ()
    made: tuple[MadeSound, ...] = ()
    heard: tuple[Heard, ...] = ()
    output: Output
    cpu: str
    unsure: tuple[Unsure, ...] = ()
