"""The window: to its first paint, against an empty PySide6 window; and what fifty answers do to it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time

from tests.bench.figure import Figure, side_by_side

ROUNDS = 9

# The least a PySide6 program can be: one window, gone after its first paint.
EMPTY = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
class Window(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        QTimer.singleShot(0, QApplication.quit)
application = QApplication(sys.argv)
window = Window()
window.resize(1200, 800)
window.show()
application.exec()
"""

LOADED = """
import sys
from ui.__main__ import main
main()
heavy = sorted({"torch", "chromadb", "llama_cpp", "sentence_transformers", "transformers", "numpy"} & set(sys.modules))
print(len(heavy), *heavy)
"""


def figures() -> list[Figure]:
    """First paint, how many heavy libraries the window's process holds, and how much answers hold it up."""
    with tempfile.TemporaryDirectory(prefix="privet-bench-") as home:
        environment = os.environ | {"PRIVET_HOME": home, "PRIVET_BENCH_FIRST_PAINT": "1"}
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")

        def timed(*arguments: str) -> float:
            began = time.perf_counter()
            subprocess.run([sys.executable, *arguments], env=environment, check=True, capture_output=True)
            return time.perf_counter() - began

        timed("-m", "ui")  # once for the disk's sake, and to compile what was never compiled
        timed("-c", EMPTY)
        ours, empty = side_by_side(lambda: timed("-m", "ui"), lambda: timed("-c", EMPTY), ROUNDS)
        done = subprocess.run(
            [sys.executable, "-c", LOADED], env=environment, check=True, capture_output=True, text=True
        )
        held = subprocess.run(
            [sys.executable, "-m", "tests.bench.holding", home], env=environment, check=True, capture_output=True
        )
    answered = json.loads(held.stdout)
    before, after = answered["megabytes"]
    return [
        Figure("first paint of the window, against an empty PySide6 window", ours, "s", empty, "<= 1.5"),
        Figure("heavy libraries in the window's process", float(done.stdout.split()[0]), "libraries", None, "<= 0"),
        Figure(
            "longest that fifty answers hold the window up (processor)", max(answered["turns"]), "s", None, "<= 0.016"
        ),
        Figure("turns of the window's loop over 16 ms", float(sum(one > 0.016 for one in answered["turns"])), "turns"),
        Figure("memory that fifty answers take in the window", after - before, "MB"),
    ]
