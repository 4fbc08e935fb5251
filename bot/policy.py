"""What to do next: pure functions of what was said and what is known. Any function of this type will do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import replace
from typing import Literal

from bot.acts import CRITICISM, Act, Answer, Ask, Count, Say
from bot.history import Person
from bot.quoting import quoted
from bot.reasons import shared
from bot.understood import COMPLAINING, FELT, Asked, Understood
from domain.catalog import POPULARITY, Catalog, Item
from domain.frame import Act as Doing
from domain.frame import Flag, Kind, Role, Topic
from domain.measures import NAMES, PART, SERIES
from domain.phrasing import superlative
from domain.preference import AGE
from domain.searching import telling

OPENING = "opening"
"""What `Person.asked` holds for the question of what they like in general."""
ABOUT_PERSON = "about_person"
"""The sentence that tells a person what is held about them; Conversation knows the rest of it."""
SHOWN_BEFORE = "shown_before"
"""The sentence that tells a person what they were shown; Conversation knows the rest of it."""

BASES = NAMES[Topic.BASIS]
"""What something is based on, in its own words and by its kind."""
ENOUGH_LIKES = 3
"""From so many on, a question of what kind is wanted is left out."""
SLATE = 3
"""Candidates that showing a slate settles."""

Move = Act | Literal["recommend"]
"""What a reply does; "recommend" is a slate, which the ranking has yet to fill."""
Policy = Callable[[Understood, Person, Catalog], tuple[Move, ...]]

WANTS = frozenset({Doing.REQUEST, Doing.CRITIQUE, Doing.REJECT, Doing.INFORM, Doing.CORRECT})
"""What somebody does who is shown something."""
PRESSING = frozenset({Doing.REQUEST, Doing.CRITIQUE})
"""What is met beside an answer."""
NO_MORE = frozenset({Doing.THANK, Doing.INFORM, Doing.CHAT})
"""What somebody does who thanks and wants nothing more."""
SAYINGS = {
    Topic.PRIVACY: Say("privacy"), Topic.METHOD: Say("method"), Topic.BOT: Say("introduction"),
    Topic.ME: Say(ABOUT_PERSON), Topic.EARLIER: Say(SHOWN_BEFORE), Topic.KINDS: Say("kinds"),
    Topic.OUTSIDE: Say("outside"),
}  # fmt: skip
"""What answers a question that is of no item."""


def decide(said: Understood, person: Person, catalog: Catalog) -> tuple[Move, ...]:
    """The moves of the reply, in order.

    Args:
        said: the message to answer.
        person: with what the message has already changed.
        catalog: for the facts that an answer needs.
    """
    if Flag.FORGET in said.flags and not (said.wishes or said.sought or _alike(said)):
        return (Say("forgot_all"),)
    says = said.wishes or said.sought or said.shunned or said.named or said.asked or said.acts & PRESSING
    if Flag.LOW in said.flags and not says:
        return (Say("mood", kind="ask"),)
    found = list(_answers(said, person, catalog))
    answers = tuple(one for at, one in enumerate(found) if one not in found[:at])
    if answers:
        more = said.wishes or said.sought or said.count or (_alike(said) and not _tells_of_parts(answers))
        wanted = bool(said.acts & PRESSING) and more
        if wanted and said.acts & COMPLAINING:  # "Scream 3 is a slasher?? no gore"
            answers = tuple(one for one in answers if not _is_of_kind(one, person))
        return (*answers, "recommend") if wanted else answers
    return (_one(said, person, catalog),)


def _is_of_kind(answer: Act, person: Person) -> bool:
    """Whether an answer only tells of what kind something is that was shown last."""
    if not isinstance(answer, Answer) or answer.value is None or answer.among:
        return False
    return answer.item.item_id in person.last_slate


def _tells_of_parts(answers: Sequence[Act]) -> bool:
    """Whether an answer names other parts of a series: who asks for these asks for nothing else like it."""
    return any(isinstance(one, Answer) and len(one.series or ()) > 1 for one in answers)


def _one(said: Understood, person: Person, catalog: Catalog) -> Move:
    """The one move that answers a message which asks nothing."""
    acts = said.acts
    if Flag.OFFENDED in said.flags and not acts & PRESSING:
        return Say("insulted")
    if Doing.CORRECT in acts and not acts & PRESSING:
        return _corrected(said, person, catalog)
    if acts & {Doing.REQUEST, Doing.CRITIQUE}:
        return _wanted_by_name(said, catalog) or _recommend_or_ask(said, person, catalog)
    if Doing.THANK in acts and (thanked := _thanked(said, person, catalog)):
        return thanked
    if Doing.ACCEPT in acts:
        return _accepted(said, person, catalog)
    if Doing.REJECT in acts:
        return Ask(CRITICISM) if _asks_for_criticism(said, person) else _recommend_or_ask(said, person, catalog)
    if Doing.LEAVE in acts:
        return Say("goodbye", kind="close")
    if Doing.INFORM in acts and _is_told(said, person):
        return _recommend_or_ask(said, person, catalog)
    if Doing.THANK in acts:
        return Say("welcome")
    if Doing.GREET in acts:
        return Say("greet_again") if _has_evidence(person) else Ask(None, greets=True)
    if Doing.ASK in acts:
        return _recommend_or_ask(said, person, catalog) if said.wishes or said.sought else Say("unclear")
    return Say("chat")


def _thanked(said: Understood, person: Person, catalog: Catalog) -> Say | None:
    """What answers thanks for what was shown, or thanks beside which nothing is said: "thx! he's happy"."""
    if taken := _taken(said, person, catalog):
        return Say("enjoy", kind="close", item=taken)
    tells = said.named or said.wishes or said.sought or said.shunned or said.nobody
    return Say("welcome") if said.acts <= NO_MORE and not tells else None


def _wanted_by_name(said: Understood, catalog: Catalog) -> Answer | None:
    """Whether what is wanted by its title, and nothing else, is here: "I want to watch Heat"."""
    wanted = [item for item_id in said.ids((Role.WANTED,)) if (item := catalog.get(item_id))]
    if not wanted or said.wishes or said.sought or said.shunned or _alike(said) or _is_unknown(said) or said.flags:
        return None
    first, *others = (Answer(item, has=True) for item in wanted)
    return replace(first, also=tuple(others))


def _is_told(said: Understood, person: Person) -> bool:
    """Whether somebody tells something to go by, or answers a question."""
    told = any(named.role is not Role.MENTIONED and not named.theirs for named in said.named)
    return bool(told or said.wishes or said.sought or said.shunned or said.nobody or person.asked or person.shown)


def _alike(said: Understood) -> bool:
    return any(named.role in (Role.LIKED, Role.LIKE_THIS) for named in said.named)


def _corrected(said: Understood, person: Person, catalog: Catalog) -> Move:
    if said.wishes or said.sought or _alike(said):
        return "recommend"
    meant = next((item for n in said.named if n.role is Role.CHOSEN and (item := catalog.get(n.item_id or ""))), None)
    if meant and Flag.INSTEAD in said.flags:
        return "recommend" if meant.item_id in person.preference.opinions else Answer(meant)
    if said.withdrawn or said.named:
        return Say("corrected")
    return Say("misread")


def _has_evidence(person: Person) -> bool:
    preference = person.preference
    return bool(preference.having("like") or any(c.include for c in preference.constraints))


def _asks_for_criticism(said: Understood, person: Person) -> bool:
    """Whether two slates in a row were turned down without a word of why; asked once."""
    silent = not (said.named or said.wishes or said.sought or said.shunned or said.nobody)
    return silent and bool(person.shown) and person.shown[-1].slate > 1 and CRITICISM not in person.asked


def _recommend_or_ask(said: Understood, person: Person, catalog: Catalog) -> Move:
    """A slate; with a question while little is known: nothing wanted by kind, few likes, nothing asked before."""
    preference = person.preference
    wished = any(c.include for c in preference.constraints) or bool(said.sought and not said.nobody)
    known = wished or preference.having("dislike") or len(preference.having("like")) >= ENOUGH_LIKES
    unknown = said.nobody or _is_unknown(said)
    if unknown and not known and not _has_evidence(person) and not said.ids(Role):
        return Ask(None)  # what is popular would be no answer
    settled = Flag.SURPRISE in said.flags or Flag.ANYTHING in said.flags
    if known or settled or person.asked or said.acts & {Doing.CRITIQUE, Doing.REJECT}:
        return "recommend"
    question = next((a for a in catalog.vocabulary.ask if a in catalog.values), None)
    return "recommend" if question is None else Ask(question)


def _taken(said: Understood, person: Person, catalog: Catalog) -> Item | None:
    """What was shown last and is welcomed: "Wallace and Gromit, brilliant, thanks"."""
    last = person.last_slate if person.shown else ()
    welcome = (n for n in said.named if n.role in (Role.LIKED, Role.CHOSEN, Role.WANTED) and n.item_id in last)
    return next((item for named in welcome if (item := catalog.get(named.item_id or ""))), None)


def _accepted(said: Understood, person: Person, catalog: Catalog) -> Move:
    taken = any(n.item_id for n in said.named)
    if not person.shown or _alike(said) or (said.wishes and not taken):  # "Japanese then"
        return _recommend_or_ask(said, person, catalog)
    item = next((item for n in said.named if n.role is Role.CHOSEN and (item := catalog.get(n.item_id or ""))), None)
    if Doing.THANK in said.acts and item is None:
        return Say("welcome")
    return Say("enjoy", kind="close", item=item)


def _answers(said: Understood, person: Person, catalog: Catalog) -> Iterator[Act]:
    """The answers to what is asked, those about items as one."""
    told: list[Answer] = []
    for asked in said.asked:
        if asked.topic in SAYINGS:
            yield SAYINGS[asked.topic]
        elif asked.topic is Topic.FAVOURITE:
            yield Say("favourite", item=max(catalog, key=lambda item: item.popularity, default=None))
        elif asked.topic is Topic.COUNT:
            wanted = (*said.wishes, *asked.counted)
            yield Count(sum(all(c.holds(item) for c in wanted) for item in catalog), wanted)
        elif asked.topic in (Topic.NAME, Topic.HAVE) and not asked.about and (said.sought or said.wishes):
            continue
        elif found := _about_items(asked, said, person, catalog):
            told.append(_in_its_words(found, asked, catalog))
        elif Doing.REJECT in said.acts and person.shown:
            continue  # "not the sequels tho, twelve was rubbish" wants others
        elif _is_unknown(said):
            yield Say("unknown_asked")
        elif not said.acts & PRESSING:
            yield Say("unclear")
    if any(one.quote for one in told):
        told = [one for one in told if one.quote or _is_known(one)]
    if told:
        first, *others = _each_once(told, catalog)
        yield replace(first, also=tuple(others))


def _each_once(told: Sequence[Answer], catalog: Catalog) -> list[Answer]:
    """Answers one by one, none twice; how an item feels is left out where it is told how much of that there is."""
    single = [one for answer in told for one in (replace(answer, also=()), *answer.also)]
    graded = {one.item.item_id for one in single if one.attribute in catalog.vocabulary.levels}
    here = {one.item.item_id for one in single if one.has}
    single = [one for one in single if not (one.unsure and one.item.item_id in here)]
    valued = {(one.item.item_id, one.value[0]) for one in single if one.value}
    single = [one for one in single if one.value or not _is_told_by(one, valued)]
    plain = [replace(one, whether=False) for one in single]
    return [
        one
        for at, one in enumerate(single)
        if plain[at] not in plain[:at]
        and not (one.item.item_id in graded and FELT.attribute in (one.attribute, one.value and one.value[0]))
        and not any(_tells_as_much(before, one, catalog) for before in single[:at])
    ]


def _is_told_by(answer: Answer, valued: Set[tuple[str, str]]) -> bool:
    """Whether the answer to whether something is based on this or that tells what it is based on."""
    told = {attribute for item_id, attribute in valued if item_id == answer.item.item_id}
    return answer.attribute in BASES and bool(told.intersection(BASES))


def _tells_as_much(before: Answer, answer: Answer, catalog: Catalog) -> bool:
    """Whether an answer told already what a later one would: who plays in it, before that somebody does."""
    if answer.value is None or answer.value[0] in catalog.vocabulary.ask:
        return False
    if before.item != answer.item or before.among or answer.among:
        return False
    attribute, value = answer.value
    has = value in answer.item.values(attribute)
    if before.value is None:
        return has and before.attribute == attribute
    return before.value[0] == attribute and (before.value[1] in answer.item.values(attribute)) == has


def _is_known(answer: Answer) -> bool:
    """Whether an answer about items tells something of what was asked."""
    if answer.value:
        return any(answer.value[1] in item.values(answer.value[0]) for item in (answer.item, *answer.among))
    if answer.attribute:
        return any(_tells(item, answer.attribute) for item in (answer.item, *answer.among))
    return not answer.unsure


def _in_its_words(answer: Answer, asked: Asked, catalog: Catalog) -> Answer:
    """An answer that tells nothing, told by the descriptions of the items that it is about where they do."""
    if _is_known(answer) or asked.topic not in DESCRIBED:
        return answer
    asking = (*catalog.vocabulary.asking, *catalog.vocabulary.nouns)
    about = [item for item_id in asked.about if (item := catalog.get(item_id))] or [answer.item]
    told = [(item, quoted(item, asked.words, asking)) for item in about]
    first, *others = [Answer(item, quote=quote) for item, quote in told if quote] or [answer]
    return replace(first, also=tuple(others)) if others else first


def _is_unknown(said: Understood) -> bool:
    return any(named.item_id is None for named in said.named)


def _about_items(asked: Asked, said: Understood, person: Person, catalog: Catalog) -> Answer | None:
    """The answer to a question about items; None if it is not clear about which."""
    last = said.slate or (person.last_slate if person.shown else ())
    among = tuple(item for item_id in asked.about if (item := catalog.get(item_id)))
    if not among and not _is_unknown(said):
        several = asked.topic is Topic.COMPARE or asked.attribute or asked.limit or asked.topic is Topic.WHY
        ids = last if several or len(last) == 1 else ()
        among = tuple(item for item_id in ids if (item := catalog.get(item_id)))
    if not among:
        return None
    if asked.topic is Topic.COMPARE:
        return _comparison(asked, among, last, catalog)
    if asked.topic is Topic.FIT:
        return _suited(among[0], said, person, catalog)
    answers = [told for item in among if (told := _of_one(asked, item, catalog))]
    return replace(answers[0], also=tuple(answers[1:])) if answers else _of_catalog(asked, among, catalog)


def _of_one(asked: Asked, item: Item, catalog: Catalog) -> Answer | None:
    """What answers a question about one item that no attribute does; None if an attribute does."""
    match asked.topic:
        case Topic.WHY:
            return Answer(item, why=True)
        case Topic.HAVE:
            return Answer(item, has=True)
        case Topic.SERIES if catalog.vocabulary.series:
            part = PART if asked.attribute == PART else None
            return Answer(item, part, series=_parts(item, catalog))
    return None


def _suited(item: Item, said: Understood, person: Person, catalog: Catalog) -> Answer:
    """Whether an item is for the person; for a child or in company, from what age it is and what is in it."""
    others = Flag.CHILD in said.flags or any(
        mention.theirs or (mention.kind is Kind.THEME and mention.role is Role.ASKED) for mention in said.frame.mentions
    )
    if item.number(AGE) is None or not (others or any(c.attribute == AGE for c in person.preference.constraints)):
        return Answer(item, suits=0.0)
    there = (name for name in catalog.vocabulary.levels if name != AGE and item.number(name))
    return Answer(item, AGE, also=tuple(Answer(item, name) for name in there))


def _of_catalog(asked: Asked, among: tuple[Item, ...], catalog: Catalog) -> Answer:
    """The answer that an attribute of the catalogue is."""
    first, *others = among
    if asked.limit and asked.limit.attribute == AGE:
        return Answer(first, AGE, among=among if others else ())
    if asked.limit:
        return Answer(first, among=among, limits=(asked.limit,))
    if asked.value:
        known = bool(first.values(asked.value[0]))
        which = among if len(among) > 1 else ()
        return Answer(first, asked.value[0] if not known else None, among=which, value=asked.value if known else None)
    if asked.attribute is None:
        if asked.topic is Topic.RATING:
            return Answer(first, suits=0.0)
        return Answer(first, unsure=asked.topic is not Topic.PLOT)
    if other := catalog.get(asked.against or ""):
        return _against(asked.attribute, among, other)
    told = [name for name in (asked.attribute, *asked.others) if _tells(first, name)] or [asked.attribute]
    several = asked.topic is Topic.BASIS or asked.attribute == FELT.attribute
    also = tuple(Answer(first, name) for name in dict.fromkeys(told[1:])) if several and not others else ()
    return Answer(first, told[0], among=among if others else (), also=also, whether=_asks_whether(asked))


DESCRIBED = frozenset(
    {
        Topic.PROPERTY,
        Topic.KIND,
        Topic.LENGTH,
        Topic.PRICE,
        Topic.LANGUAGE,
        Topic.SERIES,
        Topic.FORM,
        Topic.BASIS,
        Topic.MAKER,
    }
)
"""Topics that the sentences of a description may answer where no column does."""


def _parts(item: Item, catalog: Catalog) -> tuple[Item, ...]:
    """The parts of an item's series that are here, in order; itself where it stands alone, nothing where none knows."""
    attribute = catalog.vocabulary.series
    columns = {column for name in item.values(attribute) for column in catalog.values[attribute][name]}
    if not columns:
        return (item,) if any(_tells(item, name) for name in SERIES) else ()
    parts = [catalog[column] for column in sorted(columns)]
    numbered = all(part.number(PART) is not None for part in parts)
    return tuple(sorted(parts, key=lambda part: (part.number(PART if numbered else "year") or 0.0, part.year or 0)))


