"""The question whether to remember: a line under a person's first reply, with buttons where nobody else reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from bot.conversation import Conversation
from bot.discord_app.answering import incoming
from bot.discord_app.buttons import Owned, custom_ids, redraw, take_away, view_of
from bot.discord_app.plain import escape

if TYPE_CHECKING:
    from bot.discord_app.client import Parley

FOOTER = 40
"""The id of the component of a card that holds the question, in its first line."""
SMALL = "-# "
"""What a line of small text begins with."""


class Remember(Owned, template=r"remember:(?P<answer>yes|no):(?P<person>\d+)"):
    """Yes or no to being remembered; the question is replaced by what was decided."""

    async def pressed_by_owner(self, interaction: discord.Interaction[Parley]) -> None:
        """Hand the answer to the conversation."""
        message = interaction.message
        assert message is not None
        await interaction.response.defer()
        reply = await interaction.client.conversation.set_consent(
            incoming(interaction), remember=self.fields["answer"] == "yes"
        )
        if reply is None:
            return
        decided, view = SMALL + escape(reply.text), view_of(self)
        take_away(view, {custom_id for custom_id in custom_ids(message) if custom_id.startswith("remember:")})
        if isinstance(view, discord.ui.LayoutView):
            _decide(view, decided)
            await redraw(interaction, view, reply.text)
        else:
            answer, _, asked = message.content.rpartition(f"\n{SMALL}")
            content = f"{answer}\n{decided}" if asked and answer else escape(reply.text)
            await interaction.edit_original_response(content=content, view=view if view.children else None)


def _decide(view: discord.ui.LayoutView, decided: str) -> None:
    """Put what was decided in the place of the question."""
    footer = view.find_item(FOOTER)
    if isinstance(footer, discord.ui.TextDisplay):
        footer.content = "\n".join([decided, *footer.content.split("\n")[1:]])


def question(conversation: Conversation, language: str, *, public: bool) -> str:
    """The line that asks; where others read it, it says no more than how to be remembered."""
    return conversation.text(f"discord.remember_{'hint' if public else 'question'}", language)


def answers(conversation: Conversation, language: str, person_id: int) -> list[Remember]:
    """The buttons that answer it."""
    return [
        Remember.of(f"remember:{answer}:{person_id}", conversation.text(f"discord.remember_{answer}", language))
        for answer in ("yes", "no")
    ]
