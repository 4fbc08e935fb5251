"""A reply as messages: its sentences, and under them a row of buttons for every item that it recommends."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import discord

from bot.conversation import Card, Conversation, Reply
from bot.discord_app.answering import incoming, whisper
from bot.discord_app.buttons import Press
from bot.discord_app.plain import escape, split
from domain.preference import Verdict

if TYPE_CHECKING:
    from bot.discord_app.client import Parley

Say = Callable[..., str]
"""`Conversation.text`: a key, a language or locale, and values."""

VERDICTS: tuple[Verdict, ...] = ("like", "dislike", "seen")

_ROWS = 5
_LONGEST_ID = 80
_FIND = 200


@dataclass(frozen=True, slots=True)
class Page:
    """One message to be sent."""

    content: str
    view: discord.ui.View | None = None


def pages(reply: Reply, say: Say) -> list[Page]:
    """The messages that carry a reply; the buttons are under the last."""
    *first, last = split(escape(reply.text))
    return [*map(Page, first), Page(last, _buttons(reply, say))]


def token_of(item_id: str, name: str) -> str:
    """An item in at most 80 characters that Discord hands back unchanged: `=id`, or `~digest:name` if that is too long.

    Columns of the catalogue change when it is rebuilt, ids do not.
    """
    if len(item_id) < _LONGEST_ID and item_id.isascii() and item_id.isprintable() and " " not in item_id:
        return f"={item_id}"
    return f"~{_digest(item_id)}:{title_of(name)[:40]}"


def item_of(token: str, conversation: Conversation) -> str | None:
    """The item's id; None if the catalogue has nothing of that digest any more."""
    if token.startswith("="):
        return token[1:]
    digest, _, title = token[1:].partition(":")
    for typed in (title, title[:16], title[:6]):
        for item_id, _ in conversation.find(typed.strip(), _FIND):
            if _digest(item_id) == digest:
                return item_id
    return None


def title_of(name: str) -> str:
    """A name without the year behind it: that is what `Conversation.find` looks through."""
    return name.split(" (")[0]


class Rate(Press, template=r"(?s:rate:(?P<verdict>like|dislike|seen):(?P<token>[=~].*))"):
    """Like, dislike or seen: counts for whoever presses, and is confirmed to them alone."""

    async def pressed(self, interaction: discord.Interaction[Parley]) -> None:
        """Hand the rating to the conversation."""
        conversation = interaction.client.conversation
        await interaction.response.defer(ephemeral=True, thinking=True)
        item_id = item_of(self.fields["token"], conversation)
        if item_id is None:
            await whisper(interaction, conversation.text("discord.too_old", str(interaction.locale)))
            return
        verdict = cast("Verdict", self.fields["verdict"])
        reply = await conversation.rate(incoming(interaction), item_id, verdict, "button")
        if reply is not None:
            await interaction.client.deliver.to_interaction(interaction, reply, ephemeral=True)


def _buttons(reply: Reply, say: Say) -> discord.ui.View | None:
    if not reply.cards:
        return None
    view = discord.ui.View(timeout=None)
    for row, card in enumerate(reply.cards[:_ROWS]):
        for verdict in VERDICTS:
            view.add_item(_button(card, verdict, say("discord." + verdict, reply.language, name=card.name), row))
    return view


def _button(card: Card, verdict: Verdict, label: str, row: int) -> Rate:
    style = discord.ButtonStyle.primary if verdict == "like" else discord.ButtonStyle.secondary
    return Rate.of(f"rate:{verdict}:{token_of(card.item_id, card.name)}", label, style, row)


def _digest(item_id: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(item_id.encode()).digest()[:16]).decode().rstrip("=")
