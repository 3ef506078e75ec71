"""Watches folders: the system says that something stirred, a look at the folder says what; shares are polled."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from assistant.documents.sources import Sources
from assistant.documents.syncing import Syncing
from assistant.values import Forgotten, SourceChanged, SourceId, SourceInfo, SourceState, Stop

if TYPE_CHECKING:
    from watchdog.observers.api import BaseObserver

_log = logging.getLogger("privet.documents")

_QUIET_SECONDS: Final = 0.7  # after the last stir, before the folder is looked through
_PATIENCE_SECONDS: Final = 5.0  # and no longer than this after the first one
_UNSETTLED_SECONDS: Final = 2.5
_SHARE_SECONDS: Final = 30.0
_AWAY_SECONDS: Final = 5.0
_SURE_SECONDS: Final = 600.0  # a look now and then where the system tells: it may have lost something
_STILL_SECONDS: Final = 1.0
_TURN_SECONDS: Final = 0.25

_SHARES: Final = frozenset(
    {"9p", "afpfs", "afs", "ceph", "cifs", "davfs", "drvfs", "glusterfs", "ncpfs", "nfs", "nfs4", "ntfs3g", "prl_fs"}
    | {"smb2", "smb3", "smbfs", "vboxsf", "virtiofs", "vmhgfs", "webdav"}
)
"""File systems on which others change files without this system being told."""
_SERVED: Final = "fuse."
_SERVED_HERE: Final = frozenset({"cryfs", "encfs", "exfat", "gocryptfs", "mergerfs", "ntfs-3g"})
"""Of the file systems that a program serves, those on this computer; the others are mostly shares (sshfs, gvfs)."""


class Stirs:
    """When a folder stirred last, as the system tells it; None where it tells nothing."""

    def __init__(self, top: Path) -> None:
        self._lock = threading.Lock()
        self._first = 0.0
        self._last = 0.0
        self._top = top
        self._which = _which(top)
        self._looked = time.monotonic()
        self._observer: BaseObserver | None = _observer(top, self.stir)

    @property
    def told(self) -> bool:
        """True while the system tells."""
        return self._observer is not None and self._observer.is_alive()

    def still_there(self) -> bool:
        """False where the folder went, or another one lies in its place, of which the system tells nothing."""
        now = time.monotonic()
        if self._observer is not None and now - self._looked > _STILL_SECONDS:
            self._looked = now
            return _which(self._top) == self._which
        return True

    def stir(self) -> None:
        """Something happened in the folder."""
        with self._lock:
            self._last = time.monotonic()
            self._first = self._first or self._last

    def due(self) -> bool:
        """True once after something stirred, when it has been quiet for a moment, or stirs on and on."""
        now = time.monotonic()
        with self._lock:
            if not self._first or (now - self._last < _QUIET_SECONDS and now - self._first < _PATIENCE_SECONDS):
                return False
            self._first = 0.0
            return True

    def close(self) -> None:
        """Be told nothing more."""
        observer, self._observer = self._observer, None
        if observer is not None:
            observer.stop()


class Watching:
    """Looks through each watched folder at first, and again whenever there is reason to."""

    def __init__(self, sources: Sources, syncing: Syncing, found: Callable[[], None]) -> None:
        """found: called when something was put in the queue."""
        self._sources = sources
        self._syncing = syncing
        self._found = found
        self._stirs: dict[SourceId, Stirs] = {}
        self._due: dict[SourceId, float] = {}
        self._again = threading.Event()
        self._news = threading.Event()

    def look_again(self) -> None:
        """Folders were added, taken away or changed; look at once."""
        self._again.set()
        self._news.set()

    def run(self, stop: Stop) -> Iterator[Forgotten | SourceChanged]:
        """Watch until `stop`. Yields what each look found, if it found anything, and whether a folder went or came."""
        self._again.set()
        sources: tuple[SourceInfo, ...] = ()
        try:
            while not stop.requested:
                if self._again.is_set():
                    self._again.clear()
                    sources = self._sources.list()
                    self._follow(sources)
                for source in sources:
                    if stop.requested:
                        return
                    if self._is_due(source):
                        yield from self.look(source)
                # Without folders there is nothing to do but wait for the first one.
                self._news.wait(_TURN_SECONDS if sources else 1.0)
                self._news.clear()
        finally:
            for stirs in self._stirs.values():
                stirs.close()
            self._stirs.clear()

    def look(self, source: SourceInfo) -> Iterator[Forgotten | SourceChanged]:
        """Look through one folder now."""
        before = self._sources.get(source.id).state
        for event in self._syncing.look(source):
            if isinstance(event, SourceChanged):
                if event.new or event.changed:
                    self._found()
                stirred = event.new or event.changed or event.gone or event.moved
                if not (stirred or event.source.state is not before):
                    if source.seen is not None:
                        continue
                self._again.set()  # its state or its times are others now
            yield event
        self._due[source.id] = time.monotonic() + self._pause(source)

    def _pause(self, source: SourceInfo) -> float:
        if self._syncing.unsettled:
            return _UNSETTLED_SECONDS
        stirs = self._stirs.get(source.id)
        if self._sources.get(source.id).state is SourceState.AWAY:
            return _AWAY_SECONDS
        return _SURE_SECONDS if stirs is not None and stirs.told else _SHARE_SECONDS

    def _is_due(self, source: SourceInfo) -> bool:
        if source.state is SourceState.PAUSED:
            return False
        stirs = self._stirs.get(source.id)
        if stirs is not None and not stirs.still_there():
            self._stirs.pop(source.id).close()
            self._again.set()  # to be told about whatever is there now
            return True
        if stirs is not None and stirs.due():
            return True
        return time.monotonic() >= self._due.get(source.id, 0.0)

    def _follow(self, sources: tuple[SourceInfo, ...]) -> None:
        """Be told about the folders that are there, and about no others."""
        here = {source.id: source for source in sources if source.state is SourceState.HERE}
        for gone in self._stirs.keys() - here.keys():
            self._stirs.pop(gone).close()
        for new in here.keys() - self._stirs.keys():
            self._stirs[new] = Stirs(here[new].path)
            self._due[new] = 0.0


def _which(folder: Path) -> tuple[int, int] | None:
    """Which folder it is, whatever it is called; None where there is none."""
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def on_share(path: Path) -> bool:
    """True if `path` lies on a file system whose changes this system may not be told."""
    import psutil

    try:
        mounted = [(Path(part.mountpoint), part.fstype.lower()) for part in psutil.disk_partitions(all=True)]
    except OSError:
        return True
    holding = [(len(where.parts), kind) for where, kind in mounted if where == path or where in path.parents]
    if not holding:
        return False
    kind = max(holding)[1]
    return kind in _SHARES or (kind.startswith(_SERVED) and kind.removeprefix(_SERVED) not in _SERVED_HERE)


def _observer(top: Path, stir: Callable[[], None]) -> BaseObserver | None:
    if on_share(top):
        return None
    from watchdog.events import FileSystemEvent, FileSystemEventHandler
    from watchdog.observers import Observer

    class Handler(FileSystemEventHandler):
        """Hears of everything, and wants to know of changes only."""

        def on_any_event(self, event: FileSystemEvent) -> None:
            if event.event_type not in ("opened", "closed_no_write"):
                stir()

    try:
        observer = Observer()
        observer.schedule(Handler(), str(top), recursive=True)
        observer.start()
    except OSError as error:  # as where the system's limit of watched folders is reached
        _log.warning("a folder is looked at now and then: %s", type(error).__name__)
        return None
    return observer
