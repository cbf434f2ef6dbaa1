"""Settings: where values come from, what refuses them, and that no line ever shows a secret."""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bot.env_file import encoding_of
from bot.setting_types import DAYS_MOST
from bot.settings import Settings, UnusableSettings, known_settings, load_settings
from bot.store.driver.database_url import address
from bot.unknown_settings import unknown_settings

FERNET_KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


@pytest.fixture(autouse=True)
def _only_our_own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in known_settings():
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def settings_from(monkeypatch: pytest.MonkeyPatch, **values: str) -> Settings:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return load_settings(env_file=None)


def problem_with(monkeypatch: pytest.MonkeyPatch, **values: str) -> str:
    with pytest.raises(UnusableSettings) as refused:
        settings_from(monkeypatch, **values)
    (line,) = refused.value.problems
    assert "\n" not in line
    return line


def test_everything_has_a_default_and_a_description() -> None:
    assert load_settings(env_file=None).segmind.unit_price_usd == Decimal("0.0543")
    assert [name for name, info in known_settings().items() if not info.description] == []


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("OPS_PORT=1\nOPS_HOST=127.0.0.9\n")
    monkeypatch.setenv("OPS_PORT", "2")
    ops = load_settings(env_file).ops
    assert (ops.host, ops.port) == ("127.0.0.9", 2)


def test_an_empty_value_means_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_from(monkeypatch, OPS_PORT="", DISCORD_TOKEN="", DATABASE_URL="")
    assert (settings.ops.port, settings.discord.token) == (8080, None)


@pytest.mark.parametrize(
    "name", ["a b", "what?x=1", "a#b", "50%20", "50%", "größer 狐", "a;b'c\"d&e+f@g:h", "[x]", "$HOME", "..x"]
)
def test_a_data_directory_may_have_any_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    settings = settings_from(monkeypatch, DATA_DIR=str(tmp_path / name))
    assert address(settings.storage.url.get_secret_value()) == tmp_path / name / "bot.sqlite3"


AROUND = ["{}", '"{}"', "'{}'", " {} ", "{}\n", "{}\r", ' "{}"\r\n']


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DISCORD_TOKEN", "a.b.c"),
        ("SEGMIND_API_KEY", "SG_a"),
        ("SECRET_KEY", FERNET_KEY),
        ("DATABASE_URL", "postgresql://bot:x@h/bot"),
        ("HTTPS_PROXY", "http://ada:x@h:80"),
        ("SEGMIND_API_URL", "https://h/v1"),
        ("SEGMIND_OUTPUT_HOSTS", "a.example,b.example"),
        ("OPERATOR_CONTACT", "Ada Lovelace"),
        ("BUDGET_MONTHLY_USD", "2.5"),
        ("BUDGET_MONTHLY_USD", ""),
        ("LIMITS_PER_DAY", ""),
        ("CHAT_REPLY_EDITS", "false"),
        ("LOG_LEVEL", "warning"),
        ("OPS_HOST", ""),
        ("OPS_PORT", ""),
        ("DATA_DIR", "/srv/bot"),
    ],
)
def test_what_stands_around_a_value_is_no_part_of_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, around: str
) -> None:
    """Docker's and kubectl's --env-file keep quotes, and a secret from a file ends with its last line."""
    bare = settings_from(monkeypatch, **{name: value})
    assert settings_from(monkeypatch, **{name: around.format(value)}) == bare


def test_quotes_inside_a_value_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    for contact in ('"Ada" and "Bob"', "Ada O'Hara's", '"', "O'", "'tis"):
        assert settings_from(monkeypatch, OPERATOR_CONTACT=contact).operator.contact == contact


def numbers_in(settings: Settings) -> list[int]:
    values = [value for group in dict(settings).values() for value in dict(group).values()]
    flat = [part for value in values for part in (value if isinstance(value, tuple) else (value,))]
    return [part for part in flat if isinstance(part, int)]


