"""What is done with a report after the audit: verified, signed, answered."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from safehouse.answering import ANSWERS, Given, give_answer, open_questions, read_answers
from safehouse.audit.proof import page_faults, report_faults, sha256_of
from safehouse.errors import (
    ReportEdited,
    ReportMalformed,
    ReportMismatch,
    SafehouseError,
    SignatureRefused,
    UsageError,
)
from safehouse.language import load_language
from safehouse.model.documents import format_document, parse_document
from safehouse.model.report import Report, Signed
from safehouse.model.text import escape
from safehouse.outputs import read_document, require_document, require_source, writing
from safehouse.signing import check_signature, sign_text
from safehouse.store.atomic import write_whole
from safehouse.workers import Workers

__all__ = [
    "Paper",
    "Verified",
    "answer_report",
    "read_paper",
    "sign_report",
    "verify_report",
    "write_short",
]

STATEMENT, SIGNATURE = "report.signed.json", "report.signed.json.sig"

UNSIGNED = (
    "not signed: whoever had these files can have changed all of them together; only a signature "
    "by a key that you know would show it"
)
ANY_KEY = "nothing here says whose key that is: give --signer with a public key that you know"


@dataclass(frozen=True, slots=True)
class Paper:
    """A report as it lies on the disk.

    Attributes:
        place: report.json.
        text: its bytes.
        report: what they say.
        pages: name → bytes of each page beside it.
    """

    place: Path
    text: bytes
    report: Report
    pages: dict[str, bytes]

    def faults(self) -> tuple[str, ...]:
        """Return what shows that the report or a page was edited."""
        rows = list(report_faults(self.report, self.text))
        for name, page in self.pages.items():
            rows += [f"{name} {fault}" for fault in page_faults(page, self.text)]
        return tuple(rows)


@dataclass(frozen=True, slots=True)
class Verified:
    """What verifying a report gave.

    Attributes:
        lines: what was looked at and found as it should be, and what can't be known.
        faults: what is wrong, the gravest first.
        signed_by: fingerprint of the key that signed; "" where nothing is signed.
        unanswered: person → number of questions without an answer.
    """

    lines: tuple[str, ...]
    faults: tuple[SafehouseError, ...]
    signed_by: str = ""
    unanswered: tuple[tuple[str, int], ...] = ()


def read_paper(place: Path) -> Paper:
    """Return the report at a place: report.json, a page beside it, or the folder of both.

    Raises:
        ReportMalformed: there is none, or it breaks the schema; the message names the field.
    """
    page = place / "report.html" if place.is_dir() else place.with_suffix(".html")
    path = place / "report.json" if place.is_dir() else place.with_suffix(".json")
    try:
        text = read_document(path)
        report = parse_document(text, Report)
    except OSError as error:
        raise ReportMalformed(
            f"there is no report at '{escape(place.name)}'", next_step="name a report.json"
        ) from error
    except msgspec.DecodeError as error:
        raise ReportMalformed(
            f"'{escape(path.name)}' is no report, or breaks its schema: {escape(str(error))}",
            next_step="ask for the report again; docs/report.schema.json says what it holds",
        ) from error
    pages = {page.name: read_document(page)} if page.is_file() else {}
    return Paper(path, text, report, pages)


def verify_report(place: Path, film: Path, signers: Path | None = None) -> Verified:
    """Return whether a report is as it was written, of this very film, and by whom it is signed.

    Nothing is written, and nothing but these files is needed.

    Args:
        place: report.json, a page beside it, or their folder.
        film: the film that it should be of.
        signers: public keys, one a line, of whom one must have signed.

    Raises:
        SourceMissing: there is no film.
        ReportMalformed: there is no report.
    """
    require_source(film)
    paper = read_paper(place)
    faults: list[SafehouseError] = [*_film_faults(paper.report, film)]
    faults += [ReportEdited(words, next_step=ASK) for words in paper.faults()]
    lines = [*_page_lines(paper)]
    signed_by = ""
    try:
        signed_by, words = _signature_of(paper, signers)
        lines += words
    except SafehouseError as error:
        faults.append(error)
    unanswered: tuple[tuple[str, int], ...] = ()
    try:
        answers = read_answers(paper.place.parent, paper.report)
        unanswered = tuple((g.person, len(g.open)) for g in open_questions(answers, paper.report))
    except SafehouseError as error:
        faults.append(error)
    if not faults:
        lines = [_whose(paper.report), *lines]
    return Verified(tuple(lines), tuple(faults), signed_by, unanswered)


ASK = "ask whoever audited the film for the report again, or audit the film yourself"


def _whose(report: Report) -> str:
    held = "HELD: do not give the film away" if report.held else "no leak found by its tests"
    frames = f", {report.frames} frames" if report.frames else ""
    made = f", made by {escape(report.program)}" if report.program else ""
    return f"this report is of this film{frames}{made}; {held}"


def _film_faults(report: Report, film: Path) -> Iterator[SafehouseError]:
    """Yield what shows that a report is of another film."""
    with film.open("rb") as handle:
        same = hashlib.file_digest(handle, "sha256").hexdigest() == report.film_sha256
    if same and not report.plan_sha256:
        return
    count = _count(film) if report.frames else None
    if same:
        if count is not None and count != report.frames:
            words = f"the report speaks of {report.frames} frames, the film has {count}"
            yield ReportEdited(words, next_step=ASK)
        return
    words = "another film, or one that was changed after the audit"
    if count is not None and count < report.frames:
        words = (
            f"the film has {count} frames and the report {report.frames}: it was cut, or is another"
        )
    elif count is not None and count > report.frames:
        words = f"the film has {count} frames and the report {report.frames}: it is another"
    yield ReportMismatch(
        f"the report is not of this file: {words}",
        next_step="safehouse audit this very file; no report speaks for any other",
    )


def _count(film: Path) -> int | None:
    """Return how many pictures a film has; None where that can't be read."""
    try:
        with Workers(1) as workers:
            return int(workers.run(count_job, film))
    except (SafehouseError, IndexError):
        return None


