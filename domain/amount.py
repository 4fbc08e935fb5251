"""A number as somebody says it."""

from __future__ import annotations

from dataclasses import dataclass

MINUTES, YEAR, MONEY, AGE_OF_SOMEBODY, RATING = "minutes", "year", "money", "age", "rating"
"""The units that are the same in every domain; a rating is a share of the best, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number or a span of numbers.

    Attributes:
        low: the least, or the number itself.
        high: the greatest; the same for a single number.
        unit: one of the above, or empty.
        words: the words beside the number: "pages"; with `unit` empty they tell what is counted.
    """

    low: float
    high: float
    unit: str = ""
    words: tuple[str, ...] = ()
