"""The parent's side of the engine: one model at a time, loaded when needed, reloaded after a death."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from assistant.engine.families import chat_format, segments, stops, thought_begun
from assistant.engine.thoughts import Thoughts
from assistant.errors import Bug, ChildDied, EnvironmentFault, ModelUnreadable, PrivetError
from assistant.values import (
    ChatFormat,
    FinishReason,
    Generated,
    Message,
    ModelFile,
    Prefilling,
    Role,
    Sampling,
    Speed,
    Stop,
    Thought,
    Token,
)
from assistant.workers import Child, ChildSpec, Refusal

_LOAD_SECONDS: Final = 180.0
_SILENCE_SECONDS: Final = 180.0
"""How long the child may be silent: one batch of 256 tokens on a slow laptop with a large model."""
_COUNT_SECONDS: Final = 30.0
_ENOUGH: Final = 64
"""Tokens that have to be read for a measurement of the speed."""


class ContextFull(EnvironmentFault):
    """A prompt that is longer than the context window."""


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """What is in memory. context: the window in tokens. seconds: how long loading took."""

    file: ModelFile
    context: int
    seconds: float


class Engine:
    """Streams answers of one model. All methods may be called from any thread; answers queue up."""

    def __init__(self, *, threads: int = 0) -> None:
        """threads: for llama.cpp; 0 is one a core."""
        self._child = Child(ChildSpec("The language model", "assistant.engine.worker"))
        self._threads = threads
        self._loading = threading.Lock()
        self._wanted: tuple[ModelFile, int] | None = None
        self._loaded: LoadedModel | None = None
        self._loaded_start = 0
        self._read = self._write = 0.0
        self._thinking = True

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        return self._child.pid

    def use(self, file: ModelFile, context: int, *, thinking: bool = True) -> None:
        """Use this model from the next request on. context: the window in tokens, at most the model's own.

        thinking: whether it may think before it answers, where its family can be asked; changing only this
        loads nothing.
        """
        with self._loading:
            self._thinking = thinking
            if self._wanted != (file, context):
                self._wanted, self._loaded = (file, context), None

    def load(self) -> LoadedModel:
        """Load the wanted model now, if it is not in memory. Raises ModelUnreadable, ChildDied."""
        with self._loading:
            if self._wanted is None:
                raise Bug("no model was chosen")
            if self._loaded is not None and self._child.alive and self._child.starts == self._loaded_start:
                return self._loaded
            file, context = self._wanted
            arguments = {"path": str(file.path), "context": context, "threads": self._threads}
            try:
                values = self._child.call("load", arguments, deadline=_LOAD_SECONDS).values
            except Refusal as refusal:
                raise _fault(refusal, file) from refusal
            self._loaded = LoadedModel(file, _whole(values, "context"), _number(values, "seconds"))
            self._loaded_start = self._child.starts
            return self._loaded

    @property
    def speed(self) -> Speed | None:
        """How fast the loaded model reads and writes, measured while it answered; None before that."""
        return Speed(self._read, self._write) if self._read and self._write else None

    def count(self, messages: Sequence[Message]) -> int:
        """Tokens of the prompt that `messages` make, markup included."""
        return self.counts([messages])[0]

    def counts(self, prompts: Sequence[Sequence[Message]]) -> list[int]:
        """Tokens of each of several prompts, in one round trip."""
        counts = self._asked("counts", {"prompts": [self._prompt(messages) for messages in prompts]}).get("counts")
        if not isinstance(counts, list) or len(counts) != len(prompts):
            raise Bug("the engine sent no counts")
        return [int(count) for count in counts]

    def known(self, messages: Sequence[Message]) -> tuple[int, int]:
        """Tokens of the prompt, and how many of them need not be read again; reads nothing."""
        values = self._asked("known", {"prompt": self._prompt(messages)})
        return _whole(values, "count"), _whole(values, "known")

    def warm(self, messages: Sequence[Message], stop: Stop | None = None) -> int:
        """Read what a later prompt begins with, before it is asked; returns how many tokens are known then."""
        return _whole(self._asked("warm", {"prompt": self._prompt(messages)}, _SILENCE_SECONDS, stop), "known")

    def forget(self) -> None:
        """Forget everything that was read."""
        if self._child.alive:
            self._asked("forget", {})

    def stream(
        self, messages: Sequence[Message], sampling: Sampling, stop: Stop | None = None
    ) -> Iterator[Prefilling | Thought | Token | Generated]:
        """Read the prompt and write the answer; the last event is `Generated`.

        A thinking model's thought comes as `Thought`, apart from the answer; its tokens count in
        `answer_tokens` and within `max_tokens`.

        Setting `stop` ends it within a moment, while reading too. Raises ChildDied, ContextFull,
        ModelUnreadable. What came before an error was real and can be kept.
        """
        loaded = self.load()
        form = self._form()
        values = asdict(sampling) | {"stop": [*sampling.stop, *stops(form)], "prompt": self._prompt(messages)}
        thoughts = _thoughts(form, messages)
        try:
            for reply in self._child.stream("generate", values, deadline=_SILENCE_SECONDS, stop=stop):
                event = _event(reply.values)
                if isinstance(event, Token):
                    yield from thoughts.split(event)
                    continue
                if isinstance(event, Generated):
                    yield from thoughts.rest()
                    self._measure(event)
                yield event
        except ChildDied:
            yield from thoughts.rest()
            raise
        except Refusal as refusal:
            raise _fault(refusal, loaded.file) from refusal

    def close(self) -> None:
        """End the child."""
        self._child.close()

    def _prompt(self, messages: Sequence[Message]) -> list[list[object]]:
        return [[part.text, part.markup] for part in segments(self._form(), messages)]

    def _form(self) -> ChatFormat:
        return chat_format(self.load().file, self._thinking)

    def _asked(
        self, op: str, arguments: Mapping[str, object], deadline: float = _COUNT_SECONDS, stop: Stop | None = None
    ) -> Mapping[str, object]:
        try:
            return self._child.call(op, arguments, deadline=deadline, stop=stop).values
        except Refusal as refusal:
            raise Bug(f"the engine refused {op} ({refusal.code})") from refusal

    def _measure(self, cost: Generated) -> None:
        unread = cost.prompt_tokens - cost.cached_tokens
        if unread > _ENOUGH and cost.read_seconds:
            self._read = unread / cost.read_seconds
        if cost.answer_tokens > _ENOUGH // 8 and cost.write_seconds:
            self._write = cost.answer_tokens / cost.write_seconds


def _thoughts(form: ChatFormat, messages: Sequence[Message]) -> Thoughts:
    """What takes thought and answer apart. An answer that is gone on with has its thought behind it."""
    goes_on = bool(messages) and messages[-1].role is Role.ASSISTANT and bool(messages[-1].text.strip())
    return Thoughts(form.thought, begun=thought_begun(form), possible=not goes_on)


def _event(values: Mapping[str, object]) -> Prefilling | Token | Generated:
    match values.get("event"):
        case "text":
            return Token(str(values["text"]))
        case "reading":
            left = values.get("left")
            return Prefilling(
                _whole(values, "done"),
                _whole(values, "total"),
                _whole(values, "cached"),
                float(left) if isinstance(left, int | float) else None,
            )
        case "end":
            return Generated(
                FinishReason(str(values["reason"])),
                _whole(values, "prompt_tokens"),
                _whole(values, "cached_tokens"),
                _whole(values, "answer_tokens"),
                _number(values, "read_seconds"),
                _number(values, "write_seconds"),
            )
        case other:
            raise Bug(f"the engine sent an event that nobody knows ({other})")


def _fault(refusal: Refusal, file: ModelFile) -> PrivetError:
    """The error a person sees for a refusal of the child."""
    match refusal.code:
        case "model-unreadable":
            return ModelUnreadable(
                f"The model file {file.path.name} could not be loaded.",
                "It may be damaged or of a kind that Privet does not know; choose another one.",
            )
        case "no-memory" | "out-of-memory":
            return ModelUnreadable(
                f"There is not enough memory for the model {file.name}.",
                "Close other programs, or choose a smaller model or a smaller context.",
            )
        case "context-full":
            return ContextFull(
                "This is longer than the model can read at once.",
                "Shorten it, or add it as a document and ask about that.",
            )
        case code:
            return Bug(f"the language model refused a request ({code}: {refusal.detail})")


def _whole(values: Mapping[str, object], name: str) -> int:
    value = values.get(name)
    if not isinstance(value, int):
        raise Bug(f"the engine sent no number {name}")
    return value


def _number(values: Mapping[str, object], name: str) -> float:
    value = values.get(name)
    if not isinstance(value, int | float):
        raise Bug(f"the engine sent no number {name}")
    return float(value)
