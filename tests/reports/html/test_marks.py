"""Text is cut at the edges of quotes and nothing of it is lost."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from dunlint.findings import Quote
from dunlint.reports.html.marks import LONGEST, marked


def quote(text: str, start: int, end: int) -> Quote:
    return Quote(text[start:end], start, end, 0, "collector", "insult", text, "x")


def test_quotes_that_overlap_are_cut_where_they_begin_and_end() -> None:
    text = "pay or we visit you"
    pieces = marked(text, [(1, quote(text, 0, 15)), (2, quote(text, 7, 19))]).pieces
    assert [(one.text, one.findings, one.last) for one in pieces] == [
        ("pay or ", (1,), ()), ("we visit", (1, 2), (1,)), (" you", (2,), (2,)),
    ]  # fmt: skip


def test_a_quote_of_the_whole_text_is_told_apart() -> None:
    text = "all of it"
    pieces = marked(text, [(1, quote(text, 0, 9)), (2, quote(text, 0, 3))]).pieces
    assert [(one.text, one.whole) for one in pieces] == [("all", False), (" of it", True)]


def test_offsets_that_do_not_fit_the_text_mark_nothing() -> None:
    wrong = Quote("other", 0, 5, 0, "collector", "insult", "other", "x")
    assert [one.findings for one in marked("words", [(1, wrong)]).pieces] == [()]


def test_a_long_text_is_cut_and_the_rest_counted() -> None:
    told = marked("x" * (LONGEST + 7), [])
    assert (sum(len(one.text) for one in told.pieces), told.left_out) == (LONGEST, 7)


@settings(deadline=None)
@given(st.text(max_size=40), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=6))
def test_the_pieces_are_the_text_and_each_mark_lies_inside_its_quote(text: str, spans: list[tuple[int, int]]) -> None:
    quotes = [(number, quote(text, *sorted(span))) for number, span in enumerate(spans)]
    told = marked(text, quotes)
    assert "".join(one.text for one in told.pieces) == text
    place = 0
    for one in told.pieces:
        covering = {n for n, q in quotes if q.start <= place and place + len(one.text) <= q.end and one.text}
        assert set(one.findings) <= covering
        place += len(one.text)
