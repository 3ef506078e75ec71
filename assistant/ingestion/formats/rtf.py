"""RTF (specification 1.9.1): paragraphs, tables, notes and fields' results, in whatever code page they are written."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO, Final

from assistant.ingestion import caps
from assistant.ingestion.cleaning import clean, one_line, tidy
from assistant.ingestion.formats.events import About, Event, Placed
from assistant.ingestion.formats.placing import is_large
from assistant.ingestion.formats.tables import Cell, markdown_rows
from assistant.values import Block, BlockKind
from assistant.workers import Refusal

_MOST_BYTES: Final = 256 << 20
_DEEPEST: Final = 5_000
_TOKEN: Final = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z'])|([{}])|([^\\{}\r\n]+)|[\r\n]+"
)
# Groups of which nothing is for a reader; those that begin with \* are left out as well, but for a few.
_SKIPPED: Final = frozenset(
    """fonttbl colortbl stylesheet listtable listoverridetable rsidtbl generator pict object objdata themedata
    colorschememapping datastore latentstyles xmlnstbl fldinst filetbl revtbl bkmkstart bkmkend info template panose
    falt nonshppict shpinst sp sn sv private atnid atnauthor atndate atnref atntime atnicn atnparent mmathPr
    pgptbl wgrffmtfilter fchars lchars blipuid datafield formfield oldcprops oldpprops oldsprops oldtprops htmltag
    mhtmltag tc xe""".split()
)
_KEPT: Final = frozenset((b"shptxt", b"shprslt", b"ud", b"annotation", b"shppict"))
_LETTERS: Final = {
    "tab": "\t", "line": "\n", "emdash": "—", "endash": "–", "emspace": " ", "enspace": " ", "qmspace": " ",
    "bullet": "•", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "softline": "\n", "column": "\n",
    "page": "\n", "lbr": "\n", "sect": "\n",
}  # fmt: skip
_PICTURE: Final = re.compile(rb"\\pict(?![a-zA-Z])")
_NO_DIGITS: Final = bytes(set(range(256)) - set(b"0123456789abcdefABCDEF"))
_POINTS_AS_THEY_ARE: Final = ("pngblip", "jpegblip")
_DRAWN: Final = ("emfblip", "wmetafile", "macpict", "pmmetafile")
_TWIPS: Final = 1440 / 2.54  # a centimetre
_CHARSETS: Final = {
    0: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 134: "gb18030", 136: "big5", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251",
    222: "cp874", 238: "cp1250", 254: "cp437",
}  # fmt: skip
_PAGES: Final = {
    437: "cp437", 850: "cp850", 866: "cp866", 874: "cp874", 932: "cp932", 936: "gb18030", 949: "cp949", 950: "big5",
    10000: "mac_roman", 65001: "utf-8", **{number: f"cp{number}" for number in range(1250, 1259)},
}  # fmt: skip
_BESIDE: Final = {"footnote": "Notes", "annotation": "Comments", "header": "Headers and footers"}
_RUNNING: Final = frozenset("header headerl headerr headerf footer footerl footerr footerf".split())


@dataclass(slots=True)
class _State:
    """What a group inherits. skip: nothing in it is for a reader. to: where its paragraphs go, "" for the body."""

    skip: bool = False
    hidden: bool = False
    codec: str = ""
    unicode_skip: int = 1
    to: str = ""
    fonts: bool = False
    styles: bool = False


@dataclass(slots=True)
class _Picture:
    """What a source says of a picture. at: where it begins. depth: of the group that it is."""

    at: int
    depth: int
    kind: str = ""
    width: float = 0.0
    height: float = 0.0


@dataclass(slots=True)
class _Flow:
    """One run of text that grows: the body, or what stands beside it."""

    text: list[str] = field(default_factory=list)
    blocks: list[Block | Placed] = field(default_factory=list)
    pictures: list[Placed] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    cell: list[str] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)
    level: int = 0
    listed: bool = False
    in_table: bool = False


def read(file: BinaryIO, size: int) -> Iterator[Event]:
    """Blocks of a document. Raises Refusal: "too-large", "damaged"."""
    file.seek(0)
    reader = _read(file.read(min(size, _MOST_BYTES)))
    yield from reader.events()
    yield About(notes=tuple(reader.notes))


def blocks_of(data: bytes) -> list[Block]:
    """The blocks of RTF's source. Raises Refusal("damaged") where nothing in it is RTF."""
    return [event for event in _read(data).events() if isinstance(event, Block)]


def _read(data: bytes) -> _Reader:
    if b"{\\rtf" not in data[:1024]:
        raise Refusal("damaged", "rtf")
    reader = _Reader()
    reader.run(data)
    return reader


def picture_places(data: bytes) -> list[int]:
    """Where the pictures of a source begin, those of no interest too."""
    return [found.start() for found in _PICTURE.finditer(data)]


