"""Model files in good form that say something absurd are refused by us, and what we take never ends llama.cpp.

PRIVET_MUTANTS=10000 tries as many by chance as the reader and the engine have to stand; a run without it tries 600.
PRIVET_MUTANTS_FROM=5000 begins with another one.
"""

from __future__ import annotations

import math
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from assistant.engine import Engine
from assistant.errors import ModelUnreadable
from assistant.modelstore import ModelStore, gguf
from assistant.settings import Folders
from assistant.values import Generated, Message, Role, Sampling
from tests.assistant.modelstore.gguf_files import BOOL, F32, I32, TEXT, U32
from tests.assistant.modelstore.tiny_models import TinyModel, tiny_model
from tests.conftest import EMBEDDED_CHAT
from tests.hostile.mutants import mutated_bytes, mutated_model

Change = Callable[[TinyModel], object]


def value(key: str, number: float | str, kind: int = U32) -> Change:
    return lambda model: model.values.update({key: (kind, number)})


def without(key: str) -> Change:
    return lambda model: model.values.pop(key)


def layers(key: str, kind: int, *numbers: float) -> Change:
    return lambda model: (model.values.pop(key, None), model.arrays.update({key: (kind, [*numbers])}))


def cut(key: str, length: int) -> Change:
    return lambda model: model.arrays[key][1].__delitem__(slice(length, None))


ABSURD: dict[str, tuple[Change, str]] = {
    "no context": (value("llama.context_length", 0), "shape"),
    "a context of a word": (value("llama.context_length", 7), "shape"),
    "a context without end": (value("llama.context_length", (1 << 32) - 1), "shape"),
    "context missing": (without("llama.context_length"), "shape"),
    "context as text": (value("llama.context_length", "512", TEXT), "shape"),
    "context as fraction": (value("llama.context_length", 512.0, F32), "shape"),
    "no layer": (value("llama.block_count", 0), "shape"),
    "layers without end": (value("llama.block_count", 4_000_000_000), "shape"),
    "more layers than llama.cpp can": (value("llama.block_count", 513), "shape"),
    "layers missing": (without("llama.block_count"), "shape"),
    "no width": (value("llama.embedding_length", 0), "shape"),
    "width huge": (value("llama.embedding_length", (1 << 32) - 1), "shape"),
    "width missing": (without("llama.embedding_length"), "shape"),
    "width that heads can't share": (value("llama.attention.head_count", 5), "shape"),
    "more heads than width": (value("llama.attention.head_count", 65), "shape"),
    "heads huge": (value("llama.attention.head_count", 1 << 31), "shape"),
    "heads negative": (value("llama.attention.head_count", -4, I32), "shape"),
    "heads over too few": (value("llama.attention.head_count_kv", 3), "shape"),
    "heads over more": (value("llama.attention.head_count_kv", 8), "shape"),
    "heads for some layers": (layers("llama.attention.head_count", U32, 4), "shape"),
    "heads as fractions": (layers("llama.attention.head_count", F32, 4.0, 4.0), "shape"),
    "heads that no layer has": (layers("llama.attention.head_count_kv", U32, 2, 4), "shape"),
    "keys huge": (value("llama.attention.key_length", 1 << 31), "shape"),
    "layers to look ahead": (value("llama.nextn_predict_layers", 3), "shape"),
    "experts huge": (value("llama.expert_count", (1 << 32) - 2), "shape"),
    "experts of which none is used": (value("llama.expert_count", 8), "shape"),
    "more experts used than there are": (value("llama.expert_used_count", 2), "shape"),
    "groups of no experts": (value("llama.expert_group_count", 3), "shape"),
    "turning by a huge number": (value("llama.rope.dimension_count", 1 << 31), "shape"),
    "turning by no number": (value("llama.rope.freq_base", math.nan, F32), "shape"),
    "turning without end": (value("llama.rope.freq_base", math.inf, F32), "shape"),
    "stretched by a huge number": (value("llama.rope.scaling.original_context_length", 1 << 31), "shape"),
    "stretched in an unknown way": (value("llama.rope.scaling.type", "magic", TEXT), "shape"),
    "stretched by yes": (value("llama.rope.scaling.type", 1, BOOL), "shape"),
    "an epsilon below zero": (value("llama.attention.layer_norm_rms_epsilon", -1.0, F32), "shape"),
    "no vocabulary": (lambda model: model.arrays.pop("tokenizer.ggml.tokens"), "shape"),
    "a vocabulary of nothing": (cut("tokenizer.ggml.tokens", 0), "shape"),
    "kinds for some tokens": (cut("tokenizer.ggml.token_type", 9), "shape"),
    "kinds as fractions": (layers("tokenizer.ggml.token_type", F32, *[1.0] * 261), "type"),
    "scores as yes and no": (layers("tokenizer.ggml.scores", BOOL, *[1] * 261), "type"),
    "merges as numbers": (layers("tokenizer.ggml.merges", U32, 1, 2), "type"),
    "tokens as a number": (value("tokenizer.ggml.scores", 1), "type"),
    "a vocabulary of no words": (value("tokenizer.ggml.model", "no_vocab", TEXT), "not-chat"),
    "a vocabulary of another kind": (value("tokenizer.ggml.model", "bert", TEXT), "not-chat"),
    "a vocabulary that can't spell": (value("tokenizer.ggml.model", "llama", TEXT), "shape"),
    "weights where they can't be read": (value("general.alignment", 1), "alignment"),
    "no weights": (lambda model: model.tensors.clear(), "shape"),
    "no architecture": (without("general.architecture"), "shape"),
}


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(Folders.inside(tmp_path))


