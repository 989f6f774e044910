"""`safehouse voices`: who speaks when."""

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from safehouse.cli.options import Clip, JsonFlag, Overwrite
from safehouse.cli.screen import print_json, print_lines, progress
from safehouse.model.documents import format_document
from safehouse.model.voices import Turn, Voices, VoiceTrack
from safehouse.outputs import require_document, require_source, writing
from safehouse.pipeline import find_voices
from safehouse.store.atomic import write_whole


def voices(
    source: Clip,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", help="Write the turns there. Example: -o voices.json", readable=False
        ),
    ] = None,
    overwrite: Overwrite = False,
    as_json: JsonFlag = False,
) -> int:
    """Say who speaks when: turns, how many voices, and where more than one may be heard.

    Where voices can't be told apart, every turn is unsure; what is unsure stays protected.

    Example:
      safehouse voices interview.mov --json
    """
    require_source(source)
    if output is not None:
        require_document(output, (source,), overwrite=overwrite)
    with progress() as tell:
        found = find_voices(source, "C0001", tell)
    if output is not None:
        with writing():
            write_whole(output, format_document(found))
    if as_json:
        told: dict[str, Any] = msgspec.to_builtins(found)
        print_json(told)
    else:
        print_lines(*(row for track in found.tracks for row in _rows(track)), _sum(found))
    return 0


def _rows(track: VoiceTrack) -> list[str]:
    """Return a line for each turn of a track."""
    return [
        f"track {track.stream}  {turn.id}  {_clock(turn.first, track.rate_hz)} to "
        f"{_clock(turn.end, track.rate_hz)}  {turn.speaker or '?':4} {_words(turn)}".rstrip()
        for turn in track.turns
    ]


def _words(turn: Turn) -> str:
    if turn.overlap:
        return "unsure: more than one person may be heard"
    return "" if turn.sure else "unsure"


def _clock(sample: int, rate_hz: int) -> str:
    """Return a sample's time on the track as 0:01:02.34; only for show."""
    hundredths = sample * 100 // rate_hz
    seconds, part = divmod(hundredths, 100)
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{part:02d}"


def _sum(found: Voices) -> str:
    turns = [turn for track in found.tracks for turn in track.turns]
    unsure = sum(not turn.sure for turn in turns)
    voices = f"{found.speakers} voices" if found.told_by else "voices not told apart"
    return f"{len(turns)} turns, {unsure} unsure; {voices}; {len(found.tracks)} tracks"
