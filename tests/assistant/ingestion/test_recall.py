"""How much of the words of real documents is read, held against another reader's rendering."""

from __future__ import annotations

import html
import re
from collections import Counter
from pathlib import Path

import pytest

from assistant.ingestion import read_document
from assistant.values import ReadDocument

# A letter of Chinese, Japanese or Korean counts as a word: the other reader leaves their words cut at line ends.
_WORD = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\\W_]+")


def words(text: str) -> Counter[str]:
    """The words of a rendering, without Markdown's marks, addresses of links and places of pictures."""
    text = re.sub(r"<!--.*?-->|\]\([^)]*\)", " ", text)
    return Counter(_WORD.findall(re.sub(r"[*_`~\\]", "", html.unescape(text)).casefold()))


def recall(path: Path) -> float:
    """Share of the expected words that were read, each as often as it was expected."""
    *_, document = read_document(path)
    assert isinstance(document, ReadDocument)
    expected = words(path.with_name(f"{path.name}.expected.md").read_text(encoding="utf-8"))
    return (expected & words("\n".join(block.text for block in document.blocks))).total() / expected.total()


KINDS = ["csv", "doc", "docx", "html", "md", "md_deepseek", "odf", "pdf", "ppt", "pptx", "uspto", "xls", "xlsx"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_words_of_real_documents_are_read(shared_data: Path, kind: str) -> None:
    files = [path for path in sorted((shared_data / "formats" / kind).iterdir()) if has_rendering(path)]
    shares = {path.name: recall(path) for path in files}
    assert sum(shares.values()) / len(shares) >= 0.97, shares
    assert min(shares.values()) >= 0.80, shares


def has_rendering(path: Path) -> bool:
    """True for a document that another reader's rendering lies beside."""
    return path.with_name(f"{path.name}.expected.md").is_file()
