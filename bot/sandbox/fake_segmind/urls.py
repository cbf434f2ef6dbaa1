"""The addresses that the stand-in names in its answers: its own, and one at a foreign host."""

from aiohttp import web

FOREIGN_HOST = "127.0.0.2"


def base_url(request: web.Request) -> str:
    """Where the asker reached it."""
    return f"http://{request.host}"


def foreign_base_url(request: web.Request) -> str:
    return f"http://{FOREIGN_HOST}:{request.host.rpartition(':')[2]}"


def generation_path(file_name: str) -> str:
    return f"/generations/{file_name}"
