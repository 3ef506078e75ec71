"""Pictures (PNG, JPEG, TIFF, BMP, WebP, GIF) as their pages look, in the child that holds the file."""

from __future__ import annotations

import io
import warnings
from typing import BinaryIO, Final

from PIL import Image, ImageOps, UnidentifiedImageError

from assistant.ingestion import caps
from assistant.ingestion.formats.pdfium import Drawn
from assistant.workers import Refusal

_FORMATS: Final = ("PNG", "JPEG", "TIFF", "BMP", "WEBP", "GIF")
_MOST_POINTS: Final = 60_000_000  # of a page, in colour and again in the size it is shown in
_MOST_PAGES: Final = 500
_POINTS_A_DOT: Final = 0.75  # 72 of an inch for 96 dots: a picture that does not say how large it is on paper
_ACROSS: Final = 0x0112  # the EXIF tag of how a camera was held
_LYING: Final = (5, 6, 7, 8)


def prepare() -> None:
    """Load what Pillow imports on use."""
    Image.init()


class Shown:
    """A picture that is held. Raises Refusal: "damaged", "large-picture"."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        Image.MAX_IMAGE_PIXELS = 2 * _MOST_POINTS
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        file.seek(0)
        self._data = file.read(size)
        self.sizes: list[tuple[float, float]] = []
        with self._opened() as image:
            count = min(getattr(image, "n_frames", 1), _MOST_PAGES) if image.format == "TIFF" else 1
            for number in range(count):
                image.seek(number)
                wide, high = image.size
                if image.getexif().get(_ACROSS) in _LYING:
                    wide, high = high, wide
                self.sizes.append((max(1.0, wide * _POINTS_A_DOT), max(1.0, high * _POINTS_A_DOT)))

    def look(self, index: int, width: int) -> Drawn | None:
        """A page about `width` points wide, None where it can't be drawn. index: from 0."""
        if not 0 <= index < len(self.sizes):
            return None
        wide, high = self.sizes[index]
        scale = min(width / wide, (caps.MAX_DRAWN_POINTS / (wide * high)) ** 0.5)
        wanted = max(1, int(wide * scale)), max(1, int(high * scale))
        try:
            with self._opened() as image:
                image.seek(index)
                image.draft("RGB", (max(wanted), max(wanted)))  # a JPEG is unpacked no larger than it is shown
                if image.width * image.height > _MOST_POINTS:
                    return None
                page = _on_white(ImageOps.exif_transpose(image)).resize(wanted)
        except (OSError, SyntaxError, ValueError, EOFError, MemoryError):
            return None
        return Drawn(page.width, page.height, 4 * page.width, page.tobytes("raw", "BGRX"))

    def _opened(self) -> Image.Image:
        try:
            return Image.open(io.BytesIO(self._data), formats=_FORMATS)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise Refusal("large-picture") from error
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
            raise Refusal("damaged", "picture") from error


def _on_white(image: Image.Image) -> Image.Image:
    """In colour; where one sees through it, white paper."""
    if image.mode in ("RGB", "L", "1"):
        return image.convert("RGB")
    upper = image.convert("RGBA")
    page = Image.new("RGB", upper.size, (255, 255, 255))
    page.paste(upper, mask=upper.getchannel("A"))
    return page
