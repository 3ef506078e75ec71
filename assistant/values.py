"""The words every room shares: frozen values without identity and without I/O."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NewType

ConversationId = NewType("ConversationId", int)
TurnId = NewType("TurnId", int)
DocumentId = NewType("DocumentId", int)
PassageId = NewType("PassageId", int)


@dataclass(frozen=True, slots=True)
class Vectors:
    """Embeddings as they travel and are kept: float32, little-endian, one after the other.

    data: `count` * `dimensions` * 4 bytes; each vector has unit length.
    """

    count: int
    dimensions: int
    data: bytes

    def row(self, index: int) -> bytes:
        """The bytes of one vector, from 0."""
        width = self.dimensions * 4
        return self.data[index * width : (index + 1) * width]


class Stop:
    """A person's wish to stop, set on one thread and looked at on another."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def set(self) -> None:
        """Ask what is running to stop; asking twice is the same as asking once."""
        self._event.set()

    @property
    def requested(self) -> bool:
        """True from the moment that `set` was called."""
        return self._event.is_set()


# --- chat -----------------------------------------------------------------------------------


class Role(StrEnum):
    """Who speaks in a prompt."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class Message:
    """One contribution to a prompt, without any markup of a model's family."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next token is chosen; the names and meanings are llama.cpp's.

    temperature: 0 is greedy. top_k: 0 is all. top_p, min_p, typical_p: shares of probability, typical_p
    1.0 is off. repeat_penalty: 1.0 is none, over the last `repeat_last` tokens, as are frequency_penalty
    and presence_penalty, 0 is none. dry_multiplier: 0 is no DRY penalty; dry_base, dry_allowed_length,
    dry_last (-1: the whole context) as in llama.cpp. seed: same seed, same answer. max_tokens: the longest
    answer, in tokens. stop: texts that end an answer, not part of it. logit_bias: (token, what is added to
    its logit). ignore_end: go on to max_tokens even where the model would end. grammar: GBNF, or
    json_schema: a JSON schema, that the answer keeps to; "" is none. alternatives: how many of the likeliest
    tokens come with each token, with their log-probabilities; 0 is none.
    """

    temperature: float = 0.2
    top_k: int = 40
    top_p: float = 0.95
    min_p: float = 0.05
    typical_p: float = 1.0
    repeat_penalty: float = 1.1
    repeat_last: int = 64
    frequency_penalty: float = 0.0
    presence_penalty: float = 0.0
    dry_multiplier: float = 0.0
    dry_base: float = 1.75
    dry_allowed_length: int = 2
    dry_last: int = -1
    seed: int = 0
    max_tokens: int = 512
    stop: tuple[str, ...] = ()
    logit_bias: tuple[tuple[int, float], ...] = ()
    ignore_end: bool = False
    grammar: str = ""
    json_schema: str = ""
    alternatives: int = 0


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A model whose header was read and found sound.

    path: the file. name: what a person calls it. architecture: `general.architecture` of the
    GGUF. family: the chat format it was trained on. context_length: tokens it was trained for.
    size: bytes on disk.
    """

    path: Path
    name: str
    architecture: str
    family: str
    context_length: int
    size: int


class FinishReason(StrEnum):
    """Why an answer ended."""

    COMPLETE = "complete"  # the model said that it was done, or a stop text came
    LENGTH = "length"  # the longest answer allowed, or the context window, was reached
    STOPPED = "stopped"  # the person pressed Stop
    INTERRUPTED = "interrupted"  # the model's process died or hung


@dataclass(frozen=True, slots=True)
class Prefilling:
    """The prompt is being read: `done` of `total` tokens, `cached` of them from memory."""

    done: int
    total: int
    cached: int
    seconds_left: float | None


@dataclass(frozen=True, slots=True)
class TokenChoice:
    """A token that could have been written. logprob: natural logarithm of its probability before sampling."""

    text: str
    logprob: float


