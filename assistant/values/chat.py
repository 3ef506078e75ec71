"""What is said to a model, how it writes, and what it answers with."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


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
    its logit). ignore_end: go on to max_tokens even where the model would end. lookup: try what the prompt or the
    answer said before, several tokens at once; it changes the speed, not what is chosen. grammar: in llama.cpp's
    GBNF, with a rule root, "" for none: the answer is a text of it. json_schema: the same as a JSON schema, of the
    kinds that assistant.engine.schema knows. logprobs: tell with each token its log-probability and those of so
    many likeliest, as the model found them, before anything here changed that; 0 tells nothing.
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
    lookup: bool = True
    grammar: str = ""
    json_schema: str = ""
    logprobs: int = 0


@dataclass(frozen=True, slots=True)
class ChatFormat:
    """How a family of models marks who speaks, as data: nothing in it is ever run.

    system, user, assistant: what stands before and after what each says. answer: what stands before an answer
    that is to be written; None is what stands before the assistant's others. resumed: the same for an answer
    that is gone on with. begin: before everything, after what the vocabulary itself puts first.
    system_in_user: the system's text opens the first question. default_system: the instructions that the family
    was trained to see where nobody gives any. marks: texts that would forge a role, broken up in what people
    and documents say; one that begins with a line break counts only where a line begins. spelled: the marks are
    letters in the vocabulary, not tokens. stop: texts that end an answer where the marks are spelled.
    thought: what opens and closes a thought, ("", "") where the family has none.
    """

    user: tuple[str, str]
    assistant: tuple[str, str]
    system: tuple[str, str] = ("", "\n\n")
    answer: str | None = None
    resumed: str | None = None
    begin: str = ""
    system_in_user: bool = False
    default_system: str = ""
    marks: tuple[str, ...] = ()
    spelled: bool = False
    stop: tuple[str, ...] = ()
    thought: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A model whose header was read and found sound.

    path: the file. name: what a person calls it. architecture: `general.architecture` of the
    GGUF. family: the chat format it was trained on. context_length: tokens it was trained for.
    size: bytes on disk. spelled: the family's marks are letters in this vocabulary, not tokens of their own.
    format: a chat format learned from the model's template, where `family` is "foreign"; else None. notes:
    sentences for the person about how it will be spoken to.
    """

    path: Path
    name: str
    architecture: str
    family: str
    context_length: int
    size: int
    spelled: bool = False
    format: ChatFormat | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Adapter:
    """A LoRA adapter beside a model. path: its GGUF file. scale: how much it counts; 0 is not at all, 1 as trained."""

    path: Path
    scale: float = 1.0


class FinishReason(StrEnum):
    """Why an answer ended."""

    COMPLETE = "complete"  # the model said that it was done, or a stop text came
    LENGTH = "length"  # the longest answer allowed, or the context window, was reached
    STOPPED = "stopped"  # the person pressed Stop
    REPEATED = "repeated"  # the model wrote the same again and again
    INTERRUPTED = "interrupted"  # the model's process died or hung


@dataclass(frozen=True, slots=True)
class Prefilling:
    """The prompt is being read: `done` of `total` tokens, `cached` of them from memory."""

    done: int
    total: int
    cached: int
    seconds_left: float | None


@dataclass(frozen=True, slots=True)
class Choice:
    """A token that was chosen: its text, its natural log-probability, and the likeliest tokens with theirs, best first.

    A token that is part of a character has a replacement character for a text; a special one its name.
    """

    text: str
    logprob: float
    alternatives: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Token:
    """The next piece of an answer: whole characters, never half of one.

    choices: the tokens that were chosen since the piece before, where `Sampling.logprobs` asks for them; with the
    last of them the text may be empty.
    """

    text: str
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Thought:
    """The next piece of what a thinking model says to itself before it answers; never part of the answer."""

    text: str
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Noted:
    """Something about how the model runs that a person should know: a sentence, in the middle of an answer."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Generated:
    """The end of one generation, with what it cost.

    prompt_tokens: the length of the prompt, `cached_tokens` of which were still in memory.
    read_seconds, write_seconds: time the model spent on the prompt and on the answer.
    """

    reason: FinishReason
    prompt_tokens: int
    cached_tokens: int
    answer_tokens: int
    read_seconds: float
    write_seconds: float


Said = Prefilling | Thought | Token | Noted | Generated
"""What a model says while it answers, `Generated` last."""


@dataclass(frozen=True, slots=True)
class AnswerPart:
    """An event of one of several answers that are written at once. answer: its number, from 0."""

    answer: int
    event: Thought | Token | Generated


@dataclass(frozen=True, slots=True)
class Likelihood:
    """How likely a model finds a text after a prompt: the natural log-probability of each of its tokens."""

    tokens: tuple[float, ...]

    @property
    def total(self) -> float:
        """That of the whole text."""
        return sum(self.tokens)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text, word by word, and how likely a model finds it as a whole answer.

    text: the number of the text, from 0. start, end: in its characters. tokens: how many it has. logprob: the natural
    log-probability of its tokens after the prompt; ending: that of the turn ending behind them. plain, plain_ending:
    the same after the prompt without its question; 0 where none was given.
    """

    text: int
    start: int
    end: int
    tokens: int
    logprob: float
    ending: float
    plain: float = 0.0
    plain_ending: float = 0.0


@dataclass(frozen=True, slots=True)
class RunPlan:
    """How a model runs on this machine, chosen by measurement.

    threads: of llama.cpp. batch: tokens read in one call. flash_attention: whether it is used. kv_type: of
    the KV cache, "f16" or "q8_0". gpu_layers: how many layers lie on `device`, "" where there is none.
    row_costs: what batches of 2, 4, 8, 16 and 32 tokens take, in steps of one token; empty where that was not
    measured, and nothing is drafted then.
    """

    threads: int
    batch: int = 256
    flash_attention: bool = False
    kv_type: str = "f16"
    gpu_layers: int = 0
    device: str = ""
    row_costs: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast the loaded model reads and writes, measured, in tokens a second, in a window as full as it is now."""

    read: float
    write: float


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
