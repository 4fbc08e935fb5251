"""One turn of a conversation: what was said goes in, what is known is updated, a reply comes out."""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import random
import traceback
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field, replace
from typing import Literal
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from bot import profile, ranking
from bot.acts import CRITICISM, Act, ActKind, Answer, Ask, Count, Recommend, Say, Words
from bot.belief import believe
from bot.briefs import Briefed, briefed, shown
from bot.dialogue import Dialogue, NoDialogue
from bot.explaining import explained
from bot.guards import AboutData, Guards, Trouble
from bot.history import Held, History, Person, PersonalSettings, Saved, ServerSettings, Undelivered, today
from bot.models import Models, Serving
from bot.policy import ABOUT_PERSON, OPENING, SHOWN_BEFORE, Move, Policy, decide, options
from bot.presenting import NAMED
from bot.profile import Change, Line, Wish
from bot.reasons import with_reasons
from bot.seeking import HINTED, MEANT, PARTLY, WEIGHT, Sought, sought_in
from bot.texts import NAMES, Texts, language_of
from bot.titles import Named
from bot.understood import Asked, Understood, words_of
from domain.catalog import Item
from domain.frame import Act as Doing
from domain.frame import Flag, Kind, LastPlan, Role, Topic, to_plain
from domain.history import Message
from domain.phrasing import Phrasing
from domain.plan import Plan
from domain.preference import AGE, Constraint, Opinion, Preference, Verdict, encode

log = logging.getLogger(__name__)

Channel = Literal["terminal", "direct", "mention", "command"]

MOST = 5
"""Items that one reply shows at most: Discord has as many rows of buttons."""
SURPRISED = 1.5
"""Least scale of z where a person asks for a surprise."""
MIXED = 0.3
"""Noise in the scores of somebody of whom no taste is known, in their standard deviations."""
REMEMBERED = 3
"""Turns of phrase of so many replies are not used again, if there are others."""
TOLD = 4
"""For so many replies it is not said again that nothing satisfies a wish."""
READ = 2_000
"""Characters of a message that are read; more is said to be too much."""
LISTED = 100
"""So many items are listed to who asks what was shown before."""
IN_TROUBLE = "in trouble"
"""What `Person.asked` holds after a cry for help: the next reply recommends nothing unless that is asked for."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """What reached the bot.

    Attributes:
        event_id: Discord's id of the message or interaction; the same id is answered once.
        person_id: whose conversation it is.
        text: as typed; may be anything.
        locale: of the person's Discord client (``en-GB``, ``zh-CN``), if this event carried one.
        public: others read the reply.
        slate: the items of the bot's message that this one answers, whoever they were shown to.
        address: where the reply goes: handed back by `Conversation.undelivered` if nobody told that it arrived.
        count: how many items are asked for, unless the text tells; None for as many as the person has set.
        surprise: scale of z that is asked for; None for the one that the person has set.
        server: what is set for the server that it comes from.
    """

    event_id: str
    person_id: str
    text: str
    channel: Channel = "direct"
    locale: str | None = None
    public: bool = False
    slate: tuple[str, ...] = ()
    address: str = ""
    count: int | None = None
    surprise: float | None = None
    server: ServerSettings = field(default_factory=ServerSettings)


@dataclass(frozen=True, slots=True)
class Card:
    """One recommended item as a person reads it.

    Attributes:
        facts: of it, in one short line; may be empty.
        line: what is said of it, without its name.
        title: of the catalogue, without the year.
        year: of publication, where known.
        image: the https address of its picture, where the catalogue has one.
        original: the title of the catalogue, where `name` has another.
    """

    item_id: str
    name: str
    facts: str
    line: str
    title: str = ""
    year: int | None = None
    image: str | None = None
    original: str = ""


@dataclass(frozen=True, slots=True)
class Rated:
    """A rating that was taken: the opinion, and the one that it replaced, so that it can be taken back."""

    opinion: Opinion
    name: str
    before: Opinion | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What the bot says.

    Attributes:
        text: everything that is said, as plain sentences.
        opening: where there are cards, what of it is said before them.
        cards: the items that are recommended, in the order of `text`; empty for other acts.
        close: what is said after them.
        wishes: what the cards go by; each can be dropped by its token.
        ask_to_remember: whether to put the question of consent under this reply.
        language: of the reply, one of `bot.texts.LANGUAGES`.
        private: it tells of the person's profile, and is for nobody else to read.
        rated: the rating that it confirms.
        failed: it says no more than that something went wrong.
        greets: it greets somebody of whom nothing is known yet.
        settled: of a reply that is still being written, the beginning of `text` that will not change.
    """

    text: str
    act: ActKind
    cards: tuple[Card, ...] = ()
    opening: str = ""
    close: str = ""
    wishes: tuple[Wish, ...] = ()
    ask_to_remember: bool = False
    language: str = "en"
    private: bool = False
    rated: Rated | None = None
    failed: bool = False
    greets: bool = False
    settled: str = ""


Show = Callable[[Reply], Awaitable[None]]
"""Is told of a reply while it is being written."""


