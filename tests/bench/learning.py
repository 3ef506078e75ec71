"""Learns the weights that are data: which span answers, which sentence, whether any does, and in which order.

    python -m tests.bench.learning spans     assistant/answering/spans.json, "rule"
    python -m tests.bench.learning read      spans.json, "read": the rule and the reader together
    python -m tests.bench.learning model     spans.json, "model": with the embedded model; may be stopped and run again
    python -m tests.bench.learning looked    searches all questions; may be stopped and run again
    python -m tests.bench.learning evidence  assistant/answering/answerable.json, from what was looked at
    python -m tests.bench.learning order     the weights of assistant/retrieval/ranking.py, from the same

Learned on the XQuAD-en articles of `learns`, a half of them by the hash of their titles; what is printed is of the
other half, on which tests/bench/retrieval.py measures. Everything comes from ../shared/data.
"""

from __future__ import annotations

import hashlib
import json
import math
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from assistant.answering.evidence import (
    UNCOUNTED,
    WEIGHED,
    Near,
    Seen,
    about,
    likely,
    look,
    set_against,
    spanned,
)
from assistant.answering.pointing import ANYTHING, TRIED, measures_of, prompt
from assistant.answering.spans import NEVER, Asked, Sentence, Telling
from assistant.answering.spans import Weighed as Chosen
from assistant.embedding import Embedder, ReaderFiles
from assistant.engine import Engine, Pointing
from assistant.ingestion import sentence_spans
from assistant.modelstore import multiplies_bytes
from assistant.retrieval import STOP_WORDS, terms
from assistant.retrieval.ranking import WEIGHTS, Candidate, Weighed, measures
from assistant.retrieval.words import Asked as Words
from assistant.settings import options
from assistant.values import DocumentId, Hit, Passage, PassageId, Span
from tests.bench.asking import engine_with
from tests.bench.baselines import as_q8_0
from tests.bench.corpora import BUILT, Question, articles, opened, questions
from tests.bench.fitting import Rows, f1, logistic, matrix, normal, softmax_weights
from tests.conftest import EMBEDDED_CHAT, EMBEDDED_EMBEDDER

ANSWERING: Final = Path(__file__).absolute().parents[2] / "assistant" / "answering"
POINTED: Final = BUILT / "pointed.jsonl"
MEASURES: Final = ("rule", "logprob", "mean", "ending", "pointwise", "pointwise_mean", "pointwise_ending", "tokens")
LOOKED: Final = BUILT / "looked.jsonl"
THRESHOLD: Final = options.RELEVANCE_THRESHOLD.default
RIDGE: Final = 30.0
"""Of the rule that tells whether anything answers; this and that of the sentences were chosen by leaving articles out
within the half that is learned on."""
_RIDGE_OF_SENTENCES: Final = 0.05
_FREE: Final = frozenset(("first", "second", "third", "begins", "length", "short", "new", "held"))
"""What may speak against a sentence; that it has more of the question's words, or nearer ones, may not. The rarest may
stand beside it."""
_SMALL: Final = ("there 1", "away 1", "there 3", "away 3")
"""Collections of one passage and of three, with the one that answers and without it."""
_WORD: Final = re.compile(r"[^\W_]+")


def learns(title: str) -> bool:
    """True for an article that is learned on; the others are measured on."""
    return hashlib.sha256(title.encode()).digest()[3] % 2 == 0


class Frequencies:
    """What the words of a question tell among all paragraphs, without a search."""

    def __init__(self, paragraphs: Sequence[str]) -> None:
        self._count = len(paragraphs)
        self._found = Counter(term for text in paragraphs for term in set(terms(text, "english")))

    def telling(self, question: str) -> Telling:
        """As `Retrieval.telling`."""
        words = [word for word in _WORD.findall(question) if word.casefold() not in STOP_WORDS]
        cut = [(form,) for word in words for form in terms(word, "english")]
        return [
            (forms, math.log(1 + (self._count - n + 0.5) / (n + 0.5))) for forms in cut for n in [self._found[forms[0]]]
        ]


