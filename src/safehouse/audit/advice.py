"""What to do first: the words at the head of a report, and what helps when an attack succeeds."""

from collections.abc import Iterator

from safehouse.audit.strip import time_code
from safehouse.model.clip import VideoStream
from safehouse.model.plan import Plan
from safehouse.model.report import Attack, Report
from safehouse.model.words import Said, said_list, say, say_n

__all__ = [
    "NAMES",
    "REMEDIES",
    "RESULTS",
    "WORKS",
    "headline",
    "name_of",
    "next_steps",
    "remedy",
    "result_of",
]

NAMES = {
    "coverage": say("Masks in the picture"),
    "faces": say("Faces left over"),
    "seen": say("Who is seen, and for how long"),
    "following": say("Faces that can be followed"),
    "interference": say("What lies under the masks"),
    "embeddings": say("Faces told by a machine"),
    "many frames": say("A face put together from many frames"),
    "ghosts": say("Pieces of faces beside the masks"),
    "outlines": say("What the masks' outlines tell"),
    "sensor noise": say("The noise of the camera's sensor"),
    "container": say("What the file says"),
    "sound": say("Sound"),
    "voices": say("Voices told by a machine"),
    "versions": say("Versions against each other"),
    "shown": say("Who is shown"),
}
"""Attack → its heading."""

RESULTS = {
    "none found": say("no leak found"),
    "leak": say("leak found"),
    "not run": say("not run to its end"),
}
NOT_MEASURED = say("not measurable here")
MEASURING = frozenset({"embeddings", "many frames", "voices", "sensor noise", "shown"})
"""Attacks that say nothing where there is nothing to try them on: neither clear nor held."""

WORKS = {
    True: say("the test works"),
    False: say("the test does not work"),
    None: say("nothing to try it on"),
}

BY_HAND = say(
    "Hide that place: add a mask with “why”: “hand” to plan.json there, and render the film again."
)
REMEDIES = {
    "coverage": say(
        "This is not the film that the plan makes: render it again, copy it whole, and audit it."
    ),
    "faces": BY_HAND,
    "seen": BY_HAND,
    "following": say("Blur and mosaic can be undone. Hide with safehouse, which fills instead."),
    "interference": say(
        "This is a fault of safehouse, which no edit of the plan mends. Keep the plan and this "
        "report, and tell those who make it."
    ),
    "many frames": say("Hide that face with veil or solid, not with a mosaic, and render again."),
    "ghosts": say("Make the masks wider there, and render the film again."),
    "outlines": say("Hide with larger and calmer masks, or the whole picture, and render again."),
    "sensor noise": say(
        "Deliver a smaller picture, or a more strongly compressed one. That lowers what is left of "
        "the sensor's noise, and never takes all of it."
    ),
    "embeddings": say("Make the masks larger, or hide with --look solid, and render again."),
    "shown": say(
        "Look at that place. If it is not the person who agreed, take back who it is, or draw a "
        "mask, and render the film again."
    ),
    "container": say("Write the film anew with safehouse; no other program may touch it after."),
    "sound": say("Mute what is named in the plan, and render the film again."),
    "voices": say("Deliver with --voices revoice, or mute, and render the film again."),
    "versions": say(
        "What was delivered can't be called back. Whoever holds both versions learns who is newly "
        "hidden, and sees them in the earlier one. Hide other people too, so that the new mask "
        "singles out nobody, or wait for a version that was planned anyway."
    ),
}
"""Attack → what to do when it succeeds."""

NOT_RUN = say(
    "Nobody knows what it would have found. Mend what stopped it, and audit the film again."
)


def name_of(attack: Attack) -> str:
    """Return the heading of an attack; its id where it has none."""
    return NAMES.get(attack.name, attack.name)


def result_of(attack: Attack) -> Said:
    """Return an attack's result in words."""
    unmeasured = attack.name in MEASURING and attack.control.held is None
    if attack.result == "none found" and unmeasured:
        return NOT_MEASURED
    return RESULTS[attack.result]


