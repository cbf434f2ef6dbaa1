"""Which hosts go through a proxy: as curl reads HTTPS_PROXY and NO_PROXY, and this machine never."""

import pytest
from yarl import URL

from bot.ops.proxies import Proxies, Proxy

PROXY = "http://ann:s3cret%40word@proxy.example:3128"


def is_direct(no_proxy: str, url: str) -> bool:
    return Proxies.of(PROXY, no_proxy.split(",")).for_url(URL(url)) is None


@pytest.mark.parametrize(
    ("no_proxy", "host"),
    [
        ("*", "discord.com"),
        ("discord.com", "discord.com"),
        ("DISCORD.com.", "discord.COM"),
        ("discord.com", "cdn.discord.com"),
        (".discord.com", "discord.com"),
        ("*.discord.com", "cdn.discord.com"),
        ("x.example,discord.com", "discord.com"),
        ("discord.com:443", "discord.com"),
        ("10.1.2.3", "10.1.2.3"),
        ("10.0.0.0/8", "10.1.2.3"),
        ("10.0.0.1/8", "10.1.2.3"),
        ("[2001:db8::1]", "[2001:db8::1]"),
        ("[2001:db8::1]:443", "[2001:db8::1]"),
        ("2001:db8::/32", "[2001:db8::1]"),
    ],
)
def test_what_no_proxy_names_goes_directly(no_proxy: str, host: str) -> None:
    assert is_direct(no_proxy, f"https://{host}/path")
    assert is_direct(no_proxy, f"wss://{host}/")


@pytest.mark.parametrize(
    ("no_proxy", "host"),
    [
        ("", "discord.com"),
        ("discord.com", "notdiscord.com"),
        ("discord.com", "discord.com.example"),
        ("cdn.discord.com", "discord.com"),
        ("discord.com:8443", "discord.com"),
        (".", "discord.com"),
        ("*cord.com", "discord.com"),
        ("10.0.0.0/8", "11.1.2.3"),
        ("10.0.0.0/8", "discord.com"),
        ("10.0.0.0/99", "10.1.2.3"),
        ("https://discord.com", "discord.com"),
    ],
)
def test_everything_else_goes_through_the_proxy(no_proxy: str, host: str) -> None:
    assert not is_direct(no_proxy, f"https://{host}/path")
    assert not is_direct(no_proxy, f"wss://{host}/")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.", "127.0.0.1", "127.9.9.9", "[::1]"])
def test_this_machine_is_never_asked_of_a_proxy(host: str) -> None:
    assert is_direct("", f"https://{host}:8443/")


def test_plain_http_goes_directly() -> None:
    assert is_direct("", "http://discord.example/")
    assert is_direct("", "ws://discord.example/")


def test_without_a_proxy_all_goes_directly() -> None:
    assert Proxies.of(None, []).for_url(URL("https://discord.com/")) is None


def test_user_and_password_are_in_the_header_alone() -> None:
    proxy = Proxy.of(PROXY)
    assert proxy.headers == {"Proxy-Authorization": "Basic YW5uOnMzY3JldEB3b3Jk"}
    assert str(proxy.url) == "http://proxy.example:3128"
    assert proxy.name == "proxy.example:3128"
    for shown in (repr(proxy), repr(Proxies.of(PROXY, []))):
        assert "s3cret" not in shown
        assert "YW5u" not in shown


def test_a_user_alone_is_sent_with_an_empty_password() -> None:
    assert Proxy.of("http://token@proxy.example").headers == {"Proxy-Authorization": "Basic dG9rZW46"}
    assert Proxy.of("http://proxy.example:1").headers == {}
