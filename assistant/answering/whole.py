"""An answer from all of one or several documents: every passage is gone through, noted, and the notes made into one.

Of each few passages the sentence is kept that says most (or that answers the question best, by the same learned rule
as elsewhere), word for word; for a summary the model also puts it into its own words, which count only where they are
held by those passages. What is noted is in the vault: a stop, a death or a restart loses none of it.
"""

from __future__ import annotations

import json
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from assistant.answering.alignment import Alignment
from assistant.answering.evidence import weigh
from assistant.answering.finding import Finding
from assistant.answering.prompt import inert
from assistant.answering.written import Written
from assistant.conversations import Notes
from assistant.engine import Engine, LoadedModel
from assistant.errors import ChildDied, PrivetError
from assistant.ingestion import sentence_spans, sentences
from assistant.retrieval import Retrieval, content_words, cosine, terms
from assistant.settings import Settings, options
from assistant.values import (
    AnswerEvent,
    AnswerMode,
    Citation,
    DocumentId,
    DocumentInfo,
    FinishReason,
    Generated,
    GoingThrough,
    Hit,
    Message,
    Noted,
    Passage,
    PassageId,
    Prefilling,
    Retrieved,
    Role,
    Sampling,
    Stop,
    Support,
    Token,
    TurnId,
)

_log = logging.getLogger("privet.answering")

_GROUP: Final = 4  # passages that are read at once
_GROUP_TOKENS: Final = 900  # of the embedder
_NOTE_TOKENS: Final = 56
_MOST_POINTS: Final = 8  # of a summary
_MOST_FOUND: Final = 40  # places that answer a question
_NOTES_AT_ONCE: Final = 2_400  # characters of notes that the model is given
_LONGEST_SENTENCE: Final = 400
_FEWEST_WORDS: Final = 4
_DEATHS: Final = 2
_NOTE_ASK: Final = "Say in one sentence what this text says:\n\n"
_REDUCE_ASK: Final = "Summarise these notes in four or five sentences, in their own words:\n\n"


@dataclass(frozen=True, slots=True)
class _Read:
    """A passage of a document that is gone through."""

    id: PassageId
    info: DocumentInfo
    passage: Passage


@dataclass(frozen=True, slots=True)
class _Point:
    """A sentence of a passage that was kept. said: what the model made of it, "" where nothing of that holds."""

    read: _Read
    start: int
    end: int
    score: float
    said: str = ""

    @property
    def text(self) -> str:
        """The sentence, word for word."""
        return " ".join(self.read.passage.text[self.start : self.end].split())


