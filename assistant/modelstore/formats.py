"""Which family's chat format a model was trained on, told by marks in its template, its vocabulary and its name.

The template is only looked at here. The formats themselves are the engine's (assistant/engine/formats.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from assistant.modelstore.gguf import Header

PLAIN: Final = "plain"


@dataclass(frozen=True, slots=True)
class _Family:
    """How a family is known. template: texts that all stand in its template. but: none of which stands there.

    tokens: its marks, where they are tokens of their own. alone: they tell the family where there is no template.
    """

    name: str
    template: tuple[str, ...]
    tokens: tuple[str, ...]
    but: tuple[str, ...] = ()
    alone: bool = True


_IM: Final = ("<|im_start|>", "<|im_end|>")
_INST: Final = ("[INST]", "[/INST]")
_PHI: Final = ("<|user|>", "<|end|>", "<|assistant|>")
_R1: Final = ("<｜User｜>", "<｜Assistant｜>", "<｜end▁of▁sentence｜>")
# What a template has that builds a conversation on ChatML's marks, but another one.
_NO_CHATML: Final = ("<end_of_utterance>", "<|im_sep|>", "<|im_middle|>", "<|im_system|>", "[gMASK]")

# A family whose marks are a part of another's comes after it.
_FAMILIES: Final = (
    _Family("llama3", ("<|start_header_id|>", "<|eot_id|>"), ("<|start_header_id|>", "<|eot_id|>")),
    _Family("gemma", ("<start_of_turn>", "<end_of_turn>"), ("<start_of_turn>", "<end_of_turn>")),
    _Family("phi4", ("<|im_start|>", "<|im_sep|>", "<|im_end|>"), ("<|im_start|>", "<|im_sep|>", "<|im_end|>")),
    _Family("smollm3", ("<|im_start|>", "Reasoning Mode: "), _IM, _NO_CHATML, alone=False),
    _Family("smollm2", ("<|im_start|>", "named SmolLM, trained by Hugging Face"), _IM, _NO_CHATML, alone=False),
    _Family(
        "qwen3-thinking", ("<|im_start|>assistant\\n<think>\\n",), _IM, (*_NO_CHATML, "'<think>\\n\\n</think>"), False
    ),
    _Family("qwen3.5", ("<|im_start|>assistant\\n", "is false %}", "'<think>\\n' }}"), _IM, _NO_CHATML, alone=False),
    _Family(
        "qwen3", ("<|im_start|>assistant\\n", "enable_thinking", "<think>\\n\\n</think>\\n\\n"), _IM, _NO_CHATML, False
    ),
    _Family("qwen2.5", ("<|im_start|>", "You are Qwen, created by Alibaba Cloud."), _IM, _NO_CHATML, alone=False),
    _Family("chatml", _IM, _IM, (*_NO_CHATML, "enable_thinking")),
    _Family("granite", ("<|start_of_role|>", "<|end_of_role|>"), ("<|start_of_role|>", "<|end_of_role|>")),
    _Family("deepseek-r1", (*_R1, "<think>\\n"), (*_R1, "<think>"), ("not thinking is defined",)),
    _Family("phi4-mini", ("'<|' + message['role'] + '|>'", "<|end|>"), _PHI, ("'|>' + '\\n'", "|>\\n"), alone=False),
    _Family("phi3", _PHI, _PHI, ("<|channel|>", "<|begin|>", "[gMASK]", "\\n<|end|>")),
    _Family("mistral-v7-tekken", ("'[SYSTEM_PROMPT]'", "'[INST]'"), (*_INST, "[SYSTEM_PROMPT]"), ("[THINK]",), False),
    _Family("mistral-v7", ("[SYSTEM_PROMPT] ", "[INST] "), (*_INST, "[SYSTEM_PROMPT]"), ("[THINK]",), alone=False),
    _Family("llama2", (*_INST, "<<SYS>>"), _INST, alone=False),
    _Family("mistral-v1", ("[INST] ", " [/INST]"), _INST, ("[SYSTEM_PROMPT]",), alone=False),
    _Family("mistral-v3", ("[INST] ", '"[/INST]"'), _INST, ("[SYSTEM_PROMPT]",), alone=False),
    _Family("mistral-tekken", ('"[INST]"', '"[/INST]"'), _INST, ("[SYSTEM_PROMPT]",), alone=False),
    _Family(
        "zephyr",
        ("<|user|>", "<|assistant|>", "eos_token"),
        ("<|user|>", "<|assistant|>"),
        ("[gMASK]", "<|end|>"),
        False,
    ),
    _Family("alpaca", ("### Instruction:\\n", "### Response:\\n"), (), ("<|EOT|>",), alone=False),
)

# Where there is no template: the name that the model's makers gave it, or else the vocabulary.
_NAMES: Final = (
    (re.compile(r"\balpaca\b", re.IGNORECASE), "alpaca"),
    (re.compile(r"\bllama[-_ ]?2\b.*\bchat\b", re.IGNORECASE), "llama2"),
    (re.compile(r"\bzephyr\b.*\bbeta\b", re.IGNORECASE), "zephyr"),
    (re.compile(r"\bqwen[-_ ]?2\.5\b.*\binstruct\b", re.IGNORECASE), "qwen2.5"),
    (re.compile(r"\bsmollm2\b.*\binstruct\b", re.IGNORECASE), "smollm2"),
    (re.compile(r"\bmistral\b.*\binstruct\b.*\bv0\.[12]\b", re.IGNORECASE), "mistral-v1"),
    (re.compile(r"\bmistral\b.*\binstruct\b.*\bv0\.3\b", re.IGNORECASE), "mistral-v3"),
)

_END: Final = "</s>"
MARKS: Final = frozenset(mark for family in _FAMILIES for mark in family.tokens) | {_END}
"""What to look for in a vocabulary."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a header says of the chat format.

    family: its name; "" for a template that no family has. spelled: the family's marks are letters in this
    vocabulary. template: whether the model brought one.
    """

    family: str
    spelled: bool
    template: bool


def recognise(header: Header) -> Recognised:
    """The family of a model. header: read with `MARKS` wanted.

    The template goes first: a fine-tuned model keeps its parent's vocabulary, but brings the template that it was
    tuned with. Then the name in the header, then the vocabulary; "plain" where nothing tells.
    """
    if template := header.text("tokenizer.chat_template"):
        return next((_as(family, header) for family in _FAMILIES if _fits(family, template, header)), _FOREIGN)
    named = f"{header.text('general.name')} {header.text('general.basename')} {header.text('general.finetune')}"
    for pattern, name in _NAMES:
        if pattern.search(named):
            return _as(next(family for family in _FAMILIES if family.name == name), header, template=False)
    for family in _FAMILIES:
        if family.alone and header.marks.issuperset(family.tokens):
            return _as(family, header, template=False)
    if header.marks.issuperset(_INST):
        # Control tokens of Mistral's came with its third tokenizer; its later one is no SentencePiece.
        spm = header.text("tokenizer.ggml.model") == "llama"
        return Recognised("mistral-v3" if spm else "mistral-tekken", False, False)
    if header.marks.issuperset(("<|user|>", "<|assistant|>", _END)):
        return Recognised("zephyr", False, False)
    return Recognised(PLAIN, False, False)


_FOREIGN: Final = Recognised("", False, True)


def _fits(family: _Family, template: str, header: Header) -> bool:
    if family.name == "zephyr" and _END not in header.marks:
        return False  # others with these marks end a turn in another way
    return all(mark in template for mark in family.template) and not any(mark in template for mark in family.but)


def _as(family: _Family, header: Header, *, template: bool = True) -> Recognised:
    return Recognised(family.name, not header.marks.issuperset(family.tokens), template)
