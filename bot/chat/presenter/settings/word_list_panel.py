"""/config words: a server's word list, and the dialogues that change it and try it out."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat.incoming.text import one_line, plain
from bot.chat.presenter.elements.custom_ids import Action, CustomId, custom_id, read_text_part, text_part
from bot.chat.presenter.elements.message import (
    MOST_OPTION,
    MOST_TEXT_INPUT,
    Button,
    ChoiceField,
    Color,
    FileField,
    Form,
    Look,
    Message,
    Option,
    Row,
    Select,
    TextField,
    TextFile,
    view_message,
)
from bot.chat.presenter.elements.paging import Page, turning
from bot.domain.ids import EntryId
from bot.domain.word_list import ENTRIES_MOST, EntryProblem, ListedWords, WordAction, WordEntry, WordMatch
from bot.domain.word_list_text import AddedWords, written
from bot.words.catalogs import gettext as _
from bot.words.catalogs import ngettext
from bot.words.formats import number, with_commas

PAGE_LENGTH = 15
LINES, FILE, SEARCH, PROMPT, ACTION = "lines", "file", "search", "prompt", "action"
#: Of a search, which buttons carry.
SEARCH_MOST_CHARACTERS = 40
_SHOWN_MOST_CHARACTERS = 100
_MATCHES_MOST = 15
#: The characters of the prompt that are shown on each side of a match.
_AROUND = 20
_FILE_NAME = "words.txt"
_MARKS = {WordAction.REFUSE: "🚫", WordAction.HOLD: "🛡️", WordAction.TELL: "📣"}


@dataclass(frozen=True, slots=True)
class WordListPosition:
    """A page of the list, and what was searched for, as the buttons of the panel carry it."""

    page: int = 0
    search: str = ""

    @classmethod
    def read(cls, pressed: CustomId, page_at: int = 0) -> "WordListPosition":
        """Raises `JobUnknown` for what no button of ours carries."""
        page = pressed.number(page_at) if len(pressed.args) > page_at else 0
        return cls(page, read_text_part(pressed.args[-1]) if len(pressed.args) > page_at + 1 else "")


def word_list_panel(listed: ListedWords, position: WordListPosition, back: Button, note: str = "") -> Message:
    page = Page.of(listed.found, position.page, PAGE_LENGTH)
    lines = [entry_words(entry) for _id, entry in page.shown]
    body = [note, _explained(), "\n".join(lines) or _nothing(position.search), page.words]
    return view_message(_title(listed, position.search), body, note, _rows(listed, page, position, back))


def _title(listed: ListedWords, search: str) -> str:
    if search:
        return ngettext("{count} word found", "{count} words found", len(listed.found))
    return word_count(listed.total)


def word_count(count: int) -> str:
    if not count:
        return _("No words in the list")
    return ngettext("{count} word in the list", "{count} words in the list", count)


def _explained() -> str:
    actions = "\n".join(f"{_MARKS[action]} {action_words(action)}" for action in WordAction)
    found = _(
        "Whole words are found, in upper or lower case, and also if they are disguised, such as with similar "
        "letters. `grape*` also finds “grapefruit”, and `*fruit` does, too."
    )
    return f"{actions}\n{found}"


def action_words(action: WordAction) -> str:
    """Return what happens to a prompt with such a word."""
    match action:
        case WordAction.REFUSE:
            return _("The prompt is refused.")
        case WordAction.HOLD:
            return _("The image waits for a moderator's approval.")
        case WordAction.TELL:
            return _("The moderators' channel gets a post, if one is set.")


def _nothing(search: str) -> str:
    if search:
        return _("No entry contains “{text}”.", text=_quoted(search))
    return _("The list is empty.")


def entry_words(entry: WordEntry) -> str:
    return f"{_MARKS[entry.action]} {plain(one_line(entry.text, _SHOWN_MOST_CHARACTERS))}"


def _rows(
    listed: ListedWords, page: Page[tuple[EntryId, WordEntry]], position: WordListPosition, back: Button
) -> list[Row]:
    search = text_part(position.search)
    rows: list[Row] = []
    if page.shown:
        options = [
            Option(one_line(entry.text, MOST_OPTION), str(id_), action_words(entry.action))
            for id_, entry in page.shown
        ]
        remove = custom_id(Action.WORDS_REMOVE, page.number, search)
        rows.append([Select(remove, _("Remove words …"), options, most=len(options))])
    turn = turning(
        Action.WORDS,
        page=page.number,
        pages=page.pages,
        labels=(_("Previous"), _("Next")),
        more=(search,),
    )
    if position.search:
        turn.append(Button(_("Show all"), custom_id(Action.WORDS, 0, "all", "")))
    if turn:
        rows.append(turn)
    main = [Button(_("Add words"), custom_id(Action.WORDS_ADD), Look.PRIMARY)]
    if listed.total:
        main += [
            Button(_("Search"), custom_id(Action.WORDS_SEARCH)),
            Button(_("Try a prompt"), custom_id(Action.WORDS_TRY)),
            Button(_("Export"), custom_id(Action.WORDS_EXPORT)),
        ]
    names = Button(
        _("Keep the word secret in refusals") if listed.names_words else _("Say the word in refusals"),
        custom_id(Action.WORDS_NAMED, int(not listed.names_words)),
    )
    return [*rows, [*main, back], [names]]


# --- dialogues ----------------------------------------------------------------------------------------


def add_form(opening: int) -> Form:
    lines = TextField(
        LINES,
        _("Words or phrases, one per line"),
        placeholder=_("For example: red flag"),
        is_required=False,
        most_characters=MOST_TEXT_INPUT,
    )
    file = FileField(FILE, _("Or a text file of them"), hint=_("An exported list, too."), is_required=False)
    options = [
        Option(action_words(action), action, is_chosen=action is WordAction.REFUSE) for action in WordAction
    ]
    what = ChoiceField(ACTION, _("What happens with such a prompt?"), options)
    return Form(_("Add words"), custom_id(Action.WORDS_ADD_FORM, opening), [lines, file, what])


def search_form(opening: int) -> Form:
    text = TextField(SEARCH, _("Part of a word"), is_long=False, most_characters=SEARCH_MOST_CHARACTERS)
    return Form(_("Search"), custom_id(Action.WORDS_FIND_FORM, opening), [text])


def try_form(opening: int) -> Form:
    prompt = TextField(
        PROMPT,
        _("The prompt to try"),
        placeholder=_("Nothing is generated."),
        most_characters=MOST_TEXT_INPUT,
    )
    return Form(_("Try a prompt"), custom_id(Action.WORDS_TRY_FORM, opening), [prompt])


# --- what came of it ----------------------------------------------------------------------------------


def added_words(added: AddedWords) -> str:
    lines = [_added_line(added)]
    if added.known:
        lines.append(
            ngettext("{count} was in the list already.", "{count} were in the list already.", added.known)
        )
    if added.left_out:
        lines.append(
            ngettext(
                "⚠️ {count} was left out: the list is full. It can have up to {most} entries.",
                "⚠️ {count} were left out: the list is full. It can have up to {most} entries.",
                added.left_out,
                most=number(ENTRIES_MOST),
            )
        )
    for problem, count in added.lines.problems.items():
        example = _quoted(added.lines.examples[problem])
        lines.append(f"⚠️ {_problem_words(problem, count, example)}")
    if added.lines.has_regex:
        lines.append(
            _("⚠️ Regular expressions are read as plain text: only a `*` at the beginning or end counts.")
        )
    return "\n".join(lines)


def file_not_read() -> str:
    return _("⚠️ I couldn't read that file. It has to be plain text in UTF-8, of up to 1 MB.")


def _added_line(added: AddedWords) -> str:
    if added.added or added.changed:
        return ngettext("✅ Added {count} entry.", "✅ Added {count} entries.", added.added + added.changed)
    return _("Nothing was added.")


def _problem_words(problem: EntryProblem, count: int, example: str) -> str:
    match problem:
        case EntryProblem.NO_WORDS:
            return ngettext(
                "{count} line has no letter, digit or emoji, such as “{example}”.",
                "{count} lines have no letter, digit or emoji, such as “{example}”.",
                count,
                example=example,
            )
        case EntryProblem.TOO_LONG:
            return ngettext(
                "{count} line is too long, such as “{example}”.",
                "{count} lines are too long, such as “{example}”.",
                count,
                example=example,
            )
        case EntryProblem.WILDCARD_TOO_SHORT:
            return ngettext(
                "{count} line would find nearly every word, such as “{example}”.",
                "{count} lines would find nearly every word, such as “{example}”.",
                count,
                example=example,
            )


def removed_words(texts: Sequence[str]) -> str:
    if not texts:
        return _("These words are not in the list any more.")
    shown = with_commas(f"**{_quoted(text)}**" for text in texts)
    return _("✅ Removed: {words}", words=shown)


def names_words_saved(*, names_words: bool) -> str:
    if names_words:
        return _("✅ Saved: refusals say which word they are about.")
    return _("✅ Saved: refusals don't say which word they are about.")


def tried(prompt: str, matches: Sequence[WordMatch]) -> Message:
    if not matches:
        return Message(body=_("✅ This prompt contains none of the words."), color=Color.DONE)
    lines = [_match_words(prompt, match) for match in matches[:_MATCHES_MOST]]
    if (more := len(matches) - _MATCHES_MOST) > 0:
        and_more = ngettext("and {count} more", "and {count} more", more)
        lines.append(f"-# {and_more}")
    return Message(body="\n".join([_outcome(matches), *lines]), color=Color.PARTLY)


def _outcome(matches: Sequence[WordMatch]) -> str:
    """Return what happens: the strictest of all actions."""
    found = [match.entry.action for match in matches]
    action = next(action for action in WordAction if action in found)
    count = found.count(action)
    match action:
        case WordAction.REFUSE:
            return ngettext(
                "This prompt is refused because of {count} entry:",
                "This prompt is refused because of {count} entries:",
                count,
            )
        case WordAction.HOLD:
            return ngettext(
                "An image of this prompt waits for approval because of {count} entry:",
                "An image of this prompt waits for approval because of {count} entries:",
                count,
            )
        case WordAction.TELL:
            return ngettext(
                "The moderators learn of this prompt because of {count} entry:",
                "The moderators learn of this prompt because of {count} entries:",
                count,
            )


def _match_words(prompt: str, match: WordMatch) -> str:
    before = prompt[max(0, match.start - _AROUND) : match.start]
    after = prompt[match.end : match.end + _AROUND]
    found = plain(one_line(prompt[match.start : match.end], _SHOWN_MOST_CHARACTERS))
    place = f"{_piece(before)}**{found}**{_piece(after)}"
    entry = plain(one_line(match.entry.text, _SHOWN_MOST_CHARACTERS))
    # Translators: an entry of a word list, and the part of a prompt where it was found.
    where = _("**{entry}** in “{place}”", entry=entry, place=place)
    return f"{_MARKS[match.entry.action]} {where}"


def _piece(text: str) -> str:
    """Return a part of the prompt on one line; the spaces at its ends stay."""
    words = plain(one_line(text, _AROUND))
    before, after = " " if text[:1].isspace() else "", " " if text[-1:].isspace() else ""
    return f"{before}{words}{after}" if words else before


def exported_words(entries: Sequence[WordEntry]) -> Message:
    if not entries:
        return Message(body=_("No words in the list"), color=Color.PARTLY)
    body = _("The word list, one entry per line. **{button}** reads it again.", button=_("Add words"))
    return Message(body=body, color=Color.DONE, file=TextFile(_FILE_NAME, written(entries)))


def _quoted(text: str) -> str:
    return plain(one_line(text, _SHOWN_MOST_CHARACTERS // 2))
