"""What is said in English is said in the other languages, with the same figures."""

import string
from gettext import GNUTranslations
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from loading import ROOT, load_script

from safehouse.language import ENGLISH, LANGUAGES, Language, load_language
from safehouse.model.words import Said, said_list, say, say_n

OTHERS = [code for code in LANGUAGES if code != "en"]
LOCALE = ROOT / "src" / "safehouse" / "locale"


def fields(template: str) -> set[str]:
    """The names of the values that a template takes."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def texts(value: Any) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, tuple | list) else (value,)


class Told(GNUTranslations):
    """A catalogue made of pairs."""

    def __init__(self, rows: dict[Any, str]) -> None:
        self._catalog = rows
        self._fallback = None
        self._charset = "utf-8"
        self.plural = lambda n: int(n > 1)


def language(rows: dict[Any, str], code: str = "fr") -> Language:
    return Language(code, Told(rows))


def test_catalogues_are_whole_and_their_programs_half_is_not_stale() -> None:
    script = load_script("catalogue")
    wanted = script.sentences()
    assert len(wanted) > 200
    assert [fault for code in OTHERS for fault in script.faults_of(code, wanted)] == []


@pytest.mark.parametrize("code", OTHERS)
def test_every_translation_takes_the_same_figures(code: str) -> None:
    with (LOCALE / code / "LC_MESSAGES" / "safehouse.po").open("rb") as handle:
        catalogue = read_po(handle, locale=code)
    wrong = [
        message.id
        for message in catalogue
        if message.id
        for said, asked in zip(texts(message.string), texts(message.id), strict=True)
        if fields(said) != fields(asked)
    ]
    assert wrong == []
    assert not any(message.fuzzy for message in catalogue if message.id)


def test_every_language_has_a_catalogue_and_every_catalogue_a_language() -> None:
    assert {path.name for path in LOCALE.iterdir() if path.is_dir()} == set(OTHERS)
    with pytest.raises(KeyError):
        load_language("xx")


def test_words_are_plain_english_until_they_are_said_in_another_language() -> None:
    said = say("{found} of {n} frames", found=3, n=250)
    assert (said, type(said)) == ("3 of 250 frames", Said)
    assert ENGLISH.say(said) == "3 of 250 frames"
    french = language({"{found} of {n} frames": "{found} images sur {n}"})
    assert french.say(said) == "3 images sur 250"
    assert french.say(say("never heard")) == "never heard"


def test_words_in_words_and_lists_are_said_too() -> None:
    french = language({"the mask": "le masque", "{a} is open": "{a} est ouvert"})
    inner = say("{a} is open", a=say("the mask"))
    assert french.say(inner) == "le masque est ouvert"
    twice = french.say(said_list("; ", (inner, inner)))
    assert twice == "le masque est ouvert\u00a0; le masque est ouvert"
    assert said_list("; ", ()) == ""


def test_one_and_many_follow_the_language() -> None:
    french = language({("{n} mask", 0): "{n} masque", ("{n} mask", 1): "{n} masques"})
    assert [french.say(say_n("{n} mask", "{n} masks", n)) for n in (0, 1, 2)] == [
        "0 masque",
        "1 masque",
        "2 masques",
    ]


def test_figures_are_written_as_the_language_does() -> None:
    rows = {"{share:.1%} and {far:.2f}": "{share:.1%} et {far:.2f}"}
    said = say("{share:.1%} and {far:.2f}", share=0.125, far=1.5)
    assert language(rows).say(said) == "12,5\u00a0% et 1,50"
    assert language(rows, "xx").say(said) == "12.5% et 1.50"


def test_a_line_of_a_document_is_said_by_the_template_that_made_it() -> None:
    french = language(
        {
            "{who} is seen for a long time": "{who} est vu longtemps",
            "the mask": "le masque",
            "{a}: {b}": "{a} : {b}",
        }
    )
    assert french.say("T0001 is seen for a long time") == "T0001 est vu longtemps"
    assert french.say("the mask is seen for a long time") == "le masque est vu longtemps"
    assert french.say("the mask") == "le masque"
    assert french.say("anything: else") == "anything: else"
    assert french.say("") == ""


def test_hostile_text_in_a_value_is_no_template() -> None:
    french = language({"tag {words}": "balise {words}"})
    assert french.say(say("tag {words}", words="{0.__class__} %s")) == "balise {0.__class__} %s"


def test_words_survive_a_process_border_and_documents() -> None:
    import pickle

    said = say_n("{n} mask", "{n} masks", 2)
    back = pickle.loads(pickle.dumps(said))  # noqa: S301 - our own
    assert (back, back.template, back.values) == (said, said.template, said.values)


def test_catalogues_travel_in_the_package() -> None:
    from importlib.resources import files

    for code in OTHERS:
        assert (files("safehouse") / "locale" / code / "LC_MESSAGES" / "safehouse.mo").is_file()
    assert Path(ROOT / "scripts" / "catalogue.py").exists()


def test_a_line_with_one_is_said_in_the_singular_and_with_more_in_the_plural() -> None:
    french = load_language("fr")
    said = [french.say(f"{n} files") for n in (0, 1, 2, 1000)]
    assert said == ["0 fichier", "1 fichier", "2 fichiers", "1000 fichiers"]
    assert french.say_pieces("1 ready, 2 stale") == "1 prêt, 2 périmés"
    assert french.say("1 manifests are damaged, or for another key").startswith(
        "1 manifeste est endommagé"
    )
    with (LOCALE / "fr" / "LC_MESSAGES" / "safehouse.po").open("rb") as handle:
        chosen = [row for m in read_po(handle) for row in texts(m.string) if "|" in row]
    assert len(chosen) > 40
    for template in chosen:
        for text, name, spec, _ in string.Formatter().parse(template):
            assert name is None or (spec or "").count("|") <= 1, template
            assert "|" not in text, template


WORDS = {
    "face": "visage",
    "voice": "voix",
    "name": "nom",
    "court": "tribunal",
    "festival": "festival",
    "online": "en ligne",
    "(undone)": "(annulé)",
    "{guessed} guessed": "{guessed} supposées",
    "{who}, guessed": "{who}, supposée",
    "they said no": "la personne a dit non",
    ":": "\u00a0:",
}


def test_words_of_consent_are_said_in_lists_in_brackets_and_after_a_colon() -> None:
    french = language(WORDS)
    assert french.say_pieces("they said no (R0004): court, online") == (
        "la personne a dit non (R0004)\u00a0: tribunal, en ligne"
    )
    assert french.say_pieces("they said no (online)") == "la personne a dit non (en ligne)"
    assert french.say_pieces("they said no: court") == "la personne a dit non\u00a0: tribunal"
    assert (
        french.say_pieces("they said no (my-cut, held)") == "la personne a dit non (my-cut, held)"
    )


def test_the_columns_of_a_table_stay_where_they_were_and_its_first_words_may_be_names() -> None:
    french = language(WORDS)
    assert french.say_pieces("face    voice   name") == "visage  voix    nom"
    assert french.say_pieces("court   -       voice") == "court   -       voix"
    assert french.say_pieces("20  (undone)") == "20  (annulé)"


def test_of_two_templates_the_one_that_says_more_of_the_line_is_taken() -> None:
    assert language(WORDS).say_pieces("P01, guessed") == "P01, supposée"
    assert language(WORDS).say_pieces("3 guessed") == "3 supposées"


def test_a_line_stays_indented() -> None:
    assert language(WORDS).say_line("  they said no") == "  la personne a dit non"
    assert [language(WORDS).say_line(text) for text in ("", "  ")] == ["", "  "]


def test_what_is_named_as_a_medium_keeps_its_name() -> None:
    rows = {
        **WORDS,
        "version: {version}": "version\u00a0: {version}",
        "{n} missing": "{n} manquants",
    }
    french = language(rows)
    assert french.say_pieces("version: court") == "version\u00a0: court"
    assert french.say(say("version: {version}", version="court")) == "version\u00a0: court"
    assert french.say_pieces("court: 2 missing") == "court\u00a0: 2 manquants"


def test_pieces_that_are_one_template_s_are_said_together() -> None:
    french = language(
        {"{n} frames; {m} masks": "{n} images; {m} masques", "all is well": "tout va"}
    )
    said = french.say_pieces("5 frames; 2 masks; all is well")
    assert said == "5 images; 2 masques\u00a0; tout va"
