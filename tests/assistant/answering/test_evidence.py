"""What a reader says is weighed with the rest: of English passages, and where it can be asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import pytest

from assistant.answering.evidence import weigh
from assistant.answering.finding import Finding
from assistant.embedding import Reading
from assistant.errors import ChildDied, ModelUnreadable
from assistant.retrieval import Retrieval
from assistant.settings import Folders, Settings, options
from tests.assistant.answering.fakes import ScriptedRetrieval, hit
from tests.assistant.answering.test_modes import TELLING, meaning, near

ASK = "How much does the kettle in the hut hold?"
HUT = "The hut has a stove and a kettle. It holds four litres. It was built by the gardeners."


class Reads:
    """A reader that is as sure as it is told to be, of the words it is told."""

    def __init__(self, answerable: float, words: str) -> None:
        self.answerable, self.words = answerable, words
        self.asked: list[str] = []

    def __call__(self, question: str, texts: Sequence[str]) -> list[Reading]:
        self.asked.append(question)
        made = []
        for text in texts:
            places = tuple((found.start(), found.end()) for found in re.finditer(r"\w+", text))
            at = text.find(self.words)
            starts = tuple(8.0 if start == at else 0.0 for start, _ in places)
            ends = tuple(8.0 if end == at + len(self.words) else 0.0 for _, end in places)
            made.append(Reading(self.answerable, places, starts, ends))
        return made


def test_a_reader_that_finds_an_answer_makes_it_surer() -> None:
    sure = []
    for answerable in (-4.0, 4.0):
        found = weigh(ASK, [hit(1, HUT)], TELLING, near, Reads(answerable, "four litres"))
        assert found is not None
        sure.append(found.sureness)
    assert sure[1] > sure[0] + 0.1


@pytest.mark.parametrize(
    ("words", "sentence"), [("four litres", "It holds four litres."), ("gardeners", "It was built")]
)
def test_the_words_that_a_reader_points_at_choose_the_sentence(words: str, sentence: str) -> None:
    found = weigh("What of it?", [hit(1, HUT)], (), near, Reads(3.0, words))
    assert found is not None
    (best,) = found.sentences
    assert HUT[best.start : best.end].startswith(sentence)
    assert HUT[best.span_start : best.span_end] == words


def test_what_is_not_english_is_not_read() -> None:
    reads = Reads(4.0, "vier Liter")
    german = "Der Kessel in der Hütte fasst vier Liter Wasser, und der Ofen steht nicht weit von der Tür."
    assert weigh("Wie viel Wasser fasst der Kessel in der Hütte?", [hit(1, german)], TELLING, near, reads) is not None
    assert reads.asked == []


@pytest.mark.parametrize("error", [ChildDied("It ended.", "Ask again."), ModelUnreadable("Damaged.", "Install again.")])
def test_a_reader_that_fails_leaves_the_other_rules(tmp_path: Path, error: Exception) -> None:
    def fails(question: str, texts: Sequence[str]) -> list[Reading]:
        raise error

    retrieval, settings = cast(Retrieval, ScriptedRetrieval(hit(1, HUT))), Settings(Folders.inside(tmp_path))
    settings.set(options.RELEVANCE_THRESHOLD, 0.0)
    finding = Finding(retrieval, meaning, near, settings, read=fails)
    assert finding.read(ASK, [HUT]) is None
    found = finding.search(ASK)
    assert len(found) == 1
    assert found == Finding(retrieval, meaning, near, settings).search(ASK)
