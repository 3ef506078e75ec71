"""What is printed never steers the terminal, and a progress line never takes the answer with it."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from assistant.cli import output
from assistant.errors import BadInput, ModelSetAside
from assistant.values import Adapter, Citation, ConversationId, ConversationInfo


class Screen:
    """A terminal that keeps what is written to it."""

    def __init__(self) -> None:
        self.written = ""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.written += text
        return len(text)

    def flush(self) -> None:
        """Nothing is held back."""


def watched(monkeypatch: pytest.MonkeyPatch) -> Screen:
    """A screen that both streams go to; to be called in the test, since pytest takes the streams back after set-up."""
    screen = Screen()
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setattr(sys, "stderr", screen)
    return screen


def test_words_of_a_document_cannot_steer_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = watched(monkeypatch)
    output.say("before\x1b[2J\x1b]0;title\x07\u202ereversed\x9bafter\tand\nnext")
    assert screen.written == "before[2J]0;titlereversedafter\tand\nnext\n"


def test_progress_is_cleared_once_and_the_answer_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = watched(monkeypatch)
    output.progress("Reading 1 of 2")
    for word in ("The", " fox", " lived"):
        output.end_progress()
        output.say_part(word)
    assert screen.written == "\r\x1b[2KReading 1 of 2\r\x1b[2KThe fox lived"


def test_thoughts_are_dimmed_where_somebody_looks_and_end_before_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = watched(monkeypatch)
    output.thought("Let\x1b[2J me")
    output.thought(" see.")
    output.end_thought()
    output.end_thought()
    output.say_part("Four.")
    assert screen.written == "\x1b[2mLet[2J me\x1b[0m\x1b[2m see.\x1b[0m\n\nFour."


def test_thoughts_are_plain_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    output.thought("Let me see.")
    output.end_thought()
    assert capsys.readouterr() == ("", "Let me see.\n\n")


def test_a_conversation_with_an_adapter_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    info = ConversationInfo(
        ConversationId(1), "Oaks", False, 2, 1.0, 2.0, adapter=Adapter(Path("/models/law.gguf"), 0.5)
    )
    output.as_json([asdict(info)])
    assert json.loads(capsys.readouterr().out)[0]["adapter"] == {"path": "/models/law.gguf", "scale": 0.5}
    with pytest.raises(TypeError):
        output.as_json({"bytes": b""})


def test_it_is_told_how_a_model_that_was_set_aside_is_tried_again(capsys: pytest.CaptureFixture[str]) -> None:
    error = ModelSetAside("Tiny was set aside.", "Choose another model, or have this one tried again.")
    output.fault(error)
    assert capsys.readouterr().err.endswith("tried again. “privet models retry” has it tried again.\n")
    output.fault(error, retry="/retry has it tried again.")
    assert capsys.readouterr().err.endswith("tried again. /retry has it tried again.\n")
    output.fault(BadInput("No.", "Ask."), retry="/retry has it tried again.")
    assert capsys.readouterr().err == "No. Ask.\n"


def test_a_source_is_shown_where_it_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = watched(monkeypatch)
    text = "Nothing of note happened in the first of these years. " * 8 + "The kettle holds four litres. It is red."
    start = text.index("The kettle")
    output.sources([Citation(1, "a.pdf", "page 3", 3, text, 0.5, start=start, end=start + 29)])
    assert "The kettle holds four litres. It is red." in " ".join(screen.written.split())
    assert screen.written.splitlines()[1].startswith("    …")
    output.sources([Citation(1, "a.pdf", "page 3", 3, text, 0.5)])
    assert screen.written.splitlines()[-1].endswith("…")
