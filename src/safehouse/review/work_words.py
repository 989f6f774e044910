"""How far a long job is, in words: which clip of how many, and how much of its step."""

from typing import Any

from safehouse.language import Language
from safehouse.model.words import msgid, say
from safehouse.review.work import Job

__all__ = ["ENDS", "job_facts"]

ENDS = {
    "as it was": msgid("as it was"),
    "rendered": msgid("rendered"),
    "audited": msgid("attacked"),
    "held": msgid("held: the audit found a leak, or could not finish"),
    "thrown away": msgid("thrown away"),
    "failed": msgid("failed"),
    "made": msgid("made"),
    "no picture": msgid("no picture"),
    "not analysed": msgid("not looked at yet"),
}
"""What became of a clip → in words."""

BAD = frozenset({"held", "thrown away", "failed"})


def job_facts(job: Job, language: Language) -> dict[str, Any]:
    """Return what a page tells of a job, with its words in the page's language."""
    facts = job.facts()
    facts["clip_words"] = language.say(_clip(job)) if job.clips else ""
    facts["step_words"] = language.say(_step(job))
    facts["ended"] = [
        {
            "clip": clip,
            "what": what,
            "words": language.say(say(ENDS.get(what, what))),
            "bad": what in BAD,
        }
        for clip, what in job.ended
    ]
    return facts


def _clip(job: Job) -> str:
    return say("clip {clip}, {n} of {all}", clip=job.clip, n=job.number, all=job.clips)


def _step(job: Job) -> str:
    if job.state != "runs":
        return say(job.state)
    if not job.total:
        return say(job.stage)
    stage = say(job.stage)
    return say("{stage}: {done} of {total}", stage=stage, done=job.done, total=job.total)
