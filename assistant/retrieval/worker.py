"""The index's child: one generation of the Chroma collection, holding opaque ids and turned vectors, nothing else."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from assistant.workers import Handler, Part, Refusal, Request, usable_cores

if TYPE_CHECKING:
    import numpy
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

    Rows = numpy.ndarray[Any, numpy.dtype[numpy.float32]]

_PREFIX: Final = "passages-"
_SHARD: Final = 16_384
"""Passages, by their numbers, of one collection, so of one graph.

To put a vector into a graph costs more the more it holds; so there are many, none of which grows beyond this, and a
search asks all. What is added costs the same however much is there, and a search passes less by than in one graph.
"""
_AT_ONCE: Final = 4  # shards that are asked at the same time
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
    """One open generation: vectors in shards by the numbers of their passages."""

    def __init__(self, folder: Path | None, secret: bytes) -> None:
        self._secret = secret
        self._rotation: Rows | None = None
        self.client = _client(folder)
        self._shards: dict[int, Collection] = {}
        self._beside = ThreadPoolExecutor(min(usable_cores(), _AT_ONCE))
        for found in self.client.list_collections():
            number = found.name.removeprefix(_PREFIX)
            if not number.isdecimal():
                raise Refusal("layout")  # of an earlier Privet, which had one graph for all
            self._shards[int(number)] = found

    def count(self) -> int:
        """How many vectors there are."""
        return sum(shard.count() for shard in self._shards.values())

    def add(self, payload: bytes, ids: Sequence[str]) -> None:
        """Add vectors, or put others in the place of those with the same ids."""
        turned = self._turned(payload, len(ids))
        for number, places in _by_shard(ids).items():
            self._shard(number).upsert(ids=[ids[at] for at in places], embeddings=turned[places])

    def remove(self, ids: Sequence[str]) -> None:
        """Remove vectors; ids that are not there do no harm."""
        for number, places in _by_shard(ids).items():
            if number in self._shards:
                self._shards[number].delete(ids=[ids[at] for at in places])

    def nearest(self, payload: bytes, k: int, among: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """The `k` nearest of one vector: id and cosine distance, nearest first. among: only these."""
        turned = self._turned(payload, 1)
        found: list[tuple[str, float]] = []
        if among is None:
            for near in self._beside.map(lambda shard: _ask(shard, turned, k)[0], self._shards.values()):
                found += near
        else:
            for number, places in _by_shard(among).items():
                if number in self._shards:
                    found += _ask(self._shards[number], turned, k, [among[at] for at in places])[0]
        return sorted(found, key=lambda one: one[1])[: min(k, _MOST_NEIGHBOURS)]

    def find_themselves(self, payload: bytes, ids: Sequence[str]) -> list[bool]:
        """For each of these ids whether its vector is found when it is searched for, in the shard that it is in."""
        turned, themselves = self._turned(payload, len(ids)), [False] * len(ids)
        for number, places in _by_shard(ids).items():
            if number in self._shards:
                for at, near in zip(places, _ask(self._shards[number], turned[places], 1), strict=True):
                    themselves[at] = bool(near) and near[0][1] < _SAME
        return themselves

    def holds(self, payload: bytes, id_: str) -> bool:
        """True if this id has this vector: looked up, not searched for."""
        shard = self._shards.get(_shard_of(id_))
        if shard is None or not shard.get(ids=[id_], include=[])["ids"]:
            return False
        near = self.nearest(payload, 1, [id_])
        return bool(near) and near[0][1] < _SAME

    def _shard(self, number: int) -> Collection:
        """The shard of that number, made where it is not there."""
        if number not in self._shards:
            self._shards[number] = self.client.get_or_create_collection(
                f"{_PREFIX}{number:06d}",
                embedding_function=None,  # the default one would fetch a model
                configuration={
                    "hnsw": {"space": "cosine", "ef_construction": 128, "ef_search": 128, "max_neighbors": 16}
                },
            )
        return self._shards[number]

    def _turned(self, payload: bytes, count: int) -> Rows:
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


def _shard_of(id_: str) -> int:
    return int(id_) // _SHARD


def _by_shard(ids: Sequence[str]) -> dict[int, list[int]]:
    """Which shards hold these ids: number -> places in `ids`."""
    places: dict[int, list[int]] = {}
    for at, id_ in enumerate(ids):
        places.setdefault(_shard_of(id_), []).append(at)
    return places


def _ask(shard: Collection, turned: Rows, k: int, among: list[str] | None = None) -> list[list[tuple[str, float]]]:
    """For each of these vectors its `k` nearest in one shard: id and cosine distance, nearest first."""
    found = shard.query(query_embeddings=turned, ids=among, n_results=min(k, _MOST_NEIGHBOURS), include=["distances"])
    distances = found["distances"] or []
    return [list(zip(ids, near, strict=True)) for ids, near in zip(found["ids"], distances, strict=True)]


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
        yield Part()

    def add(self, request: Request) -> Iterator[Part]:
        """Add vectors, or put others in the place of those with the same ids."""
        ids = _ids(request)
        self._opened().add(request.payload, ids)
        yield Part()

    def remove(self, request: Request) -> Iterator[Part]:
        """Remove ids; those that are not there do no harm."""
        self._opened().remove(_ids(request))
        yield Part()

    def query(self, request: Request) -> Iterator[Part]:
        """The nearest of one vector."""
        k = request.arguments.get("k")
        among = _ids(request) if "ids" in request.arguments else None
        near = self._opened().nearest(request.payload, max(1, k if isinstance(k, int) else 1), among)
        yield Part({"ids": [id_ for id_, _ in near], "cosines": [1 - distance for _, distance in near]})

    def count(self, request: Request) -> Iterator[Part]:
        """How many vectors there are."""
        yield Part({"count": self._opened().count()})

    def check(self, request: Request) -> Iterator[Part]:
        """Which of these ids are found when their own vectors are searched for.

        Where many passages have the same words, one of its twins is as good as the vector itself. The search is
        approximate: of a hundred thousand vectors it passes some by. A few are therefore looked up by their ids.
        """
        ids, index = _ids(request), self._opened()
        found = index.find_themselves(request.payload, ids)
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
    texts = [str(id_) for id_ in ids]
    if not all(text.isdecimal() for text in texts):
        raise Refusal("ids")
    return texts


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
