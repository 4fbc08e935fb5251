"""Decodes with the language model, in a process of its own: `python -m bot.writer_process FOLDER`.

Lines of JSON come in and go out. In: ``{"id": 1, "messages": […], "seed": 0, "most_tokens": 220}`` asks for a text,
``{"cancel": 1}`` takes that back. Out: ``{"ready": true}`` first of all, ``{"id": 1, "text": "…"}`` for each piece, and
``{"id": 1, "end": true}`` or ``{"id": 1, "failed": "why"}`` behind the last; ``{}`` says that the work goes on. The
process ends with its input.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import onnxruntime_genai as og
from numpy.typing import NDArray

from bot.device import cores

MOST_ROWS = 8
"""Texts that are written side by side."""
MOST_PROMPT = 4096
"""Tokens of a prompt, at most."""
MOST_READ = 1024
"""Tokens of prompts that are read at a time, padding included: those who are written for wait meanwhile, and what the
model says of each token takes 200 kB."""
PADDED = 2.0
"""Prompts are read together if none is longer than another so many times."""
MOST_THREADS = 8
"""Beyond these a small model waits for its memory."""
TEMPERATURE = 0.6
TOP_P = 0.9
TOP_K = 64
"""Tokens that are drawn among, at most: to look for the likeliest of all costs more than drawing."""
SHARED = 0.5
"""A prompt that begins so far like a text that has been read is read on from there."""
RESTING = 2
"""Texts that stay read for that."""
ROOM = 128
"""The length of a generator's cache is a multiple of this, so that a somewhat longer prompt fits in it as well."""
NEVER = -1e9

Answer = Mapping[str, object]


def language_model(folder: Path) -> Any:
    """The `og.Model` that `export.dialogue` made, on every core: left to itself it may find fewer.

    Raises:
        RuntimeError: it cannot be loaded.
    """
    config = og.Config(str(folder))
    threads = {"intra_op_num_threads": min(cores(), MOST_THREADS)}
    config.overlay(json.dumps({"model": {"decoder": {"session_options": threads}}}))
    return og.Model(config)


class Chats:
    """Chats -> tokens, by the template of a model."""

    def __init__(self, folder: Path) -> None:
        """Read the tokenizer that `export.dialogue` left in a folder.

        Raises:
            RuntimeError: there is none.
        """
        self.tokenizer = og.Tokenizer(str(folder))
        try:
            added = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8")).get("added_tokens", [])
        except (OSError, ValueError) as error:
            raise RuntimeError(f"{folder} has no tokenizer that can be read: {error}") from error
        self._special = [token["content"] for token in added if token.get("special")]

    def tokens(self, messages: Sequence[Mapping[str, Any]]) -> list[int]:
        """What the model reads before it answers; the model's own marks in a message are taken out of it."""
        plain = [{"role": message["role"], "content": self._plain(message["content"])} for message in messages]
        text = self.tokenizer.apply_chat_template(json.dumps(plain), add_generation_prompt=True)
        return [int(token) for token in self.tokenizer.encode(text)]

    def _plain(self, text: str) -> str:
        for mark in self._special:
            text = text.replace(mark, " ")
        return text


@dataclass
class Row:
    """One text that is being written.

    Attributes:
        tokens: its prompt.
        left: tokens that may still be written.
        chance: what draws them.
        stream: tokens -> text.
        is_open: more of it is wanted.
    """

    request_id: int
    tokens: list[int]
    left: int
    chance: np.random.Generator
    stream: Any
    is_open: bool = True


