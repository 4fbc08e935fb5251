"""A model on a server that speaks OpenAI's chat protocol: vLLM, llama.cpp, Ollama and others."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError

from bot.dialogue import ModelFailed
from domain.prompt import ChatMessage

log = logging.getLogger(__name__)

TEMPERATURE = 0.7
TOP_P = 0.9
MOST_BYTES = 1_000_000
"""Of an answer: a reply has a few hundred words, each in some hundred bytes of JSON."""
BUSY = 429
"""The status of a server that has too much to do."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a server is waited for, in seconds.

    Attributes:
        connect: for a connection.
        first: for the first piece of a text, from the asking.
        total: for the whole text, from the asking.
        pauses: before each further try, where no text has begun.
        rest: behind a text that did not come; nothing is asked meanwhile.
    """

    connect: float = 3.0
    first: float = 10.0
    total: float = 40.0
    pauses: tuple[float, ...] = (0.5, 1.5)
    rest: float = 30.0


_FAILURES = (aiohttp.ClientError, HttpProcessingError, OSError, TimeoutError, ValueError, ModelFailed)
"""No connection, no answer in time, or one that is not of the protocol."""


class _TryAgain(Exception):  # noqa: N818 - it says what to do
    """Nothing has come, and it may at another try."""


class Endpoint:
    """Writes by a server; what it answers is never logged, since it may repeat what a person said."""

    def __init__(self, url: str, model: str, key: str | None = None, limits: Limits | None = None) -> None:
        """Get ready to ask.

        Args:
            url: of the protocol's root, such as ``http://127.0.0.1:8080/v1``.
            model: what the server calls the model.
            key: what the server lets callers in by, if it asks for it.
            limits: see `Limits`.
        """
        self._url = f"{url}/chat/completions"
        self._model = model
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._limits = limits or Limits()
        self._session: aiohttp.ClientSession | None = None
        self._rests_until = 0.0

    async def start(self) -> None:
        """See `bot.dialogue.TextModel.start`."""
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=self._limits.total, connect=self._limits.connect)
            self._session = aiohttp.ClientSession(timeout=timeout, headers=self._headers)

    async def close(self) -> None:
        """See `bot.dialogue.TextModel.close`."""
        if self._session:
            await self._session.close()
            self._session = None

    async def stream(self, messages: Sequence[ChatMessage], *, seed: int, most_tokens: int) -> AsyncGenerator[str]:
        """See `bot.dialogue.TextModel.stream`."""
        now = asyncio.get_running_loop().time
        if self._session is None or now() < self._rests_until:
            raise ModelFailed("the server is not asked at the moment")
        asked = {
            "model": self._model,
            "messages": list(messages),
            "stream": True,
            "seed": seed,
            "max_tokens": most_tokens,
            "temperature": TEMPERATURE,
            "top_p": TOP_P,
        }
        try:
            async with aclosing(self._tried(self._session, asked)) as pieces:
                async for piece in pieces:
                    yield piece
        except _FAILURES as error:
            self._rests_until = now() + self._limits.rest
            log.warning(
                "the server of the dialogue model is not asked for %g s: %s", self._limits.rest, type(error).__name__
            )
            raise ModelFailed(f"the server failed: {type(error).__name__}") from error

    async def _tried(self, session: aiohttp.ClientSession, asked: dict[str, Any]) -> AsyncGenerator[str]:
        """The pieces of a text, asked for again while the server is busy or away."""
        for pause in (*self._limits.pauses, None):
            try:
                async with aclosing(self._once(session, asked)) as pieces:
                    async for piece in pieces:
                        yield piece
            except _TryAgain as error:
                if pause is None:
                    raise ModelFailed("it is busy or away") from error
                await asyncio.sleep(pause)
            else:
                return

    async def _once(self, session: aiohttp.ClientSession, asked: dict[str, Any]) -> AsyncGenerator[str]:
        began = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout_at(began + self._limits.first):
                response = await session.post(self._url, json=asked, allow_redirects=False)
        except aiohttp.ClientConnectionError as error:
            raise _TryAgain from error
        async with response:
            if response.status == BUSY or response.status >= 500:
                raise _TryAgain
            if response.status != 200:
                raise ModelFailed(f"it answers with status {response.status}")
            has_begun = is_whole = False
            async with aclosing(self._told(response, began)) as lines:
                async for told in lines:
                    if piece := told.delta:
                        has_begun = True
                        yield piece
                    is_whole |= told.is_last
            if not (has_begun and is_whole):
                raise ModelFailed("it stopped before the end")

    async def _told(self, response: aiohttp.ClientResponse, began: float) -> AsyncGenerator[_Told]:
        """What a server tells line by line, up to its end or to the end of patience."""
        size, has_begun = 0, False
        while True:
            patience = self._limits.total if has_begun else self._limits.first
            async with asyncio.timeout_at(began + patience):
                line = await response.content.readline()
            size += len(line)
            if size > MOST_BYTES:
                raise ModelFailed("its answer is too long")
            if not line:
                return
            data = line.decode(errors="replace").strip()
            if not data.startswith("data:"):  # an empty line, a comment, another field of server-sent events
                continue
            told = _read(data.removeprefix("data:").strip())
            has_begun |= bool(told.delta)
            yield told


@dataclass(frozen=True, slots=True)
class _Told:
    """A piece of a text, perhaps empty, and whether the text ends with it."""

    delta: str = ""
    is_last: bool = False


def _read(data: str) -> _Told:
    """One event of a stream.

    Raises:
        ModelFailed: it is none.
    """
    if data == "[DONE]":
        return _Told(is_last=True)
    try:
        choices = json.loads(data)["choices"]
        if not choices:  # what was used up, which some servers tell last
            return _Told()
        delta, reason = choices[0]["delta"].get("content") or "", choices[0].get("finish_reason")
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise ModelFailed("it does not speak the protocol") from error
    if not isinstance(delta, str):
        raise ModelFailed("it does not speak the protocol")
    return _Told(delta, bool(reason))
