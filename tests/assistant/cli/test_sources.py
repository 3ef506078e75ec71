"""What the terminal does with the queue: listed, and put into another order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest

from assistant.cli import sources
from assistant.cli.main import EXIT_OK, _parser
from assistant.errors import BadInput, NotFound
from tests.assistant.documents.made import Home, opened, text


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """Four files that wait: numbers 1 to 4."""
    with opened(tmp_path / "home") as home:
        home.documents.pause(True)
        home.documents.enqueue([text(tmp_path, f"{name}.txt", f"Words of {name}.") for name in "abcd"])
        assert [item.id for item in home.documents.waiting()] == [1, 2, 3, 4]
        monkeypatch.setattr(sources, "opened", lambda options: nullcontext(SimpleNamespace(documents=home.documents)))
        yield home


@pytest.mark.parametrize(
    ("words", "order"),
    [
        ("--first 4 2", [4, 2, 1, 3]),
        ("--last 1", [2, 3, 4, 1]),
        ("--sooner 3 4", [1, 3, 4, 2]),
        ("--later 1", [2, 1, 3, 4]),
        ("--before 1 4 3", [4, 3, 1, 2]),
        ("--take-out 2 3", [1, 4]),
    ],
)
def test_the_queue_is_put_into_another_order(
    home: Home, words: str, order: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert sources.queue(_parser().parse_args(["queue", *words.split(), "--json"])) == EXIT_OK
    said = json.loads(capsys.readouterr().out)
    assert [item["id"] for item in said["items"]] == order
    assert [item.id for item in home.documents.waiting()] == order


def test_a_wish_that_makes_no_sense_changes_nothing(home: Home) -> None:
    with pytest.raises(BadInput):
        sources.queue(_parser().parse_args(["queue", "--before", "1"]))
    with pytest.raises(NotFound):
        sources.queue(_parser().parse_args(["queue", "--first", "77"]))
    with pytest.raises(NotFound):
        sources.queue(_parser().parse_args(["queue", "--take-out", "1", "77"]))
    assert [item.id for item in home.documents.waiting()] == [1, 2, 3, 4]
