"""People, servers and channels as Discord writes them."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Final

from tests.discord_server.limits import Json

APPLICATION: Final = "1001"
BOT: Final = "1002"
GUILD: Final = "1003"
ROOM: Final = "1004"
PERSON: Final = "1005"
DIRECT: Final = "1006"
"""The direct messages between the bot and `PERSON`."""
BOT_ROLE: Final = "1007"
GROUP: Final = "1008"
"""A group of people without the bot."""
TEXT_CHANNEL, DIRECT_CHANNEL, GROUP_CHANNEL, THREAD = 0, 1, 3, 11


class Permission(enum.IntFlag):
    """What may be done in a channel, as far as it is checked."""

    ADMINISTRATOR = 1 << 3
    MANAGE_GUILD = 1 << 5
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    USE_APPLICATION_COMMANDS = 1 << 31
    SEND_MESSAGES_IN_THREADS = 1 << 38


NONE = Permission(0)
USUAL = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.SEND_MESSAGES_IN_THREADS
)


@dataclass
class User:
    """Somebody with an account; the bot too."""

    id: str
    name: str = "Ann"
    locale: str = "en-GB"
    takes_direct: bool = True
    """False for who has blocked the bot, or takes no direct messages."""
    is_admin: bool = False
    """Of the server."""

    @property
    def payload(self) -> Json:
        """As Discord writes it."""
        plain: Json = {"id": self.id, "username": self.name.lower(), "discriminator": "0", "avatar": None}
        return plain | ({"bot": True} if self.id == BOT else {"global_name": self.name})

    @property
    def member(self) -> Json:
        """As a member of the server, without the user."""
        roles = [BOT_ROLE] if self.id == BOT else []
        joined = "2026-01-01T00:00:00+00:00"
        return {"roles": roles, "joined_at": joined, "deaf": False, "mute": False, "flags": 0, "nick": None}


@dataclass
class Channel:
    """Where messages stand."""

    id: str
    kind: int
    people: list[str] = field(default_factory=list)
    """In direct messages and groups: the ids of all but the bot."""
    guild_id: str | None = None
    parent_id: str | None = None
    """Of a thread."""
    name: str = "films"
    denied: Permission = NONE
    """What the bot may not do there."""
    is_nsfw: bool = False

    @property
    def payload(self) -> Json:
        """As Discord writes it, without the people of direct messages."""
        plain: Json = {"id": self.id, "type": self.kind, "last_message_id": None, "flags": 0}
        if self.guild_id is None:
            return plain
        plain |= {"guild_id": self.guild_id, "name": self.name, "parent_id": self.parent_id, "nsfw": self.is_nsfw}
        if self.kind == THREAD:
            archive: Json = {"archived": False, "auto_archive_duration": 1440, "locked": False}
            archive |= {"archive_timestamp": "2026-01-01T00:00:00+00:00"}
            counts = {"message_count": 0, "member_count": 1, "rate_limit_per_user": 0, "owner_id": PERSON}
            return plain | counts | {"thread_metadata": archive}
        overwrite: Json = {"id": BOT, "type": 1, "allow": "0", "deny": str(int(self.denied))}
        return plain | {"position": 0, "permission_overwrites": [overwrite] if self.denied else []}


def application(owner: str) -> Json:
    """The application that the bot belongs to."""
    return {
        "id": APPLICATION,
        "name": "Parley",
        "icon": None,
        "description": "",
        "summary": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "owner": User(owner).payload,
        "team": None,
        "flags": 0,
    }


def guild(channels: list[Channel], members: int) -> Json:
    """The server, as it comes after READY."""
    return {
        "id": GUILD,
        "name": "Film club",
        "owner_id": PERSON,
        "member_count": members,
        "channels": [channel.payload for channel in channels if channel.kind == TEXT_CHANNEL],
        "threads": [channel.payload for channel in channels if channel.kind == THREAD],
        "roles": [_role(GUILD, "@everyone", USUAL), _role(BOT_ROLE, "Parley", USUAL) | {"tags": {"bot_id": BOT}}],
        "members": [User(BOT, "Parley").member | {"user": User(BOT, "Parley").payload}],
        "emojis": [],
        "stickers": [],
        "features": [],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "preferred_locale": "en-US",
        "system_channel_flags": 0,
        "afk_timeout": 300,
    }


def _role(role_id: str, name: str, permissions: Permission) -> Json:
    role = {"id": role_id, "name": name, "permissions": str(int(permissions)), "position": 0, "color": 0}
    role |= {"hoist": False, "managed": role_id == BOT_ROLE, "mentionable": False, "flags": 0}
    return role | {"colors": {"primary_color": 0}}