@lru_cache(maxsize=1)
def paragraphs() -> dict[str, str]:
    """The first passage of each document, by its name."""
    return {text.name: text.passages[0] for text in articles()}


def answering_sentences() -> list[tuple[Question, str, Telling]]:
    """Each question with the sentence that holds its gold answer."""
    texts = paragraphs()
    told = Frequencies([texts[name] for name in dict.fromkeys(one.right for one in questions())])
    found = []
    for one in questions():
        text = texts[one.right]
        sentence = next((text[start:end] for start, end in sentence_spans(text) if start <= one.at < end), "")
        found.append((one, sentence, told.telling(one.text)))
    return found


def spans() -> None:
    """Learn the rule that chooses a span of the sentence that answers."""
    candidates = []
    for one, sentence, telling in answering_sentences():
        made = list(Sentence(Asked.of(one.text, telling), sentence).spans())
        said = [sentence[start:end] for start, end, _ in made]
        right = np.array([any(normal(text) == normal(gold) for gold in one.answers) for text in said])
        candidates.append(
            (one, [row for _, _, row in made], right, [max(f1(text, gold) for gold in one.answers) for text in said])
        )
    learned = [(one, rows, right, shared) for one, rows, right, shared in candidates if learns(one.group)]
    names = {
        name: at for at, name in enumerate(sorted({name for _, rows, *_ in learned for row in rows for name in row}))
    }
    fit = softmax_weights(
        [(matrix(rows, names), right) for _, rows, right, _ in learned if right.any()], list(names), 0.5
    )
    for title, half in (("learned on", learned), ("apart", [one for one in candidates if not learns(one[0].group)])):
        weights = np.array([fit[name] for name in names])
        best = [int(np.argmax(matrix(rows, names) @ weights)) for _, rows, *_ in half]
        exact = np.mean([right[at] for at, (*_, right, _) in zip(best, half, strict=True)])
        shared = np.mean([f[at] for at, (*_, f) in zip(best, half, strict=True)])
        print(f"{title}: {len(half)} questions, in the right sentence: exact {exact:.3f}, F1 {shared:.3f}")
    write("spans.json", {"rule": {name: weight for name, weight in fit.items() if weight}})


def reader() -> Embedder:
    """The embedded reader, in the precision that Privet runs it in here."""
    files = ReaderFiles(EMBEDDED_EMBEDDER, EMBEDDED_EMBEDDER.parents[1] / "reader.safetensors")
    return Embedder(EMBEDDED_EMBEDDER, precision="int8" if multiplies_bytes() else "fp32", reader=files)


def read() -> None:
    """Learn what the rule and the reader are worth together, and print each alone."""
    texts, embedder = paragraphs(), reader()
    names = {"rule": 0, "read": 1}
    halves: list[list[tuple[Any, Any, Any]]] = [[], []]
    for one, sentence, telling in answering_sentences():
        found = embedder.read(one.text, [texts[one.right]])
        if not sentence or not found:
            continue
        begin = next(start for start, end in sentence_spans(texts[one.right]) if start <= one.at < end)
        made = Sentence(Asked.of(one.text, telling), sentence).ranked()[:TRIED]
        told = [likely(found[0], begin, each.start, each.end) for each in made]
        rows = [
            {"rule": each.score, "read": NEVER if one is None else max(NEVER, one)}
            for each, one in zip(made, told, strict=True)
        ]
        said = [sentence[each.start : each.end] for each in made]
        right = np.array([float(any(normal(text) == normal(gold) for gold in one.answers)) for text in said])
        shared = np.array([max(f1(text, gold) for gold in one.answers) for text in said])
        halves[not learns(one.group)].append((matrix(rows, names), right, shared))
    embedder.close()
    fit = softmax_weights([(rows, right) for rows, right, _ in halves[0] if right.any()], list(names), 0.05)
    for title, weights in (("rule", {"rule": 1.0}), ("reader", {"read": 1.0}), ("both", fit)):
        vector = np.array([weights.get(name, 0.0) for name in names])
        for half, some in zip(("learned on", "apart"), halves, strict=True):
            best = [int(np.argmax(rows @ vector)) for rows, *_ in some]
            exact = np.mean([right[at] for at, (_, right, _) in zip(best, some, strict=True)])
            near = np.mean([shared[at] for at, (*_, shared) in zip(best, some, strict=True)])
            print(f"{title}, {half}: {len(some)} questions, in the right sentence: exact {exact:.3f}, F1 {near:.3f}")
    write("spans.json", {"read": fit})


