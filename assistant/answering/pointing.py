"""The words that answer, pointed at by the model: it chooses among spans that stand there, and can make up none."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from assistant.answering.evidence import Read, likely, readings_of
from assistant.answering.spans import Asked, Sentence, Telling, Weighed, learned
from assistant.engine import Engine, Pointing
from assistant.errors import PrivetError
from assistant.retrieval import language
from assistant.values import Citation, Message, Role, Span, Stop

_CITATIONS: Final = 3
"""Of an answer, as many as are quoted."""
TRIED: Final = 30
"""Spans of a sentence that the rule finds best: of XQuAD-en's gold answers .88 are among them."""
_SECONDS: Final = 4.0
_ASK: Final = "Answer with a few words from the text."
ANYTHING: Final = "What does the text say?"
"""In place of the question: how likely a span is whatever is asked."""


class Until(Stop):
    """Stops when asked to, and after a while."""

    def __init__(self, asked: Stop, seconds: float) -> None:
        super().__init__()
        self._asked = asked
        self._end = time.monotonic() + seconds

    @property
    def requested(self) -> bool:
        """True once either is so."""
        return super().requested or self._asked.requested or time.monotonic() >= self._end


def by_model(
    engine: Engine,
    question: str,
    telling: Telling,
    citations: Sequence[Citation],
    stop: Stop,
    seconds: float = _SECONDS,
    read: Read | None = None,
) -> Iterator[tuple[Citation, ...]]:
    """The citations, each time other words that answer were chosen, by rule and model together, in one's sentence.

    What could not be finished in `seconds`, or before `stop`, stays as the rule alone had it; so does everything where
    the model fails. The citations' own sentences stay. read: for what a reader says of the words.
    """
    asked, until = Asked.of(question, telling), Until(stop, seconds)
    made = list(citations)
    for at, citation in enumerate(citations[:_CITATIONS]):
        if not citation.end or until.requested:
            continue
        try:
            chosen = choose(engine, question, asked, citation, until, read)
        except PrivetError:
            break
        if chosen is None:
            continue
        start, end = citation.start + chosen.start, citation.start + chosen.end
        if (start, end) != (citation.span_start, citation.span_end):
            made[at] = replace(citation, span_start=start, span_end=end)
            yield tuple(made)


def choose(
    engine: Engine, question: str, asked: Asked, citation: Citation, stop: Stop, read: Read | None = None
) -> Weighed | None:
    """The span of a citation's sentence that answers; None where it was stopped before. Raises as `Engine.point`."""
    sentence, name = citation.text[citation.start : citation.end], language(citation.text)
    wholes = readings_of(question, [citation.text], read)
    said = partial(likely, wholes[0], citation.start) if wholes else None
    ranked = Sentence(asked, sentence, name).ranked(said)[:TRIED]
    rule = {(one.start, one.end): one.score for one in ranked}
    spans = [(0, one.start, one.end) for one in ranked]
    pointing = Pointing(prompt(sentence, question), [sentence], prompt(sentence, ANYTHING), spans)
    events = engine.point(pointing, stop)
    found = [one for one in events if isinstance(one, Span)]
    if not found or stop.requested:
        return None
    weights = learned()["model, read" if wholes else "model"]

    def score(span: Span) -> float:
        told = measures_of(rule[span.start, span.end], span)
        return sum(weight * told[name] for name, weight in weights.items())

    best = max(found, key=score)
    return Weighed(best.start, best.end, score(best))


def prompt(sentence: str, question: str) -> tuple[Message, ...]:
    """What the model is asked; the sentence comes first, so that what is read of it serves every question."""
    return (Message(Role.USER, f"{sentence}\n\n{question}\n{_ASK}"),)


def measures_of(rule: float, span: Span) -> dict[str, float]:
    """What rule and model find of a span, to be weighed: `pointwise` is how much the question makes it likelier."""
    pointwise = span.logprob - span.plain
    return {
        "rule": rule,
        "logprob": span.logprob,
        "mean": span.logprob / span.tokens,
        "ending": span.ending,
        "pointwise": pointwise,
        "pointwise_mean": pointwise / span.tokens,
        "pointwise_ending": span.ending - span.plain_ending,
        "tokens": span.tokens / 10,
    }
