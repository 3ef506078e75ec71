"""Shows one passage that an answer rests on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from assistant.values import Citation, PassageId
from ui.i18n import number, tr
from ui.text import InertText, Mark
from ui.theme import Type, theme
from ui.widgets import ElidedLabel, TextButton, label

_FOLDED_LINES: Final = 8
_LINES_BEFORE: Final = 2  # of a folded passage, before the words that are marked
_BEFORE: Final = 70  # characters that stand before them where the passage is folded to them


class SourceCard(QFrame):
    """One passage: its number, its document, its place and its words, in which those that answer are marked.

    Long ones open on demand; folded, they show the marked words. `pin_pressed`: it is to be kept in mind, or no more;
    with its id. `open_pressed`: it is to be shown in its document: the card or the marked words were clicked, or O or
    the button was pressed.
    """

    opened = Signal()
    pin_pressed = Signal(object)
    open_pressed = Signal(int)

    def __init__(self, citation: Citation) -> None:
        super().__init__()
        self.citation: Citation | None = None
        self._passage: PassageId | None = None
        self._folded = True
        self._fitted: tuple[int, bool] | None = None  # at which width, and whether folded
        self._pressed: QPointF | None = None
        self.setObjectName("card")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._number = label("", "number")
        self._document = ElidedLabel(in_the_middle=True)
        self._place = ElidedLabel("", "caption")
        self._text = InertText(body=Type.UI)
        self._text.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._text.mark_chosen.connect(self._open_it)
        self._more = TextButton(tr("Show the whole passage"), "link")
        self._more.clicked.connect(self.toggle)
        self._pin = TextButton("", "link")
        self._pin.clicked.connect(lambda: self.pin_pressed.emit(self._passage))
        self._open = TextButton(tr("Open"), "link")
        self._open.clicked.connect(self._open_it)
        self._arrange()
        self.show_citation(citation)

    def show_citation(self, citation: Citation) -> None:
        """Show this passage, in the place of what was shown."""
        if citation == self.citation:
            return
        if self.citation is None or (citation.passage_id, citation.text) != (self._passage, self.citation.text):
            self._folded = True
        self.citation, self._fitted = citation, None
        self.number, self._passage = citation.number, citation.passage_id
        self._words = citation.text or tr("This passage went with its document, which was removed.")
        self._marks = marks_of(citation)
        self.setAccessibleName(
            tr("Source {n}: {document}, {place}", n=citation.number, document=citation.document, place=citation.place)
        )
        self.setAccessibleDescription(spoken(citation))
        self._number.setText(str(citation.number))
        self._document.setText(citation.document)
        self._place.setText(citation.place[:1].upper() + citation.place[1:])
        self._place.setVisible(bool(citation.place))
        self._text.setAccessibleName(tr("Passage {n}", n=citation.number))
        self._text.setAccessibleDescription(_where(citation.text, self._marks))
        self._text.set_plain(self._words, self._marks)
        self._there = citation.document_id is not None
        self._open.setAccessibleName(tr("Open the document of passage {n} at it", n=citation.number))
        self._open.setVisible(self._there)
        self.setCursor(Qt.CursorShape.PointingHandCursor if self._there else Qt.CursorShape.ArrowCursor)
        self.show_pinned(frozenset())

    def _arrange(self) -> None:
        px = theme().px
        head = QHBoxLayout()
        head.setSpacing(px(8))
        head.addWidget(self._number)
        head.addWidget(self._document, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(14), px(12), px(14), px(10))
        layout.setSpacing(px(6))
        layout.addLayout(head)
        layout.addWidget(self._place)
        layout.addWidget(self._text)
        foot = QHBoxLayout()
        foot.addWidget(self._more)
        foot.addStretch(1)
        foot.addWidget(self._open)
        foot.addWidget(self._pin)
        layout.addLayout(foot)

    def fit(self, width: int) -> None:
        """Lay out the passage for a card of `width` pixels."""
        if self._fitted == (width, self._folded):
            return
        self._fitted = (width, self._folded)
        inner = width - 2 * theme().px(14) - 4
        self._write(0)
        self._text.fit(inner)
        folded = self._text.height_of_lines(_FOLDED_LINES)
        self._more.setVisible(folded is not None)
        self._more.say(tr("Show the whole passage") if self._folded else tr("Show less"))
        if folded is None or not self._folded:
            return
        line = self._text.line_of_mark()
        if line is not None and line >= _FOLDED_LINES - _LINES_BEFORE:
            self._write(_cut_before(self._words, self._marks))
            height = self._text.fit(inner)
            folded = self._text.height_of_lines(_FOLDED_LINES) or height
        self._text.setFixedHeight(folded)

    def _write(self, cut: int) -> None:
        """Show the passage from its character `cut` on."""
        words = f"… {self._words[cut:]}" if cut else self._words
        if words != self._text.written:
            by = 2 - cut if cut else 0
            self._text.set_plain(words, [replace(one, start=one.start + by, end=one.end + by) for one in self._marks])

    def show_pinned(self, pinned: Collection[object]) -> None:
        """Show whether it is among the passages that are kept in mind."""
        self._pin.setVisible(self._passage is not None)
        held = self._passage in pinned
        self._pin.say(tr("Unpin") if held else tr("Pin"))
        self._pin.setAccessibleName(
            tr("Keep passage {n} in mind no more", n=self.number)
            if held
            else tr("Keep passage {n} in mind in this chat", n=self.number)
        )

    def toggle(self) -> None:
        """Open or fold a long passage."""
        self._folded = not self._folded
        self.fit(self._fitted[0] if self._fitted else self.width())
        self.opened.emit()

    def mark(self, marked: bool) -> None:
        """Draw it as the one that is meant, and open it."""
        said = "true" if marked else "false"
        if self.property("marked") != said:
            self.setProperty("marked", said)
            self.style().polish(self)
        if marked and self._folded:
            self.toggle()

    def restyle(self) -> None:
        """Write the passage anew after the theme changed."""
        self._text.restyle()
        self._fitted = None
        self.fit(self.width())

    def _open_it(self) -> None:
        if self._there:
            self.open_pressed.emit(self.number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_O:
            self._open_it()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.toggle()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position() if event.button() == Qt.MouseButton.LeftButton else None
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is not None and self.rect().contains(event.position().toPoint()):
            self._open_it()
        super().mouseReleaseEvent(event)


def marks_of(citation: Citation) -> tuple[Mark, ...]:
    """What is marked in a citation's passage: the words that answer, and the sentence round them; or that alone."""
    size = len(citation.text)
    start, end = max(0, citation.start), min(citation.end, size)
    sentence = (Mark(start, end),) if start < end else ()
    start, end = max(0, citation.span_start), min(citation.span_end, size)
    if start < end:
        return (*sentence, Mark(start, end, strong=True))
    return tuple(replace(one, strong=True) for one in sentence)


