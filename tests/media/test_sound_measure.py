"""Sound is measured alike with and without the picture."""

from pathlib import Path

import pytest
from faces import write_face_clip

from safehouse.errors import SourceEmpty, SourceError, SourceNotMedia
from safehouse.media.reader import ClipReader
from safehouse.media.sound_measure import measure_sound


def agree(path: Path) -> None:
    with ClipReader(path, "C0001") as reader:
        for _ in reader.frames():
            pass
        clip = reader.clip()
    measured = measure_sound(path, "C0001")
    assert (measured.sound, measured.sha256) == (clip.sound, clip.sha256)
    assert measured.video is None


def test_a_film_is_measured_as_its_reader_does(tmp_path: Path) -> None:
    write_face_clip(tmp_path / "a.mov", frames=10)
    agree(tmp_path / "a.mov")


@pytest.mark.media
@pytest.mark.parametrize(
    "name",
    [
        "video/decord_pancake.mkv",
        "video/facenet_video.mp4",
        "weird/ax_edit_list_positive_shift.mp4",
        "weird/ax_sample_h262_mpeg_audio.ts",
        "weird/ax_sample_rf64.wav",
        "weird/ae_test_yuv422p.mp4",
    ],
)
def test_real_files_are_measured_as_their_reader_does(media: Path, name: str) -> None:
    agree(media / name)


def test_what_has_no_sound_is_refused_or_has_no_track(tmp_path: Path) -> None:
    (tmp_path / "a.mov").write_bytes(b"no film" * 100)
    with pytest.raises(SourceNotMedia):
        measure_sound(tmp_path / "a.mov", "C0001")
    (tmp_path / "b.mov").write_bytes(b"")
    with pytest.raises((SourceEmpty, SourceError)):
        measure_sound(tmp_path / "b.mov", "C0001")
