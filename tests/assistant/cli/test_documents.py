"""What the terminal says while documents come in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.cli import documents
from assistant.cli.main import EXIT_FAULT, EXIT_OK, EXIT_STOPPED
from assistant.values import (
    AddFinished,
    DocumentId,
    DocumentInfo,
    Forgotten,
    Indexed,
    NotAdded,
    SourceChanged,
    SourceId,
    SourceInfo,
    SourceState,
    Working,
    WorkStatus,
)

REPORT = Path("/papers/report.pdf")
INFO = DocumentInfo(DocumentId(1), REPORT, "report.pdf", 12, 40, 1000, 1.0, unlearned=40, empty=(3, 4), lost=(7,))


@pytest.mark.parametrize(
    ("events", "said", "status"),
    [
        ([Indexed(REPORT, INFO)], "report.pdf was added (12 pages, 40 passages).", EXIT_OK),
        ([Indexed(REPORT, INFO, replaced=True)], "was brought up to date", EXIT_OK),
        ([Indexed(REPORT, INFO, unchanged=True)], "is unchanged", EXIT_OK),
        ([Indexed(REPORT, INFO, unchanged=True, moved=True)], "was moved here", EXIT_OK),
        ([NotAdded(REPORT, "It is torn.", "Mend it."), AddFinished(0, 1)], "was not added. It is torn.", EXIT_FAULT),
        ([Forgotten(INFO)], "report.pdf is gone from its folder", EXIT_OK),
        ([AddFinished(1, 0, stopped=True)], "You stopped the rest", EXIT_STOPPED),
    ],
)
def test_what_happened_is_said(
    events: list[Indexed], said: str, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert documents.follow(events) == status
    assert said in capsys.readouterr().out


def test_why_nothing_happens_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    paused = Working(WorkStatus(3, 100, 0, 0, None, "paused"))
    documents.follow([paused, paused])
    assert capsys.readouterr().err.count("The queue is paused") == 1


def test_a_file_that_fails_is_a_fault_whoever_put_it_in(capsys: pytest.CaptureFixture[str]) -> None:
    assert documents.follow([NotAdded(REPORT, "It is torn.", "Mend it.")]) == EXIT_FAULT


def test_a_look_at_a_folder_is_an_object_too(capsys: pytest.CaptureFixture[str]) -> None:
    source = SourceInfo(SourceId(1), Path("/papers"), SourceState.HERE, (), None, None, 3, 0, 0)
    documents.follow([SourceChanged(source, 1, 2, 3, 4)], json=True)
    said = json.loads(capsys.readouterr().out)
    assert said == {"path": "/papers", "state": "here", "new": 1, "changed": 2, "moved": 4, "gone": 3}


def test_a_folder_that_is_away_keeps_its_documents(capsys: pytest.CaptureFixture[str]) -> None:
    source = SourceInfo(SourceId(1), Path("/stick"), SourceState.AWAY, (), None, None, 3, 0, 0)
    documents.follow([SourceChanged(source)])
    assert "is not there now; what came from it is kept" in capsys.readouterr().out


def test_json_has_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    documents.follow([Indexed(REPORT, INFO), NotAdded(REPORT, "a", "b")], json=True)
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (first["state"], first["document"]["path"], first["document"]["read_pages"]) == ("added", str(REPORT), 9)
    assert first["document"]["attention"] == "1 page could not be read; 2 pages without text"
    assert second == {"path": str(REPORT), "state": "not added", "what": "a", "do": "b"}
