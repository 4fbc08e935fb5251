"""One turn of a conversation: what was said goes in, what is known is updated, a reply comes out."""

from __future__ import annotations

import asyncio
import json
import logging
import traceback
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from typing import Literal
from weakref import WeakValueDictionary

from bot import profile
from bot.characters import simplified
from bot.dialogue import Dialogue, NoDialogue
from bot.exchange import READ, Incoming, Rated, Reply, Show
from bot.explaining import explained
from bot.guards import AboutData, Guards, Trouble
from bot.history import History, Person, PersonalSettings, Saved, ServerSettings, Undelivered, today
from bot.models import Serving
from bot.policy import Policy, decide
from bot.profile import Change, Line
from bot.replying import in_words, unfinished, with_parts
from bot.telling import Telling
from bot.texts import Texts, language_of
from bot.thinking import Thinking
from bot.thought import Thought, after_reply, in_trouble
from bot.titles import Named
from domain.frame import Act as Doing
from domain.frame import LastPlan
from domain.preference import AGE, Opinion, Verdict

log = logging.getLogger(__name__)


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
        self._telling = Telling(texts, history.keep_days)
        self._thinking = Thinking(texts, self._telling, policy, slate, surprise)
        self._elsewhere = elsewhere or NoDialogue()
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
                    after, reply = in_trouble(before, incoming, sorry.text), sorry
                else:
                    loop = asyncio.get_running_loop()
                    models = self._serving.models
                    thought = await loop.run_in_executor(self._threads, self._thinking.think, models, before, incoming)
                    reply = await self._write(thought, show)
                    after = after_reply(thought, reply.text)
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
            spoken = self.language_for(incoming.person_id, incoming.locale or before.locale, server=incoming.server)
            after, reply = await loop.run_in_executor(
                self._threads, self._thinking.alike, self._serving.models, before, incoming, item_id, spoken
            )
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
        text = "\n".join(self._telling.about(self._serving.models, person, language))
        return Reply(text, "answer", language=language, private=True)

    async def lines(self, person_id: str, locale: str | None = None) -> tuple[str, list[Line]]:
        """What is believed of a person, each thing with what takes it back, behind a sentence on their consents."""
        language = self.language_for(person_id, locale)
        async with self._lock(person_id):
            person = await self._history.load(person_id)
        models = self._serving.models
        phrasing = models.wording.phrasing(language)
        wishes = profile.wishes_of(person.preference.constraints, phrasing)
        lines = [Line(self._say("line_wish", language, says=wish.says), wish=wish.token) for wish in wishes]
        for opinion in reversed([*person.preference.opinions.values()]):
            name = self.name_of(opinion.item_id, language)
            says = f"{self._say(f'held_{opinion.verdict}', language, says=name)} ({profile.day_of(opinion.day)})"
            lines.append(Line(says, opinion.item_id, self.name_of(opinion.item_id)))
        opening = [
            self._telling.consents(models, person, language),
            *([] if lines else [self._say("about_empty", language)]),
        ]
        return "\n".join(opening), lines

    async def held(self, person_id: str, locale: str | None = None) -> Reply:
        """Everything that is held about a person, made from the store, a line a thing."""
        language = self.language_for(person_id, locale)
        async with self._lock(person_id):
            person = await self._history.load(person_id)
            held = await self._history.held(person_id)
        text = "\n".join(self._telling.listed(self._serving.models, person, held, language))
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
        return self._texts.say(key, language, **{**self._telling.slots(self._serving.models, language), **values})

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
        reading = await loop.run_in_executor(self._threads, reader.read, simplified(text[:READ]), LastPlan())
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

    def _say(self, key: str, language: str, **values: object) -> str:
        return self._telling.say(self._serving.models, key, language, **values)

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

    async def _write(self, thought: Thought, show: Show | None) -> Reply:
        """The reply to a turn: the words of the model as far as they come and pass its checks, else the templates'."""
        parts: Mapping[int, str] = {}
        space = self._texts.say("conversation.space", thought.turn.language)
        writing = self._writing(thought)
        if not writing or not thought.briefed:
            return in_words(thought, thought.words, space)
        if show and thought.words.lines:
            await show(unfinished(thought, parts, space))
        seed = thought.turn.chance.getrandbits(31)
        for dialogue in writing:
            async for parts in dialogue.write(thought.briefed, seed):
                if show:
                    await show(unfinished(thought, parts, space))
            if parts:
                break
        return in_words(thought, with_parts(thought, parts, space), space)

    def _writing(self, thought: Thought) -> list[Dialogue]:
        """What may put the reply to a turn into words, in this order, until something comes."""
        elsewhere = [self._elsewhere] if thought.leaves else []
        return [one for one in (*elsewhere, thought.turn.models.dialogue) if not isinstance(one, NoDialogue)]


def _where(error: BaseException) -> str:
    """File and line of an error, without the values that a traceback or a message may quote."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{frame.filename}:{frame.lineno}"
