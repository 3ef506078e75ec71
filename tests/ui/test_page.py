"""The page that opens nothing, watched by the kernel; and the same watch on a page that does open things."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

import ui.page.worker as page
from ui.text import InertText

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="inotify is Linux's")


# What Qt does where nobody takes care; in a process of its own, since Qt complains of what it can't open.
CARELESS = """
import os, pathlib, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PySide6.QtWidgets import QApplication, QTextBrowser
import ui.page.worker as page
class Careless(QTextBrowser):
    def set_markdown(self, text):
        self.setMarkdown(text)
    def set_plain(self, text):
        self.setHtml(text)
    def fit(self, width):
        self.document().setTextWidth(width)
application = QApplication([])
def careless():
    browser = Careless()
    browser.setOpenLinks(True)
    browser.setOpenExternalLinks(True)
    return browser
page._page = careless
print(page._WAYS[sys.argv[1]](pathlib.Path(sys.argv[2]))[0])
"""


@pytest.mark.parametrize("way", ["picture", "share", "link"])
def test_nothing_that_a_page_names_is_opened(qt_app: QApplication, tmp_path: Path, way: str) -> None:
    outcome, _, detail = page._WAYS[way](tmp_path)
    assert (outcome, bool(detail)) == ("refused", True)


@pytest.mark.parametrize("way", ["picture", "share", "link"])
def test_the_watch_sees_a_careless_page(tmp_path: Path, way: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CARELESS, way, str(tmp_path)], capture_output=True, text=True, timeout=60
    )
    assert done.stdout.strip() == "out", done.stderr


def test_it_is_the_page_of_the_window_that_is_drawn(qt_app: QApplication) -> None:
    assert isinstance(page._page(), InertText)
