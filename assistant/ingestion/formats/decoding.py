"""Bytes of text files turned into text: by their mark, as UTF-8, or by what they most likely are."""

from __future__ import annotations

import codecs
import encodings
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from encodings import aliases
from typing import BinaryIO, Final

from assistant.ingestion.formats.latin import CODE_PAGES, code_page
from assistant.workers import Refusal

_SAMPLE: Final = 256 << 10
_GUESSED_FROM: Final = 64 << 10
_CHUNK: Final = 1 << 20
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_FEW_LETTERS: Final = 24  # with fewer letters beyond ASCII than this, a guess would be worth nothing
_GUESSED: Final = (
    "cp1252 cp1250 cp1251 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 iso8859_2 iso8859_5 iso8859_7 koi8_r koi8_u cp866 "
    "shift_jis cp932 euc_jp iso2022_jp gb18030 big5 euc_kr cp949 cp874 mac_roman cp437 cp850"
).split()
_BEYOND_ASCII: Final = re.compile(rb"[\x80-\xff]")
_BEYOND_HEBREW: Final = re.compile(rb"[\xc0-\xdf\xfb-\xff]")
_FALLBACK: Final = "privet-cp1252"

_NAMED: Final = (
    "cp950 gbk gb2312 hz big5hkscs iso2022_kr iso2022_jp_1 iso2022_jp_2 euc_jis_2004 johab iso8859_3 iso8859_4 "
    "iso8859_6 iso8859_8 iso8859_9 iso8859_10 iso8859_13 iso8859_14 iso8859_15 iso8859_16 utf_7 utf_16 utf_32 "
    "utf_8_sig latin_1 ascii cp852 cp855 cp858 cp862 cp864 mac_cyrillic mac_greek mac_latin2 tis_620 koi8_t"
).split()

for _name in ("utf-16-be", "utf-32-le", "utf-32-be", *_GUESSED, *_NAMED):
    codecs.lookup(_name)  # each is imported when first looked up, which would be too late in the sandbox


_KNOWN: Final = frozenset({"utf_8", *_GUESSED, *_NAMED})


def _as_western(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are no UTF-8 in a file that mostly is: what they are in Windows' western code page."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(_FALLBACK, _as_western)


@dataclass(slots=True)
class Decoded:
    """A file's text, read piece by piece. uncertain: whether some of it had to be guessed."""

    file: BinaryIO
    encoding: str
    skip: int
    uncertain: bool = False

    def pieces(self, most: int) -> Iterator[str]:
        """The text in pieces of about a megabyte, `most` bytes of it."""
        self.file.seek(self.skip)
        decoder = codecs.getincrementaldecoder(self.encoding)("strict")
        left = most
        while left > 0 and (data := self.file.read(min(_CHUNK, left))):
            left -= len(data)
            state = decoder.getstate()
            try:
                yield decoder.decode(data)
            except UnicodeDecodeError:
                self.uncertain = True
                decoder = codecs.getincrementaldecoder(self.encoding)(
                    _FALLBACK if self.encoding == "utf-8" else "replace"
                )
                yield decoder.decode(state[0] + data)
        if left > 0 and (unfinished := decoder.getstate()[0]):  # the file ends inside a letter
            self.uncertain = True
            yield unfinished.decode(self.encoding, _FALLBACK if self.encoding == "utf-8" else "replace")


def prepare(file: BinaryIO, always: bool = False) -> None:
    """Import what guessing needs, where the file's beginning shows that there will be something to guess.

    always: the text lies deeper in the file, where it can't be seen yet.
    """
    sample = b"" if always else _read_up_to(file, _SAMPLE)
    if always:
        _guess(b"\xe9\xe8 " * _FEW_LETTERS)
    elif b"\0" not in sample and not _is_utf8(sample) and len(_BEYOND_ASCII.findall(sample)) >= _FEW_LETTERS:
        _guess(b"\xe9\xe8 " * _FEW_LETTERS)  # the first guess imports what is only imported on use


def decoded(file: BinaryIO, named: str = "") -> Decoded:
    """How to read a text file. named: the encoding it claims to be in, or "". Raises Refusal("not-text")."""
    sample = _read_up_to(file, _SAMPLE)
    for mark, encoding in _MARKS:
        if sample.startswith(mark):
            return Decoded(file, encoding, len(mark))
    if b"\0" in sample:
        encoding = _utf16_without_mark(sample)
        if not encoding:
            raise Refusal("not-text")
        return Decoded(file, encoding, 0)
    if _is_utf8(sample):
        return Decoded(file, "utf-8", 0)
    claimed = _claimed(named)
    if claimed and _fits(sample, claimed):
        return Decoded(file, claimed, 0)
    return Decoded(file, _guess(sample), 0, uncertain=True)


def decoded_as(data: bytes, named: str) -> str:
    """Bytes as text: in the encoding they are said to be in, where it is known and fits; else as a file of them."""
    name = encodings.normalize_encoding(named).lower()
    name = aliases.aliases.get(name, name)
    if name in _KNOWN:
        try:
            return data.decode(name)
        except UnicodeDecodeError:
            pass
    try:
        return "".join(decoded(io.BytesIO(data), named).pieces(len(data))) if data else ""
    except Refusal:  # no text at all
        return ""


def _claimed(named: str) -> str:
    """The encoding a file names, if it is one of the usual ones; Latin-1 means Windows' code page, as in browsers."""
    name = named.casefold().replace("-", "_").replace(".", "_")
    name = aliases.aliases.get(name, name)
    name = "cp1252" if name in ("latin_1", "ascii", "iso8859_1") else name
    return name if name in _GUESSED else ""


def _fits(sample: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(sample, final=False)
    except UnicodeDecodeError:
        return False
    return True


def _read_up_to(file: BinaryIO, size: int) -> bytes:
    file.seek(0)
    data = b""
    while len(data) < size and (part := file.read(size - len(data))):
        data += part
    return data


def _is_utf8(sample: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample, final=len(sample) < _SAMPLE)
    except UnicodeDecodeError as error:
        # A few stray bytes in a text that is UTF-8 else, as logs have them.
        strays = len(error.object) - len(sample.decode("utf-8", "ignore").encode("utf-8"))
        return 0 < strays * 20 < len(_BEYOND_ASCII.findall(sample))
    return True


def _utf16_without_mark(sample: bytes) -> str:
    """UTF-16 by where its zero bytes are: every second byte of text in most languages."""
    half = max(1, len(sample) // 2)
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > 0.3 * half and even < 0.02 * half:
        return "utf-16-le"
    return "utf-16-be" if even > 0.3 * half and odd < 0.02 * half else ""


def _guess(sample: bytes) -> str:
    """The likeliest of the usual encodings."""
    if len(_BEYOND_ASCII.findall(sample)) < _FEW_LETTERS:
        return "cp1252"
    import charset_normalizer

    first = _BEYOND_ASCII.search(sample)
    start = max(0, first.start() - 1024) if first else 0
    looked_at = sample[start : start + _GUESSED_FROM]
    best = charset_normalizer.from_bytes(looked_at, cp_isolation=_GUESSED).best()
    guess = best.encoding if best is not None else "cp1252"
    if guess in CODE_PAGES:
        return code_page(looked_at, otherwise=guess)
    # Cyrillic without one letter of the end of its alphabet is Hebrew, which has its letters where these are.
    is_hebrew = guess == "iso8859_5" and not _BEYOND_HEBREW.search(looked_at)
    return "cp1255" if is_hebrew else guess
