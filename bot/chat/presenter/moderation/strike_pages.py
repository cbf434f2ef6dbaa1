"""/review strikes: the strikes of a member, and what moderators can do with them."""

from bot.chat.incoming.text import one_line, plain
from bot.chat.presenter.elements.custom_ids import Action, custom_id
from bot.chat.presenter.elements.message import (
    MOST_OPTION,
    Button,
    Color,
    Form,
    Look,
    Message,
    Option,
    Row,
    Select,
    TextField,
    with_and_without_words,
)
from bot.chat.presenter.elements.numbers import at
from bot.chat.presenter.elements.paging import page_words, turning
from bot.chat.presenter.elements.people import mention
from bot.chat.presenter.moderation.block_pages import block_button, unblock_button
from bot.chat.presenter.wording.block_words import block_line
from bot.chat.presenter.wording.strike_words import CAUSES, standing_words
from bot.domain.block import MOST_REASON
from bot.domain.ids import MemberId
from bot.domain.strikes import Strike, StrikeCause, StrikePage
from bot.words.catalogs import gettext as _
from bot.words.formats import day

REASON = "reason"
_MOST_WORDS = 100


def strikes_page(shown: StrikePage, note: str = "") -> Message:
    return with_and_without_words(lambda with_words: _strikes_page(shown, note, with_words=with_words))


def _strikes_page(shown: StrikePage, note: str, *, with_words: bool) -> Message:
    member = mention(shown.member_id)
    head = [member, _state(shown)]
    if shown.block is not None:
        blocked, line = _("Blocked here"), block_line(shown.block)
        head.append(f"🚫 **{blocked}** {line if with_words else line.splitlines()[0]}")
    lines = [
        f"**{place}** · {_entry(strike, shown, with_words=with_words)}"
        for place, strike in enumerate(shown.strikes, start=1)
    ]
    body = [note, *head, "\n".join(lines), page_words(shown.page, shown.pages)]
    return Message(
        title=_("Strikes of a member"),
        body="\n\n".join(filter(None, body)),
        color=Color.DONE if note else Color.WORKING,
        rows=_rows(shown),
    )


def _state(shown: StrikePage) -> str:
    if not shown.standing.rules.is_on:
        return _("Strikes are off on this server.")
    return standing_words(shown.standing) or _("No strikes count now.")


def _entry(strike: Strike, shown: StrikePage, *, with_words: bool) -> str:
    facts = [at(strike.at), _(CAUSES[strike.cause])]
    if strike.cause in (StrikeCause.REMOVAL, StrikeCause.MODERATOR):
        facts.append(mention(strike.actor_id))
    if strike.forgiven_at is not None:
        facts.append(_("forgiven"))
    elif not _counts(strike, shown):
        facts.append(_("no longer counts"))
    reason = plain(one_line(strike.reason, _MOST_WORDS)) if with_words else ""
    return " · ".join(facts) + (f"\n-# {reason}" if reason else "")


def _counts(strike: Strike, shown: StrikePage) -> bool:
    return strike.id in {counting.id for counting in shown.standing.strikes}


def _rows(shown: StrikePage) -> list[Row]:
    who, rows = shown.member_id, list[Row]()
    left = [
        _option(strike, place)
        for place, strike in enumerate(shown.strikes, start=1)
        if strike.forgiven_at is None
    ]
    if left:
        pick = custom_id(Action.REVIEW_FORGIVE, who, shown.page)
        rows.append([Select(pick, _("Forgive a strike …"), left)])
    buttons = turning(Action.REVIEW_STRIKES, who, page=shown.page, pages=shown.pages)
    if left:
        forgive = custom_id(Action.REVIEW_FORGIVE_ALL, who, shown.page)
        buttons.append(Button(_("Forgive all"), forgive))
    if shown.standing.rules.is_on:
        buttons.append(
            Button(_("Add a strike"), custom_id(Action.REVIEW_STRIKE, who, shown.page), Look.DANGER)
        )
    block = block_button if shown.block is None else unblock_button
    return [*rows, buttons[:5], [block(who), *buttons[5:]]] if buttons else [*rows, [block(who)]]


def _option(strike: Strike, place: int) -> Option:
    words = f"{place} · {day(strike.at.date())} · {_(CAUSES[strike.cause])}"
    return Option(one_line(words, MOST_OPTION), str(strike.id))


def strike_form(member_id: MemberId, page: int, opening: int) -> Form:
    reason = TextField(
        REASON, _("Reason, which the member reads"), is_required=False, most_characters=MOST_REASON
    )
    return Form(_("Give a strike"), custom_id(Action.REVIEW_STRIKE_FORM, member_id, page, opening), [reason])


def struck_note(*, is_blocked: bool) -> str:
    if is_blocked:
        return _("✅ Strike added. It leads to a block.")
    return _("✅ Strike added.")


def forgiven_note() -> str:
    return _("✅ Forgiven. A block that the strikes led to stays until it ends or you end it.")
