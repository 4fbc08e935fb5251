"""Tells Discord of the commands, but only when they have changed: it allows 200 creations a day."""

from __future__ import annotations

import hashlib
import json
import logging
from pathlib import Path

import discord
from discord import app_commands

from bot.discord_app.answering import describe

logger = logging.getLogger(__name__)


async def sync_if_changed(tree: app_commands.CommandTree, state_dir: Path, application_id: int | None) -> bool:
    """Send the commands unless the same ones were sent for this application before.

    Returns:
        Whether they were sent. If Discord refuses them the bot goes on with those it has, and the log says so.
    """
    known = state_dir / "discord_commands.sha256"
    digest = await _digest(tree, application_id)
    if known.exists() and known.read_text(encoding="ascii") == digest:
        return False
    try:
        await tree.sync()
    except (discord.HTTPException, app_commands.AppCommandError) as error:
        logger.error("Discord did not take the commands, so those it knows stay: %s", describe(error))  # noqa: TRY400
        return False
    _note(known, digest)
    return True


def _note(known: Path, digest: str) -> None:
    known.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    known.touch(mode=0o600)
    known.write_text(digest, encoding="ascii")


async def _digest(tree: app_commands.CommandTree, application_id: int | None) -> str:
    translator = tree.translator
    commands = tree.get_commands()
    if translator is None:
        payload = [command.to_dict(tree) for command in commands]
    else:
        payload = [await command.get_translated_payload(tree, translator) for command in commands]
    plain = json.dumps([application_id, payload], sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()
