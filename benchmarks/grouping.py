"""How well pieces are gathered into people: B-cubed precision and recall on known identities.

    python benchmarks/grouping.py [--findings FOLDER] [--many N]

One film is made of the AT&T/ORL pictures (39 people, 7 pictures each, each at two sizes: a piece
each) and of the clips in SAFEHOUSE_MEDIA/video (default ../shared/media): those with one person in
them, whose identity is known by construction, cut into pieces of one second, and those with heads
labelled by eye. Then the time and memory of a film with many pieces.

--findings keeps what the finder saw of each clip in a folder, for the next run.
"""

import argparse
import json
import os
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import msgspec
import numpy as np

from safehouse.analysis import faces
from safehouse.analysis.grouping import FAR, LINE, Appearance, group, mean_of
from safehouse.analysis.pieces import cut_tracks
from safehouse.analysis.run import analyse
from safehouse.model.acts_clips import Piece
from safehouse.model.box import Box
from safehouse.model.clip import Colour
from safehouse.model.documents import format_document, parse_document
from safehouse.model.findings import Findings, Sample
from safehouse.model.frame import OriginalFrame, PlaneLayout

ROOT = Path(__file__).resolve().parents[1]
MEDIA = Path(os.environ.get("SAFEHOUSE_MEDIA", ROOT.parent / "shared" / "media"))
ALONE = (
    *("asl_again.mkv", "asl_book.mkv", "egoblur_gen1.mp4", "grid_bbaf2n.mpg", "grid_lwbsza.mpg"),
    *("iot_head-pose-face-detection-female.gif", "lp_d0.mp4", "lp_d13.mp4", "lp_d6.mp4"),
    *("lp_s18.mp4", "ntu_rgbd_S001.avi", "wda_aoc.mp4", "ax_sample_portrait.mp4"),
    "../weird/ax_sample_video_only.mp4",
)
"""Clips with one person in them."""

AGAIN = {"ax_sample_video_only": "ax_sample_portrait"}
"""Clips of the same person as another one; here he lies in one and is upright in the other."""

LABELLED = ("decord_pancake.mkv", "facenet_video.mp4", "hamilton_short.mp4", "mmaction_demo.mp4")
GREY = PlaneLayout("gray", "gray", 8, 0, 0, full_range=True)
LINES = (0.30, 0.34, 0.38, 0.40, 0.42, 0.44, 0.46, 0.50, 0.55, 0.60)
SMALL = (1.0, 0.45)
"""Sizes of the ORL pictures: faces of about 65 and of 30 px."""


@dataclass(frozen=True)
class Known:
    """A piece, and who it is in truth."""

    one: Appearance
    who: str


def pictures() -> Iterator[Known]:
    """Yield each ORL picture as a piece of its own, at each size."""
    folders = sorted((MEDIA / "orl").iterdir(), key=lambda path: int(path.name[1:]))
    for folder in folders:
        for path in sorted(folder.iterdir()):
            read = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
            if read is None:
                continue
            for scale in SMALL:
                name = f"{folder.name}-{path.stem}-{scale}"
                yield from _picture(name, folder.name, read, scale)


