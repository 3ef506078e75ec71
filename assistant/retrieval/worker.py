"""The index's child: one generation of the Chroma collection, holding opaque ids and turned vectors, nothing else."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from assistant.workers import Handler, Part, Refusal, Request

if TYPE_CHECKING:
    import numpy
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

    Rows = numpy.ndarray[Any, numpy.dtype[numpy.float32]]

_COLLECTION: Final = "passages"
_MOST_NEIGHBOURS: Final = 100
_PASSED_BY: Final = 0.02
"""The share of sampled vectors that a sound index may pass by; of 100,000 random ones it was 0.002."""
_SAME: Final = 1e-3  # cosine distance under which two vectors are one, float32 and two rotations considered


def rotation(secret: bytes, dimensions: int) -> Rows:
    """The secret rotation: an orthogonal matrix, `dimensions` square, uniformly drawn, always the same for a secret.

    Numbers come from SHAKE-256 and not from numpy's generators, whose streams may change between versions.
    Uniform over all rotations by the QR decomposition of a Gaussian matrix (Mezzadri, Notices of the AMS
    54, 2007). It keeps every distance and stops ready-made inversion; it is no encryption.
    """
    import numpy

    count = dimensions * dimensions
    stream = hashlib.shake_256(b"privet index rotation" + secret).digest(2 * count * 8)
    uniform = ((numpy.frombuffer(stream, "<u8") >> 11) + 0.5) / float(1 << 53)
    radius, angle = numpy.sqrt(-2 * numpy.log(uniform[:count])), 2 * numpy.pi * uniform[count:]
    q, r = numpy.linalg.qr((radius * numpy.cos(angle)).reshape(dimensions, dimensions))
    turned: Rows = (q * numpy.sign(numpy.diag(r))).astype(numpy.float32)
    return turned


class _Index:
    """One open generation."""

    def __init__(self, folder: Path | None, secret: bytes) -> None:
        self._secret = secret
        self._rotation: Rows | None = None
        self.client = _client(folder)
        self.collection: Collection = self.client.get_or_create_collection(
            _COLLECTION,
            embedding_function=None,  # the default one would fetch a model
            configuration={"hnsw": {"space": "cosine", "ef_construction": 200, "ef_search": 200, "max_neighbors": 16}},
        )

    def turned(self, payload: bytes, count: int) -> Rows:
        """`count` vectors of `payload` after the rotation, one a row."""
        import numpy

        if count < 1 or not payload or len(payload) % (4 * count):
            raise Refusal("vectors", f"{len(payload)} bytes for {count}")
        rows = numpy.frombuffer(payload, "<f4").reshape(count, -1)
        if not numpy.isfinite(rows).all():
            raise Refusal("vectors", "not finite")
        if self._rotation is None or len(self._rotation) != rows.shape[1]:
            self._rotation = rotation(self._secret, rows.shape[1])
        turned: Rows = rows @ self._rotation
        return turned

    def nearest(
        self, payload: bytes, count: int, k: int, among: list[str] | None = None
    ) -> list[list[tuple[str, float]]]:
        """For each of `count` vectors its `k` nearest: id and cosine distance, nearest first. among: only these."""
        held = self.collection.count()
        if not held:
            return [[] for _ in range(count)]
        found = self.collection.query(
            query_embeddings=self.turned(payload, count),
            ids=among,
            n_results=min(k, held, _MOST_NEIGHBOURS),
            include=["distances"],
        )
        distances = found["distances"] or []
        return [list(zip(ids, near, strict=True)) for ids, near in zip(found["ids"], distances, strict=True)]

    def holds(self, payload: bytes, id_: str) -> bool:
        """True if this id has this vector: looked up, not searched for."""
        if not self.collection.get(ids=[id_], include=[])["ids"]:
            return False
        near = self.nearest(payload, 1, 1, [id_])[0]
        return bool(near) and near[0][1] < _SAME


def _client(folder: Path | None) -> Client:
    """Chroma on `folder`, or in memory; deaf to the person's environment and without telemetry."""
    for name in list(os.environ):
        if name.upper().startswith("CHROMA"):
            del os.environ[name]
    if folder is not None:
        os.environ["SQLITE_TMPDIR"] = str(folder)  # and not a folder that everybody can look into
    from chromadb.api.client import Client
    from chromadb.config import Settings

    if folder is None:
        return Client(settings=Settings(anonymized_telemetry=False, allow_reset=False, is_persistent=False))
    return Client(
        settings=Settings(
            anonymized_telemetry=False, allow_reset=False, is_persistent=True, persist_directory=str(folder)
        )
    )


class _Worker:
    """The requests of this child."""

    def __init__(self) -> None:
        self._open: _Index | None = None

    def open(self, request: Request) -> Iterator[Part]:
        """Open the generation in `folder`, which exists; "" is memory. The payload is the secret."""
        folder = str(request.arguments["folder"])
        self._open = _Index(Path(folder) if folder else None, request.payload)
        yield Part({"count": self._open.collection.count()})

    def add(self, request: Request) -> Iterator[Part]:
        """Add vectors, or put others in the place of those with the same ids."""
        ids = _ids(request)
        index = self._opened()
        index.collection.upsert(ids=ids, embeddings=index.turned(request.payload, len(ids)))
        yield Part()

    def remove(self, request: Request) -> Iterator[Part]:
        """Remove ids; those that are not there do no harm."""
        self._opened().collection.delete(ids=_ids(request))
        yield Part()

    def query(self, request: Request) -> Iterator[Part]:
        """The nearest of one vector."""
        k = request.arguments.get("k")
        among = _ids(request) if "ids" in request.arguments else None
        (near,) = self._opened().nearest(request.payload, 1, max(1, k if isinstance(k, int) else 1), among)
        yield Part({"ids": [id_ for id_, _ in near], "cosines": [1 - distance for _, distance in near]})

    def count(self, request: Request) -> Iterator[Part]:
        """How many vectors there are."""
        yield Part({"count": self._opened().collection.count()})

    def check(self, request: Request) -> Iterator[Part]:
        """Which of these ids are found when their own vectors are searched for.

        Where many passages have the same words, one of its twins is as good as the vector itself. The search is
        approximate: of a hundred thousand vectors it passes some by. A few are therefore looked up by their ids.
        """
        ids, index = _ids(request), self._opened()
        found = [bool(near) and near[0][1] < _SAME for near in index.nearest(request.payload, len(ids), 1)]
        passed_by = [at for at, there in enumerate(found) if not there]
        if len(passed_by) <= max(1, _PASSED_BY * len(ids)):
            width = len(request.payload) // len(ids)
            for at in passed_by:
                found[at] = index.holds(request.payload[at * width : (at + 1) * width], ids[at])
        yield Part({"found": [id_ for id_, there in zip(ids, found, strict=True) if there]})

    def close(self, request: Request) -> Iterator[Part]:
        """Let go of the files in good order."""
        index, self._open = self._open, None
        if index is not None:
            index.client.close()
        yield Part()

    def _opened(self) -> _Index:
        if self._open is None:
            raise Refusal("not-open")
        return self._open


def _ids(request: Request) -> list[str]:
    ids = request.arguments.get("ids")
    if not isinstance(ids, list) or not ids:
        raise Refusal("ids")
    return [str(id_) for id_ in ids]


def handlers() -> Mapping[str, Handler]:
    """What this child can be asked for."""
    worker = _Worker()
    return {
        "open": worker.open,
        "add": worker.add,
        "remove": worker.remove,
        "query": worker.query,
        "count": worker.count,
        "check": worker.check,
        "close": worker.close,
    }
