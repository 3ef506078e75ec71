"""What a model can point at: the spans of texts, from word to word, and how the child is asked for them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from assistant.engine.replies import event, fault, integers, numbers, whole
from assistant.engine.telling import prompt_of
from assistant.errors import Bug
from assistant.values import ChatFormat, Message, ModelFile, Prefilling, Span, Stop
from assistant.workers import Child, Refusal

_SILENCE_SECONDS: Final = 180.0
"""How long the child may be silent: as for an answer."""
_LONGEST: Final = 12
"""Words of a span, at most."""
STARTS: Final = 14
"""Places at which spans begin, at most: two batches of seven sequences."""
_DENSE: Final = "\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff"  # characters that are words enough by themselves
WORD: Final = re.compile(rf"[$€£¥]?(?:[{_DENSE}]|(?:[^\W{_DENSE}]|(?<=\d)[.,](?=\d)|(?<=\w)[’'-](?=\w))+)%?")
"""What spans are made of: words and numbers, with what belongs to them."""


Pointed = Prefilling | Span
"""How far the prompt is read, and then the spans, those with the likeliest first words first."""


@dataclass(frozen=True, slots=True)
class Pointing:
    """What is to be pointed at: the spans of `texts` as answers to a prompt.

    without: the same prompt without its question, which tells how likely a span is in any case; empty for none.
    spans: only these (text, start, end), characters at borders of words; empty for all of up to 12 words.
    """

    messages: Sequence[Message]
    texts: Sequence[str]
    without: Sequence[Message] = ()
    spans: Sequence[tuple[int, int, int]] = ()

    def follow(self, child: Child, form: ChatFormat, file: ModelFile, stop: Stop | None) -> Iterator[Pointed]:
        """Have the child read the prompt and follow the words. file: of the model, for what is said of its faults."""
        values = {
            "prompt": prompt_of(form, self.messages),
            "without": prompt_of(form, self.without) if self.without else [],
            "spans": _ways(self.texts, self.spans) if self.spans else _all_ways(self.texts),
            "starts": STARTS,
        }
        try:
            for reply in child.stream("point", values, deadline=_SILENCE_SECONDS, stop=stop, start=False):
                if "ends" in reply.values:
                    yield from _spans(reply.values)
                elif isinstance(said := event(reply.values), Prefilling):
                    yield said
        except Refusal as refusal:
            raise fault(refusal, file) from refusal


def _all_ways(texts: Sequence[str]) -> list[list[object]]:
    """Every way through the texts as the child takes it: text, start, ends, and the words themselves."""
    asked: list[list[object]] = []
    for number, text in enumerate(texts):
        words = [found.span() for found in WORD.finditer(text)]
        for at, (start, _) in enumerate(words):
            ends = [end for _, end in words[at : at + _LONGEST]]
            asked.append([number, start, ends, text[start : ends[-1]]])
    return asked


def _ways(texts: Sequence[str], spans: Sequence[tuple[int, int, int]]) -> list[list[object]]:
    """The ways of these spans: those that begin at one place are one way."""
    ends: dict[tuple[int, int], list[int]] = {}
    for number, start, end in spans:
        ends.setdefault((number, start), []).append(end)
    return [[number, start, there, texts[number][start : max(there)]] for (number, start), there in ends.items()]


def _spans(values: Mapping[str, object]) -> Iterator[Span]:
    ends = values["ends"]
    if not isinstance(ends, list):
        raise Bug("the engine sent no ends")
    sums = list(accumulate(numbers(values, "logprobs")))
    endings = numbers(values, "endings")
    plain, plain_endings = list(accumulate(numbers(values, "plain"))), numbers(values, "plain_endings")
    for pair in ends:
        count, end = integers({"pair": pair}, "pair")
        yield Span(
            whole(values, "text"),
            whole(values, "start"),
            end,
            count,
            sums[count - 1],
            endings[count - 1],
            plain[count - 1] if plain else 0.0,
            plain_endings[count - 1] if plain_endings else 0.0,
        )
