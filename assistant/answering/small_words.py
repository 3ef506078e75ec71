"""What small words say in each language that answers are checked in: denials, doubts, limits, directions; data.

English, German, French, Spanish, Italian, Portuguese, Dutch, Russian, Chinese and Japanese. A language that is none of
these has those of the first four.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Final

from assistant.retrieval import STOP_WORDS, language

DENSE: Final = "\u3041-\u3096\u30a1-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
"""Letters of scripts without spaces between words, as a regular expression lists them."""
_KANA: Final = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
_HAN: Final = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_LETTER: Final = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class SmallWords:
    """The small words of a language, small letters.

    empty: say nothing of a sentence's matter. denials, hedges: "not", "perhaps"; modal: hedges that are about what
    stands beside them. carries_on: begin a sentence that speaks of what the one before does. quantities: "most",
    "some". directions: groups of words that point one way. by: name who did it, after a passive. of: before these an
    owner and what is owned change places. copula: "is". when: stand before a date. no_denials: words with a denial's
    letters that deny nothing. light: words that an answer may have beyond its passage. spaced: spaces part the words.
    """

    empty: frozenset[str]
    denials: frozenset[str]
    hedges: frozenset[str]
    modal: frozenset[str]
    carries_on: frozenset[str]
    quantities: frozenset[str]
    directions: tuple[frozenset[str], ...]
    by: frozenset[str]
    of: frozenset[str]
    copula: frozenset[str]
    when: frozenset[str]
    no_denials: frozenset[str]
    light: frozenset[str]
    spaced: bool = True

    def denies(self, text: str) -> bool:
        """True for a sentence with a "not" in it."""
        folded = text.casefold().replace("’", "'")
        if not self.spaced:
            for word in self.no_denials:
                text = text.replace(word, "")
            return any(word in text for word in self.denials)
        words = re.findall(r"[^\W_]+", folded)
        return any(word in self.denials for word in words) or bool(_ENGLISH_DENIAL.search(folded))

    def hedged(self, text: str) -> frozenset[str]:
        """What of a text says "perhaps"."""
        folded = text.casefold()
        if not self.spaced:
            return frozenset(word for word in self.hedges if word in folded)
        single = self.hedges.intersection(re.findall(r"[^\W_]+", folded))
        joined = {word for word in self.hedges if (" " in word or "-" in word) and word in folded}
        return single | joined | frozenset(_HEDGING.findall(folded))

    def points(self, text: str, group: frozenset[str]) -> bool:
        """Whether a text has a word of a group of directions."""
        folded = text.casefold()
        if not self.spaced:
            return any(word in folded for word in group)
        return not group.isdisjoint(re.findall(r"[^\W_]+", folded))


_ENGLISH_DENIAL: Final = re.compile(r"\b\w+n't\b")
_HEDGING: Final = re.compile(r"\b(?:in some ways|to some extent|in part|at least in part|so-called)\b")
_TABLE: Final[dict[str, dict[str, str]]] = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
_COMMON: Final = ("english", "german", "french", "spanish")
"""Of a language that is not known, those whose words stop words are told of."""


def tongue(text: str) -> str:
    """The language of a text as `language` tells it, and besides "chinese" and "japanese"."""
    letters = len(_LETTER.findall(text[:20_000])) or 1
    if _KANA.search(text) and 3 * len(_KANA.findall(text[:20_000])) > letters / 4:
        return "japanese"
    if 2 * len(_HAN.findall(text[:20_000])) > letters:
        return "chinese"
    return language(text)


@cache
def small_words(name: str) -> SmallWords:
    """Those of a language by its name as `tongue` tells it."""
    rows = [_TABLE[name]] if name in _TABLE else [_TABLE[one] for one in _COMMON]
    sets = {
        field.name: frozenset(word for row in rows for word in row.get(field.name, "").split())
        for field in fields(SmallWords)
        if field.name not in ("directions", "spaced", "empty")
    }
    directions = tuple(frozenset(group.split()) for row in rows for group in row["directions"].split("|"))
    own = _TABLE.get(name, {}).get("empty", "")
    return SmallWords(
        empty=frozenset(own.split()) if own else STOP_WORDS,
        directions=directions,
        spaced=name not in ("chinese", "japanese"),
        **sets,
    )
