"""Tests of the properties that are set by number: they are what Qt's enumerations say."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QScrollArea

from ui.widgets import BY_TAB, CENTRED, NO_FOCUS, NO_SIDE_SCROLL, PLAIN_TEXT, early


def test_the_numbers_are_those_of_the_enumerations(qt_app: QApplication) -> None:
    label, button, area = QLabel("<b>x</b>"), QPushButton(), QScrollArea()
    early(label, PLAIN_TEXT, CENTRED)
    early(button, BY_TAB)
    early(area, NO_SIDE_SCROLL, NO_FOCUS)
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert label.alignment() == Qt.AlignmentFlag.AlignCenter
    assert button.focusPolicy() == Qt.FocusPolicy.TabFocus
    assert area.focusPolicy() == Qt.FocusPolicy.NoFocus
    assert area.horizontalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOff
