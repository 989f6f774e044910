"""The encoder's settings in a plan: an allow-list, since a plan may come from anybody.

Encoders take names of files among their settings (`dump-yuv`, `stats`, `qpfile`, `csv`, two-pass
flags); a plan that could set them could write over any file of the user's.
"""

import re
from collections.abc import Iterator, Mapping

__all__ = ["option_faults"]

VALUES = {
    "threads": r"1",
    "flags": r"(\+(cgop|bitexact|global_header|ildct|ilme))+",
    "preset": r"[a-z]{1,16}",
    "crf": r"\d{1,2}(\.\d{1,2})?",
    "g": r"\d{1,4}",
    "bf": r"\d{1,2}",
    "a53cc": r"0",
    "profile": r"[a-z0-9]{1,16}",
    "vendor": r"apl0",
    "level": r"3",
    "slices": r"\d{1,4}",
    "slicecrc": r"[01]",
    "context": r"[01]",
}
"""Name of an option → what its whole value must match."""

LISTS = {
    "x264-params": {
        *("stitchable", "open-gop", "rc-lookahead", "sync-lookahead", "sliced-threads"),
        *("force-cfr", "asm", "chromaloc"),
    },
    "x265-params": {
        *("pools", "frame-threads", "wpp", "info", "open-gop", "repeat-headers", "aud", "hrd"),
        *("rc-lookahead", "lookahead-slices", "log-level", "hdr10", "hdr10-opt"),
        *("master-display", "max-cll", "chromaloc"),
    },
}
"""Options that hold settings of their own, `a=1:b=2` → the names that may stand in them."""

NESTED_VALUE = re.compile(r"[A-Za-z0-9(),-]{1,120}")
"""What a setting inside a list may be: never a path."""


def option_faults(options: Mapping[str, str]) -> Iterator[str]:
    """Yield what is wrong with an encoder's settings, in words; nothing when all are allowed."""
    for name, value in options.items():
        if name in LISTS:
            yield from _list_faults(name, value)
        elif name not in VALUES:
            yield f"the encoder's setting {name!r} is not one that a plan may hold"
        elif not re.fullmatch(VALUES[name], value):
            yield f"the encoder's setting {name!r} has a value that it may not have"


def _list_faults(option: str, value: str) -> Iterator[str]:
    for part in value.split(":"):
        name, _, setting = part.partition("=")
        if name not in LISTS[option] or not NESTED_VALUE.fullmatch(setting):
            yield f"{option!r} holds {name!r}, which a plan may not set so"
