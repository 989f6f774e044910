"""`safehouse people turns`, `safehouse people heard`: whose voice it is, said by a human."""

from typing import Annotated, Any

import msgspec
import typer

from safehouse.cli.options import JsonFlag
from safehouse.cli.people import app
from safehouse.cli.project import Here, in_project
from safehouse.cli.screen import print_json, print_lines, progress
from safehouse.errors import UsageError
from safehouse.listening import Listened, listen, say_heard
from safehouse.store.reading_view import Voiced, read_marks

__all__ = ["app"]

ClipId = Annotated[str, typer.Argument(metavar="CLIP", help="An id. Example: C0003")]
NOBODY = "nobody"


@app.command("turns")
@in_project
def turns(here: Here, clip: ClipId, as_json: JsonFlag = False) -> int:
    """List who speaks when in a clip, and whose voice a human said it is.

    Example:
      safehouse people turns C0003
    """
    with here.opened() as film, progress() as tell:
        found = listen(film, clip, tell)
        said = read_marks(film, clip).voices
    if as_json:
        told: dict[str, Any] = msgspec.to_builtins(found.voices)
        print_json(told | {"said": [msgspec.to_builtins(row) for row in said]})
        return 0
    lines = _lines(found, said)
    print_lines(*(lines or ["nobody is heard in it, as far as was found"]))
    return 0


@app.command("heard")
@in_project
def heard(  # noqa: PLR0913 - one argument an option of the command
    here: Here,
    person: Annotated[str, typer.Argument(metavar="PERSON", help="P07, or nobody.")],
    clip: ClipId,
    turn: Annotated[list[str] | None, typer.Argument(metavar="TURN", help="Example: T0003")] = None,
    track: Annotated[int | None, typer.Option(help="With --from and --to: which track.")] = None,
    first: Annotated[float | None, typer.Option("--from", help="Seconds of the track.")] = None,
    end: Annotated[float | None, typer.Option("--to", help="Seconds of the track.")] = None,
) -> int:
    """Say whose voice is heard in turns, or from one second to another: theirs, and nobody else's.

    A version lets it be heard only where that person agreed. Taken back by people undo.

    Examples:
      safehouse people heard P07 C0003 T0001 T0004

      safehouse people heard P07 C0003 --track 0 --from 12.5 --to 19
    """
    if (first is None) != (end is None):
        raise UsageError("a span has two ends", next_step="--from SECONDS --to SECONDS")
    with here.opened() as film, progress() as tell:
        found = listen(film, clip, tell)
        spans = []
        if first is not None and end is not None:
            stream = found.stream(_track(found, track))
            a, b = (round(second * stream.rate_hz) for second in (first, end))
            spans.append((stream.index, a, min(b, stream.samples)))
        said = say_heard(film, clip, "" if person == NOBODY else person, tuple(turn or ()), spans)
    count = "1 span" if len(said) == 1 else f"{len(said)} spans"
    print_lines(f"{clip}: {person} is heard in {count}")
    return 0


def _track(found: Listened, said: int | None) -> int:
    tracks = [row.index for row in found.voices.clip.sound]
    if said is None and len(tracks) != 1:
        raise UsageError(
            f"the clip has {len(tracks)} sound tracks",
            kept="nothing was changed",
            next_step="say which: --track, as people turns lists them",
        )
    return tracks[0] if said is None else said


def _lines(found: Listened, said: tuple[Voiced, ...]) -> list[str]:
    rates = {row.index: row.rate_hz for row in found.voices.clip.sound}
    lines = [
        "; ".join(
            [
                f"track {track.stream}  {turn.id}  {_clock(turn.first, track.rate_hz)} to "
                f"{_clock(turn.end, track.rate_hz)}  {turn.speaker or '?'}",
                *([] if turn.sure else ["unsure"]),
                *(["more than one may be heard"] if turn.overlap else []),
            ]
        )
        for track in found.voices.tracks
        for turn in track.turns
    ]
    return lines + [
        f"said: track {row.stream}  {_clock(row.first, rates[row.stream])} to "
        f"{_clock(row.end, rates[row.stream])}  {row.person or NOBODY}"
        for row in said
        if row.stream in rates
    ]


def _clock(sample: int, rate_hz: int) -> str:
    """Return a sample's time on the track as 1:02:34.5; only for show."""
    tenths = sample * 10 // rate_hz
    seconds, part = divmod(tenths, 10)
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{part}"
