"""What remains: what may still identify somebody, in plain words, for every report."""

from safehouse.model.plan import Plan

__all__ = ["remains_of"]

ALWAYS = (
    "People who were never found. Heads smaller than about 12 px, backs of heads, and heads in "
    "dark parts of the picture may not have been found; nor every head that is partly hidden or "
    "lies. Only a person who watches the whole film can find them.",
    "Clothing, hair that shows beside a mask, jewellery. Machines find the same clothes in other "
    "footage with 90 to 97 % success in published tests.",
    "Body shape and the way of walking and moving. People who know a person recognise both; "
    "machines recognise a walk in 60 % of published trials in the street.",
    "Hands, tattoos, scars and skin outside the masks.",
    "The place: buildings, signs, number plates, views, light and weather, and written text "
    "and screens in the picture. Nothing of it is hidden.",
    "Mirrors, windows, posters and photographs in the picture, where a head was not found in them.",
    "The masks themselves: their number, size, outline and motion show how many people there are, "
    "and how each head moves: a nod or a shake of the head can still be seen.",
    "The noise of the camera's sensor. It can tie this film to other films of the same camera; "
    "writing the film anew reduces it and never removes it.",
    "The film's length, frame times, cuts and frame size are the clip's own: whoever holds "
    "another copy of the clip can tell that they belong together.",
    "What happens in the film, and who else knows that it was filmed.",
)
"""Sources of the figures: person re-identification on MSMT17 and Market-1501 (SOLIDER); gait on
GREW, in the wild (OpenGait)."""

SOUND_MUTED = (
    "Lips, gestures and subtitles burned into the picture can still tell what is said; the sound "
    "itself is silence."
)
SOUND_SHOWN = (
    "Voices: the plan reveals sound. A voice identifies a person nearly as well as a face does, "
    "and what is said can name people, places and dates."
)
REGIONS = (
    "Everything inside the regions that a person drew to be shown: nothing in them is hidden "
    "unless a mask covers it."
)


def remains_of(plan: Plan) -> tuple[str, ...]:
    """Return what may still identify somebody in a film made by this plan."""
    rows = list(ALWAYS)
    if plan.output.sound:
        shown = any(span.action == "reveal" for track in plan.sound for span in track.spans)
        rows.append(SOUND_SHOWN if shown else SOUND_MUTED)
    if plan.mode == "reveal-only":
        rows.append(REGIONS)
    return tuple(rows)