def _picture(name: str, who: str, read: Any, scale: float) -> Iterator[Known]:
    grey = cv2.resize(read, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(np.uint8)
    tall, wide = grey.shape
    frame = OriginalFrame(0, 0, (grey,), GREY)
    face = Box(round(wide * 0.18), round(tall * 0.24), round(wide * 0.82), round(tall * 0.88))
    found = faces._look(frame, Sample(0, face, 1.0, "seen", face), Colour(), 0)
    if found is not None:
        yield Known(Appearance(name, name, "T0001", 0, 1, found[1], found[0]), who)


def findings_of(name: str, folder: Path) -> Findings:
    """Return what the finder saw of a clip, kept in a folder."""
    kept = folder / f"{Path(name).stem}.json"
    if not kept.exists():
        kept.write_bytes(format_document(analyse(MEDIA / "video" / name, Path(name).stem)))
    return parse_document(kept.read_bytes(), Findings)


def clips(folder: Path) -> Iterator[Known]:
    """Yield pieces of about a second of the clips whose people are known."""
    for name in (*ALONE, *LABELLED):
        stem = Path(name).stem
        findings = findings_of(name, folder)
        pieces = [part for piece in cut_tracks(findings) for part in seconds_of(piece)]
        chosen = faces.choose_looks(findings, pieces)
        looks = faces.look_at_faces(MEDIA / "video" / name, findings, chosen)
        labels = labels_of(stem) if name in LABELLED else None
        for piece in pieces:
            own = [
                k for k in looks if k.track == piece.track and piece.first <= k.frame < piece.end
            ]
            who = AGAIN.get(stem, stem) if labels is None else who_is(piece, findings, labels)
            if own and who:
                best = max(look.worth for look in own)
                mean = mean_of([(look.worth, look.vector) for look in own])
                name_of = f"{stem}-{piece.track}-{piece.first}"
                one = Appearance(name_of, stem, piece.track, piece.first, piece.end, mean, best)
                yield Known(one, who)


def seconds_of(piece: Piece) -> Iterator[Piece]:
    """Yield a piece in parts of about a second."""
    for first in range(piece.first, piece.end, 25):
        end = min(piece.end, first + 25)
        yield msgspec.structs.replace(piece, first=first, end=end, id=f"{piece.id}-{first}")


def labels_of(stem: str) -> dict[int, list[tuple[str, Box]]]:
    """Return the labelled heads of a clip: frame → who and where."""
    rows = json.loads((MEDIA / "labels" / f"{stem}.json").read_text())["labels"]
    return {
        row["frame"]: [
            (f"{stem}-{head['id']}", Box(*(round(edge) for edge in head["head"])))
            for head in row["heads"]
        ]
        for row in rows
    }


def who_is(piece: Piece, findings: Findings, labels: dict[int, list[tuple[str, Box]]]) -> str:
    """Return who a piece shows by the labels of its frames; "" where they do not agree."""
    track = next(track for track in findings.tracks if track.id == piece.track)
    found: Counter[str] = Counter()
    for frame in range(piece.first, piece.end):
        head = track.samples[frame - track.first].head
        for who, box in labels.get(frame, ()):
            common = head.intersect(box).area
            if common > 0.5 * (head.area + box.area - common):
                found[who] += 1
    if not found:
        return ""
    name, count = found.most_common(1)[0]
    return name if count == found.total() else ""


def b_cubed(rows: Sequence[tuple[str, str]]) -> tuple[float, float]:
    """Return B-cubed precision and recall of (who is guessed, who it is)."""
    guessed, true = Counter(a for a, _ in rows), Counter(b for _, b in rows)
    both = Counter(rows)
    precision = sum(both[row] / guessed[row[0]] for row in rows) / len(rows)
    recall = sum(both[row] / true[row[1]] for row in rows) / len(rows)
    return precision, recall


def table(title: str, known: Sequence[Known]) -> None:
    """Print precision and recall over the line."""
    people = len({one.who for one in known})
    print(f"\n{title}: {len(known)} pieces of {people} people")
    print("line    precision   recall   people guessed   pieces with a guess")
    for line in LINES:
        found = group([k.one for k in known], (), line=line, far=FAR + line - LINE)
        names = {guess.piece: guess.person for guess in found.guesses}
        rows = [(names.get(k.one.piece, k.one.piece), k.who) for k in known]
        precision, recall = b_cubed(rows)
        mark = "  <- used" if line == LINE else ""
        print(
            f"{line:.2f}      {precision:.4f}   {recall:.4f}   {len(set(names.values())):14d}   "
            f"{len(names):19d}{mark}"
        )


def many(count: int) -> None:
    """Print what a film of many pieces takes: 200 clips, people by chance, some seen often."""
    draw = np.random.default_rng(4)
    people = draw.normal(0, 0.075, (400, 128)).astype(np.float32)
    often = draw.zipf(1.4, count) % len(people)
    rows = [
        Appearance(
            f"C{n % 200:04d}-A{n:05d}",
            f"C{n % 200:04d}",
            f"T{n:05d}",
            n // 200 * 50,
            n // 200 * 50 + 60,
            people[who] + draw.normal(0, 0.03, 128).astype(np.float32),
            float(draw.uniform(0.1, 1.0)),
        )
        for n, who in enumerate(often)
    ]
    begun = time.process_time()
    found = group(rows, ())
    took = time.process_time() - begun
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    names = {guess.person for guess in found.guesses}
    print(f"\n{count} pieces: {took:.1f} s of CPU, {len(names)} people guessed, {memory:.0f} MB")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--findings", type=Path)
    parser.add_argument("--many", type=int, default=20_000)
    chosen = parser.parse_args()
    many(chosen.many)
    drawn = list(pictures())
    table("ORL pictures", drawn)
    with tempfile.TemporaryDirectory() as folder:
        filmed = list(clips(chosen.findings or Path(folder)))
    table("Clips", filmed)
    table("All in one film", [*drawn, *filmed])


if __name__ == "__main__":
    main()
