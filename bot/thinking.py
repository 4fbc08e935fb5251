"""The turn proper, up to the words: read, resolve, believe, plan, rank."""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bot import ranking
from bot.acts import CRITICISM, Act, Answer, Ask, Recommend, Say, Words
from bot.belief import believe
from bot.briefs import briefed, shown
from bot.cautions import cautions, with_cautions
from bot.characters import simplified
from bot.exchange import MOST, READ, Incoming, Reply
from bot.gist import Gist, comforted, going_on, is_sure, told_in
from bot.history import Person, today
from bot.models import Models
from bot.policy import ABOUT_PERSON, OPENING, SHOWN_BEFORE, Move, Policy, options
from bot.presenting import NAMED
from bot.reasons import with_reasons
from bot.replying import with_cards
from bot.seeking import HINTED, MEANT, MOST_OF_IT, WEIGHT, Sought, sought_in
from bot.telling import Telling
from bot.texts import Texts, language_of
from bot.thought import IN_TROUBLE, Thought, Turn, answered, shown_what_it_answers
from bot.understood import AGAINST, ALIKE, COMPLAINING, Asked, Understood, misfits, words_of
from domain.catalog import FEELING, Item
from domain.frame import Act as Doing
from domain.frame import Flag, Kind, Role, Topic
from domain.history import Message
from domain.lexicon import Pairs
from domain.phrasing import Phrasing
from domain.plan import Plan
from domain.preference import AGE, Constraint, Opinion, Preference

NOT_SHOWN = frozenset(Role) - {Role.WANTED, Role.CHOSEN}
"""As what an item is named that is not shown in answer: it is known already."""
SURPRISED = 1.5
"""Least scale of z where a person asks for a surprise."""
MIXED = 0.3
"""Noise in the scores of somebody of whom no taste is known, in their standard deviations."""
DOUBTFUL = 0.1
"""Words are not taken for a value that the whole message means less surely, where it surely means something."""
A_LONG_STORY = 10
"""Who asks in fewer telling words for something that nothing is, just wants something: "drop sum fire movies"."""
TOLD = 4
"""For so many replies it is not said again that nothing satisfies a wish."""


