import numpy as np
import pytest
import torch
from scipy import sparse

from training import linear
from training.linear import (
    ClosedForm,
    CoOccurrence,
    LinearSettings,
    NearestPath,
    ProductPath,
    SumPath,
    empty_path,
    sizes,
    solve,
    solver,
    sparse_path,
)
from training.slim import slim


def people(count, items=12, seed=0):
    return sparse.random(count, items, density=0.4, format="csr", dtype=np.float32, random_state=seed, data_rvs=np.ones)


def dense_rows(path, items):
    """B as the path computes it: the scores of every item as a history of its own."""
    with torch.no_grad():
        return path(torch.arange(items).unsqueeze(1), torch.ones(items, 1)).numpy()


def ease(matrix, ridge):
    inverse = np.linalg.inv(matrix.T @ matrix + ridge * np.eye(matrix.shape[1]))
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0)
    return weights


PLAIN = LinearSettings(ridge=10.0, user=0.0, item=0.0, lift=0.0)


@pytest.mark.parametrize("count", [5, 40], ids=["product", "full"])
def test_without_powers_the_linear_path_is_ease_up_to_scale(count):
    matrix = people(count)
    path = ClosedForm(matrix, 0.0, 0.0).solve(PLAIN)
    assert isinstance(path, ProductPath) == (count == 5)
    ours, theirs = dense_rows(path, 12), ease(matrix.toarray().astype(np.float64), 10.0)
    assert np.corrcoef(ours.ravel(), theirs.ravel())[0, 1] == pytest.approx(1.0, abs=1e-5)
    assert np.abs(np.diag(ours)).max() < 1e-5


def test_in_a_large_catalogue_the_nearest_are_what_co_occurs_most(monkeypatch):
    monkeypatch.setattr(linear, "FULL_ITEMS", 10)
    monkeypatch.setattr(linear, "NEAREST", 4)
    monkeypatch.setattr(linear, "BLOCK", 5)
    matrix = people(40)
    path = solver(matrix, 0.5, 0.5).solve(LinearSettings(user=0.5, item=0.5, lift=0.25))
    assert isinstance(path, NearestPath)
    affinity, scale = matrix.toarray(), np.maximum(matrix.sum(0).A1, 1.0) ** -0.5
    walk = affinity / np.maximum(affinity.sum(1, keepdims=True), 1) ** 0.5 * scale
    expected = scale[:, None] * (walk.T @ walk) * np.maximum(matrix.sum(0).A1, 1.0) ** 0.25
    np.fill_diagonal(expected, 0)
    expected[expected < np.sort(expected, axis=1)[:, -4][:, None]] = 0
    ours = dense_rows(path, 12)
    assert np.allclose(ours / ours.max(), expected / expected.max(), atol=1e-5)


@pytest.mark.parametrize("weight", [0.0, 1.0], ids=["alone", "with a sparse part"])
@pytest.mark.parametrize("count", [5, 40, 41], ids=["product", "full", "nearest"])
def test_rows_and_gathered_histories_agree(count, weight):
    if count == 41:
        path = CoOccurrence(people(count), 0.25, 0.25).solve(LinearSettings())
    else:
        path = solve(people(count), LinearSettings(sparse=weight))
    assert isinstance(path, SumPath) == (count == 5 and weight > 0)
    assert type(empty_path(12, **sizes(path))) is type(path)
    history = sparse.csr_matrix(np.array([[1, 0, -1, 0.5] + [0] * 8], dtype=np.float32))
    weights = torch.nn.functional.leaky_relu(torch.tensor([[1.0, -1.0, 0.5]]), linear.DISLIKE)
    gathered = path(torch.tensor([[0, 2, 3]]), weights)
    assert torch.allclose(path.rows(history), gathered, atol=1e-4)


def test_a_person_with_more_than_is_counted_costs_no_more(monkeypatch):
    monkeypatch.setattr(linear, "CAP", 3)
    matrix = sparse.csr_matrix(np.vstack([np.ones(12), np.eye(12)[:4]]).astype(np.float32))
    short = linear.shortened(matrix)
    assert np.diff(short.indptr).tolist() == [3, 1, 1, 1, 1]
    assert (short != short.multiply(matrix)).nnz == 0


def test_scores_have_a_spread_of_about_one_and_rescaling_is_linear():
    form = ClosedForm(people(40), 0.25, 0.25)
    path = form.solve(LinearSettings())
    before = path.rows(form.rows)
    assert float(before.std(1, correction=0).median()) == pytest.approx(1.0, rel=1e-3)
    path.rescale(2.0)
    assert torch.allclose(path.rows(form.rows), 2 * before)


def test_slim_finds_the_minimum_that_a_slow_search_finds():
    rows = people(40).toarray().astype(np.float64)
    weights = np.zeros((12, 12))
    for _ in range(3_000):  # projected gradients
        slope = rows.T @ (rows @ weights - rows) + 10.0 * weights + 1.0
        weights = np.maximum(weights - 0.01 * slope, 0)
        np.fill_diagonal(weights, 0)
    found = slim(people(40), 1.0, 10.0, sweeps=100).toarray()
    assert np.allclose(found, weights, atol=1e-4)
    assert found.max() > 0.01


def test_slim_chooses_among_the_nearest_only():
    found = slim(people(40), 0.0, 1.0, neighbours=3)
    assert np.diff(found.tocsc().indptr).max() <= 3
    assert found.diagonal().sum() == 0
    assert slim(people(4, items=1), 1.0, 1.0).nnz == 0


@pytest.mark.parametrize("count", [5, 40], ids=["product", "full"])
def test_the_sparse_part_is_added_in_units_of_its_spread(count):
    matrix = people(count)
    closed, both = (dense_rows(solve(matrix, LinearSettings(sparse=weight)), 12) for weight in (0.0, 2.0))
    assert np.allclose(both - closed, 2 * dense_rows(sparse_path(matrix), 12), atol=1e-4)


def test_a_path_that_most_people_get_nothing_from_does_not_explode():
    lonely = np.eye(12, dtype=np.float32)[:8]
    pairs = np.zeros((3, 12), dtype=np.float32)
    pairs[:, 10:] = 1
    path = sparse_path(sparse.csr_matrix(np.vstack([lonely, pairs])))
    assert 0 < np.abs(dense_rows(path, 12)).max() < 100
