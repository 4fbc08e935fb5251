"""Which words stand for which attribute values of a catalogue: a lookup, in any language that its vocabulary has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import Stemmer
from rapidfuzz import process
from rapidfuzz.distance import OSA

from domain.catalog import Catalog
from domain.languages import small_words
from domain.linking import normal
from domain.searching import names, spoken, stem
from domain.words import ORDINARY, RARE, commonness, is_foreign

Pairs = tuple[tuple[str, str], ...]
"""(attribute, value) pairs."""

ARTICLES, ENDINGS = small_words("articles"), tuple(map(normal, sorted(small_words("endings"), key=len, reverse=True)))
"""What stands before a noun, and with what a word ends that tells what something is of: 日本的 is of Japan, 动作片 an
action film."""
PARTICLE = 3
"""So many letters at most has what belongs to the last name behind it: "del", "von"."""
BY_LAST_NAME = 3
"""So many times as well known as a popular item is who is called by the last name alone."""
TELLING = 2
"""So many times as many titles as a brand has things tell a word behind the first, if it tells what things are."""
BASED_ON = "based_on"
"""The attribute that tells what something was made from: "the novel by Agatha Christie"."""
LEAST_LETTERS = 5
LONGEST_PART = 3
"""So many words of a description at most stand for a value."""
BESIDE_NAME = 6
"""So many characters, with the spaces of `normal`, may stand beside a name in a language without spaces: "巩俐主演"."""
KNOWN_WORD = 3.0
"""A word from that commonness on is no other one misspelt."""
"""Of a word, before a letter of it may be wrong."""


class Lexicon:
    """Finds the values that words stand for; made once a catalogue, then used by any thread."""

    def __init__(self, catalog: Catalog) -> None:
        self._names = names(catalog)
        self._words = dict(_lexicon(catalog))
        self._stems: dict[str, Pairs] = {}
        for phrase, pairs in self._words.items():
            self._stems.setdefault(_stemmed(phrase), pairs)
        self._called = {"language": _called(catalog, "language")}
        self._foreign = _foreign_stems(self._words)
        self._nouns = {normal(word) for word in catalog.vocabulary.nouns}
        self._kinds = {*catalog.vocabulary.ask, *catalog.vocabulary.telling} - self._names
        self._people = [p for p, pairs in self._words.items() if " " in p and any(a in self._names for a, _ in pairs)]
        self._last_names = _surnames(catalog, least=catalog.popular_from // 2)
        self._authors = _authors(catalog)
        self._long = [word for word in self._words if len(word) >= LEAST_LETTERS and " " not in word]
        self._of_titles = {stem(word) for item in catalog for word in normal(item.title).split()}

    def values(self, words: str) -> Pairs:
        """The values that words stand for, singular or plural, with a typo, or with a word for the things beside."""
        plain = normal(words)
        if found := self._words.get(plain) or self._stems.get(_stemmed(plain)):
            return found
        if ending := next((ending for ending in ENDINGS if plain.endswith(ending)), ""):
            return self.values(plain.removesuffix(ending))
        rest = " ".join(word for word in plain.split() if word not in self._nouns and word not in ARTICLES)
        if rest != plain and rest:
            return self.values(rest)
        foreign = is_foreign(words.strip().lower(), KNOWN_WORD)  # "niños" are no dinos
        return self._inflected(plain) or (() if foreign else self._misspelt(plain))

    def _inflected(self, word: str) -> Pairs:
        """The values of which a word of another language than English is a form: "Tieren"."""
        if (
            " " in word
            or len(word) < LEAST_LETTERS
            or not is_foreign(word, KNOWN_WORD)
            or commonness(word) > KNOWN_WORD
        ):
            return ()
        found = (self._foreign[name].get(stemmer.stemWord(word), ()) for name, stemmer in _STEMMERS.items())
        return next(filter(None, found), ())

    def of(self, attribute: str, words: str) -> Pairs:
        """The values of one attribute that words are a name of, in any language: "français" is a language, too."""
        plain = normal(words)
        return tuple((attribute, value) for value, names in self._called.get(attribute, {}).items() if plain in names)

    def known(self, words: str) -> Pairs:
        """The values that words stand for by the letter."""
        return self._words.get(normal(words), ())

    def is_noun(self, words: str) -> bool:
        """Whether words say nothing but that a thing is meant, whichever: "una película"."""
        plain = normal(words).split()
        return bool(plain) and all(word in self._nouns or word in ARTICLES for word in plain)

    def within(self, words: str) -> tuple[Pairs, bool]:
        """The values that parts of a description stand for, and whether these are all of it.

        Where they are not, only those that say what things are: of "a dog from Paris" the dog.
        """
        plain = [word for word in normal(words).split() if word not in ARTICLES and word not in self._nouns]
        found, told = dict[tuple[str, str], None](), dict[tuple[str, str], None]()
        at = left = 0
        while at < len(plain):
            for size in range(min(LONGEST_PART, len(plain) - at), 0, -1):
                part = " ".join(plain[at : at + size])
                pairs = self._words.get(part) or self._stems.get(_stemmed(part), ())
                pairs = tuple(pair for pair in pairs if pair[0] not in self._names)
                if pairs:
                    found.update(dict.fromkeys(pairs))
                    told.update(dict.fromkeys(pairs if all(a in self._kinds for a, _ in pairs) else ()))
                    break
            else:
                left += 1
            at += size
        return (tuple(told), False) if left else (tuple(found), bool(found))

    def people(self, words: str) -> Pairs:
        """The values that are somebody's name, the nearest where it is misspelt: ("director", "Denis Villeneuve")."""
        plain = normal(words)
        for name in (plain, plain.removesuffix("s"), plain.removesuffix(" s")):
            found = tuple(pair for pair in self._words.get(name, ()) if pair[0] in self._names)
            if found or self._words.get(name):
                return found or self._words[name]
        if by_last_name := self._last_names.get(plain):
            return by_last_name
        if " " not in plain and commonness(plain) > KNOWN_WORD:
            return ()  # a plumber is not Plummer
        if inside := [p for p in self._people if not p.isascii() and p in plain and len(plain) - len(p) <= BESIDE_NAME]:
            return self._words[max(inside, key=len)]
        nearest = process.extractOne(plain, self._people, scorer=OSA.distance, score_cutoff=1 + (len(plain) > 10))
        return tuple(p for p in self._words[nearest[0]] if p[0] in self._names) if nearest and len(plain) > 6 else ()

    def named(self, words: str) -> Pairs:
        """The values that are somebody's name by the letter."""
        return tuple(pair for pair in self._words.get(normal(words), ()) if pair[0] in self._names)

    def authors(self, words: str) -> Pairs:
        """What is based on something by somebody: ("based_on", "the novel by Agatha Christie")."""
        return self._authors.get(normal(words), ())

    def _misspelt(self, word: str) -> Pairs:
        known = commonness(word) >= KNOWN_WORD or stem(word) in self._of_titles  # a stapler is nothing by Staples
        if len(word) < LEAST_LETTERS or " " in word or known or is_foreign(word, KNOWN_WORD):
            return ()
        nearest = process.extractOne(word, self._long, scorer=OSA.distance, score_cutoff=1)
        return self._words[nearest[0]] if nearest else ()


