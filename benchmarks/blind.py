"""Replies read blind: by the dialogue model, the templates and the base model, in an order that hides whose they are.

    python -m benchmarks.blind write SHEET --base FOLDER     one JSON line an act: what was asked, what is known, A to C
    python -m benchmarks.blind count SHEET VERDICTS          whose were preferred, and whose were fit to be sent

A reader sees the sheet alone, and writes a JSON line an act: ``{"n": 0, "best": "B", "fit": ["A", "B"]}``, ``fit``
being the replies that they would let a friend's bot send. The order follows from the act's number, so `count` knows it.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.replies import acts
from bot.acts import Act, Answer, Ask, Pick, Recommend
from bot.checks import Checker
from bot.dialogue import DraftingDialogue, GenaiDrafter
from bot.recommender import OnnxRecommender
from bot.settings import Settings
from bot.texts import Texts
from bot.wording import Wording
from domain import artifact
from domain.artifact import ArtifactError, Manifest
from domain.catalog import Catalog, CatalogError
from domain.linking import Linker
from domain.phrasing import Phrasing

LETTERS = "ABC"
SOURCES = ("model", "template", "base model")


def order(n: int) -> list[str]:
    """Whose reply each letter of act `n` is."""
    sources = list(SOURCES)
    random.Random(f"order of act {n}").shuffle(sources)
    return sources


def told(act: Act, phrasing: Phrasing) -> tuple[str, list[str]]:
    """What a reply has to do, in plain words, and the facts that it may use."""
    if isinstance(act, Ask):
        return f"Ask which kind they want, naming {phrasing.listed(act.options)}.", []
    if isinstance(act, Answer):
        fact = phrasing.fact(act.item, act.attribute or "")
        topic = phrasing.word(act.attribute or "")
        facts = f"{act.item.name}: {phrasing.facts(act.item)}; {topic}: {fact or 'not known'}"
        return f"Tell the {topic} of {act.item.name}; if it is not known, say so.", [facts]
    assert isinstance(act, Recommend)
    liked = {pick.because.name for pick in act.picks if pick.because}
    wished = {phrasing.wish(wish) for pick in act.picks for wish in pick.meets}
    parts = [f"they liked {phrasing.listed(sorted(liked))}"] if liked else []
    parts += [f"they asked for: {phrasing.listed(sorted(wished))}"] if wished else []
    parts += ["they turned down what was shown before"] if act.again else []
    why = f" What is known of the person: {'; '.join(parts)}." if parts else ""
    return (
        f"Recommend {phrasing.listed([pick.item.name for pick in act.picks])}, with a true reason for each.{why}",
        [f"{pick.item.name}: {_facts(pick, phrasing)}" for pick in act.picks],
    )


def _facts(pick: Pick, phrasing: Phrasing) -> str:
    """What a reply may say of an item, the kinds that were asked for first."""
    return phrasing.joined([phrasing.kind(pick.item, phrasing.wish_list(pick.meets)), *phrasing.amounts(pick.item)])


def asked_of_base(act: Act, phrasing: Phrasing) -> str:
    """A prompt in plain words, with titles: what somebody who has not trained the model would write."""
    task, facts = told(act, phrasing)
    known = "".join(f"\n- {fact}" for fact in facts)
    said = f"You recommend films in a chat. Write the next message to the person, in two or three sentences. {task}"
    return f"<|im_start|>user\n{said}{known}<|im_end|>\n<|im_start|>assistant\n"


def write(
    catalog: Catalog, ours: GenaiDrafter, base: GenaiDrafter, drawn: Sequence[Act], seed: int
) -> Iterable[dict[str, Any]]:
    """The lines of a sheet."""
    dialogue = DraftingDialogue(ours, catalog, Checker(catalog, Linker(catalog)))
    wording, phrasing = Wording(catalog, Texts.load()), Phrasing(catalog.vocabulary)
    for n, act in enumerate(drawn):
        template = wording.write(act, "en", random.Random(n))
        replies = {
            "model": dialogue.write(act, "en", seed + n) or template,
            "template": template,
            "base model": base.draft(asked_of_base(act, phrasing), seed + n, lambda _: True, lambda _: True) or "",
        }
        task, facts = told(act, phrasing)
        lettered = {letter: replies[source] for letter, source in zip(LETTERS, order(n), strict=True)}
        yield {"n": n, "task": task, "facts": facts, "replies": lettered}


def count(sheet: Sequence[Mapping[str, Any]], verdicts: Sequence[Mapping[str, Any]]) -> list[str]:
    """Lines that say how often each source was the best, and how often fit to be sent.

    Raises:
        KeyError: a verdict is of an act that the sheet does not have, or lacks a key.
    """
    known = {line["n"] for line in sheet}
    best: Counter[str] = Counter()
    fit: Counter[str] = Counter()
    for verdict in verdicts:
        if verdict["n"] not in known:
            raise KeyError(f"act {verdict['n']} is not on the sheet")
        sources = dict(zip(LETTERS, order(verdict["n"]), strict=True))
        best[sources[verdict["best"]]] += 1
        fit.update(sources[letter] for letter in verdict["fit"])
    total = len(verdicts)
    return [f"{total} verdicts"] + [
        f"{source}: the best {best[source]} times ({best[source] / total:.2f}), "
        f"fit to be sent {fit[source]} times ({fit[source] / total:.2f})"
        for source in SOURCES
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; exit 2 with a sentence where a file cannot be used."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.blind", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    writes = commands.add_parser("write")
    writes.add_argument("sheet", type=Path)
    writes.add_argument("--base", type=Path, required=True, help="folder of the exported base model")
    writes.add_argument("--acts", type=int, default=40)
    writes.add_argument("--seed", type=int, default=1)
    writes.add_argument("--domain", default="movies")
    counts = commands.add_parser("count")
    counts.add_argument("sheet", type=Path)
    counts.add_argument("verdicts", type=Path, nargs="+")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.command == "count":
            print("\n".join(count(_lines(chosen.sheet), [v for path in chosen.verdicts for v in _lines(path)])))
            return 0
        folder = Settings().artifacts / chosen.domain
        folder = folder / str(artifact.current(folder))
        catalog = Catalog.load(folder / artifact.CATALOG)
        ours, base = GenaiDrafter(folder / artifact.DIALOGUE), GenaiDrafter(chosen.base)
        recommender = OnnxRecommender(folder, Manifest.load(folder).noise)
        drawn = acts(catalog, recommender, chosen.acts, chosen.seed)
        with chosen.sheet.open("w", encoding="utf-8") as file:
            for line in write(catalog, ours, base, drawn, chosen.seed):
                print(json.dumps(line, ensure_ascii=False), file=file, flush=True)
    except (OSError, ValueError, KeyError, ArtifactError, CatalogError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


if __name__ == "__main__":
    sys.exit(main())
