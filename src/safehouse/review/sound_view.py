"""The sound view: who speaks when in a clip, and whose voice a human says it is.

A clip of a voice recorder has this view alone; a filmed one has it beside its pictures. The
protected copy is what plays. The original of a turn is heard on request, after that was recorded.
"""

from typing import Any

import msgspec
from starlette.responses import Response
from starlette.routing import Route

from safehouse.errors import SafehouseError, UsageError
from safehouse.listening import Listened, hear, listen, listened, say_heard
from safehouse.media.sound_pieces import FLOOR_DB
from safehouse.model.words import say
from safehouse.proxies import copy_of
from safehouse.review.acting import save
from safehouse.review.asking import Ask, answer, as_json, go, page
from safehouse.review.media import bytes_answer, file_answer
from safehouse.review.work import Tell
from safehouse.store.reading_people import read_people
from safehouse.store.reading_view import ClipRow, Voiced, read_clip_row, read_marks
from safehouse.store.reading_wall import read_clip_names

__all__ = ["ROUTES", "has_picture"]

MOST = 200
"""Turns on one page."""

TALL = 60
"""Units of height of a lane that shows how loud a track is."""

KINDS = {".mp4": "video/mp4", ".wav": "audio/wav", ".mov": "video/quicktime"}


class _Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which piece of the original is to be heard."""

    stream: int
    first: int
    end: int


def has_picture(row: ClipRow) -> bool:
    """Return whether a clip has frames to look at; one that was not looked at may have."""
    return row.frames > 0 or not row.findings_sha256


def _view(ask: Ask) -> Response:
    project, row = ask.project, read_clip_row(ask.project, ask.named("clip"))
    found, said = listened(project, row.id), read_marks(project, row.id).voices
    copy = copy_of(project, row.id)
    text = ask.query("from", "0")
    first = int(text) if text.isdecimal() and len(text) < 7 else 0
    turns = _turns(found, said) if found else []
    facts = {
        "clip": row.id,
        "name": read_clip_names(project, (row.id,))[row.id],
        "origin": row.origin,
        "analysed": bool(row.findings_sha256),
        "picture": row.frames > 0,
        "listened": found is not None,
        "told_apart": bool(found and found.voices.told_by),
        "tracks": _tracks(found, said) if found else [],
        "turns": turns[first : first + MOST],
        "count": len(turns),
        "first": first,
        "most": MOST,
        "voices": sorted({turn["speaker"] for turn in turns if turn["speaker"]}),
        "named": _said(found, said) if found else [],
        "people": [one.person.id for one in read_people(project)],
        "copy": copy.name if copy else "",
    }
    return answer(ask, "sound.html", facts, tall=TALL)


def _turns(found: Listened, said: tuple[Voiced, ...]) -> list[dict[str, Any]]:
    named = {(row.stream, row.first, row.end): row.person for row in said}
    return [
        {
            "id": turn.id,
            "stream": track.stream,
            "first": turn.first,
            "end": turn.end,
            "from": _clock(turn.first, track.rate_hz),
            "to": _clock(turn.end, track.rate_hz),
            "speaker": turn.speaker,
            "sure": turn.sure,
            "overlap": turn.overlap,
            "said": (track.stream, turn.first, turn.end) in named,
            "person": named.get((track.stream, turn.first, turn.end), ""),
        }
        for track in found.voices.tracks
        for turn in track.turns
    ]


def _said(found: Listened, said: tuple[Voiced, ...]) -> list[dict[str, Any]]:
    rates = {row.index: row.rate_hz for row in found.voices.clip.sound}
    return [
        {
            "stream": row.stream,
            "from": _clock(row.first, rates[row.stream]),
            "to": _clock(row.end, rates[row.stream]),
            "person": row.person,
        }
        for row in said
        if row.stream in rates
    ]


def _tracks(found: Listened, said: tuple[Voiced, ...]) -> list[dict[str, Any]]:
    """Return what is drawn of each track: bars of loudness, and a lane a voice or person."""
    made = []
    for track in found.voices.tracks:
        levels = found.levels.get(str(track.stream), ())
        lanes: dict[str, list[tuple[float, float]]] = {}
        for turn in track.turns:
            lanes.setdefault(turn.speaker or "?", []).append((turn.first, turn.end))
        for row in said:
            if row.stream == track.stream and row.person:
                lanes.setdefault(row.person, []).append((row.first, row.end))
        wide = max(1, len(levels))
        made.append(
            {
                "stream": track.stream,
                "seconds": _clock(track.samples, track.rate_hz),
                "wide": wide,
                "bars": [round(TALL * (1 - level / FLOOR_DB), 1) for level in levels],
                "lanes": [
                    (name, [_bar(span, wide, track.samples) for span in spans])
                    for name, spans in lanes.items()
                ],
            }
        )
    return made


def _bar(span: tuple[float, float], wide: int, samples: int) -> tuple[float, float]:
    """Return where a bar begins and how wide it is, in columns."""
    first, end = (wide * at / max(1, samples) for at in span)
    return round(first, 2), round(max(0.5, end - first), 2)


def _listen(ask: Ask) -> Response:
    project, clip = ask.project, read_clip_row(ask.project, ask.named("clip")).id

    def run(tell: Tell) -> Listened:
        return listen(project, clip, tell)

    ask.desk.work.start(say("listen to {clip}", clip=clip), run, f"/clips/{clip}/sound")
    return go(ask, "/work")


def _say(ask: Ask) -> Response:
    """Record whose voice it is; nobody else's may be heard there, and that has to be said."""
    clip, person = read_clip_row(ask.project, ask.named("clip")).id, ask.one("person")
    if not person:
        raise UsageError(
            "it is not said whose voice it is",
            kept="nothing was changed",
            next_step="choose one of the people",
        )
    if person != "nobody" and ask.one("alone") != "yes":
        raise UsageError(
            "a voice counts only where nobody else is heard",
            kept="nothing was changed",
            next_step="listen to each, and tick that nobody else is heard in it",
        )
    who = "" if person == "nobody" else person
    turns, spans = ask.all("turn"), _spans(ask, clip)
    say_heard(ask.project, clip, who, turns, spans, lambda *acts: save(ask, *acts))
    return go(ask, f"/clips/{clip}/sound")


