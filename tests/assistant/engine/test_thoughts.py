"""Thought and answer come apart, however the text is cut into pieces."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.engine.thoughts import Thoughts
from assistant.values import Thought, Token

MARKS = ("<think>", "</think>")


def apart(pieces: list[str], *, begun: bool = False, possible: bool = True) -> tuple[str, str]:
    splitter = Thoughts(MARKS, begun=begun, possible=possible)
    told = [event for piece in pieces for event in splitter.split(Token(piece))] + list(splitter.rest())
    assert all(event.text for event in told)
    thought = "".join(event.text for event in told if isinstance(event, Thought))
    return thought, "".join(event.text for event in told if isinstance(event, Token))


CASES = [
    ("<think>\nHm.\n</think>\n\nYes.", False, ("Hm.", "Yes.")),
    ("\n\n<think>Hm.</think>Yes.", False, ("Hm.", "Yes.")),
    ("Hm.\n</think>\n\nYes.", True, ("Hm.", "Yes.")),
    ("<think>\nHm.</think>Yes.", True, ("Hm.", "Yes.")),  # the model repeats what the prompt ended with
    ("<think>\n\n</think>\n\nYes.", False, ("", "Yes.")),
    ("</think>Yes.", True, ("", "Yes.")),
    ("<think>Hm, and", False, ("Hm, and", "")),
    ("Hm, and</thi", True, ("Hm, and</thi", "")),
    ("Hm, and\n\n", True, ("Hm, and", "")),
    ("Yes.", False, ("", "Yes.")),
    ("Yes, <think> is a mark, </think> too.", False, ("", "Yes, <think> is a mark, </think> too.")),
    ("<think>Hm.</think>Yes, <think>no</think>.", False, ("Hm.", "Yes, <think>no</think>.")),
    ("<think>a</think>\n<think>b</think>Yes.", False, ("ab", "Yes.")),
    ("<think>a <think> b</think> c</think> Yes.", False, ("a <think> b", "c</think> Yes.")),
    ("</think>Yes.", False, ("", "</think>Yes.")),
    ("<thinking>Yes.", False, ("", "<thinking>Yes.")),
    ("<thi", False, ("", "<thi")),
    ("", True, ("", "")),
]


@pytest.mark.parametrize(("written", "begun", "expected"), CASES)
def test_thought_and_answer(written: str, begun: bool, expected: tuple[str, str]) -> None:
    assert apart([written], begun=begun) == expected
    assert apart(list(written), begun=begun) == expected


@given(
    case=st.sampled_from(CASES),
    cuts=st.lists(st.integers(0, 40), max_size=6),
)
def test_it_does_not_matter_where_the_pieces_end(case: tuple[str, bool, tuple[str, str]], cuts: list[int]) -> None:
    written, begun, expected = case
    places = sorted({0, len(written), *(cut for cut in cuts if cut < len(written))})
    assert apart([written[begin:end] for begin, end in pairwise(places)], begun=begun) == expected


@given(
    pieces=st.lists(st.sampled_from(["<think>", "</think>", "<thi", "nk>", "</", " ", "\n", "a", "b."]), max_size=12)
)
def test_nothing_is_lost_but_marks_and_white_space(pieces: list[str]) -> None:
    thought, answer = apart(pieces)
    left = "".join(pieces)
    for mark in MARKS:
        left = left.replace(mark, "")
    said = (thought + answer).replace(MARKS[0], "").replace(MARKS[1], "")
    assert "".join(said.split()) == "".join(left.split())


def test_an_answer_that_is_gone_on_with_has_its_thought_behind_it() -> None:
    assert apart(["<think> is", " a mark"], begun=True, possible=False) == ("", "<think> is a mark")


def test_a_family_without_thoughts_passes_every_token_on_as_it_is() -> None:
    splitter = Thoughts(("", ""), begun=True)
    tokens = [Token("<think>"), Token(" a")]
    assert [event for token in tokens for event in splitter.split(token)] == tokens
    assert list(splitter.rest()) == []
