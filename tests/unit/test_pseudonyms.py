"""The ids under which rows outlive the deletion of a member's data."""

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ids import MemberId
from bot.domain.pseudonyms import NAMELESS, Pseudonyms, is_pseudonym

OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))
ADA = MemberId(1_300_000_000_000_000_001)


@given(st.integers(1, 2**63 - 1))
def test_a_pseudonym_is_negative_fits_a_column_and_is_not_the_nameless_one(id_: int) -> None:
    pseudonym = Pseudonyms([OLD]).of(MemberId(id_))
    assert -(2**63) <= pseudonym < NAMELESS
    assert is_pseudonym(pseudonym)
    assert not is_pseudonym(id_)


def test_the_same_member_has_the_same_pseudonym_and_another_has_another() -> None:
    assert Pseudonyms([OLD]).of(ADA) == Pseudonyms([OLD]).of(ADA)
    assert Pseudonyms([OLD]).of(ADA) != Pseudonyms([OLD]).of(MemberId(ADA + 1))
    assert Pseudonyms([OLD]).of(ADA) != Pseudonyms([NEW]).of(ADA)


def test_after_a_rotation_the_old_pseudonym_is_still_recognised() -> None:
    before = Pseudonyms([OLD]).of(ADA)
    rotated = Pseudonyms([NEW, OLD])
    assert rotated.of(ADA) == Pseudonyms([NEW]).of(ADA)
    assert rotated.ids_of(ADA) == (ADA, rotated.of(ADA), before)


def test_a_key_that_is_none_is_not_taken() -> None:
    with pytest.raises(ValueError, match=r"."):
        Pseudonyms(["no key"])
