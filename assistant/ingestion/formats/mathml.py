"""Formulas in MathML as one line of text, with what stands above and below told from what stands beside."""

from __future__ import annotations

from typing import Final

from lxml import etree

from assistant.ingestion.cleaning import one_line

_DROPPED: Final = frozenset(("annotation", "annotation-xml", "mphantom", "mspace", "maligngroup", "malignmark"))
_APART: Final = frozenset("=≠≈≡<>≤≥±∓+−-×·∙÷→←↔⇒⇔∈∉⊂⊆∪∩∧∨,;")
_BETWEEN: Final = {"msup": "^", "msub": "_", "mover": "^", "munder": "_"}
_TWICE: Final = ("msubsup", "munderover")
_UNSEEN: Final = dict.fromkeys(map(ord, "\u2061\u2062\u2063\u2064"))  # "applied to", "times", "and": not shown


def spell_out(root: etree._Element) -> None:
    """Put its text in the place of each formula under an element."""
    for formula in list(root.iter("math", "{*}math")):
        tail, text = formula.tail, one_line(_said(formula))
        formula.clear()
        formula.tag, formula.text, formula.tail = "span", text, tail


def _said(element: etree._Element) -> str:
    if not isinstance(element.tag, str):
        return ""
    name = element.tag.rpartition("}")[2]
    if name in _DROPPED:
        return ""
    parts = [_said(child) for child in element]
    if name == "mfrac" and len(parts) == 2:
        return f"{_one(parts[0])}/{_one(parts[1])}"
    if name == "msqrt":
        return f"√{_one(''.join(parts))}"
    if name == "mroot" and len(parts) == 2:
        return f"{_one(parts[1])}√{_one(parts[0])}"
    if name in _BETWEEN and len(parts) == 2:
        return f"{_one(parts[0])}{_BETWEEN[name]}{_one(parts[1])}"
    if name in _TWICE and len(parts) == 3:
        return f"{_one(parts[0])}_{_one(parts[1])}^{_one(parts[2])} "
    if name == "mtable":
        return "[" + "; ".join(parts) + "]" if len(parts) > 1 else "".join(parts)
    if name in ("mtr", "mlabeledtr"):
        return ", ".join(part.strip() for part in parts)
    text = one_line(element.text or "").translate(_UNSEEN)
    if name == "mo" and text in _APART:
        return f"{text} " if text in (",", ";") else f" {text} "
    if name == "mtext":
        return f" {text} " if text else " "
    tails = [child.tail.strip() if child.tail else "" for child in element]
    return text + "".join(part + tail for part, tail in zip(parts, tails, strict=True))


def _one(part: str) -> str:
    """A part of a formula as one thing, in brackets where it is of several."""
    part = part.strip()
    return part if len(part) < 2 or part.isalnum() or (part[0] == "(" and part[-1] == ")") else f"({part})"
