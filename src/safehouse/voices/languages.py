"""Languages by their tags, and the letters they are written in."""

import re
import unicodedata
from collections import Counter

__all__ = ["foreign_letters", "language_of_name", "main_language", "scripts_of", "usual_tag"]

CODES = (
    "afr:af amh:am ara:ar arb:ar asm:as aze:az bak:ba bel:be bul:bg ben:bn bos:bs cat:ca "
    "ces:cs cze:cs cym:cy wel:cy dan:da deu:de ger:de ell:el gre:el eng:en epo:eo spa:es "
    "est:et eus:eu baq:eu fas:fa per:fa pes:fa prs:fa fin:fi fra:fr fre:fr gle:ga gla:gd "
    "grn:gn guj:gu heb:he hin:hi hrv:hr hat:ht hun:hu hye:hy arm:hy ind:id isl:is ice:is "
    "ita:it jpn:ja kat:ka geo:ka kaz:kk kan:kn kor:ko kur:ku kmr:ku kir:ky lat:la ltz:lb "
    "lit:lt lav:lv mri:mi mao:mi mkd:mk mac:mk mal:ml mar:mr msa:ms may:ms mlt:mt mya:my "
    "bur:my nob:nb nor:no nep:ne npi:ne nld:nl dut:nl orm:om ori:or ory:or pan:pa pol:pl "
    "por:pt que:qu ron:ro rum:ro rus:ru snd:sd sin:si slk:sk slo:sk slv:sl sqi:sq alb:sq "
    "srp:sr swe:sv swa:sw swh:sw tam:ta tel:te tha:th tuk:tk tsn:tn tur:tr tat:tt uig:ug "
    "ukr:uk urd:ur uzb:uz vie:vi zho:zh chi:zh cmn:zh pus:ps som:so tir:ti yor:yo zul:zu "
    "hau:ha ibo:ig lao:lo khm:km bod:bo tib:bo mon:mn tgk:tg nno:nn"
)
TWO_OF_THREE = dict(pair.split(":") for pair in CODES.split())
"""ISO 639-2 and 639-3 codes, and those of single tongues, to ISO 639-1."""

KNOWN = frozenset(TWO_OF_THREE.values()) | {"yue", "hak", "ckb", "kok", "quc", "haw", "chr", "shn"}

TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")

WRITTEN_IN = {
    "ARABIC": "ar fa ur sd ug ps ckb",
    "CYRILLIC": "ru uk be bg mk sr kk ky tt ba cv nog tg mn",
    "HEBREW": "he yi",
    "DEVANAGARI": "hi mr ne kok",
    "BENGALI": "bn as bpy",
    "GURMUKHI": "pa",
    "GUJARATI": "gu",
    "ORIYA": "or",
    "TAMIL": "ta",
    "TELUGU": "te",
    "KANNADA": "kn",
    "MALAYALAM": "ml",
    "SINHALA": "si",
    "THAI": "th",
    "LAO": "lo",
    "KHMER": "km",
    "MYANMAR": "my shn",
    "GEORGIAN": "ka",
    "ARMENIAN": "hy hyw",
    "GREEK": "el grc",
    "ETHIOPIC": "am ti",
    "HANGUL": "ko",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "KATAKANA-HIRAGANA": "ja",
    "CJK": "ja zh cmn yue hak",
    "CHEROKEE": "chr",
    "LATIN": "sr bs uz tk az",
}
"""Script, as Unicode's letter names begin, → languages written in it; all others are in Latin."""

OTHERS_THAN_LATIN = frozenset(" ".join(WRITTEN_IN.values()).split())


def usual_tag(tag: str) -> str:
    """Return a language tag as `en`, `pt-br`; "" where it is none or not of a known language.

    Three-letter codes become the two-letter ones where there are any.
    """
    tag = tag.strip().lower().replace("_", "-")
    if not TAG.fullmatch(tag):
        return ""
    main, *rest = tag.split("-")
    main = TWO_OF_THREE.get(main, main)
    return "-".join([main, *rest]) if main in KNOWN else ""


def main_language(tag: str) -> str:
    """Return a tag without region and script: `pt` of `pt-br`."""
    return tag.split("-")[0]


def language_of_name(name: str) -> str:
    """Return the language in a file name such as `x.en.srt` or `x.pt-BR.vtt`, or ""."""
    parts = name.split(".")
    return usual_tag(parts[-2]) if len(parts) > 2 else ""


def scripts_of(language: str) -> frozenset[str]:
    """Return the scripts that a language is written in, as Unicode's letter names begin."""
    main = main_language(language)
    found = {script for script, languages in WRITTEN_IN.items() if main in languages.split()}
    return frozenset(found if main in OTHERS_THAN_LATIN else {"LATIN"})


def foreign_letters(text: str, language: str) -> tuple[int, int]:
    """Return how many letters of text are (not of the language's scripts, Latin but not of them).

    Latin words stand in captions of every script, and voices of other scripts read them.
    """
    own = scripts_of(language)
    counts = Counter(_script(letter) for letter in text if letter.isalpha())
    latin = 0 if "LATIN" in own else counts["LATIN"]
    return sum(n for script, n in counts.items() if script not in own) - latin, latin


def _script(letter: str) -> str:
    name = unicodedata.name(unicodedata.normalize("NFKC", letter)[:1], "LATIN")
    return name.split(" ")[0]