def spoken(citation: Citation) -> str:
    """A citation's passage for who hears it: what is marked comes first, and where that stands in it."""
    where = _where(citation.text, marks_of(citation))
    return f"{where} {tr('The passage: {words}', words=citation.text)}" if where else citation.text


def _where(text: str, marks: Sequence[Mark]) -> str:
    """The marked words, and which words of the passage they are."""
    strong = next((one for one in marks if one.strong), None)
    if strong is None:
        return ""
    quote = text[strong.start : strong.end]
    before = len(text[: strong.start].split())
    # Marks may begin within a word: it counts as theirs.
    first = before + (0 if before and not text[strong.start - 1].isspace() else 1)
    last = max(first, len(text[: strong.end].split()))
    return tr(
        "Marked, words {first} to {last} of {all}: “{quote}”.",
        first=number(first),
        last=number(last),
        all=number(len(text.split())),
        quote=" ".join(quote.split()),
    )


def _cut_before(text: str, marks: Sequence[Mark]) -> int:
    """Where a folded passage begins, so that the marked words stand in it: at a word, a little before them."""
    start = min(one.start for one in marks)
    strong = next(one.start for one in marks if one.strong)
    # A sentence that is long itself gives way to the words in it.
    at = max(0, (start if strong - start <= 3 * _BEFORE else strong) - _BEFORE)
    space = text.find(" ", at, strong)
    return space + 1 if space >= 0 else strong
