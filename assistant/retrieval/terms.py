"""Text as the terms that the full-text index holds: stemmed, folded, numbers alike however they were written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

import snowballstemmer

_LONGEST: Final = 64  # characters of a term; what is longer is no word that anybody asks for
_REMEMBERED: Final = 1 << 16
_LAST_SHORT_YEAR: Final = 69

# Scripts without spaces between words. A word of Chinese or Japanese has mostly two characters, one of Thai more.
_HAN_KANA: Final = "\u3005-\u3007\u3041-\u309f\u30a1-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_HAN_KANA_FAR: Final = "\U00020000-\U0003ffff"
_THAI: Final = "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ebd\u0ec0-\u0ecd\u1000-\u103f\u1780-\u17d3"
# Marks that stand within the words of other scripts, which Python counts as no part of a word.
_MARKS: Final = "\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0971-\u0dff"
_JOINED: Final = re.compile("(?<=\\d)[\u00a0\u202f](?=\\d{3}(?!\\d))")  # spaces that do not break, between digits
_DENSE: Final = f"{_HAN_KANA}{_HAN_KANA_FAR}{_THAI}"
_NUMBER: Final = r"\d+(?:[.,'’]\d+)*"
_YEAR: Final = r"(?:19|20)\d\d"
# Letters that count or measure where they stand right behind a number; with other letters it is a name, as in "5G".
_MEASURES: Final = (
    "k|m|mm|cm|km|kg|mg|ml|ms|min|kw|mw|gw|kwh|mwh|gwh|twh|hz|khz|mhz|ghz|kb|mb|gb|tb|ft|mi|lbs?|oz|mph|kmh|ha|nm"
    "|bn|mn|mln|mio|mrd|tn|bps?|pp|pct|am|pm|usd|eur|gbp|chf|jpy|million|billion|trillion|percent"
)
_TOKEN: Final = re.compile(
    rf"(?P<dense>[{_HAN_KANA}{_HAN_KANA_FAR}]+)"
    rf"|(?P<thai>[{_THAI}]+)"
    rf"|(?P<date>(?<![\d.,/-])(?:{_YEAR}-[01]\d-[0-3]\d|[0-3]?\d\.[01]?\d\.{_YEAR})(?![\d-]))"
    rf"|(?P<years>(?<![\d.,/-]){_YEAR}[-–/]\d\d(?!\d|[.,/-]\d))"
    rf"|(?P<amount>(?:(?<=[$€£¥])|(?<=[$€£¥]\s)|(?<=(?i:usd|eur|gbp|chf)\s)){_NUMBER}\s?(?i:k|mm?|bn?|mn|tn)(?!\w))"
    r"|(?P<quarter>(?<!\w)(?:[Qq][1-4]|[1-4][Qq])(?!\w)|(?<!\w)(?i:first|second|third|fourth)[ -](?i:quarter)(?!\w))"
    rf"|(?P<number>{_NUMBER}(?=(?i:{_MEASURES})(?![\w{_MARKS}])|[^\w.,'’{_MARKS}]|[.,'’](?!\d)|_|$|[{_DENSE}]))"
    r"|(?P<initials>(?:[^\W\d_]\.){2,})"
    r"|(?P<percent>(?<!\w)(?i:per[ -]cent)(?!\w))"
    rf"|(?P<word>(?:[^\W_{_DENSE}]|[{_MARKS}])+)"
    r"|(?P<unit>[%$€£¥])"
)
_GROUPED: Final = re.compile(r"\d{1,3}(?:[.,'’]\d{3})+")
_DIGIT: Final = re.compile(r"\d")
_RUN: Final = re.compile(r"\d+")
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_DIGITS: Final = re.compile(r"\d{2,}")
_DECADE: Final = re.compile(r"((?:1\d|20)\d0)s")
_SHORT_YEAR: Final = re.compile(r"(?:fy|cy)(\d\d)")
_ORDINAL: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th)")
_ACCENTS: Final = re.compile("[\u0300-\u036f]")
_UNITS: Final = {"%": "percent", "$": "dollar", "€": "euro", "£": "pound", "¥": "yen"}
_ALSO: Final = {
    "usd": "dollar", "eur": "euro", "gbp": "pound", "jpy": "yen", "pct": "percent", "prozent": "percent",
    "mio": "million", "mln": "million", "mn": "million", "bn": "billion", "tn": "trillion",
}  # fmt: skip
_SCALES: Final = {
    "k": "thousand", "m": "million", "mm": "million", "mn": "million", "b": "billion", "bn": "billion",
    "tn": "trillion",
}  # fmt: skip
_QUARTERS: Final = frozenset(f"q{number}" for number in range(1, 5))
_ORDINALS: Final = (
    "", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth",
)  # fmt: skip
_MONTHS: Final = (
    "", "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip


def terms(text: str, language: str = "") -> list[str]:
    """The terms of `text` in their order, each as often as it stands there.

    language: a stemmer's name in Snowball, "" for none. Chinese, Japanese and Korean come as pairs of characters,
    Thai and its neighbours as threes; "1,452.40" and "1 452,40" are one term, "$" is "dollar", "10km" is "10 km",
    "$4.5m" the terms of "$4.5 million", "2018-19" those of both years, a date those of its day, month and year.
    """
    return [term for kind, token in _scanned(text) for term in _terms(kind, token, language)]


def tokens(text: str) -> list[str]:
    """What `terms` makes its terms of: words and numbers as written, runs of scripts without spaces whole."""
    return [part for kind, token in _scanned(text) for part in _parts(kind, token)]


def forms(token: str, language: str) -> tuple[str, ...]:
    """In which terms one of `tokens` is looked for: any of them will do.

    That is fewer than it is indexed with: "Q4" is found by "fourth quarter", but is not looked for as any quarter.
    """
    found = terms(token, language)
    if quarter := next((term for term in found if term in _QUARTERS), ""):
        return (quarter,)
    return tuple(dict.fromkeys(found))


def number_term(number: str) -> str:
    """A number as written, without what groups its digits, with a point before its decimals, without empty decimals."""
    grouped = _GROUPED.match(number)
    if grouped:
        whole, rest = "".join(_DIGIT.findall(grouped.group())), _RUN.findall(number[grouped.end() :])
    else:
        whole, *rest = _RUN.findall(number)
    decimals = rest[0].rstrip("0") if len(rest) == 1 else ".".join(rest)
    return f"{whole}.{decimals}" if decimals else whole


def _scanned(text: str) -> Iterator[tuple[str | None, str]]:
    text = unicodedata.normalize("NFKC", _JOINED.sub("", text))
    return ((match.lastgroup, match.group()) for match in _TOKEN.finditer(text))


def _parts(kind: str | None, token: str) -> Sequence[str]:
    """A token in the words that a question is counted in: those of one amount, range or date tell by themselves."""
    match kind:
        case "date" | "amount":
            return _terms(kind, token, "")
        case "years":
            first, *_, last = _terms(kind, token, "")
            return (first, last)
        case "quarter" if len(token) > 2:
            return re.split(r"[ -]", token)
        case _:
            return (token,)


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
        case "percent":
            found = iter(("percent",))
        case "date":
            found = _date_terms(text, language)
        case "years":
            found = _year_terms(text)
        case "amount":
            scale = _LETTERS.findall(text)[0].casefold()
            found = iter((number_term(text), stem(_SCALES[scale], language)))
        case "quarter":
            found = _quarter_terms(text.casefold(), language)
        case _:
            found = _word_terms(text.casefold()[:_LONGEST], language)
    return tuple(term for term in found if term)


def _word_terms(word: str, language: str) -> Iterator[str]:
    yield stem(word, language)
    if word in _ALSO:
        yield stem(_ALSO[word], language)
    if word.isalpha():
        return
    if decade := _DECADE.fullmatch(word):
        yield decade.group(1)
    elif short := _SHORT_YEAR.fullmatch(word):
        yield _full_year(short.group(1))
    elif (ordinal := _ORDINAL.fullmatch(word)) and 0 < int(ordinal.group(1)) < len(_ORDINALS):
        yield stem(_ORDINALS[int(ordinal.group(1))], language)
    else:
        yield from (digits for digits in _DIGITS.findall(word) if digits != word)


def _date_terms(text: str, language: str) -> Iterator[str]:
    """Day, month and year as in a date that is written out; a day that is none leaves numbers."""
    first, month, last = (int(part) for part in _RUN.findall(text))
    day, year = (last, first) if first > last else (first, last)
    yield from (str(day), str(month), str(year))
    if 0 < month < len(_MONTHS):
        yield stem(_MONTHS[month], language)


def _year_terms(text: str) -> Iterator[str]:
    first, last = _RUN.findall(text)
    yield from (first, last)
    if int(last) > int(first[2:]):
        yield first[:2] + last


def _quarter_terms(text: str, language: str) -> Iterator[str]:
    """One quarter of a year is found as "Q4" and as "fourth quarter", whichever way it is written."""
    digits = _DIGIT.findall(text)
    number = int(digits[0]) if digits else _ORDINALS.index(re.split("[ -]", text)[0])
    yield f"q{number}"
    yield from (stem(_ORDINALS[number], language), stem("quarter", language))


def _full_year(digits: str) -> str:
    """Two digits behind "FY": of this century as long as that is no more than some years ahead."""
    return f"{19 if int(digits) > _LAST_SHORT_YEAR else 20}{digits}"


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
