"""What members who report and moderators can be shown, with as much in it as there can be."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from bot.chat.presenter.elements.custom_ids import Action, CustomId
from bot.chat.presenter.elements.message import Button, Form, Message
from bot.chat.presenter.moderation import (
    approvals,
    complaints,
    decision_forms,
    feed,
    moderation_posts,
    word_posts,
)
from bot.chat.presenter.settings import approval_panel, moderation_panel
from bot.chat.presenter.wording.settings_names import Names
from bot.domain.administration import GuildChoices, GuildSettings
from bot.domain.approval import NAMED_MOST, ApprovalRules
from bot.domain.ids import ChannelId, GuildId, JobId, MemberId, MessageId, ModerationPostId, RoleId
from bot.domain.job import Job, JobState
from bot.domain.limits import OperatorLimits
from bot.domain.moderation import (
    FEED_BATCH,
    REASON_MOST_CHARACTERS,
    Complaint,
    Decision,
    FeedBatch,
    FeedEntry,
    ModerationPost,
    ModerationTopic,
    PostPage,
    PostView,
)
from bot.domain.money import Month, Spending
from bot.domain.request import PictureLocation, Source
from bot.domain.word_list import ENTRY_MOST_CHARACTERS
from bot.services.members.post_pages import PAGE_LENGTH
from tests.builders import NOON, a_card, a_job

MANY = 60
FIRST_ID = 2**63 - 1_000
CARD = a_card(message_id=MessageId(FIRST_ID))
JOBS = [
    a_job(id=JobId(id_), prompt="🦊 *fox* " * 600, state=JobState.DELIVERED)
    for id_ in range(FIRST_ID, FIRST_ID + MANY)
]
LISTED = replace(JOBS[0], listed_word="*" * ENTRY_MOST_CHARACTERS)
EDIT = replace(JOBS[0], source=Source())
KEYS = [job.id for job in JOBS]
REASONS = [Complaint(at=NOON, reason="*spam* " * (REASON_MOST_CHARACTERS // 7))] * MANY
PANEL_CHOICES = GuildChoices(moderation_channel_id=ChannelId(FIRST_ID), feed_channel_id=ChannelId(FIRST_ID))

PRESSED = CustomId(Action.REVIEW_REMOVE, (str(FIRST_ID), str(FIRST_ID), complaints.FROM_LIST))


def a_post(job: Job, **fields: object) -> ModerationPost:
    post = ModerationPost(
        id=ModerationPostId(FIRST_ID),
        guild_id=GuildId(FIRST_ID),
        topic=ModerationTopic.REPORT,
        job_id=job.id,
        member_id=job.member_id,
        subject_id=None,
        at=NOON,
        channel_id=None,
        message_id=None,
        revision=0,
        shown_revision=-1,
        behind_since=None,
        is_refused=False,
        is_over=False,
        decision=None,
        decided_by=None,
        decided_at=None,
        reason="",
    )
    return replace(post, **fields)  # type: ignore[arg-type]  # fields of a post


def a_view(job: Job = JOBS[0], **fields: object) -> PostView:
    return PostView(post=a_post(job, **fields), job=job, card=CARD, complaints=REASONS)


def decided(decision: Decision, by: int | None) -> PostView:
    member = None if by is None else MemberId(by)
    reason = "*spam* " * 550
    return a_view(decision=decision, decided_by=member, decided_at=NOON, is_over=True, reason=reason)


def page(number: int, *, channel_id: int | None = FIRST_ID, is_refused: bool = False) -> PostPage:
    shown = JOBS[number * PAGE_LENGTH : (number + 1) * PAGE_LENGTH]
    return PostPage(
        views=[a_view(job) for job in shown],
        page=number,
        pages=MANY // PAGE_LENGTH,
        total=MANY,
        channel_id=None if channel_id is None else ChannelId(channel_id),
        is_refused=is_refused,
    )


def waiting(job: Job = JOBS[0], **fields: object) -> PostView:
    view = a_view(job, topic=ModerationTopic.APPROVAL, **fields)
    return replace(view, complaints=(), before=PictureLocation(ChannelId(FIRST_ID), MessageId(FIRST_ID)))


def approval_page(number: int) -> Message:
    return approvals.approval_list(page(number, is_refused=True), {JOBS[0].id: "jpg"})


def batch(count: int, *, is_private: bool = False) -> FeedBatch:
    card = replace(CARD, is_private=is_private)
    entries = [FeedEntry(job=job, card=card) for job in JOBS[:count]]
    return FeedBatch(guild_id=GuildId(FIRST_ID), channel_id=ChannelId(FIRST_ID), entries=entries)


def complaint_page(number: int) -> Message:
    return complaints.complaint_list(page(number, is_refused=True), {})


#: By function: how they are drawn, all that is on one of them, and what turns them.
PAGED = {
    "complaints.complaint_list": (
        complaint_page,
        [job.id for job in JOBS],
        (Action.REVIEW_REPORTS, 0),
    ),
    "approvals.approval_list": (
        approval_page,
        [job.id for job in JOBS],
        (Action.REVIEW_APPROVALS, 0),
    ),
}
APPROVAL = ApprovalRules(
    is_for_everyone=True,
    roles=frozenset(RoleId(FIRST_ID + at) for at in range(NAMED_MOST)),
    channels=frozenset(ChannelId(FIRST_ID + at) for at in range(NAMED_MOST)),
)


def panel(choices: GuildChoices = PANEL_CHOICES) -> Message:
    return moderation_panel.moderation_panel(choices, Names(), "", Button("1", "1"))


SETTINGS = GuildSettings(
    guild_id=GuildId(FIRST_ID),
    choices=GuildChoices(),
    rules=[],
    operator=OperatorLimits(),
    spending=Spending(month=Month.of(NOON)),
    price_microusd=60_000,
)


def approval(rules: ApprovalRules = APPROVAL, *, channel_id: int | None = FIRST_ID) -> Message:
    moderators = None if channel_id is None else ChannelId(channel_id)
    settings = replace(SETTINGS, choices=GuildChoices(approval=rules, moderation_channel_id=moderators))
    return approval_panel.approval_panel(settings, Names(), "", Button("1", "1"))


#: By function, as "module.name".
DRAWN: Mapping[str, Callable[[], Message | Form]] = {
    "complaints.report_form": lambda: complaints.report_form(MessageId(FIRST_ID), JOBS[:4], FIRST_ID),
    "complaints.reported": lambda: complaints.reported(JOBS[0]),
    "complaints.complaint_post": lambda: complaints.complaint_post(decided(Decision.DISMISSED, FIRST_ID)),
    "complaints.hidden_post": lambda: complaints.hidden_post(a_view()),
    "complaints.complaint_review": lambda: complaints.complaint_review(
        a_view(), MANY, "https://a.test/b.png"
    ),
    "complaints.all_reasons": lambda: complaints.all_reasons(a_view()),
    "complaints.dismissed": lambda: complaints.dismissed(JOBS[0]),
    "complaints.removed": lambda: complaints.removed(JOBS[0]),
    "complaints.given_back": lambda: complaints.given_back(JOBS[0]),
    "moderation_posts.moderation_post": lambda: moderation_posts.moderation_post(a_view()),
    "decision_forms.remove_form": lambda: decision_forms.remove_form(JOBS[0], PRESSED, FIRST_ID),
    "decision_forms.give_back_form": lambda: decision_forms.give_back_form(JOBS[0], PRESSED, FIRST_ID),
    "feed.feed_message": lambda: feed.feed_message(batch(FEED_BATCH), dict.fromkeys(KEYS, "jpg")),
    "moderation_panel.moderation_panel": panel,
    "approval_panel.approval_panel": approval,
    "approvals.approval_post": lambda: approvals.approval_post(waiting()),
    "word_posts.word_post": lambda: word_posts.word_post(waiting(LISTED)),
    "approvals.approval_review": lambda: approvals.approval_review(waiting(), MANY),
    "approvals.reject_form": lambda: approvals.reject_form(JOBS[0], PRESSED, FIRST_ID, blocks=True),
    "approvals.approved": lambda: approvals.approved(JOBS[0]),
    "approvals.rejected": lambda: approvals.rejected(JOBS[0]),
}


def variants() -> Iterator[Message]:
    """Everything else that is said in other words."""
    for decision in Decision:
        for by in (None, FIRST_ID):
            yield moderation_posts.moderation_post(decided(decision, by))
            yield complaints.hidden_post(decided(decision, by))
            yield approvals.approval_post(
                waiting(decision=decision, decided_by=by, decided_at=NOON, is_over=True)
            )
    yield approvals.approval_post(replace(waiting(), before=None, job=EDIT))
    yield approvals.approval_post(waiting(LISTED))
    yield word_posts.word_post(waiting())
    yield approvals.approval_post(replace(waiting(), card=replace(CARD, is_private=True)))
    yield approvals.approval_list(page(0, channel_id=None), {})
    yield approvals.approval_list(page(0), {})
    yield approvals.approval_list(replace(page(0), views=[], total=0), {})
    yield approvals.approval_list(replace(page(0), total=1), {})
    yield Message(body=approval_panel.approval_saved())
    for rules in (
        ApprovalRules(),
        ApprovalRules(is_for_everyone=True),
        replace(APPROVAL, is_for_everyone=False),
    ):
        yield approval(rules, channel_id=None)
        yield Message(body=approval_panel.approval_state(rules))
    one = ApprovalRules(roles=frozenset({RoleId(FIRST_ID)}), channels=frozenset({ChannelId(FIRST_ID)}))
    yield Message(body=approval_panel.approval_state(one))
    few = [Complaint(at=NOON, reason="spam")]
    for job in JOBS[:1], [replace(JOBS[0], is_given_back=True)]:
        yield moderation_posts.moderation_post(replace(a_view(job[0]), complaints=few))
    yield complaints.all_reasons(replace(a_view(), complaints=few))
    yield complaints.complaint_list(page(0, channel_id=None), {})
    yield complaints.complaint_list(page(0), {})
    yield complaints.complaint_list(replace(page(0), views=[], total=0), {})
    yield panel(GuildChoices())
    for reports in (None, 1, 2, 5):
        yield panel(GuildChoices(hide_after_reports=reports))
        yield Message(body=moderation_panel.hiding_saved(reports))
    for channel_id in (None, FIRST_ID):
        for may_post in (True, False):
            yield Message(body=moderation_panel.moderators_saved(channel_id, may_post=may_post))
            yield Message(body=moderation_panel.feed_saved(channel_id, may_post=may_post))
    for is_private in (True, False):
        yield feed.feed_message(batch(1, is_private=is_private), {})
