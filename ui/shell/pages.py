"""The small page one reads: keyboard and help."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from ui.actions import COMMANDS
from ui.i18n import tr
from ui.theme import theme
from ui.widgets import TextButton, label


class Page(QDialog):
    """A page with a title, which Esc or its button closes."""

    def __init__(self, title: str, body: QWidget, parent: QWidget, width: int, height: int) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.resize(theme().px(width), theme().px(height))
        body.setObjectName("canvas")
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setAccessibleName(title)
        area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        area.setWidget(body)
        done = TextButton(tr("Done"), "primary")
        done.setDefault(True)
        done.clicked.connect(self.accept)
        layout = QVBoxLayout(self)
        pad = theme().px(24)
        layout.setContentsMargins(pad, pad, theme().px(12), theme().px(16))
        layout.setSpacing(theme().px(12))
        layout.addWidget(area, 1)
        layout.addWidget(done, 0, Qt.AlignmentFlag.AlignRight)
        done.setFocus()


def help_page(parent: QWidget) -> Page:
    """Every command with its keys."""
    body = QWidget()
    grid = QGridLayout(body)
    grid.setContentsMargins(0, 0, theme().px(12), 0)
    grid.setVerticalSpacing(theme().px(6))
    grid.setHorizontalSpacing(theme().px(16))
    grid.setColumnStretch(0, 1)
    intro = label(
        tr(
            "Write a question and press Enter. With “Ask my documents”, Privet first shows the passages it found, then "
            "answers from them; a number like [1] leads to its passage. A small model can be wrong: the passages are "
            "what you can rely on."
        ),
        "soft",
        wrap=True,
    )
    grid.addWidget(intro, 0, 0, 1, 2)
    group, row = "", 1
    for command in COMMANDS:
        if not command.shortcuts:
            continue
        if command.group != group:
            group = command.group
            heading = label(tr(group), "title")
            heading.setContentsMargins(0, theme().px(14), 0, 0)
            grid.addWidget(heading, row, 0)
            row += 1
        keys = "  ".join(
            QKeySequence(one).toString(QKeySequence.SequenceFormat.NativeText) for one in command.shortcuts
        )
        title = tr(command.title).removesuffix("…")
        if command.id.startswith("sources."):
            if command.id != "sources.1":
                continue
            title, keys = tr("Show a source by its number"), tr("{first} to {last}", first=keys, last="9")
        grid.addWidget(label(title), row, 0)
        grid.addWidget(label(keys, "key"), row, 1, Qt.AlignmentFlag.AlignRight)
        row += 1
    grid.setRowStretch(row, 1)
    return Page(tr("Keyboard and help"), body, parent, 560, 640)
