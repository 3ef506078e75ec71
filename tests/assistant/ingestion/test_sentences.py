"""Sentences end where a reader would end them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.ingestion import sentences
from assistant.ingestion.sentences import runs_over, sentence_spans


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four", ("One.", "Two!", "Three?", "Four")),
        ("Dr. Smith paid. He left.", ("Dr. Smith paid.", "He left.")),
        ("See Art. 5 and Fig. 7 there. Then go.", ("See Art. 5 and Fig. 7 there.", "Then go.")),
        ("J. R. Tolkien wrote it. True.", ("J. R. Tolkien wrote it.", "True.")),
        ("It cost 3.50 euros. Cheap.", ("It cost 3.50 euros.", "Cheap.")),
        ("12. Termination is possible. Yes.", ("12. Termination is possible.", "Yes.")),
        ("He said \u201cno.\u201d She left.", ("He said \u201cno.\u201d", "She left.")),
        ("and so on, e.g. this one", ("and so on, e.g. this one",)),
        ("We wait... and go. Done", ("We wait... and go.", "Done")),
        ("First line\nSecond line", ("First line", "Second line")),
        ("今日は雨です。明日は晴れます。", ("今日は雨です。", "明日は晴れます。")),
        ("هل تفهم؟ نعم.", ("هل تفهم؟", "نعم.")),
        ("यह एक वाक्य है। यह दूसरा है।", ("यह एक वाक्य है।", "यह दूसरा है।")),
        ("  \n ", ()),
        ("", ()),
    ],
)
def test_borders_are_where_a_reader_sees_them(text: str, expected: tuple[str, ...]) -> None:
    assert sentences(text) == expected


@given(st.text(st.sampled_from("aB.!? \n\t\"'。)\u00a0"), max_size=200))
def test_only_white_space_lies_between_sentences(text: str) -> None:
    at = 0
    for start, end in sentence_spans(text):
        assert at <= start < end
        assert not text[at:start].strip()
        assert text[start:end] == text[start:end].strip()
        at = end
    assert not text[at:].strip()


@pytest.mark.parametrize("text", ["." * 300_000, '."' * 150_000, " " * 300_000 + "x", "\n " * 150_000, "a" * 300_000])
def test_no_text_takes_more_than_linear_time(text: str) -> None:
    # A quadratic search would take hours here; pytest's own timeout is the assertion.
    assert "".join(sentences(text)).replace(" ", "") == text.replace(" ", "").replace("\n", "")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("the lessee shall pay the", "rent in advance.", True),
        ("the lessee shall pay.", "rent", False),
        ("Annex", "Definitions", False),
        ("the lessee shall", "", False),
        ("本契約は", "当事者の", True),
    ],
)
def test_a_sentence_left_open_goes_on_in_a_small_letter(before: str, after: str, expected: bool) -> None:
    assert runs_over(before, after) is expected
