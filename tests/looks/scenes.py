"""Puts the window into the states that are looked at, and saves pictures of them to the folder that is named.

`python -m tests.looks.scenes FOLDER light|dark`; QT_SCALE_FACTOR makes them larger. The tests run it in a process of
its own, since the scale can't be changed in one that has a window already.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication, QWidget

from assistant.errors import ChildDied
from assistant.privacy import seal_process
from assistant.proving import WAYS, prove
from assistant.settings import options
from assistant.values import Prefilling, Retrieved, Role, Thought, Token
from tests.ui.fakes import ScriptedPrivet, citation, pieces
from ui import theme
from ui.panels.privacy import PrivacyPage
from ui.presenters import PrivacyPresenter
from ui.shell import Shell
from ui.window import MainWindow

QUESTION = "How did net sales develop in 2024, and why did the gross margin fall?"
ANSWER = """Net sales rose by **12 percent** to 48.3 million euros [1]. Two things drove the rise:

- a cold first quarter, which raised demand for pellets [1]
- the new plant in Tampere, at full capacity since *March*

The gross margin fell by 1.4 percentage points [2], because timber became dearer [3]:

| Quarter | Price per m³ |
|---|---|
| Q1 2024 | 61.20 |
| Q4 2024 | 74.40 |

> Excluding currency effects the rise was 10 percent.

```python
rise = 48.3 / 43.1 - 1
```
"""
PASSAGES = (
    citation(
        1,
        "Net sales of wood pellets rose by 12 percent to 48.3 million euros, driven by a cold first quarter and by the "
        "new plant in Tampere, which reached full capacity in March. Excluding currency effects the rise was 10 "
        "percent. Working capital rose by 2.1 million euros, mostly inventories held for the heating season, which "
        "management expects to fall again in the second quarter as framework agreements take effect.",
    ),
    citation(2, "The gross margin fell by 1.4 percentage points to 31.2 percent.", page=14),
    citation(3, "Raw timber, price per cubic metre: Q1 61.20, Q2 64.80, Q3 70.10, Q4 74.40.", "Timber notes.docx", 3),
)


def main(folder: Path, choice: str) -> None:
    """Save empty.png, reading.png, answer.png, fault.png, branches.png, narrow.png, privacy.png and proof.png."""
    seal_process()  # the window says so if it is not sealed
    application = QApplication(["privet", "-style", "fusion"])
    theme.install(application, choice, 100)
    home = Path(tempfile.mkdtemp(prefix="privet-looks-"))
    (home / "data").mkdir(mode=0o700)
    privet = _privet(home, choice)
    window = MainWindow()
    theme.theme().dress()
    shell = Shell(window, lambda ask: privet, home / "data")
    window.show()
    shell.open()
    until(lambda: shell.session.assistant and shell.warm and not shell.bridge.busy)
    save(window, folder / "empty.png")
    fill(privet)
    shell.library.attach(privet)
    shell.chats.refresh()
    gate = threading.Event()
    privet.answering.scripts.append([Retrieved(PASSAGES, 0.2), Prefilling(320, 1300, 0, 4.0), gate, *pieces(ANSWER)])
    shell.chat.set_documents(True)
    window.chat.composer.write(QUESTION)
    shell.chat.ask()
    until(lambda: "Reading" in _progress(shell))
    save(window, folder / "reading.png")
    gate.set()
    until(lambda: not shell.chat.busy and not shell.bridge.busy)
    save(window, folder / "answer.png")
    privet.answering.scripts.append(
        [Token("The margin is expected to"), ChildDied("The model ended unexpectedly.", "Ask again: it starts anew.")]
    )
    window.chat.composer.write("And next year?")
    shell.chat.ask()
    until(lambda: not shell.chat.busy and not shell.bridge.busy)
    save(window, folder / "fault.png")
    window.resize(900, 600)
    save(window, folder / "narrow.png")
    window.resize(1240, 800)
    privet.answering.scripts.append([Thought("The person asks about next year."), Token("It should stay as it is.")])
    shell.chat.again()
    until(lambda: not shell.chat.busy and not shell.bridge.busy)
    window.chat.composer.write("What would that mean for the price?")
    until(window.chat.composer.meter.isVisible)
    save(window, folder / "branches.png")
    _privacy(shell, folder)
    gone: list[str] = []
    shell.left.connect(gone.append)
    shell.leave()
    until(lambda: gone)
    shell.bridge.close()


def _privet(home: Path, choice: str) -> ScriptedPrivet:
    privet = ScriptedPrivet(home)
    privet.settings.set(options.THEME, choice)
    return privet


def _privacy(shell: Shell, folder: Path) -> None:
    """The privacy page after a self-test of its first ways, at its top and at its end."""
    page = PrivacyPage(shell.window)
    assert shell.desk.settings is not None
    PrivacyPresenter(shell.bridge, page, shell.desk.settings.folders, lambda stop: prove(stop, WAYS[:4]))
    page.show()
    save(page, folder / "privacy.png")
    page.prove.click()
    until(lambda: page.verdict.text())
    save(page, folder / "proof.png")
    page.reject()


def fill(privet: ScriptedPrivet) -> None:
    """Put some documents and chats there."""
    privet.documents.put(Path("/documents/Annual report 2024.pdf"), 148)
    privet.documents.put(Path("/documents/Timber notes.docx"), 6)
    for title in ("A friendlier letter to the landlord", "Lease: notice period", "Words for “resilient”"):
        made = privet.conversations.create(title)
        privet.conversations.append(made, Role.USER, title)


def _progress(shell: Shell) -> str:
    view = shell.window.chat.transcript.last_answer
    return "" if view is None else view.answer.progress


def until(condition: Callable[[], object]) -> None:
    """Let the window work until that is so."""
    until = time.monotonic() + 150  # a child of the self-test may take long to start on a busy disk
    while not condition():
        assert time.monotonic() < until
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)


def save(window: QWidget, path: Path) -> None:
    """Keep a picture of it, once it is at rest."""
    until = time.monotonic() + 0.3
    while time.monotonic() < until:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
    assert window.grab().save(str(path))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
