import csv

import numpy as np
import pytest
from scipy import sparse

from benchmarks import age, dial, growth, newcomers, short, table
from domain.catalog import Catalog, Item


def catalog(items=8):
    return Catalog([Item(f"i{at}", f"Name{at}", attributes={"genres": (("A", "B")[at % 2],)}) for at in range(items)])


def test_made_up_people_have_what_they_are_said_to_have(tmp_path):
    growth.write(tmp_path, items=500, interactions=3_000, length=10)
    with (tmp_path / "interactions.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 3_000
    assert len({(row["user_id"], row["item_id"]) for row in rows}) == 3_000
    assert 150 < len({row["user_id"] for row in rows}) < 600
    counts = np.sort(np.unique([row["item_id"] for row in rows], return_counts=True)[1])
    assert counts[-50:].sum() > 5 * counts[:50].sum()


def test_halves_share_nothing_and_are_of_what_people_like(tmp_path):
    films = catalog(60)
    likes = "".join(f"a,i{at},{(5, 4, 1)[at // 20]}\n" for at in range(50))
    (tmp_path / "holdout.csv").write_text("user_id,item_id,value\n" + likes + "b,i1,2\n")
    found = short.halves(tmp_path / "holdout.csv", films, seed=0)
    assert len(found) == short.REPEATS
    for named, wanted in found:
        assert not set(named) & set(wanted)
        assert set(named) | set(wanted) == set(range(40))
    assert len({tuple(named) for named, _ in found}) > 1


def test_the_table_has_a_line_for_every_method(tmp_path, monkeypatch, capsys):
    (tmp_path / "some.train").write_text("a x\nb x\n")
    (tmp_path / "some.test").write_text("a y\n")
    shown = dict.fromkeys(table.SHOWN.values(), 0.5) | {"deviation": 0.001, "seconds": 2, "gigabytes": 1}
    monkeypatch.setattr(table, "lines", lambda *_: iter([("Parley", shown | {"milliseconds": 0.25})]))
    assert table.main([str(tmp_path), "--seeds", "2"]) == 0
    out = capsys.readouterr().out
    assert "some: 2 people, 2 items, 2 + 1 interactions; 2 seeds" in out
    assert "| Parley | .5000 |" in out
    assert out.rstrip().endswith("| .0010 | 2 | 1.0 | 0.25 |")
    assert table.main([str(tmp_path / "nowhere")]) == 2


def test_newcomers_lose_their_interactions_and_likeness_is_to_what_was_liked(tmp_path):
    (tmp_path / "all.csv").write_text("user_id,item_id,value\na,i0,5\na,i1,4\nb,i0,3\n")
    newcomers.without(tmp_path / "all.csv", {"i0"}, tmp_path / "kept.csv")
    assert (tmp_path / "kept.csv").read_text().split() == ["user_id,item_id,value", "a,i1,4"]
    history = sparse.csr_matrix(np.array([[1, 0, 0, 0, 0, 0, 0, 0], [0, -1, 0, 0, 0, 0, 0, 0]], dtype=np.float32))
    alike = newcomers.likeness(catalog(), history)
    assert alike[0, [2, 4, 6]].min() > alike[0, [1, 3, 5, 7]].max()
    assert not alike[1].any()


def test_fields_are_dropped_by_chance_and_of_newcomers_all_but_genres(tmp_path):
    rows = "".join(f"i{at},Name{at},199{at},Crime,Somebody,{'sad' if at else ''}\n" for at in range(3))
    (tmp_path / "items.csv").write_text("item_id,title,year,genres,director,mood\n" + rows)

    def left(**options):
        poorer = newcomers.impoverish(tmp_path / "items.csv", tmp_path / "out.csv", np.random.default_rng(0), **options)
        return (tmp_path / "out.csv").read_text().split()[1:], poorer.tolist()

    assert left() == (rows.split(), [False, False, False])
    assert left(drop=1.0) == ([f"i{at},Name{at},199{at},Crime,," for at in range(3)], [True, True, True])
    assert left(genres_only={"i1"}) == ([rows.split()[0], "i1,Name1,,Crime,,", rows.split()[2]], [False, True, False])


def test_the_later_part_is_looked_for_and_people_of_one_day_are_left_out(tmp_path):
    rows = [f"slow,i{at % 8},5,{at * 40 * age.DAY}" for at in range(8)] * 2
    rows += [f"quick,i{at % 8},5,{at}" for at in range(16)]
    (tmp_path / "some.csv").write_text("user_id,item_id,value,timestamp\n" + "\n".join(rows) + "\n")
    ((history, ages, relevant),) = age.people(tmp_path / "some.csv", catalog())
    assert ages.max() > 200
    assert set(relevant.indices) == {6, 7}
    assert history.shape == relevant.shape == (1, 8)


def test_at_scale_zero_all_draws_are_alike_and_a_larger_scale_pulls_them_apart(monkeypatch):
    rng = np.random.default_rng(0)
    matrix = sparse.csr_matrix((rng.random((20, 60)) < 0.2).astype(np.float32))
    monkeypatch.setattr(dial, "score", lambda session, history, z: np.ones((len(z), 1)) * np.arange(60.0) + 9 * z)
    found = dial.measure(None, matrix, matrix, noise=60)
    shared = found[:, dial.COLUMNS.index("two draws share")]
    assert shared[0] == pytest.approx(1.0)
    assert shared[-1] < 0.6
    coverage = found[:, dial.COLUMNS.index("coverage@20")]
    assert coverage[-1] > coverage[0]