class Thinking:
    """Decides what a reply does. No waiting, no I/O but the models."""

    def __init__(self, texts: Texts, telling: Telling, policy: Policy, slate: int, surprise: float) -> None:
        """See `bot.conversation.Conversation`."""
        self._texts = texts
        self._telling = telling
        self._policy = policy
        self._slate = slate
        self._surprise = surprise

    def think(self, models: Models, before: Person, incoming: Incoming) -> Thought:
        """The turn proper, up to the words: read, resolve, believe, plan, rank. No waiting, no I/O but the models."""
        is_long, incoming = len(incoming.text) > READ, replace(incoming, text=incoming.text[:READ])
        chance = random.Random(zlib.crc32(f"{incoming.person_id}/{incoming.event_id}".encode()))  # noqa: S311
        before, last = shown_what_it_answers(before, incoming), answered(before, incoming)
        text = simplified(incoming.text)
        said = models.understand(text, last, before)
        said = self._promised(said, incoming)
        language = self._answers_in(said, incoming, before)
        was_in_trouble = IN_TROUBLE in before.asked
        sought = sought_in(models.seeker, said, last, text)
        if sought and said.sought and before.shown and _goes_on(sought, before, said):
            sought = replace(sought, alone=False, weight=HINTED if not sought.there else WEIGHT)
        if sought and sought.alone and sought.weight == MEANT:  # a story names nothing that is liked
            seen = tuple(one for one in said.named if one.role is Role.SEEN)
            said = replace(said, named=seen, wishes=tuple(wish for wish in said.wishes if not wish.include))
        described = _gist(models, said, text, last, before)
        said = _as_meant(models, said, described)
        tells = sought and sought.there and (sought.weight == MEANT or models.seeker.is_story(text))
        found = sought and said.sought and sought.there and sought.found.covered >= MOST_OF_IT
        if sought and not tells and not found and is_sure(described):
            sought, said = None, replace(said, sought=(), hints=(), labels=())  # it is here by what the words mean
        graded = bool(models.catalog.vocabulary.levels)
        warnings = cautions(text, said.frame.language) if graded else ()
        said = with_cautions(said, warnings) if warnings else said
        person = _believed(before, said, incoming, models)
        if Flag.FORGET in said.flags:
            person = replace(person, shown=())
        told = person.preference if person.public_reasons or not incoming.public else _told_now(person.preference, said)
        turn = Turn(models, person, told, said, incoming, language, chance, sought, described, warnings)
        moves = self._policy(said, person, models.catalog)
        if was_in_trouble and not said.acts & {Doing.REQUEST, Doing.CRITIQUE, Doing.LEAVE}:
            moves = (Say("after_trouble"),)
        acts = [self._act(turn, move, before) for move in moves]
        alone = incoming.is_for_them_alone(before)
        worded = [self._worded(turn, act) for act in acts]
        words = self._together(worded, language)
        unspoken = said.frame.language == "xx" and self._texts.unspoken(incoming.text)
        if unspoken and not words.lines:
            return Thought(turn, tuple(acts), Words(unspoken), alone=alone)
        long = [self._telling.say(models, "too_long", language, most=READ)] if is_long else []
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
        return Thought(turn, tuple(acts), words, framing, brief, asks=asks, alone=alone, leaves=leaves)

    def alike(
        self, models: Models, before: Person, incoming: Incoming, item_id: str | None, language: str
    ) -> tuple[Person, Reply]:
        """A slate like an item, or like what a text names."""
        said = (
            models.understand(simplified(incoming.text[:READ]), Plan(), Person(before.person_id))
            if item_id is None
            else None
        )
        named = dict.fromkeys(n.item_id or "" for n in said.named) if said else [item_id or ""]
        items = [item for one in named if (item := models.catalog.get(one))]
        if not items:
            key = "nothing_named" if item_id is None else "rated_unknown"
            return before, Reply(self._telling.say(models, key, language), "chat", language=language)
        liked = {item.item_id: Opinion(item.item_id, "like", "message") for item in items}
        taste = Preference(liked, tuple(c for c in before.preference.constraints if not c.include))
        chance = random.Random(zlib.crc32(incoming.event_id.encode()))  # noqa: S311
        z = self._noise(models, chance, self._scale(incoming, before))
        scores = ranking.scores_of(models, taste, z, ranking.ALIKE_BY)
        banned = ranking.banned(before, models) | ranking.columns(models, items)
        limits = (*taste.constraints, *_of_age(incoming, before))
        likeness, count = models.likeness.of(items), self._count(incoming, before)
        slate = models.slates.compose(scores, limits, banned, count, likeness, items)
        picks = with_reasons(models.recommender, models.catalog, Preference(liked), slate.columns)
        act = Recommend(picks, liked=tuple(items))
        words = models.wording.write(act, language, chance)
        reply = with_cards(models, words, act, (), language)
        after = before.with_slate(pick.item.item_id for pick in picks)
        after = after.with_messages(Message(incoming.event_id, "bot", reply.text))
        return after, replace(reply, private=incoming.is_for_them_alone(before))

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

    def _act(self, turn: Turn, move: Move, before: Person) -> Act:
        """A move with what it needs: the items of a slate, the reason of an answer."""
        models, said, sought = turn.models, turn.said, turn.sought
        if sought and (move in ("recommend", Say("unclear"), Say("chat")) or isinstance(move, Ask)):
            plain = Doing.REQUEST in said.acts and not models.seeker.is_story(turn.incoming.text, A_LONG_STORY)
            nothing: Move = move if plain else Say("unclear")
            told = Say("have_none", kind="answer", words=sought.words) if said.sought else nothing
            wished = any(wish.include and not wish.is_range for wish in said.wishes)  # "看完缓好几天的悬疑片"
            beside_it = wished and turn.language != "en" and not sought.there and not sought.alone
            move = "recommend" if sought.there or turn.found_none or beside_it else told
            if not (sought.there or said.sought):  # what nothing fits ranks nothing
                turn = replace(turn, sought=None)
        if move == "recommend" or (move == Ask(None) and is_sure(turn.gist)):
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

    def _worded(self, turn: Turn, act: Act) -> Words:
        """An act in words."""
        models, language = turn.models, turn.language
        if isinstance(act, Say) and act.key == ABOUT_PERSON:
            return Words("\n".join(self._telling.about(models, turn.person, language)))
        if isinstance(act, Say) and act.key == SHOWN_BEFORE:
            return Words("\n".join(self._telling.shown_before(models, turn.person, language)))
        if act == Say("privacy"):
            return Words(self._telling.say(models, "privacy", language))
        return models.wording.write(act, language, turn.chance, turn.said_before)

    def _framing(self, turn: Turn, acts: Sequence[Act]) -> list[str]:
        """What has to be said before a reply, in these words: kind ones, and what this catalogue cannot tell."""
        models, said, language = turn.models, turn.said, turn.language
        shows = any(shown(act) for act in acts)
        before: list[str] = []
        unheard = words_of(said.named, turn.incoming.text)
        if unheard and not shows and any(isinstance(act, Ask | Answer) or act == Say("unknown_asked") for act in acts):
            before.append(models.wording.unknown(unheard, language))
        if not shows and turn.warnings and any(isinstance(act, Answer) for act in acts):
            topics = models.wording.phrasing(language).alternatives(turn.warnings)
            before.append(self._telling.say(models, "warned", language, topics=topics))
        if shows and turn.found_none:
            before.append(models.wording.none_fits(turn.found_none, language))
        if shows and Flag.LOW in said.flags:
            before.append(self._telling.say(models, "sorry_for_you", language))
        if shows or Ask(None) in acts:
            hinted = turn.sought is not None and turn.sought.weight == HINTED
            criticised = Doing.CRITIQUE in said.acts  # "too dark" is of what was shown
            heard = replace(said, shunned=()) if criticised else said
            labels = said.labels if hinted and not turn.found_none else ()
            told = turn.said_before
            before.append(models.wording.beyond(heard, language, shows=shows, labels=labels, before=told))
        if shows and said.count and said.count > MOST:
            before.append(self._telling.say(models, "at_most", language, most=MOST))
        return before

    def _together(self, parts: Sequence[Words], language: str) -> Words:
        """The words of several acts as those of one reply: what comes before a slate opens it, the rest closes it."""
        shown = next((at for at, words in enumerate(parts) if words.lines), len(parts) - 1)
        space = self._texts.say("conversation.space", language)
        close = space.join(filter(None, (parts[shown].close, *(words.opening for words in parts[shown + 1 :]))))
        return replace(parts[shown], close=close).behind(*(words.opening for words in parts[:shown]), space=space)

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

    def _rank(self, turn: Turn) -> tuple[Recommend, tuple[int, ...]]:
        """A slate, with reasons out of what may be told of the person, and the columns that it was taken from."""
        models, person, said, sought = turn.models, turn.person, turn.said, turn.sought
        surprises = Flag.SURPRISE in said.flags
        scale = self._scale(turn.incoming, person)
        z = self._noise(models, turn.chance, max(scale, SURPRISED) if surprises else scale)
        alike = ranking.alike(models, said, answered(person, turn.incoming).alike)
        known_by = ranking.ALIKE_BY if alike else ranking.KNOWN_BY
        scores = ranking.scores_for(models, person, turn.incoming.text, z, known_by)
        banned = ranking.banned(person, models)
        if not person.preference.opinions:  # or else everybody would be shown the same
            scores = scores + np.float32(MIXED * scores.std()) * ranking.drawn(turn.chance, len(scores))
        if sought:
            scores, banned = sought.among(scores, banned)
        count = min(said.count or self._count(turn.incoming, person), MOST)
        recalled = sought.recalled() if sought else None
        if recalled is not None and not said.count:
            count = 1  # whoever half remembers a thing wants to hear what it is
        liked, disliked = ranking.named(models, said, ALIKE), ranking.named(models, said, {Role.DISLIKED})
        shown_last = answered(person, turn.incoming).slate
        unfit = [item for n in misfits(said, turn.incoming.text, shown_last) if (item := models.catalog.get(n))]
        limits = person.preference.constraints
        if sought and sought.alone:  # what was wanted before is not what is looked for now
            told = said.wishes if sought.weight != MEANT else ()
            limits = tuple(c for c in limits if not c.include or c.attribute == AGE or c in told)
        limits = (*limits, *_of_age(turn.incoming, person))
        banned |= models.slates.series(ranking.named(models, said, {Role.UNWANTED}))  # "not Toy Story", nor its sequels
        banned |= ranking.columns(models, ranking.named(models, said, NOT_SHOWN))  # "what he made after Sicario"
        answered_of = (item for asked in said.asked for n in asked.about if (item := models.catalog.get(n)))
        banned |= ranking.columns(models, answered_of)  # "who directed it, and what else is there?"
        searched = sought and (sought.weight == MEANT or not alike)  # "like Memento, but more fun" is like it
        likeness = (
            0.0 if searched else ranking.likeness(models, person, alike or ranking.of_people(models, said, banned))
        )
        worth = likeness - models.slates.untold_in(turn.language)
        worth = worth if recalled is not None else worth + models.gists.worth(turn.gist)
        slate = models.slates.compose(
            scores,
            limits,
            banned,
            count,
            worth,
            liked or ranking.few_liked(models, person),
            said.wishes,
            either=said.either,
        )
        picks = with_reasons(models.recommender, models.catalog, turn.told, slate.columns, slate.unmet)
        missed = tuple(c for c in slate.unmet if c in turn.told.constraints)
        phrasing = models.wording.phrasing(turn.language)
        unmet = _news(missed, said, person, phrasing)
        recommend = Recommend(
            picks=picks,
            asked=()
            if unmet or turn.found_none
            else _asked(said, simplified(turn.incoming.text), phrasing, models.resolver.values_of),
            unmet=unmet,
            liked=liked,
            disliked=tuple(item for item in disliked if item not in unfit),
            missed=tuple(unfit),
            seen=ranking.named(models, said, {Role.SEEN}, pointed=True),
            unknown=words_of(said.named, turn.incoming.text),
            again=bool(person.shown) and bool(said.acts & {Doing.CRITIQUE, Doing.REJECT}),
            more=Flag.MORE in said.flags and bool(person.shown),
            surprises=surprises,
            recalled=recalled is not None and recalled == next(iter(slate.columns), -1),
            first=not person.shown,
            introduced=bool(turn.found_none),
            near=slate.near,
        )
        return recommend, slate.considered


