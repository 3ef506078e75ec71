"""`privet ask`: one question, answered with its sources, as text or as one JSON object."""

from __future__ import annotations

import argparse
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from assistant.app import Privet
from assistant.cli import output
from assistant.cli.main import EXIT_FAULT, EXIT_NOT_FOUND, EXIT_OK, EXIT_STOPPED, opened
from assistant.cli.scopes import scope_of, workspace_of
from assistant.cli.tables import named, table_choice
from assistant.errors import BadInput
from assistant.values import (
    EVERYTHING,
    Answered,
    AnswerEvent,
    AnswerMode,
    Checked,
    Citation,
    Claim,
    ConversationId,
    FinishReason,
    GoingThrough,
    LeftOut,
    Noted,
    NothingFound,
    Prefilling,
    Queried,
    Retrieved,
    Started,
    Stop,
    Support,
    Thought,
    Token,
)


def run(options: argparse.Namespace) -> int:
    """Ask within a conversation or a new one."""
    with opened(options) as privet:
        conversation = _conversation(privet, options)
        if options.adapter:
            adapter = None if options.adapter == "none" else privet.adapters.named(options.adapter)
            privet.conversations.set_adapter(conversation, adapter)
        asked = conversation
        mode = AnswerMode(options.mode) if options.mode else None
        table = table_choice(privet, options.table, options.query)
        queried: list[Queried] = []
        way = privet.answering

        def answer(stop: Stop) -> Iterator[AnswerEvent]:
            if options.all:
                return way.whole(asked, options.question, None, stop)
            return way.answer(asked, options.question, stop, mode, table)

        answered, found = follow(
            answer,
            quiet=options.json,
            thoughts=options.thoughts,
            queried=queried,
        )
        if options.json:
            output.as_json(_object(answered, found, conversation, queried))
        return status(answered, found)


def _conversation(privet: Privet, options: argparse.Namespace) -> ConversationId:
    """The conversation that is asked in: the one that is named, or a new one. Raises NotFound, BadInput."""
    workspace = workspace_of(privet, options.workspace)
    if not options.conversation:
        scope = scope_of(privet, options, workspace) or EVERYTHING
        return privet.conversations.create(documents=not options.model_only, workspace=workspace, scope=scope)
    info = privet.conversations.conversation(ConversationId(options.conversation))
    if options.workspace is not None and info.workspace != workspace:
        raise BadInput(
            "This conversation belongs to another workspace, where it stays.", "Begin a new one in this workspace."
        )
    narrowed = scope_of(privet, options, info.workspace)
    if narrowed is not None:
        privet.conversations.set_scope(info.id, narrowed)
    privet.conversations.set_documents(info.id, not options.model_only)
    return info.id


def summarise(options: argparse.Namespace) -> int:
    """Summarise a document, every passage of it gone through; or go on with a summary that was stopped."""
    with opened(options) as privet:
        document = named(privet, options.name)
        workspace = privet.workspaces.of(document.id)
        conversation = privet.conversations.create(documents=True, workspace=workspace)
        answered, found = follow(
            lambda stop: privet.answering.whole(conversation, options.question or "", [document.id], stop),
            quiet=options.json,
        )
        if options.json:
            output.as_json(_object(answered, found, conversation))
        return status(answered, found)


def status(answered: Answered, found: bool) -> int:
    """The exit status for an answer."""
    if answered.reason is FinishReason.INTERRUPTED:
        return EXIT_FAULT
    if answered.reason is FinishReason.STOPPED:
        return EXIT_STOPPED
    return EXIT_OK if found else EXIT_NOT_FOUND


def follow(
    answer: Callable[[Stop], Iterator[AnswerEvent]],
    *,
    quiet: bool = False,
    thoughts: bool = False,
    queried: list[Queried] | None = None,
) -> tuple[Answered, bool]:
    """Have an answer made, and print the events as they come. Returns the end of it, and whether anything was found.

    answer: begins it, as the methods of Answering do. quiet: print nothing but progress. thoughts: show what a
    model says to itself. queried: takes what was asked of a table. Ctrl-C stops the answer; what is written of it is
    kept.
    """
    found, begun = True, ""
    said = _Said()
    sources: tuple[Citation, ...] = ()
    answered: Answered | None = None
    with stopped_by_interrupt() as stop:
        for event in answer(stop):
            if not isinstance(event, Checked):
                said.flush()
            match event:
                case Started(text=text):
                    begun = text
                case Retrieved(citations):
                    sources = citations
                    output.end_progress()
                    if not quiet:
                        output.sources(citations)
                        output.say()
                case NothingFound(nearest=nearest):
                    found, sources = False, nearest
                case Queried() if queried is not None:
                    queried.append(event)
                case GoingThrough():
                    output.progress(going_through(event))
                case LeftOut(sentence=sentence) | Noted(sentence):
                    output.aside(sentence)
                case Prefilling():
                    output.progress(reading(event))
                case Thought(text) if thoughts and not quiet:
                    output.thought(text)
                case Thought():
                    output.progress("Thinking")
                case Token(text) if not quiet:
                    output.end_progress()
                    output.end_thought()
                    said.add(begun + text)
                    begun = ""
                case Checked(claims) if not quiet:
                    for claim in claims:
                        said.mark(claim.end, mark_of(claim, sources))
                case Answered():
                    answered = event
    said.flush()
    output.end_progress()
    output.end_thought()
    assert answered is not None
    if not quiet:
        output.say_part(begun)
        _close(answered, found, sources)
    return answered, found


