"""Pictures as cameras make them, for the tests."""

import io
from fractions import Fraction
from typing import Any

from PIL import Image


def photo(
    size: tuple[int, int] = (64, 48), *, taken: str = "", place: tuple[float, float] | None = None, form: str = "JPEG",
    turned: int = 0, colour: str = "seagreen", offset: str = "",
) -> bytes:  # fmt: skip
    """A picture with EXIF: `taken` as cameras write it (2026:11:20 14:02:31), `place` as latitude and longitude."""
    picture, exif = Image.new("RGB", size, colour), Image.Exif()
    if taken:
        exif.get_ifd(0x8769)[0x9003] = taken
    if offset:
        exif.get_ifd(0x8769)[0x9011] = offset
    if turned:
        exif[0x0112] = turned
    if place:
        exif[0x8825] = _gps(*place)
    out = io.BytesIO()
    picture.save(out, form, exif=exif)
    return out.getvalue()


def _gps(latitude: float, longitude: float) -> dict[int, Any]:
    return {
        1: "N" if latitude >= 0 else "S", 2: _parts(abs(latitude)), 3: "E" if longitude >= 0 else "W",
        4: _parts(abs(longitude)),
    }  # fmt: skip


def _parts(degrees: float) -> tuple[Fraction, Fraction, Fraction]:
    whole, rest = divmod(degrees, 1)
    minutes, rest = divmod(rest * 60, 1)
    return Fraction(int(whole)), Fraction(int(minutes)), Fraction(round(rest * 6000), 100)
