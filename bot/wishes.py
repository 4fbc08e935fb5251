"""What a message wants, or does not want: words for attribute values, limits of numbers, fame, topics."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.meaning import Heard
from bot.ranges import comparative, ranges
from domain.catalog import POPULARITY, Catalog, Item
from domain.liking import Said
from domain.linking import Token, normal, tokens
from domain.meaning import Intent, WishClues
from domain.phrases import Phrases
from domain.phrasing import superlative
from domain.preference import AGE, Constraint
from domain.searching import names
from domain.stance import Polarity, overlaps
from domain.words import RARE, commonness

Pairs = tuple[tuple[str, str], ...]
"""(attribute, value) pairs."""

FEW = 6
"""So many at least are among "the newest": as many as two slates show."""
GROWN_UP = 18
"""The age from which all is for somebody."""
PARTICLE = 3
"""So many letters at most has what belongs to the last name behind it: "del", "von"."""
BY_LAST_NAME = 3
"""So many times as well known as a popular item is who is called by the last name alone."""
LEAST_LETTERS = 5
"""Of a word for an attribute's value, before a letter of it may be wrong."""

_FINE = r"(?:fine|ok|okay|alright|good|all right|welcome|possible)"
_OLD_ONE = re.compile(r"\b(?:old|new|older|newer|oldest|newest|original|first) (?:one|version)s?\b")
_MEANT_OF_A_YEAR = re.compile(r"(?<=meant the )(?:movie|film|one|version) (?:from|of) (?:18|19|20)\d\d\b")
_AGE = re.compile(
    r"\b(?:(?P<a>\d{1,2})[- ]?(?:(?:years?|yrs?)[- ]?olds?|y/?o)\b(?! (?:film|movie|flick|classic|one)s?\b)"
    r"|(?:i'?m|i am|he'?s|he is|she'?s|she is|aged?|turn(?:s|ed|ing)?)(?: only| just)? (?P<b>\d{1,2})"
    r"(?![\w:/%.-]| ?(?:min|hours?|stars?))"
    r"|(?:(?:grand)?(?:daughter|son)|kid|child|niece|nephew|brother|sister|boy|girl)s?"
    r"(?:,| is| are| who is| just turned) (?P<d>\d{1,2})\b(?! ?(?:min|hours?))"
    r"|older than (?P<c>\d{1,2})\b(?! ?(?:min|hours?)))"
    r"|(?P<e>\d{1,2}) ?岁"
)
_TOPIC = re.compile(
    r"\b(?:(?:anything|something|movies?|films?|ones?|stuff|documentar(?:y|ies)|stor(?:y|ies)"
    r"|comed(?:y|ies)|dramas?|thrillers?|got any(?:thing)?|maybe|and|,) "
    r"(?:with|about|on|featuring|involving)|(?:with|about) (?:some|lots of)"
    r"|\bmy (?:\w+ )?(?:daughter|son|kids?|children|wife|husband|girlfriend|boyfriend|partner)s? (?:really )?"
    r"(?:loves?|likes?|adores?|(?:is|are) into)) (?:some |lots of |a lot of |the )?"
    r"(?P<topic>(?!some?th|(?:a|an|the|it|that|this|them|him|her|me|you|my|your|him|what|which|more|less|no|good|great|similar|"
    r"same|best|first|second|third|last|other|others|these|those|watching|movies?|films?)\b)"
    r"[^\W\d_]{4,}s?(?: (?:and|or) (?!something|whatever|anything)[^\W\d_]{4,})?)"
    r"(?=\s*(?:$|[.,!?]|please\b|in (?:it|them)\b|from\b|or (?:something|whatever|anything)\b))"
)


@dataclass(frozen=True, slots=True)
class Wish:
    """Words for attribute values that the person wants or refuses.

    Attributes:
        start: of the words.
        end: exclusive.
        pairs: the values, any one of which will do; of unwanted ones, each is unwanted.
        wanted: whether they are.
        loose: they give way to what was wanted before.
    """

    start: int
    end: int
    pairs: Pairs
    wanted: bool
    loose: bool = False


