"""The three roles of a database and what each may do.

postgres         superuser; only the launcher uses it, to make the other two
zhenggai_owner   owns the database and its tables: migrations
zhenggai_app     the running product: reads and writes rows, owns nothing, so no trigger or constraint can be put aside
"""

from urllib.parse import unquote, urlsplit

from psycopg import Connection, sql

SUPERUSER, OWNER, APP = "postgres", "zhenggai_owner", "zhenggai_app"
DATABASE = "zhenggai"


def role_of(url: str) -> str:
    """The role that a database address signs in as.

    >>> role_of("postgresql://%E6%95%B4%E6%94%B9:x@127.0.0.1:5432/zhenggai")
    '整改'
    """
    return unquote(urlsplit(url).username or "")


def ensure_role(connection: Connection, name: str, password: str | None, *rights: str) -> None:
    """Make the role when it is missing; `rights` are words such as CREATEDB. Without a password it cannot sign in."""
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone():
        return
    login = sql.SQL("LOGIN PASSWORD {}").format(sql.Literal(password)) if password else sql.SQL("NOLOGIN")
    extra = sql.SQL(" ").join(map(sql.SQL, rights))
    connection.execute(sql.SQL("CREATE ROLE {} {} {}").format(sql.Identifier(name), login, extra))


def ensure_database(connection: Connection, name: str, owner: str) -> None:
    """Make the database when it is missing. `connection` must be in autocommit."""
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(owner)))


def close_to_strangers(connection: Connection, name: str, app: str) -> None:
    """Only the owner and `app` may enter; `app` makes nothing there, not even temporary tables."""
    database, role = sql.Identifier(name), sql.Identifier(app)
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, role))


def share_future_tables(connection: Connection, owner: str, app: str) -> None:
    """What `owner` makes from now on in schema public, `app` may read and write.

    Only for what is to come: a migration may take rights away from `app` (rows that are only added), and granting
    on existing tables at the next start would give them back.
    """
    owning, using = sql.Identifier(owner), sql.Identifier(app)
    connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(using))
    for rights, things in (("SELECT, INSERT, UPDATE, DELETE", "TABLES"), ("USAGE, SELECT", "SEQUENCES")):
        connection.execute(
            sql.SQL("ALTER DEFAULT PRIVILEGES FOR ROLE {} IN SCHEMA public GRANT {} ON {} TO {}").format(
                owning, sql.SQL(rights), sql.SQL(things), using
            )
        )
