"""Ovals: what widens them, and what only seems to."""

import msgspec
import pytest

from safehouse.model.box import Box
from safehouse.model.findings import Sample
from safehouse.plan.margins import LOSSY_MARGIN, Oval, oval_for, ovals_for

SIZE = 400


def sample(frame: int, x: int = 0, source: str = "seen", size: int = SIZE) -> Sample:
    made = Sample(frame, Box(x, 0, x + size, size), 0.9, "seen")
    return msgspec.structs.replace(made, source=source)


def widest(samples: list[Sample]) -> float:
    return max(oval[2] for oval in ovals_for(tuple(samples), lossy=True))


def test_a_short_bridge_between_sights_that_agree_is_as_good_as_sight() -> None:
    sights = [sample(n) for n in range(12)]
    bridged = [sample(n, source="seen" if n % 3 == 0 else "bridge") for n in range(10)]
    assert widest(bridged) == widest(sights)
    long = [sample(n, source="seen" if n % 9 == 0 else "bridge") for n in range(10)]
    assert widest(long) > widest(sights)
    apart = [sample(0), sample(1, 30, "bridge"), sample(2, 60)]
    assert widest(apart) > widest([sample(0), sample(1, 30), sample(2, 60)])


def test_a_jittering_box_is_no_motion_and_a_jolt_is() -> None:
    still = widest([sample(n) for n in range(20)])
    assert widest([sample(n, 3 * (n // 2 % 2)) for n in range(20)]) < still + 0.2
    assert widest([sample(n, 80 * (n > 9)) for n in range(20)]) > still + 3


def test_motion_widens() -> None:
    still = widest([sample(n) for n in range(20)])
    assert widest([sample(n, 20 * n) for n in range(20)]) >= still + 3


@pytest.mark.parametrize("size", [20, 60, 200, 800])
@pytest.mark.parametrize("speed", [0.0, 4.0, 40.0])
def test_the_margin_grows_and_is_never_below_the_least(size: int, speed: float) -> None:
    def margin(oval: Oval) -> float:
        return oval[2] - size / 2

    seen = margin(oval_for(sample(0, size=size), speed, lossy=True))
    lost = margin(oval_for(sample(0, size=size, source="lost"), speed, lossy=True))
    assert LOSSY_MARGIN <= seen <= lost
