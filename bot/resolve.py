"""From the scores of a message to what it says of this catalogue: spans -> ids, values, numbers, pointers.

Knows no model and no pattern: titles and values are looked up, numbers are read by `bot.amounts`, pointers by
`bot.pointers`. What cannot be resolved stays as it was said.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from bot.amounts import amount
from bot.gathering import CLAUSE_ENDS, Gathering
from bot.pointers import ORDINALS, aspect, pointed
from bot.understood import AGAINST, FELT, FOR_NOW, Asked, Context, Understood
from bot.words import known, native
from domain.amount import AGE_OF_SOMEBODY, MINUTES, Amount
from domain.catalog import FEELING, Catalog, Item
from domain.frame import Act, Flag, Frame, Kind, Mention, Role, Topic
from domain.lexicon import Lexicon, Pairs
from domain.linking import Linker, normal, tokens
from domain.measures import GROWN_UP, LESS, PART, PEOPLE, RELATIVE, SERIES, Direction, Measures
from domain.preference import AGE, Constraint
from domain.reading import Reading, frame
from domain.searching import names, telling
from domain.words import ORDINARY, RARE, commonness, is_ordinary

LIKED = frozenset({Role.LIKED, Role.LIKE_THIS, Role.CHOSEN})
DISLIKED = frozenset({Role.DISLIKED, Role.REFUSED})
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
OF_A_NAME = frozenset({Topic.KIND, Topic.PROPERTY})
"""Topics of questions for which the name of what was shown is easily taken."""
TAKEN_FOR_A_PLOT = frozenset({Topic.BASIS, Topic.PROPERTY, Topic.KIND})
TAKEN_FOR_A_PART = frozenset({Topic.LENGTH, Topic.PROPERTY, Topic.COUNT, Topic.COMPARE, Topic.YEAR})
"""Topics for which a question of what happens in something is easily taken, and one of which part it is."""
BESIDE = frozenset("the a an by original s de von le la der die das".split())
"""What may stand beside a title, whatever it is."""
A_TITLE, A_TELLING_TITLE = 0.2, 0.03
"""Words that name an item by the letter are its title from such a probability of a title on, as the reader sees it; and
words that hardly mean anything else."""
FEW_NAMESAKES = 3
"""So many of the items of a name may be the one that was spoken of."""
A_WORD = 0.45
"""And so a single ordinary word: "me n the boys" names no film."""
A_KIND = 6
"""So many words at most describe a kind of thing; what is told in more of them is a story, and is searched."""
MUCH, ANOTHER_WORD = 2, 0.7
"""From such a level on there is much of something; where that is so of such a share of what has a mood, that mood is
but another word for the level: what is frightening is scary."""
A_MEASURE = 3
"""So many words at most say no more than much or little of a number: "not too long"."""
A_QUESTION = 0.05
"""Where something is asked and no word is surely what asks, the likeliest is it from such a probability on."""


SHORT_WORD = 3
"""Words of so many letters tell no title by themselves."""
A_DESCRIPTION = 5
"""Of so many words on, what points at something may describe what was not shown: "the one with the rat who cooks"."""


class Meaning(Protocol):
    """Knows what words mean."""

    def recalled(self, words: str) -> str | None:
        """The item that words describe far better than any other; None if there is none."""

    def nearest(self, words: str, item_ids: Sequence[str]) -> str | None:
        """Which of some items words describe best; None where nothing tells what is meant."""

    def values(self, words: str) -> Pairs:
        """The (attribute, value) pairs that words are another way to say; none if they say something else."""


class NoMeaning:
    """Knows words by the letter alone."""

    def recalled(self, words: str) -> str | None:
        """See `Meaning.recalled`."""
        return None

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
        read = _with_a_question(reading, self._with_titles(reading, frame(reading), context))
        read = replace(read, mentions=tuple(_asked_once(read.mentions, reading.text)))
        read = self._with_a_title(reading, read, context)
        told = [
            m
            for m in read.mentions
            if m.kind not in _TELLING or not self._lexicon.is_noun(reading.text[m.start : m.end])
        ]
        read = replace(read, mentions=tuple(_compared(told, reading.text)))
        turn = Gathering(reading.text, read, context, self._catalog)
        for mention in read.mentions:
            _RULES[mention.kind](self, turn, mention)
        return turn.understood()

    def _with_titles(self, reading: Reading, read: Frame, context: Context) -> Frame:
        """A frame whose titles are those that the catalogue has, where the words are one by the letter."""
        mentions = list(read.mentions)
        for start, end in self._linker.exact(reading.text):
            inside = [m for m in mentions if m.start < end and start < m.end]
            if any(m.start <= start and end <= m.end and m.kind in _KEEP for m in inside):
                continue
            titles = [m for m in inside if m.kind is Kind.TITLE]
            if titles and not any(m.start > start or m.end < end for m in titles):
                continue  # a part of a longer title
            columns = self._linker.columns(reading.text[start:end])[:FEW_NAMESAKES]
            named = {self._catalog[column].item_id for column in columns}
            if named.intersection(context.slate) and " " in reading.text[start:end]:
                least = 0.0  # "This Is the End" was shown a moment ago
            elif not is_plain(reading.text[start:end]) or named.intersection(context.slate):
                least = A_TELLING_TITLE
            elif " " in reading.text[start:end] and stands_alone(reading.text, start, end):
                least = A_TELLING_TITLE  # "heat, the italian job", "this means war - who's in that?"
            else:
                telling = " " in reading.text[start:end] or titles or named & context.earlier
                least = A_TITLE if telling else A_WORD
            if reading.probability(Kind.TITLE, start, end) >= least:
                kept = [m for m in mentions if m not in inside]
                mentions = sorted([*kept, reading.mention(start, end, Kind.TITLE)], key=lambda m: m.start)
        parts = self._parts_of_titles(reading, mentions, context.slate)
        return replace(read, mentions=tuple(sorted((*mentions, *parts), key=lambda m: m.start)))

    def _parts_of_titles(
        self, reading: Reading, mentions: Sequence[Mention], slate: Sequence[str]
    ) -> Iterator[Mention]:
        """Mentions of what was shown last by telling words of its title that the reader took for nothing: "kikis"."""
        shown = [item for item_id in slate if (item := self._catalog.get(item_id))]
        titles = {item.item_id: [f" {normal(name)} " for name in (item.title, *item.other_names)] for item in shown}
        named = {i for m in mentions if m.kind is Kind.TITLE for i in titles if self._is_in(reading.text, m, titles[i])}
        free = [
            token
            for token in tokens(reading.text)
            if not any(m.start < token.end and token.start < m.end for m in mentions)
        ]
        for one, other in itertools.zip_longest(free, free[1:]):
            pair = f"{one.word} {other.word}" if other and not reading.text[one.end : other.start].strip() else ""
            for words, last in ((pair, other), (one.word, one)):
                having = [i for i, names in titles.items() if any(f" {words} " in name for name in names)]
                if words and len(having) == 1 and having[0] not in named and _tells_a_title(words):
                    named.add(having[0])
                    yield reading.mention(one.start, last.end, Kind.TITLE)

    def _is_in(self, text: str, mention: Mention, names: Sequence[str]) -> bool:
        """Whether the words of a mention stand in one of some names."""
        words = normal(text[mention.start : mention.end])
        return bool(words) and any(f" {words} " in name for name in names)

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

    def title(self, turn: Gathering, mention: Mention) -> None:
        """Add the item that a title names, or that it is unknown; a bracket alone names nothing."""
        words = turn.words(mention)
        if "(" in words and ")" not in words:  # "Forrest Gump (sorry" of "Forrest Gump (sorry)"
            words = words.partition("(")[0].strip()
        words = words.strip('《》「」『』«»„“”"')
        *title, last = words.split(" ")
        if title and normal(last) in known(turn.language, "pointers")["vibes"]:  # "superbad energy"
            words = " ".join(title)
        if not normal(words):
            return
        if is_plain(words) and (pairs := self._one_of_a_kind(turn, mention, words)):
            turn.wish(mention, pairs)  # "a love story" is no Love Story
            return
        shown = self._shown_in(turn, words)
        item_id = turn.shown_by_title(words) if len(shown) < 2 else None  # "um Heat and Toy Story"
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
        parts = () if item_id else self._linker.listed(words) or shown
        if parts:  # "Heat and Fargo"
            for start, end in parts:
                one = replace(mention, start=mention.start + start, end=mention.start + end)
                found = self._linker.columns(turn.words(one), turn.earlier)
                turn.name(one, self._catalog[found[0]].item_id)
            return
        if item_id is None and (pairs := self._lexicon.people(words)):
            turn.wish(mention, pairs)  # "more Kurosawa" is no title
            return
        turn.name(mention, item_id)

    def _shown_in(self, turn: Gathering, words: str) -> list[tuple[int, int]]:
        """Where items stand that were spoken of before, in words that as a whole are no title."""
        spans = self._linker.exact(words)
        names = {span: self._linker.columns(words[slice(*span)], turn.earlier) for span in spans}
        return sorted(span for span, columns in names.items() if turn.earlier.intersection(columns))

    def _begun_by(self, mention: Mention, words: str) -> tuple[int, ...]:
        """The items of a long title with which words begin that are asked about: "catch me if you can happen"."""
        spans = [span for span in self._linker.exact(words) if span[0] == 0 and mention.role is Role.ASKED]
        start, end = spans[0] if spans else (0, 0)
        rest = words[end:]
        plain = rest.islower() and all(map(is_ordinary, normal(rest).split()))
        long = len(normal(words[start:end]).split()) >= TELLING_WORDS
        return self._linker.columns(words[start:end]) if long and plain else ()

    def _one_of_a_kind(self, turn: Gathering, mention: Mention, words: str) -> Pairs:
        """The values of ordinary words taken for a title behind an article that no title has: "not a love story"."""
        behind_one = normal(turn.text[: mention.start]).split()[-1:]
        if not set(behind_one) & set(known(turn.language, "pointers")["a"]):
            return ()
        return tuple(pair for pair in self._lexicon.known(words) if pair[0] not in self._names)

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

    def pointer(self, turn: Gathering, mention: Mention) -> None:
        """Add the items that are pointed at."""
        context = turn.context
        words = turn.words(mention)
        if item_id := turn.shown_by_title(words):  # "the babadook" of what was shown
            turn.name(mention, item_id, pointed=True)
            return
        if self._of_another(turn, mention, words):
            return
        years = turn.years_behind(mention)
        dated = [one for one in context.slate if (item := self._catalog.get(one)) and item.year in years]
        if len(dated) == 1:  # "the older one from 1978"
            turn.name(mention, dated[0], pointed=True)
            return
        if theirs := self._of_somebody(words, context.slate):  # "both DiCaprio ones"
            for item_id in theirs:
                turn.name(mention, item_id, pointed=True)
            return
        if recalled := self._recalled(words, context.slate):  # "the one with the rat who cooks"
            turn.name(mention, recalled)
            return
        focus = turn.last_spoken_of or context.focus
        ids, sure = pointed(words, turn.language, context.slate, focus, self._meaning.nearest)
        if not sure and (spoken_of := turn.last_named):  # "the second looks good, how long is it?"
            ids, sure = (spoken_of,), True
        for item_id in ids:
            turn.name(mention, item_id, pointed=True, vague=not sure)

    def _of_somebody(self, words: str, slate: Sequence[str]) -> list[str]:
        """What was shown by or with somebody whom words name, if that is not all of it."""
        said = {word for word in normal(words).split() if not is_ordinary(word)}
        shown = [item for item_id in slate if said and (item := self._catalog.get(item_id))]

        def is_theirs(item: Item) -> bool:
            names = (name for attribute in PEOPLE for name in item.values(attribute))
            return any(said & set(normal(name).split()[-1:]) for name in names)

        theirs = [item.item_id for item in shown if is_theirs(item)]
        return theirs if len(theirs) < len(shown) else []

    def _recalled(self, words: str, slate: Sequence[str]) -> str | None:
        """What words describe so well that it is meant, though it was not shown."""
        long = len(normal(words).split()) >= A_DESCRIPTION
        recalled = self._meaning.recalled(words) if long else None
        return recalled if recalled not in slate else None

    def _of_another(self, turn: Gathering, mention: Mention, words: str) -> bool:
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

    def _people_of(self, turn: Gathering, mention: Mention, told: str) -> Pairs:
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
        elif pairs and mention.role in AGAINST and (found := self._level(turn.unnegated(mention), turn.language)):
            turn.towards(mention, found, self._measures)  # "not sad" is of how sad it is, before any mood
        elif pairs:
            in_it = mention.role is Role.ASKED and turn.before(mention) & set(known(turn.language, "pointers")["in"])
            spoken = self._lexicon.of("language", words) if in_it else ()
            turn.wish(mention, spoken or pairs)  # "is it in French?" asks for no country
        elif mention.kind is Kind.PERSON and not is_plain(words) and self._linker.columns(words):
            self.title(turn, mention)  # "mulholland drive" is nobody
        elif mention.kind is not Kind.PERSON and (found := self._measure(turn.unnegated(mention), turn.language)):
            turn.towards(mention, found, self._measures)
        elif mention.kind is not Kind.PERSON and (pairs := self._described(mention, words)):
            for pair in pairs:
                turn.wish(mention, (pair,))
            turn.hint(mention)
        else:
            turn.unresolved(mention)

    def _people_named(self, turn: Gathering, words: str) -> Pairs:
        """The people whom words name, each of several: "Darín o Francella"."""
        if found := self._lexicon.people(words):
            return found
        joints = {*known(turn.language, "amounts")["and"], *known(turn.language, "pointers")["or"]}
        plain = normal(words).split()
        each = [" ".join(name) for joint, name in itertools.groupby(plain, lambda word: word in joints) if not joint]
        return tuple(pair for name in each for pair in self._lexicon.people(name)) if len(each) > 1 else ()

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

    def question(self, turn: Gathering, mention: Mention) -> None:
        """Note a question; what it is about is found when all is read."""
        words, topic = turn.words(mention), mention.topic or Topic.PROPERTY
        if topic in OF_A_NAME and (item_id := turn.shown_exactly(words)):  # "Zootopia?? no cartoons"
            turn.name(replace(mention, kind=Kind.TITLE, role=Role.MENTIONED), item_id)
            return
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

    def _is_a_mood(self, words: str, found: Direction) -> bool:
        """Whether words that ask how much there is of something rather name a mood: what is bleak need not be sad."""
        moods = {normal(value): columns for value, columns in self._catalog.values.get(FEELING, {}).items()}
        levels = [self._catalog[column].number(found.attribute) for column in moods.get(normal(words), ())]
        told = [level for level in levels if level is not None]
        return bool(told) and sum(level >= MUCH for level in told) < ANOTHER_WORD * len(told)

    def _asked_value(self, topic: Topic, words: str, language: str) -> tuple[str, str] | None:
        """The value that the words of a question name: "is it cosy", "is it animated"."""
        if topic in OF_VALUES:
            return next(iter(self._lexicon.values(words)), None)
        if topic is Topic.SERIES:  # "is it a remake"
            bases = self._measures.of_topic(Topic.BASIS)
            return next((pair for pair in self._lexicon.values(words) if pair[0] in bases), None)
        if topic not in OF_FEELINGS:
            return None
        if (found := self._measures.direction(words, language)) and not self._is_a_mood(words, found):
            return None
        told = next((pair for pair in self._lexicon.values(words) if pair[0] not in self._names), None)
        return told or (next(iter(self._meaning.values(words)), None) if topic is Topic.PROPERTY else None)


def _tells_a_title(words: str) -> bool:
    """Whether a part of a title stands for hardly anything else: a rare word, or two of which one is not ordinary."""
    if " " in words:
        return words.isascii() and any(not is_ordinary(word) and len(word) > SHORT_WORD for word in words.split())
    return len(words) > SHORT_WORD and commonness(words) < RARE


def asks_which_part(words: str, language: str) -> bool:
    """Whether words ask which part of a series something is: "number", "wievielte"."""
    return normal(words) in map(normal, known(language, "questions")["part"])


def stands_alone(text: str, start: int, end: int) -> bool:
    """Whether nothing but marks, or the ends of a text, stand right beside some words."""
    before, behind = text[:start].rstrip(), text[end:].lstrip()
    return (not before or before[-1] in BOUNDS) and (not behind or behind[0] in BOUNDS)


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


_TELLING = frozenset({Kind.VALUE, Kind.THEME})
"""Kinds of mentions that tell nothing where they are but a word for the thing: "una película"."""
_COMPARED = frozenset({Kind.RANGE, Kind.THEME, Kind.VALUE})
ABOUT = 0.1
"""So far from a length that was told may what is wanted be."""
BOUNDS = CLAUSE_ENDS | frozenset("-–—()")
"""Marks between which words stand by themselves."""
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
_RULES: Mapping[Kind, Callable[[Resolver, Gathering, Mention], None]] = {
    Kind.TITLE: Resolver.title,
    Kind.POINTER: Resolver.pointer,
    Kind.VALUE: Resolver.value,
    Kind.THEME: Resolver.value,
    Kind.PERSON: Resolver.value,
    Kind.RANGE: Resolver.range,
    Kind.COUNT: Resolver.count,
    Kind.QUESTION: Resolver.question,
}
