"""The collections that retrieval is measured on, each put once into a Privet of its own under build/bench.

A collection is built once and kept, so that the benches that ask it can run one by one.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import numpy as np

from assistant.app import Privet
from assistant.ingestion import sentence_spans
from assistant.retrieval import NewDocument, embedded_text, frames
from assistant.retrieval.framing import VERSION
from assistant.settings import Folders
from assistant.values import DocumentId, Passage, Stop
from assistant.vault import Unlock
from tests.conftest import SHARED_DATA

BUILT: Final = Path(__file__).absolute().parents[2] / "build" / "bench"
_DONE: Final = "complete"
_BATCH: Final = 64


@dataclass(frozen=True, slots=True)
class Text:
    """A document of a collection. name: by which judgements know it. passages: its text, already cut."""

    name: str
    title: str
    passages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question with the name of the document that answers it.

    answers: the gold spans, the first of which stands `at` in the document. group: its article.
    """

    text: str
    right: str
    answers: tuple[str, ...] = ()
    at: int = 0
    group: str = ""


@dataclass(frozen=True, slots=True)
class Collection:
    """A Privet with a collection in it. ids: of its documents, by name."""

    privet: Privet
    ids: Mapping[str, DocumentId]

    def embed(self, texts: Sequence[str]) -> list[bytes]:
        """The vectors of texts."""
        vectors = self.privet.embedder.embed(texts)
        return [vectors.row(place) for place in range(vectors.count)]


@contextmanager
def opened(
    name: str, texts: Sequence[Text], by_meaning: Callable[[Privet, Sequence[str]], bytes] | None = None
) -> Iterator[Collection]:
    """The collection of this name, built from `texts` where it is not there yet. by_meaning: embeds instead."""
    kept = (VERSION, [(text.name, text.title, text.passages) for text in texts])
    made = hashlib.sha256(repr(kept).encode()).hexdigest()[:16]
    folder = BUILT / f"{name}-{made}"
    if not (folder / _DONE).is_file():
        folder.mkdir(parents=True, exist_ok=True)
        with _privet(folder) as privet:  # goes on where it was broken off
            _fill(privet, texts, by_meaning or _embedded)
        (folder / _DONE).touch()
    with _privet(folder) as privet:
        for _ in privet.retrieval.ensure(Stop()):
            pass
        yield Collection(privet, {str(one.path)[1:]: one.id for one in privet.retrieval.documents()})


@contextmanager
def _privet(folder: Path) -> Iterator[Privet]:
    privet = Privet.open(Folders.inside(folder), Unlock(passphrase=lambda _: "bench", use_keychain=False))
    try:
        yield privet
    finally:
        privet.close()


def _embedded(privet: Privet, texts: Sequence[str]) -> bytes:
    return b"".join(batch.data for batch in privet.embedder.stream(texts, batch=_BATCH))


def noise(privet: Privet, texts: Sequence[str]) -> bytes:
    """Vectors that say nothing, of unit length: how long a search takes does not depend on what they mean."""
    rows = np.random.default_rng(len(texts)).standard_normal((len(texts), privet.embedder.dimensions))
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return bytes(unit.astype("<f4").tobytes())


