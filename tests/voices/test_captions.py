"""Captions are read strictly, and the names of speakers go nowhere."""

import pytest

from safehouse.errors import (
    CaptionsMistimed,
    CaptionsUnreadable,
    LanguageUnknown,
    SafehouseError,
    SourceTooLarge,
)
from safehouse.voices.captions import Captions, parse_captions

SRT = (
    "1\n00:00:01,000 --> 00:00:02,500\nWe left at night.\n\n"
    "2\n00:00:03,000 --> 00:00:05,000\nNobody saw us.\n"
)
TTML = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<tt xmlns="http://www.w3.org/ns/ttml" '
    'xmlns:ttm="http://www.w3.org/ns/ttml#metadata" '
    'xmlns:ttp="http://www.w3.org/ns/ttml#parameter" ttp:frameRate="25" xml:lang="uk">'
    "<head/><body><div begin='10s'>{}</div></body></tt>"
)


def read(text: str, name: str = "x.en.srt", **more: str) -> Captions:
    return parse_captions(text.encode(), name, **more)


def said(text: str, name: str = "x.en.srt") -> list[tuple[str, str]]:
    return [(c.speaker, c.text) for c in read(one(text), name).spoken]


def one(text: str) -> str:
    return f"1\n00:00:01,000 --> 00:00:03,000\n{text}\n"


def several(*texts: str) -> str:
    rows = (
        f"{n}\n00:00:{2 * n:02d},000 --> 00:00:{2 * n + 1:02d},500\n{text}\n"
        for n, text in enumerate(texts)
    )
    return "\n".join(rows)


def test_srt_has_times_words_and_numbers() -> None:
    captions = read(SRT)
    assert [(c.number, c.first_ms, c.end_ms, c.speaker, c.text) for c in captions.spoken] == [
        (1, 1000, 2500, "V1", "We left at night."),
        (2, 3000, 5000, "V1", "Nobody saw us."),
    ]
    assert (captions.language, captions.notes) == ("en", ())


def test_a_number_that_is_spoken_is_kept() -> None:
    assert said("We were\n42") == [("V1", "We were 42")]
    assert [c.text for c in read(several("42", "43")).spoken] == ["42", "43"]


def test_vtt_comments_styles_and_names_of_cues_are_not_spoken() -> None:
    text = (
        "WEBVTT\nKind: captions\nLanguage: fr\n\nSTYLE\n::cue { color: red }\n\nNOTE a\nsecret\n\n"
        "cue-1\n00:01.000 --> 00:02.000 align:start\n<v.loud Marie>Bonjour <b>tous</b></v>\n\n"
        "NOTE nobody says this\n\n00:00:03.000 --> 00:00:04.000\n<v Paul>Il &amp; elle\n\n"
        "01:00:05.000 --> 01:00:06.000\n<v Marie>Oui <00:00:05.100>bon <00:00:05.500>jour\n"
    )
    captions = read(text, "x.vtt")
    assert captions.language == "fr"
    assert [(c.first_ms, c.speaker, c.text) for c in captions.spoken] == [
        (1000, "V1", "Bonjour tous"),
        (3000, "V2", "Il & elle"),
        (3605000, "V1", "Oui bon jour"),
    ]


def test_ttml_nests_times_counts_frames_and_has_agents() -> None:
    rows = (
        "<p begin='0s' end='2s' ttm:agent='a1'>Ми  йшли<br/>вночі</p>"
        "<p begin='00:00:03:05' dur='1s' ttm:agent='a2'>Так <span>було</span></p>"
        "<p><span begin='5s' end='6s'>Тихо</span><span begin='7s' end='8s'>Дощ</span></p>"
    )
    captions = read(TTML.format(rows), "x.ttml")
    assert captions.language == "uk"
    assert [(c.first_ms, c.end_ms, c.speaker, c.text) for c in captions.spoken] == [
        (10000, 12000, "V1", "Ми йшли вночі"),
        (13200, 14200, "V2", "Так було"),
        (15000, 16000, "V2", "Тихо"),
        (17000, 18000, "V2", "Дощ"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE tt [<!ENTITY a 'b'>]><tt xmlns='http://www.w3.org/ns/ttml'/>",
        "<tt><body><div>",
        "<tt><body timeContainer='seq'/></tt>",
        "<tt xmlns:p='p' p:frameRate='0'><body/></tt>",
        "<tt><body>" + "<div>" * 100 + "</div>" * 100 + "</body></tt>",
        "hello",
        "",
        "WEBVTT\n\n",
        one("[door slams]"),
        "1\n\n",
    ],
)
def test_what_holds_no_captions_is_refused(text: str) -> None:
    with pytest.raises(CaptionsUnreadable):
        read(text)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_is_read_without_being_told(codec: str) -> None:
    text = one("We left — at night, naïve and cold")
    captions = parse_captions(text.encode(codec), "x.en.srt")
    assert captions.spoken[0].text == "We left — at night, naïve and cold"


