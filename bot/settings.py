"""The settings: their names, defaults and meaning. Knows nothing of what the bot does with them.

A setting's name is its group's prefix and its field in capitals: `Segmind.api_key` is SEGMIND_API_KEY.
Values come from the environment, else from a `.env` file, else they are the defaults below.
"""

import logging
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import SettingsConfigDict

from bot.env_file import encoding_of
from bot.network_settings import Network
from bot.setting_types import (
    Allowance,
    BaseUrl,
    ChannelId,
    Contact,
    DatabaseUrl,
    DataDir,
    Days,
    DeafSeconds,
    FernetKeys,
    GatewayUrl,
    Group,
    Hosts,
    Hours,
    LinkUrl,
    LogFormat,
    LogLevel,
    ModelName,
    OwnAddress,
    Port,
    Positive,
    QueueName,
    Seconds,
    Secret,
    ShardCount,
    ShardIds,
    Snowflake,
    Snowflakes,
    StalledSeconds,
    Usd,
    WebhookUrl,
    YesOrNo,
    empty_is_unset,
    passwords_in,
    sqlite_url,
)

#: `bot.unknown_settings` reports lines that cannot be read. dotenv would report them once for each group.
logging.getLogger("dotenv").setLevel(logging.ERROR)


class UnusableSettings(Exception):
    """Some values cannot be used. `problems` has one line for each, without secrets."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Discord(Group):
    model_config = SettingsConfigDict(env_prefix="DISCORD_")

    token: Secret | None = Field(
        None, description="The bot's token, from the Discord developer portal (Bot ▸ Reset Token)."
    )
    api_url: BaseUrl = Field("https://discord.com/api/v10", description="Where Discord's HTTP API answers.")
    gateway_url: GatewayUrl = Field(
        "wss://gateway.discord.gg/", description="Where Discord's gateway (WebSocket) answers."
    )
    cdn_url: BaseUrl = Field("https://cdn.discordapp.com", description="Where attachments are fetched from.")


class Segmind(Group):
    model_config = SettingsConfigDict(env_prefix="SEGMIND_")

    api_key: Secret | None = Field(
        None, description="The key of the Segmind account that pays for the pictures."
    )
    api_url: BaseUrl = Field("https://api.segmind.com", description="Where pictures are asked for.")
    assets_url: BaseUrl = Field(
        "https://workflows-api.segmind.com", description="Where source pictures are uploaded to."
    )
    history_url: BaseUrl = Field(
        "https://api.spotprod.segmind.com", description="Where the account's past requests are looked up."
    )
    output_hosts: Hosts = Field(
        ("images.segmind.com",),
        description="Hosts (comma-separated, host or host:port) that finished pictures may be fetched from.",
    )
    model: ModelName = Field(
        "luma-uni-1",
        description="The model: luma-uni-1 (about 0.0543 USD a picture), or luma-uni-1-max (finer, slower, "
        "about 0.129 USD).",
    )
    requests_per_minute: Positive = Field(
        50, description="Requests a minute that the Segmind plan allows (free: 5, Pro: 50)."
    )
    polls_count: YesOrNo = Field(
        default=True, description="Whether asking for a picture's progress counts as one of these requests."
    )
    unit_price_usd: Usd = Field(
        Decimal("0.0543"),
        description="What one picture is expected to cost, until the bills say it exactly "
        "(0.129 for luma-uni-1-max).",
    )
    max_quality: YesOrNo = Field(default=False, description="Whether luma-uni-1-max can be asked for, too.")
    max_unit_price_usd: Usd = Field(Decimal("0.129"), description="What one of its pictures should cost.")


class Limits(Group):
    """The operator's defaults, for every member. Here an empty value means "not set", not "the default"."""

    model_config = SettingsConfigDict(env_prefix="LIMITS_", env_ignore_empty=False)

    per_hour: Allowance = Field(
        20, description="Pictures a member may make in any hour (0: none, empty: no limit)."
    )
    per_day: Allowance = Field(
        60,
        description="Pictures a member may make in any 24 hours (0: none, empty: no limit). 60 cost about "
        "3.26 USD, or 7.74 USD with luma-uni-1-max.",
    )
    per_week: Allowance = Field(
        None, description="Pictures a member may make in any 7 days (0: none, empty: no limit)."
    )
    per_month: Allowance = Field(
        None, description="Pictures a member may make in any 30 days (0: none, empty: no limit)."
    )
    running: Allowance = Field(
        8, description="Pictures a member may have running at once (0: none, empty: no limit)."
    )
    attempts_per_hour: Allowance = Field(
        None,
        description="Pictures a member may ask for in any hour, including those that are blocked, fail or "
        "are cancelled (empty: three times what they may make in an hour).",
    )
    ceiling_per_hour: Allowance = Field(
        None,
        description="The most pictures a member may make in any hour over all servers, whatever a "
        "server allows (empty: servers cannot raise LIMITS_PER_HOUR).",
    )
    ceiling_per_day: Allowance = Field(
        None,
        description="The most pictures a member may make in any 24 hours over all servers, whatever a "
        "server allows (empty: servers cannot raise LIMITS_PER_DAY).",
    )
    ceiling_per_week: Allowance = Field(
        None,
        description="The most pictures a member may make in any 7 days over all servers, whatever a "
        "server allows (empty: servers cannot raise LIMITS_PER_WEEK).",
    )
    ceiling_per_month: Allowance = Field(
        None,
        description="The most pictures a member may make in any 30 days over all servers, whatever a "
        "server allows (empty: servers cannot raise LIMITS_PER_MONTH).",
    )
    ceiling_running: Allowance = Field(
        None,
        description="The most pictures a member may have running at once over all servers, whatever "
        "a server allows (empty: servers cannot raise LIMITS_RUNNING).",
    )


