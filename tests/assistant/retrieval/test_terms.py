"""What stands in the full-text index of a text, by language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieval.languages import language
from assistant.retrieval.terms import terms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The revenues were $1,452.40 in FY2019", "the revenu were dollar 1452.4 in fy2019 2019"),
        ("Wie lang sind die Kündigungsfristen der Häuser?", "wie lang sind die kundigungsfrist der haus"),
        ("1\u00a0452,40 €", "1452.4 euro"),
        ("12.5% of the U.S. total", "12.5 percent of the us total"),
        ("日本語の検索", "日本 本語 語の の検 検索"),
        ("ภาษาไทย", "ภาษ าษา ษาไ าไท ไทย"),
        ("Сколько очков набрала защита?", "скольк очк набра защит"),
        ("version 2.1.3", "version 2.1.3"),
    ],
)
def test_terms_of_a_text(text: str, expected: str) -> None:
    assert terms(text, language(text)) == expected.split()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Who planted the hedge?", "english"),
        ("Wer hat die Hecke gepflanzt?", "german"),
        ("Qui a planté la haie du jardin ?", "french"),
        ("¿Cuál es el plazo del contrato?", "spanish"),
        ("Кто посадил изгородь?", "russian"),
        ("谁种的树篱？", ""),
        ("1874", ""),
        ("", ""),
    ],
)
def test_the_language_of_a_text(text: str, name: str) -> None:
    assert language(text) == name


@given(st.text(max_size=80))
def test_a_term_is_never_torn_by_the_index(text: str) -> None:
    assert all(term and not any(letter.isspace() for letter in term) for term in terms(text, "english"))
