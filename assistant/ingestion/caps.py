"""How much of a document is read at most, on both sides of the border between reader and child."""

from __future__ import annotations

from typing import Final

MAX_TEXT: Final = 64_000_000
"""Characters of a document; about 20,000 pages. What follows is left out, and the person is told."""

MAX_FILE: Final = 512 << 20
"""Bytes of a file that must be there as a whole to be read (all kinds but plain text and Markdown)."""

MAX_BLOCK: Final = 200_000
"""Characters of one block."""

MAX_BLOCKS: Final = 1_000_000
MAX_PAGES: Final = 50_000
MAX_TITLE: Final = 300

BATCH_CHARACTERS: Final = 256_000
"""Characters of text after which the child sends what it has."""

LARGEST_FRAME: Final = 4 << 20
"""Bytes of one frame from the child: a batch and one block over it, in the longest spelling of JSON."""

MAX_PART: Final = 256 << 20
"""Bytes of one file inside an archive or a message."""

MAX_INSIDE: Final = 1 << 30
"""Bytes of all files inside one archive or message, those in archives in it included."""

MAX_PARTS: Final = 2_000
"""Files inside one archive or message that are looked at."""

MAX_PICTURES: Final = 500
"""Pages without text of one document, or pictures in it, that are looked at for text."""

MAX_DEPTH: Final = 3
"""How deep archives and messages may lie in one another."""

MAX_MEMBERS: Final = 20_000
"""Members of a packed document."""

MAX_NAME: Final = 300
MAX_CELLS: Final = 2_000_000
"""Cells of a document that are kept as data."""

BOX_SCALE: Final = 10_000
"""How the places of words travel: in so many parts of a page."""

MAX_DRAWN_POINTS: Final = 8_000_000
"""Points of a page that is drawn to be looked at; 4 bytes each."""

MAX_DRAWN_LETTERS: Final = 60_000
"""Characters of a page whose places are told."""

MAX_DRAWN_WORD: Final = 200

LARGEST_DRAWN_FRAME: Final = (4 * MAX_DRAWN_POINTS) + (1 << 20)
"""Bytes of one frame with a drawn page."""