_STEMMERS = {name: Stemmer.Stemmer(name) for name in ("german", "spanish", "french", "portuguese")}


def _foreign_stems(words: Mapping[str, Pairs]) -> dict[str, dict[str, Pairs]]:
    """Stems of the single words that are hardly English -> what they stand for, by language of the stemmer."""
    foreign = [
        word for word in words
        if " " not in word and len(word) >= LEAST_LETTERS - 1 and word.isalpha() and commonness(word) < KNOWN_WORD
    ]  # fmt: skip
    return {name: {stemmer.stemWord(word): words[word] for word in foreign} for name, stemmer in _STEMMERS.items()}


def _stemmed(phrase: str) -> str:
    return " ".join(map(stem, phrase.split()))


def _lexicon(catalog: Catalog) -> Mapping[str, Pairs]:
    """Phrase -> the pairs that it asks for: the catalogue's own values, then the domain's synonyms."""
    words = _own_values(catalog)
    for surname, pairs in _surnames(catalog, least=BY_LAST_NAME * catalog.popular_from).items():
        words.setdefault(surname, pairs)
    for word, pairs in _translated(catalog):
        words.setdefault(word, pairs)
    for phrase, pairs in catalog.vocabulary.synonyms.items():
        known = tuple(pair for pair in pairs if pair[1] in catalog.values.get(pair[0], {}))
        own = [pair for pair in words.get(normal(phrase), ()) if pair[0] != catalog.vocabulary.series]  # "love story"
        if known and not any(normal(value) == normal(phrase) for _, value in own):  # the mood "tense" is no thriller
            words[normal(phrase)] = known
            if phrase.endswith("y") and " " not in phrase:
                words.setdefault(f"{phrase[:-1]}iest", known)
    for attribute in catalog.vocabulary.quiet:  # what means nothing else: "Tamil"
        for value in catalog.values.get(attribute, ()):
            if commonness(normal(value)) < ORDINARY:
                words.setdefault(normal(value), ((attribute, value),))
    return words


