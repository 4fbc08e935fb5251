import json

import numpy as np
import pytest
from scipy import sparse

from training import dataset
from training.dataset import SEEN, DataError

ITEMS = (
    "item_id,title,year,genres,length,other_names\n1,Heat,1995,Crime|Drama,170,Heat 1995|Tatort\n2,Fargo,,Crime,98.5,\n"
)


def write(folder, name, text):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_items_have_their_columns_in_the_right_types(tmp_path):
    heat, fargo = dataset.read_items(write(tmp_path, "items.csv", ITEMS))
    assert (heat.item_id, heat.title, heat.year, fargo.year) == ("1", "Heat", 1995, None)
    assert dict(heat.attributes) == {"genres": ("Crime", "Drama"), "length": 170.0}
    assert heat.other_names == ("Heat 1995", "Tatort")
    assert "other_names" not in heat.attributes


def test_what_is_told_in_other_languages_is_no_attribute(tmp_path):
    text = "item_id,title,title:zh-CN,description:de,pitch:es\n1,Heat,盗火线,Ein Dieb.,Dos hombres.\n2,Fargo,,,\n"
    heat, fargo = dataset.read_items(write(tmp_path, "items.csv", text))
    assert (heat.titles, heat.descriptions, heat.pitches) == (
        {"zh-CN": "盗火线"},
        {"de": "Ein Dieb."},
        {"es": "Dos hombres."},
    )
    assert dict(heat.attributes) == {}
    assert fargo.titles == {}


@pytest.mark.parametrize(
    ("text", "line", "wrong"),
    [
        ("item_id,title\n1,Heat\n2\n", 3, "1 fields where the header has 2"),
        ("item_id,title\n1,Heat\n1,Fargo\n", 3, "'1' was there before"),
        ("item_id,title,year\n1,Heat,soon\n", 2, "year 'soon'"),
        ("item_id,title\n,Heat\n", 2, "item_id is empty"),
        ("item_id,name\n1,Heat\n", 1, "lacks the column title"),
        ("item_id,title,title\n", 1, "twice"),
        ('item_id,title\n1,"Heat\n', 2, "unexpected end of data"),
        ("item_id,title\n", 1, "no items"),
        ("", 1, "lacks the column"),
    ],
)
def test_a_malformed_items_line_is_named(tmp_path, text, line, wrong):
    path = write(tmp_path, "items.csv", text)
    with pytest.raises(DataError) as error:
        dataset.read_items(path)
    assert str(error.value).startswith(f"{path}, line {line}: ")
    assert wrong in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "line", "wrong"),
    [
        ("user_id,item_id,value\na,1,5\nb,2,good\n", 3, "value 'good' is not a number"),
        ("user_id,item_id,value\na,1,nan\n", 2, "value 'nan'"),
        ("user_id,item_id,value\na,1,inf\n", 2, "value 'inf'"),
        ("user_id,item_id,timestamp\na,1,yesterday\n", 2, "timestamp 'yesterday'"),
        ("user_id,item_id\na,1\n,2\n", 3, "user_id is empty"),
        ("user_id,item_id\na,1,2\n", 2, "3 fields"),
        ("user_id,item_id,stars\n", 1, "column 'stars'"),
        ("user_id,item_id\n", 1, "no interactions"),
    ],
)
def test_a_malformed_interactions_line_is_named(tmp_path, text, line, wrong):
    path = write(tmp_path, "interactions.csv", text)
    with pytest.raises(DataError) as error:
        dataset.read_interactions(path)
    assert str(error.value).startswith(f"{path}, line {line}: ")
    assert wrong in str(error.value)


def test_bytes_that_are_no_text_are_named(tmp_path):
    path = tmp_path / "items.csv"
    path.write_bytes(b"item_id,title\n1,Heat\n2,Fargo \xff\n")
    with pytest.raises(DataError, match="line 3: not UTF-8"):
        dataset.read_items(path)
    with pytest.raises(DataError, match="line 1: cannot be read: No such file"):
        dataset.read_items(tmp_path / "nothing.csv")


def test_unknown_items_are_named(tmp_path):
    items = write(tmp_path, "items.csv", ITEMS)
    interactions = write(tmp_path, "interactions.csv", "user_id,item_id\na,1\na,77\n")
    with pytest.raises(DataError, match="line 3: item '77' is not among the items"):
        dataset.load(items, interactions)


def test_popularity_that_the_source_gives_is_added_to(tmp_path):
    items = write(tmp_path, "items.csv", "item_id,title,popularity\n1,Heat,7\n2,Fargo,\n")
    interactions = write(tmp_path, "interactions.csv", "user_id,item_id\na,1\na,2\nb,1\n")
    assert [(i.popularity, i.raters) for i in dataset.load(items, interactions).catalog] == [(9, 2), (1, 1)]
    items = write(tmp_path, "items.csv", "item_id,title,popularity\n1,Heat,lots\n")
    with pytest.raises(DataError, match="line 2: popularity 'lots' is not a number of people"):
        dataset.load(items, interactions)


def test_a_standing_is_a_number(tmp_path):
    items = write(tmp_path, "items.csv", "item_id,title,standing\n1,Heat,1.5\n2,Fargo,\n")
    assert [item.standing for item in dataset.read_items(items)] == [1.5, 0.0]
    for told in ("high", "nan"):
        items = write(tmp_path, "items.csv", f"item_id,title,standing\n1,Heat,{told}\n")
        with pytest.raises(DataError, match=f"line 2: standing '{told}' is not a number"):
            dataset.read_items(items)


