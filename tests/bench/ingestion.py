"""Reading PDFs against bare pypdfium2, real documents' words, and adding documents against the bare embedder."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from assistant.app import Privet
from assistant.ingestion import chunk, read_document
from assistant.settings import Folders
from assistant.values import Indexed, ReadDocument, Stop
from assistant.vault import Unlock
from tests.assistant.ingestion.test_recall import KINDS, has_rendering, recall
from tests.bench.figure import Figure, side_by_side
from tests.conftest import SHARED_DATA
from tests.journeys.papers import pdf

PAGES = 150
ROUNDS = 5
BETWEEN_FILES = 1.5  # seconds in which the passages of the file before are embedded, and the next child starts

BARE_PDF = """
import sys, time, pypdfium2
for path in sys.stdin:
    began = time.perf_counter()
    with open(path.strip(), "rb") as file:
        document = pypdfium2.PdfDocument(file.read())
        text = [page.get_textpage().get_text_bounded() for page in document]
    print(time.perf_counter() - began, flush=True)
"""


def figures() -> list[Figure]:
    """Pages a second and passages a second."""
    with tempfile.TemporaryDirectory(prefix="privet-bench-") as folder:
        home = Path(folder)
        report = pdf(home / "report.pdf", _pages())
        bare = subprocess.Popen(
            [sys.executable, "-c", BARE_PDF], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

        def theirs() -> float:
            assert bare.stdin is not None
            assert bare.stdout is not None
            bare.stdin.write(f"{report}\n")
            bare.stdin.flush()
            return PAGES / float(bare.stdout.readline())

        theirs()
        _read(report)
        read, raw = side_by_side(lambda: _read(report), theirs, ROUNDS)
        bare.communicate()
        privet = Privet.open(Folders.inside(home / "home"), Unlock(passphrase=lambda _: "bench", use_keychain=False))
        try:
            added, embedded = _added(privet, report)
        finally:
            privet.close()
    return [
        Figure("PDF read in its sandbox, a child a file, against bare pypdfium2", read, "pages/s", raw, ">= 0.5"),
        *_recalls(),
        Figure("document added end to end, against the bare embedder", added, "passages/s", embedded),
    ]


def _pages() -> list[str]:
    """150 pages of about 400 words, from the shared articles where they are, else from one sentence."""
    words = "The hedge at the end of the lane is green and tall and quiet.".split() * 5000
    if SHARED_DATA.is_dir():
        files = sorted((SHARED_DATA / "squad_articles").rglob("*.txt"))[:40]
        found = " ".join(file.read_text(encoding="utf-8", errors="replace") for file in files).split()
        words = found if len(found) >= PAGES * 400 else words
    return [" ".join(words[at * 400 : at * 400 + 400]) for at in range(PAGES)]


def _recalls() -> list[Figure]:
    """For each kind of document, the share of another reader's words that is read, on average and at the least."""
    found: list[Figure] = []
    for kind in KINDS if SHARED_DATA.is_dir() else ():
        files = [path for path in sorted((SHARED_DATA / "formats" / kind).iterdir()) if has_rendering(path)]
        shares = [recall(path) for path in files]
        found.append(
            Figure(f"words of {kind} read, mean of {len(files)}", sum(shares) / len(shares), "", None, ">= 0.97")
        )
        found.append(Figure(f"words of {kind} read, least", min(shares), "", None, ">= 0.80"))
    return found


def _read(path: Path) -> float:
    time.sleep(BETWEEN_FILES)
    began = time.perf_counter()
    for _ in read_document(path, None):
        pass
    return PAGES / (time.perf_counter() - began)


def _added(privet: Privet, report: Path) -> tuple[float, float]:
    """Passages a second of the whole way, and of the embedder alone on the same passages."""
    privet.embedder.warm()
    privet.embedder.embed(["warm"])
    read = next(event for event in read_document(report, None) if isinstance(event, ReadDocument))
    passages = chunk(read.blocks, privet.embedder.count_tokens)
    began = time.perf_counter()
    done = [event for event in privet.documents.add([report], Stop()) if isinstance(event, Indexed)]
    whole = time.perf_counter() - began
    began = time.perf_counter()
    for _ in privet.embedder.stream([passage.text for passage in passages]):
        pass
    alone = time.perf_counter() - began
    return done[0].document.passages / whole, len(passages) / alone
