"""Pieces of a face that lie beside its mask are found; what is like a face by chance is not."""

import cv2
import numpy as np
import pytest
from audit_cases import LAYOUT, make_plan
from numpy.typing import NDArray

from safehouse.audit.attacks.ghosts import EVERY, Compared, Ghosts, build_attack, merge
from safehouse.model.frame import OriginalFrame
from safehouse.model.plan import Mask, Plan
from safehouse.model.shape import Ellipse, Key

WIDTH, HEIGHT, FRAMES = 320, 240, 8 * EVERY
Floats = NDArray[np.float64]


def texture(seed: int, strength: float) -> Floats:
    """Structure of a face's fineness over the whole frame."""
    chance = np.random.default_rng(seed)
    soft = cv2.GaussianBlur(chance.normal(0, 1, (HEIGHT, WIDTH)), (0, 0), 2)
    return np.asarray(strength * soft / soft.std())


FACE = texture(1, 20)
Y, X = np.mgrid[:HEIGHT, :WIDTH]
INSIDE = ((X - 160) / 60) ** 2 + ((Y - 120) / 72) ** 2 <= 1


def frame(n: int, luma: Floats) -> OriginalFrame:
    plane = np.clip(np.rint(luma), 0, 255).astype(np.uint8)
    chroma = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    return OriginalFrame(n, n * 512, (plane, chroma, chroma), LAYOUT)


def plan() -> Plan:
    oval = Ellipse(160 * 16, 120 * 16, 60 * 16, 72 * 16)
    return make_plan(Mask("M0001", 0, FRAMES, (Key(0, oval),), track="T0001"), frames=FRAMES)


def seen(ghost: float, ground: float = 6) -> Compared:
    """What is found where the face, moved outwards, shows so strongly all around the mask."""
    attack = Ghosts(plan())
    for n in [at + d for at in range(EVERY, FRAMES, EVERY) for d in (-1, 0)]:
        around = texture(100 + n, ground)
        original = frame(n, 120 + np.where(INSIDE, FACE, around))
        across = np.where(X < 160, np.roll(FACE, -62, 1), np.roll(FACE, 62, 1))
        down = np.where(Y < 120, np.roll(FACE, -74, 0), np.roll(FACE, 74, 0))
        carried = np.where(np.abs(X - 160) / 60 > np.abs(Y - 120) / 72, across, down)
        outside = (1 - ghost) * around + ghost * carried
        film = frame(n, 120 + np.where(INSIDE, 0, outside))
        attack.look(original, film)
    return attack.result()


def test_a_face_that_its_codec_carried_past_the_mask_is_found() -> None:
    found = seen(0.5)
    attack = build_attack(found)
    assert (attack.result, attack.control.held) == ("leak", True)
    assert found.copies > 10 * max(1, found.mirrored)
    assert attack.spots[0].first == EVERY


def test_a_ring_that_knows_nothing_of_the_face_is_no_leak() -> None:
    found = seen(0.0)
    attack = build_attack(found)
    assert (attack.result, attack.control.held) == ("none found", True)
    assert found.blocks > 20


def test_in_black_no_block_counts() -> None:
    attack = Ghosts(plan())
    black = np.zeros((HEIGHT, WIDTH))
    for n in (EVERY - 1, EVERY):
        attack.look(frame(n, black), frame(n, black))
    found = attack.result()
    assert (found.masks, found.blocks, found.planted) == (1, 0, 0)
    assert build_attack(found).control.held is None


def test_only_sampled_frames_with_the_frame_before_are_looked_at() -> None:
    attack = Ghosts(plan())
    for n in (EVERY, EVERY + 1, 2 * EVERY - 2, 2 * EVERY):
        attack.look(frame(n, 120 + FACE), frame(n, 120 + FACE))
    assert attack.result() == Compared()


def test_ranges_are_joined() -> None:
    one, two = Compared(1, 10, 2, 1, 5, 4, (48,)), Compared(2, 20, 3, 1, 6, 6, (48, 96))
    assert merge([one, two]) == Compared(3, 30, 5, 2, 11, 10, (48, 96))


@pytest.mark.parametrize(
    ("row", "result"),
    [
        (Compared(9, 100, 30, 2, 50, 45, (1,)), "leak"),
        (Compared(9, 100, 30, 25, 50, 45, (1,)), "none found"),
        (Compared(9, 100, 6, 0, 50, 45, (1,)), "none found"),
        (Compared(9, 100, 0, 0, 50, 9, ()), "not run"),
    ],
)
def test_what_is_called_a_leak(row: Compared, result: str) -> None:
    assert build_attack(row).result == result
