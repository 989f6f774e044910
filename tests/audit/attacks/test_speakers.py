"""The attackers tell voices that differ, and are at chance where nothing differs."""

import numpy as np
import pytest
from numpy.typing import NDArray
from saying import sentence

from safehouse.audit.attacks.embedding import Embedder, find_embedder
from safehouse.audit.attacks.handmade import measure_voice, pitch_of
from safehouse.audit.attacks.speakers import Attack, Piece, attack_speakers, strongest

Floats = NDArray[np.float32]


def voice(number: int, turn: int) -> Floats:
    """A speaker by pitch and by tilt, saying something by turn."""
    said = sentence(3.0, pitch_hz=80.0 + 6 * number)[0]
    draw = np.random.default_rng(1000 * number + turn)
    tilted = np.convolve(said, [1, 0.9 - 0.08 * (number % 20)], "same")
    turned = np.roll(tilted, int(draw.integers(0, 48_000)))
    return (turned + draw.normal(0, 1e-3, len(turned))).astype(np.float32)


def noise(number: int, turn: int) -> Floats:
    draw = np.random.default_rng(1000 * number + turn + 7)
    return draw.normal(0, 0.1, 32_000).astype(np.float32)


def attacked(make: type[object] | object, *, sexes: bool = False) -> tuple[Attack, ...]:
    """All attacks on sound that make gives by speaker and turn."""
    assert callable(make)
    pieces = {
        role: [Piece(f"{n:02d}", make(n, turn)) for n in speakers for turn in turns]
        for role, speakers, turns in (
            ("train", range(0, 24, 2), (1, 2, 3)),
            ("enrol", range(1, 24, 2), (4,)),
            ("test", range(1, 24, 2), (5, 6)),
        )
    }
    known = {f"{n:02d}": n % 4 // 2 for n in range(24)} if sexes else None
    return attack_speakers(
        pieces["train"], pieces["enrol"], pieces["test"], pieces["enrol"], None, known
    )


@pytest.mark.slow
def test_voices_that_differ_are_told() -> None:
    found = attacked(voice, sexes=True)
    best = strongest(found)
    assert best.told.eer < 12
    assert best.told.first > 70
    assert best.told.same_sex is not None
    assert strongest(found, pooled=True).told.eer <= best.told.eer + 5
    assert {a.attacker.split(",")[0] for a in found} == {
        "ignorant",
        "lazy-informed",
        "semi-informed",
    }


@pytest.mark.slow
def test_where_nothing_differs_they_are_at_chance() -> None:
    rates = [attack.told.eer for attack in attacked(noise) if not attack.pooled]
    assert 40 < float(np.median(rates)) < 60
    assert min(rates) > 20


def test_pitch_is_measured() -> None:
    tone = np.sign(np.sin(2 * np.pi * 125 * np.arange(16_000) / 16_000)).astype(np.float32)
    pitch_hz, periodic = pitch_of(tone * 0.1)
    assert np.median(pitch_hz) == pytest.approx(125, abs=2)
    assert np.median(periodic) > 0.9


@pytest.mark.parametrize("count", [800, 8_000, 48_000])
def test_any_sound_has_its_numbers(count: int) -> None:
    for samples in (np.zeros(count, np.float32), noise(1, 1)[:count]):
        numbers = measure_voice(samples)
        assert numbers.shape == measure_voice(noise(0, 0)).shape
        assert np.isfinite(numbers).all()


def test_the_network_is_the_usual_lstm() -> None:
    """Against the equations as Hochreiter's cell has them, written out for one step."""
    draw = np.random.default_rng(0)
    weights = {"linear.weight": np.eye(256), "linear.bias": np.zeros(256)}
    for number in range(3):
        width = 40 if number == 0 else 256
        weights[f"lstm.weight_ih_l{number}"] = draw.normal(0, 0.1, (1024, width))
        weights[f"lstm.weight_hh_l{number}"] = draw.normal(0, 0.1, (1024, 256))
        weights[f"lstm.bias_ih_l{number}"] = draw.normal(0, 0.1, 1024)
        weights[f"lstm.bias_hh_l{number}"] = draw.normal(0, 0.1, 1024)
    embedder = Embedder({name: w.astype(np.float32) for name, w in weights.items()})
    made = embedder.vectors([sentence(3.0)[0], noise(0, 0)])
    assert made.shape == (2, 256)
    assert np.linalg.norm(made, axis=1) == pytest.approx(1)
    step = embedder._layer(np.ones((1, 1, 40), np.float32), 0)[0, 0]
    gates = weights["lstm.weight_ih_l0"].sum(axis=1)
    gates += weights["lstm.bias_ih_l0"] + weights["lstm.bias_hh_l0"]
    enter, _, new, out = np.split(gates, 4)
    open_ = 1 / (1 + np.exp(-enter))
    expected = np.tanh(open_ * np.tanh(new)) / (1 + np.exp(-out))
    assert step == pytest.approx(expected, abs=1e-5)


def test_the_installed_embedding_tells_a_voice_from_noise() -> None:
    embedder = find_embedder()
    if embedder is None:
        pytest.skip("resemblyzer is not installed")
    one, again, other = embedder.vectors([voice(1, 1), voice(1, 2), noise(0, 0)])
    assert float(one @ again) > float(one @ other) + 0.1