def looked(seconds: float = 300) -> None:
    """Search for each question, and keep what was seen; the paragraph is taken away from what was found.

    For learning that is near enough to a search without it; tests/bench/answers.py searches without it.
    """
    began, known = time.monotonic(), set(_looked())
    order = [at for at in range(len(questions())) if at not in known]
    random.Random(5).shuffle(order)
    with opened("articles", articles()) as collection, LOOKED.open("a", encoding="utf-8") as kept:
        for at in order:
            if time.monotonic() - began > seconds:
                break
            one = questions()[at]
            vector, retrieval = collection.embed([one.text])[0], collection.privet.retrieval
            hits = retrieval.search(one.text, vector, WEIGHED + 1)
            right = set(retrieval.passage_ids(collection.ids[one.right]))
            line = record(at, one, hits, right, retrieval.telling(one.text), collection.privet.embedder.near)
            found = retrieval.found(one.text, vector)
            candidates = list(found.candidates.values())
            mean = sum(len(each.terms) for each in candidates) / max(1, len(candidates))
            rows = [[each.id in right, measures(each, found.weighed, mean)] for each in candidates]
            kept.write(json.dumps({**line, "candidates": rows}) + "\n")
            kept.flush()


def few(one: Question, line: Mapping[str, Any], found: Mapping[str, Sequence[Hit]], near: Near) -> dict[str, Any]:
    """What would be seen in collections of one passage and of three: with the one that answers, and without it."""
    right = [found["there"][place] for place in line["right"]][:1]
    if not right:
        return {}
    ways = {}
    for count in (1, 3):
        for way, hits in (("there", [*right, *found["away"][: count - 1]]), ("away", found["away"][:count])):
            bags = [terms(hit.passage.text, "english") for hit in hits]
            words = tuple(tuple(forms) for forms, _ in line["telling"])
            frequencies = {form: sum(form in bag for bag in bags) for forms in words for form in forms}
            weighed = Weighed(Words(words, tuple(terms(one.text, "english"))), frequencies, len(hits))
            kept = [
                replace(hit, covered=weighed.covered(candidate), close=weighed.close(candidate))
                for hit, bag in zip(hits, bags, strict=True)
                for candidate in (Candidate(hit.id, bag),)
            ]
            kept.sort(key=lambda hit: -((hit.similarity or 0.0) + hit.covered + hit.close))
            ways[f"{way} {count}"] = {"telling": weighed.telling, **_seen(one, kept, weighed.telling, near)}
    return ways


def _seen(one: Question, hits: Sequence[Hit], telling: Telling, near: Near) -> dict[str, Any]:
    seen = look(one.text, hits, telling, near)
    return {
        "seen": [[each.place, each.text, each.row] for each in seen],
        "hits": [[hit.passage.text, hit.similarity, hit.covered, hit.close] for hit in hits],
    }


def record(
    at: int, one: Question, hits: Sequence[Hit], right: set[PassageId], telling: Telling, near: Near
) -> dict[str, Any]:
    """What was seen for a question, ready for JSON."""
    away = [hit for hit in hits if hit.id not in right][:WEIGHED]
    line: dict[str, Any] = {
        "at": at,
        "telling": telling,
        "right": [place for place, hit in enumerate(hits) if hit.id in right],
    }
    found = {"there": hits[:WEIGHED], "away": away}
    for name, some in found.items():
        line[name] = _seen(one, some, telling, near)
    return line | few(one, line, {"there": hits, "away": away}, near)


