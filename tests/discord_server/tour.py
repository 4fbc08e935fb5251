"""A tour through a bot: everything that it offers is used, whatever that is.

Commands and menus are found in what the bot has given to Discord, buttons and selects in what people see, modals where
they open: what is added to the bot is on the tour at once.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.discord_server.limits import BUTTON, COMPONENTS_V2, LINK, PREMIUM, SELECTS, Json, walk
from tests.discord_server.messages import Interaction, Message
from tests.discord_server.payloads import BOT, GROUP, GUILD, PERSON, ROOM
from tests.discord_server.person import MENTION, MESSAGE_MENU, USER_MENU, Person
from tests.discord_server.server import LocalDiscord

TEXT, INTEGER, YES_OR_NO, SOMEBODY, SOMEWHERE, ROLE, NUMBER = 3, 4, 5, 6, 7, 8, 10
"""Types of options."""
_PLACES = {0: ROOM, 1: None, 2: GROUP}
"""A channel for each context of commands; None for direct messages."""
_ORDER = (1, 0, 2)
"""Contexts, direct messages first: there a command is given in every way, elsewhere once."""
_WAYS, _REGULAR_WAYS = 12, 2
"""So many ways a command is given in, the first of them by the regular."""


@dataclass(frozen=True)
class Words:
    """What somebody says on the tour."""

    locale: str
    messages: tuple[str, ...]
    wish: str
    title: str


class Tour:
    """One language's tour. What was used, and how often, stands in `used`."""

    def __init__(self, server: LocalDiscord, words: Words) -> None:
        self.used: dict[str, int] = {}
        self._server, self._words = server, words
        self._people = itertools.count(200_000 if words.locale.startswith("en") else 300_000)
        self.heard: list[str] = []
        """The replies to messages."""
        self.pressed: set[str] = set()
        """The custom_id of every button that was pressed."""
        self._hosts: list[Person] = []
        """Who was on the tour: what they see is looked through for components."""
        self._regular = self._somebody()
        """Gives every command, so that what one of them keeps is there for the next; newcomers give it otherwise."""

    async def everything(self) -> None:
        """Say things, give every command, choose from every menu, use every kind of component that appears."""
        await self._talk()
        await self._commands(_WAYS)
        await self._fill_up()
        await self._commands(1)
        await self._menus()
        await self._components()
        await self._commands(1)
        await self._components()

    # --------------------------------------------------------------- messages

    async def _talk(self) -> None:
        person = self._somebody()
        for text in self._words.messages:
            await self._hear(person, text)
        room = self._somebody().at(ROOM)
        self._hosts.append(room)
        await self._hear(room, f"{MENTION} {self._words.messages[0]}")
        slate = [message for message in room.sees if message.payload["author"]["id"] == BOT][-1]
        await self._hear(room, self._words.messages[-1], to=slate)
        await self._hear(await room.thread(), f"{MENTION} {self._words.wish}")

    async def _hear(self, person: Person, text: str, to: Message | None = None) -> None:
        before = len(person.reads)
        await person.say(text, to=to)
        self.heard.append((await self._server.until(lambda: person.reads[before:]))[0])
        self._count(f"message in channel of kind {person.channel.kind}")

    # --------------------------------------------------------------- commands

    async def _commands(self, most: int) -> None:
        """Give every command in so many ways where it is given first, once in the other places."""
        for command, path, options in list(leaves(self._server.state.commands)):
            contexts = command.get("contexts") or [0, 1]
            for n, place in enumerate(_PLACES[context] for context in sorted(contexts, key=_ORDER.index)):
                ways = await self._ways(command, path, options, place)
                for m, given in enumerate(ways[: 1 if n else most]):
                    await self._command(self._for(command, place, is_regular=m < _REGULAR_WAYS), path, given)

    async def _fill_up(self) -> None:
        """Let the regular choose everything that options offer, one after another, so that lists get long."""
        for command, path, options in list(leaves(self._server.state.commands)):
            person = self._for(command, None, is_regular=True)
            for option in [option for option in options if option.get("autocomplete")]:
                name, *rest = path
                asked = await person.autocomplete(name, *rest, focused=option["name"], typed="")
                await self._server.answered(asked)
                needed = (await self._ways(command, path, options, None))[0] if asked.choices else {}
                for choice in asked.choices:
                    await self._command(person, path, needed | {option["name"]: choice["value"]})

    async def _command(self, person: Person, path: tuple[str, ...], given: Json) -> None:
        answered = await self._server.answered(await person.command(*path, **given))
        self._count("command " + " ".join(path))
        await self._modal(answered, person)

    async def _ways(self, command: Json, path: tuple[str, ...], options: list[Json], place: str | None) -> list[Json]:
        """Options as a person may give them: only those that have to be, then all, then each one's other values."""
        person = self._for(command, place)
        values = {option["name"]: await self._values(person, path, option) for option in options}
        needed = {option["name"]: values[option["name"]][0] for option in options if option.get("required")}
        everything = {name: given[0] for name, given in values.items()}
        ways = [needed, *(everything | {name: value} for name, given in values.items() for value in given)]
        return [way for n, way in enumerate(ways) if way not in ways[:n]]

    async def _values(self, person: Person, path: tuple[str, ...], option: Json) -> list[Any]:
        if option.get("choices"):
            return [choice["value"] for choice in option["choices"]]
        if option.get("autocomplete"):
            return await self._completed(person, path, option)
        least: float = option.get("min_value", 1)
        most: float = option.get("max_value", least)
        samples: dict[int, list[Any]] = {
            TEXT: [self._words.wish[: option.get("max_length", 6000)]],
            INTEGER: [least, most],
            NUMBER: [least, most],
            YES_OR_NO: [True, False],
            SOMEBODY: [PERSON],
            SOMEWHERE: [ROOM],
            ROLE: [GUILD],
        }
        return samples[option["type"]]

    async def _completed(self, person: Person, path: tuple[str, ...], option: Json) -> list[Any]:
        """What an option offers for what is typed, and words that it did not offer."""
        offered: list[Any] = []
        for typed in ("", self._words.title[:2], self._words.title, "zzzzzz"):
            name, *rest = path
            asked = await person.autocomplete(name, *rest, focused=option["name"], typed=typed)
            await self._server.answered(asked)
            offered += [choice["value"] for choice in asked.choices[:1]]
        self._count(f"autocomplete {' '.join(path)} {option['name']}")
        typed_out = [self._words.title, "zzzzzz"] if option["type"] == TEXT else []
        return [*dict.fromkeys(offered), *typed_out]

    async def _menus(self) -> None:
        person = self._for({}, ROOM)
        theirs = await person.say(self._words.title)
        for command in list(self._server.state.commands):
            kind = command.get("type") or 1
            bots = [message for message in person.sees if message.payload["author"]["id"] == BOT][:1]
            for message in [theirs, *bots] if kind == MESSAGE_MENU else []:
                await self._server.answered(await self._for({}, ROOM).menu(command["name"], message))
                self._count(f"menu {command['name']}")
            if kind == USER_MENU:
                await self._server.answered(await person.user_menu(command["name"], person.user))
                self._count(f"menu {command['name']}")

    # -------------------------------------------------------------- components

    async def _components(self) -> None:
        while pending := next(self._unused(), None):
            await self._use(*pending)

    def _unused(self) -> Iterator[tuple[Person, Message, Json]]:
        """Components of a kind that was not used yet, and who sees them where."""
        for person in self._hosts:
            for message in person.sees:
                for _, component in walk(message.payload):
                    if _is_usable(component) and _name(component) not in self.used:
                        yield person, message, component

    async def _use(self, person: Person, message: Message, component: Json) -> None:
        self._count(_name(component))
        custom_id = component["custom_id"]
        if component["type"] == BUTTON:
            self.pressed.add(custom_id)
            used = await person.press(message, custom_id)
        else:
            values = [option["value"] for option in component.get("options", ())] or [PERSON]
            used = await person.select(message, custom_id, *values[: component.get("max_values") or 1])
        await self._modal(await self._server.answered(used), person)

    async def press_unseen(self, *custom_ids: str, on_panel: bool = False) -> None:
        """Press buttons that nothing on the tour has brought, on a message or a panel of the bot that has them."""
        person = self._somebody()
        row = [{"type": BUTTON, "style": 2, "label": custom_id, "custom_id": custom_id} for custom_id in custom_ids]
        components: list[Json] = [{"type": 1, "components": row}]
        body: Json = {"content": "Press one.", "components": components}
        if on_panel:
            body = {"flags": COMPONENTS_V2, "components": [{"type": 10, "content": "Press one."}, *components]}
        message = self._server.state.send(person.channel, body)
        for custom_id in custom_ids:
            self.pressed.add(custom_id)
            await self._server.answered(await person.press(message, custom_id))

    async def _modal(self, opened: Interaction, person: Person) -> None:
        """Send a modal with words in it, and with none."""
        if opened.modal is None:
            return
        fields = [c for _, c in walk(opened.modal) if c.get("custom_id")]
        filled = {field["custom_id"].replace(":", "__"): self._fill(field) for field in fields}
        for values in (filled, dict.fromkeys(filled, "")):
            await self._server.answered(await person.submit(opened, **values))
        self._count(f"modal {_kind(opened.modal['custom_id'])}")

    def _fill(self, field: Json) -> str:
        options = [str(option["value"]) for option in field.get("options", ())]
        return options[0] if options else self._words.wish[: field.get("max_length") or 4000]

    # ------------------------------------------------------------------ people

    def _somebody(self) -> Person:
        """A newcomer: people who ask for much in a short time are told to wait."""
        person = self._server.person(str(next(self._people)), locale=self._words.locale)
        self._hosts.append(person)
        return person

    def _for(self, command: Json, place: str | None, *, is_regular: bool = False) -> Person:
        """Who gives a command: the owner, where not everybody is shown it."""
        if command.get("default_member_permissions") is not None:
            person = self._server.person(PERSON, locale=self._words.locale)
        else:
            person = self._regular if is_regular else self._somebody()
        if place is not None:
            person = person.at(place)
            self._hosts.append(person)
        return person

    def _count(self, what: str) -> None:
        self.used[what] = self.used.get(what, 0) + 1


