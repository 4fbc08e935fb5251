"""From the scores of a message to what it says of this catalogue: spans -> ids, values, numbers, pointers.

Knows no model and no pattern: titles and values are looked up, numbers are read by `bot.amounts`, pointers by
`bot.pointers`. What cannot be resolved stays as it was said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from bot.amounts import FIRST_YEAR, LAST_YEAR, amount
from bot.pointers import ORDINALS, aspect, pointed
from bot.words import known
from domain.amount import MINUTES, Amount
from domain.catalog import Catalog, Item
from domain.frame import Act, Flag, Frame, Kind, Mention, Role, Topic
from domain.languages import small_words
from domain.lexicon import Lexicon, Pairs
from domain.linking import Linker, normal
from domain.measures import LESS, PART, PEOPLE, RELATIVE, SERIES, Direction, Measures
from domain.preference import AGE, Constraint
from domain.reading import Reading, frame
from domain.searching import names, telling
from domain.words import ORDINARY, RARE, commonness, is_common, is_ordinary

LIKED = frozenset({Role.LIKED, Role.LIKE_THIS, Role.CHOSEN})
DISLIKED = frozenset({Role.DISLIKED, Role.REFUSED})
FOR_NOW = frozenset({Role.WANTED, Role.LIKED, Role.LIKE_THIS, Role.CHOSEN, Role.AT_LEAST, Role.AT_MOST})
AGAINST = frozenset({Role.UNWANTED, Role.DISLIKED, Role.REFUSED})
TASTES = frozenset({Role.LIKED, Role.DISLIKED, Role.SEEN, Role.REFUSED})
"""What is said of an item of which nothing is asked by that."""
OF_PEOPLE = frozenset({Role.WANTED, Role.LIKE_THIS})
"""As what somebody is pointed at whose other works are wanted."""
OF_NO_ITEM = frozenset(
    {Topic.OUTSIDE, Topic.BOT, Topic.KINDS, Topic.ME, Topic.PRIVACY, Topic.METHOD, Topic.EARLIER, Topic.FAVOURITE}
) | {Topic.COUNT, Topic.NAME}
"""Topics of questions that are of no item that is named."""
OF_VALUES = frozenset({Topic.BASIS, Topic.FORM})
"""Topics whose questions may name a value: "is it animated", "is it a true story"."""
OF_FEELINGS = frozenset({Topic.PROPERTY, Topic.KIND, Topic.SCARY, Topic.VIOLENCE, Topic.SADNESS, Topic.SEX})
"""Topics whose questions may name one, if they use no word of the number that they are of: "is it cosy"."""
TAKEN_FOR_A_PLOT = frozenset({Topic.BASIS, Topic.PROPERTY, Topic.KIND})
TAKEN_FOR_A_PART = frozenset({Topic.LENGTH, Topic.PROPERTY, Topic.COUNT, Topic.COMPARE, Topic.YEAR})
"""Topics for which a question of what happens in something is easily taken, and one of which part it is."""
BESIDE = frozenset("the a an by original s de von le la der die das".split())
"""What may stand beside a title, whatever it is."""
NEAR = 12
"""So many characters behind a title its year may stand."""
BEFORE = 3
"""So many words before a number tell how it limits."""
A_TITLE, A_TELLING_TITLE = 0.2, 0.03
"""Words that name an item by the letter are its title from such a probability of a title on, as the reader sees it; and
words that hardly mean anything else."""
A_KIND = 6
"""So many words at most describe a kind of thing; what is told in more of them is a story, and is searched."""
A_MEASURE = 3
"""So many words at most say no more than much or little of a number: "not too long"."""
A_QUESTION = 0.05
"""Where something is asked and no word is surely what asks, the likeliest is it from such a probability on."""


@dataclass(frozen=True, slots=True)
class Context:
    """What the conversation makes of "the second one" and of "shorter".

    Attributes:
        slate: ids of what was shown last, in order.
        focus: the one item that was spoken of last, if there is one.
        earlier: ids of what the conversation was about before: of several of a name, one of them is meant.
        subject: the item that the person named or chose last: "more by the same director".
        wishes: what was wanted before: "anything else with him".
    """

    slate: tuple[str, ...] = ()
    focus: str | None = None
    earlier: frozenset[str] = frozenset()
    subject: str | None = None
    wishes: tuple[Constraint, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """An item that a message names or points at.

    Attributes:
        item_id: None if the catalogue does not have it.
        start: of the words, in code points of the text.
        end: exclusive.
        role: what is said of it.
        theirs: it is somebody else's taste.
        pointed: it is pointed at, not named.
        vague: others that were shown may be meant as well.
    """

    item_id: str | None
    start: int
    end: int
    role: Role
    theirs: bool = False
    pointed: bool = False
    vague: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """One question.

    Attributes:
        topic: what it is about.
        about: ids of the items in question, in order.
        attribute: of the catalogue; None if it has none such.
        others: further attributes that tell of the topic.
        value: an (attribute, value) pair that is asked for: "is it a comedy?".
        limit: a range that is asked for: "is it under two hours?".
        counted: what is to be counted.
        highest: of several items, whether the highest number of `attribute` is asked for, or the lowest.
        words: the words that ask.
        how_much: it is asked how much, not whether: "how sad is it?".
        against: id of an item that the others are compared with: "is it as sad as Heat?".
    """

    topic: Topic
    about: tuple[str, ...] = ()
    attribute: str | None = None
    value: tuple[str, str] | None = None
    limit: Constraint | None = None
    counted: tuple[Constraint, ...] = ()
    highest: bool | None = None
    words: str = ""
    others: tuple[str, ...] = ()
    how_much: bool = False
    against: str | None = None


FELT = Asked(Topic.PROPERTY, attribute="mood", others=("sadness",))
"""What a question of how something feels asks, before the level that it may also be of: "is it dark?"."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What one message says of this catalogue.

    Attributes:
        frame: what the reader read.
        named: items, in the order of the text.
        wishes: what is wanted or not.
        withdrawn: wishes that no longer hold; with an empty value, all of an attribute.
        sought: descriptions of what is wanted that no attribute tells: they are searched.
        shunned: likewise of what is not wanted.
        labels: of what is searched, that which somebody would call a kind of thing.
        nobody: people whom no item has.
        asked: the questions.
        count: how many are wanted.
        implied: limits of `wishes` that words stand for which can be repeated instead: "gentle", "with my parents".
        company: the words that tell who watches along, (start, end) in code points; None if none do.
        hints: descriptions that a value of `wishes` stands for, and that say more.
        described: `wishes` are what the message describes as a whole.
    """

    frame: Frame = field(default_factory=Frame)
    named: tuple[Named, ...] = ()
    wishes: tuple[Constraint, ...] = ()
    withdrawn: tuple[Constraint, ...] = ()
    sought: tuple[str, ...] = ()
    shunned: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    nobody: tuple[str, ...] = ()
    asked: tuple[Asked, ...] = ()
    count: int | None = None
    hints: tuple[str, ...] = ()
    implied: tuple[Constraint, ...] = ()
    company: tuple[int, int] | None = None
    described: bool = False

    @property
    def acts(self) -> frozenset[Act]:
        """See `Frame.acts`."""
        return self.frame.acts

    @property
    def flags(self) -> frozenset[Flag]:
        """See `Frame.flags`."""
        return self.frame.flags

    def ids(self, roles: Iterable[Role]) -> tuple[str, ...]:
        """Ids of the named items that have one of some roles, of the writer's own."""
        wanted = frozenset(roles)
        return tuple(dict.fromkeys(n.item_id for n in self.named if n.item_id and n.role in wanted and not n.theirs))