class Batch:
    """Rows that began together and go on in step, in one generator; where a row ends, its place stays empty."""

    def __init__(self, model: Any, rows: Sequence[Row], ends: Sequence[int], pad: int) -> None:
        self.rows = list(rows)
        self._ends = ends
        longest = max(len(row.tokens) for row in rows)
        self.room = -(-(longest + max(row.left for row in rows)) // ROOM) * ROOM
        parameters = og.GeneratorParams(model)
        parameters.set_search_options(batch_size=len(rows), max_length=self.room, do_sample=False)
        self._generator = og.Generator(model, parameters)
        self._prompts: NDArray[np.int32] | None = np.array(
            [row.tokens + [pad] * (longest - len(row.tokens)) for row in rows], dtype=np.int32
        )

    def shared(self, tokens: Sequence[int]) -> int:
        """How many of the first tokens of a prompt have been read; 0 if they are not worth it, or it does not fit."""
        read = self._generator.get_sequence(0)
        alike = int(np.argmin(np.append(read[: len(tokens) - 1] == tokens[: min(len(read), len(tokens) - 1)], False)))
        return alike if alike >= SHARED * len(tokens) else 0

    def again(self, row: Row) -> bool:
        """Write another text after the part of its prompt that has been read; false if there is too little of it."""
        shared = self.shared(row.tokens)
        if not shared or len(row.tokens) + row.left > self.room:
            return False
        self._generator.rewind_to(shared)
        self._generator.append_tokens(np.array(row.tokens[shared:], dtype=np.int32))
        self.rows = [row]
        return True

    @property
    def is_open(self) -> bool:
        """Whether any of its texts is wanted still."""
        return any(row.is_open for row in self.rows)

    def step(self) -> Iterator[Answer]:
        """Read what has to be read, and write one token of each text."""
        if self._prompts is not None:
            self._generator.append_tokens(self._prompts)
            self._prompts = None
        logits = self._generator.get_logits()  # [rows, 1, vocabulary]
        chosen = np.full_like(logits, NEVER)
        for at, row in enumerate(self.rows):
            token = drawn(logits[at, -1], row.chance) if row.is_open else self._ends[0]
            chosen[at, -1, token] = 0
            if row.is_open:
                yield from self._written(row, token)
        if self.is_open:
            self._generator.set_logits(chosen)
            self._generator.generate_next_token()

    def _written(self, row: Row, token: int) -> Iterator[Answer]:
        if token not in self._ends:
            row.left -= 1
            if text := row.stream.decode(token):
                yield {"id": row.request_id, "text": text}
        if token in self._ends or not row.left:
            row.is_open = False
            yield {"id": row.request_id, "end": True}


def drawn(logits: NDArray[np.float32], chance: np.random.Generator) -> int:
    """A token by `TEMPERATURE`, out of the fewest whose probability is `TOP_P` together; logits ``[vocabulary]``."""
    few = min(TOP_K, len(logits))
    likeliest = np.argpartition(logits, -few)[-few:]
    likeliest = likeliest[np.argsort(-logits[likeliest])]
    weights = np.exp((logits[likeliest] - logits[likeliest[0]]).astype(np.float64) / TEMPERATURE)
    weights /= weights.sum()
    weights = weights[: int(np.searchsorted(np.cumsum(weights), TOP_P)) + 1]
    return int(chance.choice(likeliest[: len(weights)], p=weights / weights.sum()))


class Decoder:
    """Texts that are written side by side; those that come while others are written begin at the next token."""

    def __init__(self, folder: Path) -> None:
        """Load a model that `export.dialogue` made.

        Raises:
            RuntimeError: it cannot be loaded.
        """
        self._model = language_model(folder)
        self._chats = Chats(folder)
        self._ends = [int(token) for token in self._chats.tokenizer.eos_token_ids]
        self._waiting: list[Row] = []
        self._batches: list[Batch] = []
        self._resting: list[Batch] = []

    @property
    def is_busy(self) -> bool:
        """Whether there is anything to write."""
        return bool(self._waiting or self._batches)

    def ask(self, request: Mapping[str, Any]) -> Iterator[Answer]:
        """Take a request for a text, or its cancelling."""
        if "cancel" in request:
            self._cancel(request["cancel"])
            return
        try:
            tokens = self._chats.tokens(request["messages"])
        except (RuntimeError, KeyError, TypeError) as error:
            yield {"id": request["id"], "failed": f"the chat template does not take it: {type(error).__name__}"}
            return
        if len(tokens) > MOST_PROMPT:
            yield {"id": request["id"], "failed": f"it has {len(tokens)} tokens, more than {MOST_PROMPT}"}
            return
        chance = np.random.default_rng(request["seed"])
        stream = self._chats.tokenizer.create_stream()
        self._waiting.append(Row(request["id"], tokens, request["most_tokens"], chance, stream))

    def _cancel(self, request_id: int) -> None:
        self._waiting = [row for row in self._waiting if row.request_id != request_id]
        for row in (row for batch in self._batches for row in batch.rows):
            row.is_open &= row.request_id != request_id

    def step(self) -> Iterator[Answer]:
        """Write the next token of every text."""
        self._begin()
        for batch in self._batches:
            try:
                yield from batch.step()
            except RuntimeError:
                for row in (row for row in batch.rows if row.is_open):
                    row.is_open = False
                    yield {"id": row.request_id, "failed": "the model could not go on"}
        ended = [batch for batch in self._batches if not batch.is_open]
        self._batches = [batch for batch in self._batches if batch.is_open]
        alone = [batch for batch in ended if len(batch.rows) == 1]  # only these can be read on from
        self._resting = [*self._resting, *alone][-RESTING:]

    def _begin(self) -> None:
        """Begin what waits, as far as there is room: from what was read of it before, or together with its like."""
        room = MOST_ROWS - sum(len(batch.rows) for batch in self._batches)
        together: list[Row] = []
        for row in list(self._waiting):
            if not room or not _are_read_together((*together, row)):
                continue
            self._waiting.remove(row)
            room -= 1
            if not self._goes_on(row):
                together.append(row)
        if together:
            self._batches.append(Batch(self._model, together, self._ends, self._chats.tokenizer.pad_token_id))

    def _goes_on(self, row: Row) -> bool:
        for batch in reversed(self._resting):
            if batch.again(row):
                self._resting.remove(batch)
                self._batches.append(batch)
                return True
        return False


def _are_read_together(rows: Sequence[Row]) -> bool:
    lengths = [len(row.tokens) for row in rows]
    return len(rows) == 1 or (max(lengths) <= PADDED * min(lengths) and max(lengths) * len(rows) <= MOST_READ)


Requests = queue.SimpleQueue[Mapping[str, Any] | None]
"""What was asked for; None where nothing will come any more."""


def serve(decoder: Decoder, requests: Requests, tell: Callable[[Answer], None]) -> None:
    """Write what is asked for until nobody asks any more."""
    while True:
        for request in _taken(requests, wait=not decoder.is_busy):
            if request is None:
                return
            for answer in decoder.ask(request):
                tell(answer)
        for answer in decoder.step():
            tell(answer)
        tell({})


def _taken(requests: Requests, *, wait: bool) -> Iterator[Mapping[str, Any] | None]:
    """All that has been asked for, after waiting for it, if need be."""
    try:
        while True:
            yield requests.get(block=wait)
            wait = False
    except queue.Empty:
        return


def _read(lines: Iterable[str], requests: Requests) -> None:
    for line in lines:
        requests.put(json.loads(line))
    requests.put(None)


def _answers() -> TextIO:
    """Standard output, for answers only: whatever else is printed goes to standard error."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answers


def main() -> int:
    """Load the model of a folder and serve it; returns the exit code."""
    answers = _answers()

    def tell(answer: Answer) -> None:
        answers.write(f"{json.dumps(answer)}\n")
        answers.flush()

    try:
        decoder = Decoder(Path(sys.argv[1]))
    except RuntimeError as error:
        print(f"the dialogue model in {sys.argv[1]} cannot be loaded: {error}", file=sys.stderr)
        return 2
    requests: Requests = queue.SimpleQueue()
    threading.Thread(target=_read, args=(sys.stdin, requests), daemon=True).start()
    tell({"ready": True})
    with contextlib.suppress(BrokenPipeError):  # whoever asked is gone
        serve(decoder, requests, tell)
    return 0


if __name__ == "__main__":
    sys.exit(main())
