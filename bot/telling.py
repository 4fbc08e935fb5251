"""What is held about a person, in sentences."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

from bot import profile
from bot.history import Held, Person
from bot.models import Models
from bot.policy import SHOWN_BEFORE
from bot.texts import NAMES, Texts
from domain.preference import Verdict

LISTED = 100
"""So many items are listed to who asks what was shown before."""


class Telling:
    """Says what is known of people, and every other sentence of texts/conversation.*.toml."""

    def __init__(self, texts: Texts, keep_days: int) -> None:
        self._texts = texts
        self._keep_days = keep_days

    def say(self, models: Models, key: str, language: str, **values: object) -> str:
        """A sentence of texts/conversation.*.toml."""
        return self._texts.say(f"conversation.{key}", language, **{**self.slots(models, language), **values})

    def slots(self, models: Models, language: str) -> dict[str, object]:
        """What every sentence may name: the words for items, and for how many days messages are kept."""
        return {**models.wording.phrasing(language).slots(), "days": self._keep_days}

    def consents(self, models: Models, person: Person, language: str) -> str:
        """Whether a person is remembered, and shares their ratings."""
        yes_no = {True: self.say(models, "yes", language), False: self.say(models, "no", language)}
        return self.say(
            models, "about_person", language, remember=yes_no[bool(person.remember)], share=yes_no[person.share]
        )

    def about(self, models: Models, person: Person, language: str) -> Iterable[str]:
        """What is believed of a person: consents, opinions, wishes."""
        phrasing = models.wording.phrasing(language)
        yield self.consents(models, person, language)
        verdicts: tuple[tuple[str, Verdict], ...] = (
            ("about_likes", "like"),
            ("about_dislikes", "dislike"),
            ("about_seen", "seen"),
        )
        for key, verdict in verdicts:
            items = [item for item in map(models.catalog.get, person.preference.having(verdict)) if item]
            if items:
                yield self.say(models, key, language, names=phrasing.listed([*map(phrasing.heading, items)]))
        if person.preference.constraints:
            yield self.say(models, "about_wishes", language, wishes=phrasing.wishes(person.preference.constraints))
        if not person.preference.opinions and not person.preference.constraints:
            yield self.say(models, "about_empty", language)

    def listed(self, models: Models, person: Person, held: Sequence[Held], language: str) -> Iterable[str]:
        """What the store holds, a line a thing; of who is not remembered, what is in memory."""
        if not person.remember:
            yield from self.about(models, person, language)
            in_memory = [Held("saved", one.day, one.item_id) for one in person.saved]
            in_memory += [Held(f"set_{key}", None, str(value)) for key, value in person.settings.changed().items()]
            yield from (self._line(models, thing, language) for thing in in_memory)
            yield self.say(models, "held_in_memory", language, count=len(person.messages))
        if not held:
            yield self.say(models, "held_nothing", language)
        yield from (self._line(models, thing, language) for thing in held)

    def _line(self, models: Models, thing: Held, language: str) -> str:
        """One thing that is held, as its person reads it."""
        item = models.catalog.get(thing.item_id)
        day = "" if thing.day is None else f" ({profile.day_of(thing.day)})"
        says = models.wording.phrasing(language).heading(item) if item else thing.says
        says = NAMES[says] if thing.what == "set_language" else says
        return self.say(models, f"held_{thing.what}", language, says=says) + day

    def shown_before(self, models: Models, person: Person, language: str) -> Iterable[str]:
        """What was recommended to a person, a line a slate."""
        phrasing = models.wording.phrasing(language)
        yield self.say(models, SHOWN_BEFORE, language)
        for slate, ones in itertools.groupby(person.shown[-LISTED:], lambda one: one.slate):
            names = [phrasing.heading(item) for one in ones if (item := models.catalog.get(one.item_id))]
            yield f"{slate}. {phrasing.listed(names)}"
