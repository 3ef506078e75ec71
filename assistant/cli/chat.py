"""`privet chat`: a conversation in the terminal that can also be asked about documents."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from assistant.app import Privet
from assistant.cli import output
from assistant.cli.ask import follow
from assistant.cli.documents import add_paths
from assistant.cli.keep import say_saw
from assistant.cli.main import EXIT_OK, opened
from assistant.cli.meter import meter
from assistant.cli.scopes import from_line, said
from assistant.errors import BadInput, PrivetError
from assistant.values import (
    EVERYTHING,
    FIRST_WORKSPACE,
    AnswerEvent,
    Citation,
    ConversationId,
    DocumentId,
    Role,
    Stop,
    Turn,
    TurnId,
)

_HELP: Final = """\
/add PATH        add a file or folder, and ask your documents from now on
/documents       ask your documents from now on; lists them
/model           ask the model alone from now on
/source N        show passage N of the last answer in full
/all QUESTION    ask all of your documents, every passage gone through; Ctrl-C stops, /continue goes on from there
/summarise NAME  summarise a document, every passage gone through, the same way
/again           answer your last question once more; the first answer stays
/edit TEXT       ask your last question in other words; the old one stays
/continue        go on with an answer that was cut off, stopped or interrupted
/branches        list the questions and answers that there are several of
/branch N        show version N of that list, and what followed it
/saw             what the model saw for the last answer, letter for letter, and what was cut
/wrong HOW       report the last answer as wrong; kept here, as a question to try out again
/pin N           keep passage N of the last answer in mind from now on; /pin NAME keeps a whole document
/pins            list what is kept in mind
/unpin N         keep number N of that list in mind no more; /unpin alone, nothing
/context DRAFT   how full the model's memory would be, and how long a question like DRAFT would wait
/adapter NAME    answer this conversation with an adapter beside the model; NAME:0.5 at half its strength, none
                 without one; /adapter alone lists them
/retry           try a language model again that was set aside because it ended unexpectedly
/thoughts        show what a thinking model says to itself, or hide it again
/scope           which documents are asked; narrowed by: /scope in COLLECTION document NAME type pdf since 2026-01
                 until 2026-06, in any choice of these; /scope everything asks all again
