"""The dialogue model's replies, beside the templates and the base model, all as exported.

For acts drawn from the catalogue: how many are carried out by the model itself and how many fall back to a template;
whether what is said names every item given and no other, with a true reason; distinct-2 and how much replies of one
conversation repeat each other; seconds to the first sentence and to the whole reply. Bits a byte on held-out replies of
the curated kind, and on ReDial's where its folder is given, beside the base model with the same prompts.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime_genai as og

from bot.acts import Act, Answer, Ask, Pick, Recommend
from bot.checks import Checker
from bot.dialogue import Drafter, DraftingDialogue, GenaiDrafter, language_model
from bot.reasons import with_reasons
from bot.recommender import OnnxRecommender, Recommender
from bot.settings import Settings
from bot.slate import SlateMaker
from bot.texts import Texts
from bot.wording import Wording
from domain import artifact
from domain.artifact import ArtifactError, Manifest
from domain.catalog import Catalog, CatalogError
from domain.linking import Linker, normal
from domain.phrasing import Phrasing
from domain.preference import Constraint, Opinion, Preference, encode
from domain.prompt import END, Brief, brief_item, render
from training.corpus import examples
from training.sources import redial_messages

HELD_OUT_SEED = 90_001
SLATE = 3
TURNS = 6
"""Replies of one simulated conversation, over which repetition is counted."""


# Acts


def acts(catalog: Catalog, recommender: Recommender, count: int, seed: int) -> list[Act]:
    """Acts as conversations lead to them: mostly slates of three, for people who like something or asked for it."""
    chance = random.Random(seed)
    topic = catalog.vocabulary.ask[0]
    items = [item for item in catalog if item.values(topic)]
    weights = [item.popularity + 1 for item in items]
    slates = SlateMaker(catalog)
    found: list[Act] = []
    while len(found) < count:
        kind = chance.random()
        if kind < 0.1:
            options = chance.sample(list(catalog.values[topic]), 4)
            found.append(Ask(topic, tuple(options)))
        elif kind < 0.2:
            asked = chance.choice([topic, *catalog.vocabulary.measures, "director"])
            found.append(Answer(chance.choices(items, weights)[0], asked))
        else:
            liked = chance.choices(items, weights, k=chance.choice((0, 1, 2)))
            wish = Constraint(topic, chance.choice(list(catalog.values[topic])))
            opinions = {item.item_id: Opinion(item.item_id, "like", "message") for item in liked}
            preference = Preference(opinions, (wish,) if chance.random() < 0.4 else ())
            found.append(_slate(catalog, recommender, slates, preference, again=chance.random() < 0.3, chance=chance))
    return found


def _slate(
    catalog: Catalog,
    recommender: Recommender,
    slates: SlateMaker,
    preference: Preference,
    *,
    again: bool,
    chance: random.Random,
) -> Recommend:
    """What the bot would show such a person, in the place of an earlier slate if `again`."""
    z = np.array([[chance.gauss(0, Settings().surprise) for _ in range(recommender.noise)]], dtype=np.float32)
    scores = recommender.scores([encode(preference, catalog)], z)[0]
    banned = {column for item_id in preference.opinions if (column := catalog.column(item_id)) is not None}
    if again:
        banned |= set(slates.compose(scores, preference.constraints, banned, SLATE).columns)
    slate = slates.compose(scores, preference.constraints, banned, SLATE)
    picks = with_reasons(recommender, catalog, preference, slate.columns, slate.unmet)
    return Recommend(picks, slate.unmet, again=again)


# Whether a reply carries out its act: judged from the reply and the catalogue alone, not by the bot's own checks


class Judge:
    """Reads replies as a stranger would."""

    def __init__(self, catalog: Catalog, linker: Linker) -> None:
        self._catalog = catalog
        self._linker = linker
        self._phrasing = Phrasing(catalog.vocabulary)

    def faults(self, act: Act, text: str) -> list[str]:
        """What is wrong with a reply; empty if it carries out its act."""
        if isinstance(act, Recommend):
            return list(self._of_slate(act, text))
        if isinstance(act, Ask) and act.attribute:
            options = [self._phrasing.value(act.attribute, value) for value in act.options]
            wrong = text.count("?") != 1 or not all(option.lower() in text.lower() for option in options)
            return ["not the one question"] if wrong else []
        if isinstance(act, Answer) and act.attribute:
            fact = self._phrasing.fact(act.item, act.attribute)
            if act.item.title not in text:
                return ["does not name the item"]
            told = fact in text if fact else bool(re.search(r"\bnot?\b|n't\b|cannot|beyond", text))
            return [] if told else ["does not tell the fact, or that it is not known"]
        return []

    def _of_slate(self, act: Recommend, text: str) -> Iterator[str]:
        if "?" in text:
            yield "asks"
        rest = text
        for pick in act.picks:
            if rest.count(pick.item.title) != 1:
                yield f"names {pick.item.title} {rest.count(pick.item.title)} times"
            rest = rest.replace(pick.item.name, "…").replace(pick.item.title, "…")
            if not self._has_reason(pick, text):
                yield f"gives no reason for {pick.item.name}"
        for pick in act.picks:
            if pick.because:
                rest = rest.replace(pick.because.title, "…")
        foreign = [rest[start:end] for start, end in self._linker.exact(rest)]
        foreign = [title for title in foreign if any(word[:1].isupper() for word in title.split()[1:] or [title])]
        if foreign:
            yield f"names {foreign}"

    def _has_reason(self, pick: Pick, text: str) -> bool:
        """Whether the sentence that names the item has something that is true of it, or what it is close to."""
        masked = text.replace(pick.item.name, "@@@").replace(pick.item.title, "@@@")
        around = next((s for s in re.split(r"(?<=[.!?])\s+(?=[^a-z])", masked) if "@@@" in s), masked)
        true = [*self._phrasing.values(pick.item, self._catalog.vocabulary.ask[0]), *self._phrasing.amounts(pick.item)]
        true += [self._phrasing.wish(wish) for wish in pick.meets] + [str(pick.item.year or "")]
        if pick.because and pick.because.title in around:
            return True
        popular = pick.item.popularity > 0 and re.search(r"popular|people|fans|favou?rite|liked by", around)
        return bool(popular) or any(part and normal(part) in normal(around) for part in true)


# Drafting, watched


@dataclass
class Watch:
    """A drafter that notes how drafting went."""

    inner: Drafter
    drafts: list[int] = field(default_factory=list)
    first_sentence: list[float] = field(default_factory=list)
    passed_first: list[bool] = field(default_factory=list)

    def draft(
        self, prompt: str, seed: int, is_promising: Callable[[str], bool], is_good: Callable[[str], bool]
    ) -> str | None:
        """See `Drafter.draft`."""
        started, tried, first = time.monotonic(), 0, 0.0
        good = False

        def promising(text: str) -> bool:
            nonlocal first
            fine = is_promising(text)
            if fine and not first:
                first = time.monotonic() - started
            return fine

        def judged(text: str) -> bool:
            nonlocal tried, good
            tried += 1
            good = is_good(text)
            return good

        text = self.inner.draft(prompt, seed, promising, judged)
        self.drafts.append(tried)
        self.first_sentence.append(first or time.monotonic() - started)
        self.passed_first.append(text is not None and tried == 1)
        return text


def distinct(texts: Sequence[str], n: int) -> float:
    """Unique n-grams / all n-grams, over all texts together."""
    grams = [
        tuple(words[i : i + n]) for text in texts for words in [text.lower().split()] for i in range(len(words) - n + 1)
    ]
    return len(set(grams)) / max(len(grams), 1)


def repeated(conversations: Sequence[Sequence[str]]) -> float:
    """Share of a reply's 4-grams that an earlier reply of its conversation has, titles masked."""
    seen_before = total = 0
    for replies in conversations:
        seen: set[tuple[str, ...]] = set()
        for text in replies:
            words = text.lower().split()
            grams = {tuple(words[i : i + 4]) for i in range(len(words) - 3)}
            seen_before += len(grams & seen)
            total += len(grams)
            seen |= grams
    return seen_before / max(total, 1)


