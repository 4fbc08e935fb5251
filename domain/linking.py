"""Text -> the items of the catalogue that it names: typos, case, missing years, dropped articles and subtitles."""

from __future__ import annotations

import itertools
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from domain.catalog import Catalog, Item
from domain.words import JOINTS, PRONOUNS, RARE, commonness, is_ordinary

MAX_NAME_TOKENS = 12
MAX_TOKENS = 400
"""Longer texts are read this far; nobody names films in the 400th word."""

_TOKEN = re.compile(r"&|[^\W_\u3400-\u9fff]+(?:['’][^\W_\u3400-\u9fff]+)*|[\u3400-\u9fff]")
_YEAR_AFTER = re.compile(
    r"\s*[(\[]\s*(?P<bracketed>(?:18|19|20)\d\d)\s*[)\]]|,?\s+(?:(?:one|film|movie)\s+)?(?:from\s+)?(?:the\s+)?(?P<plain>(?:18|19|20)\d\d)\b"
)
_YEAR_BEFORE = re.compile(r"\bthe (?P<year>(?:18|19|20)\d\d) (?:(?:film|movie|version) (?:of )?)?$", re.IGNORECASE)
_YEAR_ALONE = re.compile(r"(?:18|19|20)\d\d")
_BEFORE_A_YEAR = re.compile(r"\b(?:after|before|since|from|in|until|till|around|circa|to|post|pre)[ -]$", re.IGNORECASE)
_BEHIND_A_YEAR = re.compile(
    r"\s*(?:\+|or (?:later|newer|after|up|so)\b|and (?:later|newer|up)\b|onwards?\b)", re.IGNORECASE
)
_FROM_A_YEAR = re.compile(r",? from (?:18|19|20)\d\d\s*(?:$|[.,!?;]|(?:is|was|it|but)\b)")
_ALIKE_BEFORE = re.compile(r"\b(?:like|similar to|than|as)\s+$", re.IGNORECASE)
_NUMBER_AFTER = re.compile(
    r"[ :]+(?:[Pp]art )?(?:(?<=[Pp]art )(?:[Oo]ne|[Tt]wo|[Tt]hree)|\d|\d{4}|II|III|IV|VI|VII|VIII|IX)\b"
    r"(?!\s*(?:times?|stars?|out of|/|[%$]))"
)
_CAPITAL_BEFORE = re.compile(r"[^\s.!?:]\s+([A-Z][\w'’-]+) (?:(?:of|the|in|a|at|all|to|for) |[A-Z]\w* )*$")
_CAPITAL_BEHIND = re.compile(r":? ([A-Z][\w'’-]+)")
_LISTED_CAPITAL = re.compile(
    r"(?:\b(?:watched|seen|saw|loved?|liked?|enjoyed|hated?|disliked?|and|or|not|but)|,) "
    r"[A-Z][\w'’]*(?=\s*(?:$|[.,!?]|and\b|or\b))"
)
_PART_OF_ANYTHING = re.compile(r"(?:the )?(?:part|episode|volume|vol\.?|chapter) \w+", re.IGNORECASE)
_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9"}
HAN = re.compile(r"[\u3400-\u9fff]")
_ARTICLES = ("the", "a", "an")
_CUE_BEFORE = re.compile(
    r"\b(?:watch(?:ed|ing)?|seen|saw|lov(?:e|ed|ing)|lik(?:e|ed)|enjoy(?:ed)?|hat(?:e|ed)|dislik(?:e|ed)|called|named|"
    r"titled|recommend|prefer)[\s,:]*$",
    re.IGNORECASE,
)
_LIST_BEFORE = re.compile(r"(?:\b(?:movies?|films?|about|and|or|with|try)|[,&/:])\s*$", re.IGNORECASE)
_CLAUSE_END = re.compile(r"^[\s]*(?:$|[,.!?;:)]|and\b|or\b|but\b|is\b|was\b|isn't\b|wasn't\b)", re.IGNORECASE)
_DETERMINER_BEFORE = re.compile(
    r"\b(?:an?|my|your|his|her|their|our|this|that|some|any|no|every|very|too|so)\s+$", re.IGNORECASE
)
_GOES_ON = re.compile(r" [a-z]{2,}(?<!and)(?<!or)(?<!but)(?<!is)(?<!was)(?<!isn)(?<!wasn)(?<!with)\b")
_QUOTES = "\"'“”‘’«»*_"

