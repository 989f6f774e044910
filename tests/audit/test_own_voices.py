"""Attack 8: a film's own speakers, held against themselves in the clip."""

import numpy as np
import pytest
from numpy.typing import NDArray

from safehouse.audit.own_voices import Heard, _pieces, build_attack

RATE = 16_000
Samples = NDArray[np.float32]


def voice(person: int, turn: int) -> Samples:
    """Two seconds of a made-up voice: a pitch and two resonances of its own, in syllables."""
    own, chance = np.random.default_rng(person), np.random.default_rng(1000 * person + turn)
    pitch = own.uniform(80, 280) * (1 + 0.05 * np.sin(np.arange(2 * RATE) / RATE * 6))
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    peaks = own.uniform((300, 900), (900, 3000))
    sound = np.zeros(2 * RATE)
    for harmonic in range(1, 40):
        height = sum(np.exp(-(((harmonic * pitch - peak) / 200) ** 2)) for peak in peaks)
        sound += (0.02 + height) * np.sin(harmonic * phase) * (harmonic * pitch < 7000)
    beat = np.repeat(chance.uniform(0.05, 1, 16), 2 * RATE // 16)
    noise = chance.normal(0, 0.003, 2 * RATE)
    return (0.1 * sound * beat + noise).astype(np.float32)


def heard(people: int, film: str) -> list[Heard]:
    rows = []
    for person in range(people):
        for turn in range(3):
            own = voice(person, turn)
            chance = np.random.default_rng(99 + 10 * person + turn)
            made = {
                "bare": own,
                "lower": own * np.float32(0.5),
                "nobody": voice(500, 100 * person + turn),
                "noise": chance.normal(0, 0.1, own.size).astype(np.float32),
            }[film]
            rows.append(Heard(f"S{person}", own, made))
    return rows


@pytest.mark.parametrize("film", ["bare", "lower"])
def test_speakers_whose_own_sound_is_in_the_film_are_told(film: str) -> None:
    attack = build_attack(heard(9, film), None)
    assert attack.result == "leak", attack.figure
    assert attack.control.held


@pytest.mark.parametrize("film", ["nobody", "noise"])
def test_one_voice_for_all_and_noise_tell_nobody(film: str) -> None:
    attack = build_attack(heard(9, film), None)
    assert attack.result == "none found", attack.figure
    assert attack.control.held


def test_few_speakers_give_a_figure_and_no_verdict() -> None:
    attack = build_attack(heard(3, "bare"), None)
    assert attack.result == "none found"
    assert "named right 100%" in attack.figure
    assert "too few speakers for a verdict" in attack.figure


def test_one_speaker_can_not_be_measured() -> None:
    assert "not measurable here" in build_attack(heard(1, "bare"), None).figure


def test_pieces_are_cut_where_turns_are_whatever_the_blocks() -> None:
    sound = np.arange(4 * RATE, dtype=np.float32)
    chosen = [("S1", 0.5, 1.0), ("S2", 1.25, 2.0), ("S1", 3.5, 4.0)]
    for size in (777, 16_000, 64_000):
        blocks = (sound[n : n + size] for n in range(0, sound.size, size))
        for piece, (_, first, end) in zip(_pieces(blocks, chosen), chosen, strict=True):
            assert np.array_equal(piece, sound[round(first * RATE) : round(end * RATE)])
