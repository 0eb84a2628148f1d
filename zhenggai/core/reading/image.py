"""Pictures of pages (.png .jpg .tif .bmp), read by text recognition."""

from __future__ import annotations

import io
import warnings

from zhenggai.core.reading import limits, scan
from zhenggai.core.reading.document import Document
from zhenggai.core.reading.errors import Damaged, NoText, TooLarge
from zhenggai.core.reading.paged import document_of

_KINDS = ("PNG", "JPEG", "TIFF", "BMP", "GIF")


def read(data: bytes, name: str) -> Document:
    """The document of a picture, each frame of a .tif a page.

    Raises NoText when recognition is not installed or finds nothing, Damaged, TooLarge.
    """
    if not scan.available():
        raise NoText(scan.NOT_INSTALLED)
    from PIL import Image, ImageOps

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of sizes that are looked at below
            source = Image.open(io.BytesIO(data), formats=_KINDS)
            frames = getattr(source, "n_frames", 1)
            if source.width * source.height > limits.MAX_PIXELS or frames > limits.MAX_RECOGNISED_PAGES:
                raise TooLarge
            pages = []
            for number in range(frames):
                source.seek(number)
                if source.width * source.height > limits.MAX_PIXELS:
                    raise TooLarge
                pages.append(scan.recognise(ImageOps.exif_transpose(source), number + 1))
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        raise Damaged from error
    return document_of(name, "image", [one.page for one in pages], remarks=scan.remarks(pages))
