"""What ships reads plain messages right: rules, adapted encoder and learned weights together, over the small catalogue.

Messages here were never learned from; they are short and plain, so that each has one right reading.
"""

import pytest

from bot.meaning import hearer
from bot.understander import Understander
from bot.understanding import Context, Question
from domain.artifact import ENCODER
from domain.liking import Liking
from domain.linking import Linker
from domain.phrases import Phrases
from export import encoder

SHOWN = Context(slate=("6", "608", "1387"), said="You could try Heat (1995), Fargo (1996) or Jaws (1975).")


@pytest.fixture(scope="module")
def understander(catalog, tmp_path_factory):
    folder, data = tmp_path_factory.mktemp("artifact"), tmp_path_factory.mktemp("data")
    assert encoder.main(["--out", str(folder / ENCODER), "--data", str(data)]) == 0
    return Understander(catalog, Linker(catalog), Phrases.load(), Liking.load(), hearer(folder))


@pytest.mark.parametrize(
    ("text", "polarity"),
    [
        ("I loved Alien", 1),
        ("alien was brilliant", 1),
        ("I didn't hate Alien", 1),
        ("Alien wasn't bad at all", 1),
        ("something like Alien please", 1),
        ("I hated Alien", -1),
        ("alien put me to sleep", -1),
        ("I couldn't finish Alien", -1),
        ("please nothing like Alien", -1),
        ("I have seen Alien", 0),
        ("my brother loves Alien", 0),
        ("is Alien any good?", 0),
        ("something shorter than Alien", 0),
    ],
)
def test_what_is_thought_of_a_film(understander, text, polarity):
    assert [mention.polarity for mention in understander.understand(text).mentions] == [polarity]


@pytest.mark.parametrize(
    ("text", "wished"),
    [
        ("a comedy for tonight", {("Comedy", True)}),
        ("I want to laugh, something funny", {("Comedy", True)}),
        ("no horror please", {("Horror", False)}),
        ("I can't stand horror, give me a thriller", {("Thriller", True), ("Horror", False)}),
        ("anything but a musical", {("Musical", False)}),
        ("my wife wants a romance and I want something scary", {("Romance", True), ("Horror", True)}),
        ("is Jaws a horror film?", set()),
    ],
)
def test_which_kinds_are_wanted(understander, text, wished):
    said = understander.understand(text)
    assert {(c.value, c.include) for c in said.constraints if c.attribute == "genres"} == wished


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("recommend me a good thriller", "recommend"),
        ("what should I watch tonight?", "recommend"),
        ("my favourite film is Inception", "prefer"),
        ("the second one please", "accept"),
        ("perfect, I'll watch that", "accept"),
        ("something newer", "critique"),
        ("these are all too violent for me", "critique"),
        ("no, none of those", "reject"),
        ("seen all of them", "reject"),
        ("how long is the first one?", "ask_item"),
        ("which of these is the shortest?", "ask_item"),
        ("who is in Jaws?", "ask_item"),
        ("forget that I like horror", "correct"),
        ("I said no horror", "correct"),
        ("I never said I like westerns", "correct"),
        ("are you a real person?", "chat"),
        ("hello there", "greet"),
        ("bye, see you", "leave"),
    ],
)
def test_what_a_person_is_doing(understander, text, intent):
    assert understander.understand(text, SHOWN).intent == intent


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("star wars please", ["Star Wars: Episode IV - A New Hope"]),
        ("no more toy story", ["Toy Story"]),
        ("I loved Up and Jaws", ["Up", "Jaws"]),
        ("what's up, is it late?", []),
        ("I saw it and gave up", []),
        ("it is up to you", []),
    ],
)
def test_which_words_are_titles(understander, catalog, text, titles):
    found = [m for m in understander.understand(text).mentions if m.item_id and not m.pointed]
    assert [catalog.get(mention.item_id).title for mention in found] == titles


def test_what_is_asked(understander):
    said = understander.understand("how long is Jaws? and is Fargo scary?", SHOWN)
    assert (said.about, said.asks) == ("1387", "length")
    assert [(asked.about, asked.value) for asked in said.asks_also] == [("608", ("genres", "Horror"))]
    assert understander.understand("why those?", SHOWN).asks is Question.WHY
    assert understander.understand("what do you know about me?", SHOWN).asks is Question.SELF