@dataclass(frozen=True, slots=True)
class Token:
    """The next piece of an answer: whole characters, never half of one.

    choices: what was written, token by token, where log-probabilities were asked for. alternatives: for
    each of them the likeliest tokens at its place, best first.
    """

    text: str
    choices: tuple[TokenChoice, ...] = ()
    alternatives: tuple[tuple[TokenChoice, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Thought:
    """The next piece of what a thinking model says to itself before it answers; never part of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Generated:
    """The end of one generation, with what it cost.

    prompt_tokens: the length of the prompt, `cached_tokens` of which were still in memory.
    read_seconds, write_seconds: time the model spent on the prompt and on the answer. drafted, accepted:
    tokens that lookup decoding proposed, and those of them that the model would have written.
    """

    reason: FinishReason
    prompt_tokens: int
    cached_tokens: int
    answer_tokens: int
    read_seconds: float
    write_seconds: float
    drafted: int = 0
    accepted: int = 0


@dataclass(frozen=True, slots=True)
class RunPlan:
    """How a model runs on this machine, chosen by measurement.

    threads: of llama.cpp. batch: tokens read in one call. flash_attention: whether it is used. kv_type: of
    the KV cache, "f16" or "q8_0". gpu_layers: how many layers lie on `device`, "" where there is none.
    """

    threads: int
    batch: int = 256
    flash_attention: bool = False
    kv_type: str = "f16"
    gpu_layers: int = 0
    device: str = ""


@dataclass(frozen=True, slots=True)
class ContextUse:
    """What the context window would hold if the draft were sent now, in tokens, markup included.

    size: of the window. reserve: kept free for the answer.
    """

    size: int
    instructions: int
    documents: int
    conversation: int
    question: int
    reserve: int

    @property
    def used(self) -> int:
        """All of it, the reserve included."""
        return self.instructions + self.documents + self.conversation + self.question + self.reserve


@dataclass(frozen=True, slots=True)
class Outlook:
    """What sending the draft would mean, before it is sent.

    cached: tokens of the prompt that need not be read again. seconds: estimated wait for the first word,
    from measured speed; None before anything was measured. left_out: a sentence, or "".
    """

    use: ContextUse
    cached: int
    seconds: float | None
    left_out: str = ""


# --- documents ------------------------------------------------------------------------------


class BlockKind(StrEnum):
    """What a stretch of a document is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST = "list"
    TABLE = "table"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a document as a reader sees it.

    page: from 1, None where the format has no pages. level: of a heading, from 1; else 0.
    """

    kind: BlockKind
    text: str
    page: int | None = None
    level: int = 0


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """What a file holds, as text.

    title: the document's own, or "" where it names none. pages: how many it has, 0 where the
    format has none. empty_pages: pages without any text. warnings: sentences for the person.
    """

    title: str
    blocks: tuple[Block, ...]
    pages: int
    empty_pages: tuple[int, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of text that can be found and cited.

    page, last_page: from 1, None where the format has no pages. heading: the path of headings
    above it, outermost first. ordinal: its place in the document, from 0. tokens: its length in
    tokens of the embedder.
    """

    text: str
    ordinal: int
    tokens: int
    page: int | None = None
    last_page: int | None = None
    heading: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """Where a person finds it: "page 12", "pages 12 to 13", or the nearest heading."""
        if self.page is not None:
            if self.last_page is not None and self.last_page != self.page:
                return f"pages {self.page} to {self.last_page}"
            return f"page {self.page}"
        return self.heading[-1] if self.heading else ""


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """A document that Privet keeps, for lists.

    path: where it was when it was added. title: what to call it. added: seconds since 1970, UTC.
    """

    id: DocumentId
    path: Path
    title: str
    pages: int
    passages: int
    size: int
    added: float
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that answers to a search.

    score: of the fused ranking, higher is better, comparable within one search only.
    similarity: cosine of question and passage, None where meaning was not searched.
    shared: share of the question's meaningful words that stand in the passage, 0 to 1.
    """

    id: PassageId
    document_id: DocumentId
    document: str
    passage: Passage
    score: float
    similarity: float | None = None
    shared: float = 0.0


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered pointer from an answer to a passage; what it shows is the passage itself.

    number: as it stands in the answer, from 1. document_id, passage_id: None once the document
    was removed (the quoted text of an old answer goes with it).
    """

    number: int
    document: str
    place: str
    page: int | None
    text: str
    score: float
    document_id: DocumentId | None = None
    passage_id: PassageId | None = None


# --- conversations --------------------------------------------------------------------------


class TurnState(StrEnum):
    """How far an answer came."""

    WRITING = "writing"
    COMPLETE = "complete"
    CUT = "cut"  # longest answer reached
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Turn:
    """One contribution to a conversation, as kept. note: one sentence about how it ended, or "".

    thought: what a thinking model said to itself before this answer. versions: all turns that stand at this
    place, this one included, oldest first: the edits of a question, the answers to it.
    """

    id: TurnId
    role: Role
    text: str
    state: TurnState
    created: float
    citations: tuple[Citation, ...] = ()
    note: str = ""
    thought: str = ""
    versions: tuple[TurnId, ...] = ()


@dataclass(frozen=True, slots=True)
class ConversationInfo:
    """A conversation for lists. documents: whether questions in it go to the documents."""

    id: ConversationId
    title: str
    documents: bool
    turns: int
    created: float
    changed: float


# --- events of the ways ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The passages found for a question, best first; they come before the first word."""

    citations: tuple[Citation, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class NothingFound:
    """No passage answers the question; `sentence` is the whole answer."""

    sentence: str
    seconds: float


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What no longer fits the context window and was left out of this prompt, aloud."""

    turns: int
    passages: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The end of an answer.

    citations: those the answer rests on. note: one sentence where it did not end by itself, or "".
    first_token_seconds: None where no word came. total_seconds: from the question on.
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


@dataclass(frozen=True, slots=True)
class Started:
    """The question is kept and the answer has a place to be written to."""

    question: TurnId
    answer: TurnId


AnswerEvent = Started | Retrieved | NothingFound | LeftOut | Prefilling | Thought | Token | Answered


@dataclass(frozen=True, slots=True)
class Reading:
    """A file is being read: `page` of `pages`, 0 of 0 where that is not known yet."""

    path: Path
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Embedding:
    """A file's passages are being embedded: `done` of `total`, with an estimate from measured speed."""

    path: Path
    done: int
    total: int
    seconds_left: float | None


@dataclass(frozen=True, slots=True)
class Indexed:
    """A file can be asked about. replaced: it was known before and is now up to date."""

    path: Path
    document: DocumentInfo
    replaced: bool = False
    unchanged: bool = False


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


DocumentEvent = Reading | Embedding | Indexed | NotAdded | AddFinished


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
class Check:
    """One line of `privet doctor`: what was looked at, whether it holds, and in words what was seen."""

    name: str
    holds: bool
    seen: str
