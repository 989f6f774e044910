"""Builds plans of a project's clips: the register's rulings and what humans decided, joined."""

from dataclasses import dataclass

from safehouse.model.clip import Clip
from safehouse.model.findings import Findings
from safehouse.model.plan import Look, MadeSound, Output, Plan
from safehouse.model.showing import Decided, Origin, Rulings
from safehouse.plan.check import require_plan
from safehouse.plan.hearing import shown_voices
from safehouse.plan.showing import shown_pieces
from safehouse.store.reading_decided import ClipDecisions

__all__ = ["Recipe", "decided_of", "plan_of", "reel_of"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a clip is to be shown and written.

    Attributes:
        output: the film's format.
        cpu: the CPU level that it is made on.
        look: how hidden places are drawn.
        rulings: what the register says for the version; {} shows nobody.
        origin: where the clip is from.
        made: sound that stands in the tracks' place.
    """

    output: Output
    cpu: str
    look: Look = "veil"
    rulings: Rulings | None = None
    origin: Origin = "unknown"
    made: tuple[MadeSound, ...] = ()


def reel_of(output: Output, clip: str) -> str:
    """Return the reel that a clip's film carries; a film of several sounds alone has no place."""
    return clip if output.video is not None or output.container == "wav" else ""


def decided_of(clip: Clip, said: ClipDecisions, rulings: Rulings, origin: Origin) -> Decided:
    """Return what of a clip is shown and heard, and all else that was decided about it."""
    return Decided(
        shown=shown_pieces(said.pieces, rulings, said.answers, origin).shown,
        heard=shown_voices(clip, said.voices, rulings, origin).heard,
        hand=said.hand,
        answers=said.answers,
        spans=said.spans,
    )


def plan_of(findings: Findings, said: ClipDecisions, recipe: Recipe) -> Plan:
    """Return a clip's plan: everybody is hidden and muted whom the rulings do not show.

    Raises:
        PlanMalformed: what was decided makes no plan, such as a mask that was drawn off the clip.
    """
    from safehouse.plan.build import build_plan

    plan = build_plan(
        findings,
        recipe.output,
        look=recipe.look,
        voices="disguise" if recipe.made else "mute",
        made=recipe.made,
        cpu=recipe.cpu,
        decided=decided_of(findings.clip, said, recipe.rulings or {}, recipe.origin),
    )
    return require_plan(plan)
