"""Text without what no reader sees: control characters, halves of characters, invisible marks; pure."""

from __future__ import annotations

import re
from typing import Final

# C0 and C1 but tab and line feed, soft hyphens, zero-width spaces, byte order marks, halves of surrogate
# pairs (SQLite can't keep them), noncharacters, and the tag characters in which text can be hidden from
# people but not from models. Marks that turn the direction of writing stay: Arabic and Hebrew need them.
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b\u2060\ufeff\ufdd0-\ufdef\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_SPACES: Final = re.compile("[^\\S\n]{2,}|[^\\S\n ]")  # all white space but a single space
_REPLACED: Final = str.maketrans(
    {
        "\ufb00": "ff",
        "\ufb01": "fi",
        "\ufb02": "fl",
        "\ufb03": "ffi",
        "\ufb04": "ffl",
        "\ufb05": "st",
        "\ufb06": "st",
        "\uf0b7": "•",  # where Word's Symbol font keeps its bullets
        "\uf0a7": "•",
        "\u2028": "\n",
        "\u2029": "\n",
    }
)
_REPLACEABLE: Final = re.compile(f"[{''.join(map(chr, _REPLACED))}]")


def without_unseen(text: str) -> str:
    """`text` without what no reader sees; tabs, line feeds and spaces stay as they are."""
    return text if _is_plain(text) else _UNSEEN.sub("", text)


def _is_plain(text: str) -> bool:
    """True for most texts, and quickly: nothing in it but letters, marks, single spaces of the usual width, line feeds.

    What Python calls printable is none of the unseen, and no other space.
    """
    return text.replace("\n", "").isprintable()


def clean(text: str) -> str:
    """`text` without what no reader sees, its ligatures spelled out and each line ended by one line feed."""
    if _is_plain(text):
        return text if text.isascii() or not _REPLACEABLE.search(text) else text.translate(_REPLACED)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNSEEN.sub("", text.translate(_REPLACED) if _REPLACEABLE.search(text) else text)


def one_line(text: str) -> str:
    """`text` cleaned, with each run of white space as one space, and none at its ends."""
    return " ".join(clean(text).split())


def tidy(text: str) -> str:
    """`text` cleaned, with each run of spaces and tabs as one space; line feeds stay."""
    text = clean(text)
    return (text if _is_plain(text) and "  " not in text else _SPACES.sub(" ", text)).strip()
