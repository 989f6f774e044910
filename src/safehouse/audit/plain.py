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

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from safehouse.audit.case import FindFaces
from safehouse.audit.detectors import find_hog
from safehouse.audit.faces import Faces, Looked
from safehouse.audit.faces import build_attack as build_faces
from safehouse.audit.sound import side_by_side
from safehouse.audit.voiced import WINDOW, VoicedCheck
from safehouse.errors import SourceError
from safehouse.media.containers import check_film
from safehouse.media.filmcheck import ENCODER_NAMES
from safehouse.media.inspect import identifying_strings, inspect_file
from safehouse.media.reader import ClipReader, read_range, read_sound
from safehouse.media.search import search_file
from safehouse.model.box import Box
from safehouse.model.clip import Clip, SoundStream, VideoStream
from safehouse.model.frame import OriginalFrame
from safehouse.model.plan import Chunk, Output, Plan
from safehouse.model.report import Attack, Control, Report, Spot

__all__ = ["audit_plain", "follows", "plain_plan"]

EVERY = 5
"""The clip's faces are looked for in one frame of so many."""

SIDE = 8
"""Squares on a side, in which a face is compared: what blur and mosaic leave."""

FOLLOWS = 0.6
"""Correlation above this: the picture is a function of the face. A slope and chance give 0.3."""

GAIN = 0.1
"""Least share of the face's own contrast; below it is nothing but the codec's noise."""

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
    search: Callable[[VideoStream], FindFaces] | None = None,
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
        looked = Faces(plan, quick=quick, find=search(clip.video) if search else None)
        attacks.append(_attack_faces(film, plan, looked, progress))
    attacks += _attacks_beside((film, clip), source)
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
    )
    return report, plan


def _attacks_beside(ours: tuple[Path, Clip], source: Path | None) -> Iterator[Attack]:
    """Yield the attacks that hold the film against its clip, as far as that is at hand."""
    film, clip = ours
    original = _measured(source) if source else None
    if clip.video is not None and source and original and original.video is not None:
        yield _attack_following(ours, (source, original))
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
        "There is no plan, so nobody knows where a mask should be: whoever no detector sees may "
        "be shown. Small, dark, turned and covered faces are missed most easily.",
        "Clothing, body, gait, hands, the place, and what is said.",
    ]
    if source is None:
        rows.append(
            "The clip it was made from was not at hand: blur, mosaic and sound were not "
            "held against it."
        )
        if clip.sound:
            rows.append("There is sound. Voices in it were not looked for.")
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
    words = "there is no plan: what the detector sees on the clip itself is under 'following'"
    return msgspec.structs.replace(attack, control=Control(None, words))


def _frames(path: Path, clip: Clip, count: int) -> Iterator[OriginalFrame]:
    if clip.video is not None:
        yield from read_range(path, clip.video, Chunk(0, count, 0))


def follows(film: NDArray[np.uint8], original: NDArray[np.uint8]) -> tuple[float, float]:
    """Return how a part of the film follows the same part of the clip: correlation and gain.

    Both are brought to SIDE x SIDE squares, and their slope is taken away: light from one side is
    in a fill too.
    """
    ours, theirs = _coarse(film), _coarse(original)
    power = float((theirs * theirs).sum())
    if power < SIDE * SIDE:
        return 0.0, 0.0
    gain = float((ours * theirs).sum()) / power
    size = float(np.sqrt((ours * ours).sum() * power))
    return (float((ours * theirs).sum()) / size if size > 1e-6 else 0.0), gain


def _coarse(part: NDArray[np.uint8]) -> NDArray[np.float64]:
    small = cv2.resize(part, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float64)
    y, x = np.mgrid[:SIDE, :SIDE]
    slope = np.stack([np.ones(SIDE * SIDE), x.ravel(), y.ravel()], axis=1)
    fitted, *_ = np.linalg.lstsq(slope, small.ravel(), rcond=None)
    return np.asarray(small.ravel() - slope @ fitted)


