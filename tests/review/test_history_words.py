"""The history says in words what was done, of every kind of act, and of those that take back."""

from safehouse.model import acts
from safehouse.review.history_words import BACK_WORDS, DONE_WORDS, words_of
from safehouse.store.reading_history import BACK, Done


def done(kind: str, *, back: bool = False) -> Done:
    return Done(n=1, at="", who="", kind=kind, ids=(), more=0, undoes=None, undone=False, back=back)


def test_every_kind_of_act_has_words() -> None:
    kinds = {kind.__name__ for kind in acts.ACTS}
    assert len(kinds) > 30
    assert {kind for kind in kinds if words_of(done(kind)) == kind} == set()


def test_what_takes_back_has_words_of_its_own() -> None:
    assert set(BACK_WORDS) == set(BACK)
    for kind in BACK:
        assert words_of(done(kind, back=True)) not in {kind, DONE_WORDS[kind]}
