"""What a message is by its meaning: heads are learned from vectors, kept in a file and asked about messages."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from bot.encoder import Meaning
from bot.heads import READ, Heads
from domain.artifact import HEADS
from domain.searching import ASKED, PREFIX
from training import heads
from training.heads import fit, learn, left_out, logits

SHIPPED = Path(__file__).parent.parent.parent / "weights" / "search"
WIDTH = 8
Weights = dict[str, NDArray[np.float32]]
TOPICS = {"die": 1, "kill": 1, "where": 2, "plot": 2, "directed": 3, "long": 4}
"""Word -> the coordinate in which a text with it lies; texts without any lie in the first."""


class Topics:
    """An encoder to whom a text means the topics that its words have; remembers what it was told."""

    def __init__(self) -> None:
        self.read_texts: list[str] = []

    def read(self, text: str) -> Meaning:
        self.read_texts.append(text)
        plain = text.removeprefix(PREFIX).lower().split()
        hidden = np.zeros((1, WIDTH), dtype=np.float32)
        hidden[0, 0] = 0.5
        for word in plain:
            hidden[0, TOPICS.get(word, 0)] += 1 if word in TOPICS else 0.1
        return Meaning(hidden, [(0, len(text))])


def around(direction: int, count: int, seed: int, spread: float = 0.1) -> NDArray[np.float32]:
    """Unit vectors near an axis, ``[count, WIDTH]``."""
    found = np.eye(WIDTH)[direction] + spread * np.random.default_rng(seed).standard_normal((count, WIDTH))
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), dtype=np.float32)


def taught(vectors: NDArray[np.float32], y: NDArray[np.int64], classes: int) -> Weights:
    return {part: tensor.astype(np.float32) for part, tensor in learn(vectors, y, classes, 0.01).items()}


@pytest.fixture(scope="module")
def weights() -> Weights:
    """Of a cry (first topic), a story (second), and questions for the director (third) and the length (fourth)."""
    found: Weights = {}
    for name, direction in (("trouble", 1), ("story", 2)):
        others = [around(other, 20, other) for other in range(5) if other != direction]
        vectors = np.concatenate([*others, around(direction, 40, 9)])
        for part, tensor in taught(vectors, np.repeat([0, 1], [80, 40]), 2).items():
            found[f"{name}.{part}"] = tensor
    vectors = np.concatenate([around(direction, 20, direction) for direction in range(5)])
    y = np.repeat([0, 0, 0, ASKED.index("director"), ASKED.index("length")], 20)
    for part, tensor in taught(vectors, y, len(ASKED)).items():
        found[f"asks.{part}"] = tensor
    return found


@pytest.fixture
def judge(weights: Weights) -> Heads:
    return Heads(Topics(), weights)


@pytest.mark.parametrize(("text", "is_it"), [("I want to die", True), ("something funny", False), ("the plot", False)])
def test_a_cry_is_told_from_other_messages(judge: Heads, text: str, is_it: bool) -> None:
    assert judge.is_trouble(text) is is_it


@pytest.mark.parametrize(("text", "is_it"), [("one where somebody", True), ("I want to die", False), ("hello", False)])
def test_a_story_is_told_from_other_messages(judge: Heads, text: str, is_it: bool) -> None:
    assert judge.is_story(text) is is_it


@pytest.mark.parametrize(
    ("text", "attribute"), [("who directed it", "director"), ("how long is it", "length"), ("I liked it", None)]
)
def test_what_is_asked_is_the_name_of_an_attribute(judge: Heads, text: str, attribute: str | None) -> None:
    assert judge.asks(text) == attribute


def test_any_text_is_judged(judge: Heads) -> None:
    for text in ("", " ", "?", "没有", "🎬"):
        assert not judge.is_trouble(text)
        assert not judge.is_story(text)
        assert judge.asks(text) is None


def test_a_message_is_read_as_the_encoder_was_taught_to_and_its_beginning_alone(weights: Weights) -> None:
    encoder = Topics()
    Heads(encoder, weights).is_trouble("x" * READ + " die")
    assert encoder.read_texts == [PREFIX + "x" * READ]


def test_what_was_learned_is_read_from_its_file(tmp_path: Path, weights: Weights) -> None:
    save_file(weights, tmp_path / HEADS)
    loaded = Heads.load(tmp_path, Topics())
    assert loaded is not None
    assert loaded.is_trouble("I want to die")
    assert loaded.asks("how long is it") == "length"


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def no_tensors(path: Path) -> None:
    path.write_bytes(b"these are no tensors, and never were any")


@pytest.mark.parametrize("damage", [Path.unlink, cut, empty, no_tensors])
def test_without_a_whole_file_there_are_no_heads(
    tmp_path: Path, weights: Weights, damage: Callable[[Path], None]
) -> None:
    save_file(weights, tmp_path / HEADS)
    damage(tmp_path / HEADS)
    assert Heads.load(tmp_path, Topics()) is None


def test_the_heads_that_ship_fit_together_and_their_encoder() -> None:
    shipped = load_file(SHIPPED / HEADS)
    assert {name.partition(".")[0] for name in shipped} == {"trouble", "story", "asks"}
    for name, classes in (("trouble", 2), ("story", 2), ("asks", len(ASKED))):
        parts = {part: shipped[f"{name}.{part}"] for part in ("mean", "weight", "bias")}
        assert {part: tensor.shape for part, tensor in parts.items()} == {
            "mean": (384,), "weight": (384, classes), "bias": (classes,),
        }  # fmt: skip
        assert all(tensor.dtype == np.float32 and np.isfinite(tensor).all() for tensor in parts.values())
        assert np.abs(parts["weight"]).max() > 0


# Learning


def test_the_gradient_leads_to_the_least_loss() -> None:
    """Where nothing tells classes apart, the biases are the logarithms of how frequent they are."""
    y = np.repeat([0, 1], [30, 10])
    w = fit(np.zeros((40, 3)), y, 2)
    assert w.shape == (4, 2)
    np.testing.assert_allclose(w[:-1], 0, atol=1e-6)
    assert w[-1, 0] - w[-1, 1] == pytest.approx(np.log(3), abs=1e-3)


def test_weights_are_held_small_and_biases_are_not() -> None:
    vectors = np.r_[np.full((20, 1), -1.0), np.full((20, 1), 1.0)]
    w = fit(vectors, np.repeat([0, 1], 20), 2)
    p = np.exp(logits(vectors, w))
    p /= p.sum(1, keepdims=True)
    penalty = vectors.T @ (p - np.eye(2)[np.repeat([0, 1], 20)])  # (1, classes): of the minimum, minus the weights
    np.testing.assert_allclose(penalty, -heads.L2 * w[:-1], atol=1e-3)


def test_what_is_left_out_is_judged_by_a_model_that_never_saw_it() -> None:
    """A message whose class stands in no other of its kind cannot be told."""
    vectors = np.eye(10)
    tried = left_out(vectors, np.arange(10), 10)
    assert tried.shape == (10, 10)
    assert (tried.argmax(1) != np.arange(10)).all()


def mixed(share: float) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """400 ordinary messages, of which a share lies among 100 of another class."""
    among = int(400 * share)
    vectors = np.concatenate([around(0, 400 - among, 1, 0.3), around(1, among, 2, 0.3), around(1, 100, 3, 0.3)])
    return vectors, np.repeat([0, 1], [400, 100])


@pytest.mark.parametrize("false", [0.005, 0.03, 0.1])
def test_no_more_of_others_are_taken_for_a_class_than_may_be(false: float) -> None:
    vectors, y = mixed(0.05)
    learned = learn(vectors, y, 2, false)
    taken = ((vectors - learned["mean"]) @ learned["weight"] + learned["bias"]).argmax(1)
    assert (taken[y == 0] == 1).mean() <= false + 0.01


def test_the_more_false_alarms_are_allowed_the_more_is_found() -> None:
    vectors, y = mixed(0.05)

    def found(false: float) -> float:
        learned = learn(vectors, y, 2, false)
        taken = ((vectors - learned["mean"]) @ learned["weight"] + learned["bias"]).argmax(1)
        return float(taken[y == 1].mean())

    assert found(0.005) < found(0.1)
    assert found(0.1) > 0.9


def test_a_model_has_a_mean_weights_and_biases() -> None:
    vectors = np.concatenate([around(direction, 20, direction) for direction in range(4)])
    learned = learn(vectors, np.repeat(np.arange(4), 20), 4, 0.05)
    assert {part: tensor.shape for part, tensor in learned.items()} == {
        "mean": (WIDTH,), "weight": (WIDTH, 4), "bias": (4,),
    }  # fmt: skip
    taken = ((vectors - learned["mean"]) @ learned["weight"] + learned["bias"]).argmax(1)
    assert (taken == np.repeat(np.arange(4), 20)).mean() > 0.95


def test_the_command_writes_what_the_bot_reads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    directions = np.arange(len(ASKED)) % 4 + 3
    np.savez(
        tmp_path / "vectors.npz",
        ordinary=around(0, 60, 1),
        trouble=around(1, 30, 2),
        story=around(2, 30, 3),
        questions=np.concatenate([around(direction, 10, 4) for direction in directions.tolist()]),
        asked=np.repeat(np.arange(len(ASKED)), 10),
    )
    assert heads.main(["--vectors", str(tmp_path / "vectors.npz"), "--out", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().err.count("left out in turn") == 3
    written = load_file(tmp_path / "out" / HEADS)
    assert written["asks.weight"].shape == (WIDTH, len(ASKED))
    assert {tensor.dtype for tensor in written.values()} == {np.dtype(np.float32)}
    loaded = Heads.load(tmp_path / "out", Topics())
    assert loaded is not None
    assert loaded.is_trouble("die die die")
    assert not loaded.is_trouble("something funny")