@pytest.mark.parametrize("name", known_settings())
def test_no_number_is_longer_than_a_database_takes(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    with suppress(UnusableSettings):
        assert max(numbers_in(settings_from(monkeypatch, **{name: "9" * 30}))) < 2**63


@pytest.mark.parametrize("name", ["RETENTION_DAYS", "FORGET_SERVERS_AFTER_DAYS"])
def test_the_most_days_lead_to_a_date(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    days = max(numbers_in(settings_from(monkeypatch, **{name: str(DAYS_MOST)})))
    assert (datetime.now(UTC) - timedelta(days=days)).year > 1
    assert name in problem_with(monkeypatch, **{name: str(DAYS_MOST + 1)})


def test_the_null_device_is_an_empty_file() -> None:
    """The sandbox and the journeys start the bot with it, so that no file of the operator is read."""
    assert encoding_of(Path(os.devnull)) == "utf-8"


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
def test_a_folder_or_a_pipe_in_place_of_the_file_is_one_line(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    """Docker makes a folder where the file of a mount is missing."""
    make(tmp_path / ".env")
    with pytest.raises(UnusableSettings, match=r"\.env cannot be read: it is no regular file"):
        load_settings(tmp_path / ".env")


def test_an_empty_limit_means_no_limit_and_zero_means_none_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = settings_from(monkeypatch, LIMITS_PER_HOUR="", LIMITS_PER_DAY="0").limits
    assert (limits.per_hour, limits.per_day, limits.running) == (None, 0, 8)


def test_lists_are_split_at_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_from(
        monkeypatch,
        SEGMIND_OUTPUT_HOSTS="a.example, 127.0.0.1:8080,",
        CHAT_SHARD_IDS="0,2",
        CHAT_SHARD_COUNT="3",
    )
    assert settings.segmind.output_hosts == ("a.example", "127.0.0.1:8080")
    assert settings.chat.shard_ids == (0, 2)


def test_the_data_directory_may_be_below_somebodys_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/srv/otto")
    assert settings_from(monkeypatch, DATA_DIR="~/bot").storage.data_dir == Path("/srv/otto/bot")


def test_base_addresses_lose_their_trailing_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings_from(monkeypatch, SEGMIND_API_URL="http://127.0.0.1:9/").segmind.api_url == (
        "http://127.0.0.1:9"
    )


def test_the_database_is_a_file_in_the_data_directory_unless_given(monkeypatch: pytest.MonkeyPatch) -> None:
    storage = settings_from(monkeypatch, DATA_DIR="/srv/bot").storage
    assert storage.url.get_secret_value() == "sqlite:////srv/bot/bot.sqlite3"
    given = "postgresql://bot:pw@127.0.0.1/bot"
    for spelled in (given, given.replace("postgresql:", "postgres:")):
        assert settings_from(monkeypatch, DATABASE_URL=spelled).storage.url.get_secret_value() == given


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("DATA_DIR", "~nobody-of-this-name/data", "the path of a directory"),
        ("OPS_PORT", "http", "a port number from 0 to 65535"),
        ("OPS_PORT", "65536", "a port number from 0 to 65535"),
        ("LIMITS_PER_DAY", "-1", "a whole number"),
        ("SEGMIND_REQUESTS_PER_MINUTE", "0", "1 or more"),
        ("SEGMIND_UNIT_PRICE_USD", "NaN", "US dollars"),
        ("SEGMIND_UNIT_PRICE_USD", "0.00000001", "at most 6 decimals"),
        ("SEGMIND_POLLS_COUNT", "maybe", "true or false"),
        ("SEGMIND_API_URL", "api.segmind.com", "https://"),
        ("SEGMIND_API_URL", "https://host:99999", "https://"),
        ("SEGMIND_API_URL", "https://host/?key=1", "without spaces, ?"),
        ("SEGMIND_API_URL", "https://ho st/", "without spaces"),
        ("PRIVACY_URL", "https://host/" + "x" * 500, "512 characters"),
        ("SEGMIND_MODEL", "..", "a model's name"),
        ("DISCORD_GATEWAY_URL", "https://gateway.discord.gg", "wss://"),
        ("SEGMIND_OUTPUT_HOSTS", "https://images.segmind.com/", "without https://"),
        ("SEGMIND_MODEL", "../v1/x", "a model's name"),
        ("CHAT_SHARD_IDS", "0;1", "commas"),
        ("CHAT_SHARD_COUNT", "many", "auto"),
        ("CHAT_SHARD_COUNT", "0", "auto"),
        ("CHAT_DEAF_SECONDS", "-1", "120 or more, or 0 for never"),
        ("CHAT_DEAF_SECONDS", "60", "120 or more, or 0 for never"),
        ("CHAT_DEV_GUILD_ID", "my server", "a server's id"),
        ("LOG_FORMAT", "xml", "text or json"),
        ("LOG_LEVEL", "loud", "DEBUG, INFO, WARNING or ERROR"),
        ("RETENTION_DAYS", "for ever\nand ever", "1 or more"),
    ],
)
def test_a_bad_value_is_one_line_that_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, hint: str
) -> None:
    line = problem_with(monkeypatch, **{name: value})
    assert line.startswith(f"{name} cannot be used ({value!r})")
    assert "Set it to" in line
    assert hint in line


