"""Each family is told by its own template, by its name, or by its vocabulary."""

from __future__ import annotations

import io

import pytest

from assistant.engine import FAMILIES
from assistant.modelstore import formats, gguf
from tests.assistant.modelstore.gguf_files import TEXT, Gguf, pair, pairs, texts

IM = ("<|im_start|>", "<|im_end|>")
PHI = ("<|user|>", "<|end|>", "<|assistant|>")
R1 = ("<｜User｜>", "<｜Assistant｜>", "<｜end▁of▁sentence｜>", "<think>")
TURN = "{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n' }}{% endfor %}"
ANSWER = "{{ '<|im_start|>assistant\\n' }}"
INST_V1 = "{{ '[INST] ' + message['content'] + ' [/INST]' }}{{ message['content'] + eos_token}}"


def header(template: str = "", tokens: tuple[str, ...] = ("a",), **values: str) -> gguf.Header:
    made = pairs(
        tokens=texts("tokenizer.ggml.tokens", tokens),
        template=pair("tokenizer.chat_template", TEXT, template) if template else b"",
        **{name: pair(name.replace("__", "."), TEXT, value) for name, value in values.items()},
    )
    content = Gguf(pairs=made).bytes()
    return gguf.read_header(io.BytesIO(content), len(content), formats.MARKS)


# Each template cut down to what tells it, as it stands in the model's tokenizer_config.json.
TEMPLATES = [
    (TURN + ANSWER, IM, "chatml"),
    ("{{ '<|im_start|>system\\nYou are Qwen, created by Alibaba Cloud. You' }}" + TURN + ANSWER, IM, "qwen2.5"),
    (
        TURN + "{{- '<|im_start|>assistant\\n' }}{%- if enable_thinking is defined and enable_thinking is false %}"
        "{{- '<think>\\n\\n</think>\\n\\n' }}{%- endif %}",
        IM,
        "qwen3",
    ),
    (
        TURN + "{{- '<|im_start|>assistant\\n' }}{%- if enable_thinking is defined and enable_thinking is false %}"
        "{{- '<think>\\n\\n</think>\\n\\n' }}{%- else %}{{- '<think>\\n' }}{%- endif %}",
        IM,
        "qwen3.5",
    ),
    (TURN + "{{- '<|im_start|>assistant\\n<think>\\n' }}", IM, "qwen3-thinking"),
    (
        "{{ '<|im_start|>system\\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face' }}" + TURN,
        IM,
        "smollm2",
    ),
    (
        '{{- "<|im_start|>system\\n" -}}{{- "Reasoning Mode: " + reasoning_mode }}' + TURN + "enable_thinking",
        IM,
        "smollm3",
    ),
    ("{{ '<|im_start|>user<|im_sep|>' + m.content + '<|im_end|>' }}", (*IM, "<|im_sep|>"), "phi4"),
    ("{{ '<|start_header_id|>' + m.role }}<|eot_id|>", ("<|start_header_id|>", "<|eot_id|>"), "llama3"),
    ("{{ '<start_of_turn>' + role }}<end_of_turn>", ("<start_of_turn>", "<end_of_turn>"), "gemma"),
    ("{{'<|user|>\n' + m.content + '<|end|>\n'}}{{ '<|assistant|>\n' }}", PHI, "phi3"),
    ("{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}<|assistant|>", PHI, "phi4-mini"),
    ("{{ '<|start_of_role|>' + m.role + '<|end_of_role|>' }}", ("<|start_of_role|>", "<|end_of_role|>"), "granite"),
    (
        "{{'<｜User｜>' + c}}{{'<｜Assistant｜>' + c + '<｜end▁of▁sentence｜>'}}{{'<｜Assistant｜><think>\\n'}}",
        R1,
        "deepseek-r1",
    ),
    ("{{ '[INST] <<SYS>>\\n' + s + '\\n<</SYS>>\\n\\n' + c + ' [/INST]' }}", (), "llama2"),
    (INST_V1, (), "mistral-v1"),
    ('{{- "[INST] " + message["content"] + "[/INST]" }}', ("[INST]", "[/INST]"), "mistral-v3"),
    ('{{- "[INST]" + message["content"] + "[/INST]" }}', ("[INST]", "[/INST]"), "mistral-tekken"),
    (
        "{{ '[SYSTEM_PROMPT] ' + c + '[/SYSTEM_PROMPT]' }}{{ '[INST] ' + c + '[/INST]' }}",
        ("[INST]", "[/INST]", "[SYSTEM_PROMPT]"),
        "mistral-v7",
    ),
    (
        "{{- '[SYSTEM_PROMPT]' + c + '[/SYSTEM_PROMPT]' }}{{- '[INST]' }}{{- c }}{{- '[/INST]' }}",
        ("[INST]", "[/INST]", "[SYSTEM_PROMPT]"),
        "mistral-v7-tekken",
    ),
    (
        "{{ '<|user|>\n' + m.content + eos_token }}{{ '<|assistant|>' }}",
        ("<|user|>", "<|assistant|>", "</s>"),
        "zephyr",
    ),
    ("{{ '### Instruction:\\n' + m.content }}{{ '### Response:\\n' }}", (), "alpaca"),
]