class Budget(Group):
    model_config = SettingsConfigDict(env_prefix="BUDGET_", env_ignore_empty=False)

    monthly_usd: Annotated[Usd | None, BeforeValidator(empty_is_unset)] = Field(
        Decimal(25),
        description="US dollars that all servers together may spend in a calendar month, UTC "
        "(0: none, empty: no limit).",
    )


class Chat(Group):
    model_config = SettingsConfigDict(env_prefix="CHAT_")

    reply_edits: YesOrNo = Field(
        default=True, description="Whether a reply to a picture that mentions the bot edits that picture."
    )
    notify_after_seconds: Seconds = Field(
        20,
        description="Seconds after which a finished picture is announced by a reply that "
        "mentions its member (0: never).",
    )
    shard_count: ShardCount | None = Field(
        None,
        description="Connections (shards) to Discord over all processes, or auto for as many as it "
        "recommends (empty: one, which is enough for 2,500 servers).",
    )
    shard_ids: ShardIds = Field(
        (),
        description="Which of CHAT_SHARD_COUNT shards are this process's, such as 0,1 (empty: all).",
    )
    deaf_seconds: DeafSeconds = Field(
        300,
        description="Seconds without a word over Discord's gateway, while Discord can be reached, after "
        "which the process ends with exit code 75, to be started again (0: never).",
    )
    guild_ids: Snowflakes = Field(
        (), description="Ids of the servers that may use the bot, with commas between them (empty: all)."
    )
    dev_guild_id: Snowflake | None = Field(
        None, description="Register the commands in this one server only, where changes show at once."
    )

    @field_validator("shard_ids")
    @classmethod
    def _are_of_the_count(cls, value: tuple[int, ...], others: ValidationInfo) -> tuple[int, ...]:
        count = others.data.get("shard_count")
        if value and "shard_count" in others.data and not (isinstance(count, int) and max(value) < count):
            words = "numbers below CHAT_SHARD_COUNT, which is the number of shards of all processes"
            raise PydanticCustomError("value", "{words}", {"words": words})
        return value


class Operator(Group):
    model_config = SettingsConfigDict(env_prefix="OPERATOR_")

    contact: Contact | None = Field(
        None,
        description="Who runs the bot and how members reach them, such as a name and an e-mail address, "
        "for /privacy about.",
    )
    webhook_url: WebhookUrl | None = Field(
        None,
        description="A Discord webhook that gets a notice when a trouble begins, such as a refused key or a "
        "used budget, and when it ends (empty: none; its URL is a secret).",
    )
    channel_id: ChannelId | None = Field(
        None,
        description="The id of a channel that gets these notices, if there is no OPERATOR_WEBHOOK_URL.",
    )


class Privacy(Group):
    model_config = SettingsConfigDict(env_prefix="PRIVACY_")

    url: LinkUrl | None = Field(
        None, description="Where your privacy policy can be read; /privacy about links to it."
    )


class Ops(Group):
    model_config = SettingsConfigDict(env_prefix="OPS_")

    host: OwnAddress = Field("127.0.0.1", description="Address on which /healthz and /metrics are served.")
    port: Port = Field(
        8080, description="Port for /healthz and /metrics (0: any free one, which the log tells)."
    )


