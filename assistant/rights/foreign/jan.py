"""Jan's threads: a folder each, with thread.json and messages.jsonl.

Source: janhq/jan, docs/openapi/specs/threads.yaml and messages.yaml.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from assistant.rights.foreign.shapes import MOST_TURNS, items, moment, role, straight, table, text
from assistant.values import ForeignChat, Role

NAME = "Jan"
THREAD, MESSAGES = "thread.json", "messages.jsonl"


def read(folder: Path, content: Callable[[Path], bytes]) -> Iterator[ForeignChat]:
    """The thread in `folder`, if anything was said in it. content: reads a file that is not too large."""
    thread = table(json.loads(content(folder / THREAD)))
    turns: list[tuple[Role, str, float]] = []
    for line in content(folder / MESSAGES).splitlines()[:MOST_TURNS]:
        message = table(json.loads(line)) if line.strip() else {}
        who = role(message.get("role"))
        if who is not None:
            turns.append((who, _said(message.get("content")), moment(message.get("created_at"))))
    key = text(thread.get("id")) or folder.name
    found = straight(NAME, key, text(thread.get("title")), turns, moment(thread.get("created")))
    if found is not None:
        yield found


def _said(content: object) -> str:
    parts = [table(table(part).get("text")).get("value") for part in items(content)]
    return "\n".join(text(part) for part in parts if part)
