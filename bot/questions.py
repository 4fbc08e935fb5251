"""What a message asks: of an item, of several, of the bot."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence

from bot.ranges import AGE, comparative
from bot.understanding import Asked, Mention, Question
from bot.wishes import Wish
from domain.catalog import POPULARITY, Catalog
from domain.linking import HAN, normal
from domain.meaning import Intent
from domain.phrases import Phrases
from domain.phrasing import superlative

_YEARS_OF_AGE = re.compile(r"\b\d+ years?\b")
_WHY = re.compile(
    r"\bwhy\b|为什么|\bhow come\b|\bwhat\b[^.?!]*\b(?:made|makes) you (?:pick|choose|suggest|recommend|show|think)\b"
    r"|\bwhat (?:did|do|made) you think i(?:'d|'ll| would| will)? (?:like|love)\b"
)
_YES_OR_NO = re.compile(
    r"^\W*(?:\w+[ ,]+){0,2}?(?!(?:do|have) you (?:know|have|heard|got)|(?:is|are) @+ (?:in|on) )"
    r"(?:is|are|was|were|does|do|did|has|have|can|could|will|would|any)\b"
)
_QUALITY = re.compile(
    r"\bwhich\b[^.!?]*\b(?:most|least|(?!best\b|worst\b)\w+est"
    r"|(?:is|are|looks?|sounds?)(?: the)? (?:more \w+|(?!better\b|other\b)\w+er))\b"
)
_BEGINS = re.compile(
    r"(?:^|[.!?;,:]\s*|\b(?:and|but|also|btw)\s+)(?:(?:so|ok|okay|oh|and|but|also|btw|hm+)\b,?\s*)*"
    r"(?P<asks>(?:is|are|was|were|does|do|did|has|have|can|could|will|would|how|what|whats|what's|who|whos|who's|which|when"
    r"|where|why)\b(?! (?:like|more|less)\b))"
)
"""Where a question begins, be it marked as one or not: "and is it scary"."""
_MOST_LIKE = re.compile(r"\b(?:most|closest|nearest) (?:like|similar to|to) @")
_HAVE_BEFORE = re.compile(
    r"\b(?:(?:do|have) (?:you|u|ya) (?:have|got|know)|is there(?: an?| any)?)\b\W*"
    r"(?:(?:the )?(?:film|movie)s? )?(?:the )?$"
)
_COUNT = re.compile(r"\bhow many\b[^.?!]*\b(?:(?:do|have|can|did) (?:you|u)|in your|are there)\b")
_PRIVACY = re.compile(
    r"\b(?:store|save|keep|sell|collect)\b[^.?!]*\b(?:my|our|any) (?:data|messages?|info\w*|chats?)\b"
)
_METHOD = re.compile(r"\bhow (?:do|did) you (?:decide|choose|pick|know)\b")
_FAVOURITE = re.compile(r"\byour (?:own |all[- ]time )?fav(?:ou?rite|e)?s?\b")
_BEST_KNOWN = re.compile(
    r"\b(?:which|what)\b[^.!?]*"
    r"\b(?:most (?:popular|famous|liked|loved)|(?:like|love) (?:the )?most|best[- ](?:liked|loved|known))\b"
)
_LEAST_KNOWN = re.compile(r"\b(?:which|what)\b[^.!?]*\bleast (?:popular|famous|liked|known)\b")
_JOINT_BEHIND = re.compile(r"(?:[\s,]*\b(?:and|but|also|btw|so|ok|okay|oh)\b[\s,]*)+$")
_JOINT = re.compile(r"\band\b|[,?]|[和，？]")
"""What stands between two questions in one message."""


class Questions:
    """Understands them by the words of one catalogue; made once a catalogue, then used by any thread."""

    def __init__(self, catalog: Catalog, phrases: Phrases) -> None:
        self._catalog = catalog
        self._phrases = phrases
        self._loose = {normal(word) for word in (*catalog.vocabulary.topics, *catalog.vocabulary.moods)}

    def asked(
        self, masked: str, intent: Intent, mentions: Sequence[Mention], *, compares: bool
    ) -> str | Question | None:
        """What is asked about: an attribute, or else a `Question`; or None.

        Args:
            masked: lower case, titles masked, slang spelt out.
            intent: of the message.
            mentions: the items named or pointed at.
            compares: items are compared by a number.
        """
        if intent == "chat" and self._phrases.insult.search(masked):
            return Question.INSULT
        if _COUNT.search(masked):
            return Question.COUNT
        if _PRIVACY.search(masked):
            return Question.PRIVACY
        if _METHOD.search(masked):
            return Question.METHOD
        if intent == "chat" and _FAVOURITE.search(masked):
            return Question.FAVOURITE
        if intent == "chat" and self._phrases.kinds.search(masked):
            return Question.KINDS
        if intent == "chat" and self._phrases.earlier.search(masked):
            return Question.EARLIER
        if intent == "chat" and self._phrases.about_bot.search(masked):
            return Question.BOT
        if intent == "ask_item" and compares:
            return Question.COMPARE
        if intent != "ask_item":
            return None
        if self._phrases.compare.search(masked) and (
            sum(not m.pointed for m in mentions) != 1 or _MOST_LIKE.search(masked)
        ):
            return Question.COMPARE
        if self._phrases.fit.search(masked):
            return Question.FIT
        if _WHY.search(masked):
            return Question.WHY
        return next(self.attributes(masked[question_start(masked) :]), None) or next(self.attributes(masked), None)

    def attributes(self, masked: str) -> Iterator[str]:
        """The attributes that a question asks for, several if they are joined: "how long is it, and who made it?"."""
        masked = _YEARS_OF_AGE.sub(" ", AGE.sub(" ", masked))
        named = {
            f"{re.escape(n.rstrip('s'))}s?": n for n in (*self._catalog.vocabulary.measures, *self._catalog.values)
        }
        found: list[tuple[int, int, str]] = []
        for words, attribute in {**self._catalog.vocabulary.questions, **named}.items():
            # Chinese has no spaces, so its words have no edges.
            pattern = words if HAN.search(words) else rf"(?<!\w)(?:{words})(?!\w)"
            if match := re.search(pattern, masked):
                found.append((*match.span(), attribute))
        for name, measure in self._catalog.vocabulary.measures.items():
            words = "|".join(re.escape(word) for word in (*measure.low, *measure.high) if " " not in word)
            asked = rf"\b(?:is|was|are) [^.?!]*\b(?:{words})\W*$|^\W*(?:and )?(?:too )?(?:{words})\s*\?+\s*$"
            if words and (match := re.search(asked, masked)):
                found.append((*match.span(), name))
        if not found:
            return
        first = found[0]
        yield first[2]
        told = {first[2]}
        for start, end, attribute in found[1:]:
            between = masked[min(first[1], end) : max(first[0], start)]
            if attribute not in told and _JOINT.search(between):
                told.add(attribute)
                yield attribute

    def each(self, speech: str, mentions: Sequence[Mention], wishes: Iterable[Wish]) -> list[Asked]:
        """The questions about items in a message, where there are several: "how long is it? and is Heat scary?".

        Args:
            speech: lower case, titles masked, slang spelt out.
            mentions: the items named or pointed at.
            wishes: the words for attribute values, as the rules read them.
        """
        named, told = [m for m in mentions if m.item_id], list(wishes)
        begins = [match.start("asks") for match in _BEGINS.finditer(speech)]
        found: list[Asked] = []
        for start, end in itertools.pairwise([*begins, len(speech)]):
            item_id = _nearest(named, start, end)
            values = self._values(speech, told, start, end)
            attributes = list(self.attributes(_JOINT_BEHIND.sub("", speech[start:end])))
            if attributes:
                found += [Asked(item_id, attribute) for attribute in attributes]
            elif _YES_OR_NO.match(speech[start:end]):
                found.append(Asked(item_id, value=values[0].pairs[0] if values else None))
        return list(dict.fromkeys(found))

    def _values(self, speech: str, wishes: Sequence[Wish], start: int, end: int) -> list[Wish]:
        """The words for values in a question that the catalogue can answer; none of "more comedy or more gore?"."""
        inside = [wish for wish in wishes if start <= wish.start < end]
        either = len(inside) > 1 and re.search(r"\bor\b", speech[inside[0].end : inside[-1].start])
        return [] if either else [wish for wish in inside if self._is_plain(speech, wish)]

    def _is_plain(self, speech: str, wish: Wish) -> bool:
        """Whether words for a value say just what the catalogue tells: "is it sad?" is not answered by "drama"."""
        return bool(wish.pairs) and normal(speech[wish.start : wish.end]) not in self._loose

    def value_asked(
        self, speech: str, asks: str | Question | None, wishes: Iterable[Wish]
    ) -> tuple[tuple[str, str] | None, bool]:
        """The attribute's value that a question about items asks for, and whether it asks what no attribute tells."""
        if asks == Question.COMPARE and _QUALITY.search(speech):
            return None, True
        start = question_start(speech)
        asked = (wish.pairs[0] for wish in self._values(speech, list(wishes), start, len(speech)))
        value = next(asked, None) if asks in (None, Question.COMPARE) else None
        return value, asks is None and not value and bool(_YES_OR_NO.search(speech[start:]))

    def extremes(self, speech: str, named: int) -> Iterator[tuple[str, bool]]:
        """The numbers that items are compared by: "which is the longest?", of two "is Heat older than Fargo?"."""
        for pattern, highest in ((_BEST_KNOWN, True), (_LEAST_KNOWN, False)):
            if pattern.search(speech):
                yield POPULARITY, highest
        for name, measure in self._catalog.vocabulary.measures.items():
            for words, highest in ((measure.low, False), (measure.high, True)):
                forms = [form for word in words for form in (superlative(word), f"most {word}", f"最{word}")]
                said = "|".join(map(re.escape, forms))
                beside = "|".join(map(re.escape, map(comparative, words)))
                asked = [
                    *([rf"\bwhich (?:one |of \w+ )?(?:is|are)(?: the)? (?:{beside})\b"] if beside else []),
                    *([rf"\b(?:is|was|are)\b[^.!]*\b(?:{beside}) than\b[^.!]*\?"] if beside and named == 2 else []),
                    *([rf"(?:\b(?:which|what)\b|哪)[^.!?]*?(?:{said})(?! [^.!?]*\byou\b)"] if said else []),
                ]
                if any(re.search(pattern, speech) for pattern in asked):
                    yield name, highest

    def measures_in(self, masked: str) -> tuple[str, ...]:
        """The numeric attributes that are spoken of by their names, or by what asks for them."""
        vocabulary = self._catalog.vocabulary
        asked = {words: name for words, name in vocabulary.questions.items() if name in vocabulary.measures}
        names = {rf"{re.escape(name)}s?": name for name in vocabulary.measures} | asked
        found = (name for words, name in names.items() if re.search(rf"\b(?:{words})(?!\w)", masked))
        return tuple(dict.fromkeys(found))


def is_whether_had(masked: str, mentions: Sequence[Mention]) -> bool:
    """Whether it is asked if the catalogue has an item that is named: "do you have Heat?"."""
    return any(not m.pointed and _HAVE_BEFORE.search(masked[: m.start]) for m in mentions)


def about(speech: str, mentions: Sequence[Mention]) -> str | None:
    """The item that a question is about: the first within it, or the last before it."""
    named = [m for m in mentions if m.item_id]
    return _nearest(named, question_start(speech), len(speech))


def _nearest(named: Sequence[Mention], start: int, end: int) -> str | None:
    inside = next((m.item_id for m in named if start <= m.start < end), None)
    before = next((m.item_id for m in reversed(named) if m.start < end), None)
    return inside or before or (named[0].item_id if named else None)


def question_start(speech: str) -> int:
    """Where the last question begins; 0 if none does."""
    begins = [match.start("asks") for match in _BEGINS.finditer(speech)]
    end = speech.rfind("?")
    marked = max((match.end() for match in re.finditer(r"[.!?]\s", speech[: max(end, 0)])), default=0)
    return max(begins) if begins else marked
