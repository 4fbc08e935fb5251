"""Items as a person names them to a command: chosen from the list that appears, or typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import discord
from discord import app_commands

from bot.conversation import Conversation
from bot.discord_app.answering import whisper
from bot.discord_app.buttons import Press
from bot.discord_app.tokens import item_of, token_of
from bot.titles import Named

if TYPE_CHECKING:
    from bot.discord_app.client import Parley

MOST_OFFERED = 25
"""Choices that Discord shows while somebody types."""
MOST_ASKED = 10
"""So many titles are offered where it is not sure which one is meant."""


async def offered(interaction: discord.Interaction[Parley], typed: str) -> list[app_commands.Choice[str]]:
    """The titles that may be meant by what was typed so far."""
    found = interaction.client.conversation.find(typed, MOST_OFFERED)[:MOST_OFFERED]
    return [app_commands.Choice(name=name[:100], value=token_of(item_id, name)) for item_id, name in found]


async def meant(
    interaction: discord.Interaction[Parley], item: str, ask: Callable[[Sequence[Named]], discord.ui.View]
) -> str | None:
    """The item that was chosen or whose whole title was typed.

    Args:
        interaction: deferred; its answer becomes the question, where one has to be asked.
        item: the option as Discord brings it.
        ask: makes buttons of the titles that may be meant.

    Returns:
        Its id; None if the person has been asked which one they mean, or told that it is not known.
    """
    conversation, locale = interaction.client.conversation, str(interaction.locale)
    if (item_id := chosen(conversation, item)) is not None:
        return item_id
    if found := conversation.called(item) or conversation.find(item, MOST_ASKED):
        which = conversation.text("discord.which_one", locale)
        await interaction.edit_original_response(content=which, view=ask(found[:MOST_ASKED]))
    else:
        await whisper(interaction, conversation.text("discord.not_found", locale))
    return None


def chosen(conversation: Conversation, item: str) -> str | None:
    """The id behind a choice of the list, or of the only item that is called what was typed."""
    if item.startswith(("=", "~")):
        return item_of(item, conversation)
    called = conversation.called(item)
    return called[0][0] if len(called) == 1 else None


class Which(Press, template=r"(?!)"):
    """One of the titles that may have been meant; a subclass names its `PREFIX` and says in `taken` what is done."""

    PREFIX: ClassVar[str]

    @classmethod
    def among(cls, found: Sequence[Named]) -> discord.ui.View:
        """A button for each title."""
        view = discord.ui.View(timeout=None)
        for item_id, name in found:
            view.add_item(cls.of(f"{cls.PREFIX}:{token_of(item_id, name)}", name))
        return view

    async def pressed(self, interaction: discord.Interaction[Parley]) -> None:
        """Let the question give way to the answer, if the catalogue still has the item."""
        await interaction.response.defer()
        conversation = interaction.client.conversation
        item_id = item_of(self.fields["token"], conversation)
        if item_id is None:
            await whisper(interaction, conversation.text("discord.too_old", str(interaction.locale)))
        else:
            await self.taken(interaction, item_id)

    async def taken(self, interaction: discord.Interaction[Any], item_id: str) -> None:
        """What is done with the item that was meant."""
        raise NotImplementedError
