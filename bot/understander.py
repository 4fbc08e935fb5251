"""A message -> what is understood of it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot import strangers
from bot.intent import Signals, intent_of
from bot.meaning import Heard, Hearer, RulesAlone
from bot.naming import Naming
from bot.questions import Questions, about, is_whether_had, question_start
from bot.understanding import Asked, Context, Mention, Question, Understanding
from bot.wishes import Pairs, Wish, Wishes
from domain.catalog import Catalog, Item
from domain.liking import Liking, Said
from domain.linking import HAN, Link, Linker, tokens
from domain.meaning import Intent, IntentClues, LikingClues
from domain.phrases import Phrases, made_of
from domain.preference import Constraint, contradicts
from domain.stance import Stance, mask, overlaps

BLOT = "."

MOST_NAMED = 30
"""A message is read as far as so many titles, and so many words for values: what names more than that is no message."""

_SLANG: Mapping[str, str] = {
    "u": "you", "ur": "your", "r": "are", "abt": "about", "whats": "what's", "thx": "thanks", "ty": "thank you",
    "gr8": "great", "idk": "i don't know", "kk": "ok", "k": "ok", "pls": "please", "plz": "please", "n": "and",
    "wanna": "want to", "gimme": "give me", "lemme": "let me", "dunno": "don't know", "im": "i'm", "dont": "don't",
    "whitch": "which", "wich": "which", "wat": "what", "wats": "what's", "smth": "something", "sth": "something",
    "em": "them", "dat": "that", "dis": "this", "rly": "really", "sum": "some", "lng": "long",
}  # fmt: skip
_SLANG_WORDS = re.compile(rf"(?<![\w'@])(?:{'|'.join(_SLANG)})(?![\w'@])")
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "“": '"', "”": '"'})
_ABOUT_SELF = re.compile(
    r"what (?:films|movies|\w+) (?:do|did) i like\b|"
    r"what (?:do )?you (?:know|remember|think|have) (?:about|of|on) (?:me|us|my (?:taste|likes|preferences))\b"
    r"|(?:do you )?remember what (?:i|we) (?:said|told you|like)\b|what(?:'s| is|s) (?:on )?my list\b"
    r"|what (?:do|did) i like\b|我喜欢什么"
    r"|(?:show|see|view|tell|give)(?: me)? (?:my|all my) (?:profile|preferences?|info|data|likes|tastes?)\b"
    r"|^\W*(?:(?:can|could) (?:i|you) )?(?:(?:show|see|view|give)(?: me)? )?(?:the |my )?(?:profile|preferences?)\W*$"
)
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_MANY = rf"(?P<{{}}>\d{{{{1,2}}}}|{'|'.join(_NUMBERS[1:])})"
_COUNT = re.compile(
    r"\b(?:give|show|find|recommend|suggest|name|list|tell)(?: me| us)?"
    r"(?: (?:just|only|another|some|like|about|the|top|best|your))* "
    rf"{_MANY.format('a')}(?! (?:hours?|minutes?|stars?|of)\b)\b"
    rf"|(?<!my )\btop {_MANY.format('b')}\b"
    rf"|\b{_MANY.format('c')} (?:more|others?|suggestions?|recommendations?|ideas|options|picks)\b"
    r"|\b(?:just|only|pick|choose) (?:just )?(?P<d>one)\b(?! (?:who|that|of|thing)\b)|\b(?P<e>one) more\b"
)
_CORRECTS_ITSELF = re.compile(r"\b(?:or |no )?(?:actually,? no|no,? (?:wait|actually)|scratch that|wait,? no)\b,?")
_COMPLAINS = re.compile(
    r"\b(?:not what i asked|did ?n'?t answer|did not answer|i asked|i said|i meant|you (?:forgot|missed))\b"
)
_ANY_OF_THEM = re.compile(r"\b(?:any|one|some|which) (?:of )?(?:these|those|them|em)\b|\bwhich (?:ones?|is|are)\b")
_AND_THAT = re.compile(
    r"\W*(?:(?:ok|so)\b\W*)?(?:and|what about|how about)\b\W*(?:(?:what|how|about|the|is|of|for|then|one|with)\b\W*)*"
)
_ASKED = re.compile(r"\?|\b(?:how|what|whats|what's|who|when|is|are|was|does)\b")
_ASKED_ABOUT = re.compile(r"\b(?:i asked about|my question was about) @")
_RESTATES = re.compile(r"\bi (?:said|do|did)\b")
_THESE = re.compile(r"\b(?:they|these|those|them)\b|这几部|这些|它们|哪部|哪个")
_LOOKS_GOOD = re.compile(
    r"\b(?:looks?|sounds?|seems?|interesting|i'?ll|we'?ll|i will|we will|let'?s|take|pick|choose|prefer|"
    r"go (?:with|for))\b"
)
_HELPS = re.compile(r"\b(?:does|will|would|if) (?:that|this|it) helps?\b")
_INSTEAD = re.compile(r"\binstead\b(?! of)")
_BESIDE_NAMED = re.compile(r"(?:\b(?:like|than|to|as)|像|比) ?@|@+,? but\b|@[^.!?]*\b(?:older|newer|shorter|longer)\?")
"""What stands where "shorter" is shorter than what is named, not than what was shown."""
_OF_A_YEAR = re.compile(r",? (?:from |[(])?(?:18|19|20)\d\d\b")
_PART = re.compile(r"(?:(?!\b(?:but|and i)\b)[^.,;!?])+")
"""What is taken back as a whole or not at all."""
_SMALL_WORDS = re.compile(r"@+|\b(?:and|the|also|maybe|movies?|films?|both)\b|[和跟与]")


@dataclass(frozen=True, slots=True)
class _Reading:
    """A message, read word by word.

    Attributes:
        text: as typed.
        plain: lower case.
        links: the items named.
        values: (start, end, pairs) of the words that stand for attribute values.
        moods: where a mood is told.
        claimed: what stands for values, be it taken back or not.
        said: lower case, titles masked, what is taken back blotted out.
    """

    text: str
    plain: str
    links: Sequence[Link]
    values: Sequence[tuple[int, int, Pairs]]
    moods: Sequence[tuple[int, int]]
    claimed: Sequence[tuple[int, int]]
    said: Said

    @property
    def masked(self) -> str:
        """Lower case, titles masked."""
        return self.said.masked

    @property
    def speech(self) -> str:
        """The same with slang spelt out, so that nothing stands where it stood."""
        return _SLANG_WORDS.sub(lambda match: _SLANG[match[0]], self.masked)


@dataclass(frozen=True, slots=True)
class _Found:
    """What the rules find in a message.

    Attributes:
        reading: its words.
        mentions: the items named or pointed at.
        people: where people are named whom nobody knows.
        wishes: what is wanted or not by the words for attribute values.
        freed: numeric attributes of which any side will do.
        beside: the items that "shorter" is compared with.
        dated: the masked text without the years that tell titles apart which nobody knows.
        untold: where something is told of which the catalogue tells nothing.
        origin: see `Understanding`, as `extremes`.
        about_self: the person wants to know what is believed of them.
    """

    reading: _Reading
    mentions: Sequence[Mention]
    people: Sequence[tuple[int, int]]
    wishes: Sequence[Wish]
    freed: tuple[str, ...]
    beside: Sequence[Item]
    dated: str
    untold: Sequence[tuple[int, int]]
    origin: bool
    extremes: tuple[tuple[str, bool], ...]
    about_self: bool


class Understander:
    """Reads messages against one catalogue; made once a catalogue, then used by any thread."""

    def __init__(
        self,
        catalog: Catalog,
        linker: Linker,
        phrases: Phrases,
        liking: Liking,
        hearer: Hearer | None = None,
    ) -> None:
        """Put a reader together; without `hearer`, the rules have the last word on what a message means."""
        self._catalog = catalog
        self._hearer = hearer or RulesAlone()
        self._phrases = phrases
        self._wishes = Wishes(catalog, phrases)
        measures = catalog.vocabulary.measures.values()
        words = {word for m in measures for word in (*m.low, *m.high, *m.units)}
        self._measured = [re.compile(rf"(?<!\w){re.escape(word)}(?!\w)") for word in words]
        self._questions = Questions(catalog, phrases)
        self._naming = Naming(catalog, linker, phrases, liking, self._hearer, self._wishes.words)

    def context_of(self, messages: Sequence[tuple[str, str]]) -> Context:
        """The context that a conversation so far gives, from its (role, text) pairs, oldest first, alone."""
        said = [text for role, text in messages if role == "bot"]
        last = said[-1] if said else ""
        named = self.named_in(reversed(said[-2:]))
        earlier = frozenset(itertools.chain.from_iterable(self.named_in(text for _, text in messages)))
        asked = "?" in last and any(a.rstrip("s") in last.lower() for a in self._catalog.vocabulary.ask)
        return Context(named[0] if named else (), asked, named=named, earlier=earlier, said=last)

    def named_in(self, texts: Iterable[str]) -> tuple[tuple[str, ...], ...]:
        """Ids of the items that each of the texts names."""
        return self._naming.named_in(texts)

    def links(self, text: str, earlier: Container[int | None] = ()) -> list[Link]:
        """Where a person's message names items; see `Naming.links`."""
        return self._naming.links(text, earlier)

    def explained(self, text: str) -> list[tuple[int, int]]:
        """Where a text has words for attribute values or numbers."""
        plain = _lower(text.translate(_APOSTROPHES))
        measured = [span for measure in self._measured for span in (m.span() for m in measure.finditer(plain))]
        return [*((start, end) for start, end, _ in self._wishes.values(plain, [])), *measured]

    def pairs_of(self, words: str) -> Pairs:
        """The attribute values that words stand for."""
        return self._wishes.pairs_of(words)

    def is_on_behalf(self, texts: Iterable[str]) -> bool:
        """Whether one of the texts asks for something for somebody else."""
        return any(self._phrases.on_behalf.search(_lower(text)) for text in texts)

    def understand(self, text: str, context: Context | None = None) -> Understanding:
        """What a message says, seen in its context; total: every text has an understanding."""
        context = context or Context()
        found = self._by_rules(self._read(text, context), context)
        reading, masked, speech, phrases = found.reading, found.reading.masked, found.reading.speech, self._phrases
        rule = self._intent_by_rules(found, context)
        titles = [(m.start, m.end) for m in found.mentions if not m.pointed]
        heard = (RulesAlone() if self._is_settled(found) else self._hearer).hear(text, titles, context.said)
        intent = self._intent(found, rule, heard, context)
        mentions = [
            m
            if self._naming.is_but_compared(masked, m.start)
            else _as_heard(heard, m, intent, context, len(found.mentions))
            for m in found.mentions
        ]
        mentions = [_as_marked(m, reading.said) for m in mentions]
        if intent == "other" and not mentions and strangers.is_bare_title(text):
            intent, mentions = "prefer", [Mention(None, 0, len(text))]
        if intent in ("accept", "ask_item") and _LOOKS_GOOD.search(masked):  # to choose a thing is not to like it
            mentions = [replace(m, polarity=0) if m.pointed and not m.seen else m for m in mentions]
        wishes = list(self._wishes.told(reading.said, reading.values, heard, intent))
        constraints, retracted = self._constraints(found, wishes), list[Constraint]()
        withdrawn: frozenset[str] = frozenset()
        if intent == "correct":
            left = self._left(found.dated)
            constraints = self._wishes.constraints(left, [w for w in wishes if left[w.start] != BLOT], found.beside)
            withdrawn = frozenset(m.item_id for m in mentions if m.item_id and left[m.start] == BLOT)
            before = self._wishes.constraints(found.dated, found.wishes, found.beside)
            retracted = [c for c in before if not _says(constraints, c)]
        asks, asked, unsure = self._asked(found, intent, mentions, context)
        return Understanding(
            intent=intent,
            mentions=tuple(_with_what_bare_titles_say(masked, mentions, intent)),
            constraints=() if intent in ("ask_item", "greet", "chat") else tuple(constraints),
            loosely=frozenset(Constraint(*pair, include=False) for w in wishes if w.loose for pair in w.pairs),
            retracted=tuple(retracted),
            withdrawn=withdrawn,
            about=asked[0].about,
            forget_all=intent == "correct" and bool(phrases.forget_all.search(masked)),
            forgets=self._questions.measures_in(masked) if intent == "correct" else found.freed,
            asks=asks,
            asks_also=tuple(asked[1:]),
            extremes=found.extremes,
            value=asked[0].value,
            unsure=unsure,
            several=intent == "ask_item" and _is_of_all(speech, mentions),
            restates=intent == "correct" and bool(_RESTATES.search(speech)),
            refines=bool(phrases.refines.search(speech)),
            instead=intent == "correct" and "meant" in masked and bool(mentions),
            mood=bool(reading.moods),
            thanks=made_of(phrases.thanks, masked),
            origin=found.origin,
            untold=tuple(text[start:end] for start, end in found.untold) if intent != "ask_item" else (),
            surprise=bool(phrases.surprise.search(speech)),
            by_plot=bool(phrases.by_plot.search(speech)) and intent != "ask_item",
            no_questions=bool(phrases.no_questions.search(speech)),
            people=tuple(text[start:end] for start, end in found.people),
            within=tuple(c for c in constraints if c.is_range)
            if _ANY_OF_THEM.search(speech) and not found.extremes
            else (),
            counted=tuple(self._constraints(found, found.wishes)) if asks == Question.COUNT else (),
            count=_count(speech),
            goes_on=bool(phrases.goes_on.search(masked)),
            passed=tuple(self._naming.passed(reading.said, {m.item_id for m in mentions}, context)),
        )

    def _by_rules(self, reading: _Reading, context: Context) -> _Found:
        masked, speech = reading.masked, reading.speech
        mentions, people = self._naming.mentions(reading.text, reading.said, reading.links, reading.claimed, context)
        wishes = list(self._wishes.told(reading.said, reading.values))
        named_now = [m.item_id for m in mentions if m.item_id and not m.pointed]
        compared = named_now if not context.slate or _BESIDE_NAMED.search(masked) else context.slate
        untold = [(w.start, w.end) for w in wishes if self._wishes.is_untold(masked[w.start : w.end], w.pairs)]
        taken = [*reading.claimed, *people, *((m.start, m.end) for m in mentions)]
        comparable = bool(context.slate) or sum(not m.pointed for m in mentions) > 1
        return _Found(
            reading=reading,
            mentions=mentions,
            people=people,
            wishes=wishes,
            freed=self._wishes.freed(masked),
            beside=[item for item in map(self._catalog.get, compared) if item],
            dated=_without_their_years(masked, mentions),
            untold=[*untold, *self._wishes.strange_topics(masked, taken)],
            origin=any(not overlaps(*m.span(), reading.claimed) for m in self._phrases.origin.finditer(masked)),
            extremes=tuple(self._questions.extremes(speech, len({m.item_id for m in mentions}))) if comparable else (),
            about_self=all(m.pointed for m in mentions) and bool(_ABOUT_SELF.search(speech)),
        )

    def _constraints(self, found: _Found, wishes: Iterable[Wish]) -> list[Constraint]:
        """Wishes and ranges as constraints, but for numbers of which any side will do."""
        constraints = self._wishes.constraints(found.dated, wishes, found.beside)
        return [c for c in constraints if c.attribute not in found.freed]

    def _intent_by_rules(self, found: _Found, context: Context) -> Intent:
        masked, speech, mentions = found.reading.masked, found.reading.speech, found.mentions
        constraints = self._constraints(found, found.wishes)
        if found.about_self:
            return "chat"
        signals = Signals(
            masked=speech,
            names=bool(mentions or found.people),
            likes=any(m.polarity > 0 for m in mentions),
            stances=any(m.polarity or m.seen for m in mentions),
            constraints=bool(constraints or found.untold or found.people or found.origin),
            shown=bool(context.slate),
            points=any(m.pointed for m in mentions) or bool(_THESE.search(speech)),
            asked=context.asked,
            compares=bool(found.extremes),
            chooses=self._chooses(masked, mentions),
        )
        intent = intent_of(signals, self._phrases)
        if intent == "other" and found.freed and context.slate:
            return "critique"
        if intent == "critique" and _INSTEAD.search(masked) and any(c.include and not c.is_range for c in constraints):
            return "recommend"  # another kind takes the place of the one before
        return intent

    def _intent(self, found: _Found, rule: Intent, heard: Heard, context: Context) -> Intent:
        """The intent that is heard, unless it cannot be, or what was asked before is asked again."""
        mentions, speech = found.mentions, found.reading.speech
        constraints = self._constraints(found, found.wishes)
        intent = heard.intent(_clues(found.reading.text, context, rule, mentions, constraints))
        wishes_by_rule = rule == "recommend" and any(c.include for c in constraints)
        if not self._may_be(intent, rule, speech, mentions) or (intent == "chat" and wishes_by_rule):
            intent = rule
        goes_on = self._asks_the_same(found.reading.masked, mentions, context)
        curt = context.slate and "?" in speech and len(speech.split()) < 3  # "long?"
        asks = (
            goes_on
            or is_whether_had(found.reading.masked, mentions)
            or (curt and next(self._questions.attributes(speech), None))
        )
        return "ask_item" if asks or self._asks_again(speech, mentions, found.extremes) else intent

    def _asked(
        self, found: _Found, intent: Intent, mentions: Sequence[Mention], context: Context
    ) -> tuple[str | Question | None, list[Asked], bool]:
        """What is asked; the questions about items, the first of which it is; and whether no attribute tells that."""
        if found.about_self:
            return Question.SELF, [Asked(None)], False
        speech = found.reading.speech
        asks = self._questions.asked(speech, intent, mentions, compares=bool(found.extremes))
        if intent != "ask_item":
            return asks, [Asked(None)], False
        if is_whether_had(found.reading.masked, mentions):
            return Question.HAVE, [Asked(about(speech, mentions))], False
        item_id = about(speech, mentions) or (None if _is_of_all(speech, mentions) else context.focus)
        if self._asks_the_same(found.reading.masked, mentions, context):
            attribute, value = self._asked_before(context)
            return attribute, [Asked(item_id, attribute, value)], False
        if found.extremes:
            return asks, [Asked(item_id)], False
        several = [] if isinstance(asks, Question) else self._questions.each(speech, mentions, found.wishes)
        if len(several) > 1:
            return several[0].attribute, several, not (several[0].attribute or several[0].value)
        value, unsure = self._questions.value_asked(speech, asks, found.wishes)
        return asks, [Asked(item_id, value=value)], unsure

    def _is_settled(self, found: _Found) -> bool:
        """Whether only the rules read such a message.

        Nothing, Chinese, no more questions, a comparison by a number, or what is said plainly.
        """
        masked, phrases = found.reading.masked, self._phrases
        words = re.search(r"[^\W_]|@", masked)
        if not words or HAN.search(masked) or found.about_self or found.extremes:
            return True
        return bool(phrases.no_questions.search(masked)) or self._is_plain(found.reading.speech, found.mentions)

    def _may_be(self, intent: Intent, rule: Intent, speech: str, mentions: Sequence[Mention]) -> bool:
        """Whether what is heard, and no rule says, is possible."""
        if rule == "correct" and intent in ("recommend", "prefer", "critique") and self._phrases.retract.search(speech):
            return False  # "forget war, give me a comedy"
        if intent == rule or intent not in ("ask_item", "accept", "critique"):
            return True
        if intent == "critique":  # not "do you think I should quit my job?"
            return rule != "chat" or bool(mentions)
        if mentions and _is_done_with(mentions):
            return False
        if intent == "accept":  # not "she's seen that one already"
            return not any(m.seen for m in mentions)
        return not _HELPS.search(speech)  # "I loved Heat, does that help?"

    def _asks_the_same(self, masked: str, mentions: Sequence[Mention], context: Context) -> bool:
        """Whether what was asked of an item is asked of another: "and the third?"."""
        if len(mentions) != 1 or mentions[0].item_id is None or not context.before:
            return False
        rest = f"{masked[: mentions[0].start]} {masked[mentions[0].end :]}"
        return bool(_AND_THAT.fullmatch(rest)) and self._asked_before(context) != (None, None)

    def _asked_before(self, context: Context) -> tuple[str | None, tuple[str, str] | None]:
        """The attribute that the person's message before asked about, or else the attribute's value."""
        reading = self._read(context.before, Context())
        if not _ASKED.search(reading.speech):
            return None, None
        attribute = next(self._questions.attributes(reading.speech), None)
        wishes = self._wishes.told(reading.said, reading.values)
        return attribute, self._questions.value_asked(reading.speech, attribute, wishes)[0]

    def _asks_again(self, speech: str, mentions: Sequence[Mention], extremes: Sequence[object]) -> bool:
        """Whether a question is put once more that was not answered: "not what I asked: how long is it?"."""
        if self._phrases.retract.search(speech) or not _COMPLAINS.search(speech):
            return False
        asks = "?" in speech and next(self._questions.attributes(speech), None) is not None
        about = _ASKED_ABOUT.search(speech) is not None and any(m.item_id for m in mentions)
        return bool(extremes) or asks or about or bool(self._phrases.compare.search(speech))

    def _is_plain(self, speech: str, mentions: Sequence[Mention]) -> bool:
        """Whether nothing is said but "I like it", "no thanks", "hello" or "bye", or something of the bot itself."""
        p = self._phrases
        if any(not m.pointed for m in mentions):
            return False
        asks = any(pattern.search(speech) for pattern in (p.forget_all, p.about_bot, p.kinds))
        return asks or any(
            made_of(pattern, speech) for pattern in (p.accept, p.reject, p.greet, p.leave, p.request, p.ask_item)
        )

    def _read(self, text: str, context: Context) -> _Reading:
        """Which words are names, which stand for attribute values, and what is left."""
        links = self._naming.within(text, context)
        if len(links) > MOST_NAMED:
            text = text[: links[MOST_NAMED].start]
            links = links[:MOST_NAMED]
        plain = _lower(text.translate(_APOSTROPHES))
        moods = [match.span() for match in self._phrases.mood.finditer(plain)]
        values = self._wishes.values(plain, [*((link.start, link.end) for link in links if link.sure), *moods])
        if len(values) > MOST_NAMED:
            text, plain = (one[: values[MOST_NAMED][0]] for one in (text, plain))
            links, values = [link for link in links if link.end <= len(text)], values[:MOST_NAMED]
            moods = [(start, end) for start, end in moods if end <= len(text)]
        claimed = [(start, end) for start, end, _ in values]
        links = [
            link
            for link in links
            if link.sure
            or not overlaps(link.start, link.end, claimed)
            or self._naming.is_more_than_a_kind(tokens(text[link.start : link.end]))
        ]
        places = [(link.start, link.end) for link in links]
        values = [value for value in values if not overlaps(value[0], value[1], places)]
        claimed = [(start, end) for start, end, _ in values]
        masked = mask(plain, places)
        corrected = _CORRECTS_ITSELF.search(masked)
        if corrected:  # "a comedy? or actually no, a thriller"
            values = [value for value in values if value[0] >= corrected.end()]
            masked = masked[: corrected.start()] + ";" + " " * (len(corrected.group()) - 1) + masked[corrected.end() :]
        stance = Stance(masked, self._phrases, on_behalf=context.on_behalf)
        return _Reading(text, plain, links, values, moods, claimed, Said(masked, stance, tuple(places)))

    def _left(self, masked: str) -> str:
        """The text without what it takes back: "forget that I like horror", every part in its place."""
        taken_back = self._phrases.retract.search
        return _PART.sub(lambda part: BLOT * len(part[0]) if taken_back(part[0]) else part[0], masked)

    def _chooses(self, masked: str, mentions: Sequence[Mention]) -> bool:
        """Whether nothing is said but which of the items shown is meant."""
        if (
            len(mentions) != 1
            or not mentions[0].pointed
            or mentions[0].polarity < 0
            or mentions[0].vague
            or "?" in masked
        ):
            return False
        rest = masked[: mentions[0].start] + " " + masked[mentions[0].end :]
        return not re.search(r"\w", rest) or made_of(self._phrases.accept, rest) or made_of(self._phrases.choose, rest)


