"""A project with a voice recorder's clip: two made-up voices, one after the other, and a pause."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from registers import person, record
from versioned import seconded

from safehouse.film import add_clips
from safehouse.film_analysis import analyse_film
from safehouse.media.wav import write_wav
from safehouse.model.acts import DescribePerson, RecordConsent
from safehouse.store.project import Project, create_project

RATE = 16_000
FIRST = (RATE // 2, 2 * RATE + RATE // 2)
SECOND = (4 * RATE, 6 * RATE)
LENGTH = 7 * RATE


def voice(pitch_hz: float, count: int, seed: int) -> NDArray[np.float32]:
    """Something with a voice's pitch and overtones, never twice the same."""
    at = np.arange(count) / RATE
    sway = 1 + 0.02 * np.sin(2 * np.pi * 3 * at)
    phase = 2 * np.pi * np.cumsum(pitch_hz * sway) / RATE
    tones = sum(np.sin(n * phase) / n for n in range(1, 20))
    loud = 0.15 * (0.6 + 0.4 * np.sin(2 * np.pi * 2.5 * at))
    noise = np.random.default_rng(seed).normal(0, 0.002, count)
    return (loud * tones + noise).astype(np.float32)


def sound() -> NDArray[np.float32]:
    """The recorder's samples, shape (1, LENGTH)."""
    made = np.random.default_rng(1).normal(0, 1e-4, LENGTH).astype(np.float32)
    made[slice(*FIRST)] += voice(110, FIRST[1] - FIRST[0], 2)
    made[slice(*SECOND)] += voice(205, SECOND[1] - SECOND[0], 3)
    return made[None]


@contextmanager
def recorded_project(folder: Path) -> Iterator[Project]:
    """C0001 is sound alone, looked at; P01 and P02 are there, and P01's voice may be heard."""
    card = folder / "card"
    card.mkdir(parents=True)
    write_wav([sound()], RATE, 1, card / "ZOOM0001.WAV")
    with create_project(
        folder / "project", passphrase=None, recipient=None, unsealed=True, who="anna"
    ) as project:
        add_clips(project, [card])
        analyse_film(project)
        project.act(DescribePerson(person("P01")), DescribePerson(person("P02")))
        project.act(RecordConsent(record("R0001", "P01", traits={"voice": True})))
        seconded(project, "R0001")
        yield project
