"""The small picture of a file: what kind it is by its name's ending, and how far Privet is with it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from assistant.values import DOCUMENT_TYPES, DocumentInfo, QueueItem, SourceInfo, SourceState
from ui.i18n import tr
from ui.lists import Badge, Picture

_KINDS: Final = {
    "pdf": ("pdf", "PDF"),
    "word": ("text", "Text document"),
    "slides": ("slides", "Slides"),
    "tables": ("table", "Table"),
    "mail": ("mail", "Mail"),
    "web": ("web", "Web page or book"),
    "text": ("text", "Text"),
    "pictures": ("picture", "Picture"),
}
_MORE: Final = {
    "zip": ("archive", "Archive"),
    **dict.fromkeys(("json", "xml", "py", "js", "ts", "c", "h", "cpp", "java", "go", "rs", "rb", "sh", "sql", "css"),
                    ("code", "Code or data")),
}  # fmt: skip
_BY_ENDING: Final = {ending: _KINDS[kind] for kind, endings in DOCUMENT_TYPES.items() for ending in endings} | _MORE


def waiting_picture(item: QueueItem) -> Picture:
    """Of a file that waits, or that could not be read."""
    drawing, kind = _kind(item.path)
    if item.failed:
        return Picture(drawing, Badge.CROSS, tr("{kind}, could not be read", kind=kind))
    return Picture(drawing, Badge.CLOCK, tr("{kind}, waiting", kind=kind))


def refused_picture(path: Path) -> Picture:
    """Of a file that could not even wait."""
    drawing, kind = _kind(path)
    return Picture(drawing, Badge.CROSS, tr("{kind}, was not added", kind=kind))


def reading_picture(path: Path, share: float) -> Picture:
    """Of a file that is being read."""
    drawing, kind = _kind(path)
    return Picture(drawing, Badge.PIE, tr("{kind}, being read", kind=kind), share)


def document_picture(document: DocumentInfo, attention: bool) -> Picture:
    """Of a document that is kept. attention: a person should look at it."""
    drawing, kind = _kind(document.path)
    if document.ocr:
        kind = tr("{kind}, read from pictures", kind=kind)
    framed, dashed = bool(document.ocr), document.missing
    if document.missing:
        words = tr("{kind}, its file is away", kind=kind)
        return Picture(drawing, Badge.TRIANGLE, words, framed=framed, dashed=dashed)
    if attention:
        return Picture(drawing, Badge.TRIANGLE, tr("{kind}, needs attention", kind=kind), framed=framed)
    if document.unlearned:
        return Picture(drawing, Badge.HALF, tr("{kind}, found by its words so far", kind=kind), framed=framed)
    return Picture(drawing, Badge.CHECK, tr("{kind}, found by words and meaning", kind=kind), framed=framed)


def folder_picture(source: SourceInfo) -> Picture:
    """Of a folder that is watched."""
    if source.state is SourceState.AWAY:
        return Picture("folder", Badge.TRIANGLE, tr("Watched folder, not there now"), dashed=True)
    return Picture("folder", Badge.NONE, tr("Watched folder"))


def _kind(path: Path) -> tuple[str, str]:
    drawing, words = _BY_ENDING.get(path.suffix.lower().lstrip("."), ("text", "File"))
    return drawing, tr(words)