class Wishes:
    """Finds them by the words of one catalogue; made once a catalogue, then used by any thread."""

    def __init__(self, catalog: Catalog, phrases: Phrases) -> None:
        self._catalog = catalog
        self._phrases = phrases
        vocabulary = catalog.vocabulary
        self._newest = max((item.year for item in catalog if item.year), default=None)
        self._topics = frozenset(map(normal, vocabulary.topics))
        self._moods = frozenset(map(normal, vocabulary.moods))
        self._avoided, self._avoiding = (
            {normal(word): pairs for word, pairs in words.items()}
            for words in (vocabulary.avoided, vocabulary.avoiding)
        )
        unmatched: Iterable[str] = itertools.chain(self._topics, self._avoided, self._avoiding)
        self.words: Mapping[str, Pairs] = {**dict.fromkeys(unmatched, ()), **_lexicon(catalog)}
        self._long_words = [word for word in self.words if len(word) >= LEAST_LETTERS and " " not in word]
        self._longest = max((phrase.count(" ") + 1 for phrase in self.words), default=1)

    def pairs_of(self, words: str) -> Pairs:
        """The attribute values that words stand for."""
        return self.words.get(normal(words), ())

    def values(self, plain: str, taken: Sequence[tuple[int, int]]) -> list[tuple[int, int, Pairs]]:
        """(start, end, pairs) of the words that stand for attribute values; the longest phrase wins."""
        words = tokens(plain)
        found: list[tuple[int, int, Pairs]] = []
        at = 0
        while at < len(words):
            length, pairs = self._value_at(words, at)
            if pairs is not None and not overlaps(words[at].start, words[at + length - 1].end, taken):
                found.append((words[at].start, words[at + length - 1].end, pairs))
                at += length
            else:
                at += 1
        return found

    def _value_at(self, words: Sequence[Token], at: int) -> tuple[int, Pairs | None]:
        for length in range(min(self._longest, len(words) - at), 0, -1):
            pairs = self.words.get(" ".join(token.word for token in words[at : at + length]))
            if pairs is not None:
                return length, pairs
        return 1, self._misspelt(words[at].word)

    def _misspelt(self, word: str) -> Pairs | None:
        """What a word that hardly anybody writes would stand for with one letter right: "documentry"."""
        if len(word) < LEAST_LETTERS or commonness(word) >= RARE:
            return None
        nearest = process.extractOne(word, self._long_words, scorer=OSA.distance, score_cutoff=1)
        return self.words[nearest[0]] if nearest else None

    def told(
        self,
        said: Said,
        values: Iterable[tuple[int, int, Pairs]],
        heard: Heard | None = None,
        intent: Intent = "other",
    ) -> Iterator[Wish]:
        """The values that the person speaks of for themselves.

        By the rules alone, or as `heard` in a message of that intent.
        """
        for start, end, pairs in values:
            wanted = said.stance.wants(start, end)
            polarity: Polarity = 0 if wanted is None else 1 if wanted else -1
            heard_of = pairs and pairs[0][0] in self._catalog.vocabulary.ask  # what it has learned from
            if heard and heard_of and normal(said.masked[start:end]) not in self._moods:
                polarity = heard.wish((start, end), WishClues(polarity, intent))
            if not polarity:
                continue
            include, words = polarity > 0, normal(said.masked[start:end])
            avoid = (self._avoiding if include else self._avoided).get(words)
            if avoid:
                yield Wish(start, end, avoid, wanted=False, loose=True)
                continue
            if not include and words in self._topics:
                pairs = tuple(pair for pair in pairs if pair[0] not in self._catalog.vocabulary.common_nouns)
            # "not a romcom" is no word against comedies: of a kind that is two, the first goes.
            yield Wish(start, end, pairs if include else pairs[:1], include)

    def is_untold(self, words: str, pairs: Pairs) -> bool:
        """Whether the catalogue tells a topic by nothing but the kinds of things that often are of it."""
        kinds = self._catalog.vocabulary.common_nouns
        return not pairs or (normal(words) in self._topics and all(attribute in kinds for attribute, _ in pairs))

    def constraints(self, masked: str, wishes: Iterable[Wish], beside: Sequence[Item]) -> list[Constraint]:
        """The wishes as constraints, and the ranges; "shorter" is shorter than `beside`."""
        found: dict[tuple[str, str], Constraint] = {}
        for wish in wishes:
            for attribute, value in wish.pairs:
                if not (wish.loose and (attribute, value) in found):  # "horror, but no gore"
                    found[attribute, value] = Constraint(attribute, value, wish.wanted)
        for match in _AGE.finditer(masked):
            age = int(match[match.lastgroup or 0])
            if AGE in self._catalog.vocabulary.measures and age < GROWN_UP:
                found[AGE, ""] = Constraint(AGE, f"<={age}")
                continue
            for limit, pairs in self._catalog.vocabulary.ages.items():
                for pair in pairs if age < int(limit) else ():
                    found.setdefault(pair, Constraint(*pair, include=False))
        # "I liked The Thing, the old one" tells namesakes apart.
        told = _OLD_ONE.sub(_dots, masked) if "@" in masked else _MEANT_OF_A_YEAR.sub(_dots, masked)
        limits = ranges(told, self._catalog.vocabulary.measures, beside, newest=self._newest)
        utmost = list(self._utmost(told, [c for c in found.values() if c.include]))
        limits = [c for c in limits if not any(c.attribute == u.attribute for u in utmost)]
        return [*found.values(), *limits, *utmost, *self._fame(masked)]

    def _utmost(self, masked: str, wanted: Sequence[Constraint]) -> Iterator[Constraint]:
        """Of "the newest horror you have": the limit within which are the few that are wanted and the newest."""
        for name, measure in self._catalog.vocabulary.measures.items():
            for words, highest in ((measure.low, False), (measure.high, True)):
                said = "|".join(re.escape(form) for word in words for form in (superlative(word), f"most {word}"))
                if not said or not re.search(rf"\b(?:{said})\b(?! of\b)", masked):
                    continue
                items = [item for item in self._catalog if all(c.holds(item) for c in wanted)]
                numbers = sorted({n for item in items if (n := item.number(name)) is not None}, reverse=highest)
                counts = Counter(item.number(name) for item in items)
                reached = itertools.accumulate(counts[number] for number in numbers)
                edge = next((n for n, count in zip(numbers, reached, strict=True) if count >= FEW), None)
                if edge is not None:
                    yield Constraint.limit(name, ">=" if highest else "<=", edge)

    def _fame(self, masked: str) -> Iterator[Constraint]:
        """Whether what many know is wanted, or not: "something less mainstream"."""
        if self._phrases.obscure.search(masked):
            yield Constraint(POPULARITY, f"<{self._catalog.popular_from}")
        elif self._phrases.famous.search(masked):
            yield Constraint(POPULARITY, f">={self._catalog.popular_from}")

    def freed(self, masked: str) -> tuple[str, ...]:
        """The numeric attributes of which any side will do: "longer is fine too"."""
        freed = []
        for name, measure in self._catalog.vocabulary.measures.items():
            words = (*measure.low, *measure.high)
            forms = "|".join(map(re.escape, (*words, *map(comparative, words))))
            if re.search(rf"\b(?:{forms})(?: \w+)? (?:is|are|would be|will be|works?)(?: \w+)? {_FINE}\b", masked):
                freed.append(name)
        return tuple(freed)

    def strange_topics(self, masked: str, taken: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        """Where something is to be in it that no word of the catalogue tells: "anything with horses"."""
        measured = {word for m in self._catalog.vocabulary.measures.values() for word in (*m.low, *m.high, *m.units)}
        for match in _TOPIC.finditer(masked):
            if not overlaps(*match.span("topic"), taken) and not measured & set(match["topic"].split()):
                yield match.span("topic")


def _lexicon(catalog: Catalog) -> Mapping[str, Pairs]:
    """Phrase -> the pairs that it asks for: the catalogue's own values, then the domain's synonyms."""
    words: dict[str, Pairs] = {}
    for attribute, values in catalog.values.items():
        named = attribute in names(catalog)
        for value in values if attribute not in catalog.vocabulary.quiet else ():
            for form in _forms(normal(value)) if not named or " " in value else ():  # "Divine" is a name alone
                before = words.get(form, ()) if named else ()  # who directs may act as well
                words[form] = (*before, (attribute, value)) if named else words.get(form, ((attribute, value),))
    for surname, pairs in _surnames(catalog).items():
        words.setdefault(surname, pairs)
    for phrase, pairs in catalog.vocabulary.synonyms.items():
        known = tuple(pair for pair in pairs if pair[1] in catalog.values.get(pair[0], {}))
        if known:
            words[normal(phrase)] = known
            if phrase.endswith("y") and " " not in phrase:
                words.setdefault(f"{phrase[:-1]}iest", known)
    return words


def _surnames(catalog: Catalog) -> Mapping[str, Pairs]:
    """Last names that hardly anybody uses for anything else -> those best known by them: "kurosawa", "del toro"."""
    known: dict[str, dict[tuple[str, str], int]] = {}
    for attribute in names(catalog) - set(catalog.vocabulary.quiet):
        for value, columns in catalog.values[attribute].items():
            first, *last = normal(value).split()
            surname = " ".join(last[-2:] if len(last) > 1 and len(last[-2]) <= PARTICLE else last[-1:])
            if first and len(surname) >= LEAST_LETTERS and commonness(surname.split()[-1]) < RARE:
                fame = sum(catalog[column].popularity for column in columns)
                known.setdefault(surname, {})[attribute, value] = fame
    return {
        surname: tuple(pair for pair, fame in pairs.items() if fame > max(pairs.values()) / 2)
        for surname, pairs in known.items()
        if max(pairs.values()) >= BY_LAST_NAME * catalog.popular_from
    }


def _forms(phrase: str) -> Iterator[str]:
    if len(phrase) < 3:
        return
    yield phrase
    yield phrase.replace(" ", "")
    yield phrase + "s"
    if phrase.endswith("y"):
        yield phrase[:-1] + "ies"


def _dots(match: re.Match[str]) -> str:
    return "." * len(match.group())
