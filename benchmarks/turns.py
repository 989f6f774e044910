"""How often somebody else's voice is in a turn that is called sure, in made-up talks.

    python benchmarks/turns.py [--talks N]

Readers of SAFEHOUSE_MEDIA/speech (default ../shared/media) talk in turn, in every third turn into
each other's words, with noise 25 dB under them. Who speaks when is known. Voices are told apart by
Resemblyzer's embedding (the extra `attacks`), with and without the rule that a window between two
voices is unsure. Turns are as `safehouse voices` gives them, their edges shrunk by 80 ms.
"""

import argparse
import os
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from safehouse.analysis import speakers
from safehouse.analysis.speakers import RESEMBLYZER_ALIKE, Teller, spans_of, windows_of
from safehouse.audit.attacks.embedding import find_embedder

ROOT = Path(__file__).resolve().parents[1]
MEDIA = Path(os.environ.get("SAFEHOUSE_MEDIA", ROOT.parent / "shared" / "media"))
RATE = 16_000
EDGE = round(0.08 * RATE)
VOICES = (2, 2, 3, 3, 4, 4, 5, 6)
"""Voices in each talk."""

Samples = NDArray[np.float32]
Bits = NDArray[np.bool_]


@dataclass(frozen=True)
class Talk:
    """A made-up talk: samples, shape (n,), and who speaks, shape (voices, n)."""

    samples: Samples
    who: Bits


@dataclass
class Counted:
    """Samples: two at once, those of them in sure turns; one alone, those in sure; wrong ones."""

    two: int = 0
    two_sure: int = 0
    one: int = 0
    one_sure: int = 0
    wrong: int = 0


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--talks", type=int, default=len(VOICES))
    count = parser.parse_args().talks
    embedder = find_embedder()
    if embedder is None:
        raise SystemExit("resemblyzer is not installed: see docs/voices.md, the extra attacks")
    teller = Teller(embedder.vectors, RESEMBLYZER_ALIKE, "resemblyzer")
    rules = {"as it is": speakers.BETWEEN, "a window between two voices is sure": 2.0}
    talks = list(made_talks(count))
    print(f"{len(talks)} talks, {sum(t.samples.size for t in talks) / RATE / 60:.1f} minutes\n")
    print("| rule | two at once, in sure turns | one alone, in sure turns | somebody else's |")
    print("|---|---|---|---|")
    for name, between in rules.items():
        speakers.BETWEEN = between
        total = Counted()
        for talk in talks:
            add(total, talk, teller)
        cells = (
            total.two_sure / max(1, total.two),
            total.one_sure / max(1, total.one),
            total.wrong / max(1, total.one_sure),
        )
        print(f"| {name} | {' | '.join(f'{cell:.1%}' for cell in cells)} |", flush=True)


def made_talks(count: int) -> list[Talk]:
    """Return the talks; the first 72 readers of a fixed draw are left to others' thresholds."""
    folders = sorted(p for p in (MEDIA / "speech").iterdir() if p.is_dir())
    order = np.random.default_rng(3).permutation(len(folders))
    read = (reading(sorted(folders[n].glob("*.flac"))[0]) for n in order)
    readings = [samples for samples in read if samples.size > 9 * RATE][72:]
    talks = []
    for number, voices in enumerate(VOICES[:count]):
        if len(readings) < voices:
            break
        talks.append(made_talk(readings[:voices], number))
        readings = readings[voices:]
    return talks


def reading(path: Path) -> Samples:
    """Return a reading at 16 kHz, brought to one loudness."""
    with av.open(str(path)) as file:
        plain = av.AudioResampler(format="flt", layout="mono", rate=RATE)
        blocks = [b.to_ndarray().ravel() for f in file.decode(audio=0) for b in plain.resample(f)]
    samples = np.concatenate(blocks).astype(np.float32)
    return samples / np.float32(10 * np.sqrt(np.mean(samples**2)))


def made_talk(readings: list[Samples], seed: int) -> Talk:
    """Return readers in turn, each turn of 2.5 to 6 s, some over the end of the one before."""
    chance = np.random.default_rng(seed)
    at = [0] * len(readings)
    line, who, last = np.zeros(0, np.float32), np.zeros((len(readings), 0), np.bool_), -1
    for turn in range(4 * len(readings)):
        last = int(chance.choice([n for n in range(len(readings)) if n != last]))
        size = int(RATE * chance.uniform(2.5, 6))
        said = np.take(readings[last], np.arange(at[last], at[last] + size), mode="wrap")
        at[last] += size
        over = int(RATE * chance.uniform(1, 2.5)) if turn and chance.random() < 0.35 else 0
        over = over or -int(RATE * chance.uniform(0, 0.6))
        first = max(0, len(line) - over)
        more = max(0, first + size - len(line))
        line, who = np.pad(line, (0, more)), np.pad(who, ((0, 0), (0, more)))
        line[first : first + size] += said * np.float32(10 ** (-chance.uniform(0, 6) / 20))
        who[last, first : first + size] = True
    noise = chance.normal(0, 0.1 * 10 ** (-25 / 20), len(line))
    return Talk(line + noise.astype(np.float32), who)


def add(total: Counted, talk: Talk, teller: Teller) -> None:
    """Count a talk's samples."""
    whole = [(0.0, talk.samples.size / RATE)]
    windows = list(windows_of(iter([talk.samples]), whole, teller))
    spans, _ = spans_of(windows, teller.alike)
    named = np.full(talk.samples.size, -1)
    for span in spans[0]:
        if span.sure and not span.overlap:
            named[int(span.first_s * RATE) + EDGE : int(span.end_s * RATE) - EDGE] = span.speaker
    voices = talk.who.sum(axis=0)
    sure, one = named >= 0, voices == 1
    total.two += int((voices > 1).sum())
    total.two_sure += int((sure & (voices > 1)).sum())
    total.one += int(one.sum())
    total.one_sure += int((one & sure).sum())
    for label in np.unique(named[sure]):
        own = named == label
        most = int(talk.who[:, own].sum(axis=1).argmax())
        total.wrong += int((own & one & ~talk.who[most]).sum())


if __name__ == "__main__":
    main()
