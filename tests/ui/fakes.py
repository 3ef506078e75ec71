"""A scripted engine: what it answers stands in queues, so that what the window must show can be worked out by hand."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.errors import PrivetError
from assistant.settings import Folders, Settings
from assistant.values import (
    EVERYTHING,
    FIRST_WORKSPACE,
    Adapter,
    Answered,
    AnswerEvent,
    AnswerMode,
    ChatImported,
    ChatNotImported,
    Checked,
    Citation,
    Claim,
    ContextUse,
    ConversationId,
    ConversationInfo,
    DocumentId,
    Exported,
    FinishReason,
    NothingFound,
    Outlook,
    PassageId,
    Prepared,
    Retrieved,
    Role,
    Scope,
    Sent,
    Started,
    Stop,
    Token,
    Turn,
    TurnId,
    TurnState,
    WorkspaceId,
)
from tests.ui.fake_model import ScriptedAdapters, ScriptedModel
from tests.ui.scripted_answers import ScriptedReports, ScriptedTaking
from tests.ui.scripted_documents import ScriptedCollections, ScriptedDocuments, ScriptedWorkspaces
from tests.ui.scripted_models import ScriptedModels
from tests.ui.scripted_viewing import ScriptedViewing

WORDS = " ".join(f"word{number}" for number in range(1, 25))

Script = Sequence[AnswerEvent | PrivetError | threading.Event]


def citation(number: int, text: str = "", document: str = "Annual report 2024.pdf", page: int = 12) -> Citation:
    """A citation with every field filled."""
    return Citation(number, document, f"page {page}", page, text or f"Passage {number}.", 0.5, DocumentId(1))


def pieces(text: str) -> list[Token]:
    """`text` as tokens of about a word."""
    words = text.split(" ")
    return [Token(word if place == 0 else f" {word}") for place, word in enumerate(words)]


class ScriptedConversations:
    """Conversations in memory; `calls` says by name which thread asked for what."""

    def __init__(self) -> None:
        self.infos: dict[ConversationId, ConversationInfo] = {}
        self.kept: dict[ConversationId, list[Turn]] = {}
        self.calls: list[tuple[str, str]] = []
        self.trash: dict[ConversationId, ConversationInfo] = {}
        self.drafts: dict[ConversationId | None, str] = {}
        self.branches: dict[ConversationId, list[list[Turn]]] = {}
        self.beside: TurnId | None = None
        self.clock = time.time() - 10_000
        self._turn = 0

    def create(
        self,
        title: str = "",
        documents: bool = False,
        workspace: WorkspaceId = FIRST_WORKSPACE,
        scope: Scope = EVERYTHING,
    ) -> ConversationId:
        self._called("create")
        key = ConversationId(len(self.kept) + 1)
        self.clock += 1
        info = ConversationInfo(key, title, documents, 0, self.clock, self.clock)
        self.infos[key] = replace(info, workspace=workspace, scope=scope)
        self.kept[key] = []
        return key

    def list(self) -> tuple[ConversationInfo, ...]:
        self._called("list")
        return tuple(sorted(self.infos.values(), key=lambda info: -info.changed))

    def turns(self, conversation: ConversationId) -> tuple[Turn, ...]:
        self._called("turns")
        return tuple(self.kept[conversation])

    def choose(self, turn: TurnId) -> ConversationId:
        self._called("choose")
        key, branches = next(
            (key, branches) for key, branches in self.branches.items() for branch in branches if turn in _ids(branch)
        )
        self.kept[key] = next(branch for branch in branches if turn in _ids(branch))
        return key

    def branch(self, turn: TurnId, *, at_question: bool) -> ConversationId:
        """Begin another branch beside `turn`, or beside its answer: what stood there stays as a version."""
        key = next(key for key, turns in self.kept.items() if turn in _ids(turns))
        old = self.kept[key]
        place = _ids(old).index(turn)
        if not at_question and old[place].role is Role.USER:
            place += 1
        self.branches.setdefault(key, [old])
        self.kept[key] = old[:place]
        self.branches[key].append(self.kept[key])
        self.beside = old[place].id
        return key

    def rename(self, conversation: ConversationId, title: str) -> None:
        self._called("rename")
        self.infos[conversation] = replace(self.infos[conversation], title=title)

    def discard(self, conversation: ConversationId) -> None:
        self._called("discard")
        self.trash[conversation] = self.infos.pop(conversation)

    def set_documents(self, conversation: ConversationId, documents: bool) -> None:
        self._called("set_documents")
        self.infos[conversation] = replace(self.infos[conversation], documents=documents)

    def set_scope(self, conversation: ConversationId, scope: Scope) -> None:
        self._called("set_scope")
        self.infos[conversation] = replace(self.infos[conversation], scope=scope)

    def set_adapter(self, conversation: ConversationId, adapter: Adapter | None) -> None:
        self._called("set_adapter")
        self.infos[conversation] = replace(self.infos[conversation], adapter=adapter)

    def keep_draft(self, conversation: ConversationId | None, text: str) -> None:
        self._called("keep_draft")
        self.drafts[conversation] = text

    def draft(self, conversation: ConversationId | None) -> str:
        self._called("draft")
        return self.drafts.get(conversation, "")

    def append(
        self,
        conversation: ConversationId,
        role: Role,
        text: str,
        citations: tuple[Citation, ...] = (),
        state: TurnState = TurnState.COMPLETE,
        note: str = "",
    ) -> TurnId:
        self._turn += 1
        self.clock += 1
        turn = Turn(TurnId(self._turn), role, text, state, self.clock, citations, note, "", (TurnId(self._turn),))
        self.kept[conversation].append(turn)
        if self.beside is not None:
            self._join_versions(conversation, self.beside, turn.id)
            self.beside = None
        info = self.infos[conversation]
        title = info.title or text[:60]
        self.infos[conversation] = replace(info, title=title, changed=self.clock, turns=info.turns + 1)
        return turn.id

    def _join_versions(self, conversation: ConversationId, old: TurnId, new: TurnId) -> None:
        every = [turn for branch in self.branches[conversation] for turn in branch]
        versions = (*next(turn for turn in every if turn.id == old).versions, new)
        for branch in self.branches[conversation]:
            for place, turn in enumerate(branch):
                if turn.id in versions:
                    branch[place] = replace(turn, versions=versions)

    def replace_last(self, conversation: ConversationId, turn: Turn) -> None:
        self.kept[conversation][-1] = turn

    def _called(self, name: str) -> None:
        self.calls.append((name, threading.current_thread().name))


class ScriptedPins:
    """Pinned passages in memory."""

    def __init__(self) -> None:
        self.kept: list[PassageId] = []

    def of(self, conversation: ConversationId | None) -> tuple[Citation, ...]:
        return tuple(
            replace(citation(number), passage_id=passage) for number, passage in enumerate(self.kept, 1) if conversation
        )

    def pin(self, conversation: ConversationId, passages: Sequence[PassageId]) -> tuple[Citation, ...]:
        self.kept += passages
        return self.of(conversation)

    def unpin(self, conversation: ConversationId, passages: Sequence[PassageId]) -> tuple[Citation, ...]:
        self.kept = [one for one in self.kept if one not in passages]
        return self.of(conversation)


class ScriptedAnswering:
    """Plays the scripts in `scripts`, one per question; a threading.Event in a script is waited for."""

    def __init__(self, conversations: ScriptedConversations) -> None:
        self._conversations = conversations
        self.pinned = ScriptedPins()
        self.scripts: deque[Script] = deque()
        self.questions: list[str] = []
        self.over: list[tuple[str, tuple[DocumentId, ...] | None]] = []
        self.modes: list[AnswerMode | None] = []
        self.seen: Sent | None = None
        self.others: tuple[Citation, ...] = ()
        self.chosen: list[PassageId] = []
        self.outlooks: list[tuple[ConversationId | None, str, bool]] = []
        self.left_out = ""
        self.stopped = 0
        self.seconds_per_event = 0.0

    def answer(
        self, conversation: ConversationId, question: str, stop: Stop, mode: AnswerMode | None = None
    ) -> Iterator[AnswerEvent]:
        self.questions.append(question)
        self.modes.append(mode)
        self._conversations.append(conversation, Role.USER, question)
        yield from self._play(conversation, stop)

    def whole(
        self, conversation: ConversationId, question: str, documents: Sequence[DocumentId] | None, stop: Stop
    ) -> Iterator[AnswerEvent]:
        self.over.append((question, None if documents is None else tuple(documents)))
        yield from self.answer(conversation, question or "Summarise", stop)

    def edit(self, turn: TurnId, text: str, stop: Stop, mode: AnswerMode | None = None) -> Iterator[AnswerEvent]:
        conversation = self._conversations.branch(turn, at_question=True)
        yield from self.answer(conversation, text, stop, mode)

    def saw(self, turn: TurnId) -> Sent | None:
        return self.seen

    def candidates(self, turn: TurnId) -> tuple[Citation, ...]:
        return self.others

    def again(
        self, turn: TurnId, stop: Stop, mode: AnswerMode | None = None, passages: Sequence[PassageId] = ()
    ) -> Iterator[AnswerEvent]:
        self.chosen = list(passages)
        yield from self._play(self._conversations.branch(turn, at_question=False), stop)

    def go_on(self, turn: TurnId, stop: Stop) -> Iterator[AnswerEvent]:
        key, turns = next((key, turns) for key, turns in self._conversations.kept.items() if turn in _ids(turns))
        yield from self._play(key, stop, turns[-1])

    def outlook(self, conversation: ConversationId | None, draft: str, documents: bool = False) -> Outlook:
        self.outlooks.append((conversation, draft, documents))
        return Outlook(ContextUse(1000, 100, 200 if documents else 0, 150, len(draft), 250), 0, 3.2, self.left_out)

    def _play(self, conversation: ConversationId, stop: Stop, half: Turn | None = None) -> Iterator[AnswerEvent]:
        if half is None:
            turn = self._conversations.append(conversation, Role.ASSISTANT, "", state=TurnState.WRITING)
        else:
            turn = half.id
        asked = self._conversations.kept[conversation][-2].id
        text, citations, reason, note = half.text if half else "", tuple[Citation, ...](), FinishReason.COMPLETE, ""
        yield Started(asked, turn, text)
        claims: tuple[Claim, ...] = ()
        for event in self.scripts.popleft() if self.scripts else [Token("An answer.")]:
            if isinstance(event, threading.Event):
                while not event.wait(0.005) and not stop.requested:
                    pass
            if stop.requested:
                self.stopped += 1
                reason, note = FinishReason.STOPPED, "You stopped this answer."
                break
            if isinstance(event, PrivetError):
                self._keep(conversation, turn, text, citations, TurnState.INTERRUPTED, event.what)
                raise event
            if isinstance(event, threading.Event):
                continue
            if isinstance(event, Token):
                text += event.text
            if isinstance(event, NothingFound):
                text = event.sentence
            if isinstance(event, Retrieved):
                citations = event.citations
            if isinstance(event, Checked):
                claims += event.claims
            if self.seconds_per_event:
                time.sleep(self.seconds_per_event)
            yield event
        state = TurnState.STOPPED if note else TurnState.COMPLETE
        self._keep(conversation, turn, text, citations, state, note, claims)
        yield Answered(turn, text, reason, citations, note, 0.0, 0.1, 0.2, 100, 20, claims=claims)

    def _keep(
        self,
        conversation: ConversationId,
        turn: TurnId,
        text: str,
        citations: tuple[Citation, ...],
        state: TurnState,
        note: str,
        claims: tuple[Claim, ...] = (),
    ) -> None:
        old = self._conversations.kept[conversation][-1]
        kept = replace(
            old,
            text=text,
            state=state,
            created=self._conversations.clock,
            citations=citations,
            note=note,
            claims=claims,
        )
        self._conversations.replace_last(conversation, kept)


def _ids(turns: Sequence[Turn]) -> list[TurnId]:
    return [turn.id for turn in turns]


class ScriptedKeeping:
    """A person's data as one thing, in memory; `calls` says what was asked of it, `faults` what each call raises."""

    def __init__(self, folder: Path, conversations: ScriptedConversations) -> None:
        self.folder = folder
        self.conversations = conversations
        self.kinds = {"passphrase": "a passphrase"}
        self.calls: list[tuple[object, ...]] = []
        self.faults: dict[str, PrivetError] = {}
        self.unsound: tuple[str, ...] = ()
        self.collections = ScriptedCollections()
        self.portable = True

    def ways(self) -> tuple[ScriptedWay, ...]:
        return tuple(ScriptedWay(kind, words) for kind, words in self.kinds.items())

    def backups(self) -> tuple[ScriptedBackup, ...]:
        return (ScriptedBackup("2026-11-25"), ScriptedBackup("2026-11-24"))

    def set_passphrase(self, passphrase: str) -> None:
        self._called("set_passphrase", passphrase)

    def use_keychain(self) -> None:
        self._called("use_keychain")
        self.kinds["keychain"] = "the system's keychain (SecretService)"

    def new_recovery_key(self) -> str:
        self._called("new_recovery_key")
        self.kinds["recovery"] = "a recovery key"
        return WORDS

    def remove_way(self, kind: str) -> None:
        self._called("remove_way", kind)
        del self.kinds[kind]

    def rekey(self, passphrase: str) -> str:
        self._called("rekey", passphrase)
        return WORDS if "recovery" in self.kinds else ""

    def back_up(self, target: Path) -> bool:
        self._called("back_up", target)
        return self.portable

    def check(self) -> tuple[str, ...]:
        self._called("check")
        return self.unsound

    def export(self, folder: Path, stop: Stop) -> Iterator[Exported]:
        self._called("export", folder)
        yield Exported(1, 2)
        yield Exported(2, 2)

    def import_chats(self, paths: Sequence[Path], stop: Stop) -> Iterator[ChatImported | ChatNotImported]:
        self._called("import_chats", *paths)
        for path in paths:
            if path.suffix == ".txt":
                yield ChatNotImported(path, "There are no chats in it.", "Choose another file.")
            else:
                made = self.conversations.create(path.stem)
                yield ChatImported("ChatGPT", self.conversations.infos[made], False)

    def trashed(self) -> tuple[ConversationInfo, ...]:
        return tuple(self.conversations.trash.values())

    def restore(self, conversation: ConversationId) -> None:
        self._called("restore", conversation)
        self.conversations.infos[conversation] = self.conversations.trash.pop(conversation)

    def empty_trash(self) -> int:
        self._called("empty_trash")
        self.conversations.trash.clear()
        return 0

    def _called(self, name: str, *arguments: object) -> None:
        self.calls.append((name, *arguments))
        if name in self.faults:
            raise self.faults[name]