class Conversation:
    """The conversations of all people; knows nothing of Discord, SQL or ONNX.

    Every event of a person waits for the one before, so that two quick messages cannot interleave. What blocks runs in
    `threads`.
    """

    def __init__(
        self,
        serving: Serving,
        history: History,
        texts: Texts,
        threads: ThreadPoolExecutor,
        *,
        slate: int = 3,
        surprise: float = 0.3,
        policy: Policy = decide,
        elsewhere: Dialogue | None = None,
    ) -> None:
        """Put a conversation together.

        Args:
            serving: the models in use.
            history: what is known of people.
            texts: the sentences of the bot.
            threads: where models run.
            slate: how many items a recommendation has.
            surprise: scale of z: 0 always shows the safest list.
            policy: decides what to do next.
            elsewhere: puts replies into words on another machine, for whom that may be.
        """
        self._serving = serving
        self._history = history
        self._texts = texts
        self._threads = threads
        self._policy = policy
        self._elsewhere = elsewhere or NoDialogue()
        self._slate = slate
        self._surprise = surprise
        self._guards = Guards()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def turn(self, incoming: Incoming, show: Show | None = None) -> Reply | None:
        """Answer a message; None if that event was answered before.

        `show` is told of the reply while it is being written: first its items, then more and more of its words.

        A turn that fails is logged without its text and apologised for; nothing of it is stored, so that it may be
        tried again. A cry for help is answered before anything else is looked at, and also where all else fails.
        """
        language = self._language(incoming)
        trouble = self._guards.trouble(incoming.text)
        sorry = self._sorry(trouble, language)
        try:
            if trouble is None and (trouble := await self._read_trouble(incoming.text)):
                sorry = self._sorry(trouble, language)
            wish = None if trouble else self._guards.about_data(incoming.text)
            if wish:
                return await self._about_data(incoming, wish)
            async with self._person(incoming) as before:
                if before is None:
                    return None
                if trouble:
                    after, reply = _in_trouble(before, incoming, sorry.text), sorry
                else:
                    loop = asyncio.get_running_loop()
                    models = self._serving.models
                    thought = await loop.run_in_executor(self._threads, self._think, models, before, incoming)
                    reply = await self._write(thought, show)
                    after = _after(thought, reply.text)
                return reply if await self._commit(before, after, incoming, language) else None
        except Exception as error:
            log.error("a turn failed: %s at %s", type(error).__name__, _where(error))  # noqa: TRY400 - it may quote text
            return replace(sorry, failed=True)

    async def remark(self, incoming: Incoming, key: str) -> Reply | None:
        """A sentence of texts/*.toml for an event in which nothing is said that can be read."""
        async with self._person(incoming) as person:
            if person is None:
                return None
            language = self.language_for(incoming.person_id, incoming.locale or person.locale, server=incoming.server)
            if not await self._commit(person, person, incoming, language):
                return None
        return Reply(self.text(key, language), "chat", language=language)

    async def recommend(self, incoming: Incoming, show: Show | None = None) -> Reply | None:
        """A slate for `/recommend`, `incoming.text` being what the person asked for, perhaps empty."""
        wish = incoming.text.strip() or self._texts.say("conversation.plain_request", self._language(incoming))
        return await self.turn(replace(incoming, text=wish), show)

    async def similar(self, incoming: Incoming, item_id: str | None = None) -> Reply | None:
        """A slate like an item, or like those that somebody else's message names; nothing of it is believed or kept."""
        language = self._language(incoming)
        async with self._person(incoming) as before:
            if before is None:
                return None
            loop = asyncio.get_running_loop()
            models = self._serving.models
            after, reply = await loop.run_in_executor(self._threads, self._alike, models, before, incoming, item_id)
            return reply if await self._commit(before, after, incoming, language) else None

    async def why(self, incoming: Incoming, item_ids: Sequence[str] = ()) -> Reply:
        """Why some items are for the person, or else those of the slate that they point at, or were shown last."""
        language = self._language(incoming)
        async with self._lock(incoming.person_id):
            person = await self._history.load(incoming.person_id)
        models = self._serving.models
        about = item_ids or incoming.slate or (person.last_slate if person.shown else ())
        items = [item for item in map(models.catalog.get, about) if item]
        if not items:
            key = "conversation.rated_unknown" if item_ids else "explaining.nothing_shown"
            return Reply(self.text(key, language), "chat", language=language, private=True)
        loop = asyncio.get_running_loop()
        lines = await loop.run_in_executor(
            self._threads, lambda: [*explained(models, person.preference, items, self._texts, language)]
        )
        opening = self.text(f"explaining.{'of_items' if item_ids else 'of_slate'}", language)
        return Reply("\n".join([opening, *lines]), "answer", language=language, private=True)

    async def rate(
        self, incoming: Incoming, item_id: str, verdict: Verdict, source: Literal["button", "command"]
    ) -> Reply | None:
        """Take a rating given by button or command; the reply confirms it in a sentence."""
        language = self._language(incoming)
        async with self._person(incoming) as before:
            if before is None:
                return None
            item = self._serving.models.catalog.get(item_id)
            if item is None:
                return Reply(self._say("rated_unknown", language), "chat", language=language)
            opinion = Opinion(item_id, verdict, source, today())
            after = replace(before, preference=before.preference.with_opinion(opinion))
            done = await self._history.commit(before, after, incoming.event_id)
            text = self._say(f"rated_{verdict}", language, name=self._called(item_id, language))
            rated = Rated(opinion, item.name, before.preference.opinions.get(item_id))
            return Reply(text, "chat", language=language, rated=rated) if done else None

    async def unrate(self, incoming: Incoming, item_id: str, verdict: Verdict, earlier: Opinion | None) -> Reply | None:
        """Take a rating back, so that an earlier opinion counts again; one that has changed since stays as it is."""
        language = self._language(incoming)
        async with self._person(incoming) as before:
            if before is None:
                return None
            opinion = before.preference.opinions.get(item_id)
            if opinion is None or opinion.verdict != verdict:
                return Reply(self._say("rating_changed", language), "chat", language=language)
            kept = before.preference.without_opinion(item_id)
            after = replace(before, preference=kept.with_opinion(earlier) if earlier else kept)
            done = await self._history.commit(before, after, incoming.event_id)
            return Reply(self._say("rating_taken_back", language), "chat", language=language) if done else None

    async def set_consent(
        self, incoming: Incoming, *, remember: bool | None = None, share: bool | None = None
    ) -> Reply | None:
        """Give or withdraw a consent (None leaves it); `remember=False` deletes what was kept, and ends `share`."""
        return await self._change(
            incoming, lambda person, _: profile.consent(person, incoming.locale, remember=remember, share=share)
        )

    async def set_public_reasons(self, incoming: Incoming, *, on: bool) -> Reply | None:
        """Whether what the person liked may be named as a reason where others read it."""
        key = f"conversation.public_reasons_{'on' if on else 'off'}"
        return await self._change(incoming, lambda person, _: Change(replace(person, public_reasons=on), key))

    async def set_elsewhere(self, incoming: Incoming, *, on: bool) -> Reply | None:
        """Whether what the person writes may be sent to a language model on another machine."""
        key = f"conversation.elsewhere_{'on' if on else 'off'}"
        return await self._change(incoming, lambda person, _: Change(replace(person, elsewhere=on), key, keeps=on))

    async def save(self, incoming: Incoming, item_id: str) -> Reply | None:
        """Put an item on the person's watchlist."""
        if self._serving.models.catalog.get(item_id) is None:
            return await self._change(incoming, lambda person, _: Change(person, "conversation.rated_unknown"))
        name = self._called(item_id, self._language(incoming))
        return await self._change(incoming, lambda person, _: profile.save(person, item_id, name))

    async def unsave(self, incoming: Incoming, item_id: str) -> Reply | None:
        """Take an item off the person's watchlist."""
        name = self._called(item_id, self._language(incoming))
        return await self._change(incoming, lambda person, _: profile.unsave(person, item_id, name))

    async def done(
        self, incoming: Incoming, item_id: str, source: Literal["button", "command"] = "button"
    ) -> Reply | None:
        """Take an item off the watchlist as one that the person has had."""
        name = self._called(item_id, self._language(incoming))
        return await self._change(incoming, lambda person, _: profile.done(person, item_id, name, source))

    async def drop_wish(self, incoming: Incoming, token: str) -> Reply | None:
        """Believe one wish of the person's no longer, by its `profile.Wish.token` or `profile.wish_token`."""
        phrased = self._serving.models.wording.phrasing
        return await self._change(incoming, lambda person, spoken: profile.drop_wish(person, token, phrased(spoken)))

    async def drop_opinion(self, incoming: Incoming, item_id: str) -> Reply | None:
        """Know nothing any more of what the person thinks of an item."""
        name = self._called(item_id, self._language(incoming))
        return await self._change(incoming, lambda person, _: profile.drop_opinion(person, item_id, name))

    async def choose(self, incoming: Incoming, settings: PersonalSettings) -> Reply | None:
        """Set what the person may set for themselves; told in the language that they chose."""
        return await self._change(incoming, lambda person, _: profile.choose(person, settings))

    def settings(self, person_id: str) -> PersonalSettings:
        """What a person has set for themselves."""
        return self._history.settings(person_id)

    async def saved(self, person_id: str) -> tuple[Saved, ...]:
        """A person's watchlist, oldest first."""
        async with self._lock(person_id):
            return (await self._history.load(person_id)).saved

    def name_of(self, item_id: str, language: str | None = None) -> str:
        """What an item is called at the head of a line; its id, if the catalogue does not have it any more."""
        models = self._serving.models
        item = models.catalog.get(item_id)
        return models.wording.phrasing(language_of("", language)).heading(item) if item else item_id

    def _called(self, item_id: str, language: str) -> str:
        """The same within a sentence."""
        models = self._serving.models
        item = models.catalog.get(item_id)
        return models.wording.phrasing(language).name(item) if item else item_id

    def facts_of(self, item_id: str, language: str) -> str:
        """A line of an item's facts; empty, if the catalogue does not have it any more."""
        models = self._serving.models
        item = models.catalog.get(item_id)
        return models.wording.phrasing(language_of("", language)).label(item) if item else ""

    def server(self, server_id: str) -> ServerSettings:
        """What is set for a server."""
        return self._history.server(server_id)

    async def set_server(self, server_id: str, settings: ServerSettings) -> None:
        """Set what those who manage a server may set."""
        await self._history.set_server(server_id, settings)

    def knows_ages(self) -> bool:
        """Whether the catalogue tells from which age its items are for somebody; else a limit would hide them all."""
        return AGE in self._serving.models.catalog.vocabulary.measures

    def language_for(
        self, person_id: str, locale: str | None = None, text: str = "", server: ServerSettings | None = None
    ) -> str:
        """The language to answer a person in: their choice, the server's, or that of a text or of their client."""
        chosen = self._history.settings(person_id).language or (server.language if server else None)
        return chosen or language_of(text, locale)

    @property
    def refinements(self) -> Mapping[str, str]:
        """What can be asked for here to be "older" or "shorter", with the attribute that this is about."""
        measures = self._serving.models.catalog.vocabulary.measures
        return {word: name for word, name in (("older", "year"), ("shorter", "length")) if name in measures}

    async def is_undecided(self, person_id: str) -> bool:
        """Whether a person neither agreed to be remembered nor said no."""
        return (await self._history.load(person_id)).remember is None

    async def about(self, person_id: str, locale: str | None = None) -> Reply:
        """What is believed of a person, as they may read it: consents, opinions, wishes."""
        language = self.language_for(person_id, locale)
        async with self._lock(person_id):
            person = await self._history.load(person_id)
        text = "\n".join(self._about(self._serving.models, person, language))
        return Reply(text, "answer", language=language, private=True)

    async def lines(self, person_id: str, locale: str | None = None) -> tuple[str, list[Line]]:
        """What is believed of a person, each thing with what takes it back, behind a sentence on their consents."""
        language = self.language_for(person_id, locale)
        async with self._lock(person_id):
            person = await self._history.load(person_id)
        phrasing = self._serving.models.wording.phrasing(language)
        wishes = profile.wishes_of(person.preference.constraints, phrasing)
        lines = [Line(self._say("line_wish", language, says=wish.says), wish=wish.token) for wish in wishes]
        for opinion in reversed([*person.preference.opinions.values()]):
            name = self.name_of(opinion.item_id, language)
            says = f"{self._say(f'held_{opinion.verdict}', language, says=name)} ({profile.day_of(opinion.day)})"
            lines.append(Line(says, opinion.item_id, self.name_of(opinion.item_id)))
        opening = [self._consents(person, language), *([] if lines else [self._say("about_empty", language)])]
        return "\n".join(opening), lines

    async def held(self, person_id: str, locale: str | None = None) -> Reply:
        """Everything that is held about a person, made from the store, a line a thing."""
        language = self.language_for(person_id, locale)
        async with self._lock(person_id):
            person = await self._history.load(person_id)
            held = await self._history.held(person_id)
        text = "\n".join(self._listed(self._serving.models, person, held, language))
        return Reply(text, "answer", language=language, private=True)

    async def consents(self, person_id: str) -> tuple[bool, bool]:
        """Whether a person agreed to be remembered, and whether to share their ratings."""
        person = await self._history.load(person_id)
        return bool(person.remember), person.share

    async def export(self, person_id: str) -> str:
        """Everything that is held about a person, in the store and in memory, as JSON."""
        async with self._lock(person_id):
            person = await self._history.load(person_id)
            held = await self._history.held(person_id)
        names = self._serving.models.catalog.get
        stored = [
            {
                "what": thing.what,
                "day": None if thing.day is None else profile.day_of(thing.day),
                "says": thing.says,
                **({"name": item.name} if (item := names(thing.item_id)) else {}),
            }
            for thing in held
        ]
        in_memory = None if person.remember else asdict(person)
        told = {"person_id": person_id, "stored": stored, "in_memory": in_memory}
        return json.dumps(told, ensure_ascii=False, indent=2)

    async def delivered(self, event_id: str) -> None:
        """Note that the reply to an event arrived."""
        await self._history.delivered(event_id)

    def undelivered(self, prefix: str) -> list[Undelivered]:
        """The replies to addresses that begin so of which nobody told that they arrived: a stop came between."""
        return [late for late in self._history.undelivered() if late.address.startswith(prefix)]

    async def erase(self, person_id: str) -> None:
        """Delete everything that is held about a person."""
        async with self._lock(person_id):
            await self._history.erase(person_id)

    def text(self, key: str, locale: str | None = None, **values: object) -> str:
        """A sentence of texts/*.toml in the person's language."""
        language = language_of("", locale)
        return self._texts.say(key, language, **{**self._slots(language), **values})

    def is_urgent(self, text: str) -> bool:
        """Whether somebody may be in danger, by their words: what they write is to wait behind nobody else's turn."""
        return self._guards.trouble(text) is not None

    def called(self, typed: str) -> list[Named]:
        """The items whose whole title is what was typed."""
        return self._serving.models.titles.called(typed)

    def find(self, typed: str, limit: int = 25) -> list[Named]:
        """The items that may be meant by what was typed so far, the likeliest first."""
        return self._serving.models.titles.like(typed, limit)

    def _sorry(self, trouble: Trouble | None, language: str) -> Reply:
        """What is said where nothing else can be: where to find help, or that something went wrong."""
        return Reply(self._say(f"trouble_{trouble}" if trouble else "error", language), "chat", language=language)

    async def _read_trouble(self, text: str) -> Trouble | None:
        """Whether somebody may be in danger, by what is read."""
        reader = self._serving.models.reader
        loop = asyncio.get_running_loop()
        reading = await loop.run_in_executor(self._threads, reader.read, text[:READ], LastPlan())
        return Trouble.SELF if Doing.TROUBLE in reading.acts else None

    async def _commit(self, before: Person, after: Person, incoming: Incoming, language: str) -> bool:
        return await self._history.commit(before, after, incoming.event_id, incoming.address, language)

    async def _about_data(self, incoming: Incoming, wish: AboutData) -> Reply | None:
        """Do what a person's words about their data say."""
        language = self._language(incoming)
        if wish is AboutData.SHOW:
            async with self._person(incoming) as person:
                if person is None or not await self._commit(person, person, incoming, language):
                    return None
            return replace(await self.held(incoming.person_id, language), language=language)
        if wish is AboutData.FORGET_ME:
            return await self.set_consent(incoming, remember=False)
        async with self._lock(incoming.person_id):
            done = await self._history.erase(incoming.person_id, incoming.event_id)
        return Reply(self._say("erased", language), "chat", language=language) if done else None

    async def _change(self, incoming: Incoming, change: Callable[[Person, str], Change]) -> Reply | None:
        """Change what is held about a person, once, and tell of it in a sentence.

        Args:
            incoming: what asks for it.
            change: of the person, and of the language that its words are in.
        """
        async with self._person(incoming) as before:
            if before is None:
                return None
            changed = change(before, self._language(incoming))
            if not await self._history.commit(before, changed.person, incoming.event_id):
                return None
            language = self._language(incoming)
            text = self.text(changed.key, language, **changed.says)
            if changed.keeps and not before.remember:
                text += self._say("space", language) + self.text("profile.kept_in_memory", language)
            return Reply(text, "chat", language=language)

    def _language(self, incoming: Incoming) -> str:
        return self.language_for(incoming.person_id, incoming.locale, incoming.text, incoming.server)

    def _lock(self, person_id: str) -> asyncio.Lock:
        return self._locks.setdefault(person_id, asyncio.Lock())

    @asynccontextmanager
    async def _person(self, incoming: Incoming) -> AsyncIterator[Person | None]:
        """The person of an event, theirs alone until the block ends; None if the event was handled before."""
        async with self._lock(incoming.person_id):
            if await self._history.handled(incoming.event_id):
                yield None
            else:
                yield await self._history.load(incoming.person_id)

    def _alike(self, models: Models, before: Person, incoming: Incoming, item_id: str | None) -> tuple[Person, Reply]:
        """A slate like an item, or like what a text names."""
        language = self.language_for(incoming.person_id, incoming.locale or before.locale, server=incoming.server)
        said = models.understand(incoming.text[:READ], Plan(), Person(before.person_id)) if item_id is None else None
        named = dict.fromkeys(n.item_id or "" for n in said.named) if said else [item_id or ""]
        items = [item for one in named if (item := models.catalog.get(one))]
        if not items:
            key = "nothing_named" if item_id is None else "rated_unknown"
            return before, Reply(self._say(key, language), "chat", language=language)
        liked = {item.item_id: Opinion(item.item_id, "like", "message") for item in items}
        taste = Preference(liked, tuple(c for c in before.preference.constraints if not c.include))
        chance = random.Random(zlib.crc32(incoming.event_id.encode()))  # noqa: S311
        z = self._noise(models, chance, self._scale(incoming, before))
        scores = models.recommender.scores([encode(taste, models.catalog)], z)
        banned = ranking.banned(before, models) | ranking.columns(models, items)
        limits = (*taste.constraints, *_of_age(incoming, before))
        likeness, count = models.likeness.of(items), self._count(incoming, before)
        slate = models.slates.compose(scores[0], limits, banned, count, likeness, items)
        picks = with_reasons(models.recommender, models.catalog, Preference(liked), slate.columns)
        act = Recommend(picks, liked=tuple(items))
        words = models.wording.write(act, language, chance)
        reply = _reply(models, words, act, (), language)
        after = before.with_slate(pick.item.item_id for pick in picks)
        after = after.with_messages(Message(incoming.event_id, "bot", reply.text))
        return after, replace(reply, private=_is_for_them_alone(incoming, before))

    def _think(self, models: Models, before: Person, incoming: Incoming) -> _Thought:
        """The turn proper, up to the words: read, resolve, believe, plan, rank. No waiting, no I/O but the models."""
        is_long, incoming = len(incoming.text) > READ, replace(incoming, text=incoming.text[:READ])
        chance = random.Random(zlib.crc32(f"{incoming.person_id}/{incoming.event_id}".encode()))  # noqa: S311
        before, last = _shown_what_it_answers(before, incoming), _answered(before, incoming)
        said = models.understand(incoming.text, last, before)
        said = self._promised(said, incoming)
        language = self._answers_in(said, incoming, before)
        was_in_trouble = IN_TROUBLE in before.asked
        sought = sought_in(models.seeker, said, last, incoming.text)
        if sought and said.sought and before.shown and _goes_on(sought, before, said):
            sought = replace(sought, alone=False, weight=HINTED if not sought.there else WEIGHT)
        if sought and sought.alone and sought.weight == MEANT:  # a story names nothing that is liked
            said = replace(said, named=(), wishes=tuple(wish for wish in said.wishes if not wish.include))
        person = _believed(before, said, incoming, models)
        if Flag.FORGET in said.flags:
            person = replace(person, shown=())
        told = person.preference if person.public_reasons or not incoming.public else _told_now(person.preference, said)
        turn = _Turn(models, person, told, said, incoming, language, chance, sought)
        moves = self._policy(said, person, models.catalog)
        if was_in_trouble and not said.acts & {Doing.REQUEST, Doing.CRITIQUE, Doing.LEAVE}:
            moves = (Say("after_trouble"),)
        acts = [self._act(turn, move, before) for move in moves]
        alone = _is_for_them_alone(incoming, before)
        worded = [self._worded(turn, act) for act in acts]
        words = self._together(worded, language)
        unspoken = said.frame.language == "xx" and self._texts.unspoken(incoming.text)
        if unspoken and not words.lines:
            return _Thought(turn, tuple(acts), Words(unspoken), alone=alone)
        long = [self._say("too_long", language, most=READ)] if is_long else []
        framing = (*long, *([unspoken] if unspoken else []), *self._framing(turn, acts))
        told_so = [one.opening for one in worded]
        named = [
            (n.start, n.end, item)
            for n in said.named
            if not n.pointed and (item := models.catalog.get(n.item_id or ""))
        ]
        brief = briefed(acts, told_so, incoming.text, named, models.catalog, language)
        asks = _asks_to_remember(before, incoming)
        leaves = (person.elsewhere or incoming.channel == "terminal") and not was_in_trouble
        return _Thought(turn, tuple(acts), words, framing, brief, asks=asks, alone=alone, leaves=leaves)

    async def _write(self, thought: _Thought, show: Show | None) -> Reply:
        """The reply to a turn: the words of the model as far as they come and pass its checks, else the templates'."""
        parts: Mapping[int, str] = {}
        writing = self._writing(thought)
        if not writing or not thought.briefed:
            return self._reply_to(thought, thought.words)
        if show and thought.words.lines:
            await show(self._unfinished(thought, parts))
        seed = thought.turn.chance.getrandbits(31)
        for dialogue in writing:
            async for parts in dialogue.write(thought.briefed, seed):
                if show:
                    await show(self._unfinished(thought, parts))
            if parts:
                break
        return self._reply_to(thought, _with_parts(thought, parts, self._space(thought)))

    def _space(self, thought: _Thought) -> str:
        """What stands between two sentences of a reply."""
        return self._texts.say("conversation.space", thought.turn.language)

    def _writing(self, thought: _Thought) -> list[Dialogue]:
        """What may put the reply to a turn into words, in this order, until something comes."""
        elsewhere = [self._elsewhere] if thought.leaves else []
        return [one for one in (*elsewhere, thought.turn.models.dialogue) if not isinstance(one, NoDialogue)]

    def _unfinished(self, thought: _Thought, parts: Mapping[int, str]) -> Reply:
        """The reply to a turn while a model writes: what is there, and what of it stays as it is."""
        reply = self._reply_to(thought, _so_far(thought, parts, self._space(thought)))
        count = next((n for n in range(len(reply.cards) + 1) if n not in parts), len(reply.cards) + 1)
        if not count:
            return reply
        lines = [card.line for card in reply.cards[: count - 1]]
        opening = reply.opening if reply.cards else reply.text
        wording, picks = thought.turn.models.wording, thought.slate.picks if thought.slate else ()
        full_name = wording.phrasing(reply.language).full_name
        names = [full_name(pick.item) for pick in picks[: count - 1]]
        return replace(reply, settled=wording.text(Words(opening, tuple(lines)), names, reply.language))

    def _reply_to(self, thought: _Thought, words: Words) -> Reply:
        """The reply to a turn in some words, behind what has to be said before them."""
        turn = thought.turn
        framed = words.behind(*thought.framing, space=self._texts.say("conversation.space", turn.language))
        reply = _reply(turn.models, framed, thought.slate, turn.told.constraints, turn.language)
        personal = any(isinstance(act, Say) and act.key in (ABOUT_PERSON, SHOWN_BEFORE) for act in thought.acts)
        private = personal or thought.alone
        last = thought.acts[-1]
        greets = isinstance(last, Ask) and last.greets
        return replace(reply, act=last.kind, ask_to_remember=thought.asks, private=private, greets=greets)

    def _together(self, parts: Sequence[Words], language: str) -> Words:
        """The words of several acts as those of one reply: what comes before a slate opens it, the rest closes it."""
        shown = next((at for at, words in enumerate(parts) if words.lines), len(parts) - 1)
        space = self._texts.say("conversation.space", language)
        close = space.join(filter(None, (parts[shown].close, *(words.opening for words in parts[shown + 1 :]))))
        return replace(parts[shown], close=close).behind(*(words.opening for words in parts[:shown]), space=space)

    def _promised(self, said: Understood, incoming: Incoming) -> Understood:
        """What a message says; what the bot's own sentences do is promised, so no model decides it."""
        text, frame = incoming.text, said.frame
        if self._texts.is_one_of("conversation.start_afresh", text):
            return Understood(replace(frame, flags=frozenset({Flag.FORGET})))
        if self._texts.is_one_of("discord.say_surprise", text):
            return Understood(replace(frame, acts=frozenset({Doing.REQUEST}), flags=frozenset({Flag.SURPRISE})))
        if self._texts.is_one_of("discord.say_why", text):
            why = Asked(Topic.WHY, incoming.slate)
            return Understood(replace(frame, acts=frozenset({Doing.ASK}), flags=frozenset()), asked=(why,))
        return said

    def _answers_in(self, said: Understood, incoming: Incoming, person: Person) -> str:
        """The language of the reply: the person's choice, the server's, or that of the message, if there are texts."""
        if chosen := person.settings.language or incoming.server.language:
            return chosen
        if any(character.isalpha() for character in incoming.text):
            return self._texts.nearest(said.frame.language)
        return language_of("", incoming.locale or person.locale)

    def _act(self, turn: _Turn, move: Move, before: Person) -> Act:
        """A move with what it needs: the items of a slate, the reason of an answer."""
        models, said, sought = turn.models, turn.said, turn.sought
        if sought and (move in ("recommend", Say("unclear"), Say("chat")) or isinstance(move, Ask)):
            told = Say("have_none", kind="answer", words=sought.words) if said.sought else Say("unclear")
            move = "recommend" if sought.there or turn.found_none else told
        if move == "recommend":
            return self._rank(turn)[0]
        if isinstance(move, Ask) and move.attribute and move.attribute in models.catalog.values:
            beside, candidates = self._rank(turn)
            named = options(models.catalog, move.attribute, candidates)
            return replace(move, options=named, beside=beside) if named else beside
        if isinstance(move, Say) and move.key == "corrected" and turn.person.preference == before.preference:
            return Say("nothing_to_forget")
        if isinstance(move, Answer) and move.why:
            also = tuple(replace(one, because=_because(models, turn.told, one.item)) for one in move.also)
            return replace(move, because=_because(models, turn.told, move.item), also=also)
        if isinstance(move, Answer) and move.attribute == "description":
            return replace(_fuller(turn, move), also=tuple(_fuller(turn, one) for one in move.also))
        untold = isinstance(move, Answer) and not (move.attribute or move.value or move.limits)
        if isinstance(move, Answer) and untold and (move.among or move.suits is not None):
            return _judged(turn, move)
        return move

    def _worded(self, turn: _Turn, act: Act) -> Words:
        """An act in words."""
        models, language = turn.models, turn.language
        if isinstance(act, Say) and act.key == ABOUT_PERSON:
            return Words("\n".join(self._about(models, turn.person, language)))
        if isinstance(act, Say) and act.key == SHOWN_BEFORE:
            return Words("\n".join(self._shown_before(models, turn.person, language)))
        if act == Say("privacy"):
            return Words(self._say("privacy", language))
        return models.wording.write(act, language, turn.chance, turn.said_before)

    def _framing(self, turn: _Turn, acts: Sequence[Act]) -> list[str]:
        """What has to be said before a reply, in these words: kind ones, and what this catalogue cannot tell."""
        models, said, language = turn.models, turn.said, turn.language
        shows = any(shown(act) for act in acts)
        before: list[str] = []
        unheard = words_of(said.named, turn.incoming.text)
        if unheard and not shows and any(isinstance(act, Ask | Answer) or act == Say("unknown_asked") for act in acts):
            before.append(models.wording.unknown(unheard, language))
        if shows and turn.found_none:
            before.append(models.wording.none_fits(turn.found_none, language))
        if shows and Flag.LOW in said.flags:
            before.append(self._say("sorry_for_you", language))
        if shows or Ask(None) in acts:
            hinted = turn.sought is not None and turn.sought.weight == HINTED
            criticised = Doing.CRITIQUE in said.acts  # "too dark" is of what was shown
            heard = replace(said, shunned=()) if criticised else said
            labels = said.labels if hinted and not turn.found_none else ()
            before.append(models.wording.beyond(heard, language, shows=shows, labels=labels))
        if shows and said.count and said.count > MOST:
            before.append(self._say("at_most", language, most=MOST))
        return before

    def _count(self, incoming: Incoming, person: Person) -> int:
        """How many items a slate has where no text tells."""
        return incoming.count or person.settings.slate or self._slate

    def _scale(self, incoming: Incoming, person: Person) -> float:
        """The scale of z where no text tells."""
        asked = (incoming.surprise, person.settings.surprise)
        return next((scale for scale in asked if scale is not None), self._surprise)

    def _noise(self, models: Models, chance: random.Random, scale: float) -> NDArray[np.float32]:
        """The recommender's z for one person: ``[1, noise]``."""
        return np.asarray([[chance.gauss(0, scale) for _ in range(models.recommender.noise)]], dtype=np.float32)

    def _rank(self, turn: _Turn) -> tuple[Recommend, tuple[int, ...]]:
        """A slate, with reasons out of what may be told of the person, and the columns that it was taken from."""
        models, person, said, sought = turn.models, turn.person, turn.said, turn.sought
        surprises = Flag.SURPRISE in said.flags
        scale = self._scale(turn.incoming, person)
        z = self._noise(models, turn.chance, max(scale, SURPRISED) if surprises else scale)
        scores = ranking.scores_for(models, person, turn.incoming.text, z)
        banned = ranking.banned(person, models)
        if not person.preference.opinions:  # or else everybody would be shown the same
            scores = scores + np.float32(MIXED * scores.std()) * ranking.drawn(turn.chance, len(scores))
        if sought:
            scores, banned = sought.among(scores, banned)
        count = min(said.count or self._count(turn.incoming, person), MOST)
        liked, disliked = ranking.named(models, said, ranking.ALIKE), ranking.named(models, said, {Role.DISLIKED})
        limits = person.preference.constraints
        if sought and sought.alone:  # what was wanted before is not what is looked for now
            told = said.wishes if sought.weight != MEANT else ()
            limits = tuple(c for c in limits if not c.include or c.attribute == AGE or c in told)
        limits = (*limits, *_of_age(turn.incoming, person))
        banned |= ranking.columns(models, ranking.named(models, said, {Role.UNWANTED}))
        alike = ranking.alike(models, said, _answered(person, turn.incoming).alike)
        searched = sought and (sought.weight == MEANT or not alike)  # "like Memento, but more fun" is like it
        likeness = 0.0 if searched else ranking.likeness(models, person, alike)
        slate = models.slates.compose(
            scores, limits, banned, count, likeness, liked or ranking.few_liked(models, person), said.wishes
        )
        picks = with_reasons(models.recommender, models.catalog, turn.told, slate.columns, slate.unmet)
        missed = tuple(c for c in slate.unmet if c in turn.told.constraints)
        phrasing = models.wording.phrasing(turn.language)
        unmet = _news(missed, said, person, phrasing)
        recommend = Recommend(
            picks=picks,
            asked=() if unmet or turn.found_none else _asked(said, turn.incoming.text, phrasing),
            unmet=unmet,
            liked=liked,
            disliked=disliked,
            seen=ranking.named(models, said, {Role.SEEN}, pointed=True),
            unknown=words_of(said.named, turn.incoming.text),
            again=bool(person.shown) and bool(said.acts & {Doing.CRITIQUE, Doing.REJECT}),
            more=Flag.MORE in said.flags and bool(person.shown),
            surprises=surprises,
            recalled=sought is not None and sought.recalled() == next(iter(slate.columns), -1),
            first=not person.shown,
            introduced=bool(turn.found_none),
        )
        return recommend, slate.considered

    def _consents(self, person: Person, language: str) -> str:
        yes_no = {True: self._say("yes", language), False: self._say("no", language)}
        return self._say("about_person", language, remember=yes_no[bool(person.remember)], share=yes_no[person.share])

    def _about(self, models: Models, person: Person, language: str) -> Iterable[str]:
        phrasing = models.wording.phrasing(language)
        yield self._consents(person, language)
        verdicts: tuple[tuple[str, Verdict], ...] = (
            ("about_likes", "like"),
            ("about_dislikes", "dislike"),
            ("about_seen", "seen"),
        )
        for key, verdict in verdicts:
            items = [item for item in map(models.catalog.get, person.preference.having(verdict)) if item]
            if items:
                yield self._say(key, language, names=phrasing.listed([*map(phrasing.heading, items)]))
        if person.preference.constraints:
            yield self._say("about_wishes", language, wishes=phrasing.wishes(person.preference.constraints))
        if not person.preference.opinions and not person.preference.constraints:
            yield self._say("about_empty", language)

    def _listed(self, models: Models, person: Person, held: Sequence[Held], language: str) -> Iterable[str]:
        """What the store holds, a line a thing; of who is not remembered, what is in memory."""
        if not person.remember:
            yield from self._about(models, person, language)
            in_memory = [Held("saved", one.day, one.item_id) for one in person.saved]
            in_memory += [Held(f"set_{key}", None, str(value)) for key, value in person.settings.changed().items()]
            yield from (self._line(models, thing, language) for thing in in_memory)
            yield self._say("held_in_memory", language, count=len(person.messages))
        if not held:
            yield self._say("held_nothing", language)
        yield from (self._line(models, thing, language) for thing in held)

    def _line(self, models: Models, thing: Held, language: str) -> str:
        """One thing that is held, as its person reads it."""
        item = models.catalog.get(thing.item_id)
        day = "" if thing.day is None else f" ({profile.day_of(thing.day)})"
        says = self.name_of(thing.item_id, language) if item else thing.says
        says = NAMES[says] if thing.what == "set_language" else says
        return self._say(f"held_{thing.what}", language, says=says) + day

    def _shown_before(self, models: Models, person: Person, language: str) -> Iterable[str]:
        phrasing = models.wording.phrasing(language)
        yield self._say(SHOWN_BEFORE, language)
        for slate, ones in itertools.groupby(person.shown[-LISTED:], lambda one: one.slate):
            names = [phrasing.heading(item) for one in ones if (item := models.catalog.get(one.item_id))]
            yield f"{slate}. {phrasing.listed(names)}"

    def _say(self, key: str, language: str, **values: object) -> str:
        return self._texts.say(f"conversation.{key}", language, **{**self._slots(language), **values})

    def _slots(self, language: str) -> dict[str, object]:
        return {**self._serving.models.wording.phrasing(language).slots(), "days": self._history.keep_days}


