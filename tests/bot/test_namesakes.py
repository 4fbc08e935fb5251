"""Which of several items of one name is meant, by the words beside it."""

import pytest

from bot.namesakes import meant, pointed_at
from domain.catalog import Item

OLD, NEW = Item("1", "Dune", 1984), Item("2", "Dune", 2021)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("dune (1984)", "en", (OLD,)),
        ("dune from 84", "en", (OLD,)),
        ("dune, celui de 84", "fr", (OLD,)),
        ("dune - the remake", "en", (NEW,)),
        ("dune, alte oder neue Fassung", "de", (OLD, NEW)),
        ("dune 老版", "zh", (OLD,)),
        ("dune has two versions", "en", (OLD, NEW)),
        ("dune with an old friend", "en", ()),
        ("dune in 1990", "en", ()),
        ("dune and Alien are both good", "en", ()),
    ],
)
def test_words_beside_a_name_tell_which_is_meant(text: str, language: str, expected: tuple[Item, ...]) -> None:
    assert meant(text, 0, len("dune"), language, [NEW, OLD]) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [("the 1984 one", (OLD,)), ("the new one", (NEW,)), ("the 80s one", (OLD,)), ("that one", ())],
)
def test_words_point_at_one_of_a_name(words: str, expected: tuple[Item, ...]) -> None:
    assert pointed_at(words, "en", [NEW, OLD]) == expected


def test_a_name_of_one_thing_alone_is_told_by_nothing() -> None:
    assert meant("the old dune", 8, 12, "en", [NEW]) == pointed_at("the old one", "en", [NEW]) == ()


def test_what_a_sentence_before_says_is_of_something_else() -> None:
    text = "only the original. dune was good"
    start = text.index("dune")
    assert meant(text, start, start + len("dune"), "en", [NEW, OLD]) == ()
