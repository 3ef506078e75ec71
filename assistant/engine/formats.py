"""The chat format of each family of models, as data of our own, from the family's own documentation.

Sources, family by family: the template in the model's tokenizer_config.json, as the model card explains it, and
chatml: OpenAI's ChatML. qwen2.5, qwen3, qwen3.5, qwen3-thinking: the cards of Qwen2.5-7B-Instruct, Qwen3-0.6B (with
`enable_thinking` and the empty thought of its absence), Qwen3.5-4B and QwQ-32B. smollm2, smollm3: the cards of
SmolLM2-1.7B-Instruct and SmolLM3-3B. llama2, llama3: llama.com's "model cards and prompt formats". gemma: Google's
"Gemma formatting and system instructions". phi3, phi4, phi4-mini: the cards of Phi-3.5-mini, phi-4, Phi-4-mini.
mistral-*: "tokenization/templates" in Mistral's cookbook, by the version of its tokenizer. granite: the card of
granite-3.3-2b-instruct. deepseek-r1: the cards of the DeepSeek-R1-Distill models. zephyr: the card of zephyr-7b-beta.
alpaca: Stanford Alpaca's README, with the line break before the answer that the models tuned after it expect.

The begin-of-text token is nowhere here: the vocabulary says whether it wants one, and it is put there when the
prompt is turned into tokens. Dates that some templates add are left out: a prompt that changes at midnight would
have to be read again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from assistant.values import ChatFormat

_THINK: Final = ("<think>", "</think>")
_NO_THOUGHT: Final = "<think>\n\n</think>\n\n"

_CHATML: Final = ChatFormat(
    system=("<|im_start|>system\n", "<|im_end|>\n"),
    user=("<|im_start|>user\n", "<|im_end|>\n"),
    assistant=("<|im_start|>assistant\n", "<|im_end|>\n"),
    marks=("<|im_start|>", "<|im_end|>"),
    stop=("<|im_end|>", "<|im_start|>"),
)

_QWEN3: Final = replace(
    _CHATML,
    resumed="<|im_start|>assistant\n" + _NO_THOUGHT,
    marks=(*_CHATML.marks, *_THINK),
    thought=_THINK,
)

_SMOLLM3_METADATA: Final = "## Metadata\n\nKnowledge Cutoff Date: June 2025\nReasoning Mode: {mode}\n\n"
_SMOLLM3_NAME: Final = "You are a helpful AI assistant named SmolLM, trained by Hugging Face."


def _smollm3(mode: str) -> tuple[str, str]:
    opening = "<|im_start|>system\n" + _SMOLLM3_METADATA.format(mode=mode) + "## Custom Instructions\n\n"
    return opening, "\n\n<|im_end|>\n"


_SMOLLM3: Final = replace(
    _QWEN3,
    system=_smollm3("/think"),
    resumed=None,
    default_system=_SMOLLM3_NAME + " Your role as an assistant involves thoroughly exploring questions through a "
    "systematic thinking process before providing the final precise and accurate solutions. This requires engaging in "
    "a comprehensive cycle of analysis, summarizing, exploration, reassessment, reflection, backtracking, and "
    "iteration to develop well-considered thinking process. Please structure your response into two main sections: "
    "Thought and Solution using the specified format: <think> Thought section </think> Solution section. In the "
    "Thought section, detail your reasoning process in steps. Each step should include detailed considerations such "
    "as analysing questions, summarizing relevant findings, brainstorming new ideas, verifying the accuracy of the "
    "current steps, refining any errors, and revisiting previous steps. In the Solution section, based on various "
    "attempts, explorations, and reflections from the Thought section, systematically present the final solution "
    "that you deem correct. The Solution section should be logical, accurate, and concise and detail necessary steps "
    "needed to reach the conclusion.",
)

_MISTRAL: Final = ChatFormat(
    user=("[INST]", "[/INST]"),
    assistant=("", "</s>"),
    # Mistral's own code puts the instructions before the last question; before the first, the beginning of a
    # conversation stays the same from one question to the next and need not be read again.
    system_in_user=True,
    marks=("[INST]", "[/INST]", "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]", "</s>"),
    stop=("[INST]",),
)

FAMILIES: Final[Mapping[str, ChatFormat]] = {
    "chatml": _CHATML,
    "qwen2.5": replace(_CHATML, default_system="You are Qwen, created by Alibaba Cloud. You are a helpful assistant."),
    "qwen3": _QWEN3,
    "qwen3.5": replace(_QWEN3, answer="<|im_start|>assistant\n<think>\n"),
    "qwen3-thinking": replace(_QWEN3, answer="<|im_start|>assistant\n<think>\n"),
    "smollm2": replace(_CHATML, default_system=_SMOLLM3_NAME[:-1]),
    "smollm3": _SMOLLM3,
    "llama2": ChatFormat(
        system=("<<SYS>>\n", "\n<</SYS>>\n\n"),
        user=("[INST] ", " [/INST]"),
        assistant=(" ", " </s><s>"),
        answer="",
        system_in_user=True,
        marks=("[INST]", "[/INST]", "<<SYS>>", "<</SYS>>", "<s>", "</s>"),
        spelled=True,
        stop=("[INST]",),
    ),
    "llama3": ChatFormat(
        system=("<|start_header_id|>system<|end_header_id|>\n\n", "<|eot_id|>"),
        user=("<|start_header_id|>user<|end_header_id|>\n\n", "<|eot_id|>"),
        assistant=("<|start_header_id|>assistant<|end_header_id|>\n\n", "<|eot_id|>"),
        marks=("<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<|begin_of_text|>", "<|end_of_text|>"),
        stop=("<|eot_id|>", "<|start_header_id|>"),
    ),
    "gemma": ChatFormat(
        user=("<start_of_turn>user\n", "<end_of_turn>\n"),
        assistant=("<start_of_turn>model\n", "<end_of_turn>\n"),
        system_in_user=True,
        marks=("<start_of_turn>", "<end_of_turn>", "<bos>", "<eos>"),
        stop=("<end_of_turn>", "<start_of_turn>"),
    ),
    "phi3": ChatFormat(
        system=("<|system|>\n", "<|end|>\n"),
        user=("<|user|>\n", "<|end|>\n"),
        assistant=("<|assistant|>\n", "<|end|>\n"),
        marks=("<|system|>", "<|user|>", "<|assistant|>", "<|end|>", "<|endoftext|>"),
        stop=("<|end|>", "<|user|>"),
    ),
    "phi4": ChatFormat(
        system=("<|im_start|>system<|im_sep|>", "<|im_end|>"),
        user=("<|im_start|>user<|im_sep|>", "<|im_end|>"),
        assistant=("<|im_start|>assistant<|im_sep|>", "<|im_end|>"),
        marks=("<|im_start|>", "<|im_sep|>", "<|im_end|>", "<|endoftext|>"),
        stop=("<|im_end|>", "<|im_start|>"),
    ),
    "phi4-mini": ChatFormat(
        system=("<|system|>", "<|end|>"),
        user=("<|user|>", "<|end|>"),
        assistant=("<|assistant|>", "<|end|>"),
        marks=("<|system|>", "<|user|>", "<|assistant|>", "<|end|>", "<|endoftext|>"),
        stop=("<|end|>", "<|user|>"),
    ),
    "mistral-v1": replace(_MISTRAL, user=(" [INST] ", " [/INST]"), assistant=(" ", "</s>"), answer=""),
    "mistral-v3": replace(_MISTRAL, user=("[INST] ", "[/INST]"), assistant=(" ", "</s>"), answer=""),
    "mistral-tekken": _MISTRAL,
    "mistral-v7": replace(
        _MISTRAL,
        system=("[SYSTEM_PROMPT] ", "[/SYSTEM_PROMPT]"),
        user=("[INST] ", "[/INST]"),
        assistant=(" ", "</s>"),
        answer="",
        system_in_user=False,
    ),
    "mistral-v7-tekken": replace(_MISTRAL, system=("[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]"), system_in_user=False),
    "granite": ChatFormat(
        system=("<|start_of_role|>system<|end_of_role|>", "<|end_of_text|>\n"),
        user=("<|start_of_role|>user<|end_of_role|>", "<|end_of_text|>\n"),
        assistant=("<|start_of_role|>assistant<|end_of_role|>", "<|end_of_text|>\n"),
        marks=("<|start_of_role|>", "<|end_of_role|>", "<|end_of_text|>"),
        stop=("<|end_of_text|>", "<|start_of_role|>"),
    ),
    "deepseek-r1": ChatFormat(
        system=("", ""),
        user=("<｜User｜>", ""),
        assistant=("<｜Assistant｜>", "<｜end▁of▁sentence｜>"),
        # The cards: "enforce the model to initiate its response with <think>"; there is no way to turn it off.
        answer="<｜Assistant｜><think>\n",
        marks=("<｜User｜>", "<｜Assistant｜>", "<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>", *_THINK),
        stop=("<｜end▁of▁sentence｜>", "<｜User｜>"),
        thought=_THINK,
    ),
    "zephyr": ChatFormat(
        system=("<|system|>\n", "</s>\n"),
        user=("<|user|>\n", "</s>\n"),
        assistant=("<|assistant|>\n", "</s>\n"),
        marks=("<|system|>", "<|user|>", "<|assistant|>", "</s>"),
        stop=("<|user|>",),
    ),
    "alpaca": ChatFormat(
        user=("### Instruction:\n", "\n\n"),
        assistant=("### Response:\n", "\n\n"),
        default_system="Below is an instruction that describes a task. "
        "Write a response that appropriately completes the request.",
        marks=("\n### Instruction:", "\n### Input:", "\n### Response:"),
        spelled=True,
        stop=("\n### Instruction:",),
    ),
    "plain": ChatFormat(
        user=("User: ", "\n"),
        assistant=("Assistant: ", "\n"),
        answer="Assistant:",
        marks=("\nUser:", "\nAssistant:"),
        spelled=True,
        stop=("\nUser:",),
    ),
}
"""Every family by the name that `ModelFile.family` carries, as it is where the model may think first."""

WITHOUT_THINKING: Final[Mapping[str, ChatFormat]] = {
    # Qwen's card: the switch puts a thought that is over already before the answer.
    "qwen3": replace(_QWEN3, answer="<|im_start|>assistant\n" + _NO_THOUGHT),
    "qwen3.5": replace(_QWEN3, answer="<|im_start|>assistant\n" + _NO_THOUGHT),
    # SmolLM3's template says it in the instructions, and puts an empty thought before every answer.
    "smollm3": replace(
        _SMOLLM3,
        system=_smollm3("/no_think"),
        assistant=("<|im_start|>assistant\n<think>\n\n</think>\n", "<|im_end|>\n"),
        default_system=_SMOLLM3_NAME,
    ),
}
"""The families that can be asked not to think, as they are then."""
