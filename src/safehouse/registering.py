"""Joins the register's rules to a project: what is recorded, and what it shows, in words."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from safehouse.consent.checking import require_record
from safehouse.consent.exchange import export_register, import_records
from safehouse.consent.matters import contradictions, queued
from safehouse.consent.rules import is_provisional, rule, rule_all
from safehouse.consent.standing import state_of
from safehouse.consent.telling import as_if_counted, differences, tell
from safehouse.errors import ExchangeMalformed, NotSeconded, SlipKnown
from safehouse.field_slips import open_slip
from safehouse.model.acts import ChangeState, ImportSlip, RecordConsent, SecondWidening
from safehouse.model.consent import (
    MEDIA,
    TRAITS,
    Medium,
    Person,
    Record,
    Register,
    State,
    StateChange,
    Trait,
    Use,
)
from safehouse.model.text import escape
from safehouse.model.widening import UNNAMED, widens
from safehouse.store.project import Project
from safehouse.store.reading_register import (
    counts_from,
    knows_slip,
    next_id,
    open_widenings,
    read_person,
    read_register,
)
from safehouse.store.reading_versions import read_versions
from safehouse.version_states import use_of

__all__ = [
    "change_state",
    "export_all",
    "import_file",
    "import_slip",
    "list_lines",
    "record_consent",
    "second_widening",
    "sheet_lines",
]

MOST_BYTES = 16 << 20


def record_consent(project: Project, record: Record) -> list[str]:
    """Record what somebody said under the next id; return what it shows now, in words.

    Raises:
        PersonUnknown, RecordRefused: it can't be, and is not recorded.
    """
    before = read_register(project)
    require_record(record, today=before.today)
    read_person(project, record.person)
    made = msgspec.structs.replace(record, id=next_id(project, "R"))
    project.act(RecordConsent(made))
    return _told(project, before, made)


def _told(project: Project, before: Register, record: Record) -> list[str]:
    after = read_register(project)
    refused = [trait for trait, yes in record.traits.items() if not yes]
    lines = [f"{record.id} is on record for {record.person}"]
    if refused:
        lines.append(f"counts now: {', '.join(refused)} no")
    if widens(record):
        lines += _widening_lines(project, record)
    known = {row.version for row in read_versions(project)}
    lines += [
        f"no version is called '{escape(name)}' yet; what was said counts for one of that name"
        for name in record.scope.versions
        if name not in known
    ]
    uses = _uses(project, after, record.scope.media, record.scope.territories)
    lines += ["", "now:", *_by_words(after, record.person, list(record.traits), uses)]
    lines += _changes("changed by it", before, after, uses)
    if widens(record):
        then = as_if_counted(after, record)
        without = msgspec.structs.replace(after, today=then.today)
        lines += _changes("once it counts", without, then, uses)
    return lines


def _changes(head: str, before: Register, after: Register, uses: Iterable[Use]) -> list[str]:
    """Return what shows otherwise in one register than in another, use by use."""
    day = max(before.today, after.today)
    found: dict[str, list[str]] = {}
    for use in (msgspec.structs.replace(use, day=max(use.day, day)) for use in uses):
        words = differences(rule_all(before, use), rule_all(after, use))
        found.setdefault(words, []).append(use.version or use.medium)
    return [f"{head}: {words} ({', '.join(where)})" for words, where in found.items()]


def _by_words(
    register: Register, person: str, traits: Iterable[Trait], uses: Sequence[Use]
) -> list[str]:
    """Return one line for each ruling in words, with the uses in which it is so."""
    found: dict[str, list[str]] = {}
    for use in uses:
        for trait in traits:
            words = tell(rule(register, person, trait, use))
            found.setdefault(words, []).append(use.version or use.medium)
    return [f"  {words}: {', '.join(where)}" for words, where in found.items()]


def _lacks(project: Project, record: Record) -> list[str]:
    """Return what a yes lacks, so that it shows nobody whoever seconds it."""
    lacks = []
    if _unproven(record):
        lacks.append("its yes has no proof (--how, --proof FILE) and shows nobody")
    if is_provisional(record):
        lacks.append(
            "its yes is not known to be free and in safety (--present none, --safe yes)"
            " and shows nobody"
        )
    if lacks:
        lacks.append("ask again with what is missing, and record what they say then")
    if project.who in UNNAMED:
        lacks.append(
            "its yes shows nobody: record it with --who NAME, so that another person can agree"
        )
    return lacks


def _unproven(record: Record) -> bool:
    return record.how == "told" or not record.proof_sha256


def _widening_lines(project: Project, record: Record) -> list[str]:
    if lacks := _lacks(project, record):
        return lacks
    day = counts_from(project, record.id)
    return [
        "its yes counts when somebody else agrees, not who recorded it nor who asked:",
        f"  safehouse consent second {record.id}   (counts from {day}, if that is today)",
    ]


def _uses(
    project: Project, register: Register, media: Sequence[Medium], lands: tuple[str, ...]
) -> list[Use]:
    """Return the versions of the project, and a version of no name in each medium."""
    return [
        *(use_of(version) for version in read_versions(project)),
        *(
            Use(version="", medium=medium, territories=lands, day=register.today)
            for medium in media or MEDIA
        ),
    ]


def second_widening(project: Project, id_: str) -> list[str]:
    """Agree, as a second person, to a record or a change of state that widens.

    Raises:
        RecordUnknown, NotSeconded: there is none, or not by this person.
    """
    day = counts_from(project, id_)
    _require_named(project, id_)
    project.act(SecondWidening(id_, day))
    record = next((one for one in read_register(project).records if one.id == id_), None)
    if record and (lacks := _lacks(project, record)):
        return [f"{id_} is seconded", *lacks]
    return [f"{id_} is seconded, and counts from {day}"]


def _require_named(project: Project, id_: str) -> None:
    """Refuse where nobody can tell who recorded something, or who agrees to it.

    Raises:
        NotSeconded: one of the two gave no pseudonym.
    """
    if any(one.id == id_ and one.by in UNNAMED for one in open_widenings(project)):
        raise NotSeconded(
            f"nobody said who recorded {id_}, so nobody can be another person",
            next_step="record it again with --who NAME; then another person seconds it",
        )
    if project.who in UNNAMED:
        raise NotSeconded(
            f"{id_} takes a second person, by pseudonym",
            next_step=f"safehouse consent second {id_} --who NAME",
        )


def change_state(project: Project, change: StateChange) -> list[str]:
    """Record a change of state under the next id; return what it does, in words."""
    before = read_register(project)
    made = msgspec.structs.replace(change, id=next_id(project, "S"), day=change.day or before.today)
    project.act(ChangeState(made))
    after = read_register(project)
    state = state_of(after, made.person)
    lines = [f"{made.id}: {made.person} is {state}"]
    if state != made.state:
        lines += [
            f"{made.state} widens: it takes proof, and somebody else who agrees:",
            f"  safehouse consent second {made.id}",
        ]
    lines += _changes("changed by it", before, after, _uses(project, after, (), ()))
    return lines + [f"look at {one.person}: {one.words}" for one in queued(after)]


def list_lines(project: Project) -> list[str]:
    """Return everybody on record, what waits for a second person, and what needs a look."""
    register = read_register(project)
    lines = [_person_line(register, person) for person in register.people]
    lines += [
        f"{one.id} ({one.person}: {', '.join(one.opens)}) waits for somebody else than"
        f" {escape(one.by)}: safehouse consent second {one.id}"
        for one in open_widenings(project)
    ]
    lines += [
        f"CONTRADICTION: {one.person} {one.trait} on {one.day}: {one.yes} says yes, {one.no} no;"
        " it is a no until asked again"
        for one in contradictions(register)
    ]
    return lines + [f"look at {one.person}: {one.words}" for one in queued(register)]


def _person_line(register: Register, person: Person) -> str:
    if person.merged_into:
        return f"{person.id}: one with {person.merged_into}"
    state, changed = state_of(register, person.id), {one.person for one in register.changes}
    count = sum(record.person == person.id for record in register.records)
    hidden = f"; hidden from {', '.join(person.hidden_from)}" if person.hidden_from else ""
    records = "1 record" if count == 1 else f"{count} records"
    asked = f"{records}, {state}" if count or person.id in changed else "nobody has asked"
    return f"{person.id}: {person.role}, risk {person.risk}, age {person.age}{hidden}; {asked}"


def sheet_lines(project: Project, person: str, lands: tuple[str, ...] = ()) -> list[str]:
    """Return the matrix of what shows of a person where, its reasons, and the records.

    Raises:
        PersonUnknown: nobody has this id.
    """
    who, register = read_person(project, person), read_register(project)
    uses = _uses(project, register, (), lands)
    width = max(len(use.version or use.medium) for use in uses) + 2
    lines = [_person_line(register, who), "", " " * width + _row(TRAITS)]
    for use in uses:
        rulings = [rule(register, person, trait, use) for trait in TRAITS]
        marks = ["shown" if one.allowed else "-" for one in rulings]
        lines.append(f"{use.version or use.medium:<{width}}" + _row(marks))
    named = [trait for trait in TRAITS if trait in _named(register, person)]
    lines += ["", *_by_words(register, person, named, uses), ""]
    lines.append("once shown in one country it can be seen in all")
    return lines + [_record_line(register, one) for one in register.records if one.person == person]


def _named(register: Register, person: str) -> set[Trait]:
    """Return the traits that somebody asked about; of the others there is nothing to say."""
    return {t for record in register.records if record.person == person for t in record.traits}


def _row(words: Iterable[str]) -> str:
    return "".join(f"{word:<8}" for word in words).rstrip()


def _record_line(register: Register, record: Record) -> str:
    said = ", ".join(f"{trait} {'yes' if yes else 'no'}" for trait, yes in record.traits.items())
    scope = record.scope
    limits = [*scope.versions, *scope.media, *scope.territories]
    limits += [
        f"{word} {day}" for word, day in (("until", scope.until), ("review", scope.review)) if day
    ]
    seconded = register.seconded.get(record.id, "")
    counts = f"; yes counts from {seconded}" if seconded else ""
    if any(record.traits.values()) and (_unproven(record) or is_provisional(record)):
        counts = "; its yes shows nobody"
    within = f" ({', '.join(limits)})" if limits else ""
    return f"{record.id} {record.given}, {record.how}: {said}{escape(within)}{counts}"


def import_slip(
    project: Project, slip: Path, key: str, person: str, recording: Path | None
) -> list[str]:
    """Open a field slip and record what is in it, once; person "" is the one that it names.

    Raises:
        SlipUnreadable, SlipKnown, PersonUnknown, RecordRefused: nothing is recorded.
    """
    opened = open_slip(slip, key)
    if knows_slip(project, opened.sha256):
        raise SlipKnown("this slip was imported before", next_step="safehouse consent list")
    before = read_register(project)
    record = msgspec.structs.replace(
        opened.record,
        id=next_id(project, "R"),
        person=person or opened.record.person,
        proof_sha256=opened.recording_sha256 if opened.proven else "",
    )
    require_record(record, today=before.today)
    read_person(project, record.person)
    if recording is not None:
        open_slip(slip, key, recording)
    project.act(RecordConsent(record), ImportSlip(opened.sha256, record.id))
    doubt = [] if opened.proven else ["no recording is in it: its yes has no proof here"]
    return [*_told(project, before, record), *doubt]


def import_file(project: Project, file: Path, person: str) -> list[str]:
    """Record what a JSON file of consent records holds; nothing in it unlocks by itself.

    Raises:
        ExchangeMalformed, PersonUnknown, RecordRefused: nothing is recorded.
    """
    before = read_register(project)
    acts: list[RecordConsent | ChangeState] = []
    made: list[Record] = []
    lines: list[str] = []
    n, change_n = _number(project, "R"), _number(project, "S")
    known = {_same(row): row.id for row in before.records}
    changed = _known_changes(before.changes)
    for one in import_records(_read(file)):
        record = msgspec.structs.replace(
            one.record, id=f"R{n:04d}", person=person or one.record.person
        )
        require_record(record, today=before.today)
        read_person(project, record.person)
        if _same(record) in known:
            lines.append(f"not taken: it is on record already, as {known[_same(record)]}")
        else:
            known[_same(record)] = record.id
            n += 1
            made.append(record)
            acts.append(RecordConsent(record))
        for change in one.changes:
            if (record.person, change.state, change.day) in changed:
                continue
            changed.add((record.person, change.state, change.day))
            id_ = f"S{change_n:04d}"
            acts.append(ChangeState(msgspec.structs.replace(change, id=id_, person=record.person)))
            lines.append(f"{id_}: {record.person} is {change.state} since {change.day}")
            change_n += 1
        lines += [f"not taken: {words}" for words in one.passed_over]
    project.act(*acts)
    return [*(line for record in made for line in _told(project, before, record)), *lines]


def _known_changes(changes: Iterable[StateChange]) -> set[tuple[str, State, str]]:
    """Return the changes that need not come in again: person, state and day.

    One that a return of that day or of an earlier one follows may be another one, said since.
    """
    found: set[tuple[str, State, str]] = set()
    for row in changes:
        if row.state == "given":
            found = {one for one in found if one[0] != row.person or one[2] < row.day}
        found.add((row.person, row.state, row.day))
    return found


def _same(record: Record) -> bytes:
    """Return what two records have in common that say the same, whatever their ids."""
    plain = msgspec.structs.replace(record, id="")
    return msgspec.json.encode(plain, order="deterministic")


def _number(project: Project, letter: str) -> int:
    return int(next_id(project, letter)[1:])


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as handle:
            return handle.read(MOST_BYTES + 1)
    except OSError as error:
        raise ExchangeMalformed(
            f"'{escape(file.name)}' can't be read: {(error.strerror or '?').lower()}",
            next_step="give a JSON file of consent records, or a field slip",
        ) from error


def export_all(project: Project) -> bytes:
    """Return the whole register as JSON: ids and pseudonyms, no names."""
    return export_register(read_register(project))
