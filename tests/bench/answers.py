"""Whether an answer can be relied on: silence where nothing is known, the words that answer, and what supports it.

Questions on XQuAD-en articles that nothing was learned on (`learns`), against the whole collection, as a person asks
them: search, evidence, citations, quotes, with the embedded model; beside the plain prompt of the tutorials.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assistant.answering.evidence import WEIGHED, weigh
from assistant.answering.finding import citations_of
from assistant.answering.pointing import by_model
from assistant.answering.spans import Telling
from assistant.embedding import Embedder
from assistant.engine import Engine
from assistant.settings import options
from assistant.values import (
    Answered,
    AnswerMode,
    Citation,
    DocumentId,
    Generated,
    Hit,
    Message,
    Role,
    Sampling,
    Stop,
    Support,
    Token,
)
from tests.assistant.answering.test_supported import labelled, later
from tests.bench.asking import engine_with
from tests.bench.baselines import as_q8_0
from tests.bench.corpora import BUILT, Collection, Question, articles, opened
from tests.bench.figure import Figure
from tests.bench.fitting import f1, normal
from tests.bench.retrieval import ASKED, apart, missing
from tests.conftest import EMBEDDED_CHAT, SHARED_DATA

_WRITTEN: Final = max(1, ASKED // 5)
"""Questions that a model writes an answer to: each takes seconds."""
_SHOWN: Final = 4


def refusal() -> list[Figure]:
    """How often nothing is said: with the paragraph in the collection, and with it taken away."""
    if not SHARED_DATA.is_dir():
        return []
    there, away, elsewhere = [], [], []
    with opened("articles", articles()) as collection:
        threshold = collection.privet.settings.get(options.RELEVANCE_THRESHOLD)
        for one in apart():
            there.append(sureness(one, *_searched(collection, one, None)))
            hits, telling, near = _searched(collection, one, missing(collection, one.right))
            away.append(sureness(one, hits, telling, near))
            elsewhere.append(any(gold in hit.passage.text for gold in one.answers for hit in hits[:_SHOWN]))
    said_nothing = statistics.mean(sure < threshold for sure in there)
    honest = statistics.mean(sure < threshold for sure in away)
    tenth = sorted(there)[len(there) // 10]
    at_tenth = statistics.mean(sure < tenth for sure in away)
    nowhere = [sure for sure, held in zip(away, elsewhere, strict=True) if not held]
    return [
        Figure("nothing said though the paragraph is there", said_nothing, "share", bar="<= 0.1"),
        Figure("nothing said when the paragraph was taken away", honest, "share", bar=">= 0.9"),
        Figure("the same, at the threshold that says nothing to a tenth", at_tenth, "share"),
        Figure(
            "of those without it, another passage shown has the gold answer too", statistics.mean(elsewhere), "share"
        ),
        Figure("nothing said to the others", statistics.mean(sure < threshold for sure in nowhere), "share"),
    ]


def sureness(one: Question, hits: Sequence[Hit], telling: Telling, embedder: Embedder) -> float:
    """How sure Privet is that one of the passages it found answers."""
    evidence = weigh(one.text, hits, telling, embedder.near, embedder.read)
    return evidence.sureness if evidence else 0.0


def _searched(
    collection: Collection, one: Question, scope: Sequence[DocumentId] | None
) -> tuple[list[Hit], Telling, Embedder]:
    """What is found among the documents of `scope`, and what it is weighed by."""
    privet = collection.privet
    hits = privet.retrieval.search(one.text, collection.embed([one.text])[0], WEIGHED, scope)
    return hits, privet.retrieval.telling(one.text), privet.embedder


@dataclass(frozen=True, slots=True)
class _Pointed:
    """What was found for a question: its citations, by rule and by rule and model."""

    asked: Question
    by_rule: tuple[Citation, ...]
    by_model: tuple[Citation, ...]


def quotes() -> list[Figure]:
    """*Quotes only*: the first passage, the sentence and the words that it highlights, by rule and with the model."""
    if not SHARED_DATA.is_dir() or not EMBEDDED_CHAT.is_file():
        return []
    found = []
    engine = engine_with(as_q8_0(EMBEDDED_CHAT, BUILT), Engine())
    try:
        with opened("articles", articles()) as collection:
            for one in apart():
                citations = _citations(collection, one)
                telling = collection.privet.retrieval.telling(one.text)
                read = collection.privet.embedder.read
                pointed = [*by_model(engine, one.text, telling, citations[:1], Stop(), 30, read)]
                found.append(_Pointed(one, citations, pointed[-1] if pointed else citations))
    finally:
        engine.close()
    first = [float(any(gold in each.by_rule[0].text for gold in each.asked.answers)) for each in found]
    sentence = [float(any(gold in _sentence(each) for gold in each.asked.answers)) for each in found]
    figures = [
        Figure("first citation's passage holds the gold answer", statistics.mean(first), "share", bar=">= 0.9"),
        Figure("the sentence that it highlights holds it", statistics.mean(sentence), "share", bar=">= 0.8"),
    ]
    for name, pick in (("by rule", _by_rule), ("with the model", _by_model)):
        exact = [max(float(normal(pick(each)) == normal(gold)) for gold in each.asked.answers) for each in found]
        shared = [max(f1(pick(each), gold) for gold in each.asked.answers) for each in found]
        figures += [
            Figure(f"highlighted words, {name}: exact match", statistics.mean(exact), "share", bar=">= 0.3"),
            Figure(f"highlighted words, {name}: F1", statistics.mean(shared), "share", bar=">= 0.4"),
        ]
    return figures


def _sentence(each: _Pointed) -> str:
    first = each.by_rule[0]
    return first.text[first.start : first.end]


def _by_rule(each: _Pointed) -> str:
    return each.by_rule[0].text[each.by_rule[0].span_start : each.by_rule[0].span_end]


def _by_model(each: _Pointed) -> str:
    return each.by_model[0].text[each.by_model[0].span_start : each.by_model[0].span_end]


def _citations(collection: Collection, one: Question) -> tuple[Citation, ...]:
    """What the question finds, whatever the threshold says."""
    vector = collection.embed([one.text])[0]
    retrieval, embedder = collection.privet.retrieval, collection.privet.embedder
    hits = retrieval.search(one.text, vector, WEIGHED)
    evidence = weigh(one.text, hits, retrieval.telling(one.text), embedder.near, embedder.read)
    return citations_of(hits[:_SHOWN], evidence)


def support() -> list[Figure]:
    """Of the sentences that Privet marks as supported, those whose span holds what they say of the gold answer."""
    if not SHARED_DATA.is_dir() or not EMBEDDED_CHAT.is_file():
        return []
    marked, told, right, held = 0, 0, 0, 0
    with opened("articles", articles()) as collection:
        for one in apart(most=_WRITTEN):
            answered = _answer(collection, one)
            golds = [normal(gold) for gold in one.answers]
            held += any(gold in normal(answered.text) for gold in golds)
            for claim in answered.claims:
                if claim.support is not Support.SUPPORTED:
                    continue
                said = normal(answered.text[claim.start : claim.end])
                text = next(each.text for each in answered.citations if each.number == claim.number)
                span = normal(text[claim.quote_start : claim.quote_end])
                marked += 1
                told += any(gold in said for gold in golds)
                right += any(gold in said and gold in span for gold in golds)
    _, supported, found, agreed = labelled(apart=True)
    _, _, found_later, right_later = later()
    return [
        Figure("labelled sentences apart: marked as supported that are", agreed / found, "share", bar=">= 0.95"),
        Figure("labelled answers on other documents: the same", right_later / found_later, "share", bar=">= 0.95"),
        Figure("labelled sentences apart: supported that are marked so", agreed / supported, "share"),
        Figure("sentences marked as supported, a question", marked / _WRITTEN, "sentences"),
        Figure("of them those that give the gold answer", told, "sentences"),
        *([Figure("whose span has it", right / told, "share", bar=">= 0.95")] if told else []),
        Figure("answers with the gold text in them, Careful", held / _WRITTEN, "share"),
    ]


def _answer(collection: Collection, one: Question) -> Answered:
    conversation = collection.privet.conversations.create(documents=True)
    *_, last = collection.privet.answering.answer(conversation, one.text, Stop(), AnswerMode.CAREFUL)
    assert isinstance(last, Answered)
    return last


def plain() -> list[Figure]:
    """The tutorials' way: the three nearest passages in one prompt, and what the model then says."""
    if not SHARED_DATA.is_dir() or not EMBEDDED_CHAT.is_file():
        return []
    exact, shared, held = [], [], []
    engine = engine_with(as_q8_0(EMBEDDED_CHAT, BUILT), Engine())
    try:
        with opened("articles", articles()) as collection:
            for one in apart(most=_WRITTEN):
                near = collection.privet.retrieval.rankings(one.text, collection.embed([one.text])[0], 3)[0]
                passages = [text.text for _, text in collection.privet.retrieval.passages(near).values()]
                context = "\n\n".join(passages)
                asked = (
                    f"Use the following pieces of context to answer the question.\n\n{context}\n\nQuestion: {one.text}"
                )
                said = _said(engine, asked)
                exact.append(max(float(normal(said) == normal(gold)) for gold in one.answers))
                shared.append(max(f1(said, gold) for gold in one.answers))
                held.append(max(float(normal(gold) in normal(said)) for gold in one.answers))
    finally:
        engine.close()
    return [
        Figure("plain prompt with three passages: exact match", statistics.mean(exact), "share"),
        Figure("plain prompt with three passages: F1", statistics.mean(shared), "share"),
        Figure("plain prompt with three passages: gold text in the answer", statistics.mean(held), "share"),
    ]


def _said(engine: Engine, asked: str) -> str:
    text = ""
    for event in engine.stream((Message(Role.USER, asked),), Sampling(temperature=0, max_tokens=60)):
        if isinstance(event, Token):
            text += event.text
        elif isinstance(event, Generated):
            break
    return text
