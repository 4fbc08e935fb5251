"""What a description means: the learned layer beside the nearest by meaning, and what the bot then shows.

The messages under `tests/descriptions` were written by somebody who saw the values and what they mean, and none of the
phrases that are learned from. `none.tsv` is what no value tells; half of what was written of this is learned from.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.knowledge import Talk, share
from bot.descriptions import SURE
from bot.history import History
from bot.models import Models, load_current
from bot.search import Search
from bot.settings import Settings
from bot.texts import Texts
from domain.artifact import ArtifactError
from domain.lexicon import Pairs
from training.descriptions import Phrase, load, plain_messages

TESTS = Path(__file__).parent.parent / "tests"
UNSEEN = TESTS / "descriptions"


def read(models: Models, phrases: Sequence[Phrase]) -> None:
    """How often the likeliest value is one that was written of, by language; and how often there is none to find."""
    ways: dict[str, Callable[[str], Pairs]] = {
        "learned": lambda text: models.search.told(text)[0],
        "the nearest by meaning": models.search.nearest_values,
    }
    for name, way in ways.items():
        right: dict[str, list[bool]] = {}
        for phrase in phrases:
            told = way(phrase.text)
            right.setdefault(phrase.language, []).append(bool(told) and told[0] in phrase.values)
        every = [one for some in right.values() for one in some]
        print(f"{name}: right {share(every)}; " + ", ".join(f"{lang} {share(some)}" for lang, some in right.items()))


def silent(search: Search, texts: Sequence[str]) -> str:
    """The share of texts that are taken for no value."""
    return share(search.told(text)[1] < SURE for text in texts)


async def shown(models: Models, phrases: Sequence[Phrase]) -> None:
    """Of what is shown to somebody new, what has the values that were written of."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as threads:
        history = await History.open(Path(folder), "descriptions")
        talk = Talk(models, history, threads)
        everything, anything, answered = list[bool](), list[bool](), list[bool]()
        for phrase in phrases:
            items = talk.shown(await talk.says(phrase.text))
            answered.append(bool(items))
            for item in items:
                has = [value in item.values(attribute) for attribute, value in phrase.values]
                everything.append(all(has))
                anything.append(any(has))
        print(f"something shown for {share(answered)}")
        print(f"of it, has all that was described {share(everything)}, any of it {share(anything)}")
        await history.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what is understood and shown; exit 2 with a sentence where the films are not built."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.descriptions", description=main.__doc__)
    parser.parse_args(arguments)
    try:
        models = load_current(Settings().artifacts / "movies", Texts.load(), lambda said: print(said, file=sys.stderr))
    except ArtifactError as error:
        print(error, file=sys.stderr)
        return 2
    messages = list(load([UNSEEN / "messages.tsv"]))
    read(models, messages)
    none = [phrase.text for phrase in load([UNSEEN / "none.tsv"])]
    plain = plain_messages(sorted((TESTS / "reader").glob("*.txt")))
    print(f"told of no value: descriptions that mean none {silent(models.search, none)}")
    print(f"  messages that describe nothing {silent(models.search, plain)}")
    asyncio.run(shown(models, messages))
    return 0


if __name__ == "__main__":
    sys.exit(main())
