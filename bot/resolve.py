"""From the scores of a message to what it says of this catalogue: spans -> ids, values, numbers, pointers.

Knows no model and no pattern: items are found by `bot.entities`, what is asked by `bot.inquiry`, values by the lexicon,
numbers by `bot.amounts`. What cannot be resolved stays as it was said.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from bot.amounts import amount
from bot.asking import TASTES
from bot.entities import A_QUESTION, Entities, Lookup, Meaning, NoMeaning, is_plain, places
from bot.gathering import Gathering
from bot.inquiry import Questions
from bot.reader import QUESTION_MARKS
from bot.understood import AGAINST, CLAUSE_ENDS, FOR_NOW, Context, Understood
from bot.words import UNSPACED, has_any, known, native
from domain.amount import AGE_OF_SOMEBODY, MINUTES, Amount
from domain.catalog import Catalog
from domain.frame import Act, Flag, Frame, Kind, Mention, Role, Topic
from domain.lexicon import Lexicon, Pairs
from domain.linking import Linker, normal
from domain.measures import GROWN_UP, LESS, PEOPLE, RELATIVE, Direction, Measures
from domain.preference import AGE, Constraint
from domain.reading import TOPICS, Reading, frame

LISTING = "、"
"""What stands between names in Chinese."""
A_KIND = 6
"""So many words at most describe a kind of thing; what is told in more of them is a story, and is searched."""
A_MEASURE = 3
"""So many words at most say no more than much or little of a number: "not too long"."""
_TELLING = frozenset({Kind.VALUE, Kind.THEME})
"""Kinds of mentions that tell nothing where they are but a word for the thing: "una película"."""
_COMPARED = frozenset({Kind.RANGE, Kind.THEME, Kind.VALUE})
OF_A_LEVEL = AGAINST | {Role.ASKED}
"""As what a feeling that is also a level is told of as that."""
OTHER_PEOPLE = {Topic.CAST: Topic.MAKER, Topic.MAKER: Topic.CAST}
"""What a question that asks for people asks, where another one asks for those that it was taken for."""
ABOUT = 0.1
"""So far from a length that was told may what is wanted be."""
_ASKED_OF = frozenset({Kind.VALUE, Kind.THEME, Kind.RANGE, Kind.PERSON})


class Resolver:
    """Resolves messages over one catalogue; made once a catalogue, then used by any thread."""

    def __init__(self, catalog: Catalog, linker: Linker, meaning: Meaning | None = None) -> None:
        """Put it together.

        Args:
            catalog: what is spoken of.
            linker: finds titles.
            meaning: tells which items and values words describe.
        """
        lookup = Lookup(catalog, linker, Lexicon(catalog), Measures(catalog), meaning or NoMeaning())
        self._catalog = catalog
        self._linker = linker
        self._lexicon = lookup.lexicon
        self._measures = lookup.measures
        self._meaning = lookup.meaning
        self._entities = Entities(lookup)
        questions = Questions(lookup)
        self._rules: Mapping[Kind, Callable[[Gathering, Mention], None]] = {
            Kind.TITLE: self._entities.title,
            Kind.POINTER: self._entities.pointer,
            Kind.VALUE: self.value,
            Kind.THEME: self.value,
            Kind.PERSON: self.value,
            Kind.RANGE: self.range,
            Kind.COUNT: self.count,
            Kind.QUESTION: questions.question,
        }

    def values_of(self, words: str) -> Pairs:
        """The attribute values that words stand for."""
        return self._lexicon.values(words)

    def resolve(self, reading: Reading, context: Context) -> Understood:
        """What a message says, said in a context."""
        read = _with_a_question(reading, self._entities.with_titles(reading, frame(reading), context))
        read = _plainly_asked(read, reading.text)
        read = replace(read, mentions=tuple(_asked_once(read.mentions, reading.text)))
        read = replace(read, mentions=tuple(_asked_apart(read.mentions, reading)))
        read = replace(read, mentions=tuple(self._as_values(read.mentions, reading.text)))
        read = self._entities.with_a_title(reading, read, context)
        told = [
            m
            for m in read.mentions
            if m.kind not in _TELLING or not self._lexicon.is_noun(reading.text[m.start : m.end])
        ]
        told = _joined(told, reading.text, read.language)
        read = replace(read, mentions=tuple(_compared(told, reading.text)))
        turn = Gathering(reading.text, read, context, self._catalog)
        for mention in read.mentions:
            self._rules[mention.kind](turn, mention)
        self._entities.theirs(turn)
        return turn.understood()

    def _as_values(self, mentions: Sequence[Mention], text: str) -> Iterator[Mention]:
        """Mentions of which whose words are somebody's name ask whether it is them: "is it jack black"."""
        for mention in mentions:
            words = text[mention.start : mention.end]
            people = self._lexicon.people(words) if mention.kind is Kind.QUESTION and " " in words else ()
            named = any(attribute in PEOPLE for attribute, _ in people)
            yield Mention(mention.start, mention.end, Kind.PERSON, Role.ASKED) if named else mention

    def value(self, turn: Gathering, mention: Mention) -> None:
        """Add a wish for a value, for a person, for a measure ("short"), or for what is to be searched."""
        mention, words = turn.as_denied(turn.as_asked(mention)), turn.words(mention)
        pairs = self._people_named(turn, words) if mention.kind is Kind.PERSON else self._lexicon.values(words)
        if mention.kind is Kind.THEME and (limits := self._company(turn, mention)) is not None:
            turn.imply(mention, limits)
            turn.company = mention.start, mention.end
        elif mention.kind is not Kind.PERSON and (native := self._of_abroad(words, turn.language)):
            against = Role.WANTED if mention.role in AGAINST else Role.UNWANTED
            turn.wish(replace(mention, role=against) if mention.role in FOR_NOW | AGAINST else mention, native)
        elif mention.kind is Kind.PERSON and (item_id := turn.shown_as_person(words, pairs)):  # "Peter Pan could work"
            turn.name(replace(mention, role=Role.CHOSEN) if mention.role is Role.WANTED else mention, item_id)
        elif pairs and mention.role in OF_A_LEVEL and (found := self._level(turn.unnegated(mention), turn.language)):
            turn.towards(mention, found, self._measures)  # "not sad" is of how sad it is, before any mood
        elif pairs:
            in_it = turn.before(mention) & set(known(turn.language, "pointers")["in"])
            spoken = self._lexicon.of("language", words) if in_it else ()
            turn.wish(mention, spoken or pairs)  # "in French" is of no country
        elif mention.kind is Kind.PERSON and not is_plain(words) and self._linker.columns(words):
            self._entities.title(turn, mention)  # "mulholland drive" is nobody
        elif mention.role in FOR_NOW and self._entities.is_surely_a_title(words):  # "algo rollo interstellar"
            like = bool(turn.before(mention) & set(known(turn.language, "pointers")["like"]))
            self._entities.title(turn, replace(mention, role=Role.LIKE_THIS) if like else mention)
        elif mention.kind is not Kind.PERSON and (found := self._measure(turn.unnegated(mention), turn.language)):
            turn.towards(mention, found, self._measures, self._entities.behind_than(turn, mention))
            for pairs in self._beside_a_measure(words, turn.language):  # "old musicals"
                turn.wish(mention, pairs)
        elif mention.kind is not Kind.PERSON and (pairs := self._described(mention, words)):
            for pair in pairs:
                turn.wish(mention, (pair,))
            turn.hint(mention)
        else:
            turn.unresolved(mention)

    def _people_named(self, turn: Gathering, words: str) -> Pairs:
        """The people whom words name, each of several: "Darín o Francella", 侯孝贤、是枝裕和."""
        if found := self._somebody(turn, words):
            return found
        joints = {*known(turn.language, "amounts")["and"], *known(turn.language, "pointers")["or"]}
        for joint in (LISTING, *(joint for joint in joints if joint >= UNSPACED)):
            words = words.replace(joint, f" {next(iter(joints))} ")
        plain = normal(words).split()
        each = [" ".join(name) for joint, name in itertools.groupby(plain, lambda word: word in joints) if not joint]
        return tuple(pair for name in each for pair in self._somebody(turn, name)) if len(each) > 1 else ()

    def _somebody(self, turn: Gathering, name: str) -> Pairs:
        """Who has a name, of which the reader may have left out a word; or whose books are what things are made from.

        Where words are not parted by spaces, it may go on behind it: 是枝裕 of 是枝裕和.
        """
        at = turn.text.find(name)
        if at >= 0 and name >= UNSPACED:
            longer = (turn.text[at : at + len(name) + more] for more in (1, 2))
            return next(filter(None, map(self._lexicon.people, (name, *longer))), ())
        before, behind = turn.text[:at].split()[-1:], turn.text[at + len(name) :].split()[:1]
        longer = (" ".join(words) for words in ([*before, name], [name, *behind]) if at >= 0)
        found = self._lexicon.people(name) or next(filter(None, map(self._lexicon.named, longer)), ())
        # Who is but an author directs nothing.
        directs = has_any(turn.text, known(turn.language, "pointers")["directs"])
        return found or (() if directs else self._lexicon.authors(name))

    def _of_abroad(self, words: str, language: str) -> Pairs:
        """The native languages of who writes that something is to be foreign, or subtitled; none if words do not."""
        if normal(words) not in map(normal, known(language, "abroad")["words"]):
            return ()
        return tuple(pair for name in native(language) for pair in self._lexicon.of("language", name))

    def _company(self, turn: Gathering, mention: Mention) -> tuple[Constraint, ...] | None:
        """What is sound for those who watch along, if words tell of nothing else: "with my parents"; else None."""
        small, known_company = known(turn.language, "company"), self._catalog.vocabulary.company
        if mention.role not in FOR_NOW:
            return None
        left, told = f" {normal(turn.words(mention))} ", list[str]()
        for phrase in sorted({*known_company, *small["with"], *small["beside"]}, key=len, reverse=True):
            if (said := f" {normal(phrase)} ") in left:
                left = left.replace(said, "  ")
                told.append(phrase)
        who = [phrase for phrase in told if phrase in known_company]
        together = {*told, *turn.before(mention)} & set(small["with"])
        if left.strip() or not who or not together:
            return None
        return tuple(dict.fromkeys(Constraint(*limit) for phrase in who for limit in known_company[phrase]))

    def _measure(self, words: str, language: str) -> Direction | None:
        """Much or little of a number, if that is all that some words say: "something big happens" is no hit."""
        return self._measures.direction(words, language) if len(words.split()) <= A_MEASURE else None

    def _level(self, words: str, language: str) -> Direction | None:
        """Much or little of a graded number that words ask for: "scary"."""
        found = self._measure(words, language)
        return found if found and found.attribute in self._catalog.vocabulary.levels else None

    def _beside_a_measure(self, words: str, language: str) -> Iterator[Pairs]:
        """The kinds that words beside one that measures stand for."""
        for word in words.split():
            pairs = self._lexicon.values(word) if self._measures.direction(word, language) is None else ()
            if pairs and pairs[0][0] in self._catalog.vocabulary.ask:
                yield pairs

    def _described(self, mention: Mention, words: str) -> Pairs:
        """The values that a description says in other words, all at once: "cold war spies", "the hero is a girl"."""
        parts, is_whole = self._lexicon.within(words)
        if is_whole:
            return parts
        alike = self._meaning.values(words) if len(normal(words).split()) <= A_KIND else ()
        told = mention.kind is Kind.THEME and mention.role in FOR_NOW
        return alike or (parts if told else ())

    def range(self, turn: Gathering, mention: Mention) -> None:
        """Add a limit: of a number, or of a comparison with what was shown."""
        words = turn.words(mention)
        if mention.role in TASTES and words.isdecimal() and self._entities.is_a_title(words):  # "2012 was awful"
            self._entities.title(turn, mention)
            return
        mention = turn.plainly(mention)
        if (age := self._own_age(turn, mention, words)) is not None:  # "im 15"
            turn.limit(replace(mention, role=Role.WANTED), AGE, age)
            return
        measured, found = amount(words, turn.language), self._measures.direction(words, turn.language)
        if measured and measured.unit == AGE_OF_SOMEBODY:
            if years := turn.of_years(mention):  # "los últimos 5 años"
                measured = years
            elif measured.low >= GROWN_UP and mention.role in FOR_NOW:
                turn.withdraw(Constraint(AGE, ""))
                return
        if measured is None or (found and not measured.unit):
            attribute = self._measures.asked(Topic.PROPERTY, words)
            if found:
                turn.towards(mention, found, self._measures, self._entities.behind_than(turn, mention))
            elif attribute and mention.role is Role.WITHDRAWN:  # "any year is fine"
                turn.withdraw(Constraint(attribute, ""))
            elif pairs := self._lexicon.values(words):  # "funnier"
                turn.wish(mention, pairs)
            else:
                turn.unresolved(mention)
            return
        attribute, told = self._measures.attribute(measured, child=Flag.CHILD in turn.read.flags)
        if attribute is None:
            return
        if measured.unit == MINUTES and told.low == told.high and mention.role is Role.WANTED:
            low, high = (round(told.low * (1 + sign * ABOUT)) for sign in (-1, 1))  # two hours are not to the minute
            told = replace(told, low=low, high=high)
        turn.limit(mention, attribute, told)

    def _own_age(self, turn: Gathering, mention: Mention, words: str) -> Amount | None:
        """The age that somebody tells of themselves who is not grown up, by a bare number."""
        told = amount(words, turn.language) if words.strip().isdecimal() else None
        last = normal(turn.text[: mention.start]).split()[-1:]
        tells = bool(set(last) & set(known(turn.language, "amounts")["i_am"]))
        return told if told and tells and told.low < GROWN_UP and AGE in self._catalog.vocabulary.measures else None

    def count(self, turn: Gathering, mention: Mention) -> None:
        """Note how many are wanted."""
        words = turn.words(mention)
        told = amount(words, turn.language)
        if told and told.low >= 1:
            turn.count = int(told.low)
        elif normal(words) in known(turn.language, "amounts")["one"]:
            turn.count = 1


