"""What coverage saw, put together for the whole film, and said in words."""

from collections.abc import Iterable

import msgspec

from safehouse.audit.measure import OPEN_SHARE
from safehouse.model.plan import Plan
from safehouse.model.report import Attack, Control, Spot
from safehouse.model.words import Said, msgid, said_list, say

__all__ = ["GAP", "Checked", "Find", "build_attack", "join_finds", "merge"]

GAP = 23.0
"""Mean of an 8 x 8 block this far from the rendered one, levels of 8 bits, is another picture.
Clean films stay below 14 at x264 crf 28."""


class Find(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Something found in frames first <= f < end: the mask's id or "", what it is, and its size."""

    first: int
    end: int
    mask: str
    kind: str
    amount: float


class Checked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What coverage saw in a range of frames; `merge` joins ranges.

    Attributes:
        frames: frames that were looked at.
        masks: pairs of mask and frame.
        alike: those of them where original and fill look alike, so that none can be told.
        share: largest share in a row, column or tile that was called closed.
        gap: largest difference of an 8 x 8 block that was called the codec's, levels of 8 bits.
        tried: pairs of mask and frame in which the original was put back, as the control.
        seen: those of them that were called open.
        finds: everything found.
    """

    frames: int = 0
    masks: int = 0
    alike: int = 0
    share: float = 0.0
    gap: float = 0.0
    tried: int = 0
    seen: int = 0
    finds: tuple[Find, ...] = ()


def join_finds(finds: Iterable[Find]) -> tuple[Find, ...]:
    """Return finds with neighbouring frames of one mask and kind joined, in order."""
    joined: dict[tuple[str, str], list[Find]] = {}
    for find in sorted(finds, key=lambda f: (f.first, f.end)):
        row = joined.setdefault((find.mask, find.kind), [])
        if row and find.first <= row[-1].end:
            last = row.pop()
            find = Find(
                last.first,
                max(last.end, find.end),
                find.mask,
                find.kind,
                max(last.amount, find.amount),
            )
        row.append(find)
    return tuple(sorted((f for row in joined.values() for f in row), key=lambda f: f.first))


def merge(parts: Iterable[Checked]) -> Checked:
    """Return what several ranges of one film saw together."""
    rows = list(parts)
    return Checked(
        sum(p.frames for p in rows),
        sum(p.masks for p in rows),
        sum(p.alike for p in rows),
        max((p.share for p in rows), default=0.0),
        max((p.gap for p in rows), default=0.0),
        sum(p.tried for p in rows),
        sum(p.seen for p in rows),
        join_finds(f for p in rows for f in p.finds),
    )


WORDS = {
    "open": msgid(
        "{mask} does not hide what it should: {share:.0%} of the original shows in a part"
    ),
    "colour open": msgid(
        "{mask} leaves colour open: {share:.0%} of the original's shows in a part"
    ),
    "faint": msgid("the original shows faintly, {share:.0%}, through {mask}"),
    "colour faint": msgid("the original's colour shows faintly, {share:.0%}, through {mask}"),
    "left bare": msgid("a row, column or tile under {mask} was never hidden by the renderer"),
    "changed outside": msgid("the renderer changed samples that no mask covers"),
    "another fill": msgid(
        "what stands under a mask is not what the plan draws ({amount:.0f} levels off)"
    ),
    "another picture": msgid(
        "the picture outside the masks is not the clip's ({amount:.0f} levels off)"
    ),
    "times": msgid("the film's frames or their times are not those of the plan"),
    "size": msgid("the film's frame size is not that of the plan"),
    "broken": msgid("the film can't be decoded without an error"),
}
"""What each kind of find means, in a filmmaker's words."""


def build_attack(checked: Checked, plan: Plan) -> Attack:
    """Return attack 1 with its result, from what was seen in all ranges of the film."""
    planned = plan.clip.video.times.count if plan.clip.video else 0
    finds = checked.finds
    whole = checked.frames == planned or any(f.kind in {"times", "size", "broken"} for f in finds)
    control = _control(checked)
    spots = tuple(Spot(f.first, min(f.end, max(planned, f.first + 1)), _words(f)) for f in finds)
    broken = control.held is False or not whole
    return Attack(
        name="coverage",
        title=say(
            "Is every planned mask in the picture, full size, in every frame, and nothing else?"
        ),
        result="leak" if finds else ("not run" if broken else "none found"),
        figure=_figure(checked, planned),
        control=control,
        spots=spots,
    )


def _figure(checked: Checked, planned: int) -> Said:
    looked = say(
        "{frames} of {planned} frames, pixel by pixel; masks looked at {masks} times",
        frames=checked.frames,
        planned=planned,
        masks=checked.masks,
    )
    alike = say(
        "in {n} of them original and fill look alike, so that no test can tell them apart",
        n=checked.alike,
    )
    most = say(
        "the original makes up at most {share:.0%} of any row, column or tile (a leak from "
        "{open:.0%}); outside the masks, blocks are at most {gap:.0f} of 255 levels off (a fault "
        "from {fault:.0f})",
        share=checked.share,
        open=OPEN_SHARE,
        gap=checked.gap,
        fault=GAP,
    )
    return said_list("; ", (looked, alike, most) if checked.alike else (looked, most))


def _control(checked: Checked) -> Control:
    if not checked.tried:
        words = say("no frame tried has a mask with anything under it that differs from its fill")
        nothing = say("the plan hides nothing in the picture")
        return Control(None, words if checked.masks else nothing)
    seen = checked.seen == checked.tried
    return Control(
        seen,
        say(
            "the original was put back under a mask {tried} times, and this test called it a leak "
            "{seen} times",
            tried=checked.tried,
            seen=checked.seen,
        ),
    )


def _words(find: Find) -> str:
    mask = find.mask or say("the mask")
    return say(WORDS[find.kind], mask=mask, share=min(find.amount, 1.0), amount=find.amount)
