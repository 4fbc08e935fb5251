"""A Discord on this machine."""

from tests.discord_server.server import DIRECT, PATIENCE, PERSON, ROOM, LocalDiscord, local_discord

__all__ = ["DIRECT", "PATIENCE", "PERSON", "ROOM", "LocalDiscord", "local_discord"]
