"""What stands in the full-text index of a text, by language."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieval.languages import STOP_WORDS, language
from assistant.retrieval.terms import forms, terms, tokens


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
    ("text", "expected"),
    [
        ("in the 1990s", "in the 1990s 1990"),
        ("a 10km walk, 10 km", "a 10 km walk 10 km"),
        ("the 3rd of May", "the 3rd third of may"),
        ("the 21st", "the 21st 21"),
        ("$4.5m and € 3bn and USD 2.5 M", "dollar 4.5 million and euro 3 billion and usd dollar 2.5 million"),
        ("$4.5 million", "dollar 4.5 million"),
        ("2,500 shares, 2.500,00", "2500 share 2500"),
        ("10 % or 10% or 10 per cent", "10 percent or 10 percent or 10 percent"),
        ("2018-2019", "2018 2019"),
        ("2018-19 and 2018/19.", "2018 19 2019 and 2018 19 2019"),
        ("ASU 2016-02", "asu 2016 02"),
        ("on 2019-12-31", "on 31 12 2019 decemb"),
        ("am 31.12.2019.", "am 31 12 2019 decemb"),
        ("Q4 2019, 4Q", "q4 fourth quarter 2019 q4 fourth quarter"),
        ("the fourth quarter", "the q4 fourth quarter"),
        ("FY19 and FY98", "fy19 2019 and fy98 1998"),
        ("Form 10-K, a 5G network, 3.5 kWh", "form 10 k a 5g network 3.5 kwh"),
        ("2019年の売上", "2019 年の の売 売上"),
        ("COVID19 at 9.30am", "covid19 19 at 9.3 am"),
        ("1990", "1990"),
        ("a_2019_b", "a 2019 b"),
    ],
)
def test_numbers_with_their_units_are_found_however_they_are_written(text: str, expected: str) -> None:
    assert terms(text, "english") == expected.split()


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("Q4", "in the fourth quarter"),
        ("the fourth quarter", "Q4 revenue"),
        ("the 1990s", "the 1990s"),
        ("10 km", "a 10km race"),
        ("10km", "10 km away"),
        ("$4.5 million", "a fee of $4.5m"),
        ("$4.5m", "a fee of $4.5 million"),
        ("31 December 2019", "as at 2019-12-31"),
        ("2019", "the years 2018-19"),
        ("third place", "in 3rd place"),
        ("10 percent", "10 % of it"),
        ("2,500 shares", "2500 shares"),
        ("fiscal 2019", "fiscal FY19"),
    ],
)
def test_every_word_of_a_question_is_among_the_terms_of_what_says_the_same(asked: str, kept: str) -> None:
    there = set(terms(kept, "english"))
    wanted = [word for word in tokens(asked) if word not in STOP_WORDS]
    assert wanted
    assert all(there & set(forms(word, "english")) for word in wanted)


def test_a_quarter_of_a_year_is_not_looked_for_as_any_quarter() -> None:
    assert forms("Q4", "english") == ("q4",)


@given(st.text(alphabet="0123456789.,'-/ $%smkQq年é_", max_size=24))
def test_no_digit_is_lost(text: str) -> None:
    """A run of digits stays in one piece, however it is joined to what stands beside it."""
    indexed = terms(text, "english")
    assert all(
        any(run in term.replace(".", "") for term in indexed)
        for run in re.findall(r"(?<![\d.,'])\d+(?![\d.,'-/])", text)
    )


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
