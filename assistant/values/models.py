"""What is said about models: the machine they run on, how well they fit, which are there, and how one comes in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Device:
    """A graphics processor. name: llama.cpp's, as "Vulkan0". memory, free: bytes. description: its maker's name for it.

    bandwidth: bytes a second, None where nobody measured it. shared: its memory is the processor's own, as in most
    laptops.
    """

    name: str
    memory: int
    free: int
    shared: bool = False
    bandwidth: float | None = None
    description: str = ""

    @property
    def words(self) -> str:
        """What people call it."""
        return self.description or self.name


@dataclass(frozen=True, slots=True)
class Battery:
    """percent: 0 to 100. plugged: whether the machine is on mains power."""

    percent: int
    plugged: bool


@dataclass(frozen=True, slots=True)
class Rates:
    """What a model's arithmetic costs on a machine, measured there. read, write: by type of weights, as "Q8_0".

    read: operations a second and core in matrix products. write: bytes of weights a second and core in products with
    one vector. beside: how fast the rest of a layer is computed, 1.0 as on the machine of the built-in table. step:
    seconds a layer that each call takes besides. memory: bytes of weights a second, where they come from memory.
    attended: operations a second and core that looking back takes when a token is written.
    """

    read: Mapping[str, float]
    write: Mapping[str, float]
    beside: float
    step: float
    memory: float
    attended: float


@dataclass(frozen=True, slots=True)
class Machine:
    """What a model has to run on.

    cores: physical, of those this process may use. threads: logical. instructions: of "avx", "avx2", "avx_vnni",
    "fma", "f16c", "avx512f", "avx512_vnni", "avx512_bf16", "amx_int8", "neon", "dotprod", "i8mm". memory: bytes, or
    what this process may use, where that is less; available: of it, now. bandwidth: reading memory with all cores, in
    bytes a second, None before it was measured. disk: free bytes where models are kept. rates: what a model costs
    here, None before that was measured.
    """

    processor: str
    cores: int
    threads: int
    instructions: frozenset[str]
    memory: int
    available: int
    disk: int
    bandwidth: float | None = None
    battery: Battery | None = None
    devices: tuple[Device, ...] = ()
    rates: Rates | None = None


class Verdict(StrEnum):
    """How a model would do on a machine."""

    RUNS_WELL = "runs well"
    SLOW = "slow"
    WONT_FIT = "won't fit"


class Quality(StrEnum):
    """What to expect of a model of this size at this precision; a rule of thumb, no measurement."""

    BASIC = "basic"
    FAIR = "fair"
    GOOD = "good"
    STRONG = "strong"


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """How a model is to be loaded. context: tokens. kv_type: "f16" or "q8_0". gpu_layers: on `device`, 0 for none."""

    context: int
    threads: int
    kv_type: str = "f16"
    gpu_layers: int = 0
    device: str = ""


@dataclass(frozen=True, slots=True)
class RunWish:
    """How a person wants a model to run. context: tokens, threads: cores, 0 for Privet's choice. kv_type: of the
    conversation's memory, "f16" or "q8_0", "" for Privet's choice. gpu_layers: on a graphics processor, -1 for it.
    """

    context: int = 0
    threads: int = 0
    kv_type: str = ""
    gpu_layers: int = -1


@dataclass(frozen=True, slots=True)
class Memory:
    """Where a loaded model's memory goes, in bytes. weights: the file's pages. copies: of them, laid out again.

    device: what of all this lies on the graphics processor.
    """

    weights: int
    copies: int
    cache: int
    buffers: int
    process: int
    device: int = 0

    @property
    def total(self) -> int:
        """All of it."""
        return self.weights + self.copies + self.cache + self.buffers + self.process

    @property
    def needed(self) -> int:
        """What the machine has to keep: pages of the file whose copy is used can go when others want the room."""
        return self.total - self.copies - self.device


@dataclass(frozen=True, slots=True)
class Prediction:
    """What loading by a plan would mean. read, write: tokens a second, with a document question in the window.

    first_word: seconds until the first word of such a question (1,300 tokens). measured: of the figures, those
    that rest on what was measured on this machine with this very file; else corrected: with other files.
    """

    memory: Memory
    read: float
    write: float
    first_word: float
    measured: bool = False
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class Fit:
    """The answer to "will it run here?". why: a sentence. change: what would make it better, or ""."""

    verdict: Verdict
    quality: Quality
    why: str
    change: str
    plan: LoadPlan
    prediction: Prediction


@dataclass(frozen=True, slots=True)
class Facts:
    """What a model's header says about it, for people.

    parameters: how many weights; active: how many of them each token passes. quantization: as "Q4_K", of most of
    its weights. bits: a weight, on average. licence: as its makers wrote it, "" where they did not.
    """

    parameters: int
    active: int
    quantization: str
    bits: float
    layers: int
    context_length: int
    licence: str = ""


@dataclass(frozen=True, slots=True)
class ChoiceFile:
    """A file of a model that can be got. size: bytes, rounded as its page has it. sha256: "" where no page gives it."""

    quantization: str
    size: int
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """What decides what a model costs. experts: 1 for none; full_every: every which layer looks past the window."""

    layers: int
    width: int
    inner: int
    heads: int
    kv_heads: int
    head_size: int
    vocabulary: int
    experts: int = 1
    experts_used: int = 1
    window: int = 0
    full_every: int = 0


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model that a person could get, as the catalogue describes it; Privet never fetches one.

    needs: of "chat", "documents", "translation", "long_texts", "weak_hardware". page: where its file can be got, as
    plain text. context_length: 0, languages: none, shape: None where no source says. unfaithful: percent of
    summaries with something that the text does not say, None where nobody measured it. sources: of each figure.
    """

    id: str
    name: str
    maker: str
    parameters: int
    active: int
    licence: str
    needs: tuple[str, ...]
    page: str
    files: tuple[ChoiceFile, ...]
    sources: Mapping[str, str]
    context_length: int = 0
    languages: tuple[str, ...] = ()
    thinks: bool = False
    unfaithful: float | None = None
    note: str = ""
    shape: Shape | None = None


