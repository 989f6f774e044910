"""What remains: what may still identify somebody, in plain words, for every report."""

from safehouse.model.plan import Plan
from safehouse.model.words import say

__all__ = ["remains_of"]

ALWAYS = (
    say(
        "People who were never found. Heads smaller than about 12 px, backs of heads, and heads "
        "in dark parts of the picture may not have been found; nor every head that is partly "
        "hidden or lies. Only a person who watches the whole film can find them."
    ),
    say(
        "Clothing, hair that shows beside a mask, jewellery. Machines find the same clothes in "
        "other footage with 90 to 97 % success in published tests."
    ),
    say(
        "Body shape and the way of walking and moving. People who know a person recognise both; "
        "machines recognise a walk in 60 % of published trials in the street."
    ),
    say("Hands, tattoos, scars and skin outside the masks."),
    say(
        "The place: buildings, signs, number plates, views, light and weather, and written text "
        "and screens in the picture. Nothing of it is hidden."
    ),
    say(
        "Mirrors, windows, posters and photographs in the picture, where a head was not found in "
        "them."
    ),
    say(
        "The masks themselves: their number, size, outline and motion show how many people there "
        "are, and how each head moves: a nod or a shake of the head can still be seen."
    ),
    say(
        "The noise of the camera's sensor. It can tie this film to other films of the same "
        "camera; writing the film anew reduces it and never removes it."
    ),
    say(
        "The film's length, frame times, cuts and frame size are the clip's own: whoever holds "
        "another copy of the clip can tell that they belong together."
    ),
    say("What happens in the film, and who else knows that it was filmed."),
)
"""Sources of the figures: person re-identification on MSMT17 and Market-1501 (SOLIDER); gait on
GREW, in the wild (OpenGait)."""

SOUND_MUTED = say(
    "Lips, gestures and subtitles burned into the picture can still tell what is said; the sound "
    "itself is silence."
)
SOUND_REVOICED = say(
    "What is said, in the captions' words: it can name people, places and dates, and say who "
    "would know them. The film tells when somebody spoke, and for how long; lips can still be "
    "read. No sample of the original sound is in the film."
)
SOUND_DISGUISED = say(
    "Voices are disguised, for cutting; this is no promise. The words, the rhythm and the pauses "
    "are the person's own. An attacker who has recordings of ten people, and was trained on this "
    "very disguise, picked the right one in 4 of 10 tries (1 by guessing; 10 where nothing is "
    "disguised), in 5 to 6 where other people speak in between: measured on English readers only. "
    "Do not publish it: deliver with revoice or mute."
)
SOUND_BED = say("The room tone is synthetic; nothing of the original sound's words is in it.")
SOUND_SHOWN = say(
    "Voices: the plan reveals sound. A voice identifies a person nearly as well as a face does, "
    "and what is said can name people, places and dates."
)
LIPS = say("Where a face is shown and its voice is hidden, lips can be read.")
SHOWN = say(
    "The faces of those who are shown by consent: anybody can know them, machines too, for as long "
    "as a copy of the film exists. Those beside them can be known through them."
)
REGIONS = say(
    "Everything inside the regions that a person drew to be shown: nothing in them is hidden "
    "unless a mask covers it."
)


def remains_of(plan: Plan) -> tuple[str, ...]:
    """Return what may still identify somebody in a film made by this plan."""
    rows: list[str] = list(ALWAYS)
    if plan.output.sound:
        actions = {span.action for track in plan.sound for span in track.spans}
        words = {
            "reveal": SOUND_SHOWN,
            "disguise": SOUND_DISGUISED,
            "revoice": SOUND_REVOICED,
            "bed": SOUND_BED,
        }
        rows += [said for action, said in words.items() if action in actions]
        if not actions - {"mute", "bed"}:
            rows.append(SOUND_MUTED)
        open_faces = plan.mode == "reveal-only" or bool(plan.shown)
        if actions != {"reveal"} and (open_faces or SOUND_MUTED not in rows):
            rows.append(LIPS)
    if plan.mode == "reveal-only":
        rows.append(REGIONS)
    elif plan.shown:
        rows.append(SHOWN)
    return tuple(rows)