MOST_COMMON, RAREST = 7.0, 6.0
"""The commonness of "the"; what the rarest words lack to it counts no more than this."""

WEIGHTS: Mapping[str, float] = {
    "always": 0.12,
    "words": 1.15,
    "surprise of all words": 0.45,
    "surprise of the rarest word": 0.84,
    "popularity": 1.49,
    "is a pronoun": -2.39,
    "is a pronoun with a capital behind a cue": 3.89,
    "typos": 1.74,
    "typos that leave known words": -3.72,
    "capitals or quotes": 0.69,
    "cue before": 1.57,
    "list before": 1.18,
    "clause ends behind": 0.77,
    "cue before and clause ends behind": -0.66,
    "determiner before": -1.93,
    "word behind": -0.91,
    "is the whole text": 1.57,
    "all in lower case": 0.27,
    "is a kind of thing": -2.06,
}
"""What speaks for words being a title, in logarithms of its odds (`training.linking`, from ReDial's dialogues)."""

_WEIGHTS = np.array(list(WEIGHTS.values()))

RARE_NICKNAME, KNOWN = 2.7, 40
"""As common as that, at most, is a word that names a title by itself, which so many people have had to do with."""

RARE_IN_PAIR = 4.6
"""As common as that, at most, is one of two words that name a title so."""
KNOWN_WORD, LITTLE_KNOWN = 2.5, 20
"""A word from that commonness on is no misspelt title which fewer people have had to do with."""

UNKNOWN = 30_000
"""People who have had to do with items that the catalogue does not have: what a small catalogue holds is not all."""

LOWER = 0.5
"""Added to the logarithm of the odds of a title."""

QUOTED = 4.0
"""Added to them between quotation marks."""

DATED = 2.0
"""Added to them beside the year of an item of that name."""

SURE = 2.0
"""From these log-odds on, words are a title even where they are an attribute's value too."""

ALSO_JOINTS = frozenset("y e o und oder et ou 和 跟 与 还 有".split())
"""What joins names in other languages than English."""
FEW_TITLES, SHORT = 3, 3
"""In so many titles at most a telling word stands, which has more letters than this."""
LEAST_MISSPELT, ALIKE = 5, 87
"""Letters of a name that may be misspelt, and how alike (0 to 100) it has to be to what was typed."""
_PARTS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
    "first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5",
}  # fmt: skip

# How far a name is from what stands on the poster, in powers of e of the popularity that makes up for it.
_TITLE, _OTHER_NAME, _NO_SUBTITLE, _TAIL, _ACRONYM = 0.0, 0.7, 1.4, 1.4, 3.0


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text: its normal form, and where it stands (code points, end exclusive)."""

    word: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """Words that may be a name.

    Attributes:
        first: the first of them, by its position among the words of the text.
        last: behind the last of them.
        name: a name of items, which the words are but for `edits` letters.
        columns: the items of that name, the likeliest first.
        edits: letters changed, dropped, doubled or swapped.
    """

    first: int
    last: int
    name: str
    columns: tuple[int, ...]
    edits: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """Words of a text that name an item.

    Attributes:
        columns: the items that they can mean, the likeliest first; never empty.
        start: of the words in the text, in code points.
        end: exclusive.
        sure: False if ordinary words were taken for a title on thin evidence.
    """

    columns: tuple[int, ...]
    start: int
    end: int
    sure: bool = True


Judge = Callable[[tuple[int, int], float], float]
"""A place of a text, and the logarithm of the odds that a title stands there by `WEIGHTS` -> what they are in truth."""


def tokens(text: str) -> list[Token]:
    """The words of a text in their normal form: no case, accents or apostrophes, roman numerals as digits."""
    return [Token(_normal(m.group()), m.start(), m.end()) for m in _TOKEN.finditer(text)]


def normal(text: str) -> str:
    """A text in the form in which names are compared."""
    return " ".join(map(_normal, _TOKEN.findall(text)))


@lru_cache(maxsize=1 << 17)
def _normal(word: str) -> str:
    if word == "&":
        return "and"
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    plain = "".join(c for c in decomposed if c.isalnum())
    return _ROMAN.get(plain, plain)


def _names(item: Item) -> Iterator[tuple[str, float]]:
    """Every way to write an item's name, with how far it is from the title."""
    for rank, title in ((_TITLE, item.title), *((_OTHER_NAME, other) for other in item.other_names)):
        yield from _with_and_without_article(title, rank)
        head, colon, _ = title.replace(" - ", ": ").partition(":")
        if colon and len(head) > 2:
            yield from _with_and_without_article(head, _NO_SUBTITLE)
        for tail in (*re.split(r": | - ", title)[1:], _tail_of_a_series(title)):
            # "Fury Road", "The Empire Strikes Back", "Goblet of Fire"; but any film may have a part two.
            if tail.count(" ") and not _PART_OF_ANYTHING.fullmatch(tail):
                yield from _with_and_without_article(tail, _TAIL)
        before, joint, _ = title.partition(" with ")
        if joint and " " in before:  # "The Life Aquatic with Steve Zissou"
            yield from _with_and_without_article(before, _NO_SUBTITLE)
        if rank == _TITLE:
            letters = "".join(token.word[0] for token in tokens(head) if token.word)
            if len(letters) >= 4:
                yield letters, _ACRONYM
                yield letters.removeprefix("t"), _ACRONYM
        for marks in (".", ".-'", "&"):
            if title.count(marks[0]) or any(mark in title for mark in marks):
                yield from _with_and_without_article(title.translate(dict.fromkeys(map(ord, marks), "")), rank)


