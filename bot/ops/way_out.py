"""Outgoing connections: through the proxy for their host, with the configured certificates.

aiohttp's own `trust_env` is not used: for the gateway it reads WSS_PROXY, it knows no ports and no networks
in NO_PROXY, and it sends the logins of ~/.netrc to hosts that others name.
"""

import asyncio
import os
import ssl
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aiohttp
from yarl import URL

from bot.ops.proxies import Proxies, Proxy

#: A proxy is near. This is shorter than the callers' timeouts, so the error can name the proxy as its cause.
PROXY_SECONDS = 5.0
REACH_SECONDS = 10.0
WANTS_CREDENTIALS = 407
#: OpenSSL's X509_V_ERR_… codes: not signed by a trusted authority; not valid at this time.
UNTRUSTED_CODES = frozenset({2, 18, 19, 20, 21})
UNTIMELY_CODES = frozenset({9, 10})


class ProxyFailed(aiohttp.ClientConnectionError):
    """The proxy made no connection, so nothing was sent. str() is one line, without user and password."""


class WayOut:
    def __init__(
        self,
        proxy_url: str | None = None,
        no_proxy: Sequence[str] = (),
        trusted: ssl.SSLContext | None = None,
    ) -> None:
        """Prepare connections. `trusted` has the trusted certificates; None = those of the system."""
        self._proxies = Proxies.of(proxy_url, no_proxy)
        self._trusted = trusted

    @property
    def proxy(self) -> Proxy | None:
        """Return the configured proxy, which is not used for every host."""
        return self._proxies.proxy

    def proxy_for(self, url: URL) -> Proxy | None:
        return self._proxies.for_url(url)

    async def reach(self, url: URL) -> None:
        """Connect, send nothing, and close. Raises the error that prevents the connection."""
        async with self.connector(1) as connector, asyncio.timeout(REACH_SECONDS):
            request = aiohttp.ClientRequest("GET", url, loop=asyncio.get_running_loop())
            (await connector.connect(request, [], aiohttp.ClientTimeout())).close()

    def connector(self, most_connections: int) -> aiohttp.TCPConnector:
        return _Connector(self._proxies, limit=most_connections, ssl=self._trusted or True)


DIRECT = WayOut()


class _Connector(aiohttp.TCPConnector):
    """The connector of all sessions, also for the requests of libraries."""

    def __init__(self, proxies: Proxies, **options: Any) -> None:
        super().__init__(**options)
        self._proxies = proxies

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Any],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109  the name is aiohttp's
    ) -> aiohttp.connector.Connection:
        proxy = self._proxies.for_url(req.url)
        if proxy is None:
            return await super().connect(req, traces, timeout)
        req.update_proxy(proxy.url, None, proxy.headers or None)
        try:
            return await super().connect(req, traces, _hastier(timeout))
        except aiohttp.ClientSSLError:  # the proxy has connected
            raise
        except (aiohttp.ClientError, TimeoutError) as error:
            raise ProxyFailed(_of_proxy(proxy, req.url, error)) from None


def trusting(cert_file: Path) -> ssl.SSLContext:
    """Load certificates as OpenSSL does for SSL_CERT_FILE: it replaces the system's file, not its folder."""
    folder = ssl.get_default_verify_paths().capath
    context = ssl.create_default_context(cafile=str(cert_file), capath=folder)
    context.set_alpn_protocols(["http/1.1"])
    return context


def trouble(error: Exception) -> str:
    """Describe an error for logs: in a line that says what to do if that is known, else by its name."""
    if isinstance(error, ProxyFailed):
        return str(error)
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return _of_certificate(error.host, error.certificate_error)
    return type(error).__name__


#: The errors of an attempt to connect.
UNREACHED = (aiohttp.ClientError, OSError, TimeoutError)


def _hastier(timeout: aiohttp.ClientTimeout) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(
        total=timeout.total,
        connect=timeout.connect,
        sock_read=timeout.sock_read,
        sock_connect=min(timeout.sock_connect or PROXY_SECONDS, PROXY_SECONDS),
        ceil_threshold=timeout.ceil_threshold,
    )


def _of_proxy(proxy: Proxy, url: URL, error: Exception) -> str:
    if isinstance(error, aiohttp.ClientHttpProxyError) and error.status == WANTS_CREDENTIALS:
        what = "refuses the" if proxy.headers else "requires a"
        return f"the proxy {proxy.name} {what} user and password (407): set HTTPS_PROXY with the right ones"
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return f"the proxy {proxy.name} refuses to connect to {url.host}:{url.port} ({error.status})"
    if isinstance(error, aiohttp.ClientProxyConnectionError | aiohttp.ClientConnectorDNSError):
        return f"cannot connect to the proxy {proxy.name} of HTTPS_PROXY ({_system_words(error)})"
    return f"the proxy {proxy.name} does not connect to {url.host}:{url.port} ({type(error).__name__})"


def _system_words(error: aiohttp.ClientConnectorError) -> str:
    """Return the system's text for the error; asyncio's would contain the address."""
    number = error.os_error.errno
    return os.strerror(number) if number and number > 0 else error.os_error.strerror or "no such host"


def _of_certificate(host: str, error: Exception) -> str:
    code, words = getattr(error, "verify_code", 0), getattr(error, "verify_message", type(error).__name__)
    if code in UNTRUSTED_CODES:
        return (
            f"the certificate of {host} is not trusted ({words}): if a proxy replaces certificates, set "
            "SSL_CERT_FILE to a file (PEM) with that of the proxy's authority and those of the system"
        )
    advice = ": check this machine's clock" if code in UNTIMELY_CODES else ""
    return f"the certificate of {host} is not valid ({words}){advice}"
