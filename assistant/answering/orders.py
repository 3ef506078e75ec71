"""Sentences of a document that speak to an assistant instead of to a reader: they are shown, and kept from the model.

It is a list of turns of phrase and misses what it does not know. What makes an order harmless is elsewhere: the words
of a model can do nothing but be shown, and every sentence of them is held against the passages.
"""

from __future__ import annotations

import re
from typing import Final

from assistant.ingestion import sentence_spans

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
    at = count = 0
    for start, end in _stretches(text):
        found = [match.start() for order in _ORDERS if (match := order.search(text[start:end]))]
        if found and start >= at:
            begin = start + min(found)
            before = _BEFORE.match(text, begin, end)
            begin = before.end() if before and before.end() < end else begin
            kept += [text[at:begin], _LEFT_OUT]
            at = begin + len(text[begin:end].rstrip())
            count += 1
    return ("".join([*kept, text[at:]]), count) if count else (text, 0)


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