def _fill(privet: Privet, texts: Sequence[Text], embed: Callable[[Privet, Sequence[str]], bytes]) -> None:
    known = {info.path.name for info in privet.retrieval.documents()}
    for text in texts:
        if Path(f"/{text.name}").name in known:
            continue
        passages = [
            Passage(part, at, len(part.split()) * 4 // 3, language="en") for at, part in enumerate(text.passages)
        ]
        framed = zip(passages, frames(passages), strict=True)
        texts_of = [embedded_text(one, text.title, before) for one, before in framed]
        vectors = embed(privet, texts_of)
        whole = "\n".join(text.passages)
        new = NewDocument(
            Path(f"/{text.name}"),
            hashlib.sha256(whole.encode()).hexdigest(),
            title=text.title,
            pages=0,
            size=len(whole),
            passages=passages,
        )
        privet.retrieval.put(new, vectors)


def articles() -> list[Text]:
    """XQuAD's English paragraphs, each a document, among the articles of squad_articles without those paragraphs."""
    paragraphs = [text for text, _ in _xquad("en")]
    known = {" ".join(text.split()) for text in paragraphs}
    found = [Text(f"{number}.txt", f"{number}.txt", (text,)) for number, text in enumerate(paragraphs)]
    for path in sorted((SHARED_DATA / "squad_articles").glob("*.txt")):
        lines = dict.fromkeys(" ".join(line.split()) for line in path.read_text(encoding="utf-8").splitlines())
        rest = tuple(line for line in lines if line and line not in known)
        if rest:
            found.append(Text(path.name, unquote(path.name), rest))
    return found


def _sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


def grown(passages: int) -> list[Text]:
    """So many passages of a few sentences each, put together anew from those of squad_articles; 500 a document."""
    sentences = [sentence for one in articles() for part in one.passages for sentence in _sentences(part)]
    draw = random.Random(1)
    made = [" ".join(draw.choices(sentences, k=4)) for _ in range(passages)]
    return [Text(f"{at}.txt", f"{at}.txt", tuple(made[at : at + 500])) for at in range(0, passages, 500)]


def questions(language: str = "en") -> list[Question]:
    """XQuAD's questions in a language, each on the English paragraph of the same number."""
    data = json.loads((SHARED_DATA / "xquad" / f"xquad.{language}.json").read_text(encoding="utf-8"))["data"]
    number, found = 0, []
    for article in data:
        for paragraph in article["paragraphs"]:
            for qa in paragraph["qas"]:
                answers = tuple(answer["text"] for answer in qa["answers"])
                at = qa["answers"][0]["answer_start"]
                found.append(Question(qa["question"], f"{number}.txt", answers, at, article["title"]))
            number += 1
    return found


def _xquad(language: str) -> list[tuple[str, str]]:
    data = json.loads((SHARED_DATA / "xquad" / f"xquad.{language}.json").read_text(encoding="utf-8"))["data"]
    return [(paragraph["context"], article["title"]) for article in data for paragraph in article["paragraphs"]]


@dataclass(frozen=True, slots=True)
class Judged:
    """A query with the grades of the documents that were judged for it, by name; those left out have none."""

    text: str
    grades: Mapping[str, int]


def cranfield() -> tuple[list[Text], list[Judged]]:
    """Cranfield's abstracts, each a document of one passage under its title, and its queries.

    The judgements number the queries by their position; -1 is the grade of what is no match.
    """
    folder = SHARED_DATA / "cranfield"
    texts = []
    for block in (folder / "cran.all.1400.xml").read_text(encoding="utf-8").split("<doc>")[1:]:
        number, title, text = (_tag(block, name) for name in ("docno", "title", "text"))
        body = text.removeprefix(title).strip()
        texts.append(Text(number, title or number, (f"{title}\n{body}" if body else title or number,)))
    queries = [_tag(block, "title") for block in (folder / "cran.qry.xml").read_text("utf-8").split("<top>")[1:]]
    grades: list[dict[str, int]] = [{} for _ in queries]
    for line in (folder / "cranqrel.trec.txt").read_text(encoding="utf-8").splitlines():
        query, _, document, grade = line.split()
        if int(grade) > 0:
            grades[int(query) - 1][document] = int(grade)
    return texts, [Judged(query, one) for query, one in zip(queries, grades, strict=True)]


def _tag(block: str, name: str) -> str:
    found = re.search(rf"<{name}>(.*?)</{name}>", block, re.DOTALL)
    return " ".join(found.group(1).split()) if found else ""


def reports() -> tuple[list[Text], list[Question]]:
    """The excerpts of annual reports in TAT-QA: each a document of its paragraphs and its table, read as Privet does.

    A question is answered by one of its document's passages.
    """
    data = json.loads((SHARED_DATA / "tatqa" / "tatqa_dataset_dev.json").read_text(encoding="utf-8"))
    texts, asked = [], []
    for number, one in enumerate(data):
        paragraphs = [paragraph["text"] for paragraph in sorted(one["paragraphs"], key=lambda each: each["order"])]
        rows = [" | ".join(" ".join(cell.split()) for cell in row) for row in one["table"]["table"]]
        texts.append(Text(f"{number}.txt", f"{number}.txt", (*paragraphs, "\n".join(rows))))
        asked += [Question(each["question"], f"{number}.txt") for each in one["questions"]]
    return texts, asked
