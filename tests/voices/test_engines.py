"""Programs that speak: found, asked without a word on the command line, the same twice."""

import os
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from speaking import needs_espeak

from safehouse.doctor import look_around
from safehouse.errors import EnvironmentLacks, LanguageUnknown, SpeechFailed, UsageError
from safehouse.media.program import find_program, run_program
from safehouse.voices import espeak
from safehouse.voices.captions import parse_captions
from safehouse.voices.engines import samples_of_wav, trimmed
from safehouse.voices.espeak import VOICES, find_espeak, languages_of
from safehouse.voices.piper import find_piper
from safehouse.voices.revoice import Track, revoice

LISTED = """\
Pty Language       Age/Gender VoiceName          File                 Other Languages
 5  cmn             --/M      Chinese_(Mandarin,_latin_as_English) sit/cmn              (zh 5)
 2  en-gb           --/M      English_(Great_Britain) gmw/en               (en 2)
 2  en-us           --/M      English_(America)  gmw/en-US            (en 3)
 5  eu              --/M      Basque             eu                   
 5  nb              --/M      Norwegian_Bokmål  gmq/nb               (no 5)
"""  # noqa: W291 - as the program prints it

SENTENCES = {
    "en": "We walked all night until we reached the river.",
    "ar": "مشينا طوال الليل حتى وصلنا إلى النهر.",
    "fa": "تمام شب راه رفتیم و هیچ‌کس حرفی نزد.",
    "uk": "Ми йшли всю ніч, і ніхто не сказав ні слова.",  # noqa: RUF001 - Ukrainian
    "ko": "우리는 강에 닿을 때까지 밤새 걸었습니다.",
    "fr": "Nous avons marché toute la nuit.",
    "zh": "我们走了一整夜。",
    "hi": "हम पूरी रात चलते रहे।",
}

PIPER = """\
#!{python}
import sys
words = sys.argv[1:]
if "--version" in words:
    sys.exit({version})
known = {{"--model", "--length_scale", "--noise_scale", "--noise_w", "--sentence_silence",
         "--output_raw", "--speaker"}}
if [word for word in words if word.startswith("--") and word not in known]:
    sys.exit(3)
said = sys.stdin.readline().strip()
scale = float(words[words.index("--length_scale") + 1])
speaker = int(words[words.index("--speaker") + 1]) if "--speaker" in words else 0
count = int(len(said) * 100 * scale)
tone = [int(9000 * (1 if n // (20 + speaker) % 2 else -1)) for n in range(count)]
sys.stdout.buffer.write(b"".join(n.to_bytes(2, "little", signed=True) for n in tone))
"""


