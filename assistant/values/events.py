"""What the ways tell while they work."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assistant.values.chat import FinishReason, Noted, Prefilling, Thought, Token
from assistant.values.claims import Claim
from assistant.values.common import TurnId
from assistant.values.conversations import ConversationInfo
from assistant.values.documents import Citation, DocumentInfo, SourceInfo, WorkStatus

NOTHING_FOUND: Final = "I found nothing about this in your documents."
"""The whole answer where documents were searched and none of their passages answers."""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The passages found for a question, best first; they come before the first word."""

    citations: tuple[Citation, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class NothingFound:
    """No passage answers the question; `sentence` is the whole answer. nearest: the passages that came nearest."""

    sentence: str
    seconds: float
    nearest: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Queried:
    """A table was asked. sql: the query, as it was run; columns, rows: what it found, as text.

    document, place: where the table stands. cells: those that the result rests on, as "C5" or "row 4, column 2".
    by_model: the model wrote the query, not a rule.
    """

    sql: str
    document: str
    place: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    cells: tuple[str, ...]
    by_model: bool


@dataclass(frozen=True, slots=True)
class GoingThrough:
    """Whole documents are gone through: `done` of `total` passages are read.

    seconds_left: by the speed measured on the way, None before anything was measured.
    """

    done: int
    total: int
    seconds_left: float | None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What no longer fits the context window and was left out of this prompt, aloud."""

    turns: int
    passages: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Checked:
    """Sentences of the answer that were held against the passages just now, in their order."""

    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Pointed:
    """The same citations once more, with the words that answer as the model chose them among those that stand there."""

    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """The end of an answer.

    citations: those the answer rests on. note: one sentence where it did not end by itself, or "".
    first_token_seconds: until the first word of answer or thought, None where none came. total_seconds: from the
    question on. thought: what the model said to itself before. cached_tokens: of the prompt, not read again.
    """

    turn: TurnId
    text: str
    reason: FinishReason
    citations: tuple[Citation, ...]
    note: str
    retrieval_seconds: float
    first_token_seconds: float | None
    total_seconds: float
    prompt_tokens: int
    answer_tokens: int
    thought: str = ""
    cached_tokens: int = 0
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class Started:
    """The question is kept and the answer has a place to be written to. text: what it says already, if it goes on."""

    question: TurnId
    answer: TurnId
    text: str = ""


AnswerEvent = (
    Started
    | Retrieved
    | NothingFound
    | Queried
    | GoingThrough
    | LeftOut
    | Noted
    | Prefilling
    | Thought
    | Token
    | Checked
    | Pointed
    | Answered
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A file is being read: `page` of `pages`, 0 of 0 where that is not known yet."""

    path: Path
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Embedding:
    """A document's passages are being learned: `done` of its `total` can be found by meaning.

    seconds_left: for all that is to be learned, from measured speed; None before something was measured.
    """

    path: Path
    done: int
    total: int
    seconds_left: float | None


@dataclass(frozen=True, slots=True)
class Indexed:
    """A file can be asked about: by its words now, and by meaning once document.unlearned is 0.

    replaced: it was known before and is now up to date. moved: it is known from another place, where it is no more.
    """

    path: Path
    document: DocumentInfo
    replaced: bool = False
    unchanged: bool = False
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Learned:
    """All of a document can be found by meaning."""

    document: DocumentInfo


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A file is gone from its folder, and so is what was kept of it."""

    document: DocumentInfo


@dataclass(frozen=True, slots=True)
class Working:
    """What is still to be done, said whenever it changed noticeably."""

    status: WorkStatus


@dataclass(frozen=True, slots=True)
class SourceChanged:
    """A watched folder was gone through, or is away or back. new, changed, gone, moved: how many of its files are."""

    source: SourceInfo
    new: int = 0
    changed: int = 0
    gone: int = 0
    moved: int = 0


@dataclass(frozen=True, slots=True)
class NotAdded:
    """A file that could not be added; the others go on. what, do: the two sentences."""

    path: Path
    what: str
    do: str


@dataclass(frozen=True, slots=True)
class AddFinished:
    """The end of an addition: how many files are in, how many are not, whether it was stopped."""

    added: int
    failed: int
    stopped: bool = False


DocumentEvent = Reading | Embedding | Indexed | Learned | NotAdded | Forgotten | Working | SourceChanged | AddFinished


@dataclass(frozen=True, slots=True)
class Rebuilding:
    """The index of vectors is being built again: `done` of `total` passages."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """One part of getting ready: what it is ("documents", "model"), whether it is ready, and a sentence."""

    what: str
    ready: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Exported:
    """`done` of `total` conversations are written."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class ChatImported:
    """A conversation of another program is kept. known: it was here already, and nothing was changed."""

    program: str
    info: ConversationInfo
    known: bool


@dataclass(frozen=True, slots=True)
class ChatNotImported:
    """Nothing was brought in from `path`: what happened, and what to do."""

    path: Path
    what: str
    do: str


@dataclass(frozen=True, slots=True)
class Check:
    """One line of `privet doctor`: what was looked at, whether it holds, and in words what was seen."""

    name: str
    holds: bool
    seen: str
