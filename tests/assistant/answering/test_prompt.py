"""A prompt fits its budget; what is left out is named."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.prompt import compose
from assistant.values import Citation, Message, Role, Turn, TurnId, TurnState


def words(messages: Sequence[Message]) -> int:
    return sum(len(message.text.split()) for message in messages)


def turns(count: int, length: int = 10) -> list[Turn]:
    return [
        Turn(
            TurnId(number),
            Role.USER if number % 2 == 0 else Role.ASSISTANT,
            " ".join([f"word{number}"] * length),
            TurnState.COMPLETE,
            0.0,
        )
        for number in range(count)
    ]


def passages(count: int) -> list[Citation]:
    return [Citation(n, "a.pdf", f"page {n}", n, f"passage{n} " * 20, 1.0) for n in range(1, count + 1)]


def test_everything_that_fits_is_sent_in_order() -> None:
    prompt = compose("Be brief.", turns(4), "Why?", (), words, 1000)
    assert prompt is not None
    assert [message.role for message in prompt.messages] == ["system", "user", "assistant", "user", "assistant", "user"]
    assert prompt.messages[-1].text == "Why?"
    assert prompt.left_out == ""


def test_the_oldest_turns_go_first_and_are_counted() -> None:
    prompt = compose("Be brief.", turns(40), "Why?", (), words, 120)
    assert prompt is not None
    assert words(prompt.messages) <= 120
    assert prompt.turns == 40 - (len(prompt.messages) - 2)
    assert prompt.messages[1].role is Role.USER
    assert "word39" in prompt.messages[-2].text
    assert f"{prompt.turns} oldest messages do not fit" in prompt.left_out


def test_passages_go_after_all_turns_and_one_stays() -> None:
    prompt = compose("", turns(4), "Why?", passages(5), words, 110)
    assert prompt is not None
    assert prompt.turns == 4
    assert "passage1 " in prompt.messages[-1].text
    assert prompt.passages >= 1
    assert f"passage{6 - prompt.passages} " not in prompt.messages[-1].text
    assert prompt.messages[-1].text.endswith("in their own words: Why?")


def test_marks_of_earlier_answers_are_not_fed_back() -> None:
    turn = Turn(TurnId(1), Role.ASSISTANT, "It was 1874. [1] And 1875. [12]", TurnState.COMPLETE, 0.0)
    prompt = compose("", [turns(1)[0], turn], "Why?", (), words, 1000)
    assert prompt is not None
    assert prompt.messages[1].text == "It was 1874. And 1875."


def test_a_question_that_never_fits_gives_no_prompt() -> None:
    assert compose("Be brief.", turns(4), "why " * 200, (), words, 100) is None


@given(st.integers(0, 30), st.integers(0, 6), st.integers(30, 400))
def test_whatever_comes_back_fits(turn_count: int, passage_count: int, budget: int) -> None:
    prompt = compose("Be brief.", turns(turn_count), "Why so?", passages(passage_count), words, budget)
    if prompt is not None:
        assert words(prompt.messages) == prompt.tokens <= budget
        assert prompt.passages < max(passage_count, 1)
