"""The options that several commands share, each with its words and its checks."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

__all__ = [
    "Bed",
    "Codec",
    "Engine",
    "JsonFlag",
    "Look",
    "Overwrite",
    "PageLanguage",
    "Quality",
    "ReportLanguage",
    "Sound",
    "Voices",
    "Workers",
]


class PageLanguage(StrEnum):
    """The language of a page."""

    en = "en"
    fr = "fr"


class Look(StrEnum):
    """How hidden places are drawn."""

    veil = "veil"
    solid = "solid"


class Voices(StrEnum):
    """What becomes of the sound."""

    mute = "mute"
    disguise = "disguise"
    revoice = "revoice"
    reveal = "reveal"


class Bed(StrEnum):
    """What lies where no voice is."""

    none = "none"
    tone = "tone"


class Engine(StrEnum):
    """The program that speaks captions."""

    espeak_ng = "espeak-ng"
    piper = "piper"


class Sound(StrEnum):
    """How the sound is written."""

    auto = "auto"
    aac = "aac"
    pcm = "pcm"
    flac = "flac"
    opus = "opus"


class Codec(StrEnum):
    """How the picture is written."""

    auto = "auto"
    h264 = "h264"
    hevc = "hevc"
    prores = "prores"
    ffv1 = "ffv1"


Clip = Annotated[Path, typer.Argument(metavar="CLIP", help="A film or sound file.", readable=False)]
JsonFlag = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace an output that is there.")]
Workers = Annotated[
    int | None,
    typer.Option("--workers", min=1, max=256, help="Number of processes; one a core unless said."),
]
Quality = Annotated[
    int | None,
    typer.Option(
        "--quality",
        min=0,
        max=51,
        help="Constant quality of x264 and x265, 0 (best) to 51; 18 unless said.",
    ),
]
ReportLanguage = Annotated[
    PageLanguage,
    typer.Option("--report-language", help="Of report.html. Example: --report-language fr"),
]
