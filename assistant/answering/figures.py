"""Numbers and dates in a text, however they are spelled, so that what a sentence claims can be looked for in a passage.

"1,200", "1.200", "1 200" and "twelve hundred" are one number; "3 March 2024", "2024-03-03", and "3. März 2024" one day.
Where a spelling can be read in two ways, both count.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from assistant.answering.numerals import (
    CURRENCIES,
    HAN_DIGITS,
    HAN_SCALES,
    JOINED,
    LOOSE,
    MONTHS,
    NO_FIGURES,
    ORDINALS,
    SCALES,
    SIMPLE,
    SPELLED,
    han,
)

Reading = tuple[str, float | str | None, float | None, float | None]
"""What a figure may mean: ("number", value), ("ordinal", n), ("decade", its first year), ("clock", "4:51"), or
("date", year, month, day) of which some may be None."""

_FRACTIONS: Final = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3}
_DENSE: Final = "\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_START: Final = rf"(?<![^\W{_DENSE}])"
_END: Final = rf"(?![^\W{_DENSE}])"
"""Borders of words: scripts without spaces have none of their own, and digits stand right beside their letters."""
_MONTH: Final = "|".join(sorted(MONTHS, key=len, reverse=True))
_DIGITS: Final = r"\d{1,3}(?:[,.'’\u00a0\u202f\u2009 ]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)?"
_SINGLE: Final = "|".join(sorted({*SIMPLE, *SPELLED}, key=len, reverse=True))
_ORDINAL: Final = "|".join(sorted(ORDINALS, key=len, reverse=True))
_SCALE: Final = "|".join(sorted((one for one in SCALES if one.isascii() or len(one) > 1), key=len, reverse=True))
_HAN: Final = rf"[{''.join((*HAN_DIGITS, *HAN_SCALES))}]"
_FOUND: Final = re.compile(
    rf"{_START}(?<![.,/-])(?P<iso>(?P<iy>\d{{4}})[-/](?P<im>\d{{1,2}})[-/](?P<id>\d{{1,2}}))(?![/-]){_END}"
    rf"|{_START}(?<![/-])(?P<short>(?P<sa>\d{{1,2}})(?P<sep>[./-])(?P<sb>\d{{1,2}})(?P=sep)(?P<sy>\d{{4}}|\d{{2}}))"
    rf"(?![/-]){_END}"
    rf"|(?P<ymd>(?<!\d)(?:(?P<cy>\d{{4}})\s?\u5e74\s?)?(?P<cm>\d{{1,2}}|{_HAN}{{1,3}})\s?\u6708\s?(?P<cd>\d{{1,2}}|{_HAN}{{1,3}})"
    r"\s?[\u65e5\u53f7\u865f]|(?<!\d)(?P<cy2>\d{4})\s?\u5e74\s?(?P<cm2>\d{1,2})\s?\u6708)"
    rf"|{_START}(?P<dmy>(?P<dd>\d{{1,2}})(?:st|nd|rd|th|\.|er|\u00ba|\u00aa|°|-\u0433\u043e)?\s+(?:of\s+|de\s+|di\s+|do\s+)?(?P<dm>{_MONTH})"
    rf"{_END}\.?(?:,?\s+(?:de\s+|del\s+)?(?P<dy>\d{{4}})(?!\d))?)"
    rf"|{_START}(?P<mdy>(?P<mm>{_MONTH})\.?\s+(?P<md>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:,?\s+(?P<my>\d{{4}})(?!\d))?)"
    rf"|{_START}(?P<month>(?P<nm>{_MONTH})\.?,?\s+(?:of\s+|de\s+|del\s+)?(?P<ny>\d{{4}})(?!\d))"
    rf"|{_START}(?P<clock>\d{{1,2}}:\d{{2}}(?::\d{{2}})?)(?!\d)"
    rf"|{_START}(?P<decade>\d{{3}}0)(?:(?:['’]?s|er|ern|er-jahren?|-\u0445|-\u0435){_END}|\u5e74\u4ee3)"
    rf"|{_START}(?P<nth>\d{{1,4}})(?:st|nd|rd|th|er|re|e|ème|de|ste|[.]?\u00ba|[.]?\u00aa|-(?:\u0439|\u0433\u043e|\u044f|\u043e\u0439|\u043c|\u043c\u0443)){_END}"
    rf"|\u7b2c\s?(?P<hannth>\d{{1,4}}|{_HAN}+)"
    rf"|\u767e\u5206\u4e4b\s?(?P<hanpercent>\d+(?:[.]\d+)?|{_HAN}+)"
    rf"|{_START}(?P<number>{_DIGITS})(?P<fraction>[½¼¾⅓⅔])?"
    rf"(?:[\s-]?(?P<scale>{_SCALE}){_END}|(?P<myriad>[\u4e07\u842c\u4ebf\u5104\u5146])(?P<rest>\d{{1,4}}(?![\d.,]))?)?"
    r"|(?P<alone>[½¼¾⅓⅔])"
    rf"|{_START}(?P<ordinal>{_ORDINAL}){_END}"
    rf"|{_START}(?P<words>(?:{_SINGLE}){_END}(?:(?:\s+(?:{'|'.join(JOINED)})\s+|\s+|-)(?:{_SINGLE}){_END})*)"
    rf"|(?P<han>{_HAN}+)",
    re.IGNORECASE,
)
_WORD: Final = re.compile(rf"(?:{_SINGLE}){_END}", re.IGNORECASE)
_ABOUT: Final = re.compile(
    r"(?:\b(?:about|around|roughly|approximately|approx\.?|nearly|almost|some|circa|ca\.?|etwa|rund|fast|ungefähr|knapp"
    r"|environ|presque|près\s+de|quelque|unos|unas|cerca\s+de|casi|aproximadamente|alrededor\s+de|quasi|quase"
    r"|ongeveer|bijna|\u043e\u043a\u043e\u043b\u043e|\u043f\u0440\u0438\u043c\u0435\u0440\u043d\u043e|\u043f\u0440\u0438\u0431\u043b\u0438\u0437\u0438\u0442\u0435\u043b\u044c\u043d\u043e|\u043f\u043e\u0447\u0442\u0438)\s+|(?:\u5927\u7ea6|\u5927\u7d04|\u7ea6|\u7d04|\u8fd1|\u304a\u3088\u305d)\s?)(?:[$€£¥]\s?)?$",
    re.IGNORECASE,
)
_UNIT_BEFORE: Final = re.compile(r"([$€£¥])\s?$")
_UNIT_AFTER: Final = re.compile(
    rf"\s?((?:per\s?cent|pour\s?cent|por\s?ciento|per\s?cento|por\s?cento|{'|'.join(sorted(CURRENCIES, key=len, reverse=True)).replace('$', '[$]')}){_END})",  # noqa: E501
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number or date of a text, as it stands there. unit: "%", a currency's sign, or "". rounded: "about" it."""

    text: str
    start: int
    end: int
    readings: frozenset[Reading]
    unit: str = ""
    rounded: bool = False
    loose: bool = False


