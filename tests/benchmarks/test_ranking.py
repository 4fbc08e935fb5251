import numpy as np
import pytest
from scipy import sparse

from benchmarks import baselines, ranking
from training.dataset import DataError


def test_it_writes_a_line_for_every_person_of_the_test_file(tmp_path):
    train, test, out = (tmp_path / name for name in ("train", "test", "out"))
    pairs = [(p, i) for p in range(16) for i in range(p % 2, 30, 2)]
    kept = [(p, i) for p, i in pairs if (p * 7 + i) % 5]
    train.write_text("".join(f"u{p} i{i} 4.0\n" for p, i in kept), encoding="utf-8")
    test.write_text("".join(f"u{p}\ti{i}\n" for p, i in pairs if (p, i) not in kept) + "new i3\n", encoding="utf-8")
    assert ranking.main(["--train", str(train), "--test", str(test), "--predictions", str(out)]) == 0
    lines = dict(line.split("\t") for line in out.read_text().splitlines())
    assert set(lines) == {f"u{p}" for p in range(16)} | {"new"}
    for person, ranked in lines.items():
        ids = ranked.split()
        known = {f"i{i}" for p, i in kept if f"u{p}" == person}
        assert len(ids) == len(set(ids)) == min(20, 30 - len(known))
        assert not known & set(ids)
    hidden = {f"i{i}" for p, i in pairs if p == 0 and (p, i) not in kept}
    assert set(lines["u0"].split()[: len(hidden)]) == hidden


def test_signs_count_only_where_they_are_asked_for(tmp_path):
    train, test = tmp_path / "train", tmp_path / "test"
    train.write_text("a x 5\na y 1\nb x 4\n", encoding="utf-8")
    test.write_text("b y 1\na z 5\nb z 4\n", encoding="utf-8")
    plain, signed = (ranking.read_split(train, test, signed) for signed in (False, True))
    assert plain.train.min() == 0
    assert plain.train.nnz == (plain.train == 1).nnz == 3
    assert signed.train.min() == -1
    assert (plain.test.nnz, signed.test.nnz) == (3, 2)


def test_a_malformed_line_is_named(tmp_path):
    train, test = tmp_path / "train", tmp_path / "test"
    test.write_text("a x 1\n", encoding="utf-8")
    train.write_text("a x 1\na\n", encoding="utf-8")
    with pytest.raises(DataError, match="train, line 2: 'a' is not"):
        ranking.read_split(train, test, signed=False)
    train.write_text("a x good\n", encoding="utf-8")
    with pytest.raises(DataError, match="line 1: value 'good'"):
        ranking.read_split(train, test, signed=True)


def checkerboard():
    dense = np.zeros((40, 12), dtype=np.float32)
    for p in range(40):
        dense[p, p % 2 :: 2] = 1
        dense[p, (p % 2 + 2 * (p // 2)) % 12] = 0
    return sparse.csr_matrix(dense)


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("ItemKNN", (5, 1.0)),
        ("RP3beta", (5, 1.0, 0.3)),
        ("EASE", (1.0,)),
        ("SLIM", (0.1, 1.0)),
        ("Mult-VAE", (300, 0.1)),
    ],
)
def test_every_baseline_finds_the_withheld_item(name, settings):
    matrix, method = checkerboard(), baselines.METHODS[name]
    ranked = baselines.ranking(method.fit(matrix, 0, *settings), matrix, np.arange(40), method.by_user)
    expected = [(p % 2 + 2 * (p // 2)) % 12 for p in range(40)]
    right = np.mean([int(at) == wanted for at, wanted in zip(ranked[:, 0], expected, strict=True)])
    assert right == 1 if name != "Mult-VAE" else right > 0.9


def test_slim_solves_its_elastic_net(monkeypatch):
    matrix = checkerboard()
    gram = (matrix.T @ matrix).toarray()
    monkeypatch.setattr(baselines, "SLIM_ITEMS", 5)
    for weights in (
        baselines._slim_of_all(matrix, 0.5, 2.0, sweeps=200),
        baselines._slim_of_nearest(matrix, 0.5, 2.0, k=11, sweeps=200, block=5).toarray(),
    ):
        gradient = gram @ weights - gram + 2.0 * weights + 0.5
        np.fill_diagonal(gradient, 0)
        assert (np.diag(weights) == 0).all()
        assert np.abs(gradient[weights > 0]).max() < 1e-2
        assert gradient[(weights == 0) & (gram > 0)].min() > -1e-2


def test_both_ways_to_ease_are_the_same():
    wide = sparse.random(4, 12, density=0.5, format="csr", dtype=np.float32, random_state=0, data_rvs=np.ones)
    inverse = np.linalg.inv((wide.T @ wide).toarray() + 2 * np.eye(12))
    expected = -inverse / np.diag(inverse)
    np.fill_diagonal(expected, 0)
    np.testing.assert_allclose(baselines.ease(wide, 0, 2.0), expected, atol=1e-5)


def test_settings_are_chosen_without_the_test_file_and_a_process_reports_what_it_took():
    matrix = checkerboard()
    assert baselines.tune("EASE", matrix) in baselines.METHODS["EASE"].grid
    outcome = baselines.measure("EASE", matrix, np.arange(3), (10.0,), 0)
    assert outcome.ranked.shape == (3, baselines.LIST)
    assert min(outcome.seconds, outcome.gigabytes, outcome.milliseconds) > 0
