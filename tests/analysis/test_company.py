"""Companies: all heads that meet, by any chain, are cut in the same frames."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from safehouse.analysis.company import AROUND, Doubt, Meeting, company_cuts

NAMES = ("T1", "T2", "T3", "T4")
SPANS = st.tuples(st.integers(10, 80), st.integers(1, 40)).map(lambda row: (row[0], sum(row)))


def test_whoever_comes_cuts_all_who_are_linked() -> None:
    cuts = company_cuts([Meeting("T1", "T2", 0, 100), Meeting("T2", "T3", 40, 60)])
    assert cuts["T1"] == cuts["T2"] == [-AROUND, 40 - AROUND, 60 + AROUND, 100 + AROUND]
    assert cuts["T3"] == [40 - AROUND, 60 + AROUND]


def test_two_meetings_soon_after_one_another_are_one() -> None:
    cuts = company_cuts([Meeting("T1", "T2", 10, 20), Meeting("T1", "T2", 28, 40)])
    assert cuts["T1"] == [10 - AROUND, 40 + AROUND]


def test_a_company_in_doubt_is_not_cut_by_who_comes_and_goes() -> None:
    meetings = [Meeting("T1", "T2", 0, 100), Meeting("T2", "T3", 45, 55)]
    cuts = company_cuts(meetings, [Doubt("T1", 40, 60), Doubt("T2", 60, 70)])
    assert cuts["T2"] == [-AROUND, 40 - AROUND, 70 + AROUND, 100 + AROUND]
    assert company_cuts([], [Doubt("T1", 40, 60)]) == {}


@given(
    st.lists(
        st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), SPANS).filter(
            lambda row: row[0] != row[1]
        ),
        max_size=8,
    )
)
def test_between_two_cuts_a_track_meets_the_same_heads(
    rows: list[tuple[str, str, tuple[int, int]]],
) -> None:
    meetings = [Meeting(a, b, *span) for a, b, span in rows]
    cuts = company_cuts(meetings)
    for name in NAMES:
        for first, end in pairwise(cuts.get(name, [])):
            companies = {linked(name, frame, meetings) for frame in range(first, end)}
            assert len(companies) == 1


def linked(name: str, frame: int, meetings: list[Meeting]) -> frozenset[str]:
    """Who is linked to a track in a frame, or AROUND frames from it."""
    found = {name}
    for _ in NAMES:
        for row in meetings:
            near = row.first - AROUND <= frame < row.end + AROUND
            if near and {row.one, row.other} & found:
                found |= {row.one, row.other}
    return frozenset(found)
