"""A copy at another speed moves as the clip does; other speech, an actor in step, noise do not."""

import numpy as np
import pytest
from numpy.typing import NDArray

from safehouse.audit.stretched import LOOKS, Stretched, bar

RATE = 44100
WINDOW = 16384
COUNT = WINDOW * 10
Row = NDArray[np.float64]


def talk(seed: int) -> Row:
    """Something like speech: tones whose places and loudness change eight times a second."""
    chance = np.random.default_rng(seed)
    at = np.arange(COUNT)
    changes = np.linspace(0, COUNT, 30)
    out = np.zeros(COUNT)
    for _ in range(12):
        pitch = np.interp(at, changes, chance.uniform(150, 5000, 30))
        loud = np.interp(at, changes, chance.uniform(0, 1, 30) ** 3)
        out += loud * np.sin(2 * np.pi * np.cumsum(pitch) / RATE)
    return out * 0.02


def at_speed(samples: Row, speed: float) -> Row:
    return np.interp(np.arange(COUNT) * speed, np.arange(COUNT), samples, right=0.0)


def hold(rest: Row, clip: Row, made: Row | None = None) -> Stretched:
    found = Stretched()
    for n in range(0, COUNT, WINDOW):
        part = slice(n, n + WINDOW)
        found.add(n, rest[part], clip[part], None if made is None else made[part])
    found.end()
    return found


def noise() -> Row:
    return np.random.default_rng(9).normal(0, 0.0005, COUNT)


@pytest.mark.parametrize("speed", [1.0, 1.01, 0.99, 1.03])
def test_a_copy_at_any_near_speed_is_found_20_db_under_the_clip(speed: float) -> None:
    found = hold(noise() + at_speed(talk(1), speed) / 10, talk(1))
    assert found.finds
    assert found.most > 1


@pytest.mark.parametrize("seed", range(2, 8))
def test_other_speech_noise_and_silence_are_not(seed: int) -> None:
    for rest in (talk(seed), noise(), np.zeros(COUNT)):
        found = hold(rest, talk(1))
        assert found.finds == []
        assert found.most < 1


def test_what_moves_as_the_made_sound_does_is_the_codecs() -> None:
    """An actor may speak in step with the clip: what a codec adds to his voice moves so too."""
    made = at_speed(talk(1), 1.01)
    assert hold(made / 100, talk(1), made).finds == []
    assert hold(made / 100, talk(1), talk(5)).finds


def test_what_is_too_short_is_not_judged_and_short_rows_need_more() -> None:
    found = Stretched()
    found.add(0, talk(1)[:WINDOW], talk(1)[:WINDOW], None)
    found.end()
    assert (found.finds, found.most) == ([], 0.0)
    assert bar(LOOKS // 4) == 2 * bar(LOOKS) == 2 * bar(9 * LOOKS)


def test_a_gap_begins_a_new_row() -> None:
    found = Stretched()
    for n in (0, WINDOW, 9 * WINDOW):
        found.add(n, talk(1)[:WINDOW], talk(1)[:WINDOW], None)
    found.end()
    assert found.finds == []
