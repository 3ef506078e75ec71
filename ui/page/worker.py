"""The child that draws pages which name files, shares and links, while the kernel says who opens what."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from assistant.workers import Handler, Part, Request

if TYPE_CHECKING:
    from ui.text import InertText

_IN_OPEN: Final = 0x20
_NONBLOCKING: Final = 0o4000
_WIDTH: Final = 480
_NOTHING: Final = "the page, which opens nothing that a text names"
_PICTURES: Final = (
    "![x]({0})", "[![x]({0})]({0})", "![x][r]\n\n[r]: {0}", '<img src="{0}">', "[x]({0})", "<{0}>",
    '<body background="{0}">', '<link rel="stylesheet" href="{0}">',
)  # fmt: skip
_LINKS: Final = (
    "[x](https://privet-proof.invalid/)", "<https://privet-proof.invalid/>", "<mailto:a@privet-proof.invalid>",
    "[x](file:///etc/hostname)", '<a href="https://privet-proof.invalid/">x</a>', "[x](//privet-proof.invalid/a)",
)  # fmt: skip


def handlers() -> Mapping[str, Handler]:
    """What this child does: "try" {way, folder}, answered with outcome, by and detail."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    return {"try": _try}


def _try(request: Request) -> Iterator[Part]:
    folder = Path(str(request.arguments.get("folder"))).resolve()
    outcome, by, detail = _WAYS[str(request.arguments.get("way"))](folder)
    yield Part({"outcome": outcome, "by": by, "detail": detail})


class _Watched:
    """A picture whose every opening the kernel reports to us (inotify)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        libc = ctypes.CDLL(None, use_errno=True)
        self._events = libc.inotify_init1(_NONBLOCKING)
        if self._events < 0 or libc.inotify_add_watch(self._events, os.fsencode(path), _IN_OPEN) < 0:
            raise OSError(ctypes.get_errno(), "the picture can't be watched")

    def opened(self) -> bool:
        """True if anybody opened it since this was last asked."""
        try:
            return bool(os.read(self._events, 1 << 16))
        except BlockingIOError:
            return False


def _watched(folder: Path) -> _Watched:
    from PySide6.QtGui import QImage

    path = folder / "planted.png"
    picture = QImage(8, 8, QImage.Format.Format_RGB32)
    picture.fill(0x2F7D4F)
    assert picture.save(str(path))
    return _Watched(path)


def _page() -> InertText:
    from PySide6.QtWidgets import QApplication

    from ui import theme
    from ui.text import InertText

    if QApplication.instance() is None:
        application = QApplication(["privet", "-style", "fusion"])
        theme.install(application, "light", 100)
        _kept.append(application)
    return InertText()


_kept: Final[list[object]] = []


def _drawn(page: InertText, text: str) -> None:
    for write in (page.set_markdown, page.set_plain):
        write(text)
        page.fit(_WIDTH)
        page.grab()


def _draw_named(names: Callable[[Path], list[str]], folder: Path) -> tuple[str, str, str]:
    """Draw pages that name a planted picture, and give its document HTML that does, past all that reads Markdown."""
    from PySide6.QtCore import QUrl
    from PySide6.QtGui import QTextDocument

    page, planted = _page(), _watched(folder)
    planted.opened()
    for name in names(planted.path):
        for form in _PICTURES:
            _drawn(page, form.format(name))
        page.document().setHtml(f'<img src="{name}"><p style="background-image: url({name})">x</p>')
        page.fit(_WIDTH)
        page.grab()
        page.document().resource(QTextDocument.ResourceType.ImageResource.value, QUrl(name))
        page.setSource(QUrl(name))
    if planted.opened():
        return "out", "nothing", "a planted picture was opened"
    planted.path.read_bytes()
    if not planted.opened():
        return "untried", "the kernel did not say who opened the planted picture", ""
    return "refused", _NOTHING, "opened 0 times, as the kernel counts"


def _picture(folder: Path) -> tuple[str, str, str]:
    return _draw_named(lambda path: [str(path), path.as_uri(), os.path.relpath(path, "/")], folder)


def _share(folder: Path) -> tuple[str, str, str]:
    # Here a path with two slashes is the planted picture itself; on Windows it would be a computer's name.
    return _draw_named(lambda path: [f"/{path}", f"file:///{path}", str(path).replace("/", "\\")], folder)


def _link(folder: Path) -> tuple[str, str, str]:
    from PySide6.QtCore import QObject, QUrl, Slot
    from PySide6.QtGui import QDesktopServices

    class Opened(QObject):
        urls: Final[list[str]] = []

        @Slot(QUrl)
        def take(self, url: QUrl) -> None:
            self.urls.append(url.toString())

    page, opened = _page(), Opened()
    method: Any = "take"  # WORKAROUND: PySide6 6.12's stubs ask for bytes here, which it then refuses
    for scheme in ("http", "https", "file", "mailto"):
        QDesktopServices.setUrlHandler(scheme, opened, method)
    for link in _LINKS:
        _drawn(page, link)
        page.set_markdown(link)
        anchors = [name for name in _anchors(page) if not name.startswith("cite:")]
        page.anchorClicked.emit(QUrl("https://privet-proof.invalid/"))
        if anchors or opened.urls or not page.source().isEmpty():
            return "out", "nothing", "a link could be followed"
    QDesktopServices.openUrl(QUrl("https://privet-proof.invalid/"))
    if not opened.urls:
        return "untried", "an opened link would not have been noticed", ""
    return "refused", _NOTHING, f"{len(_LINKS)} links pressed"


def _anchors(page: InertText) -> Iterator[str]:
    block = page.document().begin()
    while block.isValid():
        for form in block.textFormats():
            if form.format.isAnchor():
                yield form.format.anchorHref()
        block = block.next()


_WAYS: Final = {"picture": _picture, "share": _share, "link": _link}
