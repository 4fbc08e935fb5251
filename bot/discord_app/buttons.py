"""Buttons whose whole state is in their custom_id, so that they work after a restart too."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Self, TypeAlias

import discord

from bot.discord_app.answering import whisper
from bot.discord_app.plain import escape

if TYPE_CHECKING:
    from bot.discord_app.client import Parley

    AnyView: TypeAlias = discord.ui.View | discord.ui.LayoutView

LABEL = 80
"""Characters that a button's label may have."""
PRESSED = discord.ButtonStyle.success
"""How a button looks that was pressed where nobody else sees it."""
_MARK = " ✓"


class Press(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"(?!)"):
    """A button that always answers; a subclass names its `template` and says in `pressed` what it does.

    discord.py logs the errors of dynamic items and answers nothing, so the person would see "interaction failed".
    """

    def __init__(self, button: discord.ui.Button[Any]) -> None:
        super().__init__(button)
        match = self.template.fullmatch(self.custom_id)
        assert match is not None
        self.fields = match.groupdict()

    @classmethod
    def of(
        cls,
        custom_id: str,
        label: str,
        style: discord.ButtonStyle = discord.ButtonStyle.secondary,
        row: int | None = None,
    ) -> Self:
        """A button to be sent; labels beyond Discord's 80 characters are cut."""
        return cls(discord.ui.Button(custom_id=custom_id, label=short(label), style=style, row=row))

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: discord.ui.Item[Any], _match: re.Match[str], /
    ) -> Self:
        """The button that a person has pressed."""
        assert isinstance(item, discord.ui.Button)
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Answer the press, whatever happens."""
        async with interaction.client.turns.one(interaction):
            await self.pressed(interaction)

    async def pressed(self, interaction: discord.Interaction[Parley]) -> None:
        """What this kind of button does."""
        raise NotImplementedError


class Owned(Press, template=r"(?!)"):
    """A button that only the person whose id is the field `person` may press."""

    async def pressed(self, interaction: discord.Interaction[Parley]) -> None:
        """Turn others away."""
        if self.fields["person"] == str(interaction.user.id):
            await self.pressed_by_owner(interaction)
        else:
            await whisper(
                interaction, interaction.client.conversation.text("discord.not_yours", str(interaction.locale))
            )

    async def pressed_by_owner(self, interaction: discord.Interaction[Parley]) -> None:
        """What this kind of button does for its person."""
        raise NotImplementedError


def is_marked(button: discord.ui.Button[Any]) -> bool:
    """Whether a button shows that it was pressed."""
    return button.style is PRESSED


def mark(button: discord.ui.Button[Any], *, pressed: bool = True) -> None:
    """Let a button show, once its message is edited, that it was pressed, or that it was not."""
    if pressed and not is_marked(button):
        button.style, button.label = PRESSED, short(button.label or "", _MARK)
    elif not pressed and is_marked(button):
        button.style, button.label = discord.ButtonStyle.secondary, (button.label or "").removesuffix(_MARK)


async def redraw(interaction: discord.Interaction[Any], view: AnyView, told: str) -> None:
    """Let the card that was pressed show what was done; where it is gone by now, tell that to the person alone."""
    try:
        await interaction.edit_original_response(view=view)
    except discord.NotFound:
        await interaction.followup.send(escape(told), ephemeral=True)


def view_of(pressed: Press) -> AnyView:
    """The view of the message of a press, the press being part of it."""
    view: AnyView | None = pressed.view
    assert view is not None
    view.stop()  # or else the library would keep it, once it is sent, for as long as the process lives
    return view


def buttons_in(view: AnyView) -> Iterator[discord.ui.Button[Any]]:
    """The buttons of a view, in their order."""
    for item in view.walk_children():
        inner = item.item if isinstance(item, discord.ui.DynamicItem) else item
        if isinstance(inner, discord.ui.Button):
            yield inner


def custom_ids(message: discord.Message) -> Iterator[str]:
    """The custom_ids of what a message has to press, in their order."""
    return filter(None, (getattr(component, "custom_id", None) for component in every_component(message)))


def every_component(message: discord.Message) -> Iterator[object]:
    """The components of a message and all that they hold."""
    return _within(message.components)


def take_away(view: AnyView, gone: Collection[str]) -> None:
    """Take buttons, by their custom_ids, out of a view, and rows that are empty then."""
    for holder in (view, *view.walk_children()):
        if isinstance(holder, discord.ui.View | discord.ui.ActionRow):
            for button in holder.children:
                if getattr(button, "custom_id", None) in gone:
                    holder.remove_item(button)
    for holder in (view, *view.walk_children()):
        if isinstance(holder, discord.ui.LayoutView | discord.ui.Container):
            for row in holder.children:
                if isinstance(row, discord.ui.ActionRow) and not row.children:
                    holder.remove_item(row)


def short(label: str, end: str = "") -> str:
    """A label of at most 80 characters; of a longer one, the end is kept."""
    whole = label + end
    return whole if len(whole) <= LABEL else f"{label[: LABEL - 1 - len(end)]}…{end}"


def _within(components: Iterable[object]) -> Iterator[object]:
    for component in components:
        yield component
        yield from _within(getattr(component, "children", ()))
