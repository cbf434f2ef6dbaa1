"""/review block and /review blocked: what was done, who is blocked, and the dialogue that blocks a member."""

from bot.chat.presenter.elements.custom_ids import Action, custom_id
from bot.chat.presenter.elements.message import (
    Button,
    ChoiceField,
    Color,
    Form,
    Message,
    Option,
    Row,
    Select,
    TextField,
    with_and_without_words,
)
from bot.chat.presenter.elements.paging import page_words, turning
from bot.chat.presenter.elements.people import mention
from bot.chat.presenter.wording.block_words import LENGTHS, block_line, length_words, until_words
from bot.chat.presenter.wording.settings_names import Names
from bot.domain.administration import RuleSubject
from bot.domain.block import MOST_REASON, BlockOutcome, BlockPage, MemberBlock
from bot.domain.ids import MemberId
from bot.words.catalogs import gettext as _
from bot.words.catalogs import ngettext

LENGTH, OTHER_LENGTH, REASON = "length", "other-length", "reason"
MOST_LENGTH = 40


def blocked(outcome: BlockOutcome) -> Message:
    """Confirm a block."""
    block = outcome.block
    member = mention(block.member_id)
    line = _("{member} gets no images here: {until}.", member=member, until=until_words(block.until))
    lines = [f"🚫 {line}"]
    if outcome.cancelled:
        lines.append(
            ngettext(
                "{count} waiting image was cancelled.",
                "{count} waiting images were cancelled.",
                outcome.cancelled,
            )
        )
    hint = _("The member reads this, and your reason, when they next ask for an image.")
    buttons = [unblock_button(block.member_id), _all_blocks()]
    return Message(body="\n".join([*lines, f"-# {hint}"]), color=Color.DONE, rows=[buttons])


def unblocked(member_id: MemberId) -> Message:
    return Message(body=unblocked_note(member_id), color=Color.DONE, rows=[[_all_blocks()]])


def block_button(member_id: MemberId, page: int = 0) -> Button:
    return Button(_("Block"), custom_id(Action.REVIEW_BLOCK, member_id, page))


def unblock_button(member_id: MemberId, page: int = 0) -> Button:
    return Button(_("Unblock"), custom_id(Action.REVIEW_UNBLOCK, member_id, page))


def _all_blocks() -> Button:
    return Button(_("All blocks"), custom_id(Action.REVIEW_BLOCKED, 0))


def block_form(member_id: MemberId, page: int, opening: int) -> Form:
    """Return the dialogue that asks for how long, and why."""
    reason = TextField(
        REASON, _("Reason, which the member reads"), is_required=False, most_characters=MOST_REASON
    )
    return Form(
        _("Block this member"),
        custom_id(Action.REVIEW_BLOCK_FORM, member_id, page, opening),
        [*length_fields(), reason],
    )


def length_fields() -> list[TextField | ChoiceField]:
    """Return the fields that ask for how long."""
    options = [
        Option(length_words(length), str(number), is_chosen=number == 1)
        for number, length in enumerate(LENGTHS)
    ]
    return [
        ChoiceField(LENGTH, _("For how long?"), options),
        TextField(
            OTHER_LENGTH,
            _("Or for another time"),
            placeholder=_("3 days, 12 hours, or permanently"),
            is_long=False,
            is_required=False,
            most_characters=MOST_LENGTH,
        ),
    ]


def blocks_page(shown: BlockPage, names: Names, note: str = "") -> Message:
    """Draw one page of the blocks that hold."""
    return with_and_without_words(lambda with_words: _blocks_page(shown, names, note, with_words=with_words))


def _blocks_page(shown: BlockPage, names: Names, note: str, *, with_words: bool) -> Message:
    lines = [_entry(block, with_words=with_words) for block in shown.blocks]
    rows: list[Row] = []
    if shown.blocks:
        pick = custom_id(Action.REVIEW_UNBLOCK_ONE, shown.page)
        options = [_option(block, names, with_words=with_words) for block in shown.blocks]
        rows.append([Select(pick, _("Unblock …"), options)])
    if buttons := turning(Action.REVIEW_BLOCKED, page=shown.page, pages=shown.pages):
        rows.append(buttons)
    body = [note, *lines] if lines else [note, _("No one is blocked here.")]
    return Message(
        title=_("Blocked members"),
        body="\n\n".join(filter(None, [*body, page_words(shown.page, shown.pages)])),
        color=Color.DONE if note else Color.WORKING,
        rows=rows,
    )


def unblocked_note(member_id: MemberId) -> str:
    member = mention(member_id)
    return _("✅ {member} can generate images here again.", member=member)


def _entry(block: MemberBlock, *, with_words: bool) -> str:
    line = block_line(block)
    return f"{mention(block.member_id)} · {line if with_words else line.splitlines()[0]}"


def _option(block: MemberBlock, names: Names, *, with_words: bool) -> Option:
    subject = RuleSubject.member(block.member_id)
    label = names.plain(subject) if with_words else str(block.member_id)
    return Option(label, str(block.member_id))
