"""The disguise of real readings: nothing of the wave is left, it is fast, memory stays."""

import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from saying import KEY, disguised, sentence

from safehouse.audit.attacks.waves import coherence, likeness
from safehouse.model.frame import OriginalSound
from safehouse.voices.disguise import disguise

RATE_HZ = 16_000
Floats = NDArray[np.float32]


def readings(media: Path, count: int) -> list[Floats]:
    """The first readings of different readers, shape (n,) each."""
    found = []
    for folder in sorted(p for p in (media / "speech").iterdir() if p.is_dir())[:count]:
        with av.open(str(sorted(folder.glob("*.flac"))[0])) as container:
            frames = [frame.to_ndarray().reshape(-1) for frame in container.decode(audio=0)]
        found.append(np.concatenate(frames).astype(np.float32) / 32768)
    return found


@pytest.mark.media
def test_real_speech_is_no_more_like_its_disguise_than_other_speech(media: Path) -> None:
    """It is loud when its disguise is; that alone is worth a little more likeness."""
    said = readings(media, 8)
    length = min(len(samples) for samples in said)
    said = [samples[:length] for samples in said]
    made = [disguised(samples[None])[0] for samples in said]
    own = np.eye(len(said), dtype=np.bool_)
    for measure, more in ((likeness, 1.5), (coherence, 1.2)):
        alike = np.array([[measure(one, other) for other in said] for one in made])
        assert alike[own].mean() < more * alike[~own].mean()
        assert alike[own].max() < 1.3 * alike[~own].max()
        assert measure(said[0], said[0] * 0.1) > 10 * alike[own].max()


@pytest.mark.media
def test_it_is_five_times_faster_than_the_sound(media: Path) -> None:
    said = np.concatenate(readings(media, 6))
    began = time.process_time()
    disguised(said[None])
    assert time.process_time() - began < len(said) / RATE_HZ / 5


@pytest.mark.slow
def test_memory_does_not_grow_with_the_length() -> None:
    speech = sentence(8.0)

    def peak(times: int) -> int:
        def read() -> Iterator[OriginalSound]:
            for number in range(times):
                yield OriginalSound(number * speech.shape[1], speech, RATE_HZ)

        tracemalloc.start()
        for _ in disguise(read, RATE_HZ, 1, times * speech.shape[1], KEY):
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(1)
    assert peak(40) < 1.3 * peak(8)
