"""Uploaded sources and finished pictures, as files that anyone with the URL may read."""

import asyncio
import base64
import binascii
from http import HTTPStatus
from typing import Any

from aiohttp import web

from standins.fake_segmind.answers import error
from standins.fake_segmind.api import answer, json_object
from standins.fake_segmind.context import STATE, misbehaviour_of
from standins.fake_segmind.state import Asset
from standins.fake_segmind.urls import own_url

#: The real one puts the account owner's e-mail address, percent-encoded, into the path.
OWNER = "owner%40example.test"
EXTENSIONS = {"image/png": "png", "image/jpeg": "jpeg", "image/webp": "webp", "image/gif": "gif"}


class NotADataUrl(Exception):
    pass


async def upload(request: web.Request) -> web.Response:
    body = await json_object(request)
    data_urls = body.get("data_urls") if body else None
    if not isinstance(data_urls, list) or not data_urls:
        return error(HTTPStatus.BAD_REQUEST, "data_urls must be a non-empty list")
    try:
        assets = [await asyncio.to_thread(asset_of, data_url) for data_url in data_urls]
    except NotADataUrl:
        return error(HTTPStatus.BAD_REQUEST, "data_urls must hold base64 data URLs")
    urls = [keep(request, asset) for asset in assets]
    return answer({"file_urls": urls, "message": "Files uploaded successfully"}, misbehaviour_of(request))


def asset_of(data_url: Any) -> Asset:
    head, comma, encoded = str(data_url).partition(",")
    if not head.startswith("data:") or not head.endswith(";base64") or not comma:
        raise NotADataUrl
    try:
        data = base64.b64decode(encoded, validate=True)
    except binascii.Error as problem:
        raise NotADataUrl from problem
    return Asset(data, head.removeprefix("data:").removesuffix(";base64"))


def keep(request: web.Request, asset: Asset) -> str:
    state = request.app[STATE]
    name = f"{len(state.assets) + 1:08d}.{EXTENSIONS.get(asset.content_type, 'bin')}"
    state.assets[name] = asset
    return f"{own_url(request)}/assets/{OWNER}/{name}"


async def asset_file(request: web.Request) -> web.StreamResponse:
    asset = request.app[STATE].assets.get(request.match_info["name"])
    if asset is None:
        return error(HTTPStatus.NOT_FOUND, "Not found")
    return await send_file(request, asset.data, asset.content_type)


async def generation_file(request: web.Request) -> web.StreamResponse:
    job = request.app[STATE].workshop.by_file_name(request.match_info["name"])
    if job is None or job.picture is None:
        return error(HTTPStatus.NOT_FOUND, "Not found")
    return await send_file(request, job.picture.data, job.picture.content_type)


async def send_file(request: web.Request, data: bytes, content_type: str) -> web.StreamResponse:
    misbehaviour = misbehaviour_of(request)
    if misbehaviour.has("gone"):
        return error(HTTPStatus.NOT_FOUND, "Not found")
    if misbehaviour.has("text"):
        return web.Response(text="This is no picture.", content_type=content_type)
    if misbehaviour.has("truncated"):
        data = data[: len(data) // 2]
    return web.Response(body=data, content_type=content_type)