def count_job(film: Path) -> int:
    """Return how many pictures a film has; runs in a worker."""
    from safehouse.media.ranges import count_pictures

    return count_pictures(film)


def _page_lines(paper: Paper) -> Iterator[str]:
    if not paper.pages:
        yield "no page (report.html) is beside the report; only report.json was looked at"
    elif not paper.faults():
        yield f"made from this report and not edited since: {', '.join(map(escape, paper.pages))}"


def _signature_of(paper: Paper, signers: Path | None) -> tuple[str, list[str]]:
    """Return the fingerprint of the key that signed a report, "" if none did, and words on it.

    Raises:
        SignatureRefused: the signature does not hold, is by another key, or is missing while
            signers are given.
    """
    statement, signature = (paper.place.with_name(name) for name in (STATEMENT, SIGNATURE))
    if not statement.exists() and not signature.exists():
        if signers is None:
            return "", [UNSIGNED]
        raise SignatureRefused(
            f"the report is not signed: {STATEMENT} and {SIGNATURE} are not beside it",
            next_step="ask the person who audited the film for them",
        )
    try:
        text = read_document(statement)
        signed = parse_document(text, Signed)
        key = check_signature(text, read_document(signature), signers)
    except (OSError, msgspec.DecodeError) as error:
        raise SignatureRefused(
            "the signature's two files are not whole, or not what safehouse writes", next_step=ASK
        ) from error
    found = _statement_of(paper, signed.who, signed.when)
    _require_same(found, signed)
    words = [f"signed by key {key} as {escape(signed.who)}, {escape(signed.when)} by their clock"]
    if found.answers_sha256 and not signed.answers_sha256:
        words.append("answers were given after it was signed: they are not signed")
    return key, words if signers else [*words, ANY_KEY]