@pytest.mark.parametrize("name", ABSURD)
def test_each_absurdity_is_refused_before_llama_cpp_sees_it(name: str, store: ModelStore, tmp_path: Path) -> None:
    change, code = ABSURD[name]
    model = tiny_model()
    change(model)
    path = tmp_path / "absurd.gguf"
    path.write_bytes(model.bytes())
    with pytest.raises(ModelUnreadable) as refused:
        store.inspect(path)
    assert isinstance(refused.value.__cause__, gguf.NotSound)
    assert refused.value.__cause__.code == code


# --- What only llama.cpp can tell: it refuses, or at worst its child ends. ---


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    engine = Engine(threads=1)
    yield engine
    engine.close()


def outcome(engine: Engine, store: ModelStore, path: Path) -> str:
    """What becomes of a file: "refused" by our reader, "not loaded" by llama.cpp, or "answered"."""
    try:
        model = store.inspect(path)
    except ModelUnreadable:
        return "refused"
    try:
        engine.use(model, 64)  # so that it does not take the file for the one before, which had the same name
        engine.use(model, min(model.context_length, 256))
        events = list(engine.stream((Message(Role.USER, "Hello </s>"),), Sampling(max_tokens=2)))
    except ModelUnreadable:
        return "not loaded"
    assert isinstance(events[-1], Generated)
    return "answered"


UNLOADABLE: dict[str, Change] = {
    "weights missing": lambda model: model.tensors.pop("blk.1.ffn_up.weight"),
    "embeddings missing": lambda model: model.tensors.pop("token_embd.weight"),
    "weights turned round": lambda model: model.tensors.update({"blk.0.ffn_up.weight": (96, 64)}),
    "fewer embeddings than tokens": lambda model: model.tensors.update({"token_embd.weight": (64, 100)}),
    "an architecture that nobody knows": value("general.architecture", "nobody", TEXT),
    "inner width of another": value("llama.feed_forward_length", 128),
    "a tokenizer that nobody knows": value("tokenizer.ggml.model", "nobody", TEXT),
    "numbers of another type": value("llama.attention.head_count", 4, I32),
    "no epsilon": without("llama.attention.layer_norm_rms_epsilon"),
}


@pytest.mark.parametrize("name", UNLOADABLE)
def test_what_only_llama_cpp_can_tell_is_refused_with_a_sentence(
    name: str, engine: Engine, store: ModelStore, tmp_path: Path
) -> None:
    model = tiny_model()
    UNLOADABLE[name](model)
    path = tmp_path / "unloadable.gguf"
    path.write_bytes(model.bytes())
    assert outcome(engine, store, path) in ("refused", "not loaded")


