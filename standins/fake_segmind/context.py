"""The values that a handler finds in its application and in its request."""

import asyncio
from dataclasses import dataclass, field

from aiohttp import web

from standins.fake_segmind.faults import Misbehaviour
from standins.fake_segmind.state import State


@dataclass(slots=True)
class Stopping:
    """Set when the server is about to end, so that hanging calls end too."""

    event: asyncio.Event = field(default_factory=asyncio.Event)


STATE = web.AppKey("state", State)
STOPPING = web.AppKey("stopping", Stopping)
MISBEHAVIOUR = web.RequestKey("misbehaviour", Misbehaviour)


def misbehaviour_of(request: web.Request) -> Misbehaviour:
    return request[MISBEHAVIOUR] if MISBEHAVIOUR in request else Misbehaviour()
