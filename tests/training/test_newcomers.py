import numpy as np
import pytest
import torch
from scipy import sparse

from domain.catalog import Catalog, Item
from training import linear, newcomers
from training.linear import ClosedForm, CoOccurrence, LinearSettings, beside, sizes, sparse_path
from training.newcomers import CAUTION, kriging, place, placements
from training.vae import Generator, GeneratorConfig

GENRES = ("Crime", "Horror")
ITEMS = 12
NEW = 11
"""Odd, so it is a horror film; nobody has it."""


def catalog():
    return Catalog([Item(f"i{at}", f"Name{at}", attributes={"genres": (GENRES[at % 2],)}) for at in range(ITEMS)])


def people(count=40):
    """Each likes half of one genre; item 11 is in no history."""
    rng, dense = np.random.default_rng(0), np.zeros((count, ITEMS), dtype=np.float32)
    for person, row in enumerate(dense):
        row[rng.permutation(np.arange(person % 2, ITEMS - 1, 2))[:4]] = 1
    return sparse.csr_matrix(dense)


def test_who_stands_for_a_newcomer_is_described_alike_and_known():
    likes = np.asarray(people().sum(0)).ravel()
    places = placements(catalog(), likes)
    assert np.flatnonzero(np.diff(places.indptr)).tolist() == [NEW]
    weights = places[NEW].toarray()[0]
    assert weights[[1, 3, 5, 7, 9]].min() > weights[[0, 2, 4, 6, 8, 10]].max()
    assert weights.sum() == pytest.approx(CAUTION, abs=1e-5)


def test_what_is_like_nothing_known_is_not_placed():
    items = [Item("a", "Alpha"), Item("b", "Beta", attributes={"genres": ("Crime",)})]
    assert placements(Catalog(items), np.array([3.0, 0.0])).nnz == 0


def described(of_new, *others, meaning=None):
    """Weights of known items, equally liked, for one that nobody likes; each is given as keywords of `Item`."""
    items = [Item(str(at), "Same", **keywords) for at, keywords in enumerate((of_new, *others))]
    likes = np.array([0.0, *[5.0] * len(others)])
    return placements(Catalog(items), likes, meaning).toarray()[0, 1:]


def test_years_near_to_a_newcomers_stand_for_it_most():
    weights = described({"year": 2022}, {"year": 2021}, {"year": 2010}, {"year": 1995}, {"year": 1960})
    assert np.argmax(weights) == 0
    assert weights[0] > weights[1] > weights[2:].max()


@pytest.mark.parametrize("attribute", ["director", "cast", "theme", "franchise", "form"])
def test_each_attribute_counts(attribute):
    same, other = {"attributes": {attribute: ("A", "B")}}, {"attributes": {attribute: ("C",)}}
    near, *far = described(same, {"attributes": {attribute: ("A",)}}, other, other)
    assert near > max(far) + 0.1


def test_meaning_places_what_nothing_else_tells_apart():
    vectors = np.array([[1, 0, 0], [0.9, 0.1, 0], [0, 1, 0], [0, 0, 1]], dtype=np.float16)
    told = [{"description": "Same."}] * 4
    assert not described(*told).any()
    near, *far = described(*told, meaning=vectors)
    assert near > max(far) + 0.1
    assert not described({}, {}, {}, {}, meaning=vectors).any()


def test_what_is_said_of_known_items_only_does_not_decide():
    genre, hand = {"genres": ("Crime",)}, {"mood": ("dark",)}
    bare, told = {"attributes": genre}, {"attributes": genre | hand}
    other = {"attributes": {"genres": ("Horror",)} | hand}
    alone, rich, *_ = described({"attributes": genre}, bare, told, other, other)
    assert alone == pytest.approx(rich, abs=1e-5)