def _is_usable(component: Json) -> bool:
    is_button = component["type"] == BUTTON and component.get("style") not in (LINK, PREMIUM)
    return (is_button or component["type"] in SELECTS) and not component.get("disabled")


def _name(component: Json) -> str:
    return f"{'button' if component['type'] == BUTTON else 'select'} {_kind(component['custom_id'])}"


def _kind(custom_id: str) -> str:
    """The words of a custom_id: what names an item, a person or a number is left out."""
    words = re.split(r"[=~]", custom_id)[0].split(":")
    return ":".join(word for word in words if re.fullmatch("[a-z_-]+", word))


def leaves(commands: Iterable[Json]) -> Iterator[tuple[Json, tuple[str, ...], list[Json]]]:
    """Every slash command that can be given: the command, the names that lead to it, its options."""
    for command in commands:
        if (command.get("type") or 1) == 1:
            for path, options in _leaves_under(command):
                yield command, (command["name"], *path), options


def _leaves_under(node: Json) -> Iterator[tuple[tuple[str, ...], list[Json]]]:
    options = node.get("options") or []
    nested = [option for option in options if option["type"] in (1, 2)]
    if not nested:
        yield (), options
    for option in nested:
        for path, inner in _leaves_under(option):
            yield (option["name"], *path), inner