class Whole:
    """Goes over whole documents. Raises what the vault raises, and Stopped never: what was read is told."""

    def __init__(
        self,
        retrieval: Retrieval,
        engine: Engine,
        load: Callable[[], LoadedModel],
        finding: Finding,
        notes: Notes,
        settings: Settings,
    ) -> None:
        """load: has the chosen model in memory."""
        self._load = load
        self._retrieval = retrieval
        self._engine = engine
        self._finding = finding
        self._notes = notes
        self._settings = settings

    def answer(
        self,
        turn: TurnId,
        question: str,
        documents: Sequence[DocumentId],
        written: Written,
        stop: Stop,
        mode: AnswerMode,
    ) -> Iterator[AnswerEvent]:
        """Go through `documents`, then answer in `written`. question: "" for a summary."""
        infos = {info.id: info for info in self._retrieval.documents()}
        there = [infos[one] for one in documents if one in infos]
        reads = [
            _Read(id_, info, passage)
            for info in there
            for id_, passage in zip(
                self._retrieval.passage_ids(info.id), self._retrieval.passages_of(info.id), strict=False
            )
        ]
        known = self._notes.of(turn)
        yield from self._read(turn, question, reads, known, stop, model=mode is not AnswerMode.QUOTES)
        points = _points(reads, known)
        coverage = _coverage(len([one for one in reads if one.id in known]), len(reads), there)
        if question:
            yield from self._found(points, written, coverage)
        else:
            yield from self._summary(points, written, coverage, stop, mode)
        if stop.requested:
            written.reason, written.note = FinishReason.STOPPED, f"You stopped this answer. {coverage}"
        else:
            written.reason, written.note = FinishReason.COMPLETE, ""
            self._notes.forget(turn)

    # --- map --------------------------------------------------------------------------------

    def _read(
        self,
        turn: TurnId,
        question: str,
        reads: Sequence[_Read],
        known: dict[PassageId, str],
        stop: Stop,
        *,
        model: bool,
    ) -> Iterator[AnswerEvent]:
        """Note what is not noted yet, a few passages at a time; `known` grows."""
        total = len(reads)
        open_ = [one for one in reads if one.id not in known]
        vector = self._finding.vector(question) if question else b""
        common = Counter(term for one in reads for term in set(_words(one.passage.text)))
        began, read, deaths = time.monotonic(), 0, 0
        yield GoingThrough(total - len(open_), total, None)
        for group in _groups(open_):
            if stop.requested:
                return
            notes = {one.id: "" for one in group}
            if question:
                notes.update(self._answering(question, vector, group))
            else:
                point = _central(group, common, total)
                said = ""
                if point is not None and model and deaths < _DEATHS:
                    try:
                        said = self._said(group, stop)
                    except ChildDied:
                        deaths += 1
                        if deaths == _DEATHS:
                            yield Noted("The language model ended unexpectedly; the rest is read without it.")
                    except PrivetError as error:
                        deaths = _DEATHS
                        _log.warning("summarising without the model: %s", type(error).__name__)
                if stop.requested:
                    return
                if point is not None:
                    notes[point.read.id] = _packed(point, said)
            known.update(notes)
            self._notes.keep(turn, notes)
            read += len(group)
            left = (time.monotonic() - began) / read * (len(open_) - read)
            yield GoingThrough(total - len(open_) + read, total, left)

    def _answering(self, question: str, vector: bytes, group: Sequence[_Read]) -> dict[PassageId, str]:
        """The sentences of a few passages that answer, by the learned rule."""
        telling = self._retrieval.telling(question)
        near = self._retrieval.vectors_of([one.id for one in group])
        hits = []
        for one in group:
            there = set(terms(one.passage.text)) | set(_words(one.passage.text))
            weight = sum(value for _, value in telling) or 1.0
            covered = sum(value for forms, value in telling if any(form in there for form in forms)) / weight
            alike = cosine(vector, near[one.id]) if vector and one.id in near else None
            hits.append(Hit(one.id, one.info.id, one.info.title, one.passage, 0.0, alike, covered, covered, covered))
        threshold = self._settings.get(options.RELEVANCE_THRESHOLD)
        found: dict[PassageId, str] = {}
        for one, hit in zip(group, hits, strict=True):
            evidence = weigh(question, [hit], telling, self._finding.near, self._finding.read)
            if evidence is None:  # meaning can't be told: the words must do
                if hit.covered >= 0.75:
                    start, end = _best_span(question, one.passage.text)
                    found[one.id] = _packed(_Point(one, start, end, hit.covered), "")
            elif evidence.sureness >= threshold and evidence.sentences:
                best = max(evidence.sentences, key=lambda each: each.score)
                found[one.id] = _packed(_Point(one, best.start, best.end, evidence.sureness), "")
        return found

    def _said(self, group: Sequence[_Read], stop: Stop) -> str:
        """What the model makes of a few passages, as far as they hold it."""
        self._load()
        text = "\n\n".join(inert(one.passage.text) for one in group)
        prompt = (Message(Role.USER, f"{_NOTE_ASK}{text}"),)
        said = "".join(
            event.text
            for event in self._engine.stream(prompt, _sampling(_NOTE_TOKENS), stop)
            if isinstance(event, Token)
        )
        alignment = Alignment([_citation(at, one) for at, one in enumerate(group, 1)])
        held = [
            one
            for one in sentences(said)
            if (aligned := alignment.of(one)) is not None and aligned.support is Support.SUPPORTED
        ]
        return " ".join(held[:2])

    # --- reduce -----------------------------------------------------------------------------

    def _found(self, points: Sequence[_Point], written: Written, coverage: str) -> Iterator[AnswerEvent]:
        """What answers, word for word, document by document."""
        best = sorted(
            sorted(points, key=lambda one: -one.score)[:_MOST_FOUND],
            key=lambda one: (one.read.info.title, one.read.passage.ordinal),
        )
        cited = tuple(_citation(at, one.read, one.start, one.end) for at, one in enumerate(best, 1))
        if cited:
            yield Retrieved(cited, time.monotonic() - written.began)
        written.citations = cited
        if not best:
            yield from written.add_plain(f"Nothing in what was read answers this. {coverage}")
            return
        documents = dict.fromkeys(one.read.info.title for one in best)
        count = "One place answers" if len(best) == 1 else f"{len(best)} places answer"
        where = "" if len(documents) == 1 else f" in {len(documents)} documents"
        yield from written.add_plain(f"{count}{where}:\n\n")
        for title in documents:
            yield from written.add_plain(f"{inert(title)}\n\n" if len(documents) > 1 else "")
            for number, one in enumerate(best, 1):
                if one.read.info.title == title:
                    yield from written.add_quote("- ", one.text, number, one.start, one.end)
            yield from written.add_plain("\n")
        yield from written.add_plain(coverage)

    def _summary(
        self, points: Sequence[_Point], written: Written, coverage: str, stop: Stop, mode: AnswerMode
    ) -> Iterator[AnswerEvent]:
        """The model's summary of the notes, held sentence by sentence against its passages; then the main points."""
        if not points:
            yield from written.add_plain(f"There is nothing to summarise. {coverage}")
            return
        main = _spread(points, _MOST_POINTS)
        cited = tuple(_citation(at, one.read, one.start, one.end) for at, one in enumerate(main, 1))
        yield Retrieved(cited, time.monotonic() - written.began)
        if mode is AnswerMode.QUOTES or stop.requested:
            written.citations = cited
        else:
            written.cite(cited, alike=self._finding.alike, mode=mode)
            yield from self._reduced(points, main, written, stop)
        yield from written.add_plain(
            "\n\nThe main points, word for word:\n\n" if written.text else "The main points, word for word:\n\n"
        )
        for number, one in enumerate(main, 1):
            yield from written.add_quote("- ", one.text, number, one.start, one.end)
        yield from written.add_plain(f"\n{coverage}")

    def _reduced(
        self, points: Sequence[_Point], main: Sequence[_Point], written: Written, stop: Stop
    ) -> Iterator[AnswerEvent]:
        notes = [one.said or one.text for one in main]
        text = "\n".join(f"- {inert(note[:_LONGEST_SENTENCE])}" for note in notes)[:_NOTES_AT_ONCE]
        prompt = (Message(Role.USER, f"{_REDUCE_ASK}{text}"),)
        try:
            self._load()
            for event in self._engine.stream(prompt, _sampling(self._settings.get(options.MAX_ANSWER_TOKENS)), stop):
                match event:
                    case Token(said):
                        yield from written.write(said)
                    case Prefilling() | Noted():
                        yield event
                    case Generated():
                        written.end(event)
        except PrivetError as error:
            yield Noted(f"{error.what} The main points are told without the model.")
        yield from written.finish()


