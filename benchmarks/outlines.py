"""What the outlines of masks tell, as planned and made coarser: who is who, and who nods.

    python benchmarks/outlines.py [--clips facenet_video,hamilton_short,mmaction_demo]

Labelled clips (SAFEHOUSE_MEDIA, default ../shared/media) are analysed, and their masks' outlines
taken from the plan. A track belongs to the labelled person in whose head its middle lies most
often. Coarser outlines hold one oval for a while, large enough for all that it stands for; the
price is the area that is hidden.
"""

import argparse
import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from seen import MEDIA

from safehouse.analysis.run import Settings, analyse
from safehouse.audit.attacks.outlines import (
    LOOKS,
    VISIBLE,
    Named,
    find_again,
    outlines_of,
    swing,
)
from safehouse.machine import cpu_level
from safehouse.model.plan import Output, Plan
from safehouse.model.shape import SUBPIXEL, Ellipse, shape_at
from safehouse.plan.build import build_masks

CLIPS = "facenet_video,hamilton_short,mmaction_demo"
Floats = NDArray[np.float64]


def held(rows: Floats, looks: int, grid: float = 0) -> Floats:
    """Return outlines of which each stands for so many, with middle and half-axes on a grid."""
    out = rows.copy()
    for first in range(0, len(rows), looks):
        part = rows[first : first + looks]
        low = (part[:, :2] - part[:, 2:]).min(axis=0)
        high = (part[:, :2] + part[:, 2:]).max(axis=0)
        if grid:
            low, high = np.floor(low / grid) * grid, np.ceil(high / grid) * grid
        out[first : first + looks] = [*(low + high) / 2, *(high - low) / 2]
    return out


WAYS: dict[str, Callable[[Floats, float], Floats]] = {
    "as planned": lambda rows, _: rows,
    "held for 0.5 s": lambda rows, looks_s: held(rows, max(1, round(looks_s / 2))),
    "held for 1 s": lambda rows, looks_s: held(rows, round(looks_s)),
    "held for 2 s": lambda rows, looks_s: held(rows, 2 * round(looks_s)),
    "held for 2 s, on a grid of 32 px": lambda rows, looks_s: held(rows, 2 * round(looks_s), 32),
}


def people_of(plan: Plan, labels: Any) -> dict[str, str]:
    """Return the person that each track belongs to."""
    votes: dict[str, Counter[str]] = {}
    for label in labels["labels"]:
        for mask in plan.masks:
            if not (mask.track and mask.first <= label["frame"] < mask.end):
                continue
            oval = shape_at(mask.keys, label["frame"])
            if isinstance(oval, Ellipse):
                x, y = oval.cx / SUBPIXEL, oval.cy / SUBPIXEL
                for head in label["heads"]:
                    x0, y0, x1, y1 = head["head"]
                    if x0 <= x < x1 and y0 <= y < y1:
                        votes.setdefault(mask.track, Counter())[head["id"]] += 1
    return {track: counts.most_common(1)[0][0] for track, counts in votes.items()}


def words_of(found: Named | None) -> str:
    """Return a rank-1 rate with its chance."""
    if found is None:
        return "not measurable"
    return f"{found.share:.0%} of {found.tries} ({found.chance:.0%}, up to {found.high:.0%})"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--clips", default=CLIPS)
    given = parser.parse_args()
    tracks: dict[str, Floats] = {}
    people: dict[str, str] = {}
    for name in given.clips.split(","):
        clip = next((MEDIA / "video").glob(f"{name}.*"))
        findings = analyse(clip, "C0001", Settings())
        masks = build_masks(findings)
        plan = Plan(clip=findings.clip, masks=masks, output=Output("mov", None), cpu=cpu_level())
        labels = json.loads((MEDIA / "labels" / f"{name}.json").read_text())
        tracks |= {f"{name} {track}": rows for track, rows in outlines_of(plan).items()}
        people |= {f"{name} {t}": f"{name} {p}" for t, p in people_of(plan, labels).items()}
    print(f"{len(tracks)} tracks, {len(people)} of a labelled person; chance in brackets\n")
    print("| outlines | same person | own last third | visible swings | most | area |")
    print("|---|---|---|---|---|---|")
    for way, change in WAYS.items():
        rows = {track: change(outlines, LOOKS) for track, outlines in tracks.items()}
        swings = [max(swing(outlines, LOOKS)) for outlines in rows.values()]
        areas = [
            float((new[:, 2] * new[:, 3]).sum() / (tracks[t][:, 2] * tracks[t][:, 3]).sum())
            for t, new in rows.items()
        ]
        seen = sum(value >= VISIBLE for value in swings)
        print(
            f"| {way} | {words_of(find_again(rows, LOOKS, people))} "
            f"| {words_of(find_again(rows, LOOKS))} | {seen} of {len(rows)} "
            f"| {max(swings):.1%} | {np.mean(areas):.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
