"""Small pictures for a terminal: two pixels in each place, as half blocks in true colour.

A file's page is drawn on the terminal's second screen, which has no history to scroll back to.
"""

from collections.abc import Sequence

from safehouse_offload.looking import THUMBS, Seen, Thumb
from safehouse_offload.text import escape

__all__ = ["ENTER", "LEAVE", "page", "thumb_size"]

ENTER = "\x1b[?1049h"
"""Go to the second screen (xterm's control sequences)."""

LEAVE = "\x1b[0m\x1b[2J\x1b[3J\x1b[?1049l"
"""Clear it, and go back to what was shown before."""

CLEAR = "\x1b[0m\x1b[2J\x1b[H"
ACROSS = 3
GAP = 1
HEAD_LINES = 4


def thumb_size(columns: int, lines: int) -> tuple[int, int]:
    """Return the largest width and height of a small picture, in px, on a terminal of a size."""
    width = max(8, (columns - GAP * (ACROSS - 1)) // ACROSS)
    height = max(4, (lines - HEAD_LINES) // (THUMBS // ACROSS) * 2 - 2)
    return width, height


def page(seen: Seen, title: str, size: tuple[int, int]) -> str:
    """Return the page of one file: its title, its small pictures, and what the keys do."""
    chosen = _spread(seen.thumbs)
    rows = [chosen[at : at + ACROSS] for at in range(0, len(chosen), ACROSS)]
    drawn = "\n".join("\n".join(_row(thumbs, size[0])) for thumbs in rows)
    return f"{CLEAR}{escape(title)}\n\n{drawn or 'no picture'}\n\nEnter: next   q: end "


def _spread(thumbs: Sequence[Thumb]) -> list[Thumb]:
    """Return up to THUMBS of them, the first and the last among them."""
    if len(thumbs) <= THUMBS:
        return list(thumbs)
    return [thumbs[at * (len(thumbs) - 1) // (THUMBS - 1)] for at in range(THUMBS)]


def _row(thumbs: Sequence[Thumb], width: int) -> list[str]:
    """Return the lines of some small pictures side by side."""
    height = max(thumb.height for thumb in thumbs)
    cells = [_lines(thumb, width, height) for thumb in thumbs]
    return [(" " * GAP).join(parts) for parts in zip(*cells, strict=True)]


def _lines(thumb: Thumb, width: int, height: int) -> list[str]:
    """Return one small picture as lines of text of one width."""
    lines = []
    for y in range(0, height, 2):
        if y + 1 >= thumb.height:
            lines.append(" " * width)
            continue
        lines.append(_line(thumb, y) + " " * (width - thumb.width))
    return lines


def _line(thumb: Thumb, y: int) -> str:
    parts = []
    for x in range(thumb.width):
        top, low = (_colour(thumb, x, row) for row in (y, y + 1))
        parts.append(f"\x1b[38;2;{top}m\x1b[48;2;{low}m\u2580")
    return "".join(parts) + "\x1b[0m"


def _colour(thumb: Thumb, x: int, y: int) -> str:
    at = (y * thumb.width + x) * 3
    return ";".join(map(str, thumb.rgb[at : at + 3]))