class Kept(StrEnum):
    """How a model came to be usable."""

    EMBEDDED = "came with Privet"
    COPIED = "copied"
    LINKED = "shared with another program"
    IN_PLACE = "used where it lies"


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A model that Privet lists. kind: "chat", "embedding", "reranker" or "adapter". files: the first is
    loaded.

    size: bytes of all files. sha256: of the first file, or of the list of an embedder's files; "" where nobody
    computed it. program: where it was found, as "Ollama", or "". present: its files are there, as large as they were.
    """

    name: str
    kind: str
    path: Path
    files: tuple[Path, ...]
    size: int
    kept: Kept
    sha256: str = ""
    licence: str = ""
    program: str = ""
    present: bool = True


@dataclass(frozen=True, slots=True)
class FoundModel:
    """A model file of another program. name: as that program calls it. files: all parts, in order."""

    program: str
    name: str
    files: tuple[Path, ...]
    size: int


@dataclass(frozen=True, slots=True)
class Copying:
    """A model is being copied, or only read: `done` of `total` bytes, with an estimate from measured speed."""

    path: Path
    done: int
    total: int
    seconds_left: float | None


@dataclass(frozen=True, slots=True)
class Imported:
    """A model can be used. known: it was there already. notes: sentences for the person."""

    model: InstalledModel
    known: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotImported:
    """A model that was refused; others go on. what, do: the two sentences."""

    path: Path
    what: str
    do: str


@dataclass(frozen=True, slots=True)
class ImportFinished:
    """The end of an import: how many came in, how many did not, whether it was stopped."""

    imported: int
    failed: int
    stopped: bool = False


ImportEvent = Copying | Imported | NotImported | ImportFinished
