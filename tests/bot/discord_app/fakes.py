"""A conversation and a retraining that do what the test asks by the words it uses; needs no model and no database."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Literal

from bot.conversation import Conversation
from bot.exchange import Card, Incoming, Rated, Reply, Show
from bot.history import PersonalSettings, Saved, ServerSettings, Undelivered
from bot.outcome import Figure, Outcome, Sentence
from bot.profile import Line, Wish
from bot.retraining import Progress, Retraining
from bot.texts import Texts, language_of
from bot.titles import Named, Titles
from domain.catalog import Catalog, Item
from domain.linking import Linker
from domain.preference import Constraint, Opinion, Verdict

LONG_ID = "https://example.org/films/" + "ñ" * 80

ITEMS = {
    "heat86": "Heat (1986)",
    "heat": "Heat (1995)",
    "6": "M*A*S*H (1970)",
    LONG_ID: "A film with a very long address (2001)",
}
THRILLER, SHORT = Constraint("genres", "Thriller"), Constraint("length", "<97")
WISHES = (Wish((THRILLER,), "thriller"), Wish((SHORT,), "under 97 minutes"))
IMAGE = "https://images.example.org/heat.jpg"
LONG_ANSWER = "One sentence of an answer that does not end. " * 120


def titles() -> Titles:
    """What can be found among `ITEMS`, as they are now."""
    split = {item_id: name.removesuffix(")").split(" (") for item_id, name in ITEMS.items()}
    catalog = Catalog([Item(item_id, title, int(year)) for item_id, (title, year) in split.items()])
    return Titles(catalog, Linker(catalog))


def card(item_id: str) -> Card:
    """An item as it is shown; one of them has a picture."""
    title, year = ITEMS[item_id].removesuffix(")").rsplit(" (", 1)
    image = IMAGE if item_id == "heat" else None
    return Card(item_id, ITEMS[item_id], "crime, 170 minutes", "It fits.", title, int(year), image)


class FakeConversation(Conversation):
    """Remembers what it was told; a word such as `cards`, `long`, `boom`, `wait` or `newcomer` decides a turn."""

    def __init__(self, texts: Texts | None = None) -> None:
        self._texts = texts or Texts.load()
        self.turns: list[Incoming] = []
        self.wishes: list[Incoming] = []
        self.likes: list[Incoming] = []
        self.much = 0
        self.ratings: list[tuple[str, str, str, str]] = []
        self.earlier: Opinion | None = None
        self.taken_back: list[tuple[str, str, str, Opinion | None]] = []
        self.consents_given: list[tuple[str, bool | None, bool | None]] = []
        self.erased: list[str] = []
        self.gate = asyncio.Event()
        self.arrived: list[str] = []
        self.late: list[Undelivered] = []
        self.list_is_full = False
        self.asks_to_remember = True
        self.wished: tuple[Wish, ...] = WISHES
        self.public_reasons: list[tuple[str, bool]] = []
        self.elsewhere: list[tuple[str, bool]] = []
        self.chosen: dict[str, PersonalSettings] = {}
        self.servers: dict[str, ServerSettings] = {}
        self.lists: dict[str, list[Saved]] = {}
        self.beliefs: list[Line] = []
        self.dropped: list[tuple[str, str]] = []
        self.asked_why: list[tuple[str, ...]] = []
        self.alike: list[str | None] = []
        self.ages = True
        self.slowly = False
        self._handled: set[str] = set()
        self._asked: set[str] = set()

    async def turn(self, incoming: Incoming, show: Show | None = None) -> Reply | None:
        if self._is_repeated(incoming):
            return None
        await self._begin(incoming, show)
        self.turns.append(incoming)
        if "boom" in incoming.text:
            raise ValueError(incoming.text)
        if "wait" in incoming.text:
            await self.gate.wait()
        return self._reply(incoming)

    async def _begin(self, incoming: Incoming, show: Show | None) -> None:
        """Show the reply half written, where one is asked for slowly."""
        if show and (self.slowly or "slowly" in incoming.text):
            await show(replace(self._reply(incoming, cards=True), opening="Half a sentence"))
            await asyncio.sleep(0)  # what is shown is on its way

    async def remark(self, incoming: Incoming, key: str) -> Reply | None:
        return None if self._is_repeated(incoming) else Reply(self.text(key), "chat")

    async def recommend(self, incoming: Incoming, show: Show | None = None) -> Reply | None:
        if self._is_repeated(incoming):
            return None
        await self._begin(incoming, show)
        self.wishes.append(incoming)
        if "boom" in incoming.text:
            raise ValueError(incoming.text)
        if "wait" in incoming.text:
            await self.gate.wait()
        return self._reply(incoming, cards="long" not in incoming.text)

    async def rate(
        self, incoming: Incoming, item_id: str, verdict: Verdict, source: Literal["button", "command"]
    ) -> Reply | None:
        if self._is_repeated(incoming):
            return None
        if item_id == "6":
            raise RuntimeError("this item cannot be rated")
        self.ratings.append((incoming.person_id, item_id, verdict, source))
        name = ITEMS.get(item_id, item_id)
        rated = Rated(Opinion(item_id, verdict, source, 20_000), name, self.earlier)
        return Reply(f"Noted: {verdict} {name}.", "chat", rated=rated)

    async def unrate(self, incoming: Incoming, item_id: str, verdict: Verdict, earlier: Opinion | None) -> Reply | None:
        self.taken_back.append((incoming.person_id, item_id, verdict, earlier))
        return Reply("Taken back.", "chat")

    async def set_consent(
        self, incoming: Incoming, *, remember: bool | None = None, share: bool | None = None
    ) -> Reply | None:
        if self._is_repeated(incoming):
            return None
        self.consents_given.append((incoming.person_id, remember, share))
        return Reply("Your choice is noted.", "chat")

    async def consents(self, person_id: str) -> tuple[bool, bool]:
        given = [(remember, share) for who, remember, share in self.consents_given if who == person_id]
        remember = next((remember for remember, _ in reversed(given) if remember is not None), False)
        return remember, next((share for _, share in reversed(given) if share is not None), False)

    async def lines(self, person_id: str, locale: str | None = None) -> tuple[str, list[Line]]:
        return f"What is believed of {person_id}.", list(self.beliefs)

    async def drop_wish(self, incoming: Incoming, token: str) -> Reply | None:
        return self._drop(incoming, token)

    async def drop_opinion(self, incoming: Incoming, item_id: str) -> Reply | None:
        return self._drop(incoming, item_id)

    def _drop(self, incoming: Incoming, what: str) -> Reply:
        self.dropped.append((incoming.person_id, what))
        self.beliefs = [line for line in self.beliefs if what not in (line.wish, line.item_id)]
        return Reply(f"Dropped {what}.", "chat")

    async def why(self, incoming: Incoming, item_ids: Sequence[str] = ()) -> Reply:
        self.asked_why.append(tuple(item_ids))
        return Reply("Because.", "answer", private=True)

    async def save(self, incoming: Incoming, item_id: str) -> Reply | None:
        if self.list_is_full:
            return Reply("Your list is full.", "chat")
        self.lists.setdefault(incoming.person_id, []).append(Saved(item_id, 20_000))
        return Reply(f"Saved {self.name_of(item_id)}.", "chat")

    async def unsave(self, incoming: Incoming, item_id: str) -> Reply | None:
        kept = [one for one in self.lists.get(incoming.person_id, []) if one.item_id != item_id]
        self.lists[incoming.person_id] = kept
        return Reply(f"Removed {self.name_of(item_id)}.", "chat")

    async def done(
        self, incoming: Incoming, item_id: str, source: Literal["button", "command"] = "button"
    ) -> Reply | None:
        await self.unsave(incoming, item_id)
        return Reply(f"Done with {self.name_of(item_id)}.", "chat")

    async def saved(self, person_id: str) -> tuple[Saved, ...]:
        return tuple(self.lists.get(person_id, ()))

    async def choose(self, incoming: Incoming, settings: PersonalSettings) -> Reply | None:
        self.chosen[incoming.person_id] = settings
        return Reply(self.text("profile.settings_noted", settings.language), "chat")

    async def export(self, person_id: str) -> str:
        return json.dumps({"person_id": person_id})

    def knows_ages(self) -> bool:
        return self.ages

    def name_of(self, item_id: str, language: str | None = None) -> str:
        return ITEMS.get(item_id, item_id)

    def facts_of(self, item_id: str, language: str) -> str:
        return "crime, 170 minutes"

    async def held(self, person_id: str, locale: str | None = None) -> Reply:
        return Reply(f"Every row about {person_id}." + LONG_ANSWER * self.much, "answer", private=True)

    async def set_public_reasons(self, incoming: Incoming, *, on: bool) -> Reply | None:
        self.public_reasons.append((incoming.person_id, on))
        return Reply("Your choice is noted.", "chat")

    async def set_elsewhere(self, incoming: Incoming, *, on: bool) -> Reply | None:
        self.elsewhere.append((incoming.person_id, on))
        return Reply("Your choice is noted.", "chat")

    @property
    def refinements(self) -> dict[str, str]:
        return {"older": "year", "shorter": "length"}

    async def similar(self, incoming: Incoming, item_id: str | None = None) -> Reply | None:
        self.likes.append(incoming)
        self.alike.append(item_id)
        return self._reply(incoming, cards=True)

    async def delivered(self, event_id: str) -> None:
        self.arrived.append(event_id)

    def undelivered(self, prefix: str) -> list[Undelivered]:
        return [late for late in self.late if late.address.startswith(prefix) and late.event_id not in self.arrived]

    def is_urgent(self, text: str) -> bool:
        return "danger" in text

    async def erase(self, person_id: str) -> None:
        self.erased.append(person_id)

    def text(self, key: str, locale: str | None = None, **values: object) -> str:
        slots = {"noun": "film", "nouns": "films", "piece": "部", "had": "seen", "Had": "Seen", "days": 30}
        return self._texts.say(key, language_of("", locale), **{**slots, **values})

    def settings(self, person_id: str) -> PersonalSettings:
        return self.chosen.get(person_id, PersonalSettings())

    def server(self, server_id: str) -> ServerSettings:
        return self.servers.get(server_id, ServerSettings())

    async def set_server(self, server_id: str, settings: ServerSettings) -> None:
        self.servers[server_id] = settings

    def language_for(
        self, person_id: str, locale: str | None = None, text: str = "", server: ServerSettings | None = None
    ) -> str:
        chosen = self.settings(person_id).language or (server.language if server else None)
        return chosen or language_of(text, locale)

    def called(self, typed: str) -> list[Named]:
        return titles().called(typed)

    def find(self, typed: str, limit: int = 25) -> list[Named]:
        return titles().like(typed, limit)

    def _is_repeated(self, incoming: Incoming) -> bool:
        repeated = incoming.event_id in self._handled
        self._handled.add(incoming.event_id)
        return repeated

    def _reply(self, incoming: Incoming, *, cards: bool = False) -> Reply:
        first = self.asks_to_remember and incoming.person_id not in self._asked
        self._asked.add(incoming.person_id)
        language = language_of(incoming.text, incoming.locale)
        if "fail" in incoming.text:
            return Reply("Sorry, something went wrong.", "chat", failed=True)
        if "long" in incoming.text:
            return Reply(LONG_ANSWER, "chat", ask_to_remember=first, language=language)
        if cards or (incoming.slate and incoming.channel == "command") or "cards" in incoming.text:
            shown = tuple(card(item_id) for item_id in ITEMS)
            text = "Try " + ", ".join(one.name for one in shown) + "."
            opening, close = "Tense, then.", "Start with the first."
            return Reply(text, "recommend", shown, opening, close, self.wished, first, language)
        private = "secret" in incoming.text
        if "newcomer" in incoming.text:
            return Reply("Hello.", "ask", ask_to_remember=first, language=language, greets=True)
        return Reply(f"You said: {incoming.text}", "chat", ask_to_remember=first, language=language, private=private)


class FakeRetraining(Retraining):
    """Ends, with three steps of progress, when the gate is open, which it is at first."""

    def __init__(self) -> None:
        self.runs = 0
        self.starts_at, self.says = 0.0, ""
        self.by: list[str] = []
        self.dry: list[bool] = []
        self.cancelled = False
        self.lines = 1
        self.begun = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()

    async def run(
        self, on_progress: Callable[[Progress], Awaitable[None]], by: str = "", *, dry: bool = False
    ) -> Outcome:
        self.runs += 1
        self.by.append(by)
        self.dry.append(dry)
        for step in range(3):
            await on_progress(Progress(step / 2 or self.starts_at, self.says or f"step {step}", "training"))
        self.begun.set()
        await self.gate.wait()
        if self.cancelled:
            return Outcome.of("cancelled", before="1")
        figures = (Figure("ndcg@20", 0.3562, 0.3581), Figure("new", None, 1.0))
        told = {"version": "2", "new": "ndcg@20 0.3581", "old": "ndcg@20 0.3562", "ratings": 0, "before": "1"}
        return Outcome.of("dry_run" if dry else "published", published=not dry, figures=figures, **told)

    def cancel(self, by: str = "") -> Outcome:
        self.by.append(by)
        self.cancelled = True
        self.gate.set()
        return Outcome.of("cancelling")

    async def rollback(self, by: str = "", to: str | None = None) -> Outcome:
        self.by.append(by)
        return Outcome.of("went_to", published=True, version=to or "1", before="2")

    async def status(self) -> Outcome:
        return Outcome.of("nothing_runs")

    def models(self) -> Outcome:
        return Outcome.of("this_version", version="2", built="today", figure="ndcg@20 0.3581")

    def versions(self) -> list[str]:
        return ["3", "1"]

    def audit(self) -> Outcome:
        return Outcome(False, (Sentence("audit_line", {"line": "x" * 300}),) * self.lines)
