"""A page's text, with the passage marked in it and in that what answers; plain text, which opens nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QFont, QKeyEvent, QKeySequence, QSyntaxHighlighter, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit

from assistant.values import Marked, Stretch
from ui.i18n import tr
from ui.panels.viewer.hand import ByHand
from ui.theme import Type, theme

_HEADER: Final = re.compile(r"(From|To|Cc|Date|Von|An|Attachments?): ")
_HEADERS_WITHIN: Final = 12  # lines


class MarkedText(QPlainTextEdit):
    """`turned`: the person goes on past its end (1) or before its beginning (-1). `scrolled`: so far, 0 to 1."""

    turned = Signal(int)
    scrolled = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.setObjectName("page")
        self.setTextInteractionFlags(
            self.textInteractionFlags().TextSelectableByMouse | self.textInteractionFlags().TextSelectableByKeyboard
        )
        self.setAccessibleName(tr("Text of the document"))
        self._hand = ByHand(self.verticalScrollBar())
        self._hand.scrolled.connect(lambda: self.scrolled.emit(self._hand.share))
        self._headers = _Headers(self)
        self._marked = Marked()
        self._found: tuple[Stretch, ...] = ()
        self._at: int | None = None
        self._going: Stretch | None = None
        self._zoom = 100
        self._restyle()
        theme().changed.connect(self._restyle)

    @property
    def zoom(self) -> int:
        """How large the letters are, in percent of the usual."""
        return self._zoom

    @property
    def selected(self) -> str:
        """What is selected, with its line breaks."""
        return self.textCursor().selectedText().replace("\u2029", "\n")

    def show_text(self, text: str, marked: Marked, mail: bool, share: float | None = None) -> None:
        """Show a page, at what is marked, or scrolled so far. mail: it may begin with the headers of a message."""
        self._headers.mail = mail
        self._found, self._at, self._marked = (), None, marked
        self.setPlainText(text)
        self._mark()
        first = (marked.quote or marked.passage)[:1]
        if share is not None:
            self.show_share(share)
        elif first:
            self._go_to(first[0])

    def show_share(self, share: float) -> None:
        """Scroll so far, 0 to 1, without this being a person's doing."""
        self._going = None
        self._hand.show_share(share)

    def show_found(self, found: Sequence[Stretch], at: int | None) -> None:
        """Mark the places that have the words searched, and go to one of them."""
        self._found, self._at = tuple(found), at
        self._mark()
        if at is not None and at < len(self._found):
            self._go_to(self._found[at])

    def step_zoom(self, by: int) -> None:
        """Larger or smaller letters; 0: the usual ones."""
        self._zoom = min(300, max(60, self._zoom + 10 * by)) if by else 100
        self._restyle()

    def _restyle(self) -> None:
        font = theme().font(Type.BODY)
        font.setPixelSize(max(6, round(font.pixelSize() * self._zoom / 100)))
        self.setFont(font)
        self.document().setDefaultFont(font)
        pad = theme().px(16)
        self.setViewportMargins(pad, theme().px(8), pad, theme().px(8))
        self._headers.rehighlight()
        self._mark()

    def _mark(self) -> None:
        grounds: list[tuple[Sequence[Stretch], QTextCharFormat]] = [
            (self._marked.passage, _style("tint")),
            # Never by colour alone: what answers has a line under it, what was found a wavy one.
            (self._marked.quote, _style("selection", QTextCharFormat.UnderlineStyle.SingleUnderline)),
            (self._found, _style("warn_tint", QTextCharFormat.UnderlineStyle.DotLine)),
        ]
        if self._at is not None and self._at < len(self._found):
            strong = _style("accent")
            strong.setForeground(theme().color("on_accent"))
            grounds.append(((self._found[self._at],), strong))
        selections = []
        for stretches, style in grounds:
            for stretch in stretches:
                one = QTextEdit.ExtraSelection()
                one.cursor, one.format = self._cursor(stretch), style
                selections.append(one)
        self.setExtraSelections(selections)

    def _cursor(self, stretch: Stretch) -> QTextCursor:
        """A stretch of Python's characters as Qt counts them: those beyond the basic plane are two."""
        text = self._plain()
        start = stretch.start + _doubled(text[: stretch.start])
        end = stretch.end + _doubled(text[: stretch.end])
        cursor = QTextCursor(self.document())
        last = self.document().characterCount() - 1
        cursor.setPosition(min(start, last))
        cursor.setPosition(min(end, last), QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def _plain(self) -> str:
        return self.toPlainText()

    def _go_to(self, stretch: Stretch) -> None:
        cursor = self._cursor(stretch)
        # Without a selection: that would hide the marks under it. A screen reader reads on from here.
        cursor.setPosition(cursor.selectionStart())
        self.setTextCursor(cursor)
        self._going = stretch
        QTimer.singleShot(0, self, self._center)

    def _center(self) -> None:
        """Once it is laid out, unless the person or the page beside it went on meanwhile."""
        if self._going is not None:
            self._going = None
            self.centerCursor()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        bar = self.verticalScrollBar()
        forward = event.matches(QKeySequence.StandardKey.MoveToNextPage)
        back = event.matches(QKeySequence.StandardKey.MoveToPreviousPage)
        if forward and bar.value() >= bar.maximum():
            self.turned.emit(1)
        elif back and bar.value() <= 0:
            self.turned.emit(-1)
        elif event.text() in ("+", "=", "-", "0"):
            self.step_zoom({"-": -1, "0": 0}.get(event.text(), 1))
        else:
            with self._hand.keys():
                super().keyPressEvent(event)


class _Headers(QSyntaxHighlighter):
    """Writes the names of a message's headers, and its subject, in stronger letters."""

    def __init__(self, view: QPlainTextEdit) -> None:
        super().__init__(view.document())
        self.mail = False

    def highlightBlock(self, text: str) -> None:
        number = self.currentBlock().blockNumber()
        if not self.mail or number >= _HEADERS_WITHIN:
            return
        strong = QTextCharFormat()
        strong.setFontWeight(QFont.Weight.DemiBold)
        found = _HEADER.match(text)
        if found:
            self.setFormat(0, found.end() - 1, strong)
        elif number == 0:
            self.setFormat(0, len(text), strong)


def _style(
    ground: str, underline: QTextCharFormat.UnderlineStyle = QTextCharFormat.UnderlineStyle.NoUnderline
) -> QTextCharFormat:
    style = QTextCharFormat()
    style.setBackground(theme().color(ground))
    style.setUnderlineStyle(underline)
    style.setUnderlineColor(theme().color("accent"))
    return style


def _doubled(text: str) -> int:
    return sum(letter > "\uffff" for letter in text)
