"""What one can type in a chat: another answer, another question, going on, versions, the meter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

from assistant.answering import Answering
from assistant.app import Privet
from assistant.cli.ask import follow
from assistant.cli.chat import _Chat
from assistant.cli.meter import meter
from assistant.conversations import Conversations
from assistant.errors import BadInput
from assistant.settings import Folders
from assistant.values import (
    Answered,
    AnswerEvent,
    Checked,
    Claim,
    ContextUse,
    ConversationId,
    DocumentId,
    DocumentInfo,
    FinishReason,
    GoingThrough,
    Outlook,
    Started,
    Stop,
    Support,
    Thought,
    Token,
    TurnId,
)
from assistant.vault import Unlock, Vault
from tests.assistant.answering.fakes import ScriptedEngine
from tests.assistant.answering.way import Way


class Shelf:
    """Documents, of which none are listed and each can be named."""

    def list(self) -> tuple[()]:
        return ()

    def find(self, name: str) -> DocumentInfo:
        return DocumentInfo(DocumentId(7), Path(name), name, 1, 1, 1, 0.0)


@dataclass
class Rooms:
    """As much of Privet as a chat asks for."""

    conversations: Conversations
    answering: Answering
    documents: Shelf


class Typed:
    """A chat into which lines are typed."""

    def __init__(self, vault: Vault, folders: Folders) -> None:
        self.engine = ScriptedEngine()
        way = Way(vault, folders)
        self.chat = _Chat(cast(Privet, Rooms(way.conversations, way.built(self.engine), Shelf())), None, thoughts=False)

    def line(self, text: str, *script: str | Thought | FinishReason) -> None:
        if script:
            self.engine.scripts.append(script)
        if text.startswith("/"):
            assert self.chat.command(text)
        else:
            self.chat.ask(text)


@pytest.fixture
def typed(tmp_path: Path) -> Iterator[Typed]:
    folders = Folders.inside(tmp_path)
    with Vault.open(folders.data, Unlock(passphrase=lambda _: "a passphrase", use_keychain=False)) as vault:
        yield Typed(vault, folders)


def test_answers_and_questions_have_versions(typed: Typed, capsys: pytest.CaptureFixture[str]) -> None:
    typed.line("A colour?", "Blue.")
    typed.line("/again", "Green.")
    typed.line("/edit A warm colour?", "Red.")
    capsys.readouterr()
    typed.line("/branches")
    assert capsys.readouterr().out == "   1  You: A colour?\n*  2  You: A warm colour?\n"
    typed.line("/branch 1")
    assert capsys.readouterr().out == "You: A colour?\nPrivet: Green.\n"
    typed.line("/branches")
    assert "   3  Privet: Blue.\n*  4  Privet: Green.\n" in capsys.readouterr().out
    with pytest.raises(BadInput):
        typed.line("/branch 9")


def test_an_answer_goes_on(typed: Typed, capsys: pytest.CaptureFixture[str]) -> None:
    typed.line("Count", "One, two,", FinishReason.LENGTH)
    assert "greatest length" in capsys.readouterr().err
    typed.line("/continue", " three.")
    assert capsys.readouterr().out == "One, two, three.\n"
    with pytest.raises(BadInput):
        typed.line("/continue")


def test_there_must_be_something_to_answer_again(typed: Typed, capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("/again", "/edit Why?", "/continue"):
        with pytest.raises(BadInput):
            typed.line(command)
    typed.line("/branches")
    assert "one version of everything" in capsys.readouterr().out
    typed.line("/edit")
    assert "/edit TEXT" in capsys.readouterr().out


def test_thoughts_are_shown_if_wanted(typed: Typed, capsys: pytest.CaptureFixture[str]) -> None:
    typed.line("How large?", Thought("Let me see."), "Four.")
    assert capsys.readouterr() == ("Four.\n", "")
    typed.line("/thoughts")
    capsys.readouterr()
    typed.line("Sure?", Thought("Let me see."), "Yes.")
    assert capsys.readouterr() == ("Yes.\n", "Let me see.\n\n")


def test_the_meter_is_told_in_words(typed: Typed, capsys: pytest.CaptureFixture[str]) -> None:
    typed.line("/context How large is it?")
    told = capsys.readouterr().out
    assert "question 12, kept free for the answer 200" in told and "about" in told
    use = ContextUse(2048, 30, 600, 800, 20, 512)
    assert meter(Outlook(use, 700, None, "Something was left out.")) == (
        "1,962 of 2,048 tokens (96 %), 700 of them read already.\n"
        "    instructions 30, documents 600, conversation 800, question 20, kept free for the answer 512\n"
        "Something was left out."
    )


def test_whole_documents_are_gone_through_in_the_conversation(
    typed: Typed, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[ConversationId, str, list[int] | None]] = []

    def whole(
        conversation: ConversationId, question: str, documents: list[int] | None, stop: Stop
    ) -> Iterator[AnswerEvent]:
        asked.append((conversation, question, documents))
        yield GoingThrough(0, 212, None)
        yield Token("Read 212 of 212 passages, 3 pages unreadable.")
        yield Answered(TurnId(1), "Read.", FinishReason.COMPLETE, (), "", 0.0, 0.0, 0.0, 0, 0)

    monkeypatch.setattr(typed.chat.privet.answering, "whole", whole)
    typed.line("/all Which contracts end in 2027?")
    told = capsys.readouterr().out
    assert "Questions go to your documents now." in told and "Read 212 of 212 passages, 3 pages unreadable." in told
    typed.line("/summarise lease.pdf")
    conversation = typed.chat.conversation
    assert conversation is not None and typed.chat.privet.conversations.conversation(conversation).documents
    assert asked == [(conversation, "Which contracts end in 2027?", None), (conversation, "", [7])]
    typed.line("/all")
    assert "/all QUESTION" in capsys.readouterr().out


def test_a_mark_stands_behind_its_own_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    text = "It is green. It is new. So it is"
    first = Claim(0, 12, Support.NOT_FOUND)
    second = Claim(13, 23, Support.NOT_FOUND)

    def answer(stop: Stop) -> Iterator[AnswerEvent]:
        yield Started(TurnId(1), TurnId(2))
        yield Token("It is")
        yield Token(" green. It is")
        yield Checked((first,))
        yield Token(" new. So it is")
        yield Checked((second,))
        yield Answered(TurnId(2), text, FinishReason.COMPLETE, (), "", 0.0, 0.0, 0.0, 0, 0, claims=(first, second))

    follow(answer)
    why = "[not found in your documents]"
    assert capsys.readouterr().out == f"It is green. {why} It is new. {why} So it is\n"
