"""Tells Discord of the commands, but only when it has others: it allows 200 creations a day."""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import discord
from discord import app_commands

from bot.discord_app.answering import describe

logger = logging.getLogger(__name__)

_REFUSALS = (discord.HTTPException, app_commands.AppCommandError)


_COMMAND = re.compile(r"`/([\w-]+)`")
_SUBCOMMAND = 1


class Commands:
    """The commands as Discord has them; a file tells what it had when they were sent last."""

    def __init__(self, tree: app_commands.CommandTree[Any], state_dir: Path) -> None:
        self._tree = tree
        self._noted = state_dir / "discord_commands.sha256"
        self._links: dict[str, str] = {}
        """By the names of commands: a link to each, of a group to what it shows."""

    def linked(self, text: str) -> str:
        """Text whose commands can be tapped, and are named as the reader's Discord names them, where it has them."""
        return _COMMAND.sub(lambda match: self._links.get(match[1], match[0]), text)

    async def sync_if_changed(self) -> bool:
        """Send the commands unless Discord has what was sent, as it had it then: none lost, none changed by others.

        Returns:
            Whether they were sent. If Discord refuses them the bot goes on with those it has, and the log says so.
        """
        try:
            same = self._noted.exists() and self._noted.read_text(encoding="ascii") == await self._digest()
        except _REFUSALS as error:
            logger.error("Discord did not tell which commands it has: %s", describe(error))  # noqa: TRY400
            return False
        return False if same else await self.sync()

    async def sync(self) -> bool:
        """Send the commands, whatever Discord has.

        Returns:
            Whether Discord took them; if not, the log says why.
        """
        try:
            await self._tree.sync()
            digest = await self._digest()
        except _REFUSALS as error:
            logger.error("Discord did not take the commands, so those it knows stay: %s", describe(error))  # noqa: TRY400
            return False
        self._note(digest)
        return True

    def _note(self, digest: str) -> None:
        self._noted.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._noted.touch(mode=0o600)
        self._noted.write_text(digest, encoding="ascii")

    async def _digest(self) -> str:
        """What stands for the commands of this version together with what Discord has, ids and versions included."""
        client = self._tree.client
        assert client.application_id is not None
        there = await client.http.get_global_commands(client.application_id)
        self._links = {one["name"]: link for one in there if (link := _link(one))}
        plain = json.dumps([await self._here(), sorted(there, key=lambda one: one["id"])], sort_keys=True)
        return hashlib.sha256(plain.encode()).hexdigest()

    async def _here(self) -> list[Any]:
        translator, commands = self._tree.translator, self._tree.get_commands()
        if translator is None:
            return [command.to_dict(self._tree) for command in commands]
        return [await command.get_translated_payload(self._tree, translator) for command in commands]


def _link(command: Mapping[str, Any]) -> str:
    """How Discord is told to show a command as a link; empty for a group that shows nothing."""
    inner = [option["name"] for option in command.get("options") or () if option["type"] == _SUBCOMMAND]
    if not inner:
        return f"</{command['name']}:{command['id']}>"
    return f"</{command['name']} show:{command['id']}>" if "show" in inner else ""
