"""A person on the local Discord: what they do, and what they see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.discord_server.gateway import Gateway
from tests.discord_server.limits import SELECTS, Json, walk
from tests.discord_server.messages import AUTOCOMPLETE, COMMAND, COMPONENT, SUBMIT, Interaction, Message
from tests.discord_server.payloads import (
    APPLICATION,
    BOT,
    DIRECT_CHANNEL,
    GROUP_CHANNEL,
    GUILD,
    NONE,
    Channel,
    Permission,
    User,
)
from tests.discord_server.state import State

MENTION = f"<@{BOT}>"
SLASH, USER_MENU, MESSAGE_MENU = 1, 2, 3
IN_GUILD, WITH_BOT, ELSEWHERE = 0, 1, 2
"""Contexts of an interaction."""
_KINDS = {bool: 5, int: 4, float: 10, str: 3}
USER, CHANNEL = 6, 7
"""Options whose value is an id."""


class Person:
    """Somebody who writes, gives commands and presses in `channel`, their direct messages at first."""

    def __init__(self, state: State, gateway: Gateway, user: User, channel: Channel) -> None:
        self.user = user
        self.channel = channel
        self._state, self._gateway = state, gateway

    def at(self, channel_id: str) -> Person:
        """The same person in another channel."""
        return Person(self._state, self._gateway, self.user, self._state.channels[channel_id])

    # ---------------------------------------------------------------- sees

    @property
    def sees(self) -> list[Message]:
        """The messages that the person sees in the channel, the oldest first."""
        return list(self._state.seen_by(self.user.id, self.channel.id))

    @property
    def reads(self) -> list[str]:
        """The texts of the bot's messages that the person sees."""
        return [text_of(message) for message in self.sees if message.payload["author"]["id"] == BOT]

    def files(self, message: Message) -> list[bytes]:
        """What is attached to a message."""
        return [self._state.files[one["id"]] for one in message.payload["attachments"]]

    # ------------------------------------------------------------- messages

    async def say(self, text: str, *, to: Message | None = None) -> Message:
        """Write a message, or a reply that pings whom it answers.

        Discord keeps its words from the bot where no mention is in it, and in replies to the answers of commands.
        """
        answered = self._state.reply_to(to) if to else {}
        pings = to is not None and to.payload["author"]["id"] == BOT and "interaction_metadata" not in to.payload
        mentioned = MENTION in text or pings
        message = self._state.write(self.user, self.channel, {"content": text}, **answered)
        message.payload["mentions"] = [self._state.users[BOT].payload] if mentioned else []
        message.payload["mention_roles"] = re.findall(r"<@&(\d+)>", text)
        await self._tell("MESSAGE_CREATE", message, is_read=mentioned or self.channel.guild_id is None)
        return message

    async def delete(self, message: Message) -> None:
        """Delete a message."""
        self._state.delete(message)
        where = {"id": message.id, "channel_id": self.channel.id}
        guild = {"guild_id": GUILD} if self.channel.guild_id else {}
        await self._gateway.dispatch("MESSAGE_DELETE", where | guild)

    async def thread(self, name: str = "which one?") -> Person:
        """Open a thread; the same person in it."""
        thread = self._state.thread(name, self.channel.id)
        await self._gateway.dispatch("THREAD_CREATE", thread.payload | {"newly_created": True})
        return self.at(thread.id)

    async def _tell(self, event: str, message: Message, *, is_read: bool) -> None:
        if self.channel.kind == GROUP_CHANNEL:
            return  # the bot is in no group
        payload = message.payload | {"channel_type": self.channel.kind}
        if self.channel.guild_id:
            if Permission.VIEW_CHANNEL not in self._state.permissions(self.channel):
                return
            payload |= {"guild_id": GUILD, "member": self.user.member}
            payload["mentions"] = [user | {"member": User(BOT).member} for user in payload["mentions"]]
        if not is_read:
            payload |= {"content": "", "embeds": [], "components": [], "attachments": []}
        await self._gateway.dispatch(event, payload)

    # ---------------------------------------------------------- interactions

    async def command(self, name: str, *path: str, **options: Any) -> Interaction:
        """Give a slash command, known or not; options of the kinds that it has, or else of their values."""
        known = self._known(name, SLASH)
        nested = [self._option(known, path, option, value) for option, value in options.items()]
        return await self._interact(COMMAND, _named(known, name, _under(path, nested)) | self._resolved(nested))

    async def autocomplete(self, name: str, *path: str, focused: str, typed: str, **options: Any) -> Interaction:
        """Type into an option that completes itself."""
        known = self._known(name, SLASH)
        nested = [self._option(known, path, option, value) for option, value in options.items()]
        nested.append(self._option(known, path, focused, typed) | {"focused": True})
        return await self._interact(AUTOCOMPLETE, _named(known, name, _under(path, nested)))

    async def menu(self, name: str, message: Message) -> Interaction:
        """Choose from the menu of a message."""
        known = self._known(name, MESSAGE_MENU)
        data = _named(known, name, []) | {"type": MESSAGE_MENU, "target_id": message.id}
        return await self._interact(COMMAND, data | {"resolved": {"messages": {message.id: message.payload}}})

    async def user_menu(self, name: str, user: User) -> Interaction:
        """Choose from the menu of a person."""
        data = _named(self._known(name, USER_MENU), name, []) | {"type": USER_MENU, "target_id": user.id}
        return await self._interact(COMMAND, data | {"resolved": {"users": {user.id: user.payload}}})

    async def press(self, message: Message | str, custom_id: str) -> Interaction:
        """Press a button, whether it is there or not."""
        data = {"custom_id": custom_id, "component_type": 2}
        return await self._interact(COMPONENT, data, self._message(message))

    async def select(self, message: Message | str, custom_id: str, *values: str) -> Interaction:
        """Choose from a select."""
        there = self._message(message)
        kind = next((c["type"] for _, c in walk(there.payload) if c.get("custom_id") == custom_id), SELECTS[0])
        users = {value: self._state.user(value).payload for value in values if kind in (5, 7)}
        data: Json = {"custom_id": custom_id, "component_type": kind, "values": list(values)}
        return await self._interact(COMPONENT, data | ({"resolved": {"users": users}} if users else {}), there)

    async def submit(self, opened: Interaction, **values: str) -> Interaction:
        """Send a modal that an interaction has opened; fields that are not named keep what is in them.

        Args:
            opened: the interaction that was answered by the modal.
            values: by custom_id, whose colons are written as two underscores.
        """
        assert opened.modal is not None
        given = {key.replace("__", ":"): value for key, value in values.items()}
        components = [_filled(component, given) for component in opened.modal["components"]]
        data = {"custom_id": opened.modal["custom_id"], "components": components}
        return await self._interact(SUBMIT, data, opened.message)

    async def _interact(self, kind: int, data: Json, message: Message | None = None) -> Interaction:
        state = self._state
        payload = self._asked(kind, data) | self._who_asks
        if message is not None:
            payload |= {"message": message.payload}
        is_alone = self.channel.kind == GROUP_CHANNEL
        interaction = Interaction(payload, self.user, self.channel, state.clock.now(), is_alone, message)
        state.interactions[interaction.token] = interaction
        await self._gateway.dispatch("INTERACTION_CREATE", payload)
        return interaction

    def _asked(self, kind: int, data: Json) -> Json:
        """What is asked, and where."""
        state, channel = self._state, self.channel
        permissions = str(int(state.permissions(channel)))
        contexts = {DIRECT_CHANNEL: WITH_BOT, GROUP_CHANNEL: ELSEWHERE}
        owners = {"1": self.user.id} if channel.kind == GROUP_CHANNEL else {"0": channel.guild_id or "0"}
        return {
            "id": state.new_id(),
            "application_id": APPLICATION,
            "type": kind,
            "token": f"token-{state.new_id()}",
            "version": 1,
            "data": data,
            "channel_id": channel.id,
            "channel": state.with_people(channel) | {"permissions": permissions},
            "locale": self.user.locale,
            "app_permissions": permissions,
            "entitlements": [],
            "authorizing_integration_owners": owners,
            "context": contexts.get(channel.kind, IN_GUILD),
            "attachment_size_limit": 10_485_760,
        }

    @property
    def _who_asks(self) -> Json:
        """The person, as a member where it is in the server."""
        if self.channel.guild_id is None:
            return {"user": self.user.payload}
        permissions = Permission.ADMINISTRATOR | Permission.MANAGE_GUILD if self.user.is_admin else NONE
        member = self.user.member | {"user": self.user.payload, "permissions": str(int(permissions))}
        guild = {"id": GUILD, "locale": "en-US", "features": []}
        return {"guild_id": GUILD, "guild": guild, "guild_locale": "en-US", "member": member}

    def _message(self, message: Message | str) -> Message:
        return self._state.messages[message] if isinstance(message, str) else message

    def _known(self, name: str, kind: int) -> Json | None:
        of_kind = [command for command in self._state.commands if (command.get("type") or SLASH) == kind]
        return next((command for command in of_kind if command["name"] == name), None)

    def _option(self, command: Json | None, path: tuple[str, ...], name: str, value: Any) -> Json:
        node = command or {}
        for part in path:
            node = next((option for option in node.get("options", ()) if option["name"] == part), {})
        known = next((option for option in node.get("options", ()) if option["name"] == name), None)
        return {"name": name, "type": known["type"] if known else _KINDS[type(value)], "value": value}

    def _resolved(self, options: list[Json]) -> Json:
        users = {o["value"]: self._state.user(o["value"]) for o in options if o["type"] == USER}
        channels = {o["value"]: self._state.channel(o["value"]) for o in options if o["type"] == CHANNEL}
        resolved: Json = {}
        if users:
            resolved["users"] = {user_id: user.payload for user_id, user in users.items()}
        if channels:
            resolved["channels"] = {one_id: one.payload | {"permissions": "0"} for one_id, one in channels.items()}
        return {"resolved": resolved} if resolved else {}


