"""What is understood of messages: items named and how they are liked, attributes, intents.

Three uses, all of what is served:

* ``--utterances F --predictions OUT``: JSON lines ``{"id", "text", "context": [{"role", "text"}]}`` in, what each says
  out.
* ``--corrupt redial``: ReDial's marked titles, typed as people type them: linking, and liking against the seekers' own
  answers.
* ``--converse DIR``: the intents of ConveRSE's messages, on held-out people, beside TF-IDF with logistic regression.
"""

from __future__ import annotations

import argparse
import itertools
import json
import operator
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.reader import OnnxReader
from bot.resolve import Resolver
from bot.search import Search
from bot.settings import Settings
from bot.understood import Context, Named, Understood
from domain import artifact
from domain.artifact import ArtifactError
from domain.catalog import Catalog, CatalogError, Item
from domain.frame import Act, Flag, LastPlan, Role, Topic
from domain.linking import Linker, normal
from domain.plan import Plan
from training.corruption import typed

REDIAL = Path("../shared/data/redial")
CONVERSE = Path("../shared/data/converse")


def served(domain: str) -> Path:
    """The folder of the version in use."""
    folder = Settings().artifacts / domain
    return folder / str(artifact.current(folder))


class Served:
    """What reads the messages of a domain, as it is served."""

    def __init__(self, domain: str) -> None:
        """Load it.

        Raises:
            ArtifactError: the domain was never built.
        """
        folder = served(domain)
        try:
            self.catalog = Catalog.load(folder / artifact.CATALOG)
        except CatalogError as error:
            raise ArtifactError(f"domain {domain} has to be built first (python -m training.build): {error}") from error
        self.linker = Linker(self.catalog)
        self.reader = OnnxReader(folder / artifact.READER)
        self.resolver = Resolver(self.catalog, self.linker, Search.load(folder, self.catalog))

    def understand(self, text: str, said: Sequence[tuple[str, str]] = ()) -> Understood:
        """What a message says, after some (role, text), oldest first."""
        plan, earlier = self.plan(said)
        return self.after(text, plan, earlier)

    def after(self, text: str, plan: Plan, earlier: frozenset[str] = frozenset()) -> Understood:
        """What a message says after a plan."""
        return self.resolver.resolve(self.reader.read(text, plan.code), Context(plan.slate, plan.focus, earlier))

    def plan(self, said: Sequence[tuple[str, str]]) -> tuple[Plan, frozenset[str]]:
        """The plan that the bot's last message may have had: the titles in it, in order, and whether it asks.

        And the items that were named before. Only here is the bot's prose read: a contract hands it over as text.
        """
        named = [(role, self._named(text)) for role, text in said]
        earlier = frozenset(item_id for _, ids in named for item_id in ids)
        last = next((at for at in range(len(said) - 1, -1, -1) if said[at][0] == "bot"), None)
        if last is None:
            return Plan(), earlier
        text, slate = said[last][1], named[last][1]
        asks = "?" in text or "？" in text
        if slate:
            return Plan(("recommend",), slate, slate[0] if len(slate) == 1 else None, len(slate)), earlier
        before = next((ids for role, ids in reversed(named[:last]) if role == "bot" and ids), ())
        return Plan(("ask",) if asks else ("chat",), before, None, 0, "opening" if asks else ""), earlier

    def _named(self, text: str) -> tuple[str, ...]:
        said = self.resolver.resolve(self.reader.read(text, LastPlan()), Context())
        return tuple(dict.fromkeys(named.item_id for named in said.named if named.item_id and not named.pointed))


# Utterances


def _thinks_of_what_was_shown(said: Understood, role: Role) -> bool:
    return Act.INFORM in said.acts and any(named.pointed and named.role is role for named in said.named)


