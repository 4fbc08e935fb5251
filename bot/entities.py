"""Which items words name or point at: titles, by the letter and by telling parts of them, and "the second one"."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

from bot.gathering import SMALL, Gathering
from bot.namesakes import meant, pointed_at
from bot.pointers import ORDINALS, aspect, pointed, points_nowhere
from bot.understood import AGAINST, CLAUSE_ENDS, FOR_NOW, SENTENCE_ENDS, Asked, Context
from bot.words import known
from domain.catalog import Catalog, Item
from domain.frame import Act, Frame, Kind, Mention, Role, Topic
from domain.lexicon import Lexicon, Pairs
from domain.linking import Linker, normal, tokens
from domain.measures import PEOPLE, Measures
from domain.reading import Reading
from domain.searching import names
from domain.words import JOINTS, ORDINARY, RARE, commonness, is_common, is_ordinary

OF_PEOPLE = frozenset({Role.WANTED, Role.LIKE_THIS})
"""As what somebody is pointed at whose other works are wanted."""
OF_NO_ITEM = frozenset(
    {Topic.OUTSIDE, Topic.BOT, Topic.KINDS, Topic.ME, Topic.PRIVACY, Topic.METHOD, Topic.EARLIER, Topic.FAVOURITE}
) | {Topic.COUNT, Topic.NAME}
"""Topics of questions that are of no item that is named."""
BESIDE = frozenset("the a an by original s de von le la der die das".split())
"""What may stand beside a title, whatever it is."""
A_TITLE, A_TELLING_TITLE = 0.2, 0.03
"""Words that name an item by the letter are its title from such a probability of a title on, as the reader sees it; and
words that hardly mean anything else."""
SURELY = 2
"""With so many spaces in it a title by the letter that hardly means anything else is one, whatever the reader sees."""
A_TELLING_WORD = 3.6
"""As common as that, at most, is a word that tells a known title of several words."""
FEW_NAMESAKES = 3
"""So many of the items of a name may be the one that was spoken of."""
A_WORD = 0.45
"""And so a single ordinary word: "me n the boys" names no film."""
A_QUESTION = 0.05
"""Where something is asked and no word is surely what asks, the likeliest is it from such a probability on."""
A_NAME = 80
"""Characters of a name and of what little may stand beside it."""
LITTLE = 2
"""So many words beside a title may be no part of it, if they are of the commonest."""
FAR = 12
"""So many characters behind a comparison the item stands that it is made with."""
STUDIO = "studio"
"""The attribute of who produced something."""
SHORT_WORD = 3
"""Words of so many letters tell no title by themselves."""
A_DESCRIPTION = 5
"""Of so many words on, what points at something may describe what was not shown: "the one with the rat who cooks"."""
BOUNDS = CLAUSE_ENDS | frozenset("-–—()")
"""Marks between which words stand by themselves."""
TELLING_WORDS = 4
"""So many words that are a title by the letter are hardly anything else."""
_MAY_BE_ASKED_OF = frozenset({Kind.TITLE, Kind.POINTER, Kind.PERSON, Kind.THEME})
"""What a question may be about, or may look for."""
_KEEP = frozenset({Kind.PERSON, Kind.VALUE, Kind.POINTER, Kind.RANGE, Kind.QUESTION})
"""What the reader took words for that are a title by the letter too: "horror", "it"."""


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


@dataclass(frozen=True)
class Lookup:
    """All that words are looked up in.

    Attributes:
        catalog: what is spoken of.
        linker: finds titles.
        lexicon: finds values.
        measures: finds numeric attributes.
        meaning: tells which items and values words describe.
    """

    catalog: Catalog
    linker: Linker
    lexicon: Lexicon
    measures: Measures
    meaning: Meaning

    @cached_property
    def names(self) -> frozenset[str]:
        """The attributes whose values are names."""
        return names(self.catalog)


class Entities:
    """Finds the items of mentions; made once a catalogue, then used by any thread."""

    def __init__(self, lookup: Lookup) -> None:
        self._at = lookup

    def with_titles(self, reading: Reading, read: Frame, context: Context) -> Frame:
        """A frame whose titles are those that the catalogue has, where the words are one by the letter."""
        mentions = self._with_misspelt(reading, read.mentions)
        asks = any(m.kind is Kind.QUESTION for m in mentions)
        for start, end in self._at.linker.exact(reading.text):
            inside = [m for m in mentions if m.start < end and start < m.end]
            if any(m.start <= start and end <= m.end and m.kind in _KEEP for m in inside):
                if not self._is_surely_named(reading, (start, end), inside, asks=asks):
                    continue
                mentions = [m for m in mentions if m not in inside]
                named_so = replace(reading.mention(start, end, Kind.TITLE), role=Role.ASKED)
                mentions = sorted([*mentions, named_so], key=lambda m: m.start)
                continue
            titles = [m for m in inside if m.kind is Kind.TITLE]
            if titles and not any(m.start > start or m.end < end for m in titles):
                continue  # a part of a longer title
            columns = self._at.linker.columns(reading.text[start:end])[:FEW_NAMESAKES]
            named = {self._at.catalog[column].item_id for column in columns}
            if named.intersection(context.slate) and " " in reading.text[start:end]:
                least = 0.0  # "This Is the End" was shown a moment ago
            elif is_telling(reading.text[start:end], reading.language) or self._is_known_by(reading.text[start:end]):
                least = 0.0  # "à couteaux tirés", "despicable me"
            elif normal(reading.text) == normal(reading.text[start:end]) and reading.text.count(" ") >= SURELY:
                least = 0.0  # "call me by your name", and nothing else
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

    def _with_misspelt(self, reading: Reading, mentions: Sequence[Mention]) -> list[Mention]:
        """Mentions, and titles of which one word is misspelt, whatever the reader took that for: "bruce aalmighty"."""
        kept = list(mentions)
        for start, end in self._at.linker.misspelt(reading.text):
            inside = [m for m in kept if m.start < end and start < m.end]
            longer = any(m.kind is Kind.TITLE and (m.start < start or m.end > end) for m in inside)
            somebody = any(m.kind is Kind.PERSON for m in inside) and self._at.lexicon.people(reading.text[start:end])
            if self._at.linker.columns(reading.text[start:end]) and not longer and not somebody:
                kept = [m for m in kept if m not in inside]
                kept.append(reading.mention(start, end, Kind.TITLE))
        return sorted(kept, key=lambda m: m.start)

    def _is_known_by(self, words: str) -> bool:
        """Whether several words, a rare one among them, are the title of what many know."""
        said = [word for word in normal(words).split() if word not in SMALL]
        rare = any(commonness(word) < A_TELLING_WORD for word in said)
        return len(said) > 1 and rare and self.is_surely_a_title(words)

    def _is_surely_named(
        self, reading: Reading, span: tuple[int, int], inside: Sequence[Mention], *, asks: bool
    ) -> bool:
        """Whether several words taken for something else are a title by the letter that a question is about.

        "Almost famous, length and year?"; "your name fait pleurer ?", which asks for nobody's name.
        """
        words = reading.text[slice(*span)]
        foreign = reading.language != "en" and any(m.topic is Topic.BOT for m in inside)
        if " " not in words or not (foreign or asks) or not self.is_a_title(words):
            return False
        return foreign or (stands_alone(reading.text, *span) and all(m.kind is Kind.RANGE for m in inside))

    def _parts_of_titles(
        self, reading: Reading, mentions: Sequence[Mention], slate: Sequence[str]
    ) -> Iterator[Mention]:
        """Mentions of what was shown last by telling words of its title that the reader took for nothing: "kikis"."""
        shown = [item for item_id in slate if (item := self._at.catalog.get(item_id))]
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

    def with_a_title(self, reading: Reading, read: Frame, context: Context) -> Frame:
        """A frame that asks, with the likeliest title by the letter, where nothing else can be asked about."""
        spoken_of = context.focus or context.slate or any(m.kind in _MAY_BE_ASKED_OF for m in read.mentions)
        asks = [m.topic for m in read.mentions if m.topic]
        if spoken_of or not asks or set(asks) & OF_NO_ITEM:
            return read
        free = [
            (start, end)
            for start, end in self._at.linker.exact(reading.text)
            if not any(m.start < end and start < m.end for m in read.mentions)
        ]
        telling = [span for span in free if not is_plain(reading.text[slice(*span)])]
        told = [(reading.probability(Kind.TITLE, *span), span) for span in telling or free]
        chance, span = max(told, default=(0.0, (0, 0)))
        if chance < (A_QUESTION if span not in telling else 0.0) or not told:
            return read
        mention = replace(reading.mention(*span, Kind.TITLE), role=Role.ASKED)
        return replace(read, mentions=tuple(sorted((*read.mentions, mention), key=lambda m: m.start)))

    def _named(self, words: str, language: str) -> str:
        """Words taken for a title, without what is hardly a part of one."""
        if "(" in words and ")" not in words:  # "Forrest Gump (sorry" of "Forrest Gump (sorry)"
            words = words.partition("(")[0].strip()
        words = words.strip('《》「」『』«»„“”"')
        *title, last = words.split(" ")
        vibes = title and normal(last) in known(language, "pointers")["vibes"]  # "superbad energy"
        return " ".join(title) if vibes else words

    def title(self, turn: Gathering, mention: Mention) -> None:
        """Add the item that a title names, or that it is unknown; a bracket alone names nothing."""
        words = self._named(turn.words(mention), turn.language)
        if not normal(words):
            return
        if is_plain(words) and self._is_no_name(turn, mention, words):
            if pairs := self._one_of_a_kind(words):
                turn.wish(mention, pairs)  # "a love story" is no Love Story
            return
        if not self._of_one_name(turn, mention, words):
            self._titled(turn, mention, words)

    def _titled(self, turn: Gathering, mention: Mention, words: str) -> None:
        """Add the item that words taken for a title name, the value that they rather are, or that it is unknown."""
        shown = self._shown_in(turn, words)
        whole = self._is_better_known(turn, words)  # "seen Knives Out", of which another part was shown
        by_part = len(shown) < 2 and not whole  # "um Heat and Toy Story"
        item_id = turn.shown_by_title(words) if by_part else turn.shown_exactly(words)
        if item_id is None and (pairs := self._named_by(words)):
            turn.wish(mention, pairs)  # "is it from Paper Mate?"
            return
        if item_id is None:
            columns = self._columns_of(turn, mention, words)
            if columns and (series := self._series_called(mention, words, columns[0])):
                turn.wish(mention, series)  # "the Lord of the Rings films"
                return
            item_id = self._at.catalog[columns[0]].item_id if columns else turn.begun(words)
        if mention.role in FOR_NOW | AGAINST and (pairs := self._rather_a_value(words, item_id)):
            turn.wish(mention, pairs)  # "first love" is no First Movie
            return
        parts = () if item_id else self._at.linker.listed(words) or shown or self._listed_in(words, turn.language)
        if parts:  # "Heat and Fargo"
            for start, end in parts:
                one = replace(mention, start=mention.start + start, end=mention.start + end)
                found = self._at.linker.columns(turn.words(one), turn.earlier)
                turn.name(one, self._at.catalog[found[0]].item_id)
            return
        if item_id is None and (pairs := self._at.lexicon.people(words)):
            turn.wish(mention, pairs)  # "more Kurosawa" is no title
            return
        whole = mention.role is Role.SEEN and turn.is_all(mention)  # "seen every Rocky"
        if (mention.role is Role.UNWANTED or whole) and (series := self._series_of(item_id)):
            # "Nolan, but not Batman" holds for what is shown later too
            turn.wish(replace(mention, role=Role.UNWANTED), series)
        turn.name(mention, item_id)

    def _of_one_name(self, turn: Gathering, mention: Mention, words: str) -> bool:
        """Whether words beside a name tell which of its items is meant; that is added: "the old Italian Job"."""
        for start, end in self._at.linker.exact(words) if len(words) <= A_NAME else ():
            if mention.kind is Kind.POINTER and is_plain(words[start:end]) and " " not in words[start:end]:
                continue  # "la original" is no L.A. Story
            columns = self._at.linker.columns(words[start:end])
            place = mention.start + start, mention.start + end
            items = [self._at.catalog[column] for column in columns if len(columns) <= FEW_NAMESAKES]
            if told := meant(turn.text, *place, turn.language, items):
                turn.together = tuple(item.item_id for item in told)
                for item in told:
                    turn.name(mention, item.item_id)
                return True
        return False

    def _of_the_name_before(self, turn: Gathering, mention: Mention) -> bool:
        """Whether words point at a namesake of what is spoken of, which is added: "the 1984 one" after Dune."""
        alone = turn.context.slate[0] if len(turn.context.slate) == 1 else ""
        item = self._at.catalog.get(turn.last_named or turn.context.focus or alone)
        if item is None:
            return False
        columns = self._at.linker.columns(item.title)
        items = [self._at.catalog[column] for column in columns if len(columns) <= FEW_NAMESAKES + 1]
        told = pointed_at(turn.words(mention), turn.language, items)
        for one in told:
            turn.name(mention, one.item_id, pointed=True)
        return bool(told)

    def _listed_in(self, words: str, language: str) -> list[tuple[int, int]]:
        """Where several items stand in words beside others of the commonest: "Inception und Interstellar fallen"."""
        found = self._at.linker.exact(words) if len(words) <= A_NAME else ()
        spans = [span for span in found if not is_common(normal(words[slice(*span)]), language)]
        spans = [span for span in sorted(spans) if " " in words[slice(*span)] or not is_plain(words[slice(*span)])]
        return spans if len(spans) > 1 else []

    def _is_better_known(self, turn: Gathering, words: str) -> bool:
        """Whether words are the title of something that is better known than what was shown and has them in its own."""
        shown = self._at.catalog.get(turn.shown_by_title(words) or "")
        if not self.is_a_title(words):
            return False
        known = self._at.catalog[self._at.linker.columns(words)[0]].popularity
        return " " in words or shown is None or known > shown.popularity

    def _columns_of(self, turn: Gathering, mention: Mention, words: str) -> tuple[int, ...]:
        """The items of a title, however much else its words say."""
        found = self._at.linker.columns(words, turn.earlier, turn.years_behind(mention))
        found = found or self._at.linker.within(words, self._tells_nothing)
        return found or self._begun_by(mention, words) or self._beside_little(words, turn.language)

    def _series_of(self, item_id: str | None) -> Pairs:
        """The series of an item, of several parts."""
        item, attribute = self._at.catalog.get(item_id or ""), self._at.catalog.vocabulary.series
        parts = item.values(attribute) if item else ()
        return tuple((attribute, name) for name in parts if len(self._at.catalog.values[attribute][name]) > 1)

    def is_a_title(self, words: str) -> bool:
        """Whether words are the title of something here, by the letter and to the end."""
        named = self._at.linker.columns(words)
        return any(normal(words) == normal(self._at.catalog[column].title) for column in named)

    def _shown_in(self, turn: Gathering, words: str) -> list[tuple[int, int]]:
        """Where items stand that were spoken of before, in words that as a whole are no title."""
        spans = self._at.linker.exact(words)
        names = {span: self._at.linker.columns(words[slice(*span)], turn.earlier) for span in spans}
        return sorted(span for span, columns in names.items() if turn.earlier.intersection(columns))

    def _begun_by(self, mention: Mention, words: str) -> tuple[int, ...]:
        """The items of a long title with which words begin that are asked about: "catch me if you can happen"."""
        spans = [span for span in self._at.linker.exact(words) if span[0] == 0 and mention.role is Role.ASKED]
        start, end = spans[0] if spans else (0, 0)
        rest = words[end:]
        plain = rest.islower() and all(map(is_ordinary, normal(rest).split()))
        long = len(normal(words[start:end]).split()) >= TELLING_WORDS
        return self._at.linker.columns(words[start:end]) if long and plain else ()

    def _beside_little(self, words: str, language: str) -> tuple[int, ...]:
        """The items whose name begins or ends some words, if a word or two of the commonest are all else that is said.

        "edge of tomorrow again", "your name ya", "mdr. spotlight".
        """
        for start, end in self._at.linker.exact(words) if len(words) <= A_NAME else ():
            rest = f"{words[:start]} {words[end:]}"
            told = normal(rest).split()
            parted = any(mark in words for mark in SENTENCE_ENDS)
            little = all(is_common(word, language) and word not in JOINTS | BESIDE | SMALL for word in told)
            at_an_end = start == 0 or end == len(words)
            name = words[start:end]
            whole = parted and end == len(words) and words[:start].rstrip()[-1:] in SENTENCE_ENDS
            telling = whole or " " in name or not is_plain(name)
            if at_an_end and len(told) <= LITTLE and (little or parted) and telling:
                return self._at.linker.columns(name)
        return ()

    def _is_no_name(self, turn: Gathering, mention: Mention, words: str) -> bool:
        """Whether ordinary words taken for a title are none: "not a love story", "kid's a legend"."""
        behind_one = normal(turn.text[: mention.start]).split()[-1:]
        one_of_a_kind = bool(set(behind_one) & set(known(turn.language, "pointers")["a"]))
        return (one_of_a_kind and not words[:1].isupper()) or words.lower().endswith(("'s", "’s"))

    def _one_of_a_kind(self, words: str) -> Pairs:
        """The values that words say of a thing."""
        return tuple(pair for pair in self._at.lexicon.known(words) if pair[0] not in self._at.names)

    def _rather_a_value(self, words: str, item_id: str | None) -> Pairs:
        """The values that words taken for a title are by the letter, where they are no title by the letter."""
        item = self._at.catalog.get(item_id or "")
        called = {normal(name) for name in (item.title, *item.other_names)} if item else set()
        called |= {name.removeprefix("the ") for name in called}
        known = () if normal(words) in called else self._at.lexicon.known(words)
        return tuple(pair for pair in known if pair[0] not in self._at.names)

    def _series_called(self, mention: Mention, words: str, column: int) -> Pairs:
        """The series of an item that is wanted, if words name the series and no part of it."""
        item = self._at.catalog[column]
        called = {normal(name) for name in (item.title, *item.other_names)}
        plain = " ".join(word for word in normal(words).split() if not self._at.lexicon.is_noun(word))
        is_called = plain in called or self._at.linker.misspelt(words)
        return () if mention.role is not Role.WANTED or is_called else self._series_of(item.item_id)

    def _named_by(self, words: str) -> Pairs:
        """The names that words are by the letter, where they are no title."""
        if any(normal(self._at.catalog[column].title) == normal(words) for column in self._at.linker.columns(words)):
            return ()
        pairs = self._at.lexicon.people(words)
        return tuple(pair for pair in pairs if pair[0] in PEOPLE and normal(pair[1]) == normal(words))

    def _tells_nothing(self, word: str) -> bool:
        """Whether a word beside a title may be no part of it: "the original alien", "korean oldboy"."""
        ordinals = known("en", "pointers")
        small = {form for name in (*ORDINALS, "last") for form in ordinals[name]} | BESIDE
        return not word.isdecimal() and (
            word in small or bool(self._at.lexicon.values(word)) or bool(self._at.measures.direction(word, "en"))
        )

    def behind_than(self, turn: Gathering, mention: Mention) -> Item | None:
        """The item that a comparison names: "newer than Heat"; None if it names none."""
        small = known(turn.language, "amounts")["than"]
        for start, end in self._at.linker.exact(turn.text):
            between = turn.text[mention.start : start]
            near = mention.start < start <= mention.end + FAR and not set(between) & CLAUSE_ENDS
            if near and normal(between).split()[-1:] in [[normal(word)] for word in small]:
                columns = self._at.linker.columns(turn.text[start:end])
                return self._at.catalog[columns[0]] if columns else None
        return None

    def pointer(self, turn: Gathering, mention: Mention) -> None:
        """Add the items that are pointed at."""
        context = turn.context
        words = turn.words(mention)
        if self._of_one_name(turn, mention, words) or self._of_the_name_before(turn, mention):
            return
        if item_id := turn.shown_by_title(words):  # "the babadook" of what was shown
            turn.name(mention, item_id, pointed=True)
            return
        if outright := self._outright(words, turn.language):  # "phone booth then", "o iluminado"
            turn.name(mention, outright)
            return
        if self._of_another(turn, mention, words):
            return
        years = turn.years_behind(mention)
        dated = [one for one in context.slate if (item := self._at.catalog.get(one)) and item.year in years]
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
        ids, sure = pointed(words, turn.language, turn.together or context.slate, focus, self._at.meaning.nearest)
        if not sure and (spoken_of := turn.last_named):  # "the second looks good, how long is it?"
            ids, sure = (spoken_of,), True
        if not sure and turn.asks_of_the_unknown:  # "Dial M, the original, who made it?"
            return
        for item_id in ids:
            turn.name(mention, item_id, pointed=True, vague=not sure)

    def is_surely_a_title(self, words: str) -> bool:
        """Whether words are a title by the letter and hardly mean anything else."""
        if is_plain(words) or not self.is_a_title(words):
            return False
        known = self._at.catalog[self._at.linker.columns(words)[0]].popularity >= self._at.catalog.popular_from
        return known or " " in words  # "a sleepover" is no Sleepover

    def _outright(self, words: str, language: str) -> str | None:
        """What words that were taken for a pointer are a title of, by the letter, if none of them points."""
        plain = normal(words)
        if not points_nowhere(plain, language) or (" " not in plain and is_plain(plain)):
            return None
        whole = self._at.linker.exact(words) == [(0, len(words))]
        columns = self._at.linker.columns(words) if whole else self._at.linker.within(words, self._tells_nothing)
        return self._at.catalog[columns[0]].item_id if columns else None

    def _of_somebody(self, words: str, slate: Sequence[str]) -> list[str]:
        """What was shown by or with somebody whom words name, if that is not all of it."""
        said = {word for word in normal(words).split() if not is_ordinary(word)}
        shown = [item for item_id in slate if said and (item := self._at.catalog.get(item_id))]

        def is_theirs(item: Item) -> bool:
            names = (name for attribute in PEOPLE for name in item.values(attribute))
            return any(said & set(normal(name).split()[-1:]) for name in names)

        theirs = [item.item_id for item in shown if is_theirs(item)]
        return theirs if len(theirs) < len(shown) else []

    def _recalled(self, words: str, slate: Sequence[str]) -> str | None:
        """What words describe so well that it is meant, though it was not shown."""
        long = len(normal(words).split()) >= A_DESCRIPTION
        recalled = self._at.meaning.recalled(words) if long else None
        return recalled if recalled not in slate else None

    def _of_another(self, turn: Gathering, mention: Mention, words: str) -> bool:
        """Whether words point at the series of something, or at who made it or is in it; what is meant is added."""
        told = aspect(words, turn.language)
        if told == "series":
            attribute = self._at.measures.asked(Topic.SERIES, words)
            turn.questions.append((mention, Asked(Topic.SERIES, attribute=attribute, words=words)))
            return True
        against = mention.role in AGAINST and told == "person"
        if told is None or not (against or mention.role in OF_PEOPLE):
            return False
        if told == "person" and turn.names_people:  # "Cary Grant is unreal, more of him"
            return True
        pairs = self._people_of(turn, mention, told)
        if pairs:
            turn.wish(mention if against else replace(mention, role=Role.WANTED), pairs)
        return bool(pairs)

    def theirs(self, turn: Gathering) -> None:
        """Add whose works are asked for by a word that the reader took for nothing: "something lighter of theirs"."""
        if Act.REQUEST not in turn.read.acts or turn.names_people:
            return
        for told, name in (("person", "theirs"), (STUDIO, "same_studio")):
            words = known(turn.language, "pointers")[name]
            for start, end in itertools.chain.from_iterable(places(turn.text, word) for word in words):
                mention = Mention(start, end, Kind.POINTER, Role.WANTED)
                if not any(m.start < end and start < m.end for m in turn.read.mentions):
                    if pairs := self._people_of(turn, mention, told):
                        turn.wish(mention, pairs)
                    return

    def _people_of(self, turn: Gathering, mention: Mention, told: str) -> Pairs:
        """Who is pointed at: who was asked for before, or who made what was spoken of, or plays in it."""
        wished = tuple((c.attribute, c.value) for c in turn.context.wishes if c.include and c.attribute in PEOPLE)
        if told == "person" and wished:
            return wished
        spoken_of = self._at.catalog.get(turn.subject or "")
        if told == STUDIO:
            return tuple((told, name) for name in spoken_of.values(told)) if spoken_of else ()
        if spoken_of and (called := self._called_in(turn, spoken_of)):
            return called
        plays = told == "lead" or (told == "person" and turn.is_with(mention))
        for topic in (Topic.CAST, Topic.MAKER) if plays else (Topic.MAKER, Topic.CAST):
            for attribute in self._at.measures.of_topic(topic):
                if spoken_of and (names := spoken_of.values(attribute)):
                    return tuple((attribute, name) for name in (names[:1] if topic is Topic.CAST else names))
        return wished

    def _called_in(self, turn: Gathering, item: Item) -> Pairs:
        """Who made something or plays in it and is called by a part of their name: "hugh!! more of him"."""
        said = {word for word in normal(turn.text).split() if len(word) > SHORT_WORD and not is_ordinary(word)}
        people = ((attribute, name) for attribute in PEOPLE for name in item.values(attribute))
        called = [pair for pair in people if said & set(normal(pair[1]).split())]
        return tuple(called) if len({name for _, name in called}) == 1 else ()


def places(text: str, words: str) -> Iterator[tuple[int, int]]:
    """Where some words stand in a text, whole ones where a language parts them."""
    wanted, said = normal(words).split(), tokens(text)
    for at in range(len(said) - len(wanted) + 1):
        inside = said[at : at + len(wanted)]
        if [token.word for token in inside] == wanted:
            yield inside[0].start, inside[-1].end


def _tells_a_title(words: str) -> bool:
    """Whether a part of a title stands for hardly anything else: a rare word, or two of which one is not ordinary."""
    if " " in words:
        return words.isascii() and any(not is_ordinary(word) and len(word) > SHORT_WORD for word in words.split())
    return len(words) > SHORT_WORD and commonness(words) < RARE


def stands_alone(text: str, start: int, end: int) -> bool:
    """Whether nothing but marks, or the ends of a text, stand right beside some words."""
    before, behind = text[:start].rstrip(), text[end:].lstrip()
    return (not before or before[-1] in BOUNDS) and (not behind or behind[0] in BOUNDS)


def is_telling(name: str, language: str) -> bool:
    """Whether a title hardly means anything else: three words, not all of them of the commonest of the language."""
    return (
        name.count(" ") >= SURELY
        and not is_plain(name)
        and not all(is_common(w, language) for w in normal(name).split())
    )


def is_plain(name: str) -> bool:
    """Whether a name may well stand for something else: it is one word that is not rare, or a few ordinary ones."""
    words = normal(name).split()
    rare = any(commonness(word) < (RARE if len(words) == 1 else ORDINARY) for word in words)
    return not rare and len(words) < TELLING_WORDS