def test_other_encodings_are_never_guessed_but_read_when_named() -> None:
    raw = one("مرحبا").encode("windows-1256")
    with pytest.raises(CaptionsUnreadable):
        parse_captions(raw, "x.ar.srt")
    assert parse_captions(raw, "x.ar.srt", encoding="windows-1256").spoken[0].text == "مرحبا"
    with pytest.raises(CaptionsUnreadable):
        parse_captions(raw, "x.ar.srt", encoding="no-such")
    with pytest.raises(LanguageUnknown):
        parse_captions(raw, "x.ar.srt", encoding="latin-1")


@pytest.mark.parametrize("raw", [b"", b"\n \n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_an_empty_file_is_called_empty(raw: bytes) -> None:
    with pytest.raises(CaptionsUnreadable, match="empty"):
        parse_captions(raw, "x.en.srt")


def test_another_language_than_the_captions_own_is_told() -> None:
    assert any("'en'" in note and "'fr'" in note for note in read(SRT, language="fr").notes)
    vtt = "WEBVTT\nLanguage: de\n\n00:01.000 --> 00:03.000\nHallo.\n"
    assert any("'de'" in note for note in read(vtt, "x.vtt", language="fr").notes)
    assert read(SRT, language="en-GB").notes == read(SRT, "x.srt", language="fr").notes == ()


@pytest.mark.parametrize(
    ("times", "error"),
    [
        ("00:00:02,000 --> 00:00:02,000", CaptionsMistimed),
        ("00:00:03,000 --> 00:00:02,000", CaptionsMistimed),
        ("-00:00:03,000 --> 00:00:02,000", CaptionsMistimed),
        ("100:00:00,000 --> 100:00:01,000", CaptionsMistimed),
        ("00:00:00,000 --> 10:00:00,000", CaptionsMistimed),
        ("00:00 --> 00:01", CaptionsMistimed),
    ],
)
def test_times_that_cannot_be_are_refused(times: str, error: type[SafehouseError]) -> None:
    with pytest.raises(error):
        read(f"1\n{times}\nWe left.\n")


def test_captions_out_of_order_are_ordered_and_said() -> None:
    text = "1\n00:00:05,000 --> 00:00:06,000\nLater\n\n2\n00:00:01,000 --> 00:00:05,500\nEarlier\n"
    captions = read(text)
    assert [c.text for c in captions.spoken] == ["Earlier", "Later"]
    assert captions.notes == (
        "caption 2 is out of order; times decide",
        "caption 1 begins before the one before it ends",
    )


def test_ten_hours_of_captions_are_read() -> None:
    rows = (
        f"{n}\n{n // 6:02d}:{n % 6}0:00,000 --> {n // 6:02d}:{n % 6}0:02,000\nWords\n"
        for n in range(60)
    )
    assert read("\n".join(rows)).spoken[-1].first_ms == 35_400_000


def test_too_much_text_is_refused() -> None:
    with pytest.raises(SourceTooLarge):
        read(one("word " * 500))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("♪ la la la ♪\nHello", [("V1", "Hello")]),
        ("[DOOR SLAMS] Hello [sighs]", [("V1", "Hello")]),
        ("(laughs)\nHello (in 1998) there", [("V1", "Hello (in 1998) there")]),
        ("MARIA: Hello", [("V1", "Hello")]),
        ("MARIA: Hello\nJO: Hi", [("V1", "Hello"), ("V2", "Hi")]),
        ("Maria Lopez: Hello", [("V1", "Hello")]),
        (">> JO: Hello", [("V1", "Hello")]),
        ("we saw this: nothing", [("V1", "we saw this: nothing")]),
        ("at 12:30 we left", [("V1", "at 12:30 we left")]),
        ("- Hello\n- Hi there", [("V1", "Hello"), ("V2", "Hi there")]),
        ("- Hello\nagain", [("V1", "Hello again")]),
        ("{\\an8}<i>Hello</i> <font color='red'>you</font>", [("V1", "Hello you")]),
        ("Morn\u200bing\u202e", [("V1", "Morning")]),
        ("A [[x]] B", [("V1", "A B")]),
        ("Yes \U0001f600 5 °C", [("V1", "Yes 5 °C")]),
    ],
)
def test_marks_sounds_and_names_are_not_spoken(text: str, expected: list[tuple[str, str]]) -> None:
    assert said(text) == expected


