"""EML and MBOX (RFC 5322, MIME, RFC 4155): messages with their headers, text, and what is attached."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from typing import BinaryIO, Final

from assistant.ingestion import caps
from assistant.ingestion.formats.decoding import decoded_as
from assistant.ingestion.formats.events import About, Event, Inside, PageRead
from assistant.ingestion.formats.letters import SUFFIXES_OF, Letter, letter_events
from assistant.values import Unit
from assistant.workers import Refusal

_LARGEST_MESSAGE: Final = 128 << 20
_ARMOUR: Final = b"-----BEGIN PGP MESSAGE-----"
_LARGEST_PREAMBLE: Final = 64 << 10  # of what stands before the first message of a mailbox
_MOST_PARTS: Final = 1_000
_SHOWN: Final = ("From", "To", "Cc", "Date")
_HEADER: Final = re.compile(rb"\A(?:[\x21-\x39\x3b-\x7e]{1,80}:|From |>From )")
_LINE: Final = 1 << 20


def read(file: BinaryIO, size: int) -> Iterator[Event]:
    """Blocks of one message. Raises Refusal("not-mail")."""
    file.seek(0)
    data = file.read(_LARGEST_MESSAGE)
    start = data.lstrip(b"\xef\xbb\xbf\r\n")
    if not _HEADER.match(start):
        raise Refusal("not-mail")
    if start.startswith((b"From ", b">From ")):
        start = start.partition(b"\n")[2]
    try:
        letter = _letter(start)
    except RecursionError as error:
        raise Refusal("damaged", "nesting") from error
    yield from letter_events(letter, None)
    yield About(letter.subject.strip(), notes=("more-mail",) if size > _LARGEST_MESSAGE else ())


def read_mailbox(file: BinaryIO, size: int) -> Iterator[Event]:
    """Blocks of all messages of a mailbox, numbered. Raises Refusal("not-mail")."""
    file.seek(0)
    number = 0
    lost: list[int] = []
    notes: list[str] = []
    for data in _messages(file):
        if number == caps.MAX_PAGES:
            notes.append("more-pages")
            break
        number += 1
        if len(data) >= _LARGEST_MESSAGE:
            notes.append("more-mail")
        try:
            yield from letter_events(_letter(data), number)
        except (ValueError, LookupError, MessageError, RecursionError):
            lost.append(number)
        yield PageRead(number, number)
    if not number:
        raise Refusal("not-mail")
    yield About(pages=number, lost_pages=tuple(lost), notes=tuple(dict.fromkeys(notes)), unit=Unit.MESSAGE)


def _messages(file: BinaryIO) -> Iterator[bytes]:
    """The messages of a mailbox: each after a line that begins with "From ", with an empty line before it.

    What stands before the first is handed out as one without a head.
    """
    lines: list[bytes] = []
    size = 0
    began = False
    blank = True
    while line := file.readline(_LINE):
        if blank and line.startswith(b"From "):
            if began or size:
                yield b"".join(lines) if began else b"\n" + b"".join(lines)
            lines, size, began = [], 0, True
        elif (began or line.strip()) and size < _LARGEST_MESSAGE:
            if not began and size > _LARGEST_PREAMBLE:
                raise Refusal("not-mail")
            lines.append(line[1:] if line.startswith((b">From ", b">>From ")) else line)
            size += len(line)
        blank = not line.strip()
    if began:
        yield b"".join(lines)


def _letter(data: bytes) -> Letter:
    message = email.message_from_bytes(data)
    plain: list[str] = []
    web: list[str] = []
    attached: list[Inside] = []
    for number, part in enumerate(_parts(message)):
        if number >= _MOST_PARTS:
            attached.append(Inside("further parts", refused="too-much"))
            break
        kind = part.get_content_type()
        name = _decoded_header(part.get_filename() or "")
        inline = part.get_content_disposition() != "attachment" and not name
        if kind == "application/pgp-encrypted":
            continue  # says only that the next part is
        if _is_encrypted(part, kind):
            attached.append(Inside(_file_name(name or "message", ""), refused="encrypted"))
        elif kind == "text/plain" and inline:
            plain.append(_text(part))
        elif kind == "text/html" and inline:
            web.append(_text(part))
        elif kind == "message/rfc822":
            inner = part.get_payload()
            first = inner[0] if isinstance(inner, list) and inner else None
            if isinstance(first, Message):
                subject = _decoded_header(str(first.get("Subject") or "")) or "message"
                attached.append(Inside(_file_name(name or subject, ".eml"), (bytes(first),)))
        else:
            content = part.get_payload(decode=True)
            suffix = SUFFIXES_OF.get(kind, "")
            if isinstance(content, bytes) and (content or name):
                called = _file_name(name or f"attachment {len(attached) + 1}", suffix)
                attached.append(Inside(called, (content,)) if content else Inside(called, refused="empty"))
    heads = tuple((name, _decoded_header(str(message.get(name) or ""))) for name in _SHOWN)
    subject = _decoded_header(str(message.get("Subject") or ""))
    return Letter(subject, heads, "\n\n".join(plain), "\n".join(web), attached=tuple(attached))


def _is_encrypted(part: Message, kind: str) -> bool:
    """True for what only a key opens (RFC 3156, 4; RFC 8551, 3.2.2)."""
    if kind in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
        return str(part.get_param("smime-type") or "").casefold() != "signed-data"
    if kind not in ("application/octet-stream", "text/plain"):
        return False
    payload = part.get_payload(decode=True)
    return isinstance(payload, bytes) and payload.lstrip()[:40].startswith(_ARMOUR)


def _parts(message: Message) -> Iterator[Message]:
    """The parts that hold something, in order; a message in a message is one part, not taken apart here."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        payload = part.get_payload()
        if part.is_multipart() and part.get_content_type() != "message/rfc822" and isinstance(payload, list):
            waiting += [each for each in reversed(payload) if isinstance(each, Message)]
        else:
            yield part


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    if not data.strip():
        return ""
    return decoded_as(data, part.get_content_charset() or "")


def _decoded_header(raw: str) -> str:
    """A header as people read it (RFC 2047); as it stands where it can't be decoded."""
    try:
        parts = decode_header(raw)
    except (MessageError, ValueError, LookupError):
        return raw
    text = ""
    for part, charset in parts:
        if isinstance(part, bytes):
            text += decoded_as(part, charset or "utf-8")
        else:
            text += part
    return text


def _file_name(name: str, suffix: str) -> str:
    name = name.replace("/", "_").replace("\\", "_").strip()
    return name if not suffix or name.casefold().endswith(suffix) else name + suffix


def prepare() -> None:
    """Have the library import what it only imports on use."""
    _letter(
        b"Subject: =?utf-8?q?a?= =?utf-8?b?YQ==?=\nContent-Type: multipart/mixed; boundary=x\n\n--x\n"
        b"Content-Transfer-Encoding: quoted-printable\n\n=41\n--x\nContent-Transfer-Encoding: base64\n\nYQ==\n--x\n"
        b"Content-Type: message/rfc822\nContent-Disposition: attachment; filename*=utf-8''a\n\nSubject: b\n\nc\n--x--\n"
    )