def _where(error: BaseException) -> str:
    """File and line of an error, without the values that a traceback or a message may quote."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{frame.filename}:{frame.lineno}"


def _is_for_them_alone(incoming: Incoming, person: Person) -> bool:
    """Whether the person, or those who manage the server, want nobody else to read the reply."""
    return incoming.public and (person.settings.only_to_me or incoming.server.only_to_me)


def _of_age(incoming: Incoming, person: Person) -> tuple[Constraint, ...]:
    """The limits of age of the person and of the server: what is for older people is not shown, nor what may be."""
    limits = (person.settings.age_limit, incoming.server.age_limit)
    return tuple(Constraint.limit(AGE, "<=", limit) for limit in limits if limit is not None)


def last_plan(person: Person) -> Plan:
    """What the bot's last reply did; of a person kept by an older version, what was shown last."""
    replies = [message for message in person.messages if message.role == "bot"]
    if replies and replies[-1].told:
        return Plan.from_json(replies[-1].told)
    slate = person.last_slate if person.shown and replies else ()
    return Plan(("recommend",) if slate else (), slate, None, len(slate))


def _answered(person: Person, incoming: Incoming) -> Plan:
    """What the reply did that a message answers: the bot's last to this person, unless it points at another slate."""
    last, slate = last_plan(person), incoming.slate
    if slate in ((), last.slate):
        return last
    return Plan(("recommend",), slate, slate[0] if len(slate) == 1 else None, len(slate))


