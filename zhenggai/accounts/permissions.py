"""Who may change the directory and the accounts (三员分立: nobody can do another administrator's work)."""

from zhenggai.accounts.decisions import YES, Decision, no
from zhenggai.accounts.models import Person
from zhenggai.accounts.roles import Role


def can_manage_units(person: Person) -> Decision:
    """The directory of units is the system administrator's."""
    return YES if person.holds(Role.SYSTEM_ADMIN) else no("单位名录由系统管理员维护")


def can_manage_people(person: Person) -> Decision:
    """Accounts and roles are the security administrator's."""
    return YES if person.holds(Role.SECURITY_ADMIN) else no("账号和授权由安全管理员办理")


def can_grant(by: Person, to: Person) -> Decision:
    """Nobody grants to oneself, not even the security administrator."""
    if by.pk == to.pk:
        return no("不能给自己授权，请另一名安全管理员办理")
    return can_manage_people(by)


def can_reset_password(by: Person, to: Person) -> Decision:
    """One's own password is changed by who knows it, not reset by who found the screen unlocked."""
    return no("自己的密码在“改密码”里改，要写现在的密码") if by.pk == to.pk else can_manage_people(by)


def can_set_email(by: Person, to: Person) -> Decision:
    """Where one's letters go is one's own to say, and the security administrator's."""
    return YES if by.pk == to.pk else can_manage_people(by)


def can_read_audit(person: Person) -> Decision:
    """The whole audit trail is the audit administrator's."""
    return YES if person.holds(Role.AUDIT_ADMIN) else no("审计记录由审计管理员查看")
