"""How far a stage is: a line of JSON on stdout for programs, words on stderr for people."""

from __future__ import annotations

import json
import sys


def say(stage: str, done: float, sentence: str) -> None:
    """One line of progress, `done` in [0, 1]."""
    line = {"stage": stage, "done": round(done, 4), "say": sentence}
    print(json.dumps(line, ensure_ascii=False), flush=True)
    print(f"{stage}: {100 * done:.0f}% {sentence}", file=sys.stderr, flush=True)
