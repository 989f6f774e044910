"""Rulings in plain words, for the command and the page: what shows, what not, and why."""

from collections.abc import Iterable, Mapping

from safehouse.consent.rules import rule
from safehouse.model.consent import TRAITS, Register, Ruling, Trait, Use
from safehouse.model.words import Said, msgid, said_list, say

__all__ = ["REASONS", "differences", "matrix", "reason", "tell"]

REASONS: dict[str, str] = {
    "allowed": msgid("every rule permits it"),
    "no record": msgid("nobody asked, or nothing is on record"),
    "another use": msgid("what was said is about another use"),
    "dates that can't be": msgid("its dates or limits can't be"),
    "said before": msgid("it was said before a narrowing or withdrawal; ask again"),
    "limit at high risk": msgid(
        "limited to countries or dates, at a risk that is high or not answered: once shown in one"
        " country it can be seen in all"
    ),
    "not yet": msgid("it counts from a later day"),
    "expired": msgid("it has expired"),
    "review day passed": msgid("the day to ask again has come"),
    "no proof": msgid("there is no proof, and only proof widens"),
    "provisional": msgid("it was said in dependence, in flight or not known to be in safety"),
    "condition not met": msgid("a condition is not met"),
    "not seconded": msgid("a second person has not agreed yet"),
    "waiting": msgid("the waiting time is not over"),
    "child alone": msgid("under 18 or age unknown, and no guardian has said yes"),
    "guardian alone": msgid("only a guardian has said yes"),
    "said no": msgid("they said no"),
    "contradiction": msgid("records contradict each other"),
    "frozen": msgid("deceased: frozen at the narrowest"),
    "suspended": msgid("consent is suspended"),
    "unreachable": msgid("they can't be reached"),
    "detained": msgid("they are detained"),
    "withdrawn": msgid("consent is withdrawn"),
    "hidden from somebody": msgid("they are to be hidden from somebody, and copies travel"),
    "linked person unanswered": msgid("somebody linked to them may be at risk; nobody answered"),
    "linked person at risk": msgid("somebody linked to them is at risk"),
    "unknown person": msgid("nobody on record"),
    "merged in a circle": msgid("merged in a circle"),
    "described twice": msgid("described twice"),
    "unknown trait": msgid("unknown trait"),
    "unknown medium": msgid("unknown medium"),
    "unknown country": msgid("unknown country"),
    "unknown day": msgid("unknown day"),
}
"""What a ruling's `why` means; a test holds that none is missing."""


def reason(ruling: Ruling) -> Said:
    """Return why a ruling is as it is."""
    return say(REASONS[ruling.why])


def tell(ruling: Ruling) -> Said:
    """Return one line: shown or hidden, why, and by which records."""
    told = reason(ruling)
    by = ", ".join(ruling.records)
    if ruling.allowed:
        return say("{trait}: shown ({records})", trait=ruling.trait, records=by)
    if by:
        return say(
            "{trait}: hidden, {reason} ({records})", trait=ruling.trait, reason=told, records=by
        )
    return say("{trait}: hidden, {reason}", trait=ruling.trait, reason=told)


def matrix(
    register: Register, person: str, uses: Iterable[Use]
) -> list[tuple[Use, dict[Trait, Ruling]]]:
    """Return the ruling of each trait in each use, as the consent sheet shows it."""
    return [(use, {trait: rule(register, person, trait, use) for trait in TRAITS}) for use in uses]


def differences(
    before: Mapping[tuple[str, Trait], Ruling], after: Mapping[tuple[str, Trait], Ruling]
) -> Said:
    """Return what a change of the register would show or hide, in one sentence."""
    shown = [f"{p} {t}" for (p, t), one in after.items() if one.allowed and not _was(before, p, t)]
    hidden = [f"{p} {t}" for (p, t), one in before.items() if one.allowed and not _was(after, p, t)]
    parts = [
        *([say("newly shown: {what}", what=", ".join(shown))] if shown else []),
        *([say("newly hidden: {what}", what=", ".join(hidden))] if hidden else []),
    ]
    return said_list("; ", parts) if parts else say("nothing changes in what shows")


def _was(rulings: Mapping[tuple[str, Trait], Ruling], person: str, trait: Trait) -> bool:
    found = rulings.get((person, trait))
    return found is not None and found.allowed
