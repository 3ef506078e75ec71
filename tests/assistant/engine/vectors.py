"""Prompts of every family, written out by hand from the family's own documentation (see assistant/engine/formats.py).

Each for the conversation of test_families.py; the begin-of-text token, which the vocabulary adds, is not in them.
"""

from __future__ import annotations

from dataclasses import dataclass

SMOLLM3_HEAD = (
    "<|im_start|>system\n## Metadata\n\nKnowledge Cutoff Date: June 2025\nReasoning Mode: {mode}\n\n"
    "## Custom Instructions\n\n"
)


@dataclass(frozen=True)
class Vector:
    """whole: system, two turns, question. alone: the question alone, no system. resumed: alone, "Because " begun."""

    whole: str
    alone: str
    resumed: str


CHATML = Vector(
    "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\nHi.<|im_end|>\n"
    "<|im_start|>user\nWhy?<|im_end|>\n<|im_start|>assistant\n",
    "<|im_start|>user\nWhy?<|im_end|>\n<|im_start|>assistant\n",
    "<|im_start|>user\nWhy?<|im_end|>\n<|im_start|>assistant\nBecause ",
)

THINKING = {
    "chatml": CHATML,
    "qwen2.5": Vector(
        CHATML.whole,
        "<|im_start|>system\nYou are Qwen, created by Alibaba Cloud. You are a helpful assistant.<|im_end|>\n"
        "<|im_start|>user\nWhy?<|im_end|>\n<|im_start|>assistant\n",
        "<|im_start|>system\nYou are Qwen, created by Alibaba Cloud. You are a helpful assistant.<|im_end|>\n"
        "<|im_start|>user\nWhy?<|im_end|>\n<|im_start|>assistant\nBecause ",
    ),
    "qwen3": Vector(
        CHATML.whole,
        CHATML.alone,
        "<|im_start|>user\nWhy?<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\nBecause ",
    ),
    "qwen3-thinking": Vector(
        CHATML.whole + "<think>\n",
        CHATML.alone + "<think>\n",
        "<|im_start|>user\nWhy?<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\nBecause ",
    ),
    "qwen3.5": Vector(
        CHATML.whole + "<think>\n",
        CHATML.alone + "<think>\n",
        "<|im_start|>user\nWhy?<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\nBecause ",
    ),
    "smollm2": Vector(
        CHATML.whole,
        "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n"
        "<|im_start|>user\nWhy?<|im_end|>\n<|im_start|>assistant\n",
        "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n"
        "<|im_start|>user\nWhy?<|im_end|>\n<|im_start|>assistant\nBecause ",
    ),
    "llama2": Vector(
        "[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHello [/INST] Hi. </s><s>[INST] Why? [/INST]",
        "[INST] Why? [/INST]",
        "[INST] Why? [/INST] Because ",
    ),
    "llama3": Vector(
        "<|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>"
        "<|start_header_id|>user<|end_header_id|>\n\nHello<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\nHi.<|eot_id|>"
        "<|start_header_id|>user<|end_header_id|>\n\nWhy?<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\n",
        "<|start_header_id|>user<|end_header_id|>\n\nWhy?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
        "<|start_header_id|>user<|end_header_id|>\n\nWhy?<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\nBecause ",
    ),
    "gemma": Vector(
        "<start_of_turn>user\nBe brief.\n\nHello<end_of_turn>\n<start_of_turn>model\nHi.<end_of_turn>\n"
        "<start_of_turn>user\nWhy?<end_of_turn>\n<start_of_turn>model\n",
        "<start_of_turn>user\nWhy?<end_of_turn>\n<start_of_turn>model\n",
        "<start_of_turn>user\nWhy?<end_of_turn>\n<start_of_turn>model\nBecause ",
    ),
    "phi3": Vector(
        "<|system|>\nBe brief.<|end|>\n<|user|>\nHello<|end|>\n<|assistant|>\nHi.<|end|>\n"
        "<|user|>\nWhy?<|end|>\n<|assistant|>\n",
        "<|user|>\nWhy?<|end|>\n<|assistant|>\n",
        "<|user|>\nWhy?<|end|>\n<|assistant|>\nBecause ",
    ),
    "phi4": Vector(
        "<|im_start|>system<|im_sep|>Be brief.<|im_end|><|im_start|>user<|im_sep|>Hello<|im_end|>"
        "<|im_start|>assistant<|im_sep|>Hi.<|im_end|><|im_start|>user<|im_sep|>Why?<|im_end|>"
        "<|im_start|>assistant<|im_sep|>",
        "<|im_start|>user<|im_sep|>Why?<|im_end|><|im_start|>assistant<|im_sep|>",
        "<|im_start|>user<|im_sep|>Why?<|im_end|><|im_start|>assistant<|im_sep|>Because ",
    ),
    "phi4-mini": Vector(
        "<|system|>Be brief.<|end|><|user|>Hello<|end|><|assistant|>Hi.<|end|><|user|>Why?<|end|><|assistant|>",
        "<|user|>Why?<|end|><|assistant|>",
        "<|user|>Why?<|end|><|assistant|>Because ",
    ),
    "mistral-v1": Vector(
        " [INST] Be brief.\n\nHello [/INST] Hi.</s> [INST] Why? [/INST]",
        " [INST] Why? [/INST]",
        " [INST] Why? [/INST] Because ",
    ),
    "mistral-v3": Vector(
        "[INST] Be brief.\n\nHello[/INST] Hi.</s>[INST] Why?[/INST]",
        "[INST] Why?[/INST]",
        "[INST] Why?[/INST] Because ",
    ),
    "mistral-tekken": Vector(
        "[INST]Be brief.\n\nHello[/INST]Hi.</s>[INST]Why?[/INST]",
        "[INST]Why?[/INST]",
        "[INST]Why?[/INST]Because ",
    ),
    "mistral-v7": Vector(
        "[SYSTEM_PROMPT] Be brief.[/SYSTEM_PROMPT][INST] Hello[/INST] Hi.</s>[INST] Why?[/INST]",
        "[INST] Why?[/INST]",
        "[INST] Why?[/INST] Because ",
    ),
    "mistral-v7-tekken": Vector(
        "[SYSTEM_PROMPT]Be brief.[/SYSTEM_PROMPT][INST]Hello[/INST]Hi.</s>[INST]Why?[/INST]",
        "[INST]Why?[/INST]",
        "[INST]Why?[/INST]Because ",
    ),
    "granite": Vector(
        "<|start_of_role|>system<|end_of_role|>Be brief.<|end_of_text|>\n"
        "<|start_of_role|>user<|end_of_role|>Hello<|end_of_text|>\n"
        "<|start_of_role|>assistant<|end_of_role|>Hi.<|end_of_text|>\n"
        "<|start_of_role|>user<|end_of_role|>Why?<|end_of_text|>\n<|start_of_role|>assistant<|end_of_role|>",
        "<|start_of_role|>user<|end_of_role|>Why?<|end_of_text|>\n<|start_of_role|>assistant<|end_of_role|>",
        "<|start_of_role|>user<|end_of_role|>Why?<|end_of_text|>\n<|start_of_role|>assistant<|end_of_role|>Because ",
    ),
    "deepseek-r1": Vector(
        "Be brief.<｜User｜>Hello<｜Assistant｜>Hi.<｜end▁of▁sentence｜><｜User｜>Why?<｜Assistant｜><think>\n",
        "<｜User｜>Why?<｜Assistant｜><think>\n",
        "<｜User｜>Why?<｜Assistant｜>Because ",
    ),
    "zephyr": Vector(
        "<|system|>\nBe brief.</s>\n<|user|>\nHello</s>\n<|assistant|>\nHi.</s>\n<|user|>\nWhy?</s>\n<|assistant|>\n",
        "<|user|>\nWhy?</s>\n<|assistant|>\n",
        "<|user|>\nWhy?</s>\n<|assistant|>\nBecause ",
    ),
    "alpaca": Vector(
        "Be brief.\n\n### Instruction:\nHello\n\n### Response:\nHi.\n\n### Instruction:\nWhy?\n\n### Response:\n",
        "Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n"
        "### Instruction:\nWhy?\n\n### Response:\n",
        "Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n"
        "### Instruction:\nWhy?\n\n### Response:\nBecause ",
    ),
    "plain": Vector(
        "Be brief.\n\nUser: Hello\nAssistant: Hi.\nUser: Why?\nAssistant:",
        "User: Why?\nAssistant:",
        "User: Why?\nAssistant: Because ",
    ),
}

