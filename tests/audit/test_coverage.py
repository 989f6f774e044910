"""Coverage finds every fault put in on purpose, and nothing in films that are as planned."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from audit_cases import (
    FRAMES,
    HEIGHT,
    WIDTH,
    Planes,
    encode,
    head,
    make_plan,
    render,
    scene,
)

from safehouse.audit import coverage, covered
from safehouse.audit.coverage import Checked, Coverage, build_attack, merge
from safehouse.audit.draw import hidden_bits
from safehouse.model.plan import Mask, Plan
from safehouse.model.shape import Ellipse, Key

CODECS = {
    "h264 crf 18": ("libx264", {"crf": "18", "preset": "fast"}),
    "h264 crf 28": ("libx264", {"crf": "28", "preset": "fast"}),
    "hevc crf 26": (
        "libx265",
        {"crf": "26", "preset": "ultrafast", "x265-params": "log-level=none"},
    ),
    "prores": ("prores_ks", {"profile": "1"}),
    "ffv1": ("ffv1", {}),
}


def check(
    pictures: list[Planes],
    plan: Plan,
    codec: str = "h264 crf 28",
    look: str = "solid",
    kind: str = "textured",
    dx: int = 4,
) -> Checked:
    name, options = CODECS[codec]
    seen = Coverage(plan)
    for film in encode(pictures, name, **options):
        original = scene(film.index, kind, dx)
        seen.look(original, render(original, plan, look), film)
    return seen.result()


def rendered(plan: Plan, look: str = "solid", kind: str = "textured", dx: int = 4) -> list[Planes]:
    return [render(scene(n, kind, dx), plan, look).planes for n in range(FRAMES)]


def other_plan(change: Callable[[Ellipse], Ellipse], first: int = 0, end: int = FRAMES) -> Plan:
    mask = head()
    keys = tuple(Key(k.frame, change(k.shape)) for k in mask.keys if isinstance(k.shape, Ellipse))
    return make_plan(Mask(mask.id, first, end, keys))


@pytest.mark.parametrize("look", ["solid", "grain"])
@pytest.mark.parametrize("codec", list(CODECS))
def test_a_film_as_planned_holds_nothing(codec: str, look: str) -> None:
    plan = make_plan(head())
    attack = build_attack(check(rendered(plan, look), plan, codec, look), plan)
    assert attack.result == "none found", attack.spots
    assert attack.control.held is True


@pytest.mark.parametrize("kind", ["dark", "noisy", "flat"])
def test_dark_noisy_and_flat_clips_give_no_false_alarm(kind: str) -> None:
    plan = make_plan(head())
    for look in ("solid", "grain"):
        result = check(rendered(plan, look, kind), plan, "h264 crf 28", look, kind)
        assert not result.finds


def test_a_static_clip_gives_no_false_alarm() -> None:
    plan = make_plan(head(dx=0))
    assert not check(rendered(plan, "grain", dx=0), plan, "h264 crf 28", "grain", dx=0).finds


def not_applied(plan: Plan) -> list[Planes]:
    return [scene(n).planes for n in range(FRAMES)]


def dropped_once(plan: Plan) -> list[Planes]:
    good = rendered(plan)
    return [*good[:15], scene(15).planes, *good[16:]]


def shrunk(plan: Plan) -> list[Planes]:
    return rendered(other_plan(lambda s: Ellipse(s.cx, s.cy, s.rx * 4 // 5, s.ry * 4 // 5)))


def shifted(plan: Plan) -> list[Planes]:
    return rendered(other_plan(lambda s: Ellipse(s.cx + s.rx // 5, s.cy, s.rx, s.ry)))


def delayed(plan: Plan) -> list[Planes]:
    late = [hidden_bits(plan, max(0, n - 2)) for n in range(FRAMES)]
    return [render(scene(n), plan, bits=late[n]).planes for n in range(FRAMES)]


def of_another_clip(plan: Plan) -> list[Planes]:
    return rendered(other_plan(lambda s: Ellipse(s.cx, s.cy - 1000, s.rx, s.ry)))


def mirrored(plan: Plan) -> list[Planes]:
    return rendered(other_plan(lambda s: Ellipse(WIDTH * 16 - s.cx, s.cy, s.rx, s.ry)))


def chroma_open(plan: Plan) -> list[Planes]:
    return [(g[0], *scene(n).planes[1:]) for n, g in enumerate(rendered(plan))]


def one_chroma_open(plan: Plan) -> list[Planes]:
    return [(g[0], g[1], scene(n).planes[2]) for n, g in enumerate(rendered(plan))]


def row_open(plan: Plan) -> list[Planes]:
    return [_with(g, scene(n).planes, np.s_[118:119]) for n, g in enumerate(rendered(plan))]


def column_open(plan: Plan) -> list[Planes]:
    return [_with(g, scene(n).planes, np.s_[:, 150:151]) for n, g in enumerate(rendered(plan))]


def _with(film: Planes, original: Planes, where: object) -> Planes:
    luma = film[0].copy()
    luma[where] = original[0][where]  # type: ignore[index]  # rows or columns, as numpy takes them
    return (luma, *film[1:])


def half_open(plan: Plan) -> list[Planes]:
    return blended(plan, 0.5)


def ghost(plan: Plan) -> list[Planes]:
    return blended(plan, 0.25)


def blended(plan: Plan, share: float) -> list[Planes]:
    return [
        tuple(
            np.rint((1 - share) * a + share * b).astype(np.uint8)
            for a, b in zip(g, scene(n).planes, strict=True)
        )
        for n, g in enumerate(rendered(plan))
    ]


def twice(plan: Plan) -> list[Planes]:
    good = rendered(plan)
    return [*good[:20], good[19], *good[21:]]


def other_fill(plan: Plan) -> list[Planes]:
    far = [scene(n).planes for n in range(FRAMES)]
    out = []
    for n, planes in enumerate(rendered(plan)):
        hidden = hidden_bits(plan, n)
        luma = planes[0].copy()
        luma[hidden] = np.roll(far[n][0], 150, axis=1)[hidden]
        out.append((luma, *planes[1:]))
    return out


FAULTS = [
    not_applied, dropped_once, shrunk, shifted, delayed, of_another_clip, mirrored, chroma_open,
    one_chroma_open, row_open, column_open, half_open, ghost, twice, other_fill,
]  # fmt: skip


@pytest.mark.parametrize("codec", ["h264 crf 28", "prores"])
@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f.__name__)
def test_a_fault_put_in_is_found(fault: Callable[[Plan], list[Planes]], codec: str) -> None:
    plan = make_plan(head())
    attack = build_attack(check(fault(plan), plan, codec), plan)
    assert attack.result == "leak"
    assert attack.spots


def test_the_frame_of_a_dropped_mask_is_named() -> None:
    plan = make_plan(head())
    finds = check(dropped_once(plan), plan).finds
    assert any((f.kind, f.first, f.end) == ("open", 15, 16) for f in finds)


def test_a_renderer_that_forgets_a_row_is_caught_without_trusting_it() -> None:
    plan = make_plan(head())
    seen = Coverage(plan)
    for n in range(3):
        original = scene(n)
        bits = hidden_bits(plan, n)
        bits[120] = False
        again = render(original, plan, bits=bits)
        (film,) = encode([again.planes], "ffv1")
        seen.look(original, again, film)
    assert {f.kind for f in seen.result().finds} >= {"left bare"}


def test_a_renderer_that_changes_more_than_the_plan_says_is_caught() -> None:
    plan = make_plan(head())
    original = scene(0)
    bits = hidden_bits(plan, 0)
    bits[3, 3] = True
    again = render(original, plan, bits=bits)
    seen = Coverage(plan)
    seen.look(original, again, encode([again.planes], "ffv1")[0])
    assert {f.kind for f in seen.result().finds} == {"changed outside"}


def test_a_row_at_the_frames_own_edge_is_looked_at() -> None:
    mask = Mask("M0001", 0, FRAMES, (Key(0, Ellipse(160 * 16, HEIGHT * 16, 70 * 16, 90 * 16)),))
    plan = make_plan(mask)
    pictures = [_with(g, scene(n).planes, np.s_[-1:]) for n, g in enumerate(rendered(plan))]
    assert any(f.kind == "open" for f in check(pictures, plan, "h264 crf 18").finds)


def test_ranges_join_to_what_one_pass_sees() -> None:
    plan = make_plan(head())
    films = encode(dropped_once(plan), "libx264", crf="23")

    def part(first: int, end: int) -> Checked:
        seen = Coverage(plan)
        for film in films[first:end]:
            original = scene(film.index)
            seen.look(original, render(original, plan), film)
        return seen.result()

    edges = [0, 8, 16, FRAMES]
    joined = merge(part(a, b) for a, b in pairwise(edges))
    assert joined == part(0, FRAMES)


def test_nothing_hidden_is_none_found_with_no_control() -> None:
    plan = make_plan()
    attack = build_attack(check(rendered(plan), plan), plan)
    assert (attack.result, attack.control.held) == ("none found", None)


def test_too_few_frames_are_not_run_and_never_clear() -> None:
    plan = make_plan(head())
    assert build_attack(Checked(frames=3, masks=3, tried=1, seen=1), plan).result == "not run"


def test_a_control_that_fails_is_not_run() -> None:
    plan = make_plan(head())
    attack = build_attack(Checked(frames=FRAMES, masks=3, tried=9, seen=8), plan)
    assert (attack.result, attack.control.held) == ("not run", False)


def test_every_kind_of_find_has_words() -> None:
    plan = make_plan(head())
    finds = tuple(coverage.Find(0, 1, "M0001", kind, 0.5) for kind in covered.WORDS)
    assert len(build_attack(Checked(frames=FRAMES, finds=finds), plan).spots) == len(covered.WORDS)
