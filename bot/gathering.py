"""What has been resolved of a message so far, mention by mention, and what that is as a whole."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from bot.asking import Asking
from bot.understood import (
    AGAINST,
    ALIKE,
    CLAUSE_ENDS,
    COMPLAINING,
    FOR_NOW,
    SENTENCE_ENDS,
    Asked,
    Context,
    Named,
    Understood,
)
from bot.utterance import NEARBY, Utterance
from bot.words import has_any, known
from domain.amount import MINUTES, Amount
from domain.catalog import Catalog, Item
from domain.frame import Act, Flag, Frame, Kind, Mention, Role, Topic
from domain.languages import small_words
from domain.lexicon import Pairs
from domain.linking import normal
from domain.measures import NAMES, PEOPLE, Direction, Measures
from domain.preference import AGE, Constraint
from domain.words import is_common, is_ordinary

APART = CLAUSE_ENDS | {"…"}
"""Marks between clauses: "an animated documentary" has none."""
BETWEEN = 3
"""So many words stand between two wishes of which either will do, "or" among them: "trains or maybe dinosaurs"."""
DENIED = 6
"""In so many words behind what was shown stands what denies that it fits: "they have nothing to do with it"."""
A_CHILD = 8
"""Children of no age that is told are shown what is fine from this age on, in years."""
A_STORY = 4
"""From so many words on what something is about tells it, where its name is asked for."""
EXCLAMATION = 2
"""So many small letters or digits name nothing that is not here."""
SMALL = small_words("articles") | frozenset("de des del du da do le la les los las el l un une".split())
"""Words of which no title is known."""
_FOR_THEM = frozenset({Act.REQUEST, Act.CRITIQUE, Act.CORRECT, Act.REJECT})
"""Acts that are about what is to be shown, so that the taste of others that is told beside them is told for that."""


class Gathering(Utterance):
    """What was resolved of a message so far."""

    def __init__(self, text: str, read: Frame, context: Context, catalog: Catalog) -> None:
        super().__init__(text, read)
        self.context = context
        self.count: int | None = None
        self.questions: list[tuple[Mention, Asked]] = []
        self._catalog = catalog
        self._named: list[Named] = []
        self._wishes: dict[Constraint, None] = {}
        self._of_mention: dict[int, tuple[Constraint, ...]] = {}
        self._ranges: dict[str, tuple[float, float]] = {}
        self._in_words: set[Constraint] = set()
        self._implied: set[Constraint] = set()
        self.company: tuple[int, int] | None = None
        self.together: tuple[str, ...] = ()
        """Items of one name that the message spoke of, so that "them" is these."""
        self._withdrawn: dict[Constraint, None] = {}
        self._sought: list[str] = []
        self._shunned: list[str] = []
        self._labels: list[str] = []
        self._hints: list[str] = []
        self._nobody: list[str] = []
        self._asked_values: list[tuple[Mention, Pairs, Constraint | None, Direction | None]] = []

    @property
    def earlier(self) -> set[int | None]:
        """Columns of what the conversation was about before."""
        return {self._catalog.column(item_id) for item_id in (*self.context.earlier, *self.context.slate)}

    @property
    def last_named(self) -> str | None:
        """The item that the message itself spoke of last."""
        return next((n.item_id for n in reversed(self._named) if n.item_id and not n.vague), None)

    @property
    def subject(self) -> str | None:
        """The item whose people are meant by "the same director"."""
        context = self.context
        return self.last_named or context.focus or context.subject or next(iter(context.slate), None)

    @property
    def asks_of_the_unknown(self) -> bool:
        """Whether something is asked of a title that is not here."""
        return any(n.item_id is None and n.role is Role.ASKED for n in self._named)

    @property
    def names_people(self) -> bool:
        """Whether the message itself named somebody whose works are wanted."""
        return any(wish.include and wish.attribute in PEOPLE for wish in self._wishes)

    @property
    def last_spoken_of(self) -> str | None:
        """The item that the message itself named last, if it is no mere experience: "what about Heat, who made it?"."""
        last = next((n for n in reversed(self._named) if n.item_id and not n.vague and not n.theirs), None)
        return last.item_id if last and last.role not in (Role.SEEN, Role.DISLIKED, Role.REFUSED) else None

    def shown_by_title(self, words: str) -> str | None:
        """The one thing that was shown last whose title has all these words: "guardians" of Guardians of the Galaxy."""
        if item_id := self.shown_exactly(words):
            return item_id
        part = normal(words)
        if " " in part:  # "murder club" of The Thursday Murder Club
            titles = {i: item.title for i in self.context.slate if (item := self._catalog.get(i))}
            having = [i for i, title in titles.items() if f" {part} " in f" {normal(title)} "]
            if len(having) == 1:
                return having[0]
        said = {word for word in part.split() if not is_ordinary(word) and not is_common(word, self.language)} - SMALL
        fitting = [
            item_id
            for item_id in self.context.slate
            if said and (item := self._catalog.get(item_id)) and any(said <= words for words in _words_of_titles(item))
        ]
        return fitting[0] if len(fitting) == 1 else None

    def shown_as_person(self, words: str, pairs: Pairs) -> str | None:
        """What was shown last that is called like somebody: by its whole title, or who is nobody by a part of it."""
        return self.shown_exactly(words) or (None if pairs else self.shown_by_title(words))

    def begun(self, words: str) -> str | None:
        """The one thing that was spoken of whose title begins with some words: "10 Things", of … I Hate About You."""
        start = f"{normal(words)} "
        spoken_of = (self._catalog.get(item_id) for item_id in (*self.context.slate, *self.context.earlier))
        fitting = {item.item_id for item in spoken_of if item and normal(item.title).startswith(start)}
        return fitting.pop() if len(fitting) == 1 and start.count(" ") > 1 else None

    def shown_exactly(self, words: str) -> str | None:
        """What was shown last and has these words for its title: "The Game", however ordinary they are."""
        shown = (item for item_id in self.context.slate if (item := self._catalog.get(item_id)))
        return next((item.item_id for item in shown if normal(item.title) == normal(words)), None)

    def name(self, mention: Mention, item_id: str | None, *, pointed: bool = False, vague: bool = False) -> None:
        """Note an item; what says little and is none is passed over."""
        role = mention.role or Role.MENTIONED
        words = self.words(mention)
        if item_id in self.context.slate and role in ALIKE and not pointed and self._complains_of(mention, role):
            role = Role.MENTIONED
        brief = words.isascii() and len(words) <= EXCLAMATION and not words.isupper()
        exclaims = brief or len(set(words.casefold())) == 1  # "ha", "17", "kkk"
        if item_id is None and (exclaims or (role in (Role.ASKED, Role.MENTIONED) and self._says_little(words))):
            return
        self._named.append(Named(item_id, mention.start, mention.end, role, mention.theirs, pointed, vague))

    def _complains_of(self, mention: Mention, role: Role) -> bool:
        """Whether something that was shown is rather complained of than taken for a model: "Heat is no comedy"."""
        small = known(self.language, "pointers")
        behind = normal(self.text[mention.end : mention.end + NEARBY]).split()[:1]
        model = self.before(mention) & set(small["like"]) or set(behind) & {*small["yet"], *small["vibes"]}
        behind_it = self.text[mention.end :]
        clause = behind_it[: min((at for mark in SENTENCE_ENDS if (at := behind_it.find(mark)) >= 0), default=None)]
        denied = set(normal(clause).split()[:DENIED]) & {*small["denies"]}
        complains = self.read.acts & COMPLAINING or role is Role.LIKE_THIS or denied  # "Heat is film 101, I want …"
        return bool(complains) and not model  # "Heat but funnier"

    @property
    def _for_them(self) -> bool:
        """Whether what somebody else likes or wants counts: it is for them."""
        told = Act.INFORM in self.read.acts and bool(self.context.slate)  # "she likes Meryl Streep", after a slate
        return bool(self.read.acts & _FOR_THEM) or Flag.CHILD in self.read.flags or told

    def wish(self, mention: Mention, pairs: Pairs) -> None:
        """Note values that are wanted, unwanted, asked for or no longer wanted."""
        asks = Act.ASK in self.read.acts and pairs[0][0] in PEOPLE  # "is it from Paper Mate?"
        if mention.role is Role.ASKED or (mention.role is Role.MENTIONED and asks):
            self._asked_values.append((mention, pairs, None, None))
        elif mention.role is Role.WITHDRAWN:
            self._withdrawn.update(dict.fromkeys(Constraint(*pair) for pair in pairs))
        elif mention.theirs and not self._for_them:
            return
        elif mention.role in FOR_NOW or self._is_meant_instead(mention) or self._is_all_that_is_said(mention):
            plays = [pair for pair in pairs if pair[0] in NAMES[Topic.CAST]] if self.is_with(mention) else []
            pairs = tuple(plays) or pairs  # "by Scorsese, with De Niro"
            self._of_mention[mention.start] = tuple(Constraint(*pair) for pair in pairs)
            self._wishes.update(dict.fromkeys(self._of_mention[mention.start]))
        elif mention.role is Role.SEEN and pairs[0][0] in {*PEOPLE, self._catalog.vocabulary.series}:
            if self.is_all(mention):  # "every Pixar"
                self._wishes.update(dict.fromkeys(Constraint(*pair, include=False) for pair in pairs))
        elif mention.role in AGAINST:
            # "not a romcom" is no word against comedies: of a kind that is two, the first goes.
            several = pairs if pairs[0][0] not in self._catalog.vocabulary.ask else pairs[:1]
            self._wishes.update(dict.fromkeys(Constraint(*pair, include=False) for pair in several))
            self._implied.update(Constraint(*pair, include=False) for pair in several[1:])

    def _asked_pair(self, pairs: Pairs, items: Sequence[Item]) -> tuple[str, str] | None:
        """Of the values that words stand for one that what is spoken of has: who is in it, rather than who made it."""
        held = (pair for pair in pairs if any(pair[1] in item.values(pair[0]) for item in items))
        return next(held, next(iter(pairs), None))

    def _asked_name(self, mention: Mention, items: Sequence[Item]) -> Pairs:
        """Who of the people of what is spoken of has some words in their name: "Leung" of Tony Leung Chiu-wai."""
        said = set(normal(self.words(mention)).split()) if mention.kind is Kind.PERSON else set()
        told = ((attribute, name) for item in items for attribute in PEOPLE for name in item.values(attribute))
        return tuple(pair for pair in told if said and said <= set(normal(pair[1]).split()))

    def withdraw(self, wish: Constraint) -> None:
        """Note that a wish no longer holds."""
        self._withdrawn[wish] = None

    def limit(self, mention: Mention, attribute: str, told: Amount) -> None:
        """Note a limit of a number; of several children, the youngest counts."""
        low, high = told.low, told.high
        if mention.role is Role.WANTED and self._goes_on(mention):  # "de los 90 para acá"
            mention = replace(mention, role=Role.AT_LEAST)
        limits = mention.role in (Role.AT_LEAST, Role.AT_MOST) or (
            mention.role is Role.MENTIONED and bool(self.read.acts & _FOR_THEM)
        )
        if limits and (side := self._side(mention)):
            mention = replace(mention, role=side)
        elif mention.role is Role.MENTIONED and (role := self._meant_by(mention, attribute)):
            mention = replace(mention, role=role)
        match mention.role:
            case Role.WITHDRAWN:
                self._withdrawn[Constraint(attribute, "")] = None
            case Role.ASKED:
                self._asked_values.append((mention, (), self._asked_limit(mention, attribute, told), None))
            case _ if mention.theirs and not self._for_them:
                return
            case Role.AT_LEAST:
                small = known(self.language, "amounts")
                above = bool(self.before(mention) & set(small["above"]))
                last = normal(self.text[: mention.start]).split()[-1:]
                beyond = above and (high > low or (attribute == "year" and bool(set(last) & set(small["than"]))))
                edge = Constraint.limit(attribute, ">", high) if beyond else Constraint.limit(attribute, ">=", low)
                self._wishes[edge] = None
            case Role.AT_MOST:
                strict = attribute != AGE and not self._includes(mention)
                self._wishes[Constraint.limit(attribute, "<" if strict else "<=", low if strict else high)] = None
            case Role.UNWANTED | Role.DISLIKED | Role.REFUSED:
                self._wishes[Constraint.outside(attribute, low, high + 1)] = None
            case Role.WANTED | Role.LIKED if attribute == AGE:
                others = [c for c in self._wishes if c.attribute == AGE and c.is_range]
                youngest = min([low, *(c.number for c in others)])
                self._wishes = {c: None for c in self._wishes if c not in others}
                self._wishes[Constraint.limit(AGE, "<=", youngest)] = None
            case Role.WANTED | Role.LIKED:
                self._within(attribute, low, high)

    def _meant_by(self, mention: Mention, attribute: str) -> Role | None:
        """As what a number limits that is but mentioned: the age of one's own child, the time that one has.

        "My son has 9 years", "we have two hours now, so a comedy".
        """
        if attribute == AGE and Flag.CHILD in self.read.flags and self._is_of_ones_own():
            return Role.WANTED
        measure = self._catalog.vocabulary.measures.get(attribute)
        timed = bool(measure and MINUTES in measure.units)
        has = self.before(mention) & set(known(self.language, "amounts")["have"])
        return Role.AT_MOST if timed and has and Act.REQUEST in self.read.acts else None

    def _within(self, attribute: str, low: float, high: float) -> None:
        """Note a range that is wanted; of two that have nothing in common all between: "from the 80s or 90s"."""
        before = self._ranges.get(attribute)
        if before and (high < before[0] or before[1] < low):
            for edge in (Constraint.limit(attribute, ">=", before[0]), Constraint.limit(attribute, "<=", before[1])):
                self._wishes.pop(edge, None)
            low, high = min(low, before[0]), max(high, before[1])
        self._ranges[attribute] = low, high
        self._wishes[Constraint.limit(attribute, ">=", low)] = None
        self._wishes[Constraint.limit(attribute, "<=", high)] = None

    def _asked_limit(self, mention: Mention, attribute: str, told: Amount) -> Constraint:
        """What is asked of a number: "is it over two hours", "is it from the 90s"."""
        if self.before(mention) & set(known(self.language, "amounts")["above"]):
            return Constraint.limit(attribute, ">", told.high)
        if told.high > told.low or attribute == "year":
            return Constraint(attribute, f">={told.low:.12g}<={told.high:.12g}")
        return Constraint.limit(attribute, "<=", told.high)

    def towards(self, mention: Mention, found: Direction, measures: Measures, than: Item | None = None) -> None:
        """Note a limit in words, "short", "not too violent", or beside an item that is named: "newer than Heat"."""
        against = mention.role in AGAINST
        if mention.role is Role.ASKED:
            self._asked_values.append((mention, (), None, found))
        elif mention.role is Role.WITHDRAWN:
            self._withdrawn[Constraint(found.attribute, "")] = None
        elif mention.theirs and not self._for_them:
            return
        elif mention.role in FOR_NOW or against:
            spoken_of = (self.context.focus,) if self.context.focus else self.context.slate
            shown = [item for i in spoken_of if (item := self._catalog.get(i))]
            graded = found.attribute in self._catalog.vocabulary.levels  # "no, not scary" is not scary at all
            relative = found.relative or (Act.CRITIQUE in self.read.acts and against and not graded)
            firmly = graded and against and found.high and not relative and self._is_firm(mention)
            edge = than.number(found.attribute) if than else None
            limit: Constraint | None
            if edge is not None:
                limit = Constraint.limit(found.attribute, ">" if found.high != against else "<", edge)
            elif firmly:  # "not sad" is not sad at all; "not too sad" and "no gore" allow a little
                limit = measures.limit(replace(found, high=False), [])
            else:
                limit = measures.limit(replace(found, high=found.high != against), shown if relative else [], against)
            if limit:
                limit = self._as_tight(limit)
                self._wishes[limit] = None
                self._in_words.add(limit)
                if mention.kind is Kind.THEME and not against:
                    self._implied.add(limit)

    def _as_tight(self, limit: Constraint) -> Constraint:
        """A limit in words, or one that holds already and allows less: "both too long", of at most 105 minutes."""
        same = (c for c in self.context.wishes if c.is_range and c.include and c.attribute == limit.attribute)
        up = limit.sign[0] == "<"
        tighter = (c for c in same if c.sign[0] == limit.sign[0] and (c.number < limit.number) == up)
        return next(tighter, limit) if limit.include else limit

    def imply(self, mention: Mention, limits: Iterable[Constraint]) -> None:
        """Note limits that words stand for which name none of them."""
        if not mention.theirs or self._for_them:
            self._wishes.update(dict.fromkeys(limits))
            self._implied.update(limits)

    def hint(self, mention: Mention) -> None:
        """Note words that say more than the value that they stand for."""
        if mention.role in FOR_NOW and not (mention.theirs and not self._for_them):
            self._hints.append(self.words(mention))

    def unresolved(self, mention: Mention) -> None:
        """Note words that no attribute tells."""
        words = self.words(mention)
        if self.asks_for_a_name and len(words.split()) >= A_STORY:  # "what's it called where a slave hunts men"
            self._sought.append(words)
            return
        if (mention.theirs and not self._for_them) or len(words) < (1 if words.isascii() else 0) + EXCLAMATION:
            return
        if mention.kind is Kind.PERSON and mention.role in FOR_NOW | AGAINST:
            wanted = mention.role in FOR_NOW and not self._says_little(words)  # who is not wanted need not be here
            self._nobody += [words] if wanted else []
        elif mention.role in FOR_NOW:
            self._sought.append(words)
            self._labels += [words] if mention.kind is Kind.VALUE else []
        elif mention.role in AGAINST:
            self._shunned += [self.unnegated(mention)] if self._is_plainly_negated(mention) else []
        elif mention.role is Role.ASKED:
            self._asked_values.append((mention, (), None, None))

    def understood(self) -> Understood:
        """All of it."""
        spoken_of = dict.fromkeys((*(n.item_id for n in self._named), self.context.focus, *self.context.slate))
        items = [item for one in spoken_of if one and (item := self._catalog.get(one))]
        values = [
            (mention, self._asked_pair(pairs or self._asked_name(mention, items), items), limit, way)
            for mention, pairs, limit, way in self._asked_values
        ]
        story = self.asks_for_a_name and bool(self._sought)
        asking = Asking(self.text, self.read, self.context, self._named, self.questions, values, tells_a_story=story)
        asked = tuple(asking.asked())
        self._wishes.update(dict.fromkeys(asking.wished))
        if self._is_for_grown_ups:
            self.withdraw(Constraint(AGE, ""))
        self._keep_to_children()
        told = {(c.attribute, c.sign[0]) for c in self._wishes if c.is_range and c.include and c not in self._in_words}
        kept = [c for c in self._wishes if c not in self._in_words or (c.attribute, c.sign[0]) not in told]
        kept = [c for c in kept if c not in self._in_words or not any(_leaves_nothing(c, other) for other in kept)]
        kept = [c for c in kept if c.include or replace(c, include=True) not in self._wishes]  # of both, what is wanted
        wide = self._too_wide()
        kept = [replace(c, include=True) if self._is_missed(c) else c for c in kept if c not in wide]
        kept = self._of_single(list(map(self._as_complained, kept)))
        self._wishes = dict.fromkeys(kept)  # of "newer, after 2000" the number counts
        return Understood(
            self.read, tuple(self._named), tuple(self._wishes), tuple(self._withdrawn), tuple(self._sought),
            tuple(self._shunned), tuple(self._labels), tuple(self._nobody), asked, self.count, tuple(self._hints),
            tuple(wish for wish in self._wishes if wish in self._implied), self.company, either=self._either(),
            slate=tuple(self.context.slate),
        )  # fmt: skip

    def _too_wide(self) -> set[Constraint]:
        """Wishes of a wide word that a narrower one tells better: of "from Asia, but Japan or Korea" India goes."""
        told = [set(those) for those in self._of_mention.values()]
        narrow = {wish for one in told for wish in one if any(one < other for other in told)}
        return {wish for one in told if one & narrow and not one <= narrow for wish in one - narrow}

    def _keep_to_children(self) -> None:
        """Note what children may see, where something is to be shown to them and nothing is said of their age."""
        told = any(wish.attribute == AGE for wish in (*self._wishes, *self.context.wishes))
        aged = AGE in self._catalog.vocabulary.measures
        child = Flag.CHILD in self.read.flags and self.read.acts & _FOR_THEM
        if aged and child and not told and self._is_of_ones_own() and not self._is_for_grown_ups:
            limit = Constraint.limit(AGE, "<=", A_CHILD)
            self._wishes[limit] = None
            self._implied.add(limit)

    @property
    def _is_for_grown_ups(self) -> bool:
        """Whether no child watches any more, and no age is told: "ok kids are in bed, now one for us"."""
        now = has_any(self.text, known(self.language, "company")["grown_ups"])
        return now and not any(wish.attribute == AGE for wish in self._wishes if wish not in self._implied)

    def _either(self) -> tuple[Constraint, ...]:
        """Wishes of which any is enough: between them stands "or", and little else."""
        wanted = [m for m in self.read.mentions if m.role is Role.WANTED]
        joints = set(known(self.language, "pointers")["or"])
        found: dict[Constraint, None] = {}
        for one, other in itertools.pairwise(wanted):
            between = set(normal(self.text[one.end : other.start]).split())
            both = [*self._of_mention.get(one.start, ()), *self._of_mention.get(other.start, ())]
            first = normal(self.text[one.end : other.start]).split()[:1]  # "Clint Eastwood? Or John Wayne?"
            joined = between & joints and (set(first) & joints or not self._ends(one.end, other.start))
            if joined and len(between) <= BETWEEN:
                found.update(dict.fromkeys(both))
        return tuple(wish for wish in found if wish in self._wishes)

    def _is_missed(self, wish: Constraint) -> bool:
        """Whether an unwanted kind is one that was wanted, and of which one that was shown is said to be none.

        "Robot Dreams isn't a comedy", after comedies were asked for.
        """
        slate = self.context.slate
        turned_down = {n.item_id for n in self._named if n.role in AGAINST} & set(slate)
        wanted = replace(wish, include=True) in self.context.wishes
        if wish.include or wish.is_range or not wanted or not turned_down:
            return False
        shown = [item for i in slate if (item := self._catalog.get(i))]
        having = [item for item in shown if wish.value in item.values(wish.attribute)]
        return (
            len(turned_down) < len(slate) or len(having) < len(slate) or len(slate) == 1
        )  # "all of them are cartoons"

    def _of_single(self, wishes: Sequence[Constraint]) -> list[Constraint]:
        """Wishes without those that another one rules out which is told later, in a clause of its own.

        What all shown are is complained of then: "All of them are cartoons… real people, please."
        """
        shown = [item for i in self.context.slate if (item := self._catalog.get(i))]
        places = {wish: start for start, those in self._of_mention.items() for wish in those}
        gone: dict[Constraint, None] = {}
        for attribute in self._catalog.vocabulary.single:
            values = {normal(value) for value in self._catalog.values.get(attribute, ())}  # also told as a genre
            told = [c for c in wishes if c in places and c.include and normal(c.value) in values]
            for wish in told:
                between = self.text[places[wish] : places[told[-1]]]
                if normal(wish.value) != normal(told[-1].value) and set(between) & APART:
                    gone[wish] = None
        complained = [c for c in gone if shown and all(c.value in item.values(c.attribute) for item in shown)]
        return [*(c for c in wishes if c not in gone), *(replace(c, include=False) for c in complained)]

    def _as_complained(self, wish: Constraint) -> Constraint:
        """A wish as it is meant beside a complaint of what all shown share: "all American. None from Spain?"."""
        shown = [item for i in self.context.slate if (item := self._catalog.get(i))]
        if wish.include or wish.is_range or not shown or any(wish.value in i.values(wish.attribute) for i in shown):
            return wish
        shared = [
            other
            for other in self._wishes
            if not other.include and other.attribute == wish.attribute and not other.is_range
            and all(other.value in item.values(other.attribute) for item in shown)
        ]  # fmt: skip
        return replace(wish, include=True) if shared and wish.attribute not in self._catalog.vocabulary.ask else wish


def _leaves_nothing(one: Constraint, other: Constraint) -> bool:
    """Whether no number is within both of two limits, as of "before 1970, and newer"."""
    if not (one.is_range and other.is_range and one.include and other.include) or one.attribute != other.attribute:
        return False
    low, high = sorted((one, other), key=lambda c: c.sign[0] == "<")
    return low.sign[0] == ">" and high.sign[0] == "<" and low.number > high.number


def _words_of_titles(item: Item) -> Iterator[set[str]]:
    """The words of an item's title, in each language that has one of its own."""
    yield from (set(normal(title).split()) for title in (item.title, *item.titles.values(), *item.other_names))
