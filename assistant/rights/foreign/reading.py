"""Which program a file or folder comes from, found out by content; and its conversations."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from assistant.rights.foreign import chatgpt, gpt4all, jan, lmstudio, openwebui
from assistant.rights.foreign.shapes import NotAChat, items, table
from assistant.values import ForeignChat

_LARGEST: Final = 512 << 20
_DEEPEST: Final = 3
_TOO_LARGE: Final = "It is larger than any export of conversations."


def read_chats(path: Path) -> Iterator[ForeignChat]:
    """The conversations at `path`. Raises NotAChat, OSError; what came before is sound."""
    try:
        if path.is_dir():
            yield from _folder(path, _DEEPEST)
        elif zipfile.is_zipfile(path):
            yield from _archive(path)
        else:
            yield from _file(path)
    except (zipfile.BadZipFile, RecursionError, UnicodeDecodeError, json.JSONDecodeError, KeyError) as error:
        raise NotAChat("") from error


def _folder(folder: Path, depth: int) -> Iterator[ForeignChat]:
    if (folder / jan.THREAD).is_file() and (folder / jan.MESSAGES).is_file():
        yield from jan.read(folder, _content)
        return
    for path in sorted(folder.iterdir()):
        if path.is_symlink():
            continue
        if path.is_dir() and depth:
            yield from _folder(path, depth - 1)
        elif path.name.endswith((".conversation.json", ".chat")) or path.name == "conversations.json":
            yield from _file(path)


def _archive(path: Path) -> Iterator[ForeignChat]:
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            name = member.filename.rsplit("/", 1)[-1]
            if name.startswith("conversations") and name.endswith(".json"):
                if member.file_size > _LARGEST:
                    raise NotAChat(_TOO_LARGE)
                with archive.open(member) as file:
                    yield from _json(file.read(_LARGEST), path.stem)


def _file(path: Path) -> Iterator[ForeignChat]:
    content = _content(path)
    if content.startswith(gpt4all.MAGIC):
        yield from gpt4all.read(content)
    else:
        yield from _json(content, path.name)


def _json(content: bytes, key: str) -> Iterator[ForeignChat]:
    parsed = json.loads(content.decode("utf-8-sig"))
    if lmstudio.is_one(parsed):
        yield from lmstudio.read(parsed, key)
        return
    for chat in items(parsed) or [table(parsed)]:
        if chatgpt.is_one(chat):
            yield from chatgpt.read(chat)
        elif openwebui.is_one(chat):
            yield from openwebui.read(chat)


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        content = file.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise NotAChat(_TOO_LARGE)
    return content
