"""A place on earth, in the forms that files write it in."""

import re
import struct
from collections.abc import Iterator

__all__ = ["coordinate_forms"]

NUMBER = re.compile(r"[+-]?\d{1,3}\.\d{2,10}")
MAX_NUMBERS = 6

TELLING = 5
"""Different characters in a number that is worth a search: `0.0000` and `100.00` are everywhere."""


def coordinate_forms(text: str) -> Iterator[bytes | str]:
    """Yield the coordinates in a text as decimals, degrees and minutes, and binary numbers.

    Decimals are cut to 4 places and more (11 m); binary numbers are doubles of either byte order.
    Shorter binary forms occur in any film by chance and are not searched for.
    """
    for written in NUMBER.findall(text)[:MAX_NUMBERS]:
        value = float(written)
        if len(set(written)) < TELLING:
            continue
        plain = written.lstrip("+-")
        places = len(plain.split(".")[1])
        for keep in range(4, places + 1):
            yield plain[: len(plain) - places + keep]
        if places >= 4:
            yield from _minutes(abs(value))
            for order in "<>":
                for number in (value, abs(value), -abs(value)):
                    yield struct.pack(order + "d", number)


def _minutes(value: float) -> Iterator[str]:
    """Yield degrees and minutes as NMEA and ISO 6709 write them, and degrees, minutes, seconds."""
    degrees = int(value)
    minutes = (value - degrees) * 60
    seconds = (minutes - int(minutes)) * 60
    yield f"{degrees:02d}{minutes:07.4f}"
    yield f"{degrees}°{int(minutes)}'{seconds:.2f}"
    yield f"{degrees} deg {int(minutes)}' {seconds:.2f}"
