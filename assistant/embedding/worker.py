"""The embedder's child: counts tokens at once, loads the model behind that, then turns texts into vectors."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from assistant.embedding.architecture import shape_of
from assistant.embedding.folder import FolderRefused, describe
from assistant.workers import Handler, Part, Refusal, Request

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from assistant.embedding.child.reading import ReadingModel


class _Encoder(Protocol):
    def encode(self, texts: Sequence[str], go_on: Callable[[], None]) -> Any: ...

    def tokens(self, texts: Sequence[str], go_on: Callable[[], None]) -> Sequence[tuple[Any, Any]] | None:
        """Of each text the vectors of its tokens, special ones too, and where they stand; None: that can't be told."""


class _Model:
    """The one model of this child; its heavy part loads in a thread of its own."""

    def __init__(self, folder: Path, threads: int, precision: str) -> None:
        """precision: "reference" and "bf16" run it on PyTorch; "int8" and "fp32" on ONNX Runtime, where that can."""
        self._folder = folder
        self._threads = threads
        self._precision = precision
        self.description = describe(folder)
        self._tokenizer: Tokenizer | None = None
        self._loaded: _Encoder | None = None
        self._failed = ""
        self._reader: ReadingModel | None = None
        self._loading = threading.Thread(target=self._load, name="model", daemon=True)

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without the two that the model adds itself."""
        if self._tokenizer is None:
            from tokenizers import Tokenizer

            self._tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
            self._tokenizer.no_truncation()
            self._tokenizer.no_padding()
        return [len(encoding) for encoding in self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]

    def start(self) -> None:
        """Begin to load, in the background; a second call does nothing."""
        if self._loading.ident is None:
            self._loading.start()

    def embed(self, texts: Sequence[str], cancelled: threading.Event) -> bytes:
        """One unit vector a text, float32 little-endian, in the order of the texts."""
        model = self._ready(cancelled)
        import numpy

        def go_on() -> None:
            if cancelled.is_set():
                raise Refusal("cancelled")

        rows = numpy.ascontiguousarray(model.encode(texts, go_on), dtype="<f4")
        if rows.shape != (len(texts), self.description.dimensions) or not numpy.isfinite(rows).all():
            raise Refusal("not-vectors")
        return rows.tobytes()

    def near(
        self, question: str, texts: Sequence[str], spans: Sequence[Sequence[int]], cancelled: threading.Event
    ) -> tuple[list[list[int]], bytes] | None:
        """As `Embedder.near`: where the question's tokens stand, and a row of float32 a span."""
        model = self._ready(cancelled)
        import numpy

        from assistant.embedding.child.nearness import nearness

        def go_on() -> None:
            if cancelled.is_set():
                raise Refusal("cancelled")

        read = model.tokens([question, *texts], go_on)
        if read is None:
            return None
        places, rows = nearness(read[0], read[1:], spans)
        if not numpy.isfinite(rows).all():
            raise Refusal("not-vectors")
        return places, rows.tobytes()

    def read(
        self, base: Path, own: Path, question: str, texts: Sequence[str], cancelled: threading.Event
    ) -> tuple[list[list[tuple[int, int]]], bytes]:
        """As `Embedder.read`, by the reader `own` over the model in `base`, which is loaded with the first question."""
        if self._reader is None:
            self._reader = self._load_reader(base, own)

        def go_on() -> None:
            if cancelled.is_set():
                raise Refusal("cancelled")

        import numpy

        places, numbers = self._reader.read(question, texts, go_on)
        if not numpy.isfinite(numbers).all():
            raise Refusal("not-vectors")
        return places, numbers.tobytes()

    def _load_reader(self, base: Path, own: Path) -> ReadingModel:
        from assistant.embedding.child.reading import ReadingModel

        shape = shape_of(base, describe(base).pooling)
        if shape is None:
            raise Refusal("not-loaded", "the reader's base")
        try:
            return ReadingModel(base, own, shape, self._threads, eight_bits=self._precision == "int8")
        except Exception as error:  # whatever a library raises is one thing here: it did not load
            raise Refusal("not-loaded", type(error).__name__) from error

    def _ready(self, cancelled: threading.Event) -> _Encoder:
        self.start()
        while self._loading.is_alive():
            if cancelled.is_set():
                raise Refusal("cancelled")
            self._loading.join(0.05)
        if self._loaded is None:
            raise Refusal("not-loaded", self._failed)
        return self._loaded

    def _load(self) -> None:
        try:
            self._loaded = self._quick() or self._reference()
        except Exception as error:  # noqa: BLE001 - whatever a library raises is one thing here: it did not load
            self._failed = type(error).__name__

    def _quick(self) -> _Encoder | None:
        """On ONNX Runtime, None where this model needs PyTorch."""
        on_torch = self._precision in ("reference", "bf16")
        shape = None if on_torch else shape_of(self._folder, self.description.pooling)
        if shape is None or shape.width != self.description.dimensions:
            return None
        from assistant.embedding.child.quick import QuickModel

        eight, most = self._precision == "int8", self.description.max_tokens
        return QuickModel(self._folder, shape, self._threads, eight_bits=eight, max_tokens=most)

    def _reference(self) -> _Encoder:
        from assistant.embedding.child.reference import ReferenceModel

        return ReferenceModel(self._folder, self._threads, sixteen_bits=self._precision == "bf16")


