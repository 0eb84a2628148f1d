"""Personal data of citizens at rest: encrypted with a key that is not in the database."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def _cipher() -> MultiFernet:
    """Seals with the key in force; opens what an earlier one (settings.SECRET_KEY_FALLBACKS) has sealed."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(b"personal data" + key.encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


def seal(text: str) -> str:
    """`text` encrypted (AES-128-CBC with HMAC, Fernet); empty stays empty."""
    return _cipher().encrypt(text.encode()).decode() if text else ""


def unseal(token: str) -> str:
    """What `seal` took; a token that another key made reads as a plain sentence, never as an error page."""
    if not token:
        return ""
    try:
        return _cipher().decrypt(token.encode()).decode()
    except InvalidToken:
        return "（密钥已换，无法解读）"
