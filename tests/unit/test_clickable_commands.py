"""Commands in the bot's own texts become mentions once their ids are known."""

from bot.chat.delivery.clickable_commands import clickable
from bot.chat.incoming.text import plain
from bot.chat.presenter.elements.message import Message, with_and_without_words

IDS = {"imagine": 7, "config": 8}


def test_a_known_command_becomes_clickable_in_body_and_fields() -> None:
    message = clickable(Message(body="Use `/imagine`.", fields=[("a", "`/config show` or `/jobs`")]), IDS)
    assert message.body == "Use </imagine:7>."
    assert list(message.fields) == [("a", "</config show:8> or `/jobs`")]


def test_while_no_id_is_known_a_command_stays_as_it_is() -> None:
    message = Message(body="Use `/imagine`.")
    assert clickable(message, {}) == message


def test_what_a_member_wrote_stays_as_it_is() -> None:
    written = plain("`/imagine`")
    assert clickable(Message(body=written), IDS).body == written


def test_the_message_without_words_is_clickable_too() -> None:
    message = with_and_without_words(lambda shown: Message(body=f"{shown} `/imagine`"))
    assert clickable(message, IDS).without_words().body == "False </imagine:7>"
