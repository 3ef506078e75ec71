"""Plain labels in a role of the style sheet."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel

from ui.widgets.early import PLAIN_TEXT, early


def label(text: str, role: str = "", *, wrap: bool = False) -> QLabel:
    """A label that shows `text` as it is, never as rich text. role: as the style sheet names it."""
    result = QLabel()
    early(result, PLAIN_TEXT)
    result.setText(text)
    result.setWordWrap(wrap)
    if role:
        result.setProperty("role", role)
    return result