def _asked_once(mentions: Sequence[Mention], text: str) -> Iterator[Mention]:
    """Mentions without words of a question right before others of the same: "what's the" of "what's the story"."""
    for at, mention in enumerate(mentions):
        behind = mentions[at + 1] if at + 1 < len(mentions) else None
        goes_on = behind and mention.topic == behind.topic and not text[mention.end : behind.start].strip()
        if not (mention.kind is Kind.QUESTION and goes_on):
            yield mention


def _asked_apart(mentions: Sequence[Mention], reading: Reading) -> Iterator[Mention]:
    """Mentions of which no two ask for the same people: of "who did that and who is in it" the less sure is another."""
    of_one = sum(m.kind in (Kind.TITLE, Kind.POINTER) for m in mentions) <= 1
    asked = [m for m in mentions if m.topic in OTHER_PEOPLE and of_one]

    def chance(mention: Mention, topic: Topic) -> float:
        return float(reading.likely("topics", reading.inside(mention.start, mention.end))[TOPICS.index(topic)])

    for mention in mentions:
        topic = mention.topic if mention in asked else None
        rivals = [m for m in asked if m.topic is topic and m != mention]
        other = OTHER_PEOPLE[topic] if topic and rivals else None
        if topic and other and chance(mention, other) > max(chance(m, other) for m in rivals):
            yield replace(mention, topic=other)
        else:
            yield mention