def text_of(message: Message) -> str:
    """Everything that can be read in a message."""
    return "\n".join(_texts(message.payload))


def _texts(payload: Json) -> Iterator[str]:
    yield from filter(None, [payload["content"]])
    for embed in payload["embeds"]:
        yield from (embed[key] for key in ("title", "description") if embed.get(key))
    yield from (component["content"] for _, component in walk(payload) if component.get("content"))


def _named(command: Json | None, name: str, options: list[Json]) -> Json:
    return {"id": command["id"] if command else "1", "name": name, "type": SLASH, "options": options}


def _under(path: tuple[str, ...], options: list[Json]) -> list[Json]:
    """Options of a command that stands under others."""
    for depth, part in enumerate(reversed(path)):
        options = [{"name": part, "type": 2 if depth else 1, "options": options}]
    return options


def _filled(component: Json, given: dict[str, str]) -> Json:
    """A component of a modal as it is sent back."""
    if "components" in component:
        return {"type": component["type"], "components": [_filled(one, given) for one in component["components"]]}
    if "component" in component:
        return {"type": component["type"], "component": _filled(component["component"], given)}
    custom_id = component.get("custom_id")
    if custom_id is None:
        return {"type": component["type"]}
    if component["type"] in SELECTS:
        chosen = [given[custom_id]] if given.get(custom_id) else []
        return {"type": component["type"], "custom_id": custom_id, "values": chosen}
    value = given.get(custom_id, component.get("value") or "")
    return {"type": component["type"], "custom_id": custom_id, "value": value}
