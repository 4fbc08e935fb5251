"""Where replies go, as text that survives a restart."""

from __future__ import annotations

from typing import Any

import discord

ADDRESS = "discord:"
"""What every address of a reply begins with."""


def message_address(message: discord.Message) -> str:
    """Where the reply to a message goes."""
    return f"{ADDRESS}message:{message.channel.id}:{message.id}"


def interaction_address(interaction: discord.Interaction[Any]) -> str:
    """Where the answer to an interaction goes."""
    return f"{ADDRESS}interaction:{interaction.application_id}:{interaction.token}"
