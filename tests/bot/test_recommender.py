import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from bot.recommender import OnnxRecommender, PopularityRecommender, contributions
from domain.artifact import ArtifactError

ITEMS, NOISE = 4, 2


@pytest.fixture
def model(tmp_path):
    """scores = sum of weights[i] * row item_ids[i] of a known matrix, plus z[0]."""
    matrix = np.arange(ITEMS * ITEMS, dtype=np.float32).reshape(ITEMS, ITEMS)
    nodes = [
        helper.make_node("Gather", ["matrix", "item_ids"], ["rows"]),
        helper.make_node("Unsqueeze", ["weights", "one"], ["w"]),
        helper.make_node("MatMul", ["w", "rows"], ["sums"]),
        helper.make_node("Squeeze", ["sums", "one"], ["flat"]),
        helper.make_node("Gather", ["z", "zero"], ["z0"], axis=1),
        helper.make_node("Add", ["flat", "z0"], ["scores"]),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [
            helper.make_tensor_value_info("item_ids", TensorProto.INT64, ["batch", "n"]),
            helper.make_tensor_value_info("weights", TensorProto.FLOAT, ["batch", "n"]),
            helper.make_tensor_value_info("z", TensorProto.FLOAT, ["batch", NOISE]),
        ],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["batch", ITEMS])],
        [
            helper.make_tensor("matrix", TensorProto.FLOAT, [ITEMS, ITEMS], matrix.flatten()),
            helper.make_tensor("one", TensorProto.INT64, [1], [1]),
            helper.make_tensor("zero", TensorProto.INT64, [1], [0]),
        ],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(made, tmp_path / "recommender.onnx")
    return OnnxRecommender(tmp_path, NOISE), matrix


def history(ids, weights):
    return np.array(ids, dtype=np.int64), np.array(weights, dtype=np.float32)


def test_histories_of_different_lengths_are_one_batch(model):
    recommender, matrix = model
    scores = recommender.scores([history([1], [1]), history([0, 2], [1, -1]), history([], [])])
    np.testing.assert_allclose(scores, [matrix[1], matrix[0] - matrix[2], np.zeros(ITEMS)])


def test_z_varies_the_scores(model):
    recommender, matrix = model
    z = np.array([[5, 0]], dtype=np.float32)
    np.testing.assert_allclose(recommender.scores([history([1], [1])], z), [matrix[1] + 5])


def test_of_a_linear_model_contributions_are_what_each_item_adds(model):
    recommender, matrix = model
    added = contributions(recommender, history([1, 3], [1, -1]), np.array([0, 2]))
    np.testing.assert_allclose(added, [matrix[1, [0, 2]], -matrix[3, [0, 2]]])


class Strongest:
    """Scores every item by the strongest weight of a history: the same said twice adds nothing."""

    noise = 1

    def personal(self, histories):
        return np.array([[max(weights, default=0.0)] * ITEMS for _, weights in histories], dtype=np.float32)


def test_contributions_add_up_and_items_that_say_the_same_share():
    told = history([0, 1, 2], [1, 1, 0.5])
    added = contributions(Strongest(), told, np.array([3]))
    np.testing.assert_allclose(added.sum(0), [1.0])
    np.testing.assert_allclose(added.ravel(), [0.5, 0.25, 0.25])
    newest = contributions(Strongest(), history([0, 1, 2], [0.5, 1, 1]), np.array([3]), newest=2)
    np.testing.assert_allclose(newest.ravel(), [0, 0.25, 0.25])
    assert contributions(Strongest(), history([], []), np.array([3])).shape == (0, 1)


def test_a_manifest_that_names_another_noise_is_noticed(model, tmp_path):
    with pytest.raises(ArtifactError, match="takes 2 numbers of noise, not 5"):
        OnnxRecommender(tmp_path, 5)


def test_a_broken_model_is_one_sentence(tmp_path):
    (tmp_path / "recommender.onnx").write_bytes(b"half a mod")
    with pytest.raises(ArtifactError, match="cannot be loaded"):
        OnnxRecommender(tmp_path, NOISE)


def test_popularity_is_the_same_for_everybody(catalog):
    scores = PopularityRecommender(catalog).scores([history([1], [1]), history([], [])])
    assert catalog[int(scores[0].argmax())].title == "Forrest Gump"
    np.testing.assert_array_equal(scores[0], scores[1])