class _Worker:
    """The requests of this child; each names the folder, so that a new child needs no greeting."""

    def __init__(self) -> None:
        self._model: _Model | None = None

    def warm(self, request: Request) -> Iterator[Part]:
        """Begin to load and answer at once."""
        self._opened(request).start()
        yield Part()

    def count(self, request: Request) -> Iterator[Part]:
        """Token counts."""
        yield Part({"counts": self._opened(request).count(_texts(request))})

    def embed(self, request: Request) -> Iterator[Part]:
        """Vectors as raw bytes."""
        yield Part({}, self._opened(request).embed(_texts(request), request.cancelled))

    def near(self, request: Request) -> Iterator[Part]:
        """Where the question's tokens stand, and the rows as raw bytes; no "tokens" where that can't be told."""
        question, *texts = _texts(request)
        spans = request.arguments.get("spans")
        if not isinstance(spans, list) or not all(_is_span(span, texts) for span in spans):
            raise Refusal("no-spans")
        found = self._opened(request).near(question, texts, spans, request.cancelled)
        yield Part() if found is None else Part({"tokens": found[0]}, found[1])

    def read(self, request: Request) -> Iterator[Part]:
        """Where the tokens of each text stand, and the reader's numbers as raw bytes."""
        question, *texts = _texts(request)
        reader = request.arguments.get("reader")
        if not isinstance(reader, dict):
            raise Refusal("no-reader")
        base, own = (Path(str(reader.get(name))) for name in ("base", "own"))
        places, numbers = self._opened(request).read(base, own, question, texts, request.cancelled)
        yield Part({"places": places}, numbers)

    def _opened(self, request: Request) -> _Model:
        if self._model is None:
            threads = request.arguments.get("threads")
            try:
                self._model = _Model(
                    Path(str(request.arguments.get("folder"))),
                    threads if isinstance(threads, int) else 1,
                    str(request.arguments.get("precision")),
                )
            except FolderRefused as refused:
                raise Refusal(refused.code, refused.detail) from refused
        return self._model


def _texts(request: Request) -> list[str]:
    texts = request.arguments.get("texts")
    if not isinstance(texts, list):
        raise Refusal("no-texts")
    # Half a character (a lone surrogate) is no text to a tokenizer.
    return [str(text).encode("utf-8", "replace").decode("utf-8") for text in texts]


def _is_span(span: object, texts: Sequence[str]) -> bool:
    if not isinstance(span, list) or len(span) != 3 or not all(isinstance(number, int) for number in span):
        return False
    text, start, end = span
    return bool(0 <= text < len(texts) and 0 <= start <= end)


def handlers() -> Mapping[str, Handler]:
    """What this child can be asked for."""
    worker = _Worker()
    return {"warm": worker.warm, "count": worker.count, "embed": worker.embed, "near": worker.near, "read": worker.read}
