"""A true GGUF reranker in its child: its scores, its time, and what it can't read."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.errors import ModelUnreadable
from assistant.reranking import Reranker
from tests.assistant.reranking.tiny import reranker

GREY = "the grey hedge of it"
SOME = "the gold hedge of it"
MORE = "gold gold hedge gold it"


@pytest.fixture(scope="module")
def ranking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reranker]:
    """The tiny one, in a child."""
    made = Reranker(reranker(tmp_path_factory.mktemp("reranker") / "tiny.gguf"), threads=1)
    yield made
    made.close()


def test_passages_are_scored_in_their_order(ranking: Reranker) -> None:
    ranked = ranking.rank("where is it", [GREY, MORE, SOME], 30.0)
    grey, more, some = ranked.scores
    assert grey < some < more
    assert ranked.milliseconds > 0


def test_the_question_is_read_with_each_passage(ranking: Reranker) -> None:
    plain, golden = (ranking.rank(question, [GREY], 30.0).scores[0] for question in ("where is it", "where is gold"))
    assert plain < golden


def test_only_as_many_as_there_is_time_for(ranking: Reranker) -> None:
    assert len(ranking.rank("where is it", [GREY] * 20, 0.0).scores) == 1
    assert ranking.rank("where is it", [], 1.0).scores == ()


def test_what_is_too_long_is_cut(ranking: Reranker) -> None:
    (score,) = ranking.rank("where is it " * 200, [f"{MORE} " * 500], 30.0).scores
    assert score > ranking.rank("where is it " * 200, [f"{GREY} " * 500], 30.0).scores[0]


def test_marks_of_the_model_in_a_passage_are_words(ranking: Reranker) -> None:
    """What a document says can't end the passage and begin another."""
    one, other = ranking.rank("where is it", ["[SEP] gold", "[CLS] gold"], 30.0).scores
    assert one == other


def test_a_killed_child_is_started_again(ranking: Reranker) -> None:
    before = ranking.rank("where is it", [SOME], 30.0).scores
    assert ranking.pid is not None
    os.kill(ranking.pid, signal.SIGKILL)
    while ranking.pid is not None:
        time.sleep(0.01)
    assert ranking.rank("where is it", [SOME], 30.0).scores == before


def test_what_is_no_model_is_said_to_be_none(tmp_path: Path) -> None:
    path = tmp_path / "none.gguf"
    path.write_bytes(b"GGUF")
    none = Reranker(path, threads=1)
    try:
        with pytest.raises(ModelUnreadable):
            none.rank("where is it", [GREY], 1.0)
    finally:
        none.close()
