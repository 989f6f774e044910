"""Films that show people: their pixels are the clip's own, and nobody hidden has a part in them."""

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import msgspec
import numpy as np
import pytest
from render_clips import copy_lossless, decoded, plan_of

from safehouse.audit.draw import hidden_bits
from safehouse.media.join import join_film
from safehouse.media.reader import ClipReader
from safehouse.model.acts_deciding import ReplaceSpan
from safehouse.model.box import Box
from safehouse.model.findings import Detector, Findings, Sample, Track
from safehouse.model.frame import Plane, PlaneLayout
from safehouse.model.plan import Chunk, Plan
from safehouse.model.shape import Ellipse, shape_at
from safehouse.model.showing import Decided, ShownPiece
from safehouse.plan.build import build_plan
from safehouse.plan.check import check_plan
from safehouse.render.raster import chroma_mask, mask_of
from safehouse.render.run import Instead, render_chunk, render_sound

WIDTH, HEIGHT, FRAMES = 320, 192, 24
SHOWN, HIDDEN = (
    ShownPiece("C0001-A001", track, 0, FRAMES, person, ("R0012",))
    for track, person in (("T0001", "P07"), ("T0002", "P08"))
)
LAYOUT = PlaneLayout("yuv420p", "yuv", 8, 1, 1)
STILL = ReplaceSpan(clip="C0001", first=9, end=15, by="still")
Change = Callable[[int, tuple[Plane, ...]], tuple[Plane, ...]]


def picture(index: int) -> tuple[Plane, ...]:
    """Two heads of different patterns on a pattern, of which the second one walks."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    luma = 90 + (x * 7 + y * 3) % 40
    for cx, kind in ((70, 5), (200 + 3 * index, 8)):
        head = ((x - cx) / 26) ** 2 + ((y - 90) / 34) ** 2 <= 1
        luma = np.where(head, 60 + 120 * ((x - cx) // kind + y // kind) % 160, luma)
    half = np.asarray((110 + (x + y + index) % 30)[::2, ::2], np.uint8)
    return np.asarray(luma, np.uint8), half, 255 - half


def write(path: Path, change: Change | None = None) -> None:
    """Write the pictures without loss, as they are or changed."""
    with av.open(str(path), "w", format="mp4", options={"strict": "experimental"}) as film:
        track = film.add_stream("ffv1", rate=25)
        track.width, track.height, track.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for n in range(FRAMES):
            planes = change(n, picture(n)) if change else picture(n)
            packed = np.concatenate([plane.reshape(-1, WIDTH) for plane in planes])
            frame = av.VideoFrame.from_ndarray(packed, format="yuv420p")
            frame.pts, frame.time_base = n, Fraction(1, 25)
            film.mux(track.encode(frame))
        film.mux(track.encode(None))


def heads() -> tuple[Track, ...]:
    def row(frame: int, cx: int) -> Sample:
        return Sample(frame, Box(cx - 28, 54, cx + 28, 126), 0.9, "seen")

    return (
        Track("T0001", 0, FRAMES, tuple(row(f, 70) for f in range(FRAMES))),
        Track("T0002", 0, FRAMES, tuple(row(f, 200 + 3 * f) for f in range(FRAMES))),
    )


def plan_for(clip: Path, tracks: tuple[Track, ...], decided: Decided, codec: str = "ffv1") -> Plan:
    bare = plan_of(clip, (), codec=codec)
    found = Findings(
        clip=bare.clip,
        shots=(0,),
        tracks=tracks,
        unsure=(),
        corrupt=(),
        key_frames=(0,),
        detector=Detector("centerface", "", "f32", 640, 384, 1),
    )
    cuts = (0, 8, 12, FRAMES)
    assert bare.output.video is not None
    video = msgspec.structs.replace(
        bare.output.video, chunks=tuple(Chunk(a, b, 0) for a, b in pairwise(cuts))
    )
    output = msgspec.structs.replace(bare.output, video=video)
    plan = build_plan(found, output, decided=decided, grain_seed=5, cpu=bare.cpu)
    assert check_plan(plan) == ()
    return plan


def pieces(clip: Path, plan: Plan, folder: Path) -> list[bytes]:
    """The coded chunks of a plan's film, made from a clip that may be another."""
    folder.mkdir()
    with ClipReader(clip, "C0001") as reader:
        list(reader.frames())
        described = reader.clip().video
    assert described is not None
    assert plan.output.video is not None
    found = []
    for number in range(len(plan.output.video.chunks)):
        render_chunk(clip, plan, number, folder / f"{number}", instead=Instead(described, 0))
        found.append((folder / f"{number}").read_bytes())
    return found


def film_of(clip: Path, plan: Plan, folder: Path) -> list[np.ndarray]:
    """The frames of a plan's film, from its coded chunks in a folder."""
    chunks = [folder / f"{n}" for n in range(len(pieces(clip, plan, folder)))]
    tracks = [folder / f"sound-{row.stream}.mov" for row in plan.output.sound]
    for row, track in zip(plan.output.sound, tracks, strict=True):
        render_sound(clip, plan, row.stream, track)
    film = folder / f"film.{plan.output.container}"
    join_film(chunks, tracks, plan, film)
    return [planes for _, planes in decoded(film)]


