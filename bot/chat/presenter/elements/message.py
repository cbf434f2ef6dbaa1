"""A Discord message as a value: what it says and offers, without discord.py's objects."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path

from bot.domain.ids import JobId
from bot.words.catalogs import gettext as _
from bot.words.language import speaking, spoken

# Discord's own limits, in characters or pieces.
MOST_DESCRIPTION = 4096
MOST_FIELD = 1024
MOST_EMBED_TOTAL = 6000
MOST_ALT_TEXT = 1024
MOST_CUSTOM_ID = 100
MOST_LABEL = 80
MOST_OPTION = 100
MOST_OPTIONS = 25
MOST_TEXT_INPUT = 4000
MOST_MODAL_TEXT = 45
MOST_FIELDS = 5


class Color(Enum):
    """The stripe beside a card, as RGB."""

    WAITING = 0x949BA4
    WORKING = 0x5865F2
    DONE = 0x2E9E6B
    PARTLY = 0xE0A030
    FAILED = 0xD8485A


class Look(Enum):
    PRIMARY = "primary"
    PLAIN = "plain"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Button:
    label: str
    custom_id: str
    look: Look = Look.PLAIN
    is_disabled: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Option:
    label: str
    value: str
    description: str = ""
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Select:
    custom_id: str
    placeholder: str
    options: Sequence[Option]
    most: int = 1
    #: With 0, a choice can be taken back.
    least: int = 1


class Kind(Enum):
    """The things that a picker offers; Discord's client knows which of them the server has."""

    ROLES = "roles"
    MEMBERS = "members"
    CHANNELS = "channels"  # in which, or in whose threads, members write
    POST_CHANNELS = "post channels"  # where the bot can post messages of its own: a forum has only threads


@dataclass(frozen=True, slots=True)
class Picker:
    """A select of the server's own roles, members or channels; `chosen` are ids."""

    custom_id: str
    placeholder: str
    kind: Kind
    chosen: Sequence[int] = ()
    most: int = 1
    #: With 0, a choice can be taken back.
    least: int = 1


#: Up to five buttons and links, or one select or picker.
Row = Sequence[Button | Link | Select | Picker]


@dataclass(frozen=True, slots=True)
class TextFile:
    name: str
    text: str
    encoding: str = "utf-8"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file on the disk, which is read while it is sent."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture that the bot has drawn itself, as PNG."""

    name: str
    png: bytes = field(repr=False)
    alt_text: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """Another framed text, below the body, with a small picture beside it."""

    body: str
    thumbnail_url: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A whole message. `text` stands above `body`, which is framed; files and pictures stand between them."""

    text: str = ""
    title: str = ""
    body: str = ""
    fields: Sequence[tuple[str, str]] = ()
    color: Color = Color.WAITING
    rows: Sequence[Row] = ()
    file: TextFile | StoredFile | None = None
    drawing: Drawing | None = None
    items: Sequence[Item] = ()
    #: File names by job, without the ending, for the pictures that come with this message.
    names: dict[JobId, str] = field(default_factory=dict)
    #: Alternative texts by job, for the pictures that come with this message.
    alt_texts: dict[JobId, str] = field(default_factory=dict)
    #: The jobs whose pictures are shown blurred until somebody clicks on them.
    spoilers: Collection[JobId] = ()
    #: The language of its texts. Code that speaks another language may send the message.
    language: str = field(default_factory=spoken, compare=False)
    #: Draws the same message without anything that a member wrote.
    wordless: "Callable[[], Message] | None" = field(default=None, compare=False, repr=False)

    def without_words(self) -> "Message":
        """Return the message without the words that AutoMod could block.

        If it cannot be drawn without them, a note replaces its texts, and its buttons stay.
        """
        with speaking(self.language):
            if self.wordless is not None:
                return self.wordless()
            pictures = dict.fromkeys(self.alt_texts, _("An image."))
            body = _("(Not shown: a rule of this server blocks its words.)")
            return replace(self, text="", body=body, fields=(), items=(), alt_texts=pictures)


def view_message(title: str, body: Sequence[str], note: str, rows: Sequence[Row]) -> Message:
    """Draw a view of settings. A `note` is part of the body already, and only decides the color here."""
    color = Color.DONE if note else Color.WORKING
    return Message(title=title, body="\n\n".join(filter(None, body)), color=color, rows=rows)


def with_and_without_words(draw: "Callable[[bool], Message]") -> Message:
    """Draw a message. `draw` gets True if it may show what members wrote, and False if not."""
    return replace(draw(True), wordless=lambda: draw(False))


@dataclass(frozen=True, slots=True)
class TextField:
    id: str
    label: str
    placeholder: str = ""
    value: str = ""
    is_long: bool = True
    is_required: bool = True
    most_characters: int = 4000


@dataclass(frozen=True, slots=True)
class ChoiceField:
    id: str
    label: str
    options: Sequence[Option]
    is_required: bool = True


@dataclass(frozen=True, slots=True)
class FileField:
    id: str
    label: str
    hint: str = ""
    is_required: bool = True


@dataclass(frozen=True, slots=True)
class Form:
    """A modal: a dialogue that one member fills in."""

    title: str
    custom_id: str
    fields: Sequence[TextField | ChoiceField | FileField]
