"""Control characters that fonts of TeX hand out become the letters they are drawn as, and formulas stay as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.ingestion.formats import pdf as of_pdf
from assistant.ingestion.formats.texcodes import spelled
from tests.assistant.ingestion.making import pdf_of
from tests.assistant.ingestion.reading import read_here


@pytest.mark.parametrize(
    ("handed_out", "drawn"),
    [
        ("corner of \x1cgure 1", "corner of ﬁgure 1"),
        ("su\x1eces; coe\x1ecient; e\x1bect; re\x1dect; ba\x1fe", "suﬃces; coeﬃcient; eﬀect; reﬂect; baﬄe"),
        ("tari\x1b.", "tariﬀ."),
        ("the \x0crst o\x0bice; su\x0ece; o\x0b.", "the ﬁrst oﬀice; suﬃce; oﬀ."),
        ("called \x10censor\x11. (It", "called “censor”. (It"),
        ("87:512\x15523, states a\x15c", "87:512–523, states a–c"),
        ("to each endpoint \x16 which", "to each endpoint — which"),
        ("\x88 transformations\r\n\x15 Exponential", "• transformations\r\n• Exponential"),
    ],
)
def test_letters_are_put_back(handed_out: str, drawn: str) -> None:
    assert spelled(handed_out) == drawn
    assert len(spelled(handed_out)) == len(handed_out)


@pytest.mark.parametrize(
    "formula",
    [
        "max\r\n\x0c\r\n\x0c\r\nT − µ",
        "µ\x0f, σ\x0f",
        "exp \x12\r\n−\r\nZ a\r\n0\r\n\x13",
        "t)\r\n\x11\r\nP",
        "(θ)\r\n\x01\r\n. (1)",
        "plain",
    ],
)
def test_formulas_stay(formula: str) -> None:
    assert spelled(formula) == formula


def test_words_of_a_page_are_whole(tmp_path: Path) -> None:
    page = rb"BT /F1 12 Tf 72 700 Td (\034gure 1 shows the e\033ect of the \034rst coe\036cient) Tj ET"
    found, _ = read_here(of_pdf.read, pdf_of(tmp_path / "t1.pdf", [page]))
    assert [block.text for block in found] == ["figure 1 shows the effect of the first coefficient"]
