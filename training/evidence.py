"""Recommendation dialogues -> evidence: what the films named and the words said so far tell of what comes next.

`python -m training.evidence --recommender DIR --dialogues F --out DIR`. Every kind of evidence (a channel) is a table
from keys (items or words) to the few items that they speak for. A small network, the fusion, learns from the dialogues
how much the channels, the generator's scores and popularity count, given how much has been said. Tables that are
learned from dialogues are made without the dialogues on which the fusion learns to trust them.

Item-to-item tables are closed-form ridge regressions with a zero diagonal (EASE, Steck 2019), over dialogues alone and
over dialogues, ratings and attributes together; words are tied to items by ridge regression on what was recommended.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from scipy import sparse
from torch import nn

from domain.artifact import CATALOG, write_atomically
from domain.catalog import Catalog, CatalogError
from domain.evidence import Cues, Lexicon, Said, phrases
from domain.linking import normal
from training import progress
from training.content import attribute_table, unit_rows, word_table, words_of
from training.dataset import DataError, read_interactions, read_items, to_matrix
from training.recommender import TrainingError, load_generator

STAGE = "training.evidence"
say = partial(progress.say, STAGE)
MODEL, FACTS = "evidence.safetensors", "evidence.json"

ITEM_CHANNELS = ("together", "mentioned", "alike", "told_alike")
WORD_CHANNELS = ("asked", "named", "told")
FEATURES = (*ITEM_CHANNELS, *WORD_CHANNELS, "generator", "popular")
BUCKETS = 5
"""Conversations with 0, 1, 2, 3 and more named items are fused differently."""


@dataclass(frozen=True)
class Config:
    """What makes the evidence; chosen on dialogues that were not learned from."""

    mentioned_ridge: float = 50.0
    together_ridge: float = 60.0
    ratings: float = 0.3  # weight of a person's ratings beside a dialogue
    attributes: float = 0.5  # weight of an attribute's value beside a dialogue
    described: float = 0.25  # weight of a word of title or description
    words_ridge: float = 2.0
    least_words: int = 5  # dialogues that have to use a word
    least_phrases: int = 20
    neighbours: int = 200  # items kept a key
    folds: int = 5
    hidden: int = 24
    epochs: int = 6
    batch: int = 64
    learning_rate: float = 5e-3
    weight_decay: float = 1e-3
    hard: int = 40  # best items of each feature that the fusion has to tell apart
    easy: int = 300  # drawn from the rest, and counted for all of it
    seed: int = 0


# Dialogues


@dataclass(frozen=True)
class Instance:
    """A moment at which something was recommended.

    Attributes:
        dialogue: number of its dialogue.
        cues: what was said before.
        known: columns named before.
        targets: columns recommended now and not named before; may be empty.
    """

    dialogue: int
    cues: Cues
    known: tuple[int, ...]
    targets: tuple[int, ...]


def read_dialogues(path: Path, column_of: Callable[[str], int | None]) -> list[list[Said]]:
    """Dialogues as `training.sources` writes them: a JSON line each.

    Args:
        path: of dialogues.jsonl.
        column_of: item_id -> column; an item that the catalogue lacks is left out.

    Raises:
        TrainingError: the file cannot be read or is not such a file.
    """
    dialogues = []
    try:
        with path.open(encoding="utf-8") as file:
            for line in file:
                said = []
                for message in json.loads(line)["messages"]:
                    columns = dict.fromkeys(map(column_of, message["items"]))
                    known = tuple(column for column in columns if column is not None)
                    said.append(Said(message["by"] == "person", message["text"], known))
                dialogues.append(said)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainingError(f"{path} holds no dialogues: {error}") from error
    if not dialogues:
        raise TrainingError(f"{path} holds no dialogues")
    return dialogues


def by_title(items: Path, catalog: Catalog) -> Callable[[str], int | None]:
    """Ids of other items -> columns of the catalogue's items of the same title and year (a year apart will do).

    Raises:
        DataError: the file is no items.csv.
    """
    columns = {
        (normal(name), item.year): at for at, item in enumerate(catalog) for name in (item.title, *item.other_names)
    }
    found: dict[str, int] = {}
    for item in read_items(items):
        years = (item.year, item.year + 1, item.year - 1) if item.year else (None,)
        names = ((normal(name), year) for year in years for name in (item.title, *item.other_names))
        at = next((columns[name] for name in names if name in columns), None)
        if at is not None:
            found[item.item_id] = at
    return found.get


def instances(dialogues: Sequence[Sequence[Said]], lexicon: Lexicon) -> list[Instance]:
    """Every message that recommends something, with what was said before it; the first of a dialogue has nothing."""
    found = []
    for number, dialogue in enumerate(dialogues):
        for at, message in enumerate(dialogue):
            if at and not message.by_person and message.columns:
                known = tuple(dict.fromkeys(column for said in dialogue[:at] for column in said.columns))
                targets = tuple(column for column in message.columns if column not in known)
                found.append(Instance(number, lexicon.read(dialogue[:at]), known, targets))
    return found


def lexicon_of(dialogues: Sequence[Sequence[Said]], catalog: Catalog, config: Config) -> Lexicon:
    """Words that dialogues use often enough, names of attribute values, and words of titles and descriptions."""
    used: Counter[str] = Counter()
    for dialogue in dialogues:
        used.update({phrase for said in dialogue for phrase in phrases(said.text)})
    words = {w for w, n in used.items() if n >= (config.least_phrases if " " in w else config.least_words)}
    named = {w for value in _values(catalog) for w in [value.lower()] if w.count(" ") < 3}
    told = Counter(w for item in catalog for w in set(words_of(item)))
    words |= named | {w for w, n in told.items() if n >= 3}
    return Lexicon(sorted(words))


def _values(catalog: Catalog) -> Iterator[str]:
    for values in catalog.values.values():
        yield from (value for value, columns in values.items() if len(columns) > 1)


# Tables


def together(dialogues: sparse.csr_matrix, others: NDArray[np.float32], ridge: float) -> NDArray[np.float32]:
    """Item-to-item weights ``[N, N]`` with a zero diagonal, from co-occurrence in dialogues and a Gram matrix of more.

    Items that occur nowhere get none.
    """
    gram = (dialogues.T @ dialogues).toarray().astype(np.float32) + others
    used = np.flatnonzero(gram.diagonal() > 0)
    weights: NDArray[np.float32] = np.zeros(gram.shape, dtype=np.float32)
    inner = torch.from_numpy(gram[np.ix_(used, used)])
    inner.diagonal().add_(ridge)
    inverse = torch.cholesky_inverse(torch.linalg.cholesky(inner))
    solved: NDArray[np.float32] = (-inverse / inverse.diagonal()).numpy()
    np.fill_diagonal(solved, 0)
    weights[np.ix_(used, used)] = solved
    return weights


def gram_of_ratings(people: sparse.csr_matrix) -> NDArray[np.float32]:
    """Co-occurrence ``[N, N]`` in people's ratings, long histories counting less for each of their pairs."""
    lengths = np.asarray((people > 0).sum(axis=1)).ravel()
    seen = (people > 0).astype(np.float32)
    return np.asarray((seen.T @ sparse.diags(1 / np.sqrt(lengths / 20 + 1)) @ seen).todense(), dtype=np.float32)


