"""One window per vault, without a socket: a second start leaves a file that the first one watches for.

`window-open` says that a window holds the vault; `raise-request` asks it to come forward, which it answers by removing
that file. A terminal leaves no `window-open`, so its vault is never mistaken for a window's.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

from PySide6 import QtCore
from PySide6.QtCore import QObject, Signal

CAME_FORWARD: Final = "Privet is open already, so its window was brought to the front."
_MARK: Final = "window-open"
_REQUEST: Final = "raise-request"
_PAUSE_SECONDS: Final = 0.02


def ask_to_come_forward(folder: Path, seconds: float = 1.0) -> bool:
    """Ask the window that has `folder` open to come forward; True if it did so within `seconds`.

    Answers at once where no window says that it is open. Blocks: to be called before there is a window of our own.
    """
    if not (folder / _MARK).exists():
        return False
    request = folder / _REQUEST
    try:
        request.touch(mode=0o600)
    except OSError:
        return False
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not request.exists():
            return True
        time.sleep(_PAUSE_SECONDS)
    request.unlink(missing_ok=True)
    return False


class OpenMark(QObject):
    """Says in `folder` that a window is open. `wanted`: another start asks it to come forward."""

    wanted = Signal()

    def __init__(self, folder: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._folder = folder
        self._watcher: QtCore.QFileSystemWatcher | None = QtCore.QFileSystemWatcher(self)
        try:
            (folder / _REQUEST).unlink(missing_ok=True)
            (folder / _MARK).touch(mode=0o600)
        except OSError:
            return  # nobody can ask then; a second start says that the vault is in use
        self._watcher.addPath(str(folder))
        self._watcher.directoryChanged.connect(self._look)

    def take_away(self) -> None:
        """The window closes; again, it does nothing."""
        if self._watcher is None:
            return
        # A watcher holds one of the few inotify instances that a user has, watching or not, until it is gone.
        self._watcher.deleteLater()
        self._watcher = None
        for name in (_MARK, _REQUEST):
            try:
                (self._folder / name).unlink(missing_ok=True)
            except OSError:
                continue

    def _look(self) -> None:
        request = self._folder / _REQUEST
        if request.exists():
            request.unlink(missing_ok=True)
            self.wanted.emit()