@dataclass(frozen=True, slots=True)
class ScriptedWay:
    """A way in."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class ScriptedBackup:
    """A backup."""

    day: str


class ScriptedPrivet:
    """The engine's face, played from scripts."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(Folders.inside(folder))
        self.conversations = ScriptedConversations()
        self.answering = ScriptedAnswering(self.conversations)
        self.documents = ScriptedDocuments()
        self.workspaces = ScriptedWorkspaces()
        self.keeping = ScriptedKeeping(folder / "data", self.conversations)
        self.viewing = ScriptedViewing()
        self.taking = ScriptedTaking()
        self.reports = ScriptedReports()
        self.collection = ScriptedModels()
        self.model = ScriptedModel()
        self.adapters = ScriptedAdapters()
        self.preparing: list[Prepared] = []
        self.improving: list[Prepared] = []
        self.notices: tuple[str, ...] = ()
        self.closed = False

    def prepare(self, stop: Stop) -> Iterator[Prepared]:
        yield from self.preparing

    def improve(self, stop: Stop) -> Iterator[Prepared]:
        yield from self.improving

    def close(self) -> None:
        self.closed = True


@dataclass(frozen=True, slots=True)
class ScriptedRequest:
    """A passphrase request."""

    new: bool
    attempt: int = 1
    recovery: bool = False
    alone: bool = False
    wait: float = 0.0
    why: str = ""
