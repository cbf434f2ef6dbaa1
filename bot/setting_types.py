"""The types of settings: what each value may be, and the message if it is something else. And their group."""

import base64
import re
import ssl
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import unquote, unquote_plus, urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.setting_places import has_hosts, is_host, is_path

FERNET_KEY_BYTES = 32
#: The parameters of a PostgreSQL URL that contain passwords.
PASSWORD_OPTIONS = ("password", "sslpassword")
FERNET_RECIPE = 'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'


#: The most that a number can be where no smaller bound makes sense: ids of Discord are stored in 64 bits.
ID_MOST = 2**63 - 1
NUMBER_MOST = 1_000_000
#: Ten thousand hours are more than a year, a hundred thousand days more than two centuries.
HOURS_MOST = 10_000
DAYS_MOST = 100_000
#: Of a button's URL.
LINK_MOST_CHARACTERS = 512


class Group(BaseSettings):
    model_config = SettingsConfigDict(extra="ignore", frozen=True, env_ignore_empty=True)

    @model_validator(mode="before")
    @classmethod
    def _strip(cls, values: dict[str, object]) -> dict[str, object]:
        """Remove what Docker and Kubernetes leave around values: quotes, spaces and ends of lines."""
        stripped = {
            name: without_quotes(value) if isinstance(value, str) else value for name, value in values.items()
        }
        if not cls.model_config.get("env_ignore_empty"):
            return stripped
        return {name: value for name, value in stripped.items() if value != ""}


def without_quotes(value: str) -> str:
    value = value.strip(" \t\r\n")
    quote = value[:1]
    is_quoted = len(value) > 1 and quote in {'"', "'"} and value.find(quote, 1) == len(value) - 1
    return value[1:-1] if is_quoted else value


def expects(words: str, *, is_secret: bool = False) -> WrapValidator:
    """Say what a value has to be, as the end of the line that refuses a wrong one ("Set it to …").

    The line does not show a secret, nor an address with a login.
    """

    def check(value: object, validate: ValidatorFunctionWrapHandler) -> object:
        try:
            return validate(value)
        except ValueError as error:
            kind = "secret" if is_secret or "@" in str(value) else "value"
            raise PydanticCustomError(kind, "{words}", {"words": words}) from error

    return WrapValidator(check)


