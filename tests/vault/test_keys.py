"""Key words: made once, joined from enough of them, refused in words that give nothing away."""

import itertools

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safehouse.errors import KeyWordsRefused, UsageError
from safehouse.vault.keys import join, make_key, read_scheme, recipient_of

PUBLIC, SHARES = make_key(2, 3)
_, OTHERS = make_key(2, 3)


def test_any_two_of_three_open_and_so_do_all_three() -> None:
    for some in [*itertools.permutations(SHARES, 2), SHARES]:
        assert recipient_of(join(some)) == PUBLIC


def test_a_joined_key_opens_what_its_public_key_sealed() -> None:
    sealed = pyrage.encrypt(b"sealed", [pyrage.x25519.Recipient.from_str(PUBLIC)])
    key = pyrage.x25519.Identity.from_str(join(SHARES[1:]))
    assert pyrage.decrypt(sealed, [key]) == b"sealed"


@pytest.mark.parametrize(
    ("shares", "words"),
    [
        ([], "too few"),
        (SHARES[:1], "too few"),
        ([SHARES[0], SHARES[0]], "too few"),
        ([SHARES[0], OTHERS[1]], "different keys"),
        ([SHARES[0], SHARES[1].rsplit(" ", 1)[0]], "wrong or missing"),
        ([SHARES[0], SHARES[1] + " academic"], "wrong or missing"),
        ([SHARES[0], "xylophone " + SHARES[1]], "no key word"),
    ],
)
def test_bad_mixed_and_too_few_words_are_refused(shares: list[str], words: str) -> None:
    with pytest.raises(KeyWordsRefused, match=words) as refused:
        join(shares)
    said = str(refused.value).split()
    given_away = {w for share in (*SHARES, *OTHERS) for w in share.split()} & set(said)
    assert given_away <= {"again", "different"}


@pytest.mark.parametrize("shares", list(itertools.permutations(SHARES, 2)))
def test_a_wrong_word_is_named_by_the_line_it_was_given_on(shares: tuple[str, str]) -> None:
    first, second = shares
    for given_shares, line in [([f"x {first}", second], 1), ([first, second + " x"], 2)]:
        with pytest.raises(KeyWordsRefused, match=f"of share {line} is no key word"):
            join(["", *given_shares])


@settings(max_examples=30)
@given(st.integers(0, 32), st.integers(1, 1023), st.integers(0, 1))
def test_any_one_wrong_word_is_refused(place: int, shift: int, which: int) -> None:
    from shamir_mnemonic.wordlist import WORDLIST

    words = SHARES[which].split()
    words[place] = WORDLIST[(WORDLIST.index(words[place]) + shift) % 1024]
    with pytest.raises(KeyWordsRefused):
        join([" ".join(words), SHARES[1 - which]])


def test_capitals_and_spaces_do_not_matter() -> None:
    assert recipient_of(join([SHARES[0].upper(), f"  {SHARES[2].replace(' ', '   ')} "])) == PUBLIC


@pytest.mark.parametrize("text", ["2of3", "3of5", "1of1", "2of2", "16of16"])
def test_schemes_that_can_be(text: str) -> None:
    threshold, count = read_scheme(text)
    public, shares = make_key(threshold, count)
    assert recipient_of(join(shares[:threshold])) == public


@pytest.mark.parametrize("text", ["", "3of2", "0of3", "1of3", "2of17", "two of three", "2/3"])
def test_schemes_that_cannot_be(text: str) -> None:
    with pytest.raises(UsageError):
        read_scheme(text)
