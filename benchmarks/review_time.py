"""How long a person needs to review footage: minutes of work for ten minutes of film.

    python benchmarks/review_time.py [--findings FOLDER] [--clips hamilton_short,…]

What has to be decided is counted in the clips of SAFEHOUSE_MEDIA/video (default ../shared/media),
as analysis asks it. How long each decision takes is a model, printed with its figures: keystroke
times (Card, Moran and Newell 1980: a key 0.28 s, a thought 1.35 s), the page's own answer, and the
seconds of film that are looked at, played once. It is an estimate: nobody was timed.

--findings keeps what the finder saw of each clip in a folder, for the next run.
"""

import argparse
import os
import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from safehouse.analysis.asking import questions_of
from safehouse.analysis.pieces import cut_tracks
from safehouse.analysis.run import analyse
from safehouse.model.acts_clips import Question
from safehouse.model.clip import parse_fraction
from safehouse.model.documents import format_document, parse_document
from safehouse.model.findings import Findings

ROOT = Path(__file__).resolve().parents[1]
MEDIA = Path(os.environ.get("SAFEHOUSE_MEDIA", ROOT.parent / "shared" / "media"))
ENDINGS = (".mp4", ".mkv", ".mpg", ".avi")
GOAL = 3.0
"""Minutes of work for ten minutes of footage."""

KEY_S = 0.28
THOUGHT_S = 1.35
PAGE_S = 0.2
"""The bar for the page's answer; what is measured is far less."""

BEFORE_S, PLAIN_S, FASTER = 1.0, 6.0, 4
"""Film that is played before what is asked about; how much of it at its own speed. The rest is
played faster (L pressed again), never skipped."""

LOOK_S = 2.0
"""A look at the original, V held."""

LOOKED_AT = {"begins", "heads", "lost", "weak", "near", "unsure"}
"""Kinds of question for which a careful reviewer holds V; the others are seen in the masks."""


@dataclass
class Work:
    """What one clip asks of a person."""

    clip: str
    film_s: float
    questions: Counter[str]
    seconds: float
    together_s: float
    heads: int
    heads_s: float


def seconds_of(kind: str, frames: Iterable[int], rate: Fraction) -> float:
    """Return the modelled time of a decision about these frames, s."""
    span = float(len(set(frames)) / rate) + BEFORE_S
    played = min(span, PLAIN_S) + max(0.0, span - PLAIN_S) / FASTER
    look = LOOK_S + KEY_S if kind in LOOKED_AT else 0.0
    return PAGE_S + played + look + THOUGHT_S + KEY_S


ONE_LOOK = dict.fromkeys(("begins", "large", "lost", "weak"), "heads")
"""Kinds that one look at a shot answers, as Shift+A takes them together."""


def alike(findings: Findings, asked: Sequence[Question]) -> list[tuple[str, list[int]]]:
    """Return what one key decides: questions that one look at a shot answers, and their frames."""
    groups: dict[tuple[int, str], list[int]] = {}
    for one in asked:
        shot = bisect_right(findings.shots, one.first)
        look = ONE_LOOK.get(one.kind, one.kind)
        groups.setdefault((shot, look), []).extend(range(one.first, one.end))
    return [(kind, frames) for (_, kind), frames in groups.items()]


def work_of(name: str, findings: Findings) -> Work:
    """Return what a clip asks of a person: its questions, and who each head is."""
    video = findings.clip.video
    if video is None:
        raise ValueError("a clip without a picture asks nothing of the eye")
    rate = parse_fraction(video.rate)
    asked = [question for question in questions_of(findings) if not question.waits]
    heads = len({piece.track for piece in cut_tracks(findings)})
    together = alike(findings, asked)
    return Work(
        clip=name,
        film_s=float(video.times.count / rate),
        questions=Counter(question.kind for question in asked),
        seconds=sum(seconds_of(q.kind, range(q.first, q.end), rate) for q in asked),
        together_s=sum(seconds_of(kind, frames, rate) for kind, frames in together),
        heads=heads,
        heads_s=heads * (PAGE_S + THOUGHT_S + KEY_S),
    )


def findings_of(path: Path, kept: Path | None) -> Findings:
    """Return what the finder saw of a clip, from the folder where it was kept."""
    place = kept / f"{path.stem}.json" if kept else None
    if place and place.exists():
        return parse_document(place.read_bytes(), Findings)
    found = analyse(path, path.stem)
    if place:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(format_document(found))
    return found


def main() -> int:
    """Print the model and the table; return 1 when the goal is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--findings", type=Path)
    parser.add_argument("--clips", default="")
    options = parser.parse_args()
    wanted = set(filter(None, options.clips.split(",")))
    paths = [p for p in sorted((MEDIA / "video").iterdir()) if p.suffix in ENDINGS]
    rows = [
        work_of(path.stem, findings_of(path, options.findings))
        for path in paths
        if not wanted or path.stem in wanted
    ]
    print_model()
    return print_table(rows)


def print_model() -> None:
    """Print what the estimate is made of."""
    looked = ", ".join(sorted(LOOKED_AT))
    print("model of one decision, in seconds (an estimate; nobody was timed):")
    print(f"  the page's answer         {PAGE_S:5.2f}   bar of the page")
    print(
        f"  film played once          {BEFORE_S:g} before, its span; after {PLAIN_S:g} at {FASTER}x"
    )
    print(f"  a look at the original    {LOOK_S + KEY_S:5.2f}   {looked}")
    print(f"  thought (operator M)      {THOUGHT_S:5.2f}   Card, Moran and Newell 1980")
    print(f"  key (operator K)          {KEY_S:5.2f}   the same")
    print(
        f"who is who, each head once  {PAGE_S + THOUGHT_S + KEY_S:5.2f}   where somebody is shown"
    )
    print("not counted: the one full watch of a version (the film's own length), drawing by hand")
    print()


def print_table(rows: list[Work]) -> int:
    """Print what each clip asks; return 1 when the goal is missed over all of them."""
    print("minutes of work for ten minutes of film: each question alone; alike ones of a shot")
    print("together (Shift+A); and with who is who")
    print(
        f"{'clip':22}{'film s':>8}{'asked':>7}{'a 10 min':>10}{'alone':>8}{'alike':>8}{'+ who':>8}"
    )
    for row in [*rows, total(rows)]:
        tens = row.film_s / 600
        asked = sum(row.questions.values())
        alone, together = row.seconds / 60 / tens, row.together_s / 60 / tens
        who = together + row.heads_s / 60 / tens
        print(
            f"{row.clip:22}{row.film_s:10.1f}{asked:10}{asked / tens:10.1f}"
            f"{alone:10.1f}{together:10.1f}{who:10.1f}"
        )
    whole = total(rows)
    kinds = ", ".join(f"{n} {kind}" for kind, n in whole.questions.most_common())
    print(f"\nasked about: {kinds}; heads to name: {whole.heads}")
    minutes = whole.together_s / 60 / (whole.film_s / 600)
    reached = minutes <= GOAL
    print(f"goal: at most {GOAL:g} minutes of work for 10 minutes: {'yes' if reached else 'NO'}")
    return 0 if reached else 1


def total(rows: list[Work]) -> Work:
    """Return the work of all clips together."""
    kinds: Counter[str] = Counter()
    for row in rows:
        kinds += row.questions
    return Work(
        "all",
        sum(row.film_s for row in rows),
        kinds,
        sum(row.seconds for row in rows),
        sum(row.together_s for row in rows),
        sum(row.heads for row in rows),
        sum(row.heads_s for row in rows),
    )


if __name__ == "__main__":
    sys.exit(main())
