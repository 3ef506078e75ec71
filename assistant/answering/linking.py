"""What a question speaks of in a table: which rows and columns, which numbers, and what is to be made of them; pure.

Nothing here is certain: it leaves the queries that may be meant, best first, and says how much of the question they
take up. Words are compared as the search compares them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Final

from assistant.answering.periods import Periods, periods
from assistant.retrieval import content_words, terms
from assistant.tables import ROW_NUMBER, SECTION, Choices, Frame

_LANGUAGE: Final = "english"
_YEAR: Final = re.compile(r"\b(?:FY|CY|F)?\s?'?((?:19|20)\d{2})\b|\bF(?:Y)?'?(\d{2})\b")
_SPAN: Final = re.compile(r"\b((?:19|20)\d{2})\s*(?:to|through|until|-|\u2013)\s*((?:19|20)\d{2})\b")
_THRESHOLD: Final = re.compile(
    r"\b(?P<how>more than|greater than|higher than|larger than|above|over|exceed(?:s|ed|ing)?|at least|less than"
    r"|lower than|smaller than|fewer than|below|under|at most|up to)\s+[$€£]?\s*(?P<number>\d[\d.,]*)\s?(?P<scale>%|k\b"
    r"|thousand|million|billion)?",
    re.IGNORECASE,
)
_SIGNS: Final = (
    (re.compile(r"at least", re.IGNORECASE), ">="),
    (re.compile(r"at most|up to", re.IGNORECASE), "<="),
    (re.compile(r"less|lower|smaller|fewer|below|under", re.IGNORECASE), "<"),
    (re.compile(r".", re.DOTALL), ">"),
)
_SCALES: Final = {"k": 1e3, "thousand": 1e3, "million": 1e6, "billion": 1e9}
_MAKES: Final[dict[str, tuple[str, ...]]] = {
    "change": (
        r"\b(?:percentage|percent|%|rate of|relative)\s*(?:\w+\s+){0,3}?\(?(?:change|increase|decrease|growth|decline)",
        r"\b(?:percentage|percent)\s*(?:\w+\s+){0,3}?\(?(?:rise|drop)|\bgrowth rate\b|\bby (?:how many|what) percent",
    ),
    "share": (
        r"\b(?:percentage|percent|proportion|share|portion|fraction)\b.*\b(?:of|in|out of|over|to|relative)\b",
        r"\b(?:percentage|percent|proportion|share|portion|fraction)\b.*\b(?:constitut\w+|account\w*|compris\w+)",
    ),
    "ratio": (r"\bratio\b|\bper (?:employee|share|unit|capita)\b|\btimes (?:as|larger|higher)\b",),
    "average": (r"\b(?:average|mean|durchschnitt\w*|moyenne|promedio)\b",),
    "difference": (
        r"\b(?:difference|change[ds]?|increase[ds]?|decrease[ds]?|decline[ds]?|grow[n]?|grew|growth|rise|rose|fell)\b",
        r"\b(?:drop|differ|how (?:much|many) (?:more|less|fewer|higher|lower))\b",
    ),
    "sum": (r"\b(?:sum|combined|together|altogether|add(?:ed)? up|in total|total|overall|summe|insgesamt)\b",),
    "most": (r"\b(?:highest|largest|greatest|biggest|(?<!at )most|maximum|max|top)\b",),
    "least": (r"\b(?:lowest|smallest|(?<!at )least|fewest|minimum|min)\b",),
    "count": (r"\b(?:how many|number of|count of|count the|wie viele)\b",),
}
_CUES: Final = {name: re.compile("|".join(words), re.IGNORECASE) for name, words in _MAKES.items()}
_EMPTY: Final = frozenset(
    terms(
        "what was were is are the total amount amounts value values number figure year years fiscal ended end period"
        " company change percentage difference average sum ratio between from compare respectively how much many which"
        " list show increase decrease respective both change changes",
        _LANGUAGE,
    )
)
_LEAST: Final = 0.5
"""The share of a label's words that a question has to say."""
_MOST_LABELS: Final = 4


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand a question of a table. sql: the query. score: how much of question and table agree."""

    sql: str
    operation: str
    score: float


@dataclass(frozen=True, slots=True)
class Linked:
    """What was understood. readings: whole queries, best first. choices: what the model may choose among instead.

    taken: the share of the question's words that the table has. sure: one reading is clearly what is asked.
    """

    readings: tuple[Reading, ...]
    choices: Choices
    taken: float
    sure: bool


@dataclass(slots=True)
class _Mention:
    """A value or a column that a question names. condition: as SQL; words: the terms it took."""

    at: int
    condition: str
    words: frozenset[str]
    score: float
    rows: tuple[int, ...] = ()
    first: int = 0
    year: str = ""


@dataclass(slots=True)
class _Asked:
    question: str
    terms: list[str]
    words: frozenset[str]
    cues: list[str]
    years: list[str] = field(default_factory=list)


def looks_countable(question: str) -> bool:
    """True for a question that asks to count, add, compare or filter, or for one figure."""
    return bool(_cues(question) or _THRESHOLD.search(question) or _YEAR.search(question))


def link(question: str, frame: Frame) -> Linked | None:
    """What `question` asks of `frame`; None where it speaks of nothing in it."""
    asked = _asked(question)
    by_year = periods(asked.years, frame)
    columns = _columns(asked, frame, by_year)
    labels = _labels(asked, frame)
    filters = _thresholds(asked, frame, columns)
    if not labels and not columns and not filters:
        return None
    if not _has_a_year(asked, frame, columns, labels, by_year):
        return None
    readings = _readings(asked, frame, columns, labels, filters)
    if by_year is not None and by_year.years and not any(one.year for one in columns):
        readings = _of_years(asked, frame, columns, labels, by_year) or readings
    taken = _taken(asked, frame, columns, labels, filters)
    choices = _choices(asked, frame, columns, labels, filters)
    best = readings[0].score if readings else 0.0
    second = next((one.score for one in readings[1:] if one.sql != readings[0].sql), 0.0)
    return Linked(tuple(readings), choices, taken, bool(readings) and best >= 1.0 and second <= best - 0.2)


def _asked(question: str) -> _Asked:
    said = terms(question, _LANGUAGE)
    words = frozenset(term for word in content_words(question) for term in terms(word, _LANGUAGE))
    years = list(dict.fromkeys(found[1] or f"20{found[2]}" for found in _YEAR.finditer(question)))
    if span := _SPAN.search(question):  # all years of it, where they are added up or averaged
        cues = _cues(question)[:1]
        first, last = int(span[1]), int(span[2])
        if cues and cues[0] in ("sum", "average") and first < last <= first + 10:
            years = list(dict.fromkeys([*years, *map(str, range(first, last + 1))]))
    return _Asked(question, said, words, _cues(question), years)


def _cues(question: str) -> list[str]:
    return [name for name, pattern in _CUES.items() if pattern.search(question)]


def _has_a_year(
    asked: _Asked, frame: Frame, columns: Sequence[_Mention], labels: Sequence[_Mention], by_year: Periods | None
) -> bool:
    """False where a question names years and the table knows none of them: it can't have the answer."""
    if not asked.years or any(one.year for one in columns) or (by_year is not None and by_year.years):
        return True
    about = " ".join((frame.table.caption, frame.table.position.name, *(column.full for column in frame.columns)))
    named = " ".join((about, *(text for one in labels for text in _row_text(frame, one))))
    return any(year in named or f"'{year[2:]}" in named or f"F{year[2:]}" in named for year in asked.years)


