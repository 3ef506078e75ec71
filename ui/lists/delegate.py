"""Draws a row: calm, rounded, its title shortened rather than cut."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QLineEdit, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui.i18n import tr
from ui.lists.model import ROW_ROLE, Row, Tone
from ui.lists.pictures import HEIGHT, WIDTH, paint
from ui.theme import Type, pixmap, theme

Index = QModelIndex | QPersistentModelIndex
_PAD_X, _PAD_Y, _END, _PICTURE_GAP = 10, 7, 18, 8
_WRAP: Final = int(Qt.TextFlag.TextWordWrap)


def end_area(view: QListView, row: QRect) -> QRect:
    """Where the button at the end of a row is, in a view that may run from right to left."""
    side = theme().px(_END) + theme().px(10)
    area = QRect(row.right() - side, row.top(), side, min(row.height(), theme().px(34)))
    if view.isRightToLeft():
        area.moveLeft(row.left())
    return area


class RowDelegate(QStyledItemDelegate):
    """One for each RowList."""

    def __init__(self, view: QListView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        row: Row = index.data(ROW_ROLE)
        width = self._view.viewport().width()
        height = QFontMetrics(theme().font(_title_type(row))).height() + 2 * theme().px(_PAD_Y)
        if row.detail:
            height += self._detail_height(row, width - _picture_room(row)) + theme().px(2)
        if row.progress is not None:
            height += theme().px(8)
        return QSize(width, height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: Row = index.data(ROW_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, option, row)
        area = QRect(option.rect).adjusted(theme().px(_PAD_X), theme().px(_PAD_Y), -theme().px(_PAD_X), 0)
        shows_end = bool(row.end) and (
            bool(option.state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_Selected))
            or row.tone is not Tone.PLAIN
        )
        if row.picture is not None:
            sheet = QRectF(area.left(), area.top(), theme().px(WIDTH), theme().px(HEIGHT))
            if self._view.isRightToLeft():
                sheet.moveRight(area.right())
                area.setRight(area.right() - _picture_room(row))
            else:
                area.setLeft(area.left() + _picture_room(row))
            paint(painter, sheet, row.picture)
        self._paint_words(painter, area, row, shows_end)
        if row.progress is not None:
            self._paint_progress(painter, area, option.rect.bottom(), row.progress)
        if shows_end:
            side = theme().px(_END)
            place = end_area(self._view, option.rect)
            spot = QRect(0, 0, side, side)
            spot.moveCenter(place.center())
            painter.drawPixmap(spot, pixmap(row.end, theme().palette.faint, side))
        painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setAccessibleName(tr("New title"))
        editor.setMaxLength(200)
        return editor

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        editor.setGeometry(option.rect)

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, row: Row) -> None:
        if row.tone is Tone.SECTION and not row.editable:
            return
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        focused = selected and self._view.hasFocus()
        color = "tint" if selected else "hover" if option.state & QStyle.StateFlag.State_MouseOver else ""
        if row.tone is Tone.WARN and not selected:
            color = "warn_tint"
        if color:
            painter.setPen(theme().color("accent") if focused else Qt.PenStyle.NoPen)
            painter.setBrush(theme().color(color))
            painter.drawRoundedRect(option.rect.adjusted(1, 1, -1, -1), theme().px(8), theme().px(8))

    def _paint_words(self, painter: QPainter, area: QRect, row: Row, shows_end: bool) -> None:
        align = Qt.AlignmentFlag.AlignRight if self._view.isRightToLeft() else Qt.AlignmentFlag.AlignLeft
        font = theme().font(_title_type(row))
        metrics = QFontMetrics(font)
        room = area.width() - (theme().px(_END) if shows_end else 0)
        line = QRect(area.left(), area.top(), room, metrics.height())
        if self._view.isRightToLeft():
            line.moveRight(area.right())
        if row.aside:
            painter.setFont(theme().font(Type.CAPTION))
            painter.setPen(theme().color("faint"))
            other = Qt.AlignmentFlag.AlignLeft if self._view.isRightToLeft() else Qt.AlignmentFlag.AlignRight
            painter.drawText(line, other | Qt.AlignmentFlag.AlignVCenter, row.aside)
            room -= QFontMetrics(theme().font(Type.CAPTION)).horizontalAdvance(row.aside) + theme().px(12)
        painter.setFont(font)
        painter.setPen(theme().color(_title_color(row)))
        mode = Qt.TextElideMode.ElideRight if row.editable else Qt.TextElideMode.ElideMiddle
        painter.drawText(line, align | Qt.AlignmentFlag.AlignVCenter, metrics.elidedText(row.title, mode, room))
        if not row.detail:
            return
        font = theme().font(Type.CAPTION)
        metrics = QFontMetrics(font)
        below = QRect(area.left(), line.bottom() + theme().px(2), area.width(), 10_000)
        painter.setFont(font)
        painter.setPen(theme().color("warn" if row.tone is Tone.WARN else "faint"))
        if row.tone is Tone.WARN:
            painter.drawText(below, align | _WRAP, row.detail)
        else:
            painter.drawText(below, align, metrics.elidedText(row.detail, Qt.TextElideMode.ElideRight, area.width()))

    def _paint_progress(self, painter: QPainter, area: QRect, bottom: int, share: float) -> None:
        height = max(2, theme().px(3))
        groove = QRect(area.left(), bottom - theme().px(6), area.width(), height)
        done = QRect(groove)
        done.setWidth(round(groove.width() * min(1.0, max(0.0, share))))
        if self._view.isRightToLeft():
            done.moveRight(groove.right())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().color("line"))
        painter.drawRoundedRect(groove, height / 2, height / 2)
        painter.setBrush(theme().color("accent"))
        painter.drawRoundedRect(done, height / 2, height / 2)

    def _detail_height(self, row: Row, width: int) -> int:
        metrics = QFontMetrics(theme().font(Type.CAPTION))
        if row.tone is not Tone.WARN:
            return metrics.height()
        room = QRect(0, 0, width - 2 * theme().px(_PAD_X), 10_000)
        return metrics.boundingRect(room, _WRAP, row.detail).height() + theme().px(4)


def _picture_room(row: Row) -> int:
    """Pixels that the picture takes before the words."""
    return theme().px(WIDTH + _PICTURE_GAP) if row.picture is not None else 0


def _title_type(row: Row) -> Type:
    return Type.LABEL if row.tone is Tone.SECTION else Type.UI


def _title_color(row: Row) -> str:
    if row.tone is Tone.SECTION:
        return "faint"
    return "warn" if row.tone is Tone.WARN else "ink"