def _of_age(incoming: Incoming, person: Person) -> tuple[Constraint, ...]:
    """The limits of age of the person and of the server: what is for older people is not shown, nor what may be."""
    limits = (person.settings.age_limit, incoming.server.age_limit)
    return tuple(Constraint.limit(AGE, "<=", limit) for limit in limits if limit is not None)


def _believed(person: Person, said: Understood, incoming: Incoming, models: Models) -> Person:
    """The person after what was said, whoever they are then."""
    preference = believe(person.preference, said, today(), models.catalog)
    asked = tuple(key for key in person.asked if key != IN_TROUBLE)
    if Flag.STOP_ASKING in said.flags:
        asked = tuple(dict.fromkeys((*asked, OPENING, CRITICISM)))
    return replace(person, preference=preference, asked=asked, locale=incoming.locale or person.locale)


def _gist(models: Models, said: Understood, text: str, last: Plan, person: Person) -> Gist:
    """What a message and those before it describe as a whole, without what it turns down or complains of."""
    mentions = said.frame.mentions
    beside = [(n.start, n.end) for n in said.named if not n.pointed and (n.item_id or n.role in AGAINST)]
    beside += [(m.start, m.end) for m in mentions if m.kind is Kind.PERSON]
    unwanted = [(m.start, m.end) for m in mentions if m.role in AGAINST]
    told = any(wish.include and not wish.is_range for wish in said.wishes) or said.named or said.asked
    now = models.gists.of(told_in(text, beside, unwanted), wanted=Doing.REQUEST in said.acts and not told)
    if Flag.LOW in said.flags:  # "my girlfriend dumped me" asks for nothing sad
        now = comforted(now, models.catalog, nothing_else=not told)
    before = {(attribute, value): chance for attribute, value, chance in last.meant}
    anew = Doing.REQUEST in said.acts and not said.acts & COMPLAINING and is_sure(now)
    if Flag.FORGET in said.flags or anew:
        before = {}
    wishes = (*person.preference.constraints, *said.wishes)
    refused = {(wish.attribute, wish.value) for wish in wishes if not wish.include}
    if said.acts & COMPLAINING:  # "that is a comedy, dude"
        items = [
            item for one in (*last.slate, *(n.item_id for n in said.named)) if (item := models.catalog.get(one or ""))
        ]
        wanted = {*before, *((wish.attribute, wish.value) for wish in wishes if wish.include)}
        refused |= {(a, v) for a, v in now if (a, v) not in wanted and any(v in item.values(a) for item in items)}
    return going_on(now, before, refused)


