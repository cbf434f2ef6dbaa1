"""The addresses in the stand-in's answers: its own, and one at a foreign host."""

from aiohttp import web

from standins.fake_segmind.context import STATE

FOREIGN_HOST = "127.0.0.2"


def base_url(request: web.Request) -> str:
    """The address at which the client reached it."""
    return f"http://{request.host}"


def foreign_base_url(request: web.Request) -> str:
    return f"http://{FOREIGN_HOST}:{request.host.rpartition(':')[2]}"


def own_url(request: web.Request) -> str:
    """The address at which it listens, under the host name that the client used."""
    address: tuple[str, int] = request.get_extra_info("sockname")
    return f"http://{address[0]}:{address[1]}"


def generation_url(request: web.Request, file_name: str) -> str:
    return (request.app[STATE].files_url or base_url(request)) + generation_path(file_name)


def generation_path(file_name: str) -> str:
    return f"/generations/{file_name}"