def figures(text: str, language: str = "") -> list[Figure]:
    """The figures of a text in their order. loose: those that may be no figure ("first", "one").

    language: that of the text, by the name of its stemmer; "" where that is not known.
    """
    found: list[Figure] = []
    for match in _FOUND.finditer(text):
        readings = frozenset(_readings(match))
        if not readings or (found and match.start() < found[-1].end):
            continue  # the "cento" of "per cento"
        start, end, unit = _with_unit(text, match.start(), match.end())
        unit = "%" if match["hanpercent"] else unit
        rounded = bool(_ABOUT.search(text[max(0, start - 24) : start]))
        loose = _loose(match, language)
        found.append(Figure(text[start:end].strip(), start, end, readings, unit, rounded, loose))
    return found


def _loose(match: re.Match[str], language: str) -> bool:
    """Whether what was found may be no figure: the first character of "unity" is one, and "due" two in Italian only."""
    word = match.group().casefold()
    if match["han"]:
        return len(word) == 1 or word in NO_FIGURES
    parts = _WORD.findall(word) if match["words"] else [word]
    return all(part in LOOSE and language not in LOOSE[part] for part in parts)


def missing(claimed: Sequence[Figure], there: Sequence[Figure]) -> list[Figure]:
    """Those of a sentence's figures that a passage does not have in any spelling."""
    return [one for one in claimed if not one.loose and not says(there, one)]


def says(there: Sequence[Figure], claimed: Figure) -> bool:
    """Whether some of a passage's figures say what a sentence's does; a day and its year may stand apart."""
    if any(_same(claimed, other) for other in there):
        return True
    return any(
        reading[0] == "date"
        and all(
            any(_says(part, held, rounded=False) for other in there for held in other.readings)
            for part in (("number", reading[1], None, None), ("date", None, *reading[2:]))
        )
        for reading in claimed.readings
    )


def _same(claimed: Figure, there: Figure) -> bool:
    if claimed.unit and there.unit and claimed.unit != there.unit:
        return False
    return any(_says(one, other, claimed.rounded) for one in claimed.readings for other in there.readings)


def _says(one: Reading, other: Reading, rounded: bool) -> bool:
    """Whether the second reading holds all that the first says."""
    if one[0] == "date" and other[0] == "date":
        return all(part is None or part == held for part, held in zip(one[1:], other[1:], strict=True))
    if one[0] == "number" and other[0] == "date":  # "in 1953", of a day of that year
        return one[1] is not None and one[1] in (other[1], other[3])
    if one[0] == "number" == other[0] and rounded:
        return isinstance(one[1], float) and isinstance(other[1], float) and _rounds(other[1], one[1])
    return one[:2] == other[:2] and one[0] == other[0]


def _rounds(exact: float, said: float) -> bool:
    """Whether `exact`, rounded to as many digits as `said` shows, is that."""
    if not said or not exact:
        return said == exact
    digits = len(f"{abs(said):.15g}".replace(".", "").rstrip("0").lstrip("0")) or 1
    place = 10 ** (math.floor(math.log10(abs(exact))) - digits + 1)
    return math.isclose(round(exact / place) * place, said, rel_tol=1e-9)


