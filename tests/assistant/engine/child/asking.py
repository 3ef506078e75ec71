"""The engine's child asked directly, with plans and samplings of the test's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from assistant.values import RunPlan, Sampling
from assistant.workers import Child, ChildSpec

Prompt = list[list[object]]


@contextmanager
def child() -> Iterator[Child]:
    """A child of the engine's, without a model."""
    child = Child(ChildSpec("The language model", "assistant.engine.worker"))
    try:
        yield child
    finally:
        child.close()


def load(child: Child, path: Path, plan: RunPlan, context: int = 1024) -> None:
    """Load a model by a plan."""
    arguments = {"path": str(path), "file": str(path), "context": context, "plan": asdict(plan)}
    child.call("load", arguments, deadline=120)


def asked(text: str) -> Prompt:
    """A question in ChatML."""
    return [["<|im_start|>user\n", True], [text, False], ["<|im_end|>\n<|im_start|>assistant\n", True]]


def written(child: Child, prompt: Prompt, sampling: Sampling) -> tuple[str, Mapping[str, object]]:
    """The answer, and what it cost."""
    parts = [reply.values for reply in child.stream("generate", asdict(sampling) | {"prompt": prompt}, deadline=120)]
    return "".join(str(part["text"]) for part in parts if part["event"] == "text"), parts[-1]
