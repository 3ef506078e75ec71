"""Which language a text is in, by its script and its most frequent small words; pure."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Final

_LOOKED_AT: Final = 800  # characters of a text
_SAMPLES: Final = 60  # texts of a document
_FEWEST_WORDS: Final = 2
_WORD: Final = re.compile("(?:[^\\W\\d_]|[\u0900-\u0963])+")  # the vowel signs of Devanagari are part of its words
_ASCII_WORD: Final = re.compile("[a-z]+")  # the same in plain letters, found several times as fast
_SCRIPTS: Final = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af\u1100-\u11ff]")),
    ("zh", re.compile("[\u3400-\u9fff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("el", re.compile("[\u0370-\u03ff\u1f00-\u1fff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("hy", re.compile("[\u0530-\u058f]")),
    ("ka", re.compile("[\u10a0-\u10ff]")),
    ("bn", re.compile("[\u0980-\u09ff]")),
    ("ta", re.compile("[\u0b80-\u0bff]")),
    ("te", re.compile("[\u0c00-\u0c7f]")),
    ("gu", re.compile("[\u0a80-\u0aff]")),
    ("pa", re.compile("[\u0a00-\u0a7f]")),
    ("kn", re.compile("[\u0c80-\u0cff]")),
    ("ml", re.compile("[\u0d00-\u0d7f]")),
    ("my", re.compile("[\u1000-\u109f]")),
    ("km", re.compile("[\u1780-\u17ff]")),
    ("lo", re.compile("[\u0e80-\u0eff]")),
    ("am", re.compile("[\u1200-\u137f]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("ar", re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
)
_LATIN: Final = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_SCRIPTS_WITH_WORDS: Final = ("ru", "ar", "hi")  # scripts that several languages share, besides the Latin one


@cache
def _tables() -> dict[str, dict[str, list[str]]]:
    """Script ("" for Latin) -> small word -> the languages that have it."""
    text = Path(__file__).with_name("small_words.json").read_text(encoding="utf-8")
    tables: dict[str, dict[str, list[str]]] = {}
    for script, languages in json.loads(text).items():
        table = tables.setdefault(script, {})
        for name, words in languages.items():
            for word in set(words.split()):
                table.setdefault(word, []).append(name)
    return tables


def language(text: str) -> str:
    """The language of a text as ISO 639-1, "" where it is too short or mixed to tell."""
    text = text[:_LOOKED_AT]
    if text.isascii():
        return _by_words(text, "")
    letters = sum(map(str.isalpha, text))
    if letters < 2:
        return ""
    if len(_LATIN.findall(text)) * 2 > letters:
        return _by_words(text, "")
    counts = {code: len(script.findall(text)) for code, script in _SCRIPTS}
    if counts["ja"]:  # Japanese mixes its own letters with Chinese ones
        counts["ja"] += counts["zh"]
        counts["zh"] = 0
    script = max(counts, key=lambda code: counts[code])
    if not counts[script]:
        return ""
    return (_by_words(text, script) or script) if script in _SCRIPTS_WITH_WORDS else script


def _by_words(text: str, script: str) -> str:
    """The language whose small words are most of the text; "" where no language has clearly more than the others."""
    words = [
        names
        for names in map(_tables()[script].get, (_ASCII_WORD if text.isascii() else _WORD).findall(text.casefold()))
        if names
    ]
    found = Counter(chain.from_iterable(words))
    if len(words) < _FEWEST_WORDS:
        return ""
    (best, first), *rest = found.most_common(2)
    return best if not rest or first > rest[0][1] else ""


def language_of(texts: Iterable[str]) -> str:
    """The language of most of a document, by its longer stretches; "" where there is none."""
    found: Counter[str] = Counter()
    long = [text for text in texts if len(text) >= 60]
    for text in long[:: max(1, len(long) // _SAMPLES)]:
        if code := language(text):
            found[code] += min(len(text), _LOOKED_AT)
    return found.most_common(1)[0][0] if found else ""
