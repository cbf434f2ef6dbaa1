"""`python -m bot check` between both stand-ins: what it says of each part, and what to do."""

import asyncio
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import psycopg
import pytest

from bot import app, factories
from bot.cli import check
from bot.settings import Settings, load_settings
from bot.store.driver.database import open_database
from bot.store.upkeep import backup_folder
from bot.store.upkeep.migrate import migrate
from tests import machine
from tests.chat.conftest import addresses
from tests.journeys.town import PATIENCE_SECONDS, Town, free_port
from tests.store.disk import NOBODY, as_somebody_without_rights

__all__ = ["addresses"]


@dataclass
class Checked:
    code: int
    lines: list[str]

    def of(self, subject: str) -> str:
        """The line about it."""
        (line,) = [line for line in self.lines if line[6:].startswith(f"{subject}: ")]
        return line

    @property
    def to_mend(self) -> list[str]:
        return [line[6:].partition(":")[0] for line in self.lines if line.startswith("FIX   ")]


class CheckedTown:
    """A town whose bot does not run, and what `check` says of it."""

    def __init__(self, town: Town, captured: pytest.CaptureFixture[str]) -> None:
        self.town, self._captured = town, captured

    def settings(self, **others: str) -> Settings:
        """What the operator of this town's bot has set."""
        names = self.town.environment(**{"BUDGET_MONTHLY_USD": "25", **others})
        env_file = self.town.folder / "bot.env"
        env_file.write_text("".join(f"{name}={value}\n" for name, value in names.items()))
        return load_settings(env_file)

    async def check(self, **settings: str) -> Checked:
        return await self.check_with(self.settings(**settings))

    async def check_with(self, settings: Settings) -> Checked:
        self._captured.readouterr()
        code = await check.check(settings)
        return Checked(code, self._captured.readouterr().out.splitlines())


@pytest.fixture
def checked(closed_town: Town, capsys: pytest.CaptureFixture[str], addresses: None) -> CheckedTown:
    return CheckedTown(closed_town, capsys)


