"""Whether talking helps: simulated people who answer questions and criticise, and iEvaLM's attribute mode.

* People: those whom `training.build` held out. Each knows half of what they rated and may speak of it; the liked ones
  of the other half are what they would like. Tonight they are in the mood for one genre, and any of five films of it
  that they would like makes them content. They open with a film that they like or with nothing at all, say what they
  think of what they know, name the genre when they are asked or shown nothing of it, and turn down a genre that they
  never like. With ``--no-mood`` the five are of any genre, and the genre that they name is the one they like most.
* ``--dialogues F``: iEvaLM's attribute mode (Wang et al., EMNLP'23) on ReDial: five rounds at most, in which the system
  asks for attributes of the target, answered from its metadata, or lists 50 films; recall of the last list.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from benchmarks.redial import DEPTHS, Instance, Ranker, instances, recall
from bot.acts import Ask
from bot.conversation import Conversation
from bot.dialogue import NoDialogue
from bot.evidence import NoEvidence
from bot.exchange import Incoming, Reply
from bot.history import History, Person
from bot.models import Models, Serving, load_current
from bot.policy import Move, Policy, decide
from bot.ranking import scores_for
from bot.recommender import PopularityRecommender
from bot.settings import Settings
from bot.texts import Texts
from bot.understood import Understood
from domain.artifact import ArtifactError
from domain.catalog import Catalog, Item
from domain.plan import Plan
from domain.preference import Constraint

TURNS = 5
SHOWN = 3
GOALS = 5
"""With so many films, drawn from all that they would like, a seeker is content: with any one of them."""
DEPTH = 10
LEAST = 10
"""People with fewer liked items to know, or to look for, are left out."""
ROUNDS = 5
ASKED = ("genres", "cast", "director", "writer")
"""iEvaLM's attributes, by the names of the catalogue."""


# People


@dataclass(frozen=True)
class Seeker:
    """A simulated person.

    Attributes:
        liked, disliked: what they know and may speak of.
        wanted: ids of what they would like and do not know yet.
        goals: those of `wanted` of which one has to be shown for success.
        genre: the one that they are in the mood for, or that most of `wanted` have.
        mood: whether nothing else will do; else `goals` may be of any genre.
        never: genres that almost nothing they like has.
        says_a_film: whether they open with one.
    """

    name: str
    liked: tuple[Item, ...]
    disliked: tuple[Item, ...]
    wanted: frozenset[str]
    goals: frozenset[str]
    genre: str
    never: frozenset[str]
    says_a_film: bool
    mood: bool


def seekers(holdout: Path, catalog: Catalog, each: int, seed: int, *, mood: bool = True) -> list[Seeker]:
    """The held-out people, each `each` times with other halves."""
    rated: dict[str, list[tuple[Item, float]]] = {}
    with holdout.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            item = catalog.get(row["item_id"])
            if item:
                rated.setdefault(row["user_id"], []).append((item, float(row["value"] or 1)))
    found: list[Seeker] = []
    for user, items in sorted(rated.items()):
        for again in range(each):
            seeker = _seeker(f"{user}-{again}", items, catalog, random.Random(f"{seed} {user} {again}"), mood)
            if seeker:
                found.append(replace(seeker, says_a_film=len(found) % 2 == 0))
    return found


