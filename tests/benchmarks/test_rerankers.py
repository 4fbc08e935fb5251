import itertools

import numpy as np
import pytest

from benchmarks import rerankers

SCORES = np.array([[3.0, 2.9, 2.0, 1.0]], dtype=np.float32)
TWINS = np.eye(4, dtype=np.float32)[None].copy()
TWINS[0, 0, 1] = TWINS[0, 1, 0] = 0.95
KINDS = np.array([[[1, 0], [1, 0], [1, 0], [0, 1]]], dtype=np.float32)
HALVES = np.array([[0.5, 0.5]], dtype=np.float32)

SPREADERS = {
    "mmr": lambda weight, k: rerankers.mmr(SCORES, TWINS, weight, k),
    "dpp": lambda weight, k: rerankers.dpp(SCORES, TWINS, weight, k),
    "calibrate": lambda weight, k: rerankers.calibrate(SCORES, KINDS, HALVES, weight, k),
}


@pytest.mark.parametrize("spread", SPREADERS.values(), ids=SPREADERS)
def test_without_weight_the_best_come_first(spread):
    assert spread(0.0, 3).tolist() == [[0, 1, 2]]


@pytest.mark.parametrize(("name", "second"), [("mmr", 2), ("dpp", 2), ("calibrate", 3)])
def test_with_weight_the_second_is_another_kind_of_thing(name, second):
    assert SPREADERS[name](5.0, 2).tolist() == [[0, second]]


@pytest.mark.parametrize("spread", SPREADERS.values(), ids=SPREADERS)
def test_a_list_ends_where_the_candidates_do(spread):
    found = spread(1.0, 6)
    assert sorted(found[0, :4]) == [0, 1, 2, 3]
    assert (found[0, 4:] == -1).all()


def test_items_that_cannot_be_shown_are_not():
    scores = np.array([[1.0, -np.inf, -np.inf, -np.inf]], dtype=np.float32)
    assert rerankers.mmr(scores, TWINS, 1.0, 2).tolist() == [[0, -1]]


def test_the_greedy_process_adds_what_the_determinant_grows_by():
    rng = np.random.default_rng(0)
    vectors = rng.standard_normal((6, 4))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    alike, scores = vectors @ vectors.T, rng.random(6)
    chosen: list[int] = []
    for _ in range(3):
        worth = {}
        for item in set(range(6)) - set(chosen):
            some = [*chosen, item]
            kernel = alike[np.ix_(some, some)] + rerankers.JITTER * np.eye(len(some))
            worth[item] = scores[some].sum() + 2 * np.linalg.slogdet(kernel)[1]
        chosen.append(max(worth, key=worth.__getitem__))
    found = rerankers.dpp(scores[None].astype(np.float32), alike[None].astype(np.float32), 2.0, 3)
    assert found.tolist() == [chosen]


def test_a_calibrated_list_has_the_shares_of_the_history():
    kinds = np.eye(2, dtype=np.float32)[[0, 0, 0, 0, 1, 1, 1, 1]][None]
    scores = np.linspace(1, 0, 8, dtype=np.float32)[None]
    for share in (0.25, 0.5, 0.75):
        wanted = np.array([[share, 1 - share]], dtype=np.float32)
        found = rerankers.calibrate(scores, kinds, wanted, 100.0, 4)
        assert kinds[0, found[0]].mean(0) == pytest.approx(wanted[0])


def test_people_do_not_disturb_each_other():
    rng = np.random.default_rng(1)
    scores = rng.random((3, 8)).astype(np.float32)
    vectors = rng.standard_normal((3, 8, 5)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=2, keepdims=True)
    alike = vectors @ vectors.transpose(0, 2, 1)
    for spread, row in itertools.product((rerankers.mmr, rerankers.dpp), range(3)):
        alone = spread(scores[row : row + 1], alike[row : row + 1], 1.0, 4)
        assert (spread(scores, alike, 1.0, 4)[row] == alone[0]).all()
