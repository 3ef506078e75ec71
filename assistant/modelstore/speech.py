"""How a model has to be spoken to: by a family's format, by one learned from its template, or in plain words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from assistant.modelstore.formats import PLAIN, recognise
from assistant.modelstore.gguf import Header
from assistant.modelstore.learning import NotLearned
from assistant.modelstore.templates import learn_format
from assistant.values import ChatFormat

FOREIGN: Final = "foreign"
"""The family of a model whose format was learned."""

Reread = Callable[[frozenset[str], frozenset[int]], Header]
"""Reads the header again, with other texts and tokens wanted."""

_LEARNED: Final = (
    "“{name}” marks who speaks in a way that Privet did not know. It was tried out on made-up conversations, adds "
    "nothing to them, and only its marks are used."
)
_REFUSED: Final = (
    "“{name}” brings a way of marking who speaks that Privet does not use, because {reason}. It is asked in plain "
    "words instead, and may answer worse."
)
_UNKNOWN: Final = "“{name}” does not say how it was taught to chat. It is asked in plain words, and may answer worse."


@dataclass(frozen=True, slots=True)
class Speech:
    """The fields of ModelFile with the same names."""

    family: str
    spelled: bool = False
    format: ChatFormat | None = None
    notes: tuple[str, ...] = ()


def speech(name: str, header: Header, reread: Reread) -> Speech:
    """How to speak to the model called `name`. header: read with `formats.MARKS` wanted. Raises NotSound, OSError."""
    found = recognise(header)
    if found.family:
        plain = found.family == PLAIN
        return Speech(found.family, found.spelled, None, (_UNKNOWN.format(name=name),) if plain else ())
    try:
        form = learn_format(header.text("tokenizer.chat_template"), _end(header, reread))
    except NotLearned as refused:
        return Speech(PLAIN, notes=(_REFUSED.format(name=name, reason=refused.reason),))
    tags = frozenset(mark for mark in form.marks if not mark.startswith("\n") and mark not in form.thought)
    spelled = not tags or not reread(tags, frozenset()).marks.issuperset(tags)
    return Speech(FOREIGN, False, replace(form, spelled=spelled), (_LEARNED.format(name=name),))


def _end(header: Header, reread: Reread) -> str:
    """The text of the token that ends an answer, "" where the header names none."""
    number = header.integer("tokenizer.ggml.eos_token_id")
    if number is None:
        return ""
    return reread(frozenset(), frozenset({number})).tokens.get(number, "")
