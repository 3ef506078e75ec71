"""The two sentences for each reason why a file can't be read, and the sentence for each warning; pure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import Final

from assistant.errors import DocumentUnreadable
from assistant.values import Unit

_SAVE_AGAIN: Final = "Open it in the program it comes from, save it again, and add the new file."
_ON_ITS_OWN: Final = "Nothing else is affected; if the file opens elsewhere, save it there again and add the new file."

# What the child may say. A code that is not here is answered as "bug": a hostile child can't put words into our mouth.
_REASONS: Final[dict[str, tuple[str, str]]] = {
    "empty": ("{name} is empty: it has 0 bytes.", "See whether it was copied or downloaded completely."),
    "missing": ("There is no file {name} any more.", "See where it is now, and add it from there."),
    "permission": (
        "You have no permission to read {name}.",
        "Ask its owner for access, or copy it to a folder of yours, and add it again.",
    ),
    "folder": ("{name} is a folder, not a file.", "Add the folder itself, and Privet reads the files in it."),
    "special": ("{name} is not an ordinary file.", "Add the document itself."),
    "device-error": (
        "{name} could not be read from the disk it is on.",
        "See whether the disk or network drive is connected, and add the file again.",
    ),
    "too-large": (
        "{name} is larger than the 512 MB that Privet reads of one such file.",
        "Split it into smaller files, and add those.",
    ),
    "unknown-format": (
        "Privet can't read files of the kind of {name} yet.",
        "Save it as PDF, or in a usual format for text, tables or slides, and add that file.",
    ),
    "large-part": (
        "{name} is larger than the 256 MB that Privet reads of one file inside another.",
        "Take it out of the archive or the message, and add it by itself.",
    ),
    "too-deep": (
        "{name} lies deeper in files within files than Privet looks.",
        "Take it out of the archives or messages around it, and add it by itself.",
    ),
    "too-much": (
        "Reading {name} as well would have taken too long or too much room.",
        "Take it out of the archive or the message, and add it by itself.",
    ),
    "old-excel": (
        "{name} is a sheet of Excel 4 or older, which Privet can't read.",
        "Open it in a newer spreadsheet program, save it as .xlsx or .ods, and add that file.",
    ),
    "old-word": (
        "{name} is a text of Word 1, Word for DOS or the Mac, Write or WordPerfect, which Privet can't read.",
        "Open it in a newer word processor (LibreOffice reads them), save it as .docx or .odt, and add that file.",
    ),
    "picture-kind": (
        "{name} is a picture of a rare kind that Privet can't read.",
        "Open it in another program, save it as PNG or PDF, and add that file.",
    ),
    "page-not-drawn": (
        "This page of {name} could not be drawn.",
        "Look at its text instead; the other pages are not affected.",
    ),
    "not-mail": (
        "{name} is called a message, but what it holds is none.",
        "See which program it belongs to, and save it from there as a message or as text.",
    ),
    "nothing-inside": (
        "Nothing inside {name} could be read.",
        "Open it to see what it holds; files in usual formats can be taken out and added by themselves.",
    ),
    "not-text": (
        "{name} is called a text file, but what it holds is not text.",
        "See which program it belongs to, and save it from there as PDF or text.",
    ),
    "password": (
        "{name} needs a password to be opened.",
        "Open it with the password, save a copy without one, and add the copy.",
    ),
    "protected": (
        "{name} is protected in a way that Privet can't open.",
        "Open it in the program it comes from, save a copy without protection, and add the copy.",
    ),
    "encrypted": (
        "{name} is encrypted, and only the key of its receiver opens it.",
        "Open it in your mail program, save what it shows there as a message or as text, and add that.",
    ),
    "no-text": ("No text was found in {name}.", "Open it to see whether it is the right file."),
    "blank": (
        "No text was found on the pages of {name}.",
        "Open it to see whether it is the right file; if it is a form, print it to a new PDF and add that.",
    ),
    "scan": (
        "{name} holds only pictures, and no text could be recognised on them.",
        "If there is text on them, scan it again with more points an inch, straight and well lit, and add the result.",
    ),
    "large-picture": (
        "{name} is a picture of more than 120 million points, which Privet does not unpack.",
        "Save it in a smaller size, and add that file.",
    ),
    "damaged": ("{name} is damaged or incomplete.", _SAVE_AGAIN),
    "bomb": (
        "{name} unpacks to far more than a document of its size should hold, so Privet did not unpack it.",
        "If you trust it, open it in the program it comes from, save it as PDF, and add that file.",
    ),
    "out-of-memory": (
        "Reading {name} would have taken more memory than one document may use (about 1 GB).",
        "Split it into smaller files, and add those.",
    ),
    "timed-out": (
        "Reading {name} took too long and was ended.",
        "Split it into smaller files, or save it again in the program it comes from, and add the result.",
    ),
    "died": ("Reading {name} made the part of Privet that reads files end.", _ON_ITS_OWN),
    "nonsense": ("Reading {name} gave an answer that makes no sense, so it was thrown away.", _ON_ITS_OWN),
    "bug": ("{name} is damaged, or built in a way that Privet can't read yet.", _SAVE_AGAIN),
}

_WARNINGS: Final = {
    "some-letters": "Some letters of this file could not be told for certain and may be wrong.",
    "more-pages": "Only the first 50,000 pages were read.",
    "more-cells": "This file has more cells than the 4 million that are read; the later ones are left out.",
    "more-columns": "Only the first 16,384 columns of this table were read.",
    "more-files": "Only the first 2,000 files inside this one were looked at.",
    "more-mail": "Only the first 128 MB of a message were read.",
    "more-xml": "Only the first 64 MB of this file were read.",
    "entities": "This file stands for some of its text by names that are explained elsewhere; that text was not read.",
    "some-pictures": "Only the first 500 pages without text were looked at for text in pictures.",
    "more-pictures": "Only the first 500 pictures of this file were looked at for text.",
    "drawings": "Some pictures in this file are drawings (EMF, WMF or SVG); text in them was not read.",
    "more-bytes": "Only the first 32 MB of this web page were read.",
    "damaged-part": "A part of this file is damaged; what could be read was read.",
    "embedded": "Objects of other programs are embedded in this file; what some of them hold was not read.",
    "list-numbers": "PowerPoint numbers some points of this file by itself; those numbers were not read.",
    "form": "The pages of this form are made by the program that shows it (XFA); some of what they say may be missing.",
}

_NAMED_PAGES: Final = 12
_NAMED_PARTS: Final = 6
_EXPLAINED_PARTS: Final = 3


def unreadable(code: str, path: PurePath) -> DocumentUnreadable:
    """The error for `code`; for a code that nobody knows, that of a file that can't be read."""
    what, do = _REASONS.get(code, _REASONS["bug"])
    return DocumentUnreadable(what.format(name=shown(path)), do.format(name=shown(path)))