def _rare_words(catalog: Catalog) -> Iterator[tuple[str, int]]:
    """(word, column) of rare words that stand in one well-known title and in no other: "shawshank"."""
    columns: dict[str, list[int]] = {}
    for column, item in enumerate(catalog):
        for word in set(normal(item.title).split(" ")):
            columns.setdefault(word, []).append(column)
    for word, named in columns.items():
        rare = len(word) > 3 and not word.isdigit() and commonness(word) < RARE_NICKNAME
        if rare and len(named) == 1 and catalog[named[0]].popularity >= KNOWN:
            yield word, named[0]


def _rare_pairs(catalog: Catalog) -> Iterator[tuple[str, int]]:
    """(words, column) of two words in a row that stand in one well-known title and in no other: "spinal tap"."""
    columns: dict[tuple[str, str], list[int]] = {}
    for column, item in enumerate(catalog):
        words = normal(item.title).split(" ")
        if len(words) > 2:
            for pair in set(itertools.pairwise(words)):
                columns.setdefault(pair, []).append(column)
    for pair, named in columns.items():
        joint = any(word in JOINTS or word in PRONOUNS or word in _ARTICLES or word.isdigit() for word in pair)
        rare = min(map(commonness, pair)) < RARE_IN_PAIR
        if rare and not joint and len(named) == 1 and catalog[named[0]].popularity >= LITTLE_KNOWN:
            yield " ".join(pair), named[0]


def _series(title: str) -> str:
    """What "Harry Potter and the Goblet of Fire" is called for short; empty if it is not of that kind."""
    head, joint, _ = normal(title).partition(" and the ")
    return head if joint and " " in head and head.split(" ")[0] not in _ARTICLES else ""


def _tail_of_a_series(title: str) -> str:
    """What tells "Harry Potter and the Goblet of Fire" from others of its kind; empty if it is not of that kind."""
    head, joint, tail = title.partition(" and the ")
    return tail if joint and head.count(" ") else ""


def _with_and_without_article(title: str, rank: float) -> Iterator[tuple[str, float]]:
    name = normal(title)
    yield name, rank
    article, _, rest = name.partition(" ")
    if article in _ARTICLES and rest:
        yield rest, rank


