"""What is told by the meaning of a message: cries for help, beside the list of `bot.guards`, and stories."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.encoder import OnnxEncoder
from bot.guards import Guards
from bot.heads import Heads
from bot.settings import Settings
from domain.artifact import SEARCH, ArtifactError, current
from domain.searching import ASKED, PREFIX

HERE = Path(__file__).parent.parent
TROUBLE, SEARCHES = HERE / "training" / "trouble", HERE / "training" / "search"
ANNOTATED = HERE / "training" / "utterances"
HELD_OUT, ANNOTATED_HELD_OUT = HERE / "tests" / "trouble", HERE / "tests" / "utterances"
PLOTS = HERE / "benchmarks" / "questions" / "films" / "plots.jsonl"
MENTION = re.compile(r"\[\[[^\]]*\]\]")
CRIES_AMONG = re.compile(r"i want to kill myself|took all my pills|feels like nobody|i dont think anyone would notice")
"""What stands among the annotated messages and is a cry for help."""


def texts(path: Path) -> list[str]:
    """The messages of a file of JSON lines, or of a folder of annotated ones without the cries among them."""
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    rows = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    said = (row["text"] if "text" in row else re.sub(r"\[\[([^|\]]*)[^\]]*\]\]", r"\1", row["marked"]) for row in rows)
    return [text for text in said if path.is_file() or not CRIES_AMONG.match(text)]


def vectors(encoder: OnnxEncoder, said: Sequence[str]) -> NDArray[np.float32]:
    """What messages mean, float32 ``[n, d]``."""
    return np.stack([encoder.read(PREFIX + text).whole for text in said])


def write_vectors(encoder: OnnxEncoder, out: Path) -> None:
    """What `training.heads` learns from."""
    questions = [json.loads(line) for line in (SEARCHES / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
    asked = [(said_of_it(row["text"], row["language"]), row["attribute"].replace("none", "")) for row in questions]
    asked += [(text, "") for text in other_talk_of_an_item()]
    ordinary = [*texts(TROUBLE / "ordinary.jsonl"), *texts(SEARCHES / "talk.jsonl"), *texts(ANNOTATED)]
    np.savez(
        out,
        ordinary=vectors(encoder, ordinary),
        trouble=vectors(encoder, texts(TROUBLE / "cries.jsonl")),
        story=vectors(encoder, texts(SEARCHES / "plots.jsonl")),
        questions=vectors(encoder, [text for text, _ in asked]),
        asked=np.array([ASKED.index(attribute) for _, attribute in asked]),
    )


def other_talk_of_an_item() -> list[str]:
    """Annotated messages that name one item and ask nothing of it, with "it" in the place of its title."""
    lines = [
        line for file in sorted(ANNOTATED.glob("*.jsonl")) for line in file.read_text(encoding="utf-8").splitlines()
    ]
    rows = [row for row in map(json.loads, lines) if row["intent"] != "ask_item" and row["marked"].count("[[") == 1]
    return [MENTION.sub("it", row["marked"]) for row in rows]


def said_of_it(text: str, language: str) -> str:
    """A question with "it" in the place of its title."""
    return text.replace("TITLE", "这部电影" if language == "zh" else "it").replace("PERSON", "Anna Smith")


def main(arguments: list[str] | None = None) -> int:
    """Print recall and false alarms; with --vectors, write what the messages to learn from mean instead."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.heads", description=main.__doc__)
    parser.add_argument("--vectors", type=Path, help="npz for training.heads")
    parser.add_argument("--encoder", type=Path, help="folder of the search encoder; of the default films if left out")
    chosen = parser.parse_args(arguments)
    films = Settings().artifacts / "movies"
    folder = chosen.encoder or films / (current(films) or "") / SEARCH
    try:
        encoder = OnnxEncoder(folder)
    except ArtifactError as error:
        print(error, file=sys.stderr)
        return 2
    if chosen.vectors:
        write_vectors(encoder, chosen.vectors)
        return 0
    guards, heads = Guards(), Heads.load(folder, encoder)
    if heads is None:
        print(f"{folder} has no heads: run training.heads", file=sys.stderr)
        return 2
    readers: dict[str, Callable[[str], bool]] = {
        "the list": lambda text: guards.trouble(text) is not None,
        "what it means": heads.is_trouble,
        "either": lambda text: guards.trouble(text) is not None or heads.is_trouble(text),
    }
    cries, ordinary = texts(HELD_OUT / "cries.jsonl"), texts(HELD_OUT / "ordinary.jsonl") + texts(ANNOTATED_HELD_OUT)
    print(f"{len(cries)} cries for help and {len(ordinary)} ordinary messages, held out")
    for name, hears in readers.items():
        false = sum(map(hears, ordinary))
        found = sum(map(hears, cries)) / len(cries)
        print(f"{name:<16} found {found:.3f}, false alarms {false} ({false / len(ordinary):.4f})")
    stories, talk = texts(PLOTS), texts(ANNOTATED_HELD_OUT)
    told, false = sum(map(heads.is_story, stories)), sum(map(heads.is_story, talk))
    print(f"stories          found {told / len(stories):.3f}, of other messages {false / len(talk):.4f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
