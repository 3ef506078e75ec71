"""Sentences of a document that speak to an assistant instead of to a reader: they are shown, and kept from the model.

It is a list of turns of phrase and misses what it does not know. What makes an order harmless is elsewhere: the words
of a model can do nothing but be shown, and every sentence of them is held against the passages.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from assistant.ingestion import sentence_spans

_ALIKE: Final = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425"
    "\u0406\u03bf\u03b1\u03b9\u03bd\u0391\u0392\u0395\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a7",
    "aeopcyxijsdABEKMHOPCTXIoaivABEHIKMNOPTX",
)
"""Cyrillic and Greek letters that look like Latin ones."""
_BEFORE: Final = re.compile(r"[\W\d]*")
_BORDER: Final = re.compile(r"(?<!\\)\|")
_LEFT_OUT: Final = "(\u2026)"
_REPLY: Final = r"(?:response|reply|replies|answers?|output|message|summary|translation)"
_DOES: Final = (
    r"add|append|augment|include|incorporate|insert|integrate|enhance|modify|change|replace|substitute|use|provide|"
    r"render|introduce|misspell|scramble|jumble|rearrange|anagram|remove|group|combine|convert|write|rewrite|begin|start|end|"
    r"finish|respond|reply|answer|translate|encode|format|print|say|repeat|output|promote|suggest|tease|mention|ignore|"
    r"disregard|forget|override|conclude|sprinkle|embed|tell|recommend|link|direct|reveal|show|send|pretend|act"
)
# Where an order begins: with its sentence, or in the middle of one with a capital, where it was put there.
_BEGINS: Final = r"(?:^[\W\d]*(?:please\s+|now\s+|also\s+|then\s+|finally,?\s+|important:?\s+)*|(?<=\s)(?-i:(?=[A-Z])))"
_ASSISTANT: Final = r"(?:ai|assistant|chatbot|language model|llm|gpt)"
_EARLIER: Final = r"(?:previous|prior|above|earlier|all|any|your)"
_RULES: Final = r"(?:instructions?|prompts?|rules?|context|passages?|guidelines?|directions?|question)"
_PATTERNS: Final = (
    # "Include a sentence in your answer ...", "In your response, suggest ...", "Remove spaces from your response."
    rf"{_BEGINS}(?:{_DOES})\b[^!?\n]{{0,240}}\b(?:your|the|this)\s+(?:\w+\s+)?{_REPLY}\b",
    rf"{_BEGINS}(?:in|within|at the end of|throughout|before|after)\s+your\s+(?:\w+\s+)?{_REPLY}\b",
    rf"\byour\s+(?:next\s+|final\s+)?{_REPLY}'?s?\s+(?:must|should|shall|has to|needs to)\b",
    rf"{_BEGINS}(?:replace|convert|substitute|swap|encode)\b[^.!?]{{0,60}}\b(?:letters?|vowels?|consonants?|words?)\b",
    rf"\b(?:ignore|disregard|forget|override|bypass)\b[^.!?]{{0,60}}\b{_EARLIER}\b[^.!?]{{0,40}}\b{_RULES}\b",
    r"\b(?:ignore|disregard|forget)\s+(?:the|this)\s+(?:user'?s?\s+)?question\b",
    rf"{_BEGINS}(?:always\s+|only\s+)?(?:answer|reply|respond)\s+(?:only\s+)?(?:with|by saying)\b",
    rf"{_BEGINS}write\b[^.!?]{{0,40}}\b(?:after|before)\s+(?:every|each)\s+(?:word|sentence)\b",
    r"\b(?:you are now|from now on,? you (?:are|will|must)|pretend (?:to be|you are)|new instructions?:)",
    rf"\b(?:system (?:prompt|message)|act as an? {_ASSISTANT})\b",
    rf"\b(?:dear|attention|note to|hey|hello|instructions? for)\s+(?:the\s+)?{_ASSISTANT}\b",
    r"\bas an? (?:ai|language model|assistant)\b[^.!?]{0,40}\b(?:you|must|should|will)\b",
    r"\b(?:ignoriere|vergiss|missachte)\b[^.!?]{0,60}\b(?:anweisung|vorgabe|regel)\w*",
    r"\b(?:ignore[zr]?|oublie[zr]?)\b[^.!?]{0,60}\b(?:instructions|consignes)\b",
    r"\b(?:ignora|olvida)\b[^.!?]{0,60}\b(?:instrucciones|reglas)\b",
    r"<\|?(?:im_start|im_end|system|user|assistant|endoftext)\|?>|\[/?INST\]|<<SYS>>",
    r"^\W*#{0,3}\s*(?:system|assistant)\s*:",
)
_ORDERS: Final = tuple(re.compile(pattern, re.IGNORECASE) for pattern in _PATTERNS)


def without_orders(text: str) -> tuple[str, int]:
    """A passage without what gives orders to an assistant, to the end of its sentence, and how often that is."""
    kept: list[str] = []
    at = 0
    found = orders(text)
    for start, end in found:
        kept += [text[at:start], _LEFT_OUT]
        at = end
    return ("".join([*kept, text[at:]]), len(found)) if found else (text, 0)


def orders(text: str) -> list[tuple[int, int]]:
    """Where a passage gives orders to an assistant, from where to where, in their order."""
    spans: list[tuple[int, int]] = []
    for start, end in _stretches(text):
        plain, places = _plain(text[start:end])
        found = [places[match.start()] for order in _ORDERS if (match := order.search(plain))]
        if found and start >= (spans[-1][1] if spans else 0):
            begin = start + min(found)
            before = _BEFORE.match(text, begin, end)
            begin = before.end() if before and before.end() < end else begin
            spans.append((begin, begin + len(text[begin:end].rstrip())))
    return spans


def _plain(text: str) -> tuple[str, list[int]]:
    """A text with Latin letters for those that look like them and without what nobody sees; and where each stood."""
    places = [at for at, letter in enumerate(text) if unicodedata.category(letter) != "Cf"]
    return "".join(text[at] for at in places).translate(_ALIKE), [*places, len(text)]


def _stretches(text: str) -> list[tuple[int, int]]:
    """Sentences, and the cells of rows: an order in a cell takes only that cell along."""
    found: list[tuple[int, int]] = []
    line_at = 0
    for line in text.split("\n"):
        if line.lstrip().startswith("|"):
            at = line_at
            for cell in _BORDER.split(line):
                found.append((at, at + len(cell)))
                at += len(cell) + 1
        else:
            found += [(line_at + start, line_at + end) for start, end in sentence_spans(line)]
        line_at += len(line) + 1
    return found
