import json

import numpy as np
import pytest
import torch
from scipy import sparse
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from training import recommender
from training.dataset import Holdout
from training.linear import SPARSE, LinearSettings, NearestPath
from training.recommender import (
    CAUTIONS,
    Options,
    Progress,
    TrainingError,
    Validation,
    allowed_cautions,
    choose_caution,
    choose_sparse,
    expected_memory,
    load_generator,
    shortened,
    train,
)
from training.vae import Generator, GeneratorConfig, VaeTrainer

GROUPS = 2


def write_checkerboard(folder, people=24, items=12):
    """Person p has every item of their parity but one: the one that must be recommended."""
    rows = [f"i{i},Item {i}" for i in range(items)]
    (folder / "items.csv").write_text("item_id,title\n" + "\n".join(rows) + "\n", encoding="utf-8")
    pairs = [(p, i) for p in range(people) for i in range(p % GROUPS, items, GROUPS) if i != missing(p, items)]
    lines = [f"p{p},i{i}" for p, i in pairs]
    (folder / "interactions.csv").write_text("user_id,item_id\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return pairs


def missing(person, items):
    """The item that is kept from a person of the checkerboard."""
    own = range(person % GROUPS, items, GROUPS)
    return own[(person // GROUPS) % len(own)]


def run(folder, out="model", **options):
    given = {"epochs": 4, "runs": folder / "runs"} | options
    return train(folder / "items.csv", folder / "interactions.csv", folder / out, Options(**given))


def test_the_withheld_item_of_the_checkerboard_comes_first(tmp_path):
    pairs = write_checkerboard(tmp_path)
    config = run(tmp_path)
    generator, _ = load_generator(tmp_path / "model")
    for person in range(6):
        ids = torch.tensor([[i for p, i in pairs if p == person]])
        with torch.no_grad():
            scores = generator(ids, torch.ones(ids.shape), torch.zeros(1, generator.config.noise))
        scores[0, ids[0]] = -torch.inf
        assert int(scores.argmax()) == missing(person, 12)
    assert config["training"]["model"] == "gan"
    assert {"linear", "gain", "epochs", "game", "seconds"} <= set(config["training"])
    assert (tmp_path / "model" / "catalog.json").is_file()
    assert not (tmp_path / "model" / "checkpoint.pt").exists()
    (events,) = (tmp_path / "runs").rglob("events.out*")
    log = EventAccumulator(str(events)).Reload()
    kept = {event.step: event.value for event in log.Scalars("shown/kept")}
    assert kept[0] == 1
    assert set(kept) == set(recommender.LOGGED_LENGTHS)
    assert {"shown/coverage@20", "shown/diversity", "shown/novelty", "game/told_right"} <= set(log.Tags()["scalars"])


def test_the_same_seed_gives_the_same_model_and_another_another(tmp_path):
    write_checkerboard(tmp_path)
    found = []
    for out, seed in (("a", 1), ("b", 1), ("c", 2)):
        run(tmp_path, out, seed=seed)
        found.append(load_generator(tmp_path / out)[0].state_dict())
    assert all(torch.equal(value, found[1][name]) for name, value in found[0].items())
    assert not torch.equal(found[0]["embedding"], found[2]["embedding"])


def test_progress_is_json_on_stdout_and_words_on_stderr(tmp_path, capsys, monkeypatch):
    write_checkerboard(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert (
        recommender.main(["--items", "items.csv", "--interactions", "interactions.csv", "--out", "m", "--epochs", "2"])
        == 0
    )
    out, err = capsys.readouterr()
    lines = [json.loads(line) for line in out.splitlines()]
    assert all(set(line) == {"stage", "done", "say"} and line["stage"] == "training.recommender" for line in lines)
    done = [line["done"] for line in lines]
    assert done == sorted(done)
    assert done[-1] == 1.0
    assert "training.recommender: 100%" in err
    assert "GB of memory" in lines[0]["say"]


class Clock:
    """A clock that a test sets."""

    now = 0.0

    def __call__(self):
        return self.now


def test_progress_moves_and_tells_the_time_left_while_a_step_takes_long(capsys):
    clock = Clock()
    progress = Progress(expected=100.0, clock=clock)
    progress.tell(0.0, "begun")
    for clock.now in (5.0, 10.0, 60.0):
        progress.beat()
    progress.tell(0.08, "first step")
    clock.now = 61.0
    progress.beat()
    progress.tell(1.0, "trained")
    progress.close()
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["done"] for line in lines] == [0.0, 0.05, 0.1, 0.1, 0.1, 0.18, 1.0]
    assert [line["say"] for line in lines] == [
        "begun, about 2 min left",
        "begun, about 100 s left",
        "begun, about 90 s left",
        "begun, about 90 s left",
        "first step, about 90 s left",
        "first step, about 80 s left",
        "trained",
    ]


def test_the_memory_that_training_needs_is_near_what_was_measured():
    measured = {1_000: 0.72, 10_000: 2.01, 100_000: 2.70}  # benchmarks.growth: a million interactions
    for items, gigabytes in measured.items():
        assert expected_memory(20_000, items, 1_000_000) == pytest.approx(gigabytes, rel=0.25)


def test_bad_data_is_one_sentence_and_exit_2(tmp_path, capsys, monkeypatch):
    write_checkerboard(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "interactions.csv").write_text("user_id,item_id\np0,i0\np0,i99\n", encoding="utf-8")
    assert recommender.main(["--items", "items.csv", "--interactions", "interactions.csv", "--out", "m"]) == 2
    assert capsys.readouterr().err == "interactions.csv, line 3: item 'i99' is not among the items\n"
    assert not (tmp_path / "m").exists()


def test_meaning_of_other_items_is_one_sentence_and_exit_2(tmp_path, capsys, monkeypatch):
    write_checkerboard(tmp_path)
    monkeypatch.chdir(tmp_path)
    np.save("meaning.npy", np.ones((1, 4), dtype=np.float16))
    files = ["--items", "items.csv", "--interactions", "interactions.csv", "--meaning", "meaning.npy"]
    assert recommender.main([*files, "--out", "m"]) == 2
    assert capsys.readouterr().err == "meaning.npy: 1 sentence vectors for 12 items: make them again\n"


def test_items_that_nobody_likes_are_placed_by_their_meaning(tmp_path, monkeypatch):
    write_checkerboard(tmp_path)
    seen = []
    monkeypatch.setattr(recommender, "placements", lambda catalog, likes, meaning: seen.append(meaning))
    monkeypatch.setattr(recommender, "place", lambda generator, places: None)
    with (tmp_path / "items.csv").open("a") as file:
        file.write("new,New\n")
    vectors = np.eye(13, dtype=np.float16)
    np.save(tmp_path / "meaning.npy", vectors)
    options = Options(epochs=1, model="linear", runs=tmp_path / "runs", meaning=tmp_path / "meaning.npy")
    recommender.train(tmp_path / "items.csv", tmp_path / "interactions.csv", tmp_path / "m", options)
    assert seen[0].tolist() == vectors.tolist()


@pytest.mark.parametrize(
    ("items", "interactions"),
    [
        ("a,A", "p,a"),
        ("a,A", "p,a\nq,a"),
        ("a,A\nb,B", "p,a\np,b"),
        ("a,A\nb,B\nc,C", "p,a\nq,b\nr,c"),
        ("a,A\nb,B\nc,C", "p,a\np,a\np,b\np,c\np,a"),
    ],
    ids=["one of each", "one item", "one person", "no overlap", "one person with everything, twice"],
)
def test_tiny_data_give_a_sound_model(tmp_path, items, interactions):
    (tmp_path / "items.csv").write_text(f"item_id,title\n{items}\n", encoding="utf-8")
    (tmp_path / "interactions.csv").write_text(f"user_id,item_id\n{interactions}\n", encoding="utf-8")
    run(tmp_path, epochs=2)
    generator, _ = load_generator(tmp_path / "model")
    scores = generator(torch.zeros(1, 1, dtype=torch.int64), torch.ones(1, 1), torch.zeros(1, 100))
    assert torch.isfinite(scores).all()


def test_equal_ratings_are_likes_and_nothing_but_dislikes_is_a_sentence(tmp_path):
    pairs = write_checkerboard(tmp_path)
    path = tmp_path / "interactions.csv"
    path.write_text("user_id,item_id,value\n" + "".join(f"p{p},i{i},3\n" for p, i in pairs), encoding="utf-8")
    assert run(tmp_path, epochs=1)["value_range"] == [-3.0, 3.0]
    path.write_text("user_id,item_id,value\n" + "".join(f"p{p},i{i},-1\n" for p, i in pairs), encoding="utf-8")
    with pytest.raises(TrainingError, match="nobody likes anything"):
        run(tmp_path, epochs=1)


def test_a_person_with_everything_and_one_with_ten_thousand_lines_harm_nobody(tmp_path):
    pairs = write_checkerboard(tmp_path)
    lines = [f"p{p},i{i},5,0" for p, i in pairs]
    lines += [f"all,i{i},5,99999999999999" for i in range(12)]  # in the far future
    lines += [f"many,i{n % 12},{1 + n % 5},{n}" for n in range(10_000)]
    path = tmp_path / "interactions.csv"
    path.write_text("user_id,item_id,value,timestamp\n" + "\n".join(lines) + "\n", encoding="utf-8")
    run(tmp_path)
    generator, _ = load_generator(tmp_path / "model")
    with torch.no_grad():
        everything = generator(torch.arange(12).unsqueeze(0), torch.ones(1, 12), torch.zeros(1, 100))
        own = torch.tensor([[i for p, i in pairs if p == 0]])
        scores = generator(own, torch.ones(own.shape), torch.zeros(1, 100))
    assert torch.isfinite(everything).all()
    scores[0, own[0]] = -torch.inf
    assert int(scores.argmax()) == missing(0, 12)


def test_a_loss_that_is_no_number_stops_and_keeps_the_last_good_state(tmp_path, monkeypatch):
    write_checkerboard(tmp_path)
    whole = VaeTrainer.epoch

    def poisoned(self, history, target, seed):
        losses = whole(self, history, target, seed)
        if seed == 2:
            with torch.no_grad():
                self.generator.embedding.fill_(torch.nan)
            losses["nll"] = float("nan")
        return losses

    monkeypatch.setattr(VaeTrainer, "epoch", poisoned)
    with pytest.raises(TrainingError, match=r"no longer a number in epoch 3; .*checkpoint\.pt keeps"):
        run(tmp_path)
    saved = torch.load(tmp_path / "model" / "checkpoint.pt", weights_only=True)
    assert saved["epoch"] == 1
    assert torch.isfinite(saved["state"]["generator"]["embedding"]).all()
    assert not (tmp_path / "model" / "config.json").exists()


def test_an_interrupted_run_goes_on_where_it_was(tmp_path, monkeypatch):
    write_checkerboard(tmp_path)
    monkeypatch.setattr(recommender, "CHECKPOINT_SECONDS", 0.0)
    run(tmp_path, "whole", seed=1, model="latent")
    write, seen = recommender._write_checkpoint, []

    def interrupted(run, stage, epoch, state):
        write(run, stage, epoch, state)
        seen.append((stage, epoch))
        if (stage, epoch) == ("fit", 0):
            raise KeyboardInterrupt

    monkeypatch.setattr(recommender, "_write_checkpoint", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, "broken", seed=1, model="latent")
    seen.clear()
    run(tmp_path, "broken", seed=1, model="latent", resume=True)
    assert seen
    assert not {("select", 0), ("game", 0), ("fit", 0)} & set(seen)
    whole, resumed = (load_generator(tmp_path / out)[0] for out in ("whole", "broken"))
    history = torch.tensor([[0, 2]]), torch.ones(1, 2), torch.zeros(1, 100)
    with torch.no_grad():
        assert np.allclose(whole(*history), resumed(*history), atol=1e-4)


def test_a_checkpoint_of_other_options_is_refused(tmp_path, monkeypatch):
    write_checkerboard(tmp_path)
    monkeypatch.setattr(recommender, "CHECKPOINT_SECONDS", 0.0)
    monkeypatch.setattr(recommender, "save", lambda *_: pytest.fail("not reached"))
    with pytest.raises(pytest.fail.Exception):
        run(tmp_path)
    with pytest.raises(TrainingError, match="belongs to other data or options"):
        run(tmp_path, seed=5, resume=True)


def test_a_folder_without_a_model_is_a_sentence(tmp_path):
    with pytest.raises(TrainingError, match="holds no trained recommender"):
        load_generator(tmp_path)


@pytest.mark.parametrize("model", ["gan", "vae", "linear", "latent"])
def test_an_ablation_leaves_out_what_its_name_says(tmp_path, model):
    write_checkerboard(tmp_path)
    chosen = run(tmp_path, model=model, epochs=8)["training"]
    generator, _ = load_generator(tmp_path / "model")
    assert (generator.gain.item() > 0) == (model != "linear")
    assert (chosen["epochs"] == 0) == (model == "linear")
    assert (chosen["game"] == 0) == (model == "vae") == bool((generator.temper == 0).all())
    scores = generator.linear(torch.tensor([[0, 2]]), torch.ones(1, 2))
    assert bool((scores == 0).all()) == (model == "latent")


def people_who_choose(columns, rng, items=40, people=60):
    """Histories of eight random items, while what is withheld is always the same few."""
    history = np.zeros((people, items), dtype=np.float32)
    relevant = np.zeros_like(history)
    for row in range(people):
        history[row, rng.choice(np.setdiff1d(np.arange(items), columns), 8, replace=False)] = 1
        relevant[row, columns] = 1
    return Holdout(sparse.csr_matrix(history), sparse.csr_matrix(relevant))


@pytest.mark.parametrize(("columns", "expected"), [((0, 1, 2), True), ((37, 38, 39), False)])
def test_popularity_counts_for_people_of_few_likes_where_it_tells_what_they_choose(columns, expected):
    torch.manual_seed(0)
    popularity = sparse.csr_matrix((np.arange(60)[:, None] < np.linspace(60, 1, 40)).astype(np.float32))
    generator = Generator(GeneratorConfig(items=40, noise=4, hidden=8))
    generator.know_popularity(popularity)
    holdout = people_who_choose(columns, np.random.default_rng(0))
    caution = choose_caution(Validation(generator, holdout), 0.1, seed=0)
    assert (caution > 0) == expected
    assert generator.caution.item() == caution


def test_short_histories_are_likes_of_the_whole_ones():
    history = sparse.csr_matrix(np.array([[1, -1, 0.5, 1], [-1, -1, 0, 0], [0, 0, 1, 0]], dtype=np.float32))
    few = shortened(history, 2, np.random.default_rng(0))
    assert np.diff(few.indptr).tolist() == [2, 0, 1]
    assert (few.toarray() == history.toarray())[few.toarray() > 0].all()


class Figures:
    """A validation of which only the accuracy for each weight of the latent path is known."""

    def __init__(self, *, worth=1.0, **ndcg):
        self._ndcg, self.worth = ndcg, lambda: worth

    def figures(self, gain):
        return {"ndcg@20": self._ndcg.get(f"at_{gain:g}".replace(".", "_"), 0.0)}


@pytest.mark.parametrize(
    ("found", "gain"),
    [
        ({"at_0": 0.400, "at_1": 0.399, "at_2": 0.398}, 1.0),
        ({"at_0": 0.380, "at_1": 0.390, "at_1_5": 0.397, "at_2": 0.400}, 1.5),
        ({"at_0": 0.400, "at_0_25": 0.397, "at_1": 0.390}, 0.25),
        ({"at_0": 0.400, "at_1": 0.390}, 0.0),
        ({"at_0": 0.400, "at_0_5": 0.400, "at_1": 0.400, "worth": 0.6}, 0.5),
        ({"at_0": 0.400, "at_1": 0.400, "at_1_5": 0.400, "worth": 1.4}, 1.0),
    ],
    ids=["hardly worse", "more is much better", "less is much better", "much worse", "worth less", "worth more"],
)
def test_the_latent_path_weighs_what_it_is_worth_unless_another_weight_is_clearly_better(found, gain):
    assert recommender.choose_gain(Figures(**found), (0.0, *recommender.GAINS)) == gain


@pytest.mark.parametrize(("before", "after", "gain"), [("at_1", "at_0", 0.0), ("at_0_1", "at_1", 0.1)])
def test_caution_may_take_weight_from_the_latent_path_but_gives_it_none(monkeypatch, before, after, gain):
    validation = Figures(**{before: 0.4})

    def with_caution(*_):
        validation.__init__(**{after: 0.4})
        return 30.0

    monkeypatch.setattr(recommender, "choose_caution", with_caution)
    assert recommender.choose_gain_and_caution(validation, (0.0, *recommender.GAINS), seed=0) == (gain, 30.0)


class Game:
    """A game that only counts its rounds."""

    def __init__(self, generator, settings):
        self.generator = generator

    def epoch(self, history, target, seed):
        return {"loss_d": 0.0}

    def told_right(self, history, withheld):
        return 0.5

    def state(self):
        return {}


class Falling:
    """A validation whose figures change from round to round."""

    holdout = Holdout(*(sparse.csr_matrix((3, 12), dtype=np.float32) for _ in range(2)))

    def __init__(self, ndcg, coverage):
        self._rounds = iter([(0.4, 0.2), *((0.4 - ndcg * n, 0.2 * (1 + coverage * n)) for n in range(1, 99))])

    def figures(self, gain):
        return dict(zip(("ndcg@20", "coverage@20"), next(self._rounds), strict=True))


@pytest.mark.parametrize(
    ("ndcg", "coverage", "rounds"),
    [(0.0, 0.05, 3), (0.0004, 0.01, 3), (0.0, 0.0, recommender.ROUNDS), (0.01, 0.5, 0)],
    ids=["covers enough", "costs too much", "brings nothing", "costs too much at once"],
)
def test_the_game_ends_when_it_has_brought_enough_or_costs_too_much(tmp_path, monkeypatch, ndcg, coverage, rounds):
    write_checkerboard(tmp_path)
    monkeypatch.setattr(recommender, "GanTrainer", Game)
    data = recommender.load(tmp_path / "items.csv", tmp_path / "interactions.csv")
    with recommender.SummaryWriter(str(tmp_path / "runs")) as log:
        played = recommender.Run(data, tmp_path, Options(), log)
        played.chosen |= {"gain": 1.0, "game": 0}
        generator = Generator(GeneratorConfig(items=12))
        recommender.play_game(played, data.matrix, generator, Falling(ndcg, coverage))
        played.progress.close()
    assert played.chosen["game"] == rounds


@pytest.mark.parametrize(
    ("ndcg", "coverage", "allowed"),
    [
        ((0.20, 0.20, 0.19, 0.10, 0.10), (0.5, 0.5, 0.5, 0.5, 0.5), [0.0, 10.0]),
        ((0.20, 0.20, 0.20, 0.20, 0.10), (0.5, 0.45, 0.3, 0.1, 0.1), [0.0, 10.0]),
        ((0.20, 0.20, 0.22, 0.10, 0.10), (0.5, 0.45, 0.3, 0.1, 0.1), [30.0]),
    ],
    ids=["accuracy", "coverage", "coverage for accuracy"],
)
def test_caution_may_cost_neither_accuracy_nor_coverage(ndcg, coverage, allowed):
    assert (
        allowed_cautions(dict(zip(CAUTIONS, ndcg, strict=True)), dict(zip(CAUTIONS, coverage, strict=True))) == allowed
    )


@pytest.mark.parametrize(("alone", "added", "weight"), [(0.2, 0.199, SPARSE), (0.2, 0.197, 0.0)])
def test_the_sparse_part_stays_unless_the_hold_out_is_clearly_against_it(monkeypatch, alone, added, weight):
    figures = iter((alone, added))
    monkeypatch.setattr(recommender, "_quality", lambda scores, holdout: next(figures))
    matrix = sparse.random(40, 12, density=0.4, format="csr", dtype=np.float32, random_state=0, data_rvs=np.ones)
    chosen, part = choose_sparse([(matrix, Holdout(matrix, matrix))], LinearSettings())
    assert chosen == weight
    assert isinstance(part, NearestPath)
