"""What to do next: recommend, ask, answer, chat or close."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal

from bot.acts import CRITICISM, Act, Answer, Ask, Count, Say
from bot.history import Person
from bot.understanding import Asked, Question, Understanding
from domain.catalog import POPULARITY, Catalog, Item
from domain.phrasing import superlative

OPENING = "opening"
"""What `Person.asked` holds for the question of what they like in general."""
ABOUT_PERSON = "about_person"
"""The sentence that tells a person what is held about them; Conversation knows the rest of it."""
SHOWN_BEFORE = "shown_before"
"""The sentence that tells a person what they were shown; Conversation knows the rest of it."""

ENOUGH_LIKES = 3
"""From so many on, a question of what kind is wanted is left out."""
SLATE = 3
"""Candidates that showing a slate settles."""

Policy = Callable[[Understanding, Person, Catalog], Act | Literal["recommend"]]


def decide(said: Understanding, person: Person, catalog: Catalog) -> Act | Literal["recommend"]:
    """The next act; "recommend" if it is a slate, which the ranking has yet to fill.

    Args:
        said: the message to answer.
        person: with what the message has already changed.
        catalog: for the facts that an answer needs.
    """
    match said.asks:
        case Question.PRIVACY:
            return Say("privacy")
        case Question.METHOD:
            return Say("method")
        case Question.COUNT:
            return Count(sum(all(c.holds(item) for c in said.counted) for item in catalog), said.counted)
    if said.mood and not said.constraints and not said.mentions:
        return Say("mood", kind="ask")
    match said.intent:
        case "greet":
            return Say("greet_again") if _has_evidence(person) else Ask(None, greets=True)
        case "leave":
            return Say("goodbye", kind="close")
        case "chat":
            return _chat(said, catalog)
        case "accept":
            return _accepted(said, person, catalog)
        case "ask_item":
            return _answer(said, person, catalog)
        case "correct" if said.instead and _named(said, catalog):
            meant = _named(said, catalog)[0]
            return "recommend" if meant.item_id in person.preference.opinions else Answer(meant)
        case "correct" if (said.constraints or _states(said)) and not said.forget_all:
            return "recommend"
        case "correct" if said.forget_all:
            return Say("forgot_all")
        case "correct":
            takes_back = said.retracted or said.withdrawn or said.forgets
            return Say("corrected" if takes_back else "misread")
        case "other":
            return Say("welcome" if said.thanks else "unclear")
        case "reject" if _asks_for_criticism(said, person):
            return Ask(CRITICISM)
    return _recommend_or_ask(said, person, catalog)


def _named(said: Understanding, catalog: Catalog) -> list[Item]:
    """The items that a message names or points at."""
    return [item for mention in said.mentions if (item := catalog.get(mention.item_id or ""))]


def _states(said: Understanding) -> bool:
    """Whether a correction says what is liked or not, beside what it takes back."""
    return any(mention.polarity and mention.item_id not in said.withdrawn for mention in said.mentions)


def _chat(said: Understanding, catalog: Catalog) -> Say:
    match said.asks:
        case Question.SELF:
            return Say(ABOUT_PERSON)
        case Question.EARLIER:
            return Say(SHOWN_BEFORE)
        case Question.BOT:
            return Say("introduction")
        case Question.FAVOURITE:
            return Say("favourite", item=max(catalog, key=lambda item: item.popularity, default=None))
        case Question.KINDS:
            return Say("kinds")
        case Question.INSULT:
            return Say("insulted")
    return Say("welcome" if said.thanks else "chat")


def _has_evidence(person: Person) -> bool:
    preference = person.preference
    return bool(preference.having("like") or any(c.include for c in preference.constraints))


def _asks_for_criticism(said: Understanding, person: Person) -> bool:
    """Whether two slates in a row were turned down without a word of why; asked once."""
    silent = not said.mentions and not said.constraints
    return silent and bool(person.shown) and person.shown[-1].slate > 1 and CRITICISM not in person.asked


def _recommend_or_ask(said: Understanding, person: Person, catalog: Catalog) -> Act | Literal["recommend"]:
    """A slate; with a question while little is known: nothing wanted by kind, few likes, nothing asked before."""
    preference = person.preference
    wished = any(c.include for c in preference.constraints)
    known = wished or preference.having("dislike") or len(preference.having("like")) >= ENOUGH_LIKES
    beyond = said.by_plot or said.untold or said.people or said.origin
    if beyond and not known and not _has_evidence(person) and not said.mentions:
        return Ask(None)  # what is popular would be no answer
    if known or said.surprise or person.asked or said.intent in ("critique", "reject"):
        return "recommend"
    question = next((a for a in catalog.vocabulary.ask if a in catalog.values), None)
    return "recommend" if question is None else Ask(question)


def _accepted(said: Understanding, person: Person, catalog: Catalog) -> Act | Literal["recommend"]:
    if not person.shown:
        return _recommend_or_ask(said, person, catalog)
    if any(m.polarity > 0 and not m.pointed for m in said.mentions):  # "Heat! My brother and I love it"
        return _recommend_or_ask(said, person, catalog)
    item_id = next((m.item_id for m in said.mentions if m.item_id), None)
    if said.thanks and not item_id:
        return Say("welcome")
    return Say("enjoy", kind="close", item=catalog.get(item_id) if item_id else None)


def _answer(said: Understanding, person: Person, catalog: Catalog) -> Act:
    item_id = said.about
    if item_id is None and said.mentions:
        return Say("unknown_asked")
    if item_id is None and person.shown:
        if len(person.last_slate) > 1 and _asks_nothing(said):
            return Say("unclear")  # "what's the capital of Peru?"
        item_id = person.last_slate[0]
    item = catalog.get(item_id) if item_id else None
    if item is None:
        return Say("unclear")
    if said.asks == Question.HAVE:
        had = [Answer(one, has=True) for one in _named(said, catalog)]
        return Answer(had[0].item, has=True, also=tuple(had[1:]))
    if said.asks == Question.FIT:
        return Answer(item, suits=0.0)
    named = tuple(dict.fromkeys(m.item_id for m in said.mentions if m.item_id))
    meant = named if len(named) > 1 and not said.several else person.last_slate if person.shown else ()
    among = tuple(found for item_id in meant if (found := catalog.get(item_id)))
    if said.within and person.shown:
        return Answer(item, among=tuple(filter(None, map(catalog.get, person.last_slate))), limits=said.within)
    if said.asks == Question.WHY:
        others = among if said.several else ()
        return Answer(item, why=True, also=tuple(Answer(other, why=True) for other in others if other != item))
    if said.asks == Question.COMPARE or (said.several and said.value):
        return _comparison(said, item, among, catalog)
    attribute = said.asks if isinstance(said.asks, str) else None
    if said.several and attribute:
        return Answer(item, attribute, among=among)
    first = _told(item, Asked(item_id, attribute, said.value), unsure=said.unsure)
    also = (
        _told(catalog.get(asked.about or "") or item, asked, unsure=not (asked.attribute or asked.value))
        for asked in said.asks_also
    )
    return replace(first, also=tuple(also))


def _told(item: Item, asked: Asked, *, unsure: bool) -> Answer:
    """What the catalogue tells of an item that a question is about."""
    known = asked.value is None or bool(item.values(asked.value[0]))
    return Answer(item, asked.attribute, value=asked.value if known else None, unsure=unsure or not known)


def _asks_nothing(said: Understanding) -> bool:
    """Whether a question is about no item and nothing that the catalogue might tell."""
    return not (said.mentions or said.asks or said.value or said.extremes or said.several)


def _comparison(said: Understanding, item: Item, among: tuple[Item, ...], catalog: Catalog) -> Answer:
    """Which of some items: by a number, by a value, or whichever suits best."""
    if said.extremes:
        first, *others = (_extreme(name, item, among, catalog, highest=highest) for name, highest in said.extremes)
        return replace(first, also=tuple(others))
    if said.value:
        return Answer(item, among=among, value=said.value)
    return Answer(item, among=among, unsure=said.unsure)


def _extreme(name: str, item: Item, among: tuple[Item, ...], catalog: Catalog, *, highest: bool) -> Answer:
    """Which of some items has the highest number, or the lowest."""
    known = [found for found in among if found.number(name) is not None]
    if not known:
        return Answer(item, name)
    best = sorted(known, key=lambda found: found.number(name) or 0.0)[-1 if highest else 0]
    if name == POPULARITY:
        return Answer(best, name, among=among, extreme="most popular" if highest else "least known")
    measure = catalog.vocabulary.measures[name]
    return Answer(best, name, among=among, extreme=superlative((measure.high if highest else measure.low)[0]))


def options(catalog: Catalog, attribute: str, columns: Sequence[int], count: int = 4) -> tuple[str, ...]:
    """The values to name in a question about an attribute: those that most candidates have.

    Args:
        catalog: of the items.
        attribute: asked about.
        columns: the candidates, as ranked for the person.
        count: of values at most.

    Returns:
        none if an answer is not expected to leave fewer candidates than showing a slate would.
    """
    held = Counter(value for column in columns for value in catalog[column].values(attribute))
    named = [value for value, _ in held.most_common(count)]
    # Whoever answers names a value with the chance of its share; what has it is what remains.
    remains = sum(n * n for n in held.values()) / max(sum(held.values()), 1)
    return tuple(named) if remains < len(columns) - SLATE else ()
