"""No prompt, and no state of things, breaks any of Discord's limits."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.incoming.text import units
from bot.chat.presenter.cards.card import card
from bot.chat.presenter.cards.details import details, full_prompt, which_details
from bot.chat.presenter.cards.forms import PROMPTS as PROMPT_FIELDS
from bot.chat.presenter.cards.forms import (
    edit_form,
    menu_form,
    picture_label,
    reword_form,
    upload_form,
    vary_form,
)
from bot.chat.presenter.cards.job_list import job_list, job_panel
from bot.chat.presenter.cards.notes import (
    being_posted,
    delete_question,
    deleted,
    file_gone,
    later,
    posted_again,
    pressed_twice,
)
from bot.chat.presenter.elements.custom_ids import CustomId
from bot.chat.presenter.elements.list_position import ListPosition
from bot.chat.presenter.elements.message import Button, TextField, TextFile
from bot.chat.presenter.members.help import help_message
from bot.chat.presenter.wording import command_words
from bot.chat.presenter.wording.refusals import mishap
from bot.domain.card import CardView
from bot.domain.failure import Failure, FailureKind, SourceProblem
from bot.domain.ids import AttachmentId, CardId, ChannelId, JobId, MessageId
from bot.domain.job import Job, JobState
from bot.domain.limits import LimitField, LimitOrigin, Rule, Usage
from bot.domain.luma import AspectRatio, Style
from bot.domain.own_pictures import ListedPicture, PictureFilter, PicturePage
from bot.domain.request import PictureLocation, Source
from bot.domain.trouble import Trouble
from bot.services.members.own_pictures import PAGE_LENGTH
from tests.builders import NOON, a_card, a_job
from tests.unit.message_limits import form_problems, problems

#: The machine is shared, and the largest examples are large.
unhurried = settings(deadline=None)
LARGEST_ID = 2**63 - 1
BROKEN = [
    "\\",
    "`",
    "*",
    "|",
    "_",
    "~",
    "<",
    ">",
    "@",
    "#",
    "\n",
    "\u202e",
    "🦊",
    "\u0336",
    "a",
    " ",
    "1.",
    "\r",
]
PROMPTS = st.one_of(
    st.text(min_size=1, max_size=400),
    st.builds(lambda part, times: (part * times)[:6000], st.sampled_from(BROKEN), st.integers(1, 6000)),
    st.builds(
        lambda parts: "".join(parts)[:6000], st.lists(st.sampled_from(BROKEN), min_size=1, max_size=3000)
    ),
)
LOCATIONS = st.builds(
    PictureLocation,
    st.builds(ChannelId, st.just(LARGEST_ID)),
    st.builds(MessageId, st.just(LARGEST_ID)),
    st.none() | st.builds(AttachmentId, st.just(LARGEST_ID)),
)
SOURCES = st.none() | st.builds(Source, location=st.none() | LOCATIONS)
FAILURES = st.builds(Failure, st.sampled_from(FailureKind), st.none() | st.sampled_from(SourceProblem))
MOMENTS = st.none() | st.just(NOON)
USAGES = st.none() | st.builds(
    Usage,
    st.builds(Rule, st.sampled_from(LimitField), st.integers(0, 10**9), st.sampled_from(LimitOrigin)),
    st.integers(0, 10**9),
    MOMENTS,
)


@st.composite
def some_jobs(draw: st.DrawFn) -> list[Job]:
    """The one to four jobs of a card, each in a state of its own."""
    source = draw(SOURCES)
    style, ratio = draw(st.sampled_from(Style)), draw(st.none() | st.sampled_from(AspectRatio))
    return [
        a_job(
            id=JobId(LARGEST_ID - number),
            card_id=CardId(LARGEST_ID),
            position=number,
            source=source,
            style=style,
            aspect_ratio=ratio,
            state=draw(st.sampled_from(JobState)),
            failure=draw(st.none() | FAILURES),
            deleted_at=draw(MOMENTS),
            parked_at=draw(MOMENTS),
            attachment_id=draw(st.none() | st.builds(AttachmentId, st.integers(1, LARGEST_ID))),
        )
        for number in range(draw(st.integers(1, 4)))
    ]


def with_prompt(prompt: str, jobs: list[Job]) -> list[Job]:
    """Apart from the jobs, so that a failing test prints the prompt once."""
    return [replace(job, prompt=prompt) for job in jobs]


def listed(jobs: Sequence[Job], page: int = 0, pages: int = 1) -> PicturePage:
    place = (ChannelId(LARGEST_ID), MessageId(LARGEST_ID))
    pictures = [
        ListedPicture(job=job, channel_id=place[0], message_id=place[1], is_private=False, of_card=4)
        for job in jobs
    ]
    return PicturePage(pictures=pictures, page=page, pages=pages, total=len(jobs), searched_only=5000)


@unhurried
@given(
    PROMPTS,
    some_jobs(),
    USAGES,
    st.none() | st.integers(1, 10**6),
    st.none() | st.floats(1, 10**6),
    st.tuples(st.booleans(), st.booleans()),
    st.integers(0, 10**7),
)
def test_no_card_breaks_a_limit(
    prompt: str,
    jobs: list[Job],
    usage: Usage | None,
    place: int | None,
    usual_seconds: float | None,
    flags: tuple[bool, bool],
    age_seconds: int,
) -> None:
    is_paused, with_words = flags
    view = CardView(
        card=a_card(id=CardId(LARGEST_ID)),
        jobs=with_prompt(prompt, jobs),
        place=place,
        usual_seconds=usual_seconds,
        paused_by=Trouble.CREDITS if is_paused else None,
        usage=usage,
    )
    arriving = [job.id for job in jobs if job.state is JobState.READY]
    message = card(view, NOON + timedelta(seconds=age_seconds), arriving=arriving, with_words=with_words)
    assert problems(message) == []


@unhurried
@given(PROMPTS, some_jobs())
def test_nothing_that_is_said_about_pictures_breaks_a_limit(prompt: str, jobs: list[Job]) -> None:
    jobs = with_prompt(prompt, jobs)
    job, its_card = jobs[0], a_card(message_id=MessageId(LARGEST_ID), channel_id=ChannelId(LARGEST_ID))
    said = [
        details(job, its_card, []),
        which_details(jobs),
        full_prompt(job),
        job_panel(job, its_card, ListPosition(4)),
        delete_question(jobs),
        being_posted(job),
        posted_again(job),
        job_list(listed(jobs), PictureFilter.of(prompt), [], {}),
    ]
    assert [problem for message in said for problem in problems(message)] == []


@unhurried
@given(PROMPTS)
def test_the_longest_list_breaks_no_limit(prompt: str) -> None:
    jobs = [a_job(id=JobId(LARGEST_ID - number), prompt=prompt) for number in range(PAGE_LENGTH)]
    usage = [Usage(Rule(field, 10**9, LimitOrigin.OPERATOR_CEILING), 10**9, NOON) for field in LimitField]
    narrowed, urls = PictureFilter.of(prompt), {job.id: "https://example.com/a.png" for job in jobs}
    for page in (0, 1, 10**9 - 1):
        assert problems(job_list(listed(jobs, page, pages=10**9), narrowed, usage, urls)) == []


def test_an_empty_list_breaks_no_limit() -> None:
    assert problems(job_list(listed([]), PictureFilter(), [], {})) == []


@unhurried
@given(PROMPTS)
def test_a_prompt_is_shown_whole_somewhere(prompt: str) -> None:
    message = full_prompt(a_job(prompt=prompt))
    whole = message.file.text if isinstance(message.file, TextFile) else message.body
    assert units(whole) >= len([one for one in prompt if one.isalnum() and one.isascii()])


@unhurried
@given(PROMPTS, st.sampled_from(Style))
def test_no_dialogue_breaks_a_limit(prompt: str, style: Style) -> None:
    form = upload_form(prompt, style, 4, LARGEST_ID, is_private=True)
    assert form_problems(form) == []
    texts = {field.id: field.value for field in form.fields if isinstance(field, TextField)}
    assert "".join(texts.get(id_, "") for id_ in PROMPT_FIELDS) == prompt


@unhurried
@given(st.lists(st.text(max_size=300), min_size=1, max_size=25))
def test_the_menus_dialogue_breaks_no_limit(names: list[str]) -> None:
    keys = [str(LARGEST_ID - number) for number in range(len(names))]
    labels = [picture_label(number, name) for number, name in enumerate(names, start=1)]
    assert form_problems(menu_form(MessageId(LARGEST_ID), keys, labels, LARGEST_ID)) == []


def test_the_dialogues_below_a_card_break_no_limit() -> None:
    jobs = [a_job(id=JobId(LARGEST_ID - number), prompt="🦊" * 6000) for number in range(4)]
    card_id = CardId(LARGEST_ID)
    assert form_problems(edit_form([job.id for job in jobs], Style.MANGA, LARGEST_ID)) == []
    assert form_problems(reword_form(card_id, jobs[0], LARGEST_ID)) == []
    assert form_problems(vary_form(card_id, jobs, 4, LARGEST_ID)) == []


def test_fixed_messages_break_no_limit() -> None:
    fixed = [
        help_message(bot_id=LARGEST_ID, has_reply_edits=True),
        mishap(),
        deleted(4),
        file_gone(),
        later(),
        pressed_twice(),
    ]
    assert [problem for message in fixed for problem in problems(message)] == []


def test_descriptions_of_commands_fit() -> None:
    options = [*command_words.IMAGINE_OPTIONS.values(), *command_words.EDIT_OPTIONS.values()]
    texts = [command_words.IMAGINE, command_words.EDIT, command_words.JOBS, command_words.HELP, *options]
    assert [text for text in texts if not 1 <= len(text) <= 100] == []


@unhurried
@given(some_jobs())
def test_every_button_can_be_read_back(jobs: list[Job]) -> None:
    message = card(CardView(card=a_card(), jobs=jobs), NOON)
    parts = [part for row in message.rows for part in row]
    ids = [CustomId.read(part.custom_id) for part in parts if isinstance(part, Button)]
    assert all(id_.number(0) > 0 for id_ in ids)
