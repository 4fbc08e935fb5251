import csv

import numpy as np
import pytest
from scipy import sparse

from benchmarks import controls, directions, diversity
from training import metrics
from training.vae import GeneratorConfig


def test_a_slate_that_shows_z_tells_of_it_and_one_that_does_not_tells_nothing():
    rng = np.random.default_rng(0)
    z = rng.standard_normal((2, 2_000, 5)).astype(np.float32)
    shown = z + 0.3 * rng.standard_normal(z.shape).astype(np.float32)
    told, right = directions.information((shown[0], z[0]), (shown[1], z[1]), seed=0)
    assert told > 1
    assert right > 0.3
    told, right = directions.information((shown[0], z[0]), (rng.permutation(shown[1]), z[1]), seed=0)
    assert told < 0.05
    assert right < 0.05


def test_a_direction_is_the_one_along_which_a_number_rises():
    rng = np.random.default_rng(0)
    z = rng.standard_normal((300, 4, 6)).astype(np.float32)
    told = 3 * z[:, :, 2] - z[:, :, 4] + 10 * rng.standard_normal((300, 1)).astype(np.float32)
    found = directions.direction(z, told.astype(np.float32))
    assert np.linalg.norm(found) == pytest.approx(1, abs=1e-5)
    assert found[2] == pytest.approx(3 / np.sqrt(10), abs=0.01)
    assert found[4] == pytest.approx(-1 / np.sqrt(10), abs=0.01)


def test_slates_are_numbered_by_what_is_known_of_their_items():
    values = np.array([2000, np.nan, 2010, 1990], dtype=np.float32)
    found = directions.of_slates(np.array([[[0, 1], [0, 2]], [[1, -1], [3, -1]]]), values)
    assert found.tolist() == [[2000, 2005], [2000, 1990]]


def test_how_mixed_a_slate_is_is_its_diversity():
    train = sparse.csr_matrix((np.random.default_rng(0).random((40, 30)) < 0.3).astype(np.float32))
    ranked = np.arange(24).reshape(2, 3, 4)
    found = directions.mixed(ranked, controls.known_items(train))
    assert found.shape == (2, 3)
    assert found[1, 2] == pytest.approx(metrics.diversity(ranked[1, 2:], train), abs=1e-5)


def test_features_are_beside_the_same_persons_other_slates():
    vectors = np.array([[0.0], [2.0], [6.0]], dtype=np.float32)
    assert directions.features(np.array([[[0, 1], [2, -1]]]), vectors).ravel().tolist() == [-2.5, 2.5]


def test_each_set_is_told_of_with_its_years_where_there_are_any(tmp_path, capsys):
    rng = np.random.default_rng(0)
    for name, size in (("train", 10), ("test", 3)):
        with (tmp_path / f"some.{name}").open("w") as file:
            writer = csv.writer(file, delimiter=" ")
            for person in range(40):
                writer.writerows((f"p{person}", f"i{item}") for item in rng.permutation(30)[:size])
    arguments = [str(tmp_path), "--keep", str(tmp_path / "kept")]
    (tmp_path / "kept").mkdir()
    assert directions.main(arguments) == 0
    first = capsys.readouterr().out
    assert "some: a slate tells" in first
    assert "| popular to unknown, bits |" in first
    assert "| alike to mixed, diversity |" in first
    assert "year" not in first
    (tmp_path / "some.years").write_text("".join(f"i{item} {1990 + item}\n" for item in range(29)))
    assert directions.main(arguments) == 0
    assert "| old to new, year |" in capsys.readouterr().out
    assert directions.main([*arguments, "--only", "other"]) == 2


def test_draws_are_of_one_length_and_leave_the_history_out():
    class Generator:
        config = GeneratorConfig(30, noise=7)

        @staticmethod
        def rank_rows(history, z):
            return np.repeat(z.numpy().sum(1, keepdims=True), history.shape[1], 1) + np.arange(30, dtype=np.float32)

    history = sparse.csr_matrix((np.random.default_rng(0).random((5, 30)) < 0.2).astype(np.float32))
    some = controls.People(np.zeros((5, 30), np.float32), np.zeros(5), np.zeros(30), history, history)
    drawn = directions.draw(Generator(), some, 0.5, np.random.default_rng(0))
    assert np.allclose(np.sqrt(np.square(drawn.z).mean(2)), 0.5)
    assert drawn.slates.shape == (5, directions.DRAWS, diversity.LIST)
    for person in range(5):
        assert not set(drawn.slates[person].ravel().tolist()) & set(history[person].indices.tolist())
