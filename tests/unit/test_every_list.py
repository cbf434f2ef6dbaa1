"""Whatever the presenter shows copes with 60 of everything: it fits Discord, and each entry is reached.

The table holds every function that makes a message or a dialogue. Those of one page are drawn once; lists
are turned by their own buttons, as a member turns them, from the first page to the last.
"""

import inspect
import pkgutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import get_type_hints

import pytest

import bot.chat.presenter
from bot.chat.presenter import elements
from bot.chat.presenter.cards import card, details, forms, job_list, notes
from bot.chat.presenter.elements.custom_ids import Action, CustomId
from bot.chat.presenter.elements.list_position import ListPosition
from bot.chat.presenter.elements.message import Button, Form, Message
from bot.chat.presenter.members import help, privacy  # noqa: A004  the page of that name
from bot.chat.presenter.moderation import member_review, report
from bot.chat.presenter.settings import (
    audit,
    config_check,
    language_settings,
    log_settings,
    notice_settings,
    quality_panel,
    retention_settings,
    settings_forms,
)
from bot.chat.presenter.settings.limits_panel import subject_panel
from bot.chat.presenter.settings.notice_settings import NOTICE_CHOICES
from bot.chat.presenter.settings.panel_views import View
from bot.chat.presenter.settings.settings_panel import Named, panel
from bot.chat.presenter.wording import preset_panel, refusals
from bot.chat.presenter.wording.report_query import Query
from bot.chat.presenter.wording.settings_names import Names
from bot.chat.reports.csv_file import CsvFile
from bot.domain.administration import (
    AuditEntry,
    AuditId,
    AuditTopic,
    GuildChoices,
    GuildSettings,
    RuleSubject,
    SetRule,
)
from bot.domain.card import CardView
from bot.domain.errors import ChannelNotAllowed
from bot.domain.failure import FailureKind
from bot.domain.ids import ApplicationId, ChannelId, GuildId, JobId, MemberId, MessageId, RoleId
from bot.domain.limits import Allowances, LimitField, LimitOrigin, OperatorLimits, Rule, Usage
from bot.domain.luma import Style
from bot.domain.money import Month, Spending
from bot.domain.notice import Notify
from bot.domain.own_pictures import MOST_SEARCH_BYTES, ListedPicture, PictureFilter, PicturePage
from bot.domain.period import Period
from bot.domain.presets import MOST_PRESETS, PresetId, SavedPreset
from bot.domain.privacy import Erasure, ErasureState, PrivacyFacts
from bot.domain.quality import Quality
from bot.domain.reports import DayTotal, MemberJobs, MemberTotal, MemberUsage, ReportedJob, UsageReport
from bot.domain.request import COUNT_MOST
from bot.services.admins.reports import JOBS_A_PAGE
from bot.services.members.own_pictures import PAGE_LENGTH
from bot.words.formats import day
from bot.words.language import LANGUAGES
from tests.builders import NOON, a_card, a_job
from tests.unit import block_scenes, moderation_scenes
from tests.unit.admin_scenes import admin_scenes
from tests.unit.scenes import FIRST_ID, IDS, LARGE, MANY, NAME, PROMPT, Scene, once
from tests.unit.shown import Shown, refused, texts
from tests.unit.word_list_scenes import WORD_LIST_SCENES
from tests.usage_answers import usage_answers

