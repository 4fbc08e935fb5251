"""Text -> the items of the catalogue that it names: typos, case, missing years, dropped articles and subtitles."""

from __future__ import annotations

import itertools
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA
from text_to_num import alpha2digit  # type: ignore[import-untyped]

from domain.catalog import Catalog, Item
from domain.languages import SPELT, small_words
from domain.words import JOINTS, ORDINARY, PRONOUNS, RARE, commonness, is_foreign

MAX_NAME_TOKENS = 12
MAX_TOKENS = 400
"""Longer texts are read this far; nobody names films in the 400th word."""

_TOKEN = re.compile(r"&|[^\W_\u3400-\u9fff]+(?:['’][^\W_\u3400-\u9fff]+)*|[\u3400-\u9fff]")
_PART_OF_ANYTHING = re.compile(r"(?:the )?(?:part|episode|volume|vol\.?|chapter) \w+", re.IGNORECASE)
_DASH, _INITIALS = re.compile(r" [-–—] "), re.compile(r"(?:[A-Z]\.){2,}")
_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9"}
_ARTICLES = ("the", "a", "an")
RARE_NICKNAME, KNOWN = 2.7, 40
"""As common as that, at most, is a word that names a title by itself, which so many people have had to do with."""

KNOWN_WORD = 3.0
"""From such a commonness on a word of another language tells no translated title by itself."""
FAR_BETTER_KNOWN = 3
"""So many times as popular as any other is what is called by the beginning of its title."""
RARE_IN_PAIR, LITTLE_KNOWN = 4.6, 20
"""As common as that, at most, is one of two words that name a title so; so many people have had to do with it."""

LONGEST_NAME = 40
"""Words of a name at most."""
MOST_LISTED = 400
"""Characters of a list of names that are looked through."""
ALSO_JOINTS = small_words("joints")
"""What joins names in other languages than English."""
FEW_TITLES, SHORT = 3, 3
"""In so many titles at most a telling word stands, which has more letters than this."""
SELDOM_TYPED = 2.3
"""As common as that, at most, is a word that may be a misspelt one of a title."""
A_LONG_WORD, A_TELLING_WORD = 7, 4.0
"""Letters of a misspelt word that tells a title by itself, and as common as that, at most, it is when spelt right."""
LEAST_MISSPELT, ALIKE = 5, 85
"""Letters of a name that may be misspelt, and how alike (0 to 100) it has to be to what was typed."""
BRACKETS = ("《", "〈", "「", "『")
_WITHIN_WORDS = re.compile(r"[\u3400-\u9fff](?: [\u3400-\u9fff])?")
_PART = ("part", "vol", "volume", "chapter", "episode")
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
        head, colon, _ = _DASH.sub(": ", title).partition(":")
        if colon and len(head) > 2:
            yield from _with_and_without_article(head, _NO_SUBTITLE)
        for tail in (*_DASH.sub(": ", title).split(": ")[1:], _tail_of_a_series(title)):
            # "Fury Road", "The Empire Strikes Back", "Goblet of Fire"; but any film may have a part two.
            if tail.count(" ") and not _PART_OF_ANYTHING.fullmatch(tail):
                # "The Day" of "12.12: The Day" is no name without its article.
                yield from ((name, far) for name, far in _with_and_without_article(tail, _TAIL) if " " in name)
        if initials := _INITIALS.match(title):  # "E.T. the Extra-Terrestrial"
            yield normal(initials[0].replace(".", "")), _NO_SUBTITLE
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


def _in_figures(item: Item) -> Iterator[tuple[str, float]]:
    """Its names with their number words as figures: "8 apellidos vascos", "12 hombres sin piedad"."""
    titles = [("en", item.title, _TITLE), *((language, title, _OTHER_NAME) for language, title in item.titles.items())]
    for language, title, rank in titles:
        name = normal(title)
        if language in SPELT and (figures := normal(alpha2digit(name, language))) != name:
            yield figures, rank


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


