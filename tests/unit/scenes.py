"""Messages and dialogues as the presenter draws them, for the tests that look at all of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot.chat.presenter.elements.custom_ids import Action
from tests.unit.shown import Shown

#: How many there are of everything, and the ids that they have: as long as ids get.
MANY = 60
FIRST_ID = 2**63 - 1_000
IDS = range(FIRST_ID, FIRST_ID + MANY)
#: As long as names, prompts and numbers get.
NAME, PROMPT, LARGE = "n" * 100, "🦊 *fox* " * 600, 1_000_000


@dataclass(frozen=True)
class Scene:
    """`draw` takes the number in the button that was pressed, 0 at first."""

    draw: Callable[[int], Shown]
    #: What has to be found on one page or another.
    entries: Sequence[object] = ()
    #: Which button turns on, and which part of its custom id is the page.
    turns: tuple[Action, int] | None = None
    labels: Sequence[str] = field(default=("Older", "Next", "Day by day", "Earlier"))


def once(draw: Callable[[], Shown], entries: Sequence[object] = ()) -> Scene:
    return Scene(lambda _page: draw(), entries)