def _looked() -> dict[int, dict[str, Any]]:
    lines = LOOKED.read_text(encoding="utf-8").splitlines() if LOOKED.is_file() else []
    return {line["at"]: line for line in map(json.loads, lines)}


def order() -> None:
    """Learn the weights of assistant/retrieval/ranking.py, and print them and what they are worth; copy them there."""
    asked, lines = questions(), _looked()
    names = {name: at for at, name in enumerate(WEIGHTS)}
    halves: list[list[Rows]] = [[], []]
    for at, line in lines.items():
        right = np.array([float(is_right) for is_right, _ in line["candidates"]])
        halves[not learns(asked[at].group)].append((matrix([row for _, row in line["candidates"]], names), right))
    made = softmax_weights([rows for rows in halves[0] if rows[1].any()], list(names), 0.01)
    for title, weights in (("those in force", WEIGHTS), ("learned now", made)):
        for half, some in zip(("learned on", "apart"), halves, strict=True):
            vector = np.array([weights[name] for name in names])
            ranks = [int(np.argmax(right[np.argsort(-(rows @ vector))])) if right.any() else 99 for rows, right in some]
            among = [np.mean([rank < k for rank in ranks]) for k in (1, 5)]
            print(f"{title}, {half}: {len(some)} questions, first {among[0]:.3f}, among five {among[1]:.3f}")
    print(made)


def evidence() -> None:
    """Learn which sentence answers, and whether any does, from what was looked at: without a reader, and with it."""
    made: dict[str, Any] = {}
    embedder = reader()
    for suffix, lines in (
        ("", _looked()),
        (", read", {at: _reread(at, line, embedder) for at, line in _looked().items()}),
    ):
        for name, rule in _evidence(lines).items():
            made[f"{name}{suffix}"] = rule
    embedder.close()
    said = (
        "by a softmax over the sentences of the four best passages, and logistic rules over what the best of them has,"
        f" on {sum(learns(questions()[at].group) for at in _looked())} questions of half of XQuAD-en's articles among"
        " the passages of squad_articles, each asked with its paragraph there and with it taken away; and the same in"
        " collections of one passage and of three; without and with a reader"
    )
    write("answerable.json", {"learned": said, **made})


def _reread(at: int, line: Mapping[str, Any], embedder: Embedder) -> dict[str, Any]:
    """What was seen for a question, with what a reader says of it."""
    question = questions()[at].text
    ways = {name: way for name, way in line.items() if isinstance(way, dict)}
    texts = list(dict.fromkeys(text for way in ways.values() for text, *_ in way["hits"]))
    readings = dict(zip(texts, embedder.read(question, texts) or (), strict=True))
    made: dict[str, Any] = {**line}
    for name, way in ways.items():
        telling = [(tuple(forms), weight) for forms, weight in way.get("telling", line["telling"])]
        seen = []
        for place, sentence, row in way["seen"]:
            text = way["hits"][place][0]
            begin = max(0, text.find(sentence))
            told = spanned(Asked.of(question, telling), sentence, "english", begin, readings[text])[1]
            seen.append(Seen(place, begin, begin + len(sentence), sentence, None, row | told))
        set_against(seen)
        made[name] = way | {
            "seen": [[each.place, each.text, each.row] for each in seen],
            "readings": [readings[text] for text, *_ in way["hits"]],
        }
    return made


