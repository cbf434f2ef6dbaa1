"""Misspelt names in the environment and in `.env`: which are warned about, and what may be meant."""

import os
from pathlib import Path

import pytest

from bot.settings import known_settings
from bot.unknown_settings import unknown_settings


@pytest.fixture(autouse=True)
def _only_our_own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in known_settings():
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


#: What operators have mistyped or left out, and what they meant.
MISSPELT = {
    "LIMIT_PER_DAY": "LIMITS_PER_DAY",
    "LIMITPERDAY": "LIMITS_PER_DAY",
    "LIMITS_PERHOUR": "LIMITS_PER_HOUR",
    "DISCORDTOKEN": "DISCORD_TOKEN",
    "DISCORD_BOT_TOKEN": "DISCORD_TOKEN",
    "DICSORD_TOKEN": "DISCORD_TOKEN",
    "SEGMIN_API_KEY": "SEGMIND_API_KEY",
    "SEGMIND_APIKEY": "SEGMIND_API_KEY",
    "DATABASE_URI": "DATABASE_URL",
    "DATADIR": "DATA_DIR",
    "RETENTIONDAYS": "RETENTION_DAYS",
    "BUDGETS_MONTHLY_USD": "BUDGET_MONTHLY_USD",
    "SECRETKEY": "SECRET_KEY",
    "log_levels": "LOG_LEVEL",
}


@pytest.mark.parametrize(("name", "meant"), MISSPELT.items())
@pytest.mark.parametrize("place", ["file", "environment"])
def test_a_name_near_one_of_ours_is_named_with_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, meant: str, place: str
) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text(f"{name}=1\n" if place == "file" else "")
    if place == "environment":
        monkeypatch.setenv(name, "1")
    line = f"{name.upper()} is not a setting of this bot and has no effect. Did you mean {meant}?"
    assert line in unknown_settings(env_file)


@pytest.mark.parametrize("name", ["SEGMND_API_KEY", "LIMIT_PER_DAY", "BUGDET_MONTHLY_USD", "DATABSE_URL"])
def test_in_the_file_a_name_is_compared_with_those_that_are_set_as_well(tmp_path: Path, name: str) -> None:
    """Whoever adds a line below the one that is there, with a slip, would wonder why nothing changes."""
    env_file = tmp_path / ".env"
    all_set = "".join(f"{known}=1\n" for known in known_settings())
    env_file.write_text(f"{all_set}{name}=1\nPOSTGRES_PASSWORD=x\nCOMPOSE_PROJECT_NAME=x\n")
    (line,) = unknown_settings(env_file)
    assert line.startswith(f"{name} is not a setting of this bot and has no effect. Did you mean ")


def test_a_forgotten_prefix_in_the_file_is_named(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("API_KEY=x\nMONTHLY_USD=1\nHOST=x\n")
    hints = [line.rpartition("Did you mean ")[2] for line in unknown_settings(env_file)]
    assert hints == ["SEGMIND_API_KEY?", "BUDGET_MONTHLY_USD?"]


#: Of other programs, in shells, containers, hosting services and CI.
OTHERS = [
    "HOME",
    "HOSTNAME",
    "LANG",
    "LOGNAME",
    "PATH",
    "PWD",
    "SHELL",
    "SHLVL",
    "TERM",
    "TZ",
    "USER",
    "XDG_DATA_DIRS",
    "XDG_DATA_HOME",
    "XDG_RUNTIME_DIR",
    "DEBUG",
    "HOST",
    "PORT",
    "DATABASE_USER",
    "DATABASE_PASSWORD",
    "DATABASE_HOST",
    "DB_URL",
    "REDIS_URL",
    "PGHOST",
    "PGDATABASE",
    "PGPASSWORD",
    "POSTGRES_USER",
    "POSTGRES_PASSWORD",
    "POSTGRES_DB",
    "SECRET_KEY_BASE",
    "DJANGO_SECRET_KEY",
    "AWS_SECRET_ACCESS_KEY",
    "OPENAI_API_KEY",
    "GITHUB_TOKEN",
    "GITHUB_API_URL",
    "CI",
    "DATA_PATH",
    "KUBERNETES_SERVICE_HOST",
    "KUBERNETES_SERVICE_PORT",
    "JOURNAL_STREAM",
    "INVOCATION_ID",
    "NOTIFY_SOCKET",
    "PYTHONUNBUFFERED",
    "VIRTUAL_ENV",
    "COMPOSE_PROJECT_NAME",
    "RAILWAY_GIT_REPO",
    "DYNO",
    "HEROKU_APP_NAME",
    "FLY_REGION",
    "BACKUPS_DIR",
    "API_HOST",
]


@pytest.mark.parametrize("name", OTHERS)
def test_names_of_other_programs_are_not_warned_about(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "x")
    assert not [line for line in unknown_settings(env_file=None) if line.startswith(f"{name} ")]


def test_the_name_of_another_proxy_is_told_from_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    (line,) = unknown_settings(env_file=None)
    assert line == "HTTP_PROXY is not a setting of this bot and has no effect. Did you mean HTTPS_PROXY?"


def test_a_name_near_one_that_is_set_belongs_to_somebody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URI", "x")
    monkeypatch.setenv("DATABASE_URL", "sqlite:///x")
    assert unknown_settings(env_file=None) == []


def test_known_names_are_not_warned_about(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name not in {"PATH", "HOME"}]:
        monkeypatch.delenv(name)
    for name in known_settings():
        monkeypatch.setenv(name, "x")
    assert unknown_settings(env_file=None) == []
