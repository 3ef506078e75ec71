"""Pages as pictures, one below the other: only those in sight are asked for, and only so many are kept."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from PySide6.QtCore import QPoint, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea

from assistant.values import Box, DrawnWord
from ui.i18n import tr
from ui.panels.viewer.hand import ByHand
from ui.theme import PAPER, Type, theme

_ASK_MILLISECONDS: Final = 40
_KEPT_BYTES: Final = 32 << 20
_POINTS_A_PIXEL: Final = 72 / 96
_STEPS: Final = (25, 33, 50, 67, 80, 100, 125, 150, 200, 300, 400)
_WIDEST_PIXELS: Final = 4_000
_LAST_SHARE: Final = 0.98  # of a page: what comes after is the next one's


@dataclass(frozen=True, slots=True)
class PageMarks:
    """What is marked on a page: a passage, what answers in it, and places with the words that are searched."""

    passage: tuple[Box, ...] = ()
    quote: tuple[Box, ...] = ()
    found: tuple[tuple[Box, ...], ...] = ()


@dataclass(slots=True)
class _Kept:
    """A page as it was drawn. width: in pixels of the screen."""

    image: QImage
    words: Sequence[DrawnWord]


class PageArea(QAbstractScrollArea):
    """`wanted`: a page is to be drawn (its number from 1, width in pixels of the screen). `moved`: another is in sight.

    `zoomed`: it is shown larger or smaller. `scrolled`: the person went on within a page (its number, the share of it
    that is read, 0 to 1).
    """

    wanted = Signal(int, int)
    moved = Signal(int)
    zoomed = Signal()
    scrolled = Signal(int, float)

    def __init__(self) -> None:
        super().__init__()
        self._sizes: tuple[tuple[float, float], ...] = ()
        self._tops: list[int] = [0]
        self._kept: OrderedDict[int, _Kept] = OrderedDict()
        self._marks: dict[int, PageMarks] = {}
        self._refused: dict[int, str] = {}
        self._found: tuple[int, int] | None = None
        self._percent = 0  # 0: as wide as there is room
        self._current = 1
        self._goal: tuple[int, Box | None] | None = None
        self._selected: tuple[int, int, int] | None = None  # page, first word, last word
        self._asking = QTimer(self)
        self._asking.setSingleShot(True)
        self._asking.setInterval(_ASK_MILLISECONDS)
        self._asking.timeout.connect(self._ask)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setAccessibleName(tr("Pages"))
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self._hand = ByHand(self.verticalScrollBar())
        self._hand.scrolled.connect(lambda: self.scrolled.emit(self._current, self.share))
        self.horizontalScrollBar().valueChanged.connect(lambda: self.viewport().update())
        theme().changed.connect(self._lay_out)

    # --- what is shown ----------------------------------------------------------------------

    @property
    def current(self) -> int:
        """The number of the page in sight, from 1."""
        return self._current

    @property
    def zoom(self) -> int:
        """How large the page in sight is, in percent of its size on paper."""
        if not self._sizes:
            return 100
        return round(100 * self._scale() * _POINTS_A_PIXEL)

    @property
    def selected(self) -> str:
        """The words that are selected."""
        if self._selected is None or self._selected[0] not in self._kept:
            return ""
        page, first, last = self._selected
        return " ".join(word.text for word in self._kept[page].words[min(first, last) : max(first, last) + 1])

    @property
    def kept(self) -> frozenset[int]:
        """The pages that are drawn and kept."""
        return frozenset(self._kept)

    def wants(self, page: int) -> bool:
        """True if a page is in sight, or nearly."""
        return page in self._near()

    def set_pages(self, sizes: Sequence[tuple[float, float]]) -> None:
        """Show a document of pages of these sizes, in points (1/72 inch)."""
        self._sizes = tuple(sizes)
        self._kept.clear()
        self._marks.clear()
        self._refused.clear()
        self._found = self._selected = self._goal = None
        self._current = 1
        self._lay_out()
        self.verticalScrollBar().setValue(0)

    def put(self, page: int, image: QImage, words: Sequence[DrawnWord]) -> None:
        """Take in a page that was asked for."""
        self._refused.pop(page, None)
        self._kept[page] = _Kept(image, words)
        self._kept.move_to_end(page)
        held = sum(kept.image.sizeInBytes() for kept in self._kept.values())
        near = self._near()
        for old in list(self._kept):
            if held <= _KEPT_BYTES:
                break
            if old not in near:
                held -= self._kept.pop(old).image.sizeInBytes()
        self.viewport().update()

    def refuse(self, page: int, sentence: str) -> None:
        """Say on the empty place of a page why it is not drawn."""
        self._refused[page] = sentence
        self.viewport().update()

    @property
    def refused(self) -> dict[int, str]:
        """The pages that are not drawn, and why."""
        return dict(self._refused)

    def mark(self, page: int, marks: PageMarks) -> None:
        """Mark places on a page."""
        self._marks[page] = marks
        self.viewport().update()
        if self._goal is not None and self._goal[0] == page:
            boxes = marks.quote or marks.passage
            if self._found is not None and self._found[0] == page and self._found[1] < len(marks.found):
                boxes = marks.found[self._found[1]]
            if boxes:
                self._reveal(page, boxes[0])
                self._goal = None

    def clear_marks(self) -> None:
        """Mark nothing any more."""
        self._marks.clear()
        self._found = None
        self.viewport().update()

    def show_found(self, page: int, nth: int) -> None:
        """Go to a place that has the words searched: so many-th on its page, from 0."""
        self._found = (page, nth)
        marks = self._marks.get(page)
        if marks is not None and nth < len(marks.found):
            self._reveal(page, marks.found[nth][0])
        else:
            self.go_to(page)
        self.viewport().update()

    def go_to(self, page: int) -> None:
        """Bring a page into sight, and what is marked on it once that is known."""
        page = min(max(1, page), len(self._sizes) or 1)
        marks = self._marks.get(page)
        self._goal = (page, None)
        if marks is not None and (marks.quote or marks.passage) and self._found is None:
            self._reveal(page, (marks.quote or marks.passage)[0])
            self._goal = None
        else:
            self.verticalScrollBar().setValue(self._tops[page - 1] - self._gap())
        self._asking.start()

    def turn_to(self, page: int) -> None:
        """Go to the top of a page."""
        page = min(max(1, page), len(self._sizes) or 1)
        self._goal = None
        self.verticalScrollBar().setValue(self._tops[page - 1] - self._gap())

    @property
    def share(self) -> float:
        """How much of the page in sight lies above where one reads, 0 to 1."""
        top, below = self._tops[self._current - 1], self._tops[min(self._current, len(self._tops) - 1)]
        at = self.verticalScrollBar().value() + self._line() - top
        return min(1.0, max(0.0, at / max(1, below - top)))

    def show_share(self, page: int, share: float) -> None:
        """Scroll to a place within a page, without this being a person's doing."""
        if 1 <= page <= len(self._sizes):
            height = self._tops[page] - self._tops[page - 1]
            at = self._tops[page - 1] + round(min(_LAST_SHARE, max(0.0, share)) * height)
            self._goal = None
            self.verticalScrollBar().setValue(at - self._line())

    def step_zoom(self, by: int) -> None:
        """Show it larger or smaller by one step; 0: as wide as there is room."""
        if by == 0:
            self._percent = 0
        else:
            now = self.zoom
            steps = [step for step in _STEPS if (step > now + 1 if by > 0 else step < now - 1)]
            self._percent = (steps[0] if by > 0 else steps[-1]) if steps else now
        self._lay_out(keep_place=True)
        self.zoomed.emit()

    # --- where things are -------------------------------------------------------------------

    def _gap(self) -> int:
        return theme().px(12)

    def _scale(self) -> float:
        """Pixels a point."""
        if self._percent:
            return self._percent / 100 / _POINTS_A_PIXEL
        # The usual page decides, not one odd plan that is folded in.
        usual = sorted(width for width, _ in self._sizes[:200])
        return max(0.05, (self.viewport().width() - 2 * self._gap()) / usual[len(usual) // 2])

    def _lay_out(self, keep_place: bool = False) -> None:
        bar = self.verticalScrollBar()
        at = (bar.value() + self._gap()) / max(1, self._tops[-1]) if keep_place else None
        scale, gap = self._scale() if self._sizes else 1.0, self._gap()
        self._tops = list(accumulate((round(height * scale) + gap for _, height in self._sizes), initial=gap))
        widest = round(max((width for width, _ in self._sizes[:200]), default=0) * scale) + 2 * gap
        page = self.viewport().size()
        bar.setPageStep(page.height())
        bar.setSingleStep(theme().px(40))
        bar.setRange(0, max(0, self._tops[-1] - page.height()))
        self.horizontalScrollBar().setPageStep(page.width())
        self.horizontalScrollBar().setRange(0, max(0, widest - page.width()))
        if at is not None:
            bar.setValue(round(at * self._tops[-1]) - self._gap())
        self.viewport().update()
        self._asking.start()

    def _in_sight(self) -> range:
        """The pages in sight, from 1."""
        if not self._sizes:
            return range(0)
        top = self.verticalScrollBar().value()
        first = max(1, bisect_right(self._tops, top))
        last = max(first, bisect_right(self._tops, top + self.viewport().height()))
        return range(first, min(last, len(self._sizes)) + 1)

    def _line(self) -> int:
        """How far below the upper edge one reads: of pages that are low, as slides are, the upper one counts."""
        sight = self._in_sight()
        height = self._tops[sight.start] - self._tops[sight.start - 1] if sight else 0
        return min(self.viewport().height() // 3, height // 2)

    def _near(self) -> set[int]:
        sight = self._in_sight()
        return set(range(max(1, sight.start - 1), min(sight.stop, len(self._sizes)) + 1)) if sight else set()

    def _place(self, page: int) -> QRectF:
        """Where a page stands on the screen."""
        width, height = (size * self._scale() for size in self._sizes[page - 1])
        room = self.viewport().width()
        left = (room - width) / 2 if width + 2 * self._gap() <= room else self._gap()
        x = left - self.horizontalScrollBar().value()
        return QRectF(x, self._tops[page - 1] - self.verticalScrollBar().value(), width, height)

    def _reveal(self, page: int, box: Box) -> None:
        place = self._place(page)
        top = self._tops[page - 1] + round(box.top * place.height())
        self.verticalScrollBar().setValue(top - self.viewport().height() // 4)
        left = place.left() + box.left * place.width()
        if not 0 <= left < self.viewport().width() * 0.8:
            bar = self.horizontalScrollBar()
            bar.setValue(bar.value() + round(left) - self.viewport().width() // 5)

    def _scrolled(self) -> None:
        sight = self._in_sight()
        if sight:
            read = self.verticalScrollBar().value() + self._line()
            page = min(max(bisect_right(self._tops, read), sight.start), len(self._sizes))
            if page != self._current:
                self._current = page
                self.moved.emit(page)
        self.viewport().update()
        if not self._asking.isActive():
            self._asking.start()

    def _ask(self) -> None:
        """Ask for what is in sight, then for its neighbours, in the size in which they are shown."""
        if not self.isVisible():
            return
        sight = self._in_sight()
        for page in (*sight, *sorted(self._near() - set(sight))):
            width = min(_WIDEST_PIXELS, round(self._place(page).width() * self.devicePixelRatioF()))
            kept = self._kept.get(page)
            if kept is None or (abs(kept.image.width() - width) > 2 and not self._as_sharp_as_can_be(kept, width)):
                self.wanted.emit(page, width)

    def _as_sharp_as_can_be(self, kept: _Kept, width: int) -> bool:
        """True for a picture that came smaller than it was asked for, since there is a limit."""
        return width > kept.image.width() and kept.image.width() * kept.image.height() > 7_900_000

    # --- what is painted --------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), theme().color("side"))
        for page in self._in_sight():
            place = self._place(page)
            painter.fillRect(place, QColor(PAPER.sheet))
            kept = self._kept.get(page)
            if kept is not None:
                exact = abs(kept.image.width() - place.width() * self.devicePixelRatioF()) < 3
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not exact)
                painter.drawImage(place, kept.image)
            elif page in self._refused:
                inner = place.adjusted(self._gap(), self._gap(), -self._gap(), -self._gap())
                painter.setPen(QColor(PAPER.found_ink))
                painter.setFont(theme().font(Type.UI))
                top = int(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap)
                painter.drawText(inner, top, self._refused[page])
            self._paint_marks(painter, page, place)
            painter.setPen(QPen(theme().color("line"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(place)
        if self.hasFocus():
            painter.setPen(QPen(theme().color("accent"), 2))
            painter.drawRect(QRectF(self.viewport().rect()).adjusted(1, 1, -1, -1))
        painter.end()

    def _paint_marks(self, painter: QPainter, page: int, place: QRectF) -> None:
        marks = self._marks.get(page, PageMarks())
        painter.save()
        painter.setClipRect(place)
        # What is printed stays readable under a mark, as under a felt pen.
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)
        for boxes, color in ((marks.passage, PAPER.passage), (marks.quote, PAPER.quote)):
            for box in boxes:
                painter.fillRect(_on(place, box), QColor(color))
        for found in marks.found:
            for box in found:
                painter.fillRect(_on(place, box), QColor(PAPER.found))
        for box in self._selected_boxes(page):
            painter.fillRect(_on(place, box), QColor(PAPER.selected))
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        # Never by colour alone: a bar beside the passage, a line under what answers, a frame round what was found.
        strong = max(2.0, theme().px(2))
        for box in marks.passage:
            rect = _on(place, box)
            painter.fillRect(QRectF(rect.left() - 2.5 * strong, rect.top(), strong, rect.height()), QColor(PAPER.ink))
        for box in marks.quote:
            rect = _on(place, box)
            painter.fillRect(QRectF(rect.left(), rect.bottom() - strong / 2, rect.width(), strong), QColor(PAPER.ink))
        if self._found is not None and self._found[0] == page and self._found[1] < len(marks.found):
            painter.setPen(QPen(QColor(PAPER.found_ink), strong))
            for box in marks.found[self._found[1]]:
                painter.drawRect(_on(place, box))
        painter.restore()

    def _selected_boxes(self, page: int) -> list[Box]:
        if self._selected is None or self._selected[0] != page or page not in self._kept:
            return []
        _, first, last = self._selected
        return [word.box for word in self._kept[page].words[min(first, last) : max(first, last) + 1]]

    # --- what a person does -----------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        bar = self.verticalScrollBar()
        match event.key():
            case Qt.Key.Key_PageDown | Qt.Key.Key_Space:
                bar.triggerAction(bar.SliderAction.SliderPageStepAdd)
            case Qt.Key.Key_PageUp:
                bar.triggerAction(bar.SliderAction.SliderPageStepSub)
            case Qt.Key.Key_Home:
                bar.triggerAction(bar.SliderAction.SliderToMinimum)
            case Qt.Key.Key_End:
                bar.triggerAction(bar.SliderAction.SliderToMaximum)
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.step_zoom(1)
            case Qt.Key.Key_Minus:
                self.step_zoom(-1)
            case Qt.Key.Key_0:
                self.step_zoom(0)
            case _:
                super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.step_zoom(1 if event.angleDelta().y() > 0 else -1)
        else:
            super().wheelEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self._word_at(event.position().toPoint())
        self._selected = None if found is None else (found[0], found[1], found[1])
        self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._selected is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        found = self._word_at(event.position().toPoint())
        if found is not None and found[0] == self._selected[0]:
            self._selected = (found[0], self._selected[1], found[1])
            self.viewport().update()

    def _word_at(self, point: QPoint) -> tuple[int, int] | None:
        """The page and the number of the word nearest to a point."""
        for page in self._in_sight():
            place = self._place(page)
            if page in self._kept and place.contains(point) and self._kept[page].words:
                x, y = (point.x() - place.left()) / place.width(), (point.y() - place.top()) / place.height()
                words = self._kept[page].words
                return page, min(range(len(words)), key=lambda number: _distance(words[number].box, x, y))
        return None

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.viewport().width() > 1:  # else it is only about to be shown, or hidden
            self._lay_out(keep_place=bool(self._sizes))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._lay_out(keep_place=True)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.viewport().update()


def _on(place: QRectF, box: Box) -> QRectF:
    return QRectF(
        place.left() + box.left * place.width(),
        place.top() + box.top * place.height(),
        (box.right - box.left) * place.width(),
        (box.bottom - box.top) * place.height(),
    )


def _distance(box: Box, x: float, y: float) -> float:
    """How far a point is from a box; lines count more than columns, as in reading."""
    across = max(box.left - x, 0.0, x - box.right)
    down = max(box.top - y, 0.0, y - box.bottom)
    return across + 4 * down
