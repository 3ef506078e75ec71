"""Writing an answer: token by token, held to its limits, and to be broken off at any moment."""

from __future__ import annotations

import codecs
import time
from collections.abc import Iterator, Sequence
from typing import Final

from assistant.engine.child import llama
from assistant.engine.child.arguments import whole
from assistant.engine.child.drafting import Drafting
from assistant.engine.child.likelihood import MOST, choice
from assistant.engine.child.reading import settle
from assistant.engine.child.sampling import sampler
from assistant.engine.child.state import State
from assistant.engine.child.stepping import tokens
from assistant.workers import Part, Request

_TOLD_EVERY: Final = 0.04
"""Seconds between two pieces that are told, for a model that writes faster: telling takes time from the model, which
has all cores, and nobody reads faster."""


class Written:
    """The answer so far: whole characters go out, the start of a stop text is held back."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._stops = [stop for stop in stops if stop]
        self._held = ""
        self._untold = ""
        self._tokens_told = 0
        self._told_at = 0.0
        self.tokens = 0
        self.steps = 0  # calls of llama_decode
        self.reason = "length"
        self.met = False  # a stop text
        self.choices: list[list[object]] = []
        """Of tokens that were chosen and not told yet: text, log-probability, alternatives."""

    def add(self, piece: bytes) -> str:
        """Text that can be shown now. Sets `reason` to "complete" if a stop text was met."""
        self._held += self._decoder.decode(piece)
        for stop in self._stops:
            found = self._held.find(stop)
            if found >= 0:
                self.reason, self.met = "complete", True
                shown, self._held = self._held[:found], ""
                return shown
        keep = max((_overlap(self._held, stop) for stop in self._stops), default=0)
        shown, self._held = self._held[: len(self._held) - keep], self._held[len(self._held) - keep :]
        return shown

    def tell(self, shown: str) -> Iterator[dict[str, object]]:
        """What tells that `shown` was written: now, or with what comes next where something was told just now."""
        self._untold += shown
        now = time.monotonic()
        if self._untold and (self.choices or now - self._told_at >= _TOLD_EVERY):
            self._told_at = now
            yield self._event()

    def rest(self) -> Iterator[dict[str, object]]:
        """What was not told yet, at the end of an answer; nothing that is behind a stop text."""
        self._untold += self._held
        self._held = ""
        if self._untold or self.choices:
            yield self._event()

    def _event(self) -> dict[str, object]:
        event: dict[str, object] = {"event": "text", "text": self._untold, "count": self.tokens - self._tokens_told}
        self._untold, self._tokens_told = "", self.tokens
        if self.choices:
            event["tokens"], self.choices = self.choices, []
        return event


def _overlap(text: str, stop: str) -> int:
    """How many characters at the end of `text` are the beginning of `stop`."""
    for length in range(min(len(text), len(stop) - 1), 0, -1):
        if text.endswith(stop[:length]):
            return length
    return 0


def write(
    state: State, context: llama.Context, request: Request, written: Written, prompt_length: int
) -> Iterator[Part]:
    """Write until the model ends, a stop text comes, the limit is reached or somebody stops it."""
    limit = min(whole(request, "max_tokens"), context.size - prompt_length)
    alternatives = min(whole(request, "logprobs"), MOST)
    chosen = sampler(context, request)
    drafting = Drafting(state.read, context.plan.row_costs if request.arguments.get("lookup") else ())
    coming = tokens(state, context, chosen, drafting, limit)
    try:
        for token, row in coming:
            if request.cancelled.is_set():
                written.reason = "stopped"
                break
            if context.ends(token):
                written.reason = "complete"
                break
            written.tokens += 1
            if alternatives:
                written.choices.append(choice(context, token, row, alternatives))
            yield from map(Part, written.tell(written.add(context.piece(token))))
            if written.met:
                break
    except llama.Aborted:
        settle(state, context)
        written.reason = "stopped"
    finally:
        coming.close()
        written.steps = drafting.steps
        chosen.close()
    yield from map(Part, written.rest())
