"""Open WebUI's export: an array of chats, each with `chat.history.messages` as a tree.

Source: open-webui/open-webui, backend/open_webui/models/chats.py and the export in its settings.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.rights.foreign.shapes import branching, items, moment, role, straight, table, text
from assistant.values import ForeignChat, Role

NAME = "Open WebUI"


def is_one(chat: object) -> bool:
    """True for one chat of such an export."""
    inner = table(table(chat).get("chat"))
    return isinstance(table(inner.get("history")).get("messages"), dict) or isinstance(inner.get("messages"), list)


def read(chat: object) -> Iterator[ForeignChat]:
    """The chat, if anything was said in it."""
    fields = table(chat)
    inner = table(fields.get("chat"))
    history = table(inner.get("history"))
    created = moment(fields.get("created_at"), moment(inner.get("timestamp")))
    key, title = text(fields.get("id")), text(fields.get("title")) or text(inner.get("title"))
    messages = table(history.get("messages"))
    if messages:
        nodes = {name: _node(node) for name, node in messages.items()}
        found = branching(NAME, key, title, created, nodes, text(history.get("currentId")))
    else:
        turns: list[tuple[Role, str, float]] = []
        for message in items(inner.get("messages")):
            _, who, said, when = _node(message)
            if who is not None:
                turns.append((who, said, when))
        found = straight(NAME, key, title, turns, created)
    if found is not None:
        yield found


def _node(message: object) -> tuple[str, Role | None, str, float]:
    fields = table(message)
    said = text(fields.get("content"))
    return text(fields.get("parentId")), role(fields.get("role")), said, moment(fields.get("timestamp"))