def remedy(attack: Attack) -> str:
    """Return what to do about an attack's result; "" where nothing needs doing."""
    if attack.result == "leak":
        return REMEDIES.get(attack.name, BY_HAND)
    return NOT_RUN if attack.result == "not run" else ""


def headline(report: Report, video: VideoStream | None = None) -> Said:
    """Return the first line: held and why, or that these tests found nothing."""
    broken = [name_of(a) for a in report.attacks if a.result == "not run"]
    leaks = [a for a in report.attacks if a.result == "leak"]
    seen = next((a for a in leaks if a.name == "seen" and a.spots), None)
    if seen is not None and video is not None:
        first = seen.spots[0]
        return say_n(
            "Held: {what}, at {when}",
            "Held: {what}, at {when}; look at {n} places",
            len(seen.spots),
            what=first.what,
            when=time_code(video, first.first),
        )
    if leaks:
        return say_n(
            "Held: {n} place to look at ({names})",
            "Held: {n} places to look at ({names})",
            sum(len(a.spots) for a in leaks),
            names=said_list(", ", [name_of(a) for a in leaks]),
        )
    if broken:
        names = said_list(", ", broken)
        return say("Held: a test could not be run to its end ({names})", names=names)
    things = len(report.remains)
    if report.watched:
        return say("No leak found by these tests; {things} things remain", things=things)
    return say(
        "No leak found by these tests; {things} things remain; nobody has watched it yet",
        things=things,
    )


def next_steps(report: Report, plan: Plan) -> tuple[str, ...]:
    """Return what to do now, the most urgent first."""
    return tuple(_steps(report, plan))


def _steps(report: Report, plan: Plan) -> Iterator[str]:
    if report.held:
        yield say("Do not give this film away. It keeps the ending .held until no test holds it.")
    if any(span.action == "disguise" for track in plan.sound for span in track.spans):
        yield say(
            "This is a copy to cut with: voices are disguised and can be recognised. Do not "
            "publish it; deliver with --voices revoice, or mute."
        )
    told: set[str] = set()
    for attack in sorted(report.attacks, key=_urgency):
        parts: list[str] = [
            say(
                "Look at {where}: {what}.",
                where=_where(attack, spot.first, plan.clip.video),
                what=spot.what,
            )
            for spot in attack.spots[:1]
        ]
        help_with = remedy(attack)
        if help_with and help_with not in told:
            told.add(help_with)
            parts.append(help_with if parts else _of(attack, help_with))
        if parts:
            yield said_list(" ", parts)
    yield from _watching(report)
    if report.depth == "quick" and not report.held:
        yield say(
            "This was the quick audit. Before delivery try everything: safehouse audit --full."
        )
    yield say("Read what remains, and ask each person at risk about each line of it.")


def _watching(report: Report) -> Iterator[str]:
    """Yield that the film is to be watched, until somebody has."""
    if report.watched:
        return
    if not report.unsure:
        yield say(
            "No person has watched this yet. Watch the whole film once, slowly, before it leaves "
            "your hands."
        )
        return
    yield say_n(
        "No person has watched this yet: {n} uncertain span. Watch the whole film once, slowly, "
        "before it leaves your hands; begin with the span listed below.",
        "No person has watched this yet: {n} uncertain spans. Watch the whole film once, slowly, "
        "before it leaves your hands; begin with the spans listed below.",
        len(report.unsure),
    )


def _urgency(attack: Attack) -> int:
    """Return the rank of an attack: first who is seen, then what else was found."""
    order = ("seen", "faces", "following", "coverage")
    rank = order.index(attack.name) if attack.name in order else len(order)
    return rank if attack.result == "leak" else rank + len(order) + 1


def _of(attack: Attack, words: str) -> str:
    """Return words about an attack that found no place, with its heading."""
    return say("{result}: {words}", result=name_of(attack), words=words)


def _where(attack: Attack, frame: int, video: VideoStream | None) -> str:
    if attack.name == "container" or video is None:
        return say("the file")
    return say("{when} (frame {frame})", when=time_code(video, frame), frame=frame)
