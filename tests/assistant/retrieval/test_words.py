"""Search by words: what is found, in which order, and that a question is never taken for a command."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.retrieval.keeping import NewDocument
from assistant.retrieval.library import Library
from assistant.retrieval.words import Frequencies, content_words, search
from assistant.values import DocumentId, Passage, PassageId
from assistant.vault import Vault
from tests.assistant.vault.opening import open_vault


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vault]:
    """A vault with two documents."""
    with open_vault(tmp_path_factory.mktemp("data")) as vault:
        keep(vault, "Lease", ("Termination",), "Either party may terminate the lease with thirty days notice.")
        keep(vault, "Lease", ("Rent",), "The rent is 1,200 euros a month.", "Der Mieter zahlt in der Hauptstraße.")
        keep(vault, "Menu", (), "Coffee and cake. Notices are on the wall. Café crème à emporter.")
        yield vault


def keep(vault: Vault, title: str, heading: tuple[str, ...], *texts: str) -> None:
    passages = [Passage(text, at, 10, None, None, heading) for at, text in enumerate(texts)]
    Library(vault).put(NewDocument(Path(f"/{title}/{'-'.join(heading)}"), "", title, 0, 0, passages))


TERMINATION, RENT, STREET, MENU = (PassageId(number) for number in (1, 2, 3, 4))


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("How many days of notice?", [TERMINATION, MENU]),
        ("Who terminates?", [TERMINATION]),
        ("TERMINATION", [TERMINATION]),
        ("what is the rent", [RENT]),
        ("Hauptstraße", [STREET]),
        ("hauptstraße", [STREET]),
        ("cafe", [MENU]),
        ("CAFÉ CRÈME", [MENU]),
        ("1200", [RENT]),
        ("1.200,00", [RENT]),
        ("1,200", [RENT]),
        ("is the", [RENT, TERMINATION]),
        ("quantum", []),
        ("", []),
        ("?!…", []),
    ],
)
def test_passages_are_found_by_their_words(vault: Vault, question: str, found: list[PassageId]) -> None:
    result = search(vault, question, 10)
    assert result[: len(found)] == found or set(result) == set(found)
    assert bool(result) == bool(found)


def test_the_best_comes_first_and_no_more_than_asked_for(vault: Vault) -> None:
    assert search(vault, "notice of thirty days to terminate; coffee", 10)[0] == TERMINATION
    assert search(vault, "notice coffee", 1) == [MENU]
    assert search(vault, "notice", 0) == []


def test_a_scope_leaves_other_documents_out(vault: Vault) -> None:
    assert set(search(vault, "notice", 10)) == {TERMINATION, MENU}
    assert search(vault, "notice", 10, [DocumentId(3)]) == [MENU]
    assert search(vault, "notice", 10, []) == []


@pytest.mark.parametrize(
    "question",
    [
        'notice"',
        '"notice" OR "',
        "notice AND NOT (",
        "NEAR(notice, 2)",
        "notice*",
        "^notice",
        "text : notice",
        "{text heading} : notice",
        "notice + -",
        "notice'; DROP TABLE passages; --",
        "notice \0 x",
        "notice " * 5000,
        " ".join(f"notice word{number}" for number in range(5000)),
        "notice \ud800",
    ],
)
def test_a_question_is_never_a_command(vault: Vault, question: str) -> None:
    assert TERMINATION in search(vault, question, 10)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_no_question_breaks_the_search(vault: Vault, question: str) -> None:
    assert len(search(vault, question, 10)) <= 4


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("What is the notice period of the lease?", ("notice", "period", "lease")),
        ("Wie lange ist die Kündigungsfrist?", ("lange", "kündigungsfrist")),
        ("Quel est le délai de l'article 12 ?", ("délai", "article", "12")),
        ("¿Cuál es el plazo del contrato?", ("plazo", "contrato")),
        ("Straße STRASSE straße", ("strasse",)),
        ("Who was it?", ("who", "was", "it")),
        ("we don't know", ("know",)),
        ("snake_case e-mail 10-K", ("snake", "case", "mail", "10", "k")),
        ("war and peace", ("war", "peace")),
        ("Cafe\u0301 Caf\u00e9", ("café",)),
        ("", ()),
        ("... !?", ()),
    ],
)
def test_words_that_carry_the_meaning(text: str, words: tuple[str, ...]) -> None:
    assert content_words(text) == words


@given(st.text())
def test_content_words_are_folded_and_each_comes_once(text: str) -> None:
    words = content_words(text)
    assert len(set(words)) == len(words)
    assert all(word and word == word.casefold() and not word.isspace() for word in words)


def test_how_often_words_stand_is_told_as_it_is_now(tmp_path: Path) -> None:
    known = Frequencies(3)
    with open_vault(tmp_path) as vault:

        def told() -> dict[str, int]:
            with vault.read() as connection:
                return known.of(connection, ["rent", "coffee"])

        assert told() == {"rent": 0, "coffee": 0}
        keep(vault, "Lease", (), "The rent.", "More rent.")
        assert told() == {"rent": 2, "coffee": 0}
        keep(vault, "Lease", (), "Coffee.", "More rent.")
        assert told() == {"rent": 1, "coffee": 1}
        Library(vault).remove(DocumentId(1))
        assert told() == {"rent": 0, "coffee": 0}
        keep(vault, "Prices", (), *(f"Rent {number}" for number in range(9)))
        assert told() == {"rent": 3, "coffee": 0}
