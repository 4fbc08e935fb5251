"""What is asked about: the attribute, or the value, that the words of a question mean."""

from __future__ import annotations

import itertools
from dataclasses import replace

from bot.entities import Lookup
from bot.gathering import Gathering
from bot.understood import CLAUSE_ENDS, FELT, Asked
from bot.words import has_any, known
from domain.catalog import FEELING
from domain.frame import Kind, Mention, Role, Topic
from domain.linking import normal
from domain.measures import PART, SERIES, Direction
from domain.searching import telling

OF_PEOPLE = frozenset({Topic.CAST, Topic.MAKER})
"""Topics whose questions are of people."""
OF_VALUES = frozenset({Topic.BASIS, Topic.FORM})
"""Topics whose questions may name a value: "is it animated", "is it a true story"."""
OF_FEELINGS = frozenset({Topic.PROPERTY, Topic.KIND, Topic.SCARY, Topic.VIOLENCE, Topic.SADNESS, Topic.SEX})
"""Topics whose questions may name one, if they use no word of the number that they are of: "is it cosy"."""
OF_A_NAME = frozenset({Topic.KIND, Topic.PROPERTY})
"""Topics of questions for which the name of what was shown is easily taken."""
TAKEN_FOR_A_PLOT = frozenset({Topic.BASIS, Topic.PROPERTY, Topic.KIND})
TAKEN_FOR_A_PART = frozenset({Topic.LENGTH, Topic.PROPERTY, Topic.COUNT, Topic.COMPARE, Topic.YEAR})
"""Topics for which a question of what happens in something is easily taken, and one of which part it is."""
OF_NUMBERS = frozenset({Topic.YEAR, Topic.AGE, Topic.SCARY, Topic.VIOLENCE, Topic.SADNESS, Topic.SEX, Topic.PRICE})
"""Topics of which neither "who" nor "how long" asks."""
ENDING, OF_AN_ENDING = "ending", frozenset({Topic.SADNESS, Topic.KIND, Topic.PROPERTY, Topic.PLOT})
"""The attribute that tells how something ends, and topics for which a question of that is easily taken."""
MUCH, ANOTHER_WORD = 2, 0.7
"""From such a level on there is much of something; where that is so of such a share of what has a mood, that mood is
but another word for the level: what is frightening is scary."""


