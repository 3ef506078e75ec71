"""What the model saw for an answer: how its window was shared out, what was left out, and the prompt itself."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget

from assistant.values import Sent
from ui.i18n import number, tr
from ui.theme import Type, theme
from ui.widgets import TextButton, label

_MOST_MARKED: Final = 400  # stretches of markup that are told apart; the text is whole however many there are


class SawDialog(QDialog):
    """The page; None: nothing is kept. Esc closes it."""

    def __init__(self, sent: Sent | None, parent: QWidget) -> None:
        super().__init__(parent)
        px = theme().px
        self.setWindowTitle(tr("What the model saw"))
        self.resize(px(720), px(680))
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName(tr("The prompt, letter for letter"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(24), px(20), px(24), px(16))
        layout.setSpacing(px(8))
        if sent is None:
            words = tr("No model was asked for this answer, or what it saw was removed together with a document in it.")
            layout.addWidget(label(words, "soft", wrap=True), 1)
        else:
            self._fill(layout, sent)
        done = TextButton(tr("Done"), "primary")
        done.setDefault(True)
        done.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.addWidget(label(tr("Underlined letters are marks that tell the model who speaks."), "caption"), 1)
        foot.addWidget(done)
        layout.addLayout(foot)
        (self.text if sent is not None else done).setFocus()

    def _fill(self, layout: QVBoxLayout, sent: Sent) -> None:
        use = sent.use
        head = tr("{model}, a window of {n} tokens", model=sent.model, n=number(use.size))
        layout.addWidget(label(head, "title", wrap=True))
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme().px(16))
        grid.setVerticalSpacing(theme().px(2))
        grid.setColumnStretch(2, 1)
        rows = (
            (tr("Instructions"), use.instructions), (tr("Documents"), use.documents),
            (tr("Conversation"), use.conversation), (tr("Question"), use.question),
            (tr("Kept free for the answer"), use.reserve), (tr("Free"), max(0, use.size - use.used)),
        )  # fmt: skip
        for row, (name, tokens) in enumerate(rows):
            grid.addWidget(label(name), row, 0)
            amount = label(number(tokens))
            amount.setAccessibleName(tr("{name}: {n} tokens", name=name, n=number(tokens)))
            grid.addWidget(amount, row, 1, Qt.AlignmentFlag.AlignRight)
        layout.addLayout(grid)
        if sent.cut:
            said = [tr("Left out: {what}", what=one) for one in sent.cut] + ([sent.why] if sent.why else [])
            layout.addWidget(label("\n".join(said), "note", wrap=True))
        style = QTextCharFormat()
        style.setFont(theme().font(Type.CODE))
        cursor = QTextCursor(self.text.document())
        cursor.insertText(sent.text, style)  # the style sheet's font would go before the widget's own
        self.text.moveCursor(QTextCursor.MoveOperation.Start)
        self._mark(sent)
        layout.addWidget(self.text, 1)

    def _mark(self, sent: Sent) -> None:
        """Tell the marks from the letters that only look like them."""
        strong = QTextCharFormat()
        strong.setBackground(theme().color("tint"))
        strong.setForeground(theme().color("leaf"))
        strong.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)  # never by colour alone
        selections: list[QTextEdit.ExtraSelection] = []
        at = 0
        for text, markup in sent.pieces:
            length = len(text.encode("utf-16-le", "surrogatepass")) // 2
            if markup and len(selections) < _MOST_MARKED:
                one = QTextEdit.ExtraSelection()
                cursor = QTextCursor(self.text.document())
                cursor.setPosition(at)
                cursor.setPosition(at + length, QTextCursor.MoveMode.KeepAnchor)
                one.cursor, one.format = cursor, strong
                selections.append(one)
            at += length
        self.text.setExtraSelections(selections)
