"""A root digest as words that can be written on paper and typed again."""

from shamir_mnemonic.wordlist import WORDLIST

__all__ = ["ROOT_WORDS", "NotWords", "root_words", "same_root"]

ROOT_WORDS = 13
"""Words of a root: 130 bits, more than anybody can search."""

BITS = 10


class NotWords(ValueError):
    """A text is not thirteen words of the list."""


def root_words(digest: str) -> str:
    """Return the words of a root's digest."""
    top = int(digest, 16) >> (256 - BITS * ROOT_WORDS)
    numbers = [top >> BITS * (ROOT_WORDS - 1 - i) & 1023 for i in range(ROOT_WORDS)]
    return " ".join(WORDLIST[number] for number in numbers)


def same_root(words: str, digest: str) -> bool:
    """Return whether words are those of a digest; first four letters of each are enough.

    Raises:
        NotWords: they are not thirteen words of the list.
    """
    given = [word[:4] for word in words.lower().split()]
    known = {word[:4] for word in WORDLIST}
    if len(given) != ROOT_WORDS or not set(given) <= known:
        raise NotWords(f"not {ROOT_WORDS} words of the list")
    return given == [word[:4] for word in root_words(digest).split()]
