"""How a reviewer's acts change a project's tables: answers, masks by hand, voices, notes."""

import json
import re
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from safehouse.errors import UsageError
from safehouse.model.acts import (
    Act,
    Comment,
    Decide,
    DrawMask,
    EraseMask,
    HandOver,
    HearOriginal,
    LookAtOriginal,
    NoteContent,
    ReplaceSpan,
    SetSetting,
    SignShot,
    VoiceIs,
)
from safehouse.model.shape import Ellipse, Key, Polygon
from safehouse.model.text import escape
from safehouse.store.stamp import Stamp

__all__ = ["APPLY", "TEXT_MOST"]

TEXT_MOST = 2000
"""Longest note, in characters."""

KEYS_MOST = 2000
"""Most keys of a mask."""

POINTS_MOST = 200
"""Most points of a polygon."""

FARTHEST = 1 << 20
"""Farthest a mask may reach from the picture's corner, 1/16 px."""

_MASK = re.compile(r"[A-Z][0-9]{1,6}")
_NAME = re.compile(r"[a-z_]{1,40}")

KEPT = "the project is as it was; nothing was changed"


def _refused(happened: str, next_step: str) -> UsageError:
    return UsageError(happened, kept=KEPT, next_step=next_step)


def _decide(db: sqlite3.Connection, act: Decide, stamp: Stamp) -> None:
    done = db.execute(
        "UPDATE question SET answer = ?, decided_by = ? WHERE id = ?",
        (act.answer, "" if act.answer == "open" else stamp.who, act.question),
    )
    if done.rowcount != 1:
        raise _refused(f"there is no question {escape(act.question)}", "reload the queue")


def _draw_mask(db: sqlite3.Connection, act: DrawMask, stamp: Stamp) -> None:
    del stamp
    _require_span(db, act.clip, act.first, act.end)
    if not _MASK.fullmatch(act.mask):
        raise _refused(f"'{escape(act.mask)}' can't be a mask's id", "use M0001, M0002 …")
    _require_keys(act)
    if act.person:
        _require_person(db, act.person)
    db.execute(
        "INSERT INTO mask VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (clip, id) DO UPDATE SET "
        "first = excluded.first, end = excluded.end, keys = excluded.keys, "
        "kind = excluded.kind, person = excluded.person",
        (act.clip, act.mask, act.first, act.end, _json(act.keys), act.kind, act.person),
    )


def _require_keys(act: DrawMask) -> None:
    """Refuse a mask that hides nothing, or that nobody could have drawn."""
    frames = [key.frame for key in act.keys]
    if not frames or len(frames) > KEYS_MOST:
        raise _refused("a mask needs a shape, and not thousands", "draw it anew")
    if frames != sorted(set(frames)):
        raise _refused("a mask's shapes are not in the order of their frames", "draw it anew")
    if not (act.first <= frames[0] and frames[-1] < act.end):
        raise _refused("a mask has a shape outside its span", "lengthen the span")
    if not all(_is_drawn(key) for key in act.keys):
        raise _refused("a mask has a shape that covers nothing", "draw it larger")


def _is_drawn(key: Key) -> bool:
    shape = key.shape
    if isinstance(shape, Ellipse):
        return shape.rx > 0 and shape.ry > 0 and _near((shape.cx, shape.cy, shape.rx, shape.ry))
    if isinstance(shape, Polygon):
        fits = 3 <= len(shape.points) <= POINTS_MOST
        return fits and all(_near(point) for point in shape.points)
    return True


def _near(numbers: Sequence[int]) -> bool:
    return all(-FARTHEST < number < FARTHEST for number in numbers)


def _erase_mask(db: sqlite3.Connection, act: EraseMask, stamp: Stamp) -> None:
    del stamp
    done = db.execute("DELETE FROM mask WHERE clip = ? AND id = ?", (act.clip, act.mask))
    if done.rowcount != 1:
        raise _refused(
            f"clip {escape(act.clip)} has no mask {escape(act.mask)}", "reload the clip's page"
        )


def _replace_span(db: sqlite3.Connection, act: ReplaceSpan, stamp: Stamp) -> None:
    """Spans never overlap: what is replaced anew is cut out of the spans before."""
    del stamp
    _require_span(db, act.clip, act.first, act.end)
    over = db.execute(
        "SELECT first, end, by FROM span WHERE clip = ? AND first < ? AND end > ?",
        (act.clip, act.end, act.first),
    ).fetchall()
    db.execute(
        "DELETE FROM span WHERE clip = ? AND first < ? AND end > ?",
        (act.clip, act.end, act.first),
    )
    rests = [(first, act.first, by) for first, _, by in over if first < act.first]
    rests += [(act.end, end, by) for _, end, by in over if end > act.end]
    if act.by != "nothing":
        rests.append((act.first, act.end, act.by))
    db.executemany("INSERT INTO span VALUES (?, ?, ?, ?)", [(act.clip, *row) for row in rests])


def _voice_is(db: sqlite3.Connection, act: VoiceIs, stamp: Stamp) -> None:
    del stamp
    _require_sound(db, act)
    if act.person:
        _require_person(db, act.person)
    db.execute(
        "INSERT INTO voice VALUES (?, ?, ?, ?, ?) ON CONFLICT (clip, stream, first, end) "
        "DO UPDATE SET person = excluded.person",
        (act.clip, act.stream, act.first, act.end, act.person),
    )


