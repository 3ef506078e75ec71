"""Fifty answers with sources in one chat of the window: how long its thread is ever held up, and what they take.

Run as a program by the bench: python -m tests.bench.holding FOLDER. Prints as JSON the processor's seconds of each
turn of the window's loop that took longer than a few milliseconds, and the megabytes before and after the answers.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

from assistant.settings import options
from assistant.values import AnswerEvent, Checked, Claim, PassageId, Pointed, Retrieved, Support
from tests.ui.fakes import ScriptedPrivet, citation, pieces
from ui import theme
from ui.shell import Shell
from ui.window import MainWindow

ANSWERS = 50
SENTENCES = 8
PASSAGES = 5
SUPPORTS = (Support.SUPPORTED, Support.NOT_FOUND, Support.DIFFERS)
SENTENCE = (
    "The estate at Harrow Lane was planted with hornbeam in the spring and clipped twice a year by two gardeners."
)


class Turns:
    """The processor's seconds that the window's thread spends between two beats of a timer; no load prolongs it."""

    def __init__(self) -> None:
        self.long: list[float] = []
        self._last = time.thread_time()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(2)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        now = time.thread_time()
        if now - self._last > 0.005:
            self.long.append(now - self._last)
        self._last = now


def main(folder: Path) -> None:
    """Ask, and print."""
    application = QApplication(["privet", "-style", "fusion"])
    application.setQuitOnLastWindowClosed(False)
    theme.install(application, "light", 100).dress()
    theme.theme().follow()
    (folder / "data").mkdir()
    privet = ScriptedPrivet(folder)
    privet.settings.set(options.THEME, "light")
    privet.answering.seconds_per_event = 0.002
    shell = Shell(MainWindow(), lambda ask: privet, folder / "data")
    shell.window.resize(1500, 900)
    shell.window.show()
    shell.open()
    _until(lambda: shell.session.assistant is not None and shell.warm)
    shell.chat.set_documents(True)
    before, turns = _megabytes(), Turns()
    for number in range(ANSWERS):
        privet.answering.scripts.append(list(_script(number)))
        shell.window.chat.composer.write(f"What does report {number} say of the estate?")
        shell.chat.ask()
        _until(
            lambda: (
                not (
                    shell.chat.busy
                    or shell.bridge.busy
                    or shell.window.chat.transcript.busy
                    or shell.window.sources.busy
                )
            )
        )
    print(json.dumps({"turns": turns.long, "megabytes": [before, _megabytes()]}), flush=True)
    shell.bridge.close()


def _script(number: int) -> Iterator[AnswerEvent]:
    """An answer of eight sentences from five passages, some of which say something else."""
    found = tuple(
        replace(
            citation(place, " ".join(f"In year {1800 + number + line}: {SENTENCE}" for line in range(5)), page=place),
            start=30, end=120, passage_id=PassageId(100 * number + place),
        )
        for place in range(1, PASSAGES + 1)
    )  # fmt: skip
    yield Retrieved(found, 0.1)
    yield Pointed(tuple(replace(one, span_start=60, span_end=90) for one in found))
    written = 0
    for line in range(SENTENCES):
        source = line % PASSAGES + 1
        said = f"In year {1800 + number} **the estate** had {line} oaks that stood there for long [{source}]. "
        yield from pieces(said)
        yield Checked((Claim(written, written + len(said) - 1, SUPPORTS[line % 3], source, 10, 60),))
        written += len(said)


def _until(true: Callable[[], object]) -> None:
    """A real event loop, so that its turns are those of the program. Once is enough: it may be so for a moment only."""
    loop, timer, end, came = QEventLoop(), QTimer(), time.monotonic() + 120, False

    def look() -> None:
        nonlocal came
        came = bool(true())
        if came or time.monotonic() > end:
            timer.stop()
            loop.quit()

    timer.setInterval(15)
    timer.timeout.connect(look)
    timer.start()
    loop.exec()
    if not came:
        raise TimeoutError("waited in vain")


def _megabytes() -> float:
    return float(psutil.Process().memory_info().rss) / (1 << 20)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