def test_descriptions_are_not_alike_because_they_are_some():
    texts = ["A cook and a dog.", "A ship and a storm.", "A king and a crown."]
    described_ones, bare_ones = [{"description": text} for text in texts], [{}] * 3
    vectors = np.array([[1, 9, 0, 0], [1, 9, 1, 0], [1, 9, 0, 1], [1, 9, 1, 1], *[[9, 1, 0, 0]] * 3])
    weights = described({"description": "A nun and a song."}, *described_ones, *bare_ones, meaning=vectors)
    assert weights[:3].sum() == pytest.approx(weights[3:].sum(), abs=0.05)


def test_kriging_weighs_twins_as_one():
    between = np.array([[1, 1, 0], [1, 1, 0], [0, 0, 1]], dtype=np.float32)
    weights = kriging(between, np.array([[0.5, 0.5, 0.5]], dtype=np.float32))[0]
    assert weights.sum() == pytest.approx(1)
    assert weights[0] == pytest.approx(weights[1])
    assert weights[0] < weights[2]


def test_in_a_large_catalogue_few_stand_for_each(monkeypatch):
    monkeypatch.setattr(newcomers, "DENSE_ITEMS", 2)
    monkeypatch.setattr(newcomers, "NEIGHBOURS", 3)
    places = placements(catalog(), np.asarray(people().sum(0)).ravel())
    assert places[NEW].nnz == 3
    assert set(places[NEW].indices.tolist()) <= {1, 3, 5, 7, 9}
    assert places[NEW].sum() == pytest.approx(CAUTION, abs=1e-5)


def generator(kind, matrix):
    torch.manual_seed(0)
    path = kind(matrix, 0.25, 0.25).solve(LinearSettings())
    path = beside(path, sparse_path(matrix), 1.0) if kind is ClosedForm else path
    made = Generator(GeneratorConfig(items=ITEMS, noise=6, hidden=8, **sizes(path)))
    made.linear = path
    made.know_popularity(matrix)
    return made.eval()


@pytest.mark.parametrize(("kind", "count"), [(ClosedForm, 40), (ClosedForm, 5), (CoOccurrence, 40)])
def test_a_newcomer_comes_up_for_those_who_like_its_kind(kind, count):
    matrix = people(count)
    model = generator(kind, matrix)
    histories = torch.tensor([[1, 3], [0, 2]]), torch.ones(2, 2)
    before = model.linear(*histories)[:, NEW]
    assert torch.allclose(before, torch.zeros(2), atol=1e-5)
    place(model, placements(catalog(), np.asarray(matrix.sum(0)).ravel()))
    of_its_kind, of_the_other = model.linear(*histories)[:, NEW]
    assert of_its_kind > of_the_other + 1e-3
    after = model.linear(torch.tensor([[NEW]]), torch.ones(1, 1))[0]
    assert after[[1, 3, 5, 7, 9]].mean() > after[[0, 2, 4, 6, 8]].mean()
    assert after[NEW].abs() < 1e-5


def test_the_latent_path_and_popularity_are_those_of_the_others_of_its_kind():
    matrix = people()
    model = generator(ClosedForm, matrix)
    places = placements(catalog(), np.asarray(matrix.sum(0)).ravel())
    place(model, places)
    mean = torch.from_numpy(places[NEW].toarray()[0])
    for table in (model.embedding, model.output.weight, model.popularity.unsqueeze(1)):
        assert torch.allclose(table[NEW], mean @ table, atol=1e-5)


def test_nearest_items_are_placed_in_blocks_as_at_once(monkeypatch):
    matrix = people()
    places = placements(catalog(), np.asarray(matrix.sum(0)).ravel())
    at_once, in_blocks = (CoOccurrence(matrix, 0.25, 0.25).solve(LinearSettings()) for _ in range(2))
    at_once.place(np.array([NEW]), places)
    monkeypatch.setattr(linear, "BLOCK", 5)
    in_blocks.place(np.array([NEW]), places)
    np.testing.assert_allclose(at_once.table().toarray(), in_blocks.table().toarray(), atol=1e-6)