OF_NO_ITEM = frozenset({
    Topic.BOT, Topic.METHOD, Topic.FAVOURITE, Topic.PRIVACY, Topic.ME, Topic.EARLIER, Topic.KINDS, Topic.OUTSIDE,
    Topic.COUNT,
})  # fmt: skip
INTENTS: Sequence[tuple[Callable[[Understood], bool], str]] = (
    (lambda said: Flag.FORGET in said.flags or Act.CORRECT in said.acts, "correct"),
    (lambda said: Act.ASK in said.acts and not {a.topic for a in said.asked} <= OF_NO_ITEM, "ask_item"),
    (lambda said: Act.CRITIQUE in said.acts, "critique"),
    (lambda said: Act.REQUEST in said.acts, "recommend"),
    (lambda said: Act.REJECT in said.acts, "reject"),
    (lambda said: Act.ACCEPT in said.acts, "accept"),
    (lambda said: Act.LEAVE in said.acts, "leave"),
    (lambda said: _thinks_of_what_was_shown(said, Role.LIKED), "accept"),
    (lambda said: _thinks_of_what_was_shown(said, Role.DISLIKED), "reject"),
    (lambda said: Act.INFORM in said.acts, "prefer"),
    (lambda said: Act.ASK in said.acts and {a.topic for a in said.asked} == {Topic.OUTSIDE}, "other"),
    (lambda said: Act.GREET in said.acts and not said.acts & {Act.ASK, Act.CHAT}, "greet"),
    (lambda said: True, "chat"),
)
"""The intent of a frame: the first that holds decides the reply."""
POLARITY = {
    Role.LIKED: 1, Role.LIKE_THIS: 1, Role.CHOSEN: 1, Role.DISLIKED: -1, Role.REFUSED: -1, Role.UNWANTED: -1,
}  # fmt: skip
"""What is thought of an item by its role; nothing by any other."""


def intent_of(said: Understood) -> str:
    """The intent of a message by the contract; see `INTENTS`."""
    return next(name for holds, name in INTENTS if holds(said))


def polarity_of(named: Named) -> int:
    """Liked or wanted alike 1, disliked -1, else 0."""
    return 0 if named.theirs else POLARITY.get(named.role, 0)


def mentioned(said: Understood) -> tuple[Named, ...]:
    """What is named or pointed at; of what may point at several, the first."""
    told: dict[tuple[int, int], Named] = {}
    return tuple(n for n in said.named if not n.vague or told.setdefault((n.start, n.end), n) is n)


def predictions(lines: Iterable[str], reads: Served) -> Iterator[dict[str, Any]]:
    """One answer a line, in the order of the lines."""
    for line in filter(str.strip, lines):
        asked = json.loads(line)
        said = reads.understand(asked["text"], [(m["role"], m["text"]) for m in asked.get("context", ())])
        yield {"id": asked["id"], **plain(said)}


def plain(said: Understood) -> dict[str, Any]:
    """What was understood, as JSON."""
    return {
        "intent": intent_of(said),
        "mentions": [
            {"item_id": n.item_id, "start": n.start, "end": n.end, "polarity": polarity_of(n)} for n in mentioned(said)
        ],
        "constraints": [{"attribute": c.attribute, "value": c.value, "include": c.include} for c in said.wishes],
    }


# ReDial: linking and liking


@dataclass
class Linking:
    """Counts of mentions found, right and marked; a mention is right if it overlaps a mark of the same film.

    Attributes:
        same: whether two ids are one film.
    """

    same: Callable[[str, str], bool] = operator.eq
    found: int = 0
    right: int = 0
    marked: int = 0

    def add(self, mentions: Sequence[tuple[int, int, str]], marks: Sequence[tuple[int, int, str]]) -> None:
        """Count one message."""
        left = list(marks)
        self.found += len(mentions)
        self.marked += len(marks)
        for start, end, item_id in mentions:
            hit = next((m for m in left if self.same(m[2], item_id) and start < m[1] and m[0] < end), None)
            if hit:
                left.remove(hit)
                self.right += 1

    @property
    def figures(self) -> tuple[float, float, float]:
        """Precision, recall, F1."""
        precision, recall = self.right / max(self.found, 1), self.right / max(self.marked, 1)
        return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


