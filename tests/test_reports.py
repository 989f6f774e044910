"""A report is of one film and as it was written, or the reader is told what is not."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from faces import write_face_clip

from safehouse.answering import give_answer, open_questions, read_answers
from safehouse.audit.paper import write_report
from safehouse.audit.plain import plain_plan
from safehouse.audit.proof import with_digest
from safehouse.errors import (
    ReportEdited,
    ReportMalformed,
    ReportMismatch,
    SignatureRefused,
    SourceMissing,
    UsageError,
)
from safehouse.media.reader import ClipReader
from safehouse.model.documents import format_document, parse_document
from safehouse.model.report import Attack, Control, Report, Signed
from safehouse.reports import (
    UNSIGNED,
    answer_report,
    read_paper,
    sign_report,
    verify_report,
    write_short,
)

FOUND = Attack(
    name="coverage",
    title="Is every mask there?",
    result="none found",
    figure="12 of 12 frames",
    control=Control(True, "called open in 3 of 3"),
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film and its private folder, as an audit leaves them."""
    folder = tmp_path_factory.mktemp("whole")
    film = folder / "film.mov"
    write_face_clip(film, frames=12)
    with ClipReader(film, "C0001") as reader:
        for _ in reader.frames():
            pass
        clip = reader.clip()
    report = Report(
        clip="C0001",
        film_sha256=clip.sha256,
        plan_sha256="b" * 64,
        held=False,
        attacks=(FOUND,),
        remains=("The place.",),
        frames=12,
    )
    (folder / "film.private").mkdir()
    write_report(folder / "film.private", report, plain_plan(clip), ())
    return folder


