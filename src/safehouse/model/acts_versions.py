"""Acts about versions: rendered, watched, delivered, out."""

from typing import Literal

from safehouse.model.act import Act
from safehouse.model.consent import Medium

__all__ = ["AddCopy", "AddScreening", "AddVersion", "Deliver", "RecordRender", "RecordWatch"]


class AddVersion(Act, frozen=True, kw_only=True):
    """A version is added, or described anew. clips () is all; day "" is the day of the render."""

    version: str
    medium: Medium
    territories: tuple[str, ...] = ()
    day: str = ""
    clips: tuple[str, ...] = ()
    look: Literal["veil", "solid"] = "veil"
    voices: Literal["mute", "disguise"] = "mute"
    planned: str = ""


class RecordRender(Act, frozen=True, kw_only=True):
    """A clip of a version was rendered and audited; file is below the project's folder.

    shows: (person, trait, records) that it shows or lets hear: wrong as soon as one may not be.
    inputs_sha256: digest of everything it was made from; another one makes it stale.
    parts: the pieces that it shows, by id, and the sound that it lets hear, `C0003 0 0 48000`:
        clip, track and samples. Who that is may be said otherwise later.
    """

    version: str
    clip: str
    file: str
    film_sha256: str
    plan_sha256: str
    report_sha256: str
    inputs_sha256: str
    held: bool
    shows: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    parts: tuple[str, ...] = ()


class RecordWatch(Act, frozen=True, kw_only=True):
    """A human watched a whole version, film by film; films is clip → digest of what was seen.

    knower: whether somebody who knows the people was shown it, and recognised somebody.
    """

    version: str
    films: tuple[tuple[str, str], ...]
    knower: Literal["not shown", "recognised nobody", "recognised somebody"] = "not shown"
    words: str = ""


class Deliver(Act, frozen=True, kw_only=True):
    """A version was delivered: the films by digest, and the head of the history at that time.

    shows: (person, trait) that it shows or lets hear; places: clip, person and trait, where that
    is; parts: those of its films. The deliveries of a project are counted: the first is D0001.
    """

    version: str
    films: tuple[tuple[str, str], ...]
    head: str
    shows: tuple[tuple[str, str], ...] = ()
    places: tuple[tuple[str, str, str], ...] = ()
    parts: tuple[str, ...] = ()


class AddCopy(Act, frozen=True, kw_only=True):
    """A copy of a delivered version is out: where, with whom, since when; gone when called back.

    delivery: the one that it was made of, D0001; "" where that is not known.
    """

    copy: str
    version: str
    where: str
    to: str
    since: str
    gone: bool = False
    delivery: str = ""


class AddScreening(Act, frozen=True, kw_only=True):
    """A version was or will be shown somewhere, to the public, on a day.

    delivery: the one that is shown, D0001; "" where that is not known.
    """

    version: str
    where: str
    day: str
    delivery: str = ""
