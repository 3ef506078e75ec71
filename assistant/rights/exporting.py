"""Everything a person has in Privet, as files that anybody can read: JSON for programs, Markdown for people.

What is exported is not encrypted any more: it is written straight into the folder that the person named, and nowhere
else on the way.
"""

from __future__ import annotations

import errno
import json
import os
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final, cast

from assistant.conversations import Conversations
from assistant.errors import BadInput, DiskFull, EnvironmentFault
from assistant.settings import Option, Settings, options
from assistant.values import Citation, ConversationInfo, DocumentInfo, Exported, KeptTurn, Report, Role, Stop

_ABOUT: Final = """\
This folder holds what you have in Privet, in files that any program can read. They are not encrypted: whoever has this
folder can read them.

conversations.json   every conversation with all its versions; times are seconds since 1970, UTC
conversations/       the same, as shown in the window, one Markdown file each
documents.json       the list of your documents; the documents themselves lie where they always did
reports.json         answers you reported as wrong, with their questions and passages
settings.json        every option with its value and who chose it
"""
_UNSAFE: Final = re.compile(r"[^\w .,()-]+")
_LONGEST_NAME: Final = 60


def export_everything(
    folder: Path,
    conversations: Conversations,
    documents: Sequence[DocumentInfo],
    settings: Settings,
    stop: Stop,
    reports: Sequence[Report] = (),
) -> Iterator[Exported]:
    """Write everything into `folder`, which is empty or not there yet. Raises BadInput, DiskFull, EnvironmentFault."""
    infos = (*conversations.list(), *conversations.trashed())
    try:
        _make_empty(folder)
        (folder / "conversations").mkdir(mode=0o700)
        _write(folder / "README.txt", _ABOUT)
        _write(folder / "documents.json", _json([_document(info) for info in documents]))
        _write(folder / "reports.json", _json([asdict(report) for report in reports]))
        _write(folder / "settings.json", _json(_settings(settings)))
        whole: list[dict[str, object]] = []
        for done, info in enumerate(infos, 1):
            if stop.requested:
                return
            turns = conversations.tree(info.id)
            whole.append({**asdict(info), "turns": [_turn(turn) for turn in turns]})
            _write(folder / "conversations" / _name(info), _markdown(info, turns))
            yield Exported(done, len(infos))
        _write(folder / "conversations.json", _json(whole))
    except OSError as error:
        raise _fault(error, folder) from error


def _make_empty(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise BadInput(f"{folder} is not empty.", "Name an empty folder, or one that is not there yet.")


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n"


def _document(info: DocumentInfo) -> dict[str, object]:
    return asdict(info) | {"path": os.fspath(info.path).encode("utf-8", "replace").decode(), "warnings": info.warnings}


def _settings(settings: Settings) -> dict[str, object]:
    written: dict[str, object] = {}
    for option in options.ALL:
        known = cast("Option[str]", option)  # whatever its type is, JSON has it
        written[option.key] = {"value": settings.get(known), "source": settings.source(known)}
    return written


def _turn(kept: KeptTurn) -> dict[str, object]:
    turn = kept.turn
    return {
        "id": turn.id,
        "parent": kept.parent,
        "shown": kept.shown,
        "role": str(turn.role),
        "text": turn.text,
        "thought": turn.thought,
        "state": str(turn.state),
        "note": turn.note,
        "created": turn.created,
        "citations": [_citation(citation) for citation in turn.citations],
    }


def _citation(citation: Citation) -> dict[str, object]:
    return {name: value for name, value in asdict(citation).items() if isinstance(value, str | int | float | None)}


def _name(info: ConversationInfo) -> str:
    title = " ".join(_UNSAFE.sub(" ", info.title).split()).strip(" .")[:_LONGEST_NAME].strip()
    return f"{info.id:04} {title or 'Untitled'}.md"


def _markdown(info: ConversationInfo, turns: Sequence[KeptTurn]) -> str:
    lines = [f"# {info.title or 'Untitled'}", "", _when(info.created)]
    for kept in turns:
        if not kept.shown:
            continue
        turn = kept.turn
        lines += ["", f"## {'You' if turn.role is Role.USER else 'Privet'}", "", turn.text]
        for citation in turn.citations:
            place = f", {citation.place}" if citation.place else ""
            quoted = citation.text.replace("\n", "\n> ")
            lines += ["", f"> [{citation.number}] {citation.document}{place}", ">", f"> {quoted}"]
        if turn.note:
            lines += ["", f"*{turn.note}*"]
    return "\n".join(lines) + "\n"


def _when(seconds: float) -> str:
    try:
        return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))
    except (ValueError, OverflowError, OSError):
        return ""


def _fault(error: OSError, folder: Path) -> EnvironmentFault:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(f"The disk that holds {folder} is full.", "Make some room, and export into another folder.")
    return EnvironmentFault(f"Privet could not write into {folder}.", "Choose a folder that you may write to.")
