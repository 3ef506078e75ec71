"""How things are printed: plain lines for people, one JSON value for scripts, nothing that steers a terminal."""

from __future__ import annotations

import json
import sys
import textwrap
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from assistant.errors import ModelSetAside, PrivetError
from assistant.values import Citation

_WIDTH: Final = 96
_QUOTED: Final = 240
_LED_IN: Final = 60
"""Letters of a passage before the sentence that answers."""


def clean(text: str) -> str:
    """`text` without control and formatting characters, which could steer the terminal or turn words round."""
    return "".join(
        letter for letter in text if letter in "\n\t" or unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co"}
    )


def say(text: str = "") -> None:
    """A line for a person."""
    sys.stdout.write(clean(text) + "\n")
    sys.stdout.flush()


def say_part(text: str) -> None:
    """A piece of a line, shown at once."""
    sys.stdout.write(clean(text))
    sys.stdout.flush()


def aside(text: str) -> None:
    """A line about what is going on, kept apart from the answer: it goes to standard error."""
    sys.stderr.write(clean(text) + "\n")
    sys.stderr.flush()


class _ProgressLine:
    """The one line that is written over; only where somebody is looking."""

    def __init__(self) -> None:
        self._shown = False

    def show(self, text: str) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[2K{clean(text)[: _WIDTH - 1]}")
            sys.stderr.flush()
            self._shown = True

    def clear(self) -> None:
        # Only if there is one: an answer that is being written may stand on this line.
        if self._shown:
            self.show("")
            self._shown = False


_line: Final = _ProgressLine()


def progress(text: str) -> None:
    """A line that the next one replaces."""
    _line.show(text)


def end_progress() -> None:
    """Clear the progress line, if there is one."""
    _line.clear()


class _ThoughtLine:
    """What a model says to itself: dimmed where somebody is looking, and apart from the answer."""

    def __init__(self) -> None:
        self._open = False

    def show(self, text: str) -> None:
        dimmed = f"\x1b[2m{clean(text)}\x1b[0m" if sys.stderr.isatty() else clean(text)
        sys.stderr.write(dimmed)
        sys.stderr.flush()
        self._open = True

    def end(self) -> None:
        if self._open:
            aside("\n")
            self._open = False


_thought: Final = _ThoughtLine()


def thought(text: str) -> None:
    """A piece of what a model says to itself before it answers, on standard error."""
    end_progress()
    _thought.show(text)


def end_thought() -> None:
    """End what a thought has begun, if one has."""
    _thought.end()


def mark(text: str) -> None:
    """What is said about the sentence just written, in brackets, dimmed where somebody is looking; "" says nothing."""
    if text:
        bracketed = clean(f" [{text}]")
        sys.stdout.write(f"\x1b[2m{bracketed}\x1b[0m" if sys.stdout.isatty() else bracketed)
        sys.stdout.flush()


def fault(error: PrivetError, retry: str = "“privet models retry” has it tried again.") -> None:
    """The two sentences of an error. retry: how a model that was set aside is tried again, in a sentence."""
    said = (error.what, error.do, retry if isinstance(error, ModelSetAside) else "")
    aside(" ".join(part for part in said if part))


def as_json(value: object) -> None:
    """One JSON value on one line; characters outside ASCII are escaped, so nothing steers the terminal.

    Paths, wherever they are in it, become texts. Raises TypeError for anything else that JSON does not have.
    """
    sys.stdout.write(json.dumps(value, default=_text) + "\n")
    sys.stdout.flush()


def _text(value: object) -> str:
    if isinstance(value, Path):
        return str(value)
    raise TypeError(type(value).__name__)


def sources(citations: Iterable[Citation]) -> None:
    """The passages of an answer, each with its number, document and place."""
    for citation in citations:
        place = f", {citation.place}" if citation.place else ""
        say(f"[{citation.number}] {citation.document}{place}")
        for line in textwrap.wrap(_shown(citation), _WIDTH - 4):
            say(f"    {line}")


def _shown(citation: Citation) -> str:
    """The beginning of a passage, or, where that is further on, what comes with the sentence that answers."""
    before = " ".join(clean(citation.text[: citation.start]).split())
    quoted = " ".join(clean(citation.text).split())
    if citation.end and len(before) + citation.end - citation.start > _QUOTED:
        cut = quoted.find(" ", len(before) - _LED_IN)
        quoted = "…" + quoted[cut:] if cut > 0 else quoted
    return quoted if len(quoted) <= _QUOTED else quoted[: _QUOTED - 1].rsplit(" ", 1)[0] + " …"


def passage(citation: Citation) -> None:
    """One passage in full."""
    place = f", {citation.place}" if citation.place else ""
    say(f"[{citation.number}] {citation.document}{place}")
    say(citation.text)
