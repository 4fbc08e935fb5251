"""Text -> the items of the catalogue that it names: typos, case, missing years, dropped articles and subtitles."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA

from domain.catalog import Catalog, Item
from domain.words import COMMON, PRONOUNS

MAX_NAME_TOKENS = 12
MAX_TOKENS = 400
"""Longer texts are read this far; nobody names films in the 400th word."""

_TOKEN = re.compile(r"&|[^\W_\u3400-\u9fff]+(?:['’][^\W_\u3400-\u9fff]+)*|[\u3400-\u9fff]")
_YEAR_AFTER = re.compile(
    r"\s*[(\[]\s*(?P<bracketed>(?:18|19|20)\d\d)\s*[)\]]|,?\s+(?:from\s+)?(?:the\s+)?(?P<plain>(?:18|19|20)\d\d)\b"
)
_NUMBER_AFTER = re.compile(r"[ :]+(?:\d{1,4}|II|III|IV|VI|VII|VIII|IX)\b(?!\s*(?:times?|stars?|out of|/|[%$]))")
_CAPITAL_BEFORE = re.compile(r"[^\s.!?:]\s+([A-Z][\w'’-]+) (?:(?:of|the|in|a|at|all|to|for) |[A-Z]\w* )*$")
_CAPITAL_BEHIND = re.compile(r":? ([A-Z][\w'’-]+)")
_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9"}
_ARTICLES = ("the", "a", "an")
_CUE_BEFORE = re.compile(
    r"\b(?:watch(?:ed|ing)?|seen|saw|lov(?:e|ed|ing)|lik(?:e|ed)|enjoy(?:ed)?|hat(?:e|ed)|dislik(?:e|ed)|called|named|"
    r"titled|movies?|films?|about|and|or|recommend|prefer)[\s,:]*$",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"^[\s]*(?:$|[,.!?;:)]|and\b|or\b|but\b|is\b|was\b)", re.IGNORECASE)
_QUOTES = "\"'“”‘’«»*_"

_JOINTS = frozenset("and or as is was are but in on to for so with at by from of if".split())
"""Words that no misspelt title is taken to begin or end with."""

# How far a name is from what stands on the poster, in powers of e of the popularity that makes up for it.
_TITLE, _OTHER_NAME, _NO_SUBTITLE, _ACRONYM = 0.0, 0.7, 1.4, 3.0


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text: its normal form, and where it stands (code points, end exclusive)."""

    word: str
    start: int
    end: int


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


def tokens(text: str) -> list[Token]:
    """The words of a text in their normal form: no case, accents or apostrophes, roman numerals as digits."""
    return [Token(_normal(m.group()), m.start(), m.end()) for m in _TOKEN.finditer(text)]