def _shown_what_it_answers(person: Person, incoming: Incoming) -> Person:
    """The person, to whom the slate that they point at has been shown as well: perhaps it was made for another."""
    return person if incoming.slate in ((), person.last_slate) else person.with_slate(incoming.slate)


def _believed(person: Person, said: Understood, incoming: Incoming, models: Models) -> Person:
    """The person after what was said, whoever they are then."""
    preference = believe(person.preference, said, today(), models.catalog)
    asked = tuple(key for key in person.asked if key != IN_TROUBLE)
    if Flag.STOP_ASKING in said.flags:
        asked = tuple(dict.fromkeys((*asked, OPENING, CRITICISM)))
    return replace(person, preference=preference, asked=asked, locale=incoming.locale or person.locale)


_CONSOLED = Plan(("console",)).to_json()


def _in_trouble(person: Person, incoming: Incoming, text: str) -> Person:
    """Somebody who cried for help, after the answer."""
    asked = tuple(dict.fromkeys((*person.asked, IN_TROUBLE)))
    said = Message(incoming.event_id, "user", incoming.text[:READ]), Message(incoming.event_id, "bot", text, _CONSOLED)
    return replace(person, asked=asked, locale=incoming.locale or person.locale).with_messages(*said)


def _told_now(preference: Preference, said: Understood) -> Preference:
    """Of what is known of a person, what they have said in this very message: others may hear of no more."""
    named = {named.item_id for named in said.named}
    opinions = {item_id: opinion for item_id, opinion in preference.opinions.items() if item_id in named}
    return Preference(opinions, tuple(c for c in preference.constraints if c in said.wishes))


