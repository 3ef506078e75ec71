"""Where sentences end, in any script, by rule; pure."""

from __future__ import annotations

import re
from typing import Final

# A border: end marks with what closes after them and white space; end marks of scripts that use no space;
# or a line feed, which readers keep only where the document means it. Every part is possessive or begins where no
# other try began, so that no text, however built, takes more than linear time.
_MARKS: Final = ".!?…‽؟۔।"
_CLOSING: Final = "\"'”’»)\\]"
_BORDER: Final = re.compile(rf"(?<![{_MARKS}])(?P<mark>[{_MARKS}]++[{_CLOSING}]*+)\s+|[。！？｡]++[」』”’）]*+\s*|\n\s*")
_LAST_WORD: Final = re.compile(r"[^\s(\[\"'“‘«/-]+$")
_ABBREVIATION_LIST: Final = (
    "mr mrs ms dr prof rev hon st sr jr gen col capt lt sgt gov sen rep pres messrs mme mlle hr fr frau dott sig "
    "sra srta vs v viz cf eg ie e.g i.e etc al ca approx no nos nr art arts sec secs cl para paras par pp p fig "
    "figs eq eqs tab vol vols ed eds ch chap app ex exs inc ltd co corp llc plc bros dept est jan feb mar apr jun "
    "jul aug sep sept oct nov dec mon tue wed thu fri sat sun u.s u.k u.n d.c a.m p.m ph.d m.d b.c a.d z.b d.h "
    "u.a bzw abs str usw vgl "
)
# What stands behind a day or an ordinal that is written with a full stop: "am 3. März", "im 19. Jahrhundert".
_COUNTED: Final = frozenset(
    (
        "januar jänner februar märz april mai juni juli august september oktober november dezember jahrhundert "
        "jahrhunderts jahrtausend jahrestag geburtstag weltkrieg klasse auflage quartal stock etage platz tag woche "
        "monat mal lebensjahr januari februari juni juli augustus oktober december januar marts maj"
    ).split()
)
_NEXT_WORD: Final = re.compile(r"\s*([^\W\d_]+)")
_ABBREVIATIONS: Final = frozenset(_ABBREVIATION_LIST.split())


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Start and end of each sentence of `text`, in order; only white space lies between them."""
    spans: list[tuple[int, int]] = []
    start = len(text) - len(text.lstrip())
    for border in _BORDER.finditer(text, start):
        mark = border.group("mark")
        within = mark is not None and border.end() < len(text) and "\n" not in border.group()
        if within and not ends_sentence(text, start, border.start(), mark or "", border.end()):
            continue
        end = border.start() + len(border.group().rstrip())
        end = start + len(text[start:end].rstrip())
        if end > start:
            spans.append((start, end))
        start = border.end()
    end = len(text.rstrip())
    if end > start:
        spans.append((start, end))
    return spans


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of `text`, in order, without the white space between them."""
    return tuple(text[start:end] for start, end in sentence_spans(text))


def ends_sentence(text: str, start: int, at: int, mark: str, then: int) -> bool:
    """False for the full stop of an abbreviation, an initial or a number, and before a small letter.

    start: of the sentence so far. at: where its end marks stand. mark: these. then: where what follows begins.
    """
    if text[then].islower():
        return False
    if mark != ".":
        return True
    word = _LAST_WORD.search(text, max(start, at - 24), at)
    if word is None:
        return True
    before = word.group()
    if len(before) == 1 and before.isupper():
        return False  # an initial: "J. Smith"
    if before.isdigit() and len(before) <= 2 and (next_ := _NEXT_WORD.match(text, then)):
        if next_.group(1).casefold() in _COUNTED:
            return False
    if before.isdigit() and len(before) <= 3 and word.start() == start:
        return False  # the number of a clause or list item: "12. Termination"
    return before.casefold() not in _ABBREVIATIONS


_CLOSED: Final = frozenset(".!?…:;。！？؟۔।”’»\"'")


def runs_over(before: str, after: str) -> bool:
    """True if `after` goes on with a sentence that `before` leaves open, as over the border of two pages."""
    before, after = before.rstrip(), after.lstrip()
    if not before or not after or before[-1] in _CLOSED:
        return False
    return after[0].isalpha() and not after[0].isupper()
