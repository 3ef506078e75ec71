"""A question's way with everything around it: a vault of its own, and an engine and a search whose words are known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import cast

from assistant.answering import Answering
from assistant.answering.evidence import Near
from assistant.answering.reordering import Ranks
from assistant.conversations import Conversations, Pins, SentPrompts
from assistant.embedding import Nearness
from assistant.engine import Engine
from assistant.retrieval import Retrieval
from assistant.settings import Folders, Settings
from assistant.values import Answered, AnswerEvent, ConversationId, Hit
from assistant.vault import Vault
from tests.assistant.answering.fakes import ScriptedEngine, ScriptedRetrieval

Embed = Callable[[Sequence[str]], Sequence[bytes]]


def _no_meaning(texts: Sequence[str]) -> list[bytes]:
    return [b"\0\0" for _ in texts]


def nothing_near(question: str, texts: Sequence[str], spans: Sequence[tuple[int, int, int]]) -> Nearness | None:
    return None


class Way:
    """Answering over an open vault, built with one engine or another."""

    def __init__(self, vault: Vault, folders: Folders) -> None:
        self.conversations = Conversations(vault)
        self.vault = vault
        self.pins = Pins(vault)
        self.settings = Settings(folders)

    def built(
        self,
        engine: ScriptedEngine,
        *hits: Hit,
        documents: int = 1,
        embed: Embed = _no_meaning,
        near: Near = nothing_near,
        ranks: Ranks | None = None,
    ) -> Answering:
        self.retrieval = ScriptedRetrieval(*hits, documents=documents)
        retrieval = cast(Retrieval, self.retrieval)
        return Answering(
            self.conversations,
            self.pins,
            cast(Engine, engine),
            engine.load,
            embed,
            near,
            retrieval,
            self.settings,
            sent=SentPrompts(self.vault),
            ranks=ranks,
        )

    def chat(self) -> ConversationId:
        return self.conversations.create()

    def about_documents(self) -> ConversationId:
        return self.conversations.create(documents=True)

    def texts(self, conversation: ConversationId) -> list[str]:
        """What the branch that is shown says."""
        return [turn.text for turn in self.conversations.turns(conversation)]


def end(events: Iterable[AnswerEvent]) -> Answered:
    """The event that ends an answer."""
    *_, last = events
    assert isinstance(last, Answered)
    return last
