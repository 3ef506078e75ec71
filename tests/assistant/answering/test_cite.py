"""Sentences get the number of the passage that holds their words, while they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering import Marker
from assistant.values import Citation

PASSAGES = (
    Citation(1, "a.pdf", "page 1", 1, "The hedge was planted in 1874 by Ottilie Brandt, the head gardener.", 1.0),
    Citation(2, "a.pdf", "page 2", 2, "The kettle in the gardeners' hut holds four litres of water.", 0.5),
)


def marked(pieces: list[str]) -> tuple[str, Marker]:
    marker = Marker(PASSAGES)
    return "".join(marker.add(piece) for piece in pieces) + marker.finish(), marker


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("Ottilie Brandt planted the hedge in 1874.", "Ottilie Brandt planted the hedge in 1874. [1]"),
        (
            "The hedge was planted by Ottilie Brandt. The kettle holds four litres.",
            "The hedge was planted by Ottilie Brandt. [1] The kettle holds four litres. [2]",
        ),
        ("The hedge was planted in 1875 by Ottilie Brandt.", "The hedge was planted in 1875 by Ottilie Brandt."),
        ("Napoleon crossed the frozen river at night.", "Napoleon crossed the frozen river at night."),
        ("Yes. The kettle holds four litres", "Yes. The kettle holds four litres [2]"),
        ("The kettle holds four litres. [7] Right.", "The kettle holds four litres. [2] Right."),
        ("The kettle holds four litres\nOttilie Brandt", "The kettle holds four litres [2]\nOttilie Brandt [1]"),
    ],
)
def test_marks(answer: str, expected: str) -> None:
    for pieces in ([answer], list(answer), [answer[i : i + 3] for i in range(0, len(answer), 3)]):
        assert marked(pieces)[0] == expected


GERMAN = (
    Citation(1, "a.pdf", "", 1, "Die Hecke wurde am 3. März 1874 von Dr. Ottilie Brandt gepflanzt. Sie ist hoch.", 1.0),
)
CHINESE = (Citation(1, "a.pdf", "", 1, "树篱于1874年3月3日由王小明种植。水壶容量为四升。", 1.0),)


@pytest.mark.parametrize(
    ("passages", "answer", "expected"),
    [
        (
            GERMAN,
            "Die Hecke wurde am 3. März 1874 von Dr. Ottilie Brandt gepflanzt. Ja.",
            "Die Hecke wurde am 3. März 1874 von Dr. Ottilie Brandt gepflanzt. [1] Ja.",
        ),
        (CHINESE, "水壶容量为四升。树篱由李大明种植。", "水壶容量为四升。 [1]树篱由李大明种植。"),
        (CHINESE, "“水壶容量为四升。”", "“水壶容量为四升。” [1]"),
    ],
)
def test_marks_in_other_languages(passages: tuple[Citation, ...], answer: str, expected: str) -> None:
    for pieces in ([answer], list(answer), [answer[i : i + 3] for i in range(0, len(answer), 3)]):
        marker = Marker(passages)
        assert "".join(marker.add(piece) for piece in pieces) + marker.finish() == expected


def test_what_is_unsupported_is_counted() -> None:
    _, marker = marked(["The kettle holds four litres. Napoleon crossed the river. No."])
    assert (marker.supported, marker.unsupported) == (1, 1)


@given(st.lists(st.text(alphabet="ab .!?\n[]1(é", max_size=12), max_size=12))
def test_nothing_but_marks_is_added_or_lost(pieces: list[str]) -> None:
    import re

    def bare(text: str) -> str:
        while (cut := re.sub(r" ?\[ ?\d{1,4} ?\]", "", text)) != text:
            text = cut
        return text

    assert bare(marked(pieces)[0]) == bare("".join(pieces))


def test_the_model_s_own_numbers_never_come_through() -> None:
    text, _ = marked(["Napoleon [", "1", "] crossed [2", "] the river [1]."])
    assert "[" not in text