def _goes_on(sought: Sought, person: Person, said: Understood) -> bool:
    """Whether what a message describes is looked for among what was wanted before.

    So it is where it only criticises what was shown, or where nothing fits its words and there is something to be
    nearest to.
    """
    wanted = any(c.include for c in person.preference.constraints)
    criticises = Doing.CRITIQUE in said.acts and Doing.REQUEST not in said.acts
    if sought.there:
        return criticises and wanted
    return bool(wanted or person.preference.having("like") or Doing.CRITIQUE in said.acts)


def _asks_to_remember(person: Person, incoming: Incoming) -> bool:
    """Whether the question of consent goes under a reply: under the first, where a machine's owner is not meant."""
    return person.remember is None and not person.messages and incoming.channel != "terminal"


def _with_parts(thought: _Thought, parts: Mapping[int, str], space: str) -> Words:
    """The words of a reply: the parts that a model wrote, and those of the templates where there are none."""
    words = thought.words
    if not parts:
        return words
    lines = [
        _behind(about, parts[n], space) if n in parts else line
        for n, (about, line) in enumerate(zip(thought.abouts, words.lines, strict=True), start=1)
    ]
    close = parts.get(-1, words.close if any(isinstance(act, Ask) for act in thought.acts) else "")
    return Words(parts.get(0, words.opening), tuple(lines), close)


