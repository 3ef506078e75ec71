"""Which of the code pages of Latin letters a text is in, by the letters that languages have; pure.

Statistics of bytes do not part them: they agree on most letters, and take the French è for the Czech č.
"""

from __future__ import annotations

from typing import Final

# The letters beyond ASCII of the languages of each code page. Where two fit alike, the first does.
_LANGUAGES: Final = (
    ("cp1252", "àâæçèéêëîïôœùûüÿ"),  # French
    ("cp1252", "äöüßéèàêïçñôåø"),  # German, and what it takes from others
    ("cp1252", "áéíñóúüç"),  # Spanish
    ("cp1252", "áâãàçéêíóôõúü"),  # Portuguese
    ("cp1252", "àèéìíîòóùú"),  # Italian
    ("cp1252", "áàçéèëïíöóüúê"),  # Dutch
    ("cp1252", "åäöéèàü"),  # Swedish, Finnish
    ("cp1252", "æøåéòôó"),  # Danish, Norwegian
    ("cp1252", "áðéíóúýþæö"),  # Icelandic
    ("cp1252", "àçèéíïòóúü"),  # Catalan
    ("cp1252", "äöüõšž"),  # Estonian
    ("cp1250", "ąćęłńóśźż"),  # Polish
    ("cp1250", "áčďéěíňóřšťúůýž"),  # Czech
    ("cp1250", "áäčďéíĺľňóôŕšťúýž"),  # Slovak
    ("cp1250", "áéíóöőúüű"),  # Hungarian
    ("cp1250", "ăâîşţ"),  # Romanian
    ("cp1250", "čćđšž"),  # Croatian, Slovene
    ("iso8859_2", "ąćęłńóśźż"),
    ("iso8859_2", "áčďéěíňóřšťúůýž"),
    ("iso8859_2", "áäčďéíĺľňóôŕšťúýž"),
    ("iso8859_2", "áéíóöőúüű"),
    ("iso8859_2", "ăâîşţ"),
    ("iso8859_2", "čćđšž"),
    ("cp1254", "çğıiöşüâîû"),  # Turkish
    ("cp1257", "āčēģīķļņšūž"),  # Latvian
    ("cp1257", "ąčęėįšųūž"),  # Lithuanian
)
_OTHERS: Final = frozenset("\u00a0\u00ad–—‘’‚“”„•…€§°«»‹›·©®™´¿¡\u00aa\u00ba²³¼½¾£¥×\u00b5†‰")
"""Signs that any of these languages may have."""
_FEWEST: Final = 0.9
CODE_PAGES: Final = frozenset(page for page, _ in _LANGUAGES) | {"cp1258"}


def code_page(data: bytes, otherwise: str) -> str:
    """The code page in which nearly all letters beyond ASCII are of one language; `otherwise` where there is none.

    data: text in one of CODE_PAGES.
    """
    best, most = otherwise, _FEWEST
    for page in dict.fromkeys(page for page, _ in _LANGUAGES):
        letters = [letter for letter in data.decode(page, "replace") if letter > "\x7f" and letter not in _OTHERS]
        for _, known in (one for one in _LANGUAGES if one[0] == page):
            share = sum(letter.lower()[0] in known for letter in letters) / max(1, len(letters))
            if share > most:
                best, most = page, share
    return best