def _require_same(found: Signed, signed: Signed) -> None:
    """Refuse a signature that was given to other files.

    Raises:
        SignatureRefused: one of them is another now; the message names it.
    """
    changed = [
        words
        for words, same in (
            ("report.json", found.report_sha256 == signed.report_sha256),
            ("the film", found.film_sha256 == signed.film_sha256),
            ("the answers", signed.answers_sha256 in {"", found.answers_sha256}),
            ("a page", found.pages.items() <= signed.pages.items()),
            ("the program's version", found.program == signed.program),
        )
        if not same
    ]
    if changed:
        raise SignatureRefused(
            f"what was signed is not what is here: {', '.join(changed)} changed since",
            next_step="ask the person who signed for the files again",
        )


def _statement_of(paper: Paper, who: str, when: str) -> Signed:
    answers = paper.place.with_name(ANSWERS)
    return Signed(
        who=who,
        when=when,
        program=paper.report.program,
        film_sha256=paper.report.film_sha256,
        report_sha256=sha256_of(paper.text),
        pages={name: sha256_of(page) for name, page in paper.pages.items()},
        answers_sha256=sha256_of(read_document(answers)) if answers.exists() else "",
    )


def sign_report(place: Path, key: Path, who: str, *, overwrite: bool = False) -> tuple[Path, Path]:
    """Sign a report, its pages and its answers by a key of the user's; return the two files.

    Args:
        place: report.json, a page beside it, or their folder.
        key: an SSH key's file; the private one, or the public one of a key in an agent.
        who: a name or pseudonym; nothing checks it.
        overwrite: replace a signature that is there.

    Raises:
        ReportEdited: the report or a page is not as safehouse wrote it.
        SignatureRefused: the key can't sign.
        UsageError: who is empty or too long, or a signature is there.
    """
    paper = read_paper(place)
    if faults := paper.faults():
        raise ReportEdited(faults[0], next_step=ASK)
    if not who.strip() or len(who) > 200 or not who.isprintable():
        raise UsageError("--who is empty, or no name", next_step="--who NAME_OR_PSEUDONYM")
    statement, signature = (paper.place.with_name(name) for name in (STATEMENT, SIGNATURE))
    if not overwrite and (statement.exists() or signature.exists()):
        raise UsageError("the report is signed already", next_step="add --overwrite to sign anew")
    when = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    text = format_document(_statement_of(paper, who.strip(), when))
    made = sign_text(text, key)
    with writing():
        signature.unlink(missing_ok=True)
        write_whole(statement, text)
        write_whole(signature, made)
    return statement, signature


def answer_report(
    place: Path, person: str, question: str = "", answer: str = "", who: str = ""
) -> Given:
    """Keep an answer beside a report that is as it was written: see `answering.give_answer`.

    Raises:
        ReportEdited: the report is not as safehouse wrote it.
        UsageError: the answer can't be kept.
    """
    paper = read_paper(place)
    if faults := paper.faults():
        raise ReportEdited(faults[0], next_step=ASK)
    return give_answer(paper.place.parent, paper.report, person, question, answer, who)


def write_short(place: Path, output: Path, language: str, *, overwrite: bool = False) -> None:
    """Write the short page that may go out with the film.

    Args:
        place: report.json, a page beside it, or their folder.
        output: where the page goes; not into the report's own folder, which stays private.
        language: a code of `language.LANGUAGES`.
        overwrite: replace a page that is there.

    Raises:
        ReportEdited: the report is not as safehouse wrote it.
        LeakFound, AuditBroken: the film is held.
        OutputExists, OutputIsInput, OutputUnwritable: the page can't go there.
    """
    from safehouse.audit.short import build_short

    paper = read_paper(place)
    if faults := paper.faults():
        raise ReportEdited(faults[0], next_step=ASK)
    page = build_short(paper.report, load_language(language))
    inputs = (paper.place, *(paper.place.with_name(name) for name in paper.pages))
    require_document(output, inputs, overwrite=overwrite)
    with writing():
        write_whole(output, page.encode())
