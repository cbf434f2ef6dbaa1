"""Routes that an interaction's token opens: the first answer, and the messages that follow it."""

from __future__ import annotations

from standins.fake_discord.answers import KINDS, answer, callback_json, continue_with
from standins.fake_discord.drafts import Draft, edit_message
from standins.fake_discord.files import upload_limit
from standins.fake_discord.forms import Form
from standins.fake_discord.incoming_webhooks import execute, webhook_by, webhook_json
from standins.fake_discord.interactions import by_token, message_of, open_for_answer
from standins.fake_discord.model import Interaction
from standins.fake_discord.ratelimits import WEBHOOK
from standins.fake_discord.rest import TRUE, Call, Reply, Route
from standins.fake_discord.wire_messages import message_json


def webhook_routes() -> list[Route]:
    webhook = "/webhooks/{webhook_id}/{webhook_token}"
    message = webhook + "/messages/{message_id}"
    callback = "/interactions/{interaction_id}/{interaction_token}/callback"
    return [
        Route("POST", callback, _callback, needs_token=False, limit=None),
        Route("GET", webhook, _look, needs_token=False, limit=WEBHOOK),
        Route("POST", webhook, _follow_up, needs_token=False, limit=WEBHOOK),
        Route("GET", message, _get, needs_token=False, limit=WEBHOOK),
        Route("PATCH", message, _edit, needs_token=False, limit=WEBHOOK),
        Route("DELETE", message, _delete, needs_token=False, limit=WEBHOOK),
    ]


def _callback(call: Call) -> Reply:
    interaction = open_for_answer(call.world, call.id("interaction_id"), call.params["interaction_token"])
    form = Form(call.fields)
    kind = form.choice("type", KINDS) or 0
    form.raise_complaints()
    answer(call.world, interaction, kind, _draft(call, interaction, call.fields.get("data"), "data"))
    if call.query.get("with_response") not in TRUE:
        return Reply()
    return Reply(200, callback_json(call.world, interaction, kind))


def _look(call: Call) -> Reply:
    webhook = webhook_by(call.world, call.id("webhook_id"), call.params["webhook_token"])
    return Reply(200, webhook_json(webhook))


def _follow_up(call: Call) -> Reply:
    if call.id("webhook_id") != call.world.app.id:
        webhook = webhook_by(call.world, call.id("webhook_id"), call.params["webhook_token"])
        message = execute(call.world, webhook, call.fields)
        is_awaited = call.query.get("wait") in TRUE
        return Reply(200, message_json(call.world, message)) if is_awaited else Reply()
    interaction = _interaction(call)
    message = continue_with(call.world, interaction, _draft(call, interaction, call.fields))
    return Reply(200, message_json(call.world, message))


def _get(call: Call) -> Reply:
    message = message_of(_interaction(call), call.params["message_id"])
    return Reply(200, message_json(call.world, message))


def _edit(call: Call) -> Reply:
    interaction = _interaction(call)
    message = message_of(interaction, call.params["message_id"])
    edit_message(call.world, message, _draft(call, interaction, call.fields))
    return Reply(200, message_json(call.world, message))


def _delete(call: Call) -> Reply:
    call.world.delete_message(message_of(_interaction(call), call.params["message_id"]))
    return Reply()


def _interaction(call: Call) -> Interaction:
    return by_token(call.world, call.id("webhook_id"), call.params["webhook_token"])


def _draft(call: Call, interaction: Interaction, body: object, *path: str) -> Draft:
    limit = upload_limit(interaction.channel.guild, interaction.user)
    return Draft(body if isinstance(body, dict) else {}, call.files, path, most_bytes=limit)
