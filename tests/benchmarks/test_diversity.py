import csv
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy import sparse

from benchmarks import controls, diversity, judge
from benchmarks.controls import Control, People
from training import metrics
from training.vae import GeneratorConfig

ITEMS = 30


def some_people(count=12, seed=0):
    """Scores fall from the first column to the last, which is also the order of popularity."""
    rng = np.random.default_rng(seed)
    scores = np.linspace(3, 0, ITEMS, dtype=np.float32) + 0.01 * rng.random((count, ITEMS), dtype=np.float32)
    history = sparse.csr_matrix((rng.random((count, ITEMS)) < 0.1).astype(np.float32))
    scores[history.toarray() > 0] = -np.inf
    relevant = sparse.csr_matrix(((rng.random((count, ITEMS)) < 0.2) & (history.toarray() == 0)).astype(np.float32))
    popularity = np.linspace(1.5, -1.5, ITEMS, dtype=np.float32)
    return People(scores, np.linspace(-1, 1, count, dtype=np.float32), popularity, history, relevant)


def known():
    rng = np.random.default_rng(1)
    train = (rng.random((40, ITEMS)) < np.linspace(0.6, 0.1, ITEMS)).astype(np.float32)
    return controls.known_items(sparse.csr_matrix(train))


def test_the_best_are_never_what_is_in_the_history():
    some = some_people()
    ranked = controls.best(some.scores)
    assert ranked.shape == (12, 20)
    assert not some.history[np.arange(12).repeat(20), ranked.ravel()].sum()
    assert (controls.best(np.array([[0.0, -np.inf]], dtype=np.float32)) == [[0, -1]]).all()


def test_bands_hold_as_many_interactions_and_every_item_is_of_one_kind():
    items = known()
    assert (items.bands.sum(1) == 1).all()
    assert (items.kinds.sum(1) == 1).all()
    interactions = np.asarray(items.train.sum(0)).ravel() @ items.bands
    assert interactions.min() > 0.5 * interactions.max()
    assert np.allclose(np.diag(items.alike), 1)
    assert np.linalg.eigvalsh(items.alike).min() > -1e-4


@pytest.mark.parametrize("name", [control.name for control in controls.controls()])
def test_every_control_makes_whole_lists_and_its_last_setting_other_ones(name):
    some, items = some_people(), known()
    control = next(c for c in controls.controls() if c.name == name)
    ranked = control.lists(some, items, tuple(control.settings[-1]))
    assert ranked.shape == (12, 20)
    assert all(len(set(row)) == 20 for row in ranked.tolist())
    assert not some.history[np.arange(12).repeat(20), ranked.ravel()].sum()
    assert (np.sort(ranked, 1) != np.sort(controls.best(some.scores), 1)).any()


def test_every_item_near_enough_to_a_list_is_on_one():
    scores = np.tile(np.linspace(1, 0, ITEMS, dtype=np.float32), (5, 1))
    scores[0, 25], scores[1, 26] = 0.33, 0.32
    assert {25, 26} <= set(np.unique(controls.once(scores, 0.03)).tolist())
    assert 26 not in controls.once(scores, 0.02)
    assert np.unique(controls.once(scores, 0.0)).tolist() == list(range(20))


def test_tuning_takes_what_shows_most_of_what_costs_nothing():
    some, items = some_people(), known()
    flat = controls.best(some.scores)
    wide = flat.copy()
    wide[0, 19] = next(i for i in range(ITEMS - 1, 0, -1) if i not in flat)
    useless = np.full_like(flat, -1)

    def lists(people, known_items, setting):
        return (flat, wide, useless)[int(setting[0])]

    relevant = some.relevant.toarray()
    relevant[0, flat[0, 19]] = 0
    some = replace(some, relevant=sparse.csr_matrix(relevant))
    control = Control("some", [(0.0,), (1.0,), (2.0,)], lists)
    assert controls.tuned(control, some, items) == (1.0,)
    assert controls.tuned(Control("none", [(2.0,)], lists), some, items) is None


def test_a_judge_tells_apart_what_differs_and_not_what_does_not():
    rng = np.random.default_rng(0)
    chosen, alike = rng.standard_normal((2, 200, 4)).astype(np.float32)
    assert judge.tell_apart(chosen, alike, seed=0) == pytest.approx(0.5, abs=0.12)
    assert judge.tell_apart(chosen, alike + 3, seed=0) > 0.95
    assert judge.tell_apart(chosen[:2], alike[:2], seed=0) == 0.5


def test_auc_counts_pairs_in_the_right_order_and_ties_half():
    true = np.array([True, True, False, False])
    assert judge.auc(np.array([3.0, 1.0, 2.0, 0.0]), true) == 0.75
    assert judge.auc(np.ones(4), true) == 0.5


