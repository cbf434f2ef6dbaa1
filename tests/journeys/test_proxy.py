"""The bot at its usual addresses, behind a proxy that alone knows the way, with a certificate of its own."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from http import HTTPStatus
from pathlib import Path

import pytest
from yarl import URL

from standins.fake_discord.asks import Upload
from tests.authority import Authority
from tests.forward_proxy import Address, ForwardProxy, tls_before
from tests.journeys.town import PATIENCE_SECONDS, SIGNS_OF_A_BUG, Town, a_town, free_port
from tests.services.outsides import png

LOGIN = "quentin:s3cretword"
#: What lets somebody through the proxy, and parts of it as they are sent.
SECRETS = re.compile("s3cretword|cXVlbnRp")
RESUME_HOST = "gateway-us-east1-b.discord.gg"
DISCORDS = {"discord.com", "gateway.discord.gg", RESUME_HOST, "cdn.discordapp.com"}
APIS = {"api.segmind.com", "workflows-api.segmind.com", "api.spotprod.segmind.com"}
SEGMINDS = APIS | {"images.segmind.com"}
ADDRESSES = (
    "DISCORD_API_URL",
    "DISCORD_GATEWAY_URL",
    "DISCORD_CDN_URL",
    "SEGMIND_API_URL",
    "SEGMIND_ASSETS_URL",
    "SEGMIND_HISTORY_URL",
    "SEGMIND_OUTPUT_HOSTS",
)


class Office:
    """A town that can be reached by the proxy alone, under the names that it has in life."""

    def __init__(self, town: Town, proxy: ForwardProxy, authority: Authority) -> None:
        self.town, self.proxy, self.authority = town, proxy, authority

    def settings(self, **others: str) -> dict[str, str]:
        usual = dict.fromkeys(ADDRESSES, "")
        proxy = f"http://{LOGIN}@{self.proxy.name}"
        return {**usual, "HTTPS_PROXY": proxy, "SSL_CERT_FILE": str(self.authority.file), **others}

    async def check(self, **others: str) -> list[str]:
        return await self.command("check", BUDGET_MONTHLY_USD="25", **others)

    async def command(self, *arguments: str, **others: str) -> list[str]:
        """What it prints, with all settings from a file; never what lets somebody through."""
        settings = self.town.environment(**self.settings(LOG_LEVEL="DEBUG", **others))
        of_machine = {name: settings.pop(name) for name in ("PATH", "PYTHONPATH", "PYTHONWARNINGS")}
        env_file = self.town.folder / "bot.env"
        env_file.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *arguments, "--env-file", str(env_file)),
            env=of_machine,
            cwd=self.town.folder,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        out, _ = await asyncio.wait_for(process.communicate(), PATIENCE_SECONDS)
        assert not SECRETS.search(out.decode())
        return out.decode().splitlines()


def routes_of(town: Town) -> dict[str, Address]:
    def listens(url: str) -> Address:
        return "127.0.0.1", URL(url).port or 0

    discord = town.discord
    doors = {
        "discord.com": listens(discord.api_url),
        "cdn.discordapp.com": listens(discord.api_url),
        "gateway.discord.gg": listens(discord.main_door.url),
        RESUME_HOST: listens(discord.resume_door.url),
    }
    return {**doors, **dict.fromkeys(SEGMINDS, listens(town.segmind.api_url))}


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    authority = Authority(tmp_path)
    async with a_town(tmp_path) as town, AsyncExitStack() as stack:
        proxy = ForwardProxy({}, LOGIN)
        for name, target in routes_of(town).items():
            context = authority.server_context(name)
            proxy.routes[name] = await stack.enter_async_context(tls_before(target, context))
        town.world.cdn_url = "https://cdn.discordapp.com"
        town.discord.gateway.public_url = "wss://gateway.discord.gg"
        town.discord.gateway.resume_url = f"wss://{RESUME_HOST}"
        town.segmind.name_files_at("https://images.segmind.com")
        await proxy.open()
        stack.push_async_callback(proxy.close)
        yield Office(town, proxy, authority)
        await town.bot.stop()
    assert not SECRETS.search(town.log)
    assert [leak for leak in town.segmind.key_leaks if leak.host not in APIS] == []
    for words in SIGNS_OF_A_BUG:
        assert words not in town.log


async def test_everything_goes_through_the_proxy(office: Office) -> None:
    town, proxy = office.town, office.proxy
    await town.open(**office.settings(LOG_LEVEL="DEBUG"))
    ada = town.person("ada")
    await town.until_picture(await ada.slash("pictures", "imagine", prompt="a lighthouse").message())
    edit = ada.slash("pictures", "edit", prompt="at night", image=Upload("a.png", png()))
    await town.until_picture(await edit.message())
    town.discord.faults.cut_gateway()
    await town.until(lambda: proxy.hosts >= {RESUME_HOST} and town.discord.is_connected)
    assert proxy.hosts >= DISCORDS | SEGMINDS - {"api.spotprod.segmind.com"}
    assert len(town.paid) == 2
    assert re.search(rf"using a proxy .* proxy={re.escape(proxy.name)}\n", town.log)


Spoil = Callable[[ForwardProxy], object]

TROUBLES: dict[str, Spoil] = {
    "407": lambda proxy: setattr(proxy, "login", "quentin:another"),
    "502": lambda proxy: setattr(proxy, "refuses_with", HTTPStatus.BAD_GATEWAY),
    "hangs up": lambda proxy: setattr(proxy, "hangs_up", True),
}


def mended(proxy: ForwardProxy) -> None:
    proxy.login, proxy.refuses_with, proxy.hangs_up = LOGIN, None, False


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_a_start_behind_a_proxy_that_refuses_is_waited_out(office: Office, trouble: str) -> None:
    town, proxy = office.town, office.proxy
    TROUBLES[trouble](proxy)
    await town.launch(**office.settings())
    await town.until_logged("login to Discord failed; will retry")
    assert f"the proxy {proxy.name} " in town.log
    mended(proxy)
    await town.until_online(lambda: town.discord.is_connected and town.world.commands)


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_a_proxy_that_fails_meanwhile_costs_no_picture_and_no_money(
    office: Office, trouble: str
) -> None:
    """What never left is not in doubt: it leaves again as soon as the proxy lets it."""
    town, proxy = office.town, office.proxy
    await town.open(**office.settings())
    town.segmind.latency = 2.0
    card = await town.person("ada").slash("pictures", "imagine", prompt="a lighthouse").message()
    await town.until_asked("status")
    TROUBLES[trouble](proxy)
    proxy.cut()
    await proxy.until_refused(proxy.refusals + 3)
    await town.until_logged(f"the proxy {proxy.name} ")
    mended(proxy)
    await town.until_picture(card)
    assert len(town.bills) == 1


async def test_what_the_proxy_did_not_let_out_is_sent_once_it_does(office: Office) -> None:
    """Nothing had left, so nothing is in doubt, and no history is asked."""
    town, proxy = office.town, office.proxy
    await town.open(**office.settings())
    routes = {name: proxy.routes.pop(name) for name in SEGMINDS}
    card = await town.person("ada").slash("pictures", "imagine", prompt="a lighthouse").message()
    await town.until_logged(f"the proxy {proxy.name} refuses to connect to api.segmind.com:443 (502)")
    proxy.routes |= routes
    await town.until_picture(card)
    assert len(town.bills) == 1
    assert town.requests_to("history") == []


async def test_check_says_which_way_it_goes(office: Office) -> None:
    lines = await office.check(NO_PROXY="images.segmind.com,10.0.0.0/8")
    (told,) = [line for line in lines if "Proxy: " in line]
    assert told.startswith(f"ok    Proxy: {office.proxy.name}, for discord.com, gateway.discord.gg, ")
    assert told.endswith("; directly: images.segmind.com")
    assert [line for line in lines if line.startswith("FIX")] == []


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_check_names_a_proxy_that_refuses_in_one_line(office: Office, trouble: str) -> None:
    TROUBLES[trouble](office.proxy)
    lines = [line for line in await office.check() if line.startswith("FIX")]
    (told,) = [line for line in lines if line.startswith("FIX   Proxy: ")]
    assert f"the proxy {office.proxy.name} " in told


async def test_check_names_a_proxy_that_is_not_there(office: Office) -> None:
    where = f"127.0.0.1:{free_port()}"
    lines = await office.check(HTTPS_PROXY=f"http://{LOGIN}@{where}")
    (told,) = [line for line in lines if line.startswith("FIX   Proxy: ")]
    assert f"cannot connect to the proxy {where} of HTTPS_PROXY (Connection refused)" in told


async def test_check_names_a_host_to_which_the_proxy_does_not_lead(office: Office) -> None:
    """Else it would be found out by a picture that was paid."""
    del office.proxy.routes["images.segmind.com"]
    lines = [line for line in await office.check() if line.startswith("FIX")]
    assert lines == [
        f"FIX   Proxy: the proxy {office.proxy.name} refuses to connect to images.segmind.com:443 (502)"
    ]


async def test_check_and_start_name_the_setting_for_certificates(office: Office) -> None:
    lines = [line for line in await office.check(SSL_CERT_FILE="") if line.startswith("FIX")]
    assert [line[6:].partition(":")[0] for line in lines] == ["Proxy", "Discord token", "Segmind key"]
    assert [line for line in lines if "is not trusted" not in line or "SSL_CERT_FILE" not in line] == []
    await office.town.launch(**office.settings(SSL_CERT_FILE=""))
    await office.town.until_logged("the certificate of discord.com is not trusted")
    assert "SSL_CERT_FILE" in office.town.log