def _joined_words(catalog: Catalog) -> Iterator[tuple[str, int]]:
    """Words with hyphens as they are typed without, and the columns of their titles: "spiderverse"."""
    for column, item in enumerate(catalog):
        for word in item.title.split():
            parts = word.strip(":,.!?()").split("-")
            joined = "".join(map(normal, parts))
            if len(parts) > 1 and all(map(str.isalpha, parts)) and len(joined) > SHORT and commonness(joined) < RARE:
                yield joined, column


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
            for name, rank in (*_names(item), *_in_figures(item), *named_after):
                if name:
                    ranks = found.setdefault(name, {})
                    ranks[column] = min(rank, ranks.get(column, rank))
        for word, column in (*_rare_words(catalog), *_rare_pairs(catalog)):
            found.setdefault(word, {column: _TAIL})
        for word, column in _joined_words(catalog):
            found.setdefault(word, {}).setdefault(column, _TAIL)
        self._columns = {name: self._by_likelihood(ranks) for name, ranks in found.items()}
        titles = {normal(item.title) for item in catalog}
        self._within_words = {name for name in found if _WITHIN_WORDS.fullmatch(name)} - titles
        self._nouns = {normal(word) for word in catalog.vocabulary.nouns}
        self._told: dict[int, set[str]] = {}
        self._all = list(self._columns)
        self._rare: dict[str, list[int]] = {}
        self._words_of = [[_words_of(title) for title in _titles(item)] for item in catalog]
        for column, those in enumerate(self._words_of):
            for word in set().union(*those):
                if len(word) > SHORT and not word.isdecimal() and commonness(word) < RARE:
                    self._rare.setdefault(word, []).append(column)
        self._spelt = sorted({word for name in self._all for word in name.split() if len(word) >= LEAST_MISSPELT - 1})
        self._corrected: dict[str, tuple[str, ...]] = {}
        self._longest = min(MAX_NAME_TOKENS, max((name.count(" ") + 1 for name in found), default=1))

    def _by_likelihood(self, ranks: dict[int, float]) -> tuple[int, ...]:
        items = self._catalog
        best = min(ranks.values())
        # An acronym means only what many people know; a nickname never outbids a title.
        kept = [c for c, r in ranks.items() if r != _ACRONYM or (best == _ACRONYM and items[c].popularity >= 50)]
        return tuple(sorted(kept, key=lambda c: (ranks[c] - math.log1p(items[c].popularity), -(items[c].year or 0))))

    def exact(self, text: str) -> list[tuple[int, int]]:
        """Where a text has a name by the letter, the longest first, not overlapping; most may mean something else.

        What Chinese calls an item in two characters counts behind a bracket alone: it stands within other words.
        """
        words = tokens(text)[:MAX_TOKENS]
        taken = np.zeros(len(words), dtype=bool)
        found = []
        for first, last in sorted(self._exact(words), key=lambda span: span[0] - span[1]):
            name = " ".join(token.word for token in words[first:last])
            told = name not in self._within_words or text[: words[first].start].endswith(BRACKETS)
            if told and not taken[first:last].any():
                taken[first:last] = True
                found.append((words[first].start, words[last - 1].end))
        return found

    def misspelt(self, text: str) -> list[tuple[int, int]]:
        """Where a text has a name of which one word is a letter off, dropped, doubled or swapped: "black pnather".

        A name of one word has to be a long one that hardly means anything else, and of something that many know.
        """
        words = tokens(text)[:MAX_TOKENS]
        found: list[tuple[int, int]] = []
        for at, token in enumerate(words):
            for word in self._spellings(token.word):
                near = range(max(at - self._longest, 0), min(at + self._longest, len(words)))
                said = [replace(words[i], word=word) if i == at else words[i] for i in near]
                spans = [(near[0] + first, near[0] + last) for first, last in self._exact(said)]
                names = {(a, b): [w.word for w in said[a - near[0] : b - near[0]]] for a, b in spans if a <= at < b}
                spans = [span for span, name in names.items() if self._tells_though_misspelt(name)]
                if spans:
                    first, last = max(spans, key=lambda span: span[1] - span[0])
                    found.append((words[first].start, words[last - 1].end))
                    break
        return found

    def _tells_though_misspelt(self, name: Sequence[str]) -> bool:
        """Whether a name is told well enough that one of its words may be misspelt: "my familly" is no My Family."""
        telling = [word for word in name if word not in _ARTICLES]
        if len(telling) > 1:
            return any(commonness(word) < ORDINARY for word in telling)
        known = self._catalog[self._columns[" ".join(name)][0]].popularity >= LITTLE_KNOWN
        return known and all(len(word) >= A_LONG_WORD and commonness(word) < A_TELLING_WORD for word in telling)

    def _spellings(self, word: str) -> tuple[str, ...]:
        """The words of names that a word may be a misspelling of, which is hardly ever typed itself."""
        unknown = len(word) >= LEAST_MISSPELT and word.isascii() and word.isalpha() and commonness(word) <= SELDOM_TYPED
        if not unknown or is_foreign(word, SELDOM_TYPED):
            return ()
        if word not in self._corrected:
            near = process.extract(word, self._spelt, scorer=OSA.distance, score_cutoff=1, limit=FEW_TITLES)
            self._corrected[word] = () if any(not off for _, off, _ in near) else tuple(name for name, _, _ in near)
        return self._corrected[word]

    def listed(self, text: str) -> list[tuple[int, int]]:
        """Where several names stand in a text that is nothing but names and what joins them; empty if it is more."""
        found = sorted(span for span in self.exact(text) if text[slice(*span)] not in ALSO_JOINTS)
        rest = [t for t in tokens(text) if not any(start <= t.start < end for start, end in found)]
        joined = all(token.word in JOINTS or token.word in ALSO_JOINTS for token in rest)
        return found if len(found) > 1 and joined else self._between(text)

    def _between(self, text: str) -> list[tuple[int, int]]:
        """Where several names stand in a text that is nothing but names, commas and joints, misspelt names too."""
        joints = [t for t in tokens(text) if t.word in ALSO_JOINTS or t.word == "and"]
        if not ("," in text or joints) or len(text) > MOST_LISTED:
            return []
        ends = sorted({(t.start, t.end) for t in joints} | {(at, at + 1) for at, c in enumerate(text) if c == ","})
        spans, start = [], 0
        for end, begins in [*ends, (len(text), len(text))]:
            name = text[start:end].strip()
            if not name or not self.columns(name):
                return []
            at = start + text[start:end].index(name)
            spans.append((at, at + len(name)))
            start = begins
        return spans if len(spans) > 1 else []

    def within(self, text: str, tells_nothing: Callable[[str], bool]) -> tuple[int, ...]:
        """The items of the longest name in a text whose other words tell nothing; empty if any of them does.

        What is known of the item tells nothing more: "Léon de Luc Besson", "arrival, the 2016 one".
        Of a single word, a name has to be that of something which many know.
        """
        words = tokens(text)
        spans = sorted(self._exact(words), key=lambda span: span[0] - span[1])
        said = {token.word for token in words}
        for first, last in spans:
            columns = self._columns[" ".join(token.word for token in words[first:last])]
            if len(columns) > 1:  # "the korean Oldboy"
                columns = tuple(sorted(columns, key=lambda column: -len(self._known_of(column) & said)))
            beside = [token.word for token in (*words[:first], *words[last:])]
            rest = [word for word in beside if word not in self._known_of(columns[0]) and word not in self._nouns]
            known = last - first > 1 or self._catalog[columns[0]].popularity >= LITTLE_KNOWN
            if beside and known and all(map(tells_nothing, rest)):
                return columns
        return ()

    def _known_of(self, column: int) -> set[str]:
        """The words of an item's year and values: "korean"."""
        if column not in self._told:
            item = self._catalog[column]
            values = normal(" ".join(v for a in item.attributes for v in item.values(a)))
            self._told[column] = {str(item.year), *values.split()}
        return self._told[column]

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
        if len(plain) > LONGEST_NAME:
            return ()
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
        if begun := self._begun_by(name):
            return self._earlier_first(self._of_years(begun, years), name, earlier)
        nearest = process.extractOne(name, self._all, scorer=fuzz.ratio, score_cutoff=ALIKE)
        if nearest is None and len(dated) == 1:
            return self._of_years(self._nearly(name), years)
        if nearest is None or _digits(nearest[0]) != _digits(name):
            return ()
        return self._earlier_first(self._of_years(self._columns[nearest[0]], years), nearest[0], earlier)

    def _nearly(self, word: str) -> tuple[int, ...]:
        """The best known item of one word that is a letter off, of which many know: "logna", "atmmy"."""
        near = [name for name in self._spellings(word) if name in self._columns]
        known = {column for name in near for column in self._columns[name][:1]}
        known = {column for column in known if self._catalog[column].popularity >= LITTLE_KNOWN}
        return tuple(sorted(known, key=lambda column: -self._catalog[column].popularity)[:1])

    def _begun_by(self, name: str) -> tuple[int, ...]:
        """The item whose title begins with some words, if it is far better known than others of such a beginning.

        "no country" is No Country for Old Men.
        """
        if " " not in name:
            return ()
        columns = {self._columns[longer][0] for longer in self._all if longer.startswith(f"{name} ")}
        known = sorted(columns, key=lambda column: -self._catalog[column].popularity)
        far = [*(self._catalog[column].popularity for column in known), 0]
        is_the_one = len(known) == 1 or (known and far[0] >= FAR_BETTER_KNOWN * max(far[1], LITTLE_KNOWN))
        return (known[0],) if is_the_one else ()

    def _with_rare(self, words: Sequence[str]) -> tuple[int, ...]:
        """The items in whose titles all these words stand, a rare one among them: "totoro"; the best known first."""
        inside = [set(self._rare[word]) for word in words if word in self._rare]
        fitting = set.intersection(*inside) if inside else set()
        several = len(words) > 1 or not is_foreign(words[0], KNOWN_WORD)  # "chihiro" tells a title, "plató" none
        kept = [c for c in fitting if any(set(words) <= title for title in self._words_of[c][: None if several else 1])]
        return tuple(sorted(kept, key=lambda c: -self._catalog[c].popularity)) if len(kept) <= FEW_TITLES else ()

    def _ways_to_say(self, words: Sequence[str]) -> Iterator[str]:
        """A name as it was said, without an article or a word for the thing, and with its part as a number."""
        yield " ".join(words)
        yield normal(alpha2digit(" ".join(words), "en"))
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
            elif word.isdecimal() and len(kept) > 1 and not set(kept) & set(_PART):
                yield from (" ".join([*kept[:at], called, *kept[at:]]) for called in _PART)

    def _of_years(self, columns: tuple[int, ...], years: Sequence[int]) -> tuple[int, ...]:
        dated = tuple(c for year in years for c in self._of_year(columns, year))
        return dated if dated or years else columns

    def _earlier_first(self, columns: tuple[int, ...], name: str, earlier: Container[int | None]) -> tuple[int, ...]:
        """The items of a name, those named before first; of a series, not before the one that is called so."""
        whole = [column for column in columns if normal(self._catalog[column].title) == name]
        return tuple(sorted(columns, key=lambda c: not (c in earlier and (c in whole or columns[0] not in whole))))

    def _of_year(self, columns: Iterable[int], year: int) -> tuple[int, ...]:
        """The namesakes of that year, or a year off: release dates differ by country."""
        years = {column: self._catalog[column].year for column in columns}
        exact = tuple(c for c, y in years.items() if y == year)
        return exact or tuple(c for c, y in years.items() if y is not None and abs(y - year) == 1)


def _titles(item: Item) -> Iterator[str]:
    """What an item is called, in all languages."""
    yield from dict.fromkeys((item.title, *item.titles.values()))


def _words_of(title: str) -> set[str]:
    """The words of a title, with and without what is elided before them: "d'Amélie", "Amélie"."""
    return {*normal(title).split(), *normal(title.replace("'", " ").replace("’", " ")).split()}


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def mask(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with the spans blotted out, every code point in its place."""
    characters = list(text)
    for start, end in spans:
        characters[start:end] = "@" * (end - start)
    return "".join(characters)
