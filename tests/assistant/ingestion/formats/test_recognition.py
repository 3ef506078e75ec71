"""Pages made from known text are recognised word by word, and none of their lines is lost."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from assistant.ingestion.formats import pdf as reader
from assistant.ingestion.formats import recognition, scan
from assistant.ingestion.formats.pdfium import Pdf
from tests.assistant.ingestion.making import pdf

# In Helvetica the recogniser leaves out most spaces, and takes some lines for upside down that are not.
LINES = (
    "oil embargo. By the end of the embargo in March 1974, the price of oil had risen",
    "barrel to nearly $12 globally; US prices were significantly higher. The embargo caused an oil",
)


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"[^\W_]+", text.casefold()))


def test_words_of_a_scan_are_parted_and_all_its_lines_are_there(tmp_path: Path) -> None:
    path = pdf(tmp_path / "a.pdf", [LINES], size=10)
    with path.open("rb") as file:
        drawn = Pdf(reader.in_memory(file, path.stat().st_size)).picture(0)
    assert drawn is not None
    picture = scan._points(drawn)[: drawn.height // 4]
    expected = words(" ".join(LINES))
    upside_down = picture[::-1, ::-1]  # which is tried after it made no sense as it lies
    found = words(" ".join(line.text for line in recognition.Rapid().recognise(upside_down).lines))
    assert sum((expected & found).values()) >= 0.95 * sum(expected.values())