NOT_THINKING = {
    "qwen3": Vector(
        CHATML.whole + "<think>\n\n</think>\n\n",
        CHATML.alone + "<think>\n\n</think>\n\n",
        THINKING["qwen3"].resumed,
    ),
    "qwen3.5": Vector(
        CHATML.whole + "<think>\n\n</think>\n\n",
        CHATML.alone + "<think>\n\n</think>\n\n",
        THINKING["qwen3.5"].resumed,
    ),
    "smollm3": Vector(
        SMOLLM3_HEAD.format(mode="/no_think") + "Be brief.\n\n<|im_end|>\n<|im_start|>user\nHello<|im_end|>\n"
        "<|im_start|>assistant\n<think>\n\n</think>\nHi.<|im_end|>\n<|im_start|>user\nWhy?<|im_end|>\n"
        "<|im_start|>assistant\n<think>\n\n</think>\n",
        SMOLLM3_HEAD.format(mode="/no_think")
        + "You are a helpful AI assistant named SmolLM, trained by Hugging Face.\n\n<|im_end|>\n"
        "<|im_start|>user\nWhy?<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n",
        SMOLLM3_HEAD.format(mode="/no_think")
        + "You are a helpful AI assistant named SmolLM, trained by Hugging Face.\n\n<|im_end|>\n"
        "<|im_start|>user\nWhy?<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\nBecause ",
    ),
}

_SMOLLM3_DEFAULT = (
    "You are a helpful AI assistant named SmolLM, trained by Hugging Face. Your role as an assistant involves "
    "thoroughly exploring questions through a systematic thinking process before providing the final precise and "
    "accurate solutions. This requires engaging in a comprehensive cycle of analysis, summarizing, exploration, "
    "reassessment, reflection, backtracking, and iteration to develop well-considered thinking process. Please "
    "structure your response into two main sections: Thought and Solution using the specified format: <think> Thought "
    "section </think> Solution section. In the Thought section, detail your reasoning process in steps. Each step "
    "should include detailed considerations such as analysing questions, summarizing relevant findings, brainstorming "
    "new ideas, verifying the accuracy of the current steps, refining any errors, and revisiting previous steps. In "
    "the Solution section, based on various attempts, explorations, and reflections from the Thought section, "
    "systematically present the final solution that you deem correct. The Solution section should be logical, "
    "accurate, and concise and detail necessary steps needed to reach the conclusion."
)
THINKING["smollm3"] = Vector(
    SMOLLM3_HEAD.format(mode="/think") + "Be brief.\n\n<|im_end|>\n" + CHATML.whole.partition("<|im_end|>\n")[2],
    SMOLLM3_HEAD.format(mode="/think") + _SMOLLM3_DEFAULT + "\n\n<|im_end|>\n" + CHATML.alone,
    SMOLLM3_HEAD.format(mode="/think") + _SMOLLM3_DEFAULT + "\n\n<|im_end|>\n" + CHATML.resumed,
)