def _so_far(thought: _Thought, parts: Mapping[int, str], space: str) -> Words:
    """The words that are there while the others are still being written: of each item, what it is about."""
    lines = (_behind(about, parts.get(n, ""), space) for n, about in enumerate(thought.abouts, start=1))
    return Words(parts.get(0, ""), tuple(lines), parts.get(-1, ""))


def _behind(about: str, line: str, space: str) -> str:
    return space.join(filter(None, (about, line)))


def _after(thought: _Thought, text: str) -> Person:
    """The person after the reply, which is kept with what was read and what was planned."""
    turn, acts = thought.turn, thought.acts
    person, said = turn.person, turn.said
    plan = _plan(acts, turn)
    if slate := thought.slate:
        person = person.with_slate(pick.item.item_id for pick in slate.picks)
    for act in acts:
        if isinstance(act, Ask):
            person = replace(person, asked=tuple(dict.fromkeys([*person.asked, act.attribute or OPENING])))
    event, read = turn.incoming.event_id, json.dumps(to_plain(said.frame), separators=(",", ":"))
    return person.with_messages(
        Message(event, "user", turn.incoming.text, read), Message(event, "bot", text, plan.to_json())
    )


_MOVES = {Recommend: "recommend", Ask: "ask", Answer: "answer", Count: "answer"}
_SAID_MOVES = {
    "goodbye": "close", "enjoy": "close", "mood": "console", "after_trouble": "console", "corrected": "noted",
    "forgot_all": "noted", "misread": "ask", "greet_again": "greet", "about_person": "told", "shown_before": "told",
}  # fmt: skip
"""What sentences do, where it is not small talk."""