def _hear(db: sqlite3.Connection, act: HearOriginal, stamp: Stamp) -> None:
    """The history alone keeps it: no table says what was heard."""
    del stamp
    _require_sound(db, act)


def _require_sound(db: sqlite3.Connection, act: VoiceIs | HearOriginal) -> None:
    row = db.execute("SELECT sound_tracks FROM clip WHERE id = ?", (act.clip,)).fetchone()
    heard = row is not None and row[0] > 0 and act.stream >= 0  # stream counts the file's streams
    if not heard or not 0 <= act.first < act.end:
        raise _refused("there is no such span of sound", "mark it anew in the clip")


def _comment(db: sqlite3.Connection, act: Comment, stamp: Stamp) -> None:
    _require_span(db, act.clip, act.frame, act.frame + 1)
    _require_text(act.text)
    db.execute("INSERT INTO comment VALUES (?, ?, ?, ?)", (stamp.n, act.clip, act.frame, act.text))


def _note_content(db: sqlite3.Connection, act: NoteContent, stamp: Stamp) -> None:
    """A note without words takes the one of its span away."""
    del stamp
    _require_span(db, act.clip, act.first, act.end)
    span = (act.clip, act.first, act.end)
    db.execute("DELETE FROM content_note WHERE clip = ? AND first = ? AND end = ?", span)
    if act.text:
        _require_text(act.text)
        db.execute("INSERT INTO content_note VALUES (?, ?, ?, ?)", (*span, act.text))


def _hand_over(db: sqlite3.Connection, act: HandOver, stamp: Stamp) -> None:
    del stamp
    if len(act.to) > 40 or not act.to.isprintable():
        raise _refused("a colleague's pseudonym has at most 40 letters", "choose a shorter one")
    done = db.execute("UPDATE clip SET handed_to = ? WHERE id = ?", (act.to, act.clip))
    if done.rowcount != 1:
        raise _no_clip(act.clip)


def _look(db: sqlite3.Connection, act: LookAtOriginal, stamp: Stamp) -> None:
    _require_span(db, act.clip, act.first, act.end)
    db.execute("INSERT INTO looked VALUES (?, ?, ?, ?)", (stamp.n, act.clip, act.first, act.end))


def _sign_shot(db: sqlite3.Connection, act: SignShot, stamp: Stamp) -> None:
    """A shot with something undecided in it can't be signed."""
    _require_span(db, act.clip, act.first, act.end)
    left = db.execute(
        "SELECT count(*) FROM question WHERE clip = ? AND answer = 'open' "
        "AND first < ? AND end > ?",
        (act.clip, act.end, act.first),
    ).fetchone()[0]
    if left:
        raise _refused(f"{left} questions of this shot are undecided", "press N: it leads there")
    db.execute(
        "INSERT INTO signed VALUES (?, ?, ?, ?, ?) ON CONFLICT (clip, first, end) "
        "DO UPDATE SET by = excluded.by, at = excluded.at",
        (act.clip, act.first, act.end, stamp.who, stamp.at),
    )


def _set_setting(db: sqlite3.Connection, act: SetSetting, stamp: Stamp) -> None:
    del stamp
    try:
        json.loads(act.value)
    except ValueError as error:
        raise _refused("a setting's value is no JSON", "use the page's own settings") from error
    if not _NAME.fullmatch(act.name) or len(act.value) > 1 << 16:
        raise _refused("there is no such setting", "use the page's own settings")
    db.execute(
        "INSERT INTO setting VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (act.name, act.value),
    )


def _require_span(db: sqlite3.Connection, clip: str, first: int, end: int) -> None:
    row = db.execute("SELECT frames FROM clip WHERE id = ?", (clip,)).fetchone()
    if row is None:
        raise _no_clip(clip)
    if not 0 <= first < end <= row[0]:
        raise _refused(
            f"clip {escape(clip)} has {row[0]} frames; {first} to {end} is no span of it",
            "mark the span anew",
        )


def _no_clip(clip: str) -> UsageError:
    return _refused(f"there is no clip {escape(clip)}", "safehouse status")


def _require_person(db: sqlite3.Connection, person: str) -> None:
    row = db.execute("SELECT 1 FROM person WHERE id = ?", (person,)).fetchone()
    if row is None:
        raise _refused(f"there is no person {escape(person)}", "choose one of the people")


def _require_text(text: str) -> None:
    if not text.strip() or len(text) > TEXT_MOST:
        raise _refused(f"a note has 1 to {TEXT_MOST} characters", "write it anew")


def _json(keys: tuple[Key, ...]) -> str:
    return msgspec.json.encode(keys).decode()


APPLY: dict[type[Act], Callable[[sqlite3.Connection, Any, Stamp], None]] = {
    Decide: _decide,
    DrawMask: _draw_mask,
    EraseMask: _erase_mask,
    ReplaceSpan: _replace_span,
    VoiceIs: _voice_is,
    Comment: _comment,
    NoteContent: _note_content,
    HandOver: _hand_over,
    LookAtOriginal: _look,
    HearOriginal: _hear,
    SignShot: _sign_shot,
    SetSetting: _set_setting,
}
"""Kind of act → what it does to the tables."""
