"""Every option there is, declared once: key, default, words, and what a value may be."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from assistant.errors import BadInput

T = TypeVar("T", bool, int, float, str)


@dataclass(frozen=True)
class Option(Generic[T]):
    """One option; its type is that of its default.

    key: as it stands in settings.toml. title, text: for people. minimum, maximum: of a number, both
    included. choices: of a text, all that it may be; empty for any text. private: a person's own words, which are kept
    in the vault and not in settings.toml.
    """

    key: str
    default: T
    title: str
    text: str
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    private: bool = False

    def accept(self, value: object) -> T:
        """`value` as this option's type. Raises BadInput, with the words for a person, if it may not be that."""
        kind: type[T] = type(self.default)
        if kind is float and type(value) is int:
            value = float(value)
        if not isinstance(value, kind) or (kind is not bool and isinstance(value, bool)):
            raise self._refused(value)
        if isinstance(value, str):
            if (self.choices and value not in self.choices) or not _can_be_written(value):
                raise self._refused(value)
        elif not math.isfinite(value) or not self._in_range(value):
            raise self._refused(value)
        return value

    @property
    def allowed(self) -> str:
        """What a value may be, in words that complete "It may be ..."."""
        if self.choices:
            return f"one of {', '.join(self.choices)}"
        if isinstance(self.default, bool):
            return "true or false"
        if isinstance(self.default, str):
            return "a text"
        kind = "a whole number" if isinstance(self.default, int) else "a number"
        if self.minimum is not None and self.maximum is not None:
            return f"{kind} from {self.minimum:g} to {self.maximum:g}"
        return kind

    def _in_range(self, value: float) -> bool:
        return (self.minimum is None or value >= self.minimum) and (self.maximum is None or value <= self.maximum)

    def _refused(self, value: object) -> BadInput:
        shown = repr(value)
        shown = shown if len(shown) <= 40 else shown[:39] + "…"
        return BadInput(f"{shown} is no value for “{self.title}”.", f"It may be {self.allowed}.")


