"""Which items a message names or points at, and what is thought of each, by rules."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from bot import strangers
from bot.meaning import Hearer
from bot.pointing import LIKE_IT, Shown, described, named_again, pointed
from bot.ranges import comparative
from bot.understanding import DISLIKED, Context, Mention
from bot.wishes import Pairs
from domain.catalog import Catalog
from domain.liking import Liking, Said, named, shown
from domain.linking import HAN, LITTLE_KNOWN, Link, Linker, Token, normal, tokens
from domain.phrases import Phrases, made_of
from domain.stance import Polarity, overlaps
from domain.words import commonness

TELLING = 5.3
"""Less common than that is a word that makes more of a title than the kind of thing that stands in it."""

_THAT_ONE = re.compile(r" (?:one|film|movie)\b")


class Naming:
    """Finds them in messages; made once a catalogue, then used by any thread."""

    def __init__(
        self,
        catalog: Catalog,
        linker: Linker,
        phrases: Phrases,
        liking: Liking,
        hearer: Hearer,
        words: Mapping[str, Pairs],
    ) -> None:
        """Put it together; `words` are those that stand for attribute values."""
        self._catalog = catalog
        self._linker = linker
        self._phrases = phrases
        self._liking = liking
        self._hearer = hearer
        self._words = words
        self._elsewhere = frozenset(map(normal, catalog.vocabulary.elsewhere))
        measures = catalog.vocabulary.measures.values()
        forms = {comparative(word) for measure in measures for word in (*measure.low, *measure.high)}
        self._beyond = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(forms)))}) than $") if forms else None

    def named_in(self, texts: Iterable[str]) -> tuple[tuple[str, ...], ...]:
        """Ids of the items that each of the texts names."""
        return tuple(
            tuple(dict.fromkeys(self._catalog[link.columns[0]].item_id for link in self._linker.link(text)))
            for text in texts
        )

    def links(self, text: str, earlier: Container[int | None] = ()) -> list[Link]:
        """Where a person's message names items; see `Linker.link`.

        What fewer than `LITTLE_KNOWN` people know is not meant by a title that is well known elsewhere: "Parasite" is
        not that of 1982.
        """
        links = self._linker.link(text, earlier, None if HAN.search(text) else self._hearer.judge(text))
        return [link for link in links if not self._is_better_known_elsewhere(text, link, earlier)]

    def within(self, text: str, context: Context) -> list[Link]:
        """Where a message names items, be it by what would not name them out of the blue, not overlapping."""
        earlier = {self._catalog.column(item_id) for item_id in (*context.earlier, *context.slate)}
        links = self.links(text, earlier) or (self._answer(text) if context.asked else [])
        again = list(self._named_again(text, links, context))
        places = [(link.start, link.end) for link in again]
        return [*(link for link in links if not overlaps(link.start, link.end, places)), *again]

    def is_more_than_a_kind(self, title: Sequence[Token]) -> bool:
        """Whether a title has a telling word beside those for a kind of thing: "star wars", not "scary movie"."""
        nouns = set(map(normal, self._catalog.vocabulary.nouns))
        kinds = {token.word for token in title if token.word in self._words or token.word in nouns}
        return len(title) > 1 and any(token.word not in kinds and commonness(token.word) < TELLING for token in title)

    def mentions(
        self, text: str, said: Said, links: Sequence[Link], claimed: Sequence[tuple[int, int]], context: Context
    ) -> tuple[list[Mention], list[tuple[int, int]]]:
        """What is named or pointed at, in the order of the text, and where people are named whom nobody knows.

        Args:
            text: as typed.
            said: the same, read.
            links: where it names items.
            claimed: what stands for attribute values.
            context: that it is said in.
        """
        people = strangers.people(text, said.masked, claimed)
        unknown = [
            Mention(None, *span) for span in strangers.titles(text, said.masked, [*claimed, *people], self._elsewhere)
        ]
        known = self._known(said, links, context)
        # "I loved Oppenheimer, anything like that?" does not point at what was shown.
        known = [m for m in known if not (m.pointed and any(s.end <= m.start for s in unknown))]
        return sorted([*known, *unknown], key=lambda mention: mention.start), people

    def passed(self, said: Said, mentioned: Container[str | None], context: Context) -> Iterator[tuple[str, float]]:
        """What the bot named and the person did not, with the log-odds that they dislike it."""
        for turns, slate in enumerate(context.named):
            for item_id in slate:
                if item_id not in mentioned:
                    yield item_id, self._liking.log_odds(shown(said, turns, len(slate)))

    def is_but_compared(self, masked: str, start: int) -> bool:
        """Whether nothing is said of an item but that others be "shorter than" it."""
        return self._beyond is not None and bool(self._beyond.search(masked, 0, start))

    def _is_better_known_elsewhere(self, text: str, link: Link, earlier: Container[int | None]) -> bool:
        known = self._catalog[link.columns[0]].popularity >= LITTLE_KNOWN or link.columns[0] in earlier
        return not known and normal(text[link.start : link.end]) in self._elsewhere

    def _named_again(self, text: str, links: Sequence[Link], context: Context) -> Iterator[Link]:
        """What names an item that was just shown, and would not name it out of the blue: "drive", "the inferno"."""
        items = [item for item_id in _last_named(context) if (item := self._catalog.get(item_id))]
        words, taken = tokens(text), list[tuple[int, int]]()
        for item, start, end in named_again(words, items, self._words):
            column = self._catalog.column(item.item_id)
            # Of more words than a title that was found there, it is more likely meant: "spinal tap", not "tap".
            others = [(x.start, x.end) for x in links if x.end - x.start > end - start]
            if column is not None and not overlaps(start, end, [*taken, *others]):
                taken.append((start, end))
                yield Link((column,), start, end)

    def _answer(self, text: str) -> list[Link]:
        """A bare title in answer to a question, even if its words are common: "Up"."""
        columns = self._linker.named(text) if len(tokens(text)) <= 4 and not self._words.get(normal(text)) else ()
        ordinary = any(made_of(p, text.lower()) for p in (self._phrases.accept, self._phrases.greet))
        if not columns or ordinary or self._phrases.reject.search(text.lower()):
            return []
        words = tokens(text)
        return [Link(columns, words[0].start, words[-1].end)]

    def _shown(self, context: Context) -> list[Shown]:
        """What was shown last, with the words that stood for it and those for its attributes' values."""
        links = self._linker.link(context.said)
        edges = [*(link.start for link in links), len(context.said)][1:]
        told: dict[str, set[str]] = {}
        for link, edge in zip(links, edges, strict=True):
            words = {token.word for token in tokens(context.said[link.start : edge])}
            told.setdefault(self._catalog[link.columns[0]].item_id, set()).update(words)
        found = []
        for item_id in _last_named(context):
            item = self._catalog.get(item_id)
            if item:
                kinds = (word for word, pairs in self._words.items() if any(v in item.values(a) for a, v in pairs))
                title = (token.word for token in tokens(item.title))
                named = {*told.get(item_id, ()), *title, *kinds, str(item.year)}
                found.append(Shown(item, frozenset(named)))
        return found

    def _known(self, said: Said, links: Sequence[Link], context: Context) -> list[Mention]:
        known = {*context.slate, *(item_id for slate in context.named for item_id in slate)}
        found = []
        for link in links:
            item_id, place = self._catalog[link.columns[0]].item_id, (link.start, link.end)
            log_odds = self._liking.log_odds(named(said, place, first=item_id not in known))
            stance = self._stance(said, place, log_odds)
            if self.is_but_compared(said.masked, link.start):
                stance = (0, stance[1])
            one = item_id in context.slate and _THAT_ONE.match(said.masked, link.end)
            if one:  # "the Star Wars one" points
                start = link.start - 4 * said.masked[: link.start].endswith("the ")
                place = (start, one.end())
            found.append(Mention(item_id, *place, *stance, pointed=bool(one), log_odds=log_odds))
        told = {mention.item_id for mention in found}
        points = pointed(said.masked, context.slate, context.focus) if context.slate or context.focus else []
        if context.said:
            places = [*((link.start, link.end) for link in links), *((start, end) for _, start, end in points)]
            points += described(said.masked, self._shown(context), places)
        for item_id, *span in points:
            if item_id in told:
                continue  # "all except Heat"
            place = (span[0], span[1])
            log_odds = self._liking.log_odds(named(said, place, first=False))
            alike = LIKE_IT.search(said.masked)
            vague = bool(alike and alike.span("words") == place) and not context.focus and len(context.slate) > 1
            stance = self._stance(said, place, log_odds)
            found.append(Mention(item_id, *place, *stance, pointed=True, vague=vague, log_odds=log_odds))
        return found

    def _stance(self, said: Said, place: tuple[int, int], log_odds: float) -> tuple[Polarity, bool]:
        polarity, seen = said.stance.towards_item(*place)
        return (-1 if not polarity and log_odds >= DISLIKED else polarity), seen


def _last_named(context: Context) -> tuple[str, ...]:
    """Ids of what the bot's last message names."""
    return context.named[0] if context.named and context.named[0] else context.slate