def _evidence(lines: Mapping[int, dict[str, Any]]) -> dict[str, dict[str, float]]:
    asked = questions()
    learned = [at for at in lines if learns(asked[at].group)]
    apart = [at for at in lines if not learns(asked[at].group)]
    names = {name: place for place, name in enumerate(lines[learned[0]]["there"]["seen"][0][2])}

    def rows(at: int) -> Rows:
        golds, line = asked[at].answers, lines[at]
        seen = line["there"]["seen"]
        right = [place in line["right"] and any(gold in text for gold in golds) for place, text, _ in seen]
        return matrix([row for *_, row in seen], names), np.array(right)

    pairs = [rows(at) for at in learned]
    sentence = softmax_weights(
        [(features, right) for features, right in pairs if right.any()], list(names), _RIDGE_OF_SENTENCES, _FREE
    )
    weights = np.array([sentence[name] for name in names])
    for title, some in (("learned on", learned), ("apart", apart)):
        best = [lines[at]["there"]["seen"][int(np.argmax(rows(at)[0] @ weights))] for at in some]
        held = np.mean(
            [any(gold in text for gold in asked[at].answers) for at, (_, text, _) in zip(some, best, strict=True)]
        )
        first = np.mean([place in lines[at]["right"] for at, (place, *_) in zip(some, best, strict=True)])
        print(
            f"{title}: {len(some)} questions, the sentence holds the answer: {held:.3f}, is of its passage {first:.3f}"
        )
    many = {
        at: [_about(asked[at].text, line[way], line["telling"], sentence) for way in ("there", "away")]
        for at, line in lines.items()
    }
    small = {
        at: [_about(asked[at].text, line[way], line[way]["telling"], sentence) for way in _SMALL]
        for at, line in lines.items()
        if all(line.get(way, {}).get("seen") for way in _SMALL)
    }
    return {
        "sentence": sentence,
        "answerable": _rule(many, learned, apart, "among all", 0.1),
        "answerable among few": _rule(small, learned, apart, "among few", 0.09),
    }