def _can_be_written(text: str) -> bool:
    """False for a text with half a character in it, which no UTF-8 file can hold."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


THEME: Final = Option[str](
    "theme", "system", "Colours", "Light, dark, or as the system is set.", choices=("system", "light", "dark")
)
TEXT_SIZE: Final = Option[int]("text_size", 100, "Text size", "In percent of the usual size.", minimum=80, maximum=200)
CHAT_MODEL: Final = Option[str](
    "chat_model", "", "Language model", "The model file that answers; empty for the one that comes with Privet."
)
EMBEDDING_MODEL: Final = Option[str](
    "embedding_model",
    "",
    "Model that searches",
    "The folder of the model that searches by meaning; empty for the one that comes with Privet. Your documents are "
    "learned with another one in the background; it searches from the start after that.",
)
RERANKER: Final = Option[str](
    "reranker",
    "",
    "Model that orders passages",
    "A reranker, as a GGUF file: it reads each passage that was found beside your question, and puts the best first. "
    "Empty for none; the search has an order of its own.",
)
ORDER_BY_CHAT_MODEL: Final = Option[bool](
    "order_by_chat_model",
    False,
    "Order passages with the language model",
    "Where no reranker is chosen: the language model reads each passage that was found and tells how likely your "
    "question is behind it. It takes the time below before each answer, and gives more only the longer that is.",
)
RERANK_SECONDS: Final = Option[float](
    "rerank_seconds",
    1.0,
    "Time for ordering passages",
    "How many seconds of a question the model that orders passages may take; it reads as many as fit.",
    minimum=0.1,
    maximum=60.0,
)
CONTEXT_TOKENS: Final = Option[int](
    "context_tokens",
    0,
    "Memory of a conversation",
    "How many tokens (pieces of words) the model looks back on; 0 for what it was trained for, up to 8192.",
    minimum=0,
    maximum=131_072,
)
THREADS: Final = Option[int](
    "threads", 0, "Processor cores", "How many cores the model may use; 0 to let Privet choose.", minimum=0, maximum=256
)
KV_TYPE: Final = Option[str](
    "kv_type",
    "auto",
    "Precision of that memory",
    "auto is full precision as long as there is room; f16 is full; q8_0 takes half the room, and is a little slower.",
    choices=("auto", "f16", "q8_0"),
)
GPU_LAYERS: Final = Option[int](
    "gpu_layers",
    -1,
    "Layers on the graphics processor",
    "How many layers of the model lie there, where there is one; -1 is as many as fit.",
    minimum=-1,
    maximum=1000,
)
TEMPERATURE: Final = Option[float](
    "temperature",
    0.2,
    "Variety",
    "0 always takes the likeliest next word; higher values vary more and are wrong more often.",
    minimum=0.0,
    maximum=2.0,
)
REPEAT_PENALTY: Final = Option[float](
    "repeat_penalty",
    1.1,
    "Against repetition",
    "1 lets the model repeat itself; higher values make it avoid the words it has just used.",
    minimum=1.0,
    maximum=2.0,
)
SEED: Final = Option[int](
    "seed",
    0,
    "Starting number for chance",
    "The same number gives the same answer to the same question; asking for another answer takes the next one.",
    minimum=0,
    maximum=1_000_000_000,
)
MAX_ANSWER_TOKENS: Final = Option[int](
    "max_answer_tokens", 512, "Longest answer", "In tokens; three words are about four.", minimum=16, maximum=8192
)
PASSAGES_PER_ANSWER: Final = Option[int](
    "passages_per_answer",
    4,
    "Passages for an answer",
    "How many passages of your documents are found for a question; more take longer to read.",
    minimum=1,
    maximum=20,
)
ANSWER_MODE: Final = Option[str](
    "answer_mode",
    "careful",
    "Answers from documents",
    "Quotes only shows what stands in them, without a model; careful greys what they do not say; free leaves it.",
    choices=("quotes", "careful", "free"),
)
RELEVANCE_THRESHOLD: Final = Option[float](
    "relevance_threshold",
    0.32,
    "How sure Privet must be",
    "From 0 (always answer) to 1 (only when certain); less sure than this, Privet says that it found nothing.",
    minimum=0.0,
    maximum=1.0,
)
THINKING: Final = Option[bool](
    "thinking",
    True,
    "Let the model think first",
    "Some models can think before they answer, which takes longer and is often better; others are not changed by this.",
)
PAUSE_ON_BATTERY: Final = Option[bool](
    "pause_on_battery",
    False,
    "Spare the battery",
    "Read and learn documents only while this computer is on mains power.",
)
INSTRUCTIONS: Final = Option[str](
    "instructions",
    "You are a helpful assistant. Answer briefly and plainly, and say so when you do not know.",
    "Instructions",
    "What the model is told before every conversation.",
    private=True,
)
STATE_CACHE_MEGABYTES: Final = Option[int](
    "state_cache_megabytes",
    2048,
    "Room for what was read",
    "Megabytes on the disk, encrypted, so that a conversation goes on at once after a start; 0 keeps nothing.",
    minimum=0,
    maximum=1_000_000,
)
UNLOAD_MINUTES: Final = Option[int](
    "unload_minutes",
    10,
    "Give memory back",
    "Minutes without a question after which the language model leaves memory until the next one; 0 is never.",
    minimum=0,
    maximum=10_080,
)
BACKUPS_KEPT: Final = Option[int](
    "backups_kept",
    5,
    "Backups",
    "How many encrypted backups are kept, one made when Privet closes; 0 makes none and removes those there are.",
    minimum=0,
    maximum=60,
)
TRASH_DAYS: Final = Option[int](
    "trash_days",
    30,
    "Days in the trash",
    "After how many days what is in the trash is deleted for good; 0 keeps it until you empty the trash.",
    minimum=0,
    maximum=3650,
)
RETENTION_DAYS: Final = Option[int](
    "retention_days",
    0,
    "Days until chats lapse",
    "Chats in which nothing was said for that many days are deleted for good; 0 keeps them.",
    minimum=0,
    maximum=36500,
)
AUDIT_LOG: Final = Option[bool](
    "audit_log",
    False,
    "Keep a log of answers",
    "In your data, encrypted: when which model answered from which passages; never what was asked or answered.",
)
GRAPHICS: Final = Option[str](
    "graphics",
    "auto",
    "Graphics processor",
    "auto puts the model on one with memory of its own, as far as it fits there; off uses the processor alone.",
    choices=("auto", "off"),
)
ADAPTER_SCALE: Final = Option[float](
    "adapter_scale",
    1.0,
    "Strength of an adapter",
    "How much an adapter that is chosen for a conversation counts: 1 as it was trained, 0 not at all.",
    minimum=0.0,
    maximum=4.0,
)
SPARE_BATTERY: Final = Option[bool](
    "spare_battery",
    True,
    "Answer more slowly on battery",
    "On battery the language model uses half of the processor cores: it is slower, and the battery lasts longer.",
)
INDEX_IN_MEMORY: Final = Option[bool](
    "index_in_memory",
    False,
    "High protection of the index",
    "The index of meanings is built in memory at each start and never lies on the disk, where its numbers are only "
    "obfuscated; takes longer to start. In force from the next start.",
)
LOCK_MINUTES: Final = Option[int](
    "lock_minutes",
    0,
    "Lock after",
    "Minutes without a key or a movement after which Privet locks itself; 0 is never.",
    minimum=0,
    maximum=1440,
)
LOCK_WITH_SYSTEM: Final = Option[bool](
    "lock_with_system", False, "Lock with the screen", "Privet locks itself when the screen does, and before sleep."
)
LOCK_AT_START: Final = Option[bool](
    "lock_at_start",
    False,
    "Locked at the start",
    "Privet starts locked, and asks for your passphrase even where the keychain could open it.",
)

TUNE_ALONE: Final = Option[bool](
    "tune_alone",
    True,
    "Make the language model faster in pauses",
    "Once, while you do nothing: other layouts of the model that came with Privet are tried and the best one is used.",
)

VIEWER_BESIDE: Final = Option[bool](
    "viewer_beside", False, "Text beside the page", "Show a document's page and its text, as Privet reads it, together."
)
VIEWER_SHARE: Final = Option[int](
    "viewer_share",
    55,
    "Room of the page",
    "How much of the room the page has while its text stands beside it, in percent.",
    minimum=20,
    maximum=80,
)
ALL: Final[tuple[Option[str] | Option[int] | Option[float] | Option[bool], ...]] = (
    THEME,
    TEXT_SIZE,
    VIEWER_BESIDE,
    VIEWER_SHARE,
    CHAT_MODEL,
    EMBEDDING_MODEL,
    RERANKER,
    ORDER_BY_CHAT_MODEL,
    RERANK_SECONDS,
    CONTEXT_TOKENS,
    THREADS,
    KV_TYPE,
    GPU_LAYERS,
    TEMPERATURE,
    REPEAT_PENALTY,
    SEED,
    MAX_ANSWER_TOKENS,
    PASSAGES_PER_ANSWER,
    ANSWER_MODE,
    RELEVANCE_THRESHOLD,
    PAUSE_ON_BATTERY,
    THINKING,
    INSTRUCTIONS,
    STATE_CACHE_MEGABYTES,
    UNLOAD_MINUTES,
    BACKUPS_KEPT,
    INDEX_IN_MEMORY,
    LOCK_MINUTES,
    LOCK_WITH_SYSTEM,
    LOCK_AT_START,
    TRASH_DAYS,
    RETENTION_DAYS,
    AUDIT_LOG,
    GRAPHICS,
    ADAPTER_SCALE,
    SPARE_BATTERY,
    TUNE_ALONE,
)
"""In the order in which a person sees them."""
