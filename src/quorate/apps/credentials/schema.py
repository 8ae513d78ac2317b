"""The registry's own schema and role in the database.

`registrar.issue` and `registrar.change` belong to a role that nobody signs in as. The site's role may become
it for the length of one step and has no rights of its own there, so no query elsewhere can touch the tables
by mistake. Nothing refers to them and they refer to nothing; what they hold is sealed under keys that are
files and not in the database.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import DatabaseError, connection, transaction
from psycopg import sql

from quorate.apps.credentials.errors import RegistryUnavailable
from quorate.text import _

SCHEMA: Final = "registrar"
_TABLES: Final = """
CREATE TABLE registrar.issue (
    ballot_id text PRIMARY KEY,
    issued timestamptz NOT NULL DEFAULT now(),
    roll text NOT NULL,
    files text NOT NULL,
    key bytea,
    book bytea,
    codes bytea,
    handed_over timestamptz
);
CREATE TABLE registrar.change (
    ballot_id text NOT NULL,
    number integer NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (ballot_id, number)
);
"""


def role_name(cursor: Any) -> str:
    """The role that owns the registry of this database: roles are common to all databases of a server."""
    cursor.execute("SELECT current_database()")
    return f"{cursor.fetchone()[0]}_registrar"


def statements(role: str, user: str) -> str:
    """What an administrator of the database runs once, where the site's own role may not."""
    return (
        f'CREATE ROLE "{role}" NOLOGIN; GRANT "{role}" TO "{user}" WITH INHERIT FALSE, SET TRUE; '
        f'CREATE SCHEMA {SCHEMA} AUTHORIZATION "{role}";'
    )


def is_there(cursor: Any) -> bool:
    """Whether the registry's tables exist; asked of the catalogue, which needs no rights on them."""
    cursor.execute(
        "SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = %s AND c.relname = 'change'",
        [SCHEMA],
    )
    return cursor.fetchone() is not None


def install() -> None:
    """Make role, schema and tables, as far as they are not there; RegistryUnavailable says what is needed."""
    with connection.cursor() as cursor:
        if is_there(cursor):
            return
        role = role_name(cursor)
        cursor.execute("SELECT current_user")
        user = cursor.fetchone()[0]
        try:
            with transaction.atomic():
                _make(cursor, role)
        except DatabaseError as error:
            raise RegistryUnavailable(
                _(
                    "Hosted codes need a schema and a role of their own, and the site's database role may "
                    "not make them. Have an administrator of the database run: {statements} Or make the "
                    "codes offline, with quorate registrar codes."
                ).format(statements=statements(role, user))
            ) from error


def remove() -> None:
    """Take schema and role away again, with everything in them."""
    with connection.cursor() as cursor, transaction.atomic():
        if is_there(cursor):
            role = role_name(cursor)
            become(cursor, role)
            cursor.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(SCHEMA)))
            cursor.execute("RESET ROLE")
            cursor.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


def become(cursor: Any, role: str) -> None:
    """Act as the registry's role until the transaction ends or the role is reset."""
    cursor.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(role)))


def _make(cursor: Any, role: str) -> None:
    name = sql.Identifier(role)
    cursor.execute("SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = %s", [role])
    if cursor.fetchone() is None:
        cursor.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(name))
        cursor.execute("SHOW server_version_num")
        apart = " WITH INHERIT FALSE, SET TRUE" if int(cursor.fetchone()[0]) >= 160_000 else ""
        cursor.execute(sql.SQL("GRANT {} TO CURRENT_USER" + apart).format(name))
    cursor.execute("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = %s", [SCHEMA])
    if cursor.fetchone() is None:
        cursor.execute(sql.SQL("CREATE SCHEMA {} AUTHORIZATION {}").format(sql.Identifier(SCHEMA), name))
    become(cursor, role)
    cursor.execute(_TABLES)
    cursor.execute("RESET ROLE")
