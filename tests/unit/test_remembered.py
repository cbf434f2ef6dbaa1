"""What is remembered stays small."""

from bot.chat.delivery.remembered import Remembered


def test_the_oldest_makes_room_for_the_newest() -> None:
    remembered = Remembered[int](2)
    for thing in (1, 2, 1, 3):
        remembered.add(thing)
    assert [thing in remembered for thing in (1, 2, 3)] == [True, False, True]
