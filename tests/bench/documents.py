"""Adding documents: against the bare embedder, against a plain pipeline, and as the collection grows.

Two benches: "documents" adds articles; "growing" adds PRIVET_BENCH_DOCUMENTS made ones (10,000, of ten passages each)
to a collection that it keeps in build/bench, for PRIVET_BENCH_SECONDS at most: called again, it goes on where it was,
and measures what is there once it is complete.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import psutil

from assistant.app import Privet
from assistant.retrieval import NewDocument, Retrieval, embedded_text
from assistant.settings import Folders
from assistant.values import Indexed, PageHow, PageText, Passage, Stop
from assistant.vault import Unlock
from assistant.workers import usable_cores
from tests.bench.figure import Figure
from tests.conftest import SHARED_DATA

ROUNDS = 3
ARTICLES = 4  # a round
DOCUMENTS = int(os.environ.get("PRIVET_BENCH_DOCUMENTS", "10000"))
PASSAGES = 10
FOLLOWED = 50  # documents after which the index takes over what was learned
SECONDS = float(os.environ.get("PRIVET_BENCH_SECONDS", "3600"))
GROWN = Path(__file__).absolute().parents[2] / "build" / "bench" / "growing"
DIMENSIONS = 384
QUESTIONS = 200


def figures() -> list[Figure]:
    """Adding, against the bare embedder and a plain pipeline; nothing where the articles are not there."""
    return _against_others() if SHARED_DATA.is_dir() else []


def growing() -> list[Figure]:
    """What becomes of time, memory and searches as a collection grows; nothing where the articles are not there."""
    return _growing() if SHARED_DATA.is_dir() else []


def _against_others() -> list[Figure]:
    articles = sorted((SHARED_DATA / "squad_articles").glob("*.txt"))
    rounds = [articles[at * ARTICLES : (at + 1) * ARTICLES] for at in range(ROUNDS)]
    with tempfile.TemporaryDirectory(prefix="privet-bench-") as folder:
        privet = Privet.open(Folders.inside(Path(folder) / "home"), Unlock(lambda _: "bench", use_keychain=False))
        plain = _plain(privet.models.embedded_embedder(), Path(folder) / "chroma")
        try:
            privet.embedder.embed(["warm"])
            privet.retrieval.follow()
            list(privet.documents.add([articles[-1]], Stop()))  # starts every child
            measured = [_round(privet, plain, some, odd=number % 2 == 1) for number, some in enumerate(rounds)]
        finally:
            plain.communicate()
            privet.close()
    ours, alone, theirs, words = (statistics.median(column) for column in zip(*measured, strict=True))
    return [
        Figure("articles added end to end, against the bare embedder", ours, "passages/s", alone, ">= 0.90"),
        Figure("articles added, against a plain pipeline", 1 / words, "set/s", 1 / theirs, ">= 1.5"),
    ]


def _plain(model: Path, folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.bench.plain_pipeline", str(model), str(folder), str(usable_cores())]
    plain = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert plain.stdout is not None
    assert plain.stdout.readline() == "ready\n"
    return plain


def _round(
    privet: Privet, plain: subprocess.Popen[str], articles: Sequence[Path], odd: bool
) -> tuple[float, float, float, float]:
    """Passages a second of Privet and of its embedder alone; seconds of the plain pipeline and of Privet."""
    theirs = _theirs(plain, articles) if odd else 0.0
    began = time.perf_counter()
    added = [event for event in privet.documents.add(articles, Stop()) if isinstance(event, Indexed)]
    ours = time.perf_counter() - began
    passages = [one for event in added for one in privet.retrieval.passages_of(event.document.id)]
    began = time.perf_counter()
    for _ in privet.embedder.stream([embedded_text(passage) for passage in passages]):
        pass
    alone = time.perf_counter() - began
    theirs = theirs or _theirs(plain, articles)
    return len(passages) / ours, len(passages) / alone, theirs, ours


def _theirs(plain: subprocess.Popen[str], articles: Sequence[Path]) -> float:
    assert plain.stdin is not None and plain.stdout is not None
    plain.stdin.write(json.dumps([str(path) for path in articles]) + "\n")
    plain.stdin.flush()
    seconds, _ = json.loads(plain.stdout.readline())
    return float(seconds)


def _growing() -> list[Figure]:
    """Grow the collection that is kept in build/bench, for SECONDS at most, and measure it once it is complete."""
    folders, kept = Folders.inside(GROWN / "home"), GROWN / f"{DOCUMENTS}.json"
    if not kept.is_file():
        shutil.rmtree(GROWN, ignore_errors=True)
        GROWN.mkdir(parents=True)
        kept.write_text(json.dumps({"times": [], "memory": []}), encoding="utf-8")
    measured = json.loads(kept.read_text(encoding="utf-8"))
    until = time.monotonic() + SECONDS
    privet = Privet.open(folders, Unlock(lambda _: "bench", use_keychain=False))
    try:
        while len(measured["times"]) < DOCUMENTS and time.monotonic() < until:
            _grow(privet.retrieval, measured, until)
            kept.write_text(json.dumps(measured), encoding="utf-8")
    finally:
        privet.close()
    there = len(measured["times"])
    if there < DOCUMENTS:
        return [Figure(f"documents kept in {GROWN.name}, of {DOCUMENTS:,}; call again", there, "", None)]
    return _grown(folders, measured)


def _grown(folders: Folders, measured: dict[str, list[float]]) -> list[Figure]:
    """The figures of the complete collection."""
    starts = [(_started(folders), _started(Folders.inside(GROWN / "empty"))) for _ in range(ROUNDS)]
    full, empty = (statistics.median(column) for column in zip(*starts, strict=True))
    privet = Privet.open(folders, Unlock(lambda _: "bench", use_keychain=False))
    try:
        looked, asked = _ready(privet)
        waits = list(_search(privet))
        began = time.perf_counter()
        sound = privet.retrieval.verify()
        verified = time.perf_counter() - began
        privet.retrieval.close()
    finally:
        privet.close()
    times, memory = measured["times"], measured["memory"]
    tenth = max(1, len(times) // 10)
    first = statistics.mean(times[tenth : 2 * tenth])  # the first ones start children and make files
    last = statistics.mean(times[-tenth:])
    total = f"{DOCUMENTS:,} documents, {DOCUMENTS * PASSAGES:,} passages"
    return [
        Figure(f"{total}: time a document, at the end", last * 1000, "ms", first * 1000, "<= 1.3"),
        *_waited(total, waits),
        Figure(f"{total}: index looked at after a start", looked, "s"),
        Figure(f"{total}: the first search after it", asked * 1000, "ms"),
        Figure(f"{total}: memory of the parent, at the end", memory[-1], "MB", memory[0], "<= 1.3"),
        Figure(f"{total}: opened, against an empty vault", full, "s", empty, "<= 1.1"),
        Figure(f"{total}: index verified, 1,000 samples", verified, "s"),
        Figure(f"{total}: index agrees with the vault", float(sound), "", None, ">= 1"),
    ]


def _started(folders: Folders) -> float:
    """Seconds until a vault is open and its documents can be told, in a process that has opened others."""
    unlock = Unlock(lambda _: "bench", use_keychain=False)
    Privet.open(folders, unlock).close()  # the key's price in seconds is the same for both; the files are warm
    began = time.perf_counter()
    privet = Privet.open(folders, unlock)
    took = time.perf_counter() - began
    privet.close()
    return took


def _grow(retrieval: Retrieval, measured: dict[str, list[float]], until: float) -> None:
    """Put in as many documents as time allows, in the steps of the learner: every 500 passages.

    Into `measured`: seconds of each document, and the parent's memory in megabytes, now and then.
    """
    words, process = _words(), psutil.Process()
    while len(measured["times"]) < DOCUMENTS and time.monotonic() < until:
        times = []
        for number in range(len(measured["times"]), min(DOCUMENTS, len(measured["times"]) + FOLLOWED)):
            new, vectors = _made(number, words, random.Random(number))
            began = time.perf_counter()
            stored = retrieval.put(new)
            given = {id_: vectors[at] for at, id_ in enumerate(stored.passages)}
            retrieval.learn(given, {stored.document.id})
            times.append(time.perf_counter() - began)
        began = time.perf_counter()
        retrieval.follow()
        each = (time.perf_counter() - began) / len(times)
        measured["times"] += [one + each for one in times]
        if len(measured["times"]) >= DOCUMENTS // 10:
            measured["memory"].append(process.memory_info().rss / 1e6)


def _made(number: int, words: Sequence[str], chance: random.Random) -> tuple[NewDocument, list[bytes]]:
    passages = []
    for at in range(PASSAGES):
        start = chance.randrange(len(words) - 120)
        passages.append(Passage(" ".join(words[start : start + chance.randint(60, 120)]), at, 120, at + 1, at + 1))
    texts = [PageText(at, PageHow.TEXT, passage.text) for at, passage in enumerate(passages, 1)]
    path = Path(f"/made/{number}.pdf")
    new = NewDocument(path, f"{number:064x}", path.name, PASSAGES, 1000, passages, texts=texts)
    return new, [_unit(chance) for _ in passages]


def _unit(chance: random.Random) -> bytes:
    numbers = [chance.gauss(0, 1) for _ in range(DIMENSIONS)]
    length = sum(number * number for number in numbers) ** 0.5
    return array("f", [number / length for number in numbers]).tobytes()


def _words() -> list[str]:
    files = sorted((SHARED_DATA / "squad_articles").glob("*.txt"))
    return " ".join(file.read_text(encoding="utf-8", errors="replace") for file in files).split()


@dataclass(frozen=True, slots=True)
class _Wait:
    """Seconds of one search. words, vectors: what it takes to ask either index once, measured apart from it."""

    embedded: float
    searched: float
    words: float
    vectors: float


def _ready(privet: Privet) -> tuple[float, float]:
    """Seconds of the look at the index that follows a start, and of the first search after it."""
    privet.embedder.embed(["warm"])
    began = time.perf_counter()
    for _ in privet.retrieval.ensure(Stop()):
        pass
    looked = time.perf_counter() - began
    began = time.perf_counter()
    privet.retrieval.search("When was the war?", _unit(random.Random(1)), 4)
    return looked, time.perf_counter() - began


def _search(privet: Privet) -> Iterator[_Wait]:
    """Searches for questions, one after the other, each embedded by the warm embedder.

    What is kept are made vectors, so a made one is searched for, too.
    """
    data = json.loads((SHARED_DATA / "xquad" / "xquad.en.json").read_text(encoding="utf-8"))["data"]
    asked = [qa["question"] for article in data for paragraph in article["paragraphs"] for qa in paragraph["qas"]]
    chance = random.Random(2)
    for question in chance.sample(asked, QUESTIONS):
        vector = _unit(chance)
        marks = [time.perf_counter()]
        for step in (
            lambda text=question: privet.embedder.embed([text]),
            lambda text=question, near=vector: privet.retrieval.search(text, near, 4),
            lambda text=question: privet.retrieval.rankings(text, b""),
            lambda text=question, near=vector: privet.retrieval.rankings(text, near),
        ):
            step()
            marks.append(time.perf_counter())
        embedded, searched, words, both = (after - before for before, after in pairwise(marks))
        yield _Wait(embedded, searched, words, max(0.0, both - words))


def _waited(total: str, waits: Sequence[_Wait]) -> Iterator[Figure]:
    """Median, p95 and the longest: with the question's embedding, without it, and of the parts."""
    kinds: dict[str, tuple[list[float], str | None]] = {
        "search": ([wait.searched for wait in waits], "<= 100"),
        "search, the question's embedding included": ([wait.embedded + wait.searched for wait in waits], "<= 100"),
        "the embedding": ([wait.embedded for wait in waits], None),
        "the index of words asked": ([wait.words for wait in waits], None),
        "the index of vectors asked once, of twice": ([wait.vectors for wait in waits], None),
    }
    for name, (seconds, bar) in kinds.items():
        inorder = sorted(seconds)
        yield Figure(f"{total}: {name}, median", statistics.median(inorder) * 1000, "ms")
        yield Figure(f"{total}: {name}, p95", inorder[int(0.95 * len(inorder))] * 1000, "ms", None, bar)
        yield Figure(f"{total}: {name}, longest", inorder[-1] * 1000, "ms")