def _as_meant(models: Models, said: Understood, gist: Gist) -> Understood:
    """A message without the values that some of its words were taken for, where as a whole it surely means others.

    "Slow thinky scifi" is thoughtful; "slow thinky" alone is nearest to silly.
    """
    if not is_sure(gist):
        return said
    guessed = {pair for words in said.hints for pair in models.search.values(words)}
    misread = {pair for pair in guessed if gist.get(pair, 0.0) < DOUBTFUL}
    return replace(said, wishes=tuple(w for w in said.wishes if not w.include or (w.attribute, w.value) not in misread))


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


def _because(models: Models, preference: Preference, item: Item) -> Item | None:
    """The liked item that speaks most for another."""
    column = models.catalog.column(item.item_id)
    if column is None:
        return None
    return with_reasons(models.recommender, models.catalog, preference, (column,))[0].because


def _fuller(turn: Turn, act: Answer) -> Answer:
    """An answer that goes on where what an item is about was told a moment ago."""
    about = act.item.about(turn.language)
    told = act.attribute == "description" and not act.among and about is not None and about in turn.said_before
    return replace(act, fuller=told)


def _judged(turn: Turn, act: Answer) -> Answer:
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
    constraints = turn.person.preference.constraints
    fits = all(c.holds(chosen) for c in constraints if not c.include)
    wanted = [c for c in constraints if c.include and not c.is_range]
    as_asked = bool(wanted) and 2 * sum(c.holds(chosen) for c in wanted) >= len(wanted)
    suits = 1.0 if as_asked else float((scores < score(chosen)).mean())
    shown = any(one.item_id == chosen.item_id for one in turn.person.shown)
    return replace(act, because=because, suits=suits if fits else 0.0, shown=shown)


