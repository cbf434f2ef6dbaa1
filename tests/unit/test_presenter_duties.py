"""Whatever a server has set or made, no panel, report or audit breaks any of Discord's limits."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.delivery.clickable_commands import clickable
from bot.chat.presenter.cards.notes import one_subject
from bot.chat.presenter.elements.custom_ids import CustomId
from bot.chat.presenter.elements.message import Button, Message, Picker, Select
from bot.chat.presenter.members.help import help_message
from bot.chat.presenter.members.own_usage import own_usage
from bot.chat.presenter.moderation.member_review import member_review
from bot.chat.presenter.moderation.report import exported, pages_of, usage_report
from bot.chat.presenter.settings.audit import PAGE_LENGTH, audit
from bot.chat.presenter.settings.config_check import Unusable, checked
from bot.chat.presenter.settings.limits_panel import subject_panel
from bot.chat.presenter.settings.panel_views import View
from bot.chat.presenter.settings.settings_forms import (
    budget_form,
    budget_saved,
    channels_saved,
    limits_form,
    limits_saved,
    log_saved,
    saved,
)
from bot.chat.presenter.settings.settings_panel import panel
from bot.chat.presenter.wording import command_words
from bot.chat.presenter.wording.report_query import Query
from bot.chat.presenter.wording.settings_names import Names
from bot.chat.presenter.wording.warnings import budget_warning
from bot.chat.reports.csv_file import CsvFile
from bot.domain.administration import (
    AuditEntry,
    AuditId,
    AuditTopic,
    GuildChoices,
    GuildSettings,
    RuleSubject,
    SetRule,
    Values,
)
from bot.domain.admission_preview import AdmissionPreview
from bot.domain.failure import FailureKind
from bot.domain.ids import ChannelId, GuildId, JobId, MemberId, MessageId, RoleId
from bot.domain.limits import (
    FIELDS,
    Allowances,
    LimitOrigin,
    OperatorLimits,
    Overruled,
    Rule,
    Usage,
)
from bot.domain.money import Month, Spending
from bot.domain.period import Period
from bot.domain.reports import DayTotal, MemberJobs, MemberTotal, MemberUsage, ReportedJob, UsageReport
from bot.words.language import LANGUAGES
from tests.builders import NOON, a_job
from tests.unit.message_limits import form_problems, problems

unhurried = settings(deadline=None)
LARGEST_ID = 2**63 - 1
GUILD = GuildId(LARGEST_ID)
MARCH = Month(2026, 3)

LIMITS = st.none() | st.integers(0, 10**6)
ALLOWANCES = st.builds(Allowances, per_hour=LIMITS, per_day=LIMITS, running=LIMITS)
MONEY = st.integers(0, 10**12)
SPENDINGS = st.builds(Spending, month=st.just(MARCH), held_microusd=MONEY, spent_microusd=MONEY)
IDS = st.integers(LARGEST_ID - 100, LARGEST_ID)
SUBJECTS = st.one_of(
    st.just(RuleSubject.everyone(GUILD)),
    st.builds(lambda one: RuleSubject.role(GUILD, RoleId(one - 1000)), IDS),
    st.builds(lambda one: RuleSubject.member(MemberId(one)), IDS),
)
NAMES = st.builds(
    Names,
    roles=st.dictionaries(IDS, st.text(max_size=100), max_size=5),
    members=st.dictionaries(IDS, st.text(max_size=32), max_size=5),
    channels=st.dictionaries(IDS, st.text(max_size=100), max_size=5),
)
SETTINGS = st.builds(
    GuildSettings,
    guild_id=st.just(GUILD),
    choices=st.builds(
        GuildChoices,
        budget_microusd=st.none() | MONEY,
        log_channel_id=st.none() | st.builds(ChannelId, IDS),
        allowed_channels=st.frozensets(st.builds(ChannelId, IDS), max_size=60),
        language=st.sampled_from([None, *LANGUAGES]),
    ),
    rules=st.lists(st.builds(SetRule, SUBJECTS, ALLOWANCES), max_size=60, unique_by=lambda one: one.subject),
    operator=st.builds(
        OperatorLimits, per_hour=LIMITS, per_day=LIMITS, ceilings=st.builds(Allowances, per_day=LIMITS)
    ),
    spending=SPENDINGS,
    price_microusd=st.integers(1, 10**8),
)


def every_id_can_be_read(message: Message) -> None:
    for row in message.rows:
        for part in row:
            if isinstance(part, Button | Select | Picker):
                CustomId.read(part.custom_id)


@unhurried
@given(SETTINGS, NAMES, st.sampled_from(View), SUBJECTS)
def test_no_panel_breaks_a_limit(chosen: GuildSettings, names: Names, view: View, who: RuleSubject) -> None:
    note = limits_saved(names, who, Allowances(per_hour=10**6, per_day=10**6, running=10**6))
    for message in (panel(chosen, names, view, note), subject_panel(chosen, names, who, note)):
        assert problems(message) == []
        every_id_can_be_read(message)


@given(SUBJECTS, ALLOWANCES, st.none() | MONEY)
def test_no_dialogue_breaks_a_limit(who: RuleSubject, allowances: Allowances, budget: int | None) -> None:
    for form in (limits_form(who, allowances, LARGEST_ID), budget_form(budget, LARGEST_ID)):
        assert form_problems(form) == []
        CustomId.read(form.custom_id)


FAILED = st.dictionaries(st.sampled_from(FailureKind), st.integers(1, 10**9))


@st.composite
def reports(draw: st.DrawFn) -> UsageReport:
    first = draw(st.dates(date(2020, 1, 1), date(2030, 1, 1)))
    period = Period.between(first, first + timedelta(days=draw(st.integers(0, 365))))
    pictures = draw(st.integers(0, 10**9))
    return UsageReport(
        period=period,
        pictures=pictures,
        failed=draw(FAILED),
        cancelled=draw(st.integers(0, 10**9)),
        rejected=draw(st.integers(0, 10**9)),
        unfinished=draw(st.integers(0, 10**9)),
        extra_microusd=draw(MONEY),
        spent_microusd=draw(MONEY),
        median_seconds=draw(st.none() | st.floats(0, 10**5)),
        top_members=[
            MemberTotal(member_id=MemberId(LARGEST_ID - at), pictures=pictures, spent_microusd=10**12)
            for at in range(draw(st.integers(0, 10)))
        ],
        days=[
            DayTotal(day=day, pictures=pictures, failed=10**9, spent_microusd=10**12) for day in period.days
        ],
    )


@unhurried
@given(reports(), st.booleans())
def test_no_page_of_a_report_breaks_a_limit(report: UsageReport, is_narrow: bool) -> None:  # noqa: FBT001  drawn by name
    narrow = (MemberId(LARGEST_ID), ChannelId(LARGEST_ID)) if is_narrow else (None, None)
    for page in range(pages_of(report) + 1):
        message = usage_report(
            Query(report.period, *narrow), report, page, b"a picture" if page == 0 else None
        )
        assert problems(message) == []
        every_id_can_be_read(message)


USAGES = st.lists(
    st.builds(
        Usage,
        st.builds(
            Rule,
            st.sampled_from(FIELDS),
            st.integers(0, 10**6),
            st.sampled_from(LimitOrigin),
            role_id=st.just(RoleId(LARGEST_ID)),
            over=st.none()
            | st.builds(
                Overruled,
                st.integers(0, 10**6),
                st.sampled_from([LimitOrigin.ROLE, LimitOrigin.GUILD, LimitOrigin.OPERATOR_DEFAULT]),
                st.just(RoleId(LARGEST_ID)),
            ),
        ),
        st.integers(0, 10**6),
        st.none() | st.just(NOON),
    ),
    max_size=4,
)
MEMBER_USAGES = st.builds(
    MemberUsage, usages=USAGES, pictures_this_month=st.integers(0, 10**9), spending_this_month=SPENDINGS
)


@unhurried
@given(st.text(min_size=1, max_size=600), MEMBER_USAGES, st.booleans())
def test_no_page_about_a_member_breaks_a_limit(prompt: str, usage: MemberUsage, is_private: bool) -> None:  # noqa: FBT001  drawn by name
    jobs = [
        ReportedJob(
            job=a_job(
                id=JobId(LARGEST_ID - at), prompt=prompt * 10, cost_microusd=10**9, provider_seconds=1e5
            ),
            channel_id=ChannelId(LARGEST_ID),
            message_id=MessageId(LARGEST_ID),
            is_private=is_private,
        )
        for at in range(5)
    ]
    page = MemberJobs(jobs=jobs, page=3, pages=10**6, total=10**7)
    message = member_review(MemberId(LARGEST_ID), page, usage, {JobId(LARGEST_ID): "https://x.invalid/a.png"})
    assert problems(message) == []
    every_id_can_be_read(message)
    preview = AdmissionPreview(month=usage.spending_this_month.month, usage=usage, refusals=[])
    assert problems(own_usage(preview)) == []


VALUES = st.fixed_dictionaries(
    {
        "per_hour": LIMITS,
        "per_day": LIMITS,
        "running": LIMITS,
        "budget_microusd": st.none() | MONEY,
        "channel_id": st.none() | IDS,
        "channel_ids": st.lists(IDS, max_size=40),
        "language": st.sampled_from([None, *LANGUAGES]),
    }
)
ENTRIES = st.builds(
    AuditEntry,
    id=st.builds(AuditId, IDS),
    guild_id=st.just(GUILD),
    actor_id=st.builds(MemberId, IDS),
    at=st.just(NOON),
    topic=st.sampled_from(AuditTopic),
    subject=st.none() | SUBJECTS,
    before=VALUES,
    after=VALUES,
)


@unhurried
@given(st.lists(ENTRIES, max_size=PAGE_LENGTH), st.booleans(), st.booleans())
def test_no_audit_breaks_a_limit(entries: list[AuditEntry], has_older: bool, is_newest: bool) -> None:  # noqa: FBT001  drawn by name
    message = audit(entries, has_older=has_older, is_newest=is_newest)
    assert problems(message) == []
    every_id_can_be_read(message)


def test_what_is_said_in_passing_breaks_no_limit() -> None:
    everything = ["view_channel", "send_messages", "attach_files", "embed_links"]
    resets_at = datetime(2026, 4, 1, tzinfo=UTC)
    warnings = [
        budget_warning(percent=one, cap_microusd=10**12, used_microusd=10**12, resets_at=resets_at)
        for one in (80, 100)
    ]
    said = [
        *warnings,
        checked([(LARGEST_ID, everything)] * 500, (LARGEST_ID, Unusable.GONE)),
        checked([(LARGEST_ID, why) for why in Unusable] * 500, (LARGEST_ID, Unusable.WRONG_KIND)),
        checked([(LARGEST_ID, [])], None),
        help_message(bot_id=LARGEST_ID, has_reply_edits=True, may_review=True, may_configure=True),
        one_subject(),
        exported(Period.last_days(NOON, 366), CsvFile(["prompt"], 0)),
        *(saved(note) for note in (budget_saved(None), budget_saved(10**12), channels_saved(500))),
        *(saved(log_saved(channel, may_post=False)) for channel in (None, LARGEST_ID)),
    ]
    ids = dict.fromkeys(("imagine", "edit", "jobs", "usage", "review", "config"), LARGEST_ID)
    said += [clickable(message, ids) for message in said]
    assert [problem for message in said for problem in problems(message)] == []


def test_descriptions_of_duties_fit() -> None:
    texts = [
        value for name, value in vars(command_words).items() if name.isupper() and isinstance(value, str)
    ]
    options = [value for name, value in vars(command_words).items() if name.endswith("_OPTIONS")]
    texts += [text for one in options for text in one.values()]
    assert len(texts) > 30
    assert [text for text in texts if not 1 <= len(text) <= 100] == []


def test_the_audit_of_approval_names_roles_and_channels_and_what_changed_of_long_lists_first() -> None:
    def line(before: Values, after: Values) -> str:
        entry = AuditEntry(
            id=AuditId(1),
            guild_id=GuildId(1),
            actor_id=MemberId(1),
            at=NOON,
            topic=AuditTopic.APPROVAL,
            subject=None,
            before=before,
            after=after,
        )
        return audit([entry], has_older=False, is_newest=True).body.splitlines()[-1]

    nothing: Values = {"is_for_everyone": 0, "role_ids": [], "channel_ids": []}
    some: Values = {"is_for_everyone": 0, "role_ids": [5], "channel_ids": [7, 8]}
    assert line(nothing, some) == "Approval: No images need approval. → **<@&5>, <#7>, <#8>**"
    everyone: Values = {"is_for_everyone": 1, "role_ids": [5], "channel_ids": []}
    assert line(some, everyone).endswith("→ **For everyone, <@&5>**")
    many: Values = {"is_for_everyone": 0, "role_ids": [*range(1, 20)], "channel_ids": []}
    more: Values = {"is_for_everyone": 0, "role_ids": [*range(1, 21)], "channel_ids": []}
    assert "→ **<@&20>, <@&1>, <@&2>, <@&3>, <@&4> and 15 more**" in line(many, more)
