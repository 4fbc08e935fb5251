import copy

import numpy as np
import pytest
import torch
from scipy import sparse

from training import gan
from training.gan import Discriminator, GanSettings, GanTrainer
from training.vae import Generator, GeneratorConfig


def test_a_slate_has_k_items_and_passes_gradients():
    torch.manual_seed(0)
    scores = torch.randn(4, 10, requires_grad=True)
    slate = gan.draw_slate(scores.masked_fill(torch.arange(10) == 0, -torch.inf), 3)
    assert torch.allclose(slate.sum(1), torch.full((4,), 3.0))
    assert set(slate.detach().round(decimals=4).unique().tolist()) == {0.0, 1.0}
    assert (slate[:, 0] == 0).all()
    (slate * torch.arange(10.0)).sum().backward()
    assert scores.grad is not None
    assert scores.grad[:, 1:].abs().sum() > 0


def test_likelier_items_are_drawn_more_often():
    torch.manual_seed(0)
    drawn = gan.draw_slate(torch.tensor([[3.0, 0.0, 0.0, 0.0]]).repeat(500, 1), 1).mean(0)
    assert drawn[0] > 0.8


def test_losses_are_their_formulas():
    zero = torch.zeros(3)
    assert gan.generator_loss(zero).item() == pytest.approx(np.log(2))
    assert gan.discriminator_loss(zero, zero).item() == pytest.approx(2 * np.log(2))
    assert gan.discriminator_loss(zero + 3, zero - 3) < gan.discriminator_loss(zero - 3, zero + 3)
    assert gan.generator_loss(zero + 3) < gan.generator_loss(zero - 3)


def trainer(adversary=5.0):
    torch.manual_seed(0)
    generator = Generator(GeneratorConfig(items=12, noise=6, hidden=8))
    return GanTrainer(generator, GanSettings(batch=8, adversary=adversary, slate=3, width=8))


def people(seed=0):
    return sparse.random(24, 12, density=0.5, format="csr", dtype=np.float32, random_state=seed, data_rvs=np.ones)


def test_each_player_learns_in_its_own_step():
    game, matrix = trainer(), people()
    before = copy.deepcopy(game.discriminator.state_dict()), copy.deepcopy(game.generator.state_dict())
    losses = game.epoch(matrix, matrix, seed=0)
    assert set(losses) == {"nll", "kl", "loss_d", "loss_g"}
    for module, old in zip((game.discriminator, game.generator), before, strict=True):
        assert any(not torch.equal(value, old[name]) for name, value in module.state_dict().items())


def test_the_adversary_changes_what_the_generator_learns():
    matrix, found = people(), []
    for adversary in (0.0, 5.0):
        game = trainer(adversary)
        game.epoch(matrix, matrix, seed=0)
        found.append(game.generator.output.weight.detach().clone())
    assert not torch.allclose(*found)


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


def test_it_goes_on_from_a_state_as_if_nothing_had_happened():
    matrix = people()
    straight, broken = trainer(), trainer()
    straight.epoch(matrix, matrix, seed=0)
    broken.epoch(matrix, matrix, seed=0)
    state = copy.deepcopy(broken.state())
    resumed = trainer()
    resumed.restore(state)
    assert resumed.epoch(matrix, matrix, seed=1) == pytest.approx(straight.epoch(matrix, matrix, seed=1), rel=1e-5)
