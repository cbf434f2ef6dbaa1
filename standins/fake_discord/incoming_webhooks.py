"""Webhooks that a channel's admins make, for programs that are no bots: who has the URL may post."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from standins.fake_discord.errors import ApiError, unknown_webhook
from standins.fake_discord.forms import Form
from standins.fake_discord.model import Channel, Json, Message, User
from standins.fake_discord.rules_messages import check_not_empty
from standins.fake_discord.world import World

_INCOMING = 1
_MOST_CONTENT = 2000


@dataclass(eq=False)
class IncomingWebhook:
    channel: Channel = field(repr=False)
    user: User
    """Who its messages are from; its id is the webhook's."""
    token: str = field(default_factory=lambda: secrets.token_urlsafe(50), repr=False)

    @property
    def path(self) -> str:
        """Below the API's address."""
        return f"/webhooks/{self.user.id}/{self.token}"


def add_webhook(world: World, channel: Channel, name: str) -> IncomingWebhook:
    webhook = IncomingWebhook(channel, User(world.snowflakes.next(), name.lower(), name, is_bot=True))
    world.webhooks[webhook.user.id] = webhook
    return webhook


def webhook_by(world: World, webhook_id: int, token: str) -> IncomingWebhook:
    """Raises ApiError 10015 for one that is not there, and 50027 for a wrong token."""
    webhook: IncomingWebhook | None = world.webhooks.get(webhook_id)
    if webhook is None:
        raise unknown_webhook()
    if webhook.token != token:
        raise ApiError(401, 50027, "Invalid Webhook Token")
    return webhook


def webhook_json(webhook: IncomingWebhook) -> Json:
    return {
        "id": str(webhook.user.id),
        "type": _INCOMING,
        "guild_id": str(webhook.channel.guild.id),
        "channel_id": str(webhook.channel.id),
        "name": webhook.user.display_name,
        "avatar": None,
        "application_id": None,
        "token": webhook.token,
    }


def execute(world: World, webhook: IncomingWebhook, body: Json) -> Message:
    """Post a text. Raises ApiError where Discord would refuse it."""
    form = Form(body)
    content = body.get("content") or ""
    if not isinstance(content, str) or len(content) > _MOST_CONTENT:
        form.complain("BASE_TYPE_MAX_LENGTH", f"Must be {_MOST_CONTENT} or fewer in length.", "content")
    form.raise_complaints()
    check_not_empty(body, [])
    message = Message(
        world.snowflakes.next(), webhook.channel, webhook.user, world.clock.now(), content=content
    )
    return world.add_message(message)
