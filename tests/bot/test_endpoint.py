"""A model on a server, by a small server that fails in every way."""

import asyncio
import json
import logging

import pytest
from aiohttp import web

from bot.dialogue import ModelFailed
from bot.endpoint import MOST_BYTES, Endpoint, Limits

CHAT = [{"role": "user", "content": "films\nthey: something secret"}]
PATIENT = Limits(connect=20, first=20, total=20, pauses=(0.0, 0.0), rest=0.0)
HURRIED = Limits(connect=0.05, first=0.05, total=0.1, pauses=(), rest=0.0)


class Server:
    """Answers what it is told to, one answer after another; the last one again and again."""

    def __init__(self):
        self.answers = []
        self.asked = []
        self.left = asyncio.Event()

    async def answer(self, request):
        self.asked.append((dict(request.headers), await request.json()))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, int):
            return web.Response(status=answer, text="something secret", headers={"Location": "/v1/elsewhere"})
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        try:
            for line in answer:
                if line is None:
                    await asyncio.Event().wait()
                await response.write(line.encode())
        finally:
            self.left.set()
        return response


def said(text, reason=None):
    return f"data: {json.dumps({'choices': [{'delta': {'content': text}, 'finish_reason': reason}]})}\n\n"


DONE = "data: [DONE]\n\n"
GOOD = [said("", None), ": still here\n\n", said("Good "), said("evening"), said("", "stop"), DONE]


@pytest.fixture
async def server(unused_tcp_port):
    server = Server()
    app = web.Application()
    app.router.add_post("/v1/chat/completions", server.answer)
    runner = web.AppRunner(app, shutdown_timeout=0, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", unused_tcp_port).start()
    server.url = f"http://127.0.0.1:{unused_tcp_port}/v1"
    yield server
    await runner.cleanup()


async def told(server, answers, limits=PATIENT, **options):
    """What comes of a server's answers, and then how it ends."""
    server.answers = list(answers)
    endpoint = Endpoint(server.url, "big", limits=limits, **options)
    await endpoint.start()
    pieces = []
    try:
        async for piece in endpoint.stream(CHAT, seed=7, most_tokens=50):
            pieces.append(piece)  # noqa: PERF401 - what came before a failure counts
    except ModelFailed:
        pieces.append(ModelFailed)
    finally:
        await endpoint.close()
    return pieces


async def test_a_text_comes_piece_by_piece(server):
    assert await told(server, [GOOD], key="k") == ["Good ", "evening"]
    headers, asked = server.asked[0]
    assert headers["Authorization"] == "Bearer k"
    wanted = {"model": "big", "messages": CHAT, "stream": True, "seed": 7, "max_tokens": 50}
    assert wanted.items() <= asked.items()


@pytest.mark.parametrize("end", [[said("", "stop")], [said("", "length")], [DONE], ['data: {"choices": []}\n\n', DONE]])
async def test_a_text_ends_as_servers_end_it(server, end):
    assert await told(server, [[said("Hi"), *end]]) == ["Hi"]


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_busy_server_is_asked_again(server, status):
    assert await told(server, [status, status, GOOD]) == ["Good ", "evening"]
    assert await told(server, [status]) == [ModelFailed]
    assert len(server.asked) == 3 + 3


@pytest.mark.parametrize("status", [301, 400, 401, 404])
async def test_what_another_try_would_not_mend_is_not_tried(server, status):
    assert await told(server, [status]) == [ModelFailed]
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "stream",
    [
        [],
        ["<html>no such page</html>"],
        ["data: {\n\n"],
        ["data: []\n\n"],
        ['data: {"error": {"message": "something secret"}}\n\n'],
        ['data: {"choices": [{"delta": null}]}\n\n'],
        ['data: {"choices": [{"delta": {"content": 5}}]}\n\n'],
        ['data: {"choices": 5}\n\n'],
        [DONE],
        ["data: " + "x" * MOST_BYTES],
        [": " + "x" * 900 + "\n"] * (MOST_BYTES // 900),
    ],
)
async def test_what_is_no_text_is_none(server, stream):
    assert await told(server, [stream]) == [ModelFailed]


async def test_a_text_that_breaks_off_is_told_so_far_and_not_asked_for_again(server):
    assert await told(server, [[said("Good ")], GOOD]) == ["Good ", ModelFailed]
    assert await told(server, [[said("Good "), "data: {\n\n"], GOOD]) == ["Good ", ModelFailed]
    assert len(server.asked) == 2


@pytest.mark.parametrize("stream", [[None], [": wait\n\n", None], [said("Good "), None]])
async def test_a_silent_server_is_not_waited_for(server, stream):
    assert (await told(server, [stream], HURRIED))[-1] is ModelFailed


async def test_a_server_that_is_away_is_left_alone_for_a_while(unused_tcp_port):
    endpoint = Endpoint(f"http://127.0.0.1:{unused_tcp_port}", "big", limits=Limits(pauses=(0.0,), rest=3600))
    await endpoint.start()
    for why in ("ModelFailed", "not asked"):
        with pytest.raises(ModelFailed, match=why):
            await anext(endpoint.stream(CHAT, seed=0, most_tokens=9))
    await endpoint.close()


async def test_whoever_stops_listening_hangs_up(server):
    server.answers = [[said("Good "), None]]
    endpoint = Endpoint(server.url, "big", limits=PATIENT)
    await endpoint.start()
    text = endpoint.stream(CHAT, seed=0, most_tokens=9)
    assert await anext(text) == "Good "
    await text.aclose()
    await endpoint.close()
    await asyncio.wait_for(server.left.wait(), 20)


async def test_nothing_that_was_said_is_logged(server, caplog):
    caplog.set_level(logging.DEBUG, "bot")
    for answers in ([GOOD], [500], [400], [["data: something secret\n\n"]]):
        await told(server, answers)
    assert caplog.records
    assert "secret" not in caplog.text
    assert "evening" not in caplog.text