class Questions:
    """Finds what mentions ask; made once a catalogue, then used by any thread."""

    def __init__(self, lookup: Lookup) -> None:
        self._at = lookup

    def question(self, turn: Gathering, mention: Mention) -> None:
        """Note a question; what it is about is found when all is read."""
        words, topic = turn.words(mention), mention.topic or Topic.PROPERTY
        if topic in OF_A_NAME and (item_id := turn.shown_exactly(words)):  # "Zootopia?? no cartoons"
            turn.name(replace(mention, kind=Kind.TITLE, role=Role.MENTIONED), item_id)
            return
        if topic in OF_PEOPLE and self._is_of_the_untold(turn, mention):  # "who did the songs?"
            turn.questions.append((mention, Asked(Topic.PROPERTY, words=words)))
            return
        topic = Topic.BASIS if self._is_of_a_basis(turn, mention, topic) else topic
        by = normal(turn.text[: mention.start]).split()[-1:]
        if topic is Topic.CAST and set(by) & set(known(turn.language, "questions")["by"]):  # "c'est de qui ?"
            topic = Topic.MAKER
        topic = self._plainly_asked(words, turn.language, topic, normal(_behind(turn, mention)))
        of_a_thing = topic is Topic.HAVE or (topic is Topic.BOT and turn.last_spoken_of)
        if of_a_thing and self._at.measures.asked(Topic.PROPERTY, words):  # "which language"
            topic = Topic.PROPERTY
        if topic in OF_AN_ENDING and self._is_of_the_ending(turn, mention):  # "does it end well?"
            turn.questions.append((mention, Asked(Topic.PROPERTY, attribute=ENDING, words=words)))
            return
        numbered = topic is Topic.SERIES and asks_which_part(words, turn.language)
        attribute = PART if numbered else self._at.measures.asked(topic, words)
        value = self._asked_value(topic, words, turn.language)
        if value and value[0] in SERIES:  # "is there a sequel"
            topic, attribute, value = Topic.SERIES, self._at.measures.asked(Topic.SERIES, words), None
        elif topic in OF_FEELINGS and attribute and not value and self._asks_how_it_feels(words, turn.language):
            turn.questions.append((mention, replace(FELT, others=(*FELT.others, attribute), words=words)))
            return
        elif topic is Topic.FORM and not value and self._asks_of_no_form(words, turn.language):
            topic, attribute = Topic.PROPERTY, None
        towards = self._at.measures.direction(words, turn.language) if topic is Topic.COMPARE else None
        if towards:  # "is it scarier"
            attribute = towards.attribute
        others = self._at.measures.of_topic(topic)[1:] if topic is not Topic.PROPERTY else ()
        attribute, much = value[0] if value else attribute, turn.asks_how_much(words)
        told = Asked(topic, attribute=attribute, others=others, value=value, words=words, how_much=much)
        told = replace(told, highest=towards.high) if towards else told
        turn.questions.append((mention, told))

    def _is_of_a_basis(self, turn: Gathering, mention: Mention, topic: Topic) -> bool:
        """Whether who made something is asked of what it is based on: "who wrote the book?"."""
        joints = set(known(turn.language, "amounts")["and"])
        said = itertools.takewhile(lambda word: word not in joints, normal(_behind(turn, mention)).split())
        works = map(normal, known(turn.language, "questions")["works"])
        return topic is Topic.MAKER and bool(set(works).intersection(said))

    def _is_of_the_ending(self, turn: Gathering, mention: Mention) -> bool:
        """Whether a question is of how something ends, by words in its clause."""
        clause = f"{_before(turn, mention)}{turn.words(mention)}{_behind(turn, mention)}"
        told = has_any(clause, known(turn.language, "questions")["ending"])
        valued = any(pair[0] == ENDING for pair in self._at.lexicon.values(turn.words(mention)))
        return told and not valued and ENDING in self._at.catalog.values

    def _is_of_the_untold(self, turn: Gathering, mention: Mention) -> bool:
        """Whether a question is of somebody's part in something of which the catalogue tells nobody's."""
        return has_any(turn.words(mention) + _behind(turn, mention), self._at.catalog.vocabulary.untold)

    def _plainly_asked(self, words: str, language: str, topic: Topic, behind: str) -> Topic:
        """The topic of a question, by its words where they are of one that is easily taken for another."""
        small = known(language, "questions")
        if topic in TAKEN_FOR_A_PLOT and normal(words) in map(normal, small["plot"]):
            return Topic.PLOT  # "the story", not of what it was made
        if topic in OF_NUMBERS and has_any(words, small["made_from"]):
            return Topic.BASIS
        if topic in OF_NUMBERS and has_any(words, small["long"]):
            return Topic.LENGTH
        if topic in OF_NUMBERS | {Topic.PLACE, Topic.LANGUAGE} and has_any(words, small["who"]):
            within = set(behind.split()[:1]) & set(known(language, "pointers")["in"])  # "y'a qui dans…"
            return Topic.CAST if within else Topic.MAKER
        numbered = topic in TAKEN_FOR_A_PART and asks_which_part(words, language)
        return Topic.SERIES if numbered and self._at.catalog.vocabulary.series else topic

    def _asks_how_it_feels(self, words: str, language: str) -> bool:
        """Whether words taken for a question of a level are of none: "is it dark?" is of its mood first."""
        named = self._at.measures.direction(words, language) or self._at.measures.asked(Topic.PROPERTY, words)
        return bool(self._at.catalog.values.get("mood")) and language == "en" and not named

    def _asks_of_no_form(self, words: str, language: str) -> bool:
        """Whether words ask for a form that none here is told by: "black and white"."""
        asking = frozenset(self._at.catalog.vocabulary.asking)
        return language == "en" and bool(telling(words, asking)) and not self._at.measures.asked(Topic.PROPERTY, words)

    def _is_a_mood(self, words: str, found: Direction) -> bool:
        """Whether words that ask how much there is of something rather name a mood: what is bleak need not be sad."""
        moods = {normal(value): columns for value, columns in self._at.catalog.values.get(FEELING, {}).items()}
        levels = [self._at.catalog[column].number(found.attribute) for column in moods.get(normal(words), ())]
        told = [level for level in levels if level is not None]
        return bool(told) and sum(level >= MUCH for level in told) < ANOTHER_WORD * len(told)

    def _asked_value(self, topic: Topic, words: str, language: str) -> tuple[str, str] | None:
        """The value that the words of a question name: "is it cosy", "is it animated"."""
        if topic in OF_VALUES:
            return next(iter(self._at.lexicon.values(words)), None)
        if topic is Topic.SERIES:  # "is it a remake"
            bases = self._at.measures.of_topic(Topic.BASIS)
            return next((pair for pair in self._at.lexicon.values(words) if pair[0] in bases), None)
        if topic not in OF_FEELINGS:
            return None
        if (found := self._at.measures.direction(words, language)) and not self._is_a_mood(words, found):
            return None
        told = next((pair for pair in self._at.lexicon.values(words) if pair[0] not in self._at.names), None)
        return told or (next(iter(self._at.meaning.values(words)), None) if topic is Topic.PROPERTY else None)


def _before(turn: Gathering, mention: Mention) -> str:
    """The beginning of the clause before a mention."""
    start = 1 + max(turn.text.rfind(mark, 0, mention.start) for mark in CLAUSE_ENDS)
    return turn.text[start : mention.start]


def _behind(turn: Gathering, mention: Mention) -> str:
    """The rest of the clause behind a mention."""
    return "".join(itertools.takewhile(lambda mark: mark not in CLAUSE_ENDS, turn.text[mention.end :]))


def asks_which_part(words: str, language: str) -> bool:
    """Whether words ask which part of a series something is: "number", "wievielte"."""
    return normal(words) in map(normal, known(language, "questions")["part"])
