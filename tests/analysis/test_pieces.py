"""Pieces hold every frame of a track once, and nothing that was confirmed crosses a doubt."""

from hypothesis import given, settings
from hypothesis import strategies as st
from made_findings import findings_of, head_at, track_of

from safehouse.analysis.pieces import cut_tracks, overlaps_of, unseen_of, with_best_views
from safehouse.model.acts_clips import Piece
from safehouse.model.findings import Findings, Track


def spans(pieces: tuple[Piece, ...], track: str) -> list[tuple[int, int, str]]:
    return [(p.first, p.end, p.why) for p in pieces if p.track == track]


def test_a_track_that_meets_nobody_is_one_piece() -> None:
    (piece,) = cut_tracks(findings_of([track_of("T0001", 10, [head_at(100)] * 50)]))
    assert (piece.id, piece.first, piece.end, piece.why) == ("C0003-A001", 10, 60, "track")
    assert piece.box == (100, 100, 160, 160)
    assert 10 <= piece.best < 60
    assert piece.area_frac == round(60 * 60 / (640 * 360), 4)


def test_tracks_are_cut_where_two_heads_pass_one_another() -> None:
    right = [head_at(4 * n) for n in range(100)]
    left = [head_at(400 - 4 * n) for n in range(100)]
    pieces = cut_tracks(findings_of([track_of("T0001", 0, right), track_of("T0002", 0, left)]))
    for name in ("T0001", "T0002"):
        before, between, after = spans(pieces, name)
        assert (before[2], between[2], after[2]) == ("track", "overlap", "after")
        assert between[0] < 43, "24 px before they touch"
        assert between[1] > 57, "and after"


def test_a_track_is_cut_at_a_bridge_and_at_a_lost_place() -> None:
    heads = [head_at(100)] * 30
    track = track_of("T0001", 0, heads, "s" * 10 + "b" * 5 + "s" * 10 + "x" * 5)
    assert spans(cut_tracks(findings_of([track])), "T0001") == [
        (0, 10, "track"),
        (10, 15, "bridge"),
        (15, 25, "after"),
        (25, 30, "bridge"),
    ]


def test_frames_between_two_looks_are_no_bridge_while_the_head_stays() -> None:
    still = track_of("T0001", 0, [head_at(100)] * 7, "sbbsbbs")
    assert unseen_of(still, 3) == []
    assert unseen_of(still, 1) == [1, 2, 4, 5]
    leaps = track_of("T0001", 0, [head_at(x) for x in (0, 20, 40, 60)], "sbbs")
    assert unseen_of(leaps, 3) == [1, 2]


def test_a_led_head_stays_with_what_it_leads_to() -> None:
    track = track_of("T0001", 0, [head_at(100)] * 10, "eeessssfes")
    assert spans(cut_tracks(findings_of([track])), "T0001") == [(0, 10, "track")]


def test_two_meetings_close_to_one_another_are_one() -> None:
    there = track_of("T0001", 0, [head_at(100)] * 40)
    heads = [head_at(100 if n in {10, 16} else 400) for n in range(40)]
    pieces = cut_tracks(findings_of([there, track_of("T0002", 0, heads)]))
    assert [span[:2] for span in spans(pieces, "T0001")] == [(0, 10), (10, 17), (17, 40)]


def test_a_long_piece_is_cut_into_parts_of_one_length() -> None:
    pieces = cut_tracks(findings_of([track_of("T0001", 0, [head_at(100)] * 1250)], frames=1250))
    assert spans(pieces, "T0001") == [(0, 416, "track"), (416, 833, "long"), (833, 1250, "long")]


def test_where_a_face_becomes_another_one_is_a_piece_of_its_own() -> None:
    findings = findings_of([track_of("T0001", 0, [head_at(100)] * 100)])
    assert spans(cut_tracks(findings, {"T0001": [(40, 60)]}), "T0001") == [
        (0, 40, "track"),
        (40, 60, "jump"),
        (60, 100, "after"),
    ]


def test_a_piece_is_shown_by_its_best_view() -> None:
    heads = [head_at(100 + n) for n in range(50)]
    findings = findings_of([track_of("T0001", 10, heads), track_of("T0002", 10, heads[::-1])])
    pieces = cut_tracks(findings)
    views = {("T0001", 12): 0.3, ("T0001", 40): 0.8, ("T0002", 1): 0.9}
    best = with_best_views(pieces, views, findings)
    (first, *_) = [piece for piece in best if piece.track == "T0001"]
    assert (first.best, first.box) == (40, (130, 100, 190, 160))
    assert [p for p in best if p.track == "T0002"] == [p for p in pieces if p.track == "T0002"]


