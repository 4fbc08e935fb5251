"""A reply as messages: its sentences, and under them a row of buttons for every item that it recommends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import discord

from bot.conversation import Card, Conversation, Reply
from bot.discord_app.plain import escape, split
from bot.discord_app.rating import VERDICTS, Rate, Undo
from bot.discord_app.tokens import item_of, token_of
from domain.preference import Verdict

Say = Callable[..., str]
"""`Conversation.text`: a key, a language or locale, and values."""

_ROWS = 5


@dataclass(frozen=True, slots=True)
class Page:
    """One message to be sent."""

    content: str
    view: discord.ui.View | None = None


def pages(reply: Reply, say: Say) -> list[Page]:
    """The messages that carry a reply; the buttons are under the last."""
    *first, last = split(escape(reply.text))
    return [*map(Page, first), Page(last, _buttons(reply, say))]


def items_in(message: discord.Message, conversation: Conversation) -> tuple[str, ...]:
    """The items whose buttons are under a message, in their order; none if one of them is not known any more."""
    rate = Rate.__discord_ui_compiled_template__
    pressed = (match for custom_id in _custom_ids(message.components) if (match := rate.fullmatch(custom_id)))
    tokens = dict.fromkeys(match["token"] for match in pressed)
    items = [item_id for token in tokens if (item_id := item_of(token, conversation)) is not None]
    return tuple(items) if len(items) == len(tokens) else ()


def _custom_ids(components: Iterable[object]) -> Iterator[str]:
    for component in components:
        yield from filter(None, [getattr(component, "custom_id", None)])
        yield from _custom_ids(getattr(component, "children", ()))


def _buttons(reply: Reply, say: Say) -> discord.ui.View | None:
    if not reply.cards and not reply.rated:
        return None
    view = discord.ui.View(timeout=None)
    if reply.rated:
        view.add_item(Undo.of_rating(reply.rated, say("discord.undo", reply.language)))
    for row, card in enumerate(reply.cards[:_ROWS]):
        for verdict in VERDICTS:
            view.add_item(_button(card, verdict, say("discord." + verdict, reply.language, name=card.name), row))
    return view


def _button(card: Card, verdict: Verdict, label: str, row: int) -> Rate:
    style = discord.ButtonStyle.primary if verdict == "like" else discord.ButtonStyle.secondary
    return Rate.of(f"rate:{verdict}:{token_of(card.item_id, card.name)}", label, style, row)