GUILD, MEMBER, CHANNEL = GuildId(FIRST_ID), MemberId(FIRST_ID), ChannelId(FIRST_ID)
ALL_LIMITS = Allowances(per_hour=LARGE, per_day=LARGE, running=LARGE)
EVERYONE = RuleSubject.everyone(GUILD)
ROLES = [RuleSubject.role(GUILD, RoleId(one - MANY)) for one in IDS]
MEMBERS = [RuleSubject.member(MemberId(one)) for one in IDS]
SETTINGS = GuildSettings(
    guild_id=GUILD,
    choices=GuildChoices(
        budget_microusd=10**12, log_channel_id=CHANNEL, allowed_channels=frozenset(map(ChannelId, IDS))
    ),
    rules=[SetRule(one, ALL_LIMITS) for one in (EVERYONE, *ROLES, *MEMBERS)],
    operator=OperatorLimits(per_hour=1, per_day=1, running=1, ceilings=ALL_LIMITS),
    spending=Spending(month=Month(2026, 3), held_microusd=10**12, spent_microusd=10**12),
    price_microusd=10**8,
    max_price_microusd=10**9,
)
PRESETS = [SavedPreset("*" * 29 + str(one % 10), "*" * 300, PresetId(one)) for one in IDS[:MOST_PRESETS]]
OFFERED = forms.OfferedPresets(PRESETS, PRESETS[-1].id)
JOBS = [a_job(id=JobId(one), prompt=PROMPT) for one in IDS]
OF_ONE_CARD = JOBS[:COUNT_MOST]
OF_ONE_CARD_IDS = [job.id for job in OF_ONE_CARD]
SEARCH = PictureFilter.of("*狐" * MOST_SEARCH_BYTES)
POSITION = ListPosition(MANY, SEARCH)
CARD = a_card(channel_id=CHANNEL, message_id=MessageId(FIRST_ID))
USAGE = [Usage(Rule(one, LARGE, LimitOrigin.OPERATOR_CEILING), LARGE, NOON) for one in LimitField]
MEMBER_USAGE = MemberUsage(
    notify=Notify.ALWAYS,
    usages=USAGE,
    pictures_this_month=10**9,
    spending_this_month=SETTINGS.spending,
    block=block_scenes.BLOCKS[0],
    standing=block_scenes.STANDING,
)
PERIOD = Period.between(date(2026, 1, 1), date(2026, 3, 1))  # 60 days
REPORT = UsageReport(
    period=PERIOD,
    pictures=10**9,
    failed=dict.fromkeys(FailureKind, 10**9),
    cancelled=10**9,
    rejected=10**9,
    unfinished=10**9,
    extra_microusd=10**12,
    spent_microusd=10**12,
    median_seconds=1e5,
    top_members=[MemberTotal(member_id=MemberId(one), pictures=9, spent_microusd=9) for one in IDS[:10]],
    days=[DayTotal(day=day, pictures=10**9, failed=10**9, spent_microusd=10**12) for day in PERIOD.days],
)
ENTRIES = [
    AuditEntry(
        id=AuditId(number),
        guild_id=GUILD,
        actor_id=MemberId(FIRST_ID + number),
        at=NOON,
        topic=AuditTopic.CHANNELS,
        subject=None,
        before={"channel_ids": [*IDS]},
        after={"channel_ids": [*IDS[1:], FIRST_ID - 1]},
    )
    for number in range(MANY, 0, -1)
]


def names(named: Named) -> Names:
    """Of the even ones; the others are gone. Only those that are looked up for the message have a name."""
    return Names(
        roles={one.id: NAME for one in ROLES if one.id % 2},
        members={one: NAME for one in named.members if one % 2},
        channels={one: NAME for one in named.channels if one % 2},
    )


def reported(jobs: Sequence[JobId]) -> list[ReportedJob]:
    shown = [one for one in JOBS if one.id in jobs]
    return [
        ReportedJob(job=one, channel_id=CHANNEL, message_id=MessageId(1), is_private=False) for one in shown
    ]


