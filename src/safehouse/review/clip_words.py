"""What the clip view's scripts say, in words that catalogues know."""

from functools import lru_cache

from safehouse.model.words import say

__all__ = ["KINDS", "clip_words", "left_words"]

KINDS: dict[str, str] = {
    "head": say("head"),
    "child": say("child"),
    "tattoo": say("tattoo"),
    "sign": say("sign or text"),
    "window": say("window"),
    "mirror": say("mirror"),
    "other": say("something else"),
}
"""What a place that is drawn by hand is of."""


def left_words(here: int, all_here: int, film: int) -> str:
    """Return how much is undecided: in the clip in view, and in the whole film.

    Args:
        here: undecided questions of the clip.
        all_here: all questions of the clip.
        film: undecided questions of the film.
    """
    if here:
        return say(
            "{n} of {all} undecided in this clip · {film} in the film",
            n=here,
            all=all_here,
            film=film,
        )
    if film:
        return say("nothing undecided in this clip · {film} in the film", film=film)
    return say("nothing undecided, neither in this clip nor in the film")


@lru_cache(maxsize=1)
def clip_words() -> dict[str, str]:
    """Return every sentence of the scripts by its name."""
    return {
        **{f"kind_{name}": words for name, words in KINDS.items()},
        **_states(),
        **_acts(),
        **_telling(),
    }


def _states() -> dict[str, str]:
    return {
        "state_hidden": say("hidden"),
        "state_known": say("confirmed; consent decides what is shown"),
        "state_open": say("undecided"),
        "why_lost": say("lost, and hidden where it can be"),
        "why_unsure": say("nobody can say where: the whole picture is hidden"),
        "why_corrupt": say("the frame can't be decoded"),
        "hidden_whole": say("the whole picture is hidden here"),
        "by_slate": say("replaced by a slate"),
        "by_still": say("the protected frame before stays"),
        "by_nothing": say("the picture is back, protected"),
        "unknown": say("unknown"),
        "not_person": say("no person"),
        "shots": say("shots"),
        "shot": say("shot"),
        "frame": say("frame"),
        "signed": say("signed as reviewed"),
        "to_decide": say("to decide"),
        "drawn": say("drawn by hand"),
    }


def _acts() -> dict[str, str]:
    return {
        "do_accept": say("Accept: hidden as suggested"),
        "do_hide": say("Hide the whole picture"),
        "do_alike": say("Accept all {n} like this in this shot", n="{n}"),
        "do_same": say("Yes, this is"),
        "do_other": say("No, somebody else; stays hidden"),
        "do_nothing": say("Nobody is seen there"),
        "do_open": say("Ask again"),
        "do_prolong": say("Everything here from now on"),
        "do_erase": say("Take away"),
        "do_restore": say("Bring the picture back"),
        "answer_accept": say("accepted: hidden as suggested"),
        "answer_hide": say("the whole picture is hidden there"),
        "answer_nothing": say("nobody is seen there"),
        "answer_open": say("asked again"),
        "stays_hidden": say("unknown; stays hidden"),
        "hidden_there": say("hidden there"),
        "erased": say("taken away; undo brings it back"),
        "prolonged": say("hidden there to the end of the clip"),
        "commented": say("comment saved"),
        "noted": say("note saved: shown before this shot"),
        "handed": say("handed over"),
        "voiced": say("saved who is heard"),
        "undo": say("Undo"),
        "redo": say("Redo"),
        "no_undo": say("nothing to undo"),
        "no_redo": say("nothing to redo"),
        "undone": say("undone"),
        "redone": say("done again"),
    }


def _telling() -> dict[str, str]:
    return {
        "pair": say("{a}: {b}", a="{a}", b="{b}"),
        "near": say(
            "may be {person}: {apart} apart, the line is at {line}",
            person="{person}",
            apart="{apart}",
            line="{line}",
        ),
        "kept": say("kept"),
        "next": say("next"),
        "alike": say("counts for {n} alike appearances", n="{n}"),
        "nothing_asked": say("nothing is asked here"),
        "nothing_alike": say("no question here that others are alike; a guess is decided alone"),
        "no_heads": say("no head was found in this frame"),
        "none_drawn": say("nothing was drawn here"),
        "no_comments": say("no comment"),
        "already_hidden": say("this is hidden already"),
        "choose_head": say("choose a head first: [ and ], or the list"),
        "no_person": say("nobody has that number"),
        "no_more_that_way": say("nothing more is undecided that way"),
        "none_left": say("nothing is undecided in this clip"),
        "mark_first": say("mark in and out first: I and O"),
        "voice_first": say("mark in and out, and choose a head that was confirmed"),
        "marked_in": say("in"),
        "marked_out": say("out"),
        "play": say("Play"),
        "pause": say("Pause"),
        "comment": say("A comment at this frame"),
        "note": say("What a colleague should be prepared for in this shot"),
        "hand_over": say("Which colleague is to review this clip, by pseudonym"),
    }
