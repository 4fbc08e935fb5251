"""What is held about a person, in pages: with the consents, a download and the end of it all one tap away."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import discord
from discord import ui

from bot.conversation import Conversation
from bot.discord_app.answering import incoming
from bot.discord_app.buttons import Owned
from bot.discord_app.panels import Private, panel, turning
from bot.discord_app.plain import escape, split

if TYPE_CHECKING:
    from bot.discord_app.client import Parley

_ON_A_PAGE = 2500
"""Characters of the list on one page, so that there is room for what stands above and below it."""


class Consent(Private, template=r"held-(?P<what>remember|share):(?P<answer>on|off)"):
    """Gives or withdraws one of the two consents that the page offers; it shows what is held then."""

    async def pressed_alone(self, interaction: discord.Interaction[Parley]) -> None:
        """Hand it to the conversation."""
        decided = {self.fields["what"]: self.fields["answer"] == "on"}
        reply = await interaction.client.conversation.set_consent(incoming(interaction), **decided)
        await show(interaction, note=reply.text if reply else "")


class HeldPage(Private, template=r"held-page:(?P<page>-?\d{1,3})"):
    """Another page."""

    async def pressed_alone(self, interaction: discord.Interaction[Parley]) -> None:
        """Show it."""
        await show(interaction, int(self.fields["page"]))


class Download(Private, template=r"held-download"):
    """Everything as a file that programs read."""

    async def pressed_alone(self, interaction: discord.Interaction[Parley]) -> None:
        """Send it."""
        said, file = await exported(interaction)
        await interaction.followup.send(said, file=file, ephemeral=True)


class AskToErase(Private, template=r"held-erase"):
    """Asks once more before everything is deleted."""

    async def pressed_alone(self, interaction: discord.Interaction[Parley]) -> None:
        """Ask."""
        said, view = question(interaction)
        await interaction.followup.send(said, view=view, ephemeral=True)


class Erase(Owned, template=r"erase:(?P<answer>yes|no):(?P<person>\d+)"):
    """Yes or no to being forgotten; the question is replaced by what was done."""

    async def pressed_by_owner(self, interaction: discord.Interaction[Parley]) -> None:
        """Delete everything, or nothing."""
        conversation, locale = interaction.client.conversation, str(interaction.locale)
        await interaction.response.defer()
        if self.fields["answer"] == "yes":
            await conversation.erase(self.fields["person"])
        done = conversation.text(f"discord.erase_done_{self.fields['answer']}", locale)
        await interaction.edit_original_response(content=done, view=None)


def question(interaction: discord.Interaction[Parley]) -> tuple[str, ui.View]:
    """The question whether to delete everything about whoever acted, with its buttons."""
    say, locale, person = interaction.client.conversation.text, str(interaction.locale), interaction.user.id
    view = ui.View(timeout=None)
    view.add_item(Erase.of(f"erase:yes:{person}", say("discord.erase_yes", locale), discord.ButtonStyle.danger))
    view.add_item(Erase.of(f"erase:no:{person}", say("discord.erase_no", locale)))
    return say("discord.erase_question", locale), view


async def exported(interaction: discord.Interaction[Parley]) -> tuple[str, discord.File]:
    """Everything that is held about whoever acted, as a file, and what is said with it."""
    conversation = interaction.client.conversation
    told = await conversation.export(str(interaction.user.id))
    return conversation.text("discord.exported", str(interaction.locale)), discord.File(
        io.BytesIO(told.encode()), "parley.json"
    )


async def show(interaction: discord.Interaction[Parley], page: int = 0, note: str = "") -> None:
    """Put a page of what is held about whoever acted into the answer, below a note of what was done."""
    conversation, person, locale = interaction.client.conversation, str(interaction.user.id), str(interaction.locale)
    pieces = split(escape((await conversation.held(person, locale)).text), _ON_A_PAGE)
    page = min(max(page, 0), len(pieces) - 1)
    heading = f"### {conversation.text('discord.held_heading', locale)}"
    remember, share = await conversation.consents(person)
    parts: list[ui.Item[Any]] = [
        ui.TextDisplay("\n".join(filter(None, [heading, escape(note)]))),
        ui.ActionRow(*_consents(conversation, locale, remember=remember, share=share)),
        ui.Separator(),
        ui.TextDisplay(pieces[page]),
        *turning(HeldPage, "held-page", page, len(pieces)),
        ui.Separator(),
        ui.ActionRow(
            Download.of("held-download", conversation.text("discord.download", locale)),
            AskToErase.of("held-erase", conversation.text("discord.erase_yes", locale), discord.ButtonStyle.danger),
        ),
    ]
    await interaction.edit_original_response(view=panel(*parts))


def _consents(conversation: Conversation, locale: str, *, remember: bool, share: bool) -> Iterator[Consent]:
    """The buttons that change the consents; ratings are shared only of who is remembered."""
    given = {"remember": remember, **({"share": share} if remember else {})}
    for what, is_on in given.items():
        label = conversation.text(f"discord.{what}_{'stop' if is_on else 'yes'}", locale)
        yield Consent.of(f"held-{what}:{'off' if is_on else 'on'}", label)
