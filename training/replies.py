"""Replies written by hand, beside the briefs that they carry out: what the dialogue model learns from.

A line of JSON each under `replies/`: a brief (domain.prompt), and an ``opening``, ``lines`` and ``close``. A file's
name tells domain and language: ``films.en.01.jsonl``. The writers' guide is `training/replies/README.md`.

``python -m training.replies [FILE …]`` checks files.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from domain.prompt import PLACEHOLDER, Brief, task, written

FOLDER = Path(__file__).parent / "replies"
OPENING_WORDS, LINE_WORDS, CLOSE_WORDS, TEXT_WORDS = 30, 30, 26, 60
"""Words at most, as a guide to writers; of a reply that shows nothing, the last."""


class ReplyError(ValueError):
    """A reply that cannot be learned from; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Written:
    """A reply that somebody wrote for a brief."""

    brief: Brief
    opening: str
    lines: tuple[str, ...]
    close: str
    place: str

    @property
    def text(self) -> str:
        """The reply as a model is to write it."""
        return written(self.opening, self.lines, self.close)


def load(paths: Iterable[Path] | None = None) -> list[Written]:
    """The replies of some files, all by default.

    Raises:
        ReplyError: one of them cannot be learned from.
    """
    return [reply for path in paths or sorted(FOLDER.glob("*.jsonl")) for reply in _of_file(path)]


def _of_file(path: Path) -> Iterator[Written]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        place = f"{path.name}, line {number}"
        try:
            plain = json.loads(line)
            lines = tuple(map(str, plain["lines"]))
            reply = Written(Brief.from_json(plain), str(plain["opening"]), lines, str(plain["close"]), place)
        except (ValueError, KeyError, TypeError) as error:
            raise ReplyError(f"{place}: no reply to a brief ({error})") from error
        if wrong := next(_wrong(reply), None):
            raise ReplyError(f"{place}: {wrong}")
        yield reply


def _wrong(reply: Written) -> Iterator[str]:
    """What keeps a reply from carrying out its brief, as far as a program can tell."""
    brief, said = reply.brief, reply.text
    if len(reply.lines) != len(brief.items):
        yield f"{len(reply.lines)} lines for {len(brief.items)} items"
    if not all((reply.opening.strip(), *map(str.strip, reply.lines))):
        yield "a part is empty"
    if "\n" in "".join((reply.opening, *reply.lines, reply.close)):
        yield "a part of more than one line"
    places = {f"@{n}" for n in range(1, len(brief.items) + 1)} | set(PLACEHOLDER.findall(task(brief)))
    yield from (f"{place} stands for nothing" for place in PLACEHOLDER.findall(said) if place not in places)
    asks = sum(said.count(mark) for mark in "?？")
    if asks and not brief.asks and brief.items:
        yield "a question that the plan does not ask"
    if brief.asks and brief.items and not asks:
        yield "the question of the plan is not asked"


def main(arguments: Sequence[str] | None = None) -> int:
    """Check files and say how many replies they hold; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m training.replies", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    chosen = parser.parse_args(arguments)
    try:
        found = load(chosen.files or None)
    except (OSError, ReplyError) as error:
        print(f"training.replies: {error}", file=sys.stderr)
        return 2
    items = sum(len(reply.lines) for reply in found)
    chinese = sum(reply.brief.language != "en" for reply in found)
    print(f"{len(found)} replies, {chinese} of them not English, {items} lines of items")
    return 0


if __name__ == "__main__":
    sys.exit(main())
