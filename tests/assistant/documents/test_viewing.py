"""A document is shown as its file is, or else as the vault has it; passages are found in it again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.documents import Viewing
from assistant.errors import NotFound
from assistant.values import Citation, DocumentId, Stop
from tests.assistant.documents.made import Home, opened, text
from tests.journeys.papers import FACTS, facts


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A new home."""
    with opened(tmp_path / "home") as home:
        yield home


@pytest.fixture
def viewing(home: Home) -> Iterator[Viewing]:
    """What is looked at in it."""
    viewing = Viewing(home.retrieval)
    yield viewing
    viewing.close()


def cited(home: Home, words: str, quote: str = "") -> Citation:
    """The citation of the best passage about some words, its quote told."""
    hit = home.retrieval.search(words, b"", 1)[0]
    body = hit.passage.text
    start = " ".join(body.split()).find(quote) if quote else 0
    return Citation(
        1, hit.document, hit.passage.place, hit.passage.page, body, 1.0, hit.document_id, hit.id,
        start, start + len(quote),
    )  # fmt: skip


def test_a_pdf_opens_at_its_page_with_passage_and_quote_marked(home: Home, viewing: Viewing, tmp_path: Path) -> None:
    home.add(facts(tmp_path / "facts.pdf"))
    citation = cited(home, "kettle litres", FACTS[1])
    assert citation.document_id is not None
    seen = viewing.open(citation.document_id, citation)
    assert (len(seen.sizes), seen.page, seen.marked, seen.why) == (3, 2, range(2, 3), "")
    page = viewing.draw(citation.document_id, seen.page, 500)
    passage, quote = viewing.marked(page, citation)
    inside = [
        word.text for word in page.words
        if any(box.left <= word.box.left and word.box.right <= box.right and box.top <= word.box.top
               and word.box.bottom <= box.bottom for box in quote)
    ]  # fmt: skip
    assert " ".join(inside) == FACTS[1]
    assert len(quote) < len(passage) or passage[0].left < quote[0].left
    assert len(viewing.found(page, "the")) > len(viewing.found(page, "kettle")) == 1


@pytest.mark.parametrize(("change", "said"), [("gone", "not where it was"), ("changed", "has changed")])
def test_a_file_that_is_not_what_was_read_is_shown_from_the_vault(
    home: Home, viewing: Viewing, tmp_path: Path, change: str, said: str
) -> None:
    path = facts(tmp_path / "facts.pdf")
    home.add(path)
    citation = cited(home, "fox greenhouse", FACTS[2])
    assert citation.document_id is not None
    assert viewing.open(citation.document_id, citation).sizes
    path.unlink()
    if change == "changed":
        facts(path)
        path.write_bytes(path.read_bytes() + b"\n% more\n")
    seen = viewing.open(citation.document_id, citation)
    assert seen.sizes == () and said in seen.why and seen.page == 3
    shown = viewing.text(citation.document_id, 3, citation)
    (quote,) = shown.marked.quote
    assert shown.page.text[quote.start : quote.end] == FACTS[2].rstrip(".")


def test_a_text_without_pages_opens_at_the_stretch_that_has_the_passage(
    home: Home, viewing: Viewing, tmp_path: Path
) -> None:
    filler = "\n\n".join(f"Paragraph {number} says nothing in particular about anything." for number in range(900))
    home.add(text(tmp_path, "long.txt", f"{filler}\n\nThe fox lived under the greenhouse."))
    citation = cited(home, "fox greenhouse", "The fox lived under the greenhouse.")
    assert citation.document_id is not None
    seen = viewing.open(citation.document_id, citation)
    assert seen.page == seen.numbers[-1] > 1 and not seen.why and not seen.sizes
    shown = viewing.text(citation.document_id, seen.page, citation)
    (quote,) = shown.marked.quote
    assert shown.page.text[quote.start : quote.end] == "The fox lived under the greenhouse"
    found = viewing.find(citation.document_id, "nothing in particular", Stop())
    assert len(found) == 900 and found[0].page == 1 and found[-1].page == seen.page


def test_cells_of_a_table_are_marked(home: Home, viewing: Viewing, tmp_path: Path) -> None:
    rows = ["Year,Ducks,Geese", *(f"{year},{year - 1900},{year - 1950}" for year in range(1960, 2025))]
    home.add(text(tmp_path, "birds.csv", "\n".join(rows)))
    citation = cited(home, "2021")
    line = next(line for line in citation.text.splitlines() if "2021" in line)
    start = citation.text.index(line)
    quoting = Citation(
        1, citation.document, citation.place, None, citation.text, 1.0, citation.document_id, citation.passage_id,
        start, start + len(line),
    )  # fmt: skip
    assert citation.document_id is not None
    table = viewing.open(citation.document_id, quoting).table
    assert table is not None and table.passage is not None
    assert table.rows[0] == ("Year", "Ducks", "Geese") and (table.row, table.column) == (1, 1)
    (row,) = table.quote
    assert table.rows[row - table.row][0] == 2021
    assert table.passage[0] <= row <= table.passage[2] and (table.passage[1], table.passage[3]) == (1, 3)


def test_a_removed_document_says_so(home: Home, viewing: Viewing) -> None:
    with pytest.raises(NotFound):
        viewing.open(DocumentId(7))
