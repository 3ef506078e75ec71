"""GPT4All's .chat files: Qt's QDataStream (version 6.2), big-endian, formats 6 to 11 without a saved model state.

Source: nomic-ai/gpt4all, gpt4all-chat/src: chatlistmodel.cpp, chat.cpp, chatllm.cpp, chatmodel.h (their `serialize`).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from assistant.rights.foreign.shapes import MOST_TURNS, NotAChat, moment, straight
from assistant.values import ForeignChat, Role

NAME = "GPT4All"
MAGIC: Final = b"\xf5\xd5\x53\xcc"
_OLDEST, _LATEST = 6, 11
_NULL: Final = 0xFFFFFFFF
_ROLES: Final = {"Prompt: ": Role.USER, "Response: ": Role.ASSISTANT}


class _Stream:
    """Bytes as QDataStream writes them; whatever is not there raises NotAChat."""

    def __init__(self, content: bytes) -> None:
        self._content = memoryview(content)
        self._at = 0

    def raw(self, length: int) -> bytes:
        if length < 0 or self._at + length > len(self._content):
            raise NotAChat("The file ends in the middle.")
        self._at += length
        return bytes(self._content[self._at - length : self._at])

    def number(self, form: str) -> int:
        return int(struct.unpack(f">{form}", self.raw(struct.calcsize(form)))[0])

    def string(self) -> str:
        length = self.number("I")
        return "" if length == _NULL else self.raw(length).decode("utf-16-be", "replace")

    def array(self) -> bytes:
        length = self.number("I")
        return b"" if length == _NULL else self.raw(length)

    def count(self, form: str) -> int:
        amount = self.number(form)
        if not 0 <= amount <= MOST_TURNS:
            raise NotAChat("The file counts more than can be in it.")
        return amount


def read(content: bytes) -> Iterator[ForeignChat]:
    """The chat, if anything was said in it. Raises NotAChat."""
    stream = _Stream(content)
    if stream.raw(4) != MAGIC:
        raise NotAChat("")
    version = stream.number("i")
    if not _OLDEST <= version <= _LATEST:
        raise NotAChat(f"It is of a version of GPT4All's format ({version}) that Privet does not read.")
    created = moment(stream.number("q"))
    key, title = stream.string(), stream.string()
    stream.string()  # the person's name
    stream.string()  # the model
    for _ in range(stream.count("I")):
        stream.string()  # a collection of documents
    if version < 11:
        _skip_model(stream)
    turns: list[tuple[Role, str, float]] = []
    for _ in range(stream.count("i")):
        name, said = _item(stream, version)
        if name in _ROLES:
            turns.append((_ROLES[name], said, created))
    found = straight(NAME, key, title, turns, created)
    if found is not None:
        yield found


def _skip_model(stream: _Stream) -> None:
    """What stood before the turns up to format 10. A saved state can't be told from what follows: it is refused."""
    if stream.number("b"):
        raise NotAChat("It holds a saved model state; turn that off in GPT4All, and save the chat again.")
    stream.raw(8)  # kind of model, version of its state
    stream.string()
    stream.string()
    stream.raw(4)  # tokens so far


def _item(stream: _Stream, version: int) -> tuple[str, str]:
    stream.raw(4)  # a number that was never used
    name, said = stream.string(), stream.string()
    if version < 10:
        stream.string()
    stream.raw(5)  # new, current, stopped, thumbs up, thumbs down
    if version >= 11 and name == "Response: ":
        stream.raw(1)
    if version >= 8:
        for _ in range(stream.count("q")):
            for _ in range(7):
                stream.string()
            stream.raw(12)  # page, from, to
    else:
        stream.string()
        for _ in range(stream.count("I")):
            stream.string()
    if version >= 10:
        for _ in range(stream.count("q")):
            stream.array()
            stream.array()
    return name, said