@pytest.fixture
def here(whole: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    shutil.copytree(whole, tmp_path / "here")
    return tmp_path / "here"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two keys, `ours` and `theirs`."""
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not installed: reports can't be signed")
    folder = tmp_path_factory.mktemp("keys")
    for name in ("ours", "theirs"):
        made = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(folder / name)]
        subprocess.run(made, check=True)
    return folder


def edit(place: Path, **change: object) -> None:
    """Change a report and make its digest anew, as somebody would who knows how."""
    report = parse_document(place.read_bytes(), Report)
    place.write_bytes(format_document(with_digest(msgspec.structs.replace(report, **change))))


def test_a_report_as_it_was_written_is_of_its_film_and_the_reader_hears_what_is_not_known(
    here: Path,
) -> None:
    found = verify_report(here / "film.private" / "report.json", here / "film.mov")
    assert found.faults == ()
    assert "is of this film, 12 frames" in found.lines[0]
    assert UNSIGNED in found.lines
    for place in (here / "film.private", here / "film.private" / "report.html"):
        assert verify_report(place, here / "film.mov").faults == ()


REPLACED: dict[str, Callable[[bytes], bytes]] = {
    "a figure": lambda text: text.replace(b"12 of 12", b"11 of 12"),
    "a result": lambda text: text.replace(b'"held": false', b'"held": true'),
    "its digest taken out": lambda text: text[: text.rindex(b'"digest": "') + 11] + b'"\n}\n',
    "its layout": lambda text: text.replace(b"\n", b"\r\n"),
}


@pytest.mark.parametrize("change", REPLACED.values(), ids=REPLACED.keys())
def test_a_report_that_was_edited_by_hand_is_found(
    here: Path, change: Callable[[bytes], bytes]
) -> None:
    place = here / "film.private" / "report.json"
    text = place.read_bytes()
    assert change(text) != text
    place.write_bytes(change(text))
    (here / "film.private" / "report.html").unlink()
    faults = verify_report(place, here / "film.mov").faults
    assert [type(fault) for fault in faults] == [ReportEdited]
    assert "report.json" in faults[0].happened


def test_a_report_with_its_digest_made_anew_is_told_by_its_page_alone(here: Path) -> None:
    place = here / "film.private" / "report.json"
    edit(place, remains=())
    faults = verify_report(place, here / "film.mov").faults
    assert [fault.happened.split()[0] for fault in faults] == ["report.html"]
    (here / "film.private" / "report.html").unlink()
    found = verify_report(place, here / "film.mov")
    assert found.faults == ()
    assert UNSIGNED in found.lines
    assert any("no page" in line for line in found.lines)


def test_a_page_that_was_edited_is_found(here: Path) -> None:
    page = here / "film.private" / "report.html"
    text = page.read_text()
    page.write_text(text.replace("No leak found by", "Nothing whatever found by"))
    faults = verify_report(page, here / "film.mov").faults
    assert ["was edited" in fault.happened for fault in faults] == [True]
    page.write_text(text.replace("</html>", "</html><!-- sha256 of everything above: 0 -->"))
    assert verify_report(page, here / "film.mov").faults
    page.write_text("<html></html>")
    assert "is no page of a report" in verify_report(page, here / "film.mov").faults[0].happened


def test_another_film_and_a_cut_one_are_named(here: Path) -> None:
    report = here / "film.private" / "report.json"
    other = here / "other.mov"
    write_face_clip(other, frames=7)
    fault = verify_report(report, other).faults[0]
    assert isinstance(fault, ReportMismatch)
    assert "the film has 7 frames and the report 12" in fault.happened
    whole = (here / "film.mov").read_bytes()
    other.write_bytes(whole[: len(whole) // 2])
    assert isinstance(verify_report(report, other).faults[0], ReportMismatch)
    other.write_bytes(whole + b"\0")
    assert "was changed after" in verify_report(report, other).faults[0].happened


def test_a_report_that_counts_other_frames_than_its_film_has_is_found(here: Path) -> None:
    place = here / "film.private" / "report.json"
    edit(place, frames=13)
    assert "13 frames" in verify_report(place, here / "film.mov").faults[0].happened


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"", "no report"),
        (b'{"schema": "report/2"}', "schema"),
        (b'{"schema": "report/1", "clip": 3}', "clip"),
        (b"[]", "object"),
    ],
)
def test_what_is_no_report_is_refused_with_the_field_named(
    here: Path, text: bytes, why: str
) -> None:
    place = here / "film.private" / "report.json"
    place.write_bytes(text)
    with pytest.raises(ReportMalformed) as caught:
        verify_report(place, here / "film.mov")
    assert why in caught.value.happened


def test_a_missing_report_or_film_is_named(here: Path) -> None:
    with pytest.raises(ReportMalformed):
        verify_report(here / "none.json", here / "film.mov")
    with pytest.raises(SourceMissing):
        verify_report(here / "film.private", here / "none.mov")


def test_a_signature_tells_who_and_holds_for_the_one_key(here: Path, keys: Path) -> None:
    place, film = here / "film.private" / "report.json", here / "film.mov"
    statement, _ = sign_report(place, keys / "ours", "auditor-2")
    assert parse_document(statement.read_bytes(), Signed).who == "auditor-2"
    known = verify_report(place, film, keys / "ours.pub")
    assert known.faults == ()
    assert known.signed_by.startswith("SHA256:")
    assert not any("whose key" in line for line in known.lines)
    unknown = verify_report(place, film)
    assert unknown.signed_by == known.signed_by
    assert any("nothing here says whose key" in line for line in unknown.lines)
    faults = verify_report(place, film, keys / "theirs.pub").faults
    assert [type(fault) for fault in faults] == [SignatureRefused]


def test_any_reader_with_ssh_alone_can_check_a_signature(here: Path, keys: Path) -> None:
    statement, signature = sign_report(here / "film.private", keys / "ours", "auditor-2")
    key = (keys / "ours.pub").read_text()
    (here / "allowed").write_text(f"auditor-2 {key}")
    wanted = ["ssh-keygen", "-Y", "verify", "-f", "allowed", "-I", "auditor-2"]
    wanted += ["-n", "safehouse-report", "-s", str(signature)]
    subprocess.run(wanted, input=statement.read_bytes(), check=True, cwd=here)


def test_what_was_signed_and_changed_since_is_found_though_all_digests_were_made_anew(
    here: Path, keys: Path
) -> None:
    folder, film = here / "film.private", here / "film.mov"
    sign_report(folder, keys / "ours", "auditor-2")
    report = parse_document((folder / "report.json").read_bytes(), Report)
    forged = msgspec.structs.replace(report, attacks=(FOUND, FOUND), digest="")
    with ClipReader(film, "C0001") as reader:
        for _ in reader.frames():
            pass
        write_report(folder, forged, plain_plan(reader.clip()), ())
    faults = verify_report(folder, film, keys / "ours.pub").faults
    assert [type(fault) for fault in faults] == [SignatureRefused]
    assert "report.json" in faults[0].happened


@pytest.mark.parametrize("field", ["who", "when"])
def test_a_statement_that_was_changed_is_found(here: Path, keys: Path, field: str) -> None:
    statement, _ = sign_report(here / "film.private", keys / "ours", "auditor-2")
    signed = parse_document(statement.read_bytes(), Signed)
    statement.write_bytes(format_document(msgspec.structs.replace(signed, **{field: "other"})))
    faults = verify_report(here / "film.private", here / "film.mov").faults
    assert [type(fault) for fault in faults] == [SignatureRefused]


def test_a_signature_that_is_asked_for_and_missing_is_refused(here: Path, keys: Path) -> None:
    folder, film = here / "film.private", here / "film.mov"
    faults = verify_report(folder, film, keys / "ours.pub").faults
    assert "not signed" in faults[0].happened
    _, signature = sign_report(folder, keys / "ours", "auditor-2")
    signature.unlink()
    assert isinstance(verify_report(folder, film).faults[0], SignatureRefused)


def test_what_cannot_be_signed_is_refused_and_writes_nothing(here: Path, keys: Path) -> None:
    folder = here / "film.private"
    before = sorted(folder.iterdir())
    with pytest.raises(SignatureRefused):
        sign_report(folder, here / "none", "auditor-2")
    with pytest.raises(UsageError):
        sign_report(folder, keys / "ours", " ")
    (here / "report.pub").write_text("command=x ssh-ed25519 !")
    sign_report(folder, keys / "ours", "auditor-2")
    with pytest.raises(UsageError):
        sign_report(folder, keys / "ours", "auditor-2")
    assert verify_report(folder, here / "film.mov", here / "report.pub").faults
    edit(folder / "report.json", remains=())
    with pytest.raises(ReportEdited):
        sign_report(folder, keys / "ours", "auditor-2", overwrite=True)
    assert {p.name for p in folder.iterdir()} - {p.name for p in before} == {
        "report.signed.json",
        "report.signed.json.sig",
    }


def test_answers_count_for_one_film_and_what_is_open_is_counted(here: Path) -> None:
    folder, film = here / "film.private", here / "film.mov"
    report = read_paper(folder).report
    asked = len(report.questions)
    assert asked >= 10
    assert len(give_answer(folder, report, "P07").open) == asked
    given = give_answer(folder, report, "P07", "clothing", "a borrowed coat", "editor")
    assert len(given.open) == asked - 1
    assert verify_report(folder, film).unanswered == (("P07", asked - 1),)
    give_answer(folder, report, "P07", "clothing", "her own coat")
    rows = open_questions(read_answers(folder, report), report)
    assert rows[0].answered == {"clothing": "her own coat"}
    edit(folder / "report.json", film_sha256="c" * 64)
    with pytest.raises(ReportMismatch):
        read_answers(folder, read_paper(folder).report)


def test_answers_that_were_signed_and_changed_are_found(here: Path, keys: Path) -> None:
    folder = here / "film.private"
    report = read_paper(folder).report
    give_answer(folder, report, "P07", "gait", "sits throughout")
    sign_report(folder, keys / "ours", "auditor-2")
    assert verify_report(folder, here / "film.mov", keys / "ours.pub").faults == ()
    give_answer(folder, report, "P07", "gait", "walks")
    faults = verify_report(folder, here / "film.mov", keys / "ours.pub").faults
    assert "the answers" in faults[0].happened


def test_answers_after_the_signature_are_said_to_be_unsigned(here: Path, keys: Path) -> None:
    folder = here / "film.private"
    sign_report(folder, keys / "ours", "auditor-2")
    answer_report(folder, "P07", "gait", "sits throughout")
    found = verify_report(folder, here / "film.mov", keys / "ours.pub")
    assert found.faults == ()
    assert any("after it was signed" in line for line in found.lines)


def test_an_edited_report_takes_no_answer_and_no_short_page(here: Path) -> None:
    folder = here / "film.private"
    text = (folder / "report.json").read_bytes()
    (folder / "report.json").write_bytes(text.replace(b"12 of 12", b"11 of 12"))
    with pytest.raises(ReportEdited):
        answer_report(folder, "P07", "gait", "sits throughout")
    with pytest.raises(ReportEdited):
        write_short(folder, here / "about.html", "en")
    assert not (folder / "answers.json").exists()
    assert not (here / "about.html").exists()


@pytest.mark.parametrize(
    ("person", "question", "answer"),
    [
        ("Amal", "clothing", "no"),
        ("P07", "shoes", "no"),
        ("P07", "clothing", " "),
        ("P07", "", "no"),
        ("P07", "clothing", "x" * 2001),
    ],
)
def test_names_unknown_questions_and_empty_answers_are_refused(
    here: Path, person: str, question: str, answer: str
) -> None:
    folder = here / "film.private"
    with pytest.raises(UsageError):
        give_answer(folder, read_paper(folder).report, person, question, answer)
    assert not (folder / "answers.json").exists()


def test_the_command_loads_nothing_heavy_before_its_work_begins() -> None:
    """A worker leaves the network before any library starts a thread."""
    heavy = "('av', 'cv2', 'numpy', 'openvino', 'dlib', 'jinja2')"
    asked = f"import sys, safehouse.cli.main; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
