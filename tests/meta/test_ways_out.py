"""Whatever the bot calls, it calls by the one way out, which knows the proxy and whom to trust."""

import ast

from tests.meta.checkout import place, python_files, tree

#: Here sessions are made, for everybody but discord.py, each with a connector of the way out.
MADE_IN = {"bot/download.py"}
#: Each opens connections of its own, past the way out, or goes by the environment as it sees fit.
OPENERS = {
    "ClientSession",
    "TCPConnector",
    "create_connection",
    "http.client",
    "open_connection",
    "request",
    "urllib.request",
}
#: Methods of sessions that are called so, too.
LIBRARIES = {"aiohttp", "asyncio", "socket", "urllib", "http", "_wire"}


def opens(module: ast.Module) -> list[int]:
    """Lines that open a connection, or import what does."""
    return [
        node.lineno for node in ast.walk(module) if isinstance(node, ast.stmt | ast.Call) and is_opener(node)
    ]


def is_opener(node: ast.stmt | ast.Call) -> bool:
    if isinstance(node, ast.Import):
        return bool({one.name for one in node.names} & OPENERS)
    if isinstance(node, ast.ImportFrom):
        return node.module in OPENERS
    called = node.func if isinstance(node, ast.Call) else None
    if not isinstance(called, ast.Attribute) or not isinstance(called.value, ast.Name):
        return False
    return called.value.id in LIBRARIES and called.attr in OPENERS


def test_nothing_opens_a_connection_past_the_way_out() -> None:
    found = [place(path, line) for path in python_files("bot") for line in opens(tree(path))]
    assert [where for where in found if where.partition(":")[0] not in MADE_IN] == []
    assert {where.partition(":")[0] for where in found} == MADE_IN


def test_a_connection_past_the_way_out_is_found() -> None:
    source = """
import urllib.request
from http.client import HTTPConnection
aiohttp.ClientSession()
_wire.TCPConnector(limit=1)
aiohttp.request("GET", url)
asyncio.open_connection(host, port)
session.request("GET", url)
"""
    assert sorted(opens(ast.parse(source))) == [2, 3, 4, 5, 6, 7]
