"""The dialogue model of an artifact, which writes in a process of its own (bot.writer_process)."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import logging
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.dialogue import ModelFailed
from domain.prompt import ChatMessage

log = logging.getLogger(__name__)

PATIENCE = 60.0
"""Seconds without a sign of life after which a process that has something to write is taken to hang."""
PAUSES = (0.0, 1.0, 5.0, 30.0)
"""Seconds before a process is started again after so many in a row that ended without having written anything."""

STARTING = 180.0
"""Seconds that a start is waited for; it goes on behind that."""

_ENDED = None
_Answers = asyncio.Queue[str | ModelFailed | None]
"""Pieces of a text; `_ENDED` behind the last, or why it did not come."""


class Writer:
    """A model in a process that is started again when it dies or hangs; what it was writing then has failed."""

    def __init__(
        self,
        folder: Path,
        warm_up: Sequence[ChatMessage] = (),
        *,
        command: Sequence[str] = (sys.executable, "-m", "bot.writer_process"),
        patience: float = PATIENCE,
    ) -> None:
        """Get ready to start.

        Args:
            folder: of the model that `export.dialogue` made.
            warm_up: a chat like those to come: the first text of a process takes longer than the others.
            command: starts the process, the folder being its last argument.
            patience: see `PATIENCE`.
        """
        self._command = (*command, str(folder))
        self._warm_up = warm_up
        self._patience = patience
        self._ids = itertools.count(1)
        self._open: dict[int, _Answers] = {}
        self._process: Process | None = None
        self._is_ready = False
        """The process can be asked."""
        self._keeper: asyncio.Task[None] | None = None
        self._settled = asyncio.Event()
        """Set when the process has written something, or has failed to; cleared while one is started again that had."""
        self._all_written = asyncio.Event()
        self._all_written.set()
        self._heard = 0.0
        """When the process last gave a sign of life, or was given something to do."""
        self._failures = 0
        self._takes_more = True
        self._over = asyncio.Event()
        """Set when the process is to end for good."""

    @property
    def is_writing(self) -> bool:
        """Whether anybody listens to a text."""
        return bool(self._open)

    async def start(self) -> None:
        """Start the process, unless it was, and wait until it has written its first text or failed to."""
        if self._keeper is None:
            self._keeper = asyncio.create_task(self._keep())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STARTING):
                await self._settled.wait()

    async def stream(self, messages: Sequence[ChatMessage], *, seed: int, most_tokens: int) -> AsyncGenerator[str]:
        """See `bot.dialogue.TextModel.stream`."""
        if not (self._process and self._is_ready and self._takes_more):
            raise ModelFailed("its process is not running")
        request_id, answers = next(self._ids), _Answers()
        self._ask({"id": request_id, "messages": list(messages), "seed": seed, "most_tokens": most_tokens})
        self._open[request_id] = answers
        self._all_written.clear()
        try:
            while isinstance(answer := await answers.get(), str):
                yield answer
            if isinstance(answer, ModelFailed):
                raise answer
        finally:
            if self._open.pop(request_id, None) is not None:  # nobody listens any more
                self._ask({"cancel": request_id})
            self._note_all_written()

    async def close(self) -> None:
        """Let what is being written come to its end, then end the process."""
        self._takes_more = False
        await self._all_written.wait()
        self._over.set()
        if self._process:
            _kill(self._process)
        if self._keeper:
            await self._keeper

    def _ask(self, request: Mapping[str, object]) -> None:
        if self._process and self._process.stdin and not self._process.stdin.is_closing():
            if not self._open:
                self._heard = asyncio.get_running_loop().time()
            self._process.stdin.write(json.dumps(request).encode() + b"\n")

    async def _keep(self) -> None:
        """Run the process, again and again."""
        while not self._over.is_set():
            self._failures += 1
            why = await self._run()
            if self._over.is_set():
                return
            pause = PAUSES[min(self._failures, len(PAUSES) - 1)]
            log.error("the process of the dialogue model %s: it is started again in %g s", why, pause)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._over.wait()

    async def _run(self) -> str:
        """Run the process once, in a session of its own: an interrupt is for the bot to heed. Returns how it ended."""
        try:
            process = self._process = await asyncio.create_subprocess_exec(
                *self._command, stdin=PIPE, stdout=PIPE, start_new_session=True
            )
        except OSError as error:
            self._settled.set()
            return f"could not be started ({type(error).__name__})"
        try:
            if not self._over.is_set():
                await self._listen(process)
            why = "ended"
        except TimeoutError:
            why = f"gave no sign of life for {self._patience:g} s"
        except ValueError:
            why = "said what cannot be understood"
        _kill(process)
        code = await process.wait()
        self._process, self._is_ready = None, False
        if self._failures:
            self._settled.set()
        else:
            self._settled.clear()
        self._fail_all()
        return f"{why} (exit code {code})"

    async def _listen(self, process: Process) -> None:
        """Take what a process says until it ends.

        Raises:
            TimeoutError: it hangs.
        """
        if not process.stdout:
            return
        loop = asyncio.get_running_loop()
        self._heard = loop.time()
        while True:
            try:
                async with asyncio.timeout(self._patience):
                    line = await process.stdout.readline()
            except TimeoutError:
                if self._open and loop.time() - self._heard >= self._patience:
                    raise
                continue
            if not line:
                return
            self._heard = loop.time()
            self._take(json.loads(line))

    def _take(self, answer: Mapping[str, Any]) -> None:
        if "ready" in answer:
            self._is_ready = True
            self._ask({"id": 0, "messages": list(self._warm_up), "seed": 0, "most_tokens": 2})
        if "id" in answer and "text" not in answer:
            self._failures = 0
            self._settled.set()
        answers = self._open.get(answer.get("id", 0))
        if answers is None:  # it warmed up, or nobody listens any more
            return
        if "text" in answer:
            answers.put_nowait(answer["text"])
            return
        self._open.pop(answer["id"])
        answers.put_nowait(ModelFailed(answer["failed"]) if "failed" in answer else _ENDED)
        self._note_all_written()

    def _fail_all(self) -> None:
        for answers in self._open.values():
            answers.put_nowait(ModelFailed("its process ended"))
        self._open.clear()
        self._note_all_written()

    def _note_all_written(self) -> None:
        if not self._open:
            self._all_written.set()


def _kill(process: Process) -> None:
    """End a process, which has nothing to put in order, if it is still there."""
    with contextlib.suppress(ProcessLookupError):
        process.kill()