def scrambled(plan: Plan) -> Change:
    """Noise under the masks, and in all of a still's frames."""
    gone = {f for still in plan.stills for f in range(still.first, still.end)}

    def change(index: int, planes: tuple[Plane, ...]) -> tuple[Plane, ...]:
        mask = mask_of(plan, index) | (index in gone)
        halves = chroma_mask(mask, LAYOUT, interlaced=False)
        rng = np.random.default_rng(index)
        return tuple(
            np.where(halves if n else mask, rng.integers(0, 256, p.shape), p).astype(np.uint8)
            for n, p in enumerate(planes)
        )

    return change


def test_what_is_shown_is_the_clips_own_and_who_is_hidden_has_no_part_in_it(
    tmp_path: Path,
) -> None:
    write(tmp_path / "one.mp4")
    plan = plan_for(tmp_path / "one.mp4", heads(), Decided(shown=(SHOWN,)))
    assert {place.person for place in plan.shown} == {"P07"}
    write(tmp_path / "two.mp4", scrambled(plan))
    assert (tmp_path / "one.mp4").read_bytes() != (tmp_path / "two.mp4").read_bytes()
    one = pieces(tmp_path / "one.mp4", plan, tmp_path / "a")
    assert one == pieces(tmp_path / "two.mp4", plan, tmp_path / "b")
    film = film_of(tmp_path / "one.mp4", plan, tmp_path / "film")
    for index, planes in enumerate(film):
        oval = shape_at(plan.shown[0].keys, index)
        assert isinstance(oval, Ellipse)
        box = np.s_[54:126, 42:98]
        assert not hidden_bits(plan, index)[box].any()
        assert (planes[:HEIGHT][box] == picture(index)[0][box]).all()


def test_without_its_shown_places_a_plan_gives_the_same_film(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    write(clip)
    plan = plan_for(clip, heads(), Decided(shown=(SHOWN,)))
    bare = msgspec.structs.replace(plan, shown=())
    assert pieces(clip, plan, tmp_path / "a") == pieces(clip, bare, tmp_path / "b")
    nobody = msgspec.structs.replace(plan, shown=(), masks=())
    assert pieces(clip, plan, tmp_path / "c") != pieces(clip, nobody, tmp_path / "d")


def test_who_is_changed_where_shown_is_seen_in_the_film(tmp_path: Path) -> None:
    """The positive control: the test above would notice a leak."""
    write(tmp_path / "one.mp4")
    plan = plan_for(tmp_path / "one.mp4", heads(), Decided(shown=(SHOWN,)))
    wrong = plan_for(tmp_path / "one.mp4", heads(), Decided(shown=(SHOWN, HIDDEN)))
    write(tmp_path / "two.mp4", scrambled(plan))
    one, two = (pieces(tmp_path / f"{n}.mp4", wrong, tmp_path / n) for n in ("one", "two"))
    assert one != two


def test_in_a_still_only_the_frame_before_it_has_a_part(tmp_path: Path) -> None:
    write(tmp_path / "one.mp4")
    plan = plan_for(tmp_path / "one.mp4", heads(), Decided(shown=(SHOWN,), spans=(STILL,)))
    write(tmp_path / "two.mp4", scrambled(plan))
    one = pieces(tmp_path / "one.mp4", plan, tmp_path / "a")
    assert one == pieces(tmp_path / "two.mp4", plan, tmp_path / "b")
    film = film_of(tmp_path / "one.mp4", plan, tmp_path / "film")
    for index in range(9, 15):
        seen = ~hidden_bits(plan, 8)
        assert (hidden_bits(plan, index) == hidden_bits(plan, 8)).all()
        assert (film[index][:HEIGHT][seen] == picture(8)[0][seen]).all()
    assert (film[15][:HEIGHT] != film[8][:HEIGHT]).any()


@pytest.mark.media
def test_a_real_clip_shows_one_and_nothing_of_the_other(media: Path, tmp_path: Path) -> None:
    source = media / "video" / "hamilton_short.mp4"
    one, two = tmp_path / "one.mp4", tmp_path / "two.mp4"
    copy_lossless(source, one, FRAMES, lambda frame: frame.planes)

    def row(frame: int, cx: int) -> Sample:
        return Sample(frame, Box(cx - 30, 80, cx + 30, 160), 0.9, "seen")

    tracks = (
        Track("T0001", 0, FRAMES, tuple(row(f, 120) for f in range(FRAMES))),
        Track("T0002", 0, FRAMES, tuple(row(f, 420 + 2 * f) for f in range(FRAMES))),
    )
    plan = plan_for(one, tracks, Decided(shown=(SHOWN,)))
    change = scrambled(plan)
    copy_lossless(source, two, FRAMES, lambda frame: change(frame.index, frame.planes))
    assert pieces(one, plan, tmp_path / "a") == pieces(two, plan, tmp_path / "b")
    film = film_of(one, plan, tmp_path / "film")
    with ClipReader(one, "C0001") as reader:
        for frame in reader.frames():
            box = np.s_[80:160, 90:150]
            assert not hidden_bits(plan, frame.index)[box].any()
            assert (film[frame.index][: frame.height][box] == frame.planes[0][box]).all()