@st.composite
def films(draw: st.DrawFn) -> Findings:
    """A few heads that move by chance, seen or not."""
    tracks: list[Track] = []
    for number in range(draw(st.integers(1, 4))):
        first = draw(st.integers(0, 40))
        length = draw(st.integers(1, 60))
        x, speed = draw(st.integers(-20, 600)), draw(st.integers(-15, 15))
        size = draw(st.integers(5, 120))
        sources = draw(st.text("sfbex", min_size=length, max_size=length))
        heads = [head_at(x + speed * n, 80, size) for n in range(length)]
        tracks.append(track_of(f"T{number:04d}", first, heads, sources))
    return findings_of(tracks, every=draw(st.integers(1, 3)))


@given(films(), st.data())
@settings(max_examples=300, deadline=None)
def test_pieces_tile_their_track_and_no_piece_spans_an_overlap_or_a_jump(
    findings: Findings, data: st.DataObject
) -> None:
    jumps = {
        track.id: [tuple(sorted(data.draw(st.tuples(st.integers(0, 99), st.integers(0, 99)))))]
        for track in findings.tracks
    }
    pieces = cut_tracks(findings, jumps)  # type: ignore[arg-type]
    assert len({piece.id for piece in pieces}) == len(pieces)
    together = overlaps_of(findings.tracks)
    for track in findings.tracks:
        own = sorted(spans(pieces, track.id))
        frames = [frame for first, end, _ in own for frame in range(first, end)]
        assert frames == list(range(track.first, track.end))
        for first, end, why in own:
            meets = [frame for frame in together[track.id] if first <= frame < end]
            assert why in {"overlap", "jump"} or not meets
            for jump_first, jump_end in jumps[track.id]:
                a, b = max(first, jump_first), min(end, jump_end)
                assert why == "bridge" or a >= b or (first, end) == (a, b) or inside(a, b, own)


def inside(first: int, end: int, own: list[tuple[int, int, str]]) -> bool:
    """Whether frames are held by jumps alone: a change of company may cut one in two."""
    held = {f for a, b, why in own if why == "jump" for f in range(a, b)}
    return set(range(first, end)) <= held


def crowd(*ways: list[int], sources: dict[int, str] | None = None) -> Findings:
    """Heads of 60 px at these places from frame 0."""
    tracks = [
        track_of(f"T{n:04d}", 0, [head_at(x) for x in way], (sources or {}).get(n, ""))
        for n, way in enumerate(ways)
    ]
    return findings_of(tracks)


def test_heads_that_overlap_are_all_cut_where_somebody_comes_or_goes() -> None:
    passes = [600 if n < 30 or n > 59 else 180 for n in range(100)]
    pieces = cut_tracks(crowd([100] * 100, [140] * 100, passes))
    cut = [(0, 26, "overlap"), (26, 64, "overlap"), (64, 100, "overlap")]
    assert spans(pieces, "T0000") == cut, "the first never meets the third, but by the second"
    assert spans(pieces, "T0001") == cut
    assert spans(pieces, "T0002") == [(0, 30, "track"), (30, 60, "overlap"), (60, 100, "after")]


def test_heads_that_overlap_are_all_cut_where_one_is_out_of_sight() -> None:
    unseen = "s" * 50 + "b" * 6 + "s" * 44
    pieces = cut_tracks(crowd([100] * 100, [140] * 100, sources={1: unseen}))
    cut = [(0, 46, "overlap"), (46, 60, "overlap"), (60, 100, "overlap")]
    assert spans(pieces, "T0000") == spans(pieces, "T0001") == cut
    brief = "s" * 50 + "b" * 2 + "s" * 48
    assert len(cut_tracks(crowd([100] * 100, [140] * 100, sources={1: brief}))) == 2


def test_a_head_that_was_lost_counts_as_there_for_some_time() -> None:
    tracks = [
        track_of("T0001", 0, [head_at(100)] * 100),
        track_of("T0002", 0, [head_at(140)] * 100),
        track_of("T0003", 0, [head_at(180)] * 50, "s" * 44 + "x" * 6),
    ]
    cut = [(0, 40, "overlap"), (40, 66, "overlap"), (66, 100, "overlap")]
    assert spans(cut_tracks(findings_of(tracks)), "T0001") == cut


def test_a_jump_among_heads_that_overlap_is_a_piece_of_its_own() -> None:
    pieces = cut_tracks(crowd([100] * 60, [140] * 60), {"T0000": [(20, 30)]})
    assert spans(pieces, "T0000") == [
        (0, 16, "overlap"),
        (16, 20, "overlap"),
        (20, 30, "jump"),
        (30, 34, "overlap"),
        (34, 60, "overlap"),
    ]
    assert spans(pieces, "T0001") == [(0, 16, "overlap"), (16, 34, "overlap"), (34, 60, "overlap")]


@given(films())
@settings(max_examples=100, deadline=None)
def test_the_frame_that_shows_a_piece_best_is_its_own(findings: Findings) -> None:
    for piece in cut_tracks(findings):
        assert piece.first <= piece.best < piece.end