@pytest.fixture
def read_only_folder() -> Iterator[Path]:
    """Unlike `tmp_path`, others may enter it."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o555)
        yield Path(folder)


async def test_before_the_first_start_nothing_is_to_be_mended(checked: CheckedTown) -> None:
    found = await checked.check()
    assert found.code == 0
    assert [line[:6] for line in found.lines] == ["ok    "] * 14
    assert "accepted, as lantern" in found.of("Discord token")
    assert "in about 2" in found.of("Servers")
    assert "100.00 USD, about 1841 pictures" in found.of("Segmind credits")
    assert "not there yet; the next start (`run`) migrates it" in found.of("Database")


@pytest.mark.parametrize(
    ("settings", "is_safe"),
    [
        ({"BUDGET_MONTHLY_USD": "25"}, True),
        ({"BUDGET_MONTHLY_USD": "", "CHAT_GUILD_IDS": "1,2"}, True),
        ({"BUDGET_MONTHLY_USD": ""}, False),
    ],
)
async def test_a_public_bot_without_any_limit_of_money_is_to_be_mended(
    checked: CheckedTown, settings: dict[str, str], *, is_safe: bool
) -> None:
    found = await checked.check(**settings)
    assert ("Strangers" not in found.to_mend) is is_safe
    assert ("BUDGET_MONTHLY_USD" in found.of("Strangers")) or "CHAT_GUILD_IDS" in found.of("Strangers")


@pytest.mark.parametrize(
    ("settings", "advice"),
    [
        ({}, "names your contact and your policy"),
        ({"PRIVACY_URL": ""}, "PRIVACY_URL not set: the bot is in more than one server"),
        ({"OPERATOR_CONTACT": ""}, "OPERATOR_CONTACT not set: the bot is in more than one server"),
        (
            {"OPERATOR_CONTACT": "", "PRIVACY_URL": "", "CHAT_GUILD_IDS": "1"},
            "OPERATOR_CONTACT and PRIVACY_URL not set, which one server can do without",
        ),
    ],
)
async def test_a_bot_of_several_servers_is_advised_to_name_a_contact_and_a_policy(
    checked: CheckedTown, settings: dict[str, str], advice: str
) -> None:
    found = await checked.check(**settings)
    assert "Privacy" not in found.to_mend
    assert advice in found.of("Privacy")


async def test_the_model_and_what_it_costs(checked: CheckedTown) -> None:
    assert "luma-uni-1, about 0.0543 USD a picture" in (await checked.check()).of("Model")
    found = await checked.check(SEGMIND_MODEL="luma-uni-2")
    assert found.to_mend == ["Model"]
    assert "luma-uni-2 is not known to exist: use one of luma-uni-1, luma-uni-1-max" in found.of("Model")
    found = await checked.check(SEGMIND_MODEL="luma-uni-1-max")
    assert found.to_mend == ["Model"]
    assert "SEGMIND_UNIT_PRICE_USD is 0.0543, but luma-uni-1-max costs about 0.129" in found.of("Model")
    found = await checked.check(SEGMIND_MODEL="luma-uni-1-max", SEGMIND_UNIT_PRICE_USD="0.129")
    assert found.to_mend == []


async def test_the_limits_and_the_budget_in_force(checked: CheckedTown) -> None:
    usual = {"LIMITS_PER_HOUR": "20", "LIMITS_PER_DAY": "60", "LIMITS_RUNNING": "8"}
    found = await checked.check(**usual)
    assert found.of("Limits").endswith("20 per hour, 60 per day, 8 at once")
    assert "25 USD a month, over all servers; each member can cost up to 3.26 USD a day" in found.of("Budget")
    found = await checked.check(LIMITS_PER_DAY="", LIMITS_PER_HOUR="", LIMITS_RUNNING="8", CHAT_GUILD_IDS="1")
    assert "no limit per hour, no limit per day, 8 at once (set to nothing, which means no limit: " in (
        found.of("Limits")
    )
    assert "each member can cost no limit a day" not in found.of("Budget")


async def test_a_database_of_this_version_is_opened(checked: CheckedTown) -> None:
    await app.migrate(checked.settings())
    assert "its schema is current" in (await checked.check()).of("Database")


async def test_an_empty_database_is_tried_before_the_first_start(
    checked: CheckedTown, postgres_url: str
) -> None:
    """As `run` would: PostgreSQL lets only owners create tables, for example."""
    with machine.fresh_postgres_database() as url:
        assert "empty; the next start" in (await checked.check(DATABASE_URL=url)).of("Database")
        with psycopg.connect(url) as connection:
            connection.execute("CREATE ROLE bot_test_guest LOGIN PASSWORD 'guest'")
            connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        try:
            guest = urlsplit(url)
            at = f"bot_test_guest:guest@{guest.hostname}:{guest.port or 5432}"
            found = await checked.check(DATABASE_URL=guest._replace(netloc=at).geturl())
            await asyncio.to_thread(migrate, url)
            not_theirs = await checked.check(DATABASE_URL=guest._replace(netloc=at).geturl())
        finally:
            with psycopg.connect(url) as connection:
                connection.execute("DROP ROLE bot_test_guest")
    assert found.of("Database").startswith("FIX")
    assert "may not create tables" in found.of("Database")
    assert not_theirs.of("Database").startswith("FIX")
    assert "REASSIGN OWNED BY" in not_theirs.of("Database")


@pytest.mark.parametrize("others", [{}, {"DISCORD_API_URL": "http://127.0.0.1:1"}])
async def test_it_prints_its_findings_and_no_log_lines_of_libraries(
    closed_town: Town, tmp_path: Path, others: dict[str, str]
) -> None:
    """As a process of its own, since logs are written there; at DEBUG all libraries have a word."""
    env_file = tmp_path / ".env"
    env_file.write_text("LOG_FORMAT=text\nthis is no setting\nCHAT_ZZZ=3\n")
    done = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "check", "--env-file", env_file),
        env=closed_town.environment(LOG_LEVEL="DEBUG", **others),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(done.communicate(), PATIENCE_SECONDS)
    assert {line[:6] for line in out.decode().splitlines()} <= {"ok    ", "FIX   "}
    told = [line for line in err.decode().splitlines() if "[bot." not in line]
    assert [line.split()[0] for line in told] == ["Line", "CHAT_ZZZ"]


async def backed_up(checked: CheckedTown, *, hours_ago: int) -> Path:
    """The only copy of a database that there is by then."""
    await app.migrate(checked.settings())
    at = datetime.now(UTC) - timedelta(hours=hours_ago)
    url = checked.settings().storage.url.get_secret_value()
    return backup_folder.backup_into(factories.backups_folder(checked.settings()), url, at=at, keep=1)


def damage(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + os.urandom(4096) + whole[12288:])


async def test_a_backup_is_told_by_its_age(checked: CheckedTown) -> None:
    await backed_up(checked, hours_ago=30)
    assert "1 in" in (await checked.check()).of("Backups")
    found = await checked.check(BACKUP_EVERY_HOURS="12")
    assert found.to_mend == ["Backups"]
    assert "the newest is good and 30.0 hours old: start the bot, or read in its log" in found.of("Backups")


async def test_without_a_schedule_an_old_backup_is_no_fault(checked: CheckedTown) -> None:
    assert "none in" in (await checked.check(BACKUP_EVERY_HOURS="0")).of("Backups")
    await backed_up(checked, hours_ago=1000)
    assert (await checked.check(BACKUP_EVERY_HOURS="0")).to_mend == []


async def test_a_damaged_backup(checked: CheckedTown) -> None:
    damage(await backed_up(checked, hours_ago=1))
    found = await checked.check()
    assert found.to_mend == ["Backups"]
    assert "is damaged: check the disk" in found.of("Backups")


async def test_a_damaged_database_and_what_to_restore(checked: CheckedTown) -> None:
    copy = await backed_up(checked, hours_ago=1)
    damage(checked.town.folder / "data" / "bot.sqlite3")
    found = await checked.check()
    assert found.to_mend == ["Database"]
    assert f"The newest good backup is {copy}" in found.of("Database")


async def test_a_database_that_is_damaged_while_the_bot_runs(checked: CheckedTown) -> None:
    await app.migrate(checked.settings())
    running = await open_database(checked.settings().storage.url.get_secret_value())
    assert f"in use by a running bot (process {os.getpid()})" in (await checked.check()).of("Database")
    damage(checked.town.folder / "data" / "bot.sqlite3")
    found = await checked.check()
    await running.close()
    assert found.to_mend == ["Database"]
    assert "There is no good backup in" in found.of("Database")


async def test_neither_token_nor_key(checked: CheckedTown) -> None:
    found = await checked.check(DISCORD_TOKEN="", SEGMIND_API_KEY="")
    assert found.to_mend == ["Discord token", "Segmind key"]
    assert "DISCORD_TOKEN is not set" in found.of("Discord token")
    assert "SEGMIND_API_KEY is not set" in found.of("Segmind key")


async def test_a_wrong_token(checked: CheckedTown) -> None:
    found = await checked.check(DISCORD_TOKEN="wrong")
    assert found.code == 1
    assert found.to_mend == ["Discord token"]
    assert "refused: copy it again" in found.of("Discord token")


async def test_a_wrong_key(checked: CheckedTown) -> None:
    found = await checked.check(SEGMIND_API_KEY="wrong")
    assert found.code == 1
    assert found.to_mend == ["Segmind key"]
    assert "refused: copy it again" in found.of("Segmind key")


async def test_no_credits(checked: CheckedTown) -> None:
    checked.town.segmind.credits = Decimal(0)
    found = await checked.check()
    assert found.to_mend == ["Segmind credits"]
    assert "top the account up" in found.of("Segmind credits")


async def test_neither_service_answers(checked: CheckedTown) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    found = await checked.check(DISCORD_API_URL=f"{nobody}/api/v10", SEGMIND_API_URL=nobody)
    assert found.to_mend == ["Discord token", "Segmind key"]
    assert "check the network and DISCORD_API_URL" in found.of("Discord token")
    assert "check the network and SEGMIND_API_URL" in found.of("Segmind key")


async def test_commands_that_go_elsewhere(checked: CheckedTown) -> None:
    checked.town.world.app.interactions_endpoint_url = "https://example.com/interactions"
    found = await checked.check()
    assert found.to_mend == ["Interactions Endpoint URL"]
    assert "clear it in the portal" in found.of("Interactions Endpoint URL")


async def test_message_content_is_told_of_but_not_asked_for(checked: CheckedTown) -> None:
    assert "off: replies can edit the bot's own pictures only" in (await checked.check()).of(
        "Message Content"
    )
    checked.town.world.app.has_message_content = True
    assert "on: replies can edit everybody's" in (await checked.check()).of("Message Content")


async def test_a_folder_that_cannot_be_written(checked: CheckedTown, read_only_folder: Path) -> None:
    settings = checked.settings(DATA_DIR=str(read_only_folder))
    with as_somebody_without_rights():
        found = await checked.check_with(settings)
    assert found.to_mend == ["Disk", "Database"]
    assert "cannot be written (Permission denied): fix that, or set DATA_DIR" in found.of("Disk")


def part_of_another_user(folder: Path, name: str) -> Path:
    part = folder / name
    part.mkdir(mode=0o700)
    os.chown(folder, NOBODY, NOBODY)
    return part


@pytest.mark.parametrize("name", ["sources", "backups"])
async def test_a_folder_of_another_user_in_it_is_named(checked: CheckedTown, name: str) -> None:
    """As it is left behind by whoever ran the bot as root, once."""
    with TemporaryDirectory() as folder:
        settings = checked.settings(DATA_DIR=folder)
        part = await asyncio.to_thread(part_of_another_user, Path(folder), name)
        with as_somebody_without_rights():
            found = await checked.check_with(settings)
    assert "Disk" in found.to_mend
    assert f"{part} cannot be written (Permission denied)" in found.of("Disk")


async def test_a_folder_that_may_not_be_entered_keeps_nobody_from_the_other_findings(
    checked: CheckedTown,
) -> None:
    with TemporaryDirectory() as folder:
        settings = checked.settings(DATA_DIR=f"{folder}/data")
        with as_somebody_without_rights():
            found = await checked.check_with(settings)
    assert found.code == 1
    assert "accepted, as lantern" in found.of("Discord token")
    assert {"Disk", "Database", "Files"} == set(found.to_mend)
    assert all(folder in line for line in found.lines if line.startswith("FIX"))


async def test_a_folder_that_cannot_be_made(checked: CheckedTown) -> None:
    (checked.town.folder / "file").touch()
    found = await checked.check(DATA_DIR=str(checked.town.folder / "file" / "data"))
    assert found.to_mend == ["Disk", "Database"]
    assert "cannot be created (Not a directory): set DATA_DIR" in found.of("Disk")
