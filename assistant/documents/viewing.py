"""Documents to be looked at: the file's pages where it still is what was read, else the text as the vault keeps it."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assistant.errors import ChildDied, DocumentUnreadable, NotFound
from assistant.ingestion import (
    PageFile,
    has_bytes,
    locate,
    locate_words,
    occurrences,
    open_pages,
    word_occurrences,
)
from assistant.retrieval import Retrieval
from assistant.values import (
    Box,
    Citation,
    DocumentId,
    DrawnPage,
    DrawnWord,
    FoundText,
    Marked,
    Opened,
    Passage,
    ShownTable,
    ShownText,
    Stop,
    Stretch,
    Table,
)

_MOST_FOUND: Final = 2_000
_MOST_TABLE_ROWS: Final = 100_000
_CELL: Final = re.compile(r"([A-Z]+)(\d+)")
_GONE: Final = "The file is not where it was. This is its text, as Privet read it."
_CHANGED: Final = "The file has changed since Privet read it. This is its text, as Privet read it."
_NOT_DRAWN: Final = "The file's pages could not be drawn. This is its text, as Privet read it."


@dataclass(frozen=True, slots=True)
class _Held:
    """The file that is held open. sha256: of its bytes. seen: what the file system says of it, to notice a change."""

    document: DocumentId
    sha256: str
    seen: tuple[int, int, int]
    file: PageFile


class Viewing:
    """What a person looks at: one file is held open at a time. Any thread may call; to be closed."""

    def __init__(self, retrieval: Retrieval) -> None:
        self._retrieval = retrieval
        self._lock = threading.Lock()
        self._held: _Held | None = None

    def open(self, document: DocumentId, citation: Citation | None = None) -> Opened:
        """Open a document, at the passage that `citation` is about. Raises NotFound where Privet has it no more."""
        info = self._retrieval.document(document)
        numbers = self._retrieval.page_numbers(document)
        passage = self._passage(citation)
        sizes, why = self._look_at_file(document)
        page = self._first_page(document, numbers, citation, passage) if citation else (numbers[0] if numbers else 1)
        table = self._table(document, citation, passage) if citation and not sizes else None
        mail = info.path.suffix.lower() in (".eml", ".msg", ".mbox")
        return Opened(info, numbers, sizes, why, page, _marked_pages(page, passage), table, mail)

    def draw(self, document: DocumentId, number: int, width: int) -> DrawnPage:
        """A page of the file, `width` points wide or a little less. Raises DocumentUnreadable, ChildDied, NotFound."""
        with self._lock:
            try:
                self._retrieval.document(document)
            except NotFound:
                self._let_go()  # removed while it was looked at
                raise
            if self._held is None or self._held.document != document:
                self._hold(document)
            held = self._held
        if held is None:
            raise NotFound("The file is not what it was any more.", "Open the document again.")
        return held.file.page(number, width)

    def text(self, document: DocumentId, number: int, citation: Citation | None = None) -> ShownText:
        """A page's text, and what of it the citation is about. Raises NotFound."""
        page = self._retrieval.page_text(document, number)
        return ShownText(page, marked_text(page.text, citation) if citation else Marked())

    def find(self, document: DocumentId, words: str, stop: Stop) -> tuple[FoundText, ...]:
        """Where a document's text has these words, in its order; at most 2,000 places."""
        found: list[FoundText] = []
        for number in self._retrieval.page_numbers(document):
            if stop.requested or len(found) >= _MOST_FOUND:
                break
            text = self._retrieval.page_text(document, number).text
            found += (FoundText(number, start, end, nth) for nth, (start, end) in enumerate(occurrences(words, text)))
        return tuple(found[:_MOST_FOUND])

    @staticmethod
    def marked(page: DrawnPage, citation: Citation) -> tuple[tuple[Box, ...], tuple[Box, ...]]:
        """On a drawn page: boxes of the lines of a citation's passage, and of what answers in it."""
        texts = [word.text for word in page.words]
        quote = citation.text[citation.start : citation.end]
        passage = _boxes(page.words, locate_words(citation.text, texts))
        return passage, _boxes(page.words, locate_words(quote, texts)) if quote else ()

    @staticmethod
    def found(page: DrawnPage, sought: str) -> tuple[tuple[Box, ...], ...]:
        """Each place on a drawn page that has the words sought, as boxes."""
        found = word_occurrences(sought, [word.text for word in page.words])
        return tuple(_boxes(page.words, [one]) for one in found)

    def close(self) -> None:
        """Let go of the file that is held open."""
        with self._lock:
            self._let_go()

    # --- the file ---------------------------------------------------------------------------

    def _look_at_file(self, document: DocumentId) -> tuple[tuple[tuple[float, float], ...], str]:
        """The pages' sizes where the file can be shown, else none and why."""
        info, sha256 = self._retrieval.document(document), self._retrieval.checksum(document)
        try:
            with self._lock:
                self._hold(document)
                if self._held is not None:
                    return self._held.file.sizes, ""
            return (), "" if has_bytes(info.path, sha256) else _CHANGED
        except DocumentUnreadable:
            return (), _NOT_DRAWN if info.path.is_file() else _GONE
        except ChildDied:
            return (), _NOT_DRAWN

    def _hold(self, document: DocumentId) -> None:
        """Hold a document's file, if it is a PDF or picture and what was read; whatever was held before is let go."""
        info, sha256 = self._retrieval.document(document), self._retrieval.checksum(document)
        if not info.path.exists():
            self._let_go()
            raise DocumentUnreadable(_GONE, "")
        seen = _seen(info.path)
        held = self._held
        if held is not None and (held.document, held.sha256, held.seen) == (document, sha256, seen):
            return
        self._let_go()
        file = open_pages(info.path, sha256)
        self._held = None if file is None else _Held(document, sha256, seen, file)

    def _let_go(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            held.file.close()

    # --- where a passage is -----------------------------------------------------------------

    def _passage(self, citation: Citation | None) -> Passage | None:
        if citation is None or citation.passage_id is None:
            return None
        found = self._retrieval.passages([citation.passage_id])
        return found[citation.passage_id][1] if found else None

    def _first_page(
        self, document: DocumentId, numbers: Sequence[int], citation: Citation, passage: Passage | None
    ) -> int:
        """Where the quote stands; a passage that runs over a page's border may have it on the second."""
        first = citation.page or (passage.page if passage else None)
        last = passage.last_page if passage and passage.last_page else first
        quote = citation.text[citation.start : citation.end]
        candidates = [number for number in numbers if first is None or first <= number <= (last or first)]
        if first is not None and len(candidates) < 2:
            return first
        best, most = first or (numbers[0] if numbers else 1), 0
        for number in candidates:
            text = self._retrieval.page_text(document, number).text
            held = sum(end - start for start, end in locate(quote or citation.text, text))
            if held > most:
                best, most = number, held
            if held >= len(quote or citation.text):
                break
        return best

    def _table(self, document: DocumentId, citation: Citation, passage: Passage | None) -> ShownTable | None:
        """The table of a sheet that a passage covers cells of."""
        cells = _cells(passage.position.cells) if passage else None
        if passage is None or cells is None:
            return None
        for table in self._retrieval.tables_at(document, passage.page):
            whole = _cells(table.position.cells)
            same = table.position.name == passage.position.name and table.position.part == passage.position.part
            if same and whole is not None and whole[0] <= cells[0] and cells[2] <= whole[2]:
                rows = table.rows[:_MOST_TABLE_ROWS]
                quote = quoted_rows(table, whole[0], citation.text[citation.start : citation.end])
                return ShownTable(table.position.name, rows, whole[0], whole[1], cells, quote)
        return None


def _marked_pages(page: int, passage: Passage | None) -> range:
    """The pages that a passage may stand on; where the format has none, the stretch it was found in and the next."""
    if passage is None or passage.page is None:
        return range(page, page + 2)
    return range(min(page, passage.page), max(page, passage.last_page or passage.page) + 1)


def marked_text(text: str, citation: Citation) -> Marked:
    """Where a citation's passage stands in a text, and within it what answers."""
    passage = locate(citation.text, text)
    quote = citation.text[citation.start : citation.end]
    return Marked(passage, _within(locate(quote, text), passage)) if quote else Marked(passage)


def quoted_rows(table: Table, first: int, quote: str) -> frozenset[int]:
    """The rows of a table that a quote is taken from, in the sheet's counting. first: the number of its first row."""
    wanted = _key(quote)
    if not wanted:
        return frozenset()
    keys = [_key(" ".join(str(cell) for cell in row if cell is not None)) for row in table.rows]
    return frozenset(first + at for at, key in enumerate(keys) if key and (key in wanted or wanted in key))


def _seen(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns, status.st_ino


def _key(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _within(found: tuple[Stretch, ...], passage: tuple[Stretch, ...]) -> tuple[Stretch, ...]:
    """What was found, but not outside the passage where some of it is inside."""
    inside = tuple(one for one in found if any(part.start <= one.start < part.end for part in passage))
    return inside or found


def _boxes(words: Sequence[DrawnWord], ranges: Sequence[range]) -> tuple[Box, ...]:
    """The words of these ranges, those of one line in one box."""
    boxes: list[Box] = []
    for numbers in ranges:
        begun = len(boxes)
        for number in numbers:
            box = words[number].box
            last = boxes[-1] if len(boxes) > begun else None
            if last is not None and last.top <= (box.top + box.bottom) / 2 <= last.bottom and box.left >= last.left:
                boxes[-1] = Box(
                    last.left, min(last.top, box.top), max(last.right, box.right), max(last.bottom, box.bottom)
                )
            else:
                boxes.append(box)
    return tuple(boxes)


def _cells(cells: str) -> tuple[int, int, int, int] | None:
    """First row, first column, last row, last column of a range like "B2:D14", from 1; None for anything else."""
    first, _, last = cells.partition(":")
    begins, ends = _CELL.fullmatch(first), _CELL.fullmatch(last or first)
    if begins is None or ends is None:
        return None
    return int(begins[2]), _column(begins[1]), int(ends[2]), _column(ends[1])


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
