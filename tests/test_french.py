"""The French says one word for one notion, as docs/languages.md has it, in one typography."""

import re
from collections.abc import Iterator

import pytest
from babel.messages.pofile import read_po
from loading import ROOT

NBSP = "\u00a0"

TERMS = {
    "clip": (r"\bclips?\b", "clip"),
    "shot": (r"\bshots?\b", r"\bplans?\b"),
    "take": (r"\btake in\b|\bof a take\b(?!-)|\bthe take of\b", r"\bprise\b"),
    "footage": (r"\bfootage\b", "rushes"),
    "appearance": (r"\bappearances?\b", "apparition"),
    "sound track": (r"\bsound tracks?\b", r"\bpistes? son\b"),
    "head": (r"\bheads?\b(?= (?:is|was|of a)\b)", r"\btêtes?\b"),
    "hide": (r"\b(?:hidden|hides?|hiding)\b", "cach"),
    "mask": (r"\bmasks?\b", "masque"),
    "veil": (r"\bveil", "voil|veil"),
    "slate": (r"\bslate\b", "carton"),
    "plan": (r"\bplans?\b", r"plans? de protection"),
    "findings": (r"\bfindings\b", "résultats? d.analyse"),
    "guess": (r"\bguess", "suppos"),
    "question": (r"\bquestions?\b", "question"),
    "undecided": (r"\bundecided\b", "tranch"),
    "version": (r"\bversions?\b", "version"),
    "render": (r"\brender(?:ed|ing)?\b", "rendu"),
    "stale": (r"\bstale\b", "périm"),
    "held": (r"(?i:\bheld\b)(?=:|$| \()", "(?i:retenu)"),
    "watch": (r"\bwatch(?:ed)?\b", "vision"),
    "delivery": (r"\bdeliver(?:y|ies)\b", "livr"),
    "copy": (r"\bcop(?:y|ies)\b", "copi"),
    "cutting copy": (r"\bcutting cop(?:y|ies)\b", r"copies? de montage"),
    "screening": (r"\bscreenings?\b", "projection"),
    "picture lock": (r"\bpicture (?:is )?(?:not )?locked\b", "montage .*verrouillé"),
    "consent": (r"\bconsent\b", "consent|accord"),
    "record (of consent)": (r"\brecords (?:are|contradict|in)\b", "inscription"),
    "withdrawal": (r"\bwithdraw(?:al|s|n)\b", r"reti?r"),
    "proof": (r"\bproof\b", "preuve"),
    "second person": (r"\bsecond person\b", "seconde personne"),
    "waiting time": (r"\bwaiting time\b", "délai d.attente"),
    "guardian": (r"\bguardian\b", "responsable légal"),
    "medium": (r"\bunknown medium\b|\buses\?", "diffusion"),
    "turn": (r"\bturns\b(?! out)", "tour.* de parole"),
    "reveal": (r"\brevealed\b", "révél"),
    "history": (r"\bhistory\b", "historique"),
    "head of the history": (r"\bhead of the history\b", "tête de l.historique"),
    "audit": (r"\baudit(?:s|ed)?\b", "audit"),
    "attack": (r"\battack(?:s|ed|ing)?\b", "attaqu"),
    "test": (r"\btests?\b", r"\btests?\b"),
    "leak": (r"\bleaks?\b", "fuite"),
    "card": (r"\bcards?\b", "carte"),
    "vault": (r"\bvaults?\b", "coffre"),
    "seal": (r"\bsealed\b", "scell"),
    "key words": (r"\bkey words\b", r"mots de (?:la )?clé"),
    "share": (r"\bshares\b", r"\bparts\b"),
    "digest": (r"\bdigests?\b", "empreinte"),
    "field slip": (r"\bfield slip\b", "fiche de terrain"),
    "captions": (r"\bcaptions?\b", "sous-titre"),
    "stand-in": (r"\bstand-ins?\b", "doublure"),
}
"""English term of docs/languages.md → what holds it in English, and what then must in French."""

AS_TYPED = re.compile(
    r"\{[^}]*\}|safehouse [\w -]+|(?<!\w)--?[a-z][\w-]*|'[^']*'|`[^`]*`|[\w-]+\.(?:json|md)"
    r"|\b[A-Z]{2,}\b"
    r"|vault (?:init|open|list|verify|rehearse|keygen)\b|plan build|people turns|mode is hide"
    r"|docs/\S+|card-"
)
"""What is typed, or a value: its words are no terms."""

OTHERWISE = {
    "Do not give this film away. It keeps the ending .held until no test holds it.",
    "Is every planned mask in the picture, full size, in every frame, and nothing else?",
    "Look for every head: in one file, into findings; or in the clips of the project.",
    "the display matrix is no turn by whole degrees",
    "{wrong} of {name} shows what is no longer permitted: that is no question for an audit",
    "render needs a clip, --plan and -o",
    "Original while held",
}
"""Sentences in which a term means something else, or that are said in other words."""


def rows() -> Iterator[tuple[str, str]]:
    """Every English sentence with its French, of plurals each form."""
    path = ROOT / "src" / "safehouse" / "locale" / "fr" / "LC_MESSAGES" / "safehouse.po"
    with path.open("rb") as handle:
        for message in read_po(handle, locale="fr"):
            if message.id:
                both = (message.id, message.string)
                texts = [x if isinstance(x, tuple | list) else (x,) for x in both]
                yield from zip(*texts, strict=True)


def glossary() -> dict[str, str]:
    """The table of docs/languages.md: English term → French."""
    text = (ROOT / "docs" / "languages.md").read_text()
    found = re.findall(r"^\| ([^|]+?) \| ([^|]+?) \|", text.partition("| English |")[2], re.M)
    return dict(found[1:] if found and set(found[0][0]) <= set("- ") else found)


def test_the_table_in_the_docs_and_the_terms_held_here_are_the_same() -> None:
    assert set(glossary()) == set(TERMS)
    wrong = [word for word, said in glossary().items() if not re.search(TERMS[word][1], said)]
    assert wrong == []


@pytest.mark.parametrize("word", TERMS)
def test_each_term_is_said_by_its_own_word(word: str) -> None:
    english, french = TERMS[word]
    held = [
        (said, told)
        for said, told in rows()
        if said not in OTHERWISE and re.search(english, AS_TYPED.sub("", said))
    ]
    assert held, "no sentence holds the term: it is not of the glossary any more"
    assert [(said, told) for said, told in held if not re.search(f"(?i){french}", told)] == []


def test_french_has_its_own_signs() -> None:
    faults = {
        "an English apostrophe": r"[a-zà-ÿ]'[a-zà-ÿ]",
        "a space that breaks": r" [:;?!»%](?:\s|$)|« ",
        "no space": rf"[a-zà-ÿ)}}][;?!](?:\s|$)|[a-zà-ÿ]:(?:\s|$)|«[^{NBSP}]|[^{NBSP}]»",
        "tu": r"(?i)\b(?:tu|toi|tes)\b",
        "a word that promises": r"(?i)anonymis",
        "English": r"\b(?:the|of|with|this|from)\b",
    }
    bare = [
        (said, re.sub(r"--\w+|\"[^\"]*\"(?:: \S+)?|\{[^}]*\}", "x", told)) for said, told in rows()
    ]
    found = [
        f"{name}: {told}"
        for name, fault in faults.items()
        for _, told in bare
        if re.search(fault, told)
    ]
    assert found == []
