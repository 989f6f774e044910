"""Error rates, ranks and suspects, on scores whose answer is known."""

import numpy as np
import pytest

from safehouse.audit.attacks.scores import Trials, equal_error, told


def test_what_lies_apart_is_told_without_error() -> None:
    trials = Trials(np.eye(12), np.arange(12), np.arange(12) % 2)
    found = told(trials)
    assert (found.eer, found.first, found.at_one, found.same_sex) == (0, 100, 100, 0)
    assert found.picked == (10, 10)
    assert (found.speakers, found.tests) == (12, 12)


def test_scores_by_chance_are_at_chance() -> None:
    draw = np.random.default_rng(0)
    found = told(Trials(draw.normal(size=(400, 40)), np.arange(400) % 40))
    assert 45 < found.eer < 55
    assert found.low < found.eer < found.high
    assert found.first == pytest.approx(2.5, abs=2)
    assert found.at_one < 3
    assert found.picked == pytest.approx((2, 1), abs=0.4)
    assert found.same_sex is None


def test_equal_scores_are_no_hit() -> None:
    found = told(Trials(np.zeros((10, 10)), np.arange(10)))
    assert found.first == 0
    assert found.picked == (0, 0)


def test_half_of_each_on_the_wrong_side() -> None:
    assert equal_error(np.array([0.0, 1.0]), np.array([0.0, 1.0])) == pytest.approx(0.5, abs=0.26)


def test_too_few_speakers_for_a_line_up() -> None:
    assert np.isnan(told(Trials(np.eye(4), np.arange(4))).picked).all()
