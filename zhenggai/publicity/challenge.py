"""A question that holds programs off the objection form: made, signed and checked here, without a third party, a picture or
a script. A question is good for one notice, for two hours, and for one objection (Objection.question)."""

import hmac
import re
import secrets
import unicodedata
from dataclasses import dataclass
from hashlib import sha256

from django.conf import settings
from django.core import signing

SALT = "zhenggai.publicity.challenge"
SECONDS = 2 * 3600
_DIGITS = "零一二三四五六七八九"


class WrongAnswer(Exception):
    """The answer is not right, or its question is too old; the message says what to do."""


@dataclass(frozen=True)
class Question:
    """`words`: what is asked; `token`: what the form sends back with the answer."""

    words: str
    token: str


def ask(notice: int) -> Question:
    """A new question for a notice."""
    first, second, nonce = secrets.randbelow(30) + 10, secrets.randbelow(9) + 1, secrets.token_hex(8)
    token = signing.dumps([notice, nonce, _sealed(nonce, first + second)], salt=SALT)
    return Question(f"{in_words(first)}加{in_words(second)}等于多少？", token)


def check(token: str, answer: str, notice: int) -> str:
    """The mark of the question that `answer` answers. Raises WrongAnswer."""
    try:
        asked, nonce, sealed = signing.loads(token, salt=SALT, max_age=SECONDS)
    except signing.SignatureExpired as error:
        raise WrongAnswer("这道题放得太久了，请答下面这一道新的。") from error
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise WrongAnswer("请答下面这道题，再提交一次。") from error
    if asked != notice:
        raise WrongAnswer("这张表是为另一份公示打开的。请看清上面是不是你要反映的公示，再答下面这一道新的。")
    if not hmac.compare_digest(sealed, _sealed(nonce, read(answer))):
        raise WrongAnswer("答案不对，请答下面这一道新的。写数字就可以。")
    return str(nonce)


def _sealed(nonce: str, number: int | None) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"{SALT} {nonce} {number}".encode(), sha256).hexdigest()[:24]


def in_words(number: int) -> str:
    """
    >>> in_words(7), in_words(10), in_words(12), in_words(30), in_words(39)
    ('七', '十', '十二', '三十', '三十九')
    """
    tens, ones = divmod(number, 10)
    if not tens:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


def read(answer: str) -> int | None:
    """A number below 100, in digits of any width or in Chinese.

    >>> read(" ４２ "), read("四十二"), read("十"), read("三十"), read("七"), read("x")
    (42, 42, 10, 30, 7, None)
    """
    told = re.sub(r"\s", "", unicodedata.normalize("NFKC", answer)).rstrip("。.")
    if re.fullmatch(r"[0-9]{1,3}", told):
        return int(told)
    match = re.fullmatch(f"(?:([{_DIGITS}])?(十))?([{_DIGITS}])?", told)
    if not match or not told:
        return None
    tens = _DIGITS.index(match[1]) if match[1] else 1
    return (tens * 10 if match[2] else 0) + (_DIGITS.index(match[3]) if match[3] else 0)