def _seeker(
    name: str, rated: Sequence[tuple[Item, float]], catalog: Catalog, chance: random.Random, mood: bool
) -> Seeker | None:
    middle = float(np.mean([value for _, value in rated]))
    order = chance.sample(rated, len(rated))
    known, unknown = order[: len(order) // 2], order[len(order) // 2 :]
    liked = [item for item, value in known if value >= middle]
    wanted = [item for item, value in unknown if value >= middle]
    if min(len(liked), len(wanted)) < LEAST:
        return None
    topic = catalog.vocabulary.ask[0]
    counts = Counter(value for item in wanted for value in item.values(topic))
    every = Counter(value for item in (*wanted, *liked) for value in item.values(topic))
    rare = {v for v in catalog.values[topic] if every[v] < 0.05 * (len(wanted) + len(liked))}
    disliked = tuple(item for item, value in known if value < middle)
    genre = counts.most_common(1)[0][0]
    if mood:
        genres = sorted(value for value, count in counts.items() if count >= GOALS)
        if not genres:
            return None
        (genre,) = chance.choices(genres, [counts[value] for value in genres])
        wanted = [item for item in wanted if genre in item.values(topic)]
        liked.sort(key=lambda item: genre not in item.values(topic))
    would_like = [item.item_id for item in wanted]
    goals = frozenset(chance.sample(would_like, GOALS))
    return Seeker(name, tuple(liked), disliked, frozenset(would_like), goals, genre, frozenset(rare), True, mood)


class Mouth:
    """What one seeker says, turn by turn."""

    def __init__(self, seeker: Seeker, catalog: Catalog) -> None:
        self._seeker = seeker
        self._catalog = catalog
        self._topic = catalog.vocabulary.ask[0]
        self._to_name = list(seeker.liked)
        self._refused: set[str] = set()

    def opening(self) -> str:
        """The first message."""
        if not self._seeker.says_a_film:
            return "Can you recommend a film?"
        return f"I loved {self._to_name.pop(0).name}. What should I watch?"

    def answer(self, reply: Reply) -> str:
        """What they say to a reply: to a question its answer, to a list what they think of it, to both of them both."""
        asked = reply.act == "ask" or not reply.cards
        last = f"{self._seeker.genre.lower()}, please." if asked else "Something else?"
        shown = [item for card in reply.cards if (item := self._catalog.get(card.item_id))]
        opinions = []
        for item in shown:
            if item in self._seeker.disliked:
                opinions.append(f"I have seen {item.name} and hated it.")
            if item in self._to_name:
                self._to_name.remove(item)
                opinions.append(f"I have seen {item.name} and loved it.")
        if self._seeker.mood and not any(self._seeker.genre in item.values(self._topic) for item in shown):
            last = f"I am in the mood for {self._seeker.genre.lower()}."
        if opinions:
            return " ".join([*opinions, last])
        unwanted = Counter(v for item in shown for v in item.values(self._topic) if v in self._seeker.never)
        for value, _ in unwanted.most_common():
            if value not in self._refused and not asked:
                self._refused.add(value)
                return f"No {value.lower()}, please. {last}"
        if self._to_name:
            return f"I also loved {self._to_name.pop(0).name}. {last}"
        return last


def never_ask(said: Understood, person: Person, catalog: Catalog) -> tuple[Move, ...]:
    """The policy of the bot, but where it would ask, it recommends."""
    return tuple("recommend" if isinstance(move, Ask) else move for move in decide(said, person, catalog))


def always_ask(said: Understood, person: Person, catalog: Catalog) -> tuple[Move, ...]:
    """Asks once about every attribute that is worth it before anything is recommended."""
    left = next((a for a in catalog.vocabulary.ask if a in catalog.values and a not in person.asked), None)
    return tuple(Ask(left) if left and move == "recommend" else move for move in decide(said, person, catalog))


@dataclass
class Outcome:
    """What became of one conversation: NDCG@10 after each turn, and the turn of the first success, if any."""

    ndcg: list[float]
    success: int | None


async def converse(
    seeker: Seeker, models: Models, texts: Texts, policy: Policy, threads: ThreadPoolExecutor
) -> Outcome:
    """One seeker's conversation with the whole bot but its language model; Discord and disk are left out."""
    with tempfile.TemporaryDirectory() as folder:
        history = await History.open(Path(folder), models.manifest.domain)
        serving = Serving(Path(folder), texts, models)
        bot = Conversation(serving, history, texts, threads, slate=SHOWN, surprise=0.0, policy=policy)
        mouth, outcome = Mouth(seeker, models.catalog), Outcome([], None)
        text = mouth.opening()
        for turn in range(1, TURNS + 1):
            reply = await bot.turn(Incoming(f"{seeker.name}-{turn}", seeker.name, text, "terminal"))
            assert reply is not None
            if outcome.success is None and any(card.item_id in seeker.goals for card in reply.cards):
                outcome.success = turn
            outcome.ndcg.append(ndcg(models, await history.load(seeker.name), seeker.wanted))
            text = mouth.answer(reply)
        await history.close()
    return outcome


def page_by_page(seeker: Seeker, models: Models, *, heard: bool) -> Outcome:
    """No conversation: one ranking, from the opening message or (unless `heard`) from nothing, shown page by page."""
    said = models.understand(Mouth(seeker, models.catalog).opening() if heard else "", Plan(), Person(""))
    columns = [models.catalog.column(named.item_id) for named in said.named if named.item_id]
    known = [column for column in columns if column is not None]
    history = (np.array(known, dtype=np.int64), np.ones(len(known), dtype=np.float32))
    scores = models.recommender.scores([history])[0]
    scores[known] = -np.inf
    best = [models.catalog[column].item_id for column in np.argsort(-scores, kind="stable")[: TURNS * SHOWN]]
    success = next((at // SHOWN + 1 for at, item_id in enumerate(best) if item_id in seeker.goals), None)
    hits = [item_id in seeker.wanted for item_id in best[:DEPTH]]
    return Outcome([_ndcg(hits, len(seeker.wanted))] * TURNS, success)


def ndcg(models: Models, person: Person, wanted: frozenset[str]) -> float:
    """NDCG@10 of the whole ranking for a person as they are known now, without what they rated."""
    rated = {column for i in person.preference.opinions if (column := models.catalog.column(i)) is not None}
    slate = models.slates.compose(scores_for(models, person, ""), person.preference.constraints, rated, DEPTH)
    return _ndcg([models.catalog[column].item_id in wanted for column in slate.columns], len(wanted))


def _ndcg(hits: Sequence[bool], relevant: int) -> float:
    gains = 1 / np.log2(np.arange(2, DEPTH + 2))
    return float(sum(g for g, hit in zip(gains, hits, strict=False) if hit) / gains[: min(relevant, DEPTH)].sum())


async def simulate(holdout: Path, models: Models, texts: Texts, each: int, seed: int, *, mood: bool) -> None:
    """Every way of talking with every seeker; prints one line a way."""
    people = seekers(holdout, models.catalog, each, seed, mood=mood)
    models = replace(models, dialogue=NoDialogue())  # what is said does not depend on how it is worded
    popular = replace(models, recommender=PopularityRecommender(models.catalog), evidence=NoEvidence())
    ways: Mapping[str, tuple[Models, Policy]] = {
        "Parley": (models, decide),
        "without dialogue evidence": (replace(models, evidence=NoEvidence()), decide),
        "never asking": (models, never_ask),
        "always asking": (models, always_ask),
        "popularity and filter": (popular, decide),
    }
    print(f"{len(people)} conversations with {len({p.name.rpartition('-')[0] for p in people})} held-out people")
    columns = " ".join(f"turn {turn}" for turn in range(1, TURNS + 1))
    print(f"{'':30} success in {TURNS} turns / turns needed   NDCG@10 after {columns}")
    with ThreadPoolExecutor(1) as threads:
        for name, heard in (("no conversation, page by page", False), ("the opening alone, page by page", True)):
            found = [page_by_page(seeker, models, heard=heard) for seeker in people]
            print(_line(name, found), flush=True)
        for name, (served, policy) in ways.items():
            found = [
                await converse(s, served, texts, policy, threads)
                for s in tqdm(people, desc=name, leave=False, disable=None)
            ]
            print(_line(name, found), flush=True)


def _line(name: str, found: Sequence[Outcome]) -> str:
    succeeded = [outcome.success for outcome in found if outcome.success is not None]
    turns = f"{np.mean(succeeded):.2f}" if succeeded else "-"
    each = " ".join(f"{value:.4f}" for value in np.mean([outcome.ndcg for outcome in found], axis=0))
    return f"{name:32} {len(succeeded) / len(found):.3f} / {turns:10} {each}"


# iEvaLM's attribute mode


def attribute_mode(dialogues: Path, models: Models) -> None:
    """Ask for the target's attributes, then list; recall of the last list, beside filter and popularity."""
    ranker = Ranker(models.catalog, models.recommender, models.evidence)
    found = [i for i in instances(dialogues, models.catalog) if any(map(models.catalog.get, i.targets))]
    popular = PopularityRecommender(models.catalog).scores([(np.zeros(0, np.int64), np.zeros(0, np.float32))])[0]
    ways = {"metadata filter and popularity": None, "Parley": ranker}
    print(f"iEvaLM, attribute mode: {len(found)} instances")
    for name, way in ways.items():
        lists = []
        for instance in tqdm(found, desc=name, leave=False, disable=None):
            scores = way.scores(instance) if way else popular
            lists.append(_last_list(instance, scores, models))
        figures = recall(lists, [i.targets for i in found])
        print(f"{name:32} " + " / ".join(f"R@{depth} {figures[f'R@{depth}']:.4f}" for depth in DEPTHS), flush=True)


def _last_list(instance: Instance, scores: np.ndarray, models: Models) -> list[str]:
    """The rounds with one user: a list comes once nothing is left to ask, and what it held does not come again."""
    target = next(item for item_id in instance.targets if (item := models.catalog.get(item_id)))
    told = [Constraint(name, value) for name in ASKED for value in target.values(name)]
    refused: set[int] = set()
    ranked: list[str] = []
    for _ in range(ROUNDS - len(ASKED)):
        columns = models.slates.compose(scores, told, refused, DEPTHS[-1]).columns
        ranked = [models.catalog[column].item_id for column in columns]
        if set(ranked) & set(instance.targets):
            break
        refused |= set(columns)
    return ranked


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.simulation", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--domain", default="movies")
    parser.add_argument("--holdout", type=Path, help="interactions of the people (default: those of the build)")
    parser.add_argument("--dialogues", type=Path, help="ReDial's JSON lines, for iEvaLM's attribute mode")
    parser.add_argument("--each", type=int, default=6, help="conversations a person")
    parser.add_argument("--mood", action=argparse.BooleanOptionalAction, default=True, help="want one genre tonight")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args(arguments)
    settings, texts = Settings(), Texts.load()
    try:
        models = load_current(settings.artifacts / chosen.domain, texts, lambda text: print(text, file=sys.stderr))
    except ArtifactError as error:
        print(error, file=sys.stderr)
        return 2
    if chosen.dialogues:
        attribute_mode(chosen.dialogues, models)
        return 0
    holdout = chosen.holdout or settings.data / chosen.domain / "holdout.csv"
    asyncio.run(simulate(holdout, models, texts, chosen.each, chosen.seed, mood=chosen.mood))
    return 0


if __name__ == "__main__":
    sys.exit(main())