def masked(act: Act, text: str) -> str:
    """A reply without its titles, which no two replies share."""
    if isinstance(act, Recommend):
        for pick in act.picks:
            text = text.replace(pick.item.name, "@").replace(pick.item.title, "@")
            text = text.replace(pick.because.title, "#") if pick.because else text
    return text.replace(act.item.name, "@").replace(act.item.title, "@") if isinstance(act, Answer) else text


# Bits a byte


def bits_per_byte(folder: Path, pairs: Sequence[tuple[str, str]]) -> float:
    """Cross-entropy of replies given their prompts, in bits / bytes of the replies, by the exported model."""
    model = language_model(folder)
    tokenizer = og.Tokenizer(model)
    bits = size = 0.0
    for prompt, reply in pairs:
        before, after = tokenizer.encode(prompt), tokenizer.encode(reply + END)
        tokens = np.concatenate([before, after])
        parameters = og.GeneratorParams(model)
        parameters.set_search_options(max_length=len(tokens) + 1)
        generator = og.Generator(model, parameters)
        generator.append_tokens(tokens)
        logits = np.asarray(generator.get_output("logits")[0, len(before) - 1 : -1], dtype=np.float64)
        top = logits.max(axis=-1, keepdims=True)
        logs = logits - top - np.log(np.exp(logits - top).sum(axis=-1, keepdims=True))
        bits -= float(logs[np.arange(len(after)), after].sum()) / math.log(2)
        size += len(reply.encode())
    return bits / size


