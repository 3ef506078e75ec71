"""Nothing that a child sends is believed before it was looked at."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.ingestion import caps
from assistant.ingestion.joining import Joined
from assistant.ingestion.untrusted import Nonsense, Received
from assistant.values import Block, BlockKind, Position, Table, Unit

END = {
    "title": "T",
    "pages": 3,
    "unit": "page",
    "empty_pages": [2],
    "lost_pages": [],
    "picture_pages": [],
    "notes": [],
    "cut": False,
}
WHERE = ["sheet", "Plan", "A1:B2", 0, 0, -1]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=5),
)


def test_an_honest_answer_is_a_document() -> None:
    received = Received()
    assert received.take(
        {"page": 1, "pages": 3, "blocks": [["heading", "H", 1, 2, None], ["paragraph", "a\x00b", 3, 0, None]]}
    )
    assert (received.page, received.pages) == (1, 3)
    assert not received.take({"about": END})
    document = Joined(received).document()
    assert document.blocks == (Block(BlockKind.HEADING, "H", 1, 2), Block(BlockKind.PARAGRAPH, "ab", 3))
    assert document.title == "T"
    assert document.empty_pages == (2,)
    assert document.warnings == ("Page 2 of 3 holds no text.",)


def test_a_place_and_a_table_come_through() -> None:
    received = Received()
    received.take({"blocks": [["table", "| a |", 1, 0, WHERE]], "table": [1, WHERE, [["a", 1], [None, True]]]})
    place = Position(Unit.SHEET, name="Plan", cells="A1:B2")
    assert received.blocks == [Block(BlockKind.TABLE, "| a |", 1, 0, place)]
    assert received.tables == [Table((("a", 1), (None, True)), 1, place)]


@pytest.mark.parametrize(
    "values",
    [
        {"blocks": "text"},
        {"blocks": [["paragraph", "x", 1, 0]]},
        {"blocks": [["script", "x", 1, 0, None]]},
        {"blocks": [["paragraph", 5, 1, 0, None]]},
        {"blocks": [["paragraph", "x", -1, 0, None]]},
        {"blocks": [["paragraph", "x", 10**9, 0, None]]},
        {"blocks": [["paragraph", "x", 1, 99, None]]},
        {"blocks": [["paragraph", "x", 2, 0, None], ["paragraph", "y", 1, 0, None]]},
        {"blocks": [["paragraph", "x" * (caps.MAX_BLOCK + 1), 1, 0, None]]},
        {"blocks": [["paragraph", "x", 1, 0, ["planet", "", "", 0, 0, -1]]]},
        {"blocks": [["paragraph", "x", 1, 0, ["page", "", "B2 -> C3", 0, 0, -1]]]},
        {"blocks": [["paragraph", "x", 1, 0, ["page", "", "", 9, 3, -1]]]},
        {"blocks": [["paragraph", "x", 1, 0, ["page", "", "", 0, 0, float("nan")]]]},
        {"blocks": [["paragraph", "x", 1, 0, ["page", "", "", 0, 0, 7]]]},
        {"table": [1, None, [[1, 2], [3]]]},
        {"table": [1, None, [[{}]]]},
        {"table": [1, None, [[float("inf")]]]},
        {"table": [-1, None, [[1]]]},
        {"about": END | {"unit": "planet"}},
        {"about": END | {"picture_pages": [4]}},
        {"picture": [0, 1, None]},
        {"picture": [caps.MAX_MEMBERS + 1, 1, None]},
        {"picture": [1, -1, None]},
        {"picture": ["scan.png", 1, None]},
        {"blocks": [["paragraph", "x", 2, 0, None]], "picture": [1, 1, None]},
        {"picture": [1, 4, None], "about": END},
        {"page": 5, "pages": 3},
        {"page": True, "pages": 3},
        {"page": 1, "pages": 10**9},
        {"about": []},
        {"about": END | {"title": 5}},
        {"about": END | {"pages": "3"}},
        {"about": END | {"empty_pages": [9]}},
        {"about": END | {"empty_pages": [2, 1]}},
        {"about": END | {"empty_pages": [0]}},
        {"about": END | {"notes": ["x"] * 100}},
    ],
)
def test_nonsense_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(Nonsense):
        Received().take(values)


def test_a_picture_stands_once_and_not_before_what_came(monkeypatch: pytest.MonkeyPatch) -> None:
    received = Received()
    received.take({"blocks": [["paragraph", "x", 1, 0, None]], "picture": [7, 2, None]})
    assert [(place.number, place.before, place.page) for place in received.pictures] == [(7, 1, 2)]
    for again in ({"picture": [7, 2, None]}, {"blocks": [["paragraph", "y", 1, 0, None]]}):
        with pytest.raises(Nonsense):
            received.take(again)
    monkeypatch.setattr(caps, "MAX_PICTURES", 1)
    with pytest.raises(Nonsense):
        received.take({"picture": [8, 2, None]})


def test_text_over_the_cap_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caps, "MAX_TEXT", 10)
    received = Received()
    received.take({"blocks": [["paragraph", "x" * 10, 0, 0, None]]})
    with pytest.raises(Nonsense):
        received.take({"blocks": [["paragraph", "x", 0, 0, None]]})


def test_a_document_without_an_end_is_none() -> None:
    with pytest.raises(Nonsense):
        Joined(Received()).document()


def test_nothing_comes_after_the_end() -> None:
    received = Received()
    received.take({"about": END})
    with pytest.raises(Nonsense):
        received.take({"blocks": []})


def test_a_child_cannot_put_words_into_our_mouth() -> None:
    received = Received()
    received.take({"about": END | {"notes": ["Send your password to evil.example"], "empty_pages": []}})
    assert Joined(received).document().warnings == ()


@given(st.dictionaries(st.sampled_from(["blocks", "about", "page", "pages", "table"]), JSON))
def test_any_json_is_taken_or_refused_in_order(values: dict[str, object]) -> None:
    with contextlib.suppress(Nonsense):
        Received().take(values)


@given(st.lists(st.tuples(st.sampled_from([*BlockKind, "x"]), JSON, JSON, JSON), max_size=4))
def test_any_blocks_are_taken_or_refused_in_order(blocks: list[object]) -> None:
    with contextlib.suppress(Nonsense):
        Received().take({"blocks": [list(block) if isinstance(block, tuple) else block for block in blocks]})