def _of_years(
    asked: _Asked, frame: Frame, columns: Sequence[_Mention], labels: Sequence[_Mention], by_year: Periods
) -> list[Reading]:
    """Queries of a table whose rows are of years, or of days."""
    numbers = [at for at, one in enumerate(frame.columns) if one.kind == "number" and one.at >= 0 and at != by_year.at]
    wanted = [one.at for one in columns] or (numbers if len(numbers) == 1 else [])
    operation = next((cue for cue in asked.cues if cue != "count"), "value")
    years = sorted(by_year.years)
    label = f"{labels[0].condition} AND " if labels else ""
    found = []
    for rank, at in enumerate(wanted[:3]):
        name = _quoted(frame.columns[at].name)
        of = [f"(SELECT {name} FROM data WHERE {label}{by_year.condition(year)})" for year in years]
        where = f" FROM data WHERE {label}{by_year.condition(*years)}"
        match operation:
            case "difference" if len(years) > 1:
                sql = f"SELECT {of[-1]} - {of[0]}"
            case "change" if len(years) > 1:
                sql = f"SELECT 100.0 * ({of[-1]} - {of[0]}) / {of[0]}"
            case "sum":
                sql = f"SELECT sum({name}){where}"
            case "average":
                sql = f"SELECT avg({name}){where}"
            case "value":
                sql = f"SELECT {name}{where}"
            case _:
                continue
        found.append(Reading(sql, operation, 1.5 - 0.3 * rank))
    return found