def gram_of_attributes(catalog: Catalog, attributes: float, described: float) -> NDArray[np.float32]:
    """Co-occurrence ``[N, N]`` in attribute values and in words, rare ones counting more."""
    gram = np.zeros((len(catalog), len(catalog)), dtype=np.float32)
    for table, weight in ((attribute_table(catalog)[0], attributes), (word_table(catalog)[0], described)):
        has = (table > 0).astype(np.float32)
        counts = np.asarray(has.sum(axis=0)).ravel()
        has, counts = has[:, counts > 1], counts[counts > 1]
        gram += weight * (has @ sparse.diags(1 / np.sqrt(counts)) @ has.T).toarray()
    return gram


def by_word(table: sparse.csr_matrix, ids: dict[str, int], lexicon: Lexicon) -> sparse.csr_matrix:
    """A table ``[items, its words]`` turned round: ``[lexicon, items]``."""
    rows = [ids.get(word, -1) for word in lexicon.words]
    known = np.array([at >= 0 for at in rows])
    turned = sparse.csr_matrix(table.T.tocsr()[[max(at, 0) for at in rows]])
    return sparse.csr_matrix(sparse.diags(known.astype(np.float32)) @ turned)


def asked(words: sparse.csr_matrix, targets: sparse.csr_matrix, ridge: float, count: int) -> sparse.csr_matrix:
    """Words to items ``[lexicon, N]`` by ridge regression of what was recommended on what was said before.

    Args:
        words: weights ``[instances, lexicon]``.
        targets: what was recommended ``[instances, N]``.
        ridge: of the regression.
        count: items kept a word.
    """
    used = np.flatnonzero(np.asarray((words > 0).sum(axis=0)).ravel() >= 5)
    inner = words[:, used]
    rarity = np.log(words.shape[0] / np.asarray((inner > 0).sum(axis=0)).ravel()).astype(np.float32)
    inner = unit_rows(sparse.csr_matrix(inner @ sparse.diags(rarity)))
    gram = torch.from_numpy((inner.T @ inner).toarray())
    gram.diagonal().add_(ridge)
    right = torch.from_numpy((inner.T @ targets).toarray().astype(np.float32))
    solved = rarity[:, None] * torch.cholesky_solve(right, torch.linalg.cholesky(gram)).numpy()
    place = sparse.csr_matrix(
        (np.ones(len(used), dtype=np.float32), (used, np.arange(len(used)))), shape=(words.shape[1], len(used))
    )
    return sparse.csr_matrix(place @ largest(solved, count))


