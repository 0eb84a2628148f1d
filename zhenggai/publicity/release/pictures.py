"""The public copy of a photo: its pixels, turned upright, and nothing that the camera or a program wrote beside them."""

import warnings
from io import BytesIO

from PIL import Image, ImageOps

from zhenggai.core.reading import limits
from zhenggai.core.reading.errors import Damaged, TooLarge
from zhenggai.publicity.release.copies import Copy

_GPS, _EXIF = 0x8825, 0x8769
_TAKEN, _MAKER, _MODEL, _WHO = 0x9003, 0x010F, 0x0110, 0x013B


def picture(data: bytes) -> Copy:
    """The public copy of a JPEG or PNG. Raises Damaged or TooLarge."""
    copy = Copy()
    Image.MAX_IMAGE_PIXELS = None  # the bound below is ours
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(BytesIO(data), formats=("JPEG", "PNG")) as opened:
                if opened.width * opened.height > limits.MAX_PIXELS:
                    raise TooLarge
                exif, kind, words = opened.getexif(), opened.format or "PNG", set(opened.info)
                if exif:
                    copy.leave("exif", _what(exif))
                if words & {"xmp", "photoshop", "comment", "XML:com.adobe.xmp", "Raw profile type exif"}:
                    copy.leave("metadata")
                upright = ImageOps.exif_transpose(opened)
                bare = Image.new(upright.mode, upright.size)
                if upright.mode == "P":
                    bare.putpalette(upright.getpalette() or [])
                bare.paste(upright)
                out = BytesIO()
                bare.save(out, kind, **({"quality": 90} if kind == "JPEG" else {}))
    except TooLarge:
        raise
    except Exception as error:  # whatever a broken byte leads the decoder to
        raise Damaged from error
    copy.data = out.getvalue()
    return copy


def _what(exif: Image.Exif) -> str:
    """Which of the things that identify a place or a person the camera wrote."""
    inner = exif.get_ifd(_EXIF)
    told = {
        "拍摄地点": bool(exif.get_ifd(_GPS)), "拍摄时间": _TAKEN in inner, "相机": _MAKER in exif or _MODEL in exif,
        "作者": _WHO in exif,
    }  # fmt: skip
    return "、".join(name for name, there in told.items() if there)
