"""Chat formats of the model families, as data of our own; the template inside a model file is never run.

Sources: the model cards and documentation of each family (ChatML: Qwen and SmolLM2; Llama 3 prompt
format; Gemma formatting; Mistral Instruct; Phi-3; Zephyr).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assistant.values import Message, Role


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a prompt. markup: its special tokens count; otherwise they are only letters.

    What people and documents say is never markup, so no text can forge a role.
    """

    text: str
    markup: bool


@dataclass(frozen=True, slots=True)
class Family:
    """Openings and closings of each role. system_in_user: the system's text opens the first user turn."""

    user: tuple[str, str]
    assistant: tuple[str, str]
    system: tuple[str, str] = ("", "\n\n")
    system_in_user: bool = False
    stop: tuple[str, ...] = ()


FAMILIES: Final = {
    "chatml": Family(
        system=("<|im_start|>system\n", "<|im_end|>\n"),
        user=("<|im_start|>user\n", "<|im_end|>\n"),
        assistant=("<|im_start|>assistant\n", "<|im_end|>\n"),
        stop=("<|im_end|>", "<|im_start|>"),
    ),
    "llama3": Family(
        system=("<|start_header_id|>system<|end_header_id|>\n\n", "<|eot_id|>"),
        user=("<|start_header_id|>user<|end_header_id|>\n\n", "<|eot_id|>"),
        assistant=("<|start_header_id|>assistant<|end_header_id|>\n\n", "<|eot_id|>"),
        stop=("<|eot_id|>",),
    ),
    "gemma": Family(
        user=("<start_of_turn>user\n", "<end_of_turn>\n"),
        assistant=("<start_of_turn>model\n", "<end_of_turn>\n"),
        system_in_user=True,
        stop=("<end_of_turn>",),
    ),
    "mistral": Family(user=("[INST] ", " [/INST]"), assistant=("", "</s>"), system_in_user=True, stop=("</s>",)),
    "phi3": Family(
        system=("<|system|>\n", "<|end|>\n"),
        user=("<|user|>\n", "<|end|>\n"),
        assistant=("<|assistant|>\n", "<|end|>\n"),
        stop=("<|end|>", "<|user|>"),
    ),
    "zephyr": Family(
        system=("<|system|>\n", "</s>\n"),
        user=("<|user|>\n", "</s>\n"),
        assistant=("<|assistant|>\n", "</s>\n"),
        stop=("</s>", "<|user|>"),
    ),
    "plain": Family(user=("User: ", "\n"), assistant=("Assistant:", "\n"), system_in_user=False, stop=("\nUser:",)),
}
"""Every family by the name that `ModelFile.family` carries."""


def segments(family: str, messages: Sequence[Message]) -> tuple[Segment, ...]:
    """The prompt for `messages`, ending where the model is to go on writing.

    family: a key of FAMILIES. messages: an optional system message first, then user and assistant in
    turn, ending with the user. Texts are stripped of white space at both ends, as the families'
    own templates do. Raises KeyError for an unknown family.
    """
    form = FAMILIES[family]
    found: list[Segment] = []
    system = ""
    for message in messages:
        text = message.text.strip()
        if message.role is Role.SYSTEM and form.system_in_user:
            system = text
            continue
        opening, closing = {Role.SYSTEM: form.system, Role.USER: form.user, Role.ASSISTANT: form.assistant}[
            message.role
        ]
        if message.role is Role.USER and system:
            text, system = f"{system}\n\n{text}", ""
        found += [Segment(opening, True), Segment(text, False), Segment(closing, True)]
    found.append(Segment(form.assistant[0], True))
    return tuple(segment for segment in found if segment.text)
