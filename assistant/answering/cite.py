"""Which passage a sentence rests on, by the words they share; what the model claims is not asked.

A model of this size numbers its sentences at random, and up to 57 % of the citations of large ones are
unfaithful too (arXiv 2412.18004), so numbers that it writes are dropped and ours are set.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from assistant.retrieval import content_words
from assistant.values import Citation

_SUPPORT: Final = 0.6
"""Share of a sentence's content words, and of its numbers all, that a passage must hold to support it."""
_MODEL_MARK: Final = re.compile(r"\s?\[\d{1,2}\]")
_END: Final = re.compile(r"[.!?\u3002\uff01\uff1f]+[\"'”’)]*(?=\s)|(?=\n)")
_MAY_GO_ON: Final = re.compile(r"(?:[.!?\u3002\uff01\uff1f]+[\"'”’)]*|\s?\[\d{0,2}|\s)$")
_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")


class Marker:
    """Sets our numbers behind the sentences of an answer while it is being written.

    supported, unsupported: how many sentences got a number, and how many did not. Sentences without two
    content words ("Yes.") count neither way.
    """

    def __init__(self, citations: Sequence[Citation]) -> None:
        """citations: the passages that the answer is made from."""
        self._passages = [(citation.number, _words(citation.text), _numbers(citation.text)) for citation in citations]
        self._held = ""
        self._sentence = ""
        self.supported = self.unsupported = 0

    def add(self, piece: str) -> str:
        """What of the answer can be shown now, numbers included; the rest waits for the next piece."""
        self._held = _MODEL_MARK.sub("", self._held + piece)
        shown = ""
        while found := _END.search(self._held):
            rest = self._held[found.end() :]
            # A line break goes out with its line. A space stays: one of the model's own numbers may follow it.
            taken = 1 if rest.startswith("\n") else 0
            shown += self._close(self._held[: found.end()]) + rest[:taken]
            self._held = rest[taken:]
        waiting = _MAY_GO_ON.search(self._held)
        cut = waiting.start() if waiting else len(self._held)
        self._sentence += self._held[:cut]
        shown += self._held[:cut]
        self._held = self._held[cut:]
        return shown

    def finish(self) -> str:
        """What is left at the end of the answer."""
        held, self._held = self._held, ""
        return self._close(held)

    def _close(self, last: str) -> str:
        """The end of a sentence, with its number where it has one."""
        sentence, self._sentence = self._sentence + last, ""
        words = _words(sentence)
        if len(words) < 2:
            return last
        number = self._support(words, _numbers(sentence))
        if number is None:
            self.unsupported += 1
            return last
        self.supported += 1
        return f"{last} [{number}]"

    def _support(self, words: frozenset[str], numbers: frozenset[str]) -> int | None:
        """The number of the passage that holds most of a sentence's words, if that is enough."""
        best, best_share = None, 0.0
        for number, passage_words, passage_numbers in self._passages:
            share = len(words & passage_words) / len(words)
            if share > best_share and numbers <= passage_numbers:
                best, best_share = number, share
        return best if best_share >= _SUPPORT else None


def _words(text: str) -> frozenset[str]:
    return frozenset(content_words(text))


def _numbers(text: str) -> frozenset[str]:
    return frozenset(_NUMBER.findall(text))
