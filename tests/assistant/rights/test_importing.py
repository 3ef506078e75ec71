"""Conversations of other programs, brought in whole, once, and with a sentence where there are none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.conversations import Conversations
from assistant.rights import import_chats
from assistant.rights.foreign import NotAChat, read_chats
from assistant.values import ChatImported, ChatNotImported, ForeignChat, ForeignTurn, Role, Stop
from assistant.vault import Vault
from tests.assistant.rights import exports
from tests.assistant.rights.exports import ANSWER, OTHER, QUESTION, WHEN
from tests.assistant.vault.opening import open_vault


@pytest.fixture
def conversations(tmp_path: Path) -> Iterator[Conversations]:
    vault: Vault = open_vault(tmp_path / "data")
    yield Conversations(vault)
    vault.close()


@pytest.mark.parametrize("program", ["ChatGPT", "Open WebUI", "LM Studio", "Jan", "GPT4All"])
def test_a_conversation_comes_in_whole_with_its_time_and_only_once(
    tmp_path: Path, conversations: Conversations, program: str
) -> None:
    place = exports.every(tmp_path / "exports")[program]
    (event,) = import_chats([place], conversations, Stop())
    assert isinstance(event, ChatImported) and event.program == program and not event.known
    info = event.info
    assert info.title == "Hedges" and info.created == WHEN and info.changed == WHEN and not info.documents
    turns = conversations.turns(info.id)
    assert [(turn.role, turn.text) for turn in turns] == [(Role.USER, QUESTION), (Role.ASSISTANT, ANSWER)]
    if program in ("ChatGPT", "Open WebUI"):
        other, shown = turns[-1].versions
        assert shown == turns[-1].id and conversations.turn(other).text == OTHER
    (again,) = import_chats([place], conversations, Stop())
    assert isinstance(again, ChatImported) and again.known and again.info.id == info.id
    conversations.delete(info.id)
    (anew,) = import_chats([place], conversations, Stop())
    assert isinstance(anew, ChatImported) and not anew.known
    conversations.ask(anew.info.id, "And when?")  # it goes on like any other


@pytest.mark.parametrize("version", [6, 7, 8, 9, 10, 11])
def test_every_format_of_gpt4all_since_the_sixth_is_read(tmp_path: Path, version: int) -> None:
    (tmp_path / "a.chat").write_bytes(exports.gpt4all(version))
    (chat,) = read_chats(tmp_path / "a.chat")
    assert [turn.text for turn in chat.turns] == [QUESTION, ANSWER] and chat.title == "Hedges"


def test_a_folder_of_many_programs_is_walked(tmp_path: Path, conversations: Conversations) -> None:
    exports.every(tmp_path / "exports")
    (tmp_path / "exports" / "chat-export.json").unlink()  # by its name it could be anything
    (tmp_path / "exports" / "chatgpt.zip").unlink()
    events = list(import_chats([tmp_path / "exports"], conversations, Stop()))
    assert sorted(event.program for event in events if isinstance(event, ChatImported)) == [
        "GPT4All",
        "Jan",
        "LM Studio",
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"[]",
        b'{"a": 1}',
        b'[{"mapping": {}}]',
        b"\xff\xfe",
        b"[" * 50_000,
        b"PK\x03\x04nothing",
        exports.gpt4all(11)[:-7],
        exports.gpt4all(11)[:4] + b"\0\0\0\x63" + exports.gpt4all(11)[8:],
        exports.gpt4all(10).replace(b"\0\0\0\0\x02", b"\x01\0\0\0\x02", 1),
    ],
)
def test_what_is_no_export_is_said(tmp_path: Path, conversations: Conversations, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    (event,) = import_chats([tmp_path / "x"], conversations, Stop())
    assert isinstance(event, ChatNotImported) and event.what.endswith(".") and event.do
    assert conversations.list() == ()


def test_a_path_that_is_not_there_is_said_and_the_next_one_read(tmp_path: Path, conversations: Conversations) -> None:
    places = exports.every(tmp_path / "exports")
    events = list(import_chats([tmp_path / "no", places["Jan"]], conversations, Stop()))
    assert [type(event) for event in events] == [ChatNotImported, ChatImported]


def test_circles_and_strangers_in_a_tree_do_no_harm() -> None:
    from assistant.rights.foreign import chatgpt

    chat = exports.chatgpt()[0]
    assert isinstance(chat, dict)
    mapping = chat["mapping"]
    mapping["s"]["parent"] = "q"  # a circle: nothing of it hangs on a beginning
    assert list(chatgpt.read(chat)) == []
    mapping["s"]["parent"] = "nobody"
    (found,) = chatgpt.read(chat)
    assert [turn.parent for turn in found.turns] == [None, 0, 0]


def test_a_very_long_conversation_is_read_in_time_that_grows_with_it() -> None:
    from assistant.rights.foreign.shapes import branching

    nodes: dict[str, tuple[str, Role | None, str, float]] = {
        str(number): (str(number - 1), Role.USER, "x", 0.0) for number in range(1, 50_001)
    }
    found = branching("P", "k", "t", 0.0, nodes, "50000")
    assert found is not None and len(found.turns) == 50_000 and found.turns[-1].shown


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(
            ["mapping", "chat", "history", "messages", "versions", "role", "content", "parts", "parent", "parentId",
             "message", "author", "currentId", "current_node", "title", "steps", "text", "type", "create_time"]
        ),
        inner,
        max_size=5,
    ),
    max_leaves=30,
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_JSON)
def test_no_content_breaks_the_reading(tmp_path: Path, value: object) -> None:
    (tmp_path / "x.json").write_text(json.dumps(value), encoding="utf-8")
    try:
        chats = list(read_chats(tmp_path / "x.json"))
    except NotAChat:
        return
    for chat in chats:
        assert isinstance(chat, ForeignChat) and chat.turns
        for place, turn in enumerate(chat.turns):
            assert isinstance(turn, ForeignTurn) and (turn.parent is None or turn.parent < place)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reading_of_gpt4all(content: bytes) -> None:
    from assistant.rights.foreign import gpt4all

    for start in (b"", exports.gpt4all(11)[:40], exports.gpt4all(9)[:90]):
        try:
            list(gpt4all.read(start + content))
        except NotAChat:
            continue