class Log(Group):
    model_config = SettingsConfigDict(env_prefix="LOG_")

    format: LogFormat = Field("text", description="text for people, json for machines.")
    level: LogLevel = Field(
        "INFO", description="The least important lines to log: DEBUG, INFO, WARNING or ERROR."
    )


class Backup(Group):
    model_config = SettingsConfigDict(env_prefix="BACKUP_")

    every_hours: Hours = Field(
        24,
        description="Hours between two copies of the SQLite file into DATA_DIR/backups "
        "(0: none; no effect on PostgreSQL, which is backed up by its own tools).",
    )
    keep: Positive = Field(7, description="How many of these copies are kept; older ones are deleted.")


class Storage(Group):
    """The settings without a prefix."""

    data_dir: DataDir = Field(
        Path("data"), description="Directory for the database, keys and source pictures."
    )
    database_url: DatabaseUrl | None = Field(
        None, description="sqlite:///path or postgresql://… (empty: the file bot.sqlite3 under DATA_DIR)."
    )
    retention_days: Days = Field(
        90,
        description="Days after which the words of finished requests are forgotten; "
        "that they were made, and their cost, is kept.",
    )
    forget_servers_after_days: Days = Field(
        30,
        description="Days after which the settings and words of a server that removed the bot are deleted.",
    )
    secret_key: FernetKeys | None = Field(
        None,
        description="Fernet keys for interaction tokens, prompts and sources: the first seals, all of them "
        "open (empty: a key file is made at first start).",
    )
    queue: QueueName | None = Field(
        None,
        description="procrastinate, to share the work with `worker` processes on one PostgreSQL database "
        "(empty: `run` does it alone).",
    )

    @property
    def url(self) -> SecretStr:
        """Return the database's URL, or its default. It is secret because of its password."""
        return self.database_url or SecretStr(sqlite_url(self.data_dir / "bot.sqlite3"))

    @property
    def passwords(self) -> set[str]:
        """Return the passwords of the database, in every spelling."""
        return passwords_in(self.url.get_secret_value())


class Queue(Group):
    model_config = SettingsConfigDict(env_prefix="QUEUE_")

    cards: Positive = Field(2000, description="Cards that a worker drives at the same time, at most.")
    stalled_seconds: StalledSeconds = Field(
        10, description="Seconds without a sign of life after which a worker's cards are given to others."
    )


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True)

    discord: Discord
    segmind: Segmind
    limits: Limits
    budget: Budget
    chat: Chat
    network: Network
    operator: Operator
    privacy: Privacy
    ops: Ops
    log: Log
    backup: Backup
    storage: Storage
    queue: Queue


def known_settings() -> dict[str, FieldInfo]:
    """Return every setting by its name in the environment."""
    return {
        _name(group, field): info
        for group in _groups().values()
        for field, info in group.model_fields.items()
    }


def load_settings(env_file: Path | None = Path(".env")) -> Settings:
    """Read all settings. Raises `UnusableSettings` with a line for each value that cannot be used."""
    loaded: dict[str, Group] = {}
    problems: list[str] = []
    try:
        encoding = encoding_of(env_file)
        for name, group in _groups().items():
            try:
                loaded[name] = group(_env_file=env_file, _env_file_encoding=encoding)  # type: ignore[call-arg]  # BaseSettings takes them
            except ValidationError as error:
                problems += _problems(group, error)
    except (OSError, UnicodeError) as error:
        advice = f"{env_file} cannot be read: {error}. Save it as UTF-8 text, or remove it."
        raise UnusableSettings([advice]) from error
    if problems:
        raise UnusableSettings(problems)
    return Settings.model_validate(loaded)


def _groups() -> dict[str, type[Group]]:
    groups: dict[str, Any] = {name: info.annotation for name, info in Settings.model_fields.items()}
    return groups


def _name(group: type[Group], field: str) -> str:
    return f"{group.model_config.get('env_prefix', '')}{field}".upper()


def _problems(group: type[Group], error: ValidationError) -> list[str]:
    """Describe a group's errors in our own words: pydantic's contain the value, which may be a secret."""
    return [_problem(_name(group, str(details["loc"][0])), details) for details in error.errors()]


def _problem(name: str, details: ErrorDetails) -> str:
    value = f" ({details['input']!r})" if details["type"] == "value" else ""
    return f"{name} cannot be used{value}. Set it to {details['msg']}."