def _spans(ask: Ask, clip: str) -> list[tuple[int, int, int]]:
    """Return the span that was typed in seconds, if one was."""
    if not (ask.one("from") or ask.one("to")):
        return []
    found = listened(ask.project, clip)
    try:
        stream = int(ask.one("stream"))
        first, end = float(ask.one("from")), float(ask.one("to"))
        track = found.stream(stream) if found else None
        rate = track.rate_hz if track else 0
        return [
            (stream, round(first * rate), min(round(end * rate), track.samples if track else 0))
        ]
    except (ValueError, OverflowError) as error:
        raise UsageError(
            "a span is two numbers of seconds",
            kept="nothing was changed",
            next_step="type them as 12.5",
        ) from error


def _hear(ask: Ask) -> Response:
    """Let a piece of the original be heard, after that was recorded."""
    try:
        wanted = msgspec.json.decode(ask.body, type=_Wanted)
        made = hear(ask.project, ask.named("clip"), wanted.stream, wanted.first, wanted.end)
    except msgspec.MsgspecError:
        return as_json(_told(_unsaid()), 400)
    except SafehouseError as error:
        return as_json(_told(error), 400 if error.id == "E2" else 409)
    return Response(made, media_type="audio/wav", headers={"x-version": str(ask.project.version)})


def _unsaid() -> UsageError:
    return UsageError(
        "it is not said what is to be heard",
        kept="nothing was heard",
        next_step="press the button of a turn",
    )


def _told(error: SafehouseError) -> dict[str, str | None]:
    return {
        "error": error.id,
        "happened": error.happened,
        "kept": error.kept,
        "next": error.next_step,
    }


def _copy(ask: Ask) -> Response:
    """Give the clip's protected copy, a range of it where one is asked for."""
    row = read_clip_row(ask.project, ask.named("clip"))
    path = copy_of(ask.project, row.id)
    if path is None:
        return bytes_answer(ask.request, b"", "audio/wav")
    return file_answer(ask.request, path, KINDS[path.suffix])


def _clock(sample: int, rate_hz: int) -> str:
    """Return a sample's time on its track, `1:02:34.5`."""
    tenths = sample * 10 // rate_hz
    seconds, part = divmod(tenths, 10)
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{part}"


ROUTES = [
    Route("/clips/{clip}/sound", page(_view)),
    Route("/clips/{clip}/sound.json", page(_view)),
    Route("/clips/{clip}/sound/listen", page(_listen), methods=["POST"]),
    Route("/clips/{clip}/sound/say", page(_say), methods=["POST"]),
    Route("/clips/{clip}/sound/hear.json", page(_hear), methods=["POST"]),
    Route("/clips/{clip}/sound/copy", page(_copy)),
]