def _columns(asked: _Asked, frame: Frame, by_year: Periods | None) -> list[_Mention]:
    """The columns of numbers that a question names, by a year in their title or by their words."""
    found: list[_Mention] = []
    for at, column in enumerate(frame.columns):
        if column.kind != "number" or column.at < 0 or (by_year is not None and at == by_year.at):
            continue
        title = frame.columns[at].full
        years = {one[1] or f"20{one[2]}" for one in _YEAR.finditer(title)}
        words = frozenset(terms(title, _LANGUAGE)) - _EMPTY
        plain = frozenset(word for word in words if not any(letter.isdigit() for letter in word))
        wanted = [year for year in asked.years if year in years]
        shared = plain & frozenset(asked.terms)
        share = len(shared) / len(plain) if plain else 0.0
        if wanted:
            score = 1.0 + share - 0.02 * len(plain - shared) - 0.1 * (len(years) - 1)
            place = asked.years.index(wanted[0])
            found.append(_Mention(at, "", frozenset(wanted) | shared, score, first=place, year=wanted[0]))
        elif not years and plain and share >= _LEAST:
            first = min(asked.terms.index(word) for word in shared)
            found.append(_Mention(at, "", shared, share * len(shared), first=first))
    best: dict[str, float] = {}
    for one in found:  # of columns of the same year the one whose other words are said, and which says least else
        best[one.year] = max(best.get(one.year, 0.0), one.score)
    return [one for one in found if one.score >= best[one.year]]


def _labels(asked: _Asked, frame: Frame) -> list[_Mention]:
    """The values of text columns that a question names, best first; a shorter one within a longer one is none."""
    found: dict[tuple[int, str], _Mention] = {}
    said = frozenset(asked.terms)
    for at, column in enumerate(frame.columns):
        if column.kind != "text" or column.name == SECTION:
            continue
        for row in frame.rows:
            value = row[at]
            if not isinstance(value, str) or not value:
                continue
            key = (at, value)
            if key in found:
                found[key].rows += (int(row[0] or 0),)
                continue
            words = frozenset(terms(value, _LANGUAGE))
            core = words - _EMPTY or words
            shared = core & said
            if not shared or len(shared) / len(core) < _LEAST:
                continue
            extra = len((words - core) & said) * 0.1
            share = len(shared) / len(core)
            score = share * (1 + 0.5 * len(shared)) + extra
            first = min(asked.terms.index(word) for word in shared)
            found[key] = _Mention(at, _equals(column.name, value), shared, score, (int(row[0] or 0),), first)
    ordered = sorted(found.values(), key=lambda one: -one.score)
    kept: list[_Mention] = []
    for one in ordered:
        if any(one.words <= other.words and one.score < other.score for other in kept):
            continue
        kept.append(one)
    return kept[:_MOST_LABELS]


def _thresholds(asked: _Asked, frame: Frame, columns: Sequence[_Mention]) -> list[str]:
    """Conditions like "above 100", on each column that may be meant."""
    conditions: list[str] = []
    named = [one.at for one in columns] or [at for at, one in enumerate(frame.columns) if one.kind == "number" and at]
    for found in _THRESHOLD.finditer(asked.question):
        text = found["number"].replace(",", "").rstrip(".")
        if not re.fullmatch(r"\d+(?:\.\d+)?", text):
            continue
        scales = {1.0, _SCALES.get((found["scale"] or "").casefold(), 1.0)}
        sign = next(sign for pattern, sign in _SIGNS if pattern.search(found["how"]))
        for at, scale in product(named, sorted(scales)):
            value = float(text) * scale
            conditions.append(f"{_quoted(frame.columns[at].name)} {sign} {value:.15g}")
    return conditions


