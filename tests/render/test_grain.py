"""Grain: a function of seed, frame and place alone."""

import numpy as np
import pytest

from safehouse.render.grain import STRONGEST, Strength, block_detail, grain_field, strength_of


def test_grain_at_a_sample_does_not_depend_on_the_window() -> None:
    how = Strength(10, 20)
    whole = grain_field((5, 3, 0), (0, 0, 700, 600), how)
    part = grain_field((5, 3, 0), (301, 250, 690, 590), how)
    assert (whole[250:590, 301:690] == part).all()


@pytest.mark.parametrize("other", [(6, 3, 0), (5, 4, 0), (5, 3, 1)])
def test_grain_is_other_for_another_seed_frame_or_plane(other: tuple[int, int, int]) -> None:
    place, how = (0, 0, 64, 64), Strength(40, 0)
    a, b = grain_field((5, 3, 0), place, how), grain_field(other, place, how)
    assert abs(np.corrcoef(a.ravel(), b.ravel())[0, 1]) < 0.1


def test_seeds_of_any_size_are_taken() -> None:
    for seed in (0, -1, 2**32, 2**63):
        assert grain_field((seed, 0, 0), (0, 0, 8, 8), Strength(1, 1)).shape == (8, 8)


def test_the_strongest_grain_stays_within_16_bits() -> None:
    field = grain_field((5, 3, 0), (0, 0, 512, 512), Strength(STRONGEST, STRONGEST))
    wide = [
        grain_field((5, 3, 0), (0, 0, 512, 512), how).astype(int)
        for how in (Strength(STRONGEST, 0), Strength(0, STRONGEST))
    ]
    assert np.abs(field.astype(int) - wide[0] - wide[1]).max() <= 1


@pytest.mark.parametrize("how", [Strength(16, 0), Strength(0, 16), Strength(12, 24)])
def test_measured_strength_is_that_of_the_grain(how: Strength) -> None:
    field = grain_field((9, 1, 0), (0, 0, 256, 256), how).astype(int)
    codes = (field + (100 << 6) >> 2).astype(np.uint16)
    blocks = codes.reshape(32, 8, 32, 8).swapaxes(1, 2).reshape(-1, 8, 8)
    found = strength_of(block_detail(blocks), 12)
    assert found.fine == pytest.approx(how.fine, abs=2)
    assert found.coarse == pytest.approx(how.coarse, abs=3)


def test_texture_in_half_of_the_ring_is_not_taken_for_grain() -> None:
    rng = np.random.default_rng(3)
    blocks = np.rint(rng.normal(100, 1.5, (40, 8, 8))).astype(np.uint8)
    calm = strength_of(block_detail(blocks), 8)
    blocks[::2] = rng.integers(0, 255, (20, 8, 8), np.uint8)
    assert strength_of(block_detail(blocks), 8).fine <= calm.fine + 3


def test_chroma_blocks_of_two_columns_can_be_measured() -> None:
    blocks = np.random.default_rng(4).integers(0, 255, (9, 8, 2), np.uint8)
    assert strength_of(block_detail(blocks), 8).fine > 0


def test_no_block_means_the_least_grain() -> None:
    assert strength_of(np.zeros((0, 2), np.int32), 8) == Strength(2, 0)
