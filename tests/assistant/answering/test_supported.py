"""Of the sentences that are marked as supported, how many are: by the judgement of a reader.

Half of the sample was never looked at when the rules were made: it tells what they are worth.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from assistant.answering.alignment import Alignment
from assistant.values import Citation, Support

SAMPLE = Path(__file__).with_name("supported.json")
LATER = Path(__file__).with_name("supported_later.json")
"""Whole answers to questions on other documents, judged once the rules stood."""


@cache
def sample(path: Path = SAMPLE) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def later() -> tuple[int, int, int, int]:
    """As `labelled`, of the later sample."""
    return _judged(sample(LATER), sample(LATER)["sentences"])


def labelled(apart: bool) -> tuple[int, int, int, int]:
    """Of one half: sentences, those that are supported, those that are marked so, and those that are both."""
    return _judged(sample(), [one for one in sample()["sentences"] if one["apart"] is apart])


def _judged(kept: Any, some: Any) -> tuple[int, int, int, int]:
    found = right = 0
    for one in some:
        passages = [Citation(n, "", "", None, kept["passages"][at], 1.0) for n, at in enumerate(one["passages"], 1)]
        aligned = Alignment(passages).of(one["sentence"])
        if aligned is not None and aligned.support is Support.SUPPORTED:
            found, right = found + 1, right + one["supported"]
    return len(some), sum(one["supported"] for one in some), found, right


@pytest.mark.parametrize("apart", [False, True])
def test_what_is_marked_as_supported_is_supported(apart: bool) -> None:
    count, supported, found, right = labelled(apart)
    assert count >= 50
    # To mark nothing would be right too, and worth nothing.
    assert right >= 0.5 * supported
    assert right / found >= 0.95, f"{right} of {found}"


def test_so_it_is_in_answers_about_other_documents() -> None:
    count, supported, found, right = later()
    assert count >= 150 and sample(LATER)["questions"] >= 60
    assert right >= 0.5 * supported
    assert right / found >= 0.95, f"{right} of {found}"


def test_no_passage_is_in_both_halves() -> None:
    learned, apart = (
        {at for one in sample()["sentences"] if one["apart"] is half for at in one["passages"]}
        for half in (False, True)
    )
    assert learned and apart and not learned & apart
    assert not set(sample()["passages"]) & set(sample(LATER)["passages"])
