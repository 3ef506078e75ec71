"""A prompt fits its budget; what is left out is named, and stays the same from one question to the next."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.lengths import Lengths
from assistant.answering.prompt import Prompt, Source, compose
from assistant.values import Citation, Message, Role, Turn, TurnId, TurnState
from tests.assistant.answering.fakes import length


class Counter:
    """Counts as the scripted engine does, and how often it was asked for how many prompts."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def __call__(self, prompts: Sequence[Sequence[Message]]) -> list[int]:
        self.asked.append(len(prompts))
        return [length(prompt) for prompt in prompts]


def turns(count: int, words: int = 10) -> list[Turn]:
    return [
        Turn(
            TurnId(number),
            Role.USER if number % 2 == 0 else Role.ASSISTANT,
            " ".join([f"word{number}"] * words),
            TurnState.COMPLETE,
            0.0,
        )
        for number in range(count)
    ]


def passages(count: int) -> list[Citation]:
    return [Citation(n, "a.pdf", f"page {n}", n, f"passage{n} " * 20, 1.0) for n in range(1, count + 1)]


def composed(
    history: Sequence[Turn],
    citations: Sequence[Citation] = (),
    budget: int = 10_000,
    question: str = "Why?",
    begun: str = "",
    assumed: int = 0,
) -> Prompt | None:
    source = Source("Be brief.", history, question, citations, begun, assumed)
    return compose(source, Lengths(Counter()), budget)


def test_everything_that_fits_is_sent_in_order() -> None:
    prompt = composed(turns(4))
    assert prompt is not None
    assert [message.role for message in prompt.messages] == ["system", "user", "assistant", "user", "assistant", "user"]
    assert prompt.messages[-1].text == "Why?"
    assert prompt.left_out == ""


def test_the_parts_are_counted_and_add_up() -> None:
    prompt = composed(turns(4), passages(2))
    assert prompt is not None
    assert (prompt.instructions, prompt.conversation) == (2 + 4, 4 * (10 + 4))
    assert prompt.question == 4 + 1 + 4
    assert prompt.tokens == length(prompt.messages)


def test_the_oldest_turns_go_first_in_whole_exchanges_and_are_counted() -> None:
    prompt = composed(turns(40), budget=120)
    assert prompt is not None
    assert prompt.tokens == length(prompt.messages) <= 120
    assert prompt.turns == 40 - (len(prompt.messages) - 2)
    assert prompt.messages[1].role is Role.USER
    assert "word39" in prompt.messages[-2].text
    assert f"{prompt.turns} oldest messages do not fit" in prompt.left_out


def test_the_next_questions_leave_out_the_same_turns() -> None:
    """With 28 tokens an exchange and 400 for all, one drop must do for three questions at the least."""
    prompts = [composed(turns(2 * number), budget=400) for number in range(12, 40)]
    dropped = [prompt.turns for prompt in prompts if prompt is not None]
    assert len(dropped) == len(prompts)
    assert dropped == sorted(dropped)
    assert len(set(dropped)) <= len(dropped) / 3
    again = [prompt.messages[:3] for prompt in prompts if prompt is not None]
    assert sum(one == next_one for one, next_one in pairwise(again)) >= len(again) * 2 / 3 - 1


def test_passages_go_after_all_turns_and_one_stays() -> None:
    prompt = composed(turns(4), passages(5), budget=110)
    assert prompt is not None
    assert prompt.turns == 4
    assert "passage1 " in prompt.messages[-1].text
    assert prompt.passages >= 1
    assert f"passage{6 - prompt.passages} " not in prompt.messages[-1].text
    assert prompt.messages[-1].text.endswith("in their own words: Why?")


def test_marks_of_earlier_answers_are_not_fed_back() -> None:
    text = "It was 1874. [1] And 1875. [12]"
    turn = Turn(TurnId(1), Role.ASSISTANT, text, TurnState.COMPLETE, 0.0, tuple(passages(1)))
    prompt = composed([turns(1)[0], turn])
    assert prompt is not None
    assert prompt.messages[2].text == "It was 1874. And 1875."


def test_an_answer_that_goes_on_comes_last_and_counts() -> None:
    prompt = composed(turns(2), passages(1), begun="It was")
    assert prompt is not None
    assert prompt.messages[-1] == Message(Role.ASSISTANT, "It was")
    assert prompt.messages[-2].role is Role.USER
    assert prompt.tokens == length(prompt.messages)


def test_passages_that_are_not_known_yet_take_their_room() -> None:
    without, with_them = composed(turns(8), budget=200), composed(turns(8), budget=200, assumed=100)
    assert without is not None and with_them is not None
    assert (without.turns, without.documents) == (0, 0)
    assert with_them.turns > 0 and with_them.documents == 100
    assert with_them.tokens <= 200


def test_a_question_that_never_fits_gives_no_prompt() -> None:
    assert composed(turns(4), question="why " * 200, budget=100) is None


def test_a_conversation_is_counted_once() -> None:
    counter = Counter()
    lengths = Lengths(counter)
    lengths.begin("model")
    for number in range(20):
        assert compose(Source("Be brief.", turns(2 * number), f"Why {number}?"), lengths, 10_000) is not None
    assert len(counter.asked) <= 2 * 20
    assert max(counter.asked[2:]) <= 2  # the new exchange, then the new question
    lengths.begin("another")
    compose(Source("Be brief.", turns(20), "Why?"), lengths, 10_000)
    assert max(counter.asked[-2:]) >= 10


def test_an_estimate_asks_nobody_and_comes_close() -> None:
    counter = Counter()
    lengths = Lengths(counter)
    compose(Source("Be brief.", turns(6), "Why?"), lengths, 10_000)
    asked = list(counter.asked)
    draft = "word5 " * 40
    guess = compose(Source("Be brief.", turns(6), draft), lengths, 10_000, estimated=True)
    assert counter.asked == asked
    right = composed(turns(6), question=draft)
    assert guess is not None and right is not None
    assert guess.conversation == right.conversation
    assert abs(guess.question - right.question) <= right.question * 0.4


@given(st.integers(0, 30), st.integers(0, 6), st.integers(30, 400), st.booleans())
def test_whatever_comes_back_fits(turn_count: int, passage_count: int, budget: int, goes_on: bool) -> None:
    begun = "It was so" if goes_on else ""
    prompt = composed(turns(turn_count), passages(passage_count), budget, "Why so?", begun)
    if prompt is not None:
        assert length(prompt.messages) == prompt.tokens <= budget
        assert prompt.passages < max(passage_count, 1)
        assert prompt.turns == turn_count - sum(1 for _ in prompt.messages[1:-1]) + goes_on
