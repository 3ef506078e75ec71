"""The language of a passage is told by its script and small words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.ingestion.languages import language, language_of


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The rent is due on the first of the month.", "en"),
        ("Die Miete ist am ersten Tag des Monats fällig.", "de"),
        ("これは日本語の文章です。", "ja"),
        ("이것은 한국어 문장입니다.", "ko"),
        ("Це речення написане українською мовою і воно не є російським.", "uk"),
        ("این یک جمله است که به زبان فارسی است", "fa"),
        ("12 345,67", ""),
        ("XQZ-9", ""),
        ("", ""),
    ],
)
def test_some_sentences(text: str, code: str) -> None:
    assert language(text) == code


@pytest.mark.parametrize("code", ["ar", "de", "el", "en", "es", "hi", "ro", "ru", "th", "tr", "vi", "zh"])
def test_paragraphs_in_twelve_languages(shared_data: Path, code: str) -> None:
    articles = json.loads((shared_data / "xquad" / f"xquad.{code}.json").read_text(encoding="utf-8"))["data"]
    texts = [paragraph["context"] for article in articles for paragraph in article["paragraphs"]]
    assert sum(language(text) == code for text in texts) / len(texts) >= 0.97


def test_a_document_s_language_is_that_of_most_of_its_text() -> None:
    english = "The rent is due on the first of the month, and it is paid by the lessee. " * 3
    german = "Die Miete ist am ersten Tag des Monats fällig und wird vom Mieter bezahlt."
    assert language_of([german, english, english]) == "en"
    assert language_of(["short"]) == ""
