"""What is to be learned, and what is to be learned again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.retrieval import NewDocument
from assistant.retrieval.keeping import digest
from assistant.retrieval.learning import Learning
from assistant.retrieval.library import Library
from assistant.values import DocumentId, Passage, PassageId
from assistant.vault import Vault
from tests.assistant.retrieval.made import MODEL, drawn
from tests.assistant.vault.opening import by_passphrase

TEXTS = ("The hedge is trimmed in March.", "The gate is painted green.")


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    vault = Vault.open(tmp_path, by_passphrase("a passphrase"))
    yield vault
    vault.close()


def keep(library: Library, name: str, headings: tuple[str, ...] = ()) -> DocumentId:
    passages = [Passage(text, at, 6, 1, 1, headings) for at, text in enumerate(TEXTS)]
    new = NewDocument(Path("/made") / name, "0" * 64, name, pages=1, size=1, passages=passages)
    return library.put(new, MODEL).document.id


def learn_all(learning: Learning, seed: int = 0) -> dict[PassageId, str]:
    """Learn what is next; what was embedded, by its passage."""
    due = learning.next(10)
    made = drawn(len(due), seed)
    learning.learn({one.id: vector for one, vector in zip(due, made, strict=True)}, {one.document for one in due})
    return {one.id: one.text for one in due}


def started(vault: Vault) -> tuple[Library, Learning]:
    learning = Learning(vault, MODEL)
    learning.begin()
    return Library(vault), learning


def test_the_document_s_name_is_learned_with_each_passage(vault: Vault) -> None:
    library, learning = started(vault)
    keep(library, "Harrow lease 2031.pdf", ("Upkeep",))
    assert set(learn_all(learning).values()) == {f"Harrow lease 2031 > Upkeep\n{text}" for text in TEXTS}
    assert learning.left() == (0, 0)


def test_what_an_earlier_privet_learned_searches_until_it_is_learned_again(vault: Vault) -> None:
    library, learning = started(vault)
    document = keep(library, "Harrow lease.pdf")
    learn_all(learning)
    ids = library.ids_of([document])
    before = library.vector(ids)
    with vault.write() as connection:  # as one left it that embedded less
        connection.execute("DELETE FROM meta WHERE key = 'embedded_text'")
    library, learning = started(vault)
    assert learning.left() == (1, 2) and library.embedded(MODEL) == 2 and library.vector(ids) == before
    assert set(learn_all(learning, seed=1)) == set(ids)
    assert learning.left() == (0, 0) and library.embedded(MODEL) == 2
    assert all(before[id_] != vector for id_, vector in library.vector(ids).items())
    library, learning = started(vault)
    assert learning.left() == (0, 0)


def test_another_name_or_heading_is_learned_and_the_same_is_not(vault: Vault) -> None:
    library, learning = started(vault)
    document = keep(library, "Harrow lease.pdf")
    learn_all(learning)
    keep(library, "Harrow lease.pdf")
    assert learning.left() == (0, 0)
    keep(library, "Harrow lease.pdf", ("Upkeep",))
    assert learning.left() == (1, 2)
    learn_all(learning)
    library.move(document, Path("/elsewhere/Harrow lease.pdf"), 1, 1, model=MODEL)
    assert learning.left() == (0, 0)
    library.move(document, Path("/elsewhere/Brandt lease.pdf"), 1, 1, model=MODEL)
    assert learning.left() == (1, 2) and library.embedded(MODEL) == 2
    assert all(text.startswith("Brandt lease > Upkeep") for text in learn_all(learning).values())
    assert learning.left() == (0, 0)


def test_what_is_renamed_while_it_is_learned_is_learned_once_more(vault: Vault) -> None:
    library, learning = started(vault)
    document = keep(library, "Harrow lease.pdf")
    learn_all(learning)
    library.move(document, Path("/made/Brandt lease.pdf"), 1, 1, model=MODEL)
    due = learning.next(10)
    library.move(document, Path("/made/Calloway lease.pdf"), 1, 1, model=MODEL)
    learning.learn(dict(zip([one.id for one in due], drawn(2), strict=True)), {document})
    assert learning.left() == (1, 2)
    assert all(text.startswith("Calloway") for text in learn_all(learning).values())
    assert learning.left() == (0, 0)


def test_equal_texts_of_equal_names_share_an_embedding(vault: Vault) -> None:
    library, learning = started(vault)
    keep(library, "Harrow lease.pdf")
    learn_all(learning)
    new = NewDocument(
        Path("/other/Harrow lease.pdf"), "0" * 64, "Harrow lease.pdf", pages=1, size=1,
        passages=[Passage(text, at, 6, 1, 1) for at, text in enumerate(TEXTS)],
    )  # fmt: skip
    assert library.put(new, MODEL).reused == 2
    assert digest("a") != digest("b")
