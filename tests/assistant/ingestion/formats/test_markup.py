"""reStructuredText, AsciiDoc, code, JSON and XML: what they say, and on which lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.ingestion import chunk
from assistant.ingestion.formats import elements, json, markup, source
from assistant.values import BlockKind, Position, Table
from tests.assistant.ingestion.reading import read, read_here, short


def test_restructured_text(tmp_path: Path) -> None:
    path = tmp_path / "a.rst"
    path.write_text(
        "=====\nTitle\n=====\n\nSee :ref:`the part <x>` and ``code``::\n\n    x = 1\n\nPart\n----\n\n"
        ".. note::\n\n   Mind *this*.\n"
        "\n.. _label: x\n\n- one\n- two\n\n=====  =====\nA      B\n=====  =====\n1      2\n=====  =====\n\n"
        "+---+---+\n| c | d |\n+===+===+\n| e | f |\n+---+---+\n"
    )
    blocks, about = read_here(markup.read_rst, path)
    assert short(blocks) == [
        ("h1", "Title"),
        ("paragraph", "See the part and code:"),
        ("code", "    x = 1"),
        ("h2", "Part"),
        ("paragraph", "Mind this."),
        ("list", "- one"),
        ("list", "- two"),
        ("table", "| A | B |\n|-|-|\n| 1 | 2 |"),
        ("table", "| c | d |\n|-|-|\n| e | f |"),
    ]
    assert about.title == "Title"
    assert blocks[3].position == Position(line=9, last_line=10)


def test_asciidoc(tmp_path: Path) -> None:
    path = tmp_path / "a.adoc"
    path.write_text(
        "= Title\n:toc:\n\nSome *bold* and https://example.org[a page].\n\n== Part\n\n* one\n** two\n\n"
        "[source,c]\n----\nint x;\n----\n"
        "\n|===\n|A |B\n\n|1\n|2\n|===\n\n////\nhidden\n////\n"
    )
    blocks, _ = read_here(markup.read_asciidoc, path)
    assert short(blocks) == [
        ("h1", "Title"),
        ("paragraph", "Some bold and a page https://example.org."),
        ("h2", "Part"),
        ("list", "* one"),
        ("list", "** two"),
        ("code", "int x;"),
        ("table", "| A | B |\n|-|-|\n| 1 | 2 |"),
    ]


def test_code_keeps_its_lines_and_a_passage_knows_them(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("\n".join(f"def f{at}():\n    return {at}\n\n" for at in range(100)))
    blocks, _ = read_here(source.read, path)
    assert all(block.kind is BlockKind.CODE for block in blocks)
    passages = chunk(blocks, lambda texts: [len(text.split()) for text in texts], limit=40)
    lines = path.read_text().split("\n")
    for passage in passages:
        assert lines[passage.position.line - 1] == passage.text.split("\n")[0]
        assert lines[passage.position.last_line - 1] == passage.text.split("\n")[-1]


def test_plain_text_knows_its_lines(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("One.\n\n\nTwo\nthree.\n\nFour.\n")
    places = [(block.text, block.position.line, block.position.last_line) for block in read(tmp_path / "a.txt").blocks]
    assert places == [("One.", 1, 1), ("Two\nthree.", 4, 5), ("Four.", 7, 7)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": {"b": [1, 2]}, "c": true}', [("h1", "a"), ("paragraph", "b: 1, 2"), ("paragraph", "c: true")]),
        ('[{"x": 1, "y": "q"}, {"x": 2}]', [("table", "| x | y |\n|-|-|\n| 1 | q |\n| 2 |  |")]),
        ('{"x": 1, "y": 3}\n{"x": 2, "y": 4}\n', [("table", "| x | y |\n|-|-|\n| 1 | 3 |\n| 2 | 4 |")]),
        ("{not json", [("code", "{not json")]),
        ("[" * 100_000, [("code", "[" * 20_000)] * 1),
    ],
)
def test_json(tmp_path: Path, text: str, expected: list[tuple[str, str]]) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    blocks, _ = read_here(json.read, path)
    assert short(blocks)[: len(expected)] == [
        (kind, said) if kind != "code" else (kind, short(blocks)[0][1]) for kind, said in expected
    ]


def test_json_records_are_data(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('[{"x": 1, "y": "q"}, {"x": 2.5, "y": null}]')
    with path.open("rb") as file:
        [table] = [event for event in json.read(file, 100) if isinstance(event, Table)]
    assert table.rows == (("x", "y"), (1, "q"), (2.5, None))


def test_xml_of_no_known_kind(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text(
        "<order><title>An order</title><id>7</id><price>12.50</price>\n<note>Please <b>hurry</b> up.</note>"
        "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table></order>"
    )
    blocks, about = read_here(elements.read, path)
    assert short(blocks) == [
        ("h1", "An order"),
        ("paragraph", "id: 7\nprice: 12.50"),
        ("paragraph", "Please hurry up."),
        ("table", "| a | b |\n|-|-|\n| c | d |"),
    ]
    assert about.title == "An order"
    assert blocks[2].position.line == 2
