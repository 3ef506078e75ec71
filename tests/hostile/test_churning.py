"""A watched folder is churned while questions are asked: PRIVET_CHURN_SECONDS=240 for that long (4 without it)."""

from __future__ import annotations

import os
import random
import threading
import time
from pathlib import Path

import pytest

from assistant.documents import syncing, watching
from assistant.values import DocumentEvent, Stop
from tests.assistant.documents.made import Home, opened, vector
from tests.hostile.churning import Churn, mark_of

SECONDS = float(os.environ.get("PRIVET_CHURN_SECONDS", "4"))
LONG = SECONDS > 30


@pytest.mark.timeout(3600)
def test_what_lies_in_a_folder_that_never_rested_is_known_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not LONG:  # the same, sooner
        monkeypatch.setattr(syncing, "_SETTLED_SECONDS", 0.2)
        monkeypatch.setattr(syncing, "_GONE_SECONDS", 0.5)
        monkeypatch.setattr(watching, "_UNSETTLED_SECONDS", 0.3)
        monkeypatch.setattr(watching, "_QUIET_SECONDS", 0.1)
        monkeypatch.setattr(watching, "_PATIENCE_SECONDS", 0.5)
    churn = Churn(tmp_path / "papers", seed=int(SECONDS))
    for _ in range(8):
        churn.add()
    stop, rest = Stop(), Stop()
    events: list[DocumentEvent] = []
    faults: list[BaseException] = []
    with opened(tmp_path / "home", index=LONG) as home:
        home.documents.watch(tmp_path / "papers")

        def follow() -> None:
            try:
                events.extend(home.documents.keep_up(stop))
            except BaseException as error:
                faults.append(error)
                raise

        threads = [
            threading.Thread(target=follow),
            threading.Thread(target=churn.until, args=(rest, 2.0 if LONG else 0.15)),
        ]
        for thread in threads:
            thread.start()
        try:
            asked = _ask(home, time.monotonic() + SECONDS, faults)
        finally:
            rest.set()
            threads[1].join(60)
        try:
            wanted = churn.marks()
            until = time.monotonic() + (120 if LONG else 60)
            while _known(home) != wanted and time.monotonic() < until:
                time.sleep(0.2)
            assert _known(home) == wanted
            assert not [item for item in home.documents.waiting() if not item.failed]
        finally:
            stop.set()
            threads[0].join(60)
        assert faults == []
        assert sum(churn.done.values()) > 8, churn.done
        assert asked > 10
        assert not LONG or home.documents.verify()
        print(f"{churn.done}, {asked} questions, {len(wanted)} files, {len(events)} events")


def _ask(home: Home, until: float, faults: list[BaseException]) -> int:
    """Ask for one file after the other; every hit is a whole passage of one version."""
    chance, asked = random.Random(1), 0
    while time.monotonic() < until and not faults:
        number = chance.randint(1, 30)
        for hit in home.retrieval.search(f"mark{number}version1end hedge lane", vector(str(number)), 5):
            assert len(set(mark_of(hit.passage.text))) == 1, hit.passage.text
        asked += 1
        time.sleep(0.02)
    return asked


def _known(home: Home) -> dict[Path, str]:
    """What Privet has of each file, by its path."""
    return {
        info.path: "".join(sorted({mark for page in home.documents.texts(info.id) for mark in mark_of(page.text)}))
        for info in home.documents.list()
    }
