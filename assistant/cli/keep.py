"""`privet conversations`: listed, shown, renamed and deleted."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import asdict

from assistant.cli import output
from assistant.cli.ask import citation_object
from assistant.cli.main import EXIT_OK, opened
from assistant.errors import BadInput
from assistant.values import (
    ConversationId,
    ConversationInfo,
    Role,
    Turn,
)


def conversations(options: argparse.Namespace) -> int:
    """List, show, rename or delete."""
    with opened(options) as privet:
        kept = privet.conversations
        if options.rename is not None:
            number, title = options.rename
            if not number.isdecimal():
                raise BadInput(
                    f"{number} is not the number of a conversation.", "List the conversations to see theirs."
                )
            kept.rename(ConversationId(int(number)), title)
        if options.delete is not None:
            kept.discard(ConversationId(options.delete))
            if not options.json:
                output.aside(f"It is in the trash. Bring it back with: privet trash --restore {options.delete}")
        if options.show is not None:
            _show(kept.turns(ConversationId(options.show)), options.json)
            return EXIT_OK
        listed = kept.list()
        if options.json:
            output.as_json([asdict(info) for info in listed])
            return EXIT_OK
        for info in listed:
            output.say(_conversation_line(info))
        if not listed:
            output.say("There are no conversations yet. Begin one with: privet chat")
        return EXIT_OK


def _conversation_line(info: ConversationInfo) -> str:
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(info.changed))
    kind = "documents" if info.documents else "model"
    return f"{info.id:>4}  {when}  {kind:<9}  {info.title or 'Untitled'}"


def _show(turns: Sequence[Turn], json: bool) -> None:
    if json:
        output.as_json(
            [
                {
                    "role": str(turn.role),
                    "text": turn.text,
                    "state": str(turn.state),
                    "note": turn.note,
                    "thought": turn.thought,
                    "versions": len(turn.versions),
                    "created": turn.created,
                    "citations": [citation_object(citation) for citation in turn.citations],
                }
                for turn in turns
            ]
        )
        return
    for turn in turns:
        output.say(f"{'You' if turn.role is Role.USER else 'Privet'}: {turn.text}")
        if turn.citations:
            output.sources(turn.citations)
        if turn.note:
            output.say(f"({turn.note})")
        output.say()
