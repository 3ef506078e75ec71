"""What speaks for a span of a sentence as the answer to a question: its kind, its borders, and what stands around it.

Pure. The words are English; in other languages the shapes of numbers and names and the words shared still tell much.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

from assistant.engine import WORD
from assistant.retrieval import STOP_WORDS, terms

LONGEST: Final = 10
"""Words of a span, at most."""
_NEAR: Final = 6  # words
_NAME_WORDS: Final = 4  # telling words of a date or a number, at most; more are a clause

_SORTS: Final = {
    form: sort
    for sort, forms in (
        ("article", "a an the"),
        (
            "preposition",
            """about after against among around as at before between by during for from in into like near of on over
            since through to toward towards under until upon via with within without""",
        ),
        ("be", "is was are were be been being became become becomes"),
        ("called", "called named known titled termed dubbed nicknamed"),
        ("and", "and or but nor"),
        (
            "pronoun",
            "he she it they him her them his its their this that these those which who whom whose there i we you",
        ),
    )
    for form in forms.split()
}
_NO_FIRST: Final = frozenset(("and", "be"))
_NO_LAST: Final = frozenset(("article", "preposition", "be", "and", "pronoun"))
_MONTHS: Final = frozenset(
    "january february march april may june july august september october november december".split()
)
_TIMES: Final = frozenset(
    "century centuries decade decades year years month months week weeks day days hour hours minute minutes bc ad"
    " summer winter spring autumn monday tuesday wednesday thursday friday saturday sunday".split()
)
_COUNTS: Final = frozenset(
    "one two three four five six seven eight nine ten eleven twelve dozen hundred thousand million billion half third"
    " quarter first second twice once several many few percent".split()
)
_YEAR: Final = re.compile(r"^(?:1\d{3}|20\d{2})s?$")
_WH: Final = re.compile(r"\b(who|whom|whose|when|where|why|how|what|which)\b", re.IGNORECASE)
_OWN_BEFORE: Final = frozenset(("of", "in", "by", "to", "the", "a", "for"))
_HEADS: Final = {
    head: kind
    for kind, heads in (
        ("when", "year years date day month century decade period era time"),
        ("number", "percent percentage number amount proportion fraction age population rate cost price score size"),
        (
            "name",
            """city country state town place region continent river island county area location nation company
            university team person king queen president league church school museum organization organisation group
            author scientist actor name band album network station party leader player emperor bishop""",
        ),
    )
    for head in heads.split()
}
_ENDS_HEAD: Final = frozenset("did do does has had have".split())
_MANY: Final = frozenset("many much long old far tall large big high often fast few deep wide heavy".split())

NEVER: Final = -20.0
"""The least that a reader is taken to say of a span."""

Telling = Sequence[tuple[tuple[str, ...], float]]
"""The words of a question: the forms of each, and how much it tells."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as spans are held against it. kind: what it asks for. weights: what each of its terms tells."""

    kind: str
    weights: Mapping[str, float]
    total: float

    @classmethod
    def of(cls, question: str, telling: Telling) -> Asked:
        """A question, with what its words tell."""
        weights = {form: weight for forms, weight in telling for form in forms}
        return cls(kind_of(question), weights, sum(weights.values()) or 1.0)


