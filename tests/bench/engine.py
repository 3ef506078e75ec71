"""Tokens read and written a second, through Privet's engine and by the bare loop of llama.cpp's calls."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

from assistant.engine import Engine
from assistant.values import Generated, Message, ModelFile, Prefilling, Role, Sampling, Thought, Token
from tests.bench.figure import Figure, side_by_side
from tests.conftest import EMBEDDED_CHAT

LONG = "The hedge at the end of the lane is green and tall and quiet. " * 86
WRITTEN = 96
ROUNDS = 3

# The plainest program there is on the same library, threads and batch size: read, then sample greedily.
BARE = """
import ctypes, sys, time
import llama_cpp.llama_cpp as l
path, threads, text, count = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
quiet = l.llama_log_callback(lambda *a: None); l.llama_log_set(quiet, ctypes.c_void_p(0))
l.llama_backend_init()
model = l.llama_model_load_from_file(path.encode(), l.llama_model_default_params())
p = l.llama_context_default_params(); p.n_ctx = 4096; p.n_batch = p.n_ubatch = 256
p.n_threads = p.n_threads_batch = threads
context = l.llama_init_from_model(model, p); vocab = l.llama_model_get_vocab(model)
data = text.encode(); tokens = (l.llama_token * len(data))()
n = l.llama_tokenize(vocab, data, len(data), tokens, len(data), True, True)
for line in sys.stdin:
    l.llama_memory_clear(l.llama_get_memory(context), True)
    began = time.perf_counter()
    for at in range(0, n, 256):
        part = (l.llama_token * min(256, n - at))(*tokens[at:min(at + 256, n)])
        assert l.llama_decode(context, l.llama_batch_get_one(part, len(part))) == 0
    l.llama_synchronize(context)
    read = time.perf_counter() - began
    chain = l.llama_sampler_chain_init(l.llama_sampler_chain_default_params())
    l.llama_sampler_chain_add(chain, l.llama_sampler_init_greedy())
    began = time.perf_counter()
    for _ in range(count):
        token = l.llama_sampler_sample(chain, context, -1)
        one = (l.llama_token * 1)(token)
        assert l.llama_decode(context, l.llama_batch_get_one(one, 1)) == 0
    l.llama_synchronize(context)
    write = time.perf_counter() - began
    l.llama_sampler_free(chain)
    print(n / read, count / write, flush=True)
"""


def figures() -> list[Figure]:
    """Reading and writing against the bare loop, and the second question in a chat against the first."""
    engine = Engine(threads=os.cpu_count() or 1)
    engine.use(ModelFile(EMBEDDED_CHAT, "embedded", "llama", "chatml", 8192, EMBEDDED_CHAT.stat().st_size), 4096)
    engine.load()
    with _bare() as bare:
        speeds: list[tuple[float, float]] = []
        bare_speeds: list[tuple[float, float]] = []
        for number in range(ROUNDS):
            for ours in (True, False) if number % 2 == 0 else (False, True):
                (speeds if ours else bare_speeds).append(_ours(engine, number) if ours else _theirs(bare))
    middle = ROUNDS // 2
    first, second = side_by_side(lambda: _first_token(engine, "first"), lambda: _first_token(engine, None), ROUNDS)
    engine.close()
    return [
        Figure(
            "prompt read, 1,300 tokens, against the bare loop",
            sorted(speed[0] for speed in speeds)[middle],
            "tokens/s",
            sorted(speed[0] for speed in bare_speeds)[middle],
        ),
        Figure(
            "answer written at 1,300 tokens, against the bare loop",
            sorted(speed[1] for speed in speeds)[middle],
            "tokens/s",
            sorted(speed[1] for speed in bare_speeds)[middle],
        ),
        Figure("first word of the next question, against the first one", second, "s", first),
    ]


class _bare:
    """The bare loop in a process of its own, which measures once a line."""

    def __enter__(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", BARE, str(EMBEDDED_CHAT), str(os.cpu_count() or 1), LONG, str(WRITTEN)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self._process

    def __exit__(self, *exception: object) -> None:
        self._process.communicate(timeout=60)


def _theirs(process: subprocess.Popen[str]) -> tuple[float, float]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("measure\n")
    process.stdin.flush()
    read, write = process.stdout.readline().split()
    return float(read), float(write)


def _ours(engine: Engine, number: int) -> tuple[float, float]:
    """A prompt that shares no beginning with the one before, so that nothing comes from memory."""
    messages = (Message(Role.USER, f"{number} " + LONG),)
    # No stop text and no end of turn can come from a model that only continues; a forced length would need an
    # option of the sampler that Privet does not have yet, so the tokens that came are counted.
    end = _end(engine.stream(messages, Sampling(temperature=0, repeat_penalty=1.0, max_tokens=WRITTEN)))
    return (end.prompt_tokens - end.cached_tokens) / end.read_seconds, end.answer_tokens / end.write_seconds


def _first_token(engine: Engine, beginning: str | None) -> float:
    """Seconds to the first word: of a prompt never read before, or of the next question to the same text."""
    unread = f"{beginning} {time.perf_counter()} " if beginning else "again "
    if beginning is None:
        _end(engine.stream((Message(Role.USER, unread + LONG + "What colour is it?"),), Sampling(max_tokens=4)))
    began = time.perf_counter()
    for event in engine.stream((Message(Role.USER, unread + LONG + "How tall is it?"),), Sampling(max_tokens=4)):
        if isinstance(event, Token):
            return time.perf_counter() - began
    return time.perf_counter() - began


def _end(events: Iterator[Prefilling | Thought | Token | Generated]) -> Generated:
    last = list(events)[-1]
    assert isinstance(last, Generated)
    return last
