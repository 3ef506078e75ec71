"""Words and numbers as the person's language writes them."""

from __future__ import annotations

from PySide6 import QtCore
from PySide6.QtCore import QCoreApplication

_CONTEXT = "privet"


def tr(text: str, **values: object) -> str:
    """`text` in the person's language, its {names} filled with `values`.

    The template is translated, never a value: what a person wrote can hold braces and stays as it is.
    """
    translated = QCoreApplication.translate(_CONTEXT, text)
    return translated.format(**values) if values else translated


def counted(amount: int, one: str, many: str) -> str:
    """`one` or `many`, as `amount` asks for, with {n} filled in: "1 page", "1,200 pages"."""
    return tr(one if amount == 1 else many, n=number(amount))


def number(value: float, decimals: int = 0) -> str:
    """A number with the language's own separators: 1,300."""
    return _locale().toString(float(value), "f", decimals)


def seconds(value: float) -> str:
    """A time that is still to pass, rounded so that it does not flicker: "4 s", "2 min"."""
    if value < 60:
        return tr("{n} s", n=number(max(1, round(value))))
    return tr("{n} min", n=number(round(value / 60)))


def size(amount: int) -> str:
    """Bytes as a person counts them: "1.2 MB"."""
    return _locale().formattedDataSize(amount, 1, QtCore.QLocale.DataSizeFormat.DataSizeTraditionalFormat)


def _locale() -> QtCore.QLocale:
    """The person's; where the system names none ("C"), the one that the words are in."""
    kind = QtCore.QLocale
    locale = kind()
    return kind(kind.Language.English) if locale.language() == kind.Language.C else locale
