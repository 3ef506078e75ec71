"""A prompt's tokens spell the prompt, whatever a vocabulary would add."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.engine.child.tokens import tokens_of

BEGIN, END, MARK = 1, 2, 3


@dataclass
class Letters:
    """A vocabulary of one token a letter, and one mark. spaced: as SentencePiece; ends: wants an end token too."""

    spaced: bool = False
    begins: bool = True
    ends: bool = False

    def tokenize(self, text: str, *, first: bool, markup: bool) -> list[int]:
        made = [BEGIN] if first and self.begins else []
        for index, part in enumerate(text.split("[M]") if markup else [text]):
            made += [MARK] if index else []
            made += [ord(letter) + 100 for letter in (" " if self.spaced and part else "") + part]
        return made + ([END] if first and self.ends else [])

    def piece(self, token: int) -> bytes:
        return chr(token - 100).encode("utf-8", "replace") if token >= 100 else b""


def spelled(tokens: list[int]) -> str:
    return "".join({BEGIN: "^", END: "$", MARK: "[M]"}.get(token) or chr(token - 100) for token in tokens)


@pytest.mark.parametrize("spaced", [False, True])
@pytest.mark.parametrize("ends", [False, True])
def test_only_the_beginning_keeps_what_the_vocabulary_puts_there(spaced: bool, ends: bool) -> None:
    made = tokens_of(
        Letters(spaced, ends=ends), [("ab", True), ("cd", False), (" ef", False), ("[M]", True), ("g", False)]
    )
    assert spelled(made) == ("^ abcd ef[M]g" if spaced else "^abcd ef[M]g")


@pytest.mark.parametrize("spaced", [False, True])
def test_a_space_that_is_there_is_not_doubled(spaced: bool) -> None:
    assert spelled(tokens_of(Letters(spaced), [(" ab", True), (" ", False), (" c", False)])) == "^ ab  c"


def test_no_begin_of_text_where_the_model_wants_none() -> None:
    assert spelled(tokens_of(Letters(begins=False, ends=True), [("a", True), ("a", False)])) == "aa"


def test_what_people_say_is_letters() -> None:
    made = tokens_of(Letters(), [("[M]", True), ("[M]", False)])
    assert made.count(MARK) == 1


@pytest.mark.parametrize("text", ["a" * 9_000, "some words " * 2_000, "line\n" * 3_000, "你" * 8_001, " " * 10_000])
def test_a_long_text_is_handed_over_in_pieces_and_spelled_all_the_same(text: str) -> None:
    asked: list[str] = []

    class Watched(Letters):
        def tokenize(self, text: str, *, first: bool, markup: bool) -> list[int]:
            asked.append(text)
            return super().tokenize(text, first=first, markup=markup)

    assert spelled(tokens_of(Watched(), [(text, False)])) == "^" + text
    assert max(len(piece) for piece in asked) <= 4_000
    if " " in text.strip():
        assert all(piece[0] == " " for piece in asked[3:])  # before a word


@given(
    texts=st.lists(st.tuples(st.text(min_size=1, max_size=5), st.just(False)), min_size=1, max_size=5),
    spaced=st.booleans(),
)
def test_the_tokens_spell_the_prompt(texts: list[tuple[str, bool]], spaced: bool) -> None:
    whole = "".join(text for text, _ in texts)
    expected = whole if not spaced or (whole.startswith(" ") and len(texts[0][0]) > 1) else " " + whole
    assert spelled(tokens_of(Letters(spaced), texts)) == "^" + expected
