"""`safehouse version add|list`, `watch`: what a film is shown as, and who watched it."""

from enum import StrEnum
from typing import Annotated, cast

import typer

from safehouse.cli.options import JsonFlag, Look
from safehouse.cli.project import Here, in_project
from safehouse.cli.render import next_line
from safehouse.cli.screen import ask, in_words, print_json, print_lines, print_plain
from safehouse.delivering import Knower, add_version, watch_version
from safehouse.errors import UsageError
from safehouse.film_status import version_status
from safehouse.model.acts import AddVersion
from safehouse.model.text import escape
from safehouse.store.reading_versions import read_deliveries, read_versions
from safehouse.version_states import states

app = typer.Typer(help="Versions of a film: what each is made for.", no_args_is_help=True)


class MediumName(StrEnum):
    """Where a version is shown."""

    festival = "festival"
    broadcast = "broadcast"
    online = "online"
    education = "education"
    court = "court"
    press = "press"
    trailer = "trailer"


class Silence(StrEnum):
    """What becomes of voices that may not be heard."""

    mute = "mute"
    disguise = "disguise"


class Recognised(StrEnum):
    """What somebody who knows the people said."""

    nobody = "nobody"
    somebody = "somebody"


Name = Annotated[str, typer.Argument(metavar="NAME", help="Example: festival-cut")]
Many = typer.Option


@app.command("add")
@in_project
def add(  # noqa: PLR0913 - one argument an option of the command
    here: Here,
    name: Name,
    medium: Annotated[MediumName, typer.Option(help="Example: --medium festival")],
    territory: Annotated[
        list[str] | None, Many("--territory", help="Two letters: FR. May be repeated.")
    ] = None,
    day: Annotated[str, typer.Option(help="Consent must hold on it; the day of the render.")] = "",
    clip: Annotated[
        list[str] | None, Many("--clip", help="Only this clip. May be repeated.")
    ] = None,
    look: Annotated[Look, typer.Option(help="Example: --look solid")] = Look.veil,
    voices: Annotated[Silence, typer.Option(help="disguise is no promise.")] = Silence.mute,
    planned: Annotated[str, typer.Option(help="It is to come. Example: --planned 2027-03")] = "",
) -> int:
    """Add a version, or describe one anew; its films are stale then.

    Example:
      safehouse version add festival-cut --medium festival --territory FR
    """
    version = AddVersion(
        version=name,
        medium=medium.value,
        territories=tuple(code.upper() for code in territory or ()),
        day=day,
        clips=tuple(clip or ()),
        look=look.value,
        voices=voices.value,
        planned=planned,
    )
    with here.opened() as film:
        add_version(film, version)
    print_lines(f"version: {escape(name)}", f"next: safehouse render --version {escape(name)}")
    return 0


@app.command("list")
@in_project
def list_versions(here: Here, as_json: JsonFlag = False) -> int:
    """List the versions of a film, and where the clips of each stand.

    Example:
      safehouse version list
    """
    with here.opened() as film:
        rows = []
        for version in read_versions(film):
            found = states(film, version.version)
            counts: dict[str, int] = {}
            for row in found:
                counts[row.state] = counts.get(row.state, 0) + 1
            rows.append((version, counts, len(read_deliveries(film, version.version))))
    if as_json:
        print_json([_as_values(*row) for row in rows])
    else:
        print_plain(*(_line(*row) for row in rows))
        if not rows:
            print_lines("there is no version yet")
    return 0


@in_project
def watch(
    here: Here,
    name: Name,
    recognised: Annotated[
        Recognised | None,
        typer.Option(help="Somebody who knows the people was shown it, and recognised …"),
    ] = None,
    note: Annotated[str, typer.Option(help="A note, without names.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Yes, all of it was watched.")] = False,
) -> int:
    """Record that you watched every film of a version, from beginning to end.

    What counts is exactly the films that lie there now.

    Example:
      safehouse watch festival-cut --recognised nobody
    """
    question = f"Did you watch every film of {escape(name)}, from beginning to end?"
    if not yes and not ask(question):
        raise UsageError(
            "a version is watched by a human, or not at all",
            kept="nothing was recorded",
            next_step="watch it, then say so, or add --yes",
        )
    knower = f"recognised {recognised.value}" if recognised else "not shown"
    with here.opened() as film:
        count = watch_version(film, name, knower=cast(Knower, knower), words=note)
        stands = version_status(film, name)
    films = "1 film" if count == 1 else f"{count} films"
    print_lines(f"watched: {films} of {escape(name)}, by their digests")
    if recognised is Recognised.somebody:
        print_lines("somebody was recognised: just these films will not be delivered")
    else:
        print_lines(next_line(stands))
    return 0


def _as_values(version: AddVersion, counts: dict[str, int], delivered: int) -> dict[str, object]:
    return {
        "version": version.version,
        "medium": version.medium,
        "territories": list(version.territories),
        "day": version.day,
        "planned": version.planned,
        "look": version.look,
        "voices": version.voices,
        "clips": list(version.clips),
        "states": counts,
        "delivered": delivered,
    }


def _line(version: AddVersion, counts: dict[str, int], delivered: int) -> str:
    """Return what a version is and where it stands, as it is said; its name is no word for that."""
    found = ", ".join(f"{count} {state}" for state, count in counts.items()) or "no clip"
    out = [f"delivered {delivered} times" if delivered > 1 else "delivered once"] * bool(delivered)
    words = "; ".join([version.medium, *_said_of(version), found, *out])
    return version.version + in_words(": ") + in_words(words)


def _said_of(version: AddVersion) -> list[str]:
    """Return what a version was said to be for, and how it looks, where that is not the usual."""
    countries, clips = " ".join(version.territories), " ".join(version.clips)
    return [
        *([f"countries {countries}"] if countries else []),
        *([f"for the day {version.day}"] if version.day else []),
        *([f"planned for {escape(version.planned)}"] if version.planned else []),
        *([f"only the clips {clips}"] if clips else []),
        *([f"look {version.look}"] if version.look != "veil" else []),
        *(["voices disguised"] if version.voices == "disguise" else []),
    ]