class _Said:
    """An answer on the terminal: its last piece waits for what is said of a sentence that ends within it."""

    def __init__(self) -> None:
        self._shown = 0
        self._waiting = ""

    def add(self, text: str) -> None:
        """Show what waits, and keep this waiting."""
        self.flush()
        self._waiting = text

    def mark(self, end: int, words: str) -> None:
        """Say something behind the sentence that ends at character `end` of the answer."""
        if words:
            cut = min(max(0, end - self._shown), len(self._waiting))
            self._show(self._waiting[:cut])
            output.mark(words)

    def flush(self) -> None:
        """Show what waits."""
        self._show(self._waiting)

    def _show(self, text: str) -> None:
        if text:
            output.say_part(text)
            self._shown += len(text)
            self._waiting = self._waiting[len(text) :]


def mark_of(claim: Claim, citations: Sequence[Citation]) -> str:
    """What stands behind a sentence that no passage supports; "" for one that has its number."""
    match claim.support:
        case Support.SUPPORTED:
            return ""
        case Support.NOT_FOUND:
            return "not found in your documents"
        case Support.DIFFERS:
            where = next((c.place or c.document for c in citations if c.number == claim.number), "its source")
            return f"differs from {where}"


def going_through(event: GoingThrough) -> str:
    """How far whole documents are gone through, in words."""
    left = f", about {event.seconds_left:.0f} s left" if event.seconds_left else ""
    return f"Read {event.done:,} of {event.total:,} passages{left}"


def reading(event: Prefilling) -> str:
    """How far the model is with the prompt, in words."""
    left = f", about {event.seconds_left:.0f} s left" if event.seconds_left is not None else ""
    return f"Reading {event.done:,} of {event.total:,} tokens{left}"


@contextmanager
def stopped_by_interrupt() -> Iterator[Stop]:
    """A Stop that Ctrl-C sets; the second Ctrl-C interrupts as usual."""
    stop = Stop()
    before = signal.getsignal(signal.SIGINT)

    def interrupt(number: int, frame: FrameType | None) -> None:
        stop.set()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, interrupt)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


def _close(answered: Answered, found: bool, nearest: Sequence[Citation]) -> None:
    """What stands under an answer: how it ended. nearest: where nothing was found, the passages that came nearest."""
    if not found:
        output.say(answered.text)
        if nearest:
            output.say()
            output.say("These came nearest, and do not seem to answer it:")
            output.sources(nearest)
        return
    output.say()
    if answered.note:
        output.aside(answered.note)


def _object(
    answered: Answered, found: bool, conversation: ConversationId, queried: Sequence[Queried] = ()
) -> dict[str, object]:
    asked = [query_object(one) for one in queried[-1:]]
    return {
        "answer": answered.text,
        "found": found,
        "citations": [citation_object(citation) for citation in answered.citations],
        "sentences": [claim_object(claim, answered) for claim in answered.claims],
        "timings": {
            "retrieval": round(answered.retrieval_seconds, 3),
            "first_token": None if answered.first_token_seconds is None else round(answered.first_token_seconds, 3),
            "total": round(answered.total_seconds, 3),
        },
        "tokens": {
            "prompt": answered.prompt_tokens,
            "cached": answered.cached_tokens,
            "answer": answered.answer_tokens,
        },
        "thought": answered.thought,
        "note": answered.note,
        "conversation": int(conversation),
        "query": asked[0] if asked else None,
    }


def query_object(queried: Queried) -> dict[str, object]:
    """What was asked of a table, as JSON prints it."""
    return {
        "sql": queried.sql,
        "document": queried.document,
        "place": queried.place,
        "columns": list(queried.columns),
        "rows": [list(row) for row in queried.rows],
        "cells": list(queried.cells),
        "by_model": queried.by_model,
    }


def claim_object(claim: Claim, answered: Answered) -> dict[str, object]:
    """A sentence of an answer, and what the passages say about it, as JSON prints it."""
    quoted = next((c.text for c in answered.citations if c.number == claim.number), "")
    return {
        "text": answered.text[claim.start : claim.end],
        "start": claim.start,
        "end": claim.end,
        "support": claim.support.value,
        "citation": claim.number,
        "quote": quoted[claim.quote_start : claim.quote_end] or None,
        "differing": list(claim.differing),
        "seems": claim.seems or None,
    }


def citation_object(citation: Citation) -> dict[str, object]:
    """A citation as JSON prints it."""
    return {
        "number": citation.number,
        "document": citation.document,
        "page": citation.page,
        "place": citation.place,
        "passage": citation.text,
        "answer": [citation.start, citation.end] if citation.end else None,
        "words": [citation.span_start, citation.span_end] if citation.span_end else None,
        "score": round(citation.score, 6),
    }