def _joined(mentions: Sequence[Mention], text: str, language: str) -> list[Mention]:
    """Mentions of which a word for years is one with the number behind it: "anos" of "anos 2000"."""
    joined: list[Mention] = []
    for mention in mentions:
        last = joined[-1] if joined else None
        ranges = last is not None and last.kind is mention.kind is Kind.RANGE and last.role is mention.role
        if last and ranges and not text[last.end : mention.start].strip():
            words = set(normal(text[last.start : last.end]).split())
            if words & {*known(language, "amounts")["before_decade"]} and text[mention.start].isdecimal():
                joined[-1] = replace(mention, start=last.start)
                continue
        joined.append(mention)
    return joined


def _compared(mentions: Sequence[Mention], text: str) -> Iterator[Mention]:
    """Mentions of which "less" or "more" is one with what stands behind it: "less gory" is a comparison."""
    before: Mention | None = None
    for mention in mentions:
        if before and mention.kind in _COMPARED and not text[before.end : mention.start].strip():
            yield replace(mention, start=before.start, kind=Kind.RANGE, role=before.role)
            before = None
            continue
        if before:
            yield before
        compares = mention.kind is Kind.RANGE and normal(text[mention.start : mention.end]) in LESS | RELATIVE
        before = mention if compares else None
        if not compares:
            yield mention
    if before:
        yield before


