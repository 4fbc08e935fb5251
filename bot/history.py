"""What is kept about people: one SQLite file, written by one connection."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import aiosqlite
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.history import Interaction, Message, Role
from domain.preference import Constraint, Opinion, Preference, Source, Verdict

CONSENT_VERSION = 1
"""Raise it when the texts that people agree to change in substance: they are asked again."""

RECENT_MESSAGES = 12
RECENT_SHOWN = 100
FORGOTTEN_PEOPLE = 10_000
"""How many people who did not agree to be remembered are held in memory at once; the quietest leaves first."""

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
class Person:
    """Everything that a turn has to know of a person.

    Attributes:
        remember: agreed that their history is kept; None if not asked yet.
        share: agreed that their button and command ratings improve the shared model.
        shown: what was recommended, oldest first, the last `RECENT_SHOWN`.
        asked: attributes they were asked about.
        messages: the last `RECENT_MESSAGES`, oldest first.
    """

    person_id: str
    locale: str | None = None
    remember: bool | None = None
    share: bool = False
    preference: Preference = field(default_factory=Preference)
    shown: tuple[Shown, ...] = ()
    asked: tuple[str, ...] = ()
    messages: tuple[Message, ...] = ()

    @property
    def last_slate(self) -> tuple[str, ...]:
        """Ids of the items of the last recommendation, in its order."""
        return tuple(s.item_id for s in self.shown if s.slate == self.shown[-1].slate)

    def with_slate(self, item_ids: Iterable[str]) -> Person:
        """The person after one more recommendation."""
        slate = self.shown[-1].slate + 1 if self.shown else 1
        shown = (*self.shown, *(Shown(item_id, slate) for item_id in item_ids))
        return replace(self, shown=shown[-RECENT_SHOWN:])

    def with_messages(self, *messages: Message) -> Person:
        """The person after further messages."""
        return replace(self, messages=(*self.messages, *messages)[-RECENT_MESSAGES:])


def today() -> int:
    """Days since 1970, UTC."""
    return int(time.time() // 86_400)


class History:
    """The store of all people: on disk those who agreed, in memory the others.

    Opened by `History.open`, closed by `close`. Callers hold a lock a person around `load` … `commit`, so that two
    messages of one person cannot interleave.
    """

    def __init__(self, connection: aiosqlite.Connection, cipher: AESGCM) -> None:
        self._db = connection
        self._cipher = cipher
        self._writing = asyncio.Lock()
        self._unremembered: OrderedDict[str, Person] = OrderedDict()

    @classmethod
    async def open(cls, state_dir: Path, domain: str) -> History:
        """Open, or make, the database and key of a domain, and bring the tables up to date.

        Raises:
            HistoryError: the folder cannot be written, or the file is no database or one of a newer version.
        """
        try:
            cipher = AESGCM(_key(state_dir / "keys" / "messages.key"))
            connection = await aiosqlite.connect(state_dir / f"{domain}.sqlite3", isolation_level=None)
        except (OSError, ValueError, sqlite3.Error) as error:
            raise HistoryError(f"the state folder {state_dir} cannot be used: {error}") from error
        try:
            await _migrate(connection)
        except (sqlite3.Error, HistoryError) as error:
            await connection.close()
            raise HistoryError(f"the database in {state_dir} cannot be used: {error}") from error
        history = cls(connection, cipher)
        try:
            for row in await history._all("SELECT message_id, role, sealed FROM messages LIMIT 1"):
                history._unseal(*row)
        except InvalidTag:
            await connection.close()
            raise HistoryError(f"the key in {state_dir / 'keys'} is not the one that sealed the messages") from None
        return history

    async def close(self) -> None:
        """Fold the write-ahead log into the database and let go of it."""
        await self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        await self._db.close()

    async def load(self, person_id: str) -> Person:
        """What is known of a person; a person without history is a `Person` too."""
        if person_id in self._unremembered:
            self._unremembered.move_to_end(person_id)
            return self._unremembered[person_id]
        row = await self._one(
            "SELECT locale, remember_version, share_version FROM people WHERE person_id = ?", person_id
        )
        if row is None:
            return Person(person_id)
        if row[1] != CONSENT_VERSION:
            return Person(person_id, locale=row[0])
        return Person(
            person_id,
            locale=row[0],
            remember=True,
            share=row[2] == CONSENT_VERSION,
            preference=Preference(await self._opinions(person_id), await self._constraints(person_id)),
            shown=await self._shown(person_id),
            asked=tuple(r[0] for r in await self._all("SELECT attribute FROM asked WHERE person_id = ?", person_id)),
            messages=tuple(await self._messages(person_id, RECENT_MESSAGES)),
        )

    async def handled(self, event_id: str) -> bool:
        """Whether an event of that id was committed before."""
        return await self._one("SELECT 1 FROM events WHERE event_id = ?", event_id) is not None

    async def commit(self, before: Person, after: Person, event_id: str) -> bool:
        """Store what one event changed, all of it or nothing.

        Args:
            before: as `load` gave it.
            after: as the turn left it.
            event_id: of the message or interaction, the key that makes a repeated event harmless.

        Returns:
            False if that event was committed before; then nothing changes.
        """
        async with self._transaction():
            cursor = await self._db.execute("INSERT OR IGNORE INTO events VALUES (?, ?)", (event_id, today()))
            if cursor.rowcount == 0:
                return False
            if after.remember:
                await self._write(before, after)
            elif after.remember is False or before.remember:
                await self._delete(after.person_id)
        if after.remember:
            self._unremembered.pop(after.person_id, None)
        else:
            self._hold(after)
        return True

    async def erase(self, person_id: str) -> None:
        """Delete everything that is held of a person, from the file's free pages and its log as well."""
        self._unremembered.pop(person_id, None)
        async with self._transaction():
            await self._delete(person_id)
        await self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

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
            INSERT INTO people VALUES (:person, :locale, :version, :day, :share, :share_day)
            ON CONFLICT (person_id) DO UPDATE SET
                locale = :locale, remember_version = :version, remember_day = coalesce(remember_day, :day),
                share_version = :share, share_day = iif(:share IS share_version, share_day, :share_day)
            """,
            {
                "person": key,
                "locale": after.locale,
                "version": CONSENT_VERSION,
                "day": today(),
                "share": CONSENT_VERSION if after.share else None,
                "share_day": today() if after.share else None,
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
        known = set(old.shown)
        await self._db.executemany(
            "INSERT INTO shown (person_id, item_id, slate) VALUES (?, ?, ?)",
            [(key, s.item_id, s.slate) for s in after.shown if s not in known],
        )
        kept = {(m.message_id, m.role) for m in old.messages}
        await self._db.executemany(
            "INSERT OR IGNORE INTO messages VALUES (?, ?, ?, ?, ?)",
            [
                (m.message_id, m.role, key, self._seal(m), today())
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

    async def _delete(self, person_id: str) -> None:
        await self._db.execute("DELETE FROM people WHERE person_id = ?", (person_id,))

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
        rows = await self._all(
            "SELECT item_id, slate FROM shown WHERE person_id = ? ORDER BY shown_id DESC LIMIT ?",
            person_id,
            RECENT_SHOWN,
        )
        return tuple(Shown(*r) for r in reversed(rows))

    async def _messages(self, person_id: str, most: int) -> list[Message]:
        rows = await self._all(
            "SELECT message_id, role, sealed FROM messages WHERE person_id = ? ORDER BY rowid DESC LIMIT ?",
            person_id,
            most,
        )
        return [Message(r[0], cast("Role", r[1]), self._unseal(r[0], r[1], r[2])) for r in reversed(rows)]

    def _seal(self, message: Message) -> bytes:
        nonce = os.urandom(12)
        bound_to = f"{message.message_id}/{message.role}".encode()
        return nonce + self._cipher.encrypt(nonce, message.text.encode(), bound_to)

    def _unseal(self, message_id: str, role: str, sealed: bytes) -> str:
        return self._cipher.decrypt(sealed[:12], sealed[12:], f"{message_id}/{role}".encode()).decode()

    async def _one(self, sql: str, *parameters: object) -> sqlite3.Row | None:
        async with self._db.execute(sql, parameters) as cursor:
            return await cursor.fetchone()

    async def _all(self, sql: str, *parameters: object) -> list[sqlite3.Row]:
        async with self._db.execute(sql, parameters) as cursor:
            return list(await cursor.fetchall())


async def _migrate(connection: aiosqlite.Connection) -> None:
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
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
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with contextlib.suppress(FileExistsError):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(AESGCM.generate_key(256))
    key = path.read_bytes()
    if len(key) != 32:
        raise ValueError(f"{path} is not a key of 32 bytes")
    return key
