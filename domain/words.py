"""How ordinary English words are: what tells "I saw it" from "I saw It"."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from wordfreq import zipf_frequency

PRONOUNS = frozenset(
    """
    i me my mine you your yours he him his she her hers it its we us our ours they them their theirs this that these
    those one ones who what which whom everything anything something nothing everyone anyone someone nobody here there
    """.split()
)
JOINTS = frozenset("and or as is was are but in on to for so with at by from of if".split())
"""Words that no misspelt title is taken to begin or end with."""

RARE = 3.4
"""Below it, a word may be a misspelt one. In the unit of `commonness`."""
ORDINARY = 4.7
"""From it on, a word says little by itself."""


@lru_cache(maxsize=1 << 16)
def commonness(word: str) -> float:
    """Zipf frequency: the logarithm to base 10 of how often a word occurs in a billion; 0 for an unknown one.

    Source: wordfreq (Speer 2022, https://doi.org/10.5281/zenodo.7199437).

    Args:
        word: lower case, without an apostrophe.
    """
    return max(zipf_frequency(word, "en", minimum=0.0), 0.0)


@lru_cache(maxsize=1 << 12)
def is_foreign(word: str, least: float) -> bool:
    """Whether a word is so common in Spanish, German, French or Portuguese, and no English one misspelt: "cursi"."""
    return any(zipf_frequency(word, language) >= least for language in ("es", "de", "fr", "pt"))


APART = 1.0
"""So much more common, as a logarithm, is a word in one language than in another that it tells them apart."""


def leans_to(words: Iterable[str], language: str) -> bool:
    """Whether words tell more of a language (two letters) than of English.

    Args:
        words: in lower case, without apostrophes.
        language: "es", "de", "fr" or "pt".
    """
    leads = [zipf_frequency(word, language) - commonness(word) for word in words]
    return sum(lead >= APART for lead in leads) > sum(lead <= -APART for lead in leads)


def is_ordinary(word: str) -> bool:
    """Whether a word says little by itself."""
    return commonness(word) >= ORDINARY


COMMON, COMMON_ENGLISH = 4.75, 5.5
"""From it on, a word is one of the two thousand or so that everybody uses all the time, and names nothing; in English,
in which most titles are, of the three hundred or so."""


@lru_cache(maxsize=1 << 12)
def is_common(word: str, language: str) -> bool:
    """Whether a word is among the commonest of a language (two letters), English if that one is not known."""
    known = language if language in ("en", "es", "de", "fr", "pt") else "en"
    return zipf_frequency(word, known) >= (COMMON_ENGLISH if known == "en" else COMMON)