@pytest.mark.parametrize(("template", "tokens", "family"), TEMPLATES)
def test_the_template_tells_the_family(template: str, tokens: tuple[str, ...], family: str) -> None:
    found = formats.recognise(header(template, ("a", *tokens)))
    assert found == formats.Recognised(family, spelled=found.spelled, template=True)
    # Where its marks are tokens of the vocabulary it says so, and where they are letters too.
    assert found.spelled == (not tokens and family != "alpaca")
    without = formats.recognise(header(template, ("a", "</s>")))
    assert (without.family, without.spelled) == (family, family != "alpaca")


def test_every_family_that_a_template_can_tell_is_tried() -> None:
    assert {family for _, _, family in TEMPLATES} | {"plain"} == set(FAMILIES)


@pytest.mark.parametrize(
    ("tokens", "family"),
    [
        (IM, "chatml"),
        (("<|im_start|>",), "plain"),
        (("<|start_header_id|>", "<|eot_id|>"), "llama3"),
        (("<start_of_turn>", "<end_of_turn>"), "gemma"),
        ((*IM, "<|im_sep|>"), "phi4"),
        (("<|start_of_role|>", "<|end_of_role|>"), "granite"),
        (R1, "deepseek-r1"),
        (R1[:3], "plain"),
        (PHI, "phi3"),
        (("[INST]", "[/INST]"), "mistral-tekken"),
        (("<|user|>", "<|assistant|>", "</s>"), "zephyr"),
        (("<|user|>", "<|assistant|>"), "plain"),
    ],
)
def test_without_a_template_the_vocabulary_tells(tokens: tuple[str, ...], family: str) -> None:
    assert formats.recognise(header(tokens=tokens)) == formats.Recognised(family, spelled=False, template=False)


def test_marks_of_mistral_in_a_vocabulary_of_sentencepiece_are_its_third_format() -> None:
    made = header(tokens=("[INST]", "[/INST]"), tokenizer__ggml__model="llama")
    assert formats.recognise(made).family == "mistral-v3"


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("Alpaca Lora 7B", "alpaca"),
        ("Llama-2-7b-chat-hf", "llama2"),
        ("Zephyr 7B Beta", "zephyr"),
        ("Qwen2.5-1.5B-Instruct", "qwen2.5"),
        ("SmolLM2 135M Instruct", "smollm2"),
        ("Mistral-7B-Instruct-v0.2", "mistral-v1"),
        ("Mistral 7B Instruct v0.3", "mistral-v3"),
        ("Llama-2-7b", "plain"),
        ("My model", "plain"),
    ],
)
def test_without_a_template_the_name_tells_before_the_vocabulary(name: str, family: str) -> None:
    assert formats.recognise(header(general__name=name)).family == family


def test_the_template_goes_before_name_and_vocabulary() -> None:
    made = header(TURN, ("<|start_header_id|>", "<|eot_id|>"), general__name="Llama-2-chat")
    assert formats.recognise(made) == formats.Recognised("chatml", spelled=True, template=True)


@pytest.mark.parametrize(
    "template",
    [
        "{{ cycler.__init__.__globals__ }}",
        "{{ 'GPT4 Correct ' + m.role.title() + ': ' + m.content }}",
        TURN + "<end_of_utterance>",
        "{{ '<|im_start|>' }}{{ '<|im_middle|>' }}{{ '<|im_end|>' }}",
        "### Instruction:\n{{ m }}\n### Response:\n<|EOT|>",
        "{{ '<｜User｜>' }}{{'<｜Assistant｜>'}}<｜end▁of▁sentence｜><think>\\n{% if not thinking is defined %}",
    ],
)
def test_a_template_that_is_nobodys_is_foreign(template: str) -> None:
    assert formats.recognise(header(template, IM)) == formats.Recognised("", spelled=False, template=True)
