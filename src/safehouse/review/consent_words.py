"""The words of the consent sheet: what the register's stable words mean to people."""

from safehouse.model.words import msgid

__all__ = ["HOWS", "PLAIN", "PRESENT", "STATE_WORDS", "TRAIT_WORDS", "WHY_WORDS"]

TRAIT_WORDS = {
    "face": msgid("Face"),
    "voice": msgid("Voice"),
    "name": msgid("Name"),
    "place": msgid("Place"),
    "body": msgid("Body and clothing"),
    "story": msgid("Details of the story"),
}

WHY_WORDS = {
    "allowed": msgid("allowed"),
    "no record": msgid("nothing on record"),
    "another use": msgid("said for another use"),
    "dates that can't be": msgid("dates that can't be"),
    "said before": msgid("said before a withdrawal"),
    "limit at high risk": msgid("a limit does not help at high risk"),
    "not yet": msgid("not yet"),
    "expired": msgid("expired"),
    "review day passed": msgid("to be asked again"),
    "no proof": msgid("no proof"),
    "provisional": msgid("provisional: ask again in safety"),
    "condition not met": msgid("a condition is not met"),
    "not seconded": msgid("waits for a second person"),
    "waiting": msgid("in its waiting time"),
    "child alone": msgid("a guardian's yes is missing"),
    "guardian alone": msgid("a guardian's yes alone"),
    "said no": msgid("said no"),
    "contradiction": msgid("a contradiction: no"),
    "frozen": msgid("frozen at the narrowest"),
    "hidden from somebody": msgid("must be hidden from somebody"),
    "linked person at risk": msgid("a linked person is at risk"),
    "linked person unanswered": msgid("a linked person's risk is not answered"),
    "withdrawn": msgid("withdrawn"),
    "suspended": msgid("suspended"),
    "unreachable": msgid("unreachable"),
    "detained": msgid("detained"),
    "provisional state": msgid("provisional"),
}

STATE_WORDS = {
    "provisional": msgid("provisional: asked again in safety"),
    "given": msgid("given: what is on record counts again"),
    "narrowed": msgid("narrowed: only what is said from now on"),
    "suspended": msgid("suspended: hidden until further notice"),
    "unreachable": msgid("unreachable: hidden"),
    "detained": msgid("detained: hidden, linked people too"),
    "withdrawn": msgid("withdrawn: hidden from now on"),
    "deceased": msgid("deceased: frozen at the narrowest"),
}

HOWS = {
    "told": msgid("told only: can narrow, never reveal"),
    "paper": msgid("on paper"),
    "audio": msgid("as a sound recording"),
    "video": msgid("as a film recording"),
}

PRESENT = {
    "none": msgid("nobody with power over them"),
    "broker": msgid("a broker"),
    "guardian": msgid("a guardian"),
    "employer": msgid("an employer"),
    "spouse": msgid("a spouse"),
    "payer": msgid("somebody who pays them"),
    "crew": msgid("the crew"),
    "unknown": msgid("not known"),
}

PLAIN = (
    *(msgid("festival"), msgid("broadcast"), msgid("online"), msgid("education"), msgid("court")),
    *(msgid("press"), msgid("trailer"), msgid("participant"), msgid("bystander"), msgid("crew")),
    *(msgid("translator"), msgid("driver"), msgid("camera"), msgid("unknown")),
    *(msgid("unanswered"), msgid("some"), msgid("high"), msgid("adult"), msgid("child")),
    *(msgid("no risk"), msgid("given"), msgid("narrowed"), msgid("deceased")),
    *(msgid("missing"), msgid("stale"), msgid("wrong"), msgid("held"), msgid("ready")),
    *(msgid("waits"), msgid("runs"), msgid("done"), msgid("failed"), msgid("stopped")),
    *(msgid("auto"), msgid("ltr"), msgid("rtl"), msgid("none found"), msgid("leak")),
    *(msgid("not run"), msgid("media"), msgid("territories"), msgid("versions"), msgid("review")),
    *(msgid("valid from"), msgid("how"), msgid("explanation"), msgid("guardian"), msgid("face")),
    *(msgid("voice"), msgid("accept"), msgid("hide"), msgid("nothing")),
)
"""Stable words of the project that the page shows as they are."""
