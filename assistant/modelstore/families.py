"""Which chat format a model was trained on, told by marks in its template and vocabulary; the template is never run."""

from __future__ import annotations

from typing import Final

from assistant.modelstore.gguf import Header

PLAIN: Final = "plain"

# Each family with the marks that all must be there. A family whose marks are a part of another's comes after it.
_FAMILIES: Final = (
    ("llama3", ("<|start_header_id|>", "<|eot_id|>")),
    ("gemma", ("<start_of_turn>", "<end_of_turn>")),
    ("chatml", ("<|im_start|>", "<|im_end|>")),
    ("phi3", ("<|user|>", "<|end|>")),
    ("zephyr", ("<|user|>", "<|assistant|>")),
    ("mistral", ("[INST]", "[/INST]")),
)

MARKS: Final = frozenset(mark for _, marks in _FAMILIES for mark in marks)
"""What to look for in a vocabulary."""


def family(header: Header) -> str:
    """The chat format: "chatml", "llama3", "gemma", "mistral", "phi3", "zephyr", or "plain" where nothing tells.

    header: read with `MARKS` wanted. The template goes first: a fine-tuned model keeps its parent's
    vocabulary, but brings the template that it was tuned with.
    """
    template = header.text("tokenizer.chat_template")
    for name, marks in _FAMILIES:
        if all(mark in template for mark in marks):
            return name
    for name, marks in _FAMILIES:
        if header.marks.issuperset(marks):
            return name
    return PLAIN