def redial_pairs(folder: Path, catalog: Catalog, count: int) -> list[tuple[str, str]]:
    """Prompts and replies of ReDial's recommenders (validation part), films as placeholders with their facts."""
    phrasing = Phrasing(catalog.vocabulary)
    by_title = {(item.title.lower(), item.year): item for item in catalog}
    found: list[tuple[str, str]] = []
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            dialogue = json.loads(line)
            if int(dialogue["conversationId"]) % 10:
                continue
            titles = dict(dialogue["movieMentions"] or {})
            for raw, message in zip(dialogue["messages"], redial_messages(dialogue), strict=True):
                items = [by_title.get(_title_and_year(titles[i] or "")) for i in message["items"]]
                if message["by"] == "person" or not items or None in items or len(found) >= count:
                    continue
                known = tuple(brief_item(item, phrasing, catalog) for item in items if item)
                reply = raw["text"]
                for n, item_id in enumerate(message["items"], start=1):
                    reply = reply.replace(f"@{item_id}", f"@{n}")
                found.append((render(Brief("recommend", phrasing.noun(), known)), reply.strip()))
    return found


def _title_and_year(title: str) -> tuple[str, int | None]:
    match = re.fullmatch(r"(.*?)\s*\((\d{4})\)\s*", title)
    return (match[1].lower(), int(match[2])) if match else (title.strip().lower(), None)


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.replies", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--domain", default="movies")
    parser.add_argument("--acts", type=int, default=200)
    parser.add_argument("--held-out", type=int, default=100, help="replies to measure bits a byte on")
    parser.add_argument("--base", type=Path, help="folder of the exported base model (default: that of the build)")
    parser.add_argument("--redial", type=Path, help="folder of ReDial's JSON lines")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", type=int, default=0, help="how many replies to print beside their templates")
    chosen = parser.parse_args(arguments)
    settings = Settings()
    folder = settings.artifacts / chosen.domain
    folder = folder / str(artifact.current(folder))
    try:
        catalog = Catalog.load(folder / artifact.CATALOG)
        recommender = OnnxRecommender(folder, Manifest.load(folder).noise)
        watch = Watch(GenaiDrafter(folder / artifact.DIALOGUE))
    except (ArtifactError, CatalogError) as error:
        print(error, file=sys.stderr)
        return 2
    told = redial_pairs(chosen.redial, catalog, chosen.held_out) if chosen.redial else []
    if chosen.redial and not told:
        print(f"{chosen.redial} holds none of ReDial's dialogues that are kept for measuring", file=sys.stderr)
        return 2
    carried_out(catalog, recommender, watch, chosen)
    base = chosen.base or _base_model(settings.data / "dialogue")
    curated = [(render(e.brief), e.reply) for e in examples(catalog, chosen.held_out, HELD_OUT_SEED)]
    for kind, pairs in (("curated", curated), *([("ReDial", told)] if told else [])):
        ours = bits_per_byte(folder / artifact.DIALOGUE, pairs)
        line = f"bits a byte, {len(pairs)} {kind} replies: {ours:.4f}"
        theirs = bits_per_byte(base, pairs) if base else math.nan
        print(f"{line}, base model {theirs:.4f} ({100 * (ours / theirs - 1):+.1f}%)" if base else line, flush=True)
    return 0


