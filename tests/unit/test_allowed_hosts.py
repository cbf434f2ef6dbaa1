"""The hosts from which pictures to edit may be fetched."""

import pytest

from bot.domain.errors import FileRefused
from bot.download import Downloader, open_session, source_hosts
from bot.settings import Settings, load_settings


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.delenv("DISCORD_CDN_URL", raising=False)
    return load_settings(None)


def configured(monkeypatch: pytest.MonkeyPatch, cdn_url: str) -> Settings:
    monkeypatch.setenv("DISCORD_CDN_URL", cdn_url)
    return load_settings(None)


async def allows(settings: Settings, url: str) -> bool:
    async with open_session() as session:
        try:
            Downloader(session, source_hosts(settings.discord.cdn_url), 1)._checked(url)
        except FileRefused:
            return False
    return True


@pytest.mark.parametrize(
    "url",
    [
        "https://cdn.discordapp.com/attachments/1/2/cat.png?ex=1",
        "https://media.discordapp.net/attachments/1/2/cat.png?ex=1",
        "https://images-ext-1.discordapp.net/external/a/https/elsewhere.example/cat.png",
        "https://images-ext-2.discordapp.net/external/a/https/elsewhere.example/cat.png",
    ],
)
async def test_sources_come_from_discords_own_hosts(settings: Settings, url: str) -> None:
    assert await allows(settings, url)


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example/cat.png",
        "http://images-ext-1.discordapp.net/cat.png",
        "https://images-ext-1.discordapp.net.elsewhere.example/cat.png",
        "https://elsewhere.example/images-ext-1.discordapp.net/cat.png",
        "https://evildiscordapp.net/cat.png",
        "https://discordapp.com/cat.png",
    ],
)
async def test_and_from_nowhere_else(settings: Settings, url: str) -> None:
    assert not await allows(settings, url)


async def test_another_cdn_takes_the_place_of_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = configured(monkeypatch, "http://127.0.0.1:4321")
    assert await allows(elsewhere, "http://127.0.0.1:4321/attachments/1/2/cat.png")
    assert not await allows(elsewhere, "http://127.0.0.1:1234/attachments/1/2/cat.png")
    assert not await allows(elsewhere, "https://images-ext-1.discordapp.net/cat.png")
