"""Answers of people to what no test can tell, kept beside the report and bound to its film."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from safehouse.errors import ReportMalformed, ReportMismatch, UsageError
from safehouse.model.documents import format_document, parse_document
from safehouse.model.report import Answer, Answers, Question, Report
from safehouse.model.text import escape
from safehouse.outputs import read_document, writing
from safehouse.store.atomic import write_whole

__all__ = ["ANSWERS", "Given", "give_answer", "open_questions", "read_answers"]

ANSWERS = "answers.json"
"""File beside report.json; it may hold what identifies somebody, and stays as private."""

PERSON = re.compile(r"[A-Z]{1,3}[0-9]{1,6}")
"""An id that means nothing, `P07`: names live in the register alone."""

LONGEST_ANSWER = 2000


@dataclass(frozen=True, slots=True)
class Given:
    """What a person in the film was asked.

    Attributes:
        person: their id.
        answered: question id → the answer that counts.
        open: questions without an answer.
    """

    person: str
    answered: dict[str, str]
    open: tuple[Question, ...]


def read_answers(folder: Path, report: Report) -> Answers:
    """Return the answers beside a report; empty ones where there are none yet.

    Raises:
        ReportMismatch: they are about another film.
        ReportMalformed: they break their schema.
    """
    path = folder / ANSWERS
    try:
        answers = parse_document(read_document(path), Answers)
    except FileNotFoundError:
        return Answers(film_sha256=report.film_sha256)
    except (OSError, msgspec.DecodeError) as error:
        raise ReportMalformed(
            f"{ANSWERS} holds no answers, or breaks its schema: {escape(str(error))}",
            next_step=f"mend {ANSWERS}, or move it away and answer again",
        ) from error
    if answers.film_sha256 != report.film_sha256:
        raise ReportMismatch(
            f"{ANSWERS} is about another film than the report: answers count for one film only",
            next_step=f"move {ANSWERS} away, and ask again about this film",
        )
    return answers


def open_questions(answers: Answers, report: Report) -> tuple[Given, ...]:
    """Return for each person at risk what was answered, and what was not; by their ids."""
    people = sorted({*answers.people, *(row.person for row in answers.answers)})
    rows = []
    for person in people:
        given = {row.question: row.answer for row in answers.answers if row.person == person}
        left = tuple(q for q in report.questions if not given.get(q.id))
        rows.append(Given(person, given, left))
    return tuple(rows)


def give_answer(
    folder: Path, report: Report, person: str, question: str = "", answer: str = "", who: str = ""
) -> Given:
    """Keep an answer, or only that a person is at risk; return what that person was asked.

    Args:
        folder: where report.json lies.
        report: what it says.
        person: id of the person, `P07`.
        question: id of the question; "" only puts the person on the list.
        answer: in words.
        who: who answered for the film, a pseudonym.

    Raises:
        UsageError: the person is named by no id, there is no such question, or no answer.
        ReportMismatch, ReportMalformed: the answers that are there can't be gone on with.
    """
    _require_words(report, person, question, answer)
    answers = read_answers(folder, report)
    people = tuple(sorted({*answers.people, person}))
    rows = answers.answers
    if question:
        when = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        rows = (*rows, Answer(person, question, answer.strip(), who, when))
    answers = msgspec.structs.replace(answers, people=people, answers=rows)
    with writing():
        write_whole(folder / ANSWERS, format_document(answers))
    return next(row for row in open_questions(answers, report) if row.person == person)


def _require_words(report: Report, person: str, question: str, answer: str) -> None:
    """Refuse what can't be kept.

    Raises:
        UsageError: see `give_answer`.
    """
    if not PERSON.fullmatch(person):
        raise UsageError("--person takes an id such as P07, never a name", next_step="--person P07")
    known = [row.id for row in report.questions]
    if question and question not in known:
        raise UsageError(
            f"no question '{escape(question)}' in this report",
            next_step=f"one of {', '.join(known)}",
        )
    if bool(question) != bool(answer.strip()) or len(answer) > LONGEST_ANSWER:
        raise UsageError(
            f"--question and --answer belong together; an answer has 1 to {LONGEST_ANSWER} letters",
            next_step=f'--question {known[0] if known else "ID"} --answer "WORDS"',
        )
