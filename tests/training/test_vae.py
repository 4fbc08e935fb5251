import numpy as np
import pytest
import torch
from scipy import sparse, stats

from training import vae
from training.vae import Generator, GeneratorConfig, VaeSettings, VaeTrainer


def people(count, items=12, seed=0):
    return sparse.random(count, items, density=0.4, format="csr", dtype=np.float32, random_state=seed, data_rvs=np.ones)


def generator(items=12, noise=6):
    torch.manual_seed(0)
    made = Generator(GeneratorConfig(items=items, noise=noise, hidden=8))
    made.linear.matrix.copy_(torch.randn(items, items))
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
    drawn = model(*history, torch.ones(1, 6)).detach().numpy()
    assert np.allclose(model.rank_rows(rows, torch.ones(1, 6)), drawn, atol=1e-4)


def test_a_larger_z_lets_popularity_count_less():
    model = generator()
    model.know_popularity(people(30))
    for parameter in model.output.parameters():
        torch.nn.init.zeros_(parameter)  # a latent path that says nothing, popularity least of all
    history, z = (torch.tensor([[3, 7]]), torch.ones(1, 2)), torch.ones(1, 6)
    popular = [(model(*history, scale * z)[0] * model.popularity).mean().item() for scale in (0.0, 1.0, 3.0)]
    assert popular[0] > popular[1] > popular[2]


def test_a_larger_z_is_bolder():
    model, history = generator(), (torch.tensor([[3, 7]]), torch.ones(1, 2))
    z = torch.randn(1, 6)
    safe = model(*history, 0 * z)
    near, far = ((model(*history, scale * z) - safe).abs().mean() for scale in (0.3, 3.0))
    assert near < far


def test_z_moves_the_scores_where_the_latent_path_weighs_nothing():
    model = generator()
    model.gain.fill_(0)
    history, z = (torch.tensor([[3, 7]]), torch.ones(1, 2)), torch.ones(1, 6)
    moved = (model(*history, z) - model(*history, 0 * z)).abs().mean()
    assert moved > 0.5


def test_a_person_without_history_gets_finite_scores():
    scores = generator()(torch.zeros(1, 1, dtype=torch.int64), torch.zeros(1, 1), torch.zeros(1, 6))
    assert torch.isfinite(scores).all()
    assert scores.std() > 0


@pytest.mark.parametrize("items", [7, 512, 1300])
def test_the_mean_in_two_steps_is_the_mean(items):
    rows = torch.randn(3, items)
    assert torch.allclose(vae.mean(rows), rows.mean(1, keepdim=True), atol=1e-5)


def test_losses_are_their_formulas():
    logits, y = torch.tensor([[0.0, np.log(3.0)]]), torch.tensor([[1.0, 1.0]])
    assert vae.multinomial_loss(logits, y).item() == pytest.approx(-np.log(0.25) - np.log(0.75), abs=1e-5)
    code, now = torch.tensor([[1.0, -0.5]]), vae.Posterior(torch.tensor([[1.0, 0.0]]), torch.tensor([[1.0, 2.0]]))
    before = vae.Posterior(torch.tensor([[0.0, 1.0]]), torch.tensor([[0.5, 1.0]]))
    q = stats.norm.logpdf([1.0, -0.5], [1.0, 0.0], [1.0, 2.0])
    p = sum(w * stats.norm.pdf([1.0, -0.5], m, s) for w, m, s in ((3 / 20, 0, 1), (3 / 4, [0.0, 1.0], [0.5, 1.0])))
    kl = (q - np.log(p + stats.norm.pdf([1.0, -0.5], 0, np.exp(5)) / 10)).sum()
    assert vae.kl_loss(code, now, before, torch.tensor([2.0]), gamma=0.5).item() == pytest.approx(kl, abs=1e-5)


def test_encoder_and_decoder_take_turns():
    trainer, matrix = VaeTrainer(generator(), VaeSettings(batch=30)), people(30)
    model, share, rng = trainer.generator, np.ones(12), np.random.default_rng(0)
    for step, table in ((trainer.encoder_step, model.embedding), (trainer.decoder_step, model.output.weight)):
        before = {name: weights.clone() for name, weights in model.state_dict().items()}
        step(matrix, matrix, trainer.posterior(matrix), share, rng)
        changed = {
            name.split(".")[0] for name, weights in model.state_dict().items() if (weights != before[name]).any()
        }
        assert changed == ({"embedding", "encoder"} if table is model.embedding else {"output"})


