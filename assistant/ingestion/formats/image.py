"""Pictures (PNG, JPEG, TIFF, BMP, WebP, GIF): the text recognised on each page of them."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import BinaryIO, Final

import numpy as np
from PIL import Image, ImageOps, ImageSequence, TiffImagePlugin, UnidentifiedImageError

from assistant.ingestion.formats.events import About, Event, PageRead
from assistant.ingestion.formats.recognition import Picture, Recognition
from assistant.values import Block
from assistant.workers import Refusal

_MOST_POINTS: Final = 120_000_000
_DRAWN_POINTS: Final = 8_000_000
_MOST_PAGES: Final = 500
_FORMATS: Final = ("PNG", "JPEG", "TIFF", "BMP", "WEBP", "GIF")
_LEAST_SIDE: Final = 60  # points of a picture inside a document: in fewer, no line of text can be told
_LEAST_POINTS: Final = 30_000
_FEWEST_LETTERS: Final = 3  # of a picture inside a document: fewer are rather a shape on a photograph
_recognition: list[Recognition] = []
FAULTS: Final = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
"""What Pillow raises on pictures that are damaged or far too large."""


def prepare() -> None:
    """Load the models, and what Pillow imports on use."""
    Image.init()
    _recognition.append(Recognition())


def read(file: BinaryIO, size: int) -> Iterator[Event]:
    """Blocks of a picture, page by page. Raises Refusal: "damaged", "large-picture", "picture-kind"."""
    Image.MAX_IMAGE_PIXELS = _MOST_POINTS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    file.seek(0)
    pages = 0
    lost: list[int] = []
    empty: list[int] = []
    try:
        with Image.open(file, formats=_FORMATS) as image:
            # Of a moving picture the first state says it all; of a fax each page counts.
            count = min(getattr(image, "n_frames", 1), _MOST_PAGES) if image.format == "TIFF" else 1
            for pages, frame in enumerate(ImageSequence.Iterator(image), 1):
                found = False
                try:
                    picture = _points(frame)
                    for block in _recognition[-1].blocks(picture, pages):
                        found = True
                        yield block
                    if not found:
                        empty.append(pages)
                except (OSError, SyntaxError, ValueError):
                    lost.append(pages)
                yield PageRead(pages, max(count, pages))
                if pages >= count:
                    break
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refusal("large-picture") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        if not pages:
            raise Refusal("picture-kind" if _is_rare(file) else "damaged", "picture") from error
    if lost and len(lost) == pages:
        raise Refusal("damaged", "picture")
    yield About(pages=pages, empty_pages=tuple(empty), lost_pages=tuple(lost), picture_pages=tuple(range(1, pages + 1)))


def _is_rare(file: BinaryIO) -> bool:
    """True for a TIFF whose table is whole, but whose points are kept in a way that Pillow does not know."""
    file.seek(0)
    try:
        TiffImagePlugin.TiffImageFile(file)
    except SyntaxError as error:
        return "unknown" in str(error)
    except FAULTS:
        return False
    return False


def blocks(file: BinaryIO, page: int) -> Iterator[Block]:
    """Blocks of the first state of a picture inside a document; none where it says nothing. Raises FAULTS, Refusal."""
    Image.MAX_IMAGE_PIXELS = _MOST_POINTS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    with Image.open(file, formats=_FORMATS) as image:
        if min(image.size) >= _LEAST_SIDE and image.width * image.height >= _LEAST_POINTS:
            found = list(_recognition[-1].blocks(_points(image), page))
            if sum(len(block.text) for block in found) >= _FEWEST_LETTERS:
                yield from found


def _points(image: Image.Image) -> Picture:
    """A picture upright, in colour, and not larger than text needs."""
    if image.width * image.height > _MOST_POINTS:
        raise Refusal("large-picture")
    factor = (_DRAWN_POINTS / max(1, image.width * image.height)) ** 0.5
    if factor < 1:
        image.draft("RGB", (int(image.width * factor), int(image.height * factor)))
        image = image.convert("RGB").resize((max(1, int(image.width * factor)), max(1, int(image.height * factor))))
    upright = ImageOps.exif_transpose(image)
    upright = (upright if upright is not None else image).convert("RGBA")
    page = Image.new("RGB", upright.size, (255, 255, 255))
    page.paste(upright, mask=upright.getchannel("A"))
    return np.asarray(page)