@pytest.mark.parametrize("sentencepiece", [False, True])
@pytest.mark.parametrize("key", ["bos", "eos", "unknown", "eot", "padding", "fim_pre"])
def test_tokens_out_of_range_do_no_harm(
    sentencepiece: bool, key: str, engine: Engine, store: ModelStore, tmp_path: Path
) -> None:
    model = tiny_model(sentencepiece=sentencepiece)
    model.values[f"tokenizer.ggml.{key}_token_id"] = (U32, 99_999)
    model.values["tokenizer.ggml.add_eos_token"] = (BOOL, 1)
    path = tmp_path / "range.gguf"
    path.write_bytes(model.bytes())
    assert outcome(engine, store, path) == "answered"


HOW_MANY = int(os.environ.get("PRIVET_MUTANTS", "600"))
FIRST = int(os.environ.get("PRIVET_MUTANTS_FROM", "0"))
ROOM = 200 << 20
"""Bytes that a header may cost."""
SECONDS = 1.0
"""Of processor time, which others who use the machine do not make longer."""
TIMEOUT = 120 + HOW_MANY // 2


class Spent:
    """What this process and the child take for one file. Peaks are of the whole life: none can be missed."""

    def __init__(self, pid: int) -> None:
        with suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5")  # forget the peak of the tests before
        self._processes = [psutil.Process(number) for number in {os.getpid(), pid}]
        self._rooms = [process.memory_info().rss for process in self._processes]
        self._seconds = self._now()

    def check(self, what: str) -> None:
        """Fails if the last file took too much of anything."""
        now = self._now()
        took, self._seconds = now - self._seconds, now
        assert took < SECONDS, f"{what} took {took:.2f} s"
        for process, room in zip(self._processes, self._rooms, strict=True):
            assert peak(process.pid) - room < ROOM, f"{what} took memory"

    def _now(self) -> float:
        return sum(sum(process.cpu_times()[:2]) for process in self._processes)


def peak(pid: int) -> int:
    """The most memory that a process ever had, in bytes."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(status.split("VmHWM:")[1].split()[0]) << 10


@pytest.mark.slow
@pytest.mark.timeout(TIMEOUT)
def test_whatever_is_changed_the_child_lives_and_takes_little(
    engine: Engine, store: ModelStore, tmp_path: Path
) -> None:
    models = {kind: tiny_model(sentencepiece=kind) for kind in (False, True)}
    contents = {kind: (model.bytes(), len(model.gguf().header)) for kind, model in models.items()}
    path = tmp_path / "mutant.gguf"
    path.write_bytes(contents[False][0])
    assert outcome(engine, store, path) == "answered"
    assert engine.pid is not None
    pid, spent = engine.pid, Spent(engine.pid)
    found: Counter[str] = Counter()
    for number in range(FIRST, FIRST + HOW_MANY):
        chance, kind = random.Random(number), number % 2 == 1
        if number % 4 == 0:
            path.write_bytes(mutated_bytes(chance, *contents[kind]))
        else:
            path.write_bytes(mutated_model(chance, sentencepiece=kind).bytes())
        found[outcome(engine, store, path)] += 1
        assert engine.pid == pid, f"mutant {number} ended the child"
        spent.check(f"mutant {number}")
    assert found.keys() == {"refused", "not loaded", "answered"}


@pytest.mark.slow
@pytest.mark.timeout(TIMEOUT)
def test_the_header_of_the_real_model_with_anything_changed_is_taken_or_refused(
    store: ModelStore, tmp_path: Path
) -> None:
    if not EMBEDDED_CHAT.is_file():
        pytest.skip("the embedded language model is not there; run make test")
    size = EMBEDDED_CHAT.stat().st_size
    with EMBEDDED_CHAT.open("rb") as file:
        header = gguf.read_header(file, size)
        file.seek(0)
        content = file.read(header.data)
    path = tmp_path / "real.gguf"
    found: Counter[str] = Counter()
    spent = Spent(os.getpid())
    for number in range(FIRST, FIRST + max(HOW_MANY // 30, 1)):
        chance = random.Random(number)
        reach = chance.choice([200, 2_000, len(content)])
        path.write_bytes(mutated_bytes(chance, content, reach))
        os.truncate(path, size)  # the weights are a hole in the file
        try:
            store.inspect(path)
        except ModelUnreadable:
            found["refused"] += 1
        else:
            found["taken"] += 1
        spent.check(f"mutant {number}")
    assert found["refused"]
