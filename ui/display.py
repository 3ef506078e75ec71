"""Finds out whether a window can be opened at all: Qt ends the whole program when it can't, so it is asked before."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_NO_DISPLAY: Final = "No display was found, so Privet opens in the terminal."
_NO_ANSWER: Final = "The display does not answer, so Privet opens in the terminal."


def why_no_window(environment: Mapping[str, str] = os.environ) -> str:
    """One sentence that says why no window can be opened; "" where one can."""
    if not sys.platform.startswith("linux"):
        return ""
    forced = environment.get("QT_QPA_PLATFORM", "")
    if not (forced or environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")):
        return _NO_DISPLAY
    missing = _missing_library()
    if missing:
        return missing
    if forced or _wayland_answers(environment):
        return ""
    return _why_no_x11(environment)


def _missing_library() -> str:
    try:
        from PySide6 import QtWidgets  # noqa: F401
    except ImportError as error:
        return _lacking(str(error))
    return ""


def _why_no_x11(environment: Mapping[str, str]) -> str:
    if not environment.get("DISPLAY"):
        return _NO_ANSWER
    import PySide6

    try:
        ctypes.CDLL(str(Path(PySide6.__path__[0]) / "Qt/plugins/platforms/libqxcb.so"))
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError as error:
        return _lacking(str(error))
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return _NO_ANSWER if failed else ""


def _wayland_answers(environment: Mapping[str, str]) -> bool:
    name = environment.get("WAYLAND_DISPLAY", "")
    return bool(name) and (Path(environment.get("XDG_RUNTIME_DIR", "/")) / name).exists()


def _lacking(error: str) -> str:
    """The loader says "libX.so.1: cannot open shared object file: ...": the name is what helps a person."""
    library = error.split(":", 1)[0].strip()
    return f"The system library {library} is missing, so Privet opens in the terminal."
