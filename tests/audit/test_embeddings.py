"""Attack 5: a machine that has the clip, held against what stands under the masks."""

import base64
from dataclasses import replace
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest
from audit_cases import make_plan
from numpy.typing import NDArray

from safehouse.attack_jobs import look_job
from safehouse.audit.coverage import Checked
from safehouse.audit.embeddings import (
    PEOPLE_LEAST,
    Embeddings,
    Sighting,
    build_attack,
    group,
    named,
)
from safehouse.audit.faces import Looked
from safehouse.audit.interference import Scrambled
from safehouse.audit.run import Part
from safehouse.choices import Inquiry
from safehouse.model.documents import format_document, parse_document
from safehouse.model.frame import OriginalFrame, PlaneLayout
from safehouse.model.plan import Mask, Plan
from safehouse.model.shape import Ellipse, Key
from safehouse.render.protect import protect

WIDTH, HEIGHT, FRAMES, PEOPLE = 640, 480, 3, 9
GREY = PlaneLayout("gray", "gray", 8, 0, 0, full_range=True)


def sightings(people: int, each: int, *, telling: bool, seed: int = 1) -> list[Sighting]:
    """Made-up people, each with a direction of her own; the film tells, or has only noise."""
    chance = np.random.default_rng(seed)
    own = chance.normal(0, 0.1, (people, 128))
    rows = []
    for frame in range(each):
        for person in range(people):
            face = own[person] + chance.normal(0, 0.02, 128)
            film = own[person] if telling else own.mean(axis=0)
            film = film + chance.normal(0, 0.02, 128)
            data = (face.astype(np.float32).tobytes(), film.astype(np.float32).tobytes())
            rows.append(Sighting(f"T{person:04}", frame, *data))
    return rows


def test_a_film_that_tells_who_it_is_is_a_leak() -> None:
    attack = build_attack(sightings(9, 4, telling=True))
    assert attack.result == "leak"
    assert attack.control.held


def test_a_film_that_does_not_is_none_found_and_the_control_works() -> None:
    attack = build_attack(sightings(9, 4, telling=False))
    assert attack.result == "none found"
    assert attack.control.held


def test_too_few_people_are_neither_clear_nor_held() -> None:
    attack = build_attack(sightings(PEOPLE_LEAST - 1, 4, telling=True))
    assert attack.result == "none found"
    assert "not measurable here" in attack.figure
    assert attack.control.held is None


def test_tracks_of_one_person_are_taken_for_one() -> None:
    rows = sightings(3, 2, telling=False)
    again = [Sighting("T0099", r.frame, r.own, r.film) for r in rows if r.track == "T0000"]
    who = group([*rows, *again])
    assert who["T0099"] == who["T0000"]
    assert len(set(who.values())) == 3


def test_a_face_is_not_held_against_its_own_frame() -> None:
    """Each film row is the clip's own of that frame; the other frame has the faces swapped."""
    people = np.array([0, 1, 0, 1])
    frames = np.array([0, 0, 1, 1])
    one, two = np.eye(2, 128, dtype=np.float32)
    rows = np.stack([one, two, two, one])
    assert named(rows, rows, people, frames).rate == 0.0


def faces(folder: Path) -> NDArray[np.uint8]:
    """Pictures of some people, shape (people, frames, 224, 184)."""
    rows = []
    for person in sorted((folder / "orl").iterdir())[:PEOPLE]:
        read = [cv2.imread(str(p), cv2.IMREAD_GRAYSCALE) for p in sorted(person.iterdir())]
        pictures = [p for p in read if p is not None][:FRAMES]
        rows.append([cv2.resize(p, (92, 112)) for p in pictures])
    return np.array(rows, np.uint8)


def parade(pictures: NDArray[np.uint8]) -> tuple[list[OriginalFrame], Plan]:
    """Frames that show all of them side by side, on a background, and the plan that hides them."""
    chance = np.random.default_rng(3)
    ground = cv2.resize(chance.uniform(60, 200, (6, 8)), (WIDTH, HEIGHT))
    frames = []
    for n in range(FRAMES):
        picture = ground + chance.normal(0, 3, ground.shape)
        for person in range(PEOPLE):
            x, y = place(person)
            rows, columns = np.mgrid[:112, :92]
            oval = ((columns - 46) / 46) ** 2 + ((rows - 56) / 56) ** 2 <= 1
            part = picture[y : y + 112, x : x + 92]
            part[oval] = pictures[person, n][oval]
        plane = np.clip(picture, 0, 255).astype(np.uint8)
        plane.flags.writeable = False
        frames.append(OriginalFrame(n, n * 512, (plane,), GREY))
    masks = []
    for person in range(PEOPLE):
        x, y = place(person)
        oval_shape = Ellipse((x + 46) * 16, (y + 56) * 16, 54 * 16, 66 * 16)
        masks.append(Mask(f"M{person:04}", 0, FRAMES, (Key(0, oval_shape),), track=f"T{person:04}"))
    plan = make_plan(*masks, frames=FRAMES, width=WIDTH, height=HEIGHT)
    return frames, msgspec.structs.replace(plan, look="veil")


def place(person: int) -> tuple[int, int]:
    return 20 + person % 5 * 124, 40 + person // 5 * 200


@pytest.mark.media
@pytest.mark.slow
@pytest.mark.parametrize("film", ["veil", "black"])
def test_real_faces_are_named_when_bare_and_not_under_a_veil_or_in_black(
    film: str, media: Path
) -> None:
    frames, plan = parade(faces(media))
    attack = Embeddings(plan)
    for frame in frames:
        planes = protect(frame, plan).planes if film == "veil" else (0 * frame.planes[0],)
        attack.look(frame, replace(frame, planes=planes))
    found = build_attack(attack.result())
    assert found.control.held, found.control
    assert found.result == "none found", found.figure
    assert f"{PEOPLE} people" in found.figure


def test_biometric_data_is_handed_over_in_memory_and_never_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = make_plan()
    (tmp_path / "plan.json").write_bytes(format_document(plan))
    row = Sighting("T0001", 0, b"\x5a" * 512, b"\x5b" * 512)
    part = Part(Checked(), Looked(), Scrambled(), sightings=(row,))
    monkeypatch.setattr("safehouse.audit.run.check_range", lambda *_: part)
    monkeypatch.setattr("safehouse.attack_jobs.plan_at", lambda _: plan)
    inquiry = Inquiry(tmp_path / "film.mov", tmp_path / "clip.mov", tmp_path / "plan.json")
    told = look_job(inquiry, (0, 1), str(tmp_path / "part"))
    assert msgspec.json.decode(told, type=tuple[Sighting, ...]) == (row,)
    wanted = (row.own, base64.b64encode(row.own)[:40])
    for file in tmp_path.iterdir():
        assert not any(form in file.read_bytes() for form in wanted), file.name
    written = parse_document((tmp_path / "part").read_bytes(), Part)
    assert written.sightings == ()
