from safehouse.analysis.look import ALONE, PLACED, combine, merge_hits
from safehouse.analysis.places import Area, Hit

HERE: Area = (10, 10, 50, 60)
THERE: Area = (200, 10, 240, 60)


def hit(score: float, face: Area = HERE, turn: int = 0) -> Hit:
    return Hit(face, face, score, turn)


def test_a_face_of_both_looks_has_the_better_score_where_the_fine_look_saw_it() -> None:
    nearby: Area = (12, 11, 52, 61)
    (found,) = combine([hit(PLACED)], [hit(0.7, nearby)])
    assert (found.score, found.face) == (0.7, HERE)
    (found,) = combine([hit(PLACED / 2)], [hit(0.7, nearby)])
    assert (found.score, found.face) == (0.7, nearby)


def test_a_face_of_the_coarse_look_alone_counts_when_it_is_seen_well() -> None:
    found = combine([hit(0.9)], [hit(ALONE, THERE), hit(ALONE - 0.01, (400, 10, 440, 60))])
    assert [h.face for h in found] == [HERE, THERE]


def test_of_one_face_in_two_turns_the_better_hit_counts_and_in_one_turn_the_earlier() -> None:
    assert merge_hits([hit(0.2)], [hit(0.8, turn=1)]) == [hit(0.8, turn=1)]
    assert merge_hits([hit(0.8)], [hit(0.2, turn=1)]) == [hit(0.8)]
    assert merge_hits([hit(0.2)], [hit(0.8)]) == [hit(0.2)]
    assert merge_hits([hit(0.2)], [hit(0.8, THERE)]) == [hit(0.8, THERE), hit(0.2)]


def test_a_mouth_is_no_face_and_a_small_face_beside_a_large_one_is() -> None:
    large, mouth = hit(0.9, (0, 0, 100, 130)), hit(0.3, (30, 80, 70, 128))
    beside = hit(0.3, (80, 40, 130, 100))
    assert combine([large, beside, mouth], []) == [large, beside]
    in_front = hit(0.8, (40, 40, 110, 120))
    assert combine([large, in_front], []) == [large, in_front]
