"""The prompt that a conversation makes in a model's chat format; the template inside a model file is never run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from assistant.engine.formats import FAMILIES, WITHOUT_THINKING
from assistant.values import ChatFormat, Message, ModelFile, Role


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a prompt. markup: its special tokens count; otherwise they are only letters.

    What people and documents say is never markup, so no text can forge a role.
    """

    text: str
    markup: bool


_UNTHINKING: Final[Mapping[str, ChatFormat]] = {**FAMILIES, **WITHOUT_THINKING}


def chat_format(file: ModelFile, thinking: bool = True) -> ChatFormat:
    """How to speak to a model. thinking: whether it may think first, where that can be chosen. Raises KeyError."""
    form = file.format or (FAMILIES if thinking else _UNTHINKING)[file.family]
    return replace(form, spelled=True) if file.spelled else form


def segments(form: ChatFormat, messages: Sequence[Message]) -> tuple[Segment, ...]:
    """The prompt for `messages`, ending where the model is to go on writing.

    messages: an optional system message first, then user and assistant in turn, ending with the user; or with
    the assistant, whose turn is then left open, to be gone on with from its text, whose end stays as it is. All
    other texts are stripped of white space at both ends, as most of the families' own templates do.
    """
    system, turns = _instructions(form, messages)
    open_end = turns.pop() if turns and turns[-1].role is Role.ASSISTANT else None
    found = [Segment(form.begin, True)]
    if system and not (form.system_in_user and any(turn.role is Role.USER for turn in turns)):
        found += _turn(form, form.system, system)
        system = ""
    for message in turns:
        opening, closing = form.user if message.role is Role.USER else form.assistant
        if system and message.role is Role.USER:
            found += _turn(form, (opening + form.system[0], form.system[1]), system)
            opening = system = ""
        found += _turn(form, (opening, closing), message.text.strip())
    if open_end is None or not open_end.text.strip():
        return _joined([*found, Segment(_answer(form), True)])
    return _joined([*found, *_turn(form, (_resumed(form), ""), open_end.text.lstrip())])


def thought_begun(form: ChatFormat) -> bool:
    """True if the prompt itself opens the thought, so that the answer begins in the middle of it."""
    opening = form.thought[0]
    return bool(opening) and _answer(form).rstrip().endswith(opening)


def stops(form: ChatFormat) -> tuple[str, ...]:
    """Texts that end an answer. Where the marks are tokens there are none: the model's own end is a token too, and
    an answer may well say what a mark looks like.
    """
    return form.stop if form.spelled else ()


def _answer(form: ChatFormat) -> str:
    return form.assistant[0] if form.answer is None else form.answer


def _resumed(form: ChatFormat) -> str:
    return form.assistant[0] if form.resumed is None else form.resumed


def _instructions(form: ChatFormat, messages: Sequence[Message]) -> tuple[str, list[Message]]:
    """The system's text, or the family's own where there is none, and the turns that follow."""
    said = [message.text.strip() for message in messages if message.role is Role.SYSTEM]
    turns = [message for message in messages if message.role is not Role.SYSTEM]
    return "\n\n".join(text for text in said if text) or form.default_system, turns


def _turn(form: ChatFormat, around: tuple[str, str], text: str) -> list[Segment]:
    opening, closing = around
    return [Segment(opening, True), *(Segment(part, False) for part in _letters(form, text)), Segment(closing, True)]


def _joined(found: Sequence[Segment]) -> tuple[Segment, ...]:
    """Without the empty ones, and with markup that touches in one piece."""
    made: list[Segment] = []
    for segment in found:
        if not segment.text:
            continue
        if made and made[-1].markup and segment.markup:
            made[-1] = Segment(made[-1].text + segment.text, True)
        elif made and made[-1].markup and made[-1].text.endswith(" "):
            # A word is one token with the space before it: a space of its own would be one that the model never saw.
            made[-1:] = [Segment(made[-1].text[:-1], True), Segment(" " + segment.text, False)]
        else:
            made.append(segment)
    return tuple(segment for segment in made if segment.text)


def _letters(form: ChatFormat, text: str) -> Iterator[str]:
    """The text, in which no mark of the format is one any more.

    A mark that is a token is cut in two, which are tokenized apart: not a letter changes, and whatever the
    vocabulary says about the mark (llama.cpp takes "user defined" tokens for such in any text), it is only letters.
    A mark that is letters anyway gets a space before its last one: "[INST]" reads "[INST ]", "User:" reads "User :".
    """
    pattern = _pattern(form.marks, form.spelled)
    if pattern is None:
        yield text
    elif form.spelled:
        yield pattern.sub(lambda found: found[0][:-1] + " " + found[0][-1], text)
    else:
        begin = 0
        for found in pattern.finditer(text):
            middle = (found.start() + found.end()) // 2
            yield text[begin:middle]
            begin = middle
        yield text[begin:]


@lru_cache(maxsize=64)
def _pattern(marks: tuple[str, ...], spelled: bool) -> re.Pattern[str] | None:
    if not marks:
        return None
    longest_first = sorted(marks, key=len, reverse=True)
    choices = [
        r"(?:^|(?<=[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]))[^\S\n]*" + re.escape(mark[1:])
        if mark.startswith("\n")
        else re.escape(mark)
        for mark in longest_first
    ]
    # A model that reads letters does not care much about their case.
    return re.compile("|".join(choices), re.IGNORECASE if spelled else 0)
