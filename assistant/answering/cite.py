"""Sets our numbers behind the sentences of an answer while it is being written, and says what became of each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from assistant.answering.alignment import Alignment
from assistant.answering.saying import Alike
from assistant.values import AnswerMode, Citation, Claim, Support

_SPACE: Final = r"[ \t\xa0\u3000]?"  # no line break: what stands on two lines stays on two
_MODEL_MARK: Final = re.compile(rf"{_SPACE}[\[\uff3b\u3010]{_SPACE}\d{{1,4}}{_SPACE}[\]\uff3d\u3011]")
_END: Final = re.compile(r"[.!?\u3002\uff01\uff1f]+[\"'”’)]*(?=\s)|(?=\n)")
_MAY_GO_ON: Final = re.compile(
    rf"(?:[.!?\u3002\uff01\uff1f]+[\"'”’)]*|{_SPACE}[\[\uff3b\u3010]{_SPACE}\d{{0,4}}{_SPACE}|\s)$"
)


class Marker:
    """Drops the numbers that the model writes and sets ours.

    claims: what became of the sentences so far, in their order, by their places in the text with our numbers.
    Sentences without two content words ("Yes.") are none. In free mode only what is supported is told.
    """

    def __init__(
        self, citations: Sequence[Citation], alike: Alike | None = None, mode: AnswerMode = AnswerMode.CAREFUL
    ) -> None:
        """citations: the passages that the answer is made from."""
        self._alignment = Alignment(citations, alike)
        self._mode = mode
        self._held = ""
        self._sentence = ""
        self._shown = 0  # characters that were given out
        self.claims: list[Claim] = []

    @property
    def supported(self) -> int:
        """How many sentences a passage supports."""
        return sum(claim.support is Support.SUPPORTED for claim in self.claims)

    @property
    def unsupported(self) -> int:
        """How many sentences none supports."""
        return len(self.claims) - self.supported

    def add(self, piece: str) -> str:
        """What of the answer can be shown now, numbers included; the rest waits for the next piece."""
        self._held = _MODEL_MARK.sub("", self._held + piece)
        shown = ""
        while found := _END.search(self._held):
            rest = self._held[found.end() :]
            # A line break goes out with its line. A space stays: one of the model's own numbers may follow it.
            taken = 1 if rest.startswith("\n") else 0
            shown += self._close(self._held[: found.end()]) + self._out(rest[:taken])
            self._held = rest[taken:]
        waiting = _MAY_GO_ON.search(self._held)
        cut = waiting.start() if waiting else len(self._held)
        self._sentence += self._held[:cut]
        shown += self._out(self._held[:cut])
        self._held = self._held[cut:]
        return shown

    def finish(self) -> str:
        """What is left at the end of the answer."""
        held, self._held = self._held, ""
        return self._close(held)

    def _close(self, last: str) -> str:
        """The end of a sentence, with its number where it has one."""
        sentence, self._sentence = self._sentence + last, ""
        shown = self._out(last)
        aligned = self._alignment.of(sentence)
        if aligned is None or (self._mode is AnswerMode.FREE and aligned.support is not Support.SUPPORTED):
            return shown
        bare = sentence.strip()
        end = self._shown - (len(sentence) - len(sentence.rstrip()))
        self.claims.append(
            Claim(end - len(bare), end, aligned.support, aligned.number, aligned.start, aligned.end, aligned.differing)
        )
        mark = f" [{aligned.number}]" if aligned.support is Support.SUPPORTED else ""
        return shown + self._out(mark)

    def _out(self, text: str) -> str:
        self._shown += len(text)
        return text
