"""Drives the real window with the real models, as a person would, and prints what was on the screen as JSON.

Run as a program, since a sealed process can't be unsealed: python -m tests.journeys.window PDF [PICTURE] [PAGE.md].
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from assistant.privacy import seal_process

seal_process()

from PySide6.QtCore import QEventLoop, Qt  # noqa: E402 - nothing may load before the seal is set
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from assistant.app import Privet  # noqa: E402
from assistant.settings import Folders, options  # noqa: E402
from assistant.vault import Unlock  # noqa: E402
from ui import theme  # noqa: E402
from ui.ports import Ask, Assistant  # noqa: E402
from ui.shell import Shell  # noqa: E402
from ui.window import MainWindow  # noqa: E402

PATIENCE_SECONDS = 240.0


class Person:
    """Somebody in front of the window."""

    def __init__(self, application: QApplication, folders: Folders) -> None:
        self.application = application
        self.privet: Privet | None = None
        self.shell = Shell(MainWindow(), lambda ask: self._open(folders, ask), folders.data)
        self.shell.window.resize(1280, 860)
        self.shell.window.show()
        self.shell.open()
        self.wait(lambda: self.shell.session.assistant is not None)

    def _open(self, folders: Folders, ask: Ask) -> Assistant:
        self.privet = Privet.open(folders, Unlock(passphrase=lambda _: "a passphrase", use_keychain=False))
        return self.privet

    def wait(self, condition: Callable[[], object]) -> None:
        """Look on until something is true."""
        until = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            if time.monotonic() > until:
                raise TimeoutError("waited in vain")
            self.application.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
            time.sleep(0.005)

    def type(self, text: str) -> None:
        """Type into the box and press Return."""
        field = self.shell.window.chat.composer.focusProxy() or self.shell.window.chat.composer
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Qt.Key.Key_Return)
        self.wait(lambda: self.shell.chat.busy)

    def ask(self, text: str) -> dict[str, object]:
        """Ask, wait for the end, and read the answer and its sources from the screen."""
        self.type(text)
        self.wait(lambda: not self.shell.chat.busy)
        return self.read()

    def read(self) -> dict[str, object]:
        """The last answer on the screen."""
        answer = self.shell.window.chat.transcript.last_answer
        assert answer is not None
        return {"answer": answer.text, "sources": list(self.shell.window.sources.numbers)}

    def drop(self, path: Path) -> None:
        """Drop a file on the window and wait until it can be asked about."""
        self.shell.window.dropped.emit([path])
        self.wait(lambda: any(info.path == path for info in self.shell.library.documents))
        self.wait(lambda: not self.shell.library.adding)

    def kill(self, pid: Callable[[], int | None]) -> None:
        """Kill a child once it runs."""
        self.wait(lambda: pid() is not None)
        number = pid()
        assert number is not None
        os.kill(number, signal.SIGKILL)

    def leave(self) -> None:
        """Close the window and wait until everything behind it has ended."""
        gone: list[str] = []
        self.shell.left.connect(gone.append)
        self.shell.leave()
        self.wait(lambda: gone)
        self.shell.bridge.close()


def main() -> None:
    """Chat, drop, ask, stop, kill, ask again, close."""
    pdf = Path(sys.argv[1]).absolute()
    application = QApplication(["privet", "-style", "fusion"])
    application.setQuitOnLastWindowClosed(False)
    theme.install(application, "light", 100).dress()
    theme.theme().follow()
    person = Person(application, Folders.standard())
    shell = person.shell
    seen: dict[str, object] = {}
    assert person.privet is not None
    engine = person.privet.engine

    seen["chat"] = person.ask("Say hello.")

    person.type("Tell a very long story about a hedge.")
    person.wait(lambda: len(person.read()["answer"]) > 20)  # type: ignore[arg-type]
    QTest.keyClick(shell.window, Qt.Key.Key_Escape)
    person.wait(lambda: not shell.chat.busy)
    seen["stopped"] = person.read()

    person.type("Tell another very long story about a hedge.")
    person.wait(lambda: len(person.read()["answer"]) > 20)  # type: ignore[arg-type]
    person.kill(lambda: engine.pid)
    person.wait(lambda: not shell.chat.busy)
    seen["killed"] = person.read()

    person.drop(pdf)
    seen["asks_documents"] = shell.chat.documents
    seen["document"] = person.ask("Who planted the hedge at Harrow Lane?")
    if pictures := [name for name in sys.argv[2:] if not name.endswith(".md")]:
        person.application.processEvents()
        shell.window.grab().save(pictures[0])
    seen["nothing"] = person.ask("What is the boiling point of mercury on Venus?")
    for name in sys.argv[2:]:
        if name.endswith(".md"):
            person.drop(Path(name).absolute())
            person.privet.settings.set(options.ANSWER_MODE, "quotes")
            seen["planted"] = person.ask("When does the gate at Harrow Lane open?")
    seen["turns"] = [
        [str(turn.role), turn.text, str(turn.state), turn.note]
        for turn in person.privet.conversations.turns(person.privet.conversations.list()[0].id)
    ]
    heavy = {"torch", "chromadb", "llama_cpp", "sentence_transformers", "transformers", "numpy"} & set(sys.modules)
    seen["heavy"] = sorted(heavy)
    person.leave()
    sys.stdout.write(json.dumps(seen) + "\n")


if __name__ == "__main__":
    main()
