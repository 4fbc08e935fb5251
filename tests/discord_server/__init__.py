"""A Discord on this machine, for tests and for trying the bot by hand: `python -m tests.discord_server`."""

from tests.discord_server.clock import Clock
from tests.discord_server.journal import PATIENCE
from tests.discord_server.messages import Interaction, Message
from tests.discord_server.payloads import BOT, BOT_ROLE, DIRECT, GROUP, GUILD, PERSON, ROOM, Permission
from tests.discord_server.person import MENTION, Person, text_of
from tests.discord_server.server import LocalDiscord, local_discord

__all__ = [
    "BOT",
    "BOT_ROLE",
    "DIRECT",
    "GROUP",
    "GUILD",
    "MENTION",
    "PATIENCE",
    "PERSON",
    "ROOM",
    "Clock",
    "Interaction",
    "LocalDiscord",
    "Message",
    "Permission",
    "Person",
    "local_discord",
    "text_of",
]
