"""`report/1`: which attacks were run on a film, what each found, and what remains."""

from typing import Literal

import msgspec

from safehouse.model.findings import Unsure

__all__ = ["Answer", "Answers", "Attack", "Control", "Question", "Report", "Signed", "Spot"]


class Spot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place where an attack succeeded: frames first <= f < end, and words without names."""

    first: int
    end: int
    what: str


class Control(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A test of the attack itself: it must succeed on the unprotected clip.

    held None: the clip gives nothing to try it on (no face, no sound); words say so.
    """

    held: bool | None
    what: str


class Attack(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One attack and its result.

    Attributes:
        name: stable id, `coverage`.
        title: what was tried, in a filmmaker's words.
        result: `none found`, `leak` or `not run`.
        figure: the number with its unit and how much was looked at.
        control: the positive control.
        spots: where it succeeded; empty unless result is `leak`.
    """

    name: str
    title: str
    result: Literal["none found", "leak", "not run"]
    figure: str
    control: Control
    spots: tuple[Spot, ...] = ()


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What no test can tell: a person is asked about it, for each person at risk in the film.

    Attributes:
        id: `clothing`.
        words: the question.
        rate: what is published on how often it identifies somebody, or "".
        source: where that is published, or "".
    """

    id: str
    words: str
    rate: str = ""
    source: str = ""


class Report(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The result of an audit; schema `report/1`. It never says safe, and never passed.

    Attributes:
        clip: the clip's id.
        film_sha256, plan_sha256: digests of the audited film and plan.
        held: an attack found a leak, or could not be run.
        remains: what may still identify, in plain words.
        notes: what was widened, dropped or done differently.
        frames: number of frames in the film.
        depth: which attacks were run; a full audit tries more, and in more frames.
        questions: what people have to answer, for each person at risk.
        program: the program and version that made the report, `safehouse 0.1.0`.
        digest: SHA-256 of this document as it is written while digest is "".
    """

    schema: Literal["report/1"] = "report/1"
    clip: str
    film_sha256: str
    plan_sha256: str
    held: bool
    attacks: tuple[Attack, ...]
    remains: tuple[str, ...]
    unsure: tuple[Unsure, ...] = ()
    notes: tuple[str, ...] = ()
    frames: int = 0
    watched: bool = False
    depth: Literal["quick", "full"] = "quick"
    questions: tuple[Question, ...] = ()
    program: str = ""
    digest: str = ""


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was answered to a question about a person, by whom (a pseudonym), when (UTC)."""

    person: str
    question: str
    answer: str
    who: str = ""
    when: str = ""


class Answers(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Answers for one film; schema `answers/1`. Of several to one question the last counts.

    Attributes:
        film_sha256: digest of the film that they are about.
        people: ids of those who are at risk, so that no answer is known to lack.
        answers: in the order in which they were given.
    """

    schema: Literal["answers/1"] = "answers/1"
    film_sha256: str
    people: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()


class Signed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a signature is of: who audited which film when, by which program; schema `signed/1`.

    Attributes:
        who: a name or pseudonym, as the signer wrote it.
        when: the time by the signer's clock, UTC, `2026-11-21T12:00:00Z`.
        program: the program that made the report, `safehouse 0.1.0`.
        film_sha256, report_sha256: digests of the film and of report.json's bytes.
        pages: name of each page beside report.json → digest of its bytes.
        answers_sha256: digest of answers.json, or "" where there is none.
    """

    schema: Literal["signed/1"] = "signed/1"
    who: str
    when: str
    program: str
    film_sha256: str
    report_sha256: str
    pages: dict[str, str]
    answers_sha256: str = ""
