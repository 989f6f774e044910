# ruff: noqa: RUF001 - sentences in Cyrillic and Turkish letters
"""Makes src/safehouse/voices/data/units.npz anew, out of synthetic speech by espeak-ng.

    python scripts/units.py [--out FILE]

No recording of anybody goes in: `espeak-ng` reads the sentences below, written for this, in many of
its voices. What comes out are spectral shapes. Run it with espeak-ng 1.51 to get the same file.
"""

import argparse
import io
import subprocess
import sys
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from safehouse.media.sound_filter import resample
from safehouse.voices.bands import BLOCK, RATE_HZ, log_bands
from safehouse.voices.local import local_speech

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "src/safehouse/voices/data/units.npz"
UNITS, MEMBERS, ROUNDS = 32, 6, 30

VARIANTS = ("m1", "m2", "m3", "m4", "m5", "m6", "m7", "f1", "f2", "f3", "f4", "f5")

SENTENCES = {
    "en-us": (
        "The old ferry crosses the river every morning before the fog has lifted.",
        "Five boys were chasing a brown dog through the narrow market street.",
        "You should measure the length of that rope twice before you cut it.",
        "He thought the judge would choose another day for the hearing.",
        "Nothing in this house belongs to us, but we are allowed to stay here.",
        "They walked for eight hours without water, then rested in the shade.",
        "Both of the brothers enjoy fishing, but only one of them can swim.",
        "Strong measures are needed to protect the fishes in this lake.",
    ),
    "en-gb": (
        "She put the yellow cup on the shelf beside the radio and waited.",
        "A cold wind blew the papers off the table and under the door.",
        "Could you bring me the small blue suitcase from the top of the wardrobe?",
        "Thirty thousand people watched the final match on a giant screen.",
        "Our neighbour plays the violin beautifully, usually in the evening.",
        "Judge each of them by what they do, not by what others say of them.",
    ),
    "es": (
        "La lluvia empezó a caer cuando todavía estábamos lejos del pueblo.",
        "Mi hermana guarda las llaves debajo de la piedra junto al pozo.",
        "Nadie sabe quién abrió la puerta ni por qué dejó la luz encendida.",
    ),
    "fr": (
        "Le vieux pont de bois ne tiendra pas jusqu'à la fin de l'hiver.",
        "Nous avons attendu longtemps, puis quelqu'un a frappé à la porte.",
        "Les enfants jouent dans la rue pendant que le pain cuit au four.",
    ),
    "de": (
        "Am Morgen lag noch Schnee auf den Feldern hinter der Scheune.",
        "Wir haben das Boot mit einem langen Seil am Ufer festgebunden.",
        "Kannst du mir sagen, wo die Straße zum Bahnhof beginnt?",
    ),
    "ru": (
        "Утром мы вышли из дома и пошли вдоль реки к старой мельнице.",
        "Никто не заметил, как кошка унесла рыбу со стола.",
    ),
    "ar": (
        "خرجنا من البيت في الصباح الباكر وسرنا على ضفة النهر.",
        "لا أحد يعرف من فتح الباب ولماذا ترك الضوء مشتعلا.",
    ),
    "fa": (
        "صبح زود از خانه بیرون آمدیم و کنار رودخانه راه رفتیم.",
        "هیچ کس نمی‌داند چه کسی در را باز کرد.",
    ),
    "hi": (
        "सुबह हम घर से निकले और नदी के किनारे चलने लगे।",
        "किसी को नहीं पता कि दरवाज़ा किसने खोला था।",
    ),
    "cmn": ("早上我们离开家,沿着河边走到旧磨坊。", "没有人知道是谁打开了门。"),
    "sw": (
        "Asubuhi tulitoka nyumbani tukatembea kando ya mto.",
        "Hakuna anayejua ni nani aliyefungua mlango.",
    ),
    "tr": (
        "Sabah evden çıktık ve nehir boyunca eski değirmene yürüdük.",
        "Kapıyı kimin açtığını kimse bilmiyor.",
    ),
}