def _own_values(catalog: Catalog) -> dict[str, Pairs]:
    """Phrase -> the pairs of which it is a form."""
    words: dict[str, Pairs] = {}
    told = Counter(word for item in catalog for word in {*map(stem, normal(item.title).split()[1:])})
    for attribute, values in catalog.values.items():
        named, of_people = attribute in names(catalog), attribute in _people(catalog)
        for value, columns in values.items() if attribute not in catalog.vocabulary.quiet else ():
            # "Divine" is a name alone, and "envelopes" tells what things are more often than whose.
            tells = of_people or told[stem(normal(value))] > TELLING * len(columns)
            if named and tells and " " not in value:
                continue
            for form in (*_forms(normal(value)), *_forms(normal(spoken(value)))):
                pair, before = (attribute, value), words.get(form, ())
                if named and pair not in before:  # who directs may act as well
                    words[form] = (*before, pair)
                words.setdefault(form, (pair,))
    return words


def _people(catalog: Catalog) -> frozenset[str]:
    """The attributes whose values are people's names: most of them have several words, as most brands have not."""
    of_several = {name: sum(" " in value for value in catalog.values[name]) for name in names(catalog)}
    return frozenset(name for name, several in of_several.items() if several > len(catalog.values[name]) / 2)


def _translated(catalog: Catalog) -> Iterator[tuple[str, Pairs]]:
    """What values are called in other languages: "Komödie"."""
    for told in catalog.vocabulary.translations.values():
        for attribute, values in catalog.values.items():
            for value in values:
                if value in told:
                    yield from ((form, ((attribute, value),)) for form in _forms(normal(told[value])))


def _called(catalog: Catalog, attribute: str) -> dict[str, set[str]]:
    """Value of an attribute -> all that it is called."""
    told = catalog.vocabulary.translations.values()
    return {
        value: {normal(value), *(normal(names[value]) for names in told if value in names)}
        for value in catalog.values.get(attribute, {})
    }


def _surnames(catalog: Catalog, least: int) -> Mapping[str, Pairs]:
    """Last names that hardly anybody uses for anything else -> those best known by them: "kurosawa", "del toro".

    Args:
        catalog: whose people.
        least: how well known, in popularity, somebody has to be who is called by the last name alone.
    """
    known: dict[str, dict[tuple[str, str], int]] = {}
    for attribute in _people(catalog) - set(catalog.vocabulary.quiet):
        for value, columns in catalog.values[attribute].items():
            first, *last = normal(value).split()
            surname = " ".join(last[-2:] if len(last) > 1 and len(last[-2]) <= PARTICLE else last[-1:])
            if first and len(surname) >= LEAST_LETTERS and commonness(surname.split()[-1]) < RARE:
                fame = sum(catalog[column].popularity for column in columns)
                known.setdefault(surname, {})[attribute, value] = fame
    return {
        surname: tuple(pair for pair, fame in pairs.items() if fame > max(pairs.values()) / 2)
        for surname, pairs in known.items()
        if max(pairs.values()) >= least
    }


def _authors(catalog: Catalog) -> dict[str, Pairs]:
    """Who wrote what things are based on -> the values that say so."""
    found: dict[str, list[tuple[str, str]]] = {}
    for value in catalog.values.get(BASED_ON, ()):
        *_, author = value.rpartition(" by ")
        if author != value and " " in author:
            found.setdefault(normal(author), []).append((BASED_ON, value))
    return {author: tuple(pairs) for author, pairs in found.items()}


def _forms(phrase: str) -> Iterator[str]:
    yield phrase
    if len(phrase) < 3:  # "R", "HP"
        return
    yield phrase.replace(" ", "")
    yield phrase + "s"
    if phrase.endswith("y"):
        yield phrase[:-1] + "ies"
