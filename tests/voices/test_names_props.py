"""Whatever is done to how a name is written, it is found."""

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from safehouse.voices.captions import Caption
from safehouse.voices.names import find_names, fold, parse_names

NAMES = ["Zoë Müller", "Олена", "أحمد", "김민수", "王小明", "Maria", "محمد", "田中"]
FORMS = ["NFC", "NFD", "NFKC", "NFKD"]
HIDDEN = ["", "\u200b", "\u200c", "\u00ad", "\u202b", "\u2060", "\ufeff"]
AROUND = ["", " ", "«", "»", "...", "\u200f", "\n", "—"]


def found(name: str, text: str) -> bool:
    return find_names(parse_names(name.encode()), [Caption(1, 0, 1, "V1", text)]) == (1,)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(NAMES),
    st.sampled_from(FORMS),
    st.sampled_from(FORMS),
    st.sampled_from([str, str.upper, str.lower, str.title]),
    st.lists(st.sampled_from(HIDDEN), min_size=4, max_size=4),
    st.tuples(st.sampled_from(AROUND), st.sampled_from(AROUND)),
)
def test_forms_case_and_hidden_marks_hide_no_name(
    name: str,
    form: str,
    other: str,
    case: type[str],
    hidden: list[str],
    around: tuple[str, str],
) -> None:
    letters = unicodedata.normalize(form, case(name))
    text = "".join(letter + hidden[n % 4] for n, letter in enumerate(letters))
    assert found(unicodedata.normalize(other, name), f"x {around[0]}{text}{around[1]} y")


@given(st.text(max_size=40))
def test_folding_is_done_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=20), st.text(max_size=20))
def test_any_word_is_found_in_any_text(before: str, after: str) -> None:
    assert found("Maria", f"{before} Maria {after}")
