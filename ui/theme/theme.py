"""The theme in force: follows the system or the person, and says when it changed."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from PySide6 import QtCore
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from ui.theme import sheet
from ui.theme.tokens import DARK, LIGHT, Palette, Type, with_more_contrast

_FONTS: Final = Path(__file__).parent / "fonts"
_FIRST_FONTS: Final = ("Inter-Regular.otf", "Inter-Medium.otf", "Inter-SemiBold.otf")
_ITALIC_FONT, _CODE_FONT = "Inter-Italic.otf", "JetBrainsMono-Regular.ttf"
_TEXT_FAMILY, _CODE_FAMILY = "Inter", "JetBrains Mono"


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
        self._choice = choice
        # Before anything was set, Qt's own palette is the system's; to ask for the scheme by name is for `follow`.
        self._system_is_dark = application.palette().window().color().lightness() < 128
        self._more_contrast = False
        self._dressed = False
        self._apply()

    def dress(self) -> None:
        """Set the style sheet. After the window was built that is a third quicker than before: Qt does it once."""
        self._dressed = True
        self._application.setStyleSheet(sheet.write(self.palette, self._scale))

    def follow(self) -> None:
        """From now on follow the system, also in contrast; to be called after the first paint."""
        hints = self._application.styleHints()
        hints.setColorScheme(self._scheme())
        hints.colorSchemeChanged.connect(self._look_at_system)
        hints.accessibility().contrastPreferenceChanged.connect(self._look_at_system)
        self._look_at_system()

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
            # The system's own dialogs follow too.
            self._application.styleHints().setColorScheme(self._scheme())
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
        if role is Type.CODE:
            font.setFeature(QFont.Tag("calt"), 0)  # no two characters are drawn as one: code is read letter for letter
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        return font

    def color(self, name: str) -> QColor:
        """A colour of the palette by its name, as QColor."""
        value: str = getattr(self.palette, name)
        return QColor(value)

    def _scheme(self) -> QtCore.Qt.ColorScheme:
        schemes = QtCore.Qt.ColorScheme
        return {"light": schemes.Light, "dark": schemes.Dark}.get(self._choice, schemes.Unknown)

    def _look_at_system(self) -> None:
        hints = self._application.styleHints()
        dark = hints.colorScheme() == QtCore.Qt.ColorScheme.Dark
        more = hints.accessibility().contrastPreference() == QtCore.Qt.ContrastPreference.HighContrast
        if (dark, more) != (self._system_is_dark, self._more_contrast):
            self._system_is_dark, self._more_contrast = dark, more
            self._apply()

    def _apply(self) -> None:
        dark = self._system_is_dark if self._choice == "system" else self._choice == "dark"
        palette = DARK if dark else LIGHT
        if self._more_contrast:
            palette = with_more_contrast(palette)
        self.palette = palette
        self._application.setFont(self.font(Type.UI))
        self._application.setPalette(_qt_palette(palette))
        if self._dressed:
            self.dress()
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
