from zhenggai.accounts.decisions import YES, Decision, no
from zhenggai.accounts.models import Person
from zhenggai.accounts.roles import Role


def can_keep_channels(person: Person) -> Decision:
    """Which groups hear of a place is for its coordination team to say."""
    return YES if person.places_as(Role.COORDINATION) else no("群通知由综合协调组设置")
