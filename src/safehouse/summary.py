"""The result of the main job in five lines, and as JSON."""

from typing import Any

from safehouse.main_job import Result
from safehouse.model.plan import SoundAction
from safehouse.model.report import Report
from safehouse.model.text import escape

__all__ = ["summary_lines", "summary_of"]


NAME_REPEATS = "The film's name repeats the clip's: rename it before it leaves your hands."


def summary_of(result: Result) -> dict[str, Any]:
    """Return what came back, as plain values for JSON; nothing in it names the source."""
    return {
        "film": str(result.film),
        "private": str(result.private),
        "held": result.held,
        "hidden": _hidden(result),
        "uncertain_spans": len(result.report.unsure),
        "attacks": {attack.name: attack.result for attack in result.report.attacks},
        "remains": list(result.report.remains),
        "notes": list(result.report.notes),
        "watched": result.report.watched,
    }


def summary_lines(result: Result) -> tuple[str, ...]:
    """Return the film, who is hidden, the attacks, what remains, what is next, each a line."""
    report = result.report
    first = "HELD, do not give away: " if result.held else "film: "
    sound = _sound_words(result)
    return (
        f"{first}{escape(str(result.film))}",
        f"hidden: {_hidden_words(result)}; {sound}",
        f"attacked: {_attack_words(report)}",
        f"remains: {len(report.remains)} things can still identify people (in the report)",
        f"no person has watched this yet: {len(report.unsure)} uncertain spans; next: open "
        f"{escape(str(result.private / 'report.html'))}",
        *_sound_advice(result),
        *([NAME_REPEATS] if result.name_repeats else []),
    )


def _attack_words(report: Report) -> str:
    """Return the attacks' results, the worst first, in words."""
    by_result = {
        "leak": "LEAK FOUND",
        "not run": "NOT RUN TO ITS END",
        "none found": "no leak found",
    }
    rows = {
        words: [a.name for a in report.attacks if a.result == result]
        for result, words in by_result.items()
    }
    return "; ".join(f"{words} ({', '.join(names)})" for words, names in rows.items() if names)


def _hidden_words(result: Result) -> str:
    """Return who or what is hidden, counted."""
    plan = result.plan
    if plan.clip.video is None:
        return "no picture"
    if plan.mode == "reveal-only":
        return f"the whole picture but {len(plan.regions)} regions that you drew"
    found = _hidden(result)
    whole = sum(m.end - m.first for m in plan.masks if m.why in {"unsure", "corrupt"})
    words = f"{found} {'appearance' if found == 1 else 'appearances'} of heads"
    words = f"{words}, and {whole} whole frames" if whole else words
    people = sorted({place.person for place in plan.shown})
    return f"{words}; SHOWN BY CONSENT: {', '.join(people)}" if people else words


def _hidden(result: Result) -> int:
    return len({mask.track for mask in result.plan.masks if mask.track})


def _actions(result: Result) -> set[SoundAction]:
    """Return what becomes of the sound, by its spans; mute is not among them."""
    return {s.action for track in result.plan.sound for s in track.spans} - {"mute"}


def _sound_words(result: Result) -> str:
    """Return what became of the sound, the most open first."""
    if not result.plan.output.sound:
        return "no sound"
    said: dict[SoundAction, str] = {
        "reveal": "SOUND REVEALED" if _is_open(result) else "SOUND REVEALED IN PLACES",
        "disguise": "VOICES DISGUISED, for cutting only",
        "revoice": "voices spoken anew",
    }
    words = [text for action, text in said.items() if action in _actions(result)]
    return " and ".join(words) or "sound muted on purpose"


def _is_open(result: Result) -> bool:
    """Return whether every sample of every track is revealed by one span."""
    whole = {(t.index, 0, t.samples) for t in result.plan.clip.sound if t.samples}
    shown = {
        (t.stream, s.first, s.end)
        for t in result.plan.sound
        for s in t.spans
        if s.action == "reveal"
    }
    return whole <= shown


def _sound_advice(result: Result) -> tuple[str, ...]:
    """Return what can be done about the sound, in a line, and what did not fit."""
    notes = tuple(note for made in result.plan.made for note in made.notes)
    if not result.plan.output.sound:
        return ()
    if _actions(result) <= {"bed"}:
        return ("Sound muted on purpose. To cut: --voices disguise. To deliver: --voices revoice.",)
    if "disguise" in _actions(result):
        return ("Disguised voices can be recognised. To deliver: --voices revoice.", *notes)
    return notes