def _plan(acts: Sequence[Act], turn: _Turn) -> Plan:
    """What a reply did, for the next message to be read by."""
    last = _answered(turn.person, turn.incoming)
    moves: list[str] = []
    slate, focus, spoken, asked = last.slate, None, 0, ""
    for act in acts:
        moves.append(_SAID_MOVES.get(act.key, "chat") if isinstance(act, Say) else _MOVES[type(act)])
        if showing := shown(act):
            slate = tuple(pick.item.item_id for pick in showing.picks)
            spoken, moves[-1] = len(slate), "recommend"
        if isinstance(act, Ask):
            asked = _ASKED.get(act.attribute or OPENING, "kind")
        if isinstance(act, Say) and act.item:
            focus = act.item.item_id
        if isinstance(act, Answer):
            about = [act.item, *act.among, *(one.item for one in act.also)]
            spoken = spoken or len({item.item_id for item in about})
            focus = about[-1].item_id if len({item.item_id for item in about}) == 1 else focus
    if "greet" in moves or (moves == ["ask"] and isinstance(acts[0], Ask) and acts[0].greets):
        moves, asked = ["greet"], ""
    if len(slate) == 1:
        focus = slate[0]
    sought = turn.said.sought or (last.sought if Flag.MORE in turn.said.flags else ())
    named = (n.item_id for n in reversed(turn.said.named) if n.item_id and not n.vague and n.role not in REFUSING)
    alike = ranking.alike(turn.models, turn.said, last.alike)
    return Plan(tuple(moves), slate, focus, spoken, asked, sought, next(named, last.subject), alike)


