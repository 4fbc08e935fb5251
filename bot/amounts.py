"""Numbers, money, times, dates and decades: a small grammar over the words of one span."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from text_to_num import alpha2digit  # type: ignore[import-untyped]

from bot.words import known, numerals
from domain.amount import AGE_OF_SOMEBODY, MINUTES, MONEY, RATING, YEAR, Amount
from domain.languages import SPELT

CURRENCIES = "$€£¥₹"
FIRST_YEAR, LAST_YEAR = 1870, 2040
"""A bare number between them is a year."""
GREATEST = 1e9
"""No number that is said is so large."""
STARS = 5
A_UNIT = 4
"""A word of so many letters behind a number is what is counted."""
CENTURY = 100
OLDEST_DECADE = 30
"""Two digits from here on are a decade of the last century: "the 80s"."""
A_FEW_YEARS = 5
"""So many are the last few years."""
TEN = 10
"""From here on a numeral multiplies the one before it."""


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    number: float | None = None


def amount(text: str, language: str, today: date | None = None) -> Amount | None:
    """What a span of words measures; None if there is no number in it.

    Args:
        text: "under two hours", "the late 90s", "$20".
        language: two letters.
        today: what "this year" is counted from; default: the day it is.
    """
    words = known(language, "amounts")
    tokens = list(_tokens(_in_digits(text.lower(), language), words))
    now = (today or date.today()).year
    for rule in (_money, _time, _relative, _century, _decade, _rating, _age, _plain):
        if found := rule(tokens, words, now):
            return found
    return None


def _in_digits(text: str, language: str) -> str:
    """A text whose number words are digits."""
    if language in SPELT:
        with contextlib.suppress(ValueError, IndexError):
            text = alpha2digit(text, language)
    numbers = known(language, "numbers")
    text = " ".join(str(numbers.get(part, part)) for part in text.split(" "))
    return "".join(_figures(text, numerals(language)))


def _figures(text: str, worth: Mapping[str, int]) -> Iterator[str]:
    """A text with runs of numerals as figures."""
    for numeral, run in itertools.groupby(text, worth.__contains__):
        characters = "".join(run)
        yield str(_value(characters, worth)) if numeral else characters


def _value(numerals: str, worth: Mapping[str, int]) -> int:
    if all(worth[character] < TEN for character in numerals):  # "二〇一五"
        return int("".join(str(worth[character]) for character in numerals))
    total, digit = 0, 0
    for character in numerals:
        if worth[character] >= TEN:
            total += max(digit, 1) * worth[character]
            digit = 0
        else:
            digit = worth[character]
    return total + digit


def _tokens(text: str, words: Mapping[str, Sequence[str]]) -> Iterator[_Token]:
    """Numbers, words and signs, in order; "1h40" is a number, a word and a number; Chinese is cut at its units."""

    def kind(character: str) -> str:
        if character.isdecimal() or character == "\0":
            return "number"
        return "word" if character.isalpha() else character

    for what, run in itertools.groupby(_joined(text), kind):
        characters = "".join(run)
        if what == "number":
            number = float(characters.replace("\0", "."))
            yield _Token(characters, number if number < GREATEST else None)
        elif what == "word":
            yield from (_Token(part) for part in _cut(characters, words))
        elif not characters.isspace():
            yield _Token(characters[:1])


def _joined(text: str) -> str:
    """A text whose decimal points are NUL and whose thousands stand together, so that a number is one run."""
    characters = list(text.replace("\0", "").replace("’", "'"))
    pointed = False
    for at in range(1, len(characters) - 1):
        digits = characters[at - 1].isdecimal() and characters[at + 1].isdecimal()
        if characters[at] in ".," and digits:
            three = len(list(itertools.takewhile(str.isdecimal, characters[at + 1 : at + 5]))) == 3
            characters[at] = "" if three else " " if pointed else "\0"
            pointed = pointed or not three
        elif characters[at] == "'" and characters[at - 1].isdecimal():  # the 90's
            characters[at] = ""
        elif not characters[at].isdecimal():
            pointed = False
    return "".join(characters)


def _cut(characters: str, words: Mapping[str, Sequence[str]]) -> Iterator[str]:
    if characters[0] < "\u2e80":
        yield characters
        return
    units = sorted({word for group in words.values() for word in group if word[0] >= "\u2e80"}, key=len, reverse=True)
    while characters:
        unit = next((word for word in units if characters.startswith(word)), characters[0])
        yield unit
        characters = characters[len(unit) :]


def _numbers(tokens: Sequence[_Token]) -> list[float]:
    return [token.number for token in tokens if token.number is not None]


def _has(tokens: Sequence[_Token], words: Sequence[str]) -> bool:
    return any(token.text in words for token in tokens)


def _span(numbers: Sequence[float], unit: str, words: tuple[str, ...] = ()) -> Amount | None:
    return Amount(min(numbers[:2]), max(numbers[:2]), unit, words) if numbers else None


def _money(tokens: Sequence[_Token], words: Mapping[str, Any], now: int) -> Amount | None:
    priced = any(token.text in CURRENCIES for token in tokens) or _has(tokens, words["money"])
    return _span(_numbers(tokens), MONEY) if priced else None


def _time(tokens: Sequence[_Token], words: Mapping[str, Any], now: int) -> Amount | None:
    """Times: "an hour and forty", "90 to 120 minutes", "1h40", "two and a half hours", "half an hour"."""
    if not _has(tokens, (*words["hour"], *words["minute"])):
        return None
    totals: list[float] = []
    total, pending, hours = 0.0, [], False
    for token in tokens:
        if token.number is not None:
            pending.append(token.number)
        elif token.text in words["half"]:
            total += 30 * hours
            if not hours:
                pending = [(pending[-1] if pending else 0) + 0.5]
        elif token.text in words["quarter"] and hours:
            total += 15
        elif token.text in words["hour"]:
            if len(pending) > 1 and not hours:  # "1 to 2 hours"
                totals.append(60 * pending[0])
            total += 60 * (pending.pop() if pending else 1)
            hours, pending = True, []
        elif token.text in words["minute"]:
            if len(pending) > 1 and not hours:
                totals.append(pending[0])
            total += pending.pop() if pending else 1
            pending = []
    if hours and pending:
        total += pending[-1]
    totals.append(total)
    return _span(totals, MINUTES)


def _century(tokens: Sequence[_Token], words: Mapping[str, Any], now: int) -> Amount | None:
    """Centuries: "this century", "the 20th century", "el siglo XX"."""
    if not _has(tokens, words["century"]) or any(token.text in words["decade"] for token in tokens):
        return None
    numbers = [*_numbers(tokens), *(_ROMAN[t.text.rstrip("e")] for t in tokens if t.text.rstrip("e") in _ROMAN)]
    century = int(numbers[0]) if numbers else now // 100 + (0 if _has(tokens, words["last"]) else 1)
    return Amount(100 * (century - 1), 100 * century - 1, YEAR) if LEAST_CENTURY <= century <= now // 100 + 1 else None


_ROMAN = {"xviii": 18, "xix": 19, "xx": 20, "xxi": 21}
LEAST_CENTURY = 10


def _decade(tokens: Sequence[_Token], words: Mapping[str, Any], now: int) -> Amount | None:
    """Dates: "the late 90s", "1980s", "20th century", "this century", "1990 to 2000", "90年代"."""
    numbers = _numbers(tokens)
    decades = [
        int(token.number)
        for token, behind in itertools.zip_longest(tokens, tokens[1:])
        if token.number is not None and token.number % 10 == 0
        and (token.number >= FIRST_YEAR or token.number < CENTURY)
        and ((behind is not None and behind.text in words["decade"]) or _leads(tokens, token, words))
    ]  # fmt: skip
    if decades:
        first, last = (_of_two_digits(decades[0]), _of_two_digits(decades[-1]))
        low, high = min(first, last), max(first, last) + 9
        if low == high - 9:
            if _has(tokens, words["early"]):
                return Amount(low, low + 4, YEAR)
            if _has(tokens, words["middle"]):
                return Amount(low + 3, low + 7, YEAR)
            if _has(tokens, words["late"]):
                return Amount(low + 5, high, YEAR)
        return Amount(low, high, YEAR)
    if any(token.number is not None and len(behind.text) >= A_UNIT for token, behind in itertools.pairwise(tokens)):
        return None  # "2000 pages"
    years = [number for number in numbers if FIRST_YEAR <= number <= LAST_YEAR and number.is_integer()]
    return _span(years, YEAR) if years and len(years) == len(numbers) else None


def _leads(tokens: Sequence[_Token], token: _Token, words: Mapping[str, Any]) -> bool:
    """Whether a word for a decade stands before a number: "los 80", "années 90", "anos 2000"."""
    at = tokens.index(token)
    return (
        at > 0
        and tokens[at - 1].text in words["before_decade"]
        and token.number is not None
        and (10 <= token.number < 100 or (FIRST_YEAR <= token.number <= LAST_YEAR and token.number % 10 == 0))
    )


def _of_two_digits(decade: int) -> int:
    if decade >= 100:
        return decade
    return decade + (1900 if decade >= OLDEST_DECADE else 2000)


def _rating(tokens: Sequence[_Token], words: Mapping[str, Any], now: int) -> Amount | None:
    numbers = _numbers(tokens)
    slash = any(token.text == "/" for token in tokens)
    if len(numbers) == 2 and slash and numbers[0] <= numbers[1] and numbers[1] in (5, 10, 100):
        return Amount(numbers[0] / numbers[1], numbers[0] / numbers[1], RATING)
    out_of = len(numbers) == 2 and _has(tokens, words["of"])
    if out_of and numbers[0] <= numbers[1] and numbers[1] in (5, 10, 100):
        return Amount(numbers[0] / numbers[1], numbers[0] / numbers[1], RATING)
    if numbers and _has(tokens, words["star"]) and max(numbers) <= STARS:
        return Amount(numbers[0] / STARS, numbers[-1] / STARS, RATING)
    return None


def _age(tokens: Sequence[_Token], words: Mapping[str, Any], now: int) -> Amount | None:
    return _span(_numbers(tokens), AGE_OF_SOMEBODY) if _has(tokens, words["age"]) else None


def _relative(tokens: Sequence[_Token], words: Mapping[str, Any], now: int) -> Amount | None:
    """Years from now: "this year", "last year", "the last ten years"."""
    if _has(tokens, words["last_year"]):
        return Amount(now - 1, now - 1, YEAR)
    if not _has(tokens, words["year"]):
        return None
    numbers = _numbers(tokens)
    if _has(tokens, words["last"]) and not numbers and _has(tokens, words["few"]):
        return Amount(now - A_FEW_YEARS, now, YEAR)
    if _has(tokens, words["last"]):
        return Amount(now - numbers[0], now, YEAR) if numbers else Amount(now - 1, now - 1, YEAR)
    return Amount(now, now, YEAR) if _has(tokens, words["this"]) and not numbers else None


def _plain(tokens: Sequence[_Token], words: Mapping[str, Any], now: int) -> Amount | None:
    beside = tuple(token.text for token in tokens if token.number is None and token.text.isalpha())
    return _span(_numbers(tokens), "", beside)
