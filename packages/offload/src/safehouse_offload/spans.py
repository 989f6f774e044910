"""Takes that a recorder split into files of 4 GB: which belong together, and which part is missing.

Cards are formatted so that no file can be longer than 4 GiB. Some recorders number the parts
(GoPro: GX010123, GX020123), others give the next part the next number and say nothing: then names
and lengths together tell.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from safehouse_offload.card import CardFile

__all__ = ["Take", "find_takes"]

LONGEST = 1 << 32
"""No file on such a card reaches this length."""

LEAST = 4_000_000_000
"""A file of at least this length was ended by the limit and not by a hand."""

LEAST_DRONE = 3_500_000_000
"""DJI ends its parts earlier."""

CHAPTER = re.compile(
    r"(?i)G(?P<kind>[A-OQ-Z])(?P<part>\d\d)(?P<number>\d{4})\.(?P<ending>MP4|LRV|360)"
)
OLD_CHAPTER = re.compile(r"(?i)G(?:OPR|P(?P<part>\d\d))(?P<number>\d{4})\.(?P<ending>MP4|LRV)")
NUMBERED = re.compile(
    r"(?i)(?P<before>.*?)(?P<number>\d{2,9})\.(?P<ending>MP4|MOV|MTS|M2TS|MXF|AVI|MPG|WAV)"
)


@dataclass(frozen=True, slots=True, order=True)
class Take:
    """One take in several files.

    Attributes:
        paths: its parts that are there, in order.
        missing: parts that should be there, as far as names tell.
    """

    paths: tuple[str, ...]
    missing: tuple[str, ...] = ()


def find_takes(files: Iterable[CardFile]) -> list[Take]:
    """Return the takes that lie in several files, or lack one, in order of paths."""
    chapters: dict[tuple[str, ...], dict[int, str]] = defaultdict(dict)
    numbered: dict[tuple[str, ...], dict[int, CardFile]] = defaultdict(dict)
    for file in files:
        folder, _, name = file.path.rpartition("/")
        chapter = CHAPTER.fullmatch(name) or OLD_CHAPTER.fullmatch(name)
        plain = NUMBERED.fullmatch(name)
        if chapter:
            found = chapter.groupdict()
            key = (folder, found.get("kind") or "", found["number"], found["ending"].upper())
            chapters[key][int(found["part"] or 0)] = file.path
        elif plain:
            key = (folder, plain["before"], str(len(plain["number"])), plain["ending"].upper())
            numbered[key][int(plain["number"])] = file
    takes = [_of_chapters(key, parts) for key, parts in chapters.items()]
    takes += [take for parts in numbered.values() for take in _of_numbers(parts)]
    return sorted(take for take in takes if len(take.paths) + len(take.missing) > 1)


def _of_chapters(key: tuple[str, ...], parts: dict[int, str]) -> Take:
    """Return the take that numbered parts make; a hole in the numbers is a missing part."""
    folder, kind, number, ending = key
    first = 1 if kind else 0
    missing = []
    for part in range(first, max(parts)):
        if part not in parts:
            head = f"G{kind}{part:02d}" if kind else ("GOPR" if part == 0 else f"GP{part:02d}")
            missing.append(f"{folder}/{head}{number}.{ending}".lstrip("/"))
    return Take(tuple(parts[part] for part in sorted(parts)), tuple(missing))


def _of_numbers(parts: dict[int, CardFile]) -> Iterator[Take]:
    """Yield runs of files of which each but the last is as long as a file can be."""
    run: list[str] = []
    last = max(parts)
    for number, file in sorted(parts.items()):
        run.append(file.path)
        if not _is_full(file):
            yield Take(tuple(run))
            run = []
        elif number + 1 not in parts:
            yield Take(tuple(run), _next_name(file.path, number) if number < last else ())
            run = []


def _is_full(file: CardFile) -> bool:
    name = file.path.rpartition("/")[2].upper()
    return (LEAST_DRONE if name.startswith("DJI_") else LEAST) <= file.bytes < LONGEST


def _next_name(path: str, number: int) -> tuple[str, ...]:
    """Return the name that the next part would have."""
    head, _, name = path.rpartition("/")
    found = NUMBERED.fullmatch(name)
    if found is None:
        return ()
    width = len(found["number"])
    following = f"{found['before']}{number + 1:0{width}d}{name[found.end('number') :]}"
    return (f"{head}/{following}" if head else following,)
