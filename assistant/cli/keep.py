"""`privet conversations`: listed, shown, renamed, deleted, written, reported as wrong, and what the model saw."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from assistant.answering import parts
from assistant.app import Privet
from assistant.cli import output
from assistant.cli.ask import citation_object
from assistant.cli.main import EXIT_OK, opened
from assistant.errors import BadInput, NotFound
from assistant.values import (
    ConversationId,
    ConversationInfo,
    Report,
    Role,
    Turn,
    TurnId,
)


def conversations(options: argparse.Namespace) -> int:
    """List, show, rename or delete."""
    with opened(options) as privet:
        kept = privet.conversations
        if options.rename is not None:
            number, title = options.rename
            kept.rename(_number(number), title)
        if options.delete is not None:
            kept.discard(ConversationId(options.delete))
            if not options.json:
                output.aside(f"It is in the trash. Bring it back with: privet trash --restore {options.delete}")
        if options.saw is not None:
            say_saw(privet, _last_answer(kept.turns(ConversationId(options.saw))), options.json)
            return EXIT_OK
        if options.export is not None:
            number, form = options.export
            _export(privet, number, form, options.to)
            return EXIT_OK
        if options.wrong is not None:
            number, how = options.wrong
            privet.reports.add(_last_answer(kept.turns(_number(number))), how)
        if options.not_wrong is not None:
            if options.not_wrong not in {report.turn for report in privet.reports.list()}:
                raise NotFound(f"There is no report {options.not_wrong}.", "List them with --reports.")
            privet.reports.take_back(TurnId(options.not_wrong))
        if options.reports or options.wrong is not None or options.not_wrong is not None:
            _reports(privet.reports.list(), options.json)
            return EXIT_OK
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


def _number(words: str) -> ConversationId:
    if not words.isdecimal():
        raise BadInput(f"{words} is not the number of a conversation.", "List the conversations to see theirs.")
    return ConversationId(int(words))


def _last_answer(turns: Sequence[Turn]) -> TurnId:
    answer = next((turn.id for turn in reversed(turns) if turn.role is Role.ASSISTANT), None)
    if answer is None:
        raise BadInput("Nothing was answered in this conversation yet.", "Ask something first.")
    return answer


def say_saw(privet: Privet, turn: TurnId, json: bool = False) -> None:
    """Print what the model was given for an answer: its parts in tokens, what was cut and why, and the whole text."""
    sent = privet.answering.saw(turn)
    if sent is None:
        output.say("No model was asked for this answer, or what it saw was removed with a document that was in it.")
        return
    if json:
        output.as_json(
            {
                "model": sent.model,
                "tokens": dict(parts(sent)),
                "window": sent.use.size,
                "cut": list(sent.cut),
                "why": sent.why,
                "prompt": [{"text": text, "markup": markup} for text, markup in sent.pieces],
            }
        )
        return
    output.say(f"{sent.model}, {sent.use.size:,} tokens:")
    for name, tokens in parts(sent):
        output.say(f"{tokens:>8,}  {name}")
    for cut in sent.cut:
        output.say(f"Left out: {cut}")
    if sent.why:
        output.say(sent.why)
    output.say()
    output.say(sent.text)


def _export(privet: Privet, number: str, form: str, target: Path | None) -> None:
    if form == "pdf":
        raise BadInput("A PDF is written by the window.", "Export it there, or as html, docx or markdown here.")
    data = privet.taking.conversation(_number(number), form)
    if target is not None:
        privet.taking.save(target.absolute(), data)
        output.aside(f"Written to {target}. It is not encrypted.")
    elif form == "docx":
        raise BadInput("A Word document is not printed.", "Say with --to FILE where it is to be written.")
    else:
        output.say(data.decode("utf-8").rstrip())


def _reports(reports: Sequence[Report], json: bool) -> None:
    if json:
        output.as_json([asdict(report) for report in reports])
        return
    for report in reports:
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(report.created))
        output.say(f"{report.turn:>4}  {when}  {report.question}")
        output.say(f"    answered: {' '.join(report.answer.split())}")
        output.say(f"    wrong: {report.wrong or 'not said how'}")
    if not reports:
        output.say("No answer was reported as wrong. Report one with: privet conversations --wrong N HOW")


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