def _readings(
    asked: _Asked, frame: Frame, columns: Sequence[_Mention], labels: Sequence[_Mention], filters: Sequence[str]
) -> list[Reading]:
    """Whole queries, best first."""
    operation = _operation(asked, frame, columns, labels, filters)
    names = [_quoted(frame.columns[one.at].name) for one in sorted(columns, key=lambda one: one.first)]
    numbers = [at for at, one in enumerate(frame.columns) if one.kind == "number" and one.name != ROW_NUMBER]
    spare = [_quoted(frame.columns[at].name) for at in numbers]
    found: list[Reading] = []
    tops = [one for one in labels if one.score >= labels[0].score - 0.75] if labels else []
    for rank, label in enumerate(tops):
        score = 1.0 - 0.15 * rank + min(0.5, 0.1 * len(label.words))
        for where, sure in _wheres(asked, frame, label):
            found += [
                Reading(sql, operation, score * sure)
                for sql in _of_row(operation, asked, frame, names, spare, where, tops, label)
            ]
    if operation == "count" and (filters or tops):
        wheres = [one + _without_totals(frame) for one in filters[:4]] or [one.condition for one in tops]
        found += [Reading(f"SELECT count(*) FROM data WHERE {one}", operation, 1.0) for one in wheres]
    if operation in ("most", "least") and frame.label is not None and (names or spare):
        order = "DESC LIMIT 1" if operation == "most" else "LIMIT 1"
        label_name = _quoted(frame.columns[frame.label].name)
        for name in (names or spare)[:3]:
            where = f" WHERE {name} IS NOT NULL{_without_totals(frame)}"
            sql = f"SELECT {label_name}, {name} FROM data{where} ORDER BY {name} {order}"
            found.append(Reading(sql, operation, 0.9 if names and not tops else 0.5))
    if not found and operation in ("sum", "average") and names:
        function = "sum" if operation == "sum" else "avg"
        where = f" WHERE {filters[0]}" if filters else ""
        found += [Reading(f"SELECT {function}({name}) FROM data{where}", operation, 1.0) for name in names]
    if operation == "value" and filters and frame.label is not None:  # "which ... above 5": the rows that are
        label_name = _quoted(frame.columns[frame.label].name)
        column = filters[0].rsplit(" ", 2)[0]
        where = filters[0] + _without_totals(frame)
        found.append(Reading(f"SELECT {label_name}, {column} FROM data WHERE {where}", "value", 2.0))
    return sorted(found, key=lambda one: -one.score)


def _operation(
    asked: _Asked, frame: Frame, columns: Sequence[_Mention], labels: Sequence[_Mention], filters: Sequence[str]
) -> str:
    """What is to be made of the cells; a cue that is part of a row's name is none."""
    named = " ".join(" ".join(_row_text(frame, one)) for one in labels[:2]).casefold()
    for cue in asked.cues:
        if cue == "count" and labels and columns and not filters:
            continue
        if cue == "average" and "average" in named and len(columns) < 2:
            continue
        if cue == "sum" and "total" in named and len(columns) < 2:
            continue
        if cue == "difference" and re.search(r"\bchange", named) and len(columns) < 2:
            continue
        return cue
    return "value"


def _row_text(frame: Frame, label: _Mention) -> list[str]:
    by_number = {row[0]: row for row in frame.rows}
    return [str(by_number[number][label.at]) for number in label.rows[:1]]


def _wheres(asked: _Asked, frame: Frame, label: _Mention) -> list[tuple[str, float]]:
    """How the row of a label is said; where several rows bear it, with the section that the question names."""
    if len(label.rows) == 1 or frame.named(SECTION) is None:
        return [(label.condition, 1.0)]
    section = frame.named(SECTION) or 0
    by_number = {row[0]: row for row in frame.rows}
    said = frozenset(asked.terms)
    wheres: list[tuple[str, float]] = []
    for number in label.rows[:6]:
        under = str(by_number[number][section] or "")
        words = frozenset(terms(under, _LANGUAGE)) - _EMPTY
        share = len(words & said) / len(words) if words else 0.0
        wheres.append((f"{label.condition} AND {_equals(SECTION, under)}", 0.8 + 0.2 * share))
    return sorted(wheres, key=lambda one: -one[1])