def _attack_following(ours: tuple[Path, Clip], theirs: tuple[Path, Clip]) -> Attack:
    """Hold the film against the clip where a detector finds a face in the clip."""
    (film, clip), (source, original) = ours, theirs
    one, two = clip.video, original.video
    title = "Where the clip shows a face, does the picture still follow it?"
    if one is None or two is None or (one.width, one.height) != (two.width, two.height):
        return _not_run("following", title, "the film has another size than the clip")
    count = min(one.times.count, two.times.count)
    faces, spots, most = 0, [], 0.0
    pairs = zip(_frames(film, clip, count), _frames(source, original, count), strict=False)
    for shown, bare in pairs:
        if bare.index % EVERY:
            continue
        for part in _faces_in(bare):
            faces += 1
            alike, gain = follows(_part(shown, part), _part(bare, part))
            most = max(most, alike if gain >= GAIN else 0.0)
            if alike > FOLLOWS and gain >= GAIN:
                words = (
                    f"the picture follows a face of the clip, {alike:.2f} at {gain:.0%} contrast"
                )
                spots.append(Spot(bare.index, bare.index + 1, words))
    same = one.times.count == two.times.count
    return Attack(
        name="following",
        title=title,
        result="leak" if spots else ("none found" if same else "not run"),
        figure=(
            f"{faces} faces of the clip in one frame of {EVERY}, of {count}: the film follows them "
            f"with {most:.2f} at most (a function of the face from {FOLLOWS})"
        ),
        control=Control(
            True if faces else None,
            "the clip follows itself with 1.00" if faces else "no face is found in the clip",
        ),
        spots=tuple(spots),
    )


def _faces_in(frame: OriginalFrame) -> list[Box]:
    height, width = frame.planes[0].shape
    whole = Box(0, 0, width, height)
    scale = min(2.0, (1_000_000 / max(1, whole.area)) ** 0.5)
    found = (face.box.clip(width, height) for face in find_hog(_luma(frame), whole, scale, 0))
    return [box for box in found if box.area >= SIDE * SIDE]


def _luma(frame: OriginalFrame) -> NDArray[np.uint8]:
    return (frame.planes[0] >> (frame.layout.depth - 8)).astype(np.uint8)


def _part(frame: OriginalFrame, box: Box) -> NDArray[np.uint8]:
    return _luma(frame)[box.y0 : box.y1, box.x0 : box.x1]


def _not_run(name: str, title: str, why: str) -> Attack:
    return Attack(
        name=name, title=title, result="not run", figure=why, control=Control(None, "not tried")
    )


def _attack_container(film: Path, source: Path | None) -> Attack:
    """Look for what tells of a maker: in a film of ours by the allow-list, else by its tags."""
    ours = not check_film(film)
    rows = () if ours else inspect_file(film).rows
    telling = [row for row in rows if row.kind in TELLING and row.where != "file system"]
    spots = [
        Spot(0, 1, f"{row.where} says {row.what}: it tells of a {row.kind}") for row in telling
    ]
    strings = _telling_strings(source) if source else frozenset()
    hits = search_file(film, strings) if strings else ()
    spots += [Spot(0, 1, f"a string of the clip stands at byte {hit.offset}") for hit in hits]
    more = len(spots) - SHOWN
    shown = spots[:SHOWN] + ([Spot(0, 1, f"and {more} more")] if more > 0 else [])
    found = len({hit.string for hit in search_file(source, strings)}) if source and strings else 0
    words = f"the same search finds {found} of the {len(strings)} strings in the clip itself"
    return Attack(
        name="container",
        title="Does the file say who made it, where, when or with what?",
        result="leak" if spots else "none found",
        figure=(
            f"{len(rows)} tags and boxes read, {len(telling)} tell of a person, place, device or "
            f"time; {len(strings)} identifying strings of the clip searched for: {len(hits)} found"
        ),
        control=Control(True if found else None, words if strings else "nothing to search for"),
        spots=tuple(shown),
    )


def _telling_strings(source: Path) -> frozenset[bytes | str]:
    """Return what the clip says of its maker, but for the names of programs that everybody uses."""
    found = identifying_strings(source)
    words = {text: text.encode() if isinstance(text, str) else text for text in found}
    names = (*ENCODER_NAMES, b"options:")
    return frozenset(t for t, raw in words.items() if not any(name in raw for name in names))


def _attack_sound(ours: tuple[Path, Clip], theirs: tuple[Path, Clip]) -> Attack:
    """Look for the clip's own sound in the film's, at every shift."""
    (film, clip), (source, original) = ours, theirs
    title = "Is the clip's own sound in the film?"
    check, compared = VoicedCheck(), 0
    spots: list[Spot] = []
    for mine in clip.sound:
        for other in original.sound:
            if mine.rate_hz == other.rate_hz:
                compared += 1
                check = _held_against((film, mine), (source, other))
                spots += [
                    Spot(0, 1, f"sound track {mine.index}, {first / mine.rate_hz:.1f} s: {why}")
                    for first, _, why in check.finds
                ]
    if not compared:
        return _not_run("sound", title, "the film's sound has another rate than the clip's")
    held = None if check.control is None else check.control > 1
    return Attack(
        name="sound",
        title=title,
        result="leak" if spots else "none found",
        figure=(f"{compared} pairs of tracks; the last is {check.copy:.2f} of what a copy gives"),
        control=Control(held or None, "the clip's own sound was laid 20 dB under the film's"),
        spots=tuple(spots[:SHOWN]),
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
