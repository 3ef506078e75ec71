"""Of the sentences that are marked as supported, how many are: by the judgement of a reader."""

from __future__ import annotations

import json
from pathlib import Path

from assistant.answering.alignment import Alignment
from assistant.values import Citation, Support

SAMPLE = Path(__file__).with_name("supported.json")


def test_what_is_marked_as_supported_is_supported() -> None:
    sample = json.loads(SAMPLE.read_text(encoding="utf-8"))
    marked = []
    for one in sample["sentences"]:
        passages = [Citation(n, "", "", None, sample["passages"][at], 1.0) for n, at in enumerate(one["passages"], 1)]
        aligned = Alignment(passages).of(one["sentence"])
        if aligned is not None and aligned.support is Support.SUPPORTED:
            marked.append(one["supported"])
    right = sum(marked)
    # To mark nothing would be right too, and worth nothing.
    assert right >= 0.6 * sum(one["supported"] for one in sample["sentences"])
    assert right / len(marked) >= 0.94, f"{right} of {len(marked)}"