GRADED = frozenset({Topic.SCARY, Topic.VIOLENCE, Topic.SEX, Topic.SADNESS})


def _asks_whether(asked: Asked) -> bool:
    """Whether a question is answered by yes or no: "sad?", not "how sad?"."""
    return asked.topic in GRADED and len(asked.words.split()) == 1 and not asked.how_much


def _tells(item: Item, attribute: str) -> bool:
    """Whether the catalogue tells an attribute of an item."""
    return bool(item.values(attribute)) or item.number(attribute) is not None or (
        attribute == "description" and bool(item.description or item.descriptions)
    )  # fmt: skip


def _against(attribute: str, among: tuple[Item, ...], other: Item) -> Answer:
    """How an item, or some, compare with another in one attribute."""
    if len(among) > 1:
        return Answer(among[0], attribute, among=(*among, other))
    return Answer(among[0], attribute, against=other)


def _likened(among: tuple[Item, ...], other: Item, catalog: Catalog) -> Answer:
    """What an item has in common with another, or which of some is the likest to it."""
    if len(among) > 1:
        return Answer(among[0], among=among, against=other)
    kinds = [(name, value) for name in catalog.vocabulary.ask[:1] for value in among[0].values(name)]
    both = [(name, value) for name, value in kinds if value in other.values(name)]
    return Answer(among[0], against=other, shares=(*shared(among[0], other, catalog), *both))


def _comparison(asked: Asked, among: tuple[Item, ...], last: Sequence[str], catalog: Catalog) -> Answer:
    """Which of some items: by a number, by a value, by what it is like, or whichever suits best."""
    if other := catalog.get(asked.against or ""):
        told = asked.attribute
        return _against(told, among, other) if told else _likened(among, other, catalog)
    if len(among) == 1 and among[0].item_id not in last and asked.attribute:  # "the old one or …, which is longer?"
        return Answer(among[0], asked.attribute)
    if len(among) < 2:
        among = tuple(item for item_id in last if (item := catalog.get(item_id))) or among
    if asked.attribute and asked.highest is not None:
        return _extreme(asked.attribute, among[0], among, catalog, highest=asked.highest)
    kind = asked.value and asked.value[0] in catalog.vocabulary.ask  # of an evening that none is told by, one is best
    if asked.value and (kind or any(asked.value[1] in item.values(asked.value[0]) for item in among)):
        return Answer(among[0], among=among, value=asked.value)
    if asked.limit:
        return Answer(among[0], among=among, limits=(asked.limit,))
    return Answer(among[0], among=among, unsure=bool(telling(asked.words, frozenset(catalog.vocabulary.asking))))


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
