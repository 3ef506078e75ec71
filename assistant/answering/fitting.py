"""Prompts that fit the loaded model, under the person's settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

from assistant.answering.lengths import Lengths
from assistant.answering.prompt import Prompt, Source, compose
from assistant.engine import ContextFull, Engine, LoadedModel
from assistant.settings import Settings, options

_MARGIN_TOKENS: Final = 16
_LEAST_TOKENS: Final = 64
"""Room that an answer must find to be gone on with, where there is none left for the longest one."""


class Fitting:
    """Fits prompts to the window of whatever model is loaded. Raises what loading it raises."""

    def __init__(self, engine: Engine, load: Callable[[], LoadedModel], settings: Settings) -> None:
        self._load = load
        self._settings = settings
        self._form = engine.form
        self.model = ""
        """Which model was looked at last, and how it is spoken to."""
        self._own = ""  # instructions of the model's family, where the person gives none
        self._lengths = Lengths(partial(engine.counts, own=False))

    @property
    def instructions(self) -> str:
        """What the model is told before every conversation."""
        return self._settings.get(options.INSTRUCTIONS)

    def window(self) -> tuple[int, int]:
        """The window in tokens, and how many of them are kept free for the answer."""
        loaded = self._load()
        form = self._form(loaded)
        self._own = form.default_system
        self.model = f"{loaded.file.path} {form}"
        self._lengths.begin(self.model)
        return loaded.context, min(self._settings.get(options.MAX_ANSWER_TOKENS), loaded.context // 2)

    def prompt(self, source: Source) -> Prompt:
        """What the model is to be given. Raises ContextFull if the question alone is too long."""
        context, reserve = self.window()
        source = replace(source, own=self._own)
        prompt = compose(source, self._lengths, context - reserve - _MARGIN_TOKENS)
        if prompt is None and source.begun:
            # What is written already needs less room to be finished in than a whole answer would.
            prompt = compose(source, self._lengths, context - _LEAST_TOKENS - _MARGIN_TOKENS)
        if prompt is None:
            raise ContextFull(
                f"This is longer than the model can read at once ({context:,} tokens, about "
                f"{context * 3 // 4:,} words).",
                "Ask for a shorter answer in a new question."
                if source.begun
                else "Shorten it, or add it as a document and ask about that.",
            )
        return prompt

    def pinned_tokens(self, source: Source) -> int:
        """The length of the pinned passages of `source`, in tokens."""
        prompt = compose(source, self._lengths, 1 << 40)
        assert prompt is not None  # everything fits into that
        return prompt.documents

    def glance(self, source: Source, *, estimated: bool) -> Prompt | None:
        """As `prompt`, None for what is too long. estimated: without asking the engine, which may be busy."""
        context, reserve = self.window()
        source = replace(source, own=self._own)
        return compose(source, self._lengths, context - reserve - _MARGIN_TOKENS, estimated=estimated)

    def alone(self, source: Source, *, estimated: bool) -> tuple[int, int]:
        """The lengths of the instructions and of the question by themselves, however long."""
        alone = Source(source.instructions, (), source.question, own=self._own)
        prompt = compose(alone, self._lengths, 1 << 40, estimated=estimated)
        assert prompt is not None  # everything fits into that
        return prompt.instructions, prompt.question