def shown(path: PurePath) -> str:
    """A file's name as sentences show it, without what would break a line."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in path.name)


def warning(code: str) -> str | None:
    """The sentence for a code of the child, or None if there is no such code."""
    return _WARNINGS.get(code)


def cut_warning(characters: int) -> str:
    """The sentence for a document of which only the beginning was read."""
    return f"Only the first {characters:,} characters were read; what follows in this file can't be asked about."


def empty_pages_warning(pages: Sequence[int], total: int, unit: Unit = Unit.PAGE) -> str:
    """The sentence for pages without text in a document that has some."""
    holds = "holds" if len(pages) == 1 else "hold"
    return f"{_pages(pages, unit)} of {total} {holds} no text."


def lost_pages_warning(pages: Sequence[int], total: int, unit: Unit = Unit.PAGE) -> str:
    """The sentence for pages that could not be read in a document whose others could."""
    are = "is" if len(pages) == 1 else "are"
    return f"{_pages(pages, unit)} of {total} {are} damaged and could not be read."


def recognised_warning(pages: Sequence[int], total: int, sureness: float) -> str:
    """The sentence for pages whose text was recognised from pictures. sureness: 0 to 1, of the recognition itself."""
    are = "is a picture" if len(pages) == 1 else "are pictures"
    return (
        f"{_pages(pages, Unit.PAGE)} of {total} {are}; the text was recognised here, "
        f"about {sureness:.0%} sure, and may hold mistakes."
    )


def pictures_warning(read: int, total: int, sureness: float) -> str:
    """The sentence for pictures in a document in which text was recognised. sureness: 0 to 1, of the recognition."""
    which = "a picture" if total == 1 else f"{read} of the {total} pictures looked at"
    return f"Text in {which} was recognised here, about {sureness:.0%} sure, and may hold mistakes."


def lost_pictures_warning(lost: int) -> str:
    """The sentence for pictures in a document that could not be opened."""
    which = "A picture in this file is" if lost == 1 else f"{lost} pictures in this file are"
    return f"{which} damaged or far too large; what text may be on them was not read."


def scan_warning(code: str) -> str:
    """The sentence for pictures that could not all be looked at."""
    why = "took too long" if code == "timed-out" else "could not be finished"
    return f"Recognising text in pictures {why}; pages without text may hold more than was read."


def refused_parts_warning(parts: Sequence[tuple[str, str]], total: int) -> str:
    """The sentence for files inside a file that were not read. parts: the name of each, and the sentence why."""
    named = ", ".join(name for name, _ in parts[:_NAMED_PARTS]) + (" and others" if len(parts) > _NAMED_PARTS else "")
    was = "was" if len(parts) == 1 else "were"
    why = " ".join(why for _, why in parts[:_EXPLAINED_PARTS])
    return f"{len(parts)} of the {total} files inside {was} not read: {named}. {why}"


def _pages(pages: Sequence[int], unit: Unit) -> str:
    """ "Page 4", "Pages 3, 5 and 7", "Pages 1, 2, ... 12 and 88 more", runs as "3 to 9"."""
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][1] + 1:
            runs[-1][1] = page
        else:
            runs.append([page, page])
    named = [str(first) if first == last else f"{first} to {last}" for first, last in runs[:_NAMED_PAGES]]
    rest = sum(last - first + 1 for first, last in runs[_NAMED_PAGES:])
    if rest:
        named.append(f"{rest} more")
    word = unit.value.capitalize() + ("" if len(pages) == 1 else "s")
    return f"{word} {', '.join(named[:-1])} and {named[-1]}" if len(named) > 1 else f"{word} {named[0]}"
