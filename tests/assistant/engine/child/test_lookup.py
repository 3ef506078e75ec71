"""Guesses come from the place that reads most like the end, and drafts are made where they pay."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from assistant.engine.child.drafting import ROWS, Drafting
from assistant.engine.child.lookup import LONGEST, Lookup

tokens = st.lists(st.integers(0, 2), max_size=60)
CHEAP = (1.1, 1.2, 1.5, 2.0, 3.0)
"""Costs of batches where reading costs little, "dear" where it never pays."""
DEAR = (2.0, 4.0, 8.0, 16.0, 32.0)


def common(said: list[int], place: int) -> int:
    """The definition: how many tokens before `place` are those at the end."""
    length = 0
    while length < min(place, LONGEST) and said[place - 1 - length] == said[len(said) - 1 - length]:
        length += 1
    return length


@given(tokens, tokens)
def test_a_guess_is_what_came_after_the_same_tokens(prompt: list[int], answer: list[int]) -> None:
    lookup, said = Lookup(prompt), list(prompt)
    for token in answer:
        lookup.add(token)
        said.append(token)
    assert len(lookup.guess(5)) in (0, 5)
    if lookup.next is not None:
        assert lookup.common >= 2
        places = [place for place in range(2, len(said)) if said[place] == lookup.next]
        assert any(common(said, place) >= lookup.common for place in places)
    elif len(said) > 2:
        assert not any(common(said, place) >= 2 for place in range(2, len(said)))


def test_of_two_places_the_one_with_more_in_common_counts_and_then_the_later() -> None:
    assert Lookup([1, 2, 3, 4, 9, 2, 3, 5, 1, 2, 3]).guess(2) == [4, 9]
    assert Lookup([2, 3, 4, 2, 3, 5, 2, 3]).guess(3) == [5, 2, 3]


def test_a_place_that_runs_into_the_end_is_gone_through_again() -> None:
    assert Lookup([7, 8, 7, 8]).guess(5) == [7, 8, 7, 8, 7]


def cost(rows: int, costs: tuple[float, ...]) -> float:
    """On a straight line between the sizes that were measured."""
    sizes = (1, *ROWS)
    size = next(number for number, size in enumerate(sizes) if rows <= size)
    low, high = (1.0, *costs)[size - 1 : size + 1]
    return low + (high - low) * (rows - sizes[size - 1]) / (sizes[size] - sizes[size - 1])


def play(prompt: list[int], answer: list[int], costs: tuple[float, ...]) -> tuple[float, int]:
    """Write `answer`, as a model would that can say nothing else. Returns steps it took, and the longest draft."""
    drafting, steps, longest, at = Drafting(prompt, costs), 0.0, 0, 0
    while at < len(answer):
        drafting.add(answer[at])
        at += 1
        draft = drafting.draft(len(answer) - at - 1)
        longest = max(longest, len(draft))
        if not draft:
            steps += 1
            continue
        right = 0
        while right < len(draft) and draft[right] == answer[at]:
            drafting.add(answer[at])
            at, right = at + 1, right + 1
        drafting.tried(len(draft), right)
        steps += cost(len(draft) + 1, costs)
    return steps, longest


def test_what_repeats_a_passage_is_written_in_fewer_steps() -> None:
    chance = random.Random(1)
    passage = [chance.randrange(1000) for _ in range(300)]
    fresh = [chance.randrange(1000) for _ in range(40)]
    steps, longest = play(passage, fresh[:20] + passage[50:250] + fresh[20:], CHEAP)
    assert steps < 240 / 1.8
    assert longest == ROWS[-1] - 1


def test_what_repeats_nothing_costs_nothing() -> None:
    chance = random.Random(2)
    prompt = [chance.randrange(50) for _ in range(2000)]
    # Pairs of these few words come again and again, and what came after them tells nothing.
    answer = [chance.randrange(50) for _ in range(400)]
    assert play(prompt, answer, CHEAP)[0] <= 400 * 1.03
    assert play(prompt, answer, DEAR) == (400, 0)


def test_where_passages_change_at_every_turn_no_more_than_the_promised_share_is_lost() -> None:
    chance = random.Random(3)
    passage = [chance.randrange(30) for _ in range(1000)]
    answer = [token for at in chance.choices(range(990), k=60) for token in passage[at : at + 5]]
    for costs in (CHEAP, (1.8, 2.4, 4.0, 7.0, 12.0), DEAR):
        assert play(passage, answer, costs)[0] <= 300 * 1.03


def test_without_a_measurement_nothing_is_tried() -> None:
    drafting = Drafting([1, 2, 3, 1, 2], ())
    drafting.add(3)
    assert drafting.draft(10) == []
