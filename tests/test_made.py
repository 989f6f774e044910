"""What is chosen for voices is used, or refused before any work is done."""

from pathlib import Path
from typing import Any

import pytest

from safehouse.choices import Choices, Speech
from safehouse.errors import SourceMissing, UsageError
from safehouse.made import require_speech

FILE = Path(__file__)


def chosen(voices: Any, **speech: Any) -> Choices:
    return Choices(voices=voices, speech=Speech(**speech))


@pytest.mark.parametrize(
    "speech",
    [
        {"captions": FILE},
        {"stand_in": FILE},
        {"captions": FILE, "stand_in": FILE, "names": FILE, "language": "fr"},
        {"captions": FILE, "engine": "piper", "voice_model": FILE, "speakers": (("V1", "2"),)},
    ],
)
def test_words_and_who_speaks_them_are_taken(speech: dict[str, Any]) -> None:
    require_speech(chosen("revoice", **speech))


@pytest.mark.parametrize(
    "speech",
    [
        {},
        {"names": FILE},
        {"stand_in": FILE, "names": FILE},
        {"captions": FILE, "engine": "piper"},
        {"captions": FILE, "voice_model": FILE},
        {"captions": FILE, "stand_in": FILE, "speakers": (("V1", "f2"),)},
        {"stand_in": FILE, "engine": "piper", "voice_model": FILE},
    ],
)
def test_nothing_that_was_chosen_is_left_aside(speech: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        require_speech(chosen("revoice", **speech))


@pytest.mark.parametrize("voices", ["mute", "disguise", "reveal"])
@pytest.mark.parametrize(
    "speech",
    [
        {"captions": FILE},
        {"language": "fr"},
        {"encoding": "cp1256"},
        {"disclose": True},
        {"engine": "piper"},
        {"speakers": (("V1", "f2"),)},
    ],
)
def test_what_revoice_alone_uses_is_refused_elsewhere(voices: str, speech: dict[str, Any]) -> None:
    require_speech(chosen(voices, bed="tone"))
    with pytest.raises(UsageError, match="revoice"):
        require_speech(chosen(voices, **speech))


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(SourceMissing, match=r"gone\.srt"):
        require_speech(chosen("revoice", captions=FILE.with_name("gone.srt")))
