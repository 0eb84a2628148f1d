"""When and where photos were taken, as their cameras say: run in a process of its own, without Django (apart.py).

`python -m zhenggai.documents.photo SECONDS BYTES` takes a JSON list of paths on standard input and answers each with one
line of JSON: {"taken": "2026-11-20T14:02:31" or with an offset, "latitude", "longitude"}, each null when not there. No
pixel is decoded. What is not a picture, or says something impossible, is answered with nulls.
"""

import json
import math
import sys
import warnings
from datetime import datetime
from typing import Any

from PIL import Image

from zhenggai.core.limited import limit

_EXIF, _GPS = 0x8769, 0x8825
_TAKEN = ((0x9003, 0x9011), (0x9004, 0x9012))  # original, digitized; each with its offset. 0x0132 is the last change
_FIRST_YEAR = 1990  # before the first digital cameras a clock was not set
NOTHING: dict[str, Any] = {"taken": None, "latitude": None, "longitude": None}


def facts(path: str) -> dict[str, Any]:
    """What the camera of the picture at `path` says of its time and place."""
    Image.MAX_IMAGE_PIXELS = None  # nothing is decoded here
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of EXIF that is cut off
            with Image.open(path, formats=("JPEG", "PNG")) as picture:
                exif = picture.getexif()
            latitude, longitude = _place(exif.get_ifd(_GPS))
            return {"taken": _taken(exif.get_ifd(_EXIF)), "latitude": latitude, "longitude": longitude}
    except Exception:  # whatever a broken byte leads the parser to: the file says nothing of itself
        return NOTHING


def _taken(exif: dict[int, Any]) -> str | None:
    for tag, offset in _TAKEN:
        if moment := moment_of(exif.get(tag), exif.get(offset)):
            return moment
    return None


def moment_of(words: Any, offset: Any) -> str | None:
    """
    >>> moment_of("2026:11:20 14:02:31", "+08:00"), moment_of("2026:11:20 14:02:31", None)
    ('2026-11-20T14:02:31+08:00', '2026-11-20T14:02:31')
    >>> moment_of("0000:00:00 00:00:00", None), moment_of("2026:02:30 10:00:00", None), moment_of(b"x", 3)
    (None, None, None)
    """
    if not isinstance(words, str):
        return None
    try:
        moment = datetime.strptime(words.strip(" \0")[:19], "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007  cameras keep local time
        zone = offset.strip(" \0")[:6] if isinstance(offset, str) else ""
        moment = datetime.fromisoformat(moment.isoformat() + zone)
    except ValueError:
        return None
    return moment.isoformat() if moment.year >= _FIRST_YEAR else None


def _place(gps: dict[int, Any]) -> tuple[float | None, float | None]:
    latitude, longitude = degrees(gps.get(2), gps.get(1), 90), degrees(gps.get(4), gps.get(3), 180)
    if latitude is None or longitude is None or latitude == longitude == 0:  # 0, 0 is a receiver without a fix
        return None, None
    return latitude, longitude


def degrees(parts: Any, side: Any, most: int) -> float | None:
    """Degrees, minutes and seconds with N, S, E or W as a decimal number of 6 places.

    >>> degrees((31, 14, 24), "N", 90), degrees((120, 30, 0.0), "W", 180), degrees((91, 0, 0), "N", 90)
    (31.24, -120.5, None)
    >>> degrees((1, 2), "N", 90), degrees(None, None, 90), degrees((float("nan"), 0, 0), "E", 180)
    (None, None, None)
    """
    try:
        whole, minutes, seconds = (float(part) for part in parts)
        value = whole + minutes / 60 + seconds / 3600
    except (TypeError, ValueError, ArithmeticError):
        return None
    if not math.isfinite(value) or not 0 <= value <= most:
        return None
    return round(-value if side in ("S", "W") else value, 6)


def main(seconds: str, memory: str) -> int:
    limit(int(seconds), int(memory))
    for path in json.load(sys.stdin):
        sys.stdout.write(json.dumps(facts(path)) + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