def normal(text: str) -> str:
    """A text in the form in which names are compared."""
    return " ".join(token.word for token in tokens(text))


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
        if rank == _TITLE:
            letters = "".join(token.word[0] for token in tokens(head) if token.word)
            if len(letters) >= 4:
                yield letters, _ACRONYM
                yield letters.removeprefix("t"), _ACRONYM
        if "." in title:
            yield normal(title.replace(".", "")), rank


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
        for column, item in enumerate(catalog):
            for name, rank in _names(item):
                if name:
                    ranks = found.setdefault(name, {})
                    ranks[column] = min(rank, ranks.get(column, rank))
        self._columns = {name: self._by_likelihood(ranks) for name, ranks in found.items()}
        self._typos = _TypoIndex(name for name in found if _may_have_typos(name))
        self._longest = min(MAX_NAME_TOKENS, max((name.count(" ") + 1 for name in found), default=1))

    def _by_likelihood(self, ranks: dict[int, float]) -> tuple[int, ...]:
        items = self._catalog
        best = min(ranks.values())
        # An acronym means only what many people know; a nickname never outbids a title.
        kept = [c for c, r in ranks.items() if r != _ACRONYM or (best == _ACRONYM and items[c].popularity >= 50)]
        return tuple(sorted(kept, key=lambda c: (ranks[c] - math.log1p(items[c].popularity), -(items[c].year or 0))))

    def named(self, name: str) -> tuple[int, ...]:
        """The items that a whole text names, the likeliest first; empty if none."""
        exact = self._columns.get(normal(name))
        links = [] if exact else self.link(name)
        return exact or (links[0].columns if len(links) == 1 else ())

    def link(self, text: str) -> list[Link]:
        """The items that a text names, in the order of the text, not overlapping."""
        words = tokens(text)[:MAX_TOKENS]
        spans = [*self._exact(words), *self._misspelt(words)]
        spans.sort(key=lambda s: (-(s[1] - s[0]), s[3], s[0]))
        taken = np.zeros(len(words), dtype=bool)
        links = []
        for first, last, columns, misspelt in spans:
            if taken[first:last].any():
                continue
            link = self._judge(text, words[first:last], columns, misspelt)
            if link is not None:
                taken[first:last] = True
                links.append(link)
        return sorted(links, key=lambda link: link.start)

    def _exact(self, words: Sequence[Token]) -> Iterator[tuple[int, int, tuple[int, ...], bool]]:
        for first in range(len(words)):
            name = ""
            for last in range(first, min(first + self._longest, len(words))):
                name = f"{name} {words[last].word}" if name else words[last].word
                columns = self._columns.get(name, ())
                if columns:
                    yield first, last + 1, columns, False

    def _misspelt(self, words: Sequence[Token]) -> Iterator[tuple[int, int, tuple[int, ...], bool]]:
        windows = []
        for first in range(len(words)):
            if words[first].word in PRONOUNS or words[first].word in _JOINTS:
                continue
            for last in range(first, min(first + self._longest, len(words))):
                name = " ".join(token.word for token in words[first : last + 1])
                if words[last].word not in _JOINTS and _may_have_typos(name) and name not in self._columns:
                    windows.append((first, last + 1, name))
        for at, name in self._typos.nearest([w[2] for w in windows]):
            first, last, _ = windows[at]
            if self._columns[name]:
                yield first, last, self._columns[name], True

    def _judge(self, text: str, words: Sequence[Token], columns: tuple[int, ...], misspelt: bool) -> Link | None:
        """The link, if the evidence for a title is enough; a year behind the name chooses among namesakes."""
        start, end = words[0].start, words[-1].end
        year = _YEAR_AFTER.match(text, end)
        dated = self._of_year(columns, int(year["bracketed"] or year["plain"])) if year else ()
        common = all(_is_common(token.word) for token in words)
        if year and dated and (not common or year["bracketed"]):
            return Link(dated, start, _close(text, year.end()))
        if year and year["bracketed"] and not dated:
            return None  # a namesake that the catalogue does not have
        if not year and (_NUMBER_AFTER.match(text, end) or _is_part_of_a_longer_title(text, start, end)):
            return None  # a sequel that it does not have, or something else altogether
        # One unknown word is more often a word than a title with a typo.
        ordinary = misspelt and len(words) == 1 and text.strip() != text[start:end] and not _is_strange(words[0].word)
        if not ordinary and not common:
            return Link(columns, start, end)
        if len(words) >= 3 and end - start >= 12:
            return Link(columns, start, end)
        if _looks_like_a_title(text, start, end, words):
            return Link(columns, start, end)
        cued = _CUE_BEFORE.search(text, 0, start) and _CLAUSE_END.search(text[end:])
        pronoun = any(token.word in PRONOUNS for token in words) and len(words) == 1
        return Link(columns, start, end, sure=ordinary) if cued and not pronoun else None

    def _of_year(self, columns: Iterable[int], year: int) -> tuple[int, ...]:
        """The namesakes of that year, or a year off: release dates differ by country."""
        years = {column: self._catalog[column].year for column in columns}
        exact = tuple(c for c, y in years.items() if y == year)
        return exact or tuple(c for c, y in years.items() if y is not None and abs(y - year) == 1)


def _close(text: str, end: int) -> int:
    """The end of a span without trailing white space."""
    return len(text[:end].rstrip())


def _looks_like_a_title(text: str, start: int, end: int, words: Sequence[Token]) -> bool:
    """Whether quotes, or capitals where none are due, set the words apart."""
    if text[start - 1 : start] and text[start - 1] in _QUOTES and text[end : end + 1] in tuple(_QUOTES):
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


def _is_part_of_a_longer_title(text: str, start: int, end: int) -> bool:
    """Whether capitalised words that are no ordinary ones go on before or behind a name."""
    if not text[start : start + 1].isupper():
        return False
    before, behind = _CAPITAL_BEFORE.search(text, 0, start), _CAPITAL_BEHIND.match(text, end)
    return any(match and not _is_common(_normal(match[1])) for match in (before, behind))


def _may_have_typos(name: str) -> bool:
    """Whether a name is long and rare enough for a near miss to mean it."""
    parts = name.split(" ")
    return len(name) >= 5 + (len(parts) == 1) and not all(map(_is_common, parts))


def _is_strange(word: str) -> bool:
    """Whether a word is too long, and not an ending of another one, to be anything but a misspelt title."""
    return len(word) >= 8 and not word.endswith(("s", "ed", "ing", "ly", "er"))


def _is_common(word: str) -> bool:
    """Whether a word says little by itself: an ordinary word, a scrap, or what may be a year."""
    return word in COMMON or len(word) < 3 or (len(word) == 4 and word.isdigit())


class _TypoIndex:
    """Names found by strings one edit away: both sides lose a letter and meet (the symmetric delete algorithm)."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = list(names)
        pairs = [(hash(form), at) for at, name in enumerate(self._names) for form in _deletions(name)]
        table = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        order = np.argsort(table[:, 0], kind="stable")
        self._hashes: NDArray[np.int64] = table[order, 0]
        self._at: NDArray[np.int64] = table[order, 1]

    def nearest(self, words: Sequence[str]) -> Iterator[tuple[int, str]]:
        """(position in `words`, name) of every word that is a typo or two away from a name."""
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
                if distance <= allowed and (at not in best or (distance, name) < best[at]):
                    best[at] = (distance, name)
        for at, (_, name) in best.items():
            yield at, name


def _deletions(word: str) -> set[str]:
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}
