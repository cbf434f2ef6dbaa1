"""Hosts and paths in settings: what cannot exist is refused at the start, in one line."""

import re
from pathlib import Path

import pytest

from bot.settings import UnusableSettings, known_settings, load_settings


@pytest.fixture(autouse=True)
def _only_our_own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in known_settings():
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def problems_with(name: str, value: str) -> list[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(name, value)
        try:
            load_settings(env_file=None)
        except UnusableSettings as unusable:
            return unusable.problems
    return []


#: Every setting with a host in it: `{}` is the host's place.
HOLD_HOSTS = {
    "DISCORD_API_URL": "https://{}/api",
    "DISCORD_GATEWAY_URL": "wss://{}/",
    "DISCORD_CDN_URL": "https://{}",
    "SEGMIND_API_URL": "https://{}",
    "SEGMIND_ASSETS_URL": "https://{}",
    "SEGMIND_HISTORY_URL": "https://{}",
    "SEGMIND_OUTPUT_HOSTS": "a.example,{}:443",
    "HTTPS_PROXY": "http://user:pw@{}:3128",
    "OPERATOR_WEBHOOK_URL": "https://{}/api/webhooks/123/abc",
    "PRIVACY_URL": "https://{}/privacy",
    "DATABASE_URL": "postgresql://bot:p?w@a.example:5432,{}:5432/bot",
    "OPS_HOST": "{}",
}


def test_a_host_that_no_resolver_takes_is_refused_wherever_one_is_named() -> None:
    """Resolvers raise `UnicodeError` for it, which no caller of them expects."""
    assert HOLD_HOSTS.keys() == {
        name for name in known_settings() if re.search(r"URL|HOST|HTTPS_PROXY", name)
    }
    for name, value in [*HOLD_HOSTS.items(), ("DATABASE_URL", "postgresql:///bot?host={}")]:
        for host in ("a..b", "a" * 64):
            (line,) = problems_with(name, value.format(host))
            assert line.startswith(f"{name} cannot be used")
        assert problems_with(name, value.format("a.example")) == []


@pytest.mark.parametrize(
    "url", ["postgresql:///bot", "postgresql://%2Fvar%2Frun/bot", "postgresql://b@/bot?host=/" + "a" * 64]
)
def test_a_database_may_be_behind_a_socket(url: str) -> None:
    assert problems_with("DATABASE_URL", url) == []


@pytest.mark.parametrize("line", [r'DATA_DIR="C:\srv\new"', r'DATABASE_URL="sqlite:///C:\srv\table.db"'])
def test_an_escape_in_a_path_is_refused(tmp_path: Path, line: str) -> None:
    r"""In double quotes `\n` is the end of a line, and the bot would begin anew in a folder of that name."""
    (tmp_path / ".env").write_text(line)
    with pytest.raises(UnusableSettings, match=r"written as \\\\"):
        load_settings(tmp_path / ".env")
