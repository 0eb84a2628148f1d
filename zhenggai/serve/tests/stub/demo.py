"""Stands in for zhenggai.demo.load: the same functions, one person."""

from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.utils.crypto import get_random_string

from zhenggai.serve.progress import Echo


@dataclass(frozen=True)
class Account:
    """As zhenggai.serve.prepare expects it."""

    role: str
    username: str
    password: str = ""


def load(echo: Echo) -> list[Account]:
    """One person who can sign in."""
    echo("一个人")
    password = get_random_string(12)
    get_user_model().objects.create_user("zhaomin", password=password)
    return [Account("市整改办", "zhaomin", password)]


def accounts() -> list[Account]:
    """The person, without password."""
    return [Account("市整改办", "zhaomin")]


def renew_passwords() -> list[Account]:
    """The person, with a new one."""
    person = get_user_model().objects.get(username="zhaomin")
    password = get_random_string(12)
    person.set_password(password)
    person.save()
    return [Account("市整改办", "zhaomin", password)]