def test_slates_are_described_by_as_many_items_as_were_chosen():
    some, items = some_people(), known()
    ranked = controls.best(some.scores)
    chosen, shown = judge.describe(ranked, some.scores, some.popularity, some.history, some.relevant, items.alike)
    told = metrics.counts(some.relevant) > 0
    assert chosen.shape == shown.shape == (told.sum(), 7)
    assert (chosen[:, -1] == metrics.counts(some.relevant)[told]).all()
    assert (shown[:, 0] >= chosen[:, 0]).all()


def test_two_draws_share_what_is_on_both():
    first, second = np.array([[1, 2, 3, 4]]), np.array([[1, 9, 2, 8]])
    assert diversity.shared(first, second, 4) == 0.5
    assert diversity.shared(first, second, 2) == 0.5


def test_draws_are_compared_where_they_cost_the_same():
    some = some_people()
    best, worst = controls.best(some.scores), controls.best(-np.where(some.history.toarray() > 0, np.inf, some.scores))
    ends = [controls.accuracy_and_coverage(ranked, some)[0] for ranked in (best, worst)]
    asked = []

    def described(lists):
        asked.append(lists)
        ndcg = controls.accuracy_and_coverage(lists[0], some)[0]
        return dict.fromkeys(diversity.DRAWN, ndcg) | {"share@20": float(ndcg == ends[0])}

    found = diversity.at_accuracy([[best], [worst], [worst]], described, some, (3 * ends[0] + ends[1]) / 4)
    assert found["ndcg@20"] == pytest.approx((3 * ends[0] + ends[1]) / 4)
    assert found["share@20"] == pytest.approx(0.75)
    assert len(asked) == 2
    assert diversity.at_accuracy([[best]], described, some, ends[1])["ndcg@20"] == pytest.approx(ends[0])


class Noisy:
    """A generator whose z is noise on the scores, each of its numbers on that of an item."""

    config = GeneratorConfig(ITEMS, noise=ITEMS)
    temper = torch.zeros(2)

    def __init__(self, scores):
        self._scores = scores

    def rank_rows(self, history, z):
        return self._scores[: history.shape[0]] + z.numpy()


def test_scales_go_on_until_draws_cost_what_is_compared(monkeypatch):
    some = some_people(count=60)
    relevant = np.zeros(some.scores.shape, dtype=np.float32)
    np.put_along_axis(relevant, controls.best(some.scores, 4), 1, 1)
    some = replace(some, relevant=sparse.csr_matrix(relevant))
    monkeypatch.setattr(diversity, "SCALES", (0.01,))
    monkeypatch.setattr(diversity, "NOISES", {"Gumbel noise": (0.01,), "Gaussian noise": (0.01,)})
    for most, reached in ((1, False), (20, True)):
        monkeypatch.setattr(diversity, "MOST_SCALES", most)
        found = dict(diversity.drawn(Noisy(some.scores), some, known(), seed=0))
        assert len(found) == 4
        assert all((figures["ndcg@20"] == pytest.approx(0.95)) == reached for figures in found.values())


def test_the_likeness_of_lists_is_what_diversity_leaves():
    ranked, items = controls.best(some_people().scores), known()
    assert 1 - diversity.likeness(ranked, items.alike) == pytest.approx(
        metrics.diversity(ranked, items.train), abs=1e-6
    )
    ranked[0, 1:] = -1
    assert 1 - diversity.likeness(ranked, items.alike) == pytest.approx(
        metrics.diversity(ranked, items.train), abs=1e-6
    )


def test_the_table_has_lists_draws_and_every_control(tmp_path, capsys):
    rng = np.random.default_rng(0)
    for name, share in (("train", 0.8), ("test", 0.2)):
        with (tmp_path / f"some.{name}").open("w") as file:
            writer = csv.writer(file, delimiter=" ")
            for person in range(40):
                had = rng.permutation(ITEMS)[: int(share * 12)] * (1 if person % 2 else 0.5)
                writer.writerows((f"p{person}", f"i{int(item)}") for item in np.unique(had.astype(int)))
    kept = tmp_path / "kept"
    assert diversity.main([str(tmp_path), "--keep", str(kept)]) == 0
    first = capsys.readouterr().out
    names = ("without adversary", "the adversary", "z", "Gumbel noise", "Gumbel noise, grid over popularity")
    for name in (*names, *(c.name for c in controls.controls())):
        assert f"\n| {name} |" in first
    assert first.count("\n| some |") == 2
    assert (kept / "some-0.pt").exists()
    assert diversity.main([str(tmp_path), "--keep", str(kept)]) == 0
    assert capsys.readouterr().out == first
    for _ in range(2):
        assert diversity.main([str(tmp_path), "--keep", str(kept), "--figures", str(tmp_path / "figures")]) == 0
        assert capsys.readouterr().out == first
    assert diversity.main([str(tmp_path / "nowhere")]) == 2
