import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from training import metrics


def matrix(rows: list[list[int]], items: int) -> sparse.csr_matrix:
    dense = np.zeros((len(rows), items), dtype=np.float32)
    for row, columns in enumerate(rows):
        dense[row, columns] = 1
    return sparse.csr_matrix(dense)


def test_figures_worked_by_hand():
    ranked = np.array([[3, 0, 1, 2]])
    relevant = matrix([[0, 2, 4]], 5)
    found, n = metrics.hits(ranked, relevant), metrics.counts(relevant)
    assert found.tolist() == [[False, True, False, True]]
    assert metrics.precision(found, 4) == pytest.approx([0.5])
    assert metrics.recall(found, n, 4) == pytest.approx([2 / 3])
    assert metrics.mrr(found, 4) == pytest.approx([0.5])
    gained, ideal = 1 / np.log2(3) + 1 / np.log2(5), 1 + 1 / np.log2(3) + 1 / np.log2(4)
    assert metrics.ndcg(found, n, 4) == pytest.approx([gained / ideal])


def test_ideal_is_cut_at_what_is_relevant():
    relevant = matrix([[2]], 4)
    found = metrics.hits(np.array([[2, 0, 1]]), relevant)
    assert metrics.ndcg(found, metrics.counts(relevant), 3) == pytest.approx([1.0])


def test_rank_leaves_out_what_is_excluded_and_ends_early():
    scores = np.array([[5.0, 4.0, 3.0], [1.0, 2.0, 3.0]])
    ranked = metrics.rank(scores, 3, matrix([[0, 2], []], 3))
    assert ranked.tolist() == [[1, -1, -1], [2, 1, 0]]


def test_beyond_accuracy():
    same, spread = np.array([[0, 1], [0, 1]]), np.array([[0, 1], [2, 3]])
    assert (metrics.coverage(same, 4), metrics.coverage(spread, 4)) == (0.5, 1.0)
    assert metrics.gini(spread, 4) == pytest.approx(0.0)
    assert metrics.gini(same, 4) == pytest.approx(0.5)
    popularity = np.array([9, 9, 1, 1])
    assert metrics.novelty(np.array([[2, 3]]), popularity, 9) == pytest.approx(np.log2(5))
    together = matrix([[0, 1], [0, 1], [2], [3]], 4)
    assert metrics.diversity(np.array([[0, 1]]), together) == pytest.approx(0.0)
    assert metrics.diversity(np.array([[0, 2]]), together) == pytest.approx(1.0)


scored = st.lists(st.integers(-1000, 1000), min_size=6, max_size=6, unique=True)


@settings(max_examples=50, deadline=None)
@given(scored, st.sets(st.integers(0, 5), min_size=1))
def test_the_ideal_list_gets_one_and_no_list_gets_more(scores, liked):
    relevant = matrix([sorted(liked)], 6)
    n = metrics.counts(relevant)
    best = metrics.rank(relevant.toarray(), 4)
    assert metrics.ndcg(metrics.hits(best, relevant), n, 4) == pytest.approx([1.0])
    found = metrics.hits(metrics.rank(np.array([scores]), 4), relevant)
    for figure in (metrics.ndcg(found, n, 4), metrics.recall(found, n, 4), metrics.mrr(found, 4)):
        assert 0 <= figure[0] <= 1 + 1e-9


@settings(max_examples=50, deadline=None)
@given(scored)
def test_rank_depends_on_order_only(scores):
    row = np.array([scores], dtype=np.float64)
    assert metrics.rank(row, 4).tolist() == metrics.rank(3 * row + 7, 4).tolist() == [np.argsort(-row[0])[:4].tolist()]


@settings(max_examples=30, deadline=None)
@given(scored, st.sets(st.integers(0, 5), min_size=1))
def test_moving_a_hit_up_never_hurts(scores, liked):
    relevant = matrix([sorted(liked)], 6)
    n, row = metrics.counts(relevant), np.array([scores])
    raised = row.copy()
    raised[0, min(liked)] += 500
    before, after = (metrics.ndcg(metrics.hits(metrics.rank(r, 6), relevant), n, 6)[0] for r in (row, raised))
    assert after >= before - 1e-9
