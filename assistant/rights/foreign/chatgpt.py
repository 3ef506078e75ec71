"""ChatGPT's export: a ZIP with conversations.json, an array of conversations with a `mapping` of messages.

Source: OpenAI's help pages on exporting data, and the files that public converters of it read.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.rights.foreign.shapes import branching, items, moment, role, table, text
from assistant.values import ForeignChat, Role

NAME = "ChatGPT"


def is_one(chat: object) -> bool:
    """True for one conversation of such an export."""
    return isinstance(table(chat).get("mapping"), dict)


def read(chat: object) -> Iterator[ForeignChat]:
    """The conversation, if anything was said in it."""
    fields = table(chat)
    created = moment(fields.get("create_time"))
    nodes = {name: _node(node) for name, node in table(fields.get("mapping")).items()}
    key = text(fields.get("conversation_id")) or text(fields.get("id"))
    found = branching(NAME, key, text(fields.get("title")), created, nodes, text(fields.get("current_node")))
    if found is not None:
        yield found


def _node(node: object) -> tuple[str, Role | None, str, float]:
    fields = table(node)
    message = table(fields.get("message"))
    content = table(message.get("content"))
    parts = [text(part) for part in items(content.get("parts"))]
    said = "\n".join(part for part in parts if part) or text(content.get("text"))
    hidden = table(message.get("metadata")).get("is_visually_hidden_from_conversation") is True
    who = None if hidden else role(table(message.get("author")).get("role"))
    return text(fields.get("parent")), who, said, moment(message.get("create_time"))
