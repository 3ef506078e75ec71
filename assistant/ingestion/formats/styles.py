"""What Word's styles and numbering say about a paragraph: is it a heading, and which number stands before it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING_NAME: Final = re.compile(r"heading (\d)$")
_PLACEHOLDER: Final = re.compile(r"%(\d)")
_ROMAN: Final = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"))
_ROMAN_SMALL: Final = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_MOST_PARENTS: Final = 20


def value(element: etree._Element | None, name: str = "val") -> str:
    """An attribute of WordprocessingML, or ""."""
    return "" if element is None else element.get(W + name, "")


def number_of(text: str, default: int = 0) -> int:
    """A whole number from a file, bounded, or `default`."""
    return int(text) if text.isdecimal() and len(text) < 7 else default


@dataclass(slots=True)
class Level:
    """One level of a numbering: its format as WordprocessingML names it, its text as "%1.%2", and where it starts."""

    format: str = "decimal"
    text: str = ""
    start: int = 1


@dataclass(slots=True)
class _Style:
    name: str = ""
    parent: str = ""
    outline: int | None = None
    numbering: tuple[str, int] | None = None


@dataclass(slots=True)
class Styles:
    """The styles and numberings of a document; counts as it is asked for numbers, in reading order."""

    styles_xml: etree._Element | None
    numbering_xml: etree._Element | None
    _styles: dict[str, _Style] = field(default_factory=dict)
    _levels: dict[str, dict[int, Level]] = field(default_factory=dict)  # abstract numbering -> levels
    _abstract: dict[str, str] = field(default_factory=dict)  # numbering -> abstract numbering
    _restarts: dict[str, dict[int, int]] = field(default_factory=dict)
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)
    _started: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        if self.styles_xml is not None:
            for style in self.styles_xml.iterfind(f"{W}style"):
                self._styles[value(style, "styleId")] = _read_style(style)
        if self.numbering_xml is not None:
            self._read_numbering(self.numbering_xml)
        self.styles_xml = self.numbering_xml = None

    def declare(self, identifier: str, abstract: str, levels: dict[int, Level], restarts: dict[int, int]) -> None:
        """Make a numbering known. abstract: what numberings share that count on. restarts: where levels start anew."""
        self._levels[abstract] = levels
        self._abstract[identifier] = abstract
        self._restarts[identifier] = restarts

    def knows(self, identifier: str) -> bool:
        """True for a numbering that was declared."""
        return identifier in self._abstract

    def heading_level(self, style: str, outline: str) -> int:
        """The level of a heading, from 1; 0 for a paragraph that is none. outline: w:outlineLvl of the paragraph."""
        if outline.isdecimal():
            return int(outline) + 1 if int(outline) < 9 else 0
        for each in self._with_parents(style):
            match = _HEADING_NAME.match(each.name)
            if match:
                return max(1, int(match.group(1)))
            if each.name == "title":
                return 1
            if each.outline is not None:
                return each.outline + 1 if each.outline < 9 else 0
        return 0

    def is_code(self, style: str) -> bool:
        """True for the usual names of styles for program code."""
        return any(
            each.name in ("source code", "html preformatted", "code", "plain text")
            for each in self._with_parents(style)
        )

    def numbering(self, style: str, properties: etree._Element | None) -> tuple[str, int] | None:
        """The numbering and its level (from 0) that a paragraph has of its own or by its style."""
        if properties is not None:
            identifier = value(properties.find(f"{W}numId"))
            if identifier:
                level = number_of(value(properties.find(f"{W}ilvl")))
                return None if identifier == "0" else (identifier, min(level, 8))
        for each in self._with_parents(style):
            if each.numbering is not None:
                return None if each.numbering[0] == "0" else each.numbering
        return None

    def label(self, identifier: str, level: int) -> str:
        """What stands before the next paragraph of this numbering: "2.", "2.1", "(a)", or "-" for a bullet."""
        abstract = self._abstract.get(identifier, "")
        levels = self._levels.get(abstract, {})
        own = levels.get(level, Level())
        if own.format == "bullet":
            return "-"
        if own.format == "none":
            return ""
        counts = self._counts.setdefault(abstract, {})
        if identifier not in self._started:
            self._started.add(identifier)
            for at, start in self._restarts.get(identifier, {}).items():
                counts[at] = start - 1
        counts[level] = counts.get(level, own.start - 1) + 1
        for deeper in [at for at in counts if at > level]:
            del counts[deeper]

        def shown(match: re.Match[str]) -> str:
            at = int(match.group(1)) - 1
            above = levels.get(at, Level())
            return spelled(counts.get(at, above.start), above.format)

        return _PLACEHOLDER.sub(shown, own.text or f"%{level + 1}.")

    def _with_parents(self, identifier: str) -> list[_Style]:
        chain: list[_Style] = []
        while identifier in self._styles and len(chain) < _MOST_PARENTS:
            chain.append(self._styles[identifier])
            identifier = chain[-1].parent
        return chain

    def _read_numbering(self, root: etree._Element) -> None:
        for abstract in root.iterfind(f"{W}abstractNum"):
            levels = self._levels.setdefault(value(abstract, "abstractNumId"), {})
            for level in abstract.iterfind(f"{W}lvl"):
                levels[number_of(value(level, "ilvl"))] = Level(
                    value(level.find(f"{W}numFmt")) or "decimal",
                    value(level.find(f"{W}lvlText")),
                    number_of(value(level.find(f"{W}start")), 1),
                )
        for numbering in root.iterfind(f"{W}num"):
            identifier = value(numbering, "numId")
            self._abstract[identifier] = value(numbering.find(f"{W}abstractNumId"))
            for override in numbering.iterfind(f"{W}lvlOverride"):
                start = value(override.find(f"{W}startOverride"))
                if start:
                    restarts = self._restarts.setdefault(identifier, {})
                    restarts[number_of(value(override, "ilvl"))] = number_of(start, 1)


def _read_style(style: etree._Element) -> _Style:
    properties = style.find(f"{W}pPr")
    found = _Style(value(style.find(f"{W}name")).casefold(), value(style.find(f"{W}basedOn")))
    if properties is not None:
        outline = value(properties.find(f"{W}outlineLvl"))
        found.outline = int(outline) if outline.isdecimal() and len(outline) == 1 else None
        numbering = properties.find(f"{W}numPr")
        if numbering is not None and (identifier := value(numbering.find(f"{W}numId"))):
            found.numbering = (identifier, min(number_of(value(numbering.find(f"{W}ilvl"))), 8))
    return found


def spelled(number: int, spelling: str) -> str:
    """A number as Word's numbering spells it: 4 as "4", "iv", "IV", "d" or "D"."""
    if spelling in ("lowerLetter", "upperLetter") and 0 < number < 1000:
        text = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
    elif spelling in ("lowerRoman", "upperRoman") and 0 < number < 4000:
        text = ""
        for size, letters in (*_ROMAN, *_ROMAN_SMALL):
            text += letters * (number // size)
            number %= size
    else:
        return f"{number:02}" if spelling == "decimalZero" else str(number)
    return text.upper() if spelling.startswith("upper") else text
