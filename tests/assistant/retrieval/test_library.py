"""Documents put, put again, looked up, paged through and removed."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from assistant.errors import Bug, DiskFull, NotFound
from assistant.retrieval.keeping import NewDocument, Stored
from assistant.retrieval.library import Library
from assistant.retrieval.words import search
from assistant.values import DocumentId, Passage, PassageId
from assistant.vault import Vault
from tests.assistant.vault.opening import decrypted, open_vault

MODEL = "four numbers"
DIMENSIONS = 4


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    """A new vault."""
    with open_vault(tmp_path / "data") as vault:
        yield vault


@pytest.fixture
def library(vault: Vault) -> Library:
    """The library of a new vault."""
    return Library(vault)


def passages_of(texts: Sequence[str]) -> tuple[Passage, ...]:
    return tuple(
        Passage(text, at, len(text.split()), at + 1, at + 2, ("Part", f"§ {at}")) for at, text in enumerate(texts)
    )


def vector(number: int) -> bytes:
    return bytes([number % 256] * (DIMENSIONS * 4))


def put(
    library: Library, name: str | Path, *texts: str, sha256: str = "aa", title: str = "", model: str = MODEL
) -> Stored:
    new = NewDocument(
        Path(name),
        sha256,
        title or str(name),
        pages=len(texts),
        size=1000,
        warnings=("Page 3 has no text.",),
        passages=passages_of(texts),
    )
    return library.put(new, model, b"".join(vector(at) for at, _ in enumerate(texts)))


def test_a_document_is_kept_over_a_restart(tmp_path: Path) -> None:
    with open_vault(tmp_path) as vault:
        stored = put(Library(vault), "/papers/lease.pdf", "Rent is due.", "Notice is a month.", title="Lease")
    with open_vault(tmp_path) as vault:
        library = Library(vault)
        assert library.documents() == (stored.document,)
        assert library.document(stored.document.id) == stored.document
        assert library.passages_of(stored.document.id) == tuple(
            zip(stored.passages, passages_of(["Rent is due.", "Notice is a month."]), strict=True)
        )
        known = library.by_path(Path("/papers/lease.pdf"))
    info = stored.document
    assert (info.path, info.title, info.pages, info.passages, info.size) == (
        Path("/papers/lease.pdf"),
        "Lease",
        2,
        2,
        1000,
    )
    assert info.warnings == ("Page 3 has no text.",)
    assert known is not None and known.document == info and known.sha256 == "aa"
    assert stored.replaced == ()


def test_a_document_put_again_takes_the_place_of_the_old_one(library: Library, vault: Vault) -> None:
    old = put(library, "a.txt", "apples", "pears", title="Old title")
    other = put(library, "b.txt", "plums")
    new = put(library, "a.txt", "quinces", sha256="bb", title="New title")
    assert new.document.id == old.document.id and new.replaced == old.passages
    assert not set(new.passages) & set(old.passages)
    assert [info.title for info in library.documents()] == ["b.txt", "New title"]
    known = library.by_path(Path("a.txt"))
    assert known is not None and known.sha256 == "bb" and known.document.passages == 1
    assert library.passages(old.passages) == {}
    assert search(vault, "apples pears old", 10) == []
    assert search(vault, "quinces plums", 10) in ([*new.passages, *other.passages], [*other.passages, *new.passages])


def test_a_failed_put_leaves_the_old_version(library: Library, vault: Vault) -> None:
    old = put(library, "a.txt", "apples")
    with vault.write() as connection:
        pages = (connection.execute("PRAGMA page_count").fetchone() or (0,))[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 4}")
    with pytest.raises(DiskFull):
        put(library, "a.txt", *(f"pears {number} " * 300 for number in range(50)))
    assert library.documents() == (old.document,)
    assert search(vault, "apples", 10) == list(old.passages) and search(vault, "pears", 10) == []
    assert list(library.vector(old.passages)) == list(old.passages)


def test_embeddings_that_do_not_match_the_passages_are_our_mistake(library: Library) -> None:
    with pytest.raises(Bug):
        library.put(NewDocument(Path("a"), "", "", 0, 0, passages_of(["x", "y"])), MODEL, b"odd")
    assert library.documents() == ()


def test_a_document_without_passages_is_kept_too(library: Library) -> None:
    stored = put(library, "empty.txt")
    assert stored.passages == () and library.documents() == (stored.document,)
    assert library.remove(stored.document.id) == ()


def test_passages_come_with_their_documents_in_the_order_asked_for(library: Library) -> None:
    one, other = put(library, "a", "x", "y"), put(library, "b", "z")
    wanted = [other.passages[0], one.passages[1], PassageId(999), one.passages[0]]
    found = library.passages(wanted)
    assert list(found) == [other.passages[0], one.passages[1], one.passages[0]]
    assert found[one.passages[1]] == (one.document, passages_of(["x", "y"])[1])
    assert library.passages([]) == {}


def test_embeddings_are_counted_paged_and_sampled_by_model(library: Library) -> None:
    first = put(library, "a", *"abcdefg")
    put(library, "b", "x", model="another")
    last = put(library, "c", *"hij")
    ids = [*first.passages, *last.passages]
    assert library.embedded(MODEL) == 10 and library.embedded("another") == 1 and library.embedded("none") == 0
    paged: list[tuple[PassageId, bytes]] = []
    while page := library.vectors(MODEL, paged[-1][0] if paged else PassageId(0), 4):
        assert len(page) <= 4
        paged += page
    assert paged == [(id_, vector(at)) for id_, at in zip(ids, [*range(7), *range(3)], strict=True)]
    assert set(library.sample(MODEL, 5)) < set(paged) and len(library.sample(MODEL, 5)) == 5
    assert len(library.sample(MODEL, 50)) == 10
    assert library.vector([ids[9], PassageId(999), ids[0]]) == {ids[0]: vector(0), ids[9]: vector(2)}


def test_what_is_not_there_is_said(library: Library) -> None:
    for attempt in (library.document, library.remove, library.passages_of):
        with pytest.raises(NotFound):
            attempt(DocumentId(99))
    assert library.by_path(Path("nowhere")) is None


def test_named_values_are_kept_and_changed(library: Library) -> None:
    assert library.meta("index_generation") is None
    library.set_meta("index_generation", "gen-000001")
    library.set_meta("index_generation", "gen-000002")
    assert library.meta("index_generation") == "gen-000002"


def made_up_words(count: int, letters: str, seed: int) -> list[str]:
    chance = random.Random(seed)
    return sorted({"".join(chance.choices(letters, k=chance.randint(6, 12))) for _ in range(count)})


def traces(vault: Vault, words: Sequence[str]) -> set[str]:
    """The first three letters, or all, of `words` in any table of the full-text index or anywhere else in the files."""
    found = set()
    with vault.read() as connection:
        shadows = connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'passage_words\\_%' ESCAPE '\\'"
        ).fetchall()
        assert {"passage_words_data", "passage_words_idx"} <= {name for (name,) in shadows}
        for (name,) in shadows:
            for row in connection.execute(f"SELECT * FROM {name}"):
                cells = b"|".join(cell if isinstance(cell, bytes) else str(cell).encode() for cell in row)
                found |= {f"{word} in {name}" for word in words if word[:3].encode() in cells}
    pages = decrypted(vault.folder)
    return found | {word for word in words if word.encode() in pages}


@pytest.mark.parametrize("how", ["removed", "removed with others", "replaced"])
def test_a_document_that_is_gone_leaves_no_trace(library: Library, vault: Vault, how: str) -> None:
    plain = made_up_words(3000, "aeioudtnrs", 1)
    secret = made_up_words(300, "qxzjkwv", 2)  # not a letter in common, so that even a few of them tell
    chance = random.Random(3)
    for number in range(4):
        put(library, f"plain {number}", *(" ".join(chance.choices(plain, k=120)) for _ in range(40)))
    gone = put(
        library, "secret", *(" ".join(chance.sample(secret, 120)) for _ in range(40)), title=" ".join(secret[:5])
    )
    before = search(vault, " ".join(plain[:20]), 50)
    assert traces(vault, secret)
    if how == "replaced":
        assert put(library, "secret").replaced == gone.passages
        library.compact()
    elif how == "removed with others":
        assert library.remove(gone.document.id, compact=False) == gone.passages
        library.compact()
    else:
        assert library.remove(gone.document.id) == gone.passages
    assert traces(vault, secret) == set()
    assert search(vault, secret[7], 10) == []
    assert search(vault, " ".join(plain[:20]), 50) == before
    assert library.embedded(MODEL) == 160
    assert vault.file_check()


@pytest.mark.skipif(os.name == "nt", reason="a path is always text there")
def test_a_path_that_is_no_text_and_text_that_is_not_unicode_are_kept(library: Library) -> None:
    path = Path(os.fsdecode(b"/papers/caf\xe9.txt"))
    stored = put(library, path, "half a \ud83d pair", title="\udce9")
    known = library.by_path(path)
    assert known is not None and known.document.path == path and known.document.title == "\ufffd"
    assert library.passages_of(stored.document.id)[0][1].text == "half a \ufffd pair"


def test_numbers_of_removed_passages_never_come_back(library: Library) -> None:
    last = put(library, "a", "x", "y").passages[-1]
    library.remove(library.documents()[0].id)
    assert min(put(library, "a", "x").passages) > last
