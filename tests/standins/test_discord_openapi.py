"""The judge itself: it is there, and it finds what is wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from standins.fake_discord.record import Exchange
from tests.get_description import get
from tests.standins.discord_openapi import openapi_checker, why_no_description


@pytest.fixture
def exchange() -> Exchange:
    """A request that conforms, with an answer that does."""
    reason = why_no_description()
    if reason is not None:
        pytest.skip(reason)
    made = Exchange("GET", "/gateway", {}, datetime.now(UTC))
    made.status, made.response = 200, {"url": "wss://gateway.invalid"}
    return made


def test_what_conforms_is_not_complained_about(exchange: Exchange) -> None:
    assert openapi_checker()(exchange) == []


def test_a_wrong_answer_is_found(exchange: Exchange) -> None:
    exchange.response = {"address": "wss://gateway.invalid"}
    assert openapi_checker()(exchange) != []


def test_a_wrong_request_is_found_whatever_came_back(exchange: Exchange) -> None:
    exchange.query, exchange.status = {"unheard": "of"}, None
    assert openapi_checker()(exchange) == ["undeclared query parameter unheard"]


def test_a_spoilt_answer_is_nobodys_fault(exchange: Exchange) -> None:
    exchange.status, exchange.response, exchange.was_spoilt = 500, "sorry", True
    assert openapi_checker()(exchange) == []


def test_files_are_not_part_of_the_api(exchange: Exchange) -> None:
    exchange.path, exchange.is_api = "/attachments/1/2/cat.png", False
    assert openapi_checker()(exchange) == []


def test_another_description_than_the_tests_were_written_for_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="is not what it was"):
        get(tmp_path / "openapi.json", lambda _: b"{}")
    assert not list(tmp_path.iterdir())


def test_who_cannot_get_it_is_told_from_where(tmp_path: Path) -> None:
    def fail(_url: str) -> bytes:
        raise OSError("no network")

    with pytest.raises(SystemExit, match=r"discord-api-spec.*: no network"):
        get(tmp_path / "openapi.json", fail)