def _rule(
    told: Mapping[int, Sequence[Mapping[str, float]]],
    learned: Sequence[int],
    apart: Sequence[int],
    title: str,
    refused: float,
) -> dict[str, float]:
    """The rule that tells whether anything answers. told: of each question in turns what is seen if so, and if not.

    refused: the share of the questions learned on that are refused though the answer is there.
    """
    learned, apart = [at for at in learned if at in told], [at for at in apart if at in told]
    keys = [key for key in told[learned[0]][0] if key not in ("bias", "uncounted")]
    scale = np.array([[row[key] for key in keys] for at in learned for row in told[at]]).std(axis=0) + 1e-6

    def numbers(some: Sequence[int]) -> Any:
        return np.array([[row[key] for key in keys] for at in some for row in told[at]]) / scale

    right = np.array([1.0, 0.0] * (len(numbers(learned)) // 2))
    fit = logistic(numbers(learned), right, RIDGE)

    def sureness(some: Sequence[int]) -> Any:
        counted = np.array([row["uncounted"] for at in some for row in told[at]])
        return numbers(some) @ fit[1:] + fit[0] + UNCOUNTED * counted

    least = np.quantile(sureness(learned)[::2], refused)
    sure = sureness(apart)
    silent = [np.mean(sure[at::2] < least) for at in (0, 1)]
    tenth = np.mean(sure[1::2] < np.quantile(sure[::2], 0.1))
    print(
        f"{title}: {len(apart)} questions apart, refused with it {silent[0]:.3f}, without it {silent[1]:.3f}; "
        f"at a tenth {tenth:.3f}"
    )
    bias = fit[0] - least + math.log(THRESHOLD / (1 - THRESHOLD))
    return {"bias": round(float(bias), 4)} | {
        key: round(float(weight / size), 4) for key, weight, size in zip(keys, fit[1:], scale, strict=True) if weight
    }


def _about(question: str, way: Mapping[str, Any], telling: Telling, weights: Mapping[str, float]) -> dict[str, float]:
    seen = [Seen(place, 0, len(text), text, None, row) for place, text, row in way["seen"]]
    hits = [
        Hit(PassageId(at), DocumentId(1), "", Passage(text, at, 0), 0.0, similarity, 0.0, covered, close)
        for at, (text, similarity, covered, close) in enumerate(way["hits"])
    ]
    scores = [sum(weight * one.row[name] for name, weight in weights.items()) for one in seen]
    told = [(tuple(forms), weight) for forms, weight in telling]
    return about(question, seen, scores, hits, told, way.get("readings", ()))


def model(seconds: float = 300) -> None:
    """Have the embedded model find spans of the sentences that answer, and learn what that is worth beside the rule,
    and beside the rule and the reader.
    """
    began, sentences, embedder = time.monotonic(), answering_sentences(), reader()
    known = _pointed()
    order = [at for at in range(len(sentences)) if at not in known and sentences[at][1]]
    random.Random(3).shuffle(order)
    engine = engine_with(as_q8_0(EMBEDDED_CHAT, BUILT), Engine())
    try:
        with POINTED.open("a", encoding="utf-8") as kept:
            for at in order:
                if time.monotonic() - began > seconds:
                    break
                one, sentence, telling = sentences[at]
                tried = [_ranked(one, sentence, telling, each)[:TRIED] for each in (None, embedder)]
                spans = sorted({(0, each.start, each.end) for ranked in tried for each in ranked})
                asked = Pointing(prompt(sentence, one.text), [sentence], prompt(sentence, ANYTHING), spans)
                events = engine.point(asked)
                found = [asdict(each) for each in events if isinstance(each, Span)]
                kept.write(json.dumps({"at": at, "spans": found}) + "\n")
        write("spans.json", {"model": _fit_model(sentences, _pointed(), None)})
        write("spans.json", {"model, read": _fit_model(sentences, _pointed(), embedder)})
    finally:
        engine.close()
        embedder.close()


def _ranked(one: Question, sentence: str, telling: Telling, embedder: Embedder | None) -> list[Chosen]:
    """The spans of the sentence that answers, by the rule, or by the rule and the reader."""
    paragraph = paragraphs()[one.right]
    whole = embedder.read(one.text, [paragraph]) if embedder else None
    said = partial(likely, whole[0], paragraph.find(sentence)) if whole else None
    return Sentence(Asked.of(one.text, telling), sentence).ranked(said)


def _fit_model(
    sentences: Sequence[tuple[Question, str, Telling]], pointed: Mapping[int, list[Span]], embedder: Embedder | None
) -> dict[str, float]:
    halves: list[list[tuple[Any, Any, Any]]] = [[], []]
    for at, spans in pointed.items():
        one, sentence, telling = sentences[at]
        rule = {(each.start, each.end): each.score for each in _ranked(one, sentence, telling, embedder)[:TRIED]}
        spans = [each for each in spans if (each.start, each.end) in rule]
        if not spans:
            continue
        rows = matrix(
            [measures_of(rule[each.start, each.end], each) for each in spans], {n: i for i, n in enumerate(MEASURES)}
        )
        said = [sentence[each.start : each.end] for each in spans]
        right = np.array([float(any(normal(text) == normal(gold) for gold in one.answers)) for text in said])
        shared = np.array([max(f1(text, gold) for gold in one.answers) for text in said])
        halves[not learns(one.group)].append((rows, right, shared))
    made = softmax_weights([(rows, right) for rows, right, _ in halves[0] if right.any()], MEASURES, 2.0)
    for title, weights in (("rule", {"rule": 1.0}), ("model", {"logprob": 1.0, "ending": 1.0}), ("both", made)):
        vector = np.array([weights.get(name, 0.0) for name in MEASURES])
        for half, some in zip(("learned on", "apart"), halves, strict=True):
            best = [int(np.argmax(rows @ vector)) for rows, *_ in some]
            exact = np.mean([right[at] for at, (_, right, _) in zip(best, some, strict=True)])
            near = np.mean([shared[at] for at, (*_, shared) in zip(best, some, strict=True)])
            print(f"{title}, {half}: {len(some)} questions, in the right sentence: exact {exact:.3f}, F1 {near:.3f}")
    return made


def _pointed() -> dict[int, list[Span]]:
    lines = POINTED.read_text(encoding="utf-8").splitlines() if POINTED.is_file() else []
    return {line["at"]: [Span(**span) for span in line["spans"]] for line in map(json.loads, lines)}


def write(name: str, parts: Mapping[str, object]) -> None:
    """Put parts into a file of weights; what else is in it stays."""
    path = ANSWERING / name
    there = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    path.write_text(json.dumps({**there, **parts}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    {"spans": spans, "read": read, "model": model, "looked": looked, "evidence": evidence, "order": order}[
        sys.argv[1]
    ]()