@pytest.mark.parametrize("count", ["", "auto", "2"])
def test_shards_that_are_none_of_the_count_are_refused(monkeypatch: pytest.MonkeyPatch, count: str) -> None:
    line = problem_with(monkeypatch, CHAT_SHARD_IDS="0,2", CHAT_SHARD_COUNT=count)
    assert line.startswith("CHAT_SHARD_IDS cannot be used")
    assert "CHAT_SHARD_COUNT" in line


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DISCORD_TOKEN", "hunter2 hunter2"),
        ("SEGMIND_API_KEY", "hunter2 hunter2"),
        ("DISCORD_TOKEN", "\u201chunter2\u201d"),
        ("DISCORD_TOKEN", "hunter2\u200b"),
        ("SEGMIND_API_KEY", "hunter2\x07"),
        ("SEGMIND_API_KEY", "hunter2\u00a0"),
        ("SECRET_KEY", "hunter2"),
        ("DATABASE_URL", "mysql://bot:hunter2@127.0.0.1/bot"),
        ("DATABASE_URL", "postgresql://bot:hun@ter2hunter2@127.0.0.1/bot"),
        ("DATABASE_URL", "postgresql://bot:x@y/z@hunter2@127.0.0.1/bot"),
        ("DATABASE_URL", "postgresql://"),
        ("SEGMIND_API_URL", "https://bot:hunter2@h/v1"),
        ("DISCORD_GATEWAY_URL", "wss://bot:hunter2@h/"),
    ],
)
def test_a_bad_secret_is_named_but_not_shown(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    line = problem_with(monkeypatch, **{name: value})
    assert line.startswith(f"{name} cannot be used. Set it to")
    assert "hunter2" not in line


@pytest.mark.parametrize(
    ("url", "passwords"),
    [
        ("postgresql://bot:hunter2@127.0.0.1/bot", {"hunter2"}),
        ("postgresql://bot:p%40/s?#x@127.0.0.1/bot", {"p%40/s?#x", "p@/s?#x"}),
        ("postgresql://bot:[x@127.0.0.1/bot", {"[x"}),
        ("postgresql://bot@h/bot?password=a+b%2Fc&sslpassword=d", {"a+b%2Fc", "a+b/c", "a b/c", "d"}),
        ("postgresql://bot@h/bot", set()),
        ("sqlite:////srv/bot.sqlite3", set()),
    ],
)
def test_the_passwords_of_a_database_are_known_as_they_are_spelled(
    monkeypatch: pytest.MonkeyPatch, url: str, passwords: set[str]
) -> None:
    assert settings_from(monkeypatch, DATABASE_URL=url).storage.passwords == passwords


def test_secrets_do_not_show_in_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_from(
        monkeypatch,
        DISCORD_TOKEN="hunter2",
        SEGMIND_API_KEY="hunter2",
        SECRET_KEY=FERNET_KEY,
        DATABASE_URL="postgresql://bot:hunter2@127.0.0.1/bot",
    )
    assert "hunter2" not in repr(settings) + str(settings) + repr(settings.storage.url)
    assert FERNET_KEY not in repr(settings)


def test_every_bad_value_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnusableSettings) as refused:
        settings_from(monkeypatch, OPS_PORT="x", LOG_FORMAT="x")
    assert [line.split()[0] for line in refused.value.problems] == ["OPS_PORT", "LOG_FORMAT"]


