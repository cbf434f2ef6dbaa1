"""No secret survives `without_secrets`, in whatever text it hides; ordinary text does."""

import pytest

from bot.ops.secrets import CONCEALED, conceal, without_secrets

BOT_TOKEN = "MTE3NjU0MzIxMDk4NzY1NDMyMQ.GhIjKl.abcdefghijklmnopqrstuvwxyz0123456789AB"
INTERACTION_TOKEN = "aW50ZXJhY3Rpb246MTIzNDU2Nzg5MDEyMzQ1Njc4OTpzb21lLXNlY3JldC1ieXRlcw"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"logging in with {BOT_TOKEN}", BOT_TOKEN),
        (f"Authorization: Bot {BOT_TOKEN}", BOT_TOKEN),
        (f"PATCH https://discord.com/api/v10/webhooks/117/{INTERACTION_TOKEN}/messages/@original", "aW50ZX"),
        (f"POST /interactions/118/{INTERACTION_TOKEN}/callback?with_response=1", "aW50ZX"),
        (
            f"WebSocket Event: {{'t': 'INTERACTION_CREATE', 'd': {{'token': '{INTERACTION_TOKEN}'}}}}",
            "aW50ZX",
        ),
        ('{"op":2,"d":{"token":"hunter2"}}', "hunter2"),
        ("headers: {'x-api-key': 'hunter2', 'Accept': '*/*'}", "hunter2"),
        ("raw: ((b'X-API-Key', b'hunter2'),)", "hunter2"),
        ("x-api-key: hunter2", "hunter2"),
        ("key SG_0123456789abcdef refused", "0123456789"),
        ("https://images.segmind.com/assets/ann.owner@example.org/a.png", "ann"),
        ("https://images.segmind.com/assets/ann.owner%40example.org-77/a.png", "owner"),
        ("account ann.owner@example.org", "ann"),
        ("postgresql://bot:hunter2@127.0.0.1:5432/bot", "hunter2"),
        ("postgresql+psycopg://bot:hun@ter2@db/bot", "ter2"),
        ("host=db password=hunter2 dbname=bot", "hunter2"),
        ("{'password': 'hunter2 2'}", "hunter2"),
    ],
)
def test_what_looks_like_a_secret_is_concealed(text: str, secret: str) -> None:
    clean = without_secrets(text)
    assert secret not in clean
    assert CONCEALED in clean


@pytest.mark.parametrize(
    "text",
    [
        "job 018f3c1e-8f5b-7c3e-9a51-0c2d0a8e7b11 delivered to 1176543210987654321/1176543210987654322",
        "GET /v2/requests/47411f110c6fa4fe05dcb9ffed2c1962/status 200 in 0.12 s",
        "PATCH /channels/1176543210987654321/messages/1176543210987654322",
        "https://images.segmind.com/generations/47411f110c6fa4fe05dcb9ffed2c1962.jpeg",
        "the authorization failed, the password is wrong, the token has expired",
        "connected to postgresql://bot@127.0.0.1:5432/bot",
        "2026-01-02T03:04:05.678901Z bot.services.worker",
    ],
)
def test_ordinary_lines_stay_as_they_are(text: str) -> None:
    assert without_secrets(text) == text


def test_what_was_told_is_concealed_in_every_spelling() -> None:
    conceal('pa"ss\\word/é')
    for text in (
        'pa"ss\\word/é',
        'pa\\"ss\\\\word/é',
        "pa%22ss%5Cword%2F%C3%A9",
        repr('pa"ss\\word/é'),
    ):
        assert "word" not in without_secrets(f"<{text}>")


def test_a_very_short_value_does_not_blank_out_the_log() -> None:
    conceal("bot")
    assert without_secrets("the bot starts") == "the bot starts"