def _lower(text: str) -> str:
    """Lower case, letter by letter: some letters become two, and spans must not move."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def _without_their_years(masked: str, mentions: Sequence[Mention]) -> str:
    """The text without the years that tell titles apart which nobody knows: "Parasite from 2019"."""
    for mention in mentions:
        if mention.item_id is None and (year := _OF_A_YEAR.match(masked, mention.end)):
            masked = masked[: mention.end] + "." * len(year.group()) + masked[year.end() :]
    return masked


def _clues(
    text: str, context: Context, rule: Intent, mentions: Sequence[Mention], constraints: Sequence[Constraint]
) -> IntentClues:
    """What the intent of a message is judged by."""
    return IntentClues(
        rule=rule,
        text=text,
        shown=len(context.named[0] if context.named else context.slate),
        asked="?" in context.said,
        begins=not context.said,
        named=any(not m.pointed for m in mentions),
        pointed=any(m.pointed for m in mentions),
        liked=any(m.polarity > 0 for m in mentions),
        disliked=any(m.polarity < 0 for m in mentions),
        wanted=any(c.include for c in constraints),
        unwanted=any(not c.include for c in constraints),
    )


def _is_of_all(speech: str, mentions: Sequence[Mention]) -> bool:
    """Whether a question is about all that was shown: "how long are they?", "seen Heat. which of those is newest?"."""
    named = any(not m.pointed for m in mentions)
    return bool(_THESE.search(speech, question_start(speech) if named else 0))


def _says(constraints: Iterable[Constraint], one: Constraint) -> bool:
    """Whether constraints are about the same as one: the value, or the number on that side."""
    return any(contradicts(one, told) for told in constraints)


def _is_done_with(mentions: Sequence[Mention]) -> bool:
    """Whether items are neither asked about nor taken: nobody knows them, or they have been seen and are judged.

    "Parasite was insane, stuff like that?", "I have seen Heat and loved it. Something else?"
    """
    return not any(m.item_id for m in mentions) or any(m.polarity and m.seen for m in mentions)


def _as_heard(heard: Heard, mention: Mention, intent: Intent, context: Context, many: int) -> Mention:
    """A mention with the polarity that is heard."""
    clues = LikingClues(
        rule=mention.polarity,
        intent=intent,
        log_odds=mention.log_odds,
        pointed=mention.pointed,
        seen=mention.seen,
        shown=mention.item_id is not None and mention.item_id in context.slate,
        begins=not context.said,
        many=many,
    )
    return replace(mention, polarity=heard.liking((mention.start, mention.end), clues))


def _as_marked(mention: Mention, said: Said) -> Mention:
    """A mention with the polarity of the marks that stand beside it: they leave no doubt."""
    score = said.stance.score(mention.start, mention.end)
    return mention if score is None else replace(mention, polarity=score, seen=True)


def _count(masked: str) -> int | None:
    """How many items a message asks for."""
    match = _COUNT.search(masked)
    said = match and match[match.lastgroup or 0]
    if not said:
        return None
    return int(said) if said.isdigit() else _NUMBERS.index(said) + 1


def _with_what_bare_titles_say(masked: str, mentions: Sequence[Mention], intent: Intent) -> list[Mention]:
    """A person who answers a recommender with titles alone likes them."""
    bare = not re.search(r"[^\W_]", _SMALL_WORDS.sub(" ", masked))
    if not bare or intent not in ("prefer", "recommend"):
        return list(mentions)
    return [m if m.polarity or m.seen else replace(m, polarity=1) for m in mentions]
