"""Bodies in the shapes of the real one."""

from collections.abc import Mapping
from http import HTTPStatus

from aiohttp import web

PAGE = "<html><head><title>{0} {1}</title></head><body><center><h1>{0} {1}</h1></center></body></html>"


def error(status: HTTPStatus, text: str, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.json_response({"error": text}, status=status, headers=headers)


def html(status: HTTPStatus) -> web.Response:
    """An answer as a proxy in front of the real one gives it."""
    return web.Response(
        status=status, text=PAGE.format(status.value, status.phrase), content_type="text/html"
    )


def too_many(headers: Mapping[str, str] | None = None) -> web.Response:
    return error(HTTPStatus.TOO_MANY_REQUESTS, "Too many requests, please try again later", headers)
