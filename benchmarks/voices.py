"""How far a disguised voice can still be told, and how well its words are understood.

    python benchmarks/voices.py [--methods original,pitch,…] [--swap] [--keys 4] [--json FILE]

Readers of LibriSpeech in SAFEHOUSE_MEDIA (default ../shared/media), English only. Rule: readers
with one recording, in the order of the SHA-256 of their number: the first 60 are known and told
(first half of the recording known, second half told), the others teach the attackers; readers
with several recordings are known by three and told by the rest. --swap takes the last 60 in the
place of the first: another draw, though they taught attackers while variants were compared.
Each known piece is protected with --keys keys.

Attackers: `safehouse.audit.attacks`. With the package `resemblyzer` (pip install --no-deps
resemblyzer==0.1.4) its embedding attacks too. Words: forty, by synthetic speakers, each said
alone; a recogniser with templates of protected words by other speakers. It knows when a word
begins, so its figures only compare methods. STOI and ESTOI need pystoi.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from safehouse.audit.attacks.embedding import find_embedder
from safehouse.audit.attacks.handmade import pitch_of
from safehouse.audit.attacks.hearing import RATE_HZ, cepstra
from safehouse.audit.attacks.speakers import Attack, Piece, attack_speakers, strongest
from safehouse.media.sound_filter import resample, stretch
from safehouse.model.frame import OriginalSound
from safehouse.voices.disguise import disguise

ROOT = Path(__file__).resolve().parents[1]
MEDIA = Path(os.environ.get("SAFEHOUSE_MEDIA", ROOT.parent / "shared" / "media"))
TOLD, KNOWN_OF_MANY, TAUGHT_PIECES, HEARD = 60, 3, 6, 50
KEYS = 4
"""Times that attackers protect what they know, each with another key."""

HIGH_HZ = 165.0
"""Median pitch that parts readers into two groups for the same-sex rate; no labels are read."""

Floats = NDArray[np.float32]
Method = Callable[[Floats, int], Floats]


@dataclass(frozen=True)
class Readers:
    """Pieces of original speech: what teaches attackers, what they know, what they must tell."""

    taught: list[Piece]
    known: list[Piece]
    told: list[Piece]


def untouched(samples: Floats, _: int) -> Floats:
    """Return the samples as they are."""
    return samples


def pitched(samples: Floats, _: int) -> Floats:
    """Return the samples four semitones higher, as long as before."""
    up = 2 ** (4 / 12)
    slower = stretch(samples, RATE_HZ, 1 / up)
    made = resample(slower, round(RATE_HZ * up), RATE_HZ)
    return np.pad(made, (0, len(samples)))[: len(samples)]


def mcadams(samples: Floats, number: int) -> Floats:
    """Return the samples with the angles of their poles to a power, 0.5 to 0.9 by chance.

    Baseline B2 of the VoicePrivacy Challenge: LPC of order 20, 20 ms, half overlapping.
    """
    power = np.random.default_rng(number).uniform(0.5, 0.9)
    size, step, order = 320, 160, 20
    window = np.sqrt(np.hanning(size + 1)[:-1])
    padded = np.pad(samples.astype(np.float64), size)
    made = np.zeros(len(padded) + size)
    for first in range(0, len(padded) - size, step):
        frame = padded[first : first + size] * window
        lags = np.correlate(frame, frame, "full")[size - 1 : size + order]
        if lags[0] < 1e-8:
            continue
        table = np.abs(np.subtract.outer(np.arange(order), np.arange(order)))
        poles = np.linalg.solve(lags[table] + 1e-6 * lags[0] * np.eye(order), lags[1:])
        roots = np.roots([1, *-poles])
        angles = np.angle(roots)
        bent = np.abs(roots) * np.exp(1j * np.sign(angles) * np.abs(angles) ** power)
        moved = np.where(np.abs(roots.imag) > 1e-9, bent, roots)
        turn = np.exp(2j * np.pi * np.fft.rfftfreq(1024))
        change = np.polyval([1, *-poles], turn) / (np.polyval(np.poly(moved).real, turn) + 1e-6)
        heard = np.fft.irfft(np.fft.rfft(frame, 1024) * change)[:size]
        made[first : first + size] += heard * window
    return np.asarray(np.clip(made[size : size + len(samples)], -1, 1), np.float32)


def vocoded(samples: Floats, number: int) -> Floats:
    """Return noise in 16 bands with the loudness of the samples in each, every 10 ms."""
    size, step, bands = 512, 128, 16
    padded = np.pad(samples, size)
    noise = np.random.default_rng(number).normal(size=len(padded)).astype(np.float32)
    window = np.hanning(size + 1)[:-1]
    edges = 700 * (10 ** (np.linspace(150, 2840, bands + 1) / 2595) - 1)
    of_bin = np.digitize(np.fft.rfftfreq(size, 1 / RATE_HZ), edges)
    made = np.zeros(len(padded))
    for first in range(0, len(padded) - size, step):
        spectra = [np.fft.rfft(x[first : first + size] * window) for x in (padded, noise)]
        sums = [np.bincount(of_bin, np.abs(s) ** 2, bands + 2) for s in spectra]
        gain = np.sqrt(sums[0] / (sums[1] + 1e-9))
        gain[[0, bands + 1]] = 0
        made[first : first + size] += np.fft.irfft(spectra[1] * gain[of_bin]) * window / 1.5
    return np.asarray(np.clip(made[size : size + len(samples)], -1, 1), np.float32)


def ours(samples: Floats, number: int) -> Floats:
    """Return the samples disguised, each piece with a key of its own."""
    key = hashlib.sha256(b"benchmark %d" % number).digest()
    return _disguised(samples, key)


def ours_one_key(samples: Floats, _: int) -> Floats:
    """Return the samples disguised with one key for all: voices of one film, compared."""
    return _disguised(samples, hashlib.sha256(b"one film").digest())


def _disguised(samples: Floats, key: bytes) -> Floats:
    def read() -> Iterable[OriginalSound]:
        yield OriginalSound(0, samples[None], RATE_HZ)

    return np.concatenate(list(disguise(read, RATE_HZ, 1, len(samples), key)), axis=1)[0]


def in_company(parted: Readers) -> Method:
    """Return the disguise of a piece that stands between two other readers in one track."""

    def method(samples: Floats, number: int) -> Floats:
        others = [parted.taught[(number * k) % len(parted.taught)].samples for k in (7, 11)]
        track = np.concatenate([others[0], samples, others[1]])
        made = ours(track, number)
        return made[len(others[0]) : len(others[0]) + len(samples)]

    return method


METHODS: dict[str, tuple[str, Method]] = {
    "original": ("original", untouched),
    "pitch": ("pitch +4 semitones", pitched),
    "mcadams": ("McAdams, random", mcadams),
    "vocoder": ("noise vocoder, 16 bands", vocoded),
    "ours": ("safehouse: disguise, a key for each piece", ours),
    "ours-one-key": ("safehouse: disguise, one key for all", ours_one_key),
    "ours-company": ("safehouse: disguise, between two others", untouched),
}


def recordings() -> dict[str, list[Floats]]:
    """Return every reader's recordings at 16 kHz, shape (n,) each."""
    found: dict[str, list[Floats]] = {}
    for path in sorted((MEDIA / "speech").rglob("*.flac")):
        with av.open(str(path)) as container:
            frames = [frame.to_ndarray().reshape(-1) for frame in container.decode(audio=0)]
        joined = np.asarray(np.concatenate(frames) / 32768, np.float32)
        found.setdefault(path.parent.name, []).append(joined)
    return found


