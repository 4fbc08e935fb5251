import asyncio

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.posters import KEEP_DAYS, PAUSE_SECONDS, PICTURES, RETRY_DAYS, Posters

HEAT = ("Heat", 1995)
FOUND = {
    "results": [
        {"title": "Heat", "release_date": "1986-11-01", "poster_path": "/other.jpg"},
        {"title": "The Heat of It", "release_date": "1995-01-01", "poster_path": "/wrong.jpg"},
        {"title": "HEAT", "original_title": "Heat", "release_date": "1995-12-15", "poster_path": "/heat.jpg"},
    ]
}
KEY = "0123456789abcdef0123456789abcdef"


class Tmdb:
    """As much of TMDB as is asked of it: what it answers, and what it was asked."""

    def __init__(self) -> None:
        self.answer = FOUND
        self.status = 200
        self.hangs = False
        self.asked = []

    async def search(self, request):
        self.asked.append((dict(request.query), request.headers.get("Authorization")))
        if self.hangs:
            await asyncio.Event().wait()
        if isinstance(self.answer, str):
            return web.Response(text=self.answer, status=self.status, content_type="application/json")
        return web.json_response(self.answer, status=self.status)


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def server():
    tmdb = Tmdb()
    app = web.Application()
    app.router.add_get("/3/search/movie", tmdb.search)
    async with TestServer(app) as server:
        tmdb.server = server
        yield tmdb


@pytest.fixture
def opened(server, clock, tmp_path):
    """What opens the posters of one state folder, as each process would."""

    def opened(key=KEY, **how):
        return Posters.open(tmp_path, key, api=str(server.server.make_url("/3")), clock=clock, **how)

    return opened


@pytest.fixture
async def posters(opened):
    async with opened() as posters:
        yield posters


async def test_the_film_of_that_title_and_year_is_found_and_asked_for_once(posters, server):
    assert await posters.kept([HEAT]) == {}
    for _ in range(2):
        assert await posters.find([HEAT]) == {HEAT: f"{PICTURES}/heat.jpg"}
    assert await posters.kept([HEAT]) == {HEAT: f"{PICTURES}/heat.jpg"}
    assert server.asked == [({"query": "Heat", "year": "1995", "api_key": KEY}, None)]


async def test_a_token_is_sent_where_nobody_logs_it(opened, server):
    async with opened("eyJhbGciOi.x.y") as posters:
        await posters.find([HEAT])
    assert server.asked == [({"query": "Heat", "year": "1995"}, "Bearer eyJhbGciOi.x.y")]


async def test_addresses_outlive_a_restart_and_grow_old(opened, server, clock):
    async with opened() as posters:
        await posters.find([HEAT])
    clock.now += (KEEP_DAYS - 1) * 86_400
    async with opened() as posters:
        await posters.find([HEAT])
        assert len(server.asked) == 1
        clock.now += 86_400
        assert await posters.kept([HEAT]) == {}
        await posters.find([HEAT])
    assert len(server.asked) == 2


async def test_that_there_is_none_is_kept_for_less_long(posters, server, clock):
    server.answer = {"results": []}
    for _ in range(2):
        assert await posters.find([HEAT]) == {}
    assert await posters.kept([HEAT]) == {HEAT: None}
    assert len(server.asked) == 1
    clock.now += RETRY_DAYS * 86_400
    await posters.find([HEAT])
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    "path", [None, 7, "", "heat.jpg", "/../../heat.jpg", "//elsewhere.org/x.jpg", "/a b.jpg", "/" + "a" * 300]
)
async def test_what_is_no_path_of_a_poster_is_none(posters, server, path):
    server.answer = {"results": [{"title": "Heat", "release_date": "1995-12-15", "poster_path": path}]}
    assert await posters.find([HEAT]) == {}


async def test_a_film_without_a_year_is_found_by_its_title(posters, server):
    assert await posters.find([("Heat", None)]) == {("Heat", None): f"{PICTURES}/other.jpg"}
    assert "year" not in server.asked[0][0]


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (500, {}),
        (401, {}),
        (429, {}),
        (200, "<html>"),
        (200, []),
        (200, {}),
        (200, {"results": 7}),
        (200, {"results": [7]}),
    ],
)
async def test_one_that_is_wrong_is_left_alone_for_a_while_and_logged_without_the_key(
    posters, server, clock, caplog, status, answer
):
    server.status, server.answer = status, answer
    assert await posters.find([HEAT, ("Alien", 1979)]) == {}
    asked = len(server.asked)
    assert await posters.find([HEAT]) == {}
    assert len(server.asked) == asked
    assert "TMDB is not asked" in caplog.text
    assert KEY not in caplog.text
    clock.now += PAUSE_SECONDS
    server.status, server.answer = 200, FOUND
    assert await posters.find([HEAT]) == {HEAT: f"{PICTURES}/heat.jpg"}


async def test_one_that_is_gone_is_no_failure(posters, server):
    await server.server.close()
    assert await posters.find([HEAT]) == {}


async def test_one_that_is_slow_is_not_waited_for(opened, server):
    server.hangs = True
    async with opened(seconds=0.01) as posters:
        assert await posters.find([HEAT]) == {}


async def test_a_store_that_cannot_be_used_keeps_nobody_waiting(posters):
    await posters._kept.execute("DROP TABLE posters")
    assert await posters.find([HEAT]) == {HEAT: f"{PICTURES}/heat.jpg"}
