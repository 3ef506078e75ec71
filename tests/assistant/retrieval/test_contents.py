"""A table of contents is told from other lists with numbers at their ends, and gives way to what it points at."""

from __future__ import annotations

from pathlib import Path

from assistant.retrieval.contents import lists_contents
from tests.assistant.retrieval.made import opened, put, unit

CONTENTS = (
    "Contents 1 Parallel processing 1 1.1 User interface … 1 1.1.1 Using parallel processing as default … 1 "
    "1.1.2 Setting up socket clusters … 2 1.1.3 Random number generation … 2 1.1.4 Does it pay off? … 2"
)


def test_contents_are_told_from_prices_and_text() -> None:
    assert lists_contents(CONTENTS)
    assert not lists_contents("Espresso … 2 Cappuccino … 4 Tea … 3 Lemonade … 4 Water … 1")
    assert not lists_contents("Chapter 1 … 3 Chapter 2 … 9")
    assert not lists_contents(CONTENTS + " " + "A long text about clusters follows here. " * 12)


def test_contents_come_last_unless_they_are_asked_for(tmp_path: Path) -> None:
    texts = [CONTENTS, "Using parallel processing in clusters pays off after ten seconds.", "Numbers have seeds."]
    asked = "When does parallel processing with socket clusters pay off as a default of the user interface"
    with opened(tmp_path) as retrieval:
        put(retrieval, "a.pdf", texts, [unit(1), unit(0, 1), unit(0, 0, 1)])
        assert [hit.passage.text for hit in retrieval.search(f"{asked}?", b"", 3)] == [texts[1], texts[0]]
        assert retrieval.search(f"{asked}, in which section?", b"", 3)[0].passage.text == CONTENTS
