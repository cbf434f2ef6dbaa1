"""A busy day with everything going wrong at LOG_LEVEL=DEBUG: no secret is anywhere but where it belongs."""

import asyncio
import json
import re
import sys
import urllib.request
from urllib.parse import quote

from cryptography.fernet import Fernet

from standins.fake_discord.asks import Upload
from tests.journeys.test_misbehaving import one_pixel
from tests.journeys.town import Town, text_of
from tests.services.outsides import png

SECRET_KEY = Fernet.generate_key().decode()
#: What members and the provider write, to pass for a line of the log or to spoil the screen it is read on.
HOSTILE = "\n2026-01-01 [info] paid\x1b[2J\x9b2J\u202e\u200b\u2028\x85"
IS_A_LINE = re.compile(r"\d{4}-\d\d-\d\dT\S+Z \[|  ")
#: What members ask for in the course of the day.
PROMPTS = ("a lighthouse", "at night", "a storm")
#: By call, how the provider answers with words that quote what they should not.
REFUSALS = {"submit": 422, "status": 500, "result": 500, "history": 500, "upload": 500}


def secrets_of(town: Town) -> list[str]:
    tokens = [interaction.token for interaction in town.world.interactions.values()]
    owner = "owner@example.test"
    return [town.world.app.token, town.segmind.key, SECRET_KEY, owner, quote(owner), *tokens]


def found_in(text: str, town: Town) -> list[str]:
    return [secret for secret in secrets_of(town) if secret in text or json.dumps(secret)[1:-1] in text]


async def day(town: Town) -> None:
    """Good pictures, edits, and each service failing in its ways."""
    ada = town.person("ada")
    first = await ada.slash("pictures", "imagine", prompt=f"a lighthouse {HOSTILE}").message()
    await town.until_picture(first)
    edit = ada.slash("pictures", "edit", prompt="at night", image=Upload(f"{HOSTILE}.png", png()))
    await town.until_picture(await edit.message())
    spoilt = ada.slash("pictures", "edit", prompt="at night", image=Upload("b.png", one_pixel()))
    await town.until_text(await spoilt.message(), "This didn't count toward your limit")
    for call, status in REFUSALS.items():
        await an_answer_that_quotes_secrets(town, call, status)
    await bad_days_of_discord(town)


async def an_answer_that_quotes_secrets(town: Town, call: str, status: int) -> None:
    asset = "https://x.test/assets/owner%40example.test/1.png"
    quoted = f"{HOSTILE} key {town.segmind.key} of owner@example.test at {asset}"
    if call == "history":  # which is only asked after a submit whose answer was lost
        town.segmind.faults.add("submit", "reset_after", times=1)
    town.segmind.faults.answer(call, status, {"error": quoted, "detail": quoted}, times=1)
    ask = town.person("ben").slash("pictures", "edit", prompt=call, image=Upload("a.png", png()))
    message = await ask.message()
    await town.until(lambda: message.attachments or "This didn't count toward your limit" in text_of(message))


async def bad_days_of_discord(town: Town) -> None:
    for status, drops in ((503, False), (None, True)):
        town.discord.faults.add(
            route="PATCH /webhooks/*", status=status, after_doing=drops, drops_connection=drops, times=1
        )
        message = await town.person("mia").slash("pictures", "imagine", prompt="a storm").message()
        await town.until_picture(message)


async def answers_of_moderators(town: Town) -> None:
    mia = town.person("mia")
    report = await mia.slash("pictures", "review usage").message()
    await mia.press(report, "Export").message()
    await mia.slash("pictures", "review member", who=town.world.user("ada")).message()


async def command(town: Town, *arguments: str, **settings: str) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        env=town.environment(**{"SECRET_KEY": SECRET_KEY, "LOG_LEVEL": "DEBUG"} | settings),
        cwd=town.folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await asyncio.wait_for(process.communicate(), 60)
    return out.decode()


def page(town: Town, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{town.ops_port}{path}", timeout=5) as answer:
        return str(answer.read().decode())


def seen_in_discord(town: Town) -> str:
    """All that was sent there, except for the addresses, in which tokens belong; and all that is shown."""
    sent = [str(exchange.json) for exchange in town.discord.requests.matching("*")]
    files = [one.data.decode(errors="replace") for one in town.world.attachments.values()]
    names = [f"{one.filename} {one.description}" for one in town.world.attachments.values()]
    return "\n".join([*sent, *files, *names, *map(text_of, town.world.messages.values())])


async def test_no_secret_leaves_its_place(closed_town: Town) -> None:
    town = closed_town
    await town.open(SECRET_KEY=SECRET_KEY, LOG_LEVEL="DEBUG")
    await day(town)
    await answers_of_moderators(town)
    copy = town.folder / "copy.sqlite3"
    places = {
        "metrics": await asyncio.to_thread(page, town, "/metrics"),
        "health": await asyncio.to_thread(page, town, "/healthz"),
        "Discord": seen_in_discord(town),
        "check": await command(town, "check"),
        "backup": await command(town, "backup", str(copy)),
        "log": town.log,
        "file names": "\n".join(str(path) for path in town.folder.rglob("*")),
    }
    assert "DEBUG" in places["log"].upper(), "a day without debug lines proves nothing"
    assert {place: found_in(text, town) for place, text in places.items() if found_in(text, town)} == {}
    for words in (*PROMPTS, *(user.display_name for user in town.world.users.values() if not user.is_bot)):
        assert words not in places["log"]
    assert [line for line in places["log"].splitlines() if not IS_A_LINE.match(line)] == []
    assert all(line.isprintable() for line in places["log"].splitlines())
    kept = await asyncio.to_thread(copy.read_bytes)
    assert kept.startswith(b"SQLite format 3")
    hidden = [*secrets_of(town), *PROMPTS]
    assert [secret for secret in hidden if secret.encode() in kept] == []
