import json

import numpy as np
import onnxruntime
import pytest
import torch

from bot.recommender import OnnxRecommender
from domain.artifact import ITEM_IDS, PRIOR, RECOMMENDER, SCORES, WEIGHTS, Z
from domain.catalog import Catalog
from export import recommender
from export.parity import TOLERANCE, ParityError, check_recommender
from training.recommender import Options, load_generator, train

ITEMS, PEOPLE = 12, 24


def missing(person):
    return range(person % 2, ITEMS, 2)[(person // 2) % (ITEMS // 2)]


def history(person):
    return [i for i in range(person % 2, ITEMS, 2) if i != missing(person)]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trained")
    items = "".join(f"i{i},Item {i}\n" for i in range(ITEMS))
    (folder / "items.csv").write_text("item_id,title\n" + items, encoding="utf-8")
    lines = "".join(f"p{p},i{i}\n" for p in range(PEOPLE) for i in history(p))
    (folder / "interactions.csv").write_text("user_id,item_id\n" + lines, encoding="utf-8")
    options = Options(epochs=3, runs=folder / "runs")
    train(folder / "items.csv", folder / "interactions.csv", folder / "model", options)
    return folder / "model"


@pytest.fixture(scope="module")
def exported(trained, tmp_path_factory):
    out = tmp_path_factory.mktemp("exported")
    recommender.export(trained, out)
    return out


@pytest.fixture(scope="module")
def session(exported):
    return onnxruntime.InferenceSession(exported / RECOMMENDER, providers=["CPUExecutionProvider"])


def score(session, rows, z=None):
    width = max(map(len, rows))
    ids = np.array([row + [0] * (width - len(row)) for row in rows], dtype=np.int64)
    weights = np.array([[1] * len(row) + [0] * (width - len(row)) for row in rows], dtype=np.float32)
    z = np.zeros((len(rows), 100), dtype=np.float32) if z is None else z
    return session.run([SCORES], {ITEM_IDS: ids, WEIGHTS: weights, Z: z})[0]


def test_from_csv_to_onnx_the_withheld_item_comes_first(session):
    scores = score(session, [history(p) for p in range(6)])
    for person in range(6):
        scores[person, history(person)] = -np.inf
        assert scores[person].argmax() == missing(person)


def test_popularity_that_stands_in_for_what_is_not_known_is_told_apart(exported, session):
    feeds = {ITEM_IDS: np.zeros((1, 1), np.int64), WEIGHTS: np.zeros((1, 1), np.float32)}
    prior = session.run([PRIOR], feeds | {Z: np.zeros((1, 100), np.float32)})[0]
    bold = session.run([PRIOR], feeds | {Z: np.ones((1, 100), np.float32)})[0]
    caution = json.loads((exported / "recommender.json").read_text())["training"]["caution"]
    assert (np.abs(prior).max() > 0) == (caution > 0)
    assert not bold.any()
    recommender_of = OnnxRecommender(exported, 100)
    nothing = [(np.zeros(0, np.int64), np.zeros(0, np.float32))]
    np.testing.assert_allclose(recommender_of.scores(nothing) - recommender_of.personal(nothing), prior, atol=1e-5)


def test_names_types_and_dynamic_axes(session):
    inputs = {node.name: (node.type, len(node.shape)) for node in session.get_inputs()}
    assert inputs == {
        ITEM_IDS: ("tensor(int64)", 2),
        WEIGHTS: ("tensor(float)", 2),
        Z: ("tensor(float)", 2),
    }
    assert [node.name for node in session.get_outputs()] == [SCORES, PRIOR]
    for people, length in ((1, 1), (1, 7), (5, 2)):
        assert score(session, [[1] * length] * people).shape == (people, ITEMS)


def test_padding_adds_nothing_and_people_do_not_mix(session):
    alone = score(session, [[3, 5]])
    together = score(session, [[3, 5], [0, 2, 4, 6, 8]])
    assert np.allclose(alone[0], together[0], atol=1e-5)


def test_z_varies_the_list(session):
    z = np.random.default_rng(0).standard_normal((1, 100)).astype(np.float32)
    assert not np.allclose(score(session, [[3]]), score(session, [[3]], 2 * z))


def test_what_is_written_beside_it(exported, trained):
    facts = json.loads((exported / recommender.FACTS).read_text())
    assert set(facts) == {"noise", "parity", "value_range", "training", "metrics"}
    assert facts["noise"] == 100
    assert 0 <= facts["parity"]["recommender"] <= TOLERANCE
    assert len(Catalog.load(exported / "catalog.json")) == ITEMS
    names = {file.name for file in exported.iterdir()}
    assert names <= {"recommender.onnx", "recommender.onnx.data", "recommender.json", "catalog.json"}


class Shifted(torch.nn.Module):
    """The generator, a little off."""

    def __init__(self, generator, by):
        super().__init__()
        self.generator, self.by = generator, by

    def explained(self, item_ids, weights, z):
        scores, prior = self.generator.explained(item_ids, weights, z)
        return scores + self.by, prior


def test_parity_finds_a_difference_above_the_tolerance(exported, trained):
    generator, _ = load_generator(trained)
    probes = list(recommender.probes(ITEMS, 100))
    assert check_recommender(recommender.Explained(generator), exported / RECOMMENDER, probes) <= TOLERANCE
    for by in (3 * TOLERANCE, float("nan")):
        with pytest.raises(ParityError, match="differ by"):
            check_recommender(recommender.Explained(Shifted(generator, by)), exported / RECOMMENDER, probes)


def test_nothing_is_written_where_the_two_disagree(trained, tmp_path, monkeypatch, capsys):
    honest = recommender.to_onnx
    monkeypatch.setattr(recommender, "to_onnx", lambda model, *rest: honest(Shifted(model, 0.01).eval(), *rest))
    assert recommender.main(["--model", str(trained), "--out", str(tmp_path)]) == 2
    assert "differ by 0.0" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_a_model_is_one_sentence(tmp_path, capsys):
    assert recommender.main(["--model", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert "holds no trained recommender" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_parity_looks_at_what_reasons_go_by_too(exported, trained):
    class Reasons(recommender.Explained):
        def forward(self, item_ids, weights, z):
            scores, prior = super().forward(item_ids, weights, z)
            return scores, prior + 0.01

    generator, _ = load_generator(trained)
    with pytest.raises(ParityError):
        check_recommender(Reasons(generator), exported / RECOMMENDER, list(recommender.probes(ITEMS, 100)))
