"""Whether a drafted reply says what its brief says, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from domain.catalog import Catalog
from domain.linking import Linker, normal
from domain.phrasing import Phrasing, superlative
from domain.prompt import PLACEHOLDER, Brief, BriefItem
from domain.words import commonness

MAX_WORDS = 110
_SENTENCE = re.compile(r"[^.!?]+[.!?]+(?:\s+|$)")
_NUMBER = re.compile(r"(?P<before>\w*) ?\b(?P<number>\d+(?:\.\d+)?)(?P<behind>[- ]?\w*)")
_DATES = frozenset(("from", "in", "a"))
"""What stands before a number that is a date: "from 1995", "a 1995 film"."""
_WRONG_ARTICLE = re.compile(r"\ba [aeio]|\ban [^aeiou\d]", re.IGNORECASE)
_ADMITS = re.compile(r"\bnothing\b|\bno match\b|\bnear\b|\bnearest\b|\bclosest\b|\bsorry\b|\bafraid\b", re.IGNORECASE)
"""What a reply says where nothing satisfies a wish, and nowhere else."""
_RARE = 4.8
"""Below such a `commonness`, a word is taken from the brief, or one of these."""
_SPOKEN = frozenset(
    """
    afraid appeals bet catalogue closest differently elsewhere enjoyed fancy favourite fits gladly helps liked
    mix mood narrow nearest pleasure recommend stands suggest suit taste tells tend understood
    """.split()
)
_ANEW = re.compile(
    r"\b(?:something else|try (?:differently|again)|another round|here (?:are others|is something different))\b"
)
"""What a reply says where something was turned down, and nowhere else."""
_ANNOUNCES = re.compile(r"\b(?:here|this) (?:is|are) (?:what|the one)\b", re.IGNORECASE)
_GRATIFIED = re.compile(r"\b(?:good taste|that helps|tells me a lot|see where you are going)\b", re.IGNORECASE)
"""What a reply says where the person has said what they like or want, and nowhere else."""
_ASKED = re.compile(r"\byou (?:asked|wanted)\b|\bas requested\b|\byour (?:wish|request)\b", re.IGNORECASE)
"""What a reply says only of an item that meets a wish."""
_LIKED_WHAT = re.compile(r"\b(?:you|and) (?:liked|enjoyed|loved)\b(?! #)", re.IGNORECASE)
"""What is to be followed by an item that the person likes."""
_POPULAR = re.compile(
    r"\bmany (?:people|fans|here)\b|\bpopular\b|\bfavou?rite of\b|\bsafe (?:bet|start|choice)\b"
    r"|\ba lot of (?:people|fans)\b|\b(?:well|much)[- ](?:liked|loved)\b|\bhard to go wrong\b|\bliked by many\b",
    re.IGNORECASE,
)
"""What a reply says only of an item that many people like."""
_REASONS = {"liked": re.compile("#"), "asked": _ASKED, "popular": _POPULAR}
_GARBLED = {
    "people who like nothing in particular": re.compile(r"\bwho (?:like|love|enjoy)d? (?!#)"),
    "fans of nothing": re.compile(r"\bfans of (?!#)", re.IGNORECASE),
    "whose fans": re.compile(r"^[^#]*\bits fans\b"),
    "a 90 minutes film": re.compile(r"\ba \d+ [a-z]+s\b"),
    "the 1990s film": re.compile(r"\bthe \d{4}s (?!on\b)[a-z]"),
    "a film from 1990 on": re.compile(r"(?<!something )\bfrom \d{4} on\b"),
    "because you wanted nothing": re.compile(r"\bbecause you (?:wanted|asked(?: for)?)[.,]|\basked: what\b"),
    "two colons": re.compile(r":[^:]*:"),
    "brackets": re.compile(r"[()]"),
}
"""What no reply says, whatever its brief."""
_SOMETHING = re.compile(r"\bsomething ([^,.:;?!]+)", re.IGNORECASE)
_NOT_WISHED = ("else", "different", "quite different", "for you")
_THINGS = frozenset(
    """
    film films movie movies picture book books novel novels course courses class classes lesson lessons product products
    game games song songs album albums article articles post posts
    """.split()
)
"""What things are called: each domain has words of its own."""
_PLAIN = re.compile(r"[ -~‘’“”–—]*")
_CAPITAL = re.compile(r"(?<![.!?]\s)(?<!^)\b[A-Z][a-z]+")


def sentences(text: str) -> list[str]:
    """The sentences of a text that are complete."""
    return [sentence.strip() for sentence in _SENTENCE.findall(text)]


class Checker:
    """Checks drafts against briefs; made once a catalogue."""

    def __init__(self, catalog: Catalog, linker: Linker) -> None:
        phrasing = Phrasing(catalog.vocabulary)
        self._linker = linker
        named = {*catalog.values, *catalog.vocabulary.measures, *catalog.vocabulary.untold}
        self._topics = {normal(phrasing.word(name)).rstrip("s") for name in named if name.isascii()}
        self._nouns = {*catalog.vocabulary.noun, *catalog.vocabulary.nouns}
        self._superlatives = {
            superlative(words[0]) for m in catalog.vocabulary.measures.values() for words in (m.low, m.high) if words
        }
        self._values = {
            normal(form)
            for attribute in catalog.vocabulary.ask
            for value in catalog.values.get(attribute, {})
            for form in (phrasing.value(attribute, value),)
        }

    def is_promising(self, brief: Brief, beginning: str) -> bool:
        """Whether the sentences that a draft has so far may stay: those that may not are not worth finishing."""
        said = sentences(beginning)
        if len(set(said)) < len(said) or not _PLAIN.fullmatch(beginning):
            return False
        return next(self._truths(brief, said), None) is None

    def leaves_out_a_reason(self, brief: Brief, said: Sequence[str]) -> bool:
        """Whether the last sentence is about an item without its best reason, which was not given for all either."""
        numbers = [int(n) for n in re.findall(r"@(\d+)", said[-1])]
        items = [brief.items[n - 1] for n in numbers if n <= len(brief.items)]
        heard = [*(sentence for sentence in said[:-1] if "@" not in sentence), said[-1]]
        reasons = {reason for reason, pattern in _REASONS.items() if any(map(pattern.search, heard))}
        return brief.act == "recommend" and any(
            (item.because and not item.meets and "liked" not in reasons)
            or (item.popular and not reasons)
            or any(wish in item.values and wish not in said[-1].lower() for wish in item.meets)
            for item in items
        )

    def faults(self, brief: Brief, draft: str) -> list[str]:
        """What is wrong with a draft, in words for its developer; empty if it may be sent."""
        return list(self._faults(brief, draft.strip()))

    def _faults(self, brief: Brief, draft: str) -> Iterator[str]:
        said = sentences(draft)
        if not draft or "".join(_SENTENCE.findall(draft)).strip() != draft:
            yield "does not end with a sentence"
            return
        if len(draft.split()) > MAX_WORDS or not _PLAIN.fullmatch(draft):
            yield "too long, or has characters that no reply needs"
        if len(set(said)) < len(said):
            yield "repeats a sentence"
        yield from self._names(brief, draft)
        yield from _act(brief, draft)
        yield from self._truths(brief, said)

    def _names(self, brief: Brief, draft: str) -> Iterator[str]:
        given = [f"@{n}" for n in range(1, len(brief.items) + 1)]
        named = [name for name in PLACEHOLDER.findall(draft) if name[0] == "@"]
        if sorted(named) != given:
            yield f"names {named} where {given} are given"
        if re.search(r"[@#](?!\d)", draft):
            yield "has a broken placeholder"
        told = PLACEHOLDER.sub(",", draft)
        titles = [told[start:end] for start, end in self._linker.exact(told)]
        if any(_CAPITAL.search(title) for title in titles):
            yield f"names titles of its own: {titles}"

    def _truths(self, brief: Brief, said: Sequence[str]) -> Iterator[str]:
        """Every fact in a sentence has to be true of the items in it, or of what was asked for."""
        of_all: set[str] = set()
        if sum(bool(_ANNOUNCES.search(sentence)) for sentence in said) > 1:
            yield "announces what it shows twice"
        for sentence in said:
            items = [brief.items[int(n) - 1] for n in re.findall(r"@(\d+)", sentence) if int(n) <= len(brief.items)]
            yield from self._truth(brief, items, sentence)
            reasons = {reason for reason, pattern in _REASONS.items() if pattern.search(sentence)}
            if reasons & of_all - {"popular"}:
                yield "gives a reason again that it gave for all"
            if not items:
                of_all |= reasons
                continue
            if brief.act == "recommend" and not all(_has_reason(item, sentence) for item in items):
                yield "gives no reason"

    def _truth(self, brief: Brief, items: Sequence[BriefItem], sentence: str) -> Iterator[str]:
        told = PLACEHOLDER.sub(" ", sentence)
        if len(items) > 1:
            yield "speaks of two items at once, so that the facts of one may pass for the other's"
        yield from self._facts(brief, items, told)
        yield from _claims(brief, items or brief.items, sentence)
        yield from _kinds(brief, items, sentence)
        yield from (f"is garbled: {fault}" for fault, pattern in _GARBLED.items() if pattern.search(sentence))
        told_of = " ".join(part for item in brief.items for part in (*item.values, *item.meets))
        for word in _THINGS & set(normal(told).split()) - self._nouns - set(normal(told_of).split()):
            yield f"says {word}, which is not what these are"
        for word in self._superlatives & set(told.lower().replace(",", " ").replace(".", " ").split()):
            if word not in {item.stands_out for item in items}:
                yield f"says {word}, which it is not"

    def _facts(self, brief: Brief, items: Sequence[BriefItem], told: str) -> Iterator[str]:
        """No value, number, topic or rare word that the brief does not have, and none too often."""
        asked = {wish for item in items or brief.items for wish in item.meets}
        if items:
            facts = [part for item in items for part in (*item.values, *item.numbers, *item.meets)]
        else:  # about all of them
            facts = [wish for wish in asked if all(wish in item.meets for item in brief.items)]
        known = " ; ".join((*facts, *brief.unmet, *brief.options, brief.value or "", brief.topic, brief.noun))
        yield from _numbers(brief, items, told)
        yield from _words(" ".join((known, *self._superlatives)), told)
        wishes = (*(w for w in (*asked, *brief.unmet) if normal(w) not in self._values), *_NOT_WISHED)
        for said in _SOMETHING.findall(told):
            if not said.startswith(wishes) and not said.partition(" ")[2].startswith(wishes):
                yield f"speaks of something {said}, which nobody asked for"
        opening = re.match(r"(\w+):", told)
        if opening and f" {normal(opening[1])} " not in f" {normal(known)} ":
            yield f"opens with {opening[1]!r}, as if somebody were called so"
        if not items and any(told.lower().count(wish.lower()) > 1 for wish in facts):
            yield "says a wish twice"
        words, allowed = f" {normal(told)} ", f" {normal(known)} "
        for topic in self._topics - {normal(brief.topic)}:
            if f" {topic} " in words and f" {topic} " not in allowed:
                yield f"speaks of the {topic}, which is not the topic"
        wanted = {normal(wish) for wish in asked}
        for value in self._values:
            often = 2 if value in wanted else 1  # "you asked for comedy, so try @1, a crime comedy"
            if len(items) == 1 and len(re.findall(rf"(?<= ){re.escape(value)}(?= )", words)) > often:
                yield f"says {value} twice"
            if f" {value} " in words and f" {value} " not in allowed:
                yield f"says {value}, which is not so"


def _has_reason(item: BriefItem, sentence: str) -> bool:
    """Whether a sentence says at least something that speaks for an item."""
    said = normal(sentence)
    return "#" in sentence or any(normal(part) in said for part in (*item.meets, *item.values, *item.numbers))


def _claims(brief: Brief, about: Sequence[BriefItem], sentence: str) -> Iterator[str]:
    """Whatever a sentence says of the person, or of what others like, is true of all that it is about."""
    reasons = set.intersection(*({item.because} for item in about)) if about else set()
    strange = {int(n) for n in re.findall(r"#(\d+)", sentence)} - reasons
    if strange:
        yield f"gives {sorted(strange)} as a reason, which it is not"
    if _ASKED.search(sentence) and not all(item.meets for item in about):
        yield "speaks of a wish that it does not meet"
    if len(_ASKED.findall(sentence)) > 1:
        yield "says twice that it was asked for"
    if _POPULAR.search(sentence) and not all(item.popular for item in about):
        yield "calls popular what is not"
    if brief.act == "answer" and brief.value and _ADMITS.search(sentence):
        yield "regrets what is not so"
    if brief.act != "recommend":
        return
    if _LIKED_WHAT.search(sentence):
        yield "says that something was liked, but not what"
    if not brief.again and _ANEW.search(sentence):
        yield "begins anew, though nothing was turned down"
    if not brief.unmet and _ADMITS.search(sentence):
        yield "regrets what is not so"
    if _GRATIFIED.search(sentence) and not any(item.because or item.meets for item in brief.items):
        yield "is glad to hear what nobody said"


def _kinds(brief: Brief, items: Sequence[BriefItem], sentence: str) -> Iterator[str]:
    """What an item is, is put as one puts it, and is of another item only what they share."""
    if brief.act != "recommend" or not items:
        return
    noun, told = brief.noun, PLACEHOLDER.sub(" ", sentence)
    kinds = "|".join(re.escape(value) for item in items for value in item.values) or re.escape(noun)
    unshared = {value for item in items for value in {*item.values} - {*item.shared}}
    alike = rf"(?:^(?:And )?like|, (?:just )?like|\b(?:{kinds}|{noun}) like) #"
    if re.search(alike, sentence, re.IGNORECASE) and any(
        re.search(rf"\b{re.escape(value)}\b", told, re.IGNORECASE) for value in unshared
    ):
        yield "says that it is like another in what it is not"
    if re.search(rf"\b(?:{kinds})(?:, | and (?:{kinds}) and )(?:{kinds}) {noun}\b", told):
        yield "lists kinds without an and, or with two"
    if re.search(rf"\b(?:{kinds}) (?:{kinds}),? and (?:{kinds})\b", told):
        yield "runs kinds together"
    known = {normal(part) for item in items for part in (*item.values, *item.meets)}
    for kind in re.findall(rf"\band ([\w-]+) {noun}\b", told.lower()):
        if normal(kind) not in known:
            yield f"says {kind}, which is not so"
    if re.match(r"[\w-]+(?:, [\w-]+)*:", sentence):
        yield "has an opening and an item in one sentence"
    numbers = [number for item in items for number in item.numbers]
    if any(f"{joint} {number}" in told for number in numbers if " " in number for joint in ("from", "and")):
        yield "says from of what is no date, or lists a number among kinds"
    if any(told.count(number) > 1 for number in numbers):
        yield "says a number twice"


def _words(known: str, told: str) -> Iterator[str]:
    """A rare word that the brief does not have is invented: "a touch of festival"."""
    given = set(normal(known).split())
    for word in re.findall(r"[a-z]+(?:'[a-z]+)?", told.lower()):
        if (
            commonness(word) < _RARE
            and word not in _SPOKEN
            and word not in given
            and word.partition("'")[0] not in given
        ):
            yield f"has the word {word!r}, which nothing says"


def _numbers(brief: Brief, items: Sequence[BriefItem], told: str) -> Iterator[str]:
    """A number is said as the brief says it, and a date as a date: no film has 1999 minutes, or 1999 as a director."""
    wishes = [*brief.unmet, *brief.options, *(wish for item in items or brief.items for wish in item.meets)]
    for phrase in sorted(filter(None, (*wishes, brief.value)), key=len, reverse=True):
        told = re.sub(re.escape(phrase), " ", told, flags=re.IGNORECASE)
    numbers = [number.partition(" ") for item in items for number in item.numbers]
    for found in _NUMBER.finditer(told):
        units = {unit for number, _, unit in numbers if number == found["number"]}
        behind, before = found["behind"].strip(" -"), found["before"].lower()
        if not units:
            yield f"invents the number {found['number']}"
        elif not any(behind == unit if unit else before in _DATES for unit in units):
            yield f"says {found.group().strip()!r}, which is not what the number means"


def _act(brief: Brief, draft: str) -> Iterator[str]:
    questions = draft.count("?")
    if questions != (1 if brief.act == "ask" else 0):
        yield f"asks {questions} questions"
    if brief.act == "ask" and not all(option in draft for option in brief.options):
        yield "leaves out an option"
    if brief.unmet and not all(normal(wish) in normal(draft) for wish in brief.unmet):
        yield "does not admit what nothing satisfies"
    if brief.act == "answer" and brief.value and brief.value not in draft:
        yield "does not tell the fact"
    if brief.act == "answer" and brief.value is None and not re.search(r"\bnot?\b|cannot|beyond me", draft):
        yield "does not admit that it does not know"
    if brief.act == "answer" and brief.value is None and brief.topic not in draft:
        yield "does not say what it does not know"
    if _WRONG_ARTICLE.search(PLACEHOLDER.sub("", draft)):
        yield "has a wrong article"
    if _CAPITAL.search(PLACEHOLDER.sub("", draft).replace(" I ", " ")):
        yield "writes something like a name"
