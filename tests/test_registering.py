"""The register in a real project: two people, words about what shows, slips and files."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pyrage
import pytest
from registers import PROOF, change, person, record
from small_projects import new

from safehouse.cli.project import operator
from safehouse.consent.rules import rule
from safehouse.consent.slips import digest_of, seal_slip
from safehouse.errors import (
    ExchangeMalformed,
    NotSeconded,
    PersonUnknown,
    RecordRefused,
    RecordUnknown,
    RegisterEdited,
    SlipKnown,
)
from safehouse.model.acts import AddVersion, AnswerLink, DescribePerson, MergePeople
from safehouse.model.consent import Link, Record, Use
from safehouse.registering import (
    change_state,
    export_all,
    import_file,
    import_slip,
    list_lines,
    record_consent,
    second_widening,
    sheet_lines,
)
from safehouse.store.project import Project, open_project
from safehouse.store.reading_register import (
    counts_from,
    next_id,
    open_widenings,
    read_register,
    today_of,
)

KEY = pyrage.x25519.Identity.generate()
TO = (str(KEY.to_public()),)


@pytest.fixture
def film(tmp_path: Path) -> Iterator[Project]:
    """A project of anna's with P01 and P02."""
    with new(tmp_path / "film", who="anna") as project:
        project.act(DescribePerson(person("P01")), DescribePerson(person("P02")))
        yield project


def said(id_: str = "R0000", **given: object) -> Record:
    return record(id_, "P01", **given)


def shows(film: Project, trait: str = "face", who: str = "P01") -> bool:
    day = today_of()
    use = Use(version="cut", medium="festival", territories=("FR",), day=day)
    return rule(read_register(film), who, trait, use).allowed  # type: ignore[arg-type]


def agree(film: Project, id_: str, who: str = "ben") -> None:
    before, film.who = film.who, who
    second_widening(film, id_)
    film.who = before


def test_a_yes_shows_after_somebody_else_agreed_to_it(film: Project) -> None:
    lines = record_consent(film, said(traits={"face": True, "voice": False}))
    assert lines[0] == "R0001 is on record for P01"
    assert "counts now: voice no" in lines
    assert any(line.startswith("once it counts: newly shown: P01 face") for line in lines)
    assert not shows(film)
    with pytest.raises(NotSeconded):
        second_widening(film, "R0001")
    assert [one.id for one in open_widenings(film)] == ["R0001"]
    agree(film, "R0001")
    assert shows(film)
    assert open_widenings(film) == ()


def test_a_yes_that_lacks_something_says_all_that_it_lacks(film: Project) -> None:
    lines = record_consent(film, said(proof_sha256="", present=("unknown",)))
    told = "\n".join(lines)
    assert "--proof FILE" in told
    assert "--present none, --safe yes" in told
    assert "ask again with what is missing" in told
    assert "consent second" not in told


def test_a_yes_before_the_crew_is_not_said_to_count_when_seconded(film: Project) -> None:
    told = "\n".join(record_consent(film, said(present=("crew",))))
    assert "consent second" not in told
    assert "not known to be free and in safety" in told


def test_what_a_record_would_show_says_nothing_of_another_that_waits(film: Project) -> None:
    record_consent(film, said(given=today_of()))
    agree(film, "R0001")
    lines = record_consent(film, record("R0000", "P02", traits={"name": True}))
    once = [line for line in lines if line.startswith("once it counts")]
    assert once
    assert not any("P01" in line for line in once)


def test_a_no_counts_at_once_and_says_what_it_hides(film: Project) -> None:
    film.act(AddVersion(version="festival-cut", medium="festival"))
    record_consent(film, said())
    agree(film, "R0001")
    lines = record_consent(film, said(traits={"face": False}, how="told", given=today_of()))
    assert any("newly hidden: P01 face (festival-cut" in line for line in lines)
    assert not shows(film)


def test_a_withdrawn_person_shows_again_only_by_two_people_and_after_waiting(
    film: Project,
) -> None:
    record_consent(film, said())
    agree(film, "R0001")
    change_state(film, change("suspended", "", person="P01"))
    assert not shows(film)
    lines = change_state(film, change("given", "", person="P01", proof_sha256=PROOF))
    assert "S0002: P01 is suspended" in lines
    assert any("consent second S0002" in line for line in lines)
    agree(film, "S0002")
    assert not shows(film)
    assert counts_from(film, "S0002") > today_of()


def test_the_register_outlives_the_project_being_closed(tmp_path: Path) -> None:
    with new(tmp_path / "film", who="anna") as film:
        film.act(DescribePerson(person("P01")), DescribePerson(person("P02")))
        record_consent(film, said())
        agree(film, "R0001")
        change_state(film, change("detained", "", person="P02"))
        film.act(AnswerLink(Link(person="P02", other="P01", answered="no risk")))
        before = read_register(film)
    with open_project(tmp_path / "film", who="ben") as film:
        assert read_register(film) == before


def test_what_can_not_be_is_refused_and_not_recorded(film: Project) -> None:
    for bad, error in (
        (record("R", "P99"), PersonUnknown),
        (said(scope={"territories": ("XX",)}), RecordRefused),
        (said(given="2999-01-01"), RecordRefused),
    ):
        with pytest.raises(error):
            record_consent(film, bad)
    with pytest.raises(RecordUnknown):
        counts_from(film, "R0099")
    assert read_register(film).records == ()
    assert next_id(film, "R") == "R0001"


