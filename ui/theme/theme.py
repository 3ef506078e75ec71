"""The theme in force: follows the system or the person, and says when it changed."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from ui.theme import sheet
from ui.theme.tokens import DARK, LIGHT, Palette, Type, with_more_contrast

_FONTS: Final = Path(__file__).parent / "fonts"
_FIRST_FONTS: Final = ("Inter-Regular.otf", "Inter-Medium.otf", "Inter-SemiBold.otf")
_ITALIC_FONT, _CODE_FONT = "Inter-Italic.otf", "JetBrainsMono-Regular.ttf"
_TEXT_FAMILY, _CODE_FAMILY = "Inter", "JetBrains Mono"
_SCHEMES: Final = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark, "system": Qt.ColorScheme.Unknown}


class Theme(QObject):
    """Colours and sizes in force. `changed` comes after they have changed and the style sheet is set."""

    changed = Signal()

    def __init__(self, application: QApplication, choice: str, percent: int) -> None:
        super().__init__(application)
        self._application = application
        self._scale = percent / 100
        self.palette = LIGHT
        for file in _FIRST_FONTS:
            _load(file)
        application.setStyle("Fusion")
        hints = application.styleHints()
        self._choice = choice
        if choice != "system":
            hints.setColorScheme(_SCHEMES[choice])
        self._apply()
        hints.colorSchemeChanged.connect(self._apply)
        hints.accessibility().contrastPreferenceChanged.connect(self._apply)

    @property
    def percent(self) -> int:
        """Text size in percent of the usual."""
        return round(self._scale * 100)

    @property
    def choice(self) -> str:
        """What the person chose: "system", "light" or "dark"."""
        return self._choice

    def choose(self, choice: str, percent: int) -> None:
        """Take "system", "light" or "dark", and a text size from 80 to 200 percent."""
        if (choice, percent) == (self._choice, self.percent):
            return
        scheme_changed = choice != self._choice
        self._choice, self._scale = choice, min(200, max(80, percent)) / 100
        if scheme_changed:
            # The system's own dialogs follow too. The signal may call `_apply` as well; once more is cheap.
            self._application.styleHints().setColorScheme(_SCHEMES[choice])
        self._apply()

    def px(self, pixels: float) -> int:
        """`pixels` at 100 % as they are at the present text size."""
        return max(1, round(pixels * self._scale))

    def font(self, role: Type, *, italic: bool = False, weight: int | None = None) -> QFont:
        """The font of a role of the type scale at the present text size."""
        if role is Type.CODE:
            _load(_CODE_FONT)
        if italic:
            _load(_ITALIC_FONT)
        font = QFont(_CODE_FAMILY if role is Type.CODE else _TEXT_FAMILY)
        font.setStyleHint(QFont.StyleHint.Monospace if role is Type.CODE else QFont.StyleHint.SansSerif)
        font.setPixelSize(self.px(role.pixels))
        font.setWeight(QFont.Weight(weight or role.weight))
        font.setItalic(italic)
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        return font

    def color(self, name: str) -> QColor:
        """A colour of the palette by its name, as QColor."""
        value: str = getattr(self.palette, name)
        return QColor(value)

    def _apply(self) -> None:
        hints = self._application.styleHints()
        dark = self._choice == "dark" if self._choice != "system" else hints.colorScheme() == Qt.ColorScheme.Dark
        palette = DARK if dark else LIGHT
        if hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast:
            palette = with_more_contrast(palette)
        self.palette = palette
        self._application.setFont(self.font(Type.UI))
        self._application.setPalette(_qt_palette(palette))
        self._application.setStyleSheet(sheet.write(palette, self._scale))
        self.changed.emit()


@cache
def _load(file: str) -> None:
    QFontDatabase.addApplicationFont(str(_FONTS / file))


def _qt_palette(palette: Palette) -> QPalette:
    """Qt's own roles, for what a style sheet does not reach: selections, placeholders, links, file dialogs."""
    roles = QPalette.ColorRole
    colors = {
        roles.Window: palette.canvas,
        roles.WindowText: palette.ink,
        roles.Base: palette.raised,
        roles.AlternateBase: palette.sunken,
        roles.Text: palette.ink,
        roles.PlaceholderText: palette.faint,
        roles.Button: palette.raised,
        roles.ButtonText: palette.ink,
        roles.BrightText: palette.warn,
        roles.Highlight: palette.selection,
        roles.HighlightedText: palette.ink,
        roles.Link: palette.leaf,
        roles.LinkVisited: palette.leaf,
        roles.ToolTipBase: palette.raised,
        roles.ToolTipText: palette.ink,
        roles.Accent: palette.accent,
        roles.Light: palette.line,
        roles.Midlight: palette.line,
        roles.Mid: palette.strong_line,
        roles.Dark: palette.strong_line,
        roles.Shadow: palette.strong_line,
    }
    result = QPalette()
    for role, color in colors.items():
        result.setColor(role, QColor(color))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, role, QColor(palette.faint))
    return result


_installed: list[Theme] = []


def install(application: QApplication, choice: str = "system", percent: int = 100) -> Theme:
    """Make the one theme of this program; a second call answers with the first, as chosen now."""
    if _installed:
        _installed[0].choose(choice, percent)
    else:
        _installed.append(Theme(application, choice, percent))
    return _installed[0]


def theme() -> Theme:
    """The theme in force. `install` must have been called."""
    return _installed[0]
