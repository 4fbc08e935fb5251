import numpy as np
import pytest
import torch
from scipy import sparse

from training import vae
from training.vae import ClosedForm, Generator, GeneratorConfig, LinearSettings, VaeSettings, VaeTrainer


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


@pytest.mark.parametrize("count", [5, 40], ids=["factored", "dense"])
def test_without_powers_the_linear_path_is_ease_up_to_scale(count):
    matrix = people(count)
    path = ClosedForm(matrix, 0.0, 0.0).solve(LinearSettings(ridge=10.0, user=0.0, item=0.0, lift=0.0))
    assert path.factored == (count == 5)
    ours, theirs = dense_rows(path, 12), ease(matrix.toarray().astype(np.float64), 10.0)
    assert np.corrcoef(ours.ravel(), theirs.ravel())[0, 1] == pytest.approx(1.0, abs=1e-5)
    assert np.abs(np.diag(ours)).max() < 1e-5


@pytest.mark.parametrize("count", [5, 40], ids=["factored", "dense"])
def test_rows_and_gathered_histories_agree(count):
    path = ClosedForm(people(count), 0.25, 0.25).solve(LinearSettings())
    history = sparse.csr_matrix(np.array([[1, 0, -1, 0.5] + [0] * 8], dtype=np.float32))
    weights = torch.nn.functional.leaky_relu(torch.tensor([[1.0, -1.0, 0.5]]), vae.DISLIKE)
    gathered = path(torch.tensor([[0, 2, 3]]), weights)
    assert torch.allclose(path.rows(history), gathered, atol=1e-4)


def generator(items=12, noise=6):
    torch.manual_seed(0)
    made = Generator(GeneratorConfig(items=items, noise=noise, hidden=8))
    made.linear.left.copy_(torch.randn(items, items))
    return made.eval()


def test_padding_and_order_change_nothing():
    model, z = generator(), torch.randn(1, 6)
    plain = model(torch.tensor([[3, 7]]), torch.tensor([[1.0, -1.0]]), z)
    padded = model(torch.tensor([[7, 0, 3, 0]]), torch.tensor([[-1.0, 0.0, 1.0, 0.0]]), z)
    assert torch.allclose(plain, padded, atol=1e-5)


def test_z_moves_the_scores_and_zero_is_the_mean():
    model = generator()
    history = torch.tensor([[3, 7]]), torch.tensor([[1.0, 1.0]])
    safe = model(*history, torch.zeros(1, 6))
    assert torch.equal(safe, model(*history, torch.zeros(1, 6)))
    assert not torch.allclose(safe, model(*history, torch.ones(1, 6)))
    rows = sparse.csr_matrix(([1.0, 1.0], ([0, 0], [3, 7])), shape=(1, 12), dtype=np.float32)
    assert np.allclose(model.rank_rows(rows), safe.detach().numpy(), atol=1e-4)


def test_a_person_without_history_gets_finite_scores():
    scores = generator()(torch.zeros(1, 1, dtype=torch.int64), torch.zeros(1, 1), torch.zeros(1, 6))
    assert torch.isfinite(scores).all()
    assert scores.std() > 0


def test_losses_are_their_formulas():
    logits, y = torch.tensor([[0.0, np.log(3.0)]]), torch.tensor([[1.0, 1.0]])
    assert vae.multinomial_loss(logits, y).item() == pytest.approx(-np.log(0.25) - np.log(0.75), abs=1e-5)
    mu, sigma = torch.tensor([[1.0, 0.0]]), torch.tensor([[1.0, 2.0]])
    kl = 0.5 + 0.5 * (4 - 1 - 2 * np.log(2))
    assert vae.kl_loss(mu, sigma, y, gamma=0.5).item() == pytest.approx(0.5 * 2 * kl, abs=1e-5)


def test_training_lowers_the_loss_and_a_seed_repeats_it():
    matrix, found = people(30), []
    for _ in range(2):
        torch.manual_seed(1)
        trainer = VaeTrainer(Generator(GeneratorConfig(items=12, noise=6, hidden=8)), VaeSettings(rate=1e-2, batch=8))
        found.append([trainer.epoch(matrix, matrix, seed)["nll"] for seed in range(12)])
    assert found[0] == found[1]
    assert np.mean(found[0][-3:]) < np.mean(found[0][:3])


def test_a_sketch_of_full_rank_keeps_the_gram_matrix():
    matrix = people(40)
    found = vae.sketch(matrix, 12)
    assert np.allclose(found.T @ found, (matrix.T @ matrix).toarray(), atol=1e-3)


def test_with_too_many_people_and_items_the_linear_path_is_a_narrow_product(monkeypatch):
    monkeypatch.setattr(vae, "RANK", 6)
    monkeypatch.setattr(vae, "DENSE_ITEMS", 10)
    path = ClosedForm(people(40), 0.0, 0.0).solve(LinearSettings(ridge=10.0, user=0.0, item=0.0, lift=0.0))
    assert path.right.shape == (6, 12)
    weights = dense_rows(path, 12)
    assert np.abs(np.diag(weights)).max() < 1e-4
    exact = ease(people(40).toarray().astype(np.float64), 10.0)
    assert np.corrcoef(weights.ravel(), exact.ravel())[0, 1] > 0.5