def test_the_latest_of_a_pair_counts_and_popularity_counts_people(tmp_path):
    items = write(tmp_path, "items.csv", ITEMS)
    text = "user_id,item_id,value,timestamp\na,1,5,200\na,1,1,100\nb,1,3,50\nb,2,5,60\nc,2,4,99999999999\n"
    data = dataset.load(items, write(tmp_path, "interactions.csv", text))
    assert data.matrix[0, 0] == 1.0
    assert [item.popularity for item in data.catalog] == [2, 2]
    text = "user_id,item_id,value\na,1,5\na,1,1\nb,1,3\n"
    data = dataset.load(items, write(tmp_path, "interactions.csv", text))
    assert data.matrix[0, 0] == -1.0


def test_the_vocabulary_beside_the_items_is_attached(tmp_path):
    items = write(tmp_path, "items.csv", ITEMS)
    interactions = write(tmp_path, "interactions.csv", "user_id,item_id\na,1\n")
    assert dataset.load(items, interactions).catalog.vocabulary.noun == ("item", "items")
    write(tmp_path, "vocabulary.json", json.dumps({"noun": ["film", "films"]}))
    assert dataset.load(items, interactions).catalog.vocabulary.noun == ("film", "films")
    write(tmp_path, "vocabulary.json", "{")
    with pytest.raises(DataError, match=r"vocabulary\.json, line 1"):
        dataset.load(items, interactions)


def weights(*values):
    return dataset.to_weights(np.array(values, dtype=np.float64), len(values)).tolist()


def test_ratings_are_signed_by_their_place_on_the_scale():
    best, worst, middle = weights(5, 0.5, 2.5, 4, 4, 4.5, 3.5)[:3]
    assert (best, worst) == (1.0, -1.0)
    assert -0.2 < middle < SEEN
    assert weights(5, 1, 3, 4, 4)[2] == pytest.approx(SEEN)  # neither good nor bad: merely seen
    assert weights(3, 4, 5, 5)[0] == pytest.approx(SEEN)  # a scale starts at 1 even if nobody used it
    assert weights(1, 0, 1)[:2] == [1.0, -1.0]  # thumbs


def test_counts_are_positive_and_on_a_logarithmic_scale():
    found = weights(1, 2, 10, 100_000, 3)
    assert all(weight > SEEN for weight in found)
    assert found[3] == 1.0
    assert found[2] > 0.35
    assert found == [*sorted(found[:3]), 1.0, found[4]]


def test_other_values():
    assert dataset.to_weights(None, 3).tolist() == [1.0, 1.0, 1.0]
    assert weights(4, 4, 4) == [1.0, 1.0, 1.0]
    assert weights(-2, 2) == [-1.0, 1.0]
    assert weights(float("nan"), -1, 1) == [1.0, -1.0, 1.0]


def test_value_range_says_what_a_dislike_and_a_like_are_worth():
    assert dataset.value_range(None) == (-1.0, 1.0)
    assert dataset.value_range(np.array([0.5, 4, 5, 4.5])) == (0.5, 5.0)
    assert dataset.value_range(np.array([1.0, 2, 7000])) == (-7000.0, 7000.0)


def random_matrix(people=40, items=30):
    rng = np.random.default_rng(3)
    dense = rng.choice([0, 0, -1, 0.5, 1], (people, items)).astype(np.float32)
    return sparse.csr_matrix(dense)


def test_interactions_withheld_are_not_trained_on():
    matrix = random_matrix()
    left, holdout = dataset.split_interactions(matrix, np.random.default_rng(0))
    assert left.nnz < matrix.nnz
    assert holdout.history.multiply(holdout.relevant).nnz == 0
    assert set(holdout.relevant.data) == {1.0}


def test_a_hundred_thousand_lines_are_read(tmp_path):
    lines = "".join(f"{n % 1000},{1 + n % 2},{n % 5 + 1},{n}\n" for n in range(100_000))
    path = write(tmp_path, "interactions.csv", "user_id,item_id,value,timestamp\n" + lines)
    assert len(dataset.read_interactions(path).user) == 100_000


def test_meaning_is_read_as_one_row_an_item(tmp_path):
    np.save(tmp_path / "meaning.npy", np.eye(3, dtype=np.float16))
    meaning = dataset.read_meaning(tmp_path / "meaning.npy", 3)
    assert meaning.dtype == np.float32
    assert meaning.tolist() == np.eye(3).tolist()


@pytest.mark.parametrize(
    ("vectors", "wrong"),
    [
        (np.zeros((2, 4), dtype=np.float16), "2 sentence vectors for 3 items"),
        (np.zeros(3, dtype=np.float16), "not a table"),
        (np.zeros((3, 4), dtype=np.int64), "not a table"),
        (np.full((3, 4), np.nan, dtype=np.float16), "no number"),
        (None, "cannot be read"),
    ],
)
def test_meaning_that_does_not_fit_the_items_is_refused(tmp_path, vectors, wrong):
    if vectors is not None:
        np.save(tmp_path / "meaning.npy", vectors)
    with pytest.raises(DataError, match=wrong):
        dataset.read_meaning(tmp_path / "meaning.npy", 3)
