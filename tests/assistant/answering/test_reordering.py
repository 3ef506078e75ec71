"""A model's scores decide the order of what was found, as far as there was time for them."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answering.reordering import reordered
from assistant.values import PassageId, Retrieved, Stop
from tests.assistant.answering.fakes import ScriptedEngine, hit
from tests.assistant.answering.way import Way

HITS = [hit(number, f"The {word} kettle.") for number, word in enumerate(("red", "green", "blue", "grey"), 1)]


class Scores:
    """Gives these scores, and keeps what it was asked."""

    def __init__(self, *scores: float, depth: int = 10) -> None:
        self.given, self.depth = scores, depth
        self.asked: list[tuple[str, Sequence[str]]] = []

    def scores(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        self.asked.append((question, texts))
        return self.given


def test_those_with_a_score_come_first_and_the_rest_stays() -> None:
    order = reordered(HITS, [0.1, 0.9])
    assert [one.id for one in order] == [PassageId(2), PassageId(1), PassageId(3), PassageId(4)]
    assert [one.score for one in order] == [one.score for one in HITS]
    assert reordered(HITS, []) == HITS


def found(way: Way, ranks: Scores) -> list[str]:
    answering = way.built(ScriptedEngine(["A kettle."]), *HITS, ranks=ranks)
    events = list(answering.answer(way.about_documents(), "Which kettle?", Stop()))
    (citations,) = (event.citations for event in events if isinstance(event, Retrieved))
    return [one.text for one in citations]


def test_an_answer_is_made_from_the_order_of_the_scores(way: Way) -> None:
    ranks = Scores(0.0, 0.5, 3.0, 1.0)
    assert found(way, ranks) == ["The blue kettle.", "The grey kettle.", "The green kettle.", "The red kettle."]
    ((question, texts),) = ranks.asked
    assert question == "Which kettle?"
    assert texts[0] == "report.pdf\nThe red kettle."


def test_without_scores_the_order_of_the_search_stays(way: Way) -> None:
    assert found(way, Scores()) == [one.passage.text for one in HITS]
    nobody = Scores(3.0, depth=0)
    assert found(way, nobody) == [one.passage.text for one in HITS]
    assert nobody.asked == []
