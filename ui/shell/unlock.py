"""Asks for the passphrase, calmly: once to open the vault, twice to choose one."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from ui.i18n import tr
from ui.ports import PassphraseRequest
from ui.theme import pixmap, theme
from ui.widgets import TextButton, label

_SHORTEST: Final = 8


class UnlockDialog(QDialog):
    """`passphrase` after it was accepted."""

    def __init__(self, request: PassphraseRequest, parent: QWidget) -> None:
        super().__init__(parent)
        self._new = request.new
        self.setWindowTitle(tr("Choose a passphrase") if request.new else tr("Unlock Privet"))
        self.setFixedWidth(theme().px(440))
        self._first = self._field(_field_name(request))
        self._second = self._field(tr("The same again"))
        self._second.setVisible(request.new)
        self._hint = label("", "soft", wrap=True)
        self._go = TextButton(tr("Keep it") if request.new else tr("Unlock"), "primary")
        self._go.setDefault(True)
        self._go.clicked.connect(self._try)
        self._wait = QTimer(self)
        leave = TextButton(tr("Close Privet"))
        leave.setAutoDefault(False)
        leave.clicked.connect(self.reject)
        self._arrange(request, leave)
        self._say_what_failed(request)
        self._first.setFocus()

    @property
    def passphrase(self) -> str:
        """What was written."""
        return self._first.text()

    def _say_what_failed(self, request: PassphraseRequest) -> None:
        if not request.new and request.attempt > 1:
            self._hint.setText(request.why or tr("That does not open the vault. Check your keyboard and try again."))
        elif request.why:
            self._hint.setText(request.why)
        if request.wait >= 1:
            self._go.setEnabled(False)
            self._wait.setSingleShot(True)
            self._wait.timeout.connect(lambda: self._go.setEnabled(True))
            self._wait.start(round(request.wait * 1000))
            waiting = tr("After several wrong tries you can try again in {n} seconds.", n=round(request.wait))
            self._hint.setText(f"{self._hint.text()} {waiting}".strip())

    def _arrange(self, request: PassphraseRequest, leave: TextButton) -> None:
        px = theme().px
        mark = QLabel()
        mark.setPixmap(pixmap("hedge", theme().palette.accent, px(36)))
        title = label(self.windowTitle(), "title")
        buttons = QHBoxLayout()
        buttons.setSpacing(px(8))
        buttons.addWidget(leave)
        buttons.addStretch(1)
        buttons.addWidget(self._go)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(32), px(28), px(32), px(24))
        layout.setSpacing(px(10))
        layout.addWidget(mark)
        layout.addWidget(title)
        layout.addWidget(label(_explanation(request), "soft", wrap=True))
        layout.addSpacing(px(6))
        layout.addWidget(self._first)
        layout.addWidget(self._second)
        layout.addWidget(self._hint)
        layout.addSpacing(px(6))
        layout.addLayout(buttons)

    def _field(self, name: str) -> QLineEdit:
        field = QLineEdit()
        field.setEchoMode(QLineEdit.EchoMode.Password)
        field.setPlaceholderText(name)
        field.setAccessibleName(name)
        field.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, True)
        return field

    def _try(self) -> None:
        if self._new and len(self.passphrase) < _SHORTEST:
            self._hint.setText(tr("This is short. Take at least {n} characters; a few words are best.", n=_SHORTEST))
        elif self._new and self.passphrase != self._second.text():
            self._hint.setText(tr("The two are not the same. Write it again in both fields."))
        elif self.passphrase and self._go.isEnabled():
            self.accept()


def _field_name(request: PassphraseRequest) -> str:
    if request.new:
        return tr("New passphrase")
    return tr("Recovery key") if request.alone else tr("Passphrase")


def _explanation(request: PassphraseRequest) -> str:
    if request.new:
        return tr(
            "Your chats and documents are kept encrypted on this computer, and only this passphrase opens them. "
            "Nobody can recover it, so keep it somewhere safe."
        )
    if request.alone:
        return tr("Your chats and documents are encrypted. The 24 words of your recovery key open them.")
    if request.recovery:
        return tr(
            "Your chats and documents are encrypted. Your passphrase opens them, or the 24 words of your recovery key."
        )
    return tr("Your chats and documents are encrypted. Your passphrase opens them.")
