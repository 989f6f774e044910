"""What the user may choose for a film."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from safehouse.model.plan import Look

__all__ = ["Choices", "Inquiry", "Speech", "VoiceMode"]

VoiceMode = Literal["mute", "disguise", "revoice", "reveal"]


@dataclass(frozen=True, slots=True)
class Speech:
    """What takes the place of voices.

    Attributes:
        bed: `tone` lays a synthetic room tone where no voice is; `none` leaves silence.
        captions: the words that a synthetic voice speaks, SRT, VTT or TTML.
        language: of the captions, ISO 639, `fr`; None is what their file says.
        encoding: of the captions, `windows-1256`; None reads UTF-8 and UTF-16.
        names: a file of names, one a line, that no caption may hold.
        stand_in: an actor's reading, in place of a synthetic voice.
        engine: the program that speaks, `espeak-ng` or `piper`.
        voice_model: piper's voice, a file of the user's.
        speakers: voices that the user chose for speakers, (`V1`, `f2`).
        loudness_lufs: the loudness that made sound is brought to.
        disclose: write captions that say that the voices were spoken anew.
    """

    bed: Literal["none", "tone"] = "none"
    captions: Path | None = None
    language: str | None = None
    encoding: str | None = None
    names: Path | None = None
    stand_in: Path | None = None
    engine: Literal["espeak-ng", "piper"] = "espeak-ng"
    voice_model: Path | None = None
    speakers: tuple[tuple[str, str], ...] = ()
    loudness_lufs: float = -23.0
    disclose: bool = False

    @property
    def said(self) -> bool:
        """Whether anything was said of the words or of who speaks them, beside files."""
        words = self.language or self.encoding or self.speakers or self.disclose
        return bool(words) or self.engine != "espeak-ng"

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that are read beside the clip."""
        named = (self.captions, self.names, self.stand_in, self.voice_model)
        return tuple(path for path in named if path is not None)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the user may choose.

    Attributes:
        look: `veil` (a smooth fill with new grain) or `solid`.
        reveal_only: hide all but the regions drawn in the plan.
        voices: `mute`; `disguise` (words stay, for cutting); `revoice` (another voice speaks the
            captions); `reveal` (the original sound passes).
        speech: what takes the place of voices.
        codec: `auto`, `h264`, `hevc`, `prores` or `ffv1`.
        sound: `auto`, `aac`, `pcm`, `flac` or `opus`.
        quality: the encoder's constant quality (x264, x265: crf); None is safehouse's choice.
        camera_privacy: tell less of the camera: a light denoise outside the masks, and, where no
            quality is chosen, stronger compression.
        workers: number of processes; None is one a core.
        plan: use this plan's file in place of looking for people.
        overwrite: replace an output that is there.
        report_language: of report.html, `en` or `fr`.
    """

    look: Look = "veil"
    reveal_only: bool = False
    voices: VoiceMode = "mute"
    speech: Speech = Speech()
    codec: Literal["auto", "h264", "hevc", "prores", "ffv1"] = "auto"
    sound: Literal["auto", "aac", "pcm", "flac", "opus"] = "auto"
    quality: int | None = None
    camera_privacy: bool = False
    workers: int | None = None
    plan: Path | None = None
    overwrite: bool = False
    report_language: str = "en"

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that are read beside the clip."""
        return (*self.speech.files, *(() if self.plan is None else (self.plan,)))


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What is to be attacked, and how closely.

    Attributes:
        film: the film; of any tool's making where there is no plan.
        source: the clip that it was made from; None where it is not at hand.
        plan: the plan that it was made by.
        quick: look for faces in fewer frames, and leave out what takes longest.
        beside: the folder of the plan's made sound; None is the plan's own.
        same_camera: other clips of the camera that the clip is of.
        language: of report.html, `en` or `fr`.
        earlier: versions of the film that were delivered before.
    """

    film: Path
    source: Path | None = None
    plan: Path | None = None
    quick: bool = True
    beside: Path | None = None
    same_camera: tuple[Path, ...] = ()
    language: str = "en"
    earlier: tuple[Path, ...] = ()

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file that is read."""
        named = (self.film, self.source, self.plan, *self.same_camera, *self.earlier)
        return tuple(path for path in named if path is not None)
