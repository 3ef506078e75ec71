"""Number words, months and what stands beside numbers, in the languages that answers are checked in; data.

English, German, French, Spanish, Italian, Portuguese, Dutch, Russian, Chinese and Japanese. A word that is something
else in another of them ("six", "due", "um") is listed with its language, and counts as a number for sure only there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_DATA: Final = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))


def _listed(name: str, first: int = 0, step: int = 1) -> dict[str, int]:
    """Each word of row n -> first + n * step."""
    return {word: first + at * step for at, row in enumerate(_DATA[name]) for word in row.split()}


MONTHS: Final = _listed("months", 1)
_UNITS: Final = _listed("units")
_TENS: Final = _listed("tens", 20, 10)
_HUNDREDS: Final = _listed("hundreds", 200, 100)


def _compounds() -> Iterator[tuple[str, int]]:
    """Numbers that are written as one word, or with a hyphen of their own."""
    german = "ein zwei drei vier fünf sechs sieben acht neun".split()
    dutch = "een twee drie vier vijf zes zeven acht negen".split()
    italian = "uno due tre quattro cinque sei sette otto nove".split()
    spanish = "uno dos trés cuatro cinco séis siete ocho nueve".split()
    for at, one in enumerate(german, 1):
        for ten in "zwanzig dreißig dreissig vierzig fünfzig sechzig siebzig achtzig neunzig".split():
            yield f"{one}und{ten}", _TENS[ten] + at
        yield f"{one}hundert", 100 * at
        yield f"{one}tausend", 1000 * at
    for at, one in enumerate(dutch, 1):
        for ten in "twintig dertig veertig vijftig zestig zeventig tachtig negentig".split():
            yield f"{one}{'ën' if one.endswith('e') else 'en'}{ten}", _TENS[ten] + at
        yield f"{one}honderd", 100 * at
    for at, one in enumerate(italian, 1):
        for ten in "venti trenta quaranta cinquanta sessanta settanta ottanta novanta".split():
            yield f"{ten[:-1] if one[0] in 'uo' else ten}{'tré' if one == 'tre' else one}", _TENS[ten] + at
    for at, one in enumerate(spanish, 1):
        yield f"veinti{one}", 20 + at
    for at, one in enumerate("onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf".split(), 11):
        yield f"soixante-{'et-' if one == 'onze' else ''}{one}", 60 + at
        yield f"quatre-vingt-{one}", 80 + at
    yield "soixante-dix", 70


SIMPLE: Final[dict[str, int]] = {**_UNITS, **_TENS, **_HUNDREDS, **dict(_compounds())}
"""Numbers in words that are not made of others."""
SCALES: Final = {word: float(factor) for factor, words in _DATA["scales"].items() for word in words.split()}
"""What multiplies a number that stands before it."""
SPELLED: Final = {
    word: SCALES[word] for word in SCALES if len(word) > 3 or (len(word) == 3 and SCALES[word] < 1e6 and word != "bn")
}
"""Those that are numbers by themselves, or behind one in words."""
JOINED: Final = ("and", "et", "y", "e", "en", "und")
"""What stands between two words of one number."""

ORDINALS: Final = _listed("ordinals", 1) | {"thirtieth": 30}
LOOSE: Final[dict[str, frozenset[str]]] = {
    word: frozenset(names.split()) for names, words in _DATA["loose"].items() for word in words.split()
}
"""Words that mostly are no figure, with the languages in which they are: elsewhere a passage's may stand for one, a
sentence's need not be there."""

HAN_DIGITS: Final = {letter: int(value) for value, letters in _DATA["han digits"].items() for letter in letters.split()}
HAN_SCALES: Final = {letter: int(value) for value, letters in _DATA["han scales"].items() for letter in letters.split()}
NO_FIGURES: Final = frozenset(_DATA["no figures"].split())
"""Characters of numbers that together make another word."""


def han(word: str) -> float:
    """A number in Chinese characters, with or without those for ten, hundred and so on."""
    if not any(letter in HAN_SCALES for letter in word):
        return float("".join(str(HAN_DIGITS[letter]) for letter in word))
    total, part, digit = 0, 0, 0
    for letter in word:
        if letter in HAN_DIGITS:
            digit = HAN_DIGITS[letter]
            continue
        scale = HAN_SCALES[letter]
        if scale < 10_000:
            part += (digit or 1) * scale
        else:
            total, part = (total + (part + digit or 1)) * scale, 0
        digit = 0
    return float(total + part + digit)


CURRENCIES: Final = {word: sign for sign, words in _DATA["units of measure"].items() for word in words.split()}
"""Units by how they are written, without their spaces."""
