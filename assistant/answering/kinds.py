"""What kind of thing a question asks for, and whether a sentence has one: by rule, for English."""

from __future__ import annotations

import re
from enum import Enum
from typing import Final

from assistant.retrieval import terms


class Kind(Enum):
    """What an answer would be."""

    NUMBER = "number"
    TIME = "time"
    NAME = "name"
    ANY = "any"


_ASKS: Final = {
    Kind.NUMBER: re.compile(
        r"\bhow (?:many|much|long|old|far|tall|large|big|high|often|fast|few|deep|wide|heavy)\b"
        r"|\bwhat (?:percent|number|amount|proportion|fraction|age)",
        re.IGNORECASE,
    ),
    Kind.TIME: re.compile(
        r"\bwhen\b|\b(?:what|which) (?:year|date|day|month|century|decade|time|period)", re.IGNORECASE
    ),
    Kind.NAME: re.compile(
        r"\b(?:who|whose|whom|where)\b|\b(?:what|which) (?:city|country|state|place|town|region|continent|company"
        r"|university|team|person|king|president)",
        re.IGNORECASE,
    ),
}
_NUMBER: Final = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand|million|billion|half"
    r"|first|second|third|once|twice)\b",
    re.IGNORECASE,
)
_TIME: Final = re.compile(
    r"\b(?:1\d{3}|20\d{2})s?\b|\b(?:January|February|March|April|May|June|July|August|September|October|November"
    r"|December|century|BC|AD|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|days?|weeks?|months?|years?)\b"
)
_NAME: Final = re.compile(r"\b[A-Z][\w’'-]+")
_WORD: Final = re.compile(r"\w+")
_COUNTED: Final = re.compile(r"\bhow (?:many|much|few) ((?:\w+[ '’-]?){1,4})", re.IGNORECASE)
_ENDS: Final = frozenset(
    "did do does has had have is are was were be been can could will would should may might must of in on at to for"
    " from with by that which who the a an it he she they you we i more less".split()
)
_BESIDE: Final = 4  # words


def kind_of(question: str) -> Kind:
    """What the question asks for; ANY where that can't be told."""
    return next((kind for kind, asks in _ASKS.items() if asks.search(question)), Kind.ANY)


def counted(question: str) -> frozenset[str]:
    """The words for what is to be counted: "how many rooms does" has "rooms"; empty where nothing is."""
    found = _COUNTED.search(question)
    words: list[str] = []
    for word in _WORD.findall(found.group(1).casefold()) if found else ():
        if word in _ENDS:
            break
        words.append(word)
    return frozenset(words)


def counts(things: frozenset[str], sentence: str, language: str) -> float:
    """1.0 if a sentence has a number beside one of these words, 0.0 if not, 0.5 where nothing is to be counted."""
    if not things:
        return 0.5
    forms = {form for thing in things for form in terms(thing, language)}
    words = _WORD.findall(sentence)
    numbers = [at for at, word in enumerate(words) if _NUMBER.search(word)]
    named = [at for at, word in enumerate(words) if forms.intersection(terms(word, language))]
    return float(any(abs(number - name) <= _BESIDE for number in numbers for name in named))


def has(kind: Kind, question: str, sentence: str) -> float:
    """1.0 if the sentence has one of this kind that the question does not name itself, 0.0 if not, 0.5 for ANY."""
    match kind:
        case Kind.NUMBER:
            return float(_NUMBER.search(sentence) is not None)
        case Kind.TIME:
            return float(_TIME.search(sentence) is not None)
        case Kind.NAME:
            asked = set(_WORD.findall(question.casefold()))
            return float(any(name.casefold() not in asked for name in _NAME.findall(sentence)))
        case Kind.ANY:
            return 0.5
