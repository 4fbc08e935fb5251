"""What is kept about people: one SQLite file, written by one connection."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import logging
import os
import sqlite3
import stat
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import asdict, astuple, dataclass, field, replace
from pathlib import Path
from typing import cast

import aiosqlite
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.texts import LANGUAGES
from domain.history import Interaction, Message, Role
from domain.preference import Constraint, Opinion, Preference, Source, Verdict

CONSENT_VERSION = 1
"""Raise it when the texts that people agree to change in substance: they are asked again."""

log = logging.getLogger(__name__)

EVENT_DAYS = 2
"""So long the ids of handled events are kept: Discord repeats an event within minutes, and never after a day."""
RECENT_MESSAGES = 12
FORGOTTEN_PEOPLE = 10_000
"""How many people who did not agree to be remembered are held in memory at once; the quietest leaves first."""

MOST_SURPRISE, MOST_ITEMS, MOST_AGE = 3.0, 5, 21
"""The greatest values of what a person may set."""

MIGRATIONS: Sequence[str] = (
    """
    CREATE TABLE people (
        person_id TEXT PRIMARY KEY,
        locale TEXT,
        remember_version INTEGER, remember_day INTEGER,
        share_version INTEGER, share_day INTEGER
    ) STRICT;
    CREATE TABLE events (event_id TEXT PRIMARY KEY, day INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE messages (
        message_id TEXT NOT NULL, role TEXT NOT NULL, person_id TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
        sealed BLOB NOT NULL, day INTEGER NOT NULL,
        PRIMARY KEY (message_id, role)
    ) STRICT;
    CREATE INDEX messages_of ON messages (person_id);
    CREATE TABLE opinions (
        person_id TEXT NOT NULL REFERENCES people ON DELETE CASCADE, item_id TEXT NOT NULL,
        verdict TEXT NOT NULL CHECK (verdict IN ('like', 'dislike', 'seen')),
        source TEXT NOT NULL CHECK (source IN ('message', 'button', 'command')),
        day INTEGER NOT NULL, position INTEGER NOT NULL,
        PRIMARY KEY (person_id, item_id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE constraints (
        person_id TEXT NOT NULL REFERENCES people ON DELETE CASCADE, position INTEGER NOT NULL,
        attribute TEXT NOT NULL, value TEXT NOT NULL, include INTEGER NOT NULL,
        PRIMARY KEY (person_id, position)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE shown (
        shown_id INTEGER PRIMARY KEY, person_id TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
        item_id TEXT NOT NULL, slate INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX shown_of ON shown (person_id);
    CREATE TABLE asked (
        person_id TEXT NOT NULL REFERENCES people ON DELETE CASCADE, attribute TEXT NOT NULL,
        PRIMARY KEY (person_id, attribute)
    ) STRICT, WITHOUT ROWID;
    """,
    """
    ALTER TABLE people ADD COLUMN public_reasons INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE refusals (person_code BLOB PRIMARY KEY, day INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE undelivered (
        event_id TEXT PRIMARY KEY, person_id TEXT NOT NULL, address TEXT NOT NULL, language TEXT NOT NULL,
        moment INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """,
    """
    ALTER TABLE messages ADD COLUMN told BLOB;
    """,
    """
    CREATE TABLE saved (
        person_id TEXT NOT NULL REFERENCES people ON DELETE CASCADE, position INTEGER NOT NULL,
        item_id TEXT NOT NULL, day INTEGER NOT NULL,
        PRIMARY KEY (person_id, item_id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE personal_settings (
        person_id TEXT PRIMARY KEY REFERENCES people ON DELETE CASCADE,
        language TEXT, only_to_me INTEGER NOT NULL, surprise REAL, slate INTEGER, age_limit INTEGER
    ) STRICT, WITHOUT ROWID;
    """,
    """
    CREATE TABLE servers (
        server_id TEXT PRIMARY KEY, language TEXT, only_to_me INTEGER NOT NULL, age_limit INTEGER,
        channels TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    """,
    """
    ALTER TABLE people ADD COLUMN elsewhere_version INTEGER;
    ALTER TABLE people ADD COLUMN elsewhere_day INTEGER;
    """,
)
"""Append only: a database in the field is at one of these steps, and is brought up from there."""


class HistoryError(Exception):
    """The database cannot be used; the message is a sentence for the bot's owner."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One item that was recommended, and in which slate (1, 2, …) of the person's."""

    item_id: str
    slate: int


@dataclass(frozen=True, slots=True)
class Saved:
    """One item that a person put on their watchlist, and the day since 1970 on which they did."""

    item_id: str
    day: int


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """What those who manage a server have set for everybody in it; None leaves it to each person.

    Attributes:
        language: of replies to whoever chose none.
        only_to_me: answers are for nobody to read but who asked.
        age_limit: nothing is shown there that is for older people, or of which that is not known.
        channels: ids of the only channels where it answers who mentions it; none for all.

    Raises:
        ValueError: a value is none of these.
    """

    language: str | None = None
    only_to_me: bool = False
    age_limit: int | None = None
    channels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check(self.language, self.age_limit)


@dataclass(frozen=True, slots=True)
class PersonalSettings:
    """What a person has set for themselves; None leaves it to the bot.

    Attributes:
        language: of replies, one of `LANGUAGES`; None goes by each message, or else by the person's Discord client.
        only_to_me: answers to their commands are for nobody else to read.
        surprise: scale of z, in [0, `MOST_SURPRISE`].
        slate: how many items a recommendation has, in [1, `MOST_ITEMS`].
        age_limit: nothing is shown that is for older people, or of which that is not known.

    Raises:
        ValueError: a value is none of these.
    """

    language: str | None = None
    only_to_me: bool = False
    surprise: float | None = None
    slate: int | None = None
    age_limit: int | None = None

    def __post_init__(self) -> None:
        _check(self.language, self.age_limit)
        if not 0 <= (self.surprise or 0) <= MOST_SURPRISE:
            raise ValueError(f"a scale of surprise is no {self.surprise}")
        if not 1 <= (1 if self.slate is None else self.slate) <= MOST_ITEMS:
            raise ValueError(f"a recommendation has no {self.slate} items")

    def changed(self) -> dict[str, object]:
        """The settings that are not as they are for everybody, by name."""
        return {name: value for name, value in asdict(self).items() if value != getattr(PersonalSettings(), name)}


def _check(language: str | None, age_limit: int | None) -> None:
    if language is not None and language not in LANGUAGES:
        raise ValueError(f"there is no language {language!r} here")
    if not 0 <= (age_limit or 0) <= MOST_AGE:
        raise ValueError(f"nothing is for people of {age_limit}")


@dataclass(frozen=True, slots=True)
class Person:
    """Everything that a turn has to know of a person.

    Attributes:
        remember: agreed that their history is kept, or said no; None if not asked yet.
        share: agreed that their button and command ratings improve the shared model.
        public_reasons: agreed that what they liked may be named as a reason where others read it.
        elsewhere: agreed that what they write is sent to a language model on another machine, which words the replies.
        shown: everything that was recommended, oldest first: it is not to come back.
        asked: attributes they were asked about.
        saved: their watchlist, oldest first.
        settings: what they have set for themselves.
        messages: the last `RECENT_MESSAGES`, oldest first.
    """

    person_id: str
    locale: str | None = None
    remember: bool | None = None
    share: bool = False
    public_reasons: bool = False
    elsewhere: bool = False
    preference: Preference = field(default_factory=Preference)
    shown: tuple[Shown, ...] = ()
    asked: tuple[str, ...] = ()
    saved: tuple[Saved, ...] = ()
    settings: PersonalSettings = PersonalSettings()
    messages: tuple[Message, ...] = ()

    @property
    def last_slate(self) -> tuple[str, ...]:
        """Ids of the items of the last recommendation, in its order."""
        return tuple(s.item_id for s in self.shown if s.slate == self.shown[-1].slate)

    def with_slate(self, item_ids: Iterable[str]) -> Person:
        """The person after one more recommendation."""
        slate = self.shown[-1].slate + 1 if self.shown else 1
        return replace(self, shown=(*self.shown, *(Shown(item_id, slate) for item_id in item_ids)))

    def with_messages(self, *messages: Message) -> Person:
        """The person after further messages."""
        return replace(self, messages=(*self.messages, *messages)[-RECENT_MESSAGES:])


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A reply that was committed and of which nobody told that it arrived.

    Attributes:
        address: where it goes, as the caller of `History.commit` wrote it.
        text: of the reply; None where the person did not agree that anything be kept.
        moment: seconds since 1970 when it was committed.
    """

    event_id: str
    person_id: str
    address: str
    language: str
    moment: int
    text: str | None


@dataclass(frozen=True, slots=True)
class Held:
    """One thing that the store holds about a person: what it is, since which day, and what it says."""

    what: str
    day: int | None
    says: str

    @property
    def item_id(self) -> str:
        """The id of the item that it is about; empty if it is about none."""
        return self.says if self.what in ("like", "dislike", "seen", "shown", "saved") else ""


def today() -> int:
    """Days since 1970, UTC."""
    return int(time.time() // 86_400)


class History:
    """The store of all people: on disk those who agreed, in memory the others.

    Opened by `History.open`, closed by `close`. Callers hold a lock a person around `load` … `commit`, so that two
    messages of one person cannot interleave.
    """

    def __init__(self, connection: aiosqlite.Connection, key: bytes, keep_days: int) -> None:
        self._db = connection
        self._cipher = AESGCM(key)
        self._code_key = hashlib.blake2b(b"refusals", key=key).digest()
        self.keep_days = keep_days
        self._swept = 0
        self._late: list[Undelivered] = []
        self._writing = asyncio.Lock()
        self._unremembered: OrderedDict[str, Person] = OrderedDict()
        self._settings: dict[str, PersonalSettings] = {}
        self._servers: dict[str, ServerSettings] = {}

    @classmethod
    async def open(cls, state_dir: Path, domain: str, keep_days: int = 30) -> History:
        """Open, or make, the database and key of a domain, and bring the tables up to date.

        Args:
            state_dir: folder that only the bot's user may enter; made if it is not there.
            domain: names the file.
            keep_days: messages older than that are deleted.

        Raises:
            HistoryError: the folder cannot be written, or the file is no database, a damaged one or one of a newer
                version.
        """
        path = state_dir / f"{domain}.sqlite3"
        try:
            _make_private(state_dir)
            key = _key(state_dir / "keys" / "messages.key")
            for file in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
                if file.exists() or file == path:
                    _owners_file(file)
            connection = await aiosqlite.connect(path, isolation_level=None)
        except (OSError, ValueError, sqlite3.Error) as error:
            raise HistoryError(f"the state folder {state_dir} cannot be used: {error}") from error
        history = cls(connection, key, keep_days)
        try:
            await history._prepare(state_dir)
        except BaseException as error:
            await connection.close()  # its thread would keep the process alive
            if isinstance(error, sqlite3.Error):
                said = str(error).splitlines()[0]
                hint = "put a copy of it back, or move it away to begin anew"
                raise HistoryError(f"the database {path} cannot be used ({said}): {hint}") from error
            raise
        return history

    async def _prepare(self, state_dir: Path) -> None:
        await _migrate(self._db)
        row = await self._one("PRAGMA quick_check(1)")
        if row is None or row[0] != "ok":
            raise sqlite3.DatabaseError(row[0] if row else "it is empty")
        try:
            for sealed in await self._all("SELECT message_id, role, sealed FROM messages LIMIT 1"):
                self._unseal(*sealed)
        except InvalidTag:
            raise HistoryError(f"the key in {state_dir / 'keys'} is not the one that sealed the messages") from None
        async with self._transaction():
            await self._sweep()
        self._late = await self._undelivered()
        self._settings = {row[0]: _chosen(row) for row in await self._all("SELECT * FROM personal_settings")}
        for row in await self._all("SELECT * FROM servers"):
            self._servers[row[0]] = ServerSettings(row[1], bool(row[2]), row[3], tuple(row[4].split()))

    async def close(self) -> None:
        """Fold the write-ahead log into the database and let go of it; a full disk is no reason to hold on to it."""
        try:
            await self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as error:
            log.warning("the database was closed with its log beside it: %s", error)
        finally:
            await self._db.close()

    async def load(self, person_id: str) -> Person:
        """What is known of a person; a person without history is a `Person` too."""
        if person_id in self._unremembered:
            self._unremembered.move_to_end(person_id)
            return self._unremembered[person_id]
        row = await self._one(
            "SELECT locale, remember_version, share_version, public_reasons, elsewhere_version FROM people "
            "WHERE person_id = ?",
            person_id,
        )
        if row is None:
            refused = await self._one("SELECT 1 FROM refusals WHERE person_code = ?", self._code(person_id))
            return Person(person_id, remember=False if refused else None)
        if row[1] != CONSENT_VERSION:
            return Person(person_id, locale=row[0])
        return Person(
            person_id,
            locale=row[0],
            remember=True,
            share=row[2] == CONSENT_VERSION,
            public_reasons=bool(row[3]),
            elsewhere=row[4] == CONSENT_VERSION,
            preference=Preference(await self._opinions(person_id), await self._constraints(person_id)),
            shown=await self._shown(person_id),
            asked=tuple(r[0] for r in await self._all("SELECT attribute FROM asked WHERE person_id = ?", person_id)),
            saved=await self._saved(person_id),
            settings=self.settings(person_id),
            messages=tuple(await self._messages(person_id, RECENT_MESSAGES)),
        )

    def settings(self, person_id: str) -> PersonalSettings:
        """What a person has set for themselves; from memory, so that it can be asked for before any answer."""
        held = self._unremembered.get(person_id)
        return held.settings if held else self._settings.get(person_id, PersonalSettings())

    def server(self, server_id: str) -> ServerSettings:
        """What is set for a server; from memory, as with `settings`."""
        return self._servers.get(server_id, ServerSettings())

    async def set_server(self, server_id: str, settings: ServerSettings) -> None:
        """Set it; what is as it is everywhere takes no row."""
        async with self._transaction():
            await self._db.execute("DELETE FROM servers WHERE server_id = ?", (server_id,))
            if settings != ServerSettings():
                *chosen, channels = astuple(settings)
                row = (server_id, *chosen, " ".join(channels))
                await self._db.execute("INSERT INTO servers VALUES (?, ?, ?, ?, ?)", row)
        self._servers[server_id] = settings

    async def handled(self, event_id: str) -> bool:
        """Whether an event of that id was committed before."""
        return await self._one("SELECT 1 FROM events WHERE event_id = ?", event_id) is not None

    async def commit(
        self, before: Person, after: Person, event_id: str, address: str = "", language: str = "en"
    ) -> bool:
        """Store what one event changed, all of it or nothing.

        Args:
            before: as `load` gave it.
            after: as the turn left it.
            event_id: of the message or interaction, the key that makes a repeated event harmless.
            address: where the reply goes, until `delivered` tells that it arrived; empty if nobody waits for one.
            language: of the reply.

        Returns:
            False if that event was committed before; then nothing changes.
        """
        key = after.person_id
        async with self._transaction():
            cursor = await self._db.execute("INSERT OR IGNORE INTO events VALUES (?, ?)", (event_id, today()))
            if cursor.rowcount == 0:
                return False
            await self._sweep()
            if after.remember:
                await self._write(before, after)
                await self._db.execute("DELETE FROM refusals WHERE person_code = ?", (self._code(key),))
            elif after.remember is False or before.remember:
                await self._delete(key)
            if after.remember is False:
                await self._db.execute("INSERT OR IGNORE INTO refusals VALUES (?, ?)", (self._code(key), today()))
            if address:
                waits = (event_id, key, address, language, int(time.time()))
                await self._db.execute("INSERT INTO undelivered VALUES (?, ?, ?, ?, ?)", waits)
        if after.remember:
            self._unremembered.pop(key, None)
            self._settings[key] = after.settings
        else:
            self._hold(after)
            self._settings.pop(key, None)
        return True

    async def delivered(self, event_id: str) -> None:
        """Note that the reply to an event arrived, or that nobody can be reached with it."""
        self._late = [late for late in self._late if late.event_id != event_id]
        async with self._writing:
            await self._db.execute("DELETE FROM undelivered WHERE event_id = ?", (event_id,))

    def undelivered(self) -> list[Undelivered]:
        """The replies of before this process of which nobody told that they arrived, oldest first."""
        return list(self._late)

    async def _undelivered(self) -> list[Undelivered]:
        rows = await self._all(
            """
            SELECT event_id, undelivered.person_id, address, language, moment, sealed
            FROM undelivered LEFT JOIN messages ON message_id = event_id AND role = 'bot' ORDER BY moment
            """
        )
        return [
            Undelivered(r[0], r[1], r[2], r[3], r[4], None if r[5] is None else self._unseal(r[0], "bot", r[5]))
            for r in rows
        ]

    async def erase(self, person_id: str, event_id: str | None = None) -> bool:
        """Delete everything that is held of a person, from the file's free pages and its log as well.

        Args:
            person_id: whose.
            event_id: of the event that asked for it, to be noted as handled.

        Returns:
            False if that event was handled before.
        """
        async with self._transaction():
            if event_id is not None:
                cursor = await self._db.execute("INSERT OR IGNORE INTO events VALUES (?, ?)", (event_id, today()))
                if cursor.rowcount == 0:
                    return False
            await self._delete(person_id)
            await self._db.execute("DELETE FROM refusals WHERE person_code = ?", (self._code(person_id),))
        self._unremembered.pop(person_id, None)
        self._settings.pop(person_id, None)
        await self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return True

    async def held(self, person_id: str) -> list[Held]:
        """Everything that the store holds about a person, table by table, oldest first."""
        found = [
            Held(what, day, "")
            for row in await self._all(
                "SELECT remember_day, share_day, elsewhere_day FROM people WHERE person_id = ?", person_id
            )
            for what, day in zip(("remember", "share", "elsewhere"), row, strict=True)
            if day is not None
        ]
        for row in await self._all("SELECT locale, public_reasons FROM people WHERE person_id = ?", person_id):
            found += [Held("locale", None, row[0])] if row[0] else []
            found += [Held("public_reasons", None, "")] if row[1] else []
        for row in await self._all("SELECT day FROM refusals WHERE person_code = ?", self._code(person_id)):
            found.append(Held("refusal", row[0], ""))
        opinions = "SELECT verdict, day, item_id FROM opinions WHERE person_id = ? ORDER BY position"
        found += [Held(*row) for row in await self._all(opinions, person_id)]
        wishes = "SELECT iif(include, 'wanted', 'unwanted'), NULL, attribute || ' ' || value FROM constraints"
        found += [Held(*row) for row in await self._all(f"{wishes} WHERE person_id = ? ORDER BY position", person_id)]
        shown = "SELECT 'shown', NULL, item_id FROM shown WHERE person_id = ? ORDER BY shown_id"
        found += [Held(*row) for row in await self._all(shown, person_id)]
        asked = "SELECT 'asked', NULL, attribute FROM asked WHERE person_id = ?"
        found += [Held(*row) for row in await self._all(asked, person_id)]
        saved = "SELECT 'saved', day, item_id FROM saved WHERE person_id = ? ORDER BY position"
        found += [Held(*row) for row in await self._all(saved, person_id)]
        for row in await self._all("SELECT * FROM personal_settings WHERE person_id = ?", person_id):
            found += [Held(f"set_{name}", None, str(value)) for name, value in _chosen(row).changed().items()]
        said = "SELECT role, day, message_id, sealed, told FROM messages WHERE person_id = ?"
        for role, day, message_id, sealed, told in await self._all(said, person_id):
            found.append(Held(role, day, self._unseal(message_id, role, sealed)))
            if read := self._unseal(message_id, role, told):
                found.append(Held("read" if role == "user" else "planned", day, read))
        waiting = "SELECT 'undelivered', moment / 86400, address FROM undelivered WHERE person_id = ?"
        return found + [Held(*row) for row in await self._all(waiting, person_id)]

    async def transcript(self, person_id: str) -> list[Message]:
        """Everything that was said by and to a person who agreed to be remembered, oldest first."""
        return await self._messages(person_id, -1)

    async def shared_ratings(self) -> list[Interaction]:
        """The ratings that may train the shared model: given by button or command, by people who agreed to that.

        Interactions with value 1 (liked) or -1 (disliked) and the day as timestamp; there is no text in them.
        """
        rows = await self._all(
            """
            SELECT person_id, item_id, CASE verdict WHEN 'like' THEN 1.0 ELSE -1.0 END, day * 86400
            FROM opinions JOIN people USING (person_id)
            WHERE verdict != 'seen' AND source != 'message' AND remember_version = ? AND share_version = ?
            ORDER BY person_id, item_id
            """,
            CONSENT_VERSION,
            CONSENT_VERSION,
        )
        return [Interaction(*row) for row in rows]

    @contextlib.asynccontextmanager
    async def _transaction(self) -> AsyncIterator[None]:
        async with self._writing:
            await self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                await self._db.execute("ROLLBACK")
                raise
            await self._db.execute("COMMIT")

    def _hold(self, person: Person) -> None:
        self._unremembered[person.person_id] = person
        self._unremembered.move_to_end(person.person_id)
        if len(self._unremembered) > FORGOTTEN_PEOPLE:
            self._unremembered.popitem(last=False)

    async def _write(self, before: Person, after: Person) -> None:
        old = before if before.remember else Person(after.person_id)
        key = after.person_id
        await self._db.execute(
            """
            INSERT INTO people
            VALUES (:person, :locale, :version, :day, :share, :share_day, :public, :elsewhere, :elsewhere_day)
            ON CONFLICT (person_id) DO UPDATE SET
                locale = :locale, public_reasons = :public,
                remember_version = :version, remember_day = coalesce(remember_day, :day),
                share_version = :share, share_day = iif(:share IS share_version, share_day, :share_day),
                elsewhere_version = :elsewhere,
                elsewhere_day = iif(:elsewhere IS elsewhere_version, elsewhere_day, :elsewhere_day)
            """,
            {
                "person": key,
                "locale": after.locale,
                "version": CONSENT_VERSION,
                "day": today(),
                "share": CONSENT_VERSION if after.share else None,
                "share_day": today() if after.share else None,
                "public": after.public_reasons,
                "elsewhere": CONSENT_VERSION if after.elsewhere else None,
                "elsewhere_day": today() if after.elsewhere else None,
            },
        )
        await self._write_opinions(key, old.preference, after.preference)
        if old.preference.constraints != after.preference.constraints:
            await self._db.execute("DELETE FROM constraints WHERE person_id = ?", (key,))
            await self._db.executemany(
                "INSERT INTO constraints VALUES (?, ?, ?, ?, ?)",
                [(key, n, c.attribute, c.value, c.include) for n, c in enumerate(after.preference.constraints)],
            )
        if old.asked != after.asked:
            await self._db.execute("DELETE FROM asked WHERE person_id = ?", (key,))
            await self._db.executemany("INSERT INTO asked VALUES (?, ?)", [(key, a) for a in after.asked])
        await self._write_saved(key, old.saved, after.saved)
        await self._write_settings(key, old.settings, after.settings)
        known = set(old.shown)
        if not known <= set(after.shown):
            await self._db.execute("DELETE FROM shown WHERE person_id = ?", (key,))
            known = set()
        await self._db.executemany(
            "INSERT INTO shown (person_id, item_id, slate) VALUES (?, ?, ?)",
            [(key, s.item_id, s.slate) for s in after.shown if s not in known],
        )
        kept = {(m.message_id, m.role) for m in old.messages}
        await self._db.executemany(
            "INSERT OR IGNORE INTO messages VALUES (?, ?, ?, ?, ?, ?)",
            [
                (m.message_id, m.role, key, self._seal(m, m.text), today(), self._seal(m, m.told))
                for m in after.messages
                if (m.message_id, m.role) not in kept
            ],
        )

    async def _write_opinions(self, key: str, old: Preference, new: Preference) -> None:
        gone = [(key, item_id) for item_id in old.opinions if item_id not in new.opinions]
        await self._db.executemany("DELETE FROM opinions WHERE person_id = ? AND item_id = ?", gone)
        changed = [
            (key, o.item_id, o.verdict, o.source, o.day, key)
            for o in new.opinions.values()
            if old.opinions.get(o.item_id) != o
        ]
        await self._db.executemany(
            """
            INSERT OR REPLACE INTO opinions VALUES (?, ?, ?, ?, ?,
                (SELECT coalesce(max(position), 0) + 1 FROM opinions WHERE person_id = ?))
            """,
            changed,
        )

    async def _write_saved(self, key: str, old: tuple[Saved, ...], new: tuple[Saved, ...]) -> None:
        gone = [(key, one.item_id) for one in old if one not in new]
        await self._db.executemany("DELETE FROM saved WHERE person_id = ? AND item_id = ?", gone)
        await self._db.executemany(
            """
            INSERT INTO saved VALUES (?, (SELECT coalesce(max(position), 0) + 1 FROM saved WHERE person_id = ?), ?, ?)
            """,
            [(key, key, one.item_id, one.day) for one in new if one not in old],
        )

    async def _write_settings(self, key: str, old: PersonalSettings, new: PersonalSettings) -> None:
        if old != new:
            await self._db.execute(
                "INSERT OR REPLACE INTO personal_settings VALUES (?, ?, ?, ?, ?, ?)", (key, *astuple(new))
            )

    async def _delete(self, person_id: str) -> None:
        await self._db.execute("DELETE FROM people WHERE person_id = ?", (person_id,))
        await self._db.execute("DELETE FROM undelivered WHERE person_id = ?", (person_id,))

    async def _sweep(self) -> None:
        """Once a day, delete messages that were kept for long enough, and the ids of events that nobody repeats."""
        day = today()
        if day > self._swept:
            await self._db.execute("DELETE FROM messages WHERE day <= ?", (day - self.keep_days,))
            await self._db.execute("DELETE FROM events WHERE day <= ?", (day - EVENT_DAYS,))
            self._swept = day

    def _code(self, person_id: str) -> bytes:
        """What stands for somebody who is not to be remembered: nobody without the key can tell who it is."""
        return hmac.digest(self._code_key, person_id.encode(), "sha256")

    async def _opinions(self, person_id: str) -> dict[str, Opinion]:
        rows = await self._all(
            "SELECT item_id, verdict, source, day FROM opinions WHERE person_id = ? ORDER BY position", person_id
        )
        return {r[0]: Opinion(r[0], cast("Verdict", r[1]), cast("Source", r[2]), r[3]) for r in rows}

    async def _constraints(self, person_id: str) -> tuple[Constraint, ...]:
        rows = await self._all(
            "SELECT attribute, value, include FROM constraints WHERE person_id = ? ORDER BY position", person_id
        )
        return tuple(Constraint(r[0], r[1], bool(r[2])) for r in rows)

    async def _shown(self, person_id: str) -> tuple[Shown, ...]:
        rows = await self._all("SELECT item_id, slate FROM shown WHERE person_id = ? ORDER BY shown_id", person_id)
        return tuple(Shown(*r) for r in rows)

    async def _saved(self, person_id: str) -> tuple[Saved, ...]:
        rows = await self._all("SELECT item_id, day FROM saved WHERE person_id = ? ORDER BY position", person_id)
        return tuple(Saved(*r) for r in rows)

    async def _messages(self, person_id: str, most: int) -> list[Message]:
        rows = await self._all(
            "SELECT message_id, role, sealed, told FROM messages WHERE person_id = ? AND day > ? "
            "ORDER BY rowid DESC LIMIT ?",
            person_id,
            today() - self.keep_days,
            most,
        )
        return [
            Message(r[0], cast("Role", r[1]), *(self._unseal(r[0], r[1], sealed) for sealed in (r[2], r[3])))
            for r in reversed(rows)
        ]

    def _seal(self, message: Message, text: str) -> bytes:
        nonce = os.urandom(12)
        bound_to = f"{message.message_id}/{message.role}".encode()
        return nonce + self._cipher.encrypt(nonce, text.encode(), bound_to)

    def _unseal(self, message_id: str, role: str, sealed: bytes | None) -> str:
        if sealed is None:  # kept by an older version
            return ""
        return self._cipher.decrypt(sealed[:12], sealed[12:], f"{message_id}/{role}".encode()).decode()

    async def _one(self, sql: str, *parameters: object) -> sqlite3.Row | None:
        async with self._db.execute(sql, parameters) as cursor:
            return await cursor.fetchone()

    async def _all(self, sql: str, *parameters: object) -> list[sqlite3.Row]:
        async with self._db.execute(sql, parameters) as cursor:
            return list(await cursor.fetchall())


PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON", "temp_store = MEMORY")
"""Durable, erased for certain, and with no file but the database's own."""


def _chosen(row: sqlite3.Row) -> PersonalSettings:
    """A row of `personal_settings`, whose columns are the fields behind the person's id."""
    _, language, only_to_me, *numbers = row
    return PersonalSettings(language, bool(only_to_me), *numbers)


async def _migrate(connection: aiosqlite.Connection) -> None:
    for pragma in PRAGMAS:
        await connection.execute(f"PRAGMA {pragma}")
    async with connection.execute("PRAGMA user_version") as cursor:
        row = await cursor.fetchone()
    version = 0 if row is None else int(row[0])
    if version > len(MIGRATIONS):
        raise HistoryError(f"it was written by a newer Parley (schema {version}, this one knows {len(MIGRATIONS)})")
    for step, script in enumerate(MIGRATIONS[version:], start=version + 1):
        await connection.executescript(f"BEGIN IMMEDIATE; {script}; PRAGMA user_version = {step}; COMMIT;")


def _key(path: Path) -> bytes:
    """The key that seals message text: 32 random bytes that only the bot's user can read, made at the first start."""
    _make_private(path.parent)
    with contextlib.suppress(FileExistsError):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(AESGCM.generate_key(256))
    key = path.read_bytes()
    if len(key) != 32:
        raise ValueError(f"{path} is not a key of 32 bytes")
    return key


def _make_private(folder: Path) -> None:
    """Make a folder that only its owner may enter; one that is there is closed to others where that is allowed."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with contextlib.suppress(PermissionError):
        folder.chmod(stat.S_IRWXU)


def _owners_file(path: Path) -> None:
    """Make a file that only its owner may read and write; SQLite gives its log the same mode."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    with contextlib.suppress(PermissionError):
        path.chmod(0o600)
