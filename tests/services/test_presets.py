"""Style presets of servers: saved under a name, changed and removed with an audit, and each server's own."""

import pytest

from bot.domain.administration import AuditTopic
from bot.domain.ids import GuildId, MemberId
from bot.domain.presets import (
    MOST_PRESETS,
    NAME_MOST_CHARACTERS,
    WORDS_MOST_CHARACTERS,
    PresetProblem,
    PresetRefused,
    PresetUnknown,
    SavedPreset,
)
from bot.services.admins.presets import Presets
from tests.builders import GUILD, a_request
from tests.services.house import House

ADMIN = MemberId(1)
ELSEWHERE = GuildId(GUILD + 1)


@pytest.fixture
def presets(house: House) -> Presets:
    return house.services.presets


async def saved(presets: Presets, name: str = "Oil", words: str = "thick paint") -> SavedPreset:
    await presets.add(GUILD, ADMIN, name, words)
    return await presets.named(GUILD, name)


async def test_they_are_found_by_name_in_upper_or_lower_case(presets: Presets) -> None:
    await saved(presets, "  Old   oil ", " thick paint ")
    found = await presets.named(GUILD, "OLD oil")
    assert (found.name, found.words) == ("Old oil", "thick paint")


async def test_each_server_has_its_own(presets: Presets) -> None:
    mine = await saved(presets)
    assert await presets.all_of(ELSEWHERE) == []
    for ask in (presets.named(ELSEWHERE, "Oil"), presets.get(ELSEWHERE, mine.id)):
        with pytest.raises(PresetUnknown) as refusal:
            await ask
        assert refusal.value.existing == []
    for change in (
        presets.change(ELSEWHERE, ADMIN, mine.id, "Oil", "x"),
        presets.remove(ELSEWHERE, ADMIN, mine.id),
    ):
        with pytest.raises(PresetUnknown):
            await change
    await presets.add(ELSEWHERE, ADMIN, "Oil", "other words")
    assert (await presets.get(GUILD, mine.id)).words == "thick paint"


@pytest.mark.parametrize(
    ("name", "words", "problem"),
    [
        (" \u200b", "x", PresetProblem.NAME_EMPTY),
        ("n" * (NAME_MOST_CHARACTERS + 1), "x", PresetProblem.NAME_TOO_LONG),
        ("oIL", "x", PresetProblem.NAME_TAKEN),
        ("Chalk", "\x00 \n", PresetProblem.WORDS_EMPTY),
        ("Chalk", "<#80351110224678912>", PresetProblem.WORDS_EMPTY),
        ("Chalk", "w" * (WORDS_MOST_CHARACTERS + 1), PresetProblem.WORDS_TOO_LONG),
    ],
)
async def test_what_is_no_preset_is_refused(
    presets: Presets, name: str, words: str, problem: PresetProblem
) -> None:
    other = await saved(presets)
    chalk = await saved(presets, "Pastel")
    for attempt in (
        presets.add(GUILD, ADMIN, name, words),
        presets.change(GUILD, ADMIN, chalk.id, name, words),
    ):
        with pytest.raises(PresetRefused) as refusal:
            await attempt
        assert refusal.value.problem is problem
    assert await presets.all_of(GUILD) == [other, chalk]


async def test_there_are_at_most_as_many_as_a_list_can_offer(presets: Presets) -> None:
    for number in range(MOST_PRESETS):
        await presets.add(GUILD, ADMIN, f"Style {number}", "x")
    with pytest.raises(PresetRefused) as refusal:
        await presets.add(GUILD, ADMIN, "One more", "x")
    assert refusal.value.problem is PresetProblem.TOO_MANY
    await presets.remove(GUILD, ADMIN, (await presets.named(GUILD, "Style 3")).id)
    await presets.add(GUILD, ADMIN, "One more", "x")


async def test_each_change_is_in_the_audit_once(house: House, presets: Presets) -> None:
    oil = await saved(presets)
    await presets.change(GUILD, ADMIN, oil.id, "Oil", "thick paint")
    await presets.change(GUILD, ADMIN, oil.id, "Oils", "thin paint")
    assert await presets.remove(GUILD, ADMIN, oil.id) == SavedPreset("Oils", "thin paint", oil.id)
    entries = await house.services.administration.audit(GUILD, 10)
    assert {entry.topic for entry in entries} == {AuditTopic.PRESETS}
    first, second = {"name": "Oil", "words": "thick paint"}, {"name": "Oils", "words": "thin paint"}
    assert [(dict(entry.before), dict(entry.after)) for entry in entries] == [
        (second, {}),
        (first, second),
        ({}, first),
    ]


async def test_a_picture_keeps_the_words_that_were_sent_for_it(house: House, presets: Presets) -> None:
    oil = await saved(presets)
    (job,) = (await house.ask(a_request("a fox", preset=oil))).jobs
    await house.until(lambda: bool(house.provider.accepted))
    await presets.remove(GUILD, ADMIN, oil.id)
    (sent,) = house.provider.accepted.values()
    assert sent.inputs.prompt == "a fox\nthick paint"
    kept = await house.services.gallery.job(job.id, GUILD)
    assert (kept.prompt, kept.preset, kept.sent_before_preset) == ("a fox", job.preset, "a fox")
    assert kept.preset is not None
    assert (kept.preset.name, kept.preset.words) == ("Oil", "thick paint")
