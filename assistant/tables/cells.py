"""What a cell says: a number with its sign, scale and unit, a date, or text; pure."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Final

_CURRENCY: Final = "$€£¥₹₽₩"
_NUMBER: Final = re.compile(
    rf"(?P<open>\()?\s*(?P<minus>[-\u2212\u2013](?=\s*[{_CURRENCY}]?\s*[\d.,]))?\s*"
    rf"(?P<before>(?:US|A|C|HK|NZ)?[{_CURRENCY}]|(?:USD|EUR|GBP|CHF|JPY|CAD|AUD)\s)?\s*(?P<inner>[-\u2212+(])?\s*"
    r"(?P<digits>\d[\d.,\u00a0\u202f ]*|\.\d+)\s*(?P<percent>%)?\s*(?P<close>\))?\s*"
    r"(?P<after>%|[^\d\s()][^\d()]{0,14})?\s*(?:\(\w\)|\*+)?"
)
_SCALES: Final = {
    "k": 1e3, "thousand": 1e3, "thousands": 1e3, "tsd": 1e3, "mn": 1e6, "million": 1e6, "millions": 1e6, "mio": 1e6,
    "mill": 1e6, "bn": 1e9, "billion": 1e9, "billions": 1e9, "mrd": 1e9, "trillion": 1e12,
}  # fmt: skip
_GROUPED: Final = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_GROUPED_WITH_POINTS: Final = re.compile(r"\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}")
_GROUPED_WITH_SPACES: Final = re.compile(r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d+)?")
_PLAIN: Final = re.compile(r"\d+(?:\.\d+)?|\.\d+")
_WITH_COMMA: Final = re.compile(r"\d+,\d+")
_LONGEST: Final = 60
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar janvier enero", "february feb februar février febrero", "march mar märz mars marzo",
            "april apr avril abril", "may mai mayo", "june jun juni juin junio", "july jul juli juillet julio",
            "august aug août agosto", "september sep sept septembre septiembre", "october oct oktober octobre octubre",
            "november nov novembre noviembre", "december dec dezember décembre diciembre",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_ISO: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_DAY_FIRST: Final = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_SLASHED: Final = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})")
_DAY_MONTH: Final = re.compile(r"(\d{1,2})\.?\s+([^\W\d_]+)\.?,?\s+(\d{4})")
_MONTH_DAY: Final = re.compile(r"([^\W\d_]+)\.?\s+(\d{1,2}),?\s+(\d{4})")


@dataclass(frozen=True, slots=True)
class Number:
    """A number as a cell writes it. value: its sign and scale applied, of "4.5 %" 4.5. unit: "%", "$", "kg", or ""."""

    value: float
    unit: str = ""


def number_of(text: str) -> Number | None:
    """The number that a cell says; None for one that says something else, or more.

    In parentheses it is negative, as accountants write it. "1,234" is more than a thousand, "1,5" one and a half.
    """
    text = text.strip()
    if not text or len(text) > _LONGEST or (found := _NUMBER.fullmatch(text)) is None:
        return None
    digits = _digits(found["digits"].strip())
    if digits is None:
        return None
    scale, unit = _unit(found["before"], (found["after"] or "").strip(), percent=bool(found["percent"]))
    negative = bool(found["open"]) or bool(found["minus"]) or (found["inner"] or "") in ("-", "\u2212", "(")
    if bool(found["close"]) != (bool(found["open"]) or found["inner"] == "("):
        # "(12" and "12)" come of a bracket that another cell has; "12)" alone is the end of a numbered item.
        negative = bool(found["open"]) or found["inner"] == "("
        if not negative:
            return None
    value = digits * scale
    return Number(-value if negative and value else value, unit)


def _digits(text: str) -> float | None:
    if _GROUPED.fullmatch(text):
        return float(text.replace(",", ""))
    if _PLAIN.fullmatch(text):
        return float(text)
    if _GROUPED_WITH_POINTS.fullmatch(text):
        return float(text.replace(".", "").replace(",", "."))
    if _GROUPED_WITH_SPACES.fullmatch(text):
        return float(re.sub(r"[ \u00a0\u202f]", "", text).replace(",", "."))
    if _WITH_COMMA.fullmatch(text):
        return float(text.replace(",", "."))
    return None


def _unit(before: str | None, after: str, *, percent: bool) -> tuple[float, str]:
    """Scale and unit of what stands around the digits."""
    if percent or after == "%":
        return 1.0, "%"
    words = after.split()
    scale = 1.0
    if words and words[0].casefold().rstrip(".") in _SCALES:
        scale = _SCALES[words[0].casefold().rstrip(".")]
        words = words[1:]
    return scale, (before or "").strip() or " ".join(words)


def date_of(text: str) -> str | None:
    """The day that a cell says, as ISO 8601; None where it says none, or where two days could be meant."""
    text = text.strip()
    if len(text) > _LONGEST:
        return None
    if found := _ISO.fullmatch(text):
        return _iso(*found.groups())
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year = found.groups()
        return _iso(year, month, day)
    if found := _SLASHED.fullmatch(text):
        first, second, year = found.groups()
        if int(first) > 12 or first == second:
            return _iso(year, second, first)
        return _iso(year, first, second) if int(second) > 12 else None
    if found := _DAY_MONTH.fullmatch(text):
        day, name, year = found.groups()
        return _iso(year, str(_MONTHS.get(name.casefold(), 0)), day)
    if found := _MONTH_DAY.fullmatch(text):
        name, day, year = found.groups()
        return _iso(year, str(_MONTHS.get(name.casefold(), 0)), day)
    return None


def _iso(year: str, month: str, day: str) -> str | None:
    try:
        return datetime.date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None