def picture(data: bytes, at: int) -> bytes:
    """The bytes of the picture that begins at a place of a source."""
    depth, digits = 0, bytearray()
    while (token := _TOKEN.match(data, at)) is not None:
        at = token.end()
        word, number, _, _, brace, plain = token.groups()
        if word == b"bin" and number and depth == 0:
            return data[at : at + max(0, int(number))]
        if brace == b"}" and depth == 0:
            break
        depth += (brace == b"{") - (brace == b"}")
        if plain is not None and depth == 0:
            digits += plain
    kept = bytes(digits).translate(None, delete=_NO_DIGITS)
    return bytes.fromhex(kept[: len(kept) // 2 * 2].decode("ascii"))


class _Reader:
    """Walks over the tokens once."""

    def __init__(self) -> None:
        self.notes: dict[str, None] = {}
        self._picture: _Picture | None = None
        self._places: list[int] = []
        self._state = _State(codec="cp1252")
        self._stack: list[_State] = []
        self._flows: dict[str, _Flow] = {"": _Flow()}
        self._bytes = bytearray()  # of the code page, until all bytes of a letter are there
        self._codec_of_page = "cp1252"
        self._fonts: dict[int, str] = {}
        self._font = -1
        self._headings: dict[int, int] = {}
        self._style = -1
        self._style_name = ""
        self._ignore = 0  # letters after \\u that say the same for older readers
        self._high = 0
        self._starred = False
        self._suppressed = False  # \\htmlrtf: what is there for readers that know no HTML

    def run(self, data: bytes) -> None:
        """Take in all of a document."""
        self._places = picture_places(data)
        at = 0
        size = len(data)
        while at < size:
            token = _TOKEN.match(data, at)
            if token is None:
                at += 1
                continue
            at = token.end()
            word, number, coded, symbol, brace, plain = token.groups()
            if word is not None:
                if word == b"bin" and number:
                    at += max(0, int(number))
                elif word == b"pict" and not self._state.skip:
                    self._picture = _Picture(token.start(), len(self._stack))
                    self._word("pict", None)
                else:
                    self._word(word.decode("ascii"), int(number) if number else None)
            elif coded is not None:
                self._coded(int(coded, 16))
            elif plain is not None:
                self._plain(plain)
            elif brace == b"{":
                self._flush()
                if len(self._stack) >= _DEEPEST:
                    raise Refusal("damaged", "nesting")
                self._stack.append(replace(self._state))
            elif brace == b"}":
                self._flush()
                if self._picture is not None and len(self._stack) <= self._picture.depth:
                    self._end_picture(self._picture)
                self._state = self._stack.pop() if self._stack else self._state
            elif symbol is not None:
                self._symbol(symbol)
        self._flush()

    def events(self) -> list[Block | Placed]:
        """All blocks and pictures: the body, then what stands beside it."""
        found: list[Block | Placed] = []
        for name, flow in self._flows.items():
            self._end_paragraph(flow)
            self._end_table(flow)
            if name and flow.blocks:
                found.append(Block(BlockKind.HEADING, name, level=1))
            seen: set[str] = set()
            for block in flow.blocks:
                if isinstance(block, Placed):
                    found.append(block)
                    continue
                if name != "Headers and footers" or block.text not in seen:
                    found.append(block)
                seen.add(block.text)
        return found

    @property
    def _flow(self) -> _Flow:
        return self._flows.setdefault(self._state.to, _Flow())

    def _say(self, text: str) -> None:
        if self._state.styles:
            self._style_name += text
        if not self._state.skip and not self._state.hidden and not self._suppressed:
            self._flow.text.append(text)

    def _end_picture(self, shown: _Picture) -> None:
        """Remember a picture that may hold text, for the end of its paragraph."""
        self._picture = None
        self._state.skip = False  # as before it, to tell where its paragraph goes
        if (shown.width and shown.height and not is_large(shown.width, shown.height)) or self._state.hidden:
            return
        if shown.kind in _DRAWN and shown.width:
            self.notes["drawings"] = None
        elif shown.kind in _POINTS_AS_THEY_ARE and len(self._places) <= caps.MAX_MEMBERS:
            number = bisect.bisect_left(self._places, shown.at) + 1
            if number <= caps.MAX_PICTURES:
                self._flow.pictures.append(Placed(number))
            else:
                self.notes["more-pictures"] = None

    def _flush(self) -> None:
        if self._bytes:
            data = bytes(self._bytes)
            self._bytes.clear()
            self._say(data.decode(self._state.codec, "replace"))

    def _coded(self, byte: int) -> None:
        if self._ignore:
            self._ignore -= 1
            return
        self._bytes.append(byte)

    def _plain(self, data: bytes) -> None:
        if self._ignore:
            skipped = min(self._ignore, len(data))
            self._ignore -= skipped
            data = data[skipped:]
        if self._bytes or max(data, default=0) > 127:
            self._bytes += data  # the second byte of a letter may look like ASCII
        else:
            self._say(data.decode("ascii"))

    def _symbol(self, symbol: bytes) -> None:
        self._flush()
        if symbol == b"*":
            self._starred = True
        elif symbol in b"{}\\":
            self._say(symbol.decode("ascii"))
        elif symbol == b"~":
            self._say(" ")
        elif symbol == b"_":
            self._say("-")
        elif symbol in b"\r\n":
            self._word("par", None)

    def _word(self, word: str, number: int | None) -> None:
        if word != "u":
            self._flush()
        starred, self._starred = self._starred, False
        state = self._state
        if self._picture is not None:
            if word in _POINTS_AS_THEY_ARE or word in _DRAWN:
                self._picture.kind = word
            elif word == "picwgoal":
                self._picture.width = (number or 0) / _TWIPS
            elif word == "pichgoal":
                self._picture.height = (number or 0) / _TWIPS
        if word in _SKIPPED or (starred and word.encode() not in _KEPT):
            state.skip = True
            state.fonts = word == "fonttbl" or (state.fonts and word != "falt")
            state.styles = word == "stylesheet" or state.styles
        elif word == "u" and number is not None:
            self._unicode(number)
        elif word in ("par", "row", "cell", "nestcell", "nestrow"):
            self._structure(word)
        elif word in _LETTERS:
            self._say(_LETTERS[word])
        elif word == "ansicpg" and number is not None:
            self._codec_of_page = state.codec = _PAGES.get(number, "cp1252")
        elif word in ("mac", "pc", "pca"):
            self._codec_of_page = state.codec = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}[word]
        elif word == "uc":
            state.unicode_skip = min(max(0, number or 0), 100)
        elif word == "f" and number is not None:
            self._font = number
            if not state.fonts:
                state.codec = self._fonts.get(number, self._codec_of_page)
        elif word == "fcharset" and state.fonts and number in _CHARSETS:
            # Charset 0 is said of many fonts of documents in other code pages.
            self._fonts[self._font] = _CHARSETS[number] if number else self._codec_of_page
        elif word == "v" or word == "deleted":
            state.hidden = number != 0
        elif word == "plain":
            state.hidden = False
            state.codec = self._codec_of_page
        elif word == "htmlrtf":
            self._suppressed = number != 0
        else:
            self._paragraph_word(word, number)

    def _paragraph_word(self, word: str, number: int | None) -> None:
        flow = self._flow
        if word == "pard":
            flow.level, flow.listed, flow.in_table = 0, False, False
        elif word == "s" and number is not None:
            if self._state.styles:
                self._style, self._style_name = number, ""
            else:
                flow.level = self._headings.get(number, 0)
        elif word == "outlinelevel" and number is not None and 0 <= number < 9:
            if self._state.styles:
                self._headings[self._style] = number + 1
            else:
                flow.level = number + 1
        elif word == "intbl":
            flow.in_table = True
        elif word in ("pntext", "listtext"):
            flow.listed = True
        elif word in ("footnote", "annotation"):
            self._state.to, self._state.skip = _BESIDE[word], False
        elif word in _RUNNING:
            self._state.to = _BESIDE["header"]
        elif word == "trowd":
            self._end_paragraph(flow)

    def _unicode(self, number: int) -> None:
        self._flush()
        code = number % 0x10000
        if 0xD800 <= code < 0xDC00:
            self._high = code
        elif 0xDC00 <= code < 0xE000:
            if self._high:
                self._say(chr(0x10000 + ((self._high - 0xD800) << 10) + code - 0xDC00))
            self._high = 0
        else:
            self._say(chr(code))
        self._ignore = self._state.unicode_skip

    def _structure(self, word: str) -> None:
        if self._state.skip:
            return
        flow = self._flow
        if word == "par" and flow.in_table:
            flow.text.append("\n")
        elif word == "par":
            self._end_paragraph(flow)
            self._end_table(flow) if not flow.in_table else None
        elif word == "cell":
            flow.cells.append(Cell(one_line("".join(flow.text))))
            flow.text = []
        elif word == "row":
            if flow.cells:
                flow.rows.append(flow.cells)
            flow.cells, flow.text = [], []
        else:  # a table in a cell is part of the cell
            flow.text.append(" ")

    def _end_paragraph(self, flow: _Flow) -> None:
        text = tidy(clean("".join(flow.text)))
        flow.text = []
        pictures, flow.pictures = flow.pictures, []
        if not text:
            flow.blocks += pictures
            return
        self._end_table(flow)
        if flow.level:
            flow.blocks.append(Block(BlockKind.HEADING, one_line(text), level=flow.level))
        else:
            flow.blocks.append(Block(BlockKind.LIST if flow.listed else BlockKind.PARAGRAPH, text))
        flow.blocks += pictures
        flow.listed = False

    def _end_table(self, flow: _Flow) -> None:
        if flow.rows:
            text = clean(markdown_rows(flow.rows))
            if text:
                flow.blocks.append(Block(BlockKind.TABLE if "|" in text else BlockKind.PARAGRAPH, text))
            flow.rows = []
