"""`privet chat`: a conversation in the terminal that can also be asked about documents."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

from assistant.app import Privet
from assistant.cli import output
from assistant.cli.ask import follow
from assistant.cli.keep import add_paths
from assistant.cli.main import EXIT_OK, opened
from assistant.errors import PrivetError
from assistant.values import Citation, ConversationId, Stop

_HELP: Final = """\
/add PATH        add a file or folder, and ask your documents from now on
/documents       ask your documents from now on; lists them
/model           ask the model alone from now on
/source N        show passage N of the last answer in full
/new             begin another conversation
/open N          go on with conversation N; /open alone lists them
/help            this
/quit            leave (or Ctrl-D); Ctrl-C stops an answer"""


class _Chat:
    """One session in a terminal."""

    def __init__(self, privet: Privet, conversation: ConversationId | None) -> None:
        self.privet = privet
        self.conversation = conversation
        self.documents = (
            bool(privet.documents.list()) if conversation is None else self._goes_to_documents(conversation)
        )
        self.sources: tuple[Citation, ...] = ()

    def ask(self, question: str) -> None:
        """Ask in the current conversation, which begins with its first question."""
        if self.conversation is None:
            self.conversation = self.privet.conversations.create(documents=self.documents)
        answered, _ = follow(self.privet, self.conversation, question)
        self.sources = answered.citations

    def command(self, line: str) -> bool:
        """Do what a line with a slash says. Returns False to leave."""
        name, _, rest = line.partition(" ")
        rest = rest.strip()
        match name:
            case "/quit" | "/exit":
                return False
            case "/add" if rest:
                add_paths(self.privet, [Path(rest).expanduser()])
                self._turn_to(documents=True)
            case "/documents":
                for info in self.privet.documents.list():
                    output.say(f"{info.id:>4}  {info.title}")
                self._turn_to(documents=True)
            case "/model":
                self._turn_to(documents=False)
            case "/source" if rest.isdecimal() and 1 <= int(rest) <= len(self.sources):
                output.passage(self.sources[int(rest) - 1])
            case "/new":
                self.conversation = None
                output.say("A new conversation.")
            case "/open" if rest.isdecimal():
                self._open(ConversationId(int(rest)))
            case "/open":
                for conversation in self.privet.conversations.list():
                    output.say(f"{conversation.id:>4}  {conversation.title or 'Untitled'}")
            case _:
                output.say(_HELP)
        return True

    def _open(self, conversation: ConversationId) -> None:
        for turn in self.privet.conversations.turns(conversation):
            output.say(f"{'You' if turn.role == 'user' else 'Privet'}: {turn.text}")
            self.sources = turn.citations or self.sources
        self.conversation, self.documents = conversation, self._goes_to_documents(conversation)

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
        chat = _Chat(privet, ConversationId(number) if number else None)
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
                output.fault(error)
        return EXIT_OK


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
