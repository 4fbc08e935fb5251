"""Text and last plan -> the scores of a frame, by ONNX Runtime; knows no catalogue."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from bot.encoder import opened
from bot.texts import language_of
from bot.words import known
from domain.artifact import (
    ATTENTION_MASK,
    READER_TOKENS,
    TOKEN_IDS,
    ArtifactError,
)
from domain.frame import Act, Kind, LastPlan, Role
from domain.linking import tokens
from domain.reading import ACTS, LANGUAGES, OF_PIECES, ROLES, SIZES, TAGS, Reading, spans, trimmed

SHOUTED = 3
"""So many capitals in a row are a shouted word."""
MOST_CLAUSES = 8
"""A message of more clauses is read as a whole alone."""
_CLAUSE_ENDS = re.compile(r"[.!?。！？…\n]+\s*|[,，;；]\s*")
QUESTION_MARKS = ("?", "？")
SHORTEST = 8
"""Characters that a clause has at least: "lol, who directed it" is one."""


class Reader(Protocol):
    """Scores what messages say."""

    def read(self, text: str, after: LastPlan) -> Reading:
        """A message, said after the bot's last reply."""


class NoReader:
    """Stands in where no reader can be used: what is a title by the letter is liked, and something is wanted.

    Of languages it knows Chinese by its characters; anything else is taken for English.
    """

    def read(self, text: str, after: LastPlan) -> Reading:
        """See `Reader.read`."""
        places = [(token.start, token.end) for token in tokens(text)]
        logits = {n: np.zeros((len(places), k) if n in OF_PIECES else k, np.float32) for n, k in SIZES.items()}
        logits["tags"][:, 0], logits["tags"][:, TAGS.index("B-title")] = 8, 8
        logits["roles"][:, ROLES.index(Role.LIKED)] = 8
        logits["theirs"] -= 8
        logits["flags"] -= 8
        logits["languages"][LANGUAGES.index(language_of(text, None)[:2])] = 8
        logits["acts"] += [8 if act in (Act.REQUEST, Act.INFORM) else -8 for act in ACTS]
        return Reading(text, places, logits)


class OnnxReader:
    """The exported reader. Safe to call from several threads."""

    def __init__(self, folder: Path) -> None:
        """Load what `export.reader` made.

        Raises:
            ArtifactError: it cannot be loaded.
        """
        self._session, self._tokenizer = opened(folder, "reader")
        if [output.name for output in self._session.get_outputs()] != list(SIZES):
            raise ArtifactError(f"the reader in {folder} is of another version: build the artifact again")
        self._tokenizer.enable_truncation(READER_TOKENS, strategy="only_second")

    def read(self, text: str, after: LastPlan) -> Reading:
        """See `Reader.read`; of several questions, one that was not seen beside the others is read by itself."""
        reading = self._whole(text, after)
        clauses = list(_clauses(text, known(reading.language, "amounts")["and"]))
        if 1 < len(clauses) <= MOST_CLAUSES:
            asks = Act.ASK in reading.acts
            asked = [(start, end) for start, end, kind in spans(reading) if kind is Kind.QUESTION]
            for start, end in clauses:
                marked = text[start:end].rstrip().endswith(QUESTION_MARKS)
                if (asks or marked) and not any(a < end and start < b for a, b in asked):
                    self._ask_again(reading, start, end, after)
        return reading

    def _ask_again(self, reading: Reading, start: int, end: int, after: LastPlan) -> None:
        """Take over the questions that a clause asks by itself."""
        clause = self._whole(reading.text[start:end], after)
        if Act.ASK not in clause.acts:
            return
        named = [(a, b) for a, b, kind in spans(reading) if kind not in (Kind.QUESTION, Kind.THEME)]
        here = {place: at for at, place in enumerate(reading.places)}
        for a, b, kind in spans(clause):
            if kind is Kind.QUESTION and not any(c < start + b and start + a < d for c, d in named):
                for at in clause.inside(a, b):
                    place = start + clause.places[at][0], start + clause.places[at][1]
                    if place in here:
                        asks = ACTS.index(Act.ASK)
                        reading.logits["acts"][asks] = max(reading.logits["acts"][asks], clause.logits["acts"][asks])
                        for name in OF_PIECES:
                            reading.logits[name][here[place]] = clause.logits[name][at]

    def _whole(self, text: str, after: LastPlan) -> Reading:
        """A message; a longer one is read in windows, whose acts and flags are those of any of them."""
        parts = [self._window(str(after), *window) for window in self._windows(text, str(after))]
        places = [place for part, _ in parts for place in part]
        logits = {}
        for name in SIZES:
            found = [scores[name] for _, scores in parts]
            logits[name] = np.concatenate(found) if name in OF_PIECES else np.max(found, axis=0)
        return Reading(text, places, logits)

    def _windows(self, text: str, code: str) -> Iterator[tuple[str, int]]:
        """Pieces of the text as long as the reader takes, cut between words, and where each begins."""
        start = 0
        while True:
            encoded = self._tokenizer.encode(code, text[start:])
            read = [place for place, of in zip(encoded.offsets, encoded.sequence_ids, strict=True) if of == 1]
            rest = encoded.overflowing and read and start + read[-1][1] < len(text.rstrip())
            if not rest:
                yield text[start:], start
                return
            end = start + read[-1][1]
            cut = text.rfind(" ", start, end)
            end = cut if cut > start else end
            yield text[start:end], start
            start = end

    def _window(self, code: str, text: str, start: int) -> tuple[list[tuple[int, int]], dict[str, np.ndarray]]:
        encoded = self._tokenizer.encode(code, quietly(text))
        ids = np.asarray([encoded.ids], dtype=np.int64)
        found = self._session.run(list(SIZES), {TOKEN_IDS: ids, ATTENTION_MASK: np.ones_like(ids)})
        inside = [at for at, of in enumerate(encoded.sequence_ids) if of == 1]
        local = [trimmed(text, encoded.offsets[at]) for at in inside]
        places = [(start + a, start + b) for a, b in local]
        scores = {}
        for name, output in zip(SIZES, found, strict=True):
            scores[name] = output[0][inside] if name in OF_PIECES else output[0]
        return places, scores


def quietly(text: str) -> str:
    """A text, place by place, with words in small letters that are shouted: the encoder knows few of them as words."""

    def lowered(part: str) -> str:
        low = part.lower()
        return low if len(part) >= SHOUTED and part.isupper() and len(low) == len(part) else part

    return "".join(lowered("".join(part)) for _, part in itertools.groupby(text, str.isalpha))


def _clauses(text: str, joints: Sequence[str]) -> Iterator[tuple[int, int]]:
    """(start, end) of the clauses of a text, parted by marks and by what joins them; short ones with what follows."""
    start = 0
    words = (token.start for token in tokens(text) if token.word in joints and text[token.start].isalpha())
    for end in sorted({*(mark.end() for mark in _CLAUSE_ENDS.finditer(text)), *words}):
        if end - start >= SHORTEST:
            yield start, end
            start = end
    if text[start:].strip():
        yield start, len(text)
