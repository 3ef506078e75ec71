"""The two sentences for each reason why a file can't be read, and the sentence for each warning; pure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from assistant.errors import DocumentUnreadable

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
        "Save it as PDF, Word (.docx), HTML, Markdown or plain text, and add that file.",
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
    "no-text": ("No text was found in {name}.", "Open it to see whether it is the right file."),
    "blank": (
        "No text was found on the pages of {name}.",
        "Open it to see whether it is the right file; if it is a form, print it to a new PDF and add that.",
    ),
    "scan": (
        "{name} holds only pictures of pages, no text.",
        "Privet can't read pictures yet; run it through a program for text recognition (OCR) and add the result.",
    ),
    "old-word": (
        "{name} is a document of an older Word, whatever its name says.",
        "Open it in Word or LibreOffice, save it as .docx, and add that file.",
    ),
    "not-word": (
        "{name} is not a Word document, whatever its name says.",
        "See which program it belongs to, and save it from there as .docx or PDF.",
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
    "more-bytes": "Only the first 32 MB of this web page were read.",
    "damaged-part": "A part of this file is damaged; what could be read was read.",
    "form": "What was filled into the fields of this form may be missing.",
}

_NAMED_PAGES: Final = 12


def unreadable(code: str, path: Path) -> DocumentUnreadable:
    """The error for `code`; for a code that nobody knows, that of a file that can't be read."""
    what, do = _REASONS.get(code, _REASONS["bug"])
    return DocumentUnreadable(what.format(name=shown(path)), do.format(name=shown(path)))


def shown(path: Path) -> str:
    """A file's name as sentences show it, without what would break a line."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in path.name)


def warning(code: str) -> str | None:
    """The sentence for a code of the child, or None if there is no such code."""
    return _WARNINGS.get(code)


def cut_warning(characters: int) -> str:
    """The sentence for a document of which only the beginning was read."""
    return f"Only the first {characters:,} characters were read; what follows in this file can't be asked about."


def empty_pages_warning(pages: Sequence[int], total: int) -> str:
    """The sentence for pages without text in a document that has some."""
    holds = "holds" if len(pages) == 1 else "hold"
    return f"{_pages(pages)} of {total} {holds} no text; pictures of text can't be read yet."


def lost_pages_warning(pages: Sequence[int], total: int) -> str:
    """The sentence for pages that could not be read in a document whose others could."""
    are = "is" if len(pages) == 1 else "are"
    return f"{_pages(pages)} of {total} {are} damaged and could not be read."


def _pages(pages: Sequence[int]) -> str:
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
    word = "Page" if len(pages) == 1 else "Pages"
    return f"{word} {', '.join(named[:-1])} and {named[-1]}" if len(named) > 1 else f"{word} {named[0]}"
