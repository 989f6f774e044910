"""Pieces of a film: whole or absent, and joined to the same frames however they are cut."""

from pathlib import Path

import numpy as np
import pytest
from render_clips import copy_lossless, decoded, plan_of
from scenes import plan_for
from test_interference import FRAMES, MASKS, in_chunks

from safehouse.errors import PlanMismatch, SafehouseError
from safehouse.media.join import join_film
from safehouse.media.reader import ClipReader, read_range
from safehouse.model.plan import Chunk, Plan
from safehouse.render.protect import protect
from safehouse.render.raster import chroma_mask, mask_of
from safehouse.render.run import render_chunk, render_sound


@pytest.fixture(scope="module")
def clip(media: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("clip") / "clip.mp4"
    copy_lossless(
        media / "video" / "hamilton_short.mp4", out, FRAMES, lambda frame: frame.planes, title="x"
    )
    return out


def render(source: Path, plan: Plan, folder: Path) -> Path:
    """The film of a plan, rendered piece by piece in this process."""
    assert plan.output.video is not None
    folder.mkdir()
    pieces = [folder / f"chunk-{n}" for n in range(len(plan.output.video.chunks))]
    for number, piece in enumerate(pieces):
        render_chunk(source, plan, number, piece)
    tracks = [folder / f"sound-{row.stream}.mov" for row in plan.output.sound]
    for row, track in zip(plan.output.sound, tracks, strict=True):
        render_sound(source, plan, row.stream, track)
    film = folder / f"film.{plan.output.container}"
    join_film(pieces, tracks, plan, film)
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        path.name for path in [*pieces, *tracks, film]
    )
    return film


@pytest.mark.media
def test_pixels_outside_the_masks_reach_a_lossless_film_bit_identical(
    clip: Path, tmp_path: Path
) -> None:
    plan = plan_of(clip, MASKS, codec="ffv1")
    film = decoded(render(clip, plan, tmp_path / "film"))
    with ClipReader(clip, "C0001") as reader:
        originals = list(reader.frames())
    assert [pts for pts, _ in film] == [frame.pts for frame in originals]
    for (_, planes), frame in zip(film, originals, strict=True):
        seen = ~mask_of(plan, frame.index)
        luma = planes[: frame.height]
        assert (luma[seen] == frame.planes[0][seen]).all()
        assert (luma[~seen] != frame.planes[0][~seen]).mean() > 0.5


@pytest.mark.media
def test_a_film_cut_into_chunks_has_the_same_frames(clip: Path, tmp_path: Path) -> None:
    plan = plan_of(clip, MASKS, codec="ffv1")
    whole = decoded(render(clip, in_chunks(plan, (0, FRAMES)), tmp_path / "whole"))
    parts = decoded(render(clip, in_chunks(plan, (0, 7, 8, FRAMES)), tmp_path / "parts"))
    assert [pts for pts, _ in whole] == [pts for pts, _ in parts]
    assert all((a == b).all() for (_, a), (_, b) in zip(whole, parts, strict=True))


@pytest.mark.media
def test_protecting_frames_from_the_middle_gives_what_a_run_from_the_start_gives(
    clip: Path,
) -> None:
    plan = plan_of(clip, MASKS)
    assert plan.clip.video is not None
    video = plan.clip.video
    run = [protect(frame, plan) for frame in read_range(clip, video, Chunk(0, FRAMES, 0))]
    middle = [protect(frame, plan) for frame in read_range(clip, video, Chunk(11, 15, 0))]
    for a, b in zip(run[11:15], middle, strict=True):
        assert (a.index, a.pts) == (b.index, b.pts)
        assert all((x == y).all() for x, y in zip(a.planes, b.planes, strict=True))


@pytest.mark.media
def test_chroma_of_a_real_frame_is_hidden_with_its_luma(clip: Path) -> None:
    plan = plan_of(clip, MASKS)
    with ClipReader(clip, "C0001") as reader:
        frame = next(reader.frames())
    mask = mask_of(plan, 0)
    chroma = chroma_mask(mask, frame.layout, interlaced=False)
    wide = chroma.repeat(2, 0).repeat(2, 1)[: frame.height, : frame.width]
    assert wide[mask].all()
    protected = protect(frame, plan)
    assert (protected.planes[1][~chroma] == frame.planes[1][~chroma]).all()


def test_a_chunk_or_track_that_the_plan_lacks_is_refused(tmp_path: Path) -> None:
    plan = plan_for((8, 8))
    with pytest.raises(PlanMismatch, match="chunk 0"):
        render_chunk(tmp_path / "none.mp4", plan, 0, tmp_path / "out")
    with pytest.raises(PlanMismatch, match="sound track 1"):
        render_sound(tmp_path / "none.mp4", plan, 1, tmp_path / "out")
    assert not list(tmp_path.iterdir())


@pytest.mark.media
def test_a_source_that_breaks_off_leaves_no_piece(clip: Path, tmp_path: Path) -> None:
    plan = plan_of(clip, MASKS)
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(clip.read_bytes()[:20_000])
    with pytest.raises(SafehouseError):
        render_chunk(broken, plan, 0, tmp_path / "piece")
    assert [path.name for path in tmp_path.iterdir()] == ["broken.mp4"]


@pytest.mark.media
def test_muted_sound_is_silence_of_the_same_length(clip: Path, tmp_path: Path) -> None:
    from safehouse.media.reader import read_sound

    plan = plan_of(clip, MASKS)
    film = render(clip, plan, tmp_path / "film")
    with ClipReader(film, "C0002") as reader:
        for _ in reader.frames():
            pass
        made = reader.clip()
    assert [row.samples for row in made.sound] == [row.samples for row in plan.clip.sound]
    for row in made.sound:
        assert all(np.abs(block.samples).max() < 1e-4 for block in read_sound(film, row))
