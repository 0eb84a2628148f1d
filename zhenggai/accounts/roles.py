"""Roles: the four teams of the leading group, those who rectify, leaders, and three administrators who exclude each
other (seed plan: R08-R11; 等级保护: system, security and audit administrators are different people)."""

from enum import StrEnum


class Role(StrEnum):
    COORDINATION = "coordination"
    CASE = "case"
    SUPERVISION = "supervision"
    PUBLICITY = "publicity"
    LIAISON = "liaison"
    LEADER = "leader"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"

    @property
    def words(self) -> str:
        return WORDS[self]


WORDS = {
    Role.COORDINATION: "综合协调组",
    Role.CASE: "案件查办组",
    Role.SUPERVISION: "整改督导组",
    Role.PUBLICITY: "宣传报道组",
    Role.LIAISON: "单位联络员",
    Role.LEADER: "领导",
    Role.SYSTEM_ADMIN: "系统管理员",
    Role.SECURITY_ADMIN: "安全管理员",
    Role.AUDIT_ADMIN: "审计管理员",
}
ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
# Roles that look after a whole place: the office's teams and the leaders.
OVER_A_PLACE = frozenset({Role.COORDINATION, Role.CASE, Role.SUPERVISION, Role.PUBLICITY, Role.LEADER})
