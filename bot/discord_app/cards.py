"""A reply as messages: a slate as a card in Discord's Components V2, or plain sentences where there is none.

What is too much for one message goes on in the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import discord

from bot.conversation import Conversation
from bot.discord_app.buttons import every_component
from bot.discord_app.consent import FOOTER, SMALL, answers, question
from bot.discord_app.plain import escape, split, unescape, units
from bot.discord_app.rating import VERDICTS, Rate, Undo
from bot.discord_app.saving import Save
from bot.discord_app.shortcuts import Shortcut
from bot.discord_app.tokens import token_of
from bot.discord_app.wishes import Drop, TakeBack
from bot.exchange import MOST, Card, Reply
from domain.preference import Verdict

MOST_COMPONENTS, MOST_CHARACTERS = 40, 4000
"""What Discord takes in one message of Components V2, nested components included."""
ACCENT = discord.Colour(0xE6A23C)

_IN_A_ROW = 5
_TITLE, _PIECE = 300, 1500
_PLAIN_ROWS = 5
_EMOJI = {"like": "👍", "dislike": "👎"}

Component: TypeAlias = discord.ui.Item[Any]


@dataclass(frozen=True, slots=True)
class Page:
    """One message to be sent; a card has no content."""

    content: str = ""
    view: discord.ui.View | discord.ui.LayoutView | None = None
    file: discord.File | None = None


@dataclass(frozen=True, slots=True)
class Showing:
    """What of a reply's messages depends on where it is shown.

    Attributes:
        person_id: whom it answers.
        public: others read it.
        posters: addresses of TMDB's pictures for items that come without one, by the item's id.
        undo: the token of the wish that the shortcut behind this reply has added.
    """

    person_id: int
    public: bool
    posters: Mapping[str, str] = field(default_factory=dict)
    undo: str | None = None


def pages(reply: Reply, conversation: Conversation, showing: Showing) -> list[Page]:
    """The messages that carry a reply."""
    if not reply.cards:
        return plain_pages(reply, conversation, showing)
    return [Page(view=view) for view in _Slate(reply, conversation, showing).messages()]


def plain_pages(reply: Reply, conversation: Conversation, showing: Showing) -> list[Page]:
    """The same without cards: sentences, and under the last of them rows of buttons."""
    text, view = escape(reply.text), discord.ui.View(timeout=None)
    if reply.greets:
        text = f"{text}\n{conversation.text('discord.introduction', reply.language)}"
    if reply.rated:
        view.add_item(Undo.of_rating(reply.rated, conversation.text("discord.undo", reply.language)))
    for row, card in enumerate(reply.cards[:_PLAIN_ROWS]):
        for verdict in VERDICTS:
            label = conversation.text(f"discord.{verdict}", reply.language, name=card.name)
            view.add_item(_rating(card, verdict, label, row))
    if reply.ask_to_remember:
        hint = showing.public or bool(reply.cards)
        text = f"{text}\n{SMALL}{question(conversation, reply.language, public=hint)}"
        for button in () if hint else answers(conversation, reply.language, showing.person_id):
            view.add_item(button)
    *first, last = split(text)
    return [*map(Page, first), Page(last, view if view.children else None)]


def text_of(message: discord.Message) -> str:
    """What stands in a message, be it content or cards, as it is read: without what escapes markdown."""
    shown = (getattr(component, "content", None) for component in every_component(message))
    return "\n".join(filter(None, [message.content, *map(unescape, filter(None, shown))]))


@dataclass(frozen=True, slots=True)
class _Block:
    """Components that stand together, inside the frame of the card or below it."""

    components: tuple[Component, ...]
    inside: bool = True


class _Slate:
    """The messages of one reply that has cards."""

    def __init__(self, reply: Reply, conversation: Conversation, showing: Showing) -> None:
        self._reply = reply
        self._conversation = conversation
        self._showing = showing

    def messages(self) -> list[discord.ui.LayoutView]:
        """One message, if need be without lines between the items and with fewer buttons for wishes, or several."""
        every = len(self._reply.wishes)
        packed = pack(self._blocks(divided=True, wishes=every))
        if len(packed) > 1 and len(pack(self._blocks(divided=False, wishes=0))) > 1:
            return pack(self._blocks(divided=False, wishes=every))
        wishes = every
        while len(packed) > 1:
            packed = pack(self._blocks(divided=False, wishes=wishes))
            wishes -= 1
        return packed

    def _blocks(self, *, divided: bool, wishes: int) -> Iterator[_Block]:
        yield from self._texts(self._reply.opening, [wish.says for wish in self._reply.wishes])
        drops = [Drop.of_wish(wish.token, wish.says) for wish in self._reply.wishes[:wishes]]
        yield from map(_Block, _rows(drops))
        for number, card in enumerate(self._reply.cards, start=1):
            if divided and number > 1:
                yield _Block((discord.ui.Separator(),))
            yield from self._item(number, card)
        yield from self._texts(self._reply.close)
        yield from (_Block(row, inside=False) for row in _rows(self._shortcuts()))
        yield from self._footer()

    def _texts(self, text: str, bold: Sequence[str] = ()) -> Iterator[_Block]:
        if text:
            for piece in split(escape(text), _PIECE):
                yield _Block((discord.ui.TextDisplay(_with_bold(piece, bold)),))

    def _item(self, number: int, card: Card) -> Iterator[_Block]:
        """An item: what it is and is said of it beside its picture, and the buttons for it."""
        picture = card.image or self._showing.posters.get(card.item_id)
        *begun, last = map(discord.ui.TextDisplay[Any], split(_item_text(number, card), _PIECE))
        shown: list[Component] = [*begun, last]
        if picture:
            shown[0] = discord.ui.Section(
                shown[0], accessory=discord.ui.Thumbnail(picture, description=card.name[:256])
            )
        yield from (_Block((component,)) for component in shown[:-1])
        yield _Block((shown[-1], discord.ui.ActionRow(*self._opinions(card))))

    def _opinions(self, card: Card) -> Iterator[Component]:
        language = self._reply.language
        for verdict in VERDICTS:
            label = _EMOJI.get(verdict) or self._conversation.text(f"discord.{verdict}", language)
            yield _rating(card, verdict, label)
        yield Save.of(f"save:{_token_of(card)}", self._conversation.text("discord.save", language))

    def _shortcuts(self) -> Iterator[Component]:
        say, language = self._conversation.text, self._reply.language
        count = min(len(self._reply.cards), MOST)
        more = say(f"discord.more_{count}", language)
        yield Shortcut.of(f"say:more:{count}:{language}", more, discord.ButtonStyle.primary)
        for what in (*self._conversation.refinements, "surprise", "why"):
            yield Shortcut.of(f"say:{what}:{count}:{language}", say(f"discord.{what}", language))
        if self._showing.undo:
            yield TakeBack.of(f"back:{self._showing.undo}", say("discord.undo", language))

    def _footer(self) -> Iterator[_Block]:
        asks, language = self._reply.ask_to_remember, self._reply.language
        lines = [question(self._conversation, language, public=self._showing.public)] if asks else []
        if self._showing.posters:
            lines.append(self._conversation.text("discord.tmdb", language))
        if lines:
            small = "\n".join(SMALL + line for line in lines)
            said: tuple[Component, ...] = (discord.ui.TextDisplay(small, id=FOOTER),)
            if asks and not self._showing.public:
                buttons = answers(self._conversation, language, self._showing.person_id)
                said = (*said, discord.ui.ActionRow(*buttons))
            yield _Block(said, inside=False)


def pack(blocks: Iterable[_Block]) -> list[discord.ui.LayoutView]:
    """Blocks in as few messages as hold them, each within what Discord takes, in their order."""
    messages: list[list[_Block]] = [[]]
    for block in blocks:
        if messages[-1] and not fits([*messages[-1], block]):
            messages.append([])
        if messages[-1] or not isinstance(block.components[0], discord.ui.Separator):
            messages[-1].append(block)
    return [_message(message) for message in messages]


def fits(blocks: Sequence[_Block]) -> bool:
    """Whether Discord takes some blocks in one message."""
    every = [component for block in blocks for top in block.components for component in _walk(top)]
    frame = any(block.inside for block in blocks)
    said = sum(units(component.content) for component in every if isinstance(component, discord.ui.TextDisplay))
    return len(every) + frame <= MOST_COMPONENTS and said <= MOST_CHARACTERS


def _walk(component: Component) -> Iterator[Component]:
    """A component and all that it holds."""
    yield component
    if isinstance(component, discord.ui.Section | discord.ui.ActionRow):
        yield from component.walk_children()


def _message(blocks: Sequence[_Block]) -> discord.ui.LayoutView:
    view = discord.ui.LayoutView(timeout=None)
    inside = [component for block in blocks if block.inside for component in block.components]
    if inside:
        view.add_item(discord.ui.Container(*inside, accent_colour=ACCENT))
    for block in blocks:
        for component in () if block.inside else block.components:
            view.add_item(component)
    return view


def _rows(buttons: Iterable[Component]) -> Iterator[tuple[Component, ...]]:
    """Buttons in rows of five."""
    every = list(buttons)
    for start in range(0, len(every), _IN_A_ROW):
        yield (discord.ui.ActionRow(*every[start : start + _IN_A_ROW]),)


def _item_text(number: int, card: Card) -> str:
    """Title, facts and line of an item, a line of markdown each; its other title stands small before the facts."""
    name = card.name if len(card.name) <= _TITLE else f"{card.name[: _TITLE - 1]}…"
    small = " · ".join(filter(None, (card.original, card.facts)))
    facts = f"{SMALL}{_in_one_line(small)}" if small else ""
    return "\n".join(filter(None, [f"**{number}  {_in_one_line(name)}**", facts, escape(card.line)]))


def _with_bold(text: str, phrases: Iterable[str]) -> str:
    """Text that is escaped, the phrases in it in bold."""
    whole = (rf"(?<![a-zà-ÿ]){re.escape(escape(phrase))}(?![a-zà-ÿ])" for phrase in phrases)
    longest_first = "|".join(sorted(whole, key=len, reverse=True))
    return re.sub(longest_first, r"**\g<0>**", text, flags=re.IGNORECASE) if longest_first else text


def _in_one_line(text: str) -> str:
    return escape(" ".join(text.split()))


def _rating(card: Card, verdict: Verdict, label: str, row: int | None = None) -> Rate:
    return Rate.of(f"rate:{verdict}:{_token_of(card)}", label, row=row)


def _token_of(card: Card) -> str:
    return token_of(card.item_id, card.title or card.name)