def test_a_speaker_goes_on_until_another_is_named() -> None:
    captions = read(several("MARIA: One", "two", "JO: three", "four", "MARIA: five"))
    assert [c.speaker for c in captions.spoken] == ["V1", "V1", "V2", "V2", "V1"]


def test_no_name_of_a_speaker_stays() -> None:
    captions = read(several("Maria: One", "JO: two"))
    assert "aria" not in repr(captions)
    assert captions.notes == ("caption 1: what stands before the colon is not spoken",)


@pytest.mark.parametrize(
    ("name", "given", "found"),
    [
        ("x.fr.srt", "", "fr"),
        ("x.pt-BR.srt", "", "pt-br"),
        ("x.fra.srt", "", "fr"),
        ("x.srt", "eng", "en"),
        ("x.fr.srt", "de", "de"),
    ],
)
def test_the_language_is_given_or_in_the_name(name: str, given: str, found: str) -> None:
    assert read(one("la la"), name, language=given).language == found


@pytest.mark.parametrize(("name", "given"), [("x.srt", ""), ("x.cut2.srt", ""), ("x.fr.srt", "qq")])
def test_a_language_that_nobody_says_is_asked_for(name: str, given: str) -> None:
    with pytest.raises(LanguageUnknown):
        read(one("la la"), name, language=given)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("مرحبا بكم", "en"),
        ("We left at night", "ar"),
        ("привіт", "pl"),
        ("We met Олена there", "en"),
        ("안녕하세요", "ja"),
    ],
)
def test_letters_of_another_language_are_refused(text: str, language: str) -> None:
    with pytest.raises(LanguageUnknown):
        read(one(text), "x.srt", language=language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("كان يعمل مع UNESCO في ذلك الوقت", "ar"),
        ("می‌خواهم بروم", "fa"),
        ("안녕하세요", "ko"),
        ("Ми йшли вночі", "uk"),
        ("日本語を話す", "ja"),
        ("Ђорђе", "sr"),
    ],
)
def test_own_letters_and_some_latin_words_are_taken(text: str, language: str) -> None:
    assert read(one(text), "x.srt", language=language).spoken[0].text == text


def test_lines_that_roll_up_are_spoken_once() -> None:
    rows = ["a b", "a b\nc d", "c d\ne f", "e f\ng h"]
    text = "\n".join(
        f"{n}\n00:00:0{n},000 --> 00:00:0{n + 1},000\n{row}\n" for n, row in enumerate(rows)
    )
    captions = read(text)
    assert [c.text for c in captions.spoken] == ["a b", "c d", "e f", "g h"]
    assert "lines that roll up were taken once" in captions.notes


def test_captions_in_another_language_are_left_out() -> None:
    rows = "<p begin='0s' end='2s'>Так</p><p begin='0s' end='2s' xml:lang='en'>Yes</p>"
    captions = read(TTML.format(rows), "x.ttml")
    assert [c.text for c in captions.spoken] == ["Так"]
    assert captions.notes == ("1 captions in another language were left out",)
