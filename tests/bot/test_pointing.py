"""What was just shown is named and pointed at more loosely than titles are named out of the blue."""

import pytest

from bot.understander import Understander
from domain.liking import Liking
from domain.linking import Linker
from domain.phrases import Phrases

BOT = "You might like Heat (1995), about a bank robber; The Shining (1980), in a haunted hotel; or Fargo (1996)."


@pytest.fixture(scope="module")
def read(catalog):
    understander = Understander(catalog, Linker(catalog), Phrases.load(), Liking.load())

    def mentions(text, bot=BOT):
        said = understander.understand(text, understander.context_of([("bot", bot)]))
        return [(catalog.get(m.item_id).title if m.item_id else None, text[m.start : m.end]) for m in said.mentions]

    return mentions


@pytest.mark.parametrize(
    ("text", "title", "words"),
    [
        ("is heat any good", "Heat", "heat"),
        ("shining then", "The Shining", "shining"),
        ("the haunted one sounds right", "The Shining", "the haunted one"),
        ("what about the one with the robber", "Heat", "the one with the robber"),
        ("lets do the hotel", "The Shining", "the hotel"),
        ("the robbers, please", "Heat", "the robbers"),
        ("the funny one", "Fargo", "the funny one"),
        ("the 1980 one", "The Shining", "the 1980 one"),
    ],
)
def test_by_its_name_its_description_its_kind_or_its_year(read, text, title, words):
    assert (title, words) in read(text)


@pytest.mark.parametrize(
    "text", ["the musical one with the cars", "the good one", "the other one", "a thriller one", "a day, the train"]
)
def test_what_fits_none_or_several_points_at_nothing_described(read, text):
    assert not [
        words for title, words in read(text) if words.startswith(("the musical", "the good", "a thr", "the train"))
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sounds nice, I'll give it a go", "it"),
        ("that lost me in the first hour", "that"),
        ("when did it come out", "it"),
        ("wouldn't watch that", "that"),
    ],
)
def test_where_one_item_was_shown_it_is_pointed_at(read, text, words):
    assert read(text, "How about Heat (1995)?") == [("Heat", words)]


@pytest.mark.parametrize("text", ["forget it", "keep the singing out of it", "it rains", "that depends"])
def test_not_every_it_points(read, text):
    assert read(text, "How about Heat (1995)?") == []


def test_of_two_the_other_is_the_one_that_is_not_named(read):
    mentions = read("i loved heat, the other sent me to sleep", "How about Heat (1995) or Fargo (1996)?")
    assert mentions == [("Heat", "heat"), ("Fargo", "the other")]


def test_out_of_the_blue_the_same_words_name_nothing(read):
    assert not read("up the hill, what drive", bot="What kind of films do you like?")


def test_a_word_that_two_of_them_share_names_neither(read):
    bot = "How about Toy Story (1995) or Toy Story 2 (1999)?"
    assert read("story", bot) == []