def test_a_register_edited_by_hand_is_refused_whole(film: Project) -> None:
    record_consent(film, said())
    film.db.execute("UPDATE record SET body = replace(body, 'R0001', 'R0002')")
    with pytest.raises(RegisterEdited):
        read_register(film)
    film.db.execute("UPDATE record SET body = '{}'")
    with pytest.raises(RegisterEdited):
        read_register(film)
    film.db.execute("UPDATE person SET hidden_from = 'nobody'")
    with pytest.raises(RegisterEdited):
        read_register(film)


def test_the_list_shows_contradictions_people_to_look_at_and_who_must_second(
    film: Project,
) -> None:
    record_consent(film, said())
    record_consent(film, said(traits={"face": False}))
    film.act(AnswerLink(Link(person="P01", other="P02", answered="no risk")))
    change_state(film, change("unreachable", "", person="P01"))
    text = "\n".join(list_lines(film))
    assert "CONTRADICTION: P01 face on 2026-10-01: R0001 says yes, R0002 no" in text
    assert "look at P02: linked to P01, who is unreachable" in text
    assert "R0001 (P01: face) waits for somebody else than anna" in text


def test_the_sheet_says_what_shows_where_and_that_once_is_everywhere(film: Project) -> None:
    film.act(AddVersion(version="festival-cut", medium="festival"))
    record_consent(film, said(scope={"media": ("festival",)}))
    agree(film, "R0001")
    lines = sheet_lines(film, "P01")
    row = next(line for line in lines if line.startswith("festival-cut"))
    assert row.split() == ["festival-cut", "shown", "-", "-", "-", "-", "-"]
    assert any("another use" in line and "online" in line for line in lines)
    assert "once shown in one country it can be seen in all" in lines
    film.act(MergePeople("P02", "P01"))
    assert "P02: one with P01" in list_lines(film)
    with pytest.raises(PersonUnknown):
        sheet_lines(film, "P99")


def test_a_slip_comes_in_once_with_its_proof_and_shows_nobody_yet(
    film: Project, tmp_path: Path
) -> None:
    spoken = tmp_path / "spoken.wav"
    spoken.write_bytes(b"voice" * 1000)
    slip = seal_slip(said(proof_sha256=digest_of(spoken)), spoken, TO, tmp_path / "slips").path
    lines = import_slip(film, slip, str(KEY), "P02", tmp_path / "back.wav")
    assert lines[0] == "R0001 is on record for P02"
    (held,) = read_register(film).records
    assert held.proof_sha256 == digest_of(spoken) == digest_of(tmp_path / "back.wav")
    assert not shows(film, who="P02")
    agree(film, "R0001")
    assert shows(film, who="P02")
    with pytest.raises(SlipKnown):
        import_slip(film, slip, str(KEY), "", tmp_path / "again.wav")
    other = seal_slip(said(), None, TO, tmp_path / "slips").path
    with pytest.raises(PersonUnknown):
        import_slip(film, other, str(KEY), "P99", tmp_path / "again.wav")
    assert not (tmp_path / "again.wav").exists()


def test_a_slip_without_its_recording_has_no_proof(film: Project, tmp_path: Path) -> None:
    slip = seal_slip(said(), None, TO, tmp_path).path
    assert "no recording is in it: its yes has no proof here" in import_slip(
        film, slip, str(KEY), "", None
    )
    with pytest.raises(NotSeconded):
        agree(film, "R0001")


def test_records_travel_between_projects_and_unlock_nothing_there(
    film: Project, tmp_path: Path
) -> None:
    record_consent(film, said())
    agree(film, "R0001")
    change_state(film, change("narrowed", "2026-09-01", person="P01"))
    file = tmp_path / "register.json"
    file.write_bytes(export_all(film))
    with new(tmp_path / "other", who="cleo") as other:
        other.act(DescribePerson(person("P05")))
        lines = import_file(other, file, "P05")
        assert "S0001: P05 is narrowed since 2026-09-01" in lines
        (held,) = read_register(other).records
        assert msgspec.structs.replace(held, person="P01") == read_register(film).records[0]
        assert not shows(other, who="P05")
        with pytest.raises(PersonUnknown):
            import_file(other, file, "")
        with pytest.raises(ExchangeMalformed):
            import_file(other, tmp_path / "nothing.json", "")
        assert len(read_register(other).records) == 1


def test_what_is_imported_twice_is_on_record_once(film: Project, tmp_path: Path) -> None:
    record_consent(film, said(traits={"face": False}))
    file = tmp_path / "register.json"
    file.write_bytes(export_all(film))
    before = read_register(film)
    lines = import_file(film, file, "")
    assert [line for line in lines if line.startswith("not taken: it is on record already")]
    assert read_register(film) == before


def test_a_withdrawal_that_comes_in_on_the_day_of_a_return_is_taken(
    film: Project, tmp_path: Path
) -> None:
    record_consent(film, said())
    change_state(film, change("withdrawn", today_of(), person="P01"))
    file = tmp_path / "register.json"
    file.write_bytes(export_all(film))
    change_state(film, change("given", today_of(), person="P01", proof_sha256=PROOF))
    agree(film, "S0002")
    import_file(film, file, "")
    assert [one.state for one in read_register(film).changes] == ["withdrawn", "given", "withdrawn"]
    import_file(film, file, "")
    assert len(read_register(film).changes) == 3


def test_who_gave_no_pseudonym_is_neither_of_two_people(film: Project) -> None:
    film.who = operator("")
    lines = record_consent(film, said())
    assert any("--who NAME" in line for line in lines)
    with pytest.raises(NotSeconded, match="nobody said who recorded R0001"):
        agree(film, "R0001")
    film.who = "anna"
    record_consent(film, said())
    with pytest.raises(NotSeconded, match="by pseudonym"):
        agree(film, "R0002", who=operator(""))
    film.who = "anna"
    agree(film, "R0002")
    assert shows(film)
