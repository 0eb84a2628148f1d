"""Personal data of citizens at rest: encrypted with a key that is not in the database."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


def _cipher() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"personal data" + settings.SECRET_KEY.encode()).digest()))


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
