"""Documents made for tests: small, real files whose pages hold known sentences."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path

from tests.assistant.ingestion import making

FACTS = (
    "The hedge at Harrow Lane was planted in 1874 by Ottilie Brandt, the head gardener of the estate.",
    "The kettle in the garden hut holds four litres and takes eleven minutes to boil.",
    "In the winter of 1891 a fox named Barnaby lived under the greenhouse for three months.",
)


def pdf(path: Path, pages: Sequence[str]) -> Path:
    """Write a PDF with one page per text; "" makes an empty page. Lines break at 80 characters; ASCII only."""
    plain = [text.encode("ascii", "replace").decode("ascii") for text in pages]
    return making.pdf(path, [textwrap.wrap(text, 80) for text in plain])


def facts(path: Path) -> Path:
    """A PDF with one fact a page, among sentences about nothing in particular."""
    filler = "This page belongs to the records of the estate and was copied by hand from the old ledger. "
    return pdf(path, [filler + fact for fact in FACTS])
