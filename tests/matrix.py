"""Groups of roles that the tables of who may open an address name."""

ROLES = (
    "office", "south_acceptor", "supervision", "case", "publicity", "leader", "south_liaison", "north_liaison",
    "system_admin", "security_admin", "audit_admin", "nobody",
)  # fmt: skip
EVERYONE = set(ROLES)
ADMINISTRATORS = {"system_admin", "security_admin", "audit_admin"}
ON_THE_TASK = {"office", "south_acceptor", "supervision", "case", "publicity", "leader", "south_liaison"}
OVER_THE_CITY = {"office", "supervision", "case", "publicity", "leader"}
HANDLERS = {"office", "south_acceptor", "publicity"}
PUBLIC = EVERYONE | {"anonymous"}
