"""Attack 12, context: what no mask hides and no test measures, as questions to people.

Each is asked for each person at risk, before the film is delivered. Published rates stand beside
them where there are any; they are of machines, on data sets, and say what to expect at worst.
"""

from safehouse.model.plan import Plan
from safehouse.model.report import Question
from safehouse.model.words import say

__all__ = ["questions_of"]

REID = "SOLIDER, CVPR 2023"
GREW = "OpenGait, CVPR 2023"

PICTURE = (
    Question(
        "clothing",
        say("Would somebody know them by their clothes, hair, jewellery or bag?"),
        say("Machines find the same clothes again with 90 to 97 % success (MSMT17, Market-1501)."),
        REID,
    ),
    Question("body", say("Would somebody know them by their build, height or age?")),
    Question(
        "gait",
        say("Are they seen walking, or moving in a way that those who know them would know?"),
        say("Machines know a walk again in 60 % of trials, filmed in the street (GREW)."),
        GREW,
    ),
    Question("hands", say("Are hands, tattoos, scars or skin to be seen that are theirs alone?")),
    Question(
        "place",
        say(
            "Does the place tell who they are: a home, a workplace, a view, a street, the weather "
            "of a day?"
        ),
    ),
    Question(
        "text",
        say("Is there a name, sign, number plate, badge, screen or letter in the picture?"),
    ),
    Question(
        "reflections",
        say("Is their face in a mirror, a window, a photograph or on a poster, left open?"),
    ),
    Question(
        "mask",
        say("Do the number, size or motion of the masks tell something: a nod, a child, a pair?"),
    ),
)
AGREED = Question(
    "agreed",
    say(
        "Has each person who is shown or heard agreed to this version, where it goes and for how "
        "long, since it was finished?"
    ),
)
ALWAYS = (
    Question(
        "story",
        say("Does what happens, or who else is there, leave only one person it can be?"),
    ),
    Question("witnesses", say("Who knows that this was filmed, and with whom? Can they be asked?")),
    Question(
        "elsewhere",
        say("Is another version, a trailer, a photograph or this clip itself out already?"),
    ),
    Question(
        "shown",
        say("Was the film shown to them, or to somebody who knows them? Were they recognised?"),
    ),
)
SPEECH = Question(
    "said",
    say("Does what is said name a person, a place, a date, or something that few people know?"),
)
VOICE = Question(
    "voice",
    say("Is their own voice to be heard, however changed? Who would know it?"),
    say(
        "A machine that was trained on this disguise picked the right one of ten people in 4 of "
        "10 tries; of voices as they are, in every try."
    ),
    "docs/voices.md",
)


def questions_of(plan: Plan) -> tuple[Question, ...]:
    """Return what people have to answer about a film made by this plan."""
    actions = {span.action for track in plan.sound for span in track.spans}
    rows: tuple[Question, ...] = PICTURE if plan.clip.video is not None else ()
    if plan.output.sound or not plan.output.video:
        rows += (SPEECH,)
    if actions & {"reveal", "disguise"}:
        rows += (VOICE,)
    if plan.shown or plan.heard:
        rows += (AGREED,)
    return (*rows, *ALWAYS)
