"""What the child writes, told to whoever asked: thought apart from answer, with the choices that made each piece."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace

from assistant.engine.families import segments, stops, thought_begun
from assistant.engine.schema import grammar_of
from assistant.engine.thoughts import Thoughts
from assistant.errors import BadInput
from assistant.values import ChatFormat, Choice, Message, Role, Sampling, Thought, Token


class Telling:
    """One answer's pieces as they come."""

    def __init__(self, form: ChatFormat, messages: Sequence[Message]) -> None:
        # An answer that is gone on with has its thought behind it.
        goes_on = bool(messages) and messages[-1].role is Role.ASSISTANT and bool(messages[-1].text.strip())
        self._thoughts = Thoughts(form.thought, begun=thought_begun(form), possible=not goes_on)
        self._choices: tuple[Choice, ...] = ()

    def split(self, piece: Token) -> Iterator[Thought | Token]:
        """What can be told now. Choices wait for the piece that they made."""
        if not piece.choices and not self._choices:
            yield from self._thoughts.split(piece)
            return
        self._choices += piece.choices
        yield from self._with_choices(list(self._thoughts.split(Token(piece.text))))

    def rest(self) -> Iterator[Thought | Token]:
        """What was still waiting when the writing ended."""
        yield from self._with_choices(list(self._thoughts.rest()))
        if self._choices:
            yield Token("", self._choices)
            self._choices = ()

    def _with_choices(self, told: list[Thought | Token]) -> Iterator[Thought | Token]:
        if told and self._choices:
            told[0] = replace(told[0], choices=self._choices)
            self._choices = ()
        yield from told


def prompt_of(form: ChatFormat, messages: Sequence[Message]) -> list[list[object]]:
    """A prompt as the child takes it: [text, markup] for each segment."""
    return [[part.text, part.markup] for part in segments(form, messages)]


def sampling_of(form: ChatFormat, sampling: Sampling) -> Mapping[str, object]:
    """A sampling as the child takes it: a schema as a grammar, with the family's stop texts. Raises BadInput."""
    if sampling.grammar and sampling.json_schema:
        raise BadInput("An answer can't be held to a grammar and to a JSON schema at once.", "Leave one of them out.")
    grammar = grammar_of(sampling.json_schema) if sampling.json_schema else sampling.grammar
    return asdict(sampling) | {"grammar": grammar, "stop": [*sampling.stop, *stops(form)]}