def url_with(*schemes: str) -> AfterValidator:
    def check(value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in schemes or not parts.hostname or parts.port == 0:
            raise ValueError
        is_host(parts.hostname)
        return value

    return AfterValidator(check)


def without_trailing_slash(value: str) -> str:
    return value.rstrip("/")


def with_scheme(value: object) -> object:
    """Add http:// to a proxy that is given as host and port only."""
    return f"http://{value}" if isinstance(value, str) and "://" not in value else value


def split_at_commas(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def split_at_commas_and_spaces(value: object) -> object:
    return split_at_commas(",".join(value.split())) if isinstance(value, str) else value


def empty_is_unset(value: object) -> object:
    return None if value == "" else value


def postgres_is_postgresql(value: object) -> object:
    """Accept the spelling postgres://, which hosting services and libpq use as well."""
    shorter = "postgres://"
    if isinstance(value, str) and value.startswith(shorter):
        return f"postgresql://{value.removeprefix(shorter)}"
    return value


def zero_or_at_least(least: int) -> AfterValidator:
    def check(value: int) -> int:
        if value and value < least:
            raise ValueError
        return value

    return AfterValidator(check)


def in_capitals(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


def are_fernet_keys(value: SecretStr) -> SecretStr:
    keys = value.get_secret_value().split(",")
    if any(len(base64.urlsafe_b64decode(key.strip())) != FERNET_KEY_BYTES for key in keys):
        raise ValueError
    return value


def matches(pattern: str) -> AfterValidator:
    def check(value: SecretStr) -> SecretStr:
        if not re.fullmatch(pattern, value.get_secret_value()):
            raise ValueError
        return value

    return AfterValidator(check)


def is_proxy(value: SecretStr) -> SecretStr:
    parts = urlsplit(value.get_secret_value())
    if not parts.hostname or parts.port == 0:
        raise ValueError
    is_host(parts.hostname)
    return value


def is_private_enough(value: SecretStr) -> SecretStr:
    """Accept plain HTTP only on this machine."""
    parts = urlsplit(value.get_secret_value())
    host = is_host(parts.hostname or "")
    is_own = host in {"localhost", "::1"} or host.startswith("127.")
    if parts.scheme != "https" and not is_own:
        raise ValueError
    return value


def holds_certificates(path: Path) -> Path:
    """Check the file: OpenSSL would ignore a missing file, and then trust no certificate."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
    except OSError as error:  # ssl.SSLError is one
        raise ValueError from error
    return path


def with_home(path: Path) -> Path:
    """Replace `~` by the home, since no shell does it in a file of settings."""
    try:
        return path.expanduser()
    except RuntimeError as error:
        raise ValueError from error


def passwords_in(database_url: str) -> set[str]:
    """Return the passwords of the URL, before the host and in parameters, encoded and decoded."""
    user = re.match(r"\w+://(?:[^:/]*:([^@]*)@)?", database_url)
    _, _, options = database_url[user.end() if user else 0 :].partition("?")
    pairs = (option.partition("=") for option in options.split("&"))
    spelled = {value for name, _, value in pairs if name in PASSWORD_OPTIONS}
    if user and user[1]:
        spelled.add(user[1])
    return {form for password in spelled for form in (password, unquote(password), unquote_plus(password))}


def sqlite_url(path: Path) -> str:
    """Return the URL of a file, in which % and ? would have a meaning of their own."""
    return f"sqlite:///{str(path).replace('%', '%25').replace('?', '%3F')}"


def spellings_of_login(proxy_url: str) -> set[str]:
    """Return the password of a proxy's URL, else the user, and both as HTTP sends them."""
    login, at, _ = proxy_url.partition("://")[2].rpartition("@")
    if not at:
        return set()
    user, _, password = login.partition(":")
    sent = base64.b64encode(f"{unquote(user)}:{unquote(password)}".encode()).decode()
    return {sent, login, unquote(login)} | {password or user, unquote(password or user)}


BaseUrl = Annotated[
    str,
    Field(pattern=r"^[^\s?#@]+$"),
    url_with("http", "https"),
    AfterValidator(without_trailing_slash),
    expects("an address that starts with https:// or http://, without spaces, ?, # or @"),
]
LinkUrl = Annotated[
    str,
    Field(pattern=r"^\S+$", max_length=LINK_MOST_CHARACTERS),
    url_with("http", "https"),
    expects(f"an address that starts with https:// or http://, of at most {LINK_MOST_CHARACTERS} characters"),
]
GatewayUrl = Annotated[
    str,
    Field(pattern=r"^[^\s?#@]+$"),
    url_with("ws", "wss"),
    expects("an address that starts with wss:// or ws://, without spaces, ?, # or @"),
]
Host = Annotated[str, Field(pattern=r"^(\[[0-9a-f:]+\]|[A-Za-z0-9.-]+)(:\d{1,5})?$"), AfterValidator(is_host)]
Hosts = Annotated[
    tuple[Host, ...],
    NoDecode,
    BeforeValidator(split_at_commas),
    expects("host names (or host:port) with commas between them, without https:// or a path"),
]
Secret = Annotated[
    SecretStr,
    matches(r"[!-~]+"),
    expects(
        "the value that you were given: plain letters, digits and signs, without spaces, typographic quotes "
        "or invisible characters",
        is_secret=True,
    ),
]
FernetKeys = Annotated[
    SecretStr,
    AfterValidator(are_fernet_keys),
    expects(
        f"a Fernet key, or several with commas between them, each as made by: {FERNET_RECIPE}", is_secret=True
    ),
]
DataDir = Annotated[
    Path,
    AfterValidator(is_path),
    AfterValidator(with_home),
    expects(
        "the path of a directory; ~ is the home of a user that exists, and in double quotes each \\ is "
        "written as \\\\"
    ),
]
OwnAddress = Annotated[
    str,
    AfterValidator(is_host),
    expects("an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them"),
]
#: With more than one @ after postgresql://, part of the password would count as the host, and be shown.
DatabaseUrl = Annotated[
    SecretStr,
    BeforeValidator(postgres_is_postgresql),
    matches(r"sqlite:///.+|postgresql://(?=.)[^@]*@?[^@]*"),
    AfterValidator(has_hosts),
    expects(
        "sqlite:///path/to/file or postgresql://… with user, password, host and database, and each @ in "
        "the password as %40; in double quotes each \\ is written as \\\\",
        is_secret=True,
    ),
]
#: More than one @, as above.
ProxyUrl = Annotated[
    SecretStr,
    BeforeValidator(with_scheme),
    matches(r"https?://(?=.)[^@/?#\s]*@?[^@/?#\s]+/?"),
    AfterValidator(is_proxy),
    expects(
        "http://host:port or https://host:port of an HTTP proxy, with user:password@ before the host if it "
        "asks for them, and @ / : in the password as %40 %2F %3A",
        is_secret=True,
    ),
]
NoProxy = Annotated[
    tuple[str, ...],
    NoDecode,
    BeforeValidator(split_at_commas_and_spaces),
    expects("hosts and networks with commas between them"),
]
CertFile = Annotated[
    Path,
    AfterValidator(with_home),
    AfterValidator(holds_certificates),
    expects("the path of a file that can be read and holds certificates (PEM)"),
]
Allowance = Annotated[
    Annotated[
        int,
        Field(ge=0, le=NUMBER_MOST),
        expects(f"a whole number up to {NUMBER_MOST} (0 allows none), or leave it empty for no limit"),
    ]
    | None,
    BeforeValidator(empty_is_unset),
]
QueueName = Annotated[Literal["procrastinate"], expects("procrastinate, or nothing for one process")]
StalledSeconds = Annotated[
    int, Field(ge=5, le=NUMBER_MOST), expects(f"a whole number of seconds, 5 or more, at most {NUMBER_MOST}")
]
Positive = Annotated[
    int, Field(ge=1, le=NUMBER_MOST), expects(f"a whole number, 1 or more, at most {NUMBER_MOST}")
]
Days = Annotated[
    int, Field(ge=1, le=DAYS_MOST), expects(f"a whole number of days, 1 or more, at most {DAYS_MOST}")
]
Hours = Annotated[
    int, Field(ge=0, le=HOURS_MOST), expects(f"a whole number of hours, at most {HOURS_MOST}, or 0 for never")
]
Usd = Annotated[
    Decimal,
    Field(ge=0, max_digits=12, decimal_places=6),
    expects("an amount in US dollars such as 25 or 0.0543 (at most 6 decimals)"),
]
YesOrNo = Annotated[bool, expects("true or false")]
ShardIds = Annotated[
    tuple[Annotated[int, Field(ge=0, le=NUMBER_MOST)], ...],
    NoDecode,
    BeforeValidator(split_at_commas),
    expects("whole numbers with commas between them, such as 0,1"),
]
ShardCount = Annotated[
    Literal["auto"] | Annotated[int, Field(ge=1, le=NUMBER_MOST)],
    expects(f"auto, or a whole number, 1 or more, at most {NUMBER_MOST}"),
]
#: Discord answers a heartbeat every 41 seconds.
LEAST_DEAF_SECONDS = 120
DeafSeconds = Annotated[
    int,
    Field(ge=0, le=NUMBER_MOST),
    zero_or_at_least(LEAST_DEAF_SECONDS),
    expects(
        f"a whole number of seconds, {LEAST_DEAF_SECONDS} or more, or 0 for never (at most {NUMBER_MOST})"
    ),
]
Seconds = Annotated[
    int, Field(ge=0, le=NUMBER_MOST), expects(f"a whole number of seconds, 0 or more, at most {NUMBER_MOST}")
]
Snowflake = Annotated[int, Field(ge=1, le=ID_MOST), expects("a server's id, which is a number")]
Snowflakes = Annotated[
    tuple[Annotated[int, Field(ge=1, le=ID_MOST)], ...],
    NoDecode,
    BeforeValidator(split_at_commas),
    expects("servers' ids, which are numbers, with commas between them"),
]
Contact = Annotated[
    str,
    Field(max_length=200, pattern=r"^[^\r\n]+$"),
    expects("one line of at most 200 characters"),
]
ChannelId = Annotated[int, Field(ge=1, le=ID_MOST), expects("a channel's id, which is a number")]
WebhookUrl = Annotated[
    SecretStr,
    matches(r"https?://[^\s/@?#]+/(?:[\w.-]+/)*webhooks/\d+/[\w-]+(?:\?thread_id=\d+)?"),
    AfterValidator(is_private_enough),
    expects(
        "the URL of a Discord webhook, such as https://discord.com/api/webhooks/123/abc "
        "(channel ▸ Edit Channel ▸ Integrations ▸ Webhooks)",
        is_secret=True,
    ),
]
Port = Annotated[int, Field(ge=0, le=65535), expects("a port number from 0 to 65535")]
LogFormat = Annotated[Literal["text", "json"], expects("text or json")]
LogLevel = Annotated[
    Literal["DEBUG", "INFO", "WARNING", "ERROR"],
    BeforeValidator(in_capitals),
    expects("DEBUG, INFO, WARNING or ERROR"),
]
ModelName = Annotated[
    str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$"), expects("a model's name, such as luma-uni-1")
]