REFUSING = frozenset({Role.REFUSED, Role.UNWANTED, Role.WITHDRAWN})
_ASKED = {OPENING: "opening", CRITICISM: "criticism", "year": "year", "length": "length"}


@dataclass(frozen=True)
class _Turn:
    """What one turn goes by.

    Attributes:
        told: what may be told of the person where others may read it.
        sought: what is searched.
    """

    models: Models
    person: Person
    told: Preference
    said: Understood
    incoming: Incoming
    language: str
    chance: random.Random
    sought: Sought | None

    @property
    def found_none(self) -> str:
        """The words that nothing fits, where the nearest to what was shown are shown instead; else nothing."""
        found = self.sought
        narrowed = found and not found.alone and found.found.covered >= PARTLY  # "python for total beginners"
        known = self.said.sought and (self.person.shown or narrowed)
        return found.words if found and known and not found.there and not found.alone else ""

    @property
    def said_before(self) -> str:
        """The bot's last few replies."""
        return "\n".join([m.text for m in self.person.messages if m.role == "bot"][-REMEMBERED:])


@dataclass(frozen=True)
class _Thought:
    """A turn that is decided and not yet in words.

    Attributes:
        acts: what the reply does.
        words: by the templates.
        framing: what is said before these words, or before those that a model finds.
        briefed: what a model is asked to word; None if that is for the templates alone.
        asks: whether the question of consent goes under it.
        alone: whether it is for the person alone.
        leaves: whether its words may leave the machine: the person agreed, or owns it, and is not in trouble.
    """

    turn: _Turn
    acts: tuple[Act, ...]
    words: Words
    framing: tuple[str, ...] = ()
    briefed: Briefed | None = None
    asks: bool = False
    alone: bool = False
    leaves: bool = False

    @property
    def slate(self) -> Recommend | None:
        """What the reply shows."""
        return next((slate for act in self.acts if (slate := shown(act))), None)

    @property
    def abouts(self) -> list[str]:
        """What each item of the slate is about; empty where nothing tells."""
        return [pick.item.about(self.turn.language) or "" for pick in self.slate.picks] if self.slate else []


def _because(models: Models, preference: Preference, item: Item) -> Item | None:
    """The liked item that speaks most for another."""
    column = models.catalog.column(item.item_id)
    if column is None:
        return None
    return with_reasons(models.recommender, models.catalog, preference, (column,))[0].because


def _fuller(turn: _Turn, act: Answer) -> Answer:
    """An answer that goes on where what an item is about was told a moment ago."""
    about = act.item.about(turn.language)
    told = act.attribute == "description" and not act.among and about is not None and about in turn.said_before
    return replace(act, fuller=told)


def _judged(turn: _Turn, act: Answer) -> Answer:
    """The answer to which of some items the person should take, or to whether one is for them."""
    models = turn.models
    if act.against:
        scores = models.likeness.of([act.against])
    else:
        scores = ranking.scores_for(models, turn.person, turn.incoming.text).astype(np.float64)

    def score(item: Item) -> float:
        column = models.catalog.column(item.item_id)
        return -np.inf if column is None else float(scores[column])

    chosen = max(act.among, key=score, default=act.item)
    if act.against:
        return replace(act, item=chosen)
    because = _because(models, turn.told, chosen)
    because = None if because == chosen else because
    if act.suits is None:
        return replace(act, item=chosen, because=because)
    fits = all(c.holds(chosen) for c in turn.person.preference.constraints if not c.include)
    shown = any(one.item_id == chosen.item_id for one in turn.person.shown)
    return replace(act, because=because, suits=float((scores < score(chosen)).mean()) if fits else 0.0, shown=shown)


def _news(
    unmet: tuple[Constraint, ...], said: Understood, person: Person, phrasing: Phrasing
) -> tuple[Constraint, ...]:
    """What nothing satisfies, unless the person asked for it before and was told so a moment ago."""
    replies = [message.text for message in person.messages if message.role == "bot"][-TOLD:]
    wishes = phrasing.wish_list(unmet)
    told = any(all(wish in reply for wish in wishes) for reply in replies)
    return unmet if not told or set(unmet) & set(said.wishes) else ()


def _reply(models: Models, words: Words, slate: Recommend | None, wishes: Sequence[Constraint], language: str) -> Reply:
    """A reply with these words, and with a card for each item of the slate."""
    wording, picks = models.wording, slate.picks if slate else ()
    phrasing = wording.phrasing(language)
    text = wording.text(words, [phrasing.full_name(pick.item) for pick in picks], language)
    if not picks:
        return Reply(text, "recommend" if slate else "chat", language=language)
    cards = tuple(_card(pick.item, phrasing, line) for pick, line in zip(picks, words.lines, strict=True))
    gone_by = profile.wishes_of(wishes, phrasing)
    return Reply(text, "recommend", cards, words.opening, words.close, gone_by, language=language)


def _card(item: Item, phrasing: Phrasing, line: str) -> Card:
    name, facts, original = phrasing.heading(item), phrasing.label(item), phrasing.original(item)
    return Card(item.item_id, name, facts, line, item.title, item.year, item.image, original)


REPEATABLE = 5
"""What was asked for is repeated in the person's own words if they are no more than so many."""


def _asked(said: Understood, text: str, phrasing: Phrasing) -> tuple[str, ...]:
    """What a message asks for, as it can be repeated: labels and names as they stand in it, the rest as wishes."""
    spans: list[tuple[int, int]] = []
    for mention in said.frame.mentions:
        if mention.role is not Role.WANTED or mention.theirs or mention.kind not in REPEATED:
            continue
        if spans and not text[spans[-1][1] : mention.start].strip():  # "Korean", "thriller": one thing
            spans[-1] = (spans[-1][0], mention.end)
        else:
            spans.append((mention.start, mention.end))
    if said.company in spans and len(spans) > 1:
        spans.remove(said.company)
    people = {(m.start, m.end) for m in said.frame.mentions if m.kind is Kind.PERSON}
    said_so = [
        words.title() if (start, end) in people and words.islower() else phrasing.yours(words)
        for start, end in spans
        if len((words := text[start:end].strip(" ,.")).split()) <= REPEATABLE
    ]
    told = [wish for wish in said.wishes if wish.is_range or not wish.include]
    wishes = said.wishes if not spans else [wish for wish in told if wish not in said.implied]
    wishes = sorted(wishes, key=lambda wish: not wish.include)  # "comedy, no drama"
    told_once = {one.casefold(): one for one in (*phrasing.wish_list(wishes)[::-1], *said_so[::-1])}
    return tuple(reversed(told_once.values()))[:NAMED]


REPEATED = (Kind.VALUE, Kind.PERSON, Kind.THEME)
