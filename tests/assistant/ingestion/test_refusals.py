"""Each reason is two plain sentences, each warning one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.ingestion import refusals

HOUSE = Path(__file__).absolute().parents[3]


@pytest.mark.parametrize("code", list(refusals._REASONS))
def test_each_reason_is_two_sentences_that_name_the_file(code: str) -> None:
    error = refusals.unreadable(code, Path("/home/ada/Mietvertrag 2024.pdf"))
    assert "Mietvertrag 2024.pdf" in error.what
    assert "/home" not in error.what
    for sentence in (error.what, error.do):
        assert sentence.endswith(".")
        assert "!" not in sentence
        assert "{" not in sentence


def test_a_code_nobody_knows_is_answered_all_the_same() -> None:
    assert refusals.unreadable("rm -rf", Path("a.pdf")).what == refusals.unreadable("bug", Path("a.pdf")).what


def test_every_code_that_the_child_uses_has_its_sentences() -> None:
    used = set()
    for module in (HOUSE / "assistant" / "ingestion").rglob("*.py"):
        used |= set(re.findall(r'Refusal\("([a-z-]+)"', module.read_text(encoding="utf-8")))
    assert {"password", "bomb", "damaged"} <= used
    assert used <= set(refusals._REASONS)


def test_a_name_cannot_break_the_line() -> None:
    assert "\n" not in refusals.unreadable("damaged", Path("a\nb\x1b[0m.pdf")).what


@pytest.mark.parametrize(
    ("pages", "start"),
    [
        ([4], "Page 4 of 20 holds no text"),
        ([3, 5, 7], "Pages 3, 5 and 7 of 20 hold no text"),
        ([1, 2, 3, 9], "Pages 1 to 3 and 9 of 20 hold no text"),
        ([1, 2], "Pages 1 to 2 of 20 hold no text"),
    ],
)
def test_pages_are_named_as_people_name_them(pages: list[int], start: str) -> None:
    assert refusals.empty_pages_warning(pages, 20).startswith(start)


def test_many_pages_are_counted() -> None:
    assert "and 88 more of 200" in refusals.lost_pages_warning(list(range(1, 200, 2)), 200)
