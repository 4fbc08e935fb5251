"""What the local Discord holds: people, channels, messages and interactions, and its rules about them."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from tests.discord_server.clock import Clock
from tests.discord_server.limits import COMPONENTS_V2, Json
from tests.discord_server.messages import (
    AUTOCOMPLETE,
    CHOICES,
    COMMAND,
    COMPONENT,
    DEFER,
    DEFER_UPDATE,
    EPHEMERAL,
    LOADING,
    MODAL,
    SAY,
    SUBMIT,
    UPDATE,
    Interaction,
    Message,
)
from tests.discord_server.payloads import (
    APPLICATION,
    BOT,
    DIRECT,
    DIRECT_CHANNEL,
    GROUP,
    GROUP_CHANNEL,
    GUILD,
    PERSON,
    ROOM,
    TEXT_CHANNEL,
    THREAD,
    USUAL,
    Channel,
    Permission,
    User,
)

ACKNOWLEDGE_SECONDS, TOKEN_SECONDS = 3.0, 15 * 60.0
FOLLOW_UPS = 5
"""So many an interaction has where the application is installed for its person only."""

_ALLOWED = {
    COMMAND: (SAY, DEFER, MODAL),
    COMPONENT: (SAY, DEFER, DEFER_UPDATE, UPDATE, MODAL),
    AUTOCOMPLETE: (CHOICES,),
    SUBMIT: (SAY, DEFER, DEFER_UPDATE, UPDATE),
}
_EDITED = ("content", "embeds", "components", "flags", "attachments")


class RefusedError(Exception):
    """A request that breaks a rule."""

    def __init__(self, status: int, code: int, why: str) -> None:
        super().__init__(why)
        self.status, self.code, self.why = status, code, why


class State:
    """Everything that is held, and the rules about it; what breaks one raises `RefusedError`."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.acknowledge_seconds = ACKNOWLEDGE_SECONDS
        self.users = {BOT: User(BOT, "Parley"), PERSON: User(PERSON, is_admin=True)}
        self.channels = {
            ROOM: Channel(ROOM, TEXT_CHANNEL, guild_id=GUILD),
            DIRECT: Channel(DIRECT, DIRECT_CHANNEL, [PERSON]),
            GROUP: Channel(GROUP, GROUP_CHANNEL, [PERSON]),
        }
        self.messages: dict[str, Message] = {}
        self._written: defaultdict[str, list[Message]] = defaultdict(list)
        """By channel."""
        self.files: dict[str, bytes] = {}
        """What is attached to messages, by the attachment's id."""
        self.interactions: dict[str, Interaction] = {}
        """By token."""
        self.commands: list[Json] = []
        self._direct = {PERSON: DIRECT}
        self._last_id = 0

    def new_id(self) -> str:
        """An id that is younger than all before, with its moment in it."""
        self._last_id = max(self._last_id + 1, (int(time.time() * 1000) - 1_420_070_400_000) << 22)
        return str(self._last_id)

    # ---------------------------------------------------------------- people

    def user(self, user_id: str) -> User:
        """Somebody, who joins if they are new."""
        return self.users.setdefault(user_id, User(user_id))

    def direct(self, user_id: str) -> Channel:
        """Somebody's direct messages with the bot."""
        if user_id not in self._direct:
            channel = Channel(self.new_id(), DIRECT_CHANNEL, [self.user(user_id).id])
            self._direct[user_id], self.channels[channel.id] = channel.id, channel
        return self.channels[self._direct[user_id]]

    def thread(self, name: str, parent_id: str) -> Channel:
        """A new thread under a channel of the server."""
        parent = self.channel(parent_id)
        thread = Channel(self.new_id(), THREAD, [], parent.guild_id, parent.id, name, parent.denied)
        self.channels[thread.id] = thread
        return thread

    def with_people(self, channel: Channel) -> Json:
        """A channel as Discord writes it, with the people of direct messages."""
        people = [self.user(user_id).payload for user_id in channel.people]
        return channel.payload | ({"recipients": people} if channel.guild_id is None else {})

    def channel(self, channel_id: str) -> Channel:
        """A channel, for whoever may know of it."""
        if channel_id not in self.channels:
            raise RefusedError(404, 10003, "Unknown Channel")
        return self.channels[channel_id]

    def permissions(self, channel: Channel) -> Permission:
        """What the bot may do in a channel."""
        return USUAL & ~channel.denied

    def need(self, channel: Channel, permission: Permission) -> None:
        """Refuse what the bot may not do in a channel."""
        if channel.kind == GROUP_CHANNEL or Permission.VIEW_CHANNEL not in self.permissions(channel):
            raise RefusedError(403, 50001, "Missing Access")
        if channel.guild_id is not None and permission not in self.permissions(channel):
            raise RefusedError(403, 50013, "Missing Permissions")

    # -------------------------------------------------------------- messages

    def message(self, message_id: str, channel_id: str | None = None) -> Message:
        """A message that is there, and in that channel."""
        message = self.messages.get(message_id)
        if message is None or message.is_deleted or channel_id not in (None, message.payload["channel_id"]):
            raise RefusedError(404, 10008, "Unknown Message")
        return message

    def seen_by(self, user_id: str, channel_id: str) -> Iterator[Message]:
        """The messages of a channel that somebody sees, the oldest first."""
        for message in self._written[channel_id]:
            if not message.is_deleted and message.only_for in (None, user_id):
                yield message

    def write(
        self,
        author: User,
        channel: Channel,
        body: Json,
        files: Sequence[bytes] = (),
        only_for: str | None = None,
        **more: Any,
    ) -> Message:
        """Put a message into a channel, without a question whether that is allowed."""
        payload = {
            "id": self.new_id(),
            "channel_id": channel.id,
            "author": author.payload,
            "content": body.get("content") or "",
            "timestamp": "2026-01-01T00:00:00+00:00",
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": self._attached(body, files),
            "embeds": body.get("embeds") or [],
            "components": body.get("components") or [],
            "flags": body.get("flags") or 0,
            "pinned": False,
            "type": 0,
            **more,
        }
        message = self.messages[payload["id"]] = Message(payload, only_for)
        self._written[channel.id].append(message)
        return message

    def _attached(self, body: Json, files: Sequence[bytes]) -> list[Json]:
        """The attachments of a message: new ones, numbered as the files are, and such as stay."""
        attached = []
        for one in body.get("attachments") or []:
            number, new_id = int(one["id"]), self.new_id()
            if number < len(files):
                self.files[new_id] = files[number]
                url = f"http://127.0.0.1/attachments/{new_id}"
                new = {"id": new_id, "size": len(files[number]), "url": url, "proxy_url": url}
                attached.append({"filename": one.get("filename", "file")} | new)
            else:
                attached.append(one)
        return attached

    def send(self, channel: Channel, body: Json, files: Sequence[bytes] = ()) -> Message:
        """A message of the bot to a channel."""
        is_thread = channel.kind == THREAD
        self.need(channel, Permission.SEND_MESSAGES_IN_THREADS if is_thread else Permission.SEND_MESSAGES)
        if files:
            self.need(channel, Permission.ATTACH_FILES)
        if channel.kind == DIRECT_CHANNEL and not self.user(channel.people[0]).takes_direct:
            raise RefusedError(403, 50007, "Cannot send messages to this user")
        return self.write(self.users[BOT], channel, body, files, **self._reference(channel, body))

    def _reference(self, channel: Channel, body: Json) -> Json:
        reference = body.get("message_reference")
        if not reference:
            return {}
        if channel.guild_id and Permission.READ_MESSAGE_HISTORY not in self.permissions(channel):
            raise RefusedError(400, 160002, "You cannot reply without permission to read message history")
        answered = self.messages.get(str(reference["message_id"]))
        if answered is None or answered.is_deleted:
            if reference.get("fail_if_not_exists", True):
                raise RefusedError(400, 50035, "message_reference: REPLIES_UNKNOWN_MESSAGE: Unknown message")
            return {}
        return self.reply_to(answered)

    def reply_to(self, answered: Message) -> Json:
        """What makes a message the reply to another."""
        reference = {"message_id": answered.id, "channel_id": answered.payload["channel_id"], "type": 0}
        return {"type": 19, "message_reference": reference, "referenced_message": answered.payload}

    def edit(self, message: Message, body: Json, files: Sequence[bytes] = ()) -> Message:
        """Change a message of the bot; what is not named stays."""
        if message.payload["author"]["id"] != BOT:
            raise RefusedError(403, 50005, "Cannot edit a message authored by another user")
        changed = {key: body[key] for key in _EDITED if key in body}
        if "attachments" in changed:
            changed["attachments"] = self._attached(body, files)
        flags = message.payload["flags"] & ~LOADING | ((changed.get("flags") or 0) & COMPONENTS_V2)
        empty: Json = {"content": "", "embeds": [], "components": [], "attachments": []}
        new = message.payload | {key: value or empty.get(key) for key, value in changed.items()} | {"flags": flags}
        if flags & COMPONENTS_V2 and (new["content"] or new["embeds"]):
            raise RefusedError(400, 50035, "content: MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2")
        if not any(new[key] for key in empty):
            raise RefusedError(400, 50006, "Cannot send an empty message")
        message.payload = new
        message.versions.append(body)
        return message

    def delete(self, message: Message) -> None:
        """Take a message away."""
        message.is_deleted = True

    # ---------------------------------------------------------- interactions

    def callback(self, interaction_id: str, token: str, body: Json, files: Sequence[bytes] = ()) -> Interaction:
        """The first answer to an interaction."""
        interaction = self.interactions.get(token)
        age = self.clock.now() - interaction.began if interaction else 0.0
        if interaction is None or interaction.id != interaction_id:
            raise RefusedError(404, 10062, "Unknown interaction")
        if interaction.first is not None:
            raise RefusedError(400, 40060, "Interaction has already been acknowledged.")
        if age > self.acknowledge_seconds:
            raise RefusedError(404, 10062, f"Unknown interaction: it was answered after {age:.1f} s")
        kind = body["type"]
        if kind not in _ALLOWED[interaction.kind] or (kind in (DEFER_UPDATE, UPDATE) and not interaction.message):
            raise RefusedError(400, 50035, f"type: {kind} cannot answer an interaction of type {interaction.kind}")
        interaction.first = body
        interaction.answered_after = time.monotonic() - interaction.sent
        data = body.get("data") or {}
        if kind in (SAY, DEFER):
            interaction.original = self._respond(interaction, data, files, LOADING if kind == DEFER else 0)
        elif kind in (DEFER_UPDATE, UPDATE) and interaction.message:
            interaction.original = interaction.message
            if kind == UPDATE:
                self.edit(interaction.message, data, files)
        return interaction

    def answerable(self, token: str) -> Interaction:
        """The interaction whose token a request bears, while that is good."""
        interaction = self.interactions.get(token)
        if interaction is None or interaction.first is None:
            raise RefusedError(404, 10015, "Unknown Webhook")
        if self.clock.now() - interaction.began > TOKEN_SECONDS:
            raise RefusedError(401, 50027, "Invalid Webhook Token")
        return interaction

    def answer(self, interaction: Interaction, message_id: str) -> Message:
        """One of the messages that answer an interaction, by its id or as @original."""
        message = interaction.original if message_id == "@original" else self.messages.get(message_id)
        if message is None or message.is_deleted or message not in (interaction.original, *interaction.follow_ups):
            raise RefusedError(404, 10008, "Unknown Message")
        return message

    def follow_up(self, interaction: Interaction, body: Json, files: Sequence[bytes] = ()) -> Message:
        """One more answer; it takes the place of one that was promised, with the flags that the promise had."""
        original = interaction.original
        if original is not None and original.is_loading and not original.is_deleted:
            return self.edit(original, body | {"flags": (body.get("flags") or 0) & COMPONENTS_V2}, files)
        if interaction.is_user_install and len(interaction.follow_ups) >= FOLLOW_UPS:
            raise RefusedError(400, 40094, "Maximum number of follow up messages has been reached")
        message = self._respond(interaction, body, files)
        interaction.follow_ups.append(message)
        return message

    def _respond(self, interaction: Interaction, body: Json, files: Sequence[bytes], flags: int = 0) -> Message:
        metadata = {"id": interaction.id, "type": interaction.kind, "user": interaction.person.payload}
        metadata |= {"authorizing_integration_owners": interaction.payload["authorizing_integration_owners"]}
        flags |= body.get("flags") or 0
        return self.write(
            self.users[BOT],
            interaction.channel,
            body | {"flags": flags},
            files,
            type=20 if interaction.kind == COMMAND else 0,
            interaction_metadata=metadata,
            application_id=APPLICATION,
            webhook_id=APPLICATION,
            only_for=interaction.person.id if flags & EPHEMERAL else None,
        )