def _with_a_question(reading: Reading, read: Frame) -> Frame:
    """A frame in which something is asked, with the likeliest words that ask, if none are sure."""
    asks = any(m.kind is Kind.QUESTION or (m.role is Role.ASKED and m.kind in _ASKED_OF) for m in read.mentions)
    if Act.ASK not in read.acts or asks:
        return read
    free = [
        place for place in reading.places if not any(m.start < place[1] and place[0] < m.end for m in read.mentions)
    ]
    told = [(reading.probability(Kind.QUESTION, *place), place) for place in free]
    chance, place = max(told, default=(0.0, (0, 0)))
    if chance < A_QUESTION:
        return read
    mention = reading.mention(*place, Kind.QUESTION)
    return replace(read, mentions=tuple(sorted((*read.mentions, mention), key=lambda m: m.start)))


def _plainly_asked(read: Frame, text: str) -> Frame:
    """A frame with what clauses before a question mark ask in the plainest words, where the reader saw no question.

    "Y'a qui dedans ?", "et ça dure combien de temps ?".
    """
    found: list[Mention] = []
    for end in (at for at, mark in enumerate(text) if mark in QUESTION_MARKS):
        start = 1 + max(text.rfind(mark, 0, end) for mark in CLAUSE_ENDS)
        if any(m.kind is Kind.QUESTION and m.start < end and start < m.end for m in read.mentions):
            continue
        for name, topic in _PLAIN_QUESTIONS.items():
            words = known(read.language, "questions")[name]
            placed = (place for word in words for place in places(text[start:end], word))
            free = ((start + a, start + b) for a, b in placed)
            free = (x for x in free if not any(m.start < x[1] and x[0] < m.end for m in read.mentions))
            if place := next(free, None):
                found.append(Mention(*place, Kind.QUESTION, topic=topic))
    mentions = tuple(sorted((*read.mentions, *found), key=lambda m: m.start))
    return replace(read, mentions=mentions, acts=read.acts | {Act.ASK} if found else read.acts)


_PLAIN_QUESTIONS = {"long": Topic.LENGTH, "who": Topic.CAST}
"""What names of small words ask."""