class Meaning(Protocol):
    """Knows what words mean."""

    def nearest(self, words: str, item_ids: Sequence[str]) -> str | None:
        """Which of some items words describe best; None where nothing tells what is meant."""

    def values(self, words: str) -> Pairs:
        """The (attribute, value) pairs that words are another way to say; none if they say something else."""


class NoMeaning:
    """Knows words by the letter alone."""

    def nearest(self, words: str, item_ids: Sequence[str]) -> str | None:
        """See `Meaning.nearest`."""
        return None

    def values(self, words: str) -> Pairs:
        """See `Meaning.values`."""
        return ()


class Resolver:
    """Resolves messages over one catalogue; made once a catalogue, then used by any thread."""

    def __init__(self, catalog: Catalog, linker: Linker, meaning: Meaning | None = None) -> None:
        """Put it together.

        Args:
            catalog: what is spoken of.
            linker: finds titles.
            meaning: tells which items and values words describe.
        """
        self._catalog = catalog
        self._linker = linker
        self._lexicon = Lexicon(catalog)
        self._measures = Measures(catalog)
        self._meaning = meaning or NoMeaning()
        self._names = names(catalog)

    def values_of(self, words: str) -> Pairs:
        """The attribute values that words stand for."""
        return self._lexicon.values(words)

    def resolve(self, reading: Reading, context: Context) -> Understood:
        """What a message says, said in a context."""
        read = _with_a_question(reading, self._with_titles(reading, frame(reading), context.slate))
        read = replace(read, mentions=tuple(_asked_once(read.mentions, reading.text)))
        read = self._with_a_title(reading, read, context)
        told = [
            m
            for m in read.mentions
            if m.kind not in _TELLING or not self._lexicon.is_noun(reading.text[m.start : m.end])
        ]
        read = replace(read, mentions=tuple(_compared(told, reading.text)))
        turn = _Turn(reading.text, read, context, self._catalog)
        for mention in read.mentions:
            _RULES[mention.kind](self, turn, mention)
        return turn.understood()

    def _with_titles(self, reading: Reading, read: Frame, slate: Sequence[str]) -> Frame:
        """A frame whose titles are those that the catalogue has, where the words are one by the letter."""
        mentions = list(read.mentions)
        shown = {normal(item.title) for item_id in slate if (item := self._catalog.get(item_id))}
        for start, end in self._linker.exact(reading.text):
            inside = [m for m in mentions if m.start < end and start < m.end]
            if any(m.start <= start and end <= m.end and m.kind in _KEEP for m in inside):
                continue
            titles = [m for m in inside if m.kind is Kind.TITLE]
            if titles and not any(m.start > start or m.end < end for m in titles):
                continue  # a part of a longer title
            was_shown = normal(reading.text[start:end]) in shown
            least = A_TITLE if is_plain(reading.text[start:end]) and not was_shown else A_TELLING_TITLE
            if reading.probability(Kind.TITLE, start, end) >= least:
                kept = [m for m in mentions if m not in inside]
                mentions = sorted([*kept, reading.mention(start, end, Kind.TITLE)], key=lambda m: m.start)
        return replace(read, mentions=tuple(mentions))

    def _with_a_title(self, reading: Reading, read: Frame, context: Context) -> Frame:
        """A frame that asks, with the likeliest title by the letter, where nothing else can be asked about."""
        spoken_of = context.focus or context.slate or any(m.kind in _MAY_BE_ASKED_OF for m in read.mentions)
        asks = [m.topic for m in read.mentions if m.topic]
        if spoken_of or not asks or set(asks) & OF_NO_ITEM:
            return read
        free = [
            (start, end)
            for start, end in self._linker.exact(reading.text)
            if not any(m.start < end and start < m.end for m in read.mentions)
        ]
        telling = [span for span in free if not is_plain(reading.text[slice(*span)])]
        told = [(reading.probability(Kind.TITLE, *span), span) for span in telling or free]
        chance, span = max(told, default=(0.0, (0, 0)))
        if chance < (A_QUESTION if span not in telling else 0.0) or not told:
            return read
        mention = replace(reading.mention(*span, Kind.TITLE), role=Role.ASKED)
        return replace(read, mentions=tuple(sorted((*read.mentions, mention), key=lambda m: m.start)))

    def title(self, turn: _Turn, mention: Mention) -> None:
        """Add the item that a title names, or that it is unknown; a bracket alone names nothing."""
        words = turn.words(mention)
        if not normal(words):
            return
        item_id = turn.shown_by_title(words)
        if item_id is None and (pairs := self._named_by(words)):
            turn.wish(mention, pairs)  # "is it from Paper Mate?"
            return
        if item_id is None:
            columns = self._linker.columns(words, turn.earlier, turn.years_behind(mention))
            columns = columns or self._linker.within(words, self._tells_nothing)
            columns = columns or self._begun_by(mention, words)
            if columns and (series := self._series_called(mention, words, columns[0])):
                turn.wish(mention, series)  # "the Lord of the Rings films"
                return
            item_id = self._catalog[columns[0]].item_id if columns else turn.begun(words)
        if mention.role in FOR_NOW and (pairs := self._rather_a_value(words, item_id)):
            turn.wish(mention, pairs)  # "first love" is no First Movie
            return
        if item_id is None and (parts := self._linker.listed(words)):  # "Heat and Fargo"
            for start, end in parts:
                one = replace(mention, start=mention.start + start, end=mention.start + end)
                found = self._linker.columns(turn.words(one), turn.earlier)
                turn.name(one, self._catalog[found[0]].item_id)
            return
        if item_id is None and (pairs := self._lexicon.people(words)):
            turn.wish(mention, pairs)  # "more Kurosawa" is no title
            return
        turn.name(mention, item_id)

    def _begun_by(self, mention: Mention, words: str) -> tuple[int, ...]:
        """The items of a long title with which words begin that are asked about: "catch me if you can happen"."""
        spans = [span for span in self._linker.exact(words) if span[0] == 0 and mention.role is Role.ASKED]
        start, end = spans[0] if spans else (0, 0)
        rest = words[end:]
        plain = rest.islower() and all(map(is_ordinary, normal(rest).split()))
        long = len(normal(words[start:end]).split()) >= TELLING_WORDS
        return self._linker.columns(words[start:end]) if long and plain else ()

    def _rather_a_value(self, words: str, item_id: str | None) -> Pairs:
        """The values that words taken for a title are by the letter, where they are no title by the letter."""
        item = self._catalog.get(item_id or "")
        called = {normal(name) for name in (item.title, *item.other_names)} if item else set()
        known = () if normal(words) in called else self._lexicon.known(words)
        return tuple(pair for pair in known if pair[0] not in self._names)

    def _series_called(self, mention: Mention, words: str, column: int) -> Pairs:
        """The series of an item that is wanted, if words name the series and no part of it."""
        item, attribute = self._catalog[column], self._catalog.vocabulary.series
        parts = [value for value in item.values(attribute) if len(self._catalog.values[attribute][value]) > 1]
        called = {normal(name) for name in (item.title, *item.other_names)}
        plain = " ".join(word for word in normal(words).split() if not self._lexicon.is_noun(word))
        if mention.role is not Role.WANTED or plain in called or not parts:
            return ()
        return tuple((attribute, value) for value in parts)

    def _named_by(self, words: str) -> Pairs:
        """The names that words are by the letter, where they are no title."""
        if any(normal(self._catalog[column].title) == normal(words) for column in self._linker.columns(words)):
            return ()
        pairs = self._lexicon.people(words)
        return tuple(pair for pair in pairs if pair[0] in PEOPLE and normal(pair[1]) == normal(words))

    def _tells_nothing(self, word: str) -> bool:
        """Whether a word beside a title may be no part of it: "the original alien", "korean oldboy"."""
        ordinals = known("en", "pointers")
        small = {form for name in (*ORDINALS, "last") for form in ordinals[name]} | BESIDE
        return not word.isdecimal() and (
            word in small or bool(self._lexicon.values(word)) or bool(self._measures.direction(word, "en"))
        )

    def pointer(self, turn: _Turn, mention: Mention) -> None:
        """Add the items that are pointed at."""
        context = turn.context
        words = turn.words(mention)
        if item_id := turn.shown_by_title(words):  # "the babadook" of what was shown
            turn.name(mention, item_id, pointed=True)
            return
        if self._of_another(turn, mention, words):
            return
        focus = turn.last_spoken_of or context.focus
        ids, sure = pointed(words, turn.language, context.slate, focus, self._meaning.nearest)
        if not sure and (spoken_of := turn.last_named):  # "the second looks good, how long is it?"
            ids, sure = (spoken_of,), True
        for item_id in ids:
            turn.name(mention, item_id, pointed=True, vague=not sure)

    def _of_another(self, turn: _Turn, mention: Mention, words: str) -> bool:
        """Whether words point at the series of something, or at who made it or is in it; what is meant is added."""
        told = aspect(words, turn.language)
        if told == "series":
            attribute = self._measures.asked(Topic.SERIES, words)
            turn.questions.append((mention, Asked(Topic.SERIES, attribute=attribute, words=words)))
            return True
        if told is None or mention.role not in OF_PEOPLE:
            return False
        pairs = self._people_of(turn, mention, told)
        if pairs:
            turn.wish(replace(mention, role=Role.WANTED), pairs)
        return bool(pairs)

    def _people_of(self, turn: _Turn, mention: Mention, told: str) -> Pairs:
        """Who is pointed at: who was asked for before, or who made what was spoken of, or plays in it."""
        wished = tuple((c.attribute, c.value) for c in turn.context.wishes if c.include and c.attribute in PEOPLE)
        if told == "person" and wished:
            return wished
        spoken_of = self._catalog.get(turn.subject or "")
        plays = told == "lead" or (told == "person" and turn.is_with(mention))
        for topic in (Topic.CAST, Topic.MAKER) if plays else (Topic.MAKER, Topic.CAST):
            for attribute in self._measures.of_topic(topic):
                if spoken_of and (names := spoken_of.values(attribute)):
                    return tuple((attribute, name) for name in (names[:1] if topic is Topic.CAST else names))
        return wished

    def value(self, turn: _Turn, mention: Mention) -> None:
        """Add a wish for a value, for a person, for a measure ("short"), or for what is to be searched."""
        words = turn.words(mention)
        pairs = self._lexicon.people(words) if mention.kind is Kind.PERSON else self._lexicon.values(words)
        if mention.kind is Kind.THEME and (limits := self._company(turn, mention)) is not None:
            turn.imply(mention, limits)
            turn.company = mention.start, mention.end
        elif mention.kind is Kind.PERSON and (item_id := turn.shown_as_person(words, pairs)):  # "Peter Pan could work"
            turn.name(replace(mention, role=Role.CHOSEN) if mention.role is Role.WANTED else mention, item_id)
        elif pairs:
            in_it = mention.role is Role.ASKED and turn.before(mention) & set(known(turn.language, "pointers")["in"])
            spoken = self._lexicon.of("language", words) if in_it else ()
            turn.wish(mention, spoken or pairs)  # "is it in French?" asks for no country
        elif mention.kind is Kind.PERSON and not is_plain(words) and self._linker.columns(words):
            self.title(turn, mention)  # "mulholland drive" is nobody
        elif mention.kind is not Kind.PERSON and (found := self._measure(turn.compared(mention), turn.language)):
            turn.towards(mention, found, self._measures)
        elif mention.kind is not Kind.PERSON and (pairs := self._described(mention, words)):
            for pair in pairs:
                turn.wish(mention, (pair,))
            turn.hint(mention)
        else:
            turn.unresolved(mention)

    def _company(self, turn: _Turn, mention: Mention) -> tuple[Constraint, ...] | None:
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

    def _described(self, mention: Mention, words: str) -> Pairs:
        """The values that a description says in other words, all at once: "cold war spies", "the hero is a girl"."""
        parts, is_whole = self._lexicon.within(words)
        if is_whole:
            return parts
        alike = self._meaning.values(words) if len(normal(words).split()) <= A_KIND else ()
        told = mention.kind is Kind.THEME and mention.role in FOR_NOW
        return alike or (parts if told else ())

    def range(self, turn: _Turn, mention: Mention) -> None:
        """Add a limit: of a number, or of a comparison with what was shown."""
        words = turn.words(mention)
        mention = turn.plainly(mention)
        measured, found = amount(words, turn.language), self._measures.direction(words, turn.language)
        if measured is None or (found and not measured.unit):
            attribute = self._measures.asked(Topic.PROPERTY, words)
            if found:
                turn.towards(mention, found, self._measures)
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

    def count(self, turn: _Turn, mention: Mention) -> None:
        """Note how many are wanted."""
        words = turn.words(mention)
        told = amount(words, turn.language)
        if told and told.low >= 1:
            turn.count = int(told.low)
        elif normal(words) in known(turn.language, "amounts")["one"]:
            turn.count = 1

    def question(self, turn: _Turn, mention: Mention) -> None:
        """Note a question; what it is about is found when all is read."""
        words, topic = turn.words(mention), mention.topic or Topic.PROPERTY
        topic = self._plainly_asked(words, turn.language, topic)
        numbered = topic is Topic.SERIES and asks_which_part(words, turn.language)
        attribute = PART if numbered else self._measures.asked(topic, words)
        value = self._asked_value(topic, words, turn.language)
        if value and value[0] in SERIES:  # "is there a sequel"
            topic, attribute, value = Topic.SERIES, self._measures.asked(Topic.SERIES, words), None
        elif topic in OF_FEELINGS and attribute and not value and self._asks_how_it_feels(words, turn.language):
            turn.questions.append((mention, replace(FELT, others=(*FELT.others, attribute), words=words)))
            return
        elif topic is Topic.FORM and not value and self._asks_of_no_form(words, turn.language):
            topic, attribute = Topic.PROPERTY, None
        towards = self._measures.direction(words, turn.language) if topic is Topic.COMPARE else None
        if towards:  # "is it scarier"
            attribute = towards.attribute
        others = self._measures.of_topic(topic)[1:] if topic is not Topic.PROPERTY else ()
        attribute, much = value[0] if value else attribute, turn.asks_how_much(words)
        told = Asked(topic, attribute=attribute, others=others, value=value, words=words, how_much=much)
        told = replace(told, highest=towards.high) if towards else told
        turn.questions.append((mention, told))

    def _plainly_asked(self, words: str, language: str, topic: Topic) -> Topic:
        """The topic of a question, by its words where they are of one that is easily taken for another."""
        small = known(language, "questions")
        if topic in TAKEN_FOR_A_PLOT and normal(words) in map(normal, small["plot"]):
            return Topic.PLOT  # "the story", not of what it was made
        numbered = topic in TAKEN_FOR_A_PART and asks_which_part(words, language)
        return Topic.SERIES if numbered and self._catalog.vocabulary.series else topic

    def _asks_how_it_feels(self, words: str, language: str) -> bool:
        """Whether words taken for a question of a level are of none: "is it dark?" is of its mood first."""
        named = self._measures.direction(words, language) or self._measures.asked(Topic.PROPERTY, words)
        return bool(self._catalog.values.get("mood")) and language == "en" and not named

    def _asks_of_no_form(self, words: str, language: str) -> bool:
        """Whether words ask for a form that none here is told by: "black and white"."""
        asking = frozenset(self._catalog.vocabulary.asking)
        return language == "en" and bool(telling(words, asking)) and not self._measures.asked(Topic.PROPERTY, words)

    def _asked_value(self, topic: Topic, words: str, language: str) -> tuple[str, str] | None:
        """The value that the words of a question name: "is it cosy", "is it animated"."""
        if topic in OF_VALUES:
            return next(iter(self._lexicon.values(words)), None)
        if topic not in OF_FEELINGS or self._measures.direction(words, language):
            return None
        told = next((pair for pair in self._lexicon.values(words) if pair[0] not in self._names), None)
        return told or (next(iter(self._meaning.values(words)), None) if topic is Topic.PROPERTY else None)


