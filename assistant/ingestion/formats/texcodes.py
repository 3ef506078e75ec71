"""Letters that fonts of TeX hand out as control characters, put back: ligatures, quotes, dashes, bullets; pure.

A PDF whose fonts don't say what their codes stand for gives the codes themselves: "\\x1crst" for "first". Which code
is which is told by TeX's encodings T1 (1B to 1F, 10, 11, 15, 16), OT1 (0B to 0F) and TS1 (88). Formulas use the same
codes for brackets, so only what stands in a word or beside one is put back. Sources: "LaTeX font encodings" (encguide),
tables of T1, OT1 and TS1.
"""

from __future__ import annotations

import re
from typing import Final

_ANY: Final = re.compile("[\x0b\x0c\x0e-\x1f\x88]")
_LIGATURES: Final = {
    **dict(zip("\x1b\x1c\x1d\x1e\x1f", "\ufb00\ufb01\ufb02\ufb03\ufb04", strict=True)),
    **dict(zip("\x0b\x0c\x0e\x0f", "\ufb00\ufb01\ufb03\ufb04", strict=True)),
}
# OT1 begins or ends a word with few of them, and formulas are full of these codes.
_LIGATURE: Final = re.compile(
    "[\x1b-\x1f](?=[a-z])|(?<=[A-Za-z])[\x1b-\x1f]|[\x0b\x0c](?=[a-z])|(?<=[A-Za-z])[\x0e\x0f](?=[a-z])|(?<=[a-z])\x0b(?![a-z\x0b])"
)
_OPENED: Final = re.compile(r"(?<![\w\x10])\x10(?=[\w(\x1b-\x1f\ufb00-\ufb04])")
_CLOSED: Final = re.compile(r"(?<=[\w.,!?)'])\x11(?!\w)")
_BETWEEN: Final = re.compile(r"(?<=\w)\x15(?=\w)")
_DASH: Final = re.compile(r"(?<=[\s\w])\x16(?=[\s\w])")
_BULLET: Final = re.compile(r"(?m)^([ \t]*)[\x15\x88](?= +\w)")


def spelled(text: str) -> str:
    """`text` with what words and sentences lack, a character for a character; ligatures as U+FB00 to U+FB04."""
    if not _ANY.search(text):
        return text
    text = _LIGATURE.sub(lambda found: _LIGATURES[found.group()], text)
    opened = _OPENED.sub("“", text)
    if opened != text:  # what closes one is put back where something was opened
        text = _CLOSED.sub("”", opened)
    return _BULLET.sub(r"\1•", _DASH.sub("—", _BETWEEN.sub("–", text)))
