"""The choices of more than one command: how surprising, how many, in which language."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from discord import app_commands

from bot.discord_app.answering import BadOptionError
from bot.discord_app.names import named
from bot.history import MOST_AGE, MOST_ITEMS
from bot.texts import LANGUAGES, NAMES

Count = app_commands.Range[int, 1, MOST_ITEMS]
"""How many items."""
Age = app_commands.Range[int, 0, MOST_AGE]
"""Nothing is shown that is for older people."""

SURPRISES: Mapping[str, float] = {"safe": 0.0, "some": 0.5, "much": 1.5, "most": 3.0}
"""Scales of z by the words for them."""

SURPRISE_CHOICES = [app_commands.Choice(name=named(f"choice_{word}"), value=word) for word in SURPRISES]
USUAL, AUTO = "usual", "auto"
"""What takes a choice back."""
LANGUAGE_CHOICES = [app_commands.Choice(name=NAMES[language], value=language) for language in LANGUAGES]


def surprise_of(word: str | None) -> float | None:
    """The scale behind a choice; None where none was made, or the usual one.

    Raises:
        BadOptionError: there is no such choice.
    """
    return None if word in (None, USUAL) else SURPRISES[one_of(word, SURPRISES)]


def one_of(word: str, words: Collection[str]) -> str:
    """A choice that there is.

    Raises:
        BadOptionError: there is no such choice.
    """
    if word not in words:
        raise BadOptionError
    return word


def counted(count: int | None) -> int | None:
    """How many items, if that is told.

    Raises:
        BadOptionError: it is more than there can be, or less.
    """
    if count is not None and not 1 <= count <= MOST_ITEMS:
        raise BadOptionError
    return count


def word_of(surprise: float) -> str:
    """The word that is nearest to a scale."""
    return min(SURPRISES, key=lambda word: abs(SURPRISES[word] - surprise))