def program(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The one folder on the PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    espeak.find_espeak.cache_clear()
    yield tmp_path
    espeak.find_espeak.cache_clear()


def pitch_of(samples: np.ndarray, rate_hz: int) -> float:
    """The median pitch of speech, Hz, by autocorrelation."""
    found = []
    for at in range(0, samples.size - 1024, 512):
        window = samples[at : at + 1024] * np.hanning(1024)
        power = np.fft.irfft(np.abs(np.fft.rfft(window, 2048)) ** 2)
        lags = power[rate_hz // 400 : rate_hz // 60]
        if power[0] > 0.4 and lags.max() > 0.4 * power[0]:
            lag = int(np.argmax(lags > 0.9 * lags.max())) + rate_hz // 400
            found.append(rate_hz / lag)
    return float(np.median(found))


def test_a_missing_program_is_named_with_how_to_get_it(only: Path) -> None:
    with pytest.raises(EnvironmentLacks, match="espeak-ng is not installed") as caught:
        find_espeak()
    assert "apt install espeak-ng" in caught.value.next_step
    (told,) = [found for what, _, found in look_around() if what == "speech"]
    assert told.startswith("the program espeak-ng is not installed; for --voices revoice: apt")


def test_a_program_gets_no_home_and_its_failures_are_ours(only: Path) -> None:
    shown = program(only, "shown", f"#!{sys.executable}\nimport os;print(os.environ)\n")
    told = run_program(find_program("shown", ""), []).decode()
    assert os.environ["HOME"] not in told
    assert shown.name == "shown"
    bad = program(only, "bad", "#!/bin/sh\nexit 4\n")
    with pytest.raises(SpeechFailed, match="ended with 4"):
        run_program(bad, [])
    slow = program(only, "slow", f"#!{sys.executable}\nimport time;time.sleep(60)\n")
    with pytest.raises(SpeechFailed, match="took longer"):
        run_program(slow, [], timeout_s=0.2)
    with pytest.raises(EnvironmentLacks):
        run_program(program(only, "odd", "#!/no/such\n"), [])


@pytest.mark.parametrize("wav", [b"", b"RIFF", b"RIFF    WAVEfmt " + bytes(40), b"x" * 100])
def test_no_sound_is_a_failure(wav: bytes) -> None:
    with pytest.raises(SpeechFailed):
        samples_of_wav(wav, Path("x"))


def test_languages_are_read_from_the_programs_list() -> None:
    found = languages_of(LISTED)
    assert {name: found[name] for name in ("en", "zh", "no", "eu", "en-us")} == {
        "en": "gmw/en",
        "zh": "sit/cmn",
        "no": "gmq/nb",
        "eu": "eu",
        "en-us": "gmw/en-US",
    }


@needs_espeak
@pytest.mark.parametrize("language", SENTENCES)
def test_espeak_speaks_the_same_samples_twice_in_many_languages(language: str) -> None:
    engine = find_espeak()
    text = SENTENCES[language]
    assert engine.misread(language, [text]) == ()
    said, rate_hz = engine.speak(text, language, "f2:40", 175)
    again, _ = engine.speak(text, language, "f2:40", 175)
    assert np.array_equal(said, again)
    assert 1.0 < said.size / rate_hz < 6.0
    assert 0.1 < np.max(np.abs(said)) <= 1.0


@needs_espeak
def test_espeak_refuses_languages_and_letters_that_it_would_misspeak() -> None:
    engine = find_espeak()
    with pytest.raises(LanguageUnknown, match="does not speak 'ps'"):
        engine.require_language("ps")
    assert engine.misread("ja", ["にほんごをはなす", "日本語を話す"]) == (1,)
    assert engine.misread("uk", ["він працював в UNESCO", "20 % @ ½ x²"]) == ()
    with pytest.raises(UsageError):
        engine.require_voice("robot")


@needs_espeak
def test_espeak_speaks_faster_at_the_same_pitch() -> None:
    engine = find_espeak()
    slow, rate_hz = engine.speak(SENTENCES["en"], "en", "m3:50", 130)
    fast, _ = engine.speak(SENTENCES["en"], "en", "m3:50", 220)
    assert 1.3 < slow.size / fast.size < 2.2
    assert pitch_of(slow, rate_hz) == pytest.approx(pitch_of(fast, rate_hz), rel=0.1)


@needs_espeak
def test_voices_next_to_each_other_are_unlike() -> None:
    engine = find_espeak()
    pitches = [pitch_of(*engine.speak(SENTENCES["en"], "en", voice, 175)) for voice in VOICES]
    assert all(max(a, b) / min(a, b) > 1.2 for a, b in pairwise(pitches)), pitches


@needs_espeak
@pytest.mark.parametrize("language", ["en", "en-us", "fr", "he", "ar", "fa", "uk", "ko"])
def test_no_two_voices_are_one_in_any_language(language: str) -> None:
    """By its language, espeak-ng's en-gb takes no variant: all would speak as one."""
    engine = find_espeak()
    text = "שלום" if language == "he" else "1 2 3"
    said = {engine.speak(text, language, voice, 175)[0].tobytes() for voice in VOICES}
    assert len(said) == len(VOICES)


@needs_espeak
def test_espeak_reads_no_commands_out_of_a_text() -> None:
    engine = find_espeak()
    plain, _ = engine.speak("hello there", "en", "m3", 175)
    marked, _ = engine.speak("hello <break time='9s'/> there", "en", "m3", 175)
    assert marked.size < 20 * plain.size
    said, _ = engine.speak("-w /tmp/x hello", "en", "m3", 175)
    assert said.size > 0


@needs_espeak
def test_captions_of_four_languages_are_spoken_on_time() -> None:
    times = ("00:00:01,000 --> 00:00:05,000", "00:00:06,000 --> 00:00:10,000")
    for language in ("ar", "fa", "uk", "ko"):
        raw = "\n".join(f"{n}\n{time}\n{SENTENCES[language]}\n" for n, time in enumerate(times))
        found = parse_captions(raw.encode(), f"x.{language}.srt")
        made = revoice(found, find_espeak(), Track(48000, 48000 * 11))
        heard = np.concatenate(list(made.blocks()))
        assert made.misfits == ()
        loud = np.abs(heard) > 0.003
        for first_s, end_s in ((0, 1), (5, 6), (10, 11)):
            assert not loud[first_s * 48000 : end_s * 48000].any()
        for first_s in (1, 6):
            assert loud[first_s * 48000 :][: 48000 // 20].any()


def voice_file(folder: Path, speakers: int = 1) -> Path:
    model = folder / "voice.onnx"
    model.write_bytes(b"a voice")
    described = (
        '{"audio": {"sample_rate": 16000}, "language": {"code": "en_GB"}, '
        f'"num_speakers": {speakers}}}'
    )
    (folder / "voice.onnx.json").write_text(described, encoding="utf-8")
    return model


@pytest.mark.parametrize(("version", "told"), [("print('1.2.0')", "1.2.0"), ("2", "of unknown")])
def test_piper_speaks_with_a_voice_file_of_the_users(only: Path, version: str, told: str) -> None:
    program(only, "piper", PIPER.format(python=sys.executable, version=version))
    engine = find_piper(voice_file(only, speakers=3))
    assert engine.version.startswith(told)
    assert ", voice " in engine.version
    assert engine.voices == ("0", "1", "2")
    engine.require_language("en-us")
    usual, rate_hz = engine.speak("hello", "en", "1", 175)
    slow, _ = engine.speak("hello", "en", "1", 140)
    assert (usual.size, rate_hz, slow.size) == (500, 16000, 625)
    with pytest.raises(LanguageUnknown):
        engine.require_language("fr")
    with pytest.raises(UsageError):
        engine.require_voice("3")


def test_a_voice_without_its_description_is_refused(only: Path) -> None:
    program(only, "piper", "#!/bin/sh\n")
    model = voice_file(only)
    (only / "voice.onnx.json").write_text("[]", encoding="utf-8")
    with pytest.raises(EnvironmentLacks):
        find_piper(model)
    with pytest.raises(EnvironmentLacks):
        find_piper(only / "other.onnx")


def test_silence_at_the_ends_goes() -> None:
    samples = np.concatenate([np.zeros(900), np.full(100, 0.5), np.zeros(900)]).astype(np.float32)
    assert trimmed(samples, 8000).size == 180
    assert trimmed(np.zeros(9, np.float32), 8000).size == 0
