"""Of the sentences that are marked as supported, how many are: by the judgement of a person who read both."""

from __future__ import annotations

import json
from pathlib import Path

from assistant.answering.alignment import Alignment
from assistant.values import Citation, Support

SAMPLE = Path(__file__).with_name("supported.json")
"""Sentences that SmolLM2-135M wrote about XQuAD-en paragraphs, each beside the passages that it was given and with
what a reader found: whether the passage says it, all of it."""


def test_what_is_marked_as_supported_is_supported() -> None:
    sample = json.loads(SAMPLE.read_text(encoding="utf-8"))
    assert len(sample["sentences"]) >= 100
    marked = right = 0
    for one in sample["sentences"]:
        passages = [Citation(n, "", "", None, sample["passages"][at], 1.0) for n, at in enumerate(one["passages"], 1)]
        aligned = Alignment(passages).of(one["sentence"])
        if aligned is not None and aligned.support is Support.SUPPORTED:
            marked += 1
            right += one["supported"]
    assert marked >= 50  # silence would be right too, and worth nothing
    assert right / marked >= 0.95