class Namesakes:
    """ReDial's films in a catalogue: by id and title where the ids are ReDial's, else by title and year."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._by_name = {_title_and_year(item.name): item for item in reversed(catalog)}

    def item(self, mark: str, name: str) -> Item | None:
        """The item that is meant.

        Args:
            mark: ReDial's id.
            name: as ReDial calls it: ``Pulp Fiction (1994)``.
        """
        title, year = _title_and_year(name)
        same = self._catalog.get(mark)
        return same if same and normal(same.title) == title else self._by_name.get((title, year))


def _title_and_year(name: str) -> tuple[str, str]:
    dated = re.search(r"\s*\((\d{4})\)\s*$", name)
    return normal(name[: dated.start()] if dated else name), dated[1] if dated else ""


def on_redial(folder: Path, domain: str, seed: int, show: int) -> None:
    """Linking of corrupted titles, and liking of the linked ones against the seekers' answers; prints both."""
    reads = Served(domain)
    catalog = reads.catalog
    namesakes, chance = Namesakes(catalog), random.Random(seed)
    title_of = {item.item_id: normal(item.title) for item in catalog}

    def same(one: str, other: str) -> bool:
        """ReDial has many a film under several ids: title and year are what a reader can tell them apart by."""
        a, b = catalog.get(one), catalog.get(other)
        return bool(a and b and title_of[one] == title_of[other] and a.year == b.year)

    linking = Linking(same=same)
    by_title = Linking(same=lambda one, other: title_of[one] == title_of[other])
    disliked: list[bool] = []
    polarity: list[int] = []
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            dialogue = json.loads(line)
            names = {i: name for i, name in dict(dialogue["movieMentions"] or {}).items() if name}
            ours = {i: item.item_id for i, name in names.items() if (item := namesakes.item(i, name))}
            told: dict[str, int] = {}
            shown: tuple[str, ...] = ()
            earlier: set[str] = set()
            for message in dialogue["messages"]:
                by_seeker = message["senderWorkerId"] == dialogue["initiatorWorkerId"]
                written = typed(message["text"], {i: names[i] for i in ours}, chance)
                marks = tuple((start, end, ours[i]) for start, end, i in written.spans)
                plan = Plan(("recommend",) if shown else ("chat",), shown, None, len(shown))
                said = reads.after(written.text, plan, frozenset(earlier))
                found = [(n.start, n.end, n.item_id) for n in said.named if n.item_id and not n.pointed]
                earlier |= {item_id for _, _, item_id in found}
                linking.add(found, marks)
                by_title.add(found, marks)
                if not by_seeker:
                    shown = tuple(dict.fromkeys(item_id for _, _, item_id in marks)) or shown
                    continue
                for named in said.named:
                    if named.item_id and (more := POLARITY.get(named.role, 0)):
                        told[title_of[named.item_id]] = more
                wrong = {mark[:2] for mark in marks} ^ {mark[:2] for mark in found}
                if wrong and show:
                    show -= 1
                    print(written.text, *(sorted(written.text[a:b] for a, b, _ in those) for those in (marks, found)))
            answers = dict(dialogue["initiatorQuestions"] or {}).items()
            asked = [(mark, answer["liked"]) for mark, answer in answers if mark in ours and answer["liked"] in (0, 1)]
            disliked += [not liked for _, liked in asked]
            polarity += [told.get(title_of[ours[mark]], 0) for mark, _ in asked]
    for name, counts in (("linking", linking), ("linking, where any film of the title is right", by_title)):
        precision, recall, f1 = counts.figures
        print(f"{name}: {counts.marked} marks, precision {precision:.4f}, recall {recall:.4f}, F1 {f1:.4f}")
    for figure, value in liking(np.array(disliked), np.array(polarity)).items():
        print(f"{figure}: {value:.4f}")


def liking(disliked: NDArray[np.bool_], polarity: NDArray[np.int64]) -> dict[str, float]:
    """How well dislikes are told.

    Args:
        disliked: as the seekers answered.
        polarity: as read, 1, -1 or 0.
    """
    told = polarity < 0
    recall, specificity = float(told[disliked].mean()), float((~told)[~disliked].mean())
    return {
        "answers": float(len(disliked)),
        "disliked": float(disliked.sum()),
        "balanced accuracy": (recall + specificity) / 2,
        "balanced accuracy of the majority class": 0.5,
        "recall of disliked": recall,
        "recall of liked": specificity,
    }


# ConveRSE: intents

