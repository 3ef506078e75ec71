"""An answer leaves with its references and with what was marked on the screen, in every form; nothing in it runs."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from assistant.ingestion import read_document
from assistant.rights.pieces import Note, Words, pieces
from assistant.rights.written import Form, written
from assistant.values import Citation, Claim, ReadDocument, Role, Support, Turn, TurnId, TurnState

TEXT = "It was planted in **1874** [1]. It is green. It holds nine litres. By Ottilie [1]."
CITATIONS = (
    Citation(1, "estate <1>.pdf", "page 1", 1, "Planted in 1874. By Ottilie Brandt.", 1.0, start=0, end=16),
    Citation(2, "hut.md", "page 3", 3, "The kettle holds four litres.", 1.0),
)
CLAIMS = (
    Claim(0, 26, Support.SUPPORTED, 1, 0, 16),
    Claim(32, 44, Support.NOT_FOUND),
    Claim(45, 66, Support.DIFFERS, 2, 0, 29, ("nine",)),
    Claim(67, 77, Support.SUPPORTED, 1, 17, 35),
)
ANSWER = Turn(TurnId(2), Role.ASSISTANT, TEXT, TurnState.COMPLETE, 1.0, CITATIONS, "A note.", claims=CLAIMS)
QUESTION = Turn(TurnId(1), Role.USER, "When & <how>?", TurnState.COMPLETE, 1.0)


def test_each_mark_has_the_words_of_its_own_sentence_and_each_doubt_says_why() -> None:
    found = list(pieces(ANSWER))
    assert [piece.quote for piece in found if isinstance(piece, Note)] == ["Planted in 1874.", "By Ottilie Brandt."]
    doubts = [piece.text for piece in found if isinstance(piece, Words) and piece.doubtful]
    assert doubts == [
        "It is green.", " (not found in your documents)", "It holds nine litres.", " (differs from page 3)",
    ]  # fmt: skip


def test_as_text_and_markdown() -> None:
    plain = written([ANSWER], Form.TEXT, "").decode()
    assert "[1] estate <1>.pdf, page 1: “Planted in 1874.”" in plain
    assert "[2] estate <1>.pdf, page 1: “By Ottilie Brandt.”" in plain
    assert "It is green. (not found in your documents)" in plain and "(differs from page 3)" in plain
    marked = written([QUESTION, ANSWER], Form.MARKDOWN, "").decode()
    assert "[^1]: estate \\<1\\>.pdf, page 1: “Planted in 1874.”" in marked and "[^1]." in marked
    assert "It is green. (not found in your documents)" in marked
    assert "## You" in marked and "## Privet" in marked


def test_a_page_holds_text_alone() -> None:
    hostile = Turn(
        TurnId(3), Role.ASSISTANT, "<script>x</script> <img src=file:///x>", TurnState.COMPLETE, 1.0, CITATIONS
    )
    page = written([QUESTION, ANSWER, hostile], Form.HTML, "<b>").decode()
    assert "<script" not in page and "<img" not in page and "estate &lt;1&gt;.pdf" in page
    assert 'href="#n1"' in page and 'id="n1"' in page and page.count("href=") == 2
    assert '<em class="doubt">It is green.</em>' in page


def test_a_word_document_has_real_footnotes(tmp_path: Path) -> None:
    data = written([QUESTION, ANSWER], Form.DOCX, "The hedge\x00")
    word = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        parts = {name: ElementTree.fromstring(archive.read(name)) for name in archive.namelist()}
    references = [one.get(f"{word}id") for one in parts["word/document.xml"].iter(f"{word}footnoteReference")]
    notes = {one.get(f"{word}id"): "".join(one.itertext()) for one in parts["word/footnotes.xml"]}
    assert references == ["1", "2"] and {"-1", "0", "1", "2"} == set(notes)
    assert notes["1"].strip() == "estate <1>.pdf, page 1: “Planted in 1874.”"
    types = {name for one in parts["[Content_Types].xml"] if (name := one.get("PartName")) is not None}
    targets = {f"/word/{one.get('Target')}" for one in parts["word/_rels/document.xml.rels"]}
    assert types == targets | {"/word/document.xml"} and {name.lstrip("/") for name in types} <= set(parts)
    bold = [run for run in parts["word/document.xml"].iter(f"{word}r") if run.find(f"{word}rPr/{word}b") is not None]
    assert ["".join(run.itertext()) for run in bold] == ["1874"]
    assert data == written([QUESTION, ANSWER], Form.DOCX, "The hedge\x00")
    path = tmp_path / "answer.docx"
    path.write_bytes(data)
    *_, read = read_document(path)
    assert isinstance(read, ReadDocument)
    whole = "\n".join(block.text for block in read.blocks)
    assert "It was planted in 1874" in whole and "“By Ottilie Brandt.”" in whole and "When & <how>?" in whole


LISTED = """## The kettle

- It is **very** old [1].
- It is *quite* **new** and green.

1. first
2. second

| Cell | Price |
|---|---|
| C2 | 61.20 |

```sql
SELECT "Price" FROM [1] -- ![x](http://example.com/a.png)
```

See [here](http://example.com) and ![x](file:///x.png) <img src=x>."""


def listed() -> Turn:
    new = LISTED.index("- It is *quite*")
    claims = (
        Claim(LISTED.index("It is **very**"), LISTED.index(" [1]"), Support.SUPPORTED, 1, 0, 16),
        Claim(new, LISTED.index("\n\n1."), Support.NOT_FOUND),
    )
    return Turn(TurnId(4), Role.ASSISTANT, LISTED, TurnState.COMPLETE, 1.0, CITATIONS, claims=claims)


def test_lists_tables_emphasis_and_code_stay_what_they_are() -> None:
    marked = written([listed()], Form.MARKDOWN, "").decode()
    assert "- It is **very** old[^1]." in marked
    assert "- It is *quite* **new** and green. (not found in your documents)" in marked
    assert "![x](http://example.com/a.png)" in marked  # in code, where it is no picture
    assert "![x\\](file" in marked and "[here\\](http" in marked and "\\<img" in marked
    page = written([listed()], Form.HTML, "").decode()
    assert '<em class="doubt">It is <em>quite</em> <strong>new</strong> and green.</em>' in page
    assert page.count("<li>") == 4 and "<td>61.20</td>" in page and "<strong>very</strong>" in page
    assert page.count("href=") == 1 and "<img" not in page and "&lt;img src=x&gt;" in page


def test_a_word_document_has_lists_and_tables() -> None:
    word = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    with zipfile.ZipFile(io.BytesIO(written([listed()], Form.DOCX, ""))) as archive:
        body = ElementTree.fromstring(archive.read("word/document.xml"))
    lines = ["".join(one.itertext()) for one in body.iter(f"{word}p")]
    assert "• It is very old." in lines and "2. second" in lines and "The kettle" in lines
    assert "• It is quite new and green. (not found in your documents)" in lines
    cells = ["".join(one.itertext()) for one in body.iter(f"{word}tc")]
    assert cells == ["Cell", "Price", "C2", "61.20"]


@pytest.mark.parametrize("form", list(Form))
def test_an_empty_answer_is_written_too(form: Form) -> None:
    assert written([Turn(TurnId(1), Role.ASSISTANT, "", TurnState.STOPPED, 1.0)], form, "")
