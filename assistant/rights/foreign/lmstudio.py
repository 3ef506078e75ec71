"""LM Studio's conversations: one `*.conversation.json` each; every message has versions, an answer's in steps.

Source: what three public readers of its conversations folder agree on: YorkieDev/lm-studio-conversation-converter
(script.js), zeveck/json_to_md (tried by it with 0.3.22), ispaure/migration-chatgpt-to-lmstudio, which writes them.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.rights.foreign.shapes import items, moment, role, straight, table, text
from assistant.values import ForeignChat, Role

NAME = "LM Studio"
_ANALYSIS = "<|channel|>analysis"


def is_one(chat: object) -> bool:
    """True for the content of such a file."""
    first = next(iter(items(table(chat).get("messages"))), None)
    return isinstance(table(first).get("versions"), list)


def read(chat: object, key: str) -> Iterator[ForeignChat]:
    """The conversation, if anything was said in it. key: what tells it from others, the file's name."""
    fields = table(chat)
    created = moment(fields.get("createdAt"))
    turns: list[tuple[Role, str, float]] = []
    for message in items(fields.get("messages")):
        versions = items(table(message).get("versions"))
        chosen = table(message).get("currentlySelected")
        place = chosen if isinstance(chosen, int) and 0 <= chosen < len(versions) else len(versions) - 1
        version = table(versions[place]) if versions else {}
        who = role(version.get("role"))
        if who is not None:
            turns.append((who, _said(version), created))
    found = straight(NAME, key, text(fields.get("name")), turns, created)
    if found is not None:
        yield found


def _said(version: object) -> str:
    """The text of a version: its own, or that of its steps but for what the model thought to itself."""
    fields = table(version)
    content = fields.get("content")
    own = [text(table(part).get("text")) for part in items(content) if table(part).get("type") == "text"]
    if isinstance(content, str):  # as earlier versions of it wrote what was said in one piece
        own = [content]
    steps = [step for step in items(fields.get("steps")) if not _is_thought(step)]
    return "\n".join(filter(None, [*own, *(_said(step) for step in steps)]))


def _is_thought(step: object) -> bool:
    """Marked so by its style, or by the channel that the model named in front of it."""
    fields = table(step)
    return text(table(fields.get("style")).get("type")) == "thinking" or _ANALYSIS in text(fields.get("prefix"))
