"""A text one can read, select and walk through, that loads nothing and opens nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from PySide6.QtCore import QByteArray, QEvent, QPoint, QPointF, QRectF, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QGuiApplication,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextBrowser, QToolButton, QToolTip, QWidget

from ui.i18n import tr
from ui.text.doubt import Doubt
from ui.text.parse import parse
from ui.text.write import CITATION_SCHEME, MARK_TARGET, BlockRole, Mark, Writer, role_of
from ui.theme import Type, icon, theme
from ui.widgets import announce, untipped

_COPIED_MILLISECONDS: Final = 1600
_UNKNOWN: Final = QTextDocument.ResourceType.UnknownResource


class _InertDocument(QTextDocument):
    """A document that loads nothing.

    To override this in the widget is not enough: Qt takes "nothing" from there as a wish to read the file itself.
    """

    def loadResource(self, type: int, name: QUrl | str) -> object:  # noqa: A002 (Qt's name)
        """Nothing to see: whatever a text names, it is not fetched, not even from this disk.

        Not None: for a picture that is not there, Qt opens the file of that name by itself.
        """
        nothing = QImage(1, 1, QImage.Format.Format_ARGB32)
        nothing.fill(0)
        return nothing if type == QTextDocument.ResourceType.ImageResource.value else QByteArray()


class InertText(QTextBrowser):
    """Shows text at its full height. `cited` says which citation a person chose, by mouse or by Tab and Enter.

    With its number comes which mark of that number it is, from 0: the same passage may stand behind several sentences.
    `mark_chosen`: marked words of a plain text were.
    """

    cited = Signal(int, int)
    mark_chosen = Signal()

    def __init__(self, parent: QWidget | None = None, *, body: Type = Type.BODY) -> None:
        super().__init__(parent)
        self._body = body
        self._source = ""
        self._numbers: frozenset[int] | None = frozenset()
        self._marks: tuple[Mark, ...] = ()
        self._doubts: tuple[Doubt, ...] = ()
        self._settled = (0, 0)  # how much of the source is final, and where that ends in the document
        self._pressed: QPoint | None = None
        self._copy_buttons: list[QToolButton] = []
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
            | Qt.TextInteractionFlag.LinksAccessibleByMouse
            | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )
        self.setDocument(_InertDocument(self))
        self.document().setDocumentMargin(0)
        self.viewport().setAutoFillBackground(False)
        self.anchorClicked.connect(self._clicked)
        # It is as high as it needs to be, or cut off below: Qt would scroll to wherever its cursor is.
        self.verticalScrollBar().valueChanged.connect(self._stay)

    def _stay(self, value: int) -> None:
        if value:
            self.verticalScrollBar().setValue(0)

    def doSetSource(self, name: QUrl | str, type: QTextDocument.ResourceType = _UNKNOWN) -> None:  # noqa: A002 (Qt's name)
        """Nothing: this shows what it is given, and goes to no page."""

    @property
    def written(self) -> str:
        """What is shown, as it was given."""
        return self._source

    def set_plain(self, text: str, marks: Sequence[Mark] = ()) -> None:
        """Show `text` as it is, with these marks."""
        self._source, self._numbers, self._marks = text, None, tuple(marks)
        self.document().clear()
        Writer(self._body).plain(QTextCursor(self.document()), text, self._marks)

    def set_markdown(self, text: str, citations: Collection[int] = (), doubts: Sequence[Doubt] = ()) -> None:
        """Show `text` as Markdown; where it continues what is shown, only its last block is written anew.

        doubts: those whose marks are in it, in their order.
        """
        numbers, doubts = frozenset(citations), tuple(doubts)
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        goes_on = text.startswith(self._source) and doubts[: len(self._doubts)] == self._doubts
        if numbers != self._numbers or not goes_on or not self._source:
            self._settled = (0, 0)
        self._source, self._numbers, self._doubts = text, numbers, doubts
        self._write_rest()

    def restyle(self) -> None:
        """Write everything anew, after the theme has changed."""
        if self._numbers is None:
            self.set_plain(self._source, self._marks)
        else:
            self._settled = (0, 0)
            self._write_rest()

    def fit(self, width: int) -> int:
        """Lay out at `width` pixels, take the height that this needs, and return it."""
        document = self.document()
        if round(document.textWidth()) != width:
            document.setTextWidth(width)
        # Qt leaves out the last block's lower margin, which is the padding of a code block at the end.
        height = int(max(document.size().height(), self._area(document.lastBlock()).bottom()) + 0.99)
        self.setFixedHeight(max(height, 1))
        self._place_copy_buttons(width)
        return height

    def height_of_lines(self, lines: int) -> int | None:
        """The height of the first `lines` lines as laid out; None if there are no more than these."""
        seen = 0
        block = self.document().begin()
        while block.isValid():
            layout = block.layout()
            for number in range(layout.lineCount()):
                if seen == lines:
                    return round(layout.position().y() + layout.lineAt(number).y())
                seen += 1
            block = block.next()
        return None

    def line_of_mark(self) -> int | None:
        """The line, from 0 and as laid out, on which the strong mark begins; None where there is none."""
        seen = 0
        block = self.document().begin()
        while block.isValid():
            for part in block.textFormats():
                if part.format.isAnchor() and part.format.anchorHref() == MARK_TARGET:
                    return seen + block.layout().lineForTextPosition(part.start).lineNumber()
            seen += block.layout().lineCount()
            block = block.next()
        return None

    def natural_width(self) -> int:
        """The width that the text would take in one line per paragraph."""
        document = self.document()
        before = document.textWidth()
        document.setTextWidth(-1)
        width = int(document.idealWidth() + 1.99)
        document.setTextWidth(before)
        return width

    def _write_rest(self) -> None:
        characters, position = self._settled
        blocks = parse(self._source[characters:], self._numbers or (), self._doubts)
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        cursor.setPosition(position)
        cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        writer = Writer(self._body)
        last = blocks[-1].line if blocks else 0
        final = [block for block in blocks if block.line < last]
        writer.write(cursor, final)
        if final:
            cursor.insertBlock(QTextBlockFormat(), QTextCharFormat())
            self._settled = (characters + _offset_of_line(self._source[characters:], last), cursor.position())
        writer.write(cursor, [block for block in blocks if block.line >= last])
        cursor.endEditBlock()

    def _clicked(self, link: QUrl) -> None:
        target = link.toString()
        if target == MARK_TARGET:
            self.mark_chosen.emit()
        elif target.startswith(CITATION_SCHEME) and target[len(CITATION_SCHEME) :].isdecimal():
            self.cited.emit(int(target[len(CITATION_SCHEME) :]), self._marks_before(target))

    def _marks_before(self, target: str) -> int:
        """How many marks that lead to the same place stand before the one that was chosen."""
        if self._pressed is not None:
            here = self.cursorForPosition(self._pressed).position()
        else:
            here = self.textCursor().selectionEnd()
        places = []
        block = self.document().begin()
        while block.isValid():
            for part in block.textFormats():
                if part.format.isAnchor() and part.format.anchorHref() == target:
                    places.append((block.position() + part.start, block.position() + part.start + part.length))
            block = block.next()
        return max(0, sum(start <= here for start, _ in places) - 1)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002 (Qt's name)
        """With the keyboard, a place that says more when it is pointed at says that when it is reached."""
        moved = super().focusNextPrevChild(next)
        cursor = self.textCursor()
        hint = cursor.charFormat().toolTip() if moved and self.hasFocus() and cursor.hasSelection() else ""
        if hint:
            QToolTip.showText(self.viewport().mapToGlobal(self.cursorRect().bottomLeft()), hint, self)
            announce(self, self.hint_at(cursor.selectionStart() + 1))
        else:
            QToolTip.hideText()
        return moved

    def hint_at(self, position: int) -> str:
        """What is said where a person points at this place of the document, "" for nothing."""
        cursor = QTextCursor(self.document())
        cursor.setPosition(position)
        return untipped(cursor.charFormat().toolTip())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position().toPoint()
        super().mouseReleaseEvent(event)
        self._pressed = None

    # --- what is painted under the text -----------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for block, role, quotes in self._decorated():
            self._paint_under(painter, block, role, quotes)
        painter.end()
        super().paintEvent(event)

    def _decorated(self) -> Iterator[tuple[QTextBlock, BlockRole, int]]:
        block = self.document().begin()
        while block.isValid():
            role, quotes = role_of(block)
            if role in (BlockRole.CODE, BlockRole.RULE) or quotes:
                yield block, role, quotes
            block = block.next()

    def _paint_under(self, painter: QPainter, block: QTextBlock, role: BlockRole, quotes: int) -> None:
        area = self._area(block)
        if role is BlockRole.CODE:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme().color("sunken"))
            painter.drawRoundedRect(area, theme().px(8), theme().px(8))
        elif role is BlockRole.RULE:
            painter.fillRect(QRectF(area.left(), area.center().y(), area.width(), 1), theme().color("line"))
        for number in range(quotes):
            left = number * theme().px(self._body.pixels) * 1.6
            bar = QRectF(left, area.top(), theme().px(3), area.height())
            if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
                bar.moveRight(self.viewport().width() - left)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme().color("line"))
            painter.drawRoundedRect(bar, 1.5, 1.5)

    def _area(self, block: QTextBlock) -> QRectF:
        """Where `block` stands, with the padding of code."""
        layout, form = block.layout(), block.blockFormat()
        area = layout.boundingRect().translated(layout.position())
        pad = theme().px(self._body.pixels) * 0.9 if role_of(block)[0] is BlockRole.CODE else 0
        top, bottom = area.top() - pad, area.bottom() + pad
        left = max(0.0, form.leftMargin() - pad)
        return QRectF(QPointF(left, top), QPointF(self.document().textWidth(), bottom))

    def _place_copy_buttons(self, width: int) -> None:
        blocks = [block for block, role, _ in self._decorated() if role is BlockRole.CODE]
        while len(self._copy_buttons) < len(blocks):
            self._copy_buttons.append(self._copy_button(len(self._copy_buttons)))
        for button in self._copy_buttons[len(blocks) :]:
            button.hide()
        for button, block in zip(self._copy_buttons, blocks, strict=False):
            area = self._area(block)
            side = theme().px(28)
            x = theme().px(6) if self.isRightToLeft() else width - side - theme().px(6)
            button.setGeometry(x, int(area.top()) + theme().px(6), side, side)
            button.show()

    def _copy_button(self, number: int) -> QToolButton:
        button = QToolButton(self.viewport())
        button.setProperty("role", "code")
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        _label_copy(button)
        button.clicked.connect(lambda: self._copy_code(number, button))
        return button

    def _copy_code(self, number: int, button: QToolButton) -> None:
        codes = [block for block, role, _ in self._decorated() if role is BlockRole.CODE]
        QGuiApplication.clipboard().setText(codes[number].text().replace("\u2028", "\n"))
        button.setIcon(icon("check", theme().palette.leaf))
        button.setToolTip(tr("Copied"))
        QTimer.singleShot(_COPIED_MILLISECONDS, button, lambda: _label_copy(button))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            option = self.document().defaultTextOption()
            option.setTextDirection(self.layoutDirection())
            self.document().setDefaultTextOption(option)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The text is as high as it needs: the wheel is for what it stands in."""
        event.ignore()


def _label_copy(button: QToolButton) -> None:
    button.setIcon(icon("copy", theme().palette.soft))
    button.setToolTip(tr("Copy this code"))
    button.setAccessibleName(tr("Copy this code"))


def _offset_of_line(text: str, line: int) -> int:
    """Where `line` begins in `text`, counted as markdown-it counts."""
    offset = 0
    for _ in range(line):
        offset = text.index("\n", offset) + 1
    return offset