Floats = NDArray[np.float32]


def spoken(voice: str, speed: int, text: str) -> Floats:
    """Return a sentence as espeak-ng says it, 16 kHz."""
    made = subprocess.run(
        ["espeak-ng", "-v", voice, "-s", str(speed), "--stdout", text],
        check=True,
        capture_output=True,
    ).stdout
    with wave.open(io.BytesIO(made)) as file:
        samples = np.asarray(np.frombuffer(made[44:], "<i2") / 32768, np.float32)
        return resample(samples, file.getframerate(), RATE_HZ)


def crowd() -> Iterator[tuple[str, Floats]]:
    """Yield each voice of the crowd, by its name, and all that it says."""
    for number, variant in enumerate(VARIANTS):
        for half in (0, 1):
            said = [
                spoken(f"{language}+{variant}", 150 + (13 * number + 7 * at) % 50, text)
                for language, texts in SENTENCES.items()
                for at, text in enumerate(texts)
                if at % 2 == half
            ]
            yield f"{variant}.{half}", np.concatenate(said)


def measured(samples: Floats) -> dict[str, Floats]:
    """Return the shapes of a voice's frames of speech, and its own colour."""
    whole = samples[: len(samples) // BLOCK * BLOCK]
    bands = list(log_bands(np.split(whole, len(whole) // BLOCK)))
    heard = list(local_speech(bands))
    speech = np.concatenate([block.speech for block in heard])
    shapes = np.concatenate([block - block.mean(axis=1, keepdims=True) for block in bands])[speech]
    return {
        "shapes": np.concatenate([block.shapes for block in heard])[speech],
        "mean": shapes.mean(axis=0),
        "spread": shapes.std(axis=0),
    }


def nearest(frames: Floats, centres: Floats) -> NDArray[np.int64]:
    """Return the number of the centre that is nearest to each frame."""
    return np.asarray(((centres**2).sum(axis=1) - 2 * frames @ centres.T).argmin(axis=1), np.int64)


def clustered(frames: Floats, count: int) -> Floats:
    """Return the centres of count groups of frames (k-means++, then Lloyd's rounds)."""
    draw = np.random.default_rng(0)
    centres = frames[draw.integers(0, len(frames), 1)]
    gap = np.full(len(frames), np.inf, np.float64)
    for _ in range(count - 1):
        gap = np.minimum(gap, ((frames - centres[-1]) ** 2).sum(axis=1))
        centres = np.vstack([centres, frames[draw.choice(len(frames), p=gap / gap.sum())]])
    for _ in range(ROUNDS):
        own = nearest(frames, centres)
        centres = np.stack(
            [
                frames[own == k].mean(axis=0) if (own == k).any() else centres[k]
                for k in range(count)
            ]
        )
    return np.asarray(centres, np.float32)


def codebook(units: int) -> dict[str, Floats]:
    """Return the arrays of the codebook."""
    voices = [measured(samples) for _, samples in crowd()]
    frames = np.concatenate([voice["shapes"] for voice in voices])
    thinned = frames[:: max(1, len(frames) // 40_000)]
    shapes = clustered(thinned, units)
    own = nearest(frames, shapes)
    members = [_members(frames[own == k], shapes[k]) for k in range(units)]
    return {
        "shapes": shapes,
        "members": np.stack(members),
        "means": np.stack([v["mean"] for v in voices]),
        "spreads": np.stack([v["spread"] for v in voices]),
    }


def _members(frames: Floats, centre: Floats) -> Floats:
    """Return means of small groups of frames near a centre: sounds that a unit can have."""
    near = frames[((frames - centre) ** 2).sum(axis=1).argsort()[: max(MEMBERS, len(frames) // 2)]]
    return np.asarray(clustered(near[:4000], MEMBERS), np.float32)


def main() -> int:
    """Write the file; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--units", type=int, default=UNITS)
    options = parser.parse_args()
    np.savez(options.out, **codebook(options.units))  # type: ignore[arg-type]
    print(f"{options.out.name}: {options.out.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