def _groups(reads: Sequence[_Read]) -> Iterator[list[_Read]]:
    """Neighbours of one document, a few at a time."""
    group: list[_Read] = []
    for one in reads:
        tokens = sum(each.passage.tokens for each in group)
        if group and (
            len(group) >= _GROUP or tokens + one.passage.tokens > _GROUP_TOKENS or group[-1].info.id != one.info.id
        ):
            yield group
            group = []
        group.append(one)
    if group:
        yield group


def _words(text: str) -> list[str]:
    return [term for word in content_words(text) for term in terms(word, "english")]


def _central(group: Sequence[_Read], common: Counter[str], total: int) -> _Point | None:
    """The sentence that says most of what its document speaks of: words that many passages have."""
    best: _Point | None = None
    for one in group:
        for start, end in sentence_spans(one.passage.text):
            text = one.passage.text[start:end]
            words = set(_words(text))
            if len(words) < _FEWEST_WORDS or len(text) > _LONGEST_SENTENCE or text.startswith("|"):
                continue
            score = sum(common[word] / total for word in words if common[word] > 1) / (len(words) + 4) ** 0.5
            if best is None or score > best.score:
                best = _Point(one, start, end, score)
    return best


def _best_span(question: str, text: str) -> tuple[int, int]:
    asked = set(_words(question))
    spans = sentence_spans(text) or [(0, len(text))]
    return max(spans, key=lambda span: len(asked & set(_words(text[span[0] : span[1]]))))


def _packed(point: _Point, said: str) -> str:
    return json.dumps([point.start, point.end, round(point.score, 4), said], ensure_ascii=False)


def _points(reads: Sequence[_Read], known: dict[PassageId, str]) -> list[_Point]:
    """What was noted, in the order of the documents."""
    points: list[_Point] = []
    for one in reads:
        if note := known.get(one.id):
            start, end, score, said = json.loads(note)
            point = _Point(one, start, end, score, said)
            if not (points and _repeats(point, points[-1])):
                points.append(point)
    return points


def _repeats(point: _Point, before: _Point) -> bool:
    """True for the sentence that a passage begins with because the one before it, which was cut there, ends with it."""
    one, other = point.read, before.read
    neighbours = one.info.id == other.info.id and one.passage.ordinal == other.passage.ordinal + 1
    return neighbours and not one.passage.text[: point.start].strip() and point.text == before.text


def _spread(points: Sequence[_Point], most: int) -> list[_Point]:
    """The best of each of `most` stretches of the whole, so that its beginning does not stand for all of it."""
    if len(points) <= most:
        return list(points)
    chosen = []
    for part in range(most):
        stretch = points[part * len(points) // most : (part + 1) * len(points) // most]
        chosen.append(max(stretch, key=lambda one: (bool(one.said), one.score)))
    return chosen


def _citation(number: int, read: _Read, start: int = 0, end: int = 0) -> Citation:
    passage = read.passage
    return Citation(
        number, read.info.title, passage.place, passage.page, passage.text, 1.0, read.info.id, read.id, start, end
    )


def _coverage(read: int, total: int, documents: Sequence[DocumentInfo]) -> str:
    """What was read of it, as a sentence."""
    lost = sum(len(info.lost) for info in documents)
    empty = sum(len(info.empty) for info in documents)
    said = [f"Read {read:,} of {total:,} passages"]
    said += [f"in {len(documents)} documents"] if len(documents) > 1 else []
    text = " ".join(said)
    if lost:
        text += f", {lost:,} {'page' if lost == 1 else 'pages'} unreadable"
    if empty:
        text += f", {empty:,} {'page' if empty == 1 else 'pages'} without text"
    return f"{text}."


def _sampling(tokens: int) -> Sampling:
    return Sampling(temperature=0.0, max_tokens=tokens, lookup=True)
