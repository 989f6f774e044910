"""Real cameras' files: what exiftool and mediainfo see in a film is the profile, nothing more."""

import json
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from whole import protect_whole

from safehouse.errors import SafehouseError
from safehouse.media.containers import check_film
from safehouse.media.inspect import identifying_strings, search_file

SOURCES = (
    "c2pa_c.mov c2pa_legacy.mp4 c2pa_test.avi c2pa_video1_no_manifest.mp4 drewnoakes_100_0306.AVI"
    " drewnoakes_Sony_ILCE-7M3__A7M3_.mts drewnoakes_ftyp3gp5.mp4 drewnoakes_sample_mpeg4.mp4"
    " drewnoakes_with-gps.mov drewnoakes_xmp480qt.mov exiftool_ASF.wmv exiftool_FLAC.ogg"
    " exiftool_MP3.mp3 exiftool_MXF.mxf exiftool_Matroska.mkv exiftool_QuickTime.m4a"
    " exiftool_RIFF.avi exiftool_RIFF.wav gopro_max-heromode.mp4 mat2_dirty.avi mat2_dirty.flac"
    " mat2_dirty.mp4 mat2_dirty.wav mutagen_97-unknown-23-update.mp3 mutagen_apev2-lyricsv2.mp3"
    " mutagen_audacious-trailing-id32-apev2.mp3 mutagen_has-tags.m4a mutagen_id3v1v2-combined.mp3"
    " mutagen_multipagecomment.ogg mutagen_silence-2s-PCM-16000-08-ID3v23.wav mutagen_with-id3.aif"
)
SLOW = {"c2pa_c.mov"}

NO_TIME = "0000:00:00 00:00:00"

FIXED: dict[str, set[str]] = {
    "MajorBrand": {"Apple QuickTime (.MOV/QT)"},
    "MinorVersion": {"0.2.0"},
    "CompatibleBrands": {"['qt  ']"},
    "HandlerDescription": {"Video", "Sound", ""},
    "HandlerClass": {"Media Handler", "Data Handler"},
    "HandlerType": {"Video Track", "Audio Track", "URL"},
    "MediaLanguageCode": {"und"},
    "CompressorID": {"avc1", "hvc1", "apcn", "apch", "ap4h"},
    "AudioFormat": {"mp4a", "sowt", "in24"},
    "PurchaseFileFormat": {"mp4a", "in24"},
    "CreateDate": {NO_TIME},
    "ModifyDate": {NO_TIME},
    "TrackCreateDate": {NO_TIME},
    "TrackModifyDate": {NO_TIME},
    "MediaCreateDate": {NO_TIME},
    "MediaModifyDate": {NO_TIME},
}
"""What exiftool may say of a film where it is text: always the same."""

NUMBERS = (
    "MediaDataSize MediaDataOffset MediaData MovieHeaderVersion TimeScale Duration"
    " PreferredRate PreferredVolume MatrixStructure PreviewTime PreviewDuration PosterTime"
    " SelectionTime SelectionDuration CurrentTime NextTrackID TrackHeaderVersion TrackID"
    " TrackDuration TrackLayer TrackVolume ImageWidth ImageHeight Unknown_edts"
    " MediaHeaderVersion MediaTimeScale MediaDuration GraphicsMode OpColor SourceImageWidth"
    " SourceImageHeight XResolution YResolution BitDepth AVCConfiguration HEVCConfiguration"
    " ColorProfiles ColorPrimaries TransferCharacteristics MatrixCoefficients"
    " VideoFullRangeFlag PixelAspectRatio VideoFrameRate SyncSampleTable"
    " CompositionTimeToSample SampleToChunk SampleSizes ChunkOffset Balance AudioBitsPerSample"
    " AudioSampleRate Unknown_mp4a Unknown_esds LayoutFlags AudioChannels TimeToSampleTable"
    " SampleGroupDescription SampleToGroup ImageSize Megapixels AvgBitrate Rotation Endianness"
    " FieldOrder"
)
"""Sizes, rates, counts and codec facts that exiftool may say of a film."""

SPOKEN_OF = {"Title": {"Video", "Sound"}}
"""Text that mediainfo may say of a track: its handler's name."""

TELLING = (
    "Encoded_Library Encoded_Application Encoded_Date Tagged_Date Title Movie Performer Comment"
    " Copyright Description Encoded_Hardware Recorded_Date Recorded_Location Cover Language"
    " TimeCode_FirstFrame Encoded_Library_Settings Encoded_Library_Name Track Album Genre"
)
"""What mediainfo calls the things that tell of a maker."""


def dump(*command: str) -> Any:
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


@pytest.fixture
def film(media: Path, source: str, tmp_path: Path) -> Path:
    """The protected film of a source; a file that is refused leaves none, and that is its test."""
    made = tmp_path / "protected-0001.mov"
    with suppress(SafehouseError):
        protect_whole(media / "metadata" / source, made)
    return made


every_source = pytest.mark.parametrize(
    "source",
    [pytest.param(s, marks=pytest.mark.slow) if s in SLOW else s for s in SOURCES.split()],
)


@pytest.mark.media
@every_source
def test_nothing_of_a_real_source_is_left(media: Path, source: str, film: Path) -> None:
    if not film.exists():
        return
    assert search_file(film, identifying_strings(media / "metadata" / source)) == ()
    assert check_film(film) == ()
    if shutil.which("exiftool"):
        _check_exiftool(film)
    if shutil.which("mediainfo"):
        _check_mediainfo(film)


def _check_exiftool(film: Path) -> None:
    tags = dump("exiftool", "-j", "-a", "-G1", "-ee", "-u", str(film))[0]
    for name, value in tags.items():
        group, _, tag = name.rpartition(":")
        if group in {"ExifTool", "System", "File", ""}:
            continue
        assert tag in NUMBERS.split() or str(value) in FIXED.get(tag, set()), (name, value)


def _check_mediainfo(film: Path) -> None:
    for track in dump("mediainfo", "--Output=JSON", str(film))["media"]["track"]:
        for name in TELLING.split():
            assert name not in track or track[name] in SPOKEN_OF.get(name, set()), (
                name,
                track[name],
            )


@pytest.mark.media
def test_exiftool_and_mediainfo_are_here() -> None:
    missing = [name for name in ("exiftool", "mediainfo") if not shutil.which(name)]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