def job_page(page: int) -> MemberJobs:
    ids = [one.id for one in JOBS[page * JOBS_A_PAGE : (page + 1) * JOBS_A_PAGE]]
    return MemberJobs(jobs=reported(ids), page=page, pages=MANY // JOBS_A_PAGE, total=MANY)


def own_page(page: int) -> PicturePage:
    shown = JOBS[page * PAGE_LENGTH : (page + 1) * PAGE_LENGTH]
    pictures = [
        ListedPicture(
            job=one, channel_id=CHANNEL, message_id=MessageId(FIRST_ID), is_private=False, of_card=4
        )
        for one in shown
    ]
    return PicturePage(
        pictures=pictures, page=page, pages=MANY // PAGE_LENGTH, total=MANY, searched_only=LARGE
    )


def view(one: View, entries: Sequence[object] = (), note: Callable[[], str] = str) -> Scene:
    def draw(page: int) -> Message:
        return panel(SETTINGS, names(Named.by(SETTINGS, one, page)), one, note(), page)

    return Scene(draw, entries, (Action.SETTINGS, 1))


def subject(one: RuleSubject) -> Scene:
    return once(lambda: subject_panel(SETTINGS, names(Named.of(one)), one))


def audit_page(before: int) -> Message:
    older = [one for one in ENTRIES if not before or one.id < before]
    page = older[: audit.PAGE_LENGTH]
    return audit.audit(page, has_older=len(older) > len(page), is_newest=not before)


BACK = Button("1", "1")
HELP = partial(help.help_message, bot_id=FIRST_ID, has_reply_edits=True, may_review=True, may_configure=True)
ERASING = ErasureState(
    erasure=Erasure(
        member_id=MEMBER,
        asked_at=NOON,
        takes_down=True,
        taken_down=LARGE,
        not_taken_down=LARGE,
        application_id=ApplicationId(1),
        sealed_token=None,
        token_expires_at=None,
        language="en",
    ),
    left=LARGE,
    waiting=LARGE,
)
MAY_DO_ALL = {"can_be_removed": True, "can_be_given_back": True}
KEYS = [str(one) for one in IDS]
CHECKED = [(one, ["view_channel", "send_messages"] if at >= MANY - 5 else []) for at, one in enumerate(IDS)]
OTHERS = (block_scenes, moderation_scenes)
#: By function, as "module.name".
SCENES: Mapping[str, Sequence[Scene]] = {
    **{name: [once(draw)] for scenes in OTHERS for name, draw in scenes.DRAWN.items()},
    **{name: [Scene(*listed)] for scenes in OTHERS for name, listed in scenes.PAGED.items()},
    **{name: [once(draw)] for name, draw in admin_scenes(SETTINGS, REPORT, USAGE[0], IDS).items()},
    "audit.audit": [Scene(audit_page, [f"<@{one.actor_id}>" for one in ENTRIES], (Action.REVIEW_AUDIT, 0))],
    "card.card": [once(lambda: card.card(CardView(card=CARD, jobs=OF_ONE_CARD, usage=USAGE[0]), NOON))],
    "config_check.checked": [
        once(lambda: config_check.checked(CHECKED, (CHANNEL, [])), [f"<#{one}>" for one in IDS[-5:]])
    ],
    "details.details": [once(lambda: details.details(JOBS[0], CARD, []))],
    "details.which_details": [once(lambda: details.which_details(OF_ONE_CARD), OF_ONE_CARD_IDS)],
    "details.full_prompt": [once(lambda: details.full_prompt(JOBS[0]))],
    "forms.edit_form": [
        once(lambda: forms.edit_form(OF_ONE_CARD_IDS, Style.MANGA, FIRST_ID), OF_ONE_CARD_IDS),
        once(lambda: forms.edit_form(OF_ONE_CARD_IDS, Style.AUTO, FIRST_ID, Quality.MAX, OFFERED)),
    ],
    "forms.reword_form": [once(lambda: forms.reword_form(CARD.id, JOBS[0], FIRST_ID))],
    "forms.vary_form": [once(lambda: forms.vary_form(CARD.id, OF_ONE_CARD, 4, FIRST_ID), OF_ONE_CARD_IDS)],
    "forms.menu_form": [
        once(
            lambda: forms.menu_form(
                MessageId(FIRST_ID), KEYS, [forms.picture_label(1, NAME)] * MANY, FIRST_ID
            ),
            KEYS,
        )
    ],
    "forms.upload_form": [once(lambda: forms.upload_form(PROMPT, Style.AUTO, 4, FIRST_ID, is_private=True))],
    "help.help_message": [once(HELP)],
    "job_list.job_list": [
        Scene(
            lambda page: job_list.job_list(own_page(page), SEARCH, USAGE, {}, {one.id: MANY for one in JOBS}),
            [one.id for one in JOBS],
            (Action.JOBS, 0),
        )
    ],
    "job_list.job_panel": [once(lambda: job_list.job_panel(JOBS[0], CARD, POSITION, late=MANY))],
    "job_list.favourite_panel": [once(lambda: job_list.favourite_panel(JOBS[0], CARD, POSITION))],
    "member_review.member_review": [
        Scene(
            lambda page: member_review.member_review(
                MEMBER, job_page(page), MEMBER_USAGE, {}, may_set_limits=True
            ),
            [one.id for one in JOBS],
            turns=(Action.REVIEW_MEMBER, 1),
        )
    ],
    "quality_panel.quality_panel": [
        once(lambda: quality_panel.quality_panel(SETTINGS, Names.unknown(), "", BACK))
    ],
    "member_review.picture_review": [
        once(lambda: member_review.picture_review(JOBS[0], CARD, MANY, **MAY_DO_ALL))
    ],
    "notes.delete_question": [once(lambda: notes.delete_question(OF_ONE_CARD), OF_ONE_CARD_IDS)],
    "notes.deleted": [once(lambda: notes.deleted(COUNT_MOST))],
    "notes.being_posted": [once(lambda: notes.being_posted(JOBS[0]))],
    "notes.post_question": [
        once(lambda: notes.post_question(OF_ONE_CARD, CHANNEL, POSITION, is_private=True)),
    ],
    "notes.shown_again": [once(lambda: notes.shown_again(JOBS[0]))],
    "notes.posted_again": [once(lambda: notes.posted_again(JOBS[0]))],
    "notes.pressed_twice": [once(notes.pressed_twice)],
    "notes.cannot_write": [once(notes.cannot_write)],
    "notes.out_of_date": [once(notes.out_of_date)],
    "notes.file_gone": [once(notes.file_gone)],
    "notes.later": [once(notes.later)],
    "notes.one_subject": [once(notes.one_subject)],
    "notes.late_picture": [once(lambda: notes.late_picture(JOBS[0]))],
    "notes.not_posted": [once(notes.not_posted)],
    "notes.how_to_reply": [once(lambda: notes.how_to_reply(reads_messages=False))],
    "notes.how_to_imagine": [once(notes.how_to_imagine)],
    "notes.mention_me": [once(lambda: notes.mention_me(FIRST_ID))],
    "own_usage.own_usage": list(map(once, usage_answers(MEMBER_USAGE))),
    "preset_panel.presets_panel": [
        once(lambda: preset_panel.presets_panel(PRESETS, "", BACK), [one.id for one in PRESETS])
    ],
    "preset_panel.preset_panel": [once(lambda: preset_panel.preset_panel(PRESETS[0], BACK))],
    "preset_panel.preset_form": [once(lambda: preset_panel.preset_form(PRESETS[0], FIRST_ID))],
    "privacy.exported": [once(lambda: privacy.exported(Path("x.zip"), 2, LARGE))],
    "privacy.delete_question": [once(lambda: privacy.delete_question(PrivacyFacts(backup_days=7), ERASING))],
    "privacy.erasing": [
        once(lambda: privacy.erasing(ERASING)),
        once(lambda: privacy.erasing(replace(ERASING, erasure=replace(ERASING.erasure, done_at=NOON)))),
    ],
    "privacy.about": [
        once(lambda: privacy.about(PrivacyFacts(contact=NAME * 2, policy_url="https://a.example"), 7)),
        once(lambda: privacy.about(PrivacyFacts(), 90)),
    ],
    "refusals.refusal": [once(lambda: refusals.refusal(ChannelNotAllowed([ChannelId(one) for one in IDS])))],
    "refusals.mishap": [once(refusals.mishap)],
    "report.usage_report": [
        Scene(
            lambda page: report.usage_report(Query(PERIOD), REPORT, page, None),
            [day(one) for one in PERIOD.days],
            (Action.REVIEW, 4),
        )
    ],
    "report.exported": [
        once(lambda: report.exported(PERIOD, CsvFile([PROMPT] * MANY, MANY), Counter(made=1, failed=2)))
    ],
    "settings_forms.limits_form": [once(lambda: settings_forms.limits_form(ROLES[0], ALL_LIMITS, FIRST_ID))],
    "settings_forms.budget_form": [once(lambda: settings_forms.budget_form(10**12, FIRST_ID))],
    "settings_forms.saved": [once(lambda: settings_forms.saved(settings_forms.channels_saved(MANY)))],
    "settings_panel.panel": [
        view(View.ALL),
        view(View.EVERYONE),
        view(View.ROLES, [f"role.{one.id}" for one in ROLES]),
        view(View.MEMBERS, [f"member.{one.id}" for one in MEMBERS]),
        view(View.MEMBERS, [f"<@{one.id}>: **" for one in MEMBERS if one.id % 2]),
        view(View.MEMBERS, [f"Former member (`{one.id}`)" for one in MEMBERS if not one.id % 2]),
        view(View.BUDGET),
        view(View.CHANNELS, IDS),
        view(View.CHANNELS, [f"<#{one}>" for one in IDS if one % 2]),
        view(View.CHANNELS, IDS, lambda: settings_forms.channels_saved(MANY)),
        view(View.LOG),
        view(View.LANGUAGE, [*LANGUAGES]),
        view(View.NOTICES, [*NOTICE_CHOICES]),
        view(View.RETENTION, ["default", "1", "60"]),
    ],
    "notice_settings.notices_panel": [once(lambda: notice_settings.notices_panel(60, "", BACK))],
    "retention_settings.retention_panel": [
        once(lambda: retention_settings.retention_panel(SETTINGS, "", BACK))
    ],
    "log_settings.log_panel": [once(lambda: log_settings.log_panel(SETTINGS.choices, Names(), "", BACK))],
    "language_settings.language_panel": [once(lambda: language_settings.language_panel("de", "", BACK))],
    "limits_panel.subject_panel": [subject(EVERYONE), subject(ROLES[-1]), subject(MEMBERS[-1])],
    **WORD_LIST_SCENES,
}


def makers() -> Iterator[str]:
    """Every public function of the presenter that makes a message or a dialogue of its own."""
    presenter = bot.chat.presenter
    for found in pkgutil.walk_packages(presenter.__path__, f"{presenter.__name__}."):
        module = import_module(found.name)
        if module is elements.message:
            continue
        for name, function in inspect.getmembers(module, inspect.isfunction):
            is_public = function.__module__ == module.__name__ and not name.startswith("_")
            if is_public and get_type_hints(function).get("return") in (Message, Form):
                yield f"{found.name.rpartition('.')[2]}.{name}"


def pages(scene: Scene) -> list[Shown]:
    """Turned by the page's own button until it is disabled or missing."""
    page, drawn = 0, [scene.draw(0)]
    while (on := _turning_on(scene, drawn[-1])) is not None:
        page = CustomId.read(on.custom_id).number(scene.turns[1] if scene.turns else 0)
        drawn.append(scene.draw(page))
        assert len(drawn) <= MANY + 1, "the list has no end"
    return drawn


def _turning_on(scene: Scene, shown: Shown) -> Button | None:
    if scene.turns is None or isinstance(shown, Form):
        return None
    buttons = [one for row in shown.rows for one in row if isinstance(one, Button) and not one.is_disabled]
    ours = [one for one in buttons if CustomId.read(one.custom_id).action is scene.turns[0]]
    return next((one for one in ours if one.label in scene.labels), None)


def test_every_function_of_the_presenter_is_in_the_table() -> None:
    assert set(makers()) == SCENES.keys()


@pytest.mark.parametrize("name", SCENES)
def test_sixty_of_everything_fit_and_each_is_reached(name: str) -> None:
    for scene in SCENES[name]:
        drawn = pages(scene)
        for shown in drawn:
            assert refused(shown) == []
        read = "\n".join(map(texts, drawn))
        assert [one for one in scene.entries if str(one) not in read] == []
