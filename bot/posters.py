"""Posters of films by TMDB, found by title and year; their addresses are kept for a while, the pictures never are."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import aiohttp
import aiosqlite
from rapidfuzz import fuzz, utils

log = logging.getLogger(__name__)

API = "https://api.themoviedb.org/3"
PICTURES = "https://image.tmdb.org/t/p/w342"
KEEP_DAYS, RETRY_DAYS = 90, 7
"""So long the address of a poster is kept, and that there is none. TMDB allows half a year."""
SECONDS = 4.0
"""TMDB has so long to answer."""
PAUSE_SECONDS = 60.0
"""For so long TMDB is asked nothing after it has not answered, or not as it should."""
AT_ONCE = 4
ALIKE = 90
"""Least likeness of titles, of 100, at which a film is taken for the one that is looked for."""
_DAY = 86_400
_PATH = re.compile(r"/[\w.-]{1,200}")
_FAILURES = (aiohttp.ClientError, OSError, TimeoutError, ValueError, KeyError, TypeError, AttributeError)
"""No connection, a status that is none of success, or JSON that is not what TMDB says that it answers."""

Film: TypeAlias = tuple[str, int | None]
"""Title and year."""
Addresses: TypeAlias = dict[Film, str]


class Posters:
    """Looks posters up, in what is kept and at TMDB."""

    def __init__(
        self,
        kept: aiosqlite.Connection,
        session: aiohttp.ClientSession,
        key: str,
        api: str = API,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._kept = kept
        self._session = session
        self._key = key
        self._api = api
        self._clock = clock
        self._rests_until = 0.0
        self._at_once = asyncio.Semaphore(AT_ONCE)

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls, state_dir: Path, key: str, *, seconds: float = SECONDS, **how: Any) -> AsyncIterator[Posters]:
        """Posters whose addresses are kept in a folder that is there, until the block ends."""
        timeout = aiohttp.ClientTimeout(total=seconds)
        async with (
            aiosqlite.connect(state_dir / "posters.sqlite3", isolation_level=None) as kept,
            aiohttp.ClientSession(timeout=timeout) as session,
        ):
            await kept.execute(
                "CREATE TABLE IF NOT EXISTS posters (title TEXT, year INT, address TEXT, day INT, "
                "PRIMARY KEY (title, year)) WITHOUT ROWID"
            )
            yield cls(kept, session, key, **how)

    async def kept(self, films: Iterable[Film]) -> Mapping[Film, str | None]:
        """What is known already: the addresses of posters, None of films that have none."""
        today = int(self._clock()) // _DAY
        found: dict[Film, str | None] = {}
        with _forgiven():
            for title, year in films:
                asked = await self._kept.execute(
                    "SELECT address FROM posters WHERE title = ? AND year = ? "
                    "AND day > CASE WHEN address IS NULL THEN ? ELSE ? END",
                    (title, year or 0, today - RETRY_DAYS, today - KEEP_DAYS),
                )
                for (address,) in await asked.fetchall():
                    found[title, year] = address
        return found

    async def find(self, films: Iterable[Film]) -> Addresses:
        """The addresses of posters, asked of TMDB where they are not known; of no more than it answers in time."""
        wanted = list(films)
        known = await self.kept(wanted)
        asked = await asyncio.gather(*(self._ask(film) for film in wanted if film not in known))
        return {film: address for film, address in [*known.items(), *filter(None, asked)] if address}

    async def _ask(self, film: Film) -> tuple[Film, str | None] | None:
        """A film and its poster, which is None if TMDB has none; nothing if TMDB cannot be asked."""
        async with self._at_once:
            if self._clock() < self._rests_until:
                return None
            try:
                address = _poster(await self._search(film), film)
            except _FAILURES as error:
                self._rests_until = self._clock() + PAUSE_SECONDS
                log.warning("TMDB is not asked for posters for %.0f s: %s", PAUSE_SECONDS, type(error).__name__)
                return None
        title, year = film
        today = int(self._clock()) // _DAY
        with _forgiven():
            await self._kept.execute(
                "INSERT OR REPLACE INTO posters VALUES (?, ?, ?, ?)", (title, year or 0, address, today)
            )
        return film, address

    async def _search(self, film: Film) -> list[Mapping[str, Any]]:
        title, year = film
        query = {"query": title, **({"year": str(year)} if year else {})}
        token = self._key.startswith("ey")  # TMDB gives out keys of 32 digits, and tokens that are JSON in base64
        headers = {"Authorization": f"Bearer {self._key}"} if token else {}
        query |= {} if token else {"api_key": self._key}
        async with self._session.get(f"{self._api}/search/movie", params=query, headers=headers) as response:
            response.raise_for_status()
            return list((await response.json())["results"])


@contextlib.contextmanager
def _forgiven() -> Iterator[None]:
    """A store of addresses that is full or damaged keeps nobody from an answer."""
    try:
        yield
    except sqlite3.Error as error:
        log.warning("Addresses of posters cannot be kept: %s", type(error).__name__)


def _poster(results: Iterable[Mapping[str, Any]], film: Film) -> str | None:
    """The poster of the first result that is the film; None if it has none, or none of them is."""
    for result in results:
        path = result.get("poster_path")
        if _is(result, film) and isinstance(path, str) and _PATH.fullmatch(path):
            return f"{PICTURES}{path}"
    return None


def _is(result: Mapping[str, Any], film: Film) -> bool:
    """Whether a result has the title of a film, in any of its forms, and came out within a year of it."""
    title, year = film
    released = str(result.get("release_date") or "")[:4]
    near = year is None or (released.isdecimal() and abs(int(released) - year) <= 1)
    names = (str(result.get(name) or "") for name in ("title", "original_title"))
    return near and any(fuzz.ratio(title, name, processor=utils.default_process) >= ALIKE for name in names)
