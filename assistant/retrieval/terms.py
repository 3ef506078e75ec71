"""Text as the terms that the full-text index holds: stemmed, folded, numbers alike however they were written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import snowballstemmer

_LONGEST: Final = 64  # characters of a term; what is longer is no word that anybody asks for
_REMEMBERED: Final = 1 << 16

# Scripts without spaces between words. A word of Chinese or Japanese has mostly two characters, one of Thai more.
_HAN_KANA: Final = "\u3005-\u3007\u3041-\u309f\u30a1-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_HAN_KANA_FAR: Final = "\U00020000-\U0003ffff"
_THAI: Final = "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ebd\u0ec0-\u0ecd\u1000-\u103f\u1780-\u17d3"
# Marks that stand within the words of other scripts, which Python counts as no part of a word.
_MARKS: Final = "\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0971-\u0dff"
_JOINED: Final = re.compile("(?<=\\d)[\u00a0\u202f](?=\\d{3}(?!\\d))")  # spaces that do not break, between digits
_TOKEN: Final = re.compile(
    rf"(?P<dense>[{_HAN_KANA}{_HAN_KANA_FAR}]+)"
    rf"|(?P<thai>[{_THAI}]+)"
    r"|(?P<number>\d+(?:[.,'’]\d+)*(?![^\W\d_]))"
    r"|(?P<initials>(?:[^\W\d_]\.){2,})"
    rf"|(?P<word>(?:[^\W_{_HAN_KANA}{_HAN_KANA_FAR}{_THAI}]|[{_MARKS}])+)"
    r"|(?P<unit>[%$€£¥])"
)
_GROUPED: Final = re.compile(r"\d{1,3}(?:[.,'’]\d{3})+")
_DIGIT: Final = re.compile(r"\d")
_RUN: Final = re.compile(r"\d+")
_DIGITS: Final = re.compile(r"\d{2,}")
_ACCENTS: Final = re.compile("[\u0300-\u036f]")
_UNITS: Final = {"%": "percent", "$": "dollar", "€": "euro", "£": "pound", "¥": "yen"}


def terms(text: str, language: str = "") -> list[str]:
    """The terms of `text` in their order, each as often as it stands there.

    language: a stemmer's name in Snowball, "" for none. Chinese, Japanese and Korean come as pairs of characters,
    Thai and its neighbours as threes; "1,452.40" and "1 452,40" are one term, "$" is "dollar".
    """
    text = unicodedata.normalize("NFKC", _JOINED.sub("", text))
    return [term for match in _TOKEN.finditer(text) for term in _terms(match.lastgroup, match.group(), language)]


def tokens(text: str) -> list[str]:
    """What `terms` makes its terms of: words and numbers as written, runs of scripts without spaces whole."""
    text = unicodedata.normalize("NFKC", _JOINED.sub("", text))
    return [match.group() for match in _TOKEN.finditer(text)]


def number_term(number: str) -> str:
    """A number as written, without what groups its digits, with a point before its decimals, without empty decimals."""
    grouped = _GROUPED.match(number)
    if grouped:
        whole, rest = "".join(_DIGIT.findall(grouped.group())), _RUN.findall(number[grouped.end() :])
    else:
        whole, *rest = _RUN.findall(number)
    decimals = rest[0].rstrip("0") if len(rest) == 1 else ".".join(rest)
    return f"{whole}.{decimals}" if decimals else whole


@lru_cache(_REMEMBERED)
def _terms(kind: str | None, text: str, language: str) -> tuple[str, ...]:
    """The terms of one token. kind: the group of `_TOKEN` that it is of."""
    match kind:
        case "dense":
            found = _grams(text, 2)
        case "thai":
            found = _grams(text, 3)
        case "number":
            found = iter((number_term(text),))
        case "initials":
            found = iter((text.replace(".", "").casefold(),))
        case "unit":
            found = iter((_UNITS[text],))
        case _:
            found = _word_terms(text.casefold()[:_LONGEST], language)
    return tuple(term for term in found if term)


def _word_terms(word: str, language: str) -> Iterator[str]:
    yield stem(word, language)
    if not word.isalpha():
        yield from (digits for digits in _DIGITS.findall(word) if digits != word)


def _grams(text: str, length: int) -> Iterator[str]:
    if len(text) <= length:
        yield text
    for at in range(len(text) - length + 1) if len(text) > length else ():
        yield text[at : at + length]


@lru_cache(_REMEMBERED)
def stem(word: str, language: str) -> str:
    """A case-folded word without its ending and its accents; "" for no language."""
    if language and word.isalpha():
        # In C where PyStemmer is installed, to the same stems: in Python it is a tenth of adding a document.
        word = snowballstemmer.stemmer(language).stemWord(word)
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", word)))
