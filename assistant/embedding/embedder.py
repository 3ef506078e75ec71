"""The embedder as the rest of Privet sees it: texts in, vectors and token counts out."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

from assistant.embedding.architecture import shape_of
from assistant.embedding.folder import Description, FolderRefused, describe
from assistant.embedding.nearness import Nearness, read
from assistant.embedding.reading import ReaderFiles, Reading
from assistant.embedding.reading import read as readings
from assistant.errors import Bug, ModelMissing, ModelUnreadable, PrivetError, Stopped
from assistant.privacy import Confinement
from assistant.values import Stop, Vectors
from assistant.workers import Child, ChildSpec, Limits, Refusal, Reply, usable_cores

_COUNT_SECONDS: Final = 60.0
_EMBED_SECONDS: Final = 300.0  # the first one waits for torch, on a slow disk, on a busy laptop
_COUNTED_AT_ONCE: Final = 2_000_000  # characters in one request
_WAIT_FOR_QUESTION: Final = 30.0


Precision = Literal["int8", "fp32", "reference", "bf16"]


class Embedder:
    """A long-lived child with an embedding model; started when first needed, again after its death.

    May be used from any thread. What is asked with `embed` goes before the batches of a `stream`, so that a
    question does not wait for a document.
    """

    def __init__(
        self, folder: Path, threads: int = 0, precision: Precision = "fp32", reader: ReaderFiles | None = None
    ) -> None:
        """folder: absolute, of a sentence-transformers model with safetensors. threads: 0 for all cores.

        precision: "int8" is the fastest where the processor multiplies 8 bits well, and costs a little nearness;
        "reference" is PyTorch, "bf16" the same in 16 bits. A model that only PyTorch can run is run there, whatever
        this says. reader: for `read`. Nothing is read or started yet.
        """
        self._precision = precision
        self._folder = folder
        self._threads = threads or usable_cores()
        self._child = Child(
            ChildSpec(
                "The part of Privet that searches by meaning",
                "assistant.embedding.worker",
                Limits(niceness=5),
                120,
                confinement=Confinement(reads=tuple(str(path) for path in _paths(folder, reader))),
            )
        )
        self._reader = reader
        self._described: Description | None = None
        self._questions = 0
        self._idle = threading.Condition()

    @property
    def name(self) -> str:
        """Which model these vectors are of, in which precision: kept with each vector.

        Raises ModelMissing, ModelUnreadable.
        """
        described = self._description()
        if self._precision == "bf16":
            return f"{described.name}-bf16"
        eight = self._precision == "int8" and shape_of(self._folder, described.pooling) is not None
        return f"{described.name}-int8" if eight else described.name

    @property
    def dimensions(self) -> int:
        """Numbers a vector. Raises ModelMissing, ModelUnreadable."""
        return self._description().dimensions

    @property
    def max_tokens(self) -> int:
        """What the model reads of a text, in tokens. Raises ModelMissing, ModelUnreadable."""
        return self._description().max_tokens

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        return self._child.pid

    def warm(self) -> None:
        """Start the child and let it load in the background. Raises as `embed` does."""
        self._ask("warm", (), _COUNT_SECONDS)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The length of each text in tokens; needs only the tokenizer, so it answers before the model is loaded.

        Raises as `embed` does.
        """
        counts: list[int] = []
        for some in _windows(texts):
            answer = self._ask("count", some, _COUNT_SECONDS).values.get("counts")
            if not isinstance(answer, list) or len(answer) != len(some):
                raise Bug("the embedder counted wrongly.")
            counts += [int(count) for count in answer]
        return counts

    def embed(self, texts: Sequence[str], stop: Stop | None = None) -> Vectors:
        """A vector for each text, in their order.

        Raises ModelMissing, ModelUnreadable, ChildDied, ChildTimedOut, and Stopped.
        """
        with self._asking():
            return self._embed(texts, stop)

    def near(self, question: str, texts: Sequence[str], spans: Sequence[tuple[int, int, int]]) -> Nearness | None:
        """How near each span (text, start, end; characters) is to a question, read within its text.

        None where this model's tokenizer does not say where its tokens stand. Raises as `embed` does.
        """
        if not spans:
            return None
        with self._asking():
            more = {"spans": [list(span) for span in spans]}
            answer = self._ask("near", [question, *texts], _EMBED_SECONDS, more=more)
        told = answer.values.get("tokens")
        if not isinstance(told, list):
            return None
        found = read([(int(start), int(end)) for start, end in told], answer.payload, len(spans))
        if found is None:
            raise Bug("the embedder gave back another number of spans.")
        return found

    def read(self, question: str, texts: Sequence[str]) -> list[Reading] | None:
        """Each text read with a question in mind; None where there is no reader. Raises as `embed` does."""
        if self._reader is None or not texts:
            return None
        own = {"base": str(self._reader.base), "own": str(self._reader.own)}
        with self._asking():
            answer = self._ask("read", [question, *texts], _EMBED_SECONDS, more={"reader": own})
        places = answer.values.get("places")
        found = readings(places, answer.payload) if isinstance(places, list) and len(places) == len(texts) else None
        if found is None:
            raise Bug("the reader gave back something else than it was asked for.")
        return found

    def stream(self, texts: Sequence[str], batch: int = 16, stop: Stop | None = None) -> Iterator[Vectors]:
        """The vectors of many texts, `batch` at a time, in their order. Raises as `embed` does."""
        for start in range(0, len(texts), batch):
            with self._idle:
                self._idle.wait_for(lambda: self._questions == 0, _WAIT_FOR_QUESTION)
            yield self._embed(texts[start : start + batch], stop)

    def close(self) -> None:
        """End the child."""
        self._child.close()

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Have the batches of a stream wait."""
        with self._idle:
            self._questions += 1
        try:
            yield
        finally:
            with self._idle:
                self._questions -= 1
                self._idle.notify_all()

    def _embed(self, texts: Sequence[str], stop: Stop | None) -> Vectors:
        if stop is not None and stop.requested:
            raise Stopped
        dimensions = self.dimensions
        if not texts:
            return Vectors(0, dimensions, b"")
        data = self._ask("embed", texts, _EMBED_SECONDS, stop).payload
        if len(data) != len(texts) * dimensions * 4:
            raise Bug("the embedder gave back another number of vectors.")
        return Vectors(len(texts), dimensions, data)

    def _ask(
        self,
        op: str,
        texts: Sequence[str],
        deadline: float,
        stop: Stop | None = None,
        more: Mapping[str, object] | None = None,
    ) -> Reply:
        how = {"folder": str(self._folder), "threads": self._threads, "precision": self._precision}
        try:
            return self._child.call(op, {**how, "texts": list(texts), **(more or {})}, deadline=deadline, stop=stop)
        except Refusal as refusal:
            raise self._refused(refusal.code, refusal.detail) from refusal

    def _description(self) -> Description:
        if self._described is None:
            try:
                self._described = describe(self._folder)
            except FolderRefused as refused:
                raise self._refused(refused.code, refused.detail) from refused
        return self._described

    def _refused(self, code: str, detail: str) -> PrivetError:
        match code:
            case "cancelled":
                return Stopped()
            case "missing":
                return ModelMissing(
                    f"The model that searches by meaning is not at {self._folder}.", "Install Privet again."
                )
            case "unsound" | "not-loaded" | "not-vectors":
                return ModelUnreadable(
                    f"The model that searches by meaning, at {self._folder}, is not sound.", "Install Privet again."
                )
            case "out-of-memory":
                return ModelUnreadable(
                    "There is not enough memory to search by meaning.", "Close other programs and try again."
                )
            case _:
                return Bug(f"the embedder refused ({code} {detail}).")


def _paths(folder: Path, reader: ReaderFiles | None) -> tuple[Path, ...]:
    return (folder,) if reader is None else (folder, reader.base, reader.own)


def _windows(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """`texts` in stretches that fit one request, in their order."""
    start = length = 0
    for index, text in enumerate(texts):
        if index > start and length + len(text) > _COUNTED_AT_ONCE:
            yield texts[start:index]
            start, length = index, 0
        length += len(text)
    if start < len(texts):
        yield texts[start:]