def asks_which_part(words: str, language: str) -> bool:
    """Whether words ask which part of a series something is: "number", "wievielte"."""
    return normal(words) in map(normal, known(language, "questions")["part"])


def is_plain(name: str) -> bool:
    """Whether a name may well stand for something else: it is one word that is not rare, or a few ordinary ones."""
    words = normal(name).split()
    rare = any(commonness(word) < (RARE if len(words) == 1 else ORDINARY) for word in words)
    return not rare and len(words) < TELLING_WORDS


def _asked_once(mentions: Sequence[Mention], text: str) -> Iterator[Mention]:
    """Mentions without words of a question right before others of the same: "what's the" of "what's the story"."""
    for at, mention in enumerate(mentions):
        behind = mentions[at + 1] if at + 1 < len(mentions) else None
        goes_on = behind and mention.topic == behind.topic and not text[mention.end : behind.start].strip()
        if not (mention.kind is Kind.QUESTION and goes_on):
            yield mention


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


SMALL = small_words("articles") | frozenset("de des del du da do le la les los las el l un une".split())
"""Words of which no title is known."""
_TELLING = frozenset({Kind.VALUE, Kind.THEME})
"""Kinds of mentions that tell nothing where they are but a word for the thing: "una película"."""
_COMPARED = frozenset({Kind.RANGE, Kind.THEME, Kind.VALUE})
ABOUT = 0.1
"""So far from a length that was told may what is wanted be."""
SENTENCE_ENDS = frozenset(".?!;。？！；")
TELLING_WORDS = 4
"""So many words that are a title by the letter are hardly anything else."""


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


