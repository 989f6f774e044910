"""The clip view: one clip, frame by frame, and what people decide about it.

The page asks for everything again after each act, so what it shows is what the project holds.
"""

from typing import Any

import msgspec
from starlette.responses import Response
from starlette.routing import Route

from safehouse.errors import StaleWindow, UsageError
from safehouse.language import Language
from safehouse.model.acts import (
    Comment,
    ConfirmPieces,
    Decide,
    DrawMask,
    EraseMask,
    HandOver,
    MarkNotPerson,
    NoteContent,
    ReplaceSpan,
    SignShot,
    VoiceIs,
)
from safehouse.model.clip import parse_fraction
from safehouse.review.act_words import steps_of, words_of
from safehouse.review.acting import QUIET
from safehouse.review.asking import Ask, answer, as_json, go, page
from safehouse.review.clip_words import KINDS, clip_words, left_words
from safehouse.review.frames import pictures_of, proxy_of
from safehouse.review.sound_view import has_picture
from safehouse.review.view_plan import Seen
from safehouse.store.reading_queue import count_all
from safehouse.store.reading_view import Marks, read_clip_row, read_marks
from safehouse.store.reading_view import read_people_near as people_near
from safehouse.store.reading_wall import kinds_since, read_clip_names

__all__ = ["ROUTES"]

Act = (
    Decide
    | DrawMask
    | EraseMask
    | ReplaceSpan
    | VoiceIs
    | Comment
    | NoteContent
    | HandOver
    | SignShot
    | ConfirmPieces
    | MarkNotPerson
)
"""What the clip view may do; all of it can be undone."""


class _Posted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Acts that a window posts, and the number of the last act that it has seen."""

    expect: int
    acts: tuple[Act, ...] = ()


def _view(ask: Ask) -> Response:
    """Show the clip view, or as JSON all that it shows."""
    clip = read_clip_row(ask.project, ask.named("clip"))
    if not has_picture(clip) and not ask.wants_json:
        return go(ask, f"/clips/{clip.id}/sound")
    if ask.wants_json:
        return as_json(_told(ask, clip.id) | {"facts": _facts(ask, clip.id)})
    settings = ask.desk.settings
    facts = {
        "clip": clip.id,
        "name": _name_of(ask, clip.id),
        "origin": clip.origin,
        "handed_to": clip.handed_to,
    }
    return answer(
        ask,
        "clip.html",
        facts,
        kinds=KINDS,
        small=settings["small_picture"],
    )


def _facts(ask: Ask, clip: str) -> dict[str, Any]:
    """Return what never changes while a clip is in view."""
    row = read_clip_row(ask.project, clip)
    seen: Seen = pictures_of(ask.desk).plans.seen(ask.project, row)
    video = seen.video
    timebase, rate = parse_fraction(video.times.timebase), parse_fraction(video.rate)
    aspect = parse_fraction(video.sample_aspect)
    return {
        "clip": clip,
        "name": _name_of(ask, clip),
        "width": video.width,
        "height": video.height,
        "rotation": video.rotation,
        "aspect": [aspect.numerator, aspect.denominator],
        "frames": video.times.count,
        "timebase": [timebase.numerator, timebase.denominator],
        "rate": [rate.numerator, rate.denominator],
        "runs": msgspec.to_builtins(video.times.runs),
        "last_duration": video.times.last_duration,
        "shots": list(seen.shots),
        "sound": [
            {"index": s.index, "rate_hz": s.rate_hz, "start": float(parse_fraction(s.start))}
            for s in seen.clip.sound
        ],
        "proxy": proxy_of(ask, clip) is not None,
    }


def _name_of(ask: Ask, clip: str) -> str:
    return read_clip_names(ask.project, (clip,))[clip]


def _told(ask: Ask, clip: str, done: str = "") -> dict[str, Any]:
    """Return what acts change: marks, people, what can be undone, how much is undecided."""
    project, language = ask.project, ask.desk.language
    marks = read_marks(project, clip)
    undo, redo = steps_of(project, language)
    here = sum(question.answer == "open" for question in marks.questions)
    left = left_words(here, len(marks.questions), count_all(project).open)
    return {
        "marks": _marks(marks, language),
        "people": list(people_near(project, clip)),
        "version": project.version,
        "undo": undo,
        "redo": redo,
        "left": language.say(left),
        "left_here": here,
        "done": words_of(done, language) if done else "",
        "words": {name: language.say(words) for name, words in clip_words().items()},
    }


def _marks(marks: Marks, language: Language) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(marks)
    for question in found["questions"]:
        question["why"] = language.say(question["why"])
    found["spans"] = [{"first": a, "end": b, "by": by} for a, b, by in marks.spans]
    found["comments"] = [{"frame": frame, "text": text} for frame, text in marks.comments]
    found["notes"] = [{"first": a, "end": b, "text": text} for a, b, text in marks.notes]
    found["signed"] = [{"first": a, "end": b, "by": by, "at": at} for a, b, by, at in marks.signed]
    return found


def _posted(ask: Ask) -> _Posted:
    try:
        return msgspec.json.decode(ask.body, type=_Posted)
    except msgspec.MsgspecError as error:
        raise UsageError(
            "what the page sent can't be read",
            kept="nothing was changed",
            next_step="load the page again",
        ) from error


def _acts(ask: Ask) -> Response:
    """Record what was decided, all or none."""
    clip = read_clip_row(ask.project, ask.named("clip")).id
    posted = _posted(ask)
    if any(getattr(act, "clip", clip) != clip for act in posted.acts):
        raise UsageError(
            "this page decides about its own clip only",
            kept="nothing was changed",
            next_step="open the other clip",
        )
    ask.project.act(*posted.acts, expect=_stale_from(ask, posted))
    return as_json(_told(ask, clip))


def _stale_from(ask: Ask, posted: _Posted) -> int | None:
    """Return the number to hold an act against; None when all that was missed changes nothing."""
    return None if kinds_since(ask.project, posted.expect) <= QUIET else posted.expect


def _require_seen(ask: Ask) -> None:
    """Refuse a window that has not seen the last act: it would undo what it never showed.

    Raises:
        StaleWindow: others came between.
    """
    if _stale_from(ask, _posted(ask)) is not None:
        raise StaleWindow(
            "something was decided in another window since this one was loaded",
            next_step="look at what it shows now; then undo again",
        )


def _undo(ask: Ask) -> Response:
    """Take the last act back."""
    clip = read_clip_row(ask.project, ask.named("clip")).id
    _require_seen(ask)
    return as_json(_told(ask, clip, ask.project.undo() or ""))


def _redo(ask: Ask) -> Response:
    """Do again what was taken back last."""
    clip = read_clip_row(ask.project, ask.named("clip")).id
    _require_seen(ask)
    return as_json(_told(ask, clip, ask.project.redo() or ""))


ROUTES = [
    Route("/clips/{clip}/acts.json", page(_acts), methods=["POST"]),
    Route("/clips/{clip}/undo.json", page(_undo), methods=["POST"]),
    Route("/clips/{clip}/redo.json", page(_redo), methods=["POST"]),
    Route("/clips/{clip}.json", page(_view)),
    Route("/clips/{clip}", page(_view)),
]
