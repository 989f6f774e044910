"""Captions that say that the voices are not those of the people: audiences should be told.

Source: BBC Editorial Guidelines, section 6: "audiences should be told what they are hearing".
"""
# ruff: noqa: RUF001 - letters of other scripts that look like Latin ones

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import pysubs2

from safehouse.voices.captions import Caption
from safehouse.voices.languages import main_language

__all__ = ["SHOWN_MS", "By", "disclosed", "disclosure", "format_srt"]

By = Literal["computer", "actor"]
"""Who spoke."""

SHOWN_MS = 4_000
"""How long the disclosure stays at the film's beginning."""

SHORTEST_MS = 2_000
"""Where the first caption comes sooner, the disclosure goes on beside it."""

WORDS = {
    "en": ("Voices re-spoken by a computer voice", "Voices re-spoken by an actor"),
    "fr": ("Voix redites par une voix de synthèse", "Voix redites par un comédien"),
    "es": ("Voces dobladas por una voz sintética", "Voces dobladas por un actor"),
    "pt": ("Vozes substituídas por uma voz sintética", "Vozes substituídas por um ator"),
    "de": (
        "Stimmen nachgesprochen von einer Computerstimme",
        "Stimmen von einer anderen Person nachgesprochen",
    ),
    "it": ("Voci sostituite da una voce sintetica", "Voci sostituite da un attore"),
    "nl": ("Stemmen nagesproken door een computerstem", "Stemmen nagesproken door een acteur"),
    "pl": ("Głosy zastąpione głosem komputerowym", "Głosy podłożone przez aktora"),
    "tr": ("Sesler bilgisayar sesiyle yeniden seslendirildi", "Sesleri bir oyuncu seslendirdi"),
    "uk": ("Голоси озвучено комп’ютерним голосом", "Голоси озвучено актором"),
    "ru": ("Голоса озвучены компьютерным голосом", "Голоса озвучены актёром"),
    "ar": ("الأصوات أُعيد نطقها بصوت حاسوبي", "الأصوات أُعيد نطقها بصوت ممثل"),
    "fa": ("صداها با صدای رایانه‌ای بازگو شده‌اند", "صداها با صدای بازیگر بازگو شده‌اند"),
    "hi": ("आवाज़ें कंप्यूटर की आवाज़ में दोबारा बोली गई हैं", "आवाज़ें एक अभिनेता ने दोबारा बोली हैं"),
    "zh": ("原声已由电脑合成语音代替", "原声已由演员代读"),
    "ja": ("音声は合成音声に置き換えています", "音声は俳優が読み直したものです"),
    "ko": ("목소리를 컴퓨터 음성으로 대신했습니다", "목소리를 배우가 대신했습니다"),
    "id": ("Suara diganti dengan suara komputer", "Suara diganti dengan suara aktor"),
}
"""Language → the words for a computer voice, and for an actor."""


def disclosure(language: str, by: By) -> str:
    """Return the sentence in a language, in English where it is not among those known."""
    computer, actor = WORDS.get(main_language(language), WORDS["en"])
    return actor if by == "actor" else computer


def disclosed(captions: Sequence[Caption], language: str, by: By) -> tuple[Caption, ...]:
    """Return captions in the order of time, beginning with the disclosure.

    It stays for four seconds. Where a caption comes before half of that is over, it goes on as the
    second line of each caption that begins in the four seconds.
    """
    said = disclosure(language, by)
    ordered = sorted(captions, key=lambda caption: (caption.first_ms, caption.number))
    first = ordered[0].first_ms if ordered else SHOWN_MS
    alone = Caption(0, 0, min(first, SHOWN_MS), "", said)
    if first >= SHORTEST_MS:
        return (alone, *ordered)
    both = [replace(c, text=f"{c.text}\n{said}") if c.first_ms < SHOWN_MS else c for c in ordered]
    return (*((alone,) if first > 0 else ()), *both)


def format_srt(captions: Sequence[Caption]) -> bytes:
    """Return captions as SRT in UTF-8; no name of a speaker is in them."""
    events = [pysubs2.SSAEvent(c.first_ms, c.end_ms, c.text.replace("\n", "\\N")) for c in captions]
    made = pysubs2.SSAFile()
    made.extend(events)
    return made.to_string("srt", apply_styles=False).encode()