_ASKED_OF = frozenset({Kind.VALUE, Kind.THEME, Kind.RANGE, Kind.PERSON})
_MAY_BE_ASKED_OF = frozenset({Kind.TITLE, Kind.POINTER, Kind.PERSON, Kind.THEME})
"""What a question may be about, or may look for."""
_KEEP = frozenset({Kind.PERSON, Kind.VALUE, Kind.POINTER, Kind.RANGE, Kind.QUESTION})
"""What the reader took words for that are a title by the letter too: "horror", "it"."""
_RULES: Mapping[Kind, Callable[[Resolver, _Turn, Mention], None]] = {
    Kind.TITLE: Resolver.title,
    Kind.POINTER: Resolver.pointer,
    Kind.VALUE: Resolver.value,
    Kind.THEME: Resolver.value,
    Kind.PERSON: Resolver.value,
    Kind.RANGE: Resolver.range,
    Kind.COUNT: Resolver.count,
    Kind.QUESTION: Resolver.question,
}


_FOR_THEM = frozenset({Act.REQUEST, Act.CRITIQUE, Act.CORRECT, Act.REJECT})
"""Acts that are about what is to be shown, so that the taste of others that is told beside them is told for that."""


class _Turn:
    """What was resolved of a message so far."""

    def __init__(self, text: str, read: Frame, context: Context, catalog: Catalog) -> None:
        self.text = text
        self.read = read
        self.context = context
        self.language = read.language
        self.count: int | None = None
        self.questions: list[tuple[Mention, Asked]] = []
        self._catalog = catalog
        self._named: list[Named] = []
        self._wishes: dict[Constraint, None] = {}
        self._ranges: dict[str, tuple[float, float]] = {}
        self._in_words: set[Constraint] = set()
        self._implied: set[Constraint] = set()
        self.company: tuple[int, int] | None = None
        self._withdrawn: dict[Constraint, None] = {}
        self._sought: list[str] = []
        self._shunned: list[str] = []
        self._labels: list[str] = []
        self._hints: list[str] = []
        self._nobody: list[str] = []
        self._asked_values: list[tuple[Mention, tuple[str, str] | None, Constraint | None, Direction | None]] = []

    @property
    def earlier(self) -> set[int | None]:
        """Columns of what the conversation was about before."""
        return {self._catalog.column(item_id) for item_id in (*self.context.earlier, *self.context.slate)}

    @property
    def last_named(self) -> str | None:
        """The item that the message itself spoke of last."""
        return next((n.item_id for n in reversed(self._named) if n.item_id and not n.vague), None)

    @property
    def subject(self) -> str | None:
        """The item whose people are meant by "the same director"."""
        context = self.context
        return self.last_named or context.focus or context.subject or next(iter(context.slate), None)

    def is_with(self, mention: Mention) -> bool:
        """Whether somebody is to be in something, not to have made it: "with him"."""
        return bool(self.before(mention) & set(known(self.language, "pointers")["with"]))

    @property
    def last_spoken_of(self) -> str | None:
        """The item that the message itself named last, if it is no mere experience: "what about Heat, who made it?"."""
        last = next((n for n in reversed(self._named) if n.item_id and not n.vague and not n.theirs), None)
        return last.item_id if last and last.role not in (Role.SEEN, Role.DISLIKED, Role.REFUSED) else None

    def shown_by_title(self, words: str) -> str | None:
        """The one thing that was shown last whose title has all these words: "guardians" of Guardians of the Galaxy."""
        if item_id := self.shown_exactly(words):
            return item_id
        said = {word for word in normal(words).split() if not is_ordinary(word) and word not in SMALL}
        fitting = [
            item_id
            for item_id in self.context.slate
            if said and (item := self._catalog.get(item_id)) and any(said <= words for words in _words_of_titles(item))
        ]
        return fitting[0] if len(fitting) == 1 else None

    def shown_as_person(self, words: str, pairs: Pairs) -> str | None:
        """What was shown last that is called like somebody: by its whole title, or who is nobody by a part of it."""
        return self.shown_exactly(words) or (None if pairs else self.shown_by_title(words))

    def begun(self, words: str) -> str | None:
        """The one thing that was spoken of whose title begins with some words: "10 Things", of … I Hate About You."""
        start = f"{normal(words)} "
        spoken_of = (self._catalog.get(item_id) for item_id in (*self.context.slate, *self.context.earlier))
        fitting = {item.item_id for item in spoken_of if item and normal(item.title).startswith(start)}
        return fitting.pop() if len(fitting) == 1 and start.count(" ") > 1 else None

    def shown_exactly(self, words: str) -> str | None:
        """What was shown last and has these words for its title: "The Game", however ordinary they are."""
        shown = (item for item_id in self.context.slate if (item := self._catalog.get(item_id)))
        return next((item.item_id for item in shown if normal(item.title) == normal(words)), None)

    def plainly(self, mention: Mention) -> Mention:
        """A comparison after a slate is wanted, unless "not" stands before it: "bit funnier" is no complaint."""
        compares = self.language == "en" and self.words(mention).casefold().endswith("er")
        negated = self.before(mention) & {*known(self.language, "amounts")["no"], *LESS, "too"}
        turned = compares and not negated and mention.role is Role.UNWANTED and Act.CRITIQUE in self.read.acts
        return replace(mention, role=Role.WANTED) if turned else mention

    def words(self, mention: Mention) -> str:
        """The words of a mention."""
        return self.text[mention.start : mention.end]

    def compared(self, mention: Mention) -> str:
        """The words of a wish, with a comparison right before them: "weniger" of what is "Bekanntes"."""
        before = self.text[: mention.start].split()[-1:]
        less = mention.role is Role.WANTED and before and normal(before[0]) in LESS & RELATIVE
        return f"{before[0]} {self.words(mention)}" if less else self.words(mention)

    def years_behind(self, mention: Mention) -> tuple[int, ...]:
        """The years that stand right beside a title, or within it: "Heat (1995)", "the 1995 Heat"."""
        before, behind = self.text[: mention.start].split()[-2:], self.text[mention.end : mention.end + NEAR]
        beside = f"{' '.join(before)} | {self.words(mention)} {behind}"
        digits = "".join(c if c.isdecimal() else " " for c in beside).split()
        return tuple(year for d in digits if len(d) == 4 and FIRST_YEAR <= (year := int(d)) <= LAST_YEAR)

    def name(self, mention: Mention, item_id: str | None, *, pointed: bool = False, vague: bool = False) -> None:
        """Note an item; what says little and is none is passed over."""
        role = mention.role or Role.MENTIONED
        words = self.words(mention)
        if item_id is None and role in (Role.ASKED, Role.MENTIONED) and self._says_little(words):
            return
        self._named.append(Named(item_id, mention.start, mention.end, role, mention.theirs, pointed, vague))

    @property
    def _for_them(self) -> bool:
        """Whether what somebody else likes or wants counts: it is for them."""
        return bool(self.read.acts & _FOR_THEM) or Flag.CHILD in self.read.flags

    def wish(self, mention: Mention, pairs: Pairs) -> None:
        """Note values that are wanted, unwanted, asked for or no longer wanted."""
        asks = Act.ASK in self.read.acts and pairs[0][0] in PEOPLE  # "is it from Paper Mate?"
        if mention.role is Role.ASKED or (mention.role is Role.MENTIONED and asks):
            self._asked_values.append((mention, pairs[0], None, None))
        elif mention.role is Role.WITHDRAWN:
            self._withdrawn.update(dict.fromkeys(Constraint(*pair) for pair in pairs))
        elif mention.theirs and not self._for_them:
            return
        elif mention.role in FOR_NOW or self._is_meant_instead(mention):
            self._wishes.update(dict.fromkeys(Constraint(*pair) for pair in pairs))
        elif mention.role in AGAINST:
            # "not a romcom" is no word against comedies: of a kind that is two, the first goes.
            several = pairs if pairs[0][0] not in self._catalog.vocabulary.ask else pairs[:1]
            self._wishes.update(dict.fromkeys(Constraint(*pair, include=False) for pair in several))

    def _is_meant_instead(self, mention: Mention) -> bool:
        """Whether somebody is named in a correction that wants nothing else: "I mean Tom Hanks playing a villain"."""
        wanted = any(m.role in FOR_NOW | {Role.ASKED} for m in self.read.mentions)
        corrects = Act.CORRECT in self.read.acts and Flag.INSTEAD in self.read.flags
        return mention.kind is Kind.PERSON and mention.role is Role.MENTIONED and corrects and not wanted

    def withdraw(self, wish: Constraint) -> None:
        """Note that a wish no longer holds."""
        self._withdrawn[wish] = None

    def limit(self, mention: Mention, attribute: str, told: Amount) -> None:
        """Note a limit of a number; of several children, the youngest counts."""
        low, high = told.low, told.high
        match mention.role:
            case Role.WITHDRAWN:
                self._withdrawn[Constraint(attribute, "")] = None
            case Role.ASKED:
                self._asked_values.append((mention, None, self._asked_limit(mention, attribute, told), None))
            case _ if mention.theirs and not self._for_them:
                return
            case Role.AT_LEAST:
                beyond = high > low and bool(self.before(mention) & set(known(self.language, "amounts")["above"]))
                edge = Constraint.limit(attribute, ">", high) if beyond else Constraint.limit(attribute, ">=", low)
                self._wishes[edge] = None
            case Role.AT_MOST:
                strict = attribute != AGE and not self._includes(mention)
                self._wishes[Constraint.limit(attribute, "<" if strict else "<=", low if strict else high)] = None
            case Role.UNWANTED | Role.DISLIKED | Role.REFUSED:
                self._wishes[Constraint.outside(attribute, low, high + 1)] = None
            case Role.WANTED | Role.LIKED if attribute == AGE:
                others = [c for c in self._wishes if c.attribute == AGE and c.is_range]
                youngest = min([low, *(c.number for c in others)])
                self._wishes = {c: None for c in self._wishes if c not in others}
                self._wishes[Constraint.limit(AGE, "<=", youngest)] = None
            case Role.WANTED | Role.LIKED:
                self._within(attribute, low, high)

    def _within(self, attribute: str, low: float, high: float) -> None:
        """Note a range that is wanted; of two that have nothing in common all between: "from the 80s or 90s"."""
        before = self._ranges.get(attribute)
        if before and (high < before[0] or before[1] < low):
            for edge in (Constraint.limit(attribute, ">=", before[0]), Constraint.limit(attribute, "<=", before[1])):
                self._wishes.pop(edge, None)
            low, high = min(low, before[0]), max(high, before[1])
        self._ranges[attribute] = low, high
        self._wishes[Constraint.limit(attribute, ">=", low)] = None
        self._wishes[Constraint.limit(attribute, "<=", high)] = None

    def _asked_limit(self, mention: Mention, attribute: str, told: Amount) -> Constraint:
        """What is asked of a number: "is it over two hours", "is it from the 90s"."""
        if self.before(mention) & set(known(self.language, "amounts")["above"]):
            return Constraint.limit(attribute, ">", told.high)
        if told.high > told.low or attribute == "year":
            return Constraint(attribute, f">={told.low:.12g}<={told.high:.12g}")
        return Constraint.limit(attribute, "<=", told.high)

    def before(self, mention: Mention) -> set[str]:
        """The words right before a mention."""
        return set(normal(self.text[: mention.start]).split()[-BEFORE:])

    def _includes(self, mention: Mention) -> bool:
        """Whether a limit counts itself: "until 1990", not "before 1990"."""
        before, words = self.before(mention), known(self.language, "amounts")
        return not before & set(words["below"]) or bool(before & set(words["no"]))

    def towards(self, mention: Mention, found: Direction, measures: Measures) -> None:
        """Note a limit in words: "short", "older", "not too violent"."""
        against = mention.role in AGAINST
        if mention.role is Role.ASKED:
            self._asked_values.append((mention, None, None, found))
        elif mention.role is Role.WITHDRAWN:
            self._withdrawn[Constraint(found.attribute, "")] = None
        elif mention.theirs and not self._for_them:
            return
        elif mention.role in FOR_NOW or against:
            spoken_of = (self.context.focus,) if self.context.focus else self.context.slate
            shown = [item for i in spoken_of if (item := self._catalog.get(i))]
            relative = found.relative or (Act.CRITIQUE in self.read.acts and against)
            limit = measures.limit(replace(found, high=found.high != against), shown if relative else [], against)
            if limit:
                self._wishes[limit] = None
                self._in_words.add(limit)
                if mention.kind is Kind.THEME:
                    self._implied.add(limit)

    def imply(self, mention: Mention, limits: Iterable[Constraint]) -> None:
        """Note limits that words stand for which name none of them."""
        if not mention.theirs or self._for_them:
            self._wishes.update(dict.fromkeys(limits))
            self._implied.update(limits)

    def hint(self, mention: Mention) -> None:
        """Note words that say more than the value that they stand for."""
        if mention.role in FOR_NOW and not (mention.theirs and not self._for_them):
            self._hints.append(self.words(mention))

    def unresolved(self, mention: Mention) -> None:
        """Note words that no attribute tells."""
        words = self.words(mention)
        if mention.theirs and not self._for_them:
            return
        if mention.kind is Kind.PERSON and mention.role in FOR_NOW | AGAINST:
            self._nobody += [] if self._says_little(words) else [words]
        elif mention.role in FOR_NOW:
            self._sought.append(words)
            self._labels += [words] if mention.kind is Kind.VALUE else []
        elif mention.role in AGAINST:
            self._shunned.append(words)
        elif mention.role is Role.ASKED:
            self._asked_values.append((mention, None, None, None))

    def _says_little(self, words: str) -> bool:
        """Whether words taken for a name are one that says little in the language of the message: "PAS", "parfait"."""
        return " " not in words.strip() and is_common(normal(words), self.language) and not words[:1].isdigit()

    def understood(self) -> Understood:
        """All of it."""
        asked = tuple(self._asked())  # may turn what is asked for into a wish
        told = {(c.attribute, c.sign[0]) for c in self._wishes if c.is_range and c.include and c not in self._in_words}
        kept = [c for c in self._wishes if c not in self._in_words or (c.attribute, c.sign[0]) not in told]
        kept = [c for c in kept if c.include or replace(c, include=True) not in self._wishes]  # of both, what is wanted
        kept = [replace(c, include=True) if self._is_missed(c) else c for c in kept]
        self._wishes = dict.fromkeys(map(self._as_complained, kept))  # of "newer, after 2000" the number counts
        return Understood(
            self.read, tuple(self._named), tuple(self._wishes), tuple(self._withdrawn), tuple(self._sought),
            tuple(self._shunned), tuple(self._labels), tuple(self._nobody), asked, self.count, tuple(self._hints),
            tuple(wish for wish in self._wishes if wish in self._implied), self.company,
        )  # fmt: skip

    def _is_missed(self, wish: Constraint) -> bool:
        """Whether an unwanted kind is one that was wanted, and of which one that was shown is said to be none.

        "Robot Dreams isn't a comedy", after comedies were asked for.
        """
        turned_down = {n.item_id for n in self._named if n.role in AGAINST} & set(self.context.slate)
        wanted = replace(wish, include=True) in self.context.wishes
        return not wish.include and not wish.is_range and wanted and bool(turned_down)

    def _as_complained(self, wish: Constraint) -> Constraint:
        """A wish as it is meant beside a complaint of what all shown share: "all American. None from Spain?"."""
        shown = [item for i in self.context.slate if (item := self._catalog.get(i))]
        if wish.include or wish.is_range or not shown or any(wish.value in i.values(wish.attribute) for i in shown):
            return wish
        shared = [
            other
            for other in self._wishes
            if not other.include and other.attribute == wish.attribute and not other.is_range
            and all(other.value in item.values(other.attribute) for item in shown)
        ]  # fmt: skip
        return replace(wish, include=True) if shared and wish.attribute not in self._catalog.vocabulary.ask else wish

    def _asked(self) -> Iterator[Asked]:
        """The questions, each with the items that it is about and the value that it asks for."""
        values = [one for one in self._asked_values if not self._is_a_part(one[0])]
        likened = self._likened()
        if likened:
            yield likened
        of_series = bool(self._named) and any(value and value[0] in SERIES for _, value, _, _ in values)
        for mention, asked in self.questions:
            if asked.topic is Topic.HAVE and of_series:
                continue
            if asked.topic is Topic.HAVE and not any(n.item_id for n in self._named):  # "do you have any Ghibli?"
                self._wishes.update(dict.fromkeys(_counted(values)))
                values = []
            if asked.topic is Topic.COUNT:
                asked, values = replace(asked, counted=tuple(_counted(values))), []
            if asked.topic is Topic.COMPARE and values:
                by, value, limit, towards = values.pop(0)
                high = None if towards is None else towards.high
                attribute = towards.attribute if towards else asked.attribute
                asked = replace(
                    asked, value=value, limit=limit, attribute=attribute, highest=high, words=self.words(by)
                )
            if asked.topic is Topic.BOT and any(n.item_id and n.role is Role.ASKED for n in self._named):
                asked = replace(asked, topic=Topic.HAVE)  # "do you teach machine learning?"
            about = self._about(mention, likened)
            yield self._compared_with(mention, replace(asked, about=about))
            if asked.topic is Topic.CAST and any(map(self._is_a_part, self.read.mentions)):
                yield Asked(Topic.PROPERTY, about)  # who plays whom is not known
        yield from (self._asked_by_value(*one) for one in values)
        if not self.questions and not values and not likened and Act.ASK in self.read.acts:
            items = tuple(dict.fromkeys(n.item_id for n in self._named if n.item_id and n.role not in TASTES))
            if items or any(n.role is Role.ASKED for n in self._named):
                yield Asked(Topic.PLOT, items, "description")

    def _asked_by_value(
        self, mention: Mention, value: tuple[str, str] | None, limit: Constraint | None, towards: Direction | None
    ) -> Asked:
        """The question that a value, a limit or a direction asks, with no word that asks beside it."""
        about, words = self._about(mention), self.words(mention)
        if value and value[0] in SERIES and about:  # "gibt es eine Fortsetzung von Matrix?"
            return Asked(Topic.SERIES, about, value[0], words=words)
        attribute = towards.attribute if towards else value[0] if value else limit.attribute if limit else None
        return Asked(Topic.KIND if value else Topic.PROPERTY, about, attribute, value, limit, words=words)

    def asks_how_much(self, words: str) -> bool:
        """Whether a question has a word of how much: in it, or, where words are parted, anywhere in the message."""
        text = f" {normal(self.text)} "
        return any(
            word in words if word[0] >= "\u2e80" else f" {normal(word)} " in text
            for word in known(self.language, "questions")["how_much"]
        )

    def _is_a_part(self, mention: Mention) -> bool:
        """Whether words say which part it is that is asked for: "who plays the dancer?"."""
        if mention.kind is not Kind.THEME or mention.role not in (Role.ASKED, Role.MENTIONED):
            return False
        cast = (asks for asks, asked in self.questions if asked.topic is Topic.CAST)
        return any(asks.end <= mention.start and not self._ends(asks.end, mention.start) for asks in cast)

    def _likened(self) -> Asked | None:
        """What is set beside something named, with no word that asks: "is it anything like Heat? And how long?"."""
        asking = [*(mention for mention, _ in self.questions), *(one[0] for one in self._asked_values)]
        for other in self._named:
            if Act.ASK not in self.read.acts or other.pointed or other.role not in (Role.ASKED, Role.LIKE_THIS):
                continue
            beside = [n for n in self._named if self._is_set_beside(n, other)]
            asks = any(not self._ends(*sorted((mention.end, other.start))) for mention in asking)
            if beside and not asks:
                return Asked(Topic.COMPARE, tuple(n.item_id for n in beside if n.item_id), against=other.item_id)
        return None

    def _is_set_beside(self, named: Named, other: Named) -> bool:
        """Whether an item is asked about in the sentence that names another behind it, and they are no enumeration."""
        if named.role is not Role.ASKED or named.start >= other.start or None in (named.item_id, other.item_id):
            return False
        apart = named.pointed or not self._are_listed(named, other)
        return apart and named.item_id != other.item_id and not self._ends(named.end, other.start)

    def _compared_with(self, mention: Mention, asked: Asked) -> Asked:
        """A question with the item that those in question are compared with, if one is named: "as sad as Heat?"."""
        titles = [n for n in self._named if n.item_id and not n.pointed and n.role not in (Role.SEEN, Role.CHOSEN)]
        if asked.topic is Topic.COMPARE:
            named = {n.item_id for n in titles}
            rest = tuple(item_id for item_id in asked.about if item_id not in named)
            pointed = any(n.pointed and n.item_id in rest for n in self._named)
            return replace(asked, about=rest, against=titles[-1].item_id) if titles and pointed else asked
        others = [
            n.item_id for n in titles
            if n.role in (Role.MENTIONED, Role.LIKE_THIS) and n.item_id not in asked.about
            and not self._ends(*sorted((mention.end, n.start)))
        ]  # fmt: skip
        return replace(asked, against=others[0]) if others and asked.about else asked

    def _about(self, mention: Mention, likened: Asked | None = None) -> tuple[str, ...]:
        """The items that are asked about nearest to a question; else the ones named; else the focus."""
        asked = [n for n in self._named if n.role is Role.ASKED] or [n for n in self._named if n.item_id]
        asked = [n for n in asked if not self._is_of_another_question(n, mention)]
        asked = [n for n in asked if not (likened and n.item_id == likened.against)]
        if not asked:
            return (self.context.focus,) if self.context.focus else ()
        if mention.topic is Topic.COMPARE:
            return tuple(dict.fromkeys(n.item_id for n in asked if n.item_id))

        def distance(named: Named) -> int:
            return max(named.start - mention.end, mention.start - named.end, 0)

        nearest = min(asked, key=distance)
        return tuple(dict.fromkeys(n.item_id for n in self._listed_with(nearest, asked) if n.item_id))

    def _is_of_another_question(self, named: Named, mention: Mention) -> bool:
        """Whether an item stands in a later sentence with a question of its own: "a sequel? and who made Heat?"."""
        if not self.context.focus or named.start < mention.end or not self._ends(mention.end, named.start):
            return False
        others = (other for other, _ in self.questions if other.start > mention.end)
        return any(not self._ends(*sorted((other.end, named.start))) for other in others)

    def _ends(self, start: int, end: int) -> bool:
        """Whether a sentence ends within a part of the text."""
        return bool(set(self.text[start:end]) & SENTENCE_ENDS)

    def _listed_with(self, one: Named, all_named: Sequence[Named]) -> list[Named]:
        """What is named in one enumeration with an item: "who made Heat, Fargo and Alien?"."""
        ordered = sorted(all_named, key=lambda named: named.start)
        at = ordered.index(one)
        low = high = at
        while low and self._are_listed(ordered[low - 1], ordered[low]):
            low -= 1
        while high + 1 < len(ordered) and self._are_listed(ordered[high], ordered[high + 1]):
            high += 1
        return ordered[low : high + 1]

    def _are_listed(self, before: Named, behind: Named) -> bool:
        between = self.text[before.end : behind.start]
        return len(between.split()) <= 1 and not set(between) & SENTENCE_ENDS


def _words_of_titles(item: Item) -> Iterator[set[str]]:
    """The words of an item's title, in each language that has one of its own."""
    yield from (set(normal(title).split()) for title in (item.title, *item.titles.values(), *item.other_names))


_AskedValue = tuple[Mention, tuple[str, str] | None, Constraint | None, Direction | None]


def _counted(values: Iterable[_AskedValue]) -> Iterator[Constraint]:
    """What is to be counted, of the values and limits that are asked for."""
    for _, value, limit, _ in values:
        if value:
            yield Constraint(*value)
        if limit:
            yield limit


def words_of(mentions: Sequence[Named], text: str) -> tuple[str, ...]:
    """The words by which unknown items are named."""
    words = (text[n.start : n.end] for n in mentions if n.item_id is None)
    return tuple(word for word in words if any(map(str.isalnum, word)))
