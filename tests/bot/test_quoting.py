"""What no column tells is quoted from the description, or from a part of the title, if the words are there."""

import pytest

from bot.quoting import LONGEST, quoted
from domain.catalog import Item

ASKING = ("is", "it", "how", "many", "what", "does", "the", "of", "have")
STAPLER = Item(
    "1",
    "Swingline Stapler, 15 Sheet Capacity, Black",
    description="It is made of die-cast metal. Refills are sold apart.  a free box of staples is inside",
)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("made of", "It is made of die-cast metal."),
        ("how many sheets", "15 Sheet Capacity"),
        ("free", "a free box of staples is inside"),
        ("refill sold", "Refills are sold apart."),
        ("refill made", ""),
        ("free staples in a box", "a free box of staples is inside"),
        ("washable", ""), ("how many", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_question_is_answered_by_the_sentence_that_has_its_words(asked: str, sentence: str) -> None:
    assert quoted(STAPLER, asked, ASKING) == sentence


@pytest.mark.parametrize("description", [None, "A thief robs a bank."])
def test_what_is_told_of_an_item_anyway_is_not_quoted(description: str | None) -> None:
    assert quoted(Item("1", "Bank Thief", description=description), "bank", ASKING) == ""


def test_of_a_long_sentence_the_beginning_is_quoted() -> None:
    item = Item("1", "Pen", description="First. " + "a red pen " * 60)
    assert quoted(item, "red", ASKING).endswith("…")
    assert len(quoted(item, "red", ASKING)) <= LONGEST
