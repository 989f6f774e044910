"""The command that looks into a card, as a function: lines to be shown, and nothing printed."""

from collections.abc import Iterator
from pathlib import Path

from safehouse_offload.checking import CardCheck, check_card, require_decoder
from safehouse_offload.disk import Disk
from safehouse_offload.errors import CardDoubtful, UsageError
from safehouse_offload.field import Said, Tell, counted, take_lines
from safehouse_offload.looking import PLACES, SHORT_S, LookJob, Seen, look_into_limited
from safehouse_offload.pool import run_in_processes
from safehouse_offload.text import escape

__all__ = ["Page", "check", "require_screen", "title_of"]

Page = tuple[str, Seen]
"""A title, and what was seen."""

NAMED_TIMES = 3


def require_screen(*, is_terminal: bool) -> None:
    """Check that small pictures go to a terminal, and not into a file.

    Raises:
        UsageError: they would not.
    """
    if not is_terminal:
        raise UsageError(
            "small pictures are shown on a terminal only: a pipe or a file would keep them",
            kept="nothing was read or written",
            next_step="give the same command without --view, or in a terminal",
        )


def check(
    card: Path, *, whole: bool, thumb: tuple[int, int], workers: int, tell: Tell
) -> tuple[Said, list[Page]]:
    """Look into every recording on a card, in memory only.

    Raises:
        CardUnreadable: no card is there, or nothing on it can be looked into.
        UsageError: the decoder is not here.
    """
    require_decoder()

    def run(jobs: list[LookJob]) -> Iterator[Seen]:
        done = run_in_processes(look_into_limited, jobs, workers, lambda n: tell("MB", n >> 20, 0))
        for number, seen in enumerate(done, 1):
            tell("files", number, len(jobs))
            yield seen

    found = check_card(Disk(), str(card.resolve()), run, whole=whole, thumb=thumb)
    count = len(found.seen)
    pages = [(title_of(seen, at, count), seen) for at, seen in enumerate(found.seen, 1)]
    return _told(found, whole=whole), pages


def title_of(seen: Seen, number: int, count: int) -> str:
    """Return the title of one file's page."""
    length = f"{_clock(seen.length_s)}  " if seen.length_s else ""
    return f"{number} of {count}  {length}{seen.path}  {'; '.join(_faults(seen))}".rstrip()


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def _faults(seen: Seen) -> list[str]:
    """Return what is wrong with a file, in words."""
    faults = [f"UNREADABLE: {seen.problem}"] if seen.problem else []
    if seen.is_black:
        faults.append(f"BLACK: {seen.black} of {seen.pictures} pictures")
    if seen.is_silent:
        faults.append("SILENT: nothing to be heard")
    if seen.clipped_s:
        times = [_clock(at) for at in seen.clipped_s]
        named = list(dict.fromkeys(times))
        more = " and later" if len(named) > NAMED_TIMES else ""
        faults.append(f"CLIPPED: sound at full scale at {', '.join(named[:NAMED_TIMES])}{more}")
    return faults


def _told(found: CardCheck, *, whole: bool) -> Said:
    said = Said(list(found.problems))
    bad = [seen for seen in found.seen if _faults(seen)]
    for seen in bad:
        said.lines += [f"{escape(seen.path)}: {fault}" for fault in _faults(seen)]
    said.lines += take_lines(found.takes)
    mute = [seen.path for seen in found.seen if not seen.problem and not seen.tracks]
    if mute:
        said.lines.append(f"no sound at all: {counted(len(mute), 'file')}, first {escape(mute[0])}")
    said.lines += [
        f"can't be looked into here: {counted(count, f'.{ending} file')}; play one in its recorder"
        for ending, count in sorted(found.raw.items())
    ]
    if found.other:
        said.lines.append(f"of other kinds, not looked into: {counted(found.other, 'file')}")
    said.lines.append(_how(found, whole=whole))
    count, unseen = len(found.seen), sum(found.raw.values()) + len(found.problems)
    lacking = sum(len(take.missing) for take in found.takes)
    if bad or unseen or lacking:
        parts = [f"{len(bad)} of {counted(len(found.seen), 'file')}"] if bad else []
        parts += [f"{unseen} that could not be looked into"] if unseen else []
        parts += [f"{counted(lacking, 'part')} of a take that is not there"] if lacking else []
        words = ", and ".join(parts)
        said.last = f"LOOK AGAIN at {words}, named above."
        said.error = CardDoubtful(
            f"to be looked at again: {words}",
            next_step="play them in the recorder while the place is still there; copy the card all"
            " the same",
        )
    else:
        said.last = f"Nothing wrong was found in {counted(count, 'file')}. They are NOT COPIED yet."
    return said


def _how(found: CardCheck, *, whole: bool) -> str:
    """Say how much was looked at."""
    read = counted(len(found.seen), "file")
    long = 0 if whole else sum(seen.length_s > SHORT_S for seen in found.seen)
    if not long:
        return f"read from end to end: {read}" + ("" if whole else ", of pictures the key ones")
    return (
        f"looked into: {read}; {long} of them, over a minute, in {PLACES} places (--whole decodes"
        " everything)"
    )
