"""Non-interference on real clips: one plan, two sources that differ under the masks, one film."""

import hashlib
import os
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import pytest
from render_clips import copy_lossless, plan_of
from scenes import noise_frame

from safehouse.model.frame import OriginalFrame, Plane
from safehouse.model.plan import Chunk, Look, Mask, Plan
from safehouse.model.shape import Ellipse, Key
from safehouse.pipeline import Desk, render_film
from safehouse.render.raster import chroma_mask, mask_of
from safehouse.workers import Workers

pytestmark = [pytest.mark.media, pytest.mark.slow]
FRAMES = 24


def moving(name: str, start: tuple[int, int], end: tuple[int, int], axes: tuple[int, int]) -> Mask:
    keys = (Key(0, Ellipse(*start, *axes)), Key(FRAMES - 1, Ellipse(*end, *axes)))
    return Mask(name, 0, FRAMES, keys)


MASKS = (
    moving("M0001", (16 * 540, 16 * 70), (16 * 600, 16 * 40), (16 * 45, 16 * 60)),
    moving("M0002", (16 * 60, 16 * 200), (16 * 10, 16 * 340), (16 * 50, 16 * 60)),
)


@pytest.fixture(scope="module", params=["veil", "solid"])
def pair(
    request: pytest.FixtureRequest, media: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path, Plan]:
    """A clip, the same clip with other pictures under the masks and other tags, and a plan."""
    folder = tmp_path_factory.mktemp("clips")
    source = media / "video" / "hamilton_short.mp4"
    first, second = folder / "interview.mp4", folder / "somebody else.mp4"
    copy_lossless(source, first, FRAMES, lambda frame: frame.planes, title="one")
    look: Look = request.param
    plan = msgspec.structs.replace(plan_of(first, MASKS), look=look)
    plan = in_chunks(plan, (0, 9, 17, FRAMES))

    def scramble(frame: OriginalFrame) -> tuple[Plane, ...]:
        mask = mask_of(plan, frame.index)
        chroma = chroma_mask(mask, frame.layout, interlaced=False)
        noise = noise_frame(frame.layout, (frame.width, frame.height), frame.index).planes
        return tuple(
            np.where(chroma if number else mask, noise[number], plane)
            for number, plane in enumerate(frame.planes)
        )

    copy_lossless(source, second, FRAMES, scramble, title="another film of another maker")
    os.utime(second, (1, 1))
    return first, second, plan


def in_chunks(plan: Plan, cuts: tuple[int, ...]) -> Plan:
    """The plan with its picture cut at these frames."""
    assert plan.output.video is not None
    chunks = tuple(Chunk(a, b, 0) for a, b in pairwise(cuts))
    video = msgspec.structs.replace(plan.output.video, chunks=chunks)
    return msgspec.structs.replace(plan, output=msgspec.structs.replace(plan.output, video=video))


def film_of(source: Path, plan: Plan, folder: Path, workers: int, *, different: bool) -> str:
    """SHA-256 of the film that a source and a plan give."""
    work = folder / "work"
    work.mkdir(parents=True)
    out = folder / "film.mov"
    with Workers(workers) as pool:
        render_film(source, plan, out, Desk(pool), work=work, different_source=different)
    return hashlib.sha256(out.read_bytes()).hexdigest()


def test_what_is_under_the_masks_leaves_the_film_as_it_is(
    pair: tuple[Path, Path, Plan], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, plan = pair
    assert (
        hashlib.sha256(first.read_bytes()).digest() != hashlib.sha256(second.read_bytes()).digest()
    )
    expected = film_of(first, plan, tmp_path / "a", 1, different=False)
    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    monkeypatch.setenv("LC_ALL", "tr_TR.UTF-8")
    for workers in (2, 4):
        elsewhere = tmp_path / f"another folder {workers}"
        assert film_of(second, plan, elsewhere, workers, different=True) == expected
