"""Exports of other programs, made by hand to their formats; each says the same three things."""

from __future__ import annotations

import json
import struct
import zipfile
from pathlib import Path

QUESTION, ANSWER, OTHER = "Who planted the hedge?", "Ottilie Brandt, in 1874.", "Nobody knows."
WHEN = 1_732_000_000.0


def chatgpt() -> list[object]:
    """An export of one conversation, with a hidden system turn and an answer in two versions, the second shown."""

    def node(name: str, parent: str | None, role: str, said: str, children: list[str]) -> dict[str, object]:
        message = {
            "id": name,
            "author": {"role": role},
            "create_time": WHEN,
            "content": {"content_type": "text", "parts": [said]},
            "metadata": {},
        }
        return {"id": name, "message": message, "parent": parent, "children": children}

    mapping = {
        "root": {"id": "root", "message": None, "parent": None, "children": ["s"]},
        "s": node("s", "root", "system", "You are helpful.", ["q"]),
        "q": node("q", "s", "user", QUESTION, ["a", "b"]),
        "a": node("a", "q", "assistant", OTHER, []),
        "b": node("b", "q", "assistant", ANSWER, []),
    }
    return [
        {
            "title": "Hedges",
            "create_time": WHEN,
            "update_time": WHEN,
            "mapping": mapping,
            "current_node": "b",
            "conversation_id": "c-1",
        }
    ]


def openwebui() -> list[object]:
    """An export of one chat."""
    messages = {
        "q": {"id": "q", "parentId": None, "childrenIds": ["a", "b"], "role": "user", "content": QUESTION,
              "timestamp": int(WHEN)},
        "a": {"id": "a", "parentId": "q", "childrenIds": [], "role": "assistant", "content": OTHER,
              "timestamp": int(WHEN)},
        "b": {"id": "b", "parentId": "q", "childrenIds": [], "role": "assistant", "content": ANSWER,
              "timestamp": int(WHEN)},
    }  # fmt: skip
    chat = {"title": "Hedges", "history": {"messages": messages, "currentId": "b"}, "timestamp": int(WHEN * 1000)}
    return [{"id": "w-1", "user_id": "u", "title": "Hedges", "chat": chat, "created_at": int(WHEN), "archived": False}]


def lmstudio() -> dict[str, object]:
    """A conversation file: the answer has two versions, steps in which the model thought, and one of a tool."""

    def answer(said: str) -> dict[str, object]:
        thought = {"type": "contentBlock", "style": {"type": "thinking"}, "content": [{"type": "text", "text": "Hm."}]}
        channel = {"type": "contentBlock", "prefix": "<|channel|>analysis<|message|>", "content": thought["content"]}
        tool = {"type": "toolStatus", "statusState": {"status": {"type": "toolCallSucceeded"}}}
        spoken = {
            "type": "contentBlock",
            "stepIdentifier": "1732000000000-0.5",
            "content": [{"type": "text", "text": said, "fromDraftModel": False, "isStructural": False}],
            "genInfo": {"stats": {"stopReason": "eosFound", "totalTokensCount": 40}},
        }
        return {
            "type": "multiStep",
            "role": "assistant",
            "senderInfo": {"senderName": "a-model"},
            "steps": [thought, channel, tool, spoken],
        }

    asked = {"type": "singleStep", "role": "user", "content": [{"type": "text", "text": QUESTION}]}
    return {
        "name": "Hedges",
        "pinned": False,
        "createdAt": int(WHEN * 1000),
        "tokenCount": 40,
        "systemPrompt": "",
        "perChatPredictionConfig": {"fields": [{"key": "llm.prediction.systemPrompt", "value": "Be brief."}]},
        "lastUsedModel": {"identifier": "a-model"},
        "messages": [
            {"versions": [asked], "currentlySelected": 0},
            {"versions": [answer(OTHER), answer(ANSWER)], "currentlySelected": 1},
        ],
    }


def jan(folder: Path) -> None:
    """A thread in a folder of its own below `folder`."""
    thread = folder / "jan_1732000000"
    thread.mkdir(parents=True)
    about = {"id": "jan_1732000000", "object": "thread", "title": "Hedges", "created": int(WHEN), "assistants": []}
    (thread / "thread.json").write_text(json.dumps(about), encoding="utf-8")
    lines = [
        {
            "id": f"m{number}",
            "thread_id": "jan_1732000000",
            "role": role,
            "content": [{"type": "text", "text": {"value": said, "annotations": []}}],
            "created_at": int(WHEN * 1000),
        }
        for number, (role, said) in enumerate([("user", QUESTION), ("assistant", ANSWER)])
    ]
    (thread / "messages.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n", encoding="utf-8")


def gpt4all(version: int) -> bytes:
    """A .chat file of this version of the format, as its `serialize` writes one."""

    def string(text: str) -> bytes:
        encoded = text.encode("utf-16-be")
        return struct.pack(">I", len(encoded)) + encoded

    parts = [b"\xf5\xd5\x53\xcc", struct.pack(">iq", version, int(WHEN))]
    parts += [string("g-1"), string("Hedges"), struct.pack(">I", 0xFFFFFFFF), string("Llama 3")]
    parts += [struct.pack(">I", 1), string("My documents")]
    if version < 11:
        parts += [b"\0", struct.pack(">ii", 2, 0), string(""), string(""), struct.pack(">I", 0)]
    turns = [("Prompt: ", QUESTION), ("Response: ", ANSWER)]
    parts.append(struct.pack(">i", len(turns)))
    for name, said in turns:
        parts += [struct.pack(">i", 0), string(name), string(said)]
        parts += [string("")] if version < 10 else []
        parts.append(bytes(5))
        parts += [b"\0"] if version >= 11 and name == "Response: " else []
        if version >= 8:
            source = [string(text) for text in ("c", "/p", "file.pdf", "t", "a", "d", "text")]
            parts += [struct.pack(">q", 1), *source, struct.pack(">iii", 1, 2, 3)]
        else:
            parts += [string("1. In file.pdf."), struct.pack(">I", 1), string("text")]
        if version >= 10:
            parts += [struct.pack(">q", 1), struct.pack(">I", 3), b"url", struct.pack(">I", 0xFFFFFFFF)]
    return b"".join(parts)


def every(folder: Path) -> dict[str, Path]:
    """One export of each program in `folder`, by name."""
    folder.mkdir(exist_ok=True)
    places = {
        "ChatGPT": folder / "chatgpt.zip",
        "Open WebUI": folder / "chat-export.json",
        "LM Studio": folder / "1732000000000.conversation.json",
        "Jan": folder / "threads",
        "GPT4All": folder / "gpt4all-1.chat",
    }
    with zipfile.ZipFile(places["ChatGPT"], "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("user.json", "{}")
        archive.writestr("conversations.json", json.dumps(chatgpt()))
    places["Open WebUI"].write_text(json.dumps(openwebui()), encoding="utf-8")
    places["LM Studio"].write_text(json.dumps(lmstudio()), encoding="utf-8")
    jan(places["Jan"])
    places["GPT4All"].write_bytes(gpt4all(11))
    return places
