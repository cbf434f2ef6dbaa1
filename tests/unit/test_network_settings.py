"""HTTPS_PROXY, NO_PROXY and SSL_CERT_FILE: whence they come, what refuses them, what of them is secret."""

from base64 import b64encode
from pathlib import Path

import pytest

from bot.network_settings import Network
from bot.settings import UnusableSettings, load_settings

NAMES = ("HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE")
PROXY = "http://quentin:s3cret%40word@proxy.example:3128"


@pytest.fixture(autouse=True)
def _only_our_own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def network_of(monkeypatch: pytest.MonkeyPatch, **values: str) -> Network:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return load_settings(env_file=None).network


def problem_with(monkeypatch: pytest.MonkeyPatch, **values: str) -> str:
    with pytest.raises(UnusableSettings) as refused:
        network_of(monkeypatch, **values)
    (line,) = refused.value.problems
    return line


def test_a_proxy_is_read_from_the_file_as_well(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text(f"HTTPS_PROXY={PROXY}\nno_proxy=a.example, .b.example 10.0.0.0/8\n")
    network = load_settings(env_file).network
    assert network.https_proxy is not None
    assert network.https_proxy.get_secret_value() == PROXY
    assert network.no_proxy == ("a.example", ".b.example", "10.0.0.0/8")


@pytest.mark.parametrize("names", [("https_proxy", "HTTPS_PROXY"), ("HTTPS_PROXY", "https_proxy")])
def test_of_both_spellings_that_in_small_letters_holds(
    monkeypatch: pytest.MonkeyPatch, names: tuple[str, str]
) -> None:
    for name in names:
        monkeypatch.setenv(name, f"{name.replace('_', '-')}.example:3128")
    network = load_settings(env_file=None).network
    assert network.https_proxy is not None
    assert network.https_proxy.get_secret_value() == "http://https-proxy.example:3128"


@pytest.mark.parametrize(
    "value",
    [
        "socks5://quentin:s3cretword@proxy.example:1080",
        "http://quentin:s3cret@word@proxy.example:3128",
        "http://quentin:s3cret/word@proxy.example:3128",
        "http://quentin:s3cretword@proxy.example:port",
        "http://quentin:s3cretword@",
    ],
)
def test_an_unusable_proxy_is_refused_without_its_password(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    line = problem_with(monkeypatch, HTTPS_PROXY=value)
    assert line.startswith("HTTPS_PROXY cannot be used. Set it to http://host:port")
    assert "s3cret" not in line


def test_what_lets_somebody_through_the_proxy_is_known_in_all_its_spellings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network = network_of(monkeypatch, HTTPS_PROXY=PROXY)
    encoded = b64encode(b"quentin:s3cret@word").decode()
    assert {"s3cret@word", "s3cret%40word", "quentin:s3cret@word", encoded} <= network.secrets
    assert "s3cret" not in repr(network)


def test_a_file_of_certificates_has_to_hold_some(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("")
    for path in (empty, tmp_path / "missing.pem", tmp_path):
        line = problem_with(monkeypatch, SSL_CERT_FILE=str(path))
        assert line.startswith(f"SSL_CERT_FILE cannot be used ({str(path)!r}). Set it to the path of a file")
