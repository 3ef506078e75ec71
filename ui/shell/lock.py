"""When Privet locks itself: after some minutes without a key or a movement, and when the system locks its screen.

The system's screen locks are heard on D-Bus: ScreenSaver (freedesktop.org and GNOME) on the session's bus, the
session's Lock and PrepareForSleep (logind) on the system's. Where there is no bus, only the minutes count.
"""

from __future__ import annotations

import os
import time
from typing import Final, cast

from PySide6.QtCore import SLOT, QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication

_LOOK_MILLISECONDS: Final = 5_000
_ACTIVITY: Final = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
    }
)
_SAVERS: Final = ("org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver")
_LOGIN: Final = "org.freedesktop.login1"


class LockWatch(QObject):
    """`wanted`: it is time to lock."""

    wanted = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._minutes = 0
        self._with_system = False
        self._listening = False
        # The clock on the wall, since the other one stands still while the computer sleeps.
        self._last = time.time()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)

    def follow(self, minutes: int, with_system: bool) -> None:
        """Lock after `minutes`, 0 for never, and with the system's screen or not."""
        self._minutes, self._with_system = minutes, with_system
        self._last = time.time()
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
            if minutes:
                application.installEventFilter(self)
        self._timer.setInterval(_LOOK_MILLISECONDS)
        if minutes:
            self._timer.start()
        else:
            self._timer.stop()
        if with_system and not self._listening:
            self._listen()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note that somebody is there; takes no event away."""
        if event.type() in _ACTIVITY:
            self._last = time.time()
        return False

    def look(self) -> None:
        """Lock if the time is up. A clock set back counts from where it stands now."""
        now = time.time()
        self._last = min(self._last, now)
        if self._minutes and now - self._last >= self._minutes * 60:
            self.wanted.emit()

    @Slot(bool)
    def system_changed(self, locked: bool) -> None:
        """The system's screen is locked, or the computer is about to sleep; or not any more."""
        if locked:
            self.system_locked()

    @Slot()
    def system_locked(self) -> None:
        """The system's session is locked."""
        if self._with_system:
            self.wanted.emit()

    def _listen(self) -> None:
        try:
            from PySide6.QtDBus import QDBusConnection
        except ImportError:
            return  # this system has no D-Bus
        self._listening = True
        session, system = QDBusConnection.sessionBus(), QDBusConnection.systemBus()
        # PySide 6.12 takes a slot as text, though its stubs say bytes.
        changed, locked = cast("bytes", SLOT("system_changed(bool)")), cast("bytes", SLOT("system_locked()"))
        for name in _SAVERS if session.isConnected() else ():
            session.connect("", "", name, "ActiveChanged", self, changed)
        if system.isConnected():
            place = session_path(os.environ.get("XDG_SESSION_ID", ""))
            if place:
                system.connect(_LOGIN, place, f"{_LOGIN}.Session", "Lock", self, locked)
            system.connect(_LOGIN, "/org/freedesktop/login1", f"{_LOGIN}.Manager", "PrepareForSleep", self, changed)


def session_path(session: str) -> str:
    """The D-Bus path of a login session, "" for none (sd_bus_path_encode(3): what is no letter becomes _XX)."""
    if not session:
        return ""
    encoded = "".join(
        letter if letter.isascii() and (letter.isalpha() or (letter.isdigit() and place)) else f"_{ord(letter):02x}"
        for place, letter in enumerate(session)
    )
    return f"/org/freedesktop/login1/session/{encoded}"
