"""An audit without a plan: a file of any tool's making, alone or beside the clip it was made from.

What can be asked then: is there a face that a detector finds; does the picture at the clip's faces
still follow them, as it does under blur and mosaic; does the file say who made it; and is the
clip's sound in it. Nobody knows where a mask should be, so a film in which nothing was found may
have been left bare wherever no detector sees anybody.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from safehouse.audit.case import FindFaces
from safehouse.audit.faces import Faces, Looked
from safehouse.audit.faces import build_attack as build_faces
from safehouse.audit.following import attack_following
from safehouse.audit.sound import side_by_side
from safehouse.audit.voiced import WINDOW, VoicedCheck
from safehouse.errors import SourceError
from safehouse.media.containers import check_film
from safehouse.media.filmcheck import ENCODER_NAMES
from safehouse.media.inspect import Row, identifying_strings, inspect_file
from safehouse.media.reader import ClipReader, read_range, read_sound
from safehouse.media.search import search_file
from safehouse.model.clip import Clip, SoundStream, VideoStream
from safehouse.model.frame import OriginalFrame
from safehouse.model.plan import Chunk, Output, Plan
from safehouse.model.report import Attack, Control, Report, Spot
from safehouse.model.words import Said, say

__all__ = ["audit_plain", "plain_plan"]

EVERY_QUICK, EVERY_FULL = 10, 3
"""Frames from one whole look to the next: there is nothing else to find a face by."""

Search = Callable[[VideoStream], FindFaces]
"""Returns the detector that finds people, for a picture."""

TELLING = frozenset({"place", "device", "person", "time"})
"""Kinds of tags that tell of somebody."""

SHOWN = 20


def plain_plan(clip: Clip) -> Plan:
    """Return a plan that hides nothing, for a clip that nobody planned."""
    return Plan(clip=clip, output=Output("mov", None), cpu="none")


def audit_plain(
    film: Path,
    source: Path | None = None,
    *,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    search: Search | None = None,
    quick: bool = True,
) -> tuple[Report, Plan]:
    """Return the report on a file that was made by any tool, and the empty plan it is held to.

    Args:
        film: the file that would be delivered.
        source: the clip that it was made from; None where it is not at hand.
        progress: is called with frames done and frames in all.
        search: returns the detector that finds people, for a picture; looks at whole frames too.
        quick: look at fewer whole frames.

    Raises:
        SourceError: a file can't be read.
    """
    clip = _measured(film)
    plan = plain_plan(clip)
    attacks: list[Attack] = []
    if clip.video is not None:
        attacks.append(_attack_faces(film, plan, _faces(plan, search, quick=quick), progress))
    attacks += _attacks_beside((film, clip), source, search)
    with film.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
    report = Report(
        clip="C0000",
        film_sha256=digest,
        plan_sha256="",
        held=any(attack.result != "none found" for attack in attacks),
        attacks=tuple(attacks),
        remains=_remains(clip, source),
        frames=clip.video.times.count if clip.video else 0,
        depth="quick" if quick else "full",
    )
    return report, plan


def _faces(plan: Plan, search: Search | None, *, quick: bool) -> Faces:
    video = plan.clip.video
    find = search(video) if search and video else None
    return Faces(plan, quick=quick, find=find, every=EVERY_QUICK if quick else EVERY_FULL)


def _attacks_beside(
    ours: tuple[Path, Clip], source: Path | None, search: Search | None
) -> Iterator[Attack]:
    """Yield the attacks that hold the film against its clip, as far as that is at hand."""
    film, clip = ours
    original = _measured(source) if source else None
    if clip.video is not None and source and original and original.video is not None:
        find = search(original.video) if search else None
        yield attack_following(ours, (source, original), find)
    yield _attack_container(film, source)
    if clip.sound and source and original:
        yield _attack_sound(ours, (source, original))


def _measured(path: Path) -> Clip:
    with ClipReader(path, "C0000") as reader:
        for _ in reader.frames():
            pass
        return reader.clip()


def _remains(clip: Clip, source: Path | None) -> tuple[str, ...]:
    rows = [
        say(
            "There is no plan, so nobody knows where a mask should be: whoever no detector sees "
            "may be shown. Small, dark, turned and covered faces are missed most easily."
        ),
        say("Clothing, body, gait, hands, the place, and what is said."),
    ]
    if source is None:
        rows.append(
            say(
                "The clip it was made from was not at hand: blur, mosaic and sound were not held "
                "against it."
            )
        )
        if clip.sound:
            rows.append(say("There is sound. Voices in it were not looked for."))
    return tuple(rows)


def _attack_faces(
    film: Path, plan: Plan, faces: Faces, progress: Callable[[int, int], None]
) -> Attack:
    """Look for faces in whole frames of the film."""
    video = plan.clip.video
    count = video.times.count if video else 0
    with closing(faces) as looked:
        for frame in _frames(film, plan.clip, count):
            looked.look(frame, frame)
            progress(frame.index + 1, count)
        found: Looked = looked.result()
    attack = build_faces(found, plan)
    words = say("there is no plan: what the detector sees on the clip itself is under “following”")
    return msgspec.structs.replace(attack, control=Control(None, words))


def _frames(path: Path, clip: Clip, count: int) -> Iterator[OriginalFrame]:
    if clip.video is not None:
        yield from read_range(path, clip.video, Chunk(0, count, 0))


def _not_run(name: str, title: str, why: str) -> Attack:
    return Attack(
        name=name,
        title=title,
        result="not run",
        figure=why,
        control=Control(None, say("not tried")),
    )


def _attack_container(film: Path, source: Path | None) -> Attack:
    """Look for what tells of a maker: in a film of ours by the allow-list, else by its tags."""
    rows = () if not check_film(film) else inspect_file(film).rows
    telling = [row for row in rows if row.kind in TELLING and row.where != "file system"]
    strings = _telling_strings(source) if source else frozenset()
    hits = search_file(film, strings) if strings else ()
    spots = [Spot(0, 1, _words_of(row)) for row in telling]
    for hit in hits:
        spots.append(Spot(0, 1, say("a string of the clip stands at byte {at}", at=hit.offset)))
    return Attack(
        name="container",
        title=say("Does the file say who made it, where, when or with what?"),
        result="leak" if spots else "none found",
        figure=say(
            "{rows} tags and boxes read, {telling} tell of a person, place, device or time; "
            "{strings} identifying strings of the clip searched for: {hits} found",
            rows=len(rows),
            telling=len(telling),
            strings=len(strings),
            hits=len(hits),
        ),
        control=_search_control(source, strings),
        spots=tuple(_shortened(spots)),
    )


def _shortened(spots: list[Spot]) -> list[Spot]:
    more = len(spots) - SHOWN
    return spots[:SHOWN] + ([Spot(0, 1, say("and {n} more", n=more))] if more > 0 else [])


def _search_control(source: Path | None, strings: frozenset[bytes | str]) -> Control:
    """Return what the same search finds in the clip itself."""
    if source is None or not strings:
        return Control(None, say("nothing to search for"))
    found = len({hit.string for hit in search_file(source, strings)})
    words = say(
        "the same search finds {found} of the {strings} strings in the clip itself",
        found=found,
        strings=len(strings),
    )
    return Control(True if found else None, words)


def _words_of(row: Row) -> Said:
    """Return what a tag tells, in words."""
    tells = {
        "place": say("{where} says {what}: it tells of a place", where=row.where, what=row.what),
        "device": say("{where} says {what}: it tells of a device", where=row.where, what=row.what),
        "person": say("{where} says {what}: it tells of a person", where=row.where, what=row.what),
        "time": say("{where} says {what}: it tells of a time", where=row.where, what=row.what),
    }
    return tells[row.kind]


def _telling_strings(source: Path) -> frozenset[bytes | str]:
    """Return what the clip says of its maker, but for the names of programs that everybody uses."""
    found = identifying_strings(source)
    words = {text: text.encode() if isinstance(text, str) else text for text in found}
    names = (*ENCODER_NAMES, b"options:")
    return frozenset(t for t, raw in words.items() if not any(name in raw for name in names))


def _attack_sound(ours: tuple[Path, Clip], theirs: tuple[Path, Clip]) -> Attack:
    """Look for the clip's own sound in the film's, at every shift."""
    (film, clip), (source, original) = ours, theirs
    title = say("Is the clip's own sound in the film?")
    check, compared = VoicedCheck(), 0
    spots: list[Spot] = []
    for mine in clip.sound:
        for other in original.sound:
            if mine.rate_hz == other.rate_hz:
                compared += 1
                check = _held_against((film, mine), (source, other))
                spots += [Spot(0, 1, _heard_at(mine, *find)) for find in check.finds]
    if not compared:
        return _not_run("sound", title, say("the film's sound has another rate than the clip's"))
    held = None if check.control is None else check.control > 1
    return Attack(
        name="sound",
        title=title,
        result="leak" if spots else "none found",
        figure=say(
            "{n} pairs of tracks; the last is {copy:.2f} of what a copy gives",
            n=compared,
            copy=check.copy,
        ),
        control=Control(held or None, say("the clip's own sound was laid 20 dB under the film's")),
        spots=tuple(_shortened(spots)),
    )


def _heard_at(track: SoundStream, first: int, _end: int, why: str) -> Said:
    return say(
        "sound track {track}, {at:.1f} s: {why}",
        track=track.index,
        at=first / track.rate_hz,
        why=why,
    )


def _held_against(mine: tuple[Path, SoundStream], other: tuple[Path, SoundStream]) -> VoicedCheck:
    check = VoicedCheck()
    held: list[tuple[NDArray[np.float32], NDArray[np.float32]]] = []
    first = count = 0
    try:
        for _, film, clip in side_by_side(read_sound(*mine), read_sound(*other)):
            held.append((film, clip))
            count += film.shape[1]
            while count >= WINDOW:
                ours, theirs = (np.concatenate(part, axis=1) for part in zip(*held, strict=True))
                _look(check, first, ours[:, :WINDOW], theirs[:, :WINDOW])
                held = [(ours[:, WINDOW:], theirs[:, WINDOW:])]
                first, count = first + WINDOW, count - WINDOW
    except SourceError:
        pass
    check.end()
    return check


def _look(
    check: VoicedCheck, first: int, film: NDArray[np.float32], clip: NDArray[np.float32]
) -> None:
    ours, theirs = (np.nan_to_num(part.astype(np.float64)) for part in (film, clip))
    if ours.shape[0] != theirs.shape[0]:
        ours, theirs = (part.mean(axis=0, keepdims=True) for part in (ours, theirs))
    if float(np.abs(ours).max(initial=0.0)) > 1e-4:
        check.look(first, ours, theirs, None, whole=False)