def _news(
    unmet: tuple[Constraint, ...], said: Understood, person: Person, phrasing: Phrasing
) -> tuple[Constraint, ...]:
    """What nothing satisfies, unless the person asked for it before and was told so a moment ago."""
    replies = [message.text for message in person.messages if message.role == "bot"][-TOLD:]
    wishes = phrasing.wish_list(unmet)
    told = any(all(wish in reply for wish in wishes) for reply in replies)
    return unmet if not told or set(unmet) & set(said.wishes) else ()


REPEATABLE = 5
"""What was asked for is repeated in the person's own words if they are no more than so many."""


REPEATED = (Kind.VALUE, Kind.PERSON, Kind.THEME)


def _asked(said: Understood, text: str, phrasing: Phrasing, known: Callable[[str], Pairs]) -> tuple[str, ...]:
    """What a message asks for, as it can be repeated: labels and names as they stand in English, the rest as wishes."""
    spans: list[tuple[int, int]] = []
    repeated: set[tuple[str, str]] = set()
    for mention in said.frame.mentions:
        if mention.role is not Role.WANTED or mention.theirs or mention.kind not in REPEATED:
            continue
        if text[mention.start : mention.end] in said.nobody:
            continue
        pairs = known(text[mention.start : mention.end])
        feels = not pairs or any(attribute == FEELING for attribute, _ in pairs)  # "me n the boys", "cry"
        if mention.kind is not Kind.PERSON and (feels or said.frame.language != "en"):
            continue
        repeated.update(pairs)
        if spans and not text[spans[-1][1] : mention.start].strip():  # "Korean", "thriller": one thing
            spans[-1] = (spans[-1][0], mention.end)
        else:
            spans.append((mention.start, mention.end))
    wishes = [w for w in said.wishes if (w.attribute, w.value) not in repeated]
    if said.company and not spans and not set(wishes) - set(said.implied):
        spans.append(said.company)
    people = {(m.start, m.end) for m in said.frame.mentions if m.kind is Kind.PERSON}
    said_so = [
        words.title() if (start, end) in people and words.islower() else phrasing.yours(words)
        for start, end in spans
        if len((words := text[start:end].strip(" ,.")).split()) <= REPEATABLE
    ]
    named = [w for w in wishes if w not in said.implied]
    wishes = named or [w for w in wishes if not spans and w.attribute != AGE]
    wishes = sorted(wishes, key=lambda wish: not wish.include)  # "comedy, no drama"
    told_once = {one.casefold(): one for one in (*phrasing.wish_list(wishes)[::-1], *said_so[::-1])}
    return tuple(reversed(told_once.values()))[:NAMED]
