"""Why items are recommended to a person, in full: what speaks for each, and what against."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bot.acts import Pick
from bot.models import Models
from bot.reasons import with_reasons
from bot.texts import Texts
from domain.catalog import Item
from domain.preference import Preference


def explained(
    models: Models, preference: Preference, items: Sequence[Item], texts: Texts, language: str
) -> Iterator[str]:
    """A line for each item: its name, the liked item that speaks most for it, the wishes that it meets or does not.

    Args:
        models: whose scores are explained.
        preference: of the person.
        items: of the catalogue.
        texts: in which the parts of a line are worded.
        language: of the lines.
    """
    columns = [column for item in items if (column := models.catalog.column(item.item_id)) is not None]
    for pick in with_reasons(models.recommender, models.catalog, preference, columns):
        parts = texts.say("explaining.and", language).join(_parts(models, preference, pick, texts, language))
        name = models.wording.phrasing(language).name(pick.item)
        yield texts.say("explaining.line", language, name=name, parts=parts)


def _parts(models: Models, preference: Preference, pick: Pick, texts: Texts, language: str) -> Iterable[str]:
    phrasing = models.wording.phrasing(language)
    if pick.because:
        yield texts.say("explaining.because", language, because=phrasing.name(pick.because))
    elif not pick.meets:
        yield texts.say("explaining.by_others", language)
    if pick.because and pick.shares:
        shared = phrasing.listed([phrasing.value(*pair) for pair in pick.shares])
        yield texts.say("explaining.shared", language, shared=shared)
    if pick.meets:
        yield texts.say("explaining.meets", language, wishes=phrasing.wishes(pick.meets))
    missed = tuple(c for c in preference.constraints if not c.holds(pick.item))
    if missed:
        yield texts.say("explaining.missed", language, wishes=phrasing.wishes(missed))
