"""What a database's URL means: a file, or a PostgreSQL server."""

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.domain.errors import OperatorError

POSTGRES_SCHEMES = ("postgresql", "postgresql+psycopg")


def address(url: str) -> Path | URL:
    """The path of an SQLite file, or the URL of a PostgreSQL database by the driver that we use.

    Messages never quote the URL: it may hold a password.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise OperatorError(
            "DATABASE_URL cannot be read. Write sqlite:///path/to/file "
            "or postgresql://user:password@host:5432/database."
        ) from None
    if parsed.drivername == "sqlite":
        return _file(parsed)
    if parsed.drivername in POSTGRES_SCHEMES:
        return _with_password_before_host(parsed.set(drivername="postgresql+psycopg"))
    raise OperatorError(
        f"DATABASE_URL starts with {parsed.drivername}:, but only sqlite: and postgresql: are understood."
    )


def _file(url: URL) -> Path:
    if not url.database or url.database == ":memory:":
        raise OperatorError(
            "DATABASE_URL names no file, and what is only in memory would be lost. "
            "Write sqlite:///path/to/file."
        )
    return Path(url.database).absolute()


def _with_password_before_host(url: URL) -> URL:
    """Among the options, it would be shown wherever a URL is written without its password."""
    password = url.query.get("password")
    if password is None:
        return url
    last = password if isinstance(password, str) else password[-1]
    return url.difference_update_query(["password"]).set(password=last)


def place(url: URL) -> str:
    """A PostgreSQL database in words, without its password."""
    return f"{url.database or url.username} at {url.host or 'the local socket'}:{url.port or 5432}"
