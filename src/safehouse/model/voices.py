"""`voices/1`: who speaks when, as far as can be told. It may be wrong; what is unsure says so."""

from typing import Literal

import msgspec

from safehouse.model.clip import Clip

__all__ = ["Turn", "VoiceTrack", "Voices"]


class Turn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Samples first <= n < end of a track, in which somebody may be speaking.

    Attributes:
        id: `T0001`, counted through all tracks.
        speaker: `S1`, `S2` … in the order of appearance; "" where nobody can be told apart.
        overlap: more than one person may be speaking.
        sure: one person speaks, and it is this one; a guess all the same, which a human confirms.
    """

    id: str
    first: int
    end: int
    speaker: str = ""
    overlap: bool = False
    sure: bool = False


class VoiceTrack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The turns of one sound track, in order, none over another; elsewhere no voice was found."""

    stream: int
    rate_hz: int
    samples: int
    turns: tuple[Turn, ...] = ()


class Voices(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who speaks when in a clip; schema `voices/1`.

    Attributes:
        clip: its sound tracks; the picture is not looked at, and is None.
        speakers: how many voices were told apart; 0 where that was not tried.
        told_by: what told them apart, `resemblyzer`; "" where nothing could.
    """

    schema: Literal["voices/1"] = "voices/1"
    clip: Clip
    tracks: tuple[VoiceTrack, ...] = ()
    speakers: int = 0
    told_by: str = ""
