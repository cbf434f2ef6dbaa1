"""The parsing of DATABASE_URL: an SQLite file, or a PostgreSQL server."""

import difflib
from pathlib import Path
from urllib.parse import unquote

from psycopg.pq import Conninfo
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.domain.errors import OperatorError

POSTGRES_SCHEMES = ("postgresql", "postgresql+psycopg")


def address(url: str) -> Path | URL:
    """Return the path of an SQLite file, or the URL of a PostgreSQL database for our driver.

    Messages never quote the URL: it may hold a password.
    """
    try:
        parsed = make_url(url)
        _require_no_nul(url)
    except (ArgumentError, ValueError):
        raise OperatorError(
            "DATABASE_URL cannot be read. Write sqlite:///path/to/file "
            "or postgresql://user:password@host:5432/database."
        ) from None
    if parsed.drivername == "sqlite":
        return _file(parsed)
    if parsed.drivername in POSTGRES_SCHEMES:
        _require_database(parsed)
        _require_known_parameters(parsed)
        return _with_password_before_host(parsed.set(drivername="postgresql+psycopg"))
    raise OperatorError(
        f"DATABASE_URL starts with {parsed.drivername}:, but only sqlite: and postgresql: are understood."
    )


def _require_no_nul(url: str) -> None:
    """Raise `ValueError` for a NUL: libpq would stop reading there, and connect to the user's database."""
    if "\0" in unquote(url):
        raise ValueError


def _file(url: URL) -> Path:
    if not url.database or url.database == ":memory:":
        raise OperatorError(
            "DATABASE_URL names no file, and what is only in memory would be lost. "
            "Write sqlite:///path/to/file."
        )
    if url.query:
        raise OperatorError(
            "DATABASE_URL has parameters, but an SQLite file takes none. Remove what follows the ?; "
            "in a file's name, write ? as %3F."
        )
    try:
        return Path(url.database).expanduser().absolute()
    except RuntimeError:
        raise OperatorError(
            "DATABASE_URL begins with the home (~) of a user that does not exist. Write the whole path."
        ) from None


def _require_database(url: URL) -> None:
    """Require a name: without it, libpq takes the user's, which for postgres is the maintenance database."""
    if not (url.database or url.query.keys() & {"dbname", "service"}):
        raise OperatorError(
            "DATABASE_URL names no database. Write it after the host: "
            "postgresql://user:password@host:5432/database."
        )


def _require_known_parameters(url: URL) -> None:
    """Raise `OperatorError` for an unknown parameter, without quoting it: it may be part of a password."""
    known = {option.keyword.decode() for option in Conninfo.get_defaults()}
    for number, name in enumerate(url.query, start=1):
        if name not in known:
            alike = difflib.get_close_matches(name, sorted(known), n=1)
            hint = f"Did you mean {alike[0]}?" if alike else "Remove it; in a password, write & as %26."
            raise OperatorError(
                f"PostgreSQL does not know parameter {number} after the ? in DATABASE_URL. {hint}"
            )


def _with_password_before_host(url: URL) -> URL:
    """Move the password before the host: among the parameters, SQLAlchemy would not hide it."""
    password = url.query.get("password")
    if password is None:
        return url
    last = password if isinstance(password, str) else password[-1]
    return url.difference_update_query(["password"]).set(password=last)


def place(url: URL) -> str:
    """Describe a PostgreSQL database, without its password."""
    name = url.database or url.query.get("dbname") or url.username or "the database of the service"
    return f"{name} at {url.host or 'the local socket'}:{url.port or 5432}"
