"""What has to be written before something that can't be undone: a passphrase, or the word that erases everything."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ui.i18n import tr
from ui.theme import theme
from ui.widgets import TextButton, label

_SHORTEST: Final = 8
ERASE: Final = "ERASE"


class _Asking(QDialog):
    """A title, an explanation, fields, a hint, and two buttons."""

    def __init__(self, title: str, words: str, go: str, parent: QWidget) -> None:
        super().__init__(parent)
        px = theme().px
        self.setWindowTitle(title)
        self.setFixedWidth(px(460))
        self.hint = label("", "soft", wrap=True)
        self.go = TextButton(go, "primary")
        self.go.setDefault(True)
        self.go.clicked.connect(self.attempt)
        cancel = TextButton(tr("Cancel"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self.fields = QVBoxLayout()
        buttons = QHBoxLayout()
        buttons.addWidget(cancel)
        buttons.addStretch(1)
        buttons.addWidget(self.go)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(32), px(28), px(32), px(24))
        layout.setSpacing(px(10))
        layout.addWidget(label(title, "title"))
        layout.addWidget(label(words, "soft", wrap=True))
        layout.addLayout(self.fields)
        layout.addWidget(self.hint)
        layout.addLayout(buttons)

    def field(self, name: str, *, hidden: bool) -> QLineEdit:
        """Add a field."""
        field = QLineEdit()
        if hidden:
            field.setEchoMode(QLineEdit.EchoMode.Password)
        field.setPlaceholderText(name)
        field.setAccessibleName(name)
        self.fields.addWidget(field)
        return field

    def attempt(self) -> None:
        """The person wants to go on."""
        self.accept()


class PassphraseDialog(_Asking):
    """Asks for the passphrase there is, or for a new one twice. `passphrase` after it was accepted."""

    def __init__(self, title: str, words: str, parent: QWidget, *, new: bool) -> None:
        super().__init__(title, words, tr("Go on"), parent)
        self._first = self.field(tr("New passphrase") if new else tr("Passphrase"), hidden=True)
        self._second = self.field(tr("The same again"), hidden=True) if new else None
        self._first.setFocus()

    @property
    def passphrase(self) -> str:
        """What was written."""
        return self._first.text()

    def attempt(self) -> None:
        """Go on if it will do."""
        if self._second is None:
            if self.passphrase:
                self.accept()
        elif len(self.passphrase) < _SHORTEST:
            self.hint.setText(tr("This is short. Take at least {n} characters; a few words are best.", n=_SHORTEST))
        elif self.passphrase != self._second.text():
            self.hint.setText(tr("The two are not the same. Write it again in both fields."))
        else:
            self.accept()


class EraseDialog(_Asking):
    """Asks for the word that erases everything."""

    def __init__(self, parent: QWidget) -> None:
        words = tr(
            "All chats, the list of your documents, your settings, the keys, and the backups that Privet made by "
            "itself will be gone for good. Your document files are not touched. Write {word} to go on; then you choose "
            "where the certificate of what was erased goes.",
            word=ERASE,
        )
        super().__init__(tr("Erase everything"), words, tr("Erase everything"), parent)
        self._word = self.field(ERASE, hidden=False)
        self._word.setFocus()

    def attempt(self) -> None:
        """Go on if the word stands there."""
        if self._word.text().strip() == ERASE:
            self.accept()
        else:
            self.hint.setText(tr("Write {word} in capital letters, or cancel.", word=ERASE))
