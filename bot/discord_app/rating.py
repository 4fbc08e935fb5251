"""Ratings by button: on a card, as the answer to which title was meant, and taken back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

import discord

from bot.conversation import Conversation
from bot.discord_app.answering import incoming, whisper
from bot.discord_app.buttons import Press, buttons_in, custom_ids, is_marked, mark, redraw, view_of
from bot.discord_app.items import Which
from bot.discord_app.plain import escape
from bot.discord_app.tokens import item_of, token_of
from bot.exchange import Rated
from bot.titles import Named
from domain.preference import Opinion, Source, Verdict

if TYPE_CHECKING:
    from bot.discord_app.client import Parley

Word = TypeVar("Word", bound=str)

VERDICTS: tuple[Verdict, ...] = ("like", "dislike", "seen")
SOURCES: tuple[Source, ...] = ("message", "button", "command")


class Rate(Press, template=r"(?s:rate:(?P<verdict>like|dislike|seen):(?P<token>[=~].*))"):
    """Like, dislike or seen: counts for whoever presses, and takes it back where they see that they had pressed it."""

    async def pressed(self, interaction: discord.Interaction[Parley]) -> None:
        """Hand the rating to the conversation."""
        conversation, alone = interaction.client.conversation, not incoming(interaction).public
        await self.acknowledge(interaction, alone=alone)
        item_id = item_of(self.fields["token"], conversation)
        if item_id is None:
            await whisper(interaction, conversation.text("discord.too_old", str(interaction.locale)))
        elif alone:
            await self._show(interaction, item_id)
        else:
            await rate(interaction, item_id, self._verdict, "button")

    async def acknowledge(self, interaction: discord.Interaction[Parley], *, alone: bool) -> None:
        """Promise an answer of its own where others see the card, which then stays as it is."""
        if alone:
            await interaction.response.defer()
        else:
            await interaction.response.defer(ephemeral=True, thinking=True)

    async def _show(self, interaction: discord.Interaction[Parley], item_id: str) -> None:
        """Rate, or take the rating back, and let the buttons of the item show it."""
        conversation, asked, takes_back = interaction.client.conversation, incoming(interaction), is_marked(self.item)
        if takes_back:
            reply = await conversation.unrate(asked, item_id, self._verdict, None)
        else:
            reply = await conversation.rate(asked, item_id, self._verdict, "button")
        if reply is None:
            return
        if not takes_back and reply.rated is None:
            await whisper(interaction, escape(reply.text))
            return
        view = view_of(self)
        for button in buttons_in(view):
            if _rated_by(button.custom_id) == self.fields["token"]:
                mark(button, pressed=False)
        mark(self.item, pressed=not takes_back)
        await redraw(interaction, view, reply.text)

    @property
    def _verdict(self) -> Verdict:
        return cast("Verdict", self.fields["verdict"])


class Meant(Which, template=r"(?s:meant:(?P<verdict>like|dislike|seen):(?P<token>[=~].*))"):
    """One of the titles that may have been meant; the question gives way to the confirmation."""

    async def taken(self, interaction: discord.Interaction[Any], item_id: str) -> None:
        """Hand the rating to the conversation."""
        await rate(interaction, item_id, cast("Verdict", self.fields["verdict"]), "button")


EARLIER = r"(?:(?P<earlier>[lds])(?P<source>[mbc])(?P<day>\d+))?"
"""The opinion that a rating replaced, if there was one; of verdict and source, the first letters have to do."""


class Undo(Press, template=rf"(?s:undo:(?P<given>[lds]):{EARLIER}:(?P<token>[=~].*))"):
    """Takes a rating back, so that what the person thought before it counts again."""

    @classmethod
    def of_rating(cls, rated: Rated, label: str) -> Undo:
        """The button under a confirmation."""
        earlier = rated.before
        was = f"{earlier.verdict[0]}{earlier.source[0]}{earlier.day}" if earlier else ""
        token = token_of(rated.opinion.item_id, rated.name)
        return cls.of(f"undo:{rated.opinion.verdict[0]}:{was}:{token}", label)

    async def pressed(self, interaction: discord.Interaction[Parley]) -> None:
        """Hand it to the conversation; the confirmation gives way to what was done."""
        await interaction.response.defer()
        conversation = interaction.client.conversation
        item_id = item_of(self.fields["token"], conversation)
        if item_id is None:
            await whisper(interaction, conversation.text("discord.too_old", str(interaction.locale)))
            return
        given = _beginning(VERDICTS, self.fields["given"])
        reply = await conversation.unrate(incoming(interaction), item_id, given, self._earlier(item_id))
        if reply is not None:
            await interaction.client.deliver.to_interaction(interaction, reply, ephemeral=True)

    def _earlier(self, item_id: str) -> Opinion | None:
        if self.fields["earlier"] is None:
            return None
        verdict, source = _beginning(VERDICTS, self.fields["earlier"]), _beginning(SOURCES, self.fields["source"])
        return Opinion(item_id, verdict, source, int(self.fields["day"]))


async def rate(
    interaction: discord.Interaction[Parley], item_id: str, verdict: Verdict, source: Literal["button", "command"]
) -> None:
    """Rate an item for whoever acted, and confirm it to them alone."""
    reply = await interaction.client.conversation.rate(incoming(interaction), item_id, verdict, source)
    if reply is not None:
        await interaction.client.deliver.to_interaction(interaction, reply, ephemeral=True)


def choices(found: Iterable[Named], verdict: Verdict) -> discord.ui.View:
    """A button for each title that may have been meant."""
    view = discord.ui.View(timeout=None)
    for item_id, name in found:
        view.add_item(Meant.of(f"meant:{verdict}:{token_of(item_id, name)}", name))
    return view


def items_in(message: discord.Message, conversation: Conversation) -> tuple[str, ...]:
    """The items that a message has buttons to rate, in their order; none if one of them is not known any more."""
    tokens = dict.fromkeys(filter(None, map(_rated_by, custom_ids(message))))
    items = [item_id for token in tokens if (item_id := item_of(token, conversation)) is not None]
    return tuple(items) if len(items) == len(tokens) else ()


def _rated_by(custom_id: str | None) -> str | None:
    """The token of the item that a button rates; None if it rates none."""
    rated = Rate.__discord_ui_compiled_template__.fullmatch(custom_id or "")
    return rated["token"] if rated else None


def _beginning(words: tuple[Word, ...], letter: str) -> Word:
    return next(word for word in words if word[0] == letter)
