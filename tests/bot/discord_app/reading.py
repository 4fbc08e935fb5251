"""What a person reads in a message of the bot, and what they can press."""

from __future__ import annotations

from typing import Any

import discord
from simcord.components import walk_components

from bot.discord_app.cards import text_of


def words(message: Any) -> str:
    """What stands in a message, be it content or a card, without its small print."""
    lines = text_of(getattr(message, "message", message)).splitlines()
    return "\n".join(line for line in lines if not line.startswith("-# "))


def small(message: Any) -> list[str]:
    """The lines of small print of a message."""
    lines = text_of(getattr(message, "message", message)).splitlines()
    return [line.removeprefix("-# ") for line in lines if line.startswith("-# ")]


def parts(message: Any) -> list[dict[str, Any]]:
    """Every component of a message that was answered with, those within others too."""
    return list(walk_components(message.components))


def texts(message: Any) -> list[str]:
    """The texts of a panel, one a line of it."""
    return [part["content"] for part in parts(message) if part["type"] == 10]


def buttons(message: Any) -> list[dict[str, Any]]:
    """The buttons of a message, as Discord has them."""
    components = message.components
    if isinstance(message, discord.Message):
        components = [component.to_dict() for component in components]
    return [component for component in walk_components(components) if component["type"] == 2]


def custom_ids(message: Any) -> list[str]:
    """The custom_ids of the buttons of a message."""
    return [button["custom_id"] for button in buttons(message)]


def labels(message: Any) -> list[str]:
    """The labels of the buttons of a message."""
    return [button["label"] for button in buttons(message)]