class Linker:
    """Finds the items that a text names; made once a catalogue, then used by any thread."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        found: dict[str, dict[int, float]] = {}
        series = Counter(head for item in catalog if (head := _series(item.title)))
        for column, item in enumerate(catalog):
            head = _series(item.title)
            named_after = [(head, _NO_SUBTITLE)] if series[head] > 1 else []
            for name, rank in (*_names(item), *named_after):
                if name:
                    ranks = found.setdefault(name, {})
                    ranks[column] = min(rank, ranks.get(column, rank))
        for word, column in (*_rare_words(catalog), *_rare_pairs(catalog)):
            found.setdefault(word, {column: _TAIL})
        self._columns = {name: self._by_likelihood(ranks) for name, ranks in found.items()}
        self._typos = _TypoIndex(name for name in found if _may_have_typos(name))
        self._vocabulary = {word for name in found for word in name.split(" ")}
        self._word_typos = _TypoIndex(word for word in self._vocabulary if _may_have_typos(word))
        vocabulary = catalog.vocabulary
        values = [value for attribute in vocabulary.common_nouns for value in catalog.values.get(attribute, ())]
        self._kinds = {normal(word) for word in (*vocabulary.synonyms, *values)}
        self._nouns = {normal(word) for word in vocabulary.nouns}
        self._mentions = UNKNOWN + sum(item.popularity + 1 for item in catalog)
        self._all = list(self._columns)
        self._rare: dict[str, list[int]] = {}
        for column, item in enumerate(catalog):
            for word in set(normal(item.title).split()):
                if len(word) > SHORT and not word.isdecimal() and commonness(word) < RARE:
                    self._rare.setdefault(word, []).append(column)
        self._longest = min(MAX_NAME_TOKENS, max((name.count(" ") + 1 for name in found), default=1))

    def _by_likelihood(self, ranks: dict[int, float]) -> tuple[int, ...]:
        items = self._catalog
        best = min(ranks.values())
        # An acronym means only what many people know; a nickname never outbids a title.
        kept = [c for c, r in ranks.items() if r != _ACRONYM or (best == _ACRONYM and items[c].popularity >= 50)]
        return tuple(sorted(kept, key=lambda c: (ranks[c] - math.log1p(items[c].popularity), -(items[c].year or 0))))

    def exact(self, text: str) -> list[tuple[int, int]]:
        """Where a text has a name by the letter, the longest first, not overlapping; most may mean something else."""
        words = tokens(text)[:MAX_TOKENS]
        taken = np.zeros(len(words), dtype=bool)
        found = []
        for first, last in sorted(self._exact(words), key=lambda span: span[0] - span[1]):
            if not taken[first:last].any():
                taken[first:last] = True
                found.append((words[first].start, words[last - 1].end))
        return found

    def listed(self, text: str) -> list[tuple[int, int]]:
        """Where several names stand in a text that is nothing but names and what joins them; empty if it is more."""
        found = sorted(self.exact(text))
        rest = [t for t in tokens(text) if not any(start <= t.start < end for start, end in found)]
        joined = all(token.word in JOINTS or token.word in ALSO_JOINTS for token in rest)
        return found if len(found) > 1 and joined else []

    def within(self, text: str, tells_nothing: Callable[[str], bool]) -> tuple[int, ...]:
        """The items of the longest name in a text whose other words tell nothing; empty if any of them does.

        Of a single word, a name has to be that of something which many know.
        """
        words = tokens(text)
        spans = sorted(self._exact(words), key=lambda span: span[0] - span[1])
        for first, last in spans:
            rest = [token.word for token in (*words[:first], *words[last:])]
            columns = self._columns[" ".join(token.word for token in words[first:last])]
            known = last - first > 1 or self._catalog[columns[0]].popularity >= LITTLE_KNOWN
            if rest and known and all(map(tells_nothing, rest)):
                return columns
        return ()

    def _exact(self, words: Sequence[Token]) -> Iterator[tuple[int, int]]:
        for first in range(len(words)):
            name = ""
            for last in range(first + 1, min(first + self._longest, len(words)) + 1):
                name = f"{name} {words[last - 1].word}".lstrip()
                if self._columns.get(name):
                    yield first, last

    def columns(self, words: str, earlier: Container[int | None] = (), years: Sequence[int] = ()) -> tuple[int, ...]:
        """The items that some words name, the likeliest first; empty if they name none.

        Words that are but a part of the name that was said name nothing: "Toy Story 9" is not Toy Story.

        Args:
            words: a title as somebody typed it, with or without its year.
            earlier: what the conversation was about before: of several items of a name, it is meant.
            years: what is told of the year.
        """
        plain = [token.word for token in tokens(words)]
        dated = [word for word in plain if not (len(word) == 4 and word.isdecimal() and int(word) in years)] or plain
        whole = self._columns.get(" ".join(plain), ())
        if whole and dated != plain:
            return self._earlier_first(whole, " ".join(plain), earlier)  # "Blade Runner 2049", "1917"
        own = {int(word) for word in plain if word.isdecimal()} if dated == plain else set()
        years = tuple(year for year in years if year not in own)
        for name in dict.fromkeys(self._ways_to_say(dated if years else plain)):
            columns = self._columns.get(name, ())
            kept = self._of_years(columns, years)
            if kept:
                return self._earlier_first(kept, name, earlier)
            if columns and years and dated != plain:
                return ()  # a namesake that the catalogue does not have
        name = " ".join(dated)
        if len(name) < LEAST_MISSPELT:
            return ()
        if telling := self._with_rare(dated):
            return self._earlier_first(self._of_years(telling, years), name, earlier)
        nearest = process.extractOne(name, self._all, scorer=fuzz.ratio, score_cutoff=ALIKE)
        if nearest is None or _digits(nearest[0]) != _digits(name):
            return ()
        return self._earlier_first(self._of_years(self._columns[nearest[0]], years), nearest[0], earlier)

    def _with_rare(self, words: Sequence[str]) -> tuple[int, ...]:
        """The items in whose titles all these words stand, a rare one among them: "totoro"; the best known first."""
        inside = [set(self._rare[word]) for word in words if word in self._rare]
        fitting = set.intersection(*inside) if inside else set()
        kept = [c for c in fitting if set(words) <= set(normal(self._catalog[c].title).split())]
        return tuple(sorted(kept, key=lambda c: -self._catalog[c].popularity)) if len(kept) <= FEW_TITLES else ()

    def _ways_to_say(self, words: Sequence[str]) -> Iterator[str]:
        """A name as it was said, without an article or a word for the thing, and with its part as a number."""
        yield " ".join(words)
        kept = [word for word in words if word not in self._nouns]
        if kept and kept[0] in _ARTICLES:
            kept = kept[1:]
        yield " ".join(kept)
        for at, word in enumerate(kept):
            part = _PARTS.get(word)
            if part and len(kept) > 1:
                rest = [*kept[:at], *kept[at + 1 :]]
                yield " ".join([*rest, part])
                yield " ".join([*rest, "part", part])
            elif word.isdecimal() and len(kept) > 1 and "part" not in kept:
                yield " ".join([*kept[:at], "part", *kept[at:]])

    def _of_years(self, columns: tuple[int, ...], years: Sequence[int]) -> tuple[int, ...]:
        dated = tuple(c for year in years for c in self._of_year(columns, year))
        return dated if dated or years else columns

    def named(self, name: str) -> tuple[int, ...]:
        """The items that a whole text names, the likeliest first; empty if none."""
        exact = self._columns.get(normal(name))
        links = [] if exact else self.link(name)
        return exact or (links[0].columns if len(links) == 1 else ())

    def link(self, text: str, earlier: Container[int | None] = (), judge: Judge | None = None) -> list[Link]:
        """The items that a text names, in the order of the text, not overlapping.

        Args:
            text: as typed.
            earlier: what was named in the conversation so far: of several items of a name, it is meant.
            judge: has the last word on what is a title.
        """
        words = tokens(text)[:MAX_TOKENS]
        longest_first = sorted(self.candidates(words), key=lambda c: (c.first - c.last, c.edits, c.first))
        taken = np.zeros(len(words), dtype=bool)
        links = []
        for candidate in longest_first:
            here = taken[candidate.first : candidate.last]
            link = None if here.any() else self._judge(text, words, candidate, judge)
            if link:
                here[:] = True
                columns = self._earlier_first(link.columns, candidate.name, earlier)
                links.append(replace(link, columns=columns))
        return sorted(links, key=lambda link: link.start)

    def _earlier_first(self, columns: tuple[int, ...], name: str, earlier: Container[int | None]) -> tuple[int, ...]:
        """The items of a name, those named before first; of a series, not before the one that is called so."""
        whole = [column for column in columns if normal(self._catalog[column].title) == name]
        return tuple(sorted(columns, key=lambda c: not (c in earlier and (c in whole or columns[0] not in whole))))

    def candidates(self, words: Sequence[Token]) -> Iterator[Candidate]:
        """All runs of words that are a name, or one with a typo or two."""
        windows = []
        spelt = self._spelt(words)
        for first in range(len(words)):
            name, other, edits = "", "", 0
            for last in range(first + 1, min(first + self._longest, len(words)) + 1):
                word = words[last - 1].word
                name, other = f"{name} {word}".lstrip(), f"{other} {spelt[last - 1]}".lstrip()
                edits += word != spelt[last - 1]
                if columns := self._columns.get(name, ()):
                    yield Candidate(first, last, name, columns)
                elif edits > 1 and (columns := self._columns.get(other, ())):
                    yield Candidate(first, last, other, columns, edits)
                elif _may_be_misspelt(words[first:last]):
                    windows.append((first, last, name))
        for at, name, edits in self._typos.nearest([window[2] for window in windows]):
            first, last, written = windows[at]
            if self._columns[name] and _keeps_its_joints(written, name):
                yield Candidate(first, last, name, self._columns[name], edits)

    def _spelt(self, words: Sequence[Token]) -> list[str]:
        """The words, each that nobody knows as the word of a title that is a typo away: "shawshenk redemtion"."""
        spelt = [token.word for token in words]
        unknown = [at for at, word in enumerate(spelt) if _may_have_typos(word) and commonness(word) < RARE]
        unknown = [at for at in unknown if spelt[at] not in self._vocabulary]
        if len(unknown) > 1:
            for at, word, _ in self._word_typos.nearest([spelt[at] for at in unknown]):
                spelt[unknown[at]] = word
        return spelt

    def _judge(self, text: str, words: Sequence[Token], candidate: Candidate, judge: Judge | None) -> Link | None:
        """The link, if the evidence for a title is enough; a year behind the name chooses among namesakes."""
        start, end = words[candidate.first].start, words[candidate.last - 1].end
        year, told = _YEAR_AFTER.match(text, end), _told_year(text, start, end)
        dated = self._of_year(candidate.columns, told) if told else ()
        if year and dated and year["bracketed"]:
            return Link(dated, start, _close(text, year.end()))
        if told and not dated and _is_of_that_year(text, start, end):
            return None  # a namesake that the catalogue does not have
        evidence = self.evidence(text, words, candidate)
        if evidence is None or self._is_another_word(words, candidate):
            return None
        log_odds = log_odds_of(evidence)
        log_odds = judge((start, end), log_odds) if judge else log_odds
        if _is_quoted(text, start, end):
            log_odds += QUOTED
        if dated:
            log_odds += DATED
        if log_odds <= 0 and judge is None and _is_set_apart(text, start, end):
            log_odds = SURE / 2
        if log_odds <= 0:
            return None
        return Link(
            dated or candidate.columns, start, _close(text, year.end()) if year and dated else end, log_odds > SURE
        )

    def _is_another_word(self, words: Sequence[Token], candidate: Candidate) -> bool:
        """Whether what would be a misspelt title is a word, or a name, by itself: "Bergman" is not Borgman."""
        inside = words[candidate.first : candidate.last]
        known = len(inside) == 1 and commonness(inside[0].word) > KNOWN_WORD
        return bool(candidate.edits) and known and self._catalog[candidate.columns[0]].popularity < LITTLE_KNOWN

    def evidence(self, text: str, words: Sequence[Token], candidate: Candidate) -> NDArray[np.float64] | None:
        """What speaks for and against words being a title, ``[WEIGHTS]``; None if they cannot be one."""
        inside = words[candidate.first : candidate.last]
        start, end = inside[0].start, inside[-1].end
        year = _YEAR_AFTER.match(text, end)
        if year and year["bracketed"]:
            return None  # a namesake that the catalogue may not have
        if not year and (_NUMBER_AFTER.match(text, end) or _is_part_of_a_longer_title(text, start, end)):
            return None  # a sequel that it does not have, or something else altogether
        before, behind = text[:start], text[end:]
        if _YEAR_ALONE.fullmatch(text[start:end]) and (_BEFORE_A_YEAR.search(before) or _BEHIND_A_YEAR.match(behind)):
            return None
        in_script = HAN.match(before[-1:]) or HAN.match(behind[:1])
        if before[-1:] in ("(", "[") and inside[0].word.isdigit() and behind[:1] in (")", "]"):
            return None  # the year of what stands before
        surprise = [min(MOST_COMMON - commonness(word), RAREST) for word in candidate.name.split(" ")]
        pronoun = len(inside) == 1 and inside[0].word in PRONOUNS
        of_series = len(inside) > 1 and self._names_films(behind)  # "any star wars movie"
        cue, closes = bool(_CUE_BEFORE.search(before)), bool(_CLAUSE_END.search(behind))
        titled = bool(in_script) or _looks_like_a_title(text, start, end, inside)
        return np.array(
            [
                1.0,
                len(inside),
                sum(surprise),
                max(surprise),
                math.log10((self._catalog[candidate.columns[0]].popularity + 1) / self._mentions),
                pronoun,
                pronoun and titled and cue,
                candidate.edits,
                candidate.edits * all(commonness(token.word) > 0 for token in inside),
                titled,
                cue,
                bool(_LIST_BEFORE.search(before)),
                closes,
                cue and closes,
                bool(_DETERMINER_BEFORE.search(before)) and not of_series,
                bool(_GOES_ON.match(behind)) and not of_series,
                text.strip() == text[start:end],
                text == text.lower(),
                self._is_a_kind(inside),
            ]
        )

    def _names_films(self, behind: str) -> bool:
        """Whether the next word says what the words before it are."""
        following = _TOKEN.search(behind)
        return following is not None and _normal(following.group()) in self._nouns

    def _is_a_kind(self, words: Sequence[Token]) -> bool:
        """Whether words say what kind of thing is meant: "scary movies", "a thriller"."""
        said = [token.word for token in words if token.word not in self._nouns and token.word not in _ARTICLES]
        name = " ".join(said)
        return name in self._kinds or (name[-1:] == "s" and name[:-1] in self._kinds)

    def _of_year(self, columns: Iterable[int], year: int) -> tuple[int, ...]:
        """The namesakes of that year, or a year off: release dates differ by country."""
        years = {column: self._catalog[column].year for column in columns}
        exact = tuple(c for c, y in years.items() if y == year)
        return exact or tuple(c for c, y in years.items() if y is not None and abs(y - year) == 1)


def log_odds_of(evidence: NDArray[np.float64]) -> float:
    """The logarithm of the odds of a title by `WEIGHTS`."""
    return LOWER + float(evidence @ _WEIGHTS)


def _told_year(text: str, start: int, end: int) -> int | None:
    """The year that stands behind a name, or before it: "Heat (1995)", "the 1995 Heat"."""
    before, behind = _YEAR_BEFORE.search(text[:start]), _YEAR_AFTER.match(text, end)
    if behind:
        return int(behind["bracketed"] or behind["plain"])
    return int(before["year"]) if before else None


def _is_of_that_year(text: str, start: int, end: int) -> bool:
    """Whether a year beside a name can but be its own: "Parasite from 2019", not "films like Heat from 2019"."""
    from_a_year = _FROM_A_YEAR.match(text, end) and not _ALIKE_BEFORE.search(text[:start])
    return bool(from_a_year or _YEAR_BEFORE.search(text[:start]))


def _close(text: str, end: int) -> int:
    """The end of a span without trailing white space."""
    return len(text[:end].rstrip())


def _looks_like_a_title(text: str, start: int, end: int, words: Sequence[Token]) -> bool:
    """Whether quotes, or capitals where none are due, set the words apart."""
    if _is_quoted(text, start, end):
        return True
    written = [text[token.start : token.end] for token in words]
    capitalised = all(
        word[:1].isupper() or word[:1].isdigit() for word in written if len(word) > 3 or len(written) == 1
    )
    if not capitalised or written == ["I"] or text.isupper():
        return False
    if not any(word[:1].isupper() for word in written) or any(len(word) > 3 and word.isupper() for word in written):
        return False
    opens = not text[:start].strip() or text[:start].rstrip()[-1] in ".!?:\n"
    return not opens or (len(written) > 1 and written[1][:1].isupper())


def _is_quoted(text: str, start: int, end: int) -> bool:
    return text[start - 1 : start] in tuple(_QUOTES) and text[end : end + 1] in tuple(_QUOTES)


def _is_set_apart(text: str, start: int, end: int) -> bool:
    """Whether a word stands where titles stand.

    Alone, or among such, with a capital behind a cue ("Have you seen It?", "I loved It and Her"), with a
    capital between commas ("Titanic, Up, Seven"), or
    between a cue and the end of its clause ("i loved up").
    """
    before, behind = text[:start], text[end:]
    cue, listed = _CUE_BEFORE.search(before), _LIST_BEFORE.search(before)
    if text[start].isupper():
        rest = before + behind
        between = re.search(r",\s*$", before) and re.match(r"\s*(?:,|$|\.|and\b|or\b)", behind)
        others = _LISTED_CAPITAL.sub(" ", before) + " " + _LISTED_CAPITAL.sub(" ", behind)
        alone = not re.search(r"[a-z,] +(?!I\b)[A-Z]", others) and not rest.isupper()
        return bool(between or ((cue or listed) and alone))
    return bool(cue and re.match(r"\s*(?:$|[.,?!])", behind)) and _normal(text[start:end]) not in PRONOUNS


def _is_part_of_a_longer_title(text: str, start: int, end: int) -> bool:
    """Whether capitalised words that are no ordinary ones go on before or behind a name."""
    if not text[start : start + 1].isupper():
        return False
    before, behind = _CAPITAL_BEFORE.search(text, 0, start), _CAPITAL_BEHIND.match(text, end)
    return any(match and not is_ordinary(_normal(match[1])) for match in (before, behind))


def _may_have_typos(name: str) -> bool:
    """Whether a name is long enough for a near miss to mean it."""
    return len(name) >= 5


def _may_be_misspelt(words: Sequence[Token]) -> bool:
    """Whether words can be a name with a typo: they are long enough, or one of them is rare."""
    several = len(words) > 1 and words[-1].end - words[0].start >= 8
    return several or any(commonness(token.word) < RARE for token in words)


def _keeps_its_joints(written: str, name: str) -> bool:
    """Whether a joint at either end stands in the name too: "and heat" is no typo of a title, "gett out" is one."""
    ends = ((written.split(" ")[at], name.split(" ")[at]) for at in (0, -1))
    return all(word == other or word not in JOINTS for word, other in ends)


class _TypoIndex:
    """Names found by strings one edit away: both sides lose a letter and meet (the symmetric delete algorithm)."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = list(names)
        pairs = [(hash(form), at) for at, name in enumerate(self._names) for form in _deletions(name)]
        table = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        order = np.argsort(table[:, 0], kind="stable")
        self._hashes: NDArray[np.int64] = table[order, 0]
        self._at: NDArray[np.int64] = table[order, 1]

    def nearest(self, words: Sequence[str]) -> Iterator[tuple[int, str, int]]:
        """(position in `words`, name, edits) of every word that is a typo or two away from a name."""
        forms = [(hash(form), at) for at, word in enumerate(words) for form in _deletions(word)]
        if not forms or not len(self._hashes):
            return
        wanted = np.array(forms, dtype=np.int64)
        low = np.searchsorted(self._hashes, wanted[:, 0], "left")
        high = np.searchsorted(self._hashes, wanted[:, 0], "right")
        best: dict[int, tuple[int, str]] = {}
        for row in np.flatnonzero(high > low):
            at = int(wanted[row, 1])
            for name in {self._names[i] for i in self._at[low[row] : high[row]]}:
                distance = OSA.distance(words[at], name)
                allowed = 1 if min(len(words[at]), len(name)) < 13 else 2
                same_number = _digits(words[at]) == _digits(name)
                if same_number and distance <= allowed and (at not in best or (distance, name) < best[at]):
                    best[at] = (distance, name)
        for at, (distance, name) in best.items():
            yield at, name, distance


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _deletions(word: str) -> set[str]:
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}


def mask(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with the spans blotted out, every code point in its place."""
    characters = list(text)
    for start, end in spans:
        characters[start:end] = "@" * (end - start)
    return "".join(characters)


def overlaps(start: int, end: int, spans: Iterable[tuple[int, int]]) -> bool:
    """Whether [start, end) shares a code point with any of the spans."""
    return any(start < b and a < end for a, b in spans)