def largest(table: Any, count: int) -> sparse.csr_matrix:
    """The `count` entries of each row of a dense or sparse table that are largest by size; the rest is left out."""
    if count >= table.shape[1]:
        return sparse.csr_matrix(table, dtype=np.float32)
    parts = []
    for start in range(0, table.shape[0], 512):
        some = table[start : start + 512]
        rows = np.asarray(some.toarray() if sparse.issparse(some) else some)
        kept = np.argpartition(-np.abs(rows), count, axis=1)[:, :count]
        thin = np.zeros_like(rows)
        np.put_along_axis(thin, kept, np.take_along_axis(rows, kept, axis=1), axis=1)
        parts.append(sparse.csr_matrix(thin, dtype=np.float32))
    return sparse.csr_matrix(sparse.vstack(parts))


# The fusion


class Fusion(nn.Module):
    """Features of items -> their scores, given how many items were named before."""

    def __init__(self, hidden: int) -> None:
        super().__init__()
        width = 2 * len(FEATURES)
        self.weights = nn.Embedding(BUCKETS, width)
        self.inner = nn.Linear(width, hidden)
        self.bucket = nn.Embedding(BUCKETS, hidden)
        self.outer = nn.Linear(hidden, 1)
        nn.init.constant_(self.weights.weight, 0.3)
        nn.init.zeros_(self.bucket.weight)
        nn.init.zeros_(self.outer.weight)

    def forward(self, features: torch.Tensor, bucket: torch.Tensor) -> torch.Tensor:
        """Scores ``[B, L]`` of features ``[B, L, F]``, standardised over all items, and buckets ``[B]``.

        A feature counts as it is and by its logarithm: its tail is where the evidence is, but is long.
        """
        both = torch.cat([features / 8, features.sign() * torch.log1p(features.abs())], dim=-1)
        hidden = torch.relu(self.inner(both) + self.bucket(bucket)[:, None])
        scores: torch.Tensor = (both * self.weights(bucket)[:, None]).sum(-1) + self.outer(hidden).squeeze(-1)
        return scores