def kind_of(question: str) -> str:
    """What a question asks for: "who", "when", "where", "why", "how", "number", "name", "what", "which", "other"."""
    found = _WH.search(question)
    if not found:
        return "other"
    word, rest = found.group(1).casefold(), re.findall(r"[\w'’-]+", question[found.end() :].casefold())
    match word:
        case "who" | "whom" | "whose":
            return "who"
        case "how":
            return "number" if rest and rest[0] in _MANY else "how"
        case "what" | "which":
            for near in rest[:3]:
                if kind := _HEADS.get(near) or _HEADS.get(near.rstrip("s")):
                    return kind
                if near in _ENDS_HEAD or _SORTS.get(near) in ("be", "preposition"):
                    break
    return word


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a sentence. weight: what it tells of the question, 0 where that does not have it."""

    start: int
    end: int
    text: str
    form: str
    sort: str
    weight: float
    capital: bool
    digits: bool
    telling: bool


@dataclass(frozen=True, slots=True)
class Weighed:
    """A span of a sentence, by its characters, and how much speaks for it."""

    start: int
    end: int
    score: float


class Sentence:
    """A sentence with a question held against it."""

    def __init__(self, asked: Asked, text: str, language: str = "english") -> None:
        """language: by which the question's words were cut (`terms`)."""
        self._asked = asked
        self._text = text
        self._words = [_word(found, asked, language) for found in WORD.finditer(text)]
        count = len(self._words)
        self._begins = [self._begin(at) for at in range(count)]
        self._ends = [self._end(at) for at in range(count)]

    def spans(self) -> Iterator[tuple[int, int, dict[str, float]]]:
        """Every span that can be an answer: start and end in characters, and its features."""
        words = self._words
        for begin, first in enumerate(words):
            if first.sort in _NO_FIRST:
                continue
            for end in range(begin + 1, min(len(words), begin + LONGEST) + 1):
                if words[end - 1].sort not in _NO_LAST:
                    yield first.start, words[end - 1].end, self._features(begin, end)

    def ranked(self, read: Callable[[int, int], float | None] | None = None) -> list[Weighed]:
        """The spans, best first, by the learned weights.

        read: the logarithm of how likely a span is to a reader, by its characters in the sentence; None for one that it
        did not have before it.
        """
        weights, both = learned()["rule"], learned()["read"]
        found = []
        for start, end, features in self.spans():
            points = sum(weights.get(name, 0.0) * value for name, value in features.items())
            if read is not None:
                likely = read(start, end)
                points = both["rule"] * points + both["read"] * max(NEVER, NEVER if likely is None else likely)
            found.append(Weighed(start, end, points))
        return sorted(found, key=lambda one: -one.score)

    def _features(self, begin: int, end: int) -> dict[str, float]:
        words, kind = self._words, self._asked.kind
        inside = words[begin:end]
        looks = _shape(inside, begin == 0)
        between = self._text[inside[0].start : inside[-1].end]
        length = len(inside) / 10
        asked = sum(word.weight > 0 for word in inside)
        return {
            **self._begins[begin],
            **self._ends[end - 1],
            f"{kind}:{looks}": 1.0,
            f"shape:{looks}": 1.0,
            f"length:{min(len(inside), 8)}": 1.0,
            "words": length,
            f"{kind}:words": length,
            "asked": asked / len(inside),
            "any_asked": float(asked > 0),
            "all_asked": float(all(word.weight > 0 or not word.telling for word in inside)),
            "weight_asked": sum(word.weight for word in inside) / self._asked.total,
            "comma_inside": float("," in between),
            "border_inside": float(any(mark in between for mark in ';:()"“”')),
            "brackets": float(between.count("(") != between.count(")")),
            "quotes": float(self._quoted(inside[0].start, inside[-1].end)),
            **self._distances(begin, end),
        }

    def _begin(self, at: int) -> dict[str, float]:
        word, before = self._words[at], self._words[at - 1] if at else None
        gap = self._text[before.end : word.start] if before else ""
        cuts = before is not None and before.capital and word.capital and not gap.strip()
        return {
            f"first:{_edge(word)}": 1.0,
            f"before:{_neighbour(before, gap)}": 1.0,
            "cuts_name": float(cuts),
        }

    def _end(self, at: int) -> dict[str, float]:
        word, after = self._words[at], self._words[at + 1] if at + 1 < len(self._words) else None
        gap = self._text[word.end : after.start] if after else ""
        joined = after is not None and not gap.strip()
        return {
            f"last:{_edge(word)}": 1.0,
            f"after:{_neighbour(after, gap)}": 1.0,
            "cuts_name_after": float(joined and after is not None and after.capital and word.capital),
            "number_before_word": float(joined and word.digits),
        }

    def _quoted(self, start: int, end: int) -> bool:
        text = self._text
        return start > 0 and end < len(text) and text[start - 1] in "\"“'‘" and text[end] in "\"”'’,"

    def _distances(self, begin: int, end: int) -> dict[str, float]:
        """How near the question's words stand to the span: the nearest, the most telling, and how much in all."""
        nearest, near, left, right, best, beside = 99, 0.0, 0.0, 0.0, 0.0, 99
        for at, word in enumerate(self._words):
            if not word.weight or begin <= at < end:
                continue
            away = begin - at if at < begin else at - end + 1
            nearest = min(nearest, away)
            near += word.weight / away
            if away <= _NEAR and at < begin:
                left += word.weight
            elif away <= _NEAR:
                right += word.weight
            if word.weight > best:
                best, beside = word.weight, away
            elif word.weight == best:
                beside = min(beside, away)
        total = self._asked.total
        return {
            "nearest": 1 / nearest,
            "near": near / total,
            "left": left / total,
            "right": right / total,
            "beside_best": 1 / beside,
        }


def _word(found: re.Match[str], asked: Asked, language: str) -> _Word:
    text = found.group()
    form = text.casefold()
    weight = max((asked.weights.get(term, 0.0) for term in terms(text, language)), default=0.0)
    digits = any(letter.isdigit() for letter in text)
    telling = form not in STOP_WORDS
    return _Word(
        found.start(), found.end(), text, form, _SORTS.get(form, ""), weight, text[:1].isupper(), digits, telling
    )


def _shape(words: Sequence[_Word], first: bool) -> str:
    """What a span looks like. first: it begins the sentence, where a capital says nothing."""
    telling = [word for word in words if word.telling] or words
    few = len(telling) <= _NAME_WORDS
    if any(_YEAR.match(word.text) or word.form in _MONTHS for word in words):
        return "date" if few else "long"
    if any(word.form in _TIMES for word in words):
        return "time"
    if any(word.digits for word in words):
        return "number" if few else "long"
    if any(word.form in _COUNTS for word in words):
        return "count"
    said = telling[1:] if first and len(telling) > 1 else telling
    capitals = sum(word.capital for word in said)
    if capitals == len(said) and not (first and len(words) == 1):
        return "name"
    return "mixed" if capitals else "lower"


def _edge(word: _Word) -> str:
    if word.sort and word.sort != "called":
        return word.sort
    if not word.telling:
        return "stop"
    if word.form.endswith(("ed", "ing")) and not word.capital:
        return "verb"
    return "ly" if word.form.endswith("ly") else "word"


def _neighbour(word: _Word | None, gap: str) -> str:
    """What stands beside a span, `gap` between them."""
    if word is None:
        return "border"
    for marks, name in ((",", "comma"), (";:.", "mark"), ("()[]", "bracket"), ('"“”‘’', "quote")):
        if any(mark in gap for mark in marks):
            return name
    if word.form in _OWN_BEFORE:
        return word.form
    if word.sort in ("preposition", "be", "called", "and"):
        return word.sort
    if not word.telling:
        return "stop"
    if word.digits:
        return "number"
    return "name" if word.capital else "word"


@lru_cache(maxsize=1)
def learned() -> dict[str, dict[str, float]]:
    """The weights, as tests/bench/learning.py learns them.

    "rule": of the features. "read": of that and of what a reader says. "model": of `measures`.
    """
    read: dict[str, dict[str, float]] = json.loads(
        files("assistant.answering").joinpath("spans.json").read_text(encoding="utf-8")
    )
    return read
