"""The privacy page: what it shows of the kernel's answers, the self-test line by line, and the report it saves."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from assistant.errors import ChildDied
from assistant.proving import WAYS, Outcome, Tried, checksum_holds
from assistant.settings import Folders
from assistant.values import Stop
from tests.ui.conftest import WaitUntil
from ui.bridge import Bridge
from ui.panels.privacy import Mark, PrivacyPage
from ui.presenters import PrivacyPresenter
from ui.window import MainWindow


@pytest.fixture
def bridge(qt_app: QApplication) -> Iterator[Bridge]:
    bridge = Bridge()
    yield bridge
    bridge.close()


def played(stop: Stop) -> Iterator[Tried]:
    for way, outcome in zip(WAYS, (Outcome.REFUSED, Outcome.OUT, Outcome.UNTRIED), strict=False):
        yield Tried(way, outcome, f"{outcome.value} by the script", "EACCES")


def test_it_shows_layers_processes_and_places(bridge: Bridge, tmp_path: Path, wait_until: WaitUntil) -> None:
    (tmp_path / "data").mkdir(mode=0o755)
    (tmp_path / "data").chmod(0o755)
    window = MainWindow()
    page = PrivacyPage(window)
    presenter = PrivacyPresenter(bridge, page, Folders.inside(tmp_path), played)
    # The tests' own process is not sealed, and is said not to be.
    assert page.layers.lines[0].mark is Mark.BAD
    assert "Privet itself" in [line.title for line in page.running.lines]
    assert page.places.lines[0].mark is Mark.BAD and "everyone" in page.places.lines[0].seen
    (tmp_path / "data").chmod(0o700)
    presenter.look()
    wait_until(lambda: page.places.lines[0].mark is Mark.GOOD)
    page.reject()


def test_each_way_is_a_line_and_the_report_holds(bridge: Bridge, tmp_path: Path, wait_until: WaitUntil) -> None:
    window = MainWindow()
    page = PrivacyPage(window)
    presenter = PrivacyPresenter(bridge, page, Folders.inside(tmp_path), played)
    page.prove.click()
    wait_until(lambda: page.verdict.text())
    assert [line.mark for line in page.proof.lines] == [Mark.GOOD, Mark.BAD, Mark.NONE]
    assert "This got out: out by the script (EACCES)." in page.proof.lines[1].seen
    assert "1 of 3 ways out were tried and refused, 1 GOT OUT, 1 could not be tried" in page.verdict.text()
    presenter.save(tmp_path / "report.txt")
    wait_until(lambda: "report.txt" in page.verdict.text())
    text = (tmp_path / "report.txt").read_text(encoding="utf-8")
    assert checksum_holds(text) and "out by the script" in text
    presenter.save(tmp_path / "nowhere" / "report.txt")
    wait_until(lambda: "could not be written" in page.fault.words)
    page.reject()


def test_it_can_be_stopped_and_a_fault_is_said(bridge: Bridge, tmp_path: Path, wait_until: WaitUntil) -> None:
    gate, deaths = threading.Event(), [ChildDied("The self-test could not be started.", "Try again.")]

    def slow(stop: Stop) -> Iterator[Tried]:
        yield from played(stop)
        while not stop.requested:
            gate.wait(0.005)
        if deaths:
            raise deaths.pop()

    window = MainWindow()
    page = PrivacyPage(window)
    PrivacyPresenter(bridge, page, Folders.inside(tmp_path), slow)
    page.prove.click()
    wait_until(lambda: len(page.proof.lines) == 3)
    assert page.prove.isHidden()
    page.stop.click()
    wait_until(lambda: not page.prove.isHidden())
    assert "could not be started" in page.fault.words
    page.prove.click()
    wait_until(lambda: len(page.proof.lines) == 3 and not page.stop.isHidden())
    page.reject()  # closing it ends the self-test too
    wait_until(lambda: not bridge.busy)
