"""What a thinking model says to itself, taken apart from its answer while both are being written."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.values import Thought, Token


class Thoughts:
    """Tells thought from answer, piece by piece; a mark may come in several pieces.

    A thought stands before the answer and nowhere else: marks that come once the answer has begun are a part of
    it. Inside a thought the first closing mark ends it; an opening mark there is a part of the thought, save at
    its very beginning, where some models repeat the one that the prompt ended with. White space around the marks
    belongs to neither.
    """

    def __init__(self, marks: tuple[str, str], *, begun: bool = False, possible: bool = True) -> None:
        """marks: what opens and closes a thought, ("", "") for none. begun: the prompt opened it already.

        possible: False where the answer has begun already, as in one that is gone on with.
        """
        self._opening, self._closing = marks
        self._inside = bool(self._opening) and begun and possible
        self._before = bool(self._opening) and possible
        self._fresh = True  # nothing but white space since the last mark
        self._held = ""

    def split(self, piece: Token) -> Iterator[Thought | Token]:
        """What can be told now; what may be the beginning of a mark waits for the next piece."""
        if not self._before and not self._held:
            yield piece
            return
        self._held += piece.text
        while self._held:
            if not self._before:
                yield from self._told(self._held)
                return
            if self._fresh:
                self._held = self._held.lstrip()
            if self._fresh and self._held.startswith(self._opening):
                self._inside, self._held = True, self._held[len(self._opening) :]
            elif self._inside and self._closing in self._held:
                thought, _, self._held = self._held.partition(self._closing)
                if thought.rstrip():
                    yield Thought(thought.rstrip())
                self._inside, self._fresh = False, True
            else:
                yield from self._told(self._held[: len(self._held) - self._waits()])
                return

    def rest(self) -> Iterator[Thought | Token]:
        """What was still waiting when the writing ended: no mark came of it."""
        held, self._held = self._held, ""
        if held.strip() or (held and not self._inside):
            yield Thought(held) if self._inside else Token(held)

    def _told(self, text: str) -> Iterator[Thought | Token]:
        if not text:
            return
        self._held = self._held[len(text) :]
        self._fresh = False
        self._before = self._inside
        yield Thought(text) if self._inside else Token(text)

    def _waits(self) -> int:
        """How many characters at the end of what is held can't be told yet."""
        marks = [self._closing] if self._inside else []
        if self._fresh:
            marks.append(self._opening)
        longest = max((_overlap(self._held, mark, whole=mark == self._opening) for mark in marks), default=0)
        # White space at the end of a thought may be that before its closing mark.
        told = self._held[: len(self._held) - longest]
        return len(self._held) - len(told.rstrip()) if self._inside else longest


def _overlap(text: str, mark: str, *, whole: bool) -> int:
    """How many characters at the end of `text` begin `mark`. whole: they have to be all of the text."""
    for length in range(min(len(text), len(mark) - 1), 0, -1):
        if text.endswith(mark[:length]) and (not whole or length == len(text)):
            return length
    return 0