# Left out: what ConveRSE's own recogniser fell back on or took for small talk by mistake ("I love Alien" as love for
# the bot), and answers to its menus for erasing data, which we do not have.
MAPPING: Mapping[str, str] = {
    "preference": "prefer",
    "preference - disambiguation": "prefer",
    "request_recommendation": "recommend",
    "smalltalk.user.needs_advice": "recommend",
    "start": "greet",
    "smalltalk.greetings.hello": "greet",
    "request_recommendation - skip": "reject",
    "skip": "reject",
    "smalltalk.confirmation.no": "reject",
    "preference - no": "reject",
    "smalltalk.confirmation.yes": "accept",
    "preference - yes": "accept",
    "request_recommendation - critiquing - yes": "accept",
    "request_recommendation - details": "ask_item",
    "request_recommendation - why": "ask_item",
    "request_recommendation - trailer": "ask_item",
    "request_recommendation - yes_but": "critique",
    "request_recommendation - no_but": "critique",
    "reset_profile": "correct",
    "show_profile - delete_preference": "correct",
    "show_profile": "chat",
    "help": "chat",
    "request_recommendation - help": "chat",
    "smalltalk.appraisal.thank_you": "chat",
    "smalltalk.appraisal.good": "accept",
    "smalltalk.greetings.how_are_you": "chat",
    "request_recommendation - stop": "leave",
    "smalltalk.confirmation.cancel": "leave",
    "smalltalk.greetings.bye": "leave",
}
RATING = "request_recommendation - preference"
"""A rating of what was shown: `accept` or `reject` by the sign that ConveRSE recorded with it."""


@dataclass(frozen=True)
class Labelled:
    """A message with its intent, and whether something was shown or asked before it."""

    person: str
    text: str
    shown: bool
    asked: bool
    intent: str


def converse(folder: Path) -> list[Labelled]:
    """ConveRSE's messages whose intents have a counterpart."""
    found = []
    for path in sorted(folder.glob("*/*.json")):
        for message in json.loads(path.read_text(encoding="utf-8")):
            intent = MAPPING.get(message["intent"])
            if message["intent"] == RATING:
                intent = {"+": "accept", "-": "reject"}.get(message["recognizedObjects"][-1:])
            if intent:
                contexts = message["contexts"]
                person = f"{path.parent.name}/{path.stem}/{message['userID']}"
                asked = "disambiguation" in contexts or "confirm" in contexts
                shown = contexts.startswith("request_recommendation")
                found.append(Labelled(person, message["message"], shown, asked, intent))
    return found


def is_held_out(person: str) -> bool:
    """One person in five, by name."""
    return random.Random(f"left out: {person}").random() < 0.2


def on_converse(folder: Path, domain: str, show: int) -> None:
    """Macro-F1 of intents on held-out people, beside TF-IDF and logistic regression trained on the others."""
    reads = Served(domain)
    messages = converse(folder)
    train = [m for m in messages if not is_held_out(m.person)]
    test = [m for m in messages if is_held_out(m.person)]
    popular = max(reads.catalog, key=lambda item: item.popularity).item_id

    def plan(message: Labelled) -> Plan:
        if message.shown:
            return Plan(("recommend",), (popular,), popular, 1)
        return Plan(("ask",), asked="kind") if message.asked else Plan()

    ours = [intent_of(reads.after(m.text, plan(m))) for m in test]
    truth = [m.intent for m in test]
    theirs = tfidf_logistic([m.text for m in train], [m.intent for m in train], [m.text for m in test])
    print("mapping:")
    for name, intent in MAPPING.items():
        print(f"  {name} -> {intent}")
    print(f"  {RATING} -> accept or reject, by its sign")
    print(f"{len(test)} messages of {len({m.person for m in test})} held-out people")
    print(f"{'intent':10} {'messages':>8} {'ours F1':>8} {'TF-IDF + LR F1':>15}")
    for intent in sorted(set(truth)):
        print(f"{intent:10} {truth.count(intent):8} {f1(truth, ours, intent):8.3f} {f1(truth, theirs, intent):15.3f}")
    for name, guessed in (("ours", ours), ("TF-IDF + LR", theirs)):
        macro = np.mean([f1(truth, guessed, intent) for intent in sorted(set(truth))])
        right = np.mean([a == b for a, b in zip(truth, guessed, strict=True)])
        print(f"{name}: macro-F1 {macro:.4f}, accuracy {right:.4f}")
    wrong = Counter((m.text, m.shown, m.asked, m.intent, g) for m, g in zip(test, ours, strict=True) if m.intent != g)
    for (text, shown, asked, intent, guess), times in wrong.most_common(show):
        print(f"{times:4} {intent} read as {guess}{' (shown)' * shown}{' (asked)' * asked}: {text}")


