"""The parent's side of the engine: one model at a time, loaded when needed, reloaded after a death."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from assistant.engine.families import FAMILIES, segments
from assistant.errors import Bug, EnvironmentFault, ModelUnreadable, PrivetError
from assistant.values import FinishReason, Generated, Message, ModelFile, Prefilling, Sampling, Stop, Token
from assistant.workers import Child, ChildSpec, Refusal

_LOAD_SECONDS: Final = 180.0
_SILENCE_SECONDS: Final = 180.0
"""How long the child may be silent: one batch of 256 tokens on a slow laptop with a large model."""
_COUNT_SECONDS: Final = 30.0


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

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        return self._child.pid

    def use(self, file: ModelFile, context: int) -> None:
        """Use this model from the next request on. context: the window in tokens, at most the model's own."""
        with self._loading:
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

    def count(self, messages: Sequence[Message]) -> int:
        """Tokens of the prompt that `messages` make, markup included."""
        prompt = [[part.text, part.markup] for part in segments(self.load().file.family, messages)]
        try:
            values = self._child.call("count", {"prompt": prompt}, deadline=_COUNT_SECONDS).values
        except Refusal as refusal:
            raise Bug(f"counting tokens was refused ({refusal.code})") from refusal
        return _whole(values, "count")

    def stream(
        self, messages: Sequence[Message], sampling: Sampling, stop: Stop | None = None
    ) -> Iterator[Prefilling | Token | Generated]:
        """Read the prompt and write the answer; the last event is `Generated`.

        Setting `stop` ends it within a moment, while reading too. Raises ChildDied, ContextFull,
        ModelUnreadable. What came before an error was real and can be kept.
        """
        loaded = self.load()
        family = loaded.file.family
        prompt = [[segment.text, segment.markup] for segment in segments(family, messages)]
        values = asdict(sampling) | {"stop": [*sampling.stop, *FAMILIES[family].stop], "prompt": prompt}
        try:
            for reply in self._child.stream("generate", values, deadline=_SILENCE_SECONDS, stop=stop):
                yield _event(reply.values)
        except Refusal as refusal:
            raise _fault(refusal, loaded.file) from refusal

    def close(self) -> None:
        """End the child."""
        self._child.close()


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