def test_a_file_that_is_no_text_is_one_line(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_bytes(b"OPS_PORT=\xff\xfe")
    with pytest.raises(UnusableSettings, match=r"\.env cannot be read"):
        load_settings(env_file)


def test_a_misspelt_name_is_warned_about(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SEGMIND_KEY", "x")
    env_file = tmp_path / ".env"
    env_file.write_text("LIMITS_PER_YEAR=3\nOPS_PORT=1\nHOMEPAGE=x\nCHAT_ZZZ=1\n")
    lines = "\n".join(unknown_settings(env_file))
    assert (
        "SEGMIND_KEY is not a setting of this bot and has no effect. Did you mean SEGMIND_API_KEY?" in lines
    )
    assert "LIMITS_PER_YEAR is not" in lines
    assert "CHAT_ZZZ is not a setting of this bot and has no effect.\n" in lines + "\n"
    assert "OPS_PORT" not in lines
    assert "HOMEPAGE" not in lines


MARKED = ["utf-8-sig", "utf-16", "utf-32"]
UNMARKED = ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [*(("", one) for one in MARKED + UNMARKED), *(("\ufeff", one) for one in UNMARKED)],
)
@pytest.mark.parametrize("beginning", ["", "# größer\r\n", "\r\n"])
def test_a_file_is_read_in_whatever_encoding_its_editor_wrote_it(
    tmp_path: Path, mark: str, encoding: str, beginning: str
) -> None:
    """PowerShell's `>` writes UTF-16 with a mark, and others without one."""
    env_file = tmp_path / ".env"
    text = f"{mark}{beginning}OPS_PORT=81\r\nOPS_HOST=127.0.0.9\r\nLIMIT_PER_DAY=3\r\n"
    env_file.write_bytes(text.encode(encoding))
    ops = load_settings(env_file).ops
    assert (ops.port, ops.host) == (81, "127.0.0.9")
    assert "LIMIT_PER_DAY is not" in "\n".join(unknown_settings(env_file))


@pytest.mark.parametrize(
    "data", [b"OPS_PORT=\xff", "OPS_PORT=81\n".encode("utf-16") + b"\0", "ä=1".encode("latin-1")]
)
def test_a_file_in_another_encoding_says_what_to_do(tmp_path: Path, data: bytes) -> None:
    env_file = tmp_path / ".env"
    env_file.write_bytes(data)
    with pytest.raises(UnusableSettings, match="Save it as UTF-8"):
        load_settings(env_file)


@pytest.mark.parametrize("line", ["this is no setting", "$env:SEGMIND_API_KEY=secret", "A='secret"])
def test_a_line_that_cannot_be_read_is_named_once_and_not_quoted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, line: str
) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text(f"OPS_PORT=81\n\n{line}\nOPS_HOST=127.0.0.9\n")
    assert load_settings(env_file).ops.host == "127.0.0.9"
    (told,) = unknown_settings(env_file)
    assert told.startswith("Line 3 of ")
    assert "secret" not in told
    assert capsys.readouterr().err + caplog.text == ""


@pytest.mark.parametrize(
    ("url", "is_taken"),
    [
        ("https://discord.com/api/webhooks/789/abc-D_f", True),
        ("https://ptb.discord.com/api/v10/webhooks/789/abc?thread_id=5", True),
        ("http://127.0.0.1:8000/api/v10/webhooks/789/abc", True),
        ("http://[::1]:8000/webhooks/789/abc", True),
        ("http://discord.com/api/webhooks/789/abc", False),
        ("http://localhost.example.com/api/webhooks/789/abc", False),
        ("https://user@discord.com/api/webhooks/789/abc", False),
        ("https://discord.com/channels/1/2", False),
        ("https://discord.com/api/webhooks/789", False),
        ("webhooks/789/abc", False),
    ],
)
def test_a_webhook_is_reached_by_https_or_on_this_machine(
    monkeypatch: pytest.MonkeyPatch, url: str, *, is_taken: bool
) -> None:
    monkeypatch.setenv("OPERATOR_WEBHOOK_URL", url)
    if is_taken:
        assert load_settings(None).operator.webhook_url is not None
        return
    with pytest.raises(UnusableSettings) as refused:
        load_settings(None)
    assert url not in str(refused.value)
