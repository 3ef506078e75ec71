"""Shows every option with its words and takes a new value at once; what may not be, is said and put back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar, cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import (
    QDialog,
    QDoubleSpinBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from assistant.errors import PrivetError
from assistant.settings import Option, Settings, options
from ui.bridge import Bridge
from ui.i18n import tr
from ui.panels.preferences.stepper import Stepper
from ui.theme import theme
from ui.widgets import Banner, Switch, TextButton, label

T = TypeVar("T", bool, int, float, str)
AnyOption = Option[str] | Option[int] | Option[float] | Option[bool]
_FULL_WIDTH: Final = Qt.AlignmentFlag(0)
_CHOICES: Final = {"system": "As the system", "light": "Light", "dark": "Dark"}
_LONG_TEXT: Final = frozenset({options.INSTRUCTIONS.key})


class PreferencesDialog(QDialog):
    """`taken`: an option has a new value and it is kept."""

    taken = Signal()

    def __init__(self, bridge: Bridge, settings: Settings, parent: QWidget) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._settings = settings
        self._fault = Banner("warn")
        self.setWindowTitle(tr("Preferences"))
        self.resize(theme().px(560), theme().px(620))
        inner = QWidget()
        inner.setObjectName("canvas")
        form = QVBoxLayout(inner)
        form.setContentsMargins(theme().px(28), theme().px(20), theme().px(28), theme().px(20))
        form.setSpacing(theme().px(4))
        for option in options.ALL:
            self._add(form, option)
        form.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        done = TextButton(tr("Done"), "primary")
        done.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.setContentsMargins(theme().px(28), theme().px(12), theme().px(28), theme().px(16))
        foot.addWidget(self._fault, 1)
        foot.addStretch(0)
        foot.addWidget(done, 0, Qt.AlignmentFlag.AlignRight)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(area, 1)
        layout.addLayout(foot)

    def _add(self, form: QVBoxLayout, option: AnyOption) -> None:
        field = self._field(option)
        field.setAccessibleName(tr(option.title))
        field.setAccessibleDescription(tr(option.text))
        locked = self._settings.source(cast("Option[str]", option)) == "policy"
        field.setEnabled(not locked)
        title = label(tr(option.title), "title")
        title.setBuddy(field)
        form.addWidget(title)
        form.addWidget(label(tr(option.text), "caption", wrap=True))
        if locked:
            form.addWidget(label(tr("Set by your organisation's policy."), "caption", wrap=True))
        form.addWidget(field, 0, Qt.AlignmentFlag.AlignLeft if isinstance(field, Switch | Stepper) else _FULL_WIDTH)
        form.addSpacing(theme().px(18))

    def _field(self, option: AnyOption) -> QWidget:
        # An option's type is that of its default.
        if isinstance(option.default, str):
            return self._choice(option) if option.choices else self._text(option)
        if isinstance(option.default, bool):
            return self._yes_or_no(cast("Option[bool]", option))
        if isinstance(option.default, int):
            return self._whole(cast("Option[int]", option))
        return self._number(cast("Option[float]", option))

    def _choice(self, option: Option[str]) -> QWidget:
        switch = Switch(tr(option.title), [tr(_CHOICES.get(choice, choice)) for choice in option.choices])
        switch.choose(option.choices.index(self._settings.get(option)))
        switch.chosen.connect(lambda number: self._take(option, option.choices[number]))
        return switch

    def _yes_or_no(self, option: Option[bool]) -> QWidget:
        switch = Switch(tr(option.title), [tr("No"), tr("Yes")])
        switch.choose(int(self._settings.get(option)))
        switch.chosen.connect(lambda number: self._take(option, number == 1))
        return switch

    def _whole(self, option: Option[int]) -> QWidget:
        box = QSpinBox()
        box.setRange(round(option.minimum or 0), round(option.maximum or 1_000_000))
        box.setSingleStep(10 if option.key == options.TEXT_SIZE.key else 1)
        box.setValue(self._settings.get(option))
        box.valueChanged.connect(lambda number: self._take(option, number))
        return Stepper(box, tr(option.title))

    def _number(self, option: Option[float]) -> QWidget:
        box = QDoubleSpinBox()
        box.setRange(option.minimum or 0.0, 1e6 if option.maximum is None else option.maximum)
        box.setSingleStep(0.05)
        box.setValue(self._settings.get(option))
        box.valueChanged.connect(lambda number: self._take(option, number))
        return Stepper(box, tr(option.title))

    def _text(self, option: Option[str]) -> QWidget:
        value = self._settings.get(option)
        if option.key in _LONG_TEXT:
            return _Paragraph(value, lambda text: self._take(option, text))
        line = QLineEdit(value)
        line.setPlaceholderText(tr("The one that comes with Privet") if option.key == options.CHAT_MODEL.key else "")
        line.editingFinished.connect(lambda: self._take(option, line.text().strip()))
        return line

    def _take(self, option: Option[T], value: T) -> None:
        self._fault.dismiss()
        self._bridge.call(lambda: self._keep(option, value), lambda _: self.taken.emit(), self._refused)

    def _keep(self, option: Option[T], value: T) -> None:
        if value != self._settings.get(option):
            self._settings.set(option, value)

    def _refused(self, error: PrivetError) -> None:
        self._fault.say(error.what, error.do)


class _Paragraph(QPlainTextEdit):
    """A text of several lines; it is taken when the person leaves the field."""

    def __init__(self, text: str, taken: Callable[[str], None]) -> None:
        super().__init__(text)
        self._taken = taken
        self.setTabChangesFocus(True)
        self.setFixedHeight(theme().px(92))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._taken(self.toPlainText().strip())
