"""Messages leave from one place; the invitation asks for what they need."""

import ast
import re
from collections.abc import Iterator

from bot.chat.access.bot_permissions import ALL
from bot.chat.discord_check import PERMISSIONS
from tests.meta.checkout import ROOT, place, python_files, tree

#: discord.py's ways to send or change a message.
WAYS = frozenset(
    ("send", "send_message", "edit_message", "edit_original_response", "send_modal", "defer", "add_reaction")
)
SENDING = "bot/chat/delivery/sender.py"
#: The courier asks `sending` after each refusal; a first answer has to be promised whatever comes.
KNOWN = {
    ("bot/chat/delivery/courier.py", "edit_message"),
    ("bot/chat/delivery/courier.py", "send"),
    ("bot/chat/responses/first_response.py", "defer"),
}


def calls(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WAYS:
            yield node.func.attr


def test_messages_leave_from_one_place() -> None:
    found = {(place(path), call) for path in python_files("bot/chat") for call in calls(tree(path))}
    assert {one for one in found if one[0] != SENDING} == KNOWN
    assert {call for where, call in found if where == SENDING} == WAYS


def test_the_invitation_asks_for_what_is_needed_and_no_more() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"&permissions={PERMISSIONS.value}\n" in readme
    (named,) = re.findall(r"these permissions and no others: ([^.]*)\.", readme)
    names = {one.strip().replace(" ", "_").lower() for one in " ".join(named.split()).split(",")}
    assert names == set(ALL)
