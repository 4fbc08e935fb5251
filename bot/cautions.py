"""What some people cannot bear to see and no catalogue tells: who asks for it is told so, whatever else is answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.understood import Understood
from bot.words import has_any, known
from domain.frame import Topic
from domain.linking import normal


def cautions(text: str, language: str) -> tuple[str, ...]:
    """The words of a text for such things, the longest of those that overlap: "rape scene", "does the dog die"."""
    found = [word for word in dict.fromkeys(known(language, "warnings")["words"]) if has_any(text, [word])]
    return tuple(word for word in found if not any(word != other and word in other for other in found))


def with_cautions(said: Understood, words: Sequence[str]) -> Understood:
    """A message whose questions for such things ask for no value: that a film has dogs does not tell that one dies.

    Args:
        said: the message.
        words: `cautions` of its text.
    """
    cautious = {part for word in words for part in normal(word).split()}
    asked = (
        replace(a, topic=Topic.PROPERTY, value=None) if cautious & {*normal(a.words).split()} else a for a in said.asked
    )
    return replace(said, asked=tuple(asked))
