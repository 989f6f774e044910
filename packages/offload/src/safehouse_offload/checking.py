"""Looks into every recording on a card, and says which are black, silent, clipped or unreadable."""

import importlib.util
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field

from safehouse_offload.card import look
from safehouse_offload.disk import Disk
from safehouse_offload.errors import CardUnreadable, UsageError
from safehouse_offload.looking import LookJob, Seen
from safehouse_offload.spans import Take, find_takes
from safehouse_offload.text import escape

__all__ = ["CardCheck", "RunLooks", "check_card", "require_decoder"]

RunLooks = Callable[[list[LookJob]], Iterator[Seen]]
"""Looks into files, in any order, in any number of processes."""

KNOWN_ENDINGS = """
    mov mp4 m4v mts m2ts m2t ts mxf avi mkv webm mpg mpeg vob mod tod 3gp 3g2 wmv asf flv dv insv
    360 lrv wav bwf w64 rf64 aif aiff caf flac mp3 m4a aac ac3 amr ogg opus
"""
KNOWN = frozenset(KNOWN_ENDINGS.split())
"""Endings of names of what is looked into."""

RAW = frozenset({"braw", "r3d", "crm", "ari", "arx", "nev", "cine", "dng"})
"""Endings of recordings that only their maker's programs decode."""


@dataclass(slots=True)
class CardCheck:
    """What was found on a card.

    Attributes:
        seen: every recording that was looked into, in order of paths.
        raw: recordings that can't be decoded here, by ending.
        other: number of other files.
        problems: what could not even be listed, in words.
        takes: takes that lie in several files, and what they lack.
    """

    seen: list[Seen] = field(default_factory=list)
    raw: Counter[str] = field(default_factory=Counter)
    other: int = 0
    problems: list[str] = field(default_factory=list)
    takes: list[Take] = field(default_factory=list)


def require_decoder() -> None:
    """Check that PyAV is here.

    Raises:
        UsageError: it is not.
    """
    if importlib.util.find_spec("av") is None:
        raise UsageError(
            "looking into files needs the Python package av, which is not here",
            kept="the card is untouched; everything else works without it",
            next_step="python3 -m pip install av, or check the card by playing it in its recorder",
        )


def check_card(
    disk: Disk, root: str, run: RunLooks, *, whole: bool, thumb: tuple[int, int]
) -> CardCheck:
    """Look into every recording on a card; nothing is written anywhere.

    Raises:
        CardUnreadable: no card is there, or nothing on it can be looked into.
    """
    card = look(disk, root)
    check = CardCheck(problems=[f"{escape(p.path) or 'card'}: {p.what}" for p in card.problems])
    check.takes = find_takes(card.files)
    jobs = []
    for file in card.files:
        name = file.path.rpartition("/")[2]
        ending = name.rpartition(".")[2].lower() if "." in name else ""
        if ending in KNOWN and not name.startswith("._"):
            jobs.append(LookJob(root, file.path, whole, thumb))
        elif ending in RAW:
            check.raw[ending] += 1
        else:
            check.other += 1
    if not jobs and not check.raw:
        raise CardUnreadable(
            f"nothing with picture or sound is at '{escape(root)}'"
            + (f": {card.problems[0].what}" if card.problems else ""),
            next_step="check the path: is the card mounted there?",
        )
    check.seen = sorted(_each_alone_if_it_must(jobs, run), key=lambda one: one.path)
    return check


def _each_alone_if_it_must(jobs: Iterable[LookJob], run: RunLooks) -> Iterator[Seen]:
    """Yield what is in each file; one that ends the process that opens it is found out alone."""
    waiting = {job.path: job for job in jobs}
    try:
        for seen in run(list(waiting.values())):
            del waiting[seen.path]
            yield seen
    except BrokenProcessPool:
        for job in list(waiting.values()):
            try:
                yield from run([job])
            except BrokenProcessPool:
                yield Seen(job.path, "what opens it crashes, or takes too long")