class Evidence(nn.Module):
    """All channels and the fusion: what is exported."""

    def __init__(
        self, tables: dict[str, sparse.csr_matrix], popular: NDArray[np.float32], fusion: Fusion, share: float
    ) -> None:
        super().__init__()
        self.fusion = fusion
        self.share = share
        for name, table in tables.items():
            ids, values = _padded(table)
            self.register_buffer(f"{name}_ids", ids)
            self.register_buffer(f"{name}_values", values)
        self.register_buffer("popular", torch.from_numpy(popular))

    def forward(
        self,
        scores: torch.Tensor,
        item_ids: torch.Tensor,
        item_weights: torch.Tensor,
        word_ids: torch.Tensor,
        word_weights: torch.Tensor,
    ) -> torch.Tensor:
        """Scores ``[B, N]``, in standard deviations.

        Args:
            scores: of the generator ``[B, N]``.
            item_ids: ``[B, n]``.
            item_weights: ``[B, n]``, 0 is padding.
            word_ids: ``[B, m]``.
            word_weights: ``[B, m]``, 0 is padding.
        """
        channels = [self._look_up(name, scores, item_ids, item_weights) for name in ITEM_CHANNELS]
        channels += [self._look_up(name, scores, word_ids, word_weights) for name in WORD_CHANNELS]
        channels += [scores, self.get_buffer("popular")[None].expand_as(scores)]
        features = torch.stack([_standardised(channel) for channel in channels], dim=-1)
        bucket = (item_weights > 0).sum(-1).clamp(max=BUCKETS - 1)
        fused = _standardised(self.fusion(features, bucket))
        return _standardised(self.share * fused + (1 - self.share) * _standardised(scores))

    def _look_up(self, name: str, like: torch.Tensor, ids: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
        columns = self.get_buffer(f"{name}_ids")[ids].flatten(1).long()
        values = (self.get_buffer(f"{name}_values")[ids].float() * weights[..., None]).flatten(1)
        return torch.zeros_like(like).scatter_add(1, columns, values)


def _standardised(scores: torch.Tensor) -> torch.Tensor:
    spread = scores.std(dim=-1, keepdim=True, correction=0)
    return (scores - scores.mean(dim=-1, keepdim=True)) / torch.where(spread > 1e-6, spread, 1.0)


def _padded(table: sparse.csr_matrix) -> tuple[torch.Tensor, torch.Tensor]:
    """A sparse table as ids and values ``[keys, longest row]``; padding is item 0 with value 0."""
    lengths = np.diff(table.indptr)
    width = max(int(lengths.max(initial=0)), 1)
    inside = np.arange(width) < lengths[:, None]
    ids = np.zeros((table.shape[0], width), dtype=np.int32)
    values = np.zeros((table.shape[0], width), dtype=np.float16)
    ids[inside], values[inside] = table.indices, table.data
    return torch.from_numpy(ids), torch.from_numpy(values)


# Training


class Trainer:
    """Makes the tables and fits the fusion for one catalogue."""

    def __init__(
        self, catalog: Catalog, dialogues: list[list[Said]], ratings: sparse.csr_matrix, config: Config
    ) -> None:
        self.config = config
        self.items = len(catalog)
        self.dialogues = dialogues
        self.lexicon = lexicon_of(dialogues, catalog, config)
        self.instances = instances(dialogues, self.lexicon)
        if not any(instance.targets for instance in self.instances):
            raise TrainingError("no dialogue recommends an item of the catalogue")
        self.item_keys = self._keys([(i.cues.item_ids, i.cues.item_weights) for i in self.instances], self.items)
        words = [(i.cues.word_ids, i.cues.word_weights) for i in self.instances]
        self.word_keys = self._keys(words, len(self.lexicon.words))
        self.targets = sparse.csr_matrix(
            (
                np.ones(sum(len(i.targets) for i in self.instances), dtype=np.float32),
                [c for i in self.instances for c in i.targets],
                np.cumsum([0, *(len(i.targets) for i in self.instances)]),
            ),
            shape=(len(self.instances), self.items),
        )
        self.others = config.ratings * gram_of_ratings(ratings)
        self.others += gram_of_attributes(catalog, config.attributes, config.described)
        attributes, values = attribute_table(catalog)
        told, told_ids = word_table(catalog)
        self.fixed = {
            "alike": largest(_alike(attributes), config.neighbours),
            "told_alike": largest(_alike(told), config.neighbours),
            "named": largest(by_word(attributes, values, self.lexicon), config.neighbours),
            "told": largest(self._unless_said_always(by_word(told, told_ids, self.lexicon)), config.neighbours),
        }

    @staticmethod
    def _keys(rows: Sequence[tuple[NDArray[np.int64], NDArray[np.float32]]], width: int) -> sparse.csr_matrix:
        indptr = np.cumsum([0, *(len(ids) for ids, _ in rows)])
        ids = np.concatenate([ids for ids, _ in rows])
        return sparse.csr_matrix((np.concatenate([w for _, w in rows]), ids, indptr), shape=(len(rows), width))

    def _unless_said_always(self, table: sparse.csr_matrix) -> sparse.csr_matrix:
        """Without the words that one message in twenty has: they say nothing of an item."""
        share = np.asarray((self.word_keys > 0).mean(axis=0)).ravel()
        return sparse.csr_matrix(sparse.diags((share < 0.05).astype(np.float32)) @ table)

    def tables(self, among: NDArray[np.bool_]) -> tuple[dict[str, sparse.csr_matrix], NDArray[np.float32]]:
        """All tables, and popularity, with what dialogues teach taken from some of them.

        Args:
            among: ``[dialogues]``, which to learn from.
        """
        numbers = np.flatnonzero(among)
        sets = [sorted({c for said in self.dialogues[n] for c in said.columns}) for n in numbers]
        named = sparse.csr_matrix(
            (
                np.ones(sum(map(len, sets)), dtype=np.float32),
                [c for columns in sets for c in columns],
                np.cumsum([0, *map(len, sets)]),
            ),
            shape=(len(sets), self.items),
        )
        rows = np.flatnonzero(among[[i.dialogue for i in self.instances]])
        config, k = self.config, self.config.neighbours
        nothing = np.zeros_like(self.others)
        learned = {
            "together": largest(together(named, self.others, config.together_ridge), k),
            "mentioned": largest(together(named, nothing, config.mentioned_ridge), k),
            "asked": asked(self.word_keys[rows], self.targets[rows], config.words_ridge, k),
        }
        popular = np.log(np.asarray(self.targets[rows].sum(axis=0)).ravel() + 0.5).astype(np.float32)
        return self.fixed | learned, popular

    def features(
        self, rows: NDArray[np.int64], tables: dict[str, sparse.csr_matrix], popular: NDArray[np.float32], scores: Any
    ) -> torch.Tensor:
        """Standardised features ``[rows, N, F]`` of some instances; `scores` gives the generator's."""
        found = [(self.item_keys[rows] @ tables[name]).toarray() for name in ITEM_CHANNELS]
        found += [(self.word_keys[rows] @ tables[name]).toarray() for name in WORD_CHANNELS]
        found += [scores([self.instances[r] for r in rows]), np.tile(popular, (len(rows), 1))]
        return torch.stack([_standardised(torch.from_numpy(f).float()) for f in found], dim=-1)

    def examples(self, scores: Any) -> Iterator[tuple[torch.Tensor, int, int]]:
        """(features of targets and others ``[L, F]``, number of targets, bucket) of every instance, cross-fitted.

        The last `easy` ones are drawn at random and stand for all items that are not among the hard ones.
        """
        draw = np.random.default_rng(self.config.seed)
        fold_of = np.arange(len(self.dialogues)) % self.config.folds
        instance_fold = fold_of[[i.dialogue for i in self.instances]]
        for fold in range(self.config.folds):
            tables, popular = self.tables(fold_of != fold)
            rows = np.flatnonzero((instance_fold == fold) & (np.diff(self.targets.indptr) > 0))
            say(0.1 + 0.6 * fold / self.config.folds, f"part {fold + 1} of {self.config.folds}")
            for start in range(0, len(rows), 64):
                chunk = rows[start : start + 64]
                for row, features in zip(chunk, self.features(chunk, tables, popular, scores), strict=True):
                    instance = self.instances[row]
                    best = features.topk(min(self.config.hard, self.items), dim=0).indices.flatten().tolist()
                    hard = sorted(set(best) - set(instance.known) - set(instance.targets))
                    rest = np.setdiff1d(np.arange(self.items), [*hard, *instance.known, *instance.targets])
                    easy = (
                        draw.choice(rest, self.config.easy, replace=len(rest) < self.config.easy) if len(rest) else rest
                    )
                    chosen = [*instance.targets, *hard, *easy]
                    bucket = min(len(instance.cues.item_ids), BUCKETS - 1)
                    yield features[chosen].half(), len(instance.targets), bucket

    def fit(self, scores: Any) -> tuple[Fusion, float]:
        """Fit the fusion by the softmax over all items, of which most are sampled; returns its last mean loss too."""
        config = self.config
        drawn = list(self.examples(scores))
        torch.manual_seed(config.seed)
        fusion = Fusion(config.hidden)
        optimizer = torch.optim.AdamW(fusion.parameters(), config.learning_rate, weight_decay=config.weight_decay)
        steps = config.epochs * -(-len(drawn) // config.batch)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, config.learning_rate, total_steps=steps)
        mean = 0.0
        for epoch in range(config.epochs):
            losses = []
            for at in torch.split(torch.randperm(len(drawn)), config.batch):
                loss = self._loss(fusion, [drawn[i] for i in at.tolist()])
                optimizer.zero_grad()
                torch.autograd.backward(loss)
                optimizer.step()
                schedule.step()
                losses.append(loss.item())
            mean = float(np.mean(losses))
            say(0.7 + 0.2 * (epoch + 1) / config.epochs, f"fusion, epoch {epoch + 1}, loss {mean:.4f}")
        return fusion, mean

    def _loss(self, fusion: Fusion, batch: Sequence[tuple[torch.Tensor, int, int]]) -> torch.Tensor:
        width = max(len(features) for features, _, _ in batch)
        features = torch.zeros(len(batch), width, len(FEATURES))
        correction = torch.full((len(batch), width), -torch.inf)
        wanted = torch.zeros(len(batch), width)
        for row, (some, targets, _) in enumerate(batch):
            features[row, : len(some)] = some
            correction[row, : len(some)] = 0.0
            easy = min(self.config.easy, len(some))
            stand_for = (self.items - len(some) + easy) / max(easy, 1)
            correction[row, len(some) - easy : len(some)] = float(np.log(max(stand_for, 1e-9)))
            wanted[row, :targets] = 1.0
        scores = fusion(features, torch.tensor([bucket for _, _, bucket in batch])) + correction
        logs = torch.log_softmax(scores, -1).masked_fill(wanted == 0, 0.0)
        return -logs.sum() / wanted.sum()


def _alike(table: sparse.csr_matrix) -> NDArray[np.float32]:
    """Cosines between items ``[N, N]``, none of an item with itself."""
    cosines = np.asarray((table @ table.T).todense(), dtype=np.float32)
    np.fill_diagonal(cosines, 0)
    return cosines


def scores_of(generator: Any) -> Callable[[Sequence[Instance]], NDArray[np.float32]]:
    """The generator's scores ``[instances, N]``: every item named before counts as liked."""

    def scores(some: Sequence[Instance]) -> NDArray[np.float32]:
        width = max(1, *(len(instance.known) for instance in some))
        ids, weights = torch.zeros(len(some), width, dtype=torch.long), torch.zeros(len(some), width)
        for row, instance in enumerate(some):
            ids[row, : len(instance.known)] = torch.tensor(instance.known, dtype=torch.long)
            weights[row, : len(instance.known)] = 1.0
        with torch.no_grad():
            found: NDArray[np.float32] = generator(ids, weights, torch.zeros(len(some), generator.config.noise)).numpy()
        return found

    return scores


def save(
    out: Path,
    catalog: Catalog,
    lexicon: Lexicon,
    tables: dict[str, sparse.csr_matrix],
    popular: Any,
    fusion: Fusion,
    share: float,
    facts: Any,
) -> None:
    """Write evidence.safetensors and evidence.json; tables by item_id, so that other catalogues can use them."""
    out.mkdir(parents=True, exist_ok=True)
    tensors: dict[str, torch.Tensor] = {"popular": torch.from_numpy(popular).half()}
    for name, table in tables.items():
        tensors[f"{name}.indptr"] = torch.from_numpy(table.indptr.astype(np.int32))
        tensors[f"{name}.indices"] = torch.from_numpy(
            table.indices.astype(np.int16 if len(catalog) < 2**15 else np.int32)
        )
        tensors[f"{name}.values"] = torch.from_numpy(table.data).half()
    tensors |= {f"fusion.{name}": tensor for name, tensor in fusion.state_dict().items()}
    save_file(tensors, str(out / f".{MODEL}"))
    os.replace(out / f".{MODEL}", out / MODEL)
    content = {
        "share": share,
        "items": [item.item_id for item in catalog],
        "words": list(lexicon.words),
        "hidden": fusion.inner.out_features,
    }
    write_atomically(out / FACTS, json.dumps(content | {"training": facts}, ensure_ascii=False) + "\n")


def load(folder: Path, catalog: Catalog) -> tuple[Evidence, Lexicon, dict[str, Any]]:
    """The evidence of a folder for a catalogue, which may be another than it was learned on.

    Returns:
        the module that is exported, its words, and how it was made.

    Raises:
        TrainingError: the folder does not hold any, or none of its items is in the catalogue.
    """
    try:
        content = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        tensors = load_file(folder / MODEL)
        columns = [-1 if (at := catalog.column(item_id)) is None else at for item_id in content["items"]]
        known = [at for at, column in enumerate(columns) if column >= 0]
        if not known:
            raise TrainingError(f"{folder} knows none of the catalogue's items")
        place = sparse.csr_matrix(
            (np.ones(len(known), dtype=np.float32), (known, [columns[at] for at in known])),
            shape=(len(columns), len(catalog)),
        )
        tables = {}
        for name in (*ITEM_CHANNELS, *WORD_CHANNELS):
            parts = [tensors[f"{name}.{part}"].numpy() for part in ("values", "indices", "indptr")]
            width = len(parts[2]) - 1
            table = sparse.csr_matrix((parts[0].astype(np.float32), parts[1], parts[2]), shape=(width, len(columns)))
            table = sparse.csr_matrix(table @ place)
            tables[name] = sparse.csr_matrix(place.T @ table) if name in ITEM_CHANNELS else table
        popular = np.full(len(catalog), tensors["popular"].float().min().item(), dtype=np.float32)
        popular[[columns[at] for at in known]] = tensors["popular"].float().numpy()[known]
        fusion = Fusion(content["hidden"])
        fusion.load_state_dict({n.removeprefix("fusion."): t for n, t in tensors.items() if n.startswith("fusion.")})
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise TrainingError(f"{folder} holds no evidence: {error}") from error
    return Evidence(tables, popular, fusion, content["share"]).eval(), Lexicon(content["words"]), content["training"]


def main(arguments: list[str] | None = None) -> int:
    """Learn and save the evidence; exit 2 with a sentence where there is nothing to learn from."""
    parser = argparse.ArgumentParser(prog=f"python -m {STAGE}", description=__doc__)
    parser.add_argument("--recommender", type=Path, required=True, help="folder that training.recommender wrote")
    parser.add_argument("--interactions", type=Path, help="what it was trained on: co-occurrence in it is evidence too")
    parser.add_argument("--dialogues", type=Path, required=True, help="dialogues.jsonl of training.sources")
    parser.add_argument("--titles", type=Path, help="items.csv of the ids in the dialogues, if not the recommender's")
    parser.add_argument("--neighbours", type=int, default=Config.neighbours, help="items kept a key: the size")
    parser.add_argument(
        "--share", type=float, default=1.0, help="what the fusion counts beside the generator alone: 0 to 1"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args(arguments)
    config, started = Config(seed=chosen.seed, neighbours=chosen.neighbours), time.monotonic()
    try:
        generator, _ = load_generator(chosen.recommender)
        catalog = Catalog.load(chosen.recommender / CATALOG)
        column_of = by_title(chosen.titles, catalog) if chosen.titles else catalog.column
        dialogues = read_dialogues(chosen.dialogues, column_of)
        ratings = sparse.csr_matrix((1, len(catalog)), dtype=np.float32)
        if chosen.interactions:
            ratings, _ = to_matrix(read_interactions(chosen.interactions), catalog)
        say(0.02, f"{len(dialogues)} dialogues")
        trainer = Trainer(catalog, dialogues, ratings, config)
        fusion, loss = trainer.fit(scores_of(generator))
        say(0.9, "the tables of all dialogues")
        tables, popular = trainer.tables(np.ones(len(dialogues), dtype=bool))
    except (TrainingError, DataError, CatalogError) as error:
        print(error, file=sys.stderr)
        return 2
    facts = asdict(config) | {"dialogues": len(dialogues), "instances": len(trainer.instances), "loss": round(loss, 4)}
    facts["seconds"] = round(time.monotonic() - started, 1)
    save(chosen.out, catalog, trainer.lexicon, tables, popular, fusion, chosen.share, facts)
    say(1.0, f"learned from {len(trainer.instances)} recommendations in {facts['seconds']} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
