"""The vectors of testkit/: each a plan that keeps the format's rules, or breaks one."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from safehouse import errors
from safehouse.audit.draw import hidden_bits
from safehouse.model.documents import format_document
from safehouse.model.plan import Plan
from safehouse.plan.check import check_plan, parse_plan
from safehouse.render.raster import mask_of

VECTORS = Path(__file__).resolve().parents[1] / "testkit" / "vectors"
KEYS = frozenset({"expect", "why", "hidden"})


@dataclass
class Vector:
    """A vector: what is expected, why, the masks frame by frame, and the plan's text."""

    expect: str
    why: str
    body: bytes
    hidden: dict[int, tuple[int, str]] = field(default_factory=dict)


def parse_vector(content: bytes) -> Vector:
    """Return the vector in a file; a key that is unknown, missing or twice is an error."""
    head, _, body = content.partition(b"\n\n")
    pairs = [line.split(": ", 1) for line in head.decode().splitlines()]
    names = [name for name, _ in pairs]
    if set(names) - KEYS or names.count("expect") != 1 or names.count("why") != 1:
        raise ValueError(f"keys {names}")
    single = dict(pairs)
    vector = Vector(single["expect"], single["why"], body)
    for _, value in (pair for pair in pairs if pair[0] == "hidden"):
        frame, count, digest = value.split()
        vector.hidden[int(frame)] = (int(count), digest)
    return vector


def paths(expect: str) -> list[Path]:
    found = [p for p in VECTORS.glob("*.vec") if parse_vector(p.read_bytes()).expect == expect]
    return sorted(found)


def facts_of(mask: np.ndarray) -> tuple[int, str]:
    bits = np.ascontiguousarray(mask, dtype=np.uint8)
    return int(bits.sum()), hashlib.sha256(bits.tobytes()).hexdigest()


good = pytest.mark.parametrize("path", paths("ok"), ids=lambda path: path.stem)
bad = pytest.mark.parametrize("path", paths("refuse-E30"), ids=lambda path: path.stem)


def test_every_vector_has_a_known_expectation() -> None:
    assert set(VECTORS.iterdir()) == set(paths("ok")) | set(paths("refuse-E30"))
    assert len(paths("refuse-E30")) >= 25


@pytest.mark.parametrize(
    "head", ["expect: ok\nwhy: x\ncolour: red", "why: x", "expect: ok\nexpect: ok\nwhy: x"]
)
def test_the_runner_refuses_unknown_missing_and_double_keys(head: str) -> None:
    with pytest.raises(ValueError, match="keys"):
        parse_vector(f"{head}\n\n{{}}".encode())


@good
def test_a_good_plan_is_read_and_survives_its_own_text(path: Path) -> None:
    plan = parse_plan(parse_vector(path.read_bytes()).body)
    assert check_plan(plan) == ()
    assert parse_plan(format_document(plan)) == plan


@bad
def test_a_broken_plan_is_refused_in_three_lines(path: Path) -> None:
    with pytest.raises(errors.PlanMalformed) as caught:
        parse_plan(parse_vector(path.read_bytes()).body)
    lines = str(caught.value).splitlines()
    assert len(lines) == 3
    assert lines[0].endswith("[E30]")


@good
@pytest.mark.parametrize("draws", [mask_of, hidden_bits], ids=["render", "audit"])
def test_a_plan_hides_these_pixels_and_no_others(
    path: Path, draws: Callable[[Plan, int], np.ndarray]
) -> None:
    vector = parse_vector(path.read_bytes())
    plan = parse_plan(vector.body)
    drawn = {frame: facts_of(draws(plan, frame)) for frame in vector.hidden}
    assert drawn == vector.hidden