def parted_readers(*, swap: bool, keys: int = KEYS) -> Readers:
    """Return the pieces, parted by the rule at the top."""
    spoken = recordings()
    single = [name for name, said in spoken.items() if len(said) == 1]
    single.sort(key=lambda name: hashlib.sha256(name.encode()).hexdigest())
    if swap:
        single = single[::-1]
    made = Readers([], [], [])
    for name in single[TOLD:]:
        made.taught.extend(Piece(name, part) for part in _thirds(spoken[name][0]))
    for name in single[:TOLD]:
        first, second = np.array_split(spoken[name][0], 2)
        made.known.extend([Piece(name, first)] * keys)
        made.told.append(Piece(name, second))
    for name, said in spoken.items():
        if len(said) > 1:
            made.known.extend(
                Piece(name, part) for part in said[:KNOWN_OF_MANY] for _ in range(KEYS)
            )
            made.told.extend(Piece(name, part) for part in said[KNOWN_OF_MANY:])
    return made


def _thirds(samples: Floats) -> list[Floats]:
    """Return three thirds, and three more that begin between them."""
    third = len(samples) // 3
    round_trip = np.concatenate([samples, samples])
    starts = [k * third // 2 for k in range(TAUGHT_PIECES)]
    return [round_trip[start : start + third] for start in starts]


def groups_by_pitch(parted: Readers) -> dict[str, int]:
    """Return 0 or 1 for each known reader, by the pitch of the original."""
    found = {}
    for piece in parted.known:
        pitch_hz, periodic = pitch_of(piece.samples)
        found[piece.speaker] = int(np.median(pitch_hz[periodic > 0.6]) > HIGH_HZ)
    return found


def score(name: str, parted: Readers) -> dict[str, Any]:
    """Return the row of one method."""
    title, method = METHODS[name]
    if name == "ours-company":
        method = in_company(parted)
    groups = (parted.taught, parted.known, parted.told)
    flat = [piece for group in groups for piece in group]
    began = time.process_time()
    made = [method(piece.samples, number) for number, piece in enumerate(flat)]
    seconds = time.process_time() - began
    pieces = [Piece(p.speaker, samples) for p, samples in zip(flat, made, strict=True)]
    first, second = len(parted.taught), len(parted.taught) + len(parted.known)
    attacks = attack_speakers(
        pieces[:first],
        pieces[first:second],
        pieces[second:],
        parted.known,
        find_embedder(),
        groups_by_pitch(parted),
    )
    pairs = [(p.samples, s) for p, s in zip(flat[second:], made[second:], strict=True)][:HEARD]
    length = sum(len(piece.samples) for piece in flat) / RATE_HZ
    return {
        "method": title,
        **_told(attacks),
        **_understood(pairs),
        "words": words(method),
        "speed": length / max(seconds, 1e-9),
    }


def _told(attacks: Sequence[Attack]) -> dict[str, Any]:
    alone, pooled = strongest(attacks), strongest(attacks, pooled=True)
    by_kind = {
        kind: min(
            (a.told.eer for a in attacks if a.attacker.startswith(kind) and not a.pooled),
            default=float("nan"),
        )
        for kind in ("ignorant", "lazy")
    }
    return {
        "ignorant": by_kind["ignorant"],
        "lazy": by_kind["lazy"],
        "eer": alone.told.eer,
        "between": (alone.told.low, alone.told.high),
        "attacker": alone.attacker,
        "same_sex": alone.told.same_sex,
        "at_one": alone.told.at_one,
        "first": alone.told.first,
        "first_of_any": max(a.told.first for a in attacks if not a.pooled),
        "picked": alone.told.picked,
        "pooled_attacker": pooled.attacker,
        "pooled_eer": pooled.told.eer,
        "pooled_first": pooled.told.first,
        "speakers": alone.told.speakers,
    }


def _understood(pairs: Sequence[tuple[Floats, Floats]]) -> dict[str, float]:
    try:
        from pystoi import stoi
    except ImportError:
        return {"stoi": float("nan"), "estoi": float("nan")}
    rows = [[stoi(a, b, RATE_HZ, extended=kind) for kind in (False, True)] for a, b in pairs]
    plain, extended = np.mean(rows, axis=0)
    return {"stoi": float(plain), "estoi": float(extended)}


SAID = """
water bread river mother window street morning paper doctor village soldier bridge garden seven
eleven hundred before never always nothing police border prison letter brother night yellow
because mountain teacher market summer winter family house question answer engine children
evening
"""
WORDS = SAID.split()
TEACHERS, LEARNERS = ("m1", "m3", "f2", "f4"), ("m5", "f1")
GAP = RATE_HZ // 2
LENGTH = 32


def words(method: Method) -> float:
    """Return the words that a template recogniser gets right, percent; nan without espeak-ng."""
    program = shutil.which("espeak-ng")
    if program is None:
        return float("nan")
    known = [row for n, voice in enumerate(TEACHERS) for row in _said(method, program, voice, n)]
    names = np.tile(np.arange(len(WORDS)), len(TEACHERS))
    right = 0
    for number, voice in enumerate(LEARNERS):
        heard = _said(method, program, voice, 10 + number)
        far = _warped(np.stack(heard), np.stack(known))
        right += int((names[far.argmin(axis=1)] == np.arange(len(WORDS))).sum())
    return 100 * right / len(WORDS) / len(LEARNERS)


def _said(method: Method, program: str, voice: str, number: int) -> list[Floats]:
    """Return each word by one synthetic speaker, protected in one piece: cepstra, (LENGTH, 19)."""
    parts, edges, at = [], [], GAP
    for word in WORDS:
        made = subprocess.run(
            [program, "-v", f"en-us+{voice}", "-s", "140", "--stdout", word],
            check=True,
            capture_output=True,
        ).stdout
        spoken = np.asarray(np.frombuffer(made[44:], "<i2") / 32768, np.float32)
        samples = resample(spoken, 22_050, RATE_HZ)
        loud = np.flatnonzero(np.abs(samples) > 0.01)
        kept = samples[loud[0] : loud[-1]]
        edges.append((at, at + len(kept)))
        parts += [np.zeros(GAP, np.float32), kept]
        at += len(kept) + GAP
    heard = method(np.concatenate([*parts, np.zeros(GAP, np.float32)]), 5000 + number)
    rows = [cepstra(heard[a - 800 : b + 800], 20)[:, 1:] for a, b in edges]
    mean = np.concatenate(rows).mean(axis=0)
    places = [np.linspace(0, len(row) - 1, LENGTH).round().astype(int) for row in rows]
    return [(row - mean)[place] for row, place in zip(rows, places, strict=True)]


def _warped(heard: Floats, known: Floats) -> NDArray[np.float64]:
    """Return the cost of bending each heard word in time onto each known one (Sakoe 1978)."""
    gaps = np.empty((len(heard), len(known), LENGTH, LENGTH), np.float32)
    for number, row in enumerate(heard):
        gaps[number] = ((row[None, :, None] - known[:, None]) ** 2).sum(axis=3) ** 0.5
    paid = np.full((LENGTH + 1, LENGTH + 1, len(heard), len(known)), np.inf)
    paid[0, 0] = 0
    for i in range(LENGTH):
        for j in range(max(0, i - 8), min(LENGTH, i + 9)):
            best = np.minimum(np.minimum(paid[i, j], paid[i, j + 1]), paid[i + 1, j])
            paid[i + 1, j + 1] = best + gaps[:, :, i, j]
    return np.asarray(paid[LENGTH, LENGTH])


def show(rows: Sequence[dict[str, Any]], parted: Readers) -> None:
    """Print the table."""
    print(f"measured on English readers only; {rows[0]['speakers']} readers,", end=" ")
    print(f"{len(parted.told)} pieces told; attackers taught by", end=" ")
    print(len({piece.speaker for piece in parted.taught}), "others\n")
    print(
        "| method | ignorant | lazy | strongest: EER (95 %) | same sex | at 1 % alarms | rank-1",
        end="",
    )
    print(" | pooled EER, rank-1 | picked of 5, of 10 | STOI / ESTOI | words | x real time |")
    print("|---|---|---|---|---|---|---|---|---|---|---|---|")
    for row in rows:
        low, high = row["between"]
        print(
            f"| {row['method']} | {row['ignorant']:.1f} | {row['lazy']:.1f}"
            f" | {row['eer']:.1f} ({low:.0f} to {high:.0f}) | {row['same_sex']:.1f}"
            f" | {row['at_one']:.0f} | {row['first']:.0f} | {row['pooled_eer']:.1f},"
            f" {row['pooled_first']:.0f} | {row['picked'][0]:.1f}, {row['picked'][1]:.1f}"
            f" | {row['stoi']:.2f} / {row['estoi']:.2f} | {row['words']:.0f} | {row['speed']:.0f} |"
        )
    for row in rows:
        print(f"{row['method']}: strongest was {row['attacker']};", end=" ")
        print(f"pooled, {row['pooled_attacker']};", end=" ")
        print(f"highest rank-1 of any attacker {row['first_of_any']:.0f}")


def main() -> int:
    """Print the tables; return 1 when the disguise misses a bar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--methods", default=",".join(METHODS))
    parser.add_argument("--swap", action="store_true", help="other readers are told")
    parser.add_argument("--keys", type=int, default=KEYS, help="keys that attackers average over")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if not (MEDIA / "speech").is_dir():
        print("no speech: set SAFEHOUSE_MEDIA", file=sys.stderr)
        return 2
    parted = parted_readers(swap=options.swap, keys=options.keys)
    rows = []
    for name in options.methods.split(","):
        rows.append(score(name, parted))
        print(f"{rows[-1]['method']}: done", file=sys.stderr)
        if options.json:
            options.json.write_text(json.dumps(rows, indent=1))
    show(rows, parted)
    mine = [row for row in rows if row["method"] == METHODS["ours"][0]]
    return int(any(row["eer"] < 30 or row["stoi"] < 0.65 or row["speed"] < 5 for row in mine))


if __name__ == "__main__":
    sys.exit(main())
