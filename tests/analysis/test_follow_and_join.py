"""Tracklets become appearances: covered before, between and after hits, never across a cut."""

from safehouse.analysis.evidence import is_strong, sections_of
from safehouse.analysis.join import Shot, fill, join_tracklets
from safehouse.analysis.places import Area, Hit, inside, move, stretch
from safehouse.analysis.settings import Settings
from safehouse.analysis.steady import steady
from safehouse.analysis.tracklet import Spot, Tracklet

SETTINGS = Settings()
SHOT = Shot(100, 300, 640, 360)
FACE: Area = (300.0, 150.0, 340.0, 200.0)


def hit(x: float = 0.0, score: float = 0.8) -> Hit:
    face = move(FACE, x, 0)
    return Hit(face, stretch(face, 0.3), score)


def spot(x: float = 0.0) -> Spot:
    return Spot(hit(x).head, hit(x).face, 0.9)


def tracklet(frames: range, number: int = 1, speed: float = 0.0, score: float = 0.8) -> Tracklet:
    return Tracklet(number, {f: hit(speed * f, score) for f in frames}, certain=True)


def frames_of(track: Tracklet) -> list[int]:
    return [place.frame for place in fill(track, SHOT, SETTINGS)]


def test_every_frame_between_first_and_last_is_covered() -> None:
    track = Tracklet(1, {f: hit() for f in (150, 153, 170)}, certain=True)
    frames = frames_of(track)
    assert frames == list(range(frames[0], frames[-1] + 1))
    assert frames[0] <= 146
    assert frames[-1] >= 173


def test_frames_before_the_first_hit_are_covered_by_flow() -> None:
    track = tracklet(range(150, 160))
    track.lead = {f: spot() for f in range(140, 150)}
    assert frames_of(track)[0] <= 140


def test_nothing_is_covered_across_a_cut() -> None:
    track = tracklet(range(100, 300))
    track.lead = {f: spot() for f in range(90, 100)}
    track.carried = {f: spot() for f in range(300, 320)}
    assert frames_of(track) == list(range(100, 300))


def test_a_lost_head_is_covered_in_a_growing_place_until_a_bound() -> None:
    places = fill(tracklet(range(150, 160)), SHOT, SETTINGS)
    lost = [place for place in places if place.source == "lost" and place.frame >= 160]
    assert 4 <= len(lost) <= SETTINGS.lead
    widths = [place.head[2] - place.head[0] for place in lost]
    assert widths == sorted(widths)
    assert widths[-1] > widths[0]


def test_a_lost_head_goes_on_as_it_moved_both_ways() -> None:
    moving = tracklet(range(150, 160), speed=6.0)
    places = {place.frame: place for place in fill(moving, SHOT, SETTINGS)}
    for frame in (147, 163):
        head = move(hit().head, 6.0 * frame, 0)
        assert inside(head, places[frame].head) > 0.95


def test_slow_clips_cover_fewer_frames_after_a_weak_head() -> None:
    weak = Tracklet(1, {150: hit(score=0.5)})
    assert len(fill(weak, SHOT, Settings(lead=15))) == 9
    assert len(fill(weak, SHOT, Settings(lead=5))) == 5


def test_a_bridge_goes_in_a_straight_line() -> None:
    track = Tracklet(1, {150: hit(0), 160: hit(50)}, certain=True)
    middle = next(p for p in fill(track, SHOT, SETTINGS) if p.frame == 155)
    assert middle.source == "bridge"
    assert abs(middle.face[0] - 325) < 1e-6 if middle.face else False


def test_flow_between_hits_is_bent_to_end_at_the_second() -> None:
    track = Tracklet(1, {150: hit(0), 160: hit(20)}, certain=True)
    track.carried = {f: spot(3.0 * (f - 150)) for f in range(151, 161)}
    places = {p.frame: p for p in fill(track, SHOT, SETTINGS)}
    assert places[155].source == "flow"
    last = places[159].face
    assert last is not None
    assert abs(last[0] - 318) < 2


def test_a_head_that_is_found_again_is_one_appearance() -> None:
    before, after = tracklet(range(120, 130)), tracklet(range(140, 150), 2)
    before.carried = {f: spot() for f in range(130, 136)}
    after.lead = {f: spot(5) for f in range(134, 140)}
    (whole,) = join_tracklets([before, after], SETTINGS)
    assert (whole.first, whole.last) == (120, 149)


def test_strangers_far_apart_stay_two() -> None:
    far = Tracklet(2, {140: hit(200)}, certain=True)
    assert len(join_tracklets([tracklet(range(120, 130)), far], SETTINGS)) == 2


def test_weak_heads_are_hidden_only_near_clear_faces() -> None:
    track = tracklet(range(100, 104), score=0.45)
    track.see(200, hit(score=0.1))
    assert not is_strong(track)
    (part,) = sections_of(track, SETTINGS)
    assert part.last == 103


def test_a_head_seen_well_stays_while_it_turns_round() -> None:
    track = tracklet(range(100, 110), score=0.9)
    for frame in range(110, 200, 10):
        track.see(frame, hit(score=0.1))
    (part,) = sections_of(track, SETTINGS)
    assert part.last == 190


def test_steady_heads_do_not_jump_with_one_bad_face() -> None:
    hits = {f: hit() for f in range(9)}
    bad = stretch(hits[4].face, 1.5)
    hits[4] = Hit(hits[4].face, bad, 0.2)
    assert steady(hits)[4].head == steady(hits)[3].head


def test_steady_keeps_faces_as_they_were_seen() -> None:
    hits = {f: hit(f) for f in range(5)}
    assert [h.face for h in steady(hits).values()] == [h.face for h in hits.values()]
    assert steady({}) == {}


def test_one_face_that_is_far_too_large_keeps_its_middle_only() -> None:
    hits = {f: hit() for f in range(9)}
    big = stretch(FACE, 0.5)
    hits[4] = Hit(big, hits[4].head, 0.9)
    face = steady(hits)[4].face
    assert face[2] - face[0] < 1.15 * (FACE[2] - FACE[0])
    assert face[0] + face[2] == FACE[0] + FACE[2]


def test_one_bad_head_is_not_carried_on_by_flow() -> None:
    hits = {f: hit() for f in (*range(150, 160), *range(163, 170))}
    bad = stretch(hits[159].head, 0.4)
    hits[159] = Hit(hits[159].face, bad, 0.9)
    track = Tracklet(1, hits, certain=True)
    track.carried = {f: Spot(bad, FACE, 0.9) for f in (160, 161, 162, 163)}
    places = {place.frame: place for place in fill(track, SHOT, SETTINGS)}
    assert places[160].source == "flow"
    assert places[160].head[0] > hit().head[0] - 2
