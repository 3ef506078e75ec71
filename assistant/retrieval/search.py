"""The search as the rest of Privet sees it: documents in, hits out, by meaning and by words."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final

from assistant.retrieval.index import Index
from assistant.retrieval.keeping import NewDocument, Stored
from assistant.retrieval.learning import Learning, Unlearned
from assistant.retrieval.library import Around, Known, Library
from assistant.retrieval.searching import Found, Query, Searching
from assistant.retrieval.tabulated import Tabulated
from assistant.values import (
    CollectionId,
    DocumentId,
    DocumentInfo,
    Hit,
    IndexStatus,
    PageText,
    Passage,
    PassageId,
    Rebuilding,
    SourceId,
    Stop,
    Table,
)
from assistant.vault import Vault

_SECRET_BYTES: Final = 32
_BY_MEANING: Final = 0.7
_WORDS_ALONE: Final = 0.5


def relevance(hit: Hit) -> float:
    """How sure it is that a passage is about the question: 0 to 1.

    Cosine and shared words tell more together than either alone. Measured with all-MiniLM-L6-v2 on half of
    XQuAD's English paragraphs, 120 questions about them and 126 about other things, at a threshold of 0.38:
    the right passage is kept for 96 %, nothing is found for 98 % of the others. Where meaning was not
    searched the words must do: half of them or more (87 % and 87 %).
    """
    if hit.similarity is None:
        return hit.shared if hit.shared >= _WORDS_ALONE else 0.0
    return max(0.0, _BY_MEANING * hit.similarity + (1 - _BY_MEANING) * hit.shared)


class Retrieval:
    """The person's documents, kept in the vault and found by meaning (Chroma) and by words (full text).

    Raises what the vault raises. What the index's child does never loses a document nor stops a search:
    without it the words alone are searched.
    """

    def __init__(self, vault: Vault, folder: Path, model: str, *, in_memory: bool = False) -> None:
        """folder: of the index, made when needed. model: the name of the embedder whose vectors are searched.

        in_memory: high protection: the index of vectors lies in memory alone, built from the vault at each start.
        """
        self._vault = vault
        self._model = model
        self._library = Library(vault)
        self._learning = Learning(vault, model)
        self._learning.begin()
        self._index = Index(self._library, folder, vault.derive("index rotation", _SECRET_BYTES), model, in_memory)
        self._searching = Searching(vault, self._library, self._index)
        self.tabulated = Tabulated(vault)

    def documents(self) -> tuple[DocumentInfo, ...]:
        """Every document but those in the trash."""
        return self._library.documents()

    def known(self, path: Path) -> Known | None:
        """The document that was added from `path`, with its checksum."""
        return self._library.by_path(path)

    def count(self) -> int:
        """How many passages can be found by meaning."""
        return self._library.embedded(self._model)

    def passage_lengths(self) -> tuple[int, float]:
        """How many passages there are, and their mean length in tokens of the embedder, to go by the newest."""
        return self._library.passage_lengths()

    def passages_of(self, document: DocumentId) -> tuple[Passage, ...]:
        """The passages of a document in its own order. Raises NotFound."""
        return tuple(passage for _, passage in self._library.passages_of(document))

    def passage_ids(self, document: DocumentId) -> tuple[PassageId, ...]:
        """The ids of a document's passages in its own order. Raises NotFound."""
        return tuple(id_ for id_, _ in self._library.passages_of(document))

    def passages(self, ids: Sequence[PassageId]) -> dict[PassageId, tuple[DocumentInfo, Passage]]:
        """The passages of `ids`, each with its document, in the order asked for; those no longer there are left out."""
        return self._library.passages(ids)

    def around(self, ids: Collection[PassageId]) -> dict[PassageId, Around]:
        """What stands before and after each of these passages, in its document and under the same headings."""
        return self._library.around(ids)

    def vectors_of(self, ids: Sequence[PassageId]) -> dict[PassageId, bytes]:
        """The embeddings of passages, float32 little-endian; those without one are left out."""
        return self._library.vector(ids)

    def texts(self, document: DocumentId) -> tuple[PageText, ...]:
        """A document as Privet reads it, page by page. Raises NotFound."""
        return self._library.texts(document)

    def page_numbers(self, document: DocumentId) -> tuple[int, ...]:
        """The numbers of the pages whose text is kept, in their order. Raises NotFound."""
        return self._library.page_numbers(document)

    def page_text(self, document: DocumentId, number: int) -> PageText:
        """One page of a document as Privet reads it. Raises NotFound."""
        return self._library.page_text(document, number)

    def tables_at(self, document: DocumentId, page: int | None) -> Iterator[Table]:
        """The tables of one page of a document, one after the other."""
        return self._library.tables_at(document, page)

    def checksum(self, document: DocumentId) -> str:
        """The SHA-256 of the file that a document was read from. Raises NotFound."""
        return self._library.checksum(document)

    def document(self, document: DocumentId) -> DocumentInfo:
        """One document. Raises NotFound."""
        return self._library.document(document)

    def by_content(self, sha256: str) -> tuple[DocumentInfo, ...]:
        """The documents that were read from a file with these bytes."""
        return self._library.by_content(sha256)

    def put(self, new: NewDocument, vectors: bytes = b"", model: str = "") -> Stored:
        """Keep a document: found by its words when this returns, and by meaning where `vectors` come with it.

        Arguments as of `Library.put`; model: the one that is searched, if left out.
        """
        stored = self._library.put(new, model or self._model, vectors)
        if vectors or stored.replaced or stored.reused:
            self._index.follow()
        return stored

    def move(
        self,
        document: DocumentId,
        path: Path,
        modified: int,
        inode: int,
        source: SourceId | None = None,
        collection: CollectionId | None = None,
    ) -> DocumentInfo:
        """The file of a document is at `path` now; it stays the document it is. Raises NotFound."""
        info = self._library.move(document, path, modified, inode, source, collection, self._model)
        self._index.follow()
        return info

    def remove(self, *documents: DocumentId) -> None:
        """Remove documents with their passages; `compact` then takes the last traces out of both indexes.

        Raises NotFound.
        """
        self._library.remove(*documents, compact=False)
        self._index.follow()

    def unlearned(self) -> tuple[int, int]:
        """How many documents and how many passages can be found by their words only, so far."""
        return self._learning.left()

    def unlearned_pages(self) -> int:
        """About how many pages that is."""
        return self._learning.pages_left()

    def next_unlearned(self, limit: int) -> list[Unlearned]:
        """At most `limit` passages to be learned now: of the newest and most used documents first."""
        return self._learning.next(limit)

    def learn(self, vectors: dict[PassageId, bytes], owners: Collection[DocumentId]) -> None:
        """Keep embeddings of the model that is searched. owners: the documents of these passages.

        They are found once the index followed, which `follow` sees to.
        """
        self._learning.learn(vectors, owners)

    def follow(self) -> bool:
        """Have the index take over what was learned and removed; False where it does so later by itself."""
        return self._index.follow()

    def index_status(self) -> IndexStatus:
        """What can be said of the index of vectors without looking into its files."""
        return self._index.status()

    def ensure(self, stop: Stop) -> Iterator[Rebuilding]:
        """Build the index again where it does not agree with the vault, and finish what `compact` could not.

        What the first search would wait for is read on the way.
        Raises ChildDied, EnvironmentFault.
        """
        self._searching.prepare()
        self._library.compact()
        yield from self._index.ensure(stop)
        self._index.follow()

    def verify(self) -> bool:
        """True if the index of vectors has what the vault has, and many samples find themselves."""
        return self._index.verify()

    def compact(self, stop: Stop) -> Iterator[Rebuilding]:
        """Write both indexes anew without what was removed. Raises ChildDied, EnvironmentFault."""
        self._library.compact()
        yield from self._index.compact(stop)
        self._index.follow()

    def search(
        self,
        question: str,
        vector: bytes,
        k: int,
        scope: Collection[DocumentId] | None = None,
        beside: Query | None = None,
    ) -> list[Hit]:
        """The `k` passages that answer best to `question`, best first; none says again what a better one said.

        vector: the question's, float32 little-endian, of unit length; b"" to go by words alone.
        scope: only these documents; None for all. beside: a question that leans on an earlier one, made complete:
        both are searched, and what either finds counts.
        """
        queries = [Query(question, vector), beside] if beside else [Query(question, vector)]
        hits = self._searching.search(queries, k, scope)
        self._learning.used({hit.document_id for hit in hits})
        return hits

    def rankings(self, question: str, vector: bytes, k: int = 50) -> tuple[list[PassageId], list[PassageId]]:
        """What a search begins with: the passages nearest by meaning, and those that fit best by words, best first."""
        return self._searching.rankings(Query(question, vector), k)

    def found(self, question: str, vector: bytes) -> Found:
        """Everything that a search weighs for a question, and in which order it then is."""
        return self._searching.found(Query(question, vector), 0)

    def telling(self, question: str) -> tuple[tuple[tuple[str, ...], float], ...]:
        """The content words of a question: the forms in which they are searched, and how much each of them tells."""
        return self._searching.weighed(question)[1].telling

    @staticmethod
    def relevant(hits: Sequence[Hit], threshold: float) -> list[Hit]:
        """Those of `hits` that answer the question at all, in their order.

        threshold: 0 (anything) to 1 (the question itself), held against `relevance`.
        """
        return [hit for hit in hits if relevance(hit) >= threshold]

    def close(self) -> None:
        """End the index's child."""
        self._index.close()
