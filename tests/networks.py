"""Machines of the tests' own: network namespaces on a bridge, whose links can be taken down.

They reach this machine by an address in the loopback block, where the bot takes pictures without HTTPS, too.
No packet leaves this machine. All is gone once the network is closed.
"""

import asyncio
import os
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

CHUNK_BYTES = 64 * 1024
#: Of a network, its number is the third part of the addresses.
NUMBERS = range(1, 255)
#: As the bot has the server find out that the machine of a lock's holder is lost.
KEEPALIVES = {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 25_000}


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)


@cache
def why_no_networks() -> str | None:
    """Say why no machine can be made, or None if it can."""
    try:
        with own_network() as network:
            network.new_machine()
    except FileNotFoundError:
        return "network namespaces need ip (install iproute2)"
    except (subprocess.CalledProcessError, OSError) as error:
        said = error.stderr.strip() if isinstance(error, subprocess.CalledProcessError) else error
        return f"network namespaces need root or CAP_NET_ADMIN: {said}"
    return None


@dataclass(frozen=True, slots=True)
class Machine:
    """One that can be cut off."""

    name: str

    @property
    def command(self) -> tuple[str, ...]:
        """The beginning of a command that runs there."""
        return ("nsenter", f"--net=/run/netns/{self.name}")

    def cut_off(self) -> None:
        _ip("link", "set", self.name, "down")

    def connect(self) -> None:
        _ip("link", "set", self.name, "up")


@dataclass(slots=True)
class Network:
    number: int
    resources: ExitStack
    _machines: list[Machine] = field(default_factory=list)

    @property
    def bridge(self) -> str:
        return f"bot-{self.number}"

    @property
    def address(self) -> str:
        """By which all machines reach this one; it reaches itself so, too."""
        return f"127.200.{self.number}.1"

    def new_machine(self) -> Machine:
        host = len(self._machines) + 2
        machine = Machine(f"{self.bridge}-{host}")
        _ip("netns", "add", machine.name)
        self.resources.callback(_ip, "netns", "del", machine.name)
        _ip("link", "add", machine.name, "type", "veth", "peer", "name", "eth0", "netns", machine.name)
        _ip("link", "set", machine.name, "master", self.bridge, "up")
        self._set_up_inside(machine, host)
        self._machines.append(machine)
        return machine

    def _set_up_inside(self, machine: Machine, host: int) -> None:
        """Of the loopback block, only the usual address stays in the machine."""
        steps = (
            "ip link set lo up",
            "ip addr add 127.0.0.1/32 dev lo",
            "ip addr del 127.0.0.1/8 dev lo",
            f"ip addr add 198.18.{self.number}.{host}/24 dev eth0",
            "echo 1 > /proc/sys/net/ipv4/conf/eth0/route_localnet",
            "ip link set eth0 up",
            f"ip route add {self.address}/32 dev eth0",
        )
        words = [*machine.command, "sh", "-euc", "; ".join(steps)]
        subprocess.run(words, check=True, capture_output=True, text=True)


@contextmanager
def own_network() -> Iterator[Network]:
    with ExitStack() as resources:
        network = _with_free_number(resources)
        _ip("addr", "add", f"198.18.{network.number}.1/24", "dev", network.bridge)
        Path(f"/proc/sys/net/ipv4/conf/{network.bridge}/route_localnet").write_text("1")
        _ip("link", "set", network.bridge, "up")
        yield network


def _with_free_number(resources: ExitStack) -> Network:
    """Begin where others hardly do, and take the first number that no other test has."""
    begin = os.getpid() % len(NUMBERS)
    for number in (*NUMBERS[begin:], *NUMBERS[:begin]):
        network = Network(number, resources)
        with suppress(FileExistsError):
            _add_bridge(network.bridge)
            resources.callback(_ip, "link", "del", network.bridge)
            return network
    raise OSError("no number is free")


def _add_bridge(name: str) -> None:
    if Path(f"/sys/class/net/{name}").exists():
        raise FileExistsError(name)
    _ip("link", "add", name, "type", "bridge")


@asynccontextmanager
async def passing_on(address: str, to: tuple[str, int]) -> AsyncIterator[int]:
    """Pass on connections from the address to a server of this machine; yield their port."""
    open_now: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        open_now.add(task)
        _keep_alive(writer)
        try:
            await _pass_on(reader, writer, to)
        finally:
            open_now.discard(task)

    server = await asyncio.start_server(accept, address, 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in open_now:
            task.cancel()
        await asyncio.gather(*open_now, return_exceptions=True)


def _keep_alive(writer: asyncio.StreamWriter) -> None:
    connection: socket.socket = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in KEEPALIVES.items():
        connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, to: tuple[str, int]) -> None:
    """End both connections as soon as either ends."""
    other_reader, other_writer = await asyncio.open_connection(*to)
    ways = [
        asyncio.create_task(_copy(reader, other_writer)),
        asyncio.create_task(_copy(other_reader, writer)),
    ]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        for end in (writer, other_writer):
            end.transport.abort()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while chunk := await reader.read(CHUNK_BYTES):
            writer.write(chunk)
            await writer.drain()
