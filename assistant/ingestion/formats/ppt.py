"""PPT, PowerPoint's own format of 1997 to 2003, slide by slide. Sources: MS-PPT, MS-ODRAW."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Final

from assistant.ingestion import caps
from assistant.ingestion.cleaning import clean, one_line, tidy
from assistant.ingestion.formats.blips import blips
from assistant.ingestion.formats.events import About, Event, Inside, PageRead, Placed
from assistant.ingestion.formats.numbering import markers
from assistant.ingestion.formats.placing import is_large
from assistant.ingestion.formats.tables import Cell, markdown_rows
from assistant.values import Block, BlockKind, Position, Unit
from assistant.workers import Refusal

_DOCUMENT, _SLIDE, _NOTES, _SLIDE_LIST, _PERSIST, _DRAWING = 0x03E8, 0x03EE, 0x03F0, 0x0FF0, 0x03F3, 0x040C
_HEADER, _CHARS, _BYTES, _OUTLINE, _CSTRING = 0x0F9F, 0x0FA0, 0x0FA8, 0x0F9E, 0x0FBA
_USER_EDIT, _PERSIST_DIRECTORY, _CRYPT, _COMMENT = 0x0FF5, 0x1772, 0x2F14, 0x2EE0
_GROUP, _SHAPE, _TEXTBOX, _CHILD_ANCHOR, _CLIENT_DATA, _PLACEHOLDER = 0xF003, 0xF004, 0xF00D, 0xF00F, 0xF011, 0x0BC3
_OBJECT, _MOST_OBJECTS = 0x1011, 200
_ENTRY, _OPTIONS, _ANCHOR, _FLAGS, _SHOWN, _OF_OBJECT = 0xF007, 0xF00B, 0xF010, 0xF00A, 0x4104, 0x10
_UNITS: Final = 576 / 2.54  # a centimetre
_BINARY_TAG, _STYLE, _STYLE_9, _STYLES_OF_OUTLINE, _STYLE_OF_OUTLINE = 0x138B, 0x0FA1, 0x0FAC, 0x0FAE, 0x0FAF
_ENCRYPTED_TOKEN: Final = 0xF3D1C4DF
_TITLES: Final = (0, 6)  # title, centred title
_BODIES: Final = (1, 5, 7, 8)
_DEEPEST: Final = 40
_MOST_RECORDS: Final = 2_000_000
_POSITION: Final = Position(Unit.SLIDE)
_RUNNING_PLACEHOLDERS: Final = (7, 8, 9, 10)  # date, number, footer, header (MS-PPT, 2.13.22: 0x07 to 0x0A)
_LETTERS: Final = {0x0B: "\n", 0x0D: "\n"}


@dataclass(slots=True)
class _Record:
    """A record: its kind, its instance, and where its data lies; `children` only of containers, read when asked for."""

    kind: int
    instance: int
    start: int
    end: int
    container: bool


@dataclass(slots=True)
class _Text:
    """A text on a slide. kind: as TextHeaderAtom says. box: left, top, right, bottom inside its group, or ().

    style, extension: which letters look how, as the records have it. placeholder: where a slide's own text goes.
    """

    kind: int
    text: str
    box: tuple[int, ...] = ()
    style: bytes = b""
    extension: bytes = b""
    markers: tuple[str, ...] = ()
    placeholder: bool = False

    @property
    def shown(self) -> str:
        """The text with its lines as lines."""
        return self.text.translate(_LETTERS)


@dataclass(slots=True)
class _Shapes:
    """What was found on a slide, in its order; a list is a group, which may be a table."""

    found: list[_Text | list[_Text]] = field(default_factory=list)


def read(stream: Callable[[str], bytes]) -> Iterator[Event]:
    """Blocks of a presentation. stream: gives a stream of the compound file. Raises Refusal: "password", "damaged"."""
    current = stream("Current User")
    if len(current) >= 20 and struct.unpack_from("<I", current, 12)[0] == _ENCRYPTED_TOKEN:
        raise Refusal("password")
    found = enumerate(blips(stream), 1)
    pictures = {blip.offset: (number, blip.drawn) for number, blip in found if blip.stream == "Pictures"}
    yield from _Presentation(stream("PowerPoint Document"), pictures).events(current)


class _Presentation:
    """The records of one file. pictures: the number of each and whether it is a drawing, by where it begins."""

    def __init__(self, data: bytes, pictures: dict[int, tuple[int, bool]] | None = None) -> None:
        self._data = data
        self._pictures = pictures or {}
        self._told: set[int] = set()
        self._notes: dict[str, None] = {}
        self._records = 0
        self._unnumbered = False

    def events(self, current: bytes) -> Iterator[Event]:
        """Blocks, slide by slide."""
        offsets, document = self._persisted(current)
        if document is None:
            document = next((record for record in self._inside(0, len(self._data)) if record.kind == _DOCUMENT), None)
        if document is None:
            raise Refusal("damaged", "document")
        slides = list(self._slides(document, offsets))[: caps.MAX_PAGES]
        if not slides:
            slides = [([], record) for record in self._inside(0, len(self._data)) if record.kind == _SLIDE]
        notes = self._notes_pages(document, offsets)
        store = self._store(document) if self._pictures else []
        empty: list[int] = []
        title = ""
        for page, (outline, record) in enumerate(slides, 1):
            blocks = list(self._slide(outline, record, page))
            blocks += self._notes_of(notes.get(page), page)
            title = title or next((block.text for block in blocks if block.kind is BlockKind.HEADING), "")
            yield from blocks
            yield from self._placed(record, store, page)
            if not blocks:
                empty.append(page)
            yield PageRead(page, len(slides))
        yield from self._on_every_slide(document, offsets, len(slides))
        yield from self._objects(offsets)
        if self._unnumbered:
            self._notes["list-numbers"] = None
        yield About(title, len(slides), tuple(empty), notes=tuple(self._notes), unit=Unit.SLIDE)

    def _store(self, document: _Record) -> list[int]:
        """Where each picture that shapes may show begins in its stream (MS-ODRAW, 2.2.32)."""
        entries = (each for each in self._everything(document, 0) if each.kind == _ENTRY)
        return [self._long(each, 28) if each.end - each.start >= 36 else -1 for each in entries]

    def _placed(self, slide: _Record, store: list[int], page: int) -> Iterator[Placed]:
        """The pictures on a slide that are large enough to hold text, each once in the file."""
        for shape in (each for each in self._everything(slide, 0) if each.kind == _SHAPE and store):
            shown, large, of_object = 0, True, False
            for each in self._children(shape):
                if each.kind == _OPTIONS:
                    for at in range(each.start, min(each.start + 6 * each.instance, each.end - 5), 6):
                        if struct.unpack_from("<H", self._data, at)[0] == _SHOWN:
                            shown = self._long(each, at + 2 - each.start)
                elif each.kind == _ANCHOR and each.end - each.start == 8:
                    top, left, right, bottom = struct.unpack_from("<4h", self._data, each.start)
                    large = is_large((right - left) / _UNITS, (bottom - top) / _UNITS)
                elif each.kind == _FLAGS and each.end - each.start >= 8:
                    of_object = bool(self._long(each, 4) & _OF_OBJECT)
            offset = store[shown - 1] if 0 < shown <= len(store) else -1
            if offset not in self._pictures or offset in self._told or of_object or not large:
                continue
            self._told.add(offset)
            number, drawn = self._pictures[offset]
            if drawn:
                self._notes["drawings"] = None
            elif len(self._told) <= caps.MAX_PICTURES:
                yield Placed(number, page, _POSITION)
            else:
                self._notes["more-pictures"] = None

    def _objects(self, offsets: dict[int, int]) -> Iterator[Inside]:
        """The objects of other programs: compound files of their own, packed as a rule (MS-PPT, 2.10.34)."""
        found = (self._at(offset, len(self._data)) for _, offset in sorted(offsets.items()))
        objects = [record for record in found if record is not None and record.kind == _OBJECT]
        for number, record in enumerate(objects[:_MOST_OBJECTS], 1):
            data, refused = self._data[record.start : record.end], ""
            if record.instance == 1:
                try:
                    data = zlib.decompressobj().decompress(data[4:], caps.MAX_PART)
                except zlib.error:
                    refused = "damaged"
            yield Inside(f"object {number}.ole", () if refused else (data,), refused)

    def _on_every_slide(self, document: _Record, offsets: dict[int, int], last: int) -> Iterator[Block]:
        """What the masters say themselves, once and after the last slide; their placeholders say nothing."""
        seen: set[str] = set()
        lists = (each for each in self._children(document) if each.kind == _SLIDE_LIST and each.instance == 1)
        masters = (one for each in lists for one in self._children(each) if one.kind == _PERSIST)
        for master in [self._persist(one, offsets) for one in masters] if last else ():
            shapes = _Shapes()
            self._gather(master, shapes, [], 0)
            found = [text for each in shapes.found for text in (each if isinstance(each, list) else [each])]
            for text in (text for text in found if not text.placeholder):
                for block in _text(text, last):
                    if not seen:
                        yield Block(BlockKind.HEADING, "On every slide", last, 1, _POSITION)
                    if block.text not in seen:
                        yield block
                    seen.add(block.text)

    def _at(self, offset: int, end: int) -> _Record | None:
        if not 0 <= offset <= end - 8:
            return None
        self._records += 1
        if self._records > _MOST_RECORDS:
            raise Refusal("damaged", "records")
        version, kind, length = struct.unpack_from("<HHI", self._data, offset)
        return _Record(kind, version >> 4, offset + 8, min(offset + 8 + length, end), version & 0xF == 0xF)

    def _inside(self, start: int, end: int) -> Iterator[_Record]:
        while (record := self._at(start, end)) is not None:
            yield record
            start = record.end

    def _children(self, record: _Record) -> Iterator[_Record]:
        if record.container:
            yield from self._inside(record.start, record.end)

    def _persisted(self, current: bytes) -> tuple[dict[int, int], _Record | None]:
        """Where each object of the last saved state lies, and the document among them (MS-PPT, 2.1.2)."""
        offsets: dict[int, int] = {}
        identity = 0
        at = struct.unpack_from("<I", current, 16)[0] if len(current) >= 20 else 0
        for _ in range(1_000):
            edit = self._at(at, len(self._data)) if at else None
            if edit is None or edit.kind != _USER_EDIT or edit.end - edit.start < 20:
                break
            before, directory, reference = struct.unpack_from("<III", self._data, edit.start + 8)
            if (
                edit.end - edit.start >= 32
                and not identity
                and struct.unpack_from("<I", self._data, edit.start + 28)[0]
            ):
                raise Refusal("password")
            identity = identity or reference
            self._read_directory(directory, offsets)
            if not before < at:
                break
            at = before
        document = self._at(offsets[identity], len(self._data)) if identity in offsets else None
        return offsets, document if document is not None and document.kind == _DOCUMENT else None

    def _read_directory(self, offset: int, offsets: dict[int, int]) -> None:
        record = self._at(offset, len(self._data))
        if record is None or record.kind != _PERSIST_DIRECTORY:
            return
        at = record.start
        while at + 4 <= record.end:
            word = struct.unpack_from("<I", self._data, at)[0]
            first, count = word & 0xFFFFF, word >> 20
            at += 4
            for number in range(count):
                if at + 4 > record.end:
                    return
                offsets.setdefault(first + number, struct.unpack_from("<I", self._data, at)[0])
                at += 4

    def _slides(self, document: _Record, offsets: dict[int, int]) -> Iterator[tuple[list[_Text], _Record]]:
        """The texts that the outline has of each slide, and the slide."""
        extensions = self._extensions(document)
        for each in self._children(document):
            if each.kind == _SLIDE_LIST and each.instance == 0:
                outline: list[_Text] = []
                slide: _Record | None = None
                identity = 0
                for record in self._children(each):
                    if record.kind == _PERSIST:
                        if slide is not None:
                            yield outline, slide
                        slide, outline = self._persist(record, offsets), []
                        identity = self._long(record, 12)
                    elif record.kind == _HEADER:
                        kind = self._long(record)
                        outline.append(_Text(kind, "", extension=extensions.get((identity, kind), b"")))
                    elif record.kind in (_CHARS, _BYTES) and outline:
                        outline[-1].text = self._string(record)
                    elif record.kind == _STYLE and outline:
                        outline[-1].style = self._data[record.start : record.end]
                if slide is not None:
                    yield outline, slide

    def _extensions(self, document: _Record) -> dict[tuple[int, int], bytes]:
        """The extensions of the outline's texts, by the number of the slide and the kind of text (MS-PPT, 2.4.16)."""
        found: dict[tuple[int, int], bytes] = {}
        for record in self._everything(document, 0):
            if record.kind == _STYLES_OF_OUTLINE:
                key = (0, 0)
                for each in self._inside(record.start, record.end):
                    if each.kind == _STYLE_OF_OUTLINE:
                        key = (self._long(each), self._long(each, 4))
                    elif each.kind == _STYLE_9:
                        found[key] = self._data[each.start : each.end]
        return found

    def _long(self, record: _Record, at: int = 0) -> int:
        number: int = struct.unpack_from("<I", self._data, record.start + at)[0]
        return number

    def _persist(self, record: _Record, offsets: dict[int, int]) -> _Record:
        slide = self._at(offsets.get(self._long(record), -1), len(self._data))
        return slide if slide is not None else _Record(_SLIDE, 0, 0, 0, False)

    def _notes_pages(self, document: _Record, offsets: dict[int, int]) -> dict[int, _Record]:
        """The notes by the number of their slide."""
        identities: list[int] = []
        for each in self._children(document):
            if each.kind == _SLIDE_LIST and each.instance == 0:
                found = (record for record in self._children(each) if record.kind == _PERSIST)
                identities = [struct.unpack_from("<I", self._data, record.start + 12)[0] for record in found]
        notes: dict[int, _Record] = {}
        for each in self._children(document):
            if each.kind == _SLIDE_LIST and each.instance == 2:
                for record in self._children(each):
                    page = self._persist(record, offsets) if record.kind == _PERSIST else None
                    if page is None or page.kind != _NOTES:
                        continue
                    atom = next((one for one in self._children(page) if one.kind == 0x03F1), None)
                    slide = struct.unpack_from("<I", self._data, atom.start)[0] if atom is not None else -1
                    if slide in identities:
                        notes[identities.index(slide) + 1] = page
        return notes

    def _notes_of(self, record: _Record | None, page: int) -> list[Block]:
        if record is None:
            return []
        shapes = _Shapes()
        self._gather(record, shapes, [], 0)
        found = [text for each in shapes.found for text in (each if isinstance(each, list) else [each])]
        said = [tidy(text.shown) for text in found]
        blocks = [Block(BlockKind.PARAGRAPH, line, page, 0, _POSITION) for line in said if line and line != "*"]
        return [Block(BlockKind.HEADING, "Notes", page, 2, _POSITION), *blocks] if blocks else []

    def _string(self, record: _Record) -> str:
        data = self._data[record.start : record.end]
        return data.decode("cp1252" if record.kind == _BYTES else "utf-16-le", "replace")

    def _slide(self, outline: list[_Text], record: _Record, page: int) -> Iterator[Block]:
        shapes = _Shapes()
        used: set[int] = set()
        self._gather(record, shapes, outline, 0, used)
        for number, text in enumerate(outline):  # what no shape shows belongs to placeholders of older files
            if number not in used:
                self._number(text)
                shapes.found.insert(0 if text.kind in _TITLES else len(shapes.found), text)
        shapes.found.sort(key=lambda each: isinstance(each, list) or each.kind not in _TITLES)
        for each in shapes.found:
            if isinstance(each, list):
                yield from _group(each, page)
            else:
                yield from _text(each, page)
        for comment in (one for one in self._everything(record, 0) if one.kind == _COMMENT):
            said = [self._string(one).translate(_LETTERS) for one in self._children(comment) if one.kind == _CSTRING]
            shown = one_line(": ".join(part for part in said[:2] if part))
            if shown:
                yield Block(BlockKind.PARAGRAPH, f"Comment: {shown}", page, 0, _POSITION)

    def _everything(self, record: _Record, depth: int) -> Iterator[_Record]:
        for each in self._children(record):
            yield each
            if depth < _DEEPEST:
                yield from self._everything(each, depth + 1)

    def _gather(
        self, record: _Record, shapes: _Shapes, outline: list[_Text], depth: int, used: set[int] | None = None
    ) -> None:
        used = set() if used is None else used
        for each in self._children(record):
            if each.kind == _SHAPE:
                text = self._shape(each, outline, used)
                if text is not None:
                    shapes.found.append(text)
            elif each.kind == _GROUP and depth > 2:  # the outermost group is the slide itself
                inner = _Shapes()
                self._gather(each, inner, outline, depth + 1, used)
                flat = [text for one in inner.found for text in (one if isinstance(one, list) else [one])]
                if flat:
                    shapes.found.append(flat)
            elif each.container and depth < _DEEPEST:
                self._gather(each, shapes, outline, depth + 1, used)

    def _shape(self, shape: _Record, outline: list[_Text], used: set[int]) -> _Text | None:
        found = _Text(4, "")  # "other"
        texts: list[str] = []
        for each in self._children(shape):
            if each.kind == _CHILD_ANCHOR and each.end - each.start >= 16:
                found.box = struct.unpack_from("<4i", self._data, each.start)
            elif each.kind == _CLIENT_DATA:
                for one in self._everything(each, 0):
                    if one.kind == _PLACEHOLDER and self._data[one.start + 4] in _RUNNING_PLACEHOLDERS:
                        return None
                    found.placeholder = found.placeholder or one.kind == _PLACEHOLDER
                    if one.kind == _BINARY_TAG:  # no container by its head, though it holds records
                        for inner in self._inside(one.start, one.end):
                            if inner.kind == _STYLE_9:
                                found.extension = self._data[inner.start : inner.end]
            elif each.kind == _TEXTBOX:
                for one in self._inside(each.start, each.end):
                    if one.kind == _HEADER:
                        found.kind = self._long(one)
                    elif one.kind in (_CHARS, _BYTES):
                        texts.append(self._string(one))
                    elif one.kind == _STYLE:
                        found.style = self._data[one.start : one.end]
                    elif one.kind == _OUTLINE and (number := self._long(one)) < len(outline):
                        used.add(number)
                        text = outline[number]
                        found.kind, found.style = text.kind, text.style
                        found.extension = found.extension or text.extension
                        texts.append(text.text)
        found.text = "\r".join(texts)
        self._number(found)
        return found if texts or found.box else None

    def _number(self, text: _Text) -> None:
        """Say what PowerPoint writes before the lines of a text by itself."""
        if not text.extension:
            return
        found = markers(text.text, text.style, text.extension)
        self._unnumbered = self._unnumbered or found is None
        for paragraph, marker in zip(text.text.split("\r"), found or (), strict=False):
            # A paragraph may be of several lines; the number stands before the first.
            text.markers += (marker, *[""] * paragraph.count("\v"))