def _of_row(
    operation: str,
    asked: _Asked,
    frame: Frame,
    names: Sequence[str],
    spare: Sequence[str],
    where: str,
    tops: Sequence[_Mention],
    label: _Mention,
) -> list[str]:
    """The queries of an operation on cells of the row of `where`, and of another one where it takes two."""
    rest = f" FROM data WHERE {where}"
    other = next((one.condition for one in tops if one is not label and not (one.words & label.words)), None)
    newest = sorted(names, key=lambda name: [one[1] or one[2] for one in _YEAR.finditer(name)], reverse=True)
    first = (names or spare)[:1]
    pair = (newest if len(newest) > 1 else spare)[:2]
    match operation:
        case "difference" | "change" | "ratio" | "share" if other and len(names) < 2 and first:
            one, two = f"(SELECT {first[0]}{rest})", f"(SELECT {first[0]} FROM data WHERE {other})"
            if label.first > next(top.first for top in tops if top.condition == other):
                one, two = two, one
            forms = {
                "difference": f"{one} - {two}",
                "change": f"100.0 * ({one} - {two}) / {two}",
                "share": f"100.0 * {one} / {two}",
                "ratio": f"1.0 * {one} / {two}",
            }
            return [f"SELECT {forms[operation]}"]
        case "difference" if len(pair) == 2:
            return [f"SELECT {pair[0]} - {pair[1]}{rest}"]
        case "change" if len(pair) == 2:
            return [f"SELECT 100.0 * ({pair[0]} - {pair[1]}) / {pair[1]}{rest}"]
        case "share" | "ratio" if len(names) > 1:
            by = "100.0 *" if operation == "share" else "1.0 *"
            return [f"SELECT {by} {names[0]} / {names[1]}{rest}"]
        case "sum" | "average":
            several = names if len(names) > 1 else [] if names and other else list(spare)
            if other and len(names) == 1:
                both = f" FROM data WHERE {where} OR {other}"
                return [f"SELECT {'sum' if operation == 'sum' else 'avg'}({names[0]}){both}"]
            if len(several) > 1:
                added = " + ".join(several)
                return [f"SELECT {added}{rest}" if operation == "sum" else f"SELECT ({added}) / {len(several)}.0{rest}"]
            return [f"SELECT {'sum' if operation == 'sum' else 'avg'}({name}){rest}" for name in first]
        case "value" | "count":
            return [f"SELECT {name}{rest}" for name in (names or spare[:1])[:3]]
        case "most" | "least" if len(names or spare) > 1:
            several = list(names) if len(names) > 1 else list(spare)
            parts = " UNION ALL ".join(f"SELECT {_text(name[1:-1])}, {name} AS value{rest}" for name in several[:12])
            return [f"SELECT * FROM ({parts}) ORDER BY value {'DESC ' if operation == 'most' else ''}LIMIT 1"]
    return []


def _taken(
    asked: _Asked,
    frame: Frame,
    columns: Sequence[_Mention],
    labels: Sequence[_Mention],
    filters: Sequence[str],
) -> float:
    """The share of what a question asks about that stands in the table or above it."""
    wanted = {word for word in asked.words if word not in _EMPTY and not word.isdecimal()}
    if not wanted:
        return 1.0 if columns or labels else 0.0
    there = set(terms(frame.table.caption, _LANGUAGE)) | set(terms(frame.table.position.name, _LANGUAGE))
    for one in (*columns, *labels):
        there |= one.words
    for column in frame.columns:
        there |= set(terms(column.full, _LANGUAGE))
    section = frame.named(SECTION)
    if section is not None:
        there |= {term for row in frame.rows for term in terms(str(row[section]), _LANGUAGE)}
    # "How many regions sold more than 5": the verb before a threshold need not stand in the table.
    return min(1.0, (len(wanted & there) + bool(filters)) / len(wanted))


def _choices(
    asked: _Asked, frame: Frame, columns: Sequence[_Mention], labels: Sequence[_Mention], filters: Sequence[str]
) -> Choices:
    """What the model may choose among: what the question names; all of it where it names nothing of a kind."""
    numbers = [one.name for one in frame.columns if one.kind == "number" and one.name != ROW_NUMBER]
    names = [frame.columns[one.at].name for one in columns] or numbers
    conditions = [where for one in labels for where, _ in _wheres(asked, frame, one)][:12] + list(filters[:6])
    label = frame.columns[frame.label].name if frame.label is not None else ""
    return Choices((asked.cues or ["value"])[:2], names, conditions, label)


def _without_totals(frame: Frame) -> str:
    """What leaves out the rows that add up others, where there are any."""
    if frame.label is None or not any(str(row[frame.label]).casefold().startswith("total") for row in frame.rows):
        return ""
    return f" AND {_quoted(frame.columns[frame.label].name)} NOT LIKE 'total%'"


def _equals(name: str, value: str) -> str:
    return f"{_quoted(name)} = {_text(value)}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
