"""What is removed, alone or with its folder or collection, is in no file of the data folder any more."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.app import Privet
from assistant.engine import StateCache
from assistant.errors import NotFound
from assistant.retrieval import NewDocument
from assistant.settings import Folders
from assistant.values import PageHow, PageText, Passage, Stop
from tests.assistant.documents.made import PASSPHRASE, Home, opened, text
from tests.assistant.ingestion.making import pdf
from tests.assistant.vault.opening import by_passphrase, decrypted

CANARIES = ("zeppelin", "barometer", "xylophone")  # in the text, in the file's name, in the collection's


def remove_document(home: Home) -> None:
    for info in home.documents.list():
        if CANARIES[1] in info.title:
            list(home.documents.remove(info.id, Stop()))
    home.documents.collections.forget(home.documents.collections.find(CANARIES[2]))


def remove_collection(home: Home) -> None:
    list(home.documents.remove_collection(home.documents.collections.find(CANARIES[2]), Stop()))


def remove_folder(home: Home) -> None:
    (source,) = home.documents.watched()
    list(home.documents.unwatch(source.id, Stop()))
    home.documents.collections.forget(home.documents.collections.find(CANARIES[2]))


def found(folder: Path) -> set[str]:
    """Which of the words any file has: the vault's pages decrypted, the others as they are."""
    files = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    contents = [data.lower() for data in (*files, decrypted(folder, PASSPHRASE))]
    return {word for word in CANARIES for data in contents if word.encode() in data}


@pytest.mark.parametrize("remove", [remove_document, remove_collection, remove_folder])
def test_no_file_has_a_word_of_what_was_removed(tmp_path: Path, remove: Callable[[Home], None]) -> None:
    folder = tmp_path / "home"
    index = remove is remove_folder  # with the index of vectors too, once
    with opened(folder, index) as home:
        collection = home.documents.collections.create(CANARIES[2])
        papers = text(tmp_path / "papers", f"{CANARIES[1]}.txt", f"The {CANARIES[0]} is moored. " * 400).parent
        home.documents.watch(papers, (), collection)
        home.look()
        home.add(text(tmp_path, "other.txt", "The kettle is on."))
        assert len(home.titles()) == 2 and home.found(CANARIES[0])
        home.vault.empty_log()
        assert found(folder) == set(CANARIES)  # else the search would find nothing for another reason
        before = {path.name for path in folder.glob("index/*")}
        remove(home)
        assert home.titles() == ["other.txt"]
        home.vault.empty_log()
        assert found(folder) == set()
        if index:  # the vectors as well: its files were written anew
            assert before and not before & {path.name for path in folder.glob("index/*")}
            assert home.documents.verify() and home.documents.index_status().vectors == 1
    assert found(folder) == set()


def test_saved_states_and_drawn_pages_go_with_a_document(tmp_path: Path) -> None:
    words = f"The {CANARIES[0]} is moored."
    path = pdf(tmp_path / f"{CANARIES[1]}.pdf", [[words]])
    home = tmp_path / "home"
    privet = Privet.open(Folders.inside(home), by_passphrase(PASSPHRASE))
    try:
        sha256, passage = hashlib.sha256(path.read_bytes()).hexdigest(), Passage(words, 0, 5, 1, 1)
        texts = (PageText(1, PageHow.TEXT, words),)
        kept = privet.retrieval.put(
            NewDocument(path, sha256, path.name, 1, path.stat().st_size, (passage,), texts=texts)
        ).document
        # What a model had read of it, as the engine keeps it for the next start.
        states = StateCache(home / "cache" / "states", privet.vault, 1 << 30)
        assert states.save("a model", [1, 2, 3], len(words), [words.encode()])
        assert privet.viewing.open(kept.id).sizes and privet.viewing.draw(kept.id, 1, 300).words
        assert [file.suffix for file in (home / "cache" / "states").iterdir()] == [".state"]
        list(privet.documents.remove(kept.id, Stop()))
        assert list((home / "cache" / "states").iterdir()) == []
        with pytest.raises(NotFound):
            privet.viewing.draw(kept.id, 1, 300)  # though the file is still there, and was held open
    finally:
        privet.close()
    for file in home.rglob("*"):
        content = file.read_bytes().lower() if file.is_file() else b""
        assert not [word for word in CANARIES if word.encode() in content], file
    assert not [word for word in CANARIES if word.encode() in decrypted(home / "data", PASSPHRASE).lower()]
