"""MSG, messages of Outlook: subject, people, text and attachments. Source: MS-OXMSG, MS-OXPROPS, MS-OXRTFCP."""

from __future__ import annotations

import datetime
import re
import struct
from collections.abc import Callable, Iterator
from typing import Final

from assistant.ingestion.formats import rtf
from assistant.ingestion.formats.decoding import decoded_as
from assistant.ingestion.formats.events import About, Event, Inside
from assistant.ingestion.formats.letters import SUFFIXES_OF, Letter, letter_events
from assistant.values import Block, BlockKind
from assistant.workers import Refusal

_DEEPEST: Final = 5
_MOST_ATTACHED: Final = 500
_HEADS: Final = (("From", ("0C1A", "0042")), ("To", ("0E04",)), ("Cc", ("0E03",)), ("Location", ("8208",)))
_SUBMITTED, _DELIVERED = 0x00390040, 0x0E060040
_MESSAGE_CODEPAGE, _INTERNET_CODEPAGE = 0x3FFD0003, 0x3FDE0003
_EPOCH: Final = datetime.datetime(1601, 1, 1, tzinfo=datetime.UTC)
_DICTIONARY: Final = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
    b"\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
    b"\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u"
    b"\\tab\\tx"
)
_LARGEST_RTF: Final = 64 << 20
_ATTACHMENT: Final = re.compile(r"__attach_version1\.0_#[0-9A-Fa-f]{8}")

Read = Callable[[str], bytes]


def read(stream: Read, names: frozenset[str]) -> Iterator[Event]:
    """Blocks of a message, and the files attached. names: of all streams. Raises Refusal("damaged")."""
    events = list(_Message(stream, names, "").events(1, 0))
    yield from events
    title = next((event.text for event in events if isinstance(event, Block) and event.kind is BlockKind.HEADING), "")
    yield About(title)


class _Message:
    """One message. root: the path of its storage, "" or ending in "/"."""

    def __init__(self, stream: Read, names: frozenset[str], root: str) -> None:
        self._stream = stream
        self._names = names
        self._root = root
        self._fixed = _fixed_properties(stream(root + "__properties_version1.0"), 24 if root else 32)
        pages = (self._fixed[tag] & 0xFFFF for tag in (_MESSAGE_CODEPAGE, _INTERNET_CODEPAGE) if tag in self._fixed)
        self._codec = f"cp{next((page for page in pages if page != 1252), 1252)}"

    def events(self, level: int, depth: int) -> Iterator[Event]:
        """The message's blocks, then what is attached; a message in it follows with its own."""
        date = next((self._fixed[tag] for tag in (_SUBMITTED, _DELIVERED) if tag in self._fixed), 0)
        heads = [(name, next((text for tag in tags if (text := self._text(tag))), "")) for name, tags in _HEADS]
        heads.append(("Date", _moment(date)))
        plain, html = self._text("1000"), self._html()
        compressed = self._binary("1009") if not plain.strip() and not html else b""
        blocks: tuple[Block, ...] = ()
        if compressed:
            try:
                blocks = tuple(rtf.blocks_of(uncompressed(compressed)))
            except Refusal:
                blocks = ()
        letter = Letter(self._text("0037"), tuple(heads), plain, html, blocks)
        yield from letter_events(letter, None, level)
        yield from self._attached(level, depth)

    def _attached(self, level: int, depth: int) -> Iterator[Event]:
        start = len(self._root)
        storages = {
            found.group()
            for name in self._names
            if name.startswith(self._root) and (found := _ATTACHMENT.match(name, start))
        }
        for storage in sorted(storages)[:_MOST_ATTACHED]:
            inner = _Message(self._stream, self._names, f"{self._root}{storage}/")
            embedded = f"{self._root}{storage}/__substg1.0_3701000D/"
            name = inner._text("3707") or inner._text("3704") or inner._text("3001") or "attachment"
            if embedded + "__properties_version1.0" in self._names:
                if depth < _DEEPEST:
                    yield from _Message(self._stream, self._names, embedded).events(min(level + 1, 9), depth + 1)
            elif data := inner._binary("3701"):
                name = name.replace("/", "_").strip("\0 ") or "attachment"
                kind = inner._text("370E").casefold()
                suffix = ".eml" if kind.startswith("multipart/") else SUFFIXES_OF.get(kind, "")
                yield Inside(name if "." in name else name + suffix, (data,))

    def _text(self, tag: str) -> str:
        data = self._stream(f"{self._root}__substg1.0_{tag}001F")
        if data:
            return data.decode("utf-16-le", "replace").rstrip("\0")
        data = self._stream(f"{self._root}__substg1.0_{tag}001E")
        return decoded_as(data, self._codec).rstrip("\0")

    def _binary(self, tag: str) -> bytes:
        return self._stream(f"{self._root}__substg1.0_{tag}0102")

    def _html(self) -> str:
        data = self._binary("1013")
        return decoded_as(data, self._codec) if data else self._text("1013")


def _fixed_properties(data: bytes, start: int) -> dict[int, int]:
    """The properties of fixed length: tag -> value, as a number."""
    found = {}
    for at in range(start, len(data) - 15, 16):
        tag, _, value = struct.unpack_from("<IIQ", data, at)
        found[tag] = value
    return found


def _moment(ticks: int) -> str:
    """A FILETIME, in tenths of microseconds since 1601, as ISO 8601 in UTC."""
    if not 0 < ticks < 1 << 62:
        return ""
    try:
        return (_EPOCH + datetime.timedelta(microseconds=ticks // 10)).strftime("%Y-%m-%d %H:%M UTC")
    except OverflowError:
        return ""


def uncompressed(data: bytes) -> bytes:
    """RTF out of Outlook's packing of it (MS-OXRTFCP, 2.1). Raises Refusal("damaged")."""
    if len(data) < 16:
        raise Refusal("damaged", "rtf")
    _, size, kind = struct.unpack_from("<I I 4s", data)
    if kind == b"MELA":
        return data[16 : 16 + size]
    if kind != b"LZFu" or size > _LARGEST_RTF:
        raise Refusal("damaged", "rtf")
    window = bytearray(_DICTIONARY.ljust(4096, b" "))
    write = len(_DICTIONARY)
    out = bytearray()
    at = 16
    while at < len(data) and len(out) < size:
        flags = data[at]
        at += 1
        for bit in range(8):
            if at >= len(data):
                break
            if flags >> bit & 1:
                if at + 1 >= len(data):
                    return bytes(out)
                word = data[at] << 8 | data[at + 1]
                at += 2
                offset, length = word >> 4, (word & 0xF) + 2
                if offset == write:
                    return bytes(out)
                for step in range(length):
                    byte = window[(offset + step) % 4096]
                    out.append(byte)
                    window[write] = byte
                    write = (write + 1) % 4096
            else:
                out.append(data[at])
                window[write] = data[at]
                write = (write + 1) % 4096
                at += 1
    return bytes(out)
