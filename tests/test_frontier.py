"""The picture of docs/voices.md is drawn from the numbers that lie beside it."""

import csv

from loading import load_script


def test_the_picture_is_of_these_numbers() -> None:
    script = load_script("frontier")
    with script.ROWS.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert script.OUT.read_text() == script.drawn(rows)
    assert {row["attackers"] for row in rows} <= set(script.COLOURS)
    assert all(0 <= float(row["eer"]) <= 50 and 0 < float(row["stoi"]) <= 1 for row in rows)