def carried_out(catalog: Catalog, recommender: Recommender, watch: Watch, chosen: argparse.Namespace) -> None:
    """Write every act by the model and by the templates, and print how they compare."""
    linker = Linker(catalog)
    dialogue = DraftingDialogue(watch, catalog, Checker(catalog, linker))
    wording, judge = Wording(catalog, Texts.load()), Judge(catalog, linker)
    drawn = acts(catalog, recommender, chosen.acts, chosen.seed)
    sent: list[str] = []
    templates: list[str] = []
    seconds: list[float] = []
    asked: list[int] = []  # the first draft of each act that is the model's
    faults: dict[str, list[list[str]]] = {"model or template": [], "model alone": [], "templates": []}
    for at, act in enumerate(drawn):
        started, drafted = time.monotonic(), len(watch.drafts)
        before = "" if at % TURNS == 0 else sent[-1]
        written = dialogue.write(act, "en", chosen.seed + at, before)
        seconds.append(time.monotonic() - started)
        asked += [drafted] if len(watch.drafts) > drafted else []
        template = wording.write(act, "en", random.Random(at))
        sent.append(written or template)
        templates.append(template)
        faults["model or template"].append(judge.faults(act, sent[-1]))
        faults["templates"].append(judge.faults(act, template))
        if written:
            faults["model alone"].append(judge.faults(act, written))
        if at < chosen.show:
            print(f"  model:    {written}\n  template: {template}\n")
    fallen = sum(text is template for text, template in zip(sent, templates, strict=True))
    print(f"{len(drawn)} acts, {len(asked)} of them for the model")
    print(f"the first draft that was not given up passes: {np.mean([watch.passed_first[at] for at in asked]):.3f}")
    print(f"a template is needed: {fallen / len(drawn):.3f}")
    for name, found in faults.items():
        print(f"carried out, {name}: {np.mean([not f for f in found]):.4f} of {len(found)}")
    for fault, times in Counter(
        re.sub(r"\d+|\[.*", "…", f) for found in faults.values() for fs in found for f in fs
    ).most_common(6):
        print(f"  {times} {fault}")
    for name, texts in (("model", sent), ("templates", templates)):
        plain = [masked(act, text) for act, text in zip(drawn, texts, strict=True)]
        conversations = [plain[i : i + TURNS] for i in range(0, len(plain), TURNS)]
        figures = " ".join(f"distinct-{n} {distinct(plain, n):.4f}" for n in (2, 3, 4))
        print(f"{name}: {figures}, repeated within {TURNS} turns {repeated(conversations):.4f}")
    first, whole = np.median([watch.first_sentence[at] for at in asked]), np.median(seconds)
    print(
        f"seconds at the median: first checked sentence {first:.2f}, whole reply {whole:.2f} "
        f"(95% within {np.quantile(seconds, 0.95):.2f})"
    )


def _base_model(exported: Path) -> Path | None:
    """The exported model without an adapter that a build left behind, if any."""
    for facts in sorted(exported.glob(f"*/{artifact.DIALOGUE_FACTS}")):
        content: dict[str, Any] = json.loads(facts.read_text(encoding="utf-8"))
        if not content.get("adapter"):
            return facts.parent
    return None


if __name__ == "__main__":
    sys.exit(main())
