import json
from dataclasses import replace

import pytest
import torch

from domain.catalog import Catalog, Item
from export import quality
from export.recommender import to_onnx

ITEMS = 60


class Neighbours(torch.nn.Module):
    """Recommends what shares its parity with the history, whatever is popular."""

    def explained(self, item_ids, weights, z):
        same = torch.arange(ITEMS).unsqueeze(0) % 2 == torch.arange(2).unsqueeze(1)
        scores = (weights.unsqueeze(1) @ same.float()[item_ids % 2]).squeeze(1) + 0 * z.sum(1, keepdim=True)
        return scores, torch.zeros_like(scores)


@pytest.fixture(scope="module")
def artifact(tmp_path_factory):
    folder = tmp_path_factory.mktemp("artifact")
    to_onnx(Neighbours(), folder / "recommender.onnx", 4)
    items = [replace(Item(f"i{i}", f"Item {i}"), popularity=100 if i % 2 else 1) for i in range(ITEMS)]
    Catalog(items).save(folder / "catalog.json")
    return folder


@pytest.fixture
def holdout(tmp_path):
    path = tmp_path / "holdout.csv"
    lines = [f"p{p},i{i}\n" for p in range(4) for i in range(0, ITEMS, 2)] + ["single,i0\n"]
    path.write_text("user_id,item_id\n" + "".join(lines), encoding="utf-8")
    return path


def test_a_perfect_model_gets_one_and_popularity_nothing(artifact, holdout, capsys):
    assert quality.main(["--artifact", str(artifact), "--interactions", str(holdout)]) == 0
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert figures["ndcg@20"] == figures["recall@20"] == figures["ndcg@5"] == 1.0
    assert figures["popularity_ndcg@20"] == 0.0
    assert figures["people"] == 4
    assert 0 < figures["coverage@20"] < 1


def test_a_seed_repeats_the_figures(artifact, holdout):
    assert quality.measure(artifact, holdout, 3) == quality.measure(artifact, holdout, 3)


def test_bad_input_is_one_sentence(artifact, tmp_path, capsys):
    path = tmp_path / "holdout.csv"
    for text, wrong in (
        ("user_id,item_id\np,i1\n", "nobody has two"),
        ("user_id,item_id\np,x\np,i1\n", "line 2: item 'x'"),
    ):
        path.write_text(text, encoding="utf-8")
        assert quality.main(["--artifact", str(artifact), "--interactions", str(path)]) == 2
        assert wrong in capsys.readouterr().err
    assert quality.main(["--artifact", str(tmp_path), "--interactions", str(path)]) == 2
    assert "not a catalogue" in capsys.readouterr().err
