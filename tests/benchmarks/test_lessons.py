"""What the reader of messages learns from is what it is asked when it serves."""

import pytest

from benchmarks import lessons
from benchmarks.annotated import read
from bot.meaning import ANY_TITLE
from bot.understander import Understander
from domain.liking import Liking
from domain.linking import Linker, normal
from domain.meaning import HEARD, INTENTS
from domain.phrases import Phrases

ANNOTATED = """
{"id": "1", "context": [{"role": "bot", "text": "How about Heat (1995)?"}], "intent": "critique",
 "marked": "hated [[heat|Heat (1995)|-1]] but [[Fargo|Fargo (1996)|1]] was great, nothing scary please",
 "constraints": [["genres", "Horror", false]]}
""".replace("\n", "")


@pytest.fixture
def asked(catalog):
    (said,) = read([ANNOTATED])
    recorder = lessons.Recorder()
    reader = Understander(catalog, Linker(catalog), Phrases.load(), Liking.load(), recorder)
    reader.understand(said.text, reader.context_of(said.context))
    return lessons.of_the_rest(7, recorder.last, said, reader)


def test_a_message_is_asked_for_its_intent_wishes_and_likings(asked):
    assert (asked.message, asked.before) == (7, "How about Heat (1995)?")
    assert asked.text == f"hated {ANY_TITLE} but {ANY_TITLE} was great, nothing scary please"
    told = {(q.model, asked.text[slice(*q.place)]): q.truth for q in asked.questions if q.model != "liking"}
    assert told == {("intent", ""): INTENTS.index("critique"), ("wish", "scary"): 0}
    assert [(q.place[0], q.truth) for q in asked.questions if q.model == "liking"] == [(6, 0), (15, 2)]
    assert all(len(q.clues) >= HEARD.stop for q in asked.questions if q.model != "intent")


def test_titles_are_told_from_ordinary_words(catalog):
    text, linker = "It was up to me, but heat was fine", Linker(catalog)
    marks = [(text.index("heat"), text.index("heat") + 4, {normal("Heat")})]
    (found,) = lessons.of_titles(3, text, marks, linker, catalog)
    told = {text[slice(*q.place)].lower(): q.truth for q in found.questions}
    assert told == {"it": 0, "up": 0, "heat": 1}
    assert not list(lessons.of_titles(3, "nothing at all", [], linker, catalog))
