"""What the engine is held against: the plainest programs on the same library, each in a process of its own.

Each answers a line of JSON (prompt, count) with one (first: seconds until the first token was chosen, rate: tokens a
second from then on). A prompt other than the one before is read anew, whole; of the same one only the last token.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

THREADS: Final = os.cpu_count() or 1
CONTEXT: Final = 4096
BATCH: Final = 256

# llama_decode and a greedy choice, and nothing else, with the threads, the batch and the flash attention of ours.
BARE: Final = """
import ctypes, json, sys, time
import llama_cpp.llama_cpp as l
path, threads, size, batch = sys.argv[1], *map(int, sys.argv[2:5])
quiet = l.llama_log_callback(lambda *a: None); l.llama_log_set(quiet, ctypes.c_void_p(0))
l.llama_backend_init()
model = l.llama_model_load_from_file(path.encode(), l.llama_model_default_params())
p = l.llama_context_default_params(); p.n_ctx = size; p.n_batch = p.n_ubatch = batch
p.n_threads = p.n_threads_batch = threads
p.flash_attn_type = l.LLAMA_FLASH_ATTN_TYPE_ENABLED
context = l.llama_init_from_model(model, p); vocab = l.llama_model_get_vocab(model)
memory = l.llama_get_memory(context); before = None
for line in sys.stdin:
    asked = json.loads(line)
    data, count = asked["prompt"].encode(), asked["count"]
    tokens = (l.llama_token * (len(data) + 8))()
    n = l.llama_tokenize(vocab, data, len(data), tokens, len(tokens), True, True)
    known = n - 1 if data == before else 0
    before = data
    assert l.llama_memory_seq_rm(memory, 0, known, -1)
    chain = l.llama_sampler_chain_init(l.llama_sampler_chain_default_params())
    l.llama_sampler_chain_add(chain, l.llama_sampler_init_greedy())
    began = time.perf_counter()
    for at in range(known, n, batch):
        part = (l.llama_token * min(batch, n - at))(*tokens[at:min(at + batch, n)])
        assert l.llama_decode(context, l.llama_batch_get_one(part, len(part))) == 0
    token = l.llama_sampler_sample(chain, context, -1)
    first = time.perf_counter()
    one = (l.llama_token * 1)()
    for _ in range(count - 1):
        one[0] = token
        assert l.llama_decode(context, l.llama_batch_get_one(one, 1)) == 0
        token = l.llama_sampler_sample(chain, context, -1)
    end = time.perf_counter()
    l.llama_sampler_free(chain)
    print(json.dumps({"tokens": n, "first": first - began, "rate": (count - 1) / (end - first)}), flush=True)
"""

# llama-cpp-python's own way to chat. The model may end its answer before `count`: what came is counted.
HIGH_LEVEL: Final = """
import contextlib, json, os, sys, time
from llama_cpp import Llama
path, threads, size, batch = sys.argv[1], *map(int, sys.argv[2:5])
model = Llama(path, n_ctx=size, n_batch=batch, n_ubatch=batch, n_threads=threads, n_threads_batch=threads,
              flash_attn=True, verbose=False)
before = None
for line in sys.stdin:
    asked = json.loads(line)
    if asked["question"] != before:
        model.reset()
    before = asked["question"]
    began, first, last, count = time.perf_counter(), 0.0, 0.0, 0
    for chunk in model.create_chat_completion(messages=[{"role": "user", "content": asked["question"]}], stream=True,
                                              temperature=0.0, repeat_penalty=1.0, max_tokens=asked["count"]):
        if chunk["choices"][0]["delta"].get("content"):
            last = time.perf_counter()
            first = first or last
            count += 1
    assert count > 10, count
    print(json.dumps({"tokens": 0, "first": first - began, "rate": (count - 1) / (last - first)}), flush=True)
"""

# The engine's own child, its answers dropped where they come about: no frames, no pipe, no parent.
INSIDE: Final = """
import json, sys, time
from assistant.engine.worker import handlers
from assistant.workers.serve import Cancelled, Request
path, threads, size, batch = sys.argv[1], *map(int, sys.argv[2:5])
answer = handlers()
def ask(op, arguments):
    return answer[op](Request(op, arguments, b"", Cancelled()))
plan = {"threads": threads, "batch": batch, "flash_attention": True}
list(ask("load", {"path": path, "file": path, "context": size, "plan": plan}))
before = None
for line in sys.stdin:
    asked = json.loads(line)
    if asked["prompt"] != before:
        list(ask("forget", {}))
    before = asked["prompt"]
    began, first, last = time.perf_counter(), 0.0, {}
    for part in ask("generate", asked["arguments"]):
        last = part.values
        if last["event"] == "text" and not first:
            first = time.perf_counter()
    end = time.perf_counter()
    print(json.dumps({"tokens": last["prompt_tokens"], "first": first - began,
                      "rate": (last["answer_tokens"] - 1) / (end - first)}), flush=True)
"""

# Another layout of the shipped model, made by llama.cpp's own quantizer.
QUANTIZE: Final = """
import ctypes, sys
import llama_cpp.llama_cpp as l
quiet = l.llama_log_callback(lambda *a: None); l.llama_log_set(quiet, ctypes.c_void_p(0))
p = l.llama_model_quantize_default_params()
p.ftype, p.allow_requantize = int(sys.argv[3]), True
assert l.llama_model_quantize(sys.argv[1].encode(), sys.argv[2].encode(), ctypes.byref(p)) == 0
"""
_Q8_0: Final = 7


class Program:
    """One of the programs, with a model in memory."""

    def __init__(self, source: str, model: Path) -> None:
        command = [sys.executable, "-c", source, str(model), *map(str, (THREADS, CONTEXT, BATCH))]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def ask(self, asked: Mapping[str, object]) -> tuple[float, float]:
        """Seconds until the first token, and tokens a second from then on."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(asked), file=self._process.stdin, flush=True)
        told = json.loads(self._process.stdout.readline())
        return float(told["first"]), float(told["rate"])

    def close(self) -> None:
        """End the process."""
        self._process.communicate(timeout=60)


def as_q8_0(model: Path, folder: Path) -> Path:
    """The same weights as Q8_0, made once."""
    target = folder / f"{model.stem.rpartition('.')[0]}.Q8_0.gguf"
    if not target.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        made = target.with_suffix(".part")
        command: Sequence[str] = [sys.executable, "-c", QUANTIZE, str(model), str(made), str(_Q8_0)]
        subprocess.run(command, check=True, capture_output=True)
        made.rename(target)
    return target