/workspace NAME  begin a conversation in another workspace; /workspace alone lists them
/new             begin another conversation
/open N          go on with conversation N; /open alone lists them
/help            this
/quit            leave (or Ctrl-D); Ctrl-C stops an answer"""
_RETRY: Final = "/retry has it tried again, and /continue puts your question to it then."
_WIDTH: Final = 70


class _Chat:
    """One session in a terminal."""

    def __init__(self, privet: Privet, conversation: ConversationId | None, thoughts: bool) -> None:
        self.privet = privet
        self.conversation = conversation
        self.thoughts = thoughts
        self.documents = (
            bool(privet.documents.list()) if conversation is None else self._goes_to_documents(conversation)
        )
        self.sources: tuple[Citation, ...] = ()
        info = None if conversation is None else privet.conversations.conversation(conversation)
        self.adapter = info.adapter if info else None
        self.workspace, self.scope = (info.workspace, info.scope) if info else (FIRST_WORKSPACE, EVERYTHING)

    def ask(self, question: str) -> None:
        """Ask in the current conversation, which begins with its first question."""
        conversation = self._begun()
        self._follow(lambda stop: self.privet.answering.answer(conversation, question, stop))

    def _begun(self) -> ConversationId:
        """The conversation, begun where it was not."""
        if self.conversation is None:
            self.conversation = self.privet.conversations.create("", self.documents, self.workspace, self.scope)
            if self.adapter is not None:
                self.privet.conversations.set_adapter(self.conversation, self.adapter)
        return self.conversation

    def command(self, line: str) -> bool:
        """Do what a line with a slash says. Returns False to leave."""
        name, _, rest = line.partition(" ")
        rest = rest.strip()
        match name:
            case "/quit" | "/exit":
                return False
            case "/add" if rest:
                add_paths(self.privet, [Path(rest).expanduser()], workspace=self.workspace)
                self._turn_to(documents=True)
            case "/documents":
                for info in self.privet.documents.list():
                    output.say(f"{info.id:>4}  {info.title}")
                self._turn_to(documents=True)
            case "/model":
                self._turn_to(documents=False)
            case "/source" if rest.isdecimal() and 1 <= int(rest) <= len(self.sources):
                output.passage(self.sources[int(rest) - 1])
            case "/thoughts":
                self.thoughts = not self.thoughts
                output.say("Thoughts are shown now." if self.thoughts else "Thoughts are hidden now.")
            case "/adapter":
                self.adapt(rest)
            case "/retry":
                self.privet.model.try_again()
                output.say("Your next question tries the language model again.")
            case "/context":
                output.say(meter(self.privet.answering.outlook(self.conversation, rest, self.documents)))
            case "/new":
                self.conversation, self.adapter, self.scope = None, None, EVERYTHING
                output.say("A new conversation.")
            case "/scope" | "/workspace":
                self.narrow(name, rest)
            case "/open" if rest.isdecimal():
                self._open(ConversationId(int(rest)))
            case "/open":
                for conversation in self.privet.conversations.list():
                    output.say(f"{conversation.id:>4}  {conversation.title or 'Untitled'}")
            case _:
                return self._about_turns(name, rest)
        return True

    def _about_turns(self, name: str, rest: str) -> bool:
        """Do what a command says about what was asked and answered before."""
        answering = self.privet.answering
        match name:
            case "/all" if rest:
                self._go_through(rest, None)
            case "/summarise" | "/summarize" if rest:
                self._go_through("", [self.privet.documents.find(rest).id])
            case "/again":
                question = self._last(Role.USER)
                self._follow(lambda stop: answering.again(question.id, stop))
            case "/edit" if rest:
                question = self._last(Role.USER)
                self._follow(lambda stop: answering.edit(question.id, rest, stop))
            case "/continue":
                answer = self._last(Role.ASSISTANT)
                self._follow(lambda stop: answering.go_on(answer.id, stop))
            case "/saw":
                say_saw(self.privet, self._last(Role.ASSISTANT).id)
            case "/wrong":
                self.privet.reports.add(self._last(Role.ASSISTANT).id, rest)
                output.say("Kept as a test question, here on this computer. privet conversations --reports lists them.")
            case "/pin" | "/pins" | "/unpin":
                self._pinning(name, rest)
            case "/branches":
                self._list_versions()
            case "/branch" if rest.isdecimal():
                self._choose(int(rest))
            case _:
                output.say(_HELP)
        return True

    def _go_through(self, question: str, documents: Sequence[DocumentId] | None) -> None:
        """Have whole documents gone through. documents: None for all that are asked. Raises BadInput, NotFound."""
        if not self.documents:
            self._turn_to(documents=True)
        conversation = self._begun()
        self._follow(lambda stop: self.privet.answering.whole(conversation, question, documents, stop))

    def _pinning(self, name: str, rest: str) -> None:
        """Pin, list and unpin. Raises BadInput."""
        pinned, conversation = self.privet.answering.pinned, self._begun()
        now = pinned.of(conversation)
        if name == "/pin" and rest.isdecimal():
            source = next((one for one in self.sources if one.number == int(rest)), None)
            if source is None or source.passage_id is None:
                raise BadInput(f"There is no passage {rest} here.", "Ask your documents first; passages have numbers.")
            now = pinned.pin(conversation, [source.passage_id])
        elif name == "/pin":
            now = pinned.pin_document(conversation, self.privet.documents.find(rest).id)
        elif name == "/unpin":
            chosen = [one.passage_id for one in now if one.passage_id and (not rest or str(one.number) == rest)]
            now = pinned.unpin(conversation, chosen)
        for one in now:
            output.say(f"{one.number:>4}  {one.document}, {one.place}: {' '.join(one.text.split())[:_WIDTH]}")
        if not now:
            output.say("Nothing is pinned. /pin N pins a passage of the last answer, /pin NAME a document.")

    def _follow(self, answer: Callable[[Stop], Iterator[AnswerEvent]]) -> None:
        answered, _ = follow(answer, thoughts=self.thoughts)
        self.sources = answered.citations

    def _turns(self) -> tuple[Turn, ...]:
        return () if self.conversation is None else self.privet.conversations.turns(self.conversation)

    def _last(self, role: Role) -> Turn:
        """The last turn of that role. Raises BadInput."""
        for turn in reversed(self._turns()):
            if turn.role is role:
                return turn
        raise BadInput("Nothing was asked in this conversation yet.", "Ask something first.")

    def _versions(self) -> list[tuple[bool, TurnId]]:
        """All turns of which there are several, with whether they are shown, in the order of the conversation."""
        return [(id_ == turn.id, id_) for turn in self._turns() if len(turn.versions) > 1 for id_ in turn.versions]

    def _list_versions(self) -> None:
        versions = self._versions()
        for number, (shown, id_) in enumerate(versions, 1):
            turn = self.privet.conversations.turn(id_)
            words = " ".join(turn.text.split())
            words = words if len(words) <= _WIDTH else words[: _WIDTH - 1] + "…"
            output.say(f"{'*' if shown else ' '}{number:>3}  {_speaker(turn)}: {words}")
        if not versions:
            output.say("There is one version of everything here. /again and /edit make others.")

    def narrow(self, name: str, words: str) -> None:
        """Say where questions go, narrow them, or begin anew in another workspace. Raises BadInput, NotFound."""
        if name == "/workspace" and not words:
            for info in self.privet.workspaces.list():
                output.say(f"{info.id:>4}  {info.name}")
        elif name == "/workspace":
            self.workspace, self.scope = self.privet.workspaces.find(words).id, EVERYTHING
            self.conversation, self.adapter = None, None
        elif words:
            self.scope = from_line(self.privet, words, self.workspace)
            if self.conversation is not None:
                self.privet.conversations.set_scope(self.conversation, self.scope)
        output.say(said(self.privet, self.workspace, self.scope))

    def adapt(self, words: str) -> None:
        """List the adapters, or have this conversation answered with one, or with none."""
        adapters = self.privet.adapters
        if words:
            self.adapter = None if words == "none" else adapters.named(words)
            if self.conversation is not None:
                self.privet.conversations.set_adapter(self.conversation, self.adapter)
        else:
            for one in adapters.list():
                output.say(f"      {one.name}")
        beside = "no adapter" if self.adapter is None else f"the adapter {adapters.name(self.adapter)}"
        output.say(f"This conversation is answered with {beside}.")

    def _choose(self, number: int) -> None:
        versions = self._versions()
        if not 1 <= number <= len(versions):
            raise BadInput(f"There is no version {number} here.", "List them with /branches.")
        self._show(self.privet.conversations.choose(versions[number - 1][1]))

    def _open(self, conversation: ConversationId) -> None:
        self._show(conversation)
        info = self.privet.conversations.conversation(conversation)
        self.conversation, self.documents, self.adapter = conversation, info.documents, info.adapter
        self.workspace, self.scope = info.workspace, info.scope

    def _show(self, conversation: ConversationId) -> None:
        for turn in self.privet.conversations.turns(conversation):
            output.say(f"{_speaker(turn)}: {turn.text}")
            self.sources = turn.citations or self.sources

    def _goes_to_documents(self, conversation: ConversationId) -> bool:
        return self.privet.conversations.conversation(conversation).documents

    def _turn_to(self, *, documents: bool) -> None:
        self.documents = documents
        if self.conversation is not None:
            self.privet.conversations.set_documents(self.conversation, documents)
        output.say("Questions go to your documents now." if documents else "Questions go to the model alone now.")


def run(options: argparse.Namespace) -> int:
    """Read lines until the end; a fault ends a line, never the session."""
    with opened(options) as privet:
        number: int | None = options.conversation
        chat = _Chat(privet, ConversationId(number) if number else None, options.thoughts)
        if options.workspace and number is None:
            chat.narrow("/workspace", options.workspace)
        if options.adapter:
            chat.adapt(options.adapter)
        output.say("Ask anything. Nothing leaves this computer. /help shows what else there is.")
        for prepared in privet.prepare(Stop()):
            if prepared.sentence:
                output.progress(prepared.sentence)
        output.end_progress()
        output.say(
            "Questions go to your documents; /model asks the model alone."
            if chat.documents
            else "Questions go to the model; /add PATH adds a document to ask about."
        )
        while (line := _line()) is not None:
            try:
                if line.startswith("/"):
                    if not chat.command(line):
                        break
                elif line:
                    chat.ask(line)
            except PrivetError as error:
                output.end_progress()
                output.fault(error, retry=_RETRY)
        return EXIT_OK


def _speaker(turn: Turn) -> str:
    return "You" if turn.role is Role.USER else "Privet"


def _line() -> str | None:
    """The next line, without white space around it; None at the end."""
    try:
        if sys.stdin.isatty():
            import readline  # noqa: F401 - loading it gives input() its line editing and history

        return input("\n> ").strip()
    except EOFError:
        output.say()
        return None
    except KeyboardInterrupt:
        output.say()
        return ""
