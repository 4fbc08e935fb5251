import copy

import numpy as np
import pytest
import torch
from scipy import sparse

from training import gan
from training.gan import Discriminator, GanSettings, GanTrainer
from training.vae import Generator, GeneratorConfig


def test_a_slate_has_k_items_of_each_person_and_passes_gradients():
    torch.manual_seed(0)
    scores, k = torch.randn(4, 10, requires_grad=True), torch.tensor([3, 1, 0, 9])
    slate = gan.draw_slate(scores.masked_fill(torch.arange(10) == 0, -torch.inf), k)
    assert torch.allclose(slate.sum(1), k.float())
    assert set(slate.detach().round(decimals=4).unique().tolist()) == {0.0, 1.0}
    assert (slate[:, 0] == 0).all()
    (slate * torch.arange(10.0)).sum().backward()
    assert scores.grad is not None
    assert scores.grad[:, 1:].abs().sum() > 0


def test_likelier_items_are_drawn_more_often():
    torch.manual_seed(0)
    ones = torch.ones(500, dtype=torch.int64)
    drawn = gan.draw_slate(torch.tensor([[3.0, 0.0, 0.0, 0.0]]).repeat(500, 1), ones).mean(0)
    assert drawn[0] > 0.8


def test_losses_are_their_formulas():
    zero = torch.zeros(3)
    assert gan.generator_loss(zero).item() == pytest.approx(np.log(2))
    assert gan.discriminator_loss(zero, zero).item() == pytest.approx(2 * np.log(2))
    assert gan.discriminator_loss(zero + 3, zero - 3) < gan.discriminator_loss(zero - 3, zero + 3)
    assert gan.generator_loss(zero + 3) < gan.generator_loss(zero - 3)


def trainer(**settings):
    """Popularity is in the order of the columns, and the scores know nothing else."""
    torch.manual_seed(0)
    generator = Generator(GeneratorConfig(items=12, noise=6, hidden=8))
    generator.popularity.copy_(torch.linspace(-1.5, 1.5, 12))
    generator.gain.fill_(0)
    return GanTrainer(generator, GanSettings(**{"batch": 8, "slate": 3, "width": 8, "warm_up": 0} | settings))


def people(seed=0):
    return sparse.random(24, 12, density=0.5, format="csr", dtype=np.float32, random_state=seed, data_rvs=np.ones)


def test_the_discriminator_learns_first_and_the_generator_moves_nothing_but_its_temper():
    game, matrix = trainer(warm_up=4, steps=4), people()
    before = copy.deepcopy(game.discriminator.state_dict()), copy.deepcopy(game.generator.state_dict())
    assert set(game.epoch(matrix, matrix, seed=0)) == {"loss_d", "loss_g"}
    assert any(not torch.equal(value, before[0][name]) for name, value in game.discriminator.state_dict().items())
    assert torch.equal(game.generator.temper, torch.zeros(2))
    game.epoch(matrix, matrix, seed=1)
    changed = {name for name, value in game.generator.state_dict().items() if not torch.equal(value, before[1][name])}
    assert changed == {"temper"}


@pytest.mark.parametrize(("chosen", "sign"), [(slice(0, 6), -1), (slice(6, 12), 1)], ids=["obscure", "popular"])
def test_the_adversary_teaches_how_popular_people_choose(chosen, sign):
    rng, dense = np.random.default_rng(0), np.zeros((64, 12), dtype=np.float32)
    for row in dense:
        row[np.arange(12)[chosen][rng.permutation(6)[:4]]] = 1
    game, matrix = trainer(rate=2e-2, judge_rate=1e-2, steps=40, sharpness=1.0), sparse.csr_matrix(dense)
    game.epoch(matrix, matrix, seed=0)
    assert sign * game.generator.temper[0].item() > 0.1


def test_people_of_whom_nothing_can_be_hidden_play_no_part():
    game = trainer()
    assert game.epoch(sparse.eye(12, format="csr", dtype=np.float32), sparse.eye(12, format="csr"), seed=0) == {
        "loss_d": 0.0,
        "loss_g": 0.0,
    }
    everything = sparse.csr_matrix(np.ones((3, 12), dtype=np.float32))
    assert np.isfinite(list(game.epoch(everything, everything, seed=0).values())).all()
    assert torch.isfinite(game.generator.temper).all()


def test_a_discriminator_tells_slates_apart():
    torch.manual_seed(0)
    judge = Discriminator(12, 16)
    optimiser = torch.optim.Adam(judge.parameters(), lr=1e-2)
    history = torch.zeros(32, 12)
    real, fake = torch.zeros(32, 12), torch.zeros(32, 12)
    real[:, :3], fake[:, 6:9] = 1, 1
    for _ in range(60):
        loss = gan.discriminator_loss(judge(real, history), judge(fake, history))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    judge.eval()
    assert judge(real, history).min() > judge(fake, history).max()


def test_the_discriminator_is_asked_about_slates_that_it_did_not_see():
    game = trainer(judge_rate=1e-2, steps=60, sharpness=100.0)
    dense = np.zeros((32, 12), dtype=np.float32)
    dense[:, :6] = 1  # people choose what is not popular; scores are by popularity
    game.generator.temper.data[0] = 1.0
    game.optimiser.param_groups[0]["lr"] = 0.0
    game.epoch(sparse.csr_matrix(dense), sparse.csr_matrix(dense), seed=0)
    history, withheld = np.zeros((5, 12), dtype=np.float32), np.zeros((5, 12), dtype=np.float32)
    history[:, :2] = withheld[:4, 2:4] = 1
    before = copy.deepcopy(game.discriminator.state_dict())
    assert game.told_right(sparse.csr_matrix(history), sparse.csr_matrix(withheld)) > 0.9
    assert game.discriminator.training
    assert all(torch.equal(value, before[name]) for name, value in game.discriminator.state_dict().items())
    nothing = sparse.csr_matrix((5, 12), dtype=np.float32)
    assert game.told_right(sparse.csr_matrix(history), nothing) == 0.5
