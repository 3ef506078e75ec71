"""Makes seen what a text hides: characters that turn, join or take no room, and host names in look-alike letters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from ui.i18n import tr

# Joiners that languages and emoji need, and the spaces of every text.
_LEFT_ALONE: Final = frozenset("\n\t\u2028\u200c\u200d")
_HIDING: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_PLAIN: Final = re.compile(r"[\x20-\x7e\n\t]*")
_HOST: Final = re.compile(r"(?<![\w.-])[\w-]+(?:\.[\w-]+)+(?![\w-])")
_SUPPLEMENT: Final = range(0xE0100, 0xE01F0)  # variation selectors that no font has, and that can carry a message

# Letters of other scripts that look like these (Unicode, confusables.txt; the ones that can stand in a host name).
_LOOKS_LIKE: Final = {
    "a": "\u0430\u03b1\u0251", "b": "\u042c\u0184", "c": "\u0441\u03f2", "d": "\u0501\u0257", "e": "\u0435\u04bd",
    "g": "\u0261\u0581", "h": "\u04bb\u0570", "i": "\u0456\u03b9\u0131", "j": "\u0458\u03f3", "k": "\u043a\u03ba",
    "l": "\u04cf\u0627\u05d5", "m": "\u043c", "n": "\u0578\u057c", "o": "\u043e\u03bf\u0585\u0ae6", "p": "\u0440\u03c1",
    "q": "\u051b\u0566", "r": "\u0433", "s": "\u0455\u0586", "t": "\u0442\u03c4", "u": "\u03c5\u057d\u028b",
    "v": "\u03bd\u0475", "w": "\u051d\u0461\u0561", "x": "\u0445\u03c7", "y": "\u0443\u04af", "z": "\u1d22",
}  # fmt: skip
_LATIN: Final = {other: letter for letter, others in _LOOKS_LIKE.items() for other in others}


def visible(text: str) -> str:
    """`text` with each character that hides shown by its number, as in "⟨U+202E⟩"; all others stay as they are."""
    if _PLAIN.fullmatch(text):
        return text
    return "".join(f"⟨U+{ord(letter):04X}⟩" if _hides(letter) else letter for letter in text)


def with_marked_hosts(text: str) -> str:
    """`text` with a remark behind each host name that is written in look-alike letters."""
    if text.isascii() and "xn--" not in text:
        return text
    return "".join(_with_remarks(text))


def outside_hosts(text: str, at: int, *, before: bool) -> int:
    """`at`, or the border of the suspicious host name that it stands within: a text cut there would hide the remark."""
    if text.isascii() and "xn--" not in text:
        return at
    for found in _HOST.finditer(text):
        if found.start() < at < found.end() and remark(found[0]):
            return found.start() if before else found.end()
    return at


def remark(host: str) -> str:
    """What is suspicious about a host name, as " [...]"; "" for an honest one, in whatever language."""
    shown = ".".join(_decoded(label) for label in host.casefold().split("."))
    likeness = "".join(_LATIN.get(letter, letter) for letter in shown)
    if likeness != shown and likeness.isascii():
        return " " + tr("[looks like {host}, but is written in other letters]", host=likeness)
    if any(len(_scripts(label)) > 1 for label in shown.split(".")):
        return " " + tr("[letters of several scripts in one name]")
    return ""


def _hides(letter: str) -> bool:
    if letter in _LEFT_ALONE:
        return False
    return unicodedata.category(letter) in _HIDING or ord(letter) in _SUPPLEMENT


def _with_remarks(text: str) -> Iterator[str]:
    place = 0
    for found in _HOST.finditer(text):
        yield text[place : found.end()]
        yield remark(found[0])
        place = found.end()
    yield text[place:]


def _decoded(label: str) -> str:
    """A label of a host name as its letters."""
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def _scripts(label: str) -> set[str]:
    """The scripts of a label's letters, by the first word of their names; Japanese mixes its three by right."""
    names = {unicodedata.name(letter, "?").split(" ")[0] for letter in label if letter.isalpha()}
    together = {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL", "BOPOMOFO"}
    return (names - together) | ({"EAST ASIAN"} if names & together else set())
