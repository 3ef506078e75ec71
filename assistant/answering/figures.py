"""Numbers and dates in a text, however they are spelled, so that what a sentence claims can be looked for in a passage.

"1,200", "1.200", "1 200" and "twelve hundred" are one number; "3 March 2024", "2024-03-03" and "03/03/2024" one day.
Where a spelling can be read in two ways, both count.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

Reading = tuple[str, float | str | None, float | None, float | None]
"""What a figure may mean: ("number", value), ("ordinal", n), ("decade", its first year), ("clock", "4:51"), or
("date", year, month, day) of which some may be None."""

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar jänner janvier enero",
            "february feb februar février fevrier febrero",
            "march mar märz maerz mars marzo",
            "april apr avril abril",
            "may mai mayo",
            "june jun juni juin junio",
            "july jul juli juillet julio",
            "august aug août aout agosto",
            "september sep sept septembre septiembre",
            "october oct oktober okt octobre octubre",
            "november nov novembre noviembre",
            "december dec dezember dez décembre decembre diciembre",
        ),
        1,
    )
    for name in names.split()
}
_UNITS: Final = {
    word: number
    for number, words in enumerate(
        (
            "zero null cero zéro",
            "one eins uno",
            "two zwei deux dos",
            "three drei trois tres",
            "four vier quatre cuatro",
            "five fünf cinq cinco",
            "six sechs seis",
            "seven sieben sept siete",
            "eight acht huit ocho",
            "nine neun neuf nueve",
            "ten zehn dix diez",
            "eleven elf onze once",
            "twelve zwölf douze doce",
            "thirteen dreizehn treize trece",
            "fourteen vierzehn quatorze catorce",
            "fifteen fünfzehn quinze quince",
            "sixteen sechzehn seize",
            "seventeen siebzehn",
            "eighteen achtzehn",
            "nineteen neunzehn",
        )
    )
    for word in words.split()
}
_TENS: Final = {
    word: 10 * number
    for number, words in enumerate(
        (
            "twenty zwanzig vingt veinte",
            "thirty dreißig dreissig trente treinta",
            "forty fourty vierzig quarante cuarenta",
            "fifty fünfzig cinquante cincuenta",
            "sixty sechzig soixante sesenta",
            "seventy siebzig setenta",
            "eighty achtzig ochenta",
            "ninety neunzig noventa",
        ),
        2,
    )
    for word in words.split()
}
_SCALES: Final = {
    word: factor
    for factor, words in (
        (1e2, "hundred hundert"),
        (1e3, "thousand thousands tausend mille mil k"),
        (1e6, "million millions mio m mn millionen millones millón"),
        (1e9, "billion billions bn milliarde milliarden mrd milliard milliards"),
        (1e12, "trillion trillions billionen"),
    )
    for word in words.split()
}
_SPELLED: Final = {word: factor for word, factor in _SCALES.items() if len(word) > 3}
_ORDINALS: Final = {
    word: number
    for number, words in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth"
        " fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(),
        1,
    )
    for word in words.split()
} | {"twenty-first": 21, "twenty-second": 22, "thirtieth": 30}
_ADVERBS: Final = frozenset("first second one once mil sept mille uno null seize elf dos once".split())
"""Words that mostly are no figure: a passage's may stand for one, a sentence's need not be there."""
_FRACTIONS: Final = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3}
_MONTH: Final = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DIGITS: Final = r"\d{1,3}(?:[,.'’\u00a0\u202f ]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)?"
_WORDS: Final = "|".join(sorted({*_UNITS, *_TENS, *_SPELLED}, key=len, reverse=True))
_ORDINAL: Final = "|".join(sorted(_ORDINALS, key=len, reverse=True))
_FOUND: Final = re.compile(
    rf"(?<![\w.,/-])(?P<iso>(?P<iy>\d{{4}})[-/](?P<im>\d{{1,2}})[-/](?P<id>\d{{1,2}}))(?![\w/-])"
    rf"|(?<![\w/-])(?P<short>(?P<sa>\d{{1,2}})(?P<sep>[./-])(?P<sb>\d{{1,2}})(?P=sep)(?P<sy>\d{{4}}|\d{{2}}))(?![\w/-])"
    rf"|(?<!\w)(?P<dmy>(?P<dd>\d{{1,2}})(?:st|nd|rd|th|\.|er)?\s+(?:of\s+|de\s+)?(?P<dm>{_MONTH})\b\.?"
    rf"(?:,?\s+(?:de\s+)?(?P<dy>\d{{4}})(?!\d))?)"
    rf"|\b(?P<mdy>(?P<mm>{_MONTH})\.?\s+(?P<md>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:,?\s+(?P<my>\d{{4}})(?!\d))?)"
    rf"|\b(?P<month>(?P<nm>{_MONTH})\.?,?\s+(?:of\s+|de\s+)?(?P<ny>\d{{4}})(?!\d))"
    r"|(?<!\w)(?P<clock>\d{1,2}:\d{2}(?::\d{2})?)(?!\d)"
    r"|(?<![\w])(?P<decade>\d{3}0)['’]?s\b"
    r"|(?<!\w)(?P<nth>\d{1,4})(?:st|nd|rd|th)\b"
    rf"|(?<![\w])(?P<number>{_DIGITS})(?P<fraction>[½¼¾⅓⅔])?"
    rf"(?:[\s-]?(?P<scale>{'|'.join(sorted(_SCALES, key=len, reverse=True))})\b)?"
    r"|(?P<alone>[½¼¾⅓⅔])"
    rf"|\b(?P<ordinal>{_ORDINAL})\b"
    rf"|\b(?P<words>(?:{_WORDS})(?:(?:\s+and\s+|\s+|-)(?:{_WORDS}))*)\b",
    re.IGNORECASE,
)
_ABOUT: Final = re.compile(
    r"\b(?:about|around|roughly|approximately|approx\.?|nearly|almost|some|circa|ca\.?|etwa|rund|fast|environ|unos)\s+"
    r"(?:[$€£¥]\s?)?$",
    re.IGNORECASE,
)
_CURRENCIES: Final = {
    "$": "$", "dollar": "$", "dollars": "$", "usd": "$", "€": "€", "euro": "€", "euros": "€", "eur": "€", "£": "£",
    "pound": "£", "pounds": "£", "gbp": "£", "¥": "¥", "yen": "¥", "%": "%", "percent": "%", "prozent": "%",
}  # fmt: skip
_UNIT_BEFORE: Final = re.compile(r"([$€£¥])\s?$")
_UNIT_AFTER: Final = re.compile(
    r"\s?(%|per\s?cent\b|prozent\b|[$€£¥]|dollars?\b|usd\b|euros?\b|eur\b|pounds?\b|gbp\b|yen\b)", re.IGNORECASE
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


def figures(text: str) -> list[Figure]:
    """The figures of a text in their order. loose: those that may be no figure ("first", "one")."""
    found = []
    for match in _FOUND.finditer(text):
        readings = frozenset(_readings(match))
        if not readings:
            continue
        start, end, unit = _with_unit(text, match.start(), match.end())
        rounded = bool(_ABOUT.search(text[max(0, start - 24) : start]))
        loose = match.group().casefold() in _ADVERBS
        found.append(Figure(text[start:end].strip(), start, end, readings, unit, rounded, loose))
    return found


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
        return start - len(found.group()), end, _CURRENCIES[found.group(1)]
    if found := _UNIT_AFTER.match(text[end : end + 12]):
        word = "".join(found.group(1).casefold().split())
        return start, end + found.end(), _CURRENCIES["percent" if word == "percent" else word]
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
        case _ if said["dmy"]:
            yield from _date(said["dy"], _MONTHS[said["dm"].casefold()], int(said["dd"]))
        case _ if said["mdy"]:
            yield from _date(said["my"], _MONTHS[said["mm"].casefold()], int(said["md"]))
        case _ if said["month"]:
            yield "date", float(said["ny"]), float(_MONTHS[said["nm"].casefold()]), None
        case _ if said["clock"]:
            yield "clock", said["clock"].lstrip("0"), None, None
        case _ if said["decade"]:
            yield "decade", float(said["decade"]), None, None
        case _ if said["nth"]:
            yield "ordinal", float(said["nth"]), None, None
        case _ if said["number"]:
            factor = _SCALES[said["scale"].casefold()] if said["scale"] else 1.0
            extra = _FRACTIONS[said["fraction"]] if said["fraction"] else 0.0
            for value in _values(said["number"]):
                yield "number", _exact((value + extra) * factor), None, None
                if said["scale"] in ("m", "k"):  # or metres, or a model's number
                    yield "number", value, None, None
        case _ if said["alone"]:
            yield "number", _FRACTIONS[said["alone"]], None, None
        case _ if said["ordinal"]:
            yield "ordinal", float(_ORDINALS[said["ordinal"].casefold()]), None, None
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


def _spelled(words: str) -> list[float]:
    """A number in words, as "twelve hundred", "one hundred and five thousand"; each of several that make none."""
    total, part, previous = 0.0, 0.0, math.inf
    parts = [word for word in re.split(r"[\s-]+", words.casefold()) if word != "and"]
    for word in parts:
        if factor := _SPELLED.get(word):
            small = factor < 1000
            total, part = (total, (part or 1) * factor) if small else (total + (part or 1) * factor, 0.0)
            previous = math.inf
            continue
        value = float(_UNITS.get(word, _TENS.get(word, 0)))
        if previous < 20 or (previous < 100 and value >= 10):  # "one two"
            return [float(_UNITS.get(each, _TENS.get(each, _SPELLED.get(each, 0)))) for each in parts]
        part, previous = part + value, value
    return [total + part]


def _exact(value: float) -> float:
    return float(f"{value:.12g}")