def _text(text: _Text, page: int) -> Iterator[Block]:
    if text.kind in _TITLES:
        title = one_line(text.shown)
        if title:
            yield Block(BlockKind.HEADING, title, page, 1, _POSITION)
        return
    for line, marker in zip_longest(text.shown.split("\n"), text.markers, fillvalue=""):
        said = tidy(line)
        if said and marker:
            yield Block(BlockKind.LIST, f"{marker} {said}", page, 0, _POSITION)
        elif said and text.kind in _BODIES:
            yield Block(BlockKind.LIST, f"- {said}", page, 0, _POSITION)
        elif said and said != "*":  # where PowerPoint puts a number or date when it shows the slide
            yield Block(BlockKind.PARAGRAPH, said, page, 0, _POSITION)


def _group(texts: list[_Text], page: int) -> Iterator[Block]:
    """Shapes that stand in rows and columns are a table; else each is what it says."""
    boxes = [text for text in texts if len(text.box) == 4 and text.box[2] > text.box[0] and text.box[3] > text.box[1]]
    said = [text for text in boxes if text.text.strip()]
    lefts, tops = (sorted({text.box[at] for text in boxes}) for at in (0, 1))
    if (
        len(said) < 4
        or len(lefts) < 2
        or len(tops) < 2
        or len(said) < sum(bool(text.text.strip()) for text in texts)
        or len(lefts) * len(tops) > 4_000
    ):
        for text in texts:
            yield from _text(text, page)
        return
    grid = [["" for _ in lefts] for _ in tops]
    for text in said:
        left, top, right, bottom = text.box
        for row, y in enumerate(tops):
            for column, x in enumerate(lefts):
                if top <= y < bottom and left <= x < right:
                    grid[row][column] = one_line(text.shown)
    shown = markdown_rows([[Cell(cell) for cell in row] for row in grid])
    if shown:
        yield Block(BlockKind.TABLE, clean(shown), page, 0, _POSITION)
