"""A thought in words: those of the templates, and those that a model writes, part by part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot import profile
from bot.acts import Ask, Recommend, Say, Words
from bot.exchange import Card, Reply
from bot.models import Models
from bot.policy import ABOUT_PERSON, SHOWN_BEFORE
from bot.thought import Thought
from domain.catalog import Item
from domain.phrasing import Phrasing
from domain.preference import Constraint


def unfinished(thought: Thought, parts: Mapping[int, str], space: str) -> Reply:
    """The reply to a turn while a model writes: what is there, and what of it stays as it is."""
    reply = in_words(thought, _so_far(thought, parts, space), space)
    count = next((n for n in range(len(reply.cards) + 1) if n not in parts), len(reply.cards) + 1)
    if not count:
        return reply
    lines = [card.line for card in reply.cards[: count - 1]]
    opening = reply.opening if reply.cards else reply.text
    wording, picks = thought.turn.models.wording, thought.slate.picks if thought.slate else ()
    full_name = wording.phrasing(reply.language).full_name
    names = [full_name(pick.item) for pick in picks[: count - 1]]
    return replace(reply, settled=wording.text(Words(opening, tuple(lines)), names, reply.language))


def in_words(thought: Thought, words: Words, space: str) -> Reply:
    """The reply to a turn in some words, behind what has to be said before them."""
    turn = thought.turn
    framed = words.behind(*thought.framing, space=space)
    reply = with_cards(turn.models, framed, thought.slate, turn.told.constraints, turn.language)
    personal = any(isinstance(act, Say) and act.key in (ABOUT_PERSON, SHOWN_BEFORE) for act in thought.acts)
    private = personal or thought.alone
    last = thought.acts[-1]
    greets = isinstance(last, Ask) and last.greets
    return replace(reply, act=last.kind, ask_to_remember=thought.asks, private=private, greets=greets)


def with_parts(thought: Thought, parts: Mapping[int, str], space: str) -> Words:
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


def _so_far(thought: Thought, parts: Mapping[int, str], space: str) -> Words:
    """The words that are there while the others are still being written: of each item, what it is about."""
    lines = (_behind(about, parts.get(n, ""), space) for n, about in enumerate(thought.abouts, start=1))
    return Words(parts.get(0, ""), tuple(lines), parts.get(-1, ""))


def _behind(about: str, line: str, space: str) -> str:
    return space.join(filter(None, (about, line)))


def with_cards(
    models: Models, words: Words, slate: Recommend | None, wishes: Sequence[Constraint], language: str
) -> Reply:
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