def f1(truth: Sequence[str], guessed: Sequence[str], label: str) -> float:
    """F1 of one label."""
    hit = sum(a == b == label for a, b in zip(truth, guessed, strict=True))
    return 2 * hit / max(truth.count(label) + guessed.count(label), 1)


def tfidf_logistic(texts: Sequence[str], labels: Sequence[str], asked: Sequence[str]) -> list[str]:
    """TF-IDF of words and word pairs with multinomial logistic regression (L2), the peer of `on_converse`."""
    import torch
    from scipy import sparse

    ids: dict[str, int] = {}
    rows = [list(_grams(text)) for text in (*texts, *asked)]
    for row in rows[: len(texts)]:
        for gram in row:
            ids.setdefault(gram, len(ids))
    counts = sparse.lil_matrix((len(rows), len(ids)), dtype=np.float32)
    for at, row in enumerate(rows):
        for gram in row:
            if gram in ids:
                counts[at, ids[gram]] += 1
    table = sparse.csr_matrix(counts)
    rarity = np.log(len(texts) / np.asarray((table[: len(texts)] > 0).sum(axis=0)).ravel()) + 1
    table = sparse.csr_matrix(table @ sparse.diags(rarity))
    norms = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
    table = sparse.csr_matrix(sparse.diags(1 / np.maximum(norms, 1e-9)) @ table)
    names = sorted(set(labels))
    x = torch.from_numpy(table.toarray().astype(np.float32))
    y = torch.tensor([names.index(label) for label in labels])
    weights = torch.zeros(len(ids), len(names), requires_grad=True)
    bias = torch.zeros(len(names), requires_grad=True)
    solver = torch.optim.LBFGS([weights, bias], max_iter=200, line_search_fn="strong_wolfe")
    regularised = 1.0 / len(texts)

    def closure() -> torch.Tensor:
        solver.zero_grad()
        loss = torch.nn.functional.cross_entropy((x @ weights + bias)[: len(texts)], y)
        loss = loss + 0.5 * regularised * (weights**2).sum()
        torch.autograd.backward(loss)
        return loss

    solver.step(closure)  # type: ignore[no-untyped-call]
    return [names[at] for at in (x @ weights + bias)[len(texts) :].argmax(-1).tolist()]


def _grams(text: str) -> Iterator[str]:
    words = re.findall(r"\w+|/", text.lower())
    yield from words
    yield from (f"{a} {b}" for a, b in itertools.pairwise(words))


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.understanding", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--utterances", type=Path, help="JSON lines to understand")
    parser.add_argument("--predictions", type=Path, help="where to write what they say")
    parser.add_argument("--corrupt", choices=("redial",))
    parser.add_argument("--redial", type=Path, default=REDIAL, help="folder of ReDial's JSON lines")
    parser.add_argument("--converse", type=Path, nargs="?", const=CONVERSE, help="folder of ConveRSE")
    parser.add_argument("--domain", help="movies, or redial with --corrupt")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--errors", type=int, default=0, help="how many errors to show")
    chosen = parser.parse_args(arguments)
    if bool(chosen.utterances) != bool(chosen.predictions) or not (
        chosen.utterances or chosen.corrupt or chosen.converse
    ):
        parser.error("name --utterances and --predictions, or --corrupt redial, or --converse")
    try:
        if chosen.utterances:
            reads = Served(chosen.domain or "movies")
            with (
                chosen.utterances.open(encoding="utf-8") as lines,
                chosen.predictions.open("w", encoding="utf-8") as out,
            ):
                for answer in predictions(lines, reads):
                    out.write(json.dumps(answer, ensure_ascii=False) + "\n")
        if chosen.corrupt:
            on_redial(chosen.redial, chosen.domain or "redial", chosen.seed, chosen.errors)
        if chosen.converse:
            on_converse(chosen.converse, chosen.domain or "movies", chosen.errors)
    except ArtifactError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
