"""Everything that the presenter can show, in the language that is spoken, and all that is read in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.chat.presenter.cards import card, details, job_list, notes
from bot.chat.presenter.elements.list_position import ListPosition, star_button
from bot.chat.presenter.elements.message import (
    Button,
    ChoiceField,
    FileField,
    Form,
    Link,
    Message,
    Option,
    Picker,
    Select,
    TextField,
)
from bot.chat.presenter.settings import audit, log_settings, settings_forms, settings_panel
from bot.chat.presenter.settings.entitlement import entitlement_panel
from bot.chat.presenter.settings.panel_views import View
from bot.chat.presenter.settings.welcome import welcome
from bot.chat.presenter.wording import refusals, warnings
from bot.chat.presenter.wording.allowance import limit_words, price_line, rule_line, usage_line
from bot.chat.presenter.wording.settings_names import Names
from bot.domain.administration import (
    AuditEntry,
    AuditId,
    AuditTopic,
    Entitlement,
    GuildChoices,
    RuleSubject,
    Values,
)
from bot.domain.card import CardView
from bot.domain.errors import LimitReached
from bot.domain.failure import Failure, FailureKind, SourceProblem
from bot.domain.ids import AttachmentId, ChannelId, JobId, MemberId, MessageId, RoleId
from bot.domain.job import Hiding, Job, JobState
from bot.domain.limits import Allowances, LimitField, LimitOrigin, OperatorLimits, Overruled, Rule, Usage
from bot.domain.luma import AspectRatio, Style
from bot.domain.own_pictures import ListedPicture, PictureFilter, PicturePage
from bot.domain.request import PictureLocation, Source
from bot.domain.trouble import Trouble
from bot.words.language import LANGUAGES, spoken
from tests.builders import CHANNEL, GUILD, MEMBER, NOON, a_card, a_job
from tests.unit import moderation_scenes
from tests.unit.test_every_list import SCENES, SETTINGS
from tests.unit.test_presenter_words import EXAMPLES
from tests.usage_answers import BLOCK

Shown = Message | Form

ELSEWHERE = PictureLocation(ChannelId(5), MessageId(6), AttachmentId(7))
ARTIST = RoleId(77)


class Drawn(NamedTuple):
    name: str
    shown: Shown


@dataclass
class Event:
    to_state: JobState
    at: datetime


def everything() -> Iterator[Drawn]:
    """In the language that is spoken, cards included."""
    yield from _scenes()
    yield from (Drawn(kind.__name__, refusals.refusal(one)) for kind, one in EXAMPLES.items())
    yield from _cards()
    yield from _about_jobs()
    yield from _lists()
    yield from _limits()
    yield from _settings()
    yield from (Drawn("moderation", one) for one in moderation_scenes.variants())


def _scenes() -> Iterator[Drawn]:
    for name, scenes in SCENES.items():
        if name == "card.card":
            continue  # in the card's own language: below
        for scene in scenes:
            for page in (0, 1) if scene.turns else (0,):
                yield Drawn(name, scene.draw(page))


def _jobs() -> Iterator[Job]:
    """One in each state, of each kind that reads in its own way."""
    at = {"submitted_at": NOON - timedelta(seconds=70), "state_at": NOON}
    for state in JobState:
        yield a_job(state=state)
        yield a_job(state=state, **at, style=Style.MANGA, aspect_ratio=AspectRatio.TALL_2_3)
    for kind in FailureKind:
        yield a_job(state=JobState.FAILED, failure=Failure(kind), **at)
    for problem in SourceProblem:
        yield a_job(state=JobState.FAILED, failure=Failure(FailureKind.SOURCE, problem.value), **at)
    yield a_job(
        state=JobState.DELIVERED, attachment_id=AttachmentId(9), source=Source(location=ELSEWHERE), **at
    )
    yield a_job(state=JobState.DELIVERED, attachment_id=AttachmentId(9), deleted_at=NOON, **at)
    yield a_job(state=JobState.DELIVERED, deleted_at=NOON, moderation_reason="spam", **at)
    yield a_job(state=JobState.DELIVERED, hiding=Hiding.HIDDEN, **at)
    yield a_job(state=JobState.READY, parked_at=NOON, is_spoiler=True, **at)
    yield a_job(state=JobState.RUNNING, submitted_at=NOON - timedelta(minutes=11))


def _views() -> Iterator[CardView]:
    own = a_card(language=spoken())
    jobs = list(_jobs())
    for job in jobs:
        for usual in (None, 4.0, 62.0, 3600.0):
            yield CardView(card=own, jobs=[job], usual_seconds=usual, usage=USAGES[0], before=ELSEWHERE)
        yield CardView(card=replace(own, is_private=True), jobs=[job])
        yield CardView(card=own, jobs=[job], is_left=True, moved_to=ELSEWHERE)
        yield CardView(card=own, jobs=[job], is_left=True)
    numbered = [replace(one, id=JobId(at), position=at - 1) for at, one in enumerate(jobs[:4], start=1)]
    yield CardView(card=own, jobs=numbered, place=3, paused_by=Trouble.KEY)
    yield CardView(card=own, jobs=numbered, place=3, paused_by=Trouble.CREDITS)
    yield CardView(card=own, jobs=numbered, place=3, paused_by=Trouble.MODEL)
    for place in (1, 2, 3, 4, 11, 12, 21, 1200):
        yield CardView(card=own, jobs=[jobs[0]], place=place)


def _cards() -> Iterator[Drawn]:
    for view in _views():
        shown = card.card(view, NOON)
        yield Drawn("card", shown)
        yield Drawn("card without words", shown.without_words())
        yield Drawn("card that arrives", card.card(view, NOON, arriving=[view.jobs[0].id]))
        yield Drawn("late card", card.card(view, NOON + timedelta(minutes=20)))


def _about_jobs() -> Iterator[Drawn]:
    history = [Event(state, NOON + timedelta(seconds=at)) for at, state in enumerate(JobState)]
    for job in _jobs():
        yield Drawn("details", details.details(job, a_card(), history, ELSEWHERE, 2))
        yield Drawn("details of what is alone", details.details(job, a_card(is_private=True), []))
        yield Drawn("job panel", job_list.job_panel(job, a_card(), ListPosition(), late=1))
        for is_favourite in (True, False):
            star = star_button(job, is_favourite=is_favourite)
            yield Drawn("details with a star", details.details(job, a_card(), history, star=star))
        yield Drawn("favourite", job_list.favourite_panel(job, a_card(), ListPosition()))
        for draw in (notes.shown_again, notes.posted_again, notes.late_picture, notes.being_posted):
            yield Drawn(draw.__name__, draw(job))
    for count in range(1, 5):
        jobs = [a_job(id=JobId(at), position=at - 1) for at in range(1, count + 1)]
        yield Drawn("delete question", notes.delete_question(jobs))
        yield Drawn("deleted", notes.deleted(count))
        for is_private in (True, False):
            yield Drawn(
                "post question", notes.post_question(jobs, CHANNEL, ListPosition(), is_private=is_private)
            )
    yield Drawn("delivery", Message(text=notes.delivery_text(MEMBER), body="1"))


def _lists() -> Iterator[Drawn]:
    """/jobs: whole, searched, and without any picture."""
    pictures = [
        ListedPicture(
            job=replace(job, id=JobId(number)),
            channel_id=CHANNEL,
            message_id=MessageId(1),
            is_private=bool(number % 2),
            of_card=1 + number % 3,
        )
        for number, job in enumerate(_jobs(), start=1)
    ]
    for narrowed in (PictureFilter(), PictureFilter.of("fox"), PictureFilter(only_favourites=True)):
        for first in range(0, len(pictures), 10):
            shown = pictures[first : first + 10]
            page = PicturePage(pictures=shown, page=0, pages=2, total=2, searched_only=5000)
            late = {one.job.id: 2 for one in shown}
            yield Drawn("list", job_list.job_list(page, narrowed, USAGES[:3], {}, late))
        nothing = PicturePage(pictures=[], page=0, pages=1, total=0)
        yield Drawn("list of nothing", job_list.job_list(nothing, narrowed, [], {}))


def _rules() -> Iterator[Rule]:
    for field in LimitField:
        for origin in LimitOrigin:
            role = ARTIST if origin is LimitOrigin.ROLE else None
            for limit in (0, 1, 12):
                yield Rule(field, limit, origin, role_id=role)
                for over in LimitOrigin:
                    overruled = Overruled(5, over, ARTIST if over is LimitOrigin.ROLE else None)
                    yield Rule(field, limit, origin, role_id=role, over=overruled)


USAGES = [Usage(rule, 12, NOON, NOON) for rule in _rules()]


def _limits() -> Iterator[Drawn]:
    for usage in USAGES:
        refused = LimitReached(usage.rule, usage.used, 1, NOON)
        texts = [usage_line(usage), price_line(usage), rule_line(usage), limit_words(refused)]
        yield Drawn("limits", Message(body="\n".join(texts)))


def _settings() -> Iterator[Drawn]:
    for topic in AuditTopic:
        for before, after in _CHANGES:
            for subject in (
                RuleSubject.everyone(GUILD),
                RuleSubject.role(GUILD, ARTIST),
                RuleSubject.member(MEMBER),
            ):
                entry = AuditEntry(
                    id=AuditId(1),
                    guild_id=GUILD,
                    actor_id=MemberId(2),
                    at=NOON,
                    topic=topic,
                    subject=subject,
                    before=before,
                    after=after,
                )
                yield Drawn(f"audit of {topic}", audit.audit([entry], has_older=True, is_newest=False))
    yield Drawn("audit of nothing", audit.audit([], has_older=False, is_newest=True))
    bare = replace(SETTINGS, choices=GuildChoices(), rules=[])
    for settings in (bare, replace(bare, choices=GuildChoices(language="ja", budget_microusd=1))):
        for view in View:
            for known in (Names(), Names.unknown()):
                yield Drawn(f"panel {view}", settings_panel.panel(settings, known, view))
    everyone = RuleSubject.everyone(GUILD)
    said = [
        *(settings_forms.channels_saved(count) for count in (0, 1, 2)),
        *(settings_forms.log_saved(one, may_post=may) for one in (None, CHANNEL) for may in (True, False)),
        *(settings_forms.budget_saved(one) for one in (None, 25_000_000)),
        *(settings_forms.language_saved(one) for one in (None, *LANGUAGES)),
        *(
            settings_forms.limits_saved(Names(), everyone, one)
            for one in (Allowances(), Allowances(per_day=1))
        ),
    ]
    yield from (Drawn("saved", settings_forms.saved(one)) for one in said)
    both = GuildChoices(log_channel_id=CHANNEL, has_summary=True)
    for chosen in (both, replace(both, log_channel_id=None), GuildChoices(log_channel_id=CHANNEL)):
        yield Drawn("log", log_settings.log_panel(chosen, Names.unknown(), "", Button("1", "1")))
        yield Drawn("summary saved", settings_forms.saved(log_settings.summary_saved(chosen)))
    yield Drawn("all", settings_panel.panel(replace(SETTINGS, choices=both), Names.unknown(), View.ALL))
    for percent in (80, 83, 100):
        warning = warnings.budget_warning(
            percent=percent, cap_microusd=10**7, used_microusd=10**7, resets_at=NOON
        )
        yield Drawn("budget warning", warning)
    unlimited = replace(SETTINGS, choices=GuildChoices(), rules=[], operator=OperatorLimits())
    for here in (SETTINGS, unlimited, replace(unlimited, max_price_microusd=None)):
        yield Drawn("welcome", welcome(here))
    yield from (Drawn("entitlement", entitlement_panel(one, is_here=False)) for one in _entitlements())


def _entitlements() -> Iterator[Entitlement]:
    broke = replace(SETTINGS.choices, budget_microusd=0)
    for choices in (GuildChoices(), broke, replace(broke, max_roles=frozenset()), MAX_BY_ROLE):
        for roles in (frozenset({ARTIST}), frozenset[RoleId]()):
            yield Entitlement(
                member_id=MEMBER,
                channel_id=CHANNEL,
                settings=replace(SETTINGS, choices=choices),
                is_server_blocked=bool(roles),
                is_member_blocked=bool(roles),
                block=BLOCK if roles else None,
                usages=USAGES[:16] if roles else (),
                max_roles=roles,
            )


MAX_BY_ROLE = GuildChoices(max_roles=frozenset({ARTIST}))
_VALUES: Values = {
    **{field.value: 5 for field in LimitField},
    "budget_microusd": 5_000_000,
    "reports": 3,
    "channel_id": 7,
    "is_on": 1,
    "channel_ids": [*range(1, 10)],
    "language": "de",
}
_CHANGES: list[tuple[Values, Values]] = [({}, _VALUES), (_VALUES, {})]


def read_in(shown: Shown) -> Iterator[str]:
    """Every text that a member reads in it, one by one."""
    if isinstance(shown, Form):
        yield shown.title
        for field in shown.fields:
            yield from _read_in_field(field)
        return
    yield from filter(None, (shown.text, shown.title, shown.body))
    for pair in shown.fields:
        yield from pair
    yield from (item.body for item in shown.items)
    yield from shown.alt_texts.values()
    if shown.drawing is not None:
        yield shown.drawing.alt_text
    for row in shown.rows:
        for part in row:
            yield from _read_in_part(part)


def _read_in_part(part: Button | Link | Select | Picker) -> Iterator[str]:
    if isinstance(part, Button | Link):
        yield part.label
        return
    yield part.placeholder
    if isinstance(part, Select):
        yield from _read_in_options(part.options)


def _read_in_field(field: TextField | ChoiceField | FileField) -> Iterator[str]:
    yield field.label
    match field:
        case TextField():
            yield field.placeholder
        case ChoiceField():
            yield from _read_in_options(field.options)
        case FileField():
            yield field.hint


def _read_in_options(options: Sequence[Option]) -> Iterator[str]:
    for one in options:
        yield one.label
        yield one.description