def _with_unit(text: str, start: int, end: int) -> tuple[int, int, str]:
    """Where a figure begins and ends with its unit, and that."""
    if found := _UNIT_BEFORE.search(text[max(0, start - 2) : start]):
        return start - len(found.group()), end, CURRENCIES[found.group(1)]
    if found := _UNIT_AFTER.match(text, end):
        return start, end + len(found.group()), CURRENCIES["".join(found.group(1).casefold().split())]
    return start, end, ""


def _readings(match: re.Match[str]) -> Iterator[Reading]:
    said = match.groupdict()
    match match.lastgroup:
        case _ if said["iso"]:
            yield from _date(said["iy"], int(said["im"]), int(said["id"]))
        case _ if said["short"]:
            year = said["sy"] if len(said["sy"]) == 4 else ("20" if int(said["sy"]) < 50 else "19") + said["sy"]
            yield from _date(year, int(said["sb"]), int(said["sa"]))
            if said["sep"] != ".":  # the American order
                yield from _date(year, int(said["sa"]), int(said["sb"]))
        case _ if said["ymd"]:
            yield from _eastern(said)
        case _ if said["dmy"]:
            yield from _date(said["dy"], MONTHS[said["dm"].casefold()], int(said["dd"]))
        case _ if said["mdy"]:
            yield from _date(said["my"], MONTHS[said["mm"].casefold()], int(said["md"]))
        case _ if said["month"]:
            yield "date", float(said["ny"]), float(MONTHS[said["nm"].casefold()]), None
        case _ if said["clock"]:
            yield "clock", said["clock"].lstrip("0"), None, None
        case _ if said["decade"]:
            yield "decade", float(said["decade"]), None, None
        case _ if said["nth"]:
            yield "ordinal", float(said["nth"]), None, None
        case _ if said["hannth"]:
            yield "ordinal", _in_han(said["hannth"]), None, None
        case _ if said["hanpercent"]:
            yield "number", _in_han(said["hanpercent"]), None, None
        case _ if said["han"]:
            yield "number", han(said["han"]), None, None
        case _ if said["number"]:
            scale = said["scale"] or said["myriad"]
            factor = SCALES[scale.casefold()] if scale else 1.0
            extra = _FRACTIONS[said["fraction"]] if said["fraction"] else 0.0
            for value in _values(said["number"]):
                yield "number", _exact((value + extra) * factor + float(said["rest"] or 0)), None, None
                if said["scale"] in ("m", "k"):  # or metres, or a model's number
                    yield "number", value, None, None
        case _ if said["alone"]:
            yield "number", _FRACTIONS[said["alone"]], None, None
        case _ if said["ordinal"]:
            yield "ordinal", float(ORDINALS[said["ordinal"].casefold()]), None, None
        case _:
            for value in _spelled(said["words"]):
                yield "number", value, None, None


def _date(year: str | None, month: int, day: int) -> Iterator[Reading]:
    if 1 <= month <= 12 and 1 <= day <= 31:
        yield "date", float(year) if year else None, float(month), float(day)


def _values(digits: str) -> Iterator[float]:
    """A number written in digits: "1,200" is 1200, and in some countries 1.2."""
    plain = re.sub(r"[^\d.,]", "", digits)
    marks = re.findall(r"[.,]", plain)
    if not marks:
        yield float(plain)
        return
    last = max(plain.rfind("."), plain.rfind(","))
    whole, decimals = re.sub(r"[.,]", "", plain[:last]), plain[last + 1 :]
    if len(set(marks)) == 2 or len(marks) == 1:
        yield float(f"{whole}.{decimals}")
    if len(decimals) == 3 and len(set(marks)) == 1 and not whole.startswith("0"):
        yield float(whole + decimals)


def _eastern(said: dict[str, str | None]) -> Iterator[Reading]:
    """A day or a month written with the Chinese characters for year, month and day."""
    if said["cm2"]:
        yield "date", float(said["cy2"] or 0), float(said["cm2"]), None
    elif said["cm"] and said["cd"]:
        yield from _date(said["cy"], int(_in_han(said["cm"])), int(_in_han(said["cd"])))


def _in_han(number: str) -> float:
    return float(number) if number[0].isdigit() else han(number)


def _spelled(words: str) -> list[float]:
    """A number in words, as "twelve hundred", "one hundred and five thousand"; each of several that make none."""
    total, part, previous = 0.0, 0.0, math.inf
    parts = [found.group() for found in _WORD.finditer(words.casefold())]
    for word in parts:
        if factor := SPELLED.get(word):
            small = factor < 1000
            total, part = (total, (part or 1) * factor) if small else (total + (part or 1) * factor, 0.0)
            previous = math.inf
            continue
        value = float(SIMPLE.get(word, 0))
        if previous < 20 or (previous < 100 and value >= 10) or (previous < 1000 and value >= 100):  # "one two"
            return [float(SIMPLE.get(each, SPELLED.get(each, 0))) for each in parts]
        part, previous = part + value, value
    return [total + part]


def _exact(value: float) -> float:
    return float(f"{value:.12g}")
