"""Sets our numbers behind the sentences of an answer while it is being written, and says what became of each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from assistant.answering.alignment import Alignment
from assistant.answering.saying import Alike
from assistant.ingestion import ends_sentence
from assistant.values import AnswerMode, Citation, Claim, Support

_SPACE: Final = r"[ \t\xa0\u3000]?"  # no line break: what stands on two lines stays on two
_MODEL_MARK: Final = re.compile(rf"{_SPACE}[\[\uff3b\u3010]{_SPACE}\d{{1,4}}{_SPACE}[\]\uff3d\u3011]")
_CLOSING: Final = "\"'”’»)\u300d\u300f\uff09"
_END: Final = re.compile(
    rf"(?P<mark>[.!?]+[{_CLOSING}]*)(?=\s)|[\u3002\uff01\uff1f]+[{_CLOSING}]*(?=[^\u3002\uff01\uff1f{_CLOSING}])|(?=\n)"
)
_MAY_GO_ON: Final = re.compile(
    rf"(?:[.!?\u3002\uff01\uff1f]+[{_CLOSING}]*\s*(?:[\[\uff3b\u3010]{_SPACE}\d{{0,4}}{_SPACE})?"
    rf"|\.\s+[^\W\d_]{{1,14}}|{_SPACE}[\[\uff3b\u3010]{_SPACE}\d{{0,4}}{_SPACE}|\s)$"
)
_OPEN_WORD: Final = re.compile(r"[^\W\d_]{1,14}$")
_OPEN_MARK: Final = re.compile(rf"[\[\uff3b\u3010]{_SPACE}\d{{0,4}}{_SPACE}$")


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
        shown = self._closed()
        waiting = _MAY_GO_ON.search(self._held)
        cut = waiting.start() if waiting else len(self._held)
        self._sentence += self._held[:cut]
        shown += self._out(self._held[:cut])
        self._held = self._held[cut:]
        return shown

    def finish(self) -> str:
        """What is left at the end of the answer."""
        shown = self._closed(last=True)
        held, self._held = self._held, ""
        return shown + self._close(held)

    def doubt(self, at: int, said: str, seems: str) -> tuple[int, int]:
        """Take the number of a supported sentence back: its passage seems to say `seems` where it has `said`.

        at: the sentence's place among the claims. Returns where the number stood in the text, from where to where.
        """
        claim = self.claims[at]
        gone = len(f" [{claim.number}]")
        self.claims[at] = replace(claim, support=Support.DIFFERS, differing=(said,), seems=seems)
        for later in range(at + 1, len(self.claims)):
            moved = self.claims[later]
            self.claims[later] = replace(moved, start=moved.start - gone, end=moved.end - gone)
        self._shown -= gone
        if self._mode is AnswerMode.FREE:
            del self.claims[at]
        return claim.end, claim.end + gone

    def _closed(self, *, last: bool = False) -> str:
        """The sentences that have ended, with their numbers. last: nothing follows what is held."""
        shown, at = "", 0
        while found := _END.search(self._held, at):
            at = found.end()
            if found["mark"]:
                ends = self._ends(found, last=last)
                if ends is None:
                    break
                if not ends:
                    continue
            rest = self._held[at:]
            # A line break goes out with its line. A space stays: one of the model's own numbers may follow it.
            taken = 1 if rest.startswith("\n") else 0
            shown += self._close(self._held[:at]) + self._out(rest[:taken])
            self._held, at = rest[taken:], 0
        return shown

    def _ends(self, found: re.Match[str], *, last: bool) -> bool | None:
        """Whether a full stop ends its sentence, and is none of "3. März" or "Dr. Brandt"; None if that is to come."""
        then = found.end() + len(self._held[found.end() :]) - len(self._held[found.end() :].lstrip())
        if "\n" in self._held[found.end() : then]:
            return True
        counts = (self._sentence + self._held[: found.start()])[-1:].isdigit()  # "3. M" may be a day of March
        if then == len(self._held) or _OPEN_MARK.fullmatch(self._held, then):
            return True if last else None
        if counts and not last and _OPEN_WORD.fullmatch(self._held, then):
            return None
        before = len(self._sentence)
        return ends_sentence(self._sentence + self._held, 0, before + found.start(), found["mark"], before + then)

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