def test_training_lowers_the_loss_and_a_seed_repeats_it():
    matrix, found = people(30), []
    for _ in range(2):
        torch.manual_seed(1)
        trainer = VaeTrainer(Generator(GeneratorConfig(items=12, noise=6, hidden=8)), VaeSettings(rate=1e-2, batch=8))
        found.append([trainer.epoch(matrix, matrix, seed)["nll"] for seed in range(12)])
    assert found[0] == found[1]
    assert np.mean(found[0][-3:]) < np.mean(found[0][:3])


def test_popularity_counts_as_much_as_the_temper_says_and_more_for_mainstream_tastes():
    model, z = generator(), torch.zeros(2, 6)
    model.know_popularity(people(30))
    assert model.popularity.mean().item() == pytest.approx(0, abs=1e-5)
    ends = model.popularity.argmin(), model.popularity.argmax()
    histories = torch.stack(ends).unsqueeze(1), torch.ones(2, 1)
    plain = model(*histories, z)
    with torch.no_grad():
        model.temper.copy_(torch.tensor([-0.5, 0.0]))
        assert torch.allclose(model(*histories, z), plain - 0.5 * model.popularity, atol=1e-5)
        model.temper.copy_(torch.tensor([0.0, 0.5]))
        counts = (model(*histories, z) - plain)[:, ends[1]]
    assert counts[0] < 0 < counts[1]
    nothing = model.known(torch.zeros(1), torch.zeros(1))
    assert nothing.mainstream.item() == 0.0


def test_popularity_counts_more_where_less_is_known_and_not_for_the_bold():
    model = generator()
    model.know_popularity(people(30))
    histories = torch.tensor([[0, 1, 2, 3], [0, 0, 0, 0]]), torch.tensor([[1.0, 1.0, 1.0, 1.0], [1.0, 0.0, 0.0, 0.0]])
    none, bold = torch.zeros(2, 6), torch.ones(2, 6)
    before, before_bold = model(*histories, none), model(*histories, bold)
    model.caution.fill_(4.0)
    added = model(*histories, none) - before
    assert torch.allclose(added[0], 4 / 25 * model.popularity, atol=1e-5)
    assert torch.allclose(added[1], model.popularity, atol=1e-5)
    assert torch.allclose(model(*histories, bold), before_bold, atol=1e-5)


def test_the_sampled_loss_is_the_whole_one_where_every_item_is_drawn_and_estimates_it_otherwise():
    torch.manual_seed(0)
    logits, y = torch.randn(3, 400), torch.zeros(3, 400)
    y[:, :2] = 1
    whole = vae.multinomial_loss(logits, y)
    assert vae.sampled_loss(logits, y, torch.ones(400)).item() == pytest.approx(whole.item(), rel=1e-5)
    found = []
    for _ in range(50):
        columns = torch.cat([torch.arange(2), 2 + torch.randperm(398)[:199]])
        found.append(vae.sampled_loss(logits[:, columns], y[:, columns], torch.full((201,), 0.5)).item())
    assert np.mean(found) == pytest.approx(whole.item(), rel=0.02)


def test_in_a_large_catalogue_training_touches_only_what_was_drawn(monkeypatch):
    monkeypatch.setattr(vae, "is_large", lambda items: True)
    monkeypatch.setattr(vae, "SAMPLED", 3)
    matrix = people(30)
    trainer = VaeTrainer(Generator(GeneratorConfig(items=12, noise=6, hidden=8)), VaeSettings(rate=1e-2, batch=1))
    before = trainer.generator.output.weight.detach().clone()
    trainer.epoch(matrix[:1], matrix[:1], seed=0)
    changed = (trainer.generator.output.weight != before).any(1)
    assert set(matrix[:1].indices.tolist()) <= set(changed.nonzero().flatten().tolist())
    assert not changed.all()
    losses = [trainer.epoch(matrix, matrix, seed)["nll"] for seed in range(12)]
    assert np.mean(losses[-3:]) < np.mean(losses[:3])
