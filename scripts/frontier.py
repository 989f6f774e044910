"""Draws docs/voices-frontier.svg from docs/voices-frontier.csv: told against understood.

    python scripts/frontier.py [--check]

A row is a variant of the disguise, as benchmarks/voices.py or a version of it on the way measured
it; nothing but numbers goes in.
"""

import csv
import sys
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROWS = ROOT / "docs/voices-frontier.csv"
OUT = ROOT / "docs/voices-frontier.svg"
WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 760, 470, 64, 24, 24, 56
STOI, EER = (0.55, 1.0), (0.0, 45.0)
COLOURS = {"strong": "#0b6e4f", "earlier": "#8a5a00", "others": "#666666"}
NAMES = {
    "strong": "this tree's attackers, several keys known",
    "earlier": "this tree's attackers, one key known",
    "others": "earlier attackers, one voice for all",
}


def place(stoi: float, eer: float) -> tuple[float, float]:
    """Return where a point lies, px."""
    x = LEFT + (stoi - STOI[0]) / (STOI[1] - STOI[0]) * (WIDTH - LEFT - RIGHT)
    y = HEIGHT - BOTTOM - (eer - EER[0]) / (EER[1] - EER[0]) * (HEIGHT - TOP - BOTTOM)
    return round(x, 1), round(y, 1)


def drawn(rows: list[dict[str, str]]) -> str:
    """Return the picture as SVG."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="12" role="img" '
        'aria-label="equal error rate against STOI">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
    ]
    parts += _axes()
    for number, row in enumerate(rows, 1):
        x, y = place(float(row["stoi"]), float(row["eer"]))
        colour = COLOURS[row["attackers"]]
        title = escape(f"{row['variant']}: EER {row['eer']} %, STOI {row['stoi']}")
        parts.append(
            f'<circle cx="{x}" cy="{y}" r="4" fill="{colour}"><title>{title}</title></circle>'
        )
        parts.append(
            f'<text x="{x + 6}" y="{y - 5}" fill="{colour}" font-size="11">{number}</text>'
        )
    return "\n".join([*parts, "</svg>"]) + "\n"


def _axes() -> list[str]:
    parts = []
    for step in range(10):
        value = STOI[0] + 0.05 * step
        (x, bottom), (_, top) = place(value, EER[0]), place(value, EER[1])
        parts.append(f'<line x1="{x}" y1="{bottom}" x2="{x}" y2="{top}" stroke="#eeeeee"/>')
        parts.append(f'<text x="{x}" y="{bottom + 18}" text-anchor="middle">{value:.2f}</text>')
    for eer in range(0, 46, 5):
        (left, y), (right, _) = place(STOI[0], eer), place(STOI[1], eer)
        parts.append(f'<line x1="{left}" y1="{y}" x2="{right}" y2="{y}" stroke="#eeeeee"/>')
        parts.append(f'<text x="{left - 8}" y="{y + 4}" text-anchor="end">{eer}</text>')
    (x, y), (_, top) = place(0.65, 30), place(0.65, EER[1])
    right, _ = place(STOI[1], 30)
    size = f'width="{right - x}" height="{y - top}"'
    parts.append(f'<rect x="{x}" y="{top}" {size} fill="#0b6e4f" opacity="0.07"/>')
    parts.append(f'<text x="{right - 8}" y="{top + 16}" text-anchor="end">the goal</text>')
    middle = (HEIGHT - BOTTOM + TOP) / 2
    parts.append(
        f'<text x="16" y="{middle}" text-anchor="middle" transform="rotate(-90 16 {middle})">'
        "equal error rate of the strongest attacker, %</text>"
    )
    parts.append(f'<text x="{WIDTH / 2}" y="{HEIGHT - 22}" text-anchor="middle">STOI</text>')
    for number, (kind, colour) in enumerate(COLOURS.items()):
        x = LEFT + number * 235
        parts.append(f'<circle cx="{x}" cy="{HEIGHT - 8}" r="4" fill="{colour}"/>')
        parts.append(f'<text x="{x + 8}" y="{HEIGHT - 4}" fill="{colour}">{NAMES[kind]}</text>')
    return parts


def main() -> int:
    """Write the picture, or with --check say whether it is fresh; return the exit code."""
    with ROWS.open(newline="") as file:
        made = drawn(list(csv.DictReader(file)))
    if "--check" in sys.argv:
        return int(OUT.read_text() != made)
    OUT.write_text(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
