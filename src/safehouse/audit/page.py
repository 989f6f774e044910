"""report.html: one page that a filmmaker can act on, in one file, with nothing from outside."""

import base64
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined

from safehouse.audit.advice import NAMES, WORKS, headline, next_steps, remedy, result_of
from safehouse.audit.proof import close_page, sha256_of
from safehouse.audit.sheet import moments
from safehouse.audit.strip import (
    LANE_HEIGHT,
    LANE_LEFT,
    STRIP_WIDTH,
    lanes_of,
    ticks_of,
    time_code,
)
from safehouse.language import ENGLISH, Language
from safehouse.model.documents import format_document
from safehouse.model.plan import Plan
from safehouse.model.report import Report
from safehouse.model.words import Said, say, say_n

__all__ = ["build_page", "fill_template"]

SPOTS_MOST = 30
"""Spots that the page lists for an attack; report.json has all."""


def build_page(
    report: Report, plan: Plan, sheet: Sequence[bytes], language: Language = ENGLISH
) -> str:
    """Return report.html: what to do first, then what was found, what remains, and how.

    Its last line is the digest of all above; its head holds that of report.json.

    Args:
        report: what the attacks found; what report.json is written from.
        plan: who is hidden where, for the strip.
        sheet: PNG pictures at `sheet.moments`, masks outlined.
        language: that of the page.
    """
    lanes, more_lanes = lanes_of(plan)
    page = fill_template(
        "report.html",
        language,
        report=report,
        plan=plan,
        report_sha256=sha256_of(format_document(report)),
        headline=headline(report, plan.clip.video),
        steps=next_steps(report, plan),
        names=NAMES,
        result_of=result_of,
        works=WORKS,
        remedy=remedy,
        spots_most=SPOTS_MOST,
        pictures=_pictures(plan, sheet),
        lanes=lanes,
        more_lanes=more_lanes,
        strip=(STRIP_WIDTH, LANE_HEIGHT, LANE_LEFT, len(lanes) * LANE_HEIGHT + 26),
        ticks=ticks_of(plan.clip.video),
        at=lambda frame: time_code(plan.clip.video, frame),
        heads=len({mask.track for mask in plan.masks if mask.track}),
    )
    return close_page(page)


def fill_template(name: str, language: Language, **values: Any) -> str:
    """Return a page from a template of `audit/templates`, in a language.

    In it, `t` and `tn` say a sentence of the template's, `said` one that was made elsewhere.
    """
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    text = (files("safehouse.audit") / "templates" / name).read_text("utf-8")
    return environment.from_string(text).render(
        lang=language.code,
        t=lambda template, **filled: language.say(say(template, **filled)),
        tn=lambda one, many, n, **filled: language.say(say_n(one, many, n, **filled)),
        said=language.say,
        **values,
    )


def _pictures(plan: Plan, sheet: Sequence[bytes]) -> list[dict[str, str]]:
    rows = []
    for frame, png in zip(moments(plan), sheet, strict=False):
        masks = sum(m.first <= frame < m.end for m in plan.masks)
        words: Said = say_n("{n} mask", "{n} masks", masks)
        if plan.mode == "reveal-only":
            words = say("all hidden but the drawn regions")
        when = time_code(plan.clip.video, frame)
        rows.append(
            {
                "src": "data:image/png;base64," + base64.b64encode(png).decode(),
                "alt": say("frame {frame}, {masks} outlined", frame=frame, masks=words),
                "caption": say(
                    "{when} · frame {frame} · {masks}", when=when, frame=frame, masks=words
                ),
            }
        )
    return rows
